//! Places in source texts: what spans and labels are made of. The texts themselves are the front end's.
//!
//! Offsets are bytes (`u32`, so a text is at most 4 GiB; the front end refuses far smaller ones).

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The number of a text among those of its project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileId(pub u32);

/// A range of bytes in one text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The one behind the last byte.
    pub end: u32,
}

impl Span {
    /// From a byte up to, and without, another.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }
    /// From the start of this one to the end of the other.
    pub fn to(self, end: Span) -> Span {
        Span { start: self.start, end: end.end }
    }
    /// The same as a range of indices.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
    /// The same range, of this file's text.
    pub fn in_file(self, file: FileId) -> Location {
        Location { file, span: self }
    }
    /// The text it covers; empty where it does not fit the text.
    pub fn text(self, source: &str) -> &str {
        source.get(self.range()).unwrap_or_default()
    }
    /// Its last character, which may have several bytes; nothing where it is empty.
    pub fn last_sign(self, source: &str) -> Span {
        let length = self.text(source).chars().next_back().map_or(0, char::len_utf8) as u32;
        Span { start: self.end.saturating_sub(length), end: self.end }
    }
}

/// A place in a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The text it lies in.
    pub file: FileId,
    /// The bytes of it.
    pub span: Span,
}
