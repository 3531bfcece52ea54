//! `timed out`: whether a wait can have met nothing here.

use super::super::cx::Cx;
use super::Asked;
use crate::diagnostics::messages::{self, JourneyOnly};
use crate::source::Span;
use crate::syntax::ast::TimedOut;
use crate::typed::Cond;

pub(super) fn check(cx: &mut Cx<'_>, _: &TimedOut, span: Span, asked: Asked<'_>) -> Cond {
    match asked.journey() {
        Some(journey) if journey.blind || journey.waited_until => Cond::TimedOut,
        Some(_) => {
            cx.report(messages::timed_out_without_wait(cx.at(span)));
            Cond::Unknown
        }
        None => {
            cx.report(messages::journey_only(JourneyOnly::TimedOut, cx.at(span), asked.words()));
            Cond::Unknown
        }
    }
}
