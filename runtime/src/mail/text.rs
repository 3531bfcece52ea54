//! The plain text of an HTML message.
//!
//! ```text
//! <h1>Hello Anna</h1>                 Hello Anna
//! <a href="https://x.example">Read    ==========
//! on</a>
//!                                     Read on (https://x.example)
//! ```
//!
//! Written for what MJML produces: nested layout tables, one block to a cell, a hidden preview. The crate `html2text` was tried on the
//! same input. It is good, but lists links as footnotes, sets the blocks of such tables without a blank line between, pads lines, and
//! brings a browser's parser of some thirty packages, where the scanner that [`super::preheader`] needs is enough.

use std::borrow::Cow;
use std::mem;

use super::html::{Scanner, Tag, Token};

/// Longer headings get a shorter line.
const UNDERLINE_MAX: usize = 60;
const RULE: &str = "----------";
const LIST_INDENT: usize = 2;
/// Zero-width fillers with which templates push other text out of the preview.
const FILLERS: [char; 4] = ['\u{ad}', '\u{34f}', '\u{200b}', '\u{feff}'];

/// What a reader without HTML sees. It ends with a line break unless it is empty.
pub(crate) fn from_html(html: &str) -> String {
    let mut scanner = Scanner::new(html);
    let mut writer = Writer::default();
    // One unclosed element makes us distrust the rest: better a hidden text shown than a visible one lost.
    let mut may_skip = true;
    while let Some(token) = scanner.next() {
        match token {
            Token::Open(tag) if may_skip && is_unseen(tag) => {
                may_skip = scanner.skip_element(tag).is_some();
            }
            Token::Text(text) => writer.text(&html_escape::decode_html_entities(text)),
            Token::Open(tag) => writer.open(tag),
            Token::Close(name) => writer.close(&name.to_ascii_lowercase()),
            Token::Comment => {}
        }
    }
    writer.finish()
}

fn is_unseen(tag: Tag<'_>) -> bool {
    ["head", "style", "script", "title", "template", "svg"].iter().any(|name| tag.is(name)) || tag.is_hidden()
}

fn without_fillers(text: &str) -> Cow<'_, str> {
    // No filler is ASCII, and most texts of a mail are.
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.replace(FILLERS, "")) }
}

/// What must stand between the text so far and the next one.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Bullets,
    Numbers { last: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    /// For the looks: each cell is a block.
    Layout,
    /// For data: cells stand beside each other.
    Data,
}

#[derive(Debug)]
struct Link {
    url: String,
    label_at: usize,
}

/// Collects the text; gaps are written only when something follows them.
#[derive(Debug, Default)]
struct Writer {
    out: String,
    gap: Gap,
    lists: Vec<List>,
    tables: Vec<Table>,
    marker: Option<String>,
    link: Option<Link>,
    heading_at: usize,
}

impl Writer {
    fn open(&mut self, tag: Tag<'_>) {
        match tag.name().as_str() {
            "br" => self.line_break(),
            "hr" => self.block(RULE),
            "img" => self.text(&tag.attribute("alt").unwrap_or_default()),
            "a" => self.open_link(tag),
            "h1" | "h2" => self.open_heading(),
            "ul" => self.open_list(List::Bullets),
            "ol" => self.open_list(List::Numbers { last: 0 }),
            "li" => self.open_item(),
            "table" => self.open_table(tag),
            "td" | "th" => self.open_cell(),
            "tr" => self.want(Gap::Line),
            name => self.want(gap_around(name)),
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "a" => self.close_link(),
            "h1" => self.underline('='),
            "h2" => self.underline('-'),
            "ul" | "ol" => self.close_list(),
            "table" => self.close_table(),
            "td" | "th" => self.close_cell(),
            "li" | "tr" => self.want(Gap::Line),
            name => self.want(gap_around(name)),
        }
    }

