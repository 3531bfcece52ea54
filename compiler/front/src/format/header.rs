//! The lines of a workflow that hold for all of it, in one order: what it is for, then who is in it and when, then what its ends do.

use super::printer::Printer;
use crate::syntax::ast::{Clause, Header};
use crate::syntax::constructs;

/// The parts of a workflow, with a blank line between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Facts,
    Entry,
    Ends,
    Steps,
}

/// What a line belongs to, and its place there, which is that in the list of constructs; equal ones stay as written.
pub(super) fn rank(header: &Header) -> (Part, usize) {
    macro_rules! ranks {
        ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => {{
            const IN_ORDER: &[&str] = &[$(stringify!($variant)),*];
            let (part, name) = match header { $(Header::$variant(_) => (part_of(stringify!($module)), stringify!($variant)),)* };
            (part, IN_ORDER.iter().position(|other| *other == name).unwrap_or(IN_ORDER.len()))
        }};
    }
    constructs::headers!(ranks)
}

/// What the lines of a file are about.
fn part_of(module: &str) -> Part {
    match module {
        "goal" | "facts" => Part::Facts,
        "closing" => Part::Ends,
        _ => Part::Entry,
    }
}

pub(super) fn format(printer: &mut Printer<'_>, header: &Clause<Header>) {
    let at = header.span;
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident $node:tt [$rule:ident $words:literal] $about:tt;)*} $later:tt) => {
            match &header.kind { $(Header::$variant(node) => super::$module::$rule(printer, node, at),)* }
        };
    }
    constructs::headers!(dispatch)
}
