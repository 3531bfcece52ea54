//! What a step asks of the engine: an effect, or to look into a text or a calendar.

use super::batch::Batch;
use super::effects::perform;
use super::let_out::Door;
use super::outbox::Outbox;
use super::plan::Plan;
use super::view::ContactView;
use crate::broken::{Rule, is_broken};
use crate::store::{ContactId, DecisionCode, DecisionRecord, OutboxKind, OutboxRecord, OutboxState, SendRecord, Texts};
use crate::time::{Zone, calendar};
use flow_ir::backend::{Backend, Host, Memory, Moment, Outcome};
use flow_ir::{
    Calendar, EffectId, EmailId, FieldId, Id, NEVER, PredicateId, SlotId, StepId, TextId, TextTestId, Workflow,
    WorkflowId,
};

/// The host of predicates, which may do nothing but look.
pub(super) struct Looking<'e> {
    pub(super) plan: &'e Plan,
    pub(super) texts: &'e Texts,
    pub(super) zone: Zone,
}

impl Host for Looking<'_> {
    fn effect(&mut self, _: Memory<'_>, _: StepId, _: EffectId) -> Outcome {
        // The verifier lets no effect into a predicate.
        Outcome::Done
    }

    fn text_test(&mut self, test: TextTestId) -> bool {
        text_test(self.plan, self.texts, test)
    }

    fn calendar(&mut self, calendar: Calendar, value: i64) -> i64 {
        calendar::answer(calendar, value, self.zone)
    }
}

/// The host of one run of steps.
pub(super) struct StepHost<'e> {
    pub(super) plan: &'e Plan,
    pub(super) backend: &'e dyn Backend,
    pub(super) batch: &'e mut Batch,
    pub(super) outbox: &'e mut Outbox,
    pub(super) contact: ContactId,
    pub(super) texts: &'e mut Texts,
    /// Of each text that steps have set: its field, and what it was.
    pub(super) texts_before: Vec<(FieldId, Option<String>)>,
    pub(super) zone: Zone,
    pub(super) workflow: WorkflowId,
    pub(super) run: u32,
    /// When a marketing mail of another journey in the workflow left last, where that matters.
    pub(super) left_before: i64,
    pub(super) visit: u32,
    /// The step at which the journey was held until now.
    pub(super) held_at: Option<u32>,
    pub(super) now: i64,
    /// What the backend said went wrong.
    pub(super) problem: Option<String>,
    /// The slots that effects wrote; those that steps write stand in [`Workflow::writes`].
    pub(super) written: Vec<SlotId>,
    /// The workflows whose journeys end once these steps have run.
    pub(super) stopped: Vec<WorkflowId>,
    /// Whether the goal was met before these steps, and the journey goes on.
    pub(super) goal_met: bool,
    /// Whether it was met just now.
    pub(super) newly_met: bool,
    /// What these steps have sent.
    pub(super) sends: Vec<SendRecord>,
    /// The outbox row of the send at which the journey stood until now; from a send on, that of the send at which it stands.
    pub(super) row: Option<u64>,
    /// Whether that row has its answer, so that the journey goes on behind its send.
    pub(super) answered: bool,
    /// Whether its mail, which was held until now, waits for the end of the instant: only then is it known who goes before it.
    pub(super) in_turn: bool,
    /// Whether the last handoff found nobody.
    pub(super) is_untaken: bool,
    /// Until when the send at which the journey stands is held.
    pub(super) held_until: Option<i64>,
    /// Whether the journey comes again at the end of the instant.
    pub(super) comes_again: bool,
    /// Whether the journey stands at a send whose answer is to come.
    pub(super) sending: bool,
    /// Whether steps may let something out now.
    pub(super) door: Door,
    /// Whether the journey stands before a step that may not yet.
    pub(super) stands_back: bool,
    /// Why the journey goes no further, though steps are left.
    pub(super) leaves: Option<Leaves>,
}

/// Why a journey ends before a step that lets something out (E5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// Its goal is met.
    Converted,
    /// The exit of this number holds.
    Exit(u32),
}

impl Host for StepHost<'_> {
    fn effect(&mut self, mut memory: Memory<'_>, step: StepId, effect: EffectId) -> Outcome {
        let effect = self.declared().effects.at(effect);
        if effect.lets_out() && !self.answered {
            if self.door == Door::Shut {
                self.stands_back = true;
                return Outcome::Held;
            }
            if self.door == Door::ForOne {
                self.door = Door::Shut;
            }
            // Consent first (E5): who may not be written to is told so by the send.
            let refused = effect.message().is_some_and(|email| self.refuses(&memory, email));
            self.leaves = if refused { None } else { self.leaving(&memory, step) };
            if self.leaves.is_some() {
                return Outcome::Held;
            }
            // A message waits in the outbox for the end of the instant; whatever else is let out has its journey wait.
            if effect.message().is_none() && self.outbox.is_more_to_come() {
                (self.sending, self.comes_again) = (true, true);
                return Outcome::Held;
            }
        }
        if self.leaves_out(effect, &memory) {
            return self.leave_out(&mut memory, step);
        }
        perform(effect, self, memory, step)
    }

    fn text_test(&mut self, test: TextTestId) -> bool {
        text_test(self.plan, self.texts, test)
    }

    fn calendar(&mut self, calendar: Calendar, value: i64) -> i64 {
        calendar::answer(calendar, value, self.zone)
    }

    fn panicked(&mut self, reason: &str) {
        self.problem = Some(reason.to_owned());
    }
}

