//! What people do with a mail: opens, clicks and replies belong to the one journey that sent it last; bounces, complaints and goodbyes to the
//! contact and the address to which it went.

use super::contact::{Contact, Journey};
use super::error::EngineError;
use super::plan::Plan;
use super::reason::Suppressed;
use super::topics::{refused_topics, wanted_topics};
use super::touch::Touch;
use super::{Engine, counter};
use crate::inbound::{Arrival, MailEvent, Tracked, What, address_key};
use crate::store::{
    ContactId, DecisionCode, DecisionRecord, JourneyRecord, OutboxRecord, Questions, SendRecord, Store,
};
use flow_ir::{EmailId, EngagementKind, FOREVER, NEVER, PatternEvent, WorkflowId};
use std::collections::BTreeSet;

/// Nobody reads a mail and follows a link within this time of its being sent, its last millisecond included; gateways that scan
/// links do.
pub(crate) const MACHINE_CLICK_MS: i64 = 10_000;

/// How a link is counted that the email does not declare.
const ANOTHER_LINK: &str = "another";

/// What a bounce is called that will pass.
const PASSING: [&str; 8] = ["soft", "transient", "temporary", "deferr", "delay", "full", "block", "greylist"];

/// The mail that something came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MailCause {
    pub(super) workflow: u32,
    pub(super) run: u32,
    pub(super) step: u32,
    pub(super) email: u32,
    pub(super) row: u64,
}

impl MailCause {
    pub(super) fn of(row: &OutboxRecord) -> MailCause {
        let OutboxRecord { workflow, run, step, email, id, .. } = *row;
        MailCause { workflow, run, step, email, row: id }
    }
}

/// When a journey had sent a mail, seen from something done with it.
enum LastSend {
    /// Not by then.
    None,
    /// So shortly before that only a machine can have answered.
    Moments,
    Before,
}

/// A mail that had left, with the journey that sent it, by its place among those of the contact.
#[derive(Debug, Clone, Copy)]
struct Sent {
    index: usize,
    at: i64,
    cause: MailCause,
}

/// Whose something is that was done with a mail (LANGUAGE.md 12): of all journeys that had sent it by then, live or ended, the one that sent it
/// last; of any mail, where none is named. Of two that left at one instant it is the one that came into the outbox later, where journeys of one
/// instant stand by the names of their workflows (E1).
fn last_sent(plan: &Plan, contact: &Contact, email: Option<EmailId>, by: i64) -> Option<Sent> {
    let sent = |index: usize, journey: &Journey, send: &SendRecord| {
        let JourneyRecord { workflow, run, .. } = journey.record;
        let SendRecord { email, row, step, .. } = *send;
        Sent { index, at: journey.sent_at(plan, EmailId(email)), cause: MailCause { workflow, run, step, email, row } }
    };
    let journeys = contact.journeys.iter().enumerate();
    let sends = journeys.flat_map(|(index, journey)| {
        let own = journey.record.sends.iter().filter(|send| email.is_none_or(|email| email.0 == send.email));
        own.map(move |send| sent(index, journey, send))
    });
    sends.filter(|sent| sent.at > NEVER && sent.at <= by).max_by_key(|sent| (sent.at, sent.cause.row))
}

/// The journeys, each by its workflow and run, that sent the last of a mail that this contact has got.
pub(super) fn last_senders(plan: &Plan, contact: &Contact) -> BTreeSet<(WorkflowId, u32)> {
    let sends = contact.journeys.iter().flat_map(|journey| &journey.record.sends);
    let emails: BTreeSet<u32> = sends.map(|send| send.email).collect();
    let last = emails.into_iter().filter_map(|email| last_sent(plan, contact, Some(EmailId(email)), FOREVER));
    last.map(|Sent { cause, .. }| (WorkflowId(cause.workflow), cause.run)).collect()
}

