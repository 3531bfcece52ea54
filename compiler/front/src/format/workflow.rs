//! `workflow`: its header in one order, then its steps.
//!
//! ```text
//! goal owner reviewed group             what it is for
//!
//! enter reenter exit skip send on       who is in it, and when
//!
//! steps
//! ```
//!
//! In the source they may stand in any order, steps among them. Clauses of one word have their values in a column; those of two words
//! read as a sentence.

use super::gather::{Block, Entry};
use super::predicate::condition;
use super::printer::Printer;
use super::value::{duration, text};
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::{Clause, Enter, Existing, Goal, Header, Item, Reenter, Workflow};

pub(super) fn format(printer: &mut Printer<'_>, workflow: &Workflow) {
    let brace = printer.brace_after(workflow.title.as_ref().map_or(workflow.name.span, |title| title.span).end);
    printer.open(workflow.span.start, brace);
    let within = Span::new(brace + 1, workflow.span.end.saturating_sub(1));
    let mut block = printer.gather(within, workflow.items.iter().map(|item| (item, at(item))));
    in_order(&mut block);
    printer.block(&block, |printer, item| match item {
        Item::Header(header) => self::header(printer, header),
        Item::Step(step) => super::step(printer, step),
    });
}

fn at(item: &Item) -> Span {
    match item {
        Item::Header(header) => header.span,
        Item::Step(step) => step.span,
    }
}

/// The parts of a workflow, with a blank line between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Facts,
    Entry,
    Steps,
}

/// What a line belongs to, and its place there; equal ones stay as written.
fn rank(item: &Item) -> (Part, u8) {
    let Item::Header(header) = item else { return (Part::Steps, 0) };
    match header.kind {
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

fn in_order(block: &mut Block<'_, Item>) {
    block.entries.sort_by_key(|entry| rank(entry.node));
    let mut before = None;
    for entry in &mut block.entries {
        let (part, _) = rank(entry.node);
        if before.is_some_and(|before| before != part) {
            entry.set_blank(true);
        } else if part != Part::Steps && !heads_a_paragraph(entry) {
            entry.set_blank(false);
        }
        before = Some(part);
    }
}

/// Within a part of the header, only a comment may stand apart.
fn heads_a_paragraph(entry: &Entry<'_, Item>) -> bool {
    !entry.before.is_empty()
}

fn header(printer: &mut Printer<'_>, header: &Clause<Header>) {
    let lines = match &header.kind {
        Header::Goal(goal) => self::goal(printer, goal),
        Header::Owner(owner) => vec![in_column("owner", text(printer, owner))],
        Header::Reviewed(date) => vec![in_column("reviewed", &date.text)],
        Header::Group(group) => vec![in_column("group", &group.text)],
        Header::Enter(enter) => self::enter(printer, enter),
        Header::Reenter(Reenter::Once) => vec![in_column("reenter", "once")],
        Header::Reenter(Reenter::After(time)) => {
            vec![in_column("reenter", &format!("after {}", duration(printer, time)))]
        }
        Header::ExitWhen(when) => condition(printer, "exit when ", when, ""),
        Header::SkipWhen(when) => condition(printer, "skip when ", when, ""),
        Header::Window(_) => vec![printer.words(header.span)],
    };
    printer.lines(header.span, lines);
}

fn goal(printer: &Printer<'_>, goal: &Goal) -> Vec<String> {
    let within = goal.within.as_ref().map(|time| format!(" within {}", duration(printer, time))).unwrap_or_default();
    let continues = if goal.continues { " and continue" } else { "" };
    let before = in_column("goal", &format!("{} when ", text(printer, &goal.text)));
    condition(printer, &before, &goal.when, &(within + continues))
}

fn enter(printer: &Printer<'_>, enter: &Enter) -> Vec<String> {
    let Some(when) = &enter.when else { return vec!["enter by hand".to_owned()] };
    let existing = match enter.existing {
        Some(Existing::NewOnly) => " new only",
        Some(Existing::Including) => " including existing",
        None => "",
    };
    condition(printer, "enter when ", when, existing)
}
