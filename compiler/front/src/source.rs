//! Texts and places in them.
//!
//! The compiler never opens a file: a [`Project`](crate::Project) of texts comes in. Lines and columns are made only where somebody looks at them.

pub use flow_ir::source::{FileId, Location, Span};
use std::borrow::Cow;

/// One text of a project: a `.flow` file, or a template that an email names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Relative to the project, with `/`.
    pub path: String,
    /// All of it, as the file has it: byte order mark and line ends included.
    pub text: String,
}

impl Source {
    /// The same in [known line ends](with_known_line_ends).
    #[must_use]
    pub fn with_known_line_ends(mut self) -> Self {
        if let Cow::Owned(text) = with_known_line_ends(&self.text) {
            self.text = text;
        }
        self
    }
}

/// A text in which every line ends in `\n` or `\r\n`. Some programs still end lines in `\r` alone; it is made a `\n` where a text comes
/// in, so that nothing behind that knows a third way. Every place stays where it was.
pub fn with_known_line_ends(text: &str) -> Cow<'_, str> {
    let is_alone = |(at, _): &(usize, &str)| text.as_bytes().get(at + 1) != Some(&b'\n');
    if !text.match_indices('\r').any(|found| is_alone(&found)) {
        return text.into();
    }
    let mut signs = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(sign) = signs.next() {
        out.push(if sign == '\r' && signs.peek() != Some(&'\n') { '\n' } else { sign });
    }
    out.into()
}

/// Where lines begin, for turning offsets into lines and columns.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// How many characters stand before each stretch of [`STRETCH`] bytes, and in all: lines may be as long as their text.
    characters: Vec<u32>,
}

const STRETCH: usize = 256;

/// A line and column, both from one; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineColumn {
    /// Of the text, from one.
    pub line: u32,
    /// In characters, not bytes.
    pub column: u32,
}

impl LineIndex {
    /// Looks through a text once for its line breaks; a line ends in `\n`.
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        let stretches = text.as_bytes().chunks(STRETCH).scan(0, |all, stretch| {
            *all += characters(stretch);
            Some(*all)
        });
        Self {
            starts: std::iter::once(0).chain(breaks).collect(),
            characters: std::iter::once(0).chain(stretches).collect(),
        }
    }

    /// Where the line begins that holds an offset.
    pub fn line_start(&self, offset: u32) -> u32 {
        self.starts.get(self.line(offset)).copied().unwrap_or_default()
    }

    /// The line that holds an offset, from zero.
    fn line(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn characters_before(&self, text: &str, offset: u32) -> u32 {
        let offset = (offset as usize).min(text.len());
        let stretch = offset / STRETCH;
        let rest = text.as_bytes().get(stretch * STRETCH..offset).unwrap_or_default();
        self.characters.get(stretch).copied().unwrap_or_default() + characters(rest)
    }

    /// The line and column of an offset into `text`, the text this was made from.
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let before = |offset| self.characters_before(text, offset);
        LineColumn { line: self.line(offset) as u32 + 1, column: before(offset) - before(self.line_start(offset)) + 1 }
    }
}

/// The characters that begin in a part of a text.
fn characters(bytes: &[u8]) -> u32 {
    let is_start = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
    bytes.iter().filter(is_start).count() as u32
}

#[cfg(test)]
mod tests {
    use super::{LineColumn, LineIndex, with_known_line_ends};

    #[test]
    fn columns_are_counted_in_characters_however_long_the_line() {
        for text in [String::new(), "é".repeat(3_000), "a\nüb\r\n🙂c\n".repeat(300), "x".repeat(512)] {
            let index = LineIndex::new(&text);
            let (mut line, mut column) = (1, 1);
            for (at, sign) in text.char_indices().chain([(text.len(), ' ')]) {
                assert_eq!(index.line_column(&text, at as u32), LineColumn { line, column });
                (line, column) = if sign == '\n' { (line + 1, 1) } else { (line, column + 1) };
            }
        }
    }

    #[test]
    fn a_return_of_its_own_ends_a_line_and_moves_nothing() {
        assert_eq!(with_known_line_ends("a\rb\r\nc\r\r\nd\n\re\r"), "a\nb\r\nc\n\r\nd\n\ne\n");
        assert!(matches!(with_known_line_ends("a\r\nb"), std::borrow::Cow::Borrowed(_)));
    }
}