/// The mail that something came from: the one that the event names, else the last that had left before it.
fn mail_before(plan: &Plan, contact: &Contact, told: &Tracked, occurred_at: i64) -> Option<MailCause> {
    let named = match told.text("email_id") {
        // Of a mail that is none of the program's, none of these is the cause.
        Some(name) => Some(plan.program.emails.find(|email| email.name == name)?),
        None => None,
    };
    last_sent(plan, contact, named, occurred_at).map(|sent| sent.cause)
}

impl<S: Store> Engine<S> {
    /// The key of the address to which the mail went that somebody bounced, complained about or opted out of, where the event does not name
    /// one: they may have another by now (E7).
    pub(super) fn sent_to(
        &mut self,
        contact: Option<ContactId>,
        arrival: &Arrival,
        at: i64,
    ) -> Result<Option<String>, EngineError> {
        let What::Track(told) = &arrival.what else { return Ok(None) };
        let Some(id) =
            contact.filter(|_| told.meaning.mail.is_some_and(MailEvent::is_refusal) && address(told).is_none())
        else {
            return Ok(None);
        };
        let contact = self.lend(id)?;
        let cause = mail_before(&self.plan, &contact, told, arrival.occurred_at.min(at));
        self.cache.put(contact);
        let Some(MailCause { row, .. }) = cause else { return Ok(None) };
        let changes = &self.batch.changes;
        let settled = changes.settled.iter().rev().find(|of| of.id == row && of.recipient.is_some());
        let given = || changes.outbox.iter().find(|of| of.id == row).map(|of| of.recipient.clone());
        let here = settled.and_then(|of| of.recipient.clone()).or_else(given);
        let to = match here {
            Some(to) => Some(to),
            None => {
                let questions = Questions { recipients: vec![row], ..Questions::default() };
                self.store.ask(&questions)?.recipients.into_iter().next().flatten()
            }
        };
        Ok(to.as_deref().and_then(address_key))
    }
}

/// Whether what an event names is a link of a mail: as all texts, without regard to case.
fn is_link(alias: &str, named: &str) -> bool {
    alias == named || alias.to_lowercase() == named.to_lowercase()
}

/// Whether a click on what an event names is one that is asked about: on one link, or on any.
pub(super) fn is_click_on(asked: Option<&str>, named: Option<&str>) -> bool {
    asked.is_none_or(|alias| named.is_some_and(|named| is_link(alias, named)))
}

