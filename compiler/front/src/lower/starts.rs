//! Workflows that others start: each keeps in the contact's frame when.

use super::Lowering;
use flow_ir::{FOREVER, SlotKind};

impl Lowering<'_> {
    /// Gives each started workflow its slot. Who writes there says so as it does (`StepHost::written`), since a `stop` may name many.
    pub(super) fn starts(&mut self) {
        for started in self.typed.started() {
            let name = format!("start of {}", self.program.workflows.at(started).name);
            let slot = self.program.frame.add(name, SlotKind::Int, false, FOREVER);
            self.program.workflows.at_mut(started).started = Some(slot);
        }
    }
}
