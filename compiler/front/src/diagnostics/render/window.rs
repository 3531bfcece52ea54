//! Lines that are too long to be drawn, cut to what stands around a place: a minified template is one line of 50 KB, and each of its
//! diagnostics would print all of it.

use crate::source::{LineIndex, Source, Span};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;

/// Longer lines are cut.
pub(super) const LONG_LINE_BYTES: usize = 400;
/// How much is shown before and behind the beginning of a place, in bytes.
const BEFORE: usize = 40;
const BEHIND: usize = 60;
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
    /// None where the line is short enough to be drawn whole.
    pub(super) fn around(source: &Source, lines: &LineIndex, span: Span) -> Option<Self> {
        let (start, end) = (span.start as usize, span.end as usize);
        let text = &source.text;
        let line_start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let line_end = start + text.get(start..)?.find('\n').unwrap_or(text.len() - start);
        let line = text.get(line_start..line_end)?;
        if line.len() <= LONG_LINE_BYTES {
            return None;
        }
        let (text, place) = cut(line, start - line_start..end.min(line_end) - line_start);
        let at = lines.line_column(&source.text, span.start);
        let (line, column) = (at.line as usize - 1, at.column as usize - 1);
        Some(Self { path: source.path.clone(), text, line, column, place })
    }

    /// The label to draw in it.
    pub(super) fn label(&self, words: &str) -> LabeledSpan {
        LabeledSpan::new_with_span(Some(words.to_owned()), self.place.clone())
    }
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
