//! Blocks under construction.
//!
//! While a block is open its slots live in a table of values: a slot is loaded at its first use and stored once, at the block's end,
//! if it changed. A change under a condition becomes a `Select` between the new value and the old one. So an `if` that only changes
//! values costs no branch, and a block's loads and stores are as few as a person would write.

use flow_ir::{
    Block, BlockId, Closings, Comparison, Function, IdMap, Op, Place, SegmentId, Terminator, VALUE_LIMIT, ValueId,
};
use std::collections::{BTreeMap, BTreeSet};

/// The block being built.
#[derive(Debug, Default)]
struct Open {
    ops: IdMap<ValueId, Op>,
    /// The value of each op that was asked for, so that none is made twice.
    made: BTreeMap<Op, ValueId>,
    /// The largest magnitude each value can have.
    bounds: Vec<i64>,
    /// What each slot holds now.
    slots: BTreeMap<Place, ValueId>,
    known: BTreeMap<Place, ValueId>,
    /// What each segment answered since the last change.
    segments: BTreeMap<SegmentId, ValueId>,
    /// What has to be written at the end.
    changed: Vec<Change>,
    /// The same, to be found.
    is_changed: BTreeSet<Change>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Slot(Place),
    Known(Place),
}

/// A function under construction.
#[derive(Debug)]
pub(super) struct Builder {
    /// Finished blocks; `None` where one is still to come.
    blocks: Vec<Option<Block>>,
    at: BlockId,
    open: Open,
    /// Whether the last block was closed and nothing follows it.
    closed: bool,
}

impl Builder {
    /// An empty function, its first block open.
    pub(super) fn new() -> Self {
        Self { blocks: vec![None], at: BlockId(0), open: Open::default(), closed: false }
    }

    /// Reserves a block to be opened later.
    pub(super) fn reserve(&mut self) -> BlockId {
        self.blocks.push(None);
        BlockId(self.blocks.len() as u32 - 1)
    }

    /// Opens a reserved block.
    pub(super) fn open(&mut self, block: BlockId) {
        debug_assert!(self.closed, "the block before must be closed");
        self.at = block;
        self.open = Open::default();
        self.closed = false;
    }

    /// Whether nothing can be added, because every way here has left.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether the open block has done nothing yet, so that an effect may end it.
    pub(super) fn is_fresh(&self) -> bool {
        self.open.ops.is_empty()
    }

    /// Writes what changed and ends the open block.
    pub(super) fn close(&mut self, end: Terminator) {
        self.write_changes();
        let ops = std::mem::take(&mut self.open).ops;
        if let Some(block) = self.blocks.get_mut(self.at.0 as usize) {
            *block = Some(Block { ops, end });
        }
        self.closed = true;
    }

    /// Stores what changed, so that memory says what the open block knows.
    fn write_changes(&mut self) {
        self.open.is_changed.clear();
        for change in std::mem::take(&mut self.open.changed) {
            match change {
                Change::Slot(place) => {
                    if let Some(value) = self.open.slots.get(&place).copied() {
                        self.push(Op::Store(place, value));
                    }
                }
                Change::Known(slot) => {
                    if let Some(value) = self.open.known.get(&slot).copied() {
                        self.push(Op::SetKnown(slot, value));
                    }
                }
            }
        }
    }

    /// Whether a segment holds now. It reads memory, so what changed is stored before; an answer stands until the next change.
    pub(super) fn segment(&mut self, segment: SegmentId) -> ValueId {
        if !self.open.changed.is_empty() {
            self.write_changes();
            self.open.segments.clear();
        }
        if let Some(value) = self.open.segments.get(&segment) {
            return *value;
        }
        let value = self.push(Op::Segment(segment));
        self.open.segments.insert(segment, value);
        value
    }

    /// The finished function.
    pub(super) fn finish(self) -> Function {
        self.finish_with(Closings::default()).0
    }

    /// The same, with what begins elsewhere than at the first block. Blocks that nothing leads to are dropped and the rest numbered anew, so that
    /// only what can run is kept.
    pub(super) fn finish_with(self, closings: Closings) -> (Function, Closings) {
        // In the order of building, which is that of the text and reads best.
        let mut order = BTreeSet::new();
        let mut todo: Vec<BlockId> = [BlockId(0)].into_iter().chain(closings.blocks()).collect();
        while let Some(block) = todo.pop() {
            if !order.insert(block) {
                continue;
            }
            if let Some(Some(found)) = self.blocks.get(block.0 as usize) {
                todo.extend(found.end.targets());
            }
        }
        let number: BTreeMap<BlockId, BlockId> =
            order.iter().enumerate().map(|(new, old)| (*old, BlockId(new as u32))).collect();
        let renamed = |old: BlockId| number.get(&old).copied().unwrap_or(old);
        let kept = self.blocks.into_iter().enumerate().filter(|(old, _)| number.contains_key(&BlockId(*old as u32)));
        let blocks = kept.filter_map(|(_, block)| block).map(|mut block| {
            block.end = rename(block.end, &renamed);
            block
        });
        (Function { blocks: blocks.collect() }, closings.moved(renamed))
    }

    // ---- values ----

