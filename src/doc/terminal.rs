//! A page's Markdown on a terminal: as much of it as our own pages use. Prose is wrapped; examples never are.

use anstyle::{AnsiColor, Style};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const CYAN: Style = AnsiColor::Cyan.on_default();
const EXAMPLE_INDENT: &str = "    ";
/// Of the name of the file that an example is.
const FILE_INDENT: &str = "  ";
/// Of what a table says about a word.
const CELL_INDENT: &str = "      ";

/// The page, ending in one line break.
pub(super) fn draw(markdown: &str, columns: usize) -> String {
    let blocks = blocks(markdown);
    let drawn: Vec<String> = blocks.iter().map(|block| block.draw(columns)).filter(|drawn| !drawn.is_empty()).collect();
    drawn.join("\n\n") + "\n"
}

/// What stands between blank lines.
#[derive(Debug, PartialEq, Eq)]
enum Block<'m> {
    Heading(&'m str),
    /// `about` is what stands behind the three signs: the language, and perhaps the file that this is.
    Example {
        about: &'m str,
        lines: Vec<&'m str>,
    },
    Rows(Vec<&'m str>),
    Points(Vec<String>),
    Prose(String),
}

fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    // Prose goes on with the next line only where no blank line is between.
    let mut goes_on = false;
    while let Some(line) = lines.next() {
        let text = line.trim();
        if let Some(about) = text.strip_prefix("```") {
            // One that belongs to a point of a list is as far in as the point.
            let margin = line.len() - line.trim_start().len();
            let inside = lines.by_ref().take_while(|line| !line.trim_start().starts_with("```"));
            let lines = inside.map(|line| line.get(margin..).unwrap_or_default()).collect();
            blocks.push(Block::Example { about, lines });
        } else if let Some(point) = line.strip_prefix("- ") {
            match blocks.last_mut() {
                Some(Block::Points(points)) => points.push(point.to_owned()),
                _ => blocks.push(Block::Points(vec![point.to_owned()])),
            }
        } else if text.starts_with('|') {
            match blocks.last_mut() {
                Some(Block::Rows(rows)) if goes_on => rows.push(text),
                _ => blocks.push(Block::Rows(vec![text])),
            }
        } else if text.starts_with('#') {
            blocks.push(Block::Heading(text.trim_start_matches('#').trim()));
        } else if !text.is_empty() {
            match blocks.last_mut() {
                Some(Block::Prose(prose)) if goes_on => *prose = format!("{prose} {text}"),
                Some(Block::Points(points)) if goes_on => {
                    if let Some(point) = points.last_mut() {
                        *point = format!("{point} {text}");
                    }
                }
                _ => blocks.push(Block::Prose(text.to_owned())),
            }
        }
        goes_on = !text.is_empty();
    }
    blocks
}

impl Block<'_> {
    fn draw(&self, columns: usize) -> String {
        match self {
            Self::Heading(title) => format!("{BOLD}{title}{BOLD:#}"),
            Self::Example { about, lines } => draw_example(about, lines),
            Self::Rows(rows) => draw_rows(rows, columns),
            Self::Points(points) => {
                let points = points.iter().map(|point| format!("- {}", wrapped(point, columns, "  ").trim_start()));
                points.collect::<Vec<_>>().join("\n")
            }
            Self::Prose(prose) => wrapped(prose, columns, ""),
        }
    }
}

