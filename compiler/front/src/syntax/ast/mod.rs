//! The tree of a `.flow` file, as it was written: every node with its place, nothing resolved.
//!
//! One file per construct, by the lists in [`constructs`]; `parse/` has the same file names. `Rule` and `Pair` never come here, so the
//! parser can change alone.

pub mod clause;
pub mod declaration;
pub mod field;
pub mod header;
pub mod predicate;
pub mod step;
pub mod value;

macro_rules! modules {
    ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { modules!{$($module)*} };
    ($($module:ident)*) => { $(pub mod $module; pub use $module::*;)* };
}
constructs::declarations!(modules);
constructs::header_modules!(modules);
constructs::steps!(modules);

pub use clause::{Clause, ClauseKind, Repeated, repeated};
pub(crate) use declaration::Block;
pub use declaration::{Declaration, Kind};
pub use field::{Field, FieldType};
pub use header::Header;
pub use predicate::*;
pub(crate) use step::StepNode;
pub use step::{Step, StepKind};
pub use value::{Duration, Literal, Sum, Text, TextPiece, Unit, Value};

use super::constructs;
use crate::source::Span;

/// A name where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// A whole file. With the text it was read from, it holds all that was written: whatever has no node of its own, as comments and blank
/// lines, is kept by its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    pub declarations: Vec<Clause<Declaration>>,
    /// In the order they stand.
    pub comments: Vec<Comment>,
    /// Where each line begins that holds nothing.
    pub blank_lines: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// With its `//`.
    pub span: Span,
    /// Nothing stands before it on its line.
    pub own_line: bool,
}

impl File {
    /// A file of which nothing could be read.
    pub fn unreadable() -> Self {
        let unreadable = |kind: &Kind| Clause { kind: Declaration::Unreadable(*kind), span: Span::new(0, 0) };
        Self { declarations: Kind::ALL.iter().map(unreadable).collect(), ..Self::default() }
    }
}
