//! `reenter always` where nothing bounds what people get: whoever does something a thousand times would be written to a thousand times. A cap of the
//! policy bounds it.
//!
//! What is transactional is owed for each time, and counts for no cap.

use super::Subject;
use super::together::Together;
use crate::diagnostics::{Diagnostic, contract};
use crate::env::Env;
use crate::syntax::ast::{Header, Name, Policy, PolicyClause, Reenter};
use crate::typed::each_step;
use flow_ir::{Email, EmailKind};

pub(super) fn prove<'p>(subject: Subject<'p>, _: &Together<'p>, found: &mut Vec<Diagnostic>) {
    let policies = || subject.env.scope.policy.iter().map(|policy| &policy.node);
    let bounds = |email: &Email| policies().any(|policy| may_cap(subject.env, policy, email));
    for (declared, workflow) in subject.workflows() {
        let always = declared.node.headers().find(|header| matches!(header.kind, Header::Reenter(Reenter::Always)));
        let Some(always) = always else { continue };
        let mut sent = None;
        each_step(&workflow.steps, &mut |step| {
            let email = step.message().and_then(|email| subject.typed.emails.get(email));
            let email =
                email.map(|typed| &typed.email).filter(|email| email.kind == EmailKind::Marketing && !bounds(email));
            sent = sent.or(email.map(|email| (email.name.as_str(), step.at)));
        });
        if let Some((email, at)) = sent {
            found.push(contract::always_without_cap(always.span.in_file(declared.file), email, at));
        }
    }
}

/// Whether a policy has a cap on all mail, or on mail such as this; also one that is wrong or cannot be read, which is reported where it stands.
fn may_cap(env: &Env<'_>, policy: &Policy, email: &Email) -> bool {
    let names = |topic: &Name| env.schema.topic(&topic.text).is_none_or(|topic| email.topic == Some(topic));
    let caps = |clause: &PolicyClause| match clause {
        PolicyClause::Cap(cap) => cap.topic.as_ref().is_none_or(names),
        _ => false,
    };
    policy.broken || policy.clauses.iter().any(|clause| caps(&clause.kind))
}
