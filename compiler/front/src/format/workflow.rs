//! `workflow`: its header in one order, then its steps, a blank line between its parts.
//!
//! ```text
//! goal owner reviewed group             what it is for
//!
//! enter reenter exit skip send on       who is in it, and when
//!
//! on goal on exit                       what its ends do
//!
//! steps
//! ```
//!
//! In the source they may stand in any order, steps among them. Clauses of one word have their values in a column; those of more words
//! read as a sentence.

use super::gather::Block;
use super::header::{self, Part};
use super::printer::Printer;
use super::step;
use crate::source::Span;
use crate::syntax::ast::{Item, Workflow};

pub(super) fn format(printer: &mut Printer<'_>, workflow: &Workflow, at: Span) {
    let head_end = workflow.title.as_ref().map_or(workflow.name.span, |title| title.span).end;
    let within = printer.open(at, head_end);
    let mut block = printer.gather(within, workflow.items.iter().map(|item| (item, place(item))));
    in_order(&mut block);
    printer.block(&block, |printer, item| match item {
        Item::Header(header) => header::format(printer, header),
        Item::Step(step) => step::format(printer, step),
    });
}

fn place(item: &Item) -> Span {
    match item {
        Item::Header(header) => header.span,
        Item::Step(step) => step.span,
    }
}

fn rank(item: &Item) -> (Part, usize) {
    match item {
        Item::Header(header) => header::rank(&header.kind),
        Item::Step(_) => (Part::Steps, 0),
    }
}

fn in_order(block: &mut Block<'_, Item>) {
    block.entries.sort_by_key(|entry| rank(entry.node));
    let mut before = None;
    for entry in &mut block.entries {
        let (part, _) = rank(entry.node);
        if before.is_some_and(|before| before != part) {
            entry.set_blank(true);
        } else if part != Part::Steps && entry.before.is_empty() {
            // Within a part of the header, only a comment may stand apart.
            entry.set_blank(false);
        }
        before = Some(part);
    }
}
