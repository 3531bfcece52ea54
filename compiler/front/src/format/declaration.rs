//! What stands side by side in a file: each kind in the file that the list of constructs names.

use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::{Clause, Declaration};
use crate::syntax::constructs;

/// The declarations of a file, which fill it.
pub(super) fn declarations(printer: &mut Printer<'_>, file: Span, declarations: &[Clause<Declaration>]) {
    let mut block = printer.gather(file, declarations.iter().map(|clause| (clause, clause.span)));
    let mut before = None;
    for entry in &mut block.entries {
        let this = &entry.node.kind;
        if before.is_some_and(|before| !stand_together(before, this)) {
            entry.set_blank(true);
        }
        before = Some(this);
    }
    printer.entries(&block, format);
}

/// Whether the author decides if a blank line stands between two declarations: short ones read well as one paragraph.
fn stand_together(one: &Declaration, other: &Declaration) -> bool {
    let is_line = |declaration: &Declaration| {
        matches!(
            declaration,
            Declaration::Use(_)
                | Declaration::Stages(_)
                | Declaration::Tags(_)
                | Declaration::List(_)
                | Declaration::Topics(_)
                | Declaration::Segment(_)
                | Declaration::TestPeople(_)
        )
    };
    let is_event = |declaration: &Declaration| matches!(declaration, Declaration::Event(_));
    (is_line(one) && is_line(other)) || (is_event(one) && is_event(other))
}

fn format(printer: &mut Printer<'_>, declaration: &Clause<Declaration>) {
    let at = declaration.span;
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => {
            match &declaration.kind {
                $(Declaration::$variant(node) => super::$module::format(printer, node, at),)*
                // Reported, so its file is never laid out.
                Declaration::Unreadable(_) => {}
            }
        };
    }
    constructs::declarations!(dispatch)
}
