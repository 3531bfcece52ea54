//! Segments: each one predicate, with a slot that says whether it holds and one for when that can change.

use super::Lowering;
use super::predicate::{Scope, Segments};
use crate::typed::Cond;
use crate::typed::{Part, TypedDerived};
use flow_ir::{Derived, FOREVER, FieldId, FieldType, Segment, SegmentId, SlotId, SlotKind};

impl Lowering<'_> {
    /// Slots for all of them first, since they name each other in any order.
    pub(super) fn segments(&mut self) {
        let declared = self.typed.segments.values().map(|segment| (segment.name.clone(), segment.when.cond.clone()));
        let mut all: Vec<(String, Cond)> = declared.collect();
        for derived in &self.typed.derived {
            let values = self.values(derived);
            let ids = (all.len()..all.len() + values.len()).map(flow_ir::Id::from_index);
            self.program.derived.push(Derived { field: derived.field, values: ids.collect() });
            all.extend(values);
        }
        self.segment_slots = all.iter().map(|(name, _)| self.program_slots_of(name)).collect();
        for (index, (name, when)) in all.iter().enumerate() {
            let lowered = self.segment(flow_ir::Id::from_index(index), name, when);
            self.program.segments.push(lowered);
        }
    }

    /// Who has each value of a field that follows from others: those of whom one of its conditions holds, and none before that of another value.
    fn values(&self, derived: &TypedDerived) -> Vec<(String, Cond)> {
        let shape = self.typed.fields.at(derived.field);
        let FieldType::OneOf(choices) = &shape.ty else { return Vec::new() };
        let value = |(choice, code): (&String, i64)| {
            let mut before: Vec<Part> = Vec::new();
            let mut ways: Vec<Part> = Vec::new();
            for (when, of) in &derived.arms {
                let at = when.at;
                if *of == code {
                    let not_before = before.iter().map(|part: &Part| negated(part.clone()));
                    let cond = Cond::All(not_before.chain([when.clone()]).collect());
                    ways.push(Part { cond, at });
                } else {
                    before.push(when.clone());
                }
            }
            if derived.otherwise == Some(code)
                && let Some((last, _)) = derived.arms.last()
            {
                let at = last.at;
                let cond = Cond::All(derived.arms.iter().map(|(when, _)| negated(when.clone())).collect());
                ways.push(Part { cond, at });
            }
            (Derived::segment_name(&derived.name, choice), Cond::Any(ways))
        };
        choices.iter().zip(1..).map(value).collect()
    }

    /// Who has one of these values of a field that follows from others; none of one that is written.
    pub(super) fn with_values(&self, field: FieldId, codes: Option<&[i64]>) -> Option<Vec<SegmentId>> {
        let derived = self.program.derived_of(field)?;
        let is_asked = |code: i64| codes.is_none_or(|codes| codes.contains(&code));
        let values = derived.values.iter().zip(1..).filter(|(_, code)| is_asked(*code));
        Some(values.map(|(value, _)| *value).collect())
    }

    fn program_slots_of(&mut self, name: &str) -> (SlotId, SlotId) {
        let holds = self.flag(&format!("in {name}"));
        (holds, self.program.frame.add(format!("in {name} until"), SlotKind::Int, false, FOREVER))
    }

    fn segment(&mut self, id: SegmentId, name: &str, when: &Cond) -> Segment {
        let (holds, next_change) = self.slots_of_segment(id);
        let watched = self.predicate(format!("segment {name}"), None, when, &mut Scope::program(Segments::Watched));
        // Only what names another segment differs by how that one is asked.
        let afresh = if self.names_a_segment(when) {
            let name = format!("segment {name}, afresh");
            self.predicate(name, None, when, &mut Scope::program(Segments::Afresh))
        } else {
            watched
        };
        Segment { name: name.to_owned(), watched, afresh, holds, next_change }
    }

    fn names_a_segment(&self, cond: &Cond) -> bool {
        let is_named = match cond {
            Cond::Segment(_) => true,
            Cond::CodeIn(field, _) | Cond::Known(field) => self.program.derived_of(*field).is_some(),
            _ => false,
        };
        is_named || cond.children().any(|child| self.names_a_segment(child))
    }

    /// Where the frame remembers whether a segment holds, and until when.
    pub(super) fn slots_of_segment(&self, id: SegmentId) -> (SlotId, SlotId) {
        let none = self.program.system.known_since;
        self.segment_slots.get(flow_ir::Id::index(id)).copied().unwrap_or((none, none))
    }
}

fn negated(part: Part) -> Part {
    Part { cond: Cond::Not(Box::new(part.cond)), at: part.at }
}