    fn want(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn line_break(&mut self) {
        self.gap = if self.gap >= Gap::Line { Gap::Paragraph } else { Gap::Line };
    }

    fn text(&mut self, text: &str) {
        let text = without_fillers(text);
        if text.starts_with(char::is_whitespace) {
            self.want(Gap::Space);
        }
        for word in text.split_whitespace() {
            self.write(word);
            self.gap = Gap::Space;
        }
        if !text.is_empty() && !text.ends_with(char::is_whitespace) && self.gap == Gap::Space {
            self.gap = Gap::None;
        }
    }

    fn block(&mut self, text: &str) {
        self.want(Gap::Paragraph);
        self.write(text);
        self.want(Gap::Paragraph);
    }

    fn write(&mut self, word: &str) {
        let is_first = self.out.is_empty();
        match mem::take(&mut self.gap) {
            _ if is_first => self.start_line(),
            Gap::None => {}
            Gap::Space => self.out.push(' '),
            Gap::Line => {
                self.out.push('\n');
                self.start_line();
            }
            Gap::Paragraph => {
                self.out.push_str("\n\n");
                self.start_line();
            }
        }
        self.out.push_str(word);
    }

    fn start_line(&mut self) {
        let marker = self.marker.take();
        let depth = self.lists.len() - usize::from(marker.is_some()).min(self.lists.len());
        self.out.push_str(&" ".repeat(depth * LIST_INDENT));
        self.out.push_str(&marker.unwrap_or_default());
    }

    fn open_heading(&mut self) {
        self.want(Gap::Paragraph);
        self.heading_at = self.out.len();
    }

    fn underline(&mut self, mark: char) {
        let heading = self.out.get(self.heading_at..).unwrap_or_default().trim();
        let width = heading.lines().map(|line| line.chars().count()).max().unwrap_or(0).min(UNDERLINE_MAX);
        if width > 0 {
            self.gap = Gap::Line;
            self.write(&mark.to_string().repeat(width));
        }
        self.want(Gap::Paragraph);
    }

    fn open_list(&mut self, list: List) {
        self.want(if self.lists.is_empty() { Gap::Paragraph } else { Gap::Line });
        self.lists.push(list);
    }

    fn close_list(&mut self) {
        self.lists.pop();
        self.marker = None;
        self.want(if self.lists.is_empty() { Gap::Paragraph } else { Gap::Line });
    }

    fn open_item(&mut self) {
        self.want(Gap::Line);
        self.marker = Some(match self.lists.last_mut() {
            Some(List::Numbers { last }) => {
                *last += 1;
                format!("{last}. ")
            }
            Some(List::Bullets) | None => "- ".to_owned(),
        });
    }

    fn open_table(&mut self, tag: Tag<'_>) {
        let is_layout = tag.attribute("role").is_some_and(|role| role == "presentation" || role == "none");
        self.tables.push(if is_layout { Table::Layout } else { Table::Data });
        self.want(Gap::Paragraph);
    }

    fn close_table(&mut self) {
        self.tables.pop();
        self.want(Gap::Paragraph);
    }

    fn open_cell(&mut self) {
        if self.tables.last() == Some(&Table::Layout) {
            self.want(Gap::Paragraph);
        } else if self.gap < Gap::Line && !self.out.is_empty() {
            self.gap = Gap::Space;
            self.write("|");
            self.gap = Gap::Space;
        }
    }

    fn close_cell(&mut self) {
        self.want(if self.tables.last() == Some(&Table::Layout) { Gap::Paragraph } else { Gap::Space });
    }

    fn open_link(&mut self, tag: Tag<'_>) {
        let url = tag.attribute("href").map(|url| url.trim().to_owned()).unwrap_or_default();
        let leads_somewhere = !url.is_empty() && !url.starts_with('#') && !url.starts_with("javascript:");
        self.link = leads_somewhere.then_some(Link { url, label_at: self.out.len() });
    }

    fn close_link(&mut self) {
        let Some(Link { url, label_at }) = self.link.take() else { return };
        let label = self.out.get(label_at..).unwrap_or_default().trim();
        if label.is_empty() {
            self.write(&url);
        } else if label != shown(&url) && label != url {
            self.out.push_str(&format!(" ({url})"));
        }
    }

    fn finish(mut self) -> String {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }
}

/// How people write the address when it is its own label.
fn shown(url: &str) -> &str {
    let url =
        ["https://", "http://", "mailto:", "tel:"].iter().find_map(|scheme| url.strip_prefix(scheme)).unwrap_or(url);
    url.strip_suffix('/').unwrap_or(url)
}

fn gap_around(name: &str) -> Gap {
    match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" | "dl" => Gap::Paragraph,
        "div" | "section" | "article" | "header" | "footer" | "main" | "center" | "address" | "dt" | "dd"
        | "figure" | "figcaption" | "caption" => Gap::Line,
        _ => Gap::None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(html: &str, text: &str) {
        assert_eq!(from_html(html).trim_end_matches('\n'), text, "{html}");
    }

    #[test]
    fn links_keep_their_address() {
        check(
            "See <a href=\"https://x.example/a?b=1&amp;c=2\">the <b>guide</b></a>.",
            "See the guide (https://x.example/a?b=1&c=2).",
        );
        check("<a href='https://x.example/'>x.example</a>", "x.example");
        check("<a href='mailto:a@x.example'>a@x.example</a>", "a@x.example");
        check("<a href='https://x.example'><img src='i.png'></a>", "https://x.example");
        check("<a href='https://x.example'><img src='i.png' alt='Our shop'></a>", "Our shop (https://x.example)");
        check("<a href='#top'>Top</a> <a>plain</a>", "Top plain");
    }

    #[test]
    fn blocks_are_apart_and_inline_elements_are_not() {
        check(
            "<h1>Hello <i>Anna</i></h1><h2>News</h2><h3>Small</h3><p>One</p>\n<p>T<b>w</b>o<br>three<br><br>four</p>",
            "Hello Anna\n==========\n\nNews\n----\n\nSmall\n\nOne\n\nTwo\nthree\n\nfour",
        );
        check("<div>a</div><div>b</div><hr>c", "a\nb\n\n----------\n\nc");
    }

    #[test]
    fn lists_have_marks_numbers_and_depth() {
        check(
            "<p>Do:</p><ul><li>one</li><li>two<ol><li>first<br>line</li><li> second</li></ol></li><li></li><li><p>last</p></li></ul>end",
            "Do:\n\n- one\n- two\n  1. first\n    line\n  2. second\n\n- last\n\nend",
        );
    }

    #[test]
    fn entities_and_spaces_are_decoded_and_collapsed() {
        check("<p>&ldquo;A&rdquo;&nbsp;&amp; B&#8217;s \n &lt;c&gt; &mdash; 5&euro;</p>", "“A” & B’s <c> — 5€");
        check("a&#847;&zwnj;&shy;b", "a\u{200c}b");
    }

    #[test]
    fn what_is_not_seen_is_dropped() {
        check(
            "<head><title>T</title><style>p{}</style></head><body><div style=\"display:none;max-height:0\">Pre</div><script>x</script>\
            <!--[if mso]><p>Outlook</p><![endif]--><p>Seen</p>",
            "Seen",
        );
    }

    #[test]
    fn a_hidden_element_without_end_loses_no_text() {
        check("<div style=\"display:none\">a<p>b</p>", "a\n\nb");
    }

    #[test]
    fn tables_for_looks_are_blocks_and_tables_of_data_are_rows() {
        check(
            "<table role=\"presentation\"><tr><td><div>a</div></td></tr><tr><td>b</td><td>c</td></tr></table>",
            "a\n\nb\n\nc",
        );
        check(
            "<table><tr><th>Plan</th><th>Price</th></tr><tr><td>Pro</td><td>9&nbsp;&euro;</td></tr></table>",
            "Plan | Price\nPro | 9 €",
        );
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(from_html("<html><body> \n</body></html>"), "");
    }

    proptest! {
        #[test]
        fn words_survive_in_order_and_lines_have_no_loose_ends(words in prop::collection::vec("[a-zé]{1,6}", 1..12), tags in prop::collection::vec(0..8_usize, 12)) {
            let tags: Vec<&str> = tags.into_iter().map(|tag| ["p", "div", "b", "li", "ul", "td", "table", "h2"][tag]).collect();
            let html: String = words.iter().zip(&tags).map(|(word, tag)| format!("<{tag}>{word}</{tag}> ")).collect();
            let text = from_html(&html);
            let is_word = |c: &char| c.is_alphabetic() || *c == 'é';
            let kept: String = text.chars().filter(is_word).collect();
            prop_assert_eq!(kept, words.concat());
            prop_assert!(text.lines().all(|line| line == line.trim_end()), "{:?}", text);
            prop_assert!(!text.contains("\n\n\n"));
        }
    }
}
