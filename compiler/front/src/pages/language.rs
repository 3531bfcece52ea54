//! The sections of `docs/language.md`: a heading is a topic, with the text up to the next heading. And those of `docs/settings.md`, of
//! which `flow.toml` is the whole.

use super::Topic;

const LANGUAGE: &str = include_str!("../../../../docs/language.md");
const SETTINGS: &str = include_str!("../../../../docs/settings.md");

/// The page of all settings.
const FLOW_TOML: &str = "flow.toml";

/// How well a section answers a question, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    /// It is the section's heading.
    Heading,
    /// Its words are in the heading: `email` in "Emails".
    InHeading,
    /// A row of a table or a line of an example begins with it: `wait until`.
    BeginsLine,
    /// It is mentioned as a word of the language.
    Mentioned,
}

/// A heading and its own text.
#[derive(Debug)]
struct Section<'t> {
    level: usize,
    title: &'t str,
    text: String,
}

/// All sections, in the order of the document.
pub(super) fn topics() -> Vec<Topic> {
    let sections = sections(LANGUAGE);
    (0..).zip(&sections).map(|(at, section)| topic(section, &below(&sections, at))).collect()
}

/// The settings: the whole of them.
pub(super) fn settings() -> Topic {
    Topic {
        name: FLOW_TOML.to_owned(),
        title: FLOW_TOML.to_owned(),
        meaning: String::new(),
        markdown: SETTINGS.to_owned(),
    }
}

/// Words of lines that stand in other titles by chance, and the line that they are asked for.
const MEANT: &[(&str, &str)] = &[
    ("hours", "team"),
    ("with", "start"),
    ("start with", "start"),
    ("if past", "wait"),
    ("if not taken", "not taken in time"),
];

/// The section that answers best; where several do equally well, all of them as one topic. What the language says nothing of is asked of the
/// settings: their sections, with brackets or without, and their keys.
pub(super) fn find(words: &str) -> Option<Topic> {
    let words = words.trim_matches(['[', ']']);
    if matches!(words, FLOW_TOML | "settings" | "setting" | "toml" | "configuration" | "config") {
        return Some(settings());
    }
    let meant = MEANT.iter().find(|(asked, _)| *asked == words).map_or(words, |(_, meant)| meant);
    best(LANGUAGE, meant).or_else(|| best(SETTINGS, words))
}

fn best(document: &str, words: &str) -> Option<Topic> {
    let sections = sections(document);
    let answer = |section: &Section| answer(section, words);
    let best = sections.iter().filter_map(answer).min()?;
    let found = (0..).zip(&sections).filter(|(_, section)| answer(section) == Some(best));
    let found = found.map(|(at, section)| topic(section, &below(&sections, at)));
    found.reduce(|all, next| Topic {
        name: words.to_owned(),
        title: format!("{} and {}", all.title, next.title),
        meaning: String::new(),
        markdown: format!("{}\n{}", all.markdown, next.markdown),
    })
}

fn sections(document: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section> = Vec::new();
    let mut in_example = false;
    for line in document.lines() {
        in_example ^= line.starts_with("```");
        let title = line.trim_start_matches('#');
        if !in_example && title.len() < line.len() && title.starts_with(' ') {
            sections.push(Section { level: line.len() - title.len(), title: title.trim(), text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.text.push_str(line);
            section.text.push('\n');
        }
    }
    sections
}

/// The sections one level below one, which a reader may want next.
fn below<'s>(sections: &'s [Section<'s>], at: usize) -> Vec<&'s Section<'s>> {
    let Some(level) = sections.get(at).map(|section| section.level) else { return Vec::new() };
    let inside = sections.iter().skip(at + 1).take_while(|section| section.level > level);
    inside.filter(|section| section.level == level + 1).collect()
}

fn topic(section: &Section, below: &[&Section]) -> Topic {
    let mut markdown = format!("# {}\n\n{}\n", section.title, section.text.trim());
    if !below.is_empty() {
        let next: Vec<String> = below.iter().map(|section| format!("`flow doc {}`", anchor(section.title))).collect();
        markdown += &format!("\n## See also\n\n{}\n", next.join(", "));
    }
    Topic { name: anchor(section.title), title: section.title.to_owned(), meaning: String::new(), markdown }
}

/// As web pages name a heading: `finer-points`.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn answer(section: &Section, words: &str) -> Option<Answer> {
    let asked: Vec<&str> = words.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    let title = anchor(section.title);
    let heading: Vec<&str> = title.split('-').collect();
    if asked.is_empty() {
        None
    } else if asked == heading {
        Some(Answer::Heading)
    } else if asked.iter().all(|word| heading.iter().any(|other| same_word(word, other))) {
        Some(Answer::InHeading)
    } else if section.text.lines().any(|line| begins_with(line.trim_start_matches(['|', ' ', '`']), &asked)) {
        Some(Answer::BeginsLine)
    } else if mentioned(&section.text).any(|code| mentions(code, &asked)) {
        Some(Answer::Mentioned)
    } else {
        None
    }
}

/// The same but for a plural.
fn same_word(one: &str, other: &str) -> bool {
    one.trim_end_matches('s') == other.trim_end_matches('s')
}

/// What stands in backticks on a line; examples have lines of their own.
fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).filter(|code| !code.contains('\n'))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn begins_with(text: &str, asked: &[&str]) -> bool {
    let mut own = words(text);
    asked.iter().all(|word| own.next() == Some(*word))
}

fn mentions(text: &str, asked: &[&str]) -> bool {
    let own: Vec<&str> = words(text).collect();
    own.windows(asked.len()).any(|some| some == asked)
}

#[cfg(test)]
mod tests {
    use super::{best, find};

    fn title(words: &str) -> String {
        find(words).map(|topic| topic.title).unwrap_or_default()
    }

    #[test]
    fn a_section_is_found_by_heading_or_by_a_word_of_the_language() {
        assert_eq!(title("steps"), "Steps");
        assert_eq!(title("finer-points"), "Finer points");
        assert_eq!(title("emails"), "Emails");
        assert_eq!(title("email"), "email");
        assert_eq!(title("language"), "The Flow language");
        assert_eq!(title("wait until"), "wait");
        assert_eq!(title("reenter"), "reenter");
        assert_eq!(title("segment"), "segment");
        assert_eq!(title("split"), "split");
        assert_eq!(title("notify"), "notify");
        assert_eq!(title("webhook"), "Not yet");
        assert_eq!(title("timed out"), "wait");
        assert_eq!(title("send"), "send");
        assert_eq!(title("blockchain"), "");
        assert_eq!((title("flow.toml"), title("settings")), ("flow.toml".to_owned(), "flow.toml".to_owned()));
        assert_eq!((title("[sender]"), title("timeout_seconds")), ("[sender]".to_owned(), "[mail]".to_owned()));
    }

    /// Once a construct has a heading of its own, that is its page.
    #[test]
    fn a_heading_beats_a_mention() {
        let document = "# All\n\n`wait` is a step\n\n## Steps\n\n| `wait 2 days` |\n\n### wait\n\nFor a while.\n";
        let found = best(document, "wait");
        assert_eq!(found.map(|topic| topic.markdown), Some("# wait\n\nFor a while.\n".to_owned()));
    }

    #[test]
    fn a_section_names_those_below_it() {
        let found = find("workflows").map(|topic| topic.markdown).unwrap_or_default();
        assert!(
            found.ends_with("## See also\n\n`flow doc workflow`, `flow doc steps`, `flow doc conditions`\n"),
            "{found}"
        );
        assert!(!found.contains("round robin"), "{found}");
    }
}
