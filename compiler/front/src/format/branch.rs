//! `if / else if / else`: `else` on the line of the brace before it.

use super::predicate::condition;
use super::printer::{Printer, within};
use super::step;
use crate::source::Span;
use crate::syntax::ast::{Branch, Step};

pub(super) fn format(printer: &mut Printer<'_>, of: &Step, branch: &Branch) {
    let label = printer.label(of);
    // Where the block before ended.
    let mut closed = None;
    for arm in &branch.arms {
        let open = printer.brace_after(arm.when.span().end);
        match closed {
            None => {
                let lines = condition(printer, &format!("{label}if "), &arm.when, " {");
                printer.lines(Span::new(of.span.start, open), lines);
            }
            Some(_) => condition(printer, "} else if ", &arm.when, " {").iter().for_each(|line| printer.push(line)),
        }
        block(printer, closed.unwrap_or(open), Span::new(open, arm.span.end), &arm.steps);
        closed = Some(arm.span.end);
    }
    if let (Some((steps, at)), Some(closed)) = (&branch.otherwise, closed) {
        printer.push("} else {");
        block(printer, closed, Span::new(printer.brace_after(closed), at.end), steps);
    }
    printer.push("}");
}

/// The lines of a block that lies at `at`, braces and all. Comments between the block before and this one go into it: on their one
/// line is no room for them.
pub(super) fn block(printer: &mut Printer<'_>, closed: u32, at: Span, steps: &[Step]) {
    let moved: Vec<Span> = printer.comments_in(Span::new(closed, at.start)).collect();
    let block = printer.gather(within(at), steps.iter().map(|step| (step, step.span)));
    printer.inside(&block, &moved, step::format);
}
