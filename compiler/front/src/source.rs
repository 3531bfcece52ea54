//! Texts and places in them.
//!
//! The compiler never opens a file: a [`Project`](crate::Project) of texts comes in. Lines and columns are made only where somebody looks at them.

pub use flow_ir::source::{FileId, Location, Span};

/// One text of a project: a `.flow` file, or a template that an email names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Relative to the project, with `/`.
    pub path: String,
    /// All of it, as the file has it: byte order mark and line ends included.
    pub text: String,
}

/// Where lines begin, for turning offsets into lines and columns.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

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
        Self { starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// The line and column of an offset into `text`, the text this was made from.
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let before = text.get(start as usize..offset as usize).unwrap_or_default();
        LineColumn { line: line as u32 + 1, column: before.chars().count() as u32 + 1 }
    }
}
