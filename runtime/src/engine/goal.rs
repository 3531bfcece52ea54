//! Until when meeting its goal counts for a journey that has ended: for as long after its entry as the goal of the day says (E10).
//!
//! A journey whose goal was met is done with it, whatever a later version says. Every other one has it open, so a goal that another version gives
//! more or less time, takes away or brings reaches those who are through as it reaches those who are on their way.

use super::contact::{Contact, Journey};
use super::plan::Plan;
use super::touch::{Touch, later};

impl Contact {
    /// Until when the goal of today counts for a journey, though it may have ended; none where there is none, or its time is over.
    pub(super) fn goal_counts_until(&self, plan: &Plan, journey: &Journey, now: i64) -> Option<i64> {
        let within = plan.program.workflows.at(journey.workflow()).goal.as_ref()?.within?;
        Some(later(journey.record.entered_at, within, self.zone)).filter(|until| *until >= now)
    }

    /// Until when the goal counts for a journey that has ended, where that is another instant than is kept of it.
    pub(super) fn renewed_goal(&self, plan: &Plan, journey: &Journey, now: i64) -> Option<Option<i64>> {
        if !self.is_goal_open(plan, journey) {
            return None;
        }
        let kept = journey.record.goal_until.filter(|until| *until >= now);
        let today = self.goal_counts_until(plan, journey, now);
        (today != kept).then_some(today)
    }

    /// Whether a journey has ended and its goal was not met. Where an earlier Flow has kept it, that is certain where it had a time at its end that is
    /// still kept, and where there was no goal from its entry to the version that looked last. A journey is counted once, so in doubt it is not.
    fn is_goal_open(&self, plan: &Plan, journey: &Journey) -> bool {
        let record = &journey.record;
        let had_none = || plan.program.lineage.had_no_goal(record.workflow, (record.version, self.layout));
        !journey.is_live() && !record.goal_met && (record.goal_open || record.goal_until.is_some() || had_none())
    }
}

impl Touch<'_> {
    /// A goal that the project has brought, changed or taken away counts for the journeys that have ended as well (E10).
    pub(super) fn renew_goals(&mut self) {
        for index in 0..self.contact.journeys.len() {
            let Some(until) = self.contact.renewed_goal(self.plan, self.journey(index), self.now) else { continue };
            let journey = self.journey_mut(index);
            (journey.record.goal_open, journey.record.goal_until) = (true, until);
            // It may be met by now.
            (journey.dirty, journey.touched) = (true, until.is_some());
        }
    }
}
