//! A send: the reasons not to, the send window, then a row in the outbox and a note in the journey.

use super::Perform;
use crate::engine::host::StepHost;
use crate::engine::reason::Withheld;
use crate::engine::suppress::forbidden;
use crate::store::{DecisionCode, OutboxKind, OutboxRecord};
use crate::time::Instant;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::effect::Send;
use flow_ir::{Area, CountedSince, EmailId, NEVER, StepId};

impl Perform for Send {
    fn perform(&self, host: &mut StepHost<'_>, memory: Memory<'_>, step: StepId) -> Outcome {
        if let Some(reason) = host.objection(&memory, self.email) {
            host.decide(DecisionCode::Withheld, step, reason.number());
            return Outcome::Done;
        }
        if !host.is_open() {
            if host.held_at != Some(step.0) {
                host.decide(DecisionCode::Held, step, 0);
            }
            return Outcome::Held;
        }
        host.queue_mail(step, self.email);
        host.note_sent(memory, self.email);
        host.decide(DecisionCode::Sent, step, 0);
        Outcome::Done
    }
}

impl StepHost<'_> {
    /// Why a mail does not leave, in the order in which people would ask.
    fn objection(&self, memory: &Memory<'_>, email: EmailId) -> Option<Withheld> {
        let workflow = self.declared();
        let sent = workflow.slots.sent_at.iter().find(|(sent, _)| *sent == email);
        if sent.is_some_and(|(_, slot)| workflow.journey.read(&memory[Area::Journey], *slot) > NEVER) {
            return Some(Withheld::AlreadyReceived);
        }
        if let Some(reason) = forbidden(self.plan, &memory[Area::Contact], self.plan.program.emails.at(email).kind) {
            return Some(reason);
        }
        let skipped = workflow.skip.is_some_and(|skip| self.holds(skip, memory));
        skipped.then_some(Withheld::Skipped)
    }

    fn is_open(&self) -> bool {
        let window = self.plan.workflow(self.workflow).window;
        window.is_none_or(|window| window.is_open(Instant(self.now), self.zone))
    }

    fn queue_mail(&mut self, step: StepId, email: EmailId) {
        let row = OutboxRecord { email: email.0, ..self.row(step, OutboxKind::Mail) };
        self.batch.queue(row);
    }

    /// From now on, answers to this mail count.
    fn note_sent(&self, mut memory: Memory<'_>, email: EmailId) {
        let workflow = self.declared();
        for (_, slot) in workflow.slots.sent_at.iter().filter(|(sent, _)| *sent == email) {
            workflow.journey.write(&mut memory[Area::Journey], *slot, self.now);
        }
        for asked in workflow.engagements.iter().filter(|asked| asked.email == email) {
            workflow.journey.write(&mut memory[Area::Journey], asked.slot, NEVER);
        }
        for count in workflow.counts.iter().filter(|count| count.since == CountedSince::Sent(email)) {
            workflow.journey.write(&mut memory[Area::Journey], count.slot, 0);
        }
    }
}
