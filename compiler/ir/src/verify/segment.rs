//! Segments: their predicates belong to the whole program, their slots are theirs, and asking one afresh comes to an end.

use super::super::{Area, Id, Op, PredicateId, Segment, SegmentId, SlotKind};
use super::Checker;
use crate::limits::{MAX_SEGMENT_DEPTH, MAX_SEGMENT_TESTS};

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
        if self.faults.is_empty() {
            self.order("one asks for itself", self.asking());
        }
        if self.faults.is_empty() {
            self.order("one is settled by what it is itself read from", self.settling());
        }
    }

    /// Segments are asked and settled one inside the other, so they lie in no circle, not deep, and come to an end soon: one that asks
    /// two, each of which asks two, comes to a million questions at the twentieth.
    fn order(&mut self, circle: &str, asks: Vec<Vec<SegmentId>>) {
        match extent(asks) {
            None => self.fault("segments", circle),
            Some(Extent { deep, .. }) if deep > MAX_SEGMENT_DEPTH => {
                self.fault("segments", format!("{deep} lie one in the other, not up to {MAX_SEGMENT_DEPTH}"));
            }
            Some(Extent { tests, .. }) if tests > MAX_SEGMENT_TESTS => {
                self.fault("segments", format!("one stands for {tests} tests, not up to {MAX_SEGMENT_TESTS}"));
            }
            Some(_) => {}
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

    /// The segments that each asks, as often as it does.
    fn asking(&self) -> Vec<Vec<SegmentId>> {
        let program = self.program;
        let asked = |op: &Op| if let Op::Segment(segment) = op { Some(*segment) } else { None };
        let asks = |segment: &Segment| program.predicates.at(segment.afresh).ops().filter_map(asked).collect();
        program.segments.values().map(asks).collect()
    }

    /// The segments of which each reads what the frame remembers, so that the runtime settles them before.
    fn settling(&self) -> Vec<Vec<SegmentId>> {
        let program = self.program;
        let by_slot = program.segments_by_slot();
        let reads = |segment: &Segment| {
            let slots = program.predicates.at(segment.watched).reads(Area::Contact);
            let mut read: Vec<SegmentId> = slots.iter().filter_map(|slot| by_slot.get(slot).copied()).collect();
            read.sort_unstable();
            read.dedup();
            read
        };
        program.segments.values().map(reads).collect()
    }
}

/// How far segments reach.
struct Extent {
    /// How many lie one in the other, at the most.
    deep: usize,
    /// How many segments without another in them one comes to, at the most.
    tests: usize,
}

/// How far segments reach that can be put in an order in which each asks only those before it (Kahn 1962); none where they cannot.
#[expect(clippy::indexing_slicing, reason = "it is called where no fault was found, so whatever is asked exists")]
fn extent(asks: Vec<Vec<SegmentId>>) -> Option<Extent> {
    let mut tests: Vec<usize> = asks.iter().map(|asks| usize::from(asks.is_empty())).collect();
    let mut depths = vec![1; asks.len()];
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
            depths[*by] = depths[*by].max(depths[at] + 1);
            tests[*by] = tests[*by].saturating_add(tests[at]);
            open[*by] -= 1;
            if open[*by] == 0 {
                free.push(*by);
            }
        }
    }
    let most = |numbers: Vec<usize>| numbers.into_iter().max().unwrap_or_default();
    (taken == asks.len()).then(|| Extent { deep: most(depths), tests: most(tests) })
}
