//! Lines that cannot be drawn as they stand. Those that are too long are cut to what stands around a place: a minified template is one
//! line of 50 KB, and each of its diagnostics would print all of it. In those that hold what a terminal would obey, that is shown as
//! escapes.

use crate::shown::{is_obeyed, shown};
use crate::source::{LineIndex, Source, Span};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;

/// Longer lines are cut.
pub(super) const LONG_LINE_BYTES: usize = 400;
/// How much is shown before and behind the beginning of a place, in bytes.
const BEFORE: usize = 40;
const BEHIND: usize = 60;
/// A place that goes on over more is shown by its first line.
const MOST_LINES: usize = 20;
const CUT: &str = "…";

/// The part of a line around a place.
pub(super) struct Window {
    path: String,
    text: String,
    /// Of the place in the whole text, from zero.
    line: usize,
    column: usize,
    /// The place, in `text`.
    place: Range<usize>,
}

impl Window {
    /// None where the place is not in the text.
    pub(super) fn around(source: &Source, lines: &LineIndex, span: Span) -> Option<Self> {
        let (start, end) = (span.start as usize, span.end as usize);
        let text = &source.text;
        let line_start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let line_end = start + text.get(start..)?.find('\n').unwrap_or(text.len() - start);
        let line = text.get(line_start..line_end)?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let from = (start - line_start).min(line.len());
        let place = from..end.saturating_sub(line_start).clamp(from, line.len());
        let is_long = line.len() > LONG_LINE_BYTES;
        let (text, place) = if is_long { cut(line, place) } else { (line.to_owned(), place) };
        let (text, place) = escaped(&text, place);
        let at = lines.line_column(&source.text, span.start);
        let (line, column) = (at.line as usize - 1, at.column as usize - 1);
        Some(Self { path: shown(&source.path).into_owned(), text, line, column, place })
    }

    /// The label to draw in it.
    pub(super) fn label(&self, words: &str) -> LabeledSpan {
        LabeledSpan::new_with_span(Some(words.to_owned()), self.place.clone())
    }
}

/// The lines that a place covers; a text's end where it is not in the text.
fn covered(text: &str, span: Span) -> &str {
    let (start, end) = (span.start as usize, span.end as usize);
    let from = text.get(..start).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
    let to = text.get(end..).map_or(text.len(), |rest| end + rest.find('\n').unwrap_or(rest.len()));
    text.get(from..to).unwrap_or_default()
}

/// Whether the lines of a place are few and short enough to be drawn whole.
pub(super) fn can_be_drawn(text: &str, span: Span) -> bool {
    let mut lines = covered(text, span).lines();
    lines.by_ref().take(MOST_LINES).all(|line| line.len() <= LONG_LINE_BYTES) && lines.next().is_none()
}

/// Whether a line that is too long, or that a terminal would obey, stands from the first place to the last.
pub(super) fn cannot_stand_between(text: &str, spans: &[Span]) -> bool {
    let ends = (spans.iter().map(|span| span.start).min(), spans.iter().map(|span| span.end).max());
    let (Some(from), Some(to)) = ends else { return false };
    let mut lines = covered(text, Span::new(from, to)).lines();
    lines.any(|line| line.len() > LONG_LINE_BYTES || line.strip_suffix('\r').unwrap_or(line).contains(is_obeyed))
}

/// What of a line stands around a place, and where the place is in that.
pub(super) fn cut(line: &str, place: Range<usize>) -> (String, Range<usize>) {
    let from = line.floor_char_boundary(place.start.saturating_sub(BEFORE));
    let to = line.ceil_char_boundary((place.start + BEHIND).min(line.len()));
    let lead = if from > 0 { CUT } else { "" };
    let trail = if to < line.len() { CUT } else { "" };
    let shown = line.get(from..to).unwrap_or_default();
    let shifted = |at: usize| lead.len() + at.clamp(from, to) - from;
    (format!("{lead}{shown}{trail}"), shifted(place.start)..shifted(place.end))
}

