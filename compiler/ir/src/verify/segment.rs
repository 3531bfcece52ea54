//! Segments: their predicates belong to the whole program, their slots are theirs, and asking one afresh comes to an end.

use super::super::{Area, Id, Op, PredicateId, Segment, SegmentId, SlotKind};
use super::Checker;

impl Checker<'_> {
    pub(super) fn segments(&mut self) {
        let program = self.program;
        for (id, segment) in program.segments.iter() {
            let place = format!("{id} `{}`", segment.name);
            for predicate in [segment.watched, segment.afresh] {
                self.belongs_to_all(&place, predicate);
            }
            self.slot_of(&place, &program.frame, segment.holds, SlotKind::Bool);
            self.slot_of(&place, &program.frame, segment.next_change, SlotKind::Int);
        }
        if self.faults.is_empty() && !self.asking_ends() {
            self.fault("segments", "one asks for itself");
        } else if self.faults.is_empty() && !self.settling_ends() {
            self.fault("segments", "one is settled by what it is itself read from");
        }
    }

    /// It can be asked without a journey.
    pub(super) fn belongs_to_all(&mut self, place: &str, predicate: PredicateId) {
        match self.program.predicates.get(predicate) {
            None => self.fault(place, format!("there is no {predicate}")),
            Some(found) if found.workflow.is_some() => {
                self.fault(place, format!("{predicate} `{}` belongs to a workflow", found.name));
            }
            // Nothing has just happened when the runtime asks it by itself.
            Some(found) if found.ops().any(|op| matches!(op, Op::Trigger(_))) => {
                self.fault(place, format!("{predicate} `{}` asks what has just happened", found.name));
            }
            Some(_) => {}
        }
    }

    fn asking_ends(&self) -> bool {
        let program = self.program;
        ends(program.segments.values().map(|segment| program.predicates.at(segment.afresh).segments()).collect())
    }

    /// Whether the runtime can settle each behind those of which it reads what the frame remembers.
    fn settling_ends(&self) -> bool {
        let program = self.program;
        let by_slot = program.segments_by_slot();
        let reads = |segment: &Segment| {
            let slots = program.predicates.at(segment.watched).reads(Area::Contact);
            let mut read: Vec<SegmentId> = slots.iter().filter_map(|slot| by_slot.get(slot).copied()).collect();
            read.sort_unstable();
            read.dedup();
            read
        };
        ends(program.segments.values().map(reads).collect())
    }
}

/// Whether segments can be put in an order in which each asks only those before it (Kahn 1962).
#[expect(clippy::indexing_slicing, reason = "it is called where no fault was found, so whatever is asked exists")]
fn ends(asks: Vec<Vec<SegmentId>>) -> bool {
    let mut open: Vec<usize> = asks.iter().map(Vec::len).collect();
    let mut asked_by: Vec<Vec<usize>> = vec![Vec::new(); asks.len()];
    for (by, asks) in asks.iter().enumerate() {
        asks.iter().for_each(|asked| asked_by[asked.index()].push(by));
    }
    let mut free: Vec<usize> = (0..open.len()).filter(|at| open[*at] == 0).collect();
    let mut taken = 0;
    while let Some(at) = free.pop() {
        taken += 1;
        for by in &asked_by[at] {
            open[*by] -= 1;
            if open[*by] == 0 {
                free.push(*by);
            }
        }
    }
    taken == asks.len()
}
