//! An entry that waits for what cannot come.

use crate::analysis::Subject;
use crate::check::typed::TypedEntry;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::Header;

/// `enter by hand` takes who is put in by hand; nothing of this version does that.
pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (declared, workflow) in subject.workflows() {
        let TypedEntry::ByHand { at } = workflow.entry else { continue };
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
