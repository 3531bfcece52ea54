//! Workflows that people come into by a rate: whoever waits for their turn keeps in the frame what they are judged by when it comes.

use super::Lowering;
use crate::typed::{TypedEntry, TypedWorkflow};
use flow_ir::{CountedSince, FOREVER, NEVER, Rate, Reenter, SlotKind, Turn, WorkflowId};

impl Lowering<'_> {
    /// Gives each of them the slots of its turn. What is counted since entry begins with their coming, so it has slots too.
    pub(super) fn turns(&mut self) {
        let paced = self.typed.workflows.iter().filter_map(|(id, workflow)| Some((id, workflow.rate?)));
        for (id, rate) in paced.collect::<Vec<_>>() {
            let turn = self.turn(id, "turn in", vec![rate]);
            let workflow = self.program.workflows.at_mut(id);
            (workflow.rate, workflow.turn) = (Some(rate), Some(turn));
        }
    }

    /// Gives those the slots of a trigger that comes during a journey, in which it begins the next one.
    pub(super) fn agains(&mut self) {
        let always = |(_, workflow): &(WorkflowId, &TypedWorkflow)| {
            workflow.reenter == Reenter::Always && matches!(workflow.entry, TypedEntry::Event { .. })
        };
        let always = self.typed.workflows.iter().filter(always).map(|(id, _)| id);
        for id in always.collect::<Vec<_>>() {
            let again = self.turn(id, "again in", Vec::new());
            self.program.workflows.at_mut(id).again = Some(again);
        }
    }

    fn turn(&mut self, id: WorkflowId, what: &str, rates: Vec<Rate>) -> Turn {
        let program = &mut self.program.meaning;
        let (workflow, frame) = (program.workflows.at(id), &mut program.frame);
        let name = format!("{what} {}", workflow.name);
        let mut instant = |what: &str, initial| frame.add(format!("{name}{what}"), SlotKind::Int, false, initial);
        let at = instant("", FOREVER);
        let triggers = instant(": triggers", 0);
        let triggered_at = instant(": triggered at", NEVER);
        let since_entry = workflow.counts.iter().filter(|count| count.since == CountedSince::Entry);
        let counts = since_entry.map(|count| {
            let what = workflow.journey.slots.get(count.slot).map_or("?", |slot| slot.name.as_str());
            (count.slot, instant(&format!(": {what}"), 0))
        });
        let counts = counts.collect();
        Turn { at, triggers, triggered_at, counts, rates }
    }
}
