//! `subscribed to news`: that somebody has said yes to mail about a topic, or to all mail, and has taken it back since neither as a whole nor for
//! that topic. What holds of mail about it is asked when it leaves, in the sender; this asks the same fields.

use super::super::cx::Cx;
use super::super::named;
use super::Asked;
use crate::env::schema::Schema;
use crate::source::Span;
use crate::syntax::ast::Subscribed;
use crate::typed::{Cond, Part};
use flow_ir::{ConsentState, FieldId, TopicState};

/// The refusals of all mail that a later yes to one topic stands beside.
const OF_ALL_MAIL: [&str; 2] = ["unsubscribed", "complained"];

pub(super) fn check(cx: &mut Cx<'_>, subscribed: &Subscribed, span: Span, _: Asked<'_>) -> Cond {
    let Some(topic) = named::topic(cx, &subscribed.topic) else { return Cond::Unknown };
    let at = cx.at(span);
    let all = |conds: Vec<Cond>| Cond::All(conds.into_iter().map(|cond| Part { cond, at }).collect());
    let any = |conds: Vec<Cond>| Cond::Any(conds.into_iter().map(|cond| Part { cond, at }).collect());
    let schema = &cx.env.schema;
    let mut parts: Vec<Cond> = schema.field("do_not_contact").map(Cond::Truth).map(not).into_iter().collect();
    let refusals = OF_ALL_MAIL.into_iter().filter_map(|name| schema.field(name));
    let refused_nothing = all(refusals.map(|field| not(Cond::Truth(field))).collect());
    parts.push(any(vec![is(topic, &[TopicState::Again]), refused_nothing]));
    parts.extend(said_yes(schema, topic, any));
    all(parts)
}

/// A yes to the topic, or to all mail where the policy asks for it.
fn said_yes(schema: &Schema, topic: FieldId, any: impl Fn(Vec<Cond>) -> Cond) -> Vec<Cond> {
    let of_topic = is(topic, &[TopicState::Subscribed, TopicState::Again]);
    let Some((_, consent)) = schema.consent else { return vec![of_topic] };
    let consents = |state: ConsentState| Cond::CodeIn(consent, vec![state.number()]);
    let mut parts = vec![
        any(vec![of_topic, consents(ConsentState::Granted)]),
        not(is(topic, &[TopicState::NotChosen, TopicState::Refused])),
    ];
    let not_pending = not(consents(ConsentState::Pending));
    match schema.pending(topic) {
        // Who has confirmed that they want mail about it gets that, whatever else they have asked for.
        Some(pending) => {
            parts.push(any(vec![is(topic, &[TopicState::Again]), not_pending]));
            parts.push(not(Cond::Truth(pending)));
        }
        None => parts.push(not_pending),
    }
    parts
}

fn is(topic: FieldId, states: &[TopicState]) -> Cond {
    Cond::CodeIn(topic, states.iter().map(|state| state.number()).collect())
}

fn not(cond: Cond) -> Cond {
    Cond::Not(Box::new(cond))
}
