//! The policy: its rules as they are, and what it remembers of everybody.

use super::Lowering;
use flow_ir::{Area, Fact, NEVER, Pattern, PatternEvent, SlotKind};

impl Lowering<'_> {
    /// Where mails are counted, the frame keeps when so many of them left, the newest first.
    pub(super) fn policy(&mut self) {
        self.program.policy = self.typed.policy.clone();
        let depth = self.program.policy.depth();
        let mut slots = (0..depth).map(|nth| {
            let name = format!("marketing email left [{}]", nth + 1);
            self.program.frame.add(name, SlotKind::Int, false, NEVER)
        });
        let Some(first) = slots.next() else { return };
        slots.for_each(drop);
        let text = "a marketing email left".to_owned();
        let pattern = self.pattern(&Pattern { text, event: PatternEvent::Marketed, tests: Vec::new() });
        self.program.facts.push(Fact { area: Area::Contact, pattern, first, depth });
    }
}