impl<'e> StepHost<'e> {
    /// Of a run at an instant, that has sent nothing and may let nothing out.
    pub(super) fn new(
        (plan, backend): (&'e Plan, &'e dyn Backend),
        (batch, outbox): (&'e mut Batch, &'e mut Outbox),
        (contact, texts, zone): (ContactId, &'e mut Texts, Zone),
        (workflow, run, visit): (WorkflowId, u32, u32),
        now: i64,
    ) -> StepHost<'e> {
        StepHost {
            plan,
            backend,
            batch,
            outbox,
            contact,
            texts,
            texts_before: Vec::new(),
            zone,
            workflow,
            run,
            left_before: NEVER,
            visit,
            held_at: None,
            now,
            problem: None,
            written: Vec::new(),
            stopped: Vec::new(),
            goal_met: false,
            newly_met: false,
            sends: Vec::new(),
            row: None,
            answered: false,
            in_turn: false,
            is_untaken: false,
            held_until: None,
            comes_again: false,
            sending: false,
            door: Door::Shut,
            stands_back: false,
            leaves: None,
        }
    }

    pub(super) fn declared(&self) -> &'e Workflow {
        self.plan.program.workflows.at(self.workflow)
    }

    /// What is known by now; steps of this run may have set it.
    pub(super) fn text_at(&self, text: TextId) -> Option<&str> {
        self.texts.get(text.index())
    }

    /// Sets a text, or takes it away. Nothing happens where it was so already.
    pub(super) fn set_text(&mut self, field: FieldId, text: TextId, value: Option<&str>) {
        if self.text_at(text) == value {
            return;
        }
        let before = self.text_at(text).map(str::to_owned);
        self.texts.set(text.index(), value);
        self.texts_before.push((field, before));
    }

    /// Goal, then exit, as an earlier step of this instant may have made them true.
    fn leaving(&mut self, memory: &Memory<'_>, step: StepId) -> Option<Leaves> {
        if is_broken(Rule::LastLook) && self.row.is_some() {
            return None;
        }
        let workflow = self.declared();
        let goal = workflow.goal.as_ref().filter(|_| !self.goal_met);
        if let Some(goal) = goal.filter(|goal| self.holds(goal.when, memory)) {
            self.decide(if goal.continues { DecisionCode::GoalMet } else { DecisionCode::Converted }, step, 0);
            self.newly_met = true;
            if !goal.continues {
                return Some(Leaves::Converted);
            }
            self.goal_met = true;
        }
        let exits = (0..).zip(&workflow.exits);
        exits.into_iter().find(|(_, exit)| self.holds(**exit, memory)).map(|(number, _)| Leaves::Exit(number))
    }

    pub(super) fn holds(&self, predicate: PredicateId, memory: &Memory<'_>) -> bool {
        let mut host = Looking { plan: self.plan, texts: &*self.texts, zone: self.zone };
        let owner = self.plan.program.predicates.at(predicate).workflow;
        let view = if owner.is_some() { memory.view() } else { memory.view().without_journey() };
        self.backend.holds(predicate, view, Moment { now: self.now, triggers: 0 }, &mut host).holds
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
            recipient: String::new(),
            payload: String::new(),
            state: OutboxState::Queued,
            attempts: 0,
            queued_at: self.now,
            due_at: self.now,
            held_since: self.now,
        }
    }

    /// The key under which an effect of this wake leaves once (E9).
    pub(super) fn key(&self, step: StepId) -> String {
        key_of(self.contact, &self.declared().name, self.run, step.0, self.visit)
    }

    pub(super) fn decide(&mut self, code: DecisionCode, step: StepId, reason: u32) {
        self.batch.decide(DecisionRecord { reason, ..self.about(code, step) });
    }

    /// A decision at a step, to be filled in.
    pub(super) fn about(&self, code: DecisionCode, step: StepId) -> DecisionRecord {
        DecisionRecord {
            workflow: Some(self.workflow.0),
            run: self.run,
            step: Some(step.0),
            ..DecisionRecord::new(self.contact, self.now, code)
        }
    }

    /// The marketing mails to the contact that are on their way, also those of whoever proved to be the same person just now.
    pub(super) fn on_their_way(&self) -> impl Iterator<Item = &OutboxRecord> {
        let joined = self.batch.changes.joined.iter().filter(|(_, into)| *into == self.contact).map(|(from, _)| *from);
        let rows = joined.chain([self.contact]).flat_map(|contact| self.outbox.on_their_way(contact));
        rows.filter(|row| row.kind == OutboxKind::Mail && self.plan.is_marketing(EmailId(row.email)))
    }

    pub(super) fn view<'v>(&'v self, frame: &'v [u8]) -> ContactView<'v> {
        ContactView::of_parts((self.plan, self.backend), self.contact, (frame, self.texts), self.zone, self.now)
    }
}

/// The key of an effect: of this contact's run in a workflow, at a step.
pub(super) fn key_of(contact: ContactId, workflow: &str, run: u32, step: u32, visit: u32) -> String {
    format!("c{}.{workflow}.{run}.s{step}.v{visit}", contact.0)
}

/// What is found in a text field, without regard to case; nothing where it is missing.
pub(super) fn text_test(plan: &Plan, texts: &Texts, test: TextTestId) -> bool {
    let Some(test) = plan.program.text_tests.get(test) else { return false };
    let text = plan.program.fields.get(test.field).and_then(|field| field.text);
    let Some(text) = text.and_then(|text| texts.get(text.index())) else { return false };
    test.kind.finds(&text.to_lowercase(), &test.needle)
}
