//! Workflows that others start: each keeps in the contact's frame when.

use super::Lowering;
use flow_ir::{FOREVER, Id, Reference, SlotId, SlotKind};

impl Lowering<'_> {
    /// Gives each started workflow its slot, and tells whoever starts or stops it that they write there.
    pub(super) fn starts(&mut self) {
        for started in self.typed.started() {
            let name = format!("start of {}", self.program.workflows.at(started).name);
            let slot = self.program.frame.add(name, SlotKind::Int, false, FOREVER);
            self.program.workflows.at_mut(started).started = Some(slot);
        }
        let slots: Vec<Option<SlotId>> = self.program.workflows.values().map(|workflow| workflow.started).collect();
        for workflow in self.program.workflows.values_mut() {
            let named = workflow.effects.values().flat_map(|effect| effect.references());
            let written = named.filter_map(|reference| match reference {
                Reference::Workflow(id) => slots.get(id.index()).copied().flatten(),
                _ => None,
            });
            let written: Vec<SlotId> = written.collect();
            workflow.writes.extend(written);
            workflow.writes.sort_unstable();
            workflow.writes.dedup();
        }
    }
}
