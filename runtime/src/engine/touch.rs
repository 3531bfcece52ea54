//! One item's work on one contact at one instant: what the rules see and what they may change.

use super::batch::Batch;
use super::by_time::ByTime;
use super::changes::Before;
use super::contact::{Contact, Journey, Told};
use super::error::EngineError;
use super::event::Triggers;
use super::host::Looking;
use super::let_out::{Door, StoodBack};
use super::outbox::Outbox;
use super::own::Written;
use super::plan::Plan;
use crate::inbound::Mark;
use crate::store::{ChangedBy, DecisionCode, DecisionRecord, Texts};
use crate::time::{Instant, Zone, civil};
use flow_ir::backend::{Backend, Moment, Verdict, View};
use flow_ir::{CivilSpan, FOREVER, FieldId, NEVER, PredicateId, SlotId, Wait, Workflow, WorkflowId};

/// The engine's hands on one contact.
pub(super) struct Touch<'e> {
    pub(super) plan: &'e Plan,
    pub(super) backend: &'e dyn Backend,
    pub(super) batch: &'e mut Batch,
    pub(super) outbox: &'e mut Outbox,
    pub(super) contact: &'e mut Contact,
    pub(super) now: i64,
    /// The instant at which the contact was due, however late it is taken; none where something else brings the item about.
    pub(super) due_at: i64,
    /// The earliest later instant at which something asked about here may change by itself.
    pub(super) next_change: i64,
    /// The entries that entering or leaving a segment triggers, until they are followed.
    pub(super) crossed: Triggers,
    /// What the steps of this round have written.
    pub(super) written: Written,
    /// What those of the round before wrote, which is looked at now.
    pub(super) written_before: Written,
    /// The workflows into which the event at hand lets somebody by hand.
    pub(super) by_hand: Vec<WorkflowId>,
    /// The topics about which the event at hand confirms that they want mail.
    pub(super) confirmed: Vec<FieldId>,
    /// What the watched fields were that have changed in this round.
    pub(super) before: Before,
    /// What is settled was so before Flow knew of it.
    pub(super) importing: bool,
    /// What time alone had brought about before the item.
    pub(super) by_time: ByTime,
    /// The workflows that steps of this round have stopped, each with the one whose step it was.
    pub(super) stopping: Vec<(WorkflowId, WorkflowId)>,
    /// Journeys that stand before a step that lets something out, until everything else has been looked at.
    pub(super) stood_back: Vec<StoodBack>,
    /// Whether steps that are run now may let something out.
    pub(super) door: Door,
    /// Whoever proved to be the same person is joined, and what the item says of them is still to come.
    pub(super) joining: bool,
    /// The key of the address to which the mail went that the item is about.
    pub(super) sent_to: Option<String>,
    /// The keys that the item makes the contact's own.
    pub(super) given: Vec<String>,
    /// The key of an address that the item names and that they have given up before.
    pub(super) left_address: Option<String>,
    /// What is kept of the address that the item brings.
    pub(super) address_marks: Vec<Mark>,
    /// The columns by which the row that is taken in refuses mail, by the slot that keeps it ([`refusals`](super::refusals)).
    pub(super) refused_by: Vec<(SlotId, u32)>,
}

/// Whose memory a predicate sees.
#[derive(Clone, Copy)]
pub(super) enum Seen<'j> {
    /// The contact's journey at this place of their list.
    Journey(usize),
    /// A journey that has not begun.
    Blank(&'j [u8]),
}

