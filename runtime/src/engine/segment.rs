//! Segments: settled before anyone reads them, each asked only when something it reads has changed or its instant has come.
//!
//! Whoever enters or leaves one changes a slot of the frame, so conditions that read it look again and no others; entering and leaving
//! are events that facts remember and entries wait for.

use super::bits::Bits;
use super::plan::{Plan, Reads};
use super::touch::{Seen, Touch};
use crate::store::Texts;
use flow_ir::{Area, Id, PatternEvent, PatternId, PredicateId, Program, SegmentId, SlotId};
use std::collections::{BTreeMap, BTreeSet};

/// A segment that something watches.
#[derive(Debug)]
pub(super) struct WatchedSegment {
    pub(super) when: PredicateId,
    pub(super) holds: SlotId,
    pub(super) next_change: SlotId,
    pub(super) reads: Bits,
    entered: Vec<PatternId>,
    left: Vec<PatternId>,
}

/// A field that follows from others: it is written where somebody enters or leaves who has one of its values.
#[derive(Debug)]
pub(super) struct WatchedDerived {
    pub(super) slot: SlotId,
    /// Where the frame keeps who has each value.
    values: Vec<SlotId>,
    /// Those, and its own: steps of a time at which it followed from nothing may still write it.
    reads: Bits,
}

impl WatchedDerived {
    /// The number of the value that somebody has; 0 where they have none.
    fn value(&self, program: &Program, frame: &[u8]) -> i64 {
        let mut values = self.values.iter().zip(1..);
        values.find(|(holds, _)| program.frame.read(frame, **holds) != 0).map_or(0, |(_, code)| code)
    }
}

/// The fields of a program that follow from others.
pub(super) fn derived(program: &Program) -> Vec<WatchedDerived> {
    let of = |derived: &flow_ir::Derived| {
        let slot = program.fields.get(derived.field)?.slot?;
        let holds = |value: &SegmentId| Some(program.segments.get(*value)?.holds);
        let values: Vec<SlotId> = derived.values.iter().filter_map(holds).collect();
        let mut reads = Bits::default();
        values.iter().chain([&slot]).for_each(|slot| reads.insert(slot.index()));
        Some(WatchedDerived { slot, values, reads })
    };
    program.derived.iter().filter_map(of).collect()
}

/// The segments that something watches, each behind those it reads. One that nobody watches is asked when it is needed.
pub(super) fn watched(program: &Program, reads: &Reads<'_>, roots: &Bits) -> Vec<WatchedSegment> {
    let mut placing = Placing {
        program,
        reads,
        crossed: Crossed::default(),
        of_slot: program.segments_by_slot(),
        placed: vec![false; program.segments.len()],
        found: Vec::new(),
    };
    for (id, pattern) in program.patterns.iter() {
        match pattern.event {
            PatternEvent::Entered(of) => placing.crossed.entry(of).or_default().0.push(id),
            PatternEvent::Left(of) => placing.crossed.entry(of).or_default().1.push(id),
            _ => {}
        }
    }
    let of_values: BTreeSet<SegmentId> = program.derived.iter().flat_map(|derived| derived.values.clone()).collect();
    for (id, segment) in program.segments.iter() {
        let is_root = roots.contains(segment.holds.index()) || of_values.contains(&id);
        if is_root || placing.crossed.contains_key(&id) {
            placing.place(id);
        }
    }
    placing.found
}

/// The patterns of entering and of leaving each segment.
type Crossed = BTreeMap<SegmentId, (Vec<PatternId>, Vec<PatternId>)>;

/// Puts segments in the order in which they are settled.
struct Placing<'p> {
    program: &'p Program,
    reads: &'p Reads<'p>,
    crossed: Crossed,
    /// The segment that a slot of the frame says something of.
    of_slot: BTreeMap<SlotId, SegmentId>,
    placed: Vec<bool>,
    found: Vec<WatchedSegment>,
}

impl Placing<'_> {
    /// Adds a segment behind the ones it reads. The checker lets none read itself, and none lie deep.
    fn place(&mut self, id: SegmentId) {
        match self.placed.get_mut(id.index()) {
            Some(done) if !*done => *done = true,
            _ => return,
        }
        let segment = self.program.segments.at(id);
        for slot in self.program.predicates.at(segment.watched).reads(Area::Contact) {
            if let Some(read) = self.of_slot.get(&slot).copied() {
                self.place(read);
            }
        }
        let (entered, left) = self.crossed.remove(&id).unwrap_or_default();
        let reads = self.reads.predicate(segment.watched);
        let (when, holds, next_change) = (segment.watched, segment.holds, segment.next_change);
        self.found.push(WatchedSegment { when, holds, next_change, reads, entered, left });
    }
}

