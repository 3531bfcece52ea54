//! The lines of a workflow that hold for all of it, in one order: what it is for, then who is in it and when.

use super::printer::Printer;
use super::{enter, facts, goal, guards, reenter, window};
use crate::syntax::ast::{Clause, Header};

/// The parts of a workflow, with a blank line between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Facts,
    Entry,
    Steps,
}

/// What a line belongs to, and its place there; equal ones stay as written.
pub(super) fn rank(header: &Header) -> (Part, u8) {
    match header {
        Header::Goal(_) => (Part::Facts, 0),
        Header::Owner(_) => (Part::Facts, 1),
        Header::Reviewed(_) => (Part::Facts, 2),
        Header::Group(_) => (Part::Facts, 3),
        Header::Enter(_) => (Part::Entry, 0),
        Header::Reenter(_) => (Part::Entry, 1),
        Header::ExitWhen(_) => (Part::Entry, 2),
        Header::SkipWhen(_) => (Part::Entry, 3),
        Header::Window(_) => (Part::Entry, 4),
    }
}

pub(super) fn format(printer: &mut Printer<'_>, header: &Clause<Header>) {
    let at = header.span;
    match &header.kind {
        Header::Goal(node) => goal::goal(printer, node, at),
        Header::Owner(node) => facts::owner(printer, node, at),
        Header::Reviewed(node) => facts::reviewed(printer, node, at),
        Header::Group(node) => facts::group(printer, node, at),
        Header::Enter(node) => enter::enter(printer, node, at),
        Header::Reenter(node) => reenter::reenter(printer, node, at),
        Header::ExitWhen(node) => guards::exit_when(printer, node, at),
        Header::SkipWhen(node) => guards::skip_when(printer, node, at),
        Header::Window(node) => window::window(printer, node, at),
    }
}
