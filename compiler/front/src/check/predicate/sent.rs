//! `sent guide_delivery`: whether it can have been sent before.

use super::super::cx::Cx;
use super::super::named;
use super::Asked;
use crate::diagnostics::messages::{self, JourneyOnly};
use crate::source::Span;
use crate::syntax::ast::Sent;
use crate::typed::Cond;

pub(super) fn check(cx: &mut Cx<'_>, Sent { email: name }: &Sent, span: Span, asked: Asked<'_>) -> Cond {
    let Some(email) = named::email(cx, name) else { return Cond::Unknown };
    match asked.journey() {
        None => {
            cx.report(messages::journey_only(JourneyOnly::Mail("sent"), cx.at(span), asked.words()));
            Cond::Unknown
        }
        Some(journey) if journey.blind || journey.may_have_sent(email) => Cond::Sent(email),
        Some(journey) => {
            let diagnostic = messages::not_sent_before("got", &name.text, cx.at(span), journey.sent_anywhere(email));
            cx.report(diagnostic);
            Cond::Unknown
        }
    }
}
