//! Whatever lets something out comes last: a journey that reaches such a step stands before it until everything else that the item brings about
//! has been looked at. So no mail leaves by what a workflow of a later name makes untrue at the same instant.
//!
//! ```text
//! rounds of steps, up to whatever lets something out -> in their order, one step each -> rounds again -> ...
//! ```
//! Nothing of it outlives the item.

use super::contact::Journey;
use super::counter;
use super::event::Triggers;
use super::reason::Woken;
use super::step::Wake;
use super::touch::Touch;
use crate::happening::{Happening, JourneyName};
use crate::store::JourneyStatus;
use flow_ir::WorkflowId;
use flow_ir::backend::Stop;
use std::collections::BTreeMap;

/// Whether a run of steps may let something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// It stops before the first such step.
    Shut,
    /// It lets one out, and stops before the next.
    ForOne,
    /// It goes on to where it waits.
    Open,
}

/// A journey that stands before a step that lets something out.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoodBack {
    workflow: WorkflowId,
    run: u32,
    wake: Wake,
    stop: Stop,
}

impl Touch<'_> {
    /// Leaves a journey before a step that lets something out.
    pub(super) fn stand_back(&mut self, index: usize, wake: Wake, stop: Stop) {
        if let Stop::Held { step, block } = stop {
            self.suspend(index, JourneyStatus::Sending, step.0, block, None);
            let (workflow, run) = (self.journey(index).workflow(), self.journey(index).record.run);
            let wake = Wake { answered: false, ..wake };
            self.stood_back.push(StoodBack { workflow, run, wake, stop });
        }
    }

    fn place_behind(&self, index: usize) -> Option<usize> {
        let is_it = |stood_back: &StoodBack| {
            let journey = self.journey(index);
            stood_back.workflow == journey.workflow() && stood_back.run == journey.record.run
        };
        self.stood_back.iter().position(is_it)
    }

    /// Whether any journey stands before a step that lets something out.
    pub(super) fn is_anyone_back(&self) -> bool {
        !self.stood_back.is_empty()
    }

    pub(super) fn stands_back(&self, index: usize) -> bool {
        self.place_behind(index).is_some()
    }

    /// A journey that another one stops before it came to let something out: what it did until then is told.
    pub(super) fn tell_stood_back(&mut self, index: usize) {
        if let Some(place) = self.place_behind(index) {
            let StoodBack { wake, stop, .. } = self.stood_back.remove(place);
            self.record_step(index, wake.woken, stop, false);
        }
    }

    /// Lets out what still may, each in its turn, and brings the contact to rest again.
    pub(super) fn let_out(&mut self) {
        for _ in 0..self.plan.max_let_out {
            if self.stood_back.is_empty() {
                return;
            }
            self.let_out_by(Door::ForOne);
        }
        // As with rounds: what goes on for ever is not followed any more.
        self.give_up_rounds();
        self.door = Door::Open;
        self.let_out_by(Door::Open);
        self.door = Door::Shut;
    }

    /// What goes on for ever is counted, and told with the journeys that keep each other going.
    pub(super) fn give_up_rounds(&mut self) {
        self.batch.count(counter::ROUNDS_EXHAUSTED);
        let contact = self.contact.id.0;
        let name = |journey: &Journey| {
            let workflow = self.workflow(journey.workflow()).name.clone();
            JourneyName { contact, workflow, run: journey.record.run }.to_string()
        };
        // The last of each workflow: those before it have ended in the same instant, and would only hide it.
        let is_of_now = |journey: &&Journey| journey.record.ended_at.is_none_or(|ended_at| ended_at == self.now);
        let of_now = self.contact.journeys.iter().filter(is_of_now);
        let last: BTreeMap<WorkflowId, String> = of_now.map(|journey| (journey.workflow(), name(journey))).collect();
        let journeys = last.into_values().collect::<Vec<_>>().join(", ");
        self.batch.happened.note(self.now, Happening::RoundsExhausted { contact, journeys });
    }

    /// Who lets something out before whom: by the policy's order of groups. Where only some of several mails may leave, then by how long they are due,
    /// and by their numbers (E8); what was not due before comes behind those. Then by name, and by number (E1).
    fn turn_of(&self, one: &StoodBack) -> (usize, i64, u64, usize, u32) {
        let plan = self.plan;
        let rank = plan.program.policy.rank(self.workflow(one.workflow).group.as_deref());
        let is_counted = || self.row_of(self.live_journey(one.workflow, one.run)?);
        let row = plan.has_caps().then(is_counted).flatten();
        let (due, id) = row.map_or((self.now, u64::MAX), |row| (row.held_since, row.id));
        (rank, due, id, plan.place(one.workflow), one.run)
    }

    fn let_out_by(&mut self, door: Door) {
        let mut turns = self.stood_back.clone();
        turns.sort_by_key(|one| self.turn_of(one));
        self.written.clear();
        for StoodBack { workflow, run, wake, .. } in turns {
            // Whom another one has stopped meanwhile is not there any more.
            let Some(index) = self.live_journey(workflow, run) else { continue };
            if self.place_behind(index).is_none() || self.is_kept_back(index, Woken::Retried) {
                continue;
            }
            let Some(place) = self.place_behind(index) else { continue };
            self.stood_back.remove(place);
            self.go(index, wake, door);
        }
        self.rounds(false, Triggers::new(), false);
    }
}
