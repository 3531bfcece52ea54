//! The policy: its rules as they are, and what it remembers of everybody.

use super::Lowering;
use flow_ir::{Area, Fact, FieldId, NEVER, Pattern, PatternEvent, SlotKind};

impl Lowering<'_> {
    /// Where mails are counted, the frame keeps when so many of them left, the newest first: of all of them, and of those about each topic that a
    /// cap names.
    pub(super) fn policy(&mut self) {
        self.program.policy = self.typed.policy.clone();
        let policy = self.program.policy.clone();
        self.remember_mails(policy.depth(None), None);
        for topic in policy.capped_topics() {
            self.remember_mails(policy.depth(Some(topic)), Some(topic));
        }
    }

    fn remember_mails(&mut self, depth: u32, topic: Option<FieldId>) {
        let named = |topic: FieldId| self.program.fields.get(topic).and_then(|field| field.topic()).unwrap_or_default();
        let about = topic.map(|topic| format!(" about {}", named(topic))).unwrap_or_default();
        let mut slots = (0..depth).map(|nth| {
            let name = format!("marketing email{about} left [{}]", nth + 1);
            self.program.frame.add(name, SlotKind::Int, false, NEVER)
        });
        let Some(first) = slots.next() else { return };
        slots.for_each(drop);
        let text = format!("a marketing email{about} left");
        let event = topic.map_or(PatternEvent::Marketed, PatternEvent::MarketedAbout);
        let pattern = self.pattern(&Pattern { text, event, tests: Vec::new() });
        self.program.facts.push(Fact { area: Area::Contact, pattern, first, depth });
    }
}
