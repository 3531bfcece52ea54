//! An entry that waits for what cannot come.

use crate::analysis::Subject;
use crate::check::typed::TypedEntry;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::Header;

/// `enter by hand` takes who is put in by hand, or by the `start` of another workflow; only that is in this version.
pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let started = subject.typed.started();
    for (id, (declared, workflow)) in subject.typed.workflows.ids().zip(subject.workflows()) {
        let TypedEntry::ByHand { at } = workflow.entry else { continue };
        if started.contains(&id) {
            continue;
        }
        let asked =
            declared.node.headers().any(|header| matches!(&header.kind, Header::Enter(enter) if enter.when.is_none()));
        if asked && !declared.node.broken {
            found.push(
                Diagnostic::warning(
                    Code::NobodyCanEnter,
                    format!("nobody can enter workflow `{}` yet", workflow.name),
                    at,
                    "entered by hand, and nothing puts anyone in",
                )
                .why("it looks ready, and would stand empty for ever")
                .help("let something bring people in, for example\n  enter when signed_up"),
            );
        }
    }
}
