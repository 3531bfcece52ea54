//! What becomes of a journey that waits for its message, once there is an answer: it goes on, tries again, or its message is taken back.

use super::contact::Journey;
use super::deliver::decision;
use super::engagement::MailCause;
use super::react::Cause;
use super::reason::{SentWhen, Undelivered, Withheld, Woken};
use super::touch::Touch;
use crate::store::{DecisionCode, JourneyStatus, OutboxRecord, OutboxState, SendRecord};
use flow_ir::{EmailId, EngagementKind, FOREVER, PatternEvent};

/// A mail that has left, as its journey keeps it.
fn send_of(row: &OutboxRecord) -> SendRecord {
    SendRecord { email: row.email, row: row.id, step: row.step, told: 0 }
}

impl Touch<'_> {
    /// The journey of a mail.
    fn sender_of(&self, row: &OutboxRecord) -> Option<usize> {
        self.contact.journeys.iter().position(|journey| journey.record.outbox == Some(row.id))
    }

    /// The instant of another attempt.
    pub(super) fn try_again(&mut self, row: &OutboxRecord) -> Cause {
        let sender = self.sender_of(row);
        match sender.map(|index| (index, self.journey(index).record.status)) {
            Some((index, JourneyStatus::Sending)) => {
                self.journey_mut(index).answer(Woken::Retried);
                self.try_together();
            }
            // It waits for its window, and comes by itself.
            Some((index, JourneyStatus::Held)) => {
                let opens_at = self.journey(index).record.due_at.unwrap_or(FOREVER);
                self.outbox.hold(self.batch, row.id, opens_at);
            }
            Some((_, status)) if status.is_paused() => self.outbox.hold(self.batch, row.id, FOREVER),
            // Nobody waits for it any more.
            Some((index, _)) => self.withdraw(index),
            None => self.withdraw_row(row),
        }
        Cause::Change(Vec::new())
    }

    pub(super) fn delivered(&mut self, row: &OutboxRecord) -> Cause {
        let now = self.now;
        self.batch.tally.mails += 1;
        let sender = self.sender_of(row);
        let is_late = sender.is_none_or(|index| !self.journey(index).is_live());
        let reason = if is_late { SentWhen::JourneyEnded.number() } else { 0 };
        self.batch.decide(decision(row, DecisionCode::Sent, now, reason));
        self.remember_of_mails(PatternEvent::Mailed, now);
        self.note_sent_by_another(row, sender);
        self.take_place(EmailId(row.email));
        self.ask_held_again();
        if let Some(index) = sender {
            let plan = self.plan;
            let journey = self.journey_mut(index);
            journey.note_sent(plan, send_of(row), now);
            journey.answer(Woken::Delivered);
        }
        Cause::Change(Vec::new())
    }

    /// A journey that gave way to another of its workflow had this on its way: the other has sent it, too (E11). One that began later is
    /// another run.
    fn note_sent_by_another(&mut self, row: &OutboxRecord, sender: Option<usize>) {
        let was_there = |Journey { record, .. }: &Journey| {
            let had_ended = record.ended_at.is_some_and(|ended_at| ended_at < row.queued_at);
            record.workflow == row.workflow && record.entered_at <= row.queued_at && !had_ended
        };
        let heir = self.contact.journeys.iter().rposition(was_there).filter(|_| sender.is_none());
        if let Some(index) = heir {
            let (plan, now) = (self.plan, self.now);
            self.journey_mut(index).note_sent(plan, send_of(row), now);
        }
    }

    /// `to` is the key of the address it went to, as far as that is known.
    pub(super) fn undelivered(&mut self, row: &OutboxRecord, reason: Undelivered, to: Option<String>) -> Cause {
        let sender = self.sender_of(row);
        if reason == Undelivered::HardBounce {
            // The address takes no mail: that is something that happened to the contact, and to the journey that wrote to them.
            if let Some(index) = sender {
                self.note_in(index, EngagementKind::Bounced, EmailId(row.email), None, self.now);
            }
            self.remember_of_mails(PatternEvent::Engaged(EngagementKind::Bounced), self.now);
            self.bounced(to, Some(MailCause::of(row)));
        }
        if reason == Undelivered::Unknown {
            self.take_place(EmailId(row.email));
        }
        self.ask_held_again();
        if let Some(index) = sender {
            self.journey_mut(index).answer(Woken::Undelivered);
        }
        Cause::Change(Vec::new())
    }

    pub(super) fn put_off(&mut self, row: &OutboxRecord) -> Cause {
        self.ask_held_again();
        match self.sender_of(row) {
            Some(index) if self.journey(index).is_live() => {}
            Some(index) => self.withdraw(index),
            None => self.withdraw_row(row),
        }
        Cause::Change(Vec::new())
    }

    /// Takes back the message of a journey that ends, unless a channel has it already.
    pub(super) fn withdraw(&mut self, index: usize) {
        let Some(id) = self.journey(index).record.outbox else { return };
        let row = self.outbox.row(id).cloned();
        if row.as_ref().is_some_and(|row| row.state == OutboxState::Claimed) {
            return;
        }
        let journey = self.journey_mut(index);
        (journey.record.outbox, journey.dirty) = (None, true);
        row.into_iter().for_each(|row| self.withdraw_row(&row));
    }

    pub(super) fn withdraw_row(&mut self, row: &OutboxRecord) {
        let reason = Withheld::JourneyEnded;
        self.outbox.withhold(self.batch, row.id, self.now, reason.words().to_owned());
        self.batch.decide(decision(row, DecisionCode::Withheld, self.now, reason.number()));
    }
}
