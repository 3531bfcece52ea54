//! A send: the reasons not to, what holds it, then a row in the outbox. The journey goes on when the message has its answer: at once
//! where the channel is certain to take it, else when the answer comes.

use super::Perform;
use crate::engine::deliver::{Composed, dated};
use crate::engine::gates::Place;
use crate::engine::host::StepHost;
use crate::engine::late::Lateness;
use crate::engine::outbox::Posted;
use crate::engine::reason::{HeldBy, Undelivered, Withheld};
use crate::engine::suppress::forbidden;
use crate::engine::told::{message, said_of};
use crate::happening::Happening;
use crate::store::{DecisionCode, DecisionRecord, OutboxKind, OutboxRecord, OutboxState, SendRecord};
use crate::time::Instant;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::effect::Send;
use flow_ir::{Area, CountedSince, EmailId, FieldId, NEVER, PatternEvent, StepId, Workflow};

/// What holds a mail that nothing speaks against.
enum Holding {
    Nothing,
    /// It is held until this instant, and by what, where that is not its hours.
    Until(i64, Option<Hold>),
    /// It does not leave any more: it was held for as long as it may, or is one too many; of mail about a topic, where a cap on that says so.
    Never(Withheld, Option<FieldId>),
}

/// What holds a mail that is not its hours; a cap on what is about a topic, by the field of that.
type Hold = (HeldBy, Option<FieldId>);

impl Perform for Send {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, step: StepId) -> Outcome {
        if std::mem::take(&mut host.answered) {
            // What has its answer is waited for no more.
            host.row = None;
            return Outcome::Done;
        }
        if let Some(reason) = host.objection(&memory, self) {
            host.withhold(step, reason, None);
            return Outcome::Done;
        }
        if host.plan.is_marketing(self.email) && host.is_held_out(&memory) {
            return host.leave_out(&mut memory, step);
        }
        match host.holding(&mut memory, self.email) {
            Holding::Until(until, by) => host.hold_mail(&memory, step, self.email, (until, by)),
            Holding::Never(reason, topic) => {
                host.withhold(step, reason, topic);
                Outcome::Done
            }
            Holding::Nothing => match host.row.filter(|_| host.in_turn) {
                Some(row) => host.wait_for_turn(row),
                None => host.post_mail(memory, step, self.email),
            },
        }
    }
}