/// A line with escapes, and where a place of it is then.
fn escaped(line: &str, place: Range<usize>) -> (String, Range<usize>) {
    let upto = |at: usize| shown(line.get(..at).unwrap_or(line)).len();
    (shown(line).into_owned(), upto(place.start)..upto(place.end))
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = |shown: Range<usize>, column| -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
            let data = self.text.get(shown.clone()).ok_or(MietteError::OutOfBounds)?.as_bytes();
            let (path, at) = (self.path.clone(), SourceSpan::from(shown));
            Ok(Box::new(MietteSpanContents::new_named(path, data, at, self.line, column, self.line + 1)))
        };
        // Asked for a place alone, it says where that is in the file.
        match before {
            0 => contents(span.offset()..span.offset() + span.len(), self.column),
            _ => contents(0..self.text.len(), 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::render::{Human, Sources};
    use crate::diagnostics::{Code, Diagnostic};
    use crate::source::{FileId, Source, Span};

    fn drawn(text: &str, labels: &[&str]) -> String {
        let at = |words: &&str| {
            let start = text.find(*words).unwrap() as u32;
            Span::new(start, start + words.len() as u32).in_file(FileId(0))
        };
        let mut places = labels.iter().map(at);
        let mut found = Diagnostic::error(Code::TooLarge, "a\u{1b}b", places.next().unwrap(), "here\u{7}");
        for place in places {
            found = found.label(place, "there");
        }
        let sources = Sources::new(vec![Source { path: "a\u{202e}.flow".to_owned(), text: text.to_owned() }]);
        Human { colour: false, width: 90 }.render(&found.help("do\u{9b}so\nand so"), &sources)
    }

    #[test]
    fn what_a_terminal_obeys_is_drawn_as_escapes() {
        insta::assert_snapshot!(drawn("one\ntwo \u{1b}[2J wrong \u{202e}\r\nthree", &["wrong"]));
        // Lines between two places are drawn with them.
        insta::assert_snapshot!(drawn("one\n\u{b}\nthree\nfour", &["one", "three"]));
        // Nor is a line drawn between two that is too long.
        let long = "x".repeat(20_000);
        assert!(drawn(&format!("one\n{long}\nthree"), &["one", "three"]).len() < 1_000);
        // The end of a line on Windows is none of it.
        assert!(!drawn("one\r\ntwo\r\n", &["one"]).contains("{d}"));
    }

    #[test]
    fn a_place_of_many_lines_is_drawn_by_its_first() {
        let long = "line\n".repeat(5_000);
        insta::assert_snapshot!(drawn(
            &format!("before\nbegins here\n{long}behind"),
            &[&format!("begins here\n{long}")]
        ));
    }

    #[test]
    fn code_in_a_help_text_is_never_broken() {
        let code = "wait until visited(page is \"/a-very-long-path-of-a-page\") at least 2 times in the last 7 days up to 5 days, otherwise {";
        let found = Diagnostic::error(Code::TooLarge, "a", Span::new(0, 3).in_file(FileId(0)), "b");
        let sources = Sources::new(vec![Source { path: "a.flow".to_owned(), text: "one\n".to_owned() }]);
        let help = format!("{}\n  {code}", "a sentence of some length ".repeat(5));
        let drawn = Human { colour: false, width: 60 }.render(&found.help(help), &sources);
        assert!(drawn.lines().any(|line| line.trim() == code), "{drawn}");
        assert!(drawn.lines().filter(|line| line.trim() != code).all(|line| line.chars().count() <= 60), "{drawn}");
    }

    #[test]
    fn sentences_are_bounded() {
        let long = "é".repeat(50_000);
        let found = Diagnostic::error(Code::TooLarge, &*long, Span::new(0, 3).in_file(FileId(0)), &*long);
        let sources = Sources::new(vec![Source { path: "a.flow".to_owned(), text: "one\n".to_owned() }]);
        let drawn = Human { colour: false, width: 90 }.render(&found.help(&*long), &sources);
        assert!(drawn.len() < 16_000, "{}", drawn.len());
        // Nor do they go on for pages.
        let lines = "line\r\n".repeat(700);
        let at = Span::new(0, 3).in_file(FileId(0));
        let drawn = Human { colour: false, width: 90 }
            .render(&Diagnostic::error(Code::TooLarge, &*lines, at, &*lines), &sources);
        assert!(drawn.len() < 16_000, "{}", drawn.len());
    }
}
