//! `reenter always` where nothing bounds what people get: whoever does something a thousand times would be written to a thousand times. A cap of the
//! policy bounds it.
//!
//! What is transactional is owed for each time, and counts for no cap.

use super::Subject;
use super::together::Together;
use crate::diagnostics::{Diagnostic, contract};
use crate::syntax::ast::{Header, Policy, PolicyClause, Reenter};
use crate::typed::each_step;
use flow_ir::EmailKind;

pub(super) fn prove<'p>(subject: Subject<'p>, _: &Together<'p>, found: &mut Vec<Diagnostic>) {
    if subject.env.scope.policy.iter().any(|policy| may_cap(&policy.node)) {
        return;
    }
    for (declared, workflow) in subject.workflows() {
        let always = declared.node.headers().find(|header| matches!(header.kind, Header::Reenter(Reenter::Always)));
        let Some(always) = always else { continue };
        let mut sent = None;
        each_step(&workflow.steps, &mut |step| {
            let email = step.message().and_then(|email| subject.typed.emails.get(email));
            let email = email.map(|typed| &typed.email).filter(|email| email.kind == EmailKind::Marketing);
            sent = sent.or(email.map(|email| (email.name.as_str(), step.at)));
        });
        if let Some((email, at)) = sent {
            found.push(contract::always_without_cap(always.span.in_file(declared.file), email, at));
        }
    }
}

/// Whether a policy has a cap, also one that is wrong or cannot be read, which is reported where it stands.
fn may_cap(policy: &Policy) -> bool {
    policy.broken || policy.clauses.iter().any(|clause| matches!(clause.kind, PolicyClause::Cap(_)))
}