impl StepHost<'_> {
    /// Why a mail does not leave, in the order in which people would ask.
    fn objection(&self, memory: &Memory<'_>, send: &Send) -> Option<Withheld> {
        let (workflow, email) = (self.declared(), send.email);
        let sent = workflow.slots.sent_at.iter().find(|(sent, _)| *sent == email).filter(|_| !send.again);
        if sent.is_some_and(|(_, slot)| workflow.journey.read(&memory[Area::Journey], *slot) > NEVER) {
            return Some(Withheld::AlreadyReceived);
        }
        if let Some(reason) = self.refusal_of(memory, email) {
            return Some(reason);
        }
        let skipped = workflow.skip.is_some_and(|skip| self.holds(skip, memory));
        skipped.then_some(Withheld::Skipped)
    }

    /// Whether the contact may not get a mail, whatever their journey says.
    pub(in crate::engine) fn refuses(&self, memory: &Memory<'_>, email: EmailId) -> bool {
        self.refusal_of(memory, email).is_some()
    }

    fn refusal_of(&self, memory: &Memory<'_>, email: EmailId) -> Option<Withheld> {
        forbidden(self.plan, &memory[Area::Contact], self.plan.program.emails.at(email), self.now)
    }

    /// Whether the mail may leave now: window and quiet hours, then caps. A transactional one asks for none of them.
    fn holding(&self, memory: &mut Memory<'_>, email: EmailId) -> Holding {
        let (plan, now) = (self.plan, self.now);
        let at_most = plan.held_at_most(self.earlier().map_or(now, |row| row.held_since));
        if now > at_most {
            return Holding::Never(Withheld::HeldTooLong, None);
        }
        if !plan.is_marketing(email) {
            return Holding::Nothing;
        }
        let gates = plan.gates(self.workflow, self.texts);
        let held = |from: i64, by: Option<Hold>, otherwise: Withheld| {
            let until = gates.held_until(from, self.zone, at_most);
            if now < at_most { Holding::Until(until, by) } else { Holding::Never(otherwise, by.and_then(|by| by.1)) }
        };
        match self.lateness(memory, &gates, at_most) {
            Lateness::InTime => {}
            Lateness::Skipped => return Holding::Never(Withheld::Late, None),
            Lateness::Until(until) => {
                return held(until.min(at_most), Some((HeldBy::Late, None)), Withheld::HeldTooLong);
            }
        }
        if gates.open_at(now, self.zone, at_most) > now {
            return held(now, None, Withheld::HeldTooLong);
        }
        let on_their_way = self.on_their_way().filter(|_| plan.has_caps()).map(|row| EmailId(row.email));
        let on_their_way: Vec<EmailId> = on_their_way.collect();
        let (under_caps, topic) = match plan.place_for(email, &memory[Area::Contact], &on_their_way, now) {
            Place::Free => (NEVER, None),
            Place::FreeAt(free_at, topic) => (free_at, topic),
            Place::Refused(None) => return Holding::Never(Withheld::Dropped, None),
            Place::Refused(topic) => return Holding::Never(Withheld::DroppedOfTopic, topic),
        };
        let (by, otherwise) = match topic {
            None => (HeldBy::Cap, Withheld::Capped),
            Some(_) => (HeldBy::CapOfTopic, Withheld::CappedOfTopic),
        };
        let spaced = self.spaced_at(&memory[Area::Journey]);
        match spaced.max(under_caps) {
            free_at if free_at <= now => Holding::Nothing,
            free_at if spaced > under_caps => {
                held(free_at.min(at_most), Some((HeldBy::Spacing, None)), Withheld::TooClose)
            }
            free_at => held(free_at.min(at_most), Some((by, topic)), otherwise),
        }
    }

    /// What held it is over. It is tried again when nothing of the instant is to come any more, together with all that may leave then.
    fn wait_for_turn(&mut self, row: u64) -> Outcome {
        self.outbox.hold(self.batch, row, self.now);
        self.sending = true;
        Outcome::Held
    }

    /// The row of the mail at whose step the journey stands.
    fn earlier(&self) -> Option<&OutboxRecord> {
        self.row.and_then(|id| self.outbox.row(id))
    }

    /// Something holds it: what the mail says is fixed now all the same.
    fn hold_mail(
        &mut self,
        memory: &Memory<'_>,
        step: StepId,
        email: EmailId,
        (until, by): (i64, Option<Hold>),
    ) -> Outcome {
        if self.earlier().is_none() {
            let row = OutboxRecord { email: email.0, ..self.row(step, OutboxKind::Mail) };
            let composed = self.outbox.delivery.composer.compose(&row, &self.view(&memory[Area::Contact]));
            match composed {
                Ok(Composed { mail, payload }) => {
                    let recipient = mail.to.address().as_str().to_owned();
                    let row = OutboxRecord { payload, recipient, ..row };
                    self.row = Some(self.outbox.post_held(self.batch, row, until));
                }
                Err(detail) => return self.fail_mail(step, row, detail),
            }
        }
        self.held_until = Some(until);
        if self.held_at != Some(step.0) {
            let (reason, send) = (by.map_or(0, |(by, _)| by.number()), self.row);
            let about = by.and_then(|(_, topic)| topic).map(|topic| topic.0);
            self.batch.decide(DecisionRecord { reason, send, about, ..self.about(DecisionCode::Held, step) });
        }
        Outcome::Held
    }

    /// The mail does not leave, nor does an earlier attempt at it.
    fn withhold(&mut self, step: StepId, reason: Withheld, topic: Option<FieldId>) {
        if reason == Withheld::HeldTooLong {
            self.note_held_too_long();
        }
        let send = self.row.take();
        if let Some(row) = send {
            self.outbox.withhold(self.batch, row, self.now, reason.words().to_owned());
        }
        let (reason, about) = (reason.number(), topic.map(|topic| topic.0));
        self.batch.decide(DecisionRecord { reason, send, about, ..self.about(DecisionCode::Withheld, step) });
    }

    fn note_held_too_long(&mut self) {
        if let Some(row) = self.earlier() {
            let (message, attempts) = (message(&self.plan.program, row), row.attempts);
            let what = Happening::HeldTooLong { message, held_since: Instant(row.held_since), attempts };
            self.batch.happened.note(self.now, what);
        }
    }

    /// A message that could not be written.
    pub(in crate::engine) fn note_not_composed(&mut self, row: &OutboxRecord, detail: &str) {
        let (message, said) = (message(&self.plan.program, row), said_of(row, detail));
        let (attempts, reason) = (row.attempts, Undelivered::NotComposed.words());
        self.batch.happened.note(self.now, Happening::Undelivered { message, attempts, reason, said });
    }

    fn post_mail(&mut self, mut memory: Memory<'_>, step: StepId, email: EmailId) -> Outcome {
        let earlier = self.earlier().map(|row| dated(row, self.now));
        let is_new = earlier.is_none();
        let row = earlier.unwrap_or_else(|| OutboxRecord { email: email.0, ..self.row(step, OutboxKind::Mail) });
        let composed = self.outbox.delivery.composer.compose(&row, &self.view(&memory[Area::Contact]));
        let posted = match composed {
            Err(detail) => return self.fail_mail(step, row, detail),
            Ok(Composed { mail, payload }) if is_new => {
                self.outbox.post(self.batch, OutboxRecord { payload, ..row }, mail)
            }
            Ok(Composed { mail, .. }) => self.outbox.post_again(self.batch, &row, mail, self.now),
        };
        match posted {
            Posted::Promised(row) => {
                self.row = None;
                self.batch.tally.mails += 1;
                note_sent(self.declared(), &mut memory[Area::Journey], email, self.now);
                self.remember_mailed(&mut memory[Area::Contact]);
                self.take_place(&mut memory[Area::Contact], email);
                self.sends.push(SendRecord { email: email.0, row, step: step.0, told: 0 });
                self.batch.decide(DecisionRecord { send: Some(row), ..self.about(DecisionCode::Sent, step) });
                Outcome::Done
            }
            Posted::OnItsWay(id) => {
                self.row = Some(id);
                self.sending = true;
                Outcome::Held
            }
        }
    }

    /// If it is one that caps count, its place is taken from now on.
    fn take_place(&mut self, frame: &mut [u8], email: EmailId) {
        let plan = self.plan;
        for fact in plan.counted_by(email).filter_map(|fact| plan.program.facts.get(fact)) {
            fact.add(&plan.program.frame, frame, self.now);
            self.written.push(fact.first);
        }
    }

    /// That a mail left is remembered of the contact at once: the steps behind it may ask.
    fn remember_mailed(&mut self, frame: &mut [u8]) {
        let plan = self.plan;
        let pattern = plan.patterns.of_mails(PatternEvent::Mailed);
        for fact in pattern.into_iter().flat_map(|pattern| plan.pattern_facts.at(pattern)) {
            let fact = plan.program.facts.at(*fact);
            fact.add(&plan.program.frame, frame, self.now);
            self.written.extend((0..fact.depth).map(|nth| fact.slot(nth)));
        }
    }

    /// The mail cannot be written: the journey goes on without it.
    fn fail_mail(&mut self, step: StepId, row: OutboxRecord, detail: String) -> Outcome {
        self.note_not_composed(&row, &detail);
        let id = match self.row.take() {
            Some(id) => {
                self.outbox.settle(self.batch, id, OutboxState::Failed, detail);
                id
            }
            None => self.outbox.post_failed(self.batch, row, detail),
        };
        let (reason, send) = (Undelivered::NotComposed.number(), Some(id));
        self.batch.decide(DecisionRecord { reason, send, ..self.about(DecisionCode::Undelivered, step) });
        Outcome::Done
    }
}

/// From now on, answers to this mail count.
pub(in crate::engine) fn note_sent(workflow: &Workflow, journey: &mut [u8], email: EmailId, now: i64) {
    for (_, slot) in workflow.slots.sent_at.iter().filter(|(sent, _)| *sent == email) {
        workflow.journey.write(journey, *slot, now);
    }
    for asked in workflow.engagements.iter().filter(|asked| asked.email == email) {
        workflow.journey.write(journey, asked.slot, NEVER);
    }
    for count in workflow.counts.iter().filter(|count| count.since == CountedSince::Sent(email)) {
        workflow.journey.write(journey, count.slot, 0);
    }
}