impl Touch<'_> {
    /// Takes in an event of the mail. False where it means nothing: nothing else may come of it then.
    pub(super) fn track_mail(&mut self, event: MailEvent, told: &Tracked, occurred_at: i64) -> bool {
        match event {
            MailEvent::Delivered => {}
            MailEvent::Unsubscribed => self.opt_out(Suppressed::Unsubscribed, told, occurred_at),
            MailEvent::Subscribed => self.opt_in(told, occurred_at),
            MailEvent::Confirmed => return self.confirmed(told, occurred_at),
            MailEvent::MarkedAsSpam => self.opt_out(Suppressed::Complained, told, occurred_at),
            MailEvent::Bounced => return self.bounce(told, occurred_at),
            MailEvent::Opened => return self.engage(EngagementKind::Opened, told, occurred_at),
            MailEvent::Clicked => return self.engage(EngagementKind::Clicked, told, occurred_at),
            MailEvent::Replied => return self.engage(EngagementKind::Replied, told, occurred_at),
        }
        true
    }

    /// The person does not want to be written to, nor does whoever has the address that they name, or to which the mail went.
    fn opt_out(&mut self, reason: Suppressed, told: &Tracked, occurred_at: i64) {
        let cause = mail_before(self.plan, self.contact, told, occurred_at);
        let address = address(told).or_else(|| self.sent_to.take());
        let topics = refused_topics(self.plan, MailEvent::Unsubscribed, told);
        match topics.filter(|_| reason == Suppressed::Unsubscribed) {
            Some(topics) => self.opt_out_of(&topics, address, occurred_at, cause),
            None => self.refuse_mail(reason, address, occurred_at, cause),
        }
    }

    /// The person wants mail: all of it, or that about the topics that they name. Where they have to confirm it, they have only asked for it by now.
    fn opt_in(&mut self, told: &Tracked, occurred_at: i64) {
        if self.is_of_another(told) {
            return;
        }
        match self.plan.confirming.is_some() {
            true => self.ask_to_confirm(told, occurred_at),
            false => self.take_in_yes(told, occurred_at),
        }
    }

    /// A yes for another address than theirs says nothing of theirs. It is counted, since whoever said it waits for mail: a form that tells of it before
    /// it tells whose address that is loses it.
    fn is_of_another(&mut self, told: &Tracked) -> bool {
        let is_so = address(told).is_some_and(|named| self.address_key().is_none_or(|own| own != named));
        if is_so {
            self.batch.count(counter::YES_FOR_ANOTHER_ADDRESS);
        }
        is_so
    }

    /// The person confirms that they want mail. Where nobody is asked to, it is a yes as any other; else false where there was nothing to confirm.
    fn confirmed(&mut self, told: &Tracked, occurred_at: i64) -> bool {
        let is_of_another = self.is_of_another(told);
        if self.plan.confirming.is_none() {
            if !is_of_another {
                self.take_in_yes(told, occurred_at);
            }
            return true;
        }
        let topics = if is_of_another { None } else { self.confirm(told, occurred_at) };
        let is_any = topics.is_some();
        self.confirmed = topics.unwrap_or_default();
        is_any
    }

    fn take_in_yes(&mut self, told: &Tracked, occurred_at: i64) {
        match wanted_topics(self.plan, told) {
            Some(topics) => self.subscribe(&topics, occurred_at),
            None => self.consent(occurred_at),
        }
    }

    fn bounce(&mut self, told: &Tracked, occurred_at: i64) -> bool {
        if let Some(email) = self.email_of(told) {
            self.note(EngagementKind::Bounced, email, None, occurred_at);
        }
        if !passes(told) {
            let cause = mail_before(self.plan, self.contact, told, occurred_at);
            let address = address(told).or_else(|| self.sent_to.take());
            self.bounced(address, cause);
        }
        true
    }

    fn engage(&mut self, kind: EngagementKind, told: &Tracked, occurred_at: i64) -> bool {
        let Some(email) = self.email_of(told) else {
            if kind == EngagementKind::Clicked {
                self.batch.count(counter::CLICKS_OF_UNKNOWN_EMAILS);
            }
            return true;
        };
        match (self.sent_before(email, occurred_at), kind) {
            (LastSend::None, _) => self.batch.count(without_a_send(kind)),
            (LastSend::Moments, EngagementKind::Clicked) => {
                self.batch.count(counter::MACHINE_CLICKS);
                self.batch.engage(occurred_at, email.0, DecisionCode::Clicked, self.link_of(email, told), true);
                return false;
            }
            (LastSend::Moments | LastSend::Before, _) => {
                if let Some(code) = told_as(kind) {
                    self.batch.engage(occurred_at, email.0, code, self.link_of(email, told), false);
                }
                let link = told.text("link_id");
                self.note(kind, email, link, occurred_at);
            }
        }
        true
    }

    /// The link that was followed, as it is counted: one of the email's own, or any other. Whatever other tools write there, such as an address
    /// with a token of its own for each click, is one.
    fn link_of(&self, email: EmailId, told: &Tracked) -> String {
        let Some(named) = told.text("link_id") else { return String::new() };
        let mut own = self.plan.program.content(email).into_iter().flat_map(|content| &content.links);
        own.find(|link| is_link(&link.alias, named)).map_or(ANOTHER_LINK, |link| &link.alias).to_owned()
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

    /// The journey to which belongs what was done with a mail then, and when it had sent it.
    fn sender(&self, email: EmailId, occurred_at: i64) -> Option<Sent> {
        last_sent(self.plan, self.contact, Some(email), occurred_at)
    }

    /// Remembers what became of a mail, whichever it was, where no event tells of it.
    pub(super) fn remember_of_mails(&mut self, what: PatternEvent, at: i64) {
        let plan = self.plan;
        let pattern = plan.patterns.of_mails(what);
        for fact in pattern.into_iter().flat_map(|pattern| plan.pattern_facts.at(pattern)) {
            self.remember(*fact, at);
        }
    }

    /// Whether a channel has it at this moment: its answer may come behind what is done with the mail.
    fn is_sending(&self, email: EmailId) -> bool {
        let mut rows = self.contact.journeys.iter().filter_map(|journey| self.outbox.in_hands(journey.record.outbox?));
        rows.any(|row| row.email == email.0)
    }

    /// The last time by then that a journey sent it.
    fn sent_before(&self, email: EmailId, occurred_at: i64) -> LastSend {
        match self.sender(email, occurred_at) {
            None if self.is_sending(email) => LastSend::Moments,
            None => LastSend::None,
            Some(Sent { at, .. }) if occurred_at - at <= MACHINE_CLICK_MS => LastSend::Moments,
            Some(_) => LastSend::Before,
        }
    }

    /// Writes the slots that the journey that sent it keeps of this kind of thing, and that it was done at all.
    fn note(&mut self, kind: EngagementKind, email: EmailId, link: Option<&str>, occurred_at: i64) {
        let Some(Sent { index, .. }) = self.sender(email, occurred_at) else { return };
        if let Some(code) = told_as(kind) {
            self.tell_engagement(index, code, email);
        }
        self.note_in(index, kind, email, link, occurred_at);
    }

    /// Records what is told once of a send.
    fn tell_engagement(&mut self, index: usize, code: DecisionCode, email: EmailId) {
        let journey = self.journey_mut(index);
        let Some(send) = journey.send_of(email) else { return };
        if send.tell(code) {
            let (step, row) = (send.step, send.row);
            journey.dirty = true;
            let (step, about, send) = (Some(step), Some(email.0), Some(row));
            self.batch.decide(DecisionRecord { step, about, send, ..self.about(index, code) });
        }
    }

    /// The same of one journey.
    pub(super) fn note_in(
        &mut self,
        index: usize,
        kind: EngagementKind,
        email: EmailId,
        link: Option<&str>,
        occurred_at: i64,
    ) {
        let plan = self.plan;
        let workflow = self.workflow(self.journey(index).workflow());
        let journey = self.journey_mut(index);
        let asked = workflow.engagements.iter().filter(|asked| asked.kind == kind && asked.email == email);
        for asked in asked.filter(|asked| is_click_on(asked.link.as_deref(), link)) {
            let last = journey.read(plan, asked.slot).max(occurred_at);
            journey.write(plan, asked.slot, last);
        }
    }
}

