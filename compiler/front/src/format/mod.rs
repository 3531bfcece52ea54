//! Text to the same text, laid out: what `flow fmt` writes.
//!
//! In: the text of one file. Out: the same program in the one layout that docs/language.md ("Layout") describes, or the syntax errors of a
//! text that cannot be read, which is left alone: half a layout would hide where the mistake is. This layer knows no names and no
//! meaning, and it never writes a word that was not there.
//!
//! ```text
//! text --syntax--> tree --gather--> blocks, each line with its comments --format--> lines
//! ```
//!
//! One file per construct, named as in `syntax/`. [`printer`] writes lines, [`gather`] says which line a comment belongs to, and
//! [`words`] spaces what stands on one line. What a construct's file decides is only what stands on its lines and in which columns.
//!
//! Texts, numbers and dates are never spelt anew: they are cut from the source. Of a line that is longer than [`printer::WIDTH`] only
//! the condition is broken, before its `and`s and `or`s.

mod branch;
mod change;
mod contact;
mod email;
mod exit;
mod gather;
mod handoff;
mod predicate;
mod printer;
mod send;
mod stage;
mod team;
#[cfg(test)]
mod tests;
mod value;
mod wait;
mod words;
mod workflow;

use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{FileId, Span};
use crate::syntax::ast::{Clause, Declaration, Step, StepKind};
use crate::syntax::parse;
use printer::Printer;
use std::borrow::Cow;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text as `flow fmt` lays it out, or what keeps it from being read. The file's own line ends and its byte order mark stay.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let (_, diagnostics) = parse(FileId(0), text);
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(diagnostics);
    }
    let (mark, body) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let lines = with_plain_ends(body);
    let formatted = laid_out(&lines);
    // A printer that loses a word would change what a project does. It is never wrong knowingly; better no layout than that.
    let whole = words::same(&lines, &formatted);
    debug_assert!(whole, "the layout lost or made a word:\n{formatted}");
    if !whole {
        return Ok(text.to_owned());
    }
    let formatted = if ends_in_two_signs(body) { formatted.replace('\n', "\r\n") } else { formatted };
    Ok(format!("{mark}{formatted}"))
}

/// Lines that all end in `\n`. A sign of its own, `\r` ends a line as well.
fn with_plain_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

/// Whether a file's lines end as on Windows throughout; of a mixed one, no editor minds either.
fn ends_in_two_signs(text: &str) -> bool {
    let all = text.matches('\n').count();
    all > 0 && text.matches("\r\n").count() == all
}

fn laid_out(text: &str) -> String {
    let (tree, _) = parse(FileId(0), text);
    let mut printer = Printer::new(text, &tree.comments);
    let whole = Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX));
    let mut block = printer.gather(whole, tree.declarations.iter().map(|clause| (clause, clause.span)));
    for at in 1..block.entries.len() {
        let stands_apart = match block.entries.get(at - 1..=at) {
            Some([before, this]) => !stand_together(&before.node.kind, &this.node.kind),
            _ => false,
        };
        if stands_apart && let Some(entry) = block.entries.get_mut(at) {
            entry.set_blank(true);
        }
    }
    printer.entries(&block, declaration);
    printer.finish()
}

/// Whether the author decides if a blank line stands between two declarations: short ones read well as one paragraph.
fn stand_together(one: &Declaration, other: &Declaration) -> bool {
    let is_short = |declaration: &Declaration| {
        matches!(declaration, Declaration::Use(_) | Declaration::Stages(_) | Declaration::Segment(_))
    };
    let is_event = |declaration: &Declaration| matches!(declaration, Declaration::Event(_));
    (is_short(one) && is_short(other)) || (is_event(one) && is_event(other))
}

fn declaration(printer: &mut Printer<'_>, declaration: &Clause<Declaration>) {
    let at = declaration.span;
    match &declaration.kind {
        Declaration::Use(module) => printer.line(at, format!("use {}", module.text)),
        Declaration::Contact(contact) => contact::format(printer, contact),
        Declaration::Event(event) => contact::format_event(printer, event),
        Declaration::Stages(stages) => contact::format_stages(printer, stages),
        Declaration::Segment(segment) => contact::format_segment(printer, segment),
        Declaration::Email(email) => email::format(printer, email),
        Declaration::Team(team) => team::format(printer, team),
        Declaration::Workflow(workflow) => workflow::format(printer, workflow),
        // Reported, so its file is never laid out.
        Declaration::Unreadable(_) => {}
    }
}

fn step(printer: &mut Printer<'_>, step: &Step) {
    match &step.kind {
        StepKind::Send(send) => send::format(printer, step, send),
        StepKind::Wait(wait) => wait::format(printer, step, wait),
        StepKind::Branch(branch) => branch::format(printer, step, branch),
        StepKind::Change(change) => change::format(printer, step, change),
        StepKind::Advance(advance) => stage::format(printer, step, advance),
        StepKind::Handoff(handoff) => handoff::format(printer, step, handoff),
        StepKind::Exit(exit) => exit::format(printer, step, exit),
        // Reported, so its file is never laid out.
        StepKind::Unreadable => {}
    }
}
