//! What people do with a mail: opens, clicks and replies belong to the journey that sent it; bounces, complaints and goodbyes to the
//! contact.

use super::counter;
use super::reason::Suppressed;
use super::touch::Touch;
use crate::inbound::{MailEvent, Tracked, address_key};
use flow_ir::{EmailId, EngagementKind, NEVER};

/// Nobody reads a mail and follows a link within this time of its being sent, its last millisecond included; gateways that scan
/// links do.
pub(crate) const MACHINE_CLICK_MS: i64 = 10_000;

/// When a live journey had sent a mail, seen from something done with it.
enum Send {
    /// Not by then, or its journey has ended.
    None,
    /// So shortly before that only a machine can have answered.
    Moments,
    Before,
}

impl Touch<'_> {
    /// Takes in an event of the mail. False where it means nothing: nothing else may come of it then.
    pub(super) fn track_mail(&mut self, event: MailEvent, told: &Tracked, occurred_at: i64) -> bool {
        match event {
            MailEvent::Delivered => true,
            MailEvent::Unsubscribed => self.suppress(Suppressed::Unsubscribed, occurred_at),
            MailEvent::Subscribed => self.consent(occurred_at),
            MailEvent::MarkedAsSpam => self.suppress(Suppressed::Complained, occurred_at),
            MailEvent::Bounced => self.bounce(told, occurred_at),
            MailEvent::Opened => self.engage(EngagementKind::Opened, told, occurred_at),
            MailEvent::Clicked => self.engage(EngagementKind::Clicked, told, occurred_at),
            MailEvent::Replied => self.engage(EngagementKind::Replied, told, occurred_at),
        }
    }

    fn bounce(&mut self, told: &Tracked, occurred_at: i64) -> bool {
        if let Some(email) = self.email_of(told) {
            self.note(EngagementKind::Bounced, email, None, occurred_at);
        }
        let kind = told.text("bounce_type").unwrap_or_default();
        if kind.eq_ignore_ascii_case("hard") {
            let address = told.text("email").and_then(address_key);
            self.bounced(address);
        }
        true
    }

    fn engage(&mut self, kind: EngagementKind, told: &Tracked, occurred_at: i64) -> bool {
        let Some(email) = self.email_of(told) else {
            self.batch.count(without_a_send(kind));
            return true;
        };
        match (self.sent_before(email, occurred_at), kind) {
            (Send::None, _) => self.batch.count(without_a_send(kind)),
            (Send::Moments, EngagementKind::Clicked) => {
                self.batch.count(counter::MACHINE_CLICKS);
                return false;
            }
            (Send::Moments | Send::Before, _) => {
                let link = told.text("link_id");
                self.note(kind, email, link, occurred_at);
            }
        }
        true
    }

    /// The email an event names, by its name in the program.
    fn email_of(&mut self, told: &Tracked) -> Option<EmailId> {
        let name = told.text("email_id").unwrap_or_default();
        let email = self.plan.program.emails.find(|email| email.name == name);
        if email.is_none() {
            self.batch.count(counter::UNKNOWN_EMAILS);
        }
        email
    }

    /// The last time by then that a live journey sent it: what is done with the mail of an ended one is for no journey to see.
    fn sent_before(&self, email: EmailId, occurred_at: i64) -> Send {
        let live = self.contact.journeys.iter().filter(|journey| journey.is_live());
        let sent = live.flat_map(|journey| {
            let slots = &self.plan.program.workflows.at(journey.workflow()).slots.sent_at;
            slots.iter().filter(|(sent, _)| *sent == email).map(|(_, slot)| journey.read(self.plan, *slot))
        });
        match sent.filter(|sent| *sent > NEVER && *sent <= occurred_at).max() {
            None => Send::None,
            Some(sent) if occurred_at - sent <= MACHINE_CLICK_MS => Send::Moments,
            Some(_) => Send::Before,
        }
    }

    /// Writes the slots that live journeys keep of this kind of thing.
    pub(super) fn note(&mut self, kind: EngagementKind, email: EmailId, link: Option<&str>, occurred_at: i64) {
        for journey in self.contact.journeys.iter_mut().filter(|journey| journey.is_live()) {
            let workflow = self.plan.program.workflows.at(journey.workflow());
            let sent = workflow.slots.sent_at.iter().find(|(sent, _)| *sent == email);
            let sent_at = sent.map_or(NEVER, |(_, slot)| journey.read(self.plan, *slot));
            if sent_at == NEVER || sent_at > occurred_at {
                continue;
            }
            let asked = workflow.engagements.iter().filter(|asked| asked.kind == kind && asked.email == email);
            for asked in asked.filter(|asked| asked.link.is_none() || asked.link.as_deref() == link) {
                let last = journey.read(self.plan, asked.slot).max(occurred_at);
                journey.write(self.plan, asked.slot, last);
            }
        }
    }
}

fn without_a_send(kind: EngagementKind) -> &'static str {
    match kind {
        EngagementKind::Opened => counter::OPENS_WITHOUT_A_SEND,
        EngagementKind::Replied => counter::REPLIES_WITHOUT_A_SEND,
        EngagementKind::Clicked | EngagementKind::Bounced => counter::CLICKS_WITHOUT_A_SEND,
    }
}
