//! Event patterns to facts: each pattern once, as deep as its largest count.

use super::Lowering;
use crate::typed::{Cond, Since, Typed};
use flow_ir::{
    Area, FactId, FieldId, NEVER, Pattern, PatternEvent, PatternId, SlotId, SlotKind, TextTest, TextTestId,
    WatchedField,
};
use std::collections::{BTreeMap, BTreeSet};

/// What conditions ask for anywhere, gathered in one walk; and what was already made of it, found by what it says. Looking through
/// all patterns or all conditions at each question would take time in the square of the workflows.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The texts a field is compared with, in lower case.
    literals: BTreeMap<FieldId, BTreeSet<String>>,
    /// The largest count that anything asks of a pattern. Slots of one fact lie side by side, so it must be known beforehand.
    depths: BTreeMap<String, u32>,
    patterns: BTreeMap<String, PatternId>,
    facts: BTreeMap<PatternId, FactId>,
    text_tests: BTreeMap<String, TextTestId>,
}

impl Asked {
    pub(super) fn of(typed: &Typed) -> Self {
        let mut asked = Self::default();
        typed.each_cond(&mut |cond| asked.cond(cond));
        asked
    }

    fn cond(&mut self, cond: &Cond) {
        match cond {
            Cond::TextIn(field, texts) => self.literals.entry(*field).or_default().extend(texts.iter().cloned()),
            Cond::Events(test) if matches!(test.since, Since::Within(_) | Since::Ever | Since::This(_)) => {
                let depth = self.depths.entry(key(&test.pattern)).or_insert(1);
                *depth = test.at_least.max(*depth);
            }
            _ => {}
        }
    }

    /// Sorted.
    pub(super) fn literals(&mut self, field: FieldId) -> Vec<String> {
        self.literals.remove(&field).unwrap_or_default().into_iter().collect()
    }
}

/// What makes two patterns one: their text may differ. The derived form names every part and quotes every text, so different
/// patterns never share it.
fn key(pattern: &Pattern) -> String {
    format!("{:?} {:?}", pattern.event, pattern.tests)
}

impl Lowering<'_> {
    pub(super) fn pattern(&mut self, pattern: &Pattern) -> PatternId {
        if let PatternEvent::Changed(field) = pattern.event {
            self.watch(field);
        }
        let patterns = &mut self.program.patterns;
        *self.asked.patterns.entry(key(pattern)).or_insert_with(|| patterns.push(pattern.clone()))
    }

    /// Gives what a field was a slot of its own, once.
    fn watch(&mut self, field: FieldId) {
        let program = &mut self.program.meaning;
        let Err(place) = program.watched.binary_search_by_key(&field, |watched| watched.field) else { return };
        let of = program.fields.at(field);
        let name = format!("{} as last seen", of.name);
        let slot = of.slot.and_then(|slot| program.frame.slots.get(slot));
        let (is_optional, initial) = slot.map_or((true, 0), |slot| (slot.presence.is_some(), slot.initial));
        let seen = match of.ty.is_text() {
            true => program.frame.add(name, SlotKind::Int, true, 0),
            false => program.frame.add(name, of.ty.slot_kind(), is_optional, initial),
        };
        program.watched.insert(place, WatchedField { field, seen });
    }

    /// The slot of the `nth` newest instant of a pattern, from one.
    pub(super) fn fact_slot(&mut self, pattern: &Pattern, nth: u32) -> SlotId {
        let id = self.pattern(pattern);
        let fact = match self.asked.facts.get(&id) {
            Some(fact) => *fact,
            None => self.add_fact(id, pattern),
        };
        self.program.facts.at(fact).slot(nth.saturating_sub(1))
    }

    fn add_fact(&mut self, id: PatternId, pattern: &Pattern) -> FactId {
        let depth = self.asked.depths.get(&key(pattern)).copied().unwrap_or(1);
        let mut slots = (0..depth).map(|nth| {
            let name = format!("{} [{}]", pattern.text, nth + 1);
            self.program.frame.add(name, SlotKind::Int, false, NEVER)
        });
        let first = slots.next();
        slots.for_each(drop);
        let first = first.unwrap_or(self.program.system.known_since);
        let fact = self.program.facts.push(flow_ir::Fact { area: Area::Contact, pattern: id, first, depth });
        self.asked.facts.insert(id, fact);
        fact
    }

    pub(super) fn text_test(&mut self, test: TextTest) -> TextTestId {
        let tests = &mut self.program.text_tests;
        *self.asked.text_tests.entry(format!("{test:?}")).or_insert_with(|| tests.push(test))
    }
}
