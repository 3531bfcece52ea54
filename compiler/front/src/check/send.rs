//! `send EMAIL`.

use super::Checker;
use super::flow::Journey;
use super::typed::TypedStepKind;
use crate::diagnostics::messages;
use crate::source::Location;
use crate::syntax::ast::SendStep;

impl Checker<'_> {
    pub(super) fn send_step(&mut self, send: &SendStep, at: Location, journey: &mut Journey) -> TypedStepKind {
        let Some(email) = self.email_named(&send.email) else {
            journey.blind = true;
            return TypedStepKind::Unknown;
        };
        if let (Some(first), false) = (journey.surely_sent(email), journey.blind) {
            let diagnostic = messages::sent_again(&send.email.text, self.at(send.email.span), first);
            self.report(diagnostic);
        }
        journey.send(email, at);
        TypedStepKind::Send(email)
    }
}
