//! Functions: blocks of straight-line ops that end in a branch, an effect, a suspension or a result.
//!
//! A block's values are numbered by its ops (`v3` is what op 3 computes) and live only in that block; between blocks everything
//! lies in memory. So any block that a journey can resume at needs nothing else.

use super::area::Place;
use super::calendar::Calendar;
use super::workflow::Ending;
use crate::id::{BlockId, EffectId, IdMap, SegmentId, StepId, TextTestId, ValueId, WaitId};
use serde::{Deserialize, Serialize};

/// A control-flow graph. Block 0 is where it starts. It has no cycle: every workflow ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// All of them are reached from block 0, and no path comes back to where it was; the verifier shows both.
    pub blocks: IdMap<BlockId, Block>,
}

/// Ops, then the one way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Run in order; each may read the values before it.
    pub ops: IdMap<ValueId, Op>,
    /// Where it goes from there.
    pub end: Terminator,
}

/// What an op leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A whole number of 64 bits, within the range that the verifier has shown.
    Int,
    /// Holds or does not.
    Bool,
    /// A store: nothing.
    Nothing,
}

/// How two integers are compared, both signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// The same of sides that have changed places: `a < b` is `b > a`.
    #[must_use]
    pub fn turned(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            Comparison::Equal | Comparison::NotEqual => self,
        }
    }
}

impl Comparison {
    /// Whether it holds of two integers.
    pub fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
        }
    }
}

/// One computation. None of them can fail, trap or have an effect; sums wrap nowhere, because whatever a slot holds is
/// within [`VALUE_LIMIT`](crate::VALUE_LIMIT) and the verifier bounds every value computed from there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Op {
    /// A constant integer.
    Int(i64),
    /// A constant truth value.
    Bool(bool),
    /// The instant of this run, in milliseconds.
    Now,
    /// A slot's value: Bool for [`SlotKind::Bool`](crate::SlotKind), Int for the rest.
    Load(Place),
    /// Writes a slot, of the same type as a load of it.
    Store(Place, ValueId),
    /// Whether an optional slot is known.
    Known(Place),
    /// Marks an optional slot as known or missing.
    SetKnown(Place, ValueId),
    /// Whether the arriving event matches the entry's pattern of this number (below [`MAX_TRIGGERS`](crate::limits::MAX_TRIGGERS)). False outside an event.
    Trigger(u32),
    /// Asks the host to look into a text field.
    TextTest(TextTestId),
    /// Whether a segment holds of the contact as the frame stands now.
    Segment(SegmentId),
    /// Asks the calendar of the contact's zone about an integer; the answer is within plus or minus [`VALUE_LIMIT`](crate::VALUE_LIMIT).
    Calendar(Calendar, ValueId),
    /// Compares two integers.
    Compare(Comparison, ValueId, ValueId),
    /// Whether an integer is one of these (sorted, without repeats).
    InSet(ValueId, Vec<i64>),
    /// Whether `low <= value <= high`.
    InRange(ValueId, i64, i64),
    /// Whether both hold; both are computed.
    And(ValueId, ValueId),
    /// Whether one holds or both; both are computed.
    Or(ValueId, ValueId),
    /// Whether it does not hold.
    Not(ValueId),
    /// The sum of two integers.
    Add(ValueId, ValueId),
    /// The first less the second.
    Sub(ValueId, ValueId),
    /// Brings an integer back within plus or minus [`VALUE_LIMIT`](crate::VALUE_LIMIT).
    Clamp(ValueId),
    /// The lesser of two integers.
    Min(ValueId, ValueId),
    /// The greater of two integers.
    Max(ValueId, ValueId),
    /// Bitwise or of two integers that are not negative: gathers trace bits.
    BitOr(ValueId, ValueId),
    /// A truth value as the bit of this number (below [`TRACE_BITS`](crate::limits::TRACE_BITS)).
    Bit(ValueId, u32),
    /// The second where the first holds, else the third (both Int or both Bool).
    Select(ValueId, ValueId, ValueId),
}

/// The one way out of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Terminator {
    /// Always on to this block.
    Jump(BlockId),
    /// To the first where the value holds, else to the second.
    Branch(ValueId, BlockId, BlockId),
    /// Asks the host for an effect. *Done* goes on to `next`; *held* leaves the journey here, to run this block again. The block has
    /// no ops, so that running it again changes nothing.
    Effect {
        /// The step it belongs to, for decision records.
        step: StepId,
        /// Which one, in [`Workflow::effects`](crate::Workflow::effects).
        effect: EffectId,
        /// Where the journey goes when it is done.
        next: BlockId,
    },
    /// Leaves the journey waiting; it resumes at `resume`.
    Wait {
        /// The step it belongs to, for decision records.
        step: StepId,
        /// For what and how long, in [`Workflow::waits`](crate::Workflow::waits).
        wait: WaitId,
        /// Where it goes on, whichever way the wait ended.
        resume: BlockId,
    },
    /// Ends the journey.
    Finish {
        /// The step that says so; none where the steps ran out.
        step: Option<StepId>,
        /// In which way.
        ending: Ending,
    },
    /// Ends a predicate: does it hold, and at which later instant may that change by itself ([`FOREVER`](crate::FOREVER): never).
    Result {
        /// A Bool.
        holds: ValueId,
        /// An Int: an instant in milliseconds.
        next_change: ValueId,
    },
}

impl Terminator {
    /// Where it may go within the function, resumption included.
    pub fn targets(&self) -> Vec<BlockId> {
        match *self {
            Terminator::Jump(next) | Terminator::Effect { next, .. } | Terminator::Wait { resume: next, .. } => {
                vec![next]
            }
            Terminator::Branch(_, yes, no) => vec![yes, no],
            Terminator::Finish { .. } | Terminator::Result { .. } => Vec::new(),
        }
    }
}

impl Op {
    /// The slot it reads or writes.
    pub fn place(&self) -> Option<Place> {
        match *self {
            Op::Load(place) | Op::Store(place, _) | Op::Known(place) | Op::SetKnown(place, _) => Some(place),
            _ => None,
        }
    }

    /// The values it reads, to give them other numbers.
    pub(crate) fn operands_mut(&mut self) -> Vec<&mut ValueId> {
        match self {
            Op::Int(_)
            | Op::Bool(_)
            | Op::Now
            | Op::Load(_)
            | Op::Known(_)
            | Op::Trigger(_)
            | Op::TextTest(_)
            | Op::Segment(_) => Vec::new(),
            Op::Store(_, a) | Op::SetKnown(_, a) | Op::InSet(a, _) | Op::InRange(a, ..) => vec![a],
            Op::Not(a) | Op::Clamp(a) | Op::Bit(a, _) | Op::Calendar(_, a) => vec![a],
            Op::Compare(_, a, b) | Op::And(a, b) | Op::Or(a, b) | Op::Add(a, b) | Op::Sub(a, b) => vec![a, b],
            Op::Min(a, b) | Op::Max(a, b) | Op::BitOr(a, b) => vec![a, b],
            Op::Select(a, b, c) => vec![a, b, c],
        }
    }
}
