//! Segments: each one predicate, with a slot that says whether it holds and one for when that can change.

use super::Lowering;
use super::predicate::{Scope, Segments};
use crate::typed::Cond;
use flow_ir::{FOREVER, Segment, SegmentId, SlotId, SlotKind};

impl Lowering<'_> {
    /// Slots for all of them first, since they name each other in any order.
    pub(super) fn segments(&mut self) {
        let slots: Vec<(SlotId, SlotId)> =
            self.typed.segments.values().map(|segment| self.program_slots_of(&segment.name)).collect();
        self.segment_slots = slots;
        for (id, typed) in self.typed.segments.iter() {
            let lowered = self.segment(id, &typed.name, &typed.when.cond);
            self.program.segments.push(lowered);
        }
    }

    fn program_slots_of(&mut self, name: &str) -> (SlotId, SlotId) {
        let holds = self.flag(&format!("in {name}"));
        (holds, self.program.frame.add(format!("in {name} until"), SlotKind::Int, false, FOREVER))
    }

    fn segment(&mut self, id: SegmentId, name: &str, when: &Cond) -> Segment {
        let (holds, next_change) = self.slots_of_segment(id);
        let watched = self.predicate(format!("segment {name}"), None, when, &mut Scope::program(Segments::Watched));
        // Only what names another segment differs by how that one is asked.
        let afresh = if names_a_segment(when) {
            let name = format!("segment {name}, afresh");
            self.predicate(name, None, when, &mut Scope::program(Segments::Afresh))
        } else {
            watched
        };
        Segment { name: name.to_owned(), watched, afresh, holds, next_change }
    }

    /// Where the frame remembers whether a segment holds, and until when.
    pub(super) fn slots_of_segment(&self, id: SegmentId) -> (SlotId, SlotId) {
        let none = self.program.system.known_since;
        self.segment_slots.get(flow_ir::Id::index(id)).copied().unwrap_or((none, none))
    }
}

fn names_a_segment(cond: &Cond) -> bool {
    matches!(cond, Cond::Segment(_)) || cond.children().any(names_a_segment)
}
