//! `allows email`: whether marketing mail may be sent to somebody, as far as that is their own word, or the company's.

use super::super::cx::Cx;
use super::Asked;
use crate::env::schema::Schema;
use crate::source::Span;
use crate::syntax::ast::Allows;
use crate::typed::{Cond, Part};
use flow_ir::{Consent, ConsentState};

/// The refusals that are somebody's word. A bounce is about an address, and a pause and a suppression are for a time.
const REFUSALS: [&str; 3] = ["unsubscribed", "complained", "do_not_contact"];

pub(super) fn check(cx: &mut Cx<'_>, _: &Allows, span: Span, _: Asked<'_>) -> Cond {
    let at = cx.at(span);
    let parts = allowed(&cx.env.schema).into_iter().map(|cond| Part { cond, at });
    Cond::All(parts.collect())
}

/// What has to hold, all of it.
fn allowed(schema: &Schema) -> Vec<Cond> {
    let refusals = REFUSALS.into_iter().filter_map(|name| schema.field(name));
    let refusals = refusals.map(|field| not(Cond::Truth(field)));
    let asked = schema.consent.map(|(rule, field)| match rule {
        Consent::OptIn => Cond::CodeIn(field, vec![ConsentState::Granted.number()]),
        Consent::OptOut => not(Cond::CodeIn(field, vec![ConsentState::Pending.number()])),
    });
    refusals.chain(asked).collect()
}

fn not(cond: Cond) -> Cond {
    Cond::Not(Box::new(cond))
}