    /// Adds an op, or finds the value of the same one.
    pub(super) fn op(&mut self, op: Op) -> ValueId {
        if let Some(made) = self.open.made.get(&op) {
            return *made;
        }
        let value = self.push(op.clone());
        self.open.made.insert(op, value);
        value
    }

    fn push(&mut self, op: Op) -> ValueId {
        let bound = match op {
            Op::Int(value) => value.abs(),
            Op::Add(a, b) | Op::Sub(a, b) => self.bound(a) + self.bound(b),
            Op::Select(_, a, b) | Op::Min(a, b) | Op::Max(a, b) => self.bound(a).max(self.bound(b)),
            _ => VALUE_LIMIT,
        };
        self.open.bounds.push(bound);
        self.open.ops.push(op)
    }

    fn bound(&self, value: ValueId) -> i64 {
        self.open.bounds.get(value.0 as usize).copied().unwrap_or(VALUE_LIMIT)
    }

    pub(super) fn int(&mut self, value: i64) -> ValueId {
        self.op(Op::Int(value))
    }

    pub(super) fn bool(&mut self, value: bool) -> ValueId {
        self.op(Op::Bool(value))
    }

    pub(super) fn now(&mut self) -> ValueId {
        self.op(Op::Now)
    }

    /// What a slot holds now.
    pub(super) fn load(&mut self, place: Place) -> ValueId {
        if let Some(value) = self.open.slots.get(&place) {
            return *value;
        }
        let value = self.push(Op::Load(place));
        self.open.slots.insert(place, value);
        value
    }

    pub(super) fn known(&mut self, slot: Place) -> ValueId {
        if let Some(value) = self.open.known.get(&slot) {
            return *value;
        }
        let value = self.push(Op::Known(slot));
        self.open.known.insert(slot, value);
        value
    }

    /// Gives a slot a new value where `path` holds (always, where there is none). It is within the limit from then on, so that what
    /// comes of it hangs on no effect or question between this change and the next.
    pub(super) fn store(&mut self, place: Place, value: ValueId, path: Option<ValueId>) {
        let value = match path {
            Some(path) => {
                let before = self.load(place);
                self.op(Op::Select(path, value, before))
            }
            None => value,
        };
        let value = self.clamp(value);
        self.open.slots.insert(place, value);
        self.change(Change::Slot(place));
    }

    /// Marks a slot as known where `path` holds.
    pub(super) fn set_known(&mut self, slot: Place, path: Option<ValueId>) {
        let value = match path {
            Some(path) => {
                let before = self.known(slot);
                self.or(before, path)
            }
            None => self.bool(true),
        };
        self.open.known.insert(slot, value);
        self.change(Change::Known(slot));
    }

    fn change(&mut self, change: Change) {
        if self.open.is_changed.insert(change) {
            self.open.changed.push(change);
        }
    }

    pub(super) fn compare(&mut self, comparison: Comparison, left: ValueId, right: ValueId) -> ValueId {
        self.op(Op::Compare(comparison, left, right))
    }

    /// `a and b`, leaving out what is always true.
    pub(super) fn and(&mut self, a: ValueId, b: ValueId) -> ValueId {
        match (self.constant(a), self.constant(b)) {
            (Some(true), _) => b,
            (_, Some(true)) => a,
            _ if a == b => a,
            _ => self.op(Op::And(a, b)),
        }
    }

    pub(super) fn or(&mut self, a: ValueId, b: ValueId) -> ValueId {
        match (self.constant(a), self.constant(b)) {
            (Some(false), _) => b,
            (_, Some(false)) => a,
            _ if a == b => a,
            _ => self.op(Op::Or(a, b)),
        }
    }

    pub(super) fn not(&mut self, a: ValueId) -> ValueId {
        match self.open.ops.get(a) {
            Some(Op::Not(inner)) => *inner,
            Some(Op::Bool(value)) => {
                let value = !*value;
                self.bool(value)
            }
            _ => self.op(Op::Not(a)),
        }
    }

    /// Where one condition holds inside another.
    pub(super) fn within(&mut self, path: Option<ValueId>, cond: ValueId) -> ValueId {
        match path {
            Some(path) => self.and(path, cond),
            None => cond,
        }
    }

    /// A value back within the limit, where it may have left it.
    pub(super) fn clamp(&mut self, value: ValueId) -> ValueId {
        if self.bound(value) <= VALUE_LIMIT { value } else { self.op(Op::Clamp(value)) }
    }

    fn constant(&self, value: ValueId) -> Option<bool> {
        match self.open.ops.get(value) {
            Some(Op::Bool(value)) => Some(*value),
            _ => None,
        }
    }
}

fn rename(end: Terminator, renamed: &dyn Fn(BlockId) -> BlockId) -> Terminator {
    match end {
        Terminator::Jump(next) => Terminator::Jump(renamed(next)),
        Terminator::Branch(cond, yes, no) => Terminator::Branch(cond, renamed(yes), renamed(no)),
        Terminator::Effect { step, effect, next } => Terminator::Effect { step, effect, next: renamed(next) },
        Terminator::Wait { step, wait, resume } => Terminator::Wait { step, wait, resume: renamed(resume) },
        end @ (Terminator::Finish { .. } | Terminator::Result { .. }) => end,
    }
}
