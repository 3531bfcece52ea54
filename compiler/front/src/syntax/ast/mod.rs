//! The tree of a `.flow` file, as it was written: every node with its place, nothing resolved.
//!
//! One file per construct, by the lists in [`constructs`]; `parse/` has the same file names. `Rule` and `Pair` never come here, so the
//! parser can change alone.

pub(crate) mod clause;
pub(crate) mod declaration;
pub(crate) mod field;
pub(crate) mod header;
pub(crate) mod predicate;
pub(crate) mod step;
pub(crate) mod value;

macro_rules! modules {
    ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { modules!{$($module)*} };
    ($($module:ident)*) => { $(mod $module; pub(crate) use $module::*;)* };
}
constructs::declarations!(modules);
constructs::header_modules!(modules);
constructs::steps!(modules);

pub(crate) use clause::{Clause, ClauseKind, repeated};
pub(crate) use declaration::Block;
pub(crate) use declaration::{Declaration, Kind};
pub(crate) use field::{Field, FieldType};
pub(crate) use header::Header;
pub(crate) use predicate::*;
pub(crate) use step::StepNode;
pub(crate) use step::{Step, StepKind};
pub(crate) use value::{Duration, Literal, Side, Sum, Text, TextPiece, Unit, Value};

use super::constructs;
use super::settled::Settled;
use crate::source::Span;

/// A name where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub text: String,
    pub span: Span,
}

/// The property in `trigger.amount`; none of any other name.
pub(crate) fn trigger_property(name: &str) -> Option<&str> {
    name.strip_prefix("trigger.")
}

/// A whole file. With the text it was read from, it holds all that was written: whatever has no node of its own, as comments and blank
/// lines, is kept by its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    pub(crate) declarations: Vec<Clause<Declaration>>,
    /// Where each line begins that begins a declaration, or tries to.
    pub(crate) starts: Vec<u32>,
    /// In the order they stand.
    pub comments: Vec<Comment>,
    /// Where each line begins that holds nothing.
    pub blank_lines: Vec<u32>,
    /// What is not written in the settled way, in the order they stand.
    pub settled: Vec<Settled>,
}

/// A comment, by its place: what it says is in the text.
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
