//! Whose each slot of the frame and of a journey is: everything that is kept there has slots of its own, so that nothing is changed behind
//! its back.
//!
//! The score, the stage and what people refuse are fields and the engine's at once; nothing else has two owners.

use super::super::{Area, CountedSince, Layout, Program, SlotId, SlotRole, Workflow};
use super::Checker;
use std::collections::BTreeMap;

/// What a slot is, and whether the steps of a workflow may change it.
#[derive(Debug)]
pub(super) struct Owner {
    what: String,
    written_by_steps: bool,
}

/// The owner of each slot that has one.
pub(super) type Owners = BTreeMap<SlotId, Owner>;

impl Checker<'_> {
    /// Gathers the owners of the frame's slots, and faults every second one.
    pub(super) fn owners(&mut self) {
        let program = self.program;
        let mut owners = Owners::new();
        for (slot, role) in program.roles() {
            let (what, written_by_steps) = owned_as(program, role);
            let is_its_field = |owner: &Owner| match role {
                SlotRole::System(system) => system.is_field() && owner.what == format!("field {}", system.name()),
                _ => false,
            };
            if !owners.get(&slot).is_some_and(is_its_field) {
                self.own(&mut owners, slot, what, written_by_steps);
            }
        }
        let mut of_company = Owners::new();
        for (id, fact) in program.facts.iter().filter(|(_, fact)| fact.area == Area::Company) {
            // A deeper one is told already, and would have a slot for every number there is.
            for nth in (0..fact.depth.min(crate::limits::MAX_FACT_DEPTH))
                .filter(|nth| fact.first.0.checked_add(*nth).is_some())
            {
                self.own(&mut of_company, fact.slot(nth), id.to_string(), false);
            }
        }
        self.owners = owners;
    }

    /// Faults every second owner of a slot of a workflow's journeys.
    pub(super) fn journey_owners(&mut self, place: &str, workflow: &Workflow) {
        let mut owners = Owners::new();
        let mut own = |slot, what: &str| self.own(&mut owners, slot, format!("{place}'s {what}"), false);
        let slots = &workflow.slots;
        own(slots.triggered_at, "triggered_at");
        own(slots.waiting_since, "waiting_since");
        own(slots.timed_out, "timed_out");
        slots.round_began.into_iter().for_each(|slot| own(slot, "round_began"));
        slots.taken.into_iter().for_each(|slot| own(slot, "taken"));
        let paused = slots.paused.iter().flat_map(|paused| paused.each());
        paused.for_each(|(slot, what)| own(slot, what));
        slots.several.iter().flat_map(|several| several.each()).for_each(|(slot, what)| own(slot, what));
        slots.late.into_iter().for_each(|slot| own(slot, "late"));
        slots.held_out.into_iter().for_each(|slot| own(slot, "held_out"));
        slots.trace.iter().for_each(|slot| own(*slot, "trace"));
        slots.sent_at.iter().for_each(|(email, slot)| own(*slot, &format!("sending of {email}")));
        for asked in &workflow.engagements {
            own(asked.slot, &format!("question about {}", asked.email));
        }
        for count in &workflow.counts {
            let since = match count.since {
                CountedSince::Entry => "entry".to_owned(),
                CountedSince::Wait => "the wait".to_owned(),
                CountedSince::Round => "the round".to_owned(),
                CountedSince::Sent(email) => email.to_string(),
            };
            own(count.slot, &format!("count of {} since {since}", count.pattern));
        }
    }

    fn own(&mut self, owners: &mut Owners, slot: SlotId, what: String, written_by_steps: bool) {
        if let Some(first) = owners.get(&slot) {
            let problem = format!("{slot} is something else too: {}", first.what);
            return self.fault(&what, problem);
        }
        owners.insert(slot, Owner { what, written_by_steps });
    }

    /// Faults a slot that the steps of a workflow must leave alone.
    pub(super) fn written(&mut self, place: &str, frame: &Layout, slot: SlotId) {
        self.exists(place, &frame.slots, slot);
        let kept = self.owners.get(&slot).filter(|owner| !owner.written_by_steps);
        if let Some(problem) = kept.map(|owner| format!("writes {slot}, which is kept: {}", owner.what)) {
            self.fault(place, problem);
        }
    }
}

/// Whose a slot is, and whether the steps of a workflow may change it.
fn owned_as(program: &Program, role: SlotRole) -> (String, bool) {
    match role {
        SlotRole::Field(field) => (format!("field {}", program.fields.at(field).name), true),
        SlotRole::System(system) => (format!("the engine's {}", system.name()), system.is_field()),
        SlotRole::Fact(fact, _) => (fact.to_string(), false),
        SlotRole::Holds(segment) | SlotRole::NextChange(segment) => (segment.to_string(), false),
        SlotRole::Seen(field) => (format!("the changes of {field}"), false),
        SlotRole::Drawn(split) => (format!("split {}", program.splits.at(split).name), false),
        SlotRole::Handed(team, _) | SlotRole::Owner(team) | SlotRole::Lapses(team) => {
            (format!("team {}", program.teams.at(team).name), false)
        }
        SlotRole::Was(workflow)
        | SlotRole::Owed(workflow)
        | SlotRole::Unjudged(workflow)
        | SlotRole::Date(workflow)
        | SlotRole::Decided(workflow)
        | SlotRole::Started(workflow)
        | SlotRole::Turn(workflow, _)
        | SlotRole::Again(workflow, _) => (format!("workflow {}'s entry", program.workflows.at(workflow).name), false),
    }
}
