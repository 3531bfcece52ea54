//! Whose each slot of the frame and of a journey is: everything that is kept there has slots of its own, so that nothing is changed behind
//! its back.
//!
//! The score, the stage and what people refuse are fields and the engine's at once; nothing else has two owners.

use super::super::{Area, CountedSince, Layout, SlotId, Turn, Workflow};
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
        for field in program.fields.values() {
            let slot = field.slot.into_iter();
            slot.for_each(|slot| self.own(&mut owners, slot, format!("field {}", field.name), true));
        }
        let system = program.system;
        let shared = [
            ("score", system.score),
            ("stage", system.stage),
            ("unsubscribed", system.unsubscribed),
            ("hard_bounced", system.hard_bounced),
            ("complained", system.complained),
            ("do_not_contact", system.do_not_contact),
        ];
        for (name, slot) in shared {
            let is_its_field = |owner: &Owner| owner.what == format!("field {name}");
            if !owners.get(&slot).is_some_and(is_its_field) {
                self.own(&mut owners, slot, format!("the engine's {name}"), true);
            }
        }
        self.own(&mut owners, system.reachable, "the engine's reachable".to_owned(), false);
        self.own(&mut owners, system.known_since, "the engine's known_since".to_owned(), false);
        self.own(&mut owners, system.identified, "the engine's identified".to_owned(), false);
        self.own(&mut owners, system.refused_at, "the engine's refused_at".to_owned(), false);
        self.own(&mut owners, system.suppressed_at, "the engine's suppressed_at".to_owned(), false);
        let mut of_company = Owners::new();
        for (id, fact) in program.facts.iter() {
            let owners = if fact.area == Area::Company { &mut of_company } else { &mut owners };
            // A deeper one is told already, and would have a slot for every number there is.
            for nth in (0..fact.depth.min(crate::limits::MAX_FACT_DEPTH))
                .filter(|nth| fact.first.0.checked_add(*nth).is_some())
            {
                self.own(owners, fact.slot(nth), id.to_string(), false);
            }
        }
        for (id, segment) in program.segments.iter() {
            for slot in [segment.holds, segment.next_change] {
                self.own(&mut owners, slot, id.to_string(), false);
            }
        }
        for workflow in program.workflows.values() {
            let entry = workflow.entry.slots().into_iter();
            for slot in entry.chain(workflow.started).chain(workflow.turn.iter().flat_map(Turn::slots)) {
                self.own(&mut owners, slot, format!("workflow {}'s entry", workflow.name), false);
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
        slots.taken.into_iter().for_each(|slot| own(slot, "taken"));
        slots.trace.iter().for_each(|slot| own(*slot, "trace"));
        slots.sent_at.iter().for_each(|(email, slot)| own(*slot, &format!("sending of {email}")));
        for asked in &workflow.engagements {
            own(asked.slot, &format!("question about {}", asked.email));
        }
        for count in &workflow.counts {
            let since = match count.since {
                CountedSince::Entry => "entry".to_owned(),
                CountedSince::Wait => "the wait".to_owned(),
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
