//! What a step asks of the engine: to send, to hand off, to look into a text.

use super::batch::Batch;
use super::plan::Plan;
use super::reason::Withheld;
use super::suppress::forbidden;
use super::view::ContactView;
use crate::store::{ContactId, DecisionCode, DecisionRecord, OutboxKind, OutboxRecord, OutboxState};
use crate::time::{Instant, Zone};
use flow_ir::backend::{Backend, Host, Memory, Moment, SendResult};
use flow_ir::{EmailId, HandoffId, Id, NEVER, PredicateId, StepId, TextTestId, TextTestKind, Workflow, WorkflowId};

/// The host of predicates, which may do nothing but look.
pub(super) struct TextHost<'e> {
    pub(super) plan: &'e Plan,
    pub(super) texts: &'e [Option<String>],
}

impl Host for TextHost<'_> {
    fn send(&mut self, _: Memory<'_>, _: StepId, _: EmailId) -> SendResult {
        // The verifier lets no send into a predicate.
        SendResult::Withheld
    }

    fn handoff(&mut self, _: Memory<'_>, _: StepId, _: HandoffId) {}

    fn text_test(&mut self, test: TextTestId) -> bool {
        text_test(self.plan, self.texts, test)
    }
}

/// The host of one run of steps.
pub(super) struct StepHost<'e> {
    pub(super) plan: &'e Plan,
    pub(super) backend: &'e dyn Backend,
    pub(super) batch: &'e mut Batch,
    pub(super) contact: ContactId,
    pub(super) texts: &'e [Option<String>],
    pub(super) zone: Zone,
    pub(super) workflow: WorkflowId,
    pub(super) run: u32,
    pub(super) visit: u32,
    /// The step at which the journey was held until now.
    pub(super) held_at: Option<u32>,
    pub(super) now: i64,
    /// What the backend said went wrong.
    pub(super) problem: Option<String>,
}

impl Host for StepHost<'_> {
    fn send(&mut self, memory: Memory<'_>, step: StepId, email: EmailId) -> SendResult {
        if let Some(reason) = self.objection(&memory, email) {
            self.decide(DecisionCode::Withheld, step, reason.number());
            return SendResult::Withheld;
        }
        if !self.is_open() {
            if self.held_at != Some(step.0) {
                self.decide(DecisionCode::Held, step, 0);
            }
            return SendResult::Held;
        }
        self.queue_mail(step, email);
        self.note_sent(memory, email);
        self.decide(DecisionCode::Sent, step, 0);
        SendResult::Sent
    }

    fn handoff(&mut self, memory: Memory<'_>, step: StepId, handoff: HandoffId) {
        self.hand_off(&memory, step, handoff);
    }

    fn text_test(&mut self, test: TextTestId) -> bool {
        text_test(self.plan, self.texts, test)
    }

    fn panicked(&mut self, reason: &str) {
        self.problem = Some(reason.to_owned());
    }
}

impl<'e> StepHost<'e> {
    pub(super) fn declared(&self) -> &'e Workflow {
        &self.plan.program.workflows[self.workflow]
    }

    /// Why a mail does not leave, in the order in which people would ask.
    fn objection(&mut self, memory: &Memory<'_>, email: EmailId) -> Option<Withheld> {
        let workflow = self.declared();
        let sent = workflow.slots.sent_at.iter().find(|(sent, _)| *sent == email);
        if sent.is_some_and(|(_, slot)| workflow.journey.read(memory.journey, *slot) > NEVER) {
            return Some(Withheld::AlreadyReceived);
        }
        if let Some(reason) = forbidden(self.plan, memory.frame, self.plan.program.emails[email].kind) {
            return Some(reason);
        }
        let skipped = workflow.skip.is_some_and(|skip| self.holds(skip, memory));
        skipped.then_some(Withheld::Skipped)
    }

    pub(super) fn holds(&self, predicate: PredicateId, memory: &Memory<'_>) -> bool {
        let mut host = TextHost { plan: self.plan, texts: self.texts };
        let owner = self.plan.program.predicates[predicate].workflow;
        let journey: &[u8] = if owner.is_some() { memory.journey } else { &[] };
        self.backend.holds(predicate, memory.frame, journey, Moment { now: self.now, triggers: 0 }, &mut host).holds
    }

    fn is_open(&self) -> bool {
        let window = self.plan.workflow(self.workflow).window;
        window.is_none_or(|window| window.is_open(Instant(self.now), self.zone))
    }

    fn queue_mail(&mut self, step: StepId, email: EmailId) {
        let row = OutboxRecord { email: email.0, ..self.row(step, OutboxKind::Mail) };
        self.batch.queue(row);
    }

    pub(super) fn row(&self, step: StepId, kind: OutboxKind) -> OutboxRecord {
        OutboxRecord {
            id: 0,
            key: self.key(step),
            kind,
            contact: self.contact,
            workflow: self.workflow.0,
            run: self.run,
            step: step.0,
            email: 0,
            payload: String::new(),
            state: OutboxState::Queued,
            attempts: 0,
            queued_at: self.now,
            due_at: self.now,
        }
    }

    /// The key under which an effect of this wake leaves once (E9).
    pub(super) fn key(&self, step: StepId) -> String {
        let (contact, workflow) = (self.contact.0, &self.declared().name);
        format!("c{contact}.{workflow}.{}.s{}.v{}", self.run, step.0, self.visit)
    }

    /// From now on, answers to this mail count.
    fn note_sent(&self, memory: Memory<'_>, email: EmailId) {
        let workflow = self.declared();
        for (_, slot) in workflow.slots.sent_at.iter().filter(|(sent, _)| *sent == email) {
            workflow.journey.write(memory.journey, *slot, self.now);
        }
        for asked in workflow.engagements.iter().filter(|asked| asked.email == email) {
            workflow.journey.write(memory.journey, asked.slot, NEVER);
        }
    }

    pub(super) fn decide(&mut self, code: DecisionCode, step: StepId, reason: u32) {
        self.batch.decide(DecisionRecord {
            contact: self.contact,
            workflow: Some(self.workflow.0),
            run: self.run,
            at: self.now,
            code,
            step: Some(step.0),
            reason,
            trace: Vec::new(),
        });
    }

    pub(super) fn view<'v>(&'v self, frame: &'v [u8]) -> ContactView<'v> {
        ContactView::of_parts(self.plan, self.backend, self.contact, frame, self.texts, self.zone)
    }
}

/// Whether a text field contains or starts with something, without regard to case; false where it is missing.
fn text_test(plan: &Plan, texts: &[Option<String>], test: TextTestId) -> bool {
    let Some(test) = plan.program.text_tests.get(test) else { return false };
    let text = plan.program.fields.get(test.field).and_then(|field| field.text);
    let Some(Some(text)) = text.and_then(|text| texts.get(text.index())) else { return false };
    let text = text.to_lowercase();
    match test.kind {
        TextTestKind::Contains => text.contains(&test.needle),
        TextTestKind::StartsWith => text.starts_with(&test.needle),
    }
}