fn draw_example(about: &str, lines: &[&str]) -> String {
    let file = about.split_once(' ').map(|(_, file)| format!("{FILE_INDENT}{DIM}{file}:{DIM:#}"));
    let lines = lines.iter().map(|line| format!("{EXAMPLE_INDENT}{line}").trim_end().to_owned());
    file.into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

/// A table of words and what they mean: the word, and below it its meaning, for columns would be too narrow.
fn draw_rows(rows: &[&str], columns: usize) -> String {
    fn cells(row: &str) -> impl Iterator<Item = &str> {
        row.trim_matches('|').split(" | ").map(str::trim)
    }
    // The first row has the columns' titles, the second a line.
    let titles: Vec<&str> = rows.first().into_iter().flat_map(|row| cells(row)).skip(1).collect();
    let rows = rows.iter().skip(2).map(|row| {
        let mut cells = cells(row);
        let word = wrapped(cells.next().unwrap_or_default(), columns, "  ");
        let meaning = cells.zip(&titles).filter(|(cell, _)| !cell.is_empty()).map(|(cell, title)| match titles.len() {
            // What the only column has needs no title.
            1 => wrapped(cell, columns, CELL_INDENT),
            _ => wrapped(&format!("{title}: {cell}"), columns, CELL_INDENT),
        });
        std::iter::once(word).chain(meaning).collect::<Vec<_>>().join("\n")
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// Prose in lines of at most so many columns, each behind `indent`. Code stays in one piece, and in its backticks: without colour
/// nothing else sets it off.
pub(super) fn wrapped(prose: &str, columns: usize, indent: &str) -> String {
    let room = columns.saturating_sub(indent.len());
    let mut lines = vec![String::new()];
    let mut used = 0;
    for Word { columns, drawn } in words(&without_links(prose)) {
        if used > 0 && used + 1 + columns > room {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if used > 0 { " " } else { indent });
            line.push_str(&drawn);
        }
        used += columns + usize::from(used > 0);
    }
    lines.join("\n")
}

/// What is not broken into two lines.
struct Word {
    /// That it takes on the screen.
    columns: usize,
    drawn: String,
}

fn words(prose: &str) -> Vec<Word> {
    let mut words = vec![Word { columns: 0, drawn: String::new() }];
    let (mut in_code, mut in_bold) = (false, false);
    let mut rest = prose.chars().peekable();
    while let Some(character) = rest.next() {
        if character == ' ' && !in_code {
            words.push(Word { columns: 0, drawn: String::new() });
            continue;
        }
        let Some(word) = words.last_mut() else { break };
        if character == '*' && !in_code {
            // One alone stresses a word, which few terminals can show.
            if rest.next_if_eq(&'*').is_some() {
                word.drawn += &if in_bold { format!("{BOLD:#}") } else { format!("{BOLD}") };
                in_bold = !in_bold;
            }
            continue;
        }
        word.columns += 1;
        if character == '`' {
            let drawn = if in_code { format!("`{CYAN:#}") } else { format!("{CYAN}`") };
            word.drawn += &drawn;
            in_code = !in_code;
        } else {
            word.drawn.push(character);
        }
    }
    words.retain(|word| !word.drawn.is_empty());
    words
}

/// `[the list](list.md)` as `the list`: a terminal follows no links.
fn without_links(prose: &str) -> String {
    let mut out = String::new();
    let mut rest = prose;
    while let Some((before, link)) = rest.split_once('[') {
        out += before;
        let parts = link.split_once("](").and_then(|(text, to)| to.split_once(')').map(|(_, after)| (text, after)));
        match parts {
            Some((text, after)) if !text.contains('`') => {
                out += text;
                rest = after;
            }
            _ => {
                out.push('[');
                rest = link;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::{draw, wrapped};

    fn plain(drawn: &str) -> String {
        anstream::adapter::strip_str(drawn).to_string()
    }

    #[test]
    fn prose_is_wrapped_and_code_is_not() {
        let prose = "one **two** *three* `four five` six [seven](https://acme.example) eight";
        assert_eq!(plain(&wrapped(prose, 14, "  ")), "  one two\n  three\n  `four five`\n  six seven\n  eight");
        let example = "a line of an example that is longer than the page is wide";
        assert_eq!(plain(&draw(&format!("```flow\n{example}\n```"), 20)), format!("    {example}\n"));
    }

    #[test]
    fn lines_in_a_row_are_one_paragraph() {
        let page = "# Title\n\none\ntwo\n\nthree\n- four\n  five\n- six\n";
        assert_eq!(plain(&draw(page, 80)), "Title\n\none two\n\nthree\n\n- four five\n- six\n");
    }

    #[test]
    fn a_table_is_a_list_of_words() {
        let page = "| step | meaning |\n| --- | --- |\n| `wait 2 days` | takes time |\n| `exit` | |\n";
        assert_eq!(plain(&draw(page, 80)), "  `wait 2 days`\n      takes time\n  `exit`\n");
        let page = "| state | here | there |\n| --- | --- | --- |\n| granted | written to | not |\n";
        assert_eq!(plain(&draw(page, 80)), "  granted\n      here: written to\n      there: not\n");
    }
}
