//! `send EMAIL`.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use crate::diagnostics::messages;
use crate::syntax::ast::SendStep;
use crate::typed::Form;
use flow_ir::effect::Send;

pub(super) fn check(cx: &mut Cx<'_>, send: &SendStep, journey: &mut Journey) -> Form {
    let Some(email) = named::email(cx, &send.email) else {
        journey.blind = true;
        return Form::Unreadable;
    };
    if let (Some(first), false) = (journey.surely_sent(email), journey.blind) {
        let diagnostic = messages::sent_again(&send.email.text, cx.at(send.email.span), first);
        cx.report(diagnostic);
    }
    journey.send(email, journey.here);
    Form::effect(Send { email })
}