impl Touch<'_> {
    /// Brings every watched segment up to this instant: those of which something has changed since they were last settled.
    pub(super) fn settle_segments(&mut self) {
        if !self.contact.unsettled.is_empty() {
            self.settle_at(false);
        }
    }

    /// The same, and those whose own instant has come. In one pass, so that none is asked between two changes of one instant.
    pub(super) fn settle_due_segments(&mut self) {
        self.settle_at(true);
    }

    fn settle_at(&mut self, due: bool) {
        let plan: &Plan = self.plan;
        let changed = std::mem::take(&mut self.contact.unsettled);
        let mut settled = if plan.derived.is_empty() { Bits::default() } else { changed.clone() };
        let mut asked = plan.segment_readers.of(&changed);
        if due {
            asked.extend(self.contact.pending.segments.due(self.now));
        }
        while let Some(place) = asked.pop_first() {
            self.settle_segment(place);
            // What it wrote, and what was remembered of entering and leaving, for those behind it.
            let written = std::mem::take(&mut self.contact.unsettled);
            asked.extend(plan.segment_readers.of(&written).range(place + 1..));
            if !plan.derived.is_empty() {
                settled.insert_all(&written);
            }
        }
        self.settle_derived(&settled);
    }

    /// Brings the fields that follow from others up to the segments of their values.
    fn settle_derived(&mut self, changed: &Bits) {
        let plan: &Plan = self.plan;
        for field in plan.derived.iter().filter(|field| field.reads.meets(changed)) {
            let value = field.value(&plan.program, &self.contact.frame);
            let layout = &plan.program.frame;
            if value != 0 {
                self.contact.write(plan, field.slot, value);
            } else if layout.is_known(&self.contact.frame, field.slot) {
                layout.write(&mut self.contact.frame, field.slot, layout.slots.at(field.slot).initial);
                layout.set_known(&mut self.contact.frame, field.slot, false);
                self.contact.mark(plan, field.slot);
            }
        }
        // Conditions of a version in which one was written by imports read it still.
        self.settle_segments();
    }

    /// Brings the watched segments of another frame up to what was put back there. Whoever crossed the border of one by what was put back has not
    /// crossed it, and nothing remembers that they did.
    pub(super) fn resettle(&self, frame: &mut [u8], texts: &Texts, put_back: &Bits) {
        let plan: &Plan = self.plan;
        let layout = &plan.program.frame;
        let mut asked = plan.segment_readers.of(put_back);
        while let Some(place) = asked.pop_first() {
            let Some(segment) = plan.segments.get(place) else { continue };
            let holds = self.ask_of((frame, texts), segment.when, Seen::Blank(&[]), 0).holds;
            if holds == (layout.read(frame, segment.holds) != 0) {
                continue;
            }
            layout.write(frame, segment.holds, i64::from(holds));
            let mut written = Bits::default();
            written.insert(segment.holds.index());
            let crossed = if holds { &segment.left } else { &segment.entered };
            for fact in crossed.iter().flat_map(|pattern| plan.pattern_facts.at(*pattern)) {
                let fact = plan.program.facts.at(*fact);
                if layout.read(frame, fact.slot(0)) == self.now {
                    fact.forget_newest(layout, frame);
                    (0..fact.depth).for_each(|nth| written.insert(fact.slot(nth).index()));
                }
            }
            asked.extend(plan.segment_readers.of(&written).range(place + 1..));
        }
        for field in &plan.derived {
            let value = field.value(&plan.program, frame);
            layout.write(frame, field.slot, value);
            layout.set_known(frame, field.slot, value != 0);
        }
    }

    /// Whether somebody is not where they were when a segment was last settled.
    pub(super) fn is_crossed(&self, place: usize) -> bool {
        let Some(segment) = self.plan.segments.get(place) else { return false };
        self.ask(segment.when, Seen::Blank(&[]), 0).holds != self.contact.is(self.plan, segment.holds)
    }

    /// The earliest later instant at which a watched segment may change by itself.
    pub(super) fn next_change_of_segments(&self) -> i64 {
        self.contact.pending.segments.next(self.now)
    }

    fn settle_segment(&mut self, place: usize) {
        let plan: &Plan = self.plan;
        let Some(segment) = plan.segments.get(place) else { return };
        let verdict = self.ask(segment.when, Seen::Blank(&[]), 0);
        if verdict.holds != self.contact.is(plan, segment.holds) && self.leaves_segment_to_time(place) {
            return;
        }
        self.contact.move_segment(plan, place, segment.next_change, verdict.next_change);
        if !self.contact.write(plan, segment.holds, i64::from(verdict.holds)) {
            return;
        }
        // Who was in it before Flow knew them has not just entered it.
        if self.importing {
            return;
        }
        let patterns = if verdict.holds { &segment.entered } else { &segment.left };
        for pattern in patterns {
            let mut triggers = std::mem::take(&mut self.crossed);
            self.matched(*pattern, &[], self.now, &mut triggers);
            self.crossed = triggers;
        }
    }
}
