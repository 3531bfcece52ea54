//! `send EMAIL` and `send EMAIL again`.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use crate::diagnostics::messages;
use crate::source::Span;
use crate::syntax::ast::SendStep;
use crate::typed::Form;
use flow_ir::effect::Send;

pub(super) fn check(cx: &mut Cx<'_>, send: &SendStep, journey: &mut Journey) -> Form {
    let Some(email) = named::email(cx, &send.email) else {
        journey.blind = true;
        return Form::Unreadable;
    };
    let behind = cx.at(Span::new(send.email.span.end, send.email.span.end));
    match (send.again, journey.surely_sent(email)) {
        _ if journey.blind => {}
        (None, _) if let Some(around) = journey.repeats => {
            cx.report(messages::sent_in_each_round(&send.email.text, cx.at(send.email.span), around, behind));
        }
        (None, Some(first)) => {
            cx.report(messages::sent_again(&send.email.text, cx.at(send.email.span), first, behind));
        }
        (Some(again), _) if !journey.may_have_sent(email) => {
            let (at, surplus) = (cx.at(again), cx.at(Span::new(send.email.span.end, again.end)));
            cx.report(messages::nothing_to_repeat(&send.email.text, at, surplus));
        }
        _ => {}
    }
    journey.send(email, journey.here);
    Form::effect(Send { email, again: send.again.is_some() })
}