/// What people do with a mail is told once for each journey, so that reports can count them. A bounce is told of the contact.
fn told_as(kind: EngagementKind) -> Option<DecisionCode> {
    match kind {
        EngagementKind::Opened => Some(DecisionCode::Opened),
        EngagementKind::Clicked => Some(DecisionCode::Clicked),
        EngagementKind::Replied => Some(DecisionCode::Replied),
        EngagementKind::Bounced => None,
    }
}

/// Whether a bounce will pass. In doubt it was for good (E7): only one that says so is no more than that.
pub(super) fn passes(told: &Tracked) -> bool {
    let kind = ["bounce_type", "type", "bounce_class"].iter().find_map(|name| told.text(name)).unwrap_or_default();
    let kind = kind.to_lowercase();
    PASSING.iter().any(|word| kind.contains(word))
}

/// The address that an event names.
fn address(told: &Tracked) -> Option<String> {
    told.text("email").and_then(address_key)
}

fn without_a_send(kind: EngagementKind) -> &'static str {
    match kind {
        EngagementKind::Opened => counter::OPENS_WITHOUT_A_SEND,
        EngagementKind::Replied => counter::REPLIES_WITHOUT_A_SEND,
        EngagementKind::Clicked | EngagementKind::Bounced => counter::CLICKS_WITHOUT_A_SEND,
    }
}
