//! Splits: what is drawn for a person is kept in the frame, once for each name, and the ways ask for it.

use super::Lowering;
use super::body::Body;
use flow_ir::effect::Draw;
use flow_ir::{SlotId, SlotKind, Split, SplitId, StepId};

impl Lowering<'_> {
    /// Draws for whoever has none yet, before anybody parts.
    pub(super) fn draw(&mut self, step: StepId, name: &str, body: &mut Body<'_>) {
        let split = self.split(name);
        self.effect(step, Some(&Draw { split }.into()), None, body);
    }

    pub(super) fn split_slot(&mut self, name: &str) -> SlotId {
        let split = self.split(name);
        self.program.splits.at(split).slot
    }

    fn split(&mut self, name: &str) -> SplitId {
        let known = self.program.splits.find(|split| split.name == name);
        known.unwrap_or_else(|| {
            let slot = self.program.frame.add(format!("split {name}"), SlotKind::Code, false, 0);
            self.program.meaning.splits.push(Split { name: name.to_owned(), slot })
        })
    }
}
