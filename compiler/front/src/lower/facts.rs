//! Event patterns to facts: each pattern once, as deep as its largest count.

use super::Lowering;
use crate::check::typed::{Cond, Since, Typed};
use flow_ir::{Area, FactId, NEVER, Pattern, PatternId, SlotId, SlotKind};

impl Lowering<'_> {
    pub(super) fn pattern(&mut self, pattern: &Pattern) -> PatternId {
        match self.program.patterns.find(|known| known.event == pattern.event && known.tests == pattern.tests) {
            Some(known) => known,
            None => self.program.patterns.push(pattern.clone()),
        }
    }

    /// The slot of the `nth` newest instant of a pattern, from one.
    pub(super) fn fact_slot(&mut self, pattern: &Pattern, nth: u32) -> SlotId {
        let id = self.pattern(pattern);
        let fact = match self.program.facts.find(|fact| fact.pattern == id) {
            Some(fact) => fact,
            None => self.add_fact(id, pattern),
        };
        self.program.facts[fact].slot(nth.saturating_sub(1))
    }

    fn add_fact(&mut self, id: PatternId, pattern: &Pattern) -> FactId {
        let depth = deepest(self.typed, pattern);
        let mut slots = (0..depth).map(|nth| {
            let name = format!("{} [{}]", pattern.text, nth + 1);
            self.program.frame.add(name, SlotKind::Int, false, NEVER)
        });
        let first = slots.next();
        slots.for_each(drop);
        let first = first.unwrap_or(self.program.system.known_since);
        self.program.facts.push(flow_ir::Fact { area: Area::Contact, pattern: id, first, depth })
    }
}

/// The largest count that anything asks of a pattern. Slots of one fact lie side by side, so it must be known beforehand.
fn deepest(typed: &Typed, pattern: &Pattern) -> u32 {
    let mut depth = 1;
    typed.each_cond(&mut |cond| {
        if let Cond::Events(test) = cond
            && test.since != Since::Trigger
            && test.pattern.event == pattern.event
            && test.pattern.tests == pattern.tests
        {
            depth = depth.max(test.at_least);
        }
    });
    depth
}