impl<'e> Touch<'e> {
    /// Hands on a contact, which nothing has touched yet.
    pub(super) fn new(
        (plan, backend): (&'e Plan, &'e dyn Backend),
        batch: &'e mut Batch,
        outbox: &'e mut Outbox,
        contact: &'e mut Contact,
        now: i64,
    ) -> Touch<'e> {
        Touch {
            plan,
            backend,
            batch,
            outbox,
            contact,
            now,
            due_at: NEVER,
            next_change: FOREVER,
            crossed: Vec::new(),
            written: Written::default(),
            written_before: Written::default(),
            by_hand: Vec::new(),
            confirmed: Vec::new(),
            before: Before::new(),
            importing: false,
            by_time: ByTime::default(),
            stopping: Vec::new(),
            stood_back: Vec::new(),
            door: Door::Shut,
            joining: false,
            sent_to: None,
            given: Vec::new(),
            left_address: None,
            address_marks: Vec::new(),
            refused_by: Vec::new(),
        }
    }

    pub(super) fn workflow(&self, id: WorkflowId) -> &'e Workflow {
        self.plan.program.workflows.at(id)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "walks count to the number of journeys, and one is let in only between them (`react`)"
    )]
    pub(super) fn journey(&self, index: usize) -> &Journey {
        &self.contact.journeys[index]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "walks count to the number of journeys, and one is let in only between them (`react`)"
    )]
    pub(super) fn journey_mut(&mut self, index: usize) -> &mut Journey {
        &mut self.contact.journeys[index]
    }

    /// The wait a journey stands at.
    pub(super) fn wait_of(&self, index: usize) -> Option<&'e Wait> {
        let journey = self.journey(index);
        let step = usize::try_from(journey.record.step).ok()?;
        let wait = (*self.plan.workflow(journey.workflow()).waits.get(step)?)?;
        Some(self.workflow(journey.workflow()).waits.at(wait))
    }

    /// Whether a predicate holds now. When it may change by itself is kept for the contact's next instant.
    pub(super) fn holds(&mut self, predicate: PredicateId, seen: Seen<'_>) -> bool {
        self.watch(predicate, seen).holds
    }

    /// The same, with when it may change by itself.
    pub(super) fn watch(&mut self, predicate: PredicateId, seen: Seen<'_>) -> Verdict {
        self.settle_segments();
        let verdict = self.ask(predicate, seen, 0);
        if verdict.next_change > self.now {
            self.next_change = self.next_change.min(verdict.next_change);
        }
        verdict
    }

    /// The same for a question asked once: its next change concerns nobody.
    pub(super) fn holds_once(&mut self, predicate: PredicateId, seen: Seen<'_>, triggers: u64) -> bool {
        self.settle_segments();
        self.ask(predicate, seen, triggers).holds
    }

    pub(super) fn ask(&self, predicate: PredicateId, seen: Seen<'_>, triggers: u64) -> Verdict {
        self.ask_of((&self.contact.frame, &self.contact.texts), predicate, seen, triggers)
    }

    /// The same at an instant before, had all been as it is now.
    pub(super) fn ask_at(&self, now: i64, predicate: PredicateId, seen: Seen<'_>) -> Verdict {
        let of = (self.contact.frame.as_slice(), &self.contact.texts);
        self.ask_moment(of, predicate, seen, Moment { now, triggers: 0 })
    }

    /// The same of the contact with another frame and other texts.
    pub(super) fn ask_of(&self, of: (&[u8], &Texts), predicate: PredicateId, seen: Seen<'_>, triggers: u64) -> Verdict {
        self.ask_moment(of, predicate, seen, Moment { now: self.now, triggers })
    }

    fn ask_moment(
        &self,
        (frame, texts): (&[u8], &Texts),
        predicate: PredicateId,
        seen: Seen<'_>,
        moment: Moment,
    ) -> Verdict {
        let owner = self.plan.program.predicates.at(predicate).workflow;
        let journey: &[u8] = match (owner, seen) {
            (None, _) => &[],
            (Some(_), Seen::Blank(blank)) => blank,
            (Some(_), Seen::Journey(index)) => &self.journey(index).record.memory,
        };
        let mut host = Looking { plan: self.plan, texts, zone: self.contact.zone };
        let view = View::of(frame, journey);
        self.backend.holds(predicate, view, moment, &mut host)
    }

    /// Records a decision about the contact as a whole.
    pub(super) fn decide(&mut self, code: DecisionCode, reason: u32) {
        self.batch.decide(DecisionRecord { reason, ..DecisionRecord::new(self.contact.id, self.now, code) });
    }

    /// Records a decision about one of the contact's journeys.
    pub(super) fn decide_in(&mut self, index: usize, code: DecisionCode, step: Option<u32>, reason: u32) {
        self.batch.decide(DecisionRecord { step, reason, ..self.about(index, code) });
    }

    /// A decision about one of the contact's journeys, to be filled in.
    pub(super) fn about(&self, index: usize, code: DecisionCode) -> DecisionRecord {
        let journey = &self.journey(index).record;
        self.about_run(WorkflowId(journey.workflow), journey.run, code)
    }

    /// A decision about a run of a workflow, to be filled in.
    pub(super) fn about_run(&self, workflow: WorkflowId, run: u32, code: DecisionCode) -> DecisionRecord {
        let workflow = Some(workflow.0);
        DecisionRecord { workflow, run, ..DecisionRecord::new(self.contact.id, self.now, code) }
    }

    /// Writes into the ledgers what has changed of stage and score since the last time, and what did it.
    pub(super) fn note_changes(&mut self, by: ChangedBy) {
        let now = Told::read(self.plan, &self.contact.frame);
        let before = std::mem::replace(&mut self.contact.told, now);
        self.batch.change(self.contact.id, self.now, (before, now), by);
    }

    pub(super) fn fail(&mut self, (workflow, run): (WorkflowId, u32), problem: String) {
        let (contact, workflow) = (self.contact.id, self.workflow(workflow).name.clone());
        self.batch.fail(EngineError::Step { contact, workflow, run, problem });
    }

    /// The instant a span later, in the contact's zone.
    pub(super) fn after(&self, at: i64, span: CivilSpan) -> i64 {
        later(at, span, self.contact.zone)
    }
}

/// The instant a span later; [`FOREVER`] beyond the calendar.
pub(super) fn later(at: i64, span: CivilSpan, zone: Zone) -> i64 {
    let span = civil::Span { months: span.months, days: span.days, ms: span.ms };
    civil::add(Instant(at), span, zone).0.min(FOREVER)
}
