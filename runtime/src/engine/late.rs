//! `late skip`: what becomes of a marketing mail whose journey goes on long after it was to: nobody was there, or the mail could not leave.
//!
//! How late a journey is says the clock of the engine: it is the instant at which it goes on, less the one at which it was to go on (a wait was
//! over, what held a mail was over, another attempt at it was due). No more hangs on it, so where a batch ends changes nothing. A journey that is
//! late stays so until its next wait, also while one of its mails is on its way.

use super::host::StepHost;
use super::plan::Plan;
use super::reason::Woken;
use super::touch::{Seen, Touch};
use crate::engine::gates::Gates;
use flow_ir::backend::Memory;
use flow_ir::{Area, FOREVER, Late, NEVER, PredicateId, SlotId, Wait, WorkflowId};

/// How often a condition is asked when it came to be so.
const LOOKS_MAX: usize = 100;

/// Whether what was due at one instant and comes at another is late.
pub(super) fn is_late(due_at: i64, now: i64) -> bool {
    now.saturating_sub(due_at) > Late::OVERDUE_MS
}

/// What is to become of a mail that nothing else speaks against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lateness {
    InTime,
    /// It does not leave.
    Skipped,
    /// It leaves no sooner.
    Until(i64),
}

impl Plan {
    /// What becomes of late mails of a workflow, and where a journey keeps that it is late; none where they leave at once.
    pub(super) fn late(&self, id: WorkflowId) -> Option<(Late, SlotId)> {
        let workflow = self.program.workflows.at(id);
        let late = workflow.late.or(self.program.policy.late).filter(|late| *late != Late::Run)?;
        Some((late, workflow.slots.late?))
    }
}

impl Touch<'_> {
    /// Notes that a journey is late which was to go on at an instant, if it is.
    pub(super) fn note_late_from(&mut self, index: usize, at: i64) {
        let plan = self.plan;
        let Some((_, slot)) = plan.late(self.journey(index).workflow()) else { return };
        if is_late(at, self.now) {
            self.journey_mut(index).write(plan, slot, FOREVER);
        }
    }

    /// Notes whether a journey that goes on is late.
    pub(super) fn note_late(&mut self, index: usize, woken: Woken) {
        let Some((_, slot)) = self.plan.late(self.journey(index).workflow()) else { return };
        let due_at = self.journey(index).record.due_at.unwrap_or(self.now);
        let noted = match woken {
            // A journey that waits for a window is asked for again when something else comes, and waits on.
            Woken::Released => is_late(due_at, self.now).then_some(FOREVER),
            Woken::Retried => {
                let due_at = self.row_of(index).map_or(due_at, |row| row.due_at);
                is_late(due_at, self.now).then_some(FOREVER)
            }
            Woken::Due | Woken::Past | Woken::TimedOut if is_late(due_at, self.now) => Some(FOREVER),
            Woken::Satisfied if self.was_satisfied_before(index) => Some(FOREVER),
            Woken::Due | Woken::Past | Woken::TimedOut | Woken::Satisfied => Some(NEVER),
            // As it was when the mail was sent; and of an entry, what let them in has said.
            Woken::Delivered | Woken::Undelivered | Woken::Entered => None,
            // What is done at an end lets no mail out.
            Woken::GoalMet | Woken::Left => None,
        };
        let plan = self.plan;
        noted.into_iter().for_each(|noted| self.journey_mut(index).write(plan, slot, noted));
    }
}

impl Touch<'_> {
    /// Whether time alone had brought about what a journey waits for so long ago that it goes on late: `wait until inactive for 20 days up to 90 days`.
    fn was_satisfied_before(&self, index: usize) -> bool {
        let when = self.wait_of(index).and_then(Wait::when);
        when.is_some_and(|when| is_late(self.so_since(when, Seen::Journey(index), true), self.now))
    }

    /// Since when a condition is so, or is not, by time alone, of what may have come about while nobody was there: no earlier than the contact was due.
    /// Now, where something else brings the item about.
    pub(super) fn so_since(&self, when: PredicateId, seen: Seen<'_>, holds: bool) -> i64 {
        let mut at = if self.due_at > NEVER { self.due_at } else { self.now };
        for _ in 0..LOOKS_MAX {
            if at >= self.now {
                break;
            }
            let verdict = self.ask_at(at, when, seen);
            if verdict.holds == holds {
                return at;
            }
            at = verdict.next_change;
        }
        self.now
    }
}

impl StepHost<'_> {
    /// What is to become of a mail by how late it is.
    pub(super) fn lateness(&self, memory: &mut Memory<'_>, gates: &Gates<'_>, at_most: i64) -> Lateness {
        let Some((late, slot)) = self.plan.late(self.workflow) else { return Lateness::InTime };
        let layout = &self.declared().journey;
        let noted = layout.read(&memory[Area::Journey], slot);
        match late {
            Late::Skip if noted == FOREVER => Lateness::Skipped,
            Late::NextWindow if noted == FOREVER => {
                let opens_at = gates.opens_next(self.now, self.zone, at_most);
                layout.write(&mut memory[Area::Journey], slot, opens_at);
                if opens_at > self.now { Lateness::Until(opens_at) } else { Lateness::InTime }
            }
            Late::NextWindow if noted > self.now => Lateness::Until(noted),
            Late::Run | Late::Skip | Late::NextWindow => Lateness::InTime,
        }
    }
}
