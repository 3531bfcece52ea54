//! Each value's type and, for an integer, the interval it stays in.
//!
//! A slot holds at most plus or minus [`VALUE_LIMIT`], so two loads can be added; a third may not fit. Following the interval of
//! every value (in 128 bits, so that this arithmetic cannot overflow itself) shows exactly where a [`Op::Clamp`] is needed, and
//! spares every backend the check.

use super::super::{Area, Id, Layout, Op, Place, Program, SlotId, SlotKind, VALUE_LIMIT, ValueId, ValueType, Workflow};
use crate::limits::{MAX_TRIGGERS, TRACE_BITS};
use std::collections::BTreeSet;

/// An interval of integers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The least value in it.
    pub low: i128,
    /// The greatest value in it.
    pub high: i128,
}

const SLOT_RANGE: Range = Range { low: -(VALUE_LIMIT as i128), high: VALUE_LIMIT as i128 };
/// A trace word gathers bits, so it is never negative.
const TRACE_RANGE: Range = Range { low: 0, high: (1 << TRACE_BITS) - 1 };

impl Range {
    fn new(low: impl Into<i128>, high: impl Into<i128>) -> Self {
        Self { low: low.into(), high: high.into() }
    }
    /// Whether every value of it lies in `outer` too.
    pub fn within(self, outer: Range) -> bool {
        self.low >= outer.low && self.high <= outer.high
    }
    /// The smallest interval around both.
    fn union(self, other: Range) -> Range {
        Range { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
    fn clamp(self, outer: Range) -> Range {
        Range { low: self.low.clamp(outer.low, outer.high), high: self.high.clamp(outer.low, outer.high) }
    }
}

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// An integer that never leaves this interval.
    Int(Range),
    /// A truth value.
    Bool,
    /// A store leaves no value.
    Nothing,
}

impl Known {
    /// The type alone.
    pub fn ty(self) -> ValueType {
        match self {
            Known::Int(_) => ValueType::Int,
            Known::Bool => ValueType::Bool,
            Known::Nothing => ValueType::Nothing,
        }
    }
}

/// Where an op stands: what it may read and write.
#[derive(Clone, Copy)]
pub struct Scope<'p> {
    /// Whose layouts, fields and tests the op may name.
    pub program: &'p Program,
    /// The workflow whose journey is at hand.
    pub workflow: Option<&'p Workflow>,
    /// What a body stores to of the contact, as a set: each of its stores is looked up. Predicates write nothing.
    pub writes: Option<&'p BTreeSet<SlotId>>,
}

impl<'p> Scope<'p> {
    fn layout(&self, place: Place) -> Result<(&'p Layout, SlotId), String> {
        let layout = self.program.layouts(self.workflow)[place.area];
        let layout = layout.ok_or_else(|| format!("there is no {} here", place.area.word()))?;
        if layout.slots.get(place.slot).is_none() {
            return Err(format!("there is no {}", place.slot));
        }
        Ok((layout, place.slot))
    }

    /// What a slot can hold.
    pub fn slot(&self, place: Place) -> Result<Known, String> {
        let (layout, slot) = self.layout(place)?;
        Ok(match layout.slots.at(slot).kind {
            SlotKind::Bool => Known::Bool,
            SlotKind::Code => Known::Int(Range::new(0, u16::MAX)),
            SlotKind::Symbol => Known::Int(Range::new(0, u32::MAX)),
            SlotKind::Days => Known::Int(Range::new(i32::MIN, i32::MAX)),
            SlotKind::Int if self.is_trace(place) => Known::Int(TRACE_RANGE),
            SlotKind::Int => Known::Int(SLOT_RANGE),
        })
    }

    fn is_trace(&self, place: Place) -> bool {
        place.area == Area::Journey && self.workflow.is_some_and(|workflow| workflow.slots.trace.contains(&place.slot))
    }

    fn optional(&self, place: Place) -> Result<(), String> {
        let (layout, slot) = self.layout(place)?;
        let found = layout.slots.at(slot);
        found.presence.map(|_| ()).ok_or_else(|| format!("`{}` is always known", found.name))
    }

    fn writable(&self, place: Place) -> Result<(), String> {
        let Some(writes) = self.writes else {
            return Err("a predicate writes nothing".to_owned());
        };
        match place.area {
            Area::Contact if !writes.contains(&place.slot) => {
                Err(format!("{} is not among the slots the workflow writes", place.slot))
            }
            Area::Contact | Area::Journey => Ok(()),
            Area::Company | Area::Event => Err(format!("a body writes nothing of the {}", place.area.word())),
        }
    }

    /// What an op leaves, given what the ops before it left; or what is wrong with it.
    pub fn infer(&self, op: &Op, before: &[Known]) -> Result<Known, String> {
        let values = Operands { before };
        match op {
            Op::Int(value) => constant(*value),
            Op::Bool(_) => Ok(Known::Bool),
            Op::Now => Ok(Known::Int(SLOT_RANGE)),
            Op::Load(place) => self.slot(*place),
            Op::Store(place, value) => self.store(*place, values.get(*value)?),
            Op::Known(place) => self.optional(*place).map(|()| Known::Bool),
            Op::SetKnown(place, value) => {
                values.bool(*value)?;
                self.writable(*place)?;
                self.optional(*place).map(|()| Known::Nothing)
            }
            Op::Trigger(bit) if self.writes.is_some() => Err(format!("trigger {bit} outside a predicate")),
            Op::Trigger(bit) => below(*bit, MAX_TRIGGERS).map(|()| Known::Bool),
            Op::TextTest(test) if self.program.text_tests.get(*test).is_none() => Err(format!("there is no {test}")),
            Op::TextTest(_) => Ok(Known::Bool),
            Op::Segment(segment) if self.program.segments.get(*segment).is_none() => {
                Err(format!("there is no {segment}"))
            }
            Op::Segment(_) => Ok(Known::Bool),
            Op::Calendar(calendar, _) if calendar.window().is_some_and(|window| !window.opens()) => {
                Err("asks for hours that no clock shows".to_owned())
            }
            Op::Calendar(_, value) => values.int(*value).map(|_| Known::Int(SLOT_RANGE)),
            Op::InSet(value, set) if !set.is_sorted_by(|one, next| one < next) => {
                Err(format!("the set that {value} is looked up in is not sorted or repeats itself"))
            }
            Op::InSet(value, _) | Op::InRange(value, ..) => values.int(*value).map(|_| Known::Bool),
            Op::Compare(_, left, right) => values.ints(*left, *right).map(|_| Known::Bool),
            Op::And(left, right) | Op::Or(left, right) => values.bools(*left, *right),
            Op::Not(value) => values.bool(*value).map(|()| Known::Bool),
            Op::Bit(value, bit) => {
                values.bool(*value)?;
                below(*bit, TRACE_BITS)?;
                Ok(Known::Int(Range::new(0, 1_i128 << bit)))
            }
            _ => self.infer_sum(op, values),
        }
    }

    /// The ops from integers to an integer.
    fn infer_sum(&self, op: &Op, values: Operands<'_>) -> Result<Known, String> {
        let range = match *op {
            Op::Add(left, right) => {
                let (a, b) = values.ints(left, right)?;
                sum(Range { low: a.low + b.low, high: a.high + b.high })?
            }
            Op::Sub(left, right) => {
                let (a, b) = values.ints(left, right)?;
                sum(Range { low: a.low - b.high, high: a.high - b.low })?
            }
            Op::Clamp(value) => values.int(value)?.clamp(SLOT_RANGE),
            Op::Min(left, right) => {
                let (a, b) = values.ints(left, right)?;
                Range { low: a.low.min(b.low), high: a.high.min(b.high) }
            }
            Op::Max(left, right) => {
                let (a, b) = values.ints(left, right)?;
                Range { low: a.low.max(b.low), high: a.high.max(b.high) }
            }
            Op::BitOr(left, right) => {
                let (a, b) = values.ints(left, right)?;
                bits(a, b)?
            }
            Op::Select(which, yes, no) => return values.select(which, yes, no),
            _ => return Err("is no sum".to_owned()),
        };
        Ok(Known::Int(range))
    }

    fn store(&self, place: Place, value: Known) -> Result<Known, String> {
        self.writable(place)?;
        match (self.slot(place)?, value) {
            (Known::Bool, Known::Bool) => Ok(Known::Nothing),
            (Known::Int(room), Known::Int(range)) if range.within(room) => Ok(Known::Nothing),
            (Known::Int(room), Known::Int(range)) => {
                Err(format!("stores {} to {}, but the slot holds {} to {}", range.low, range.high, room.low, room.high))
            }
            (slot, value) => Err(format!("stores {:?} where {:?} is kept", value.ty(), slot.ty())),
        }
    }
}

/// The values that an op may read: those before it.
#[derive(Clone, Copy)]
struct Operands<'v> {
    before: &'v [Known],
}

impl Operands<'_> {
    fn get(self, value: ValueId) -> Result<Known, String> {
        self.before.get(value.index()).copied().ok_or_else(|| format!("{value} is not computed before"))
    }
    fn int(self, value: ValueId) -> Result<Range, String> {
        match self.get(value)? {
            Known::Int(range) => Ok(range),
            other => Err(format!("{value} is {:?}, not Int", other.ty())),
        }
    }
    fn bool(self, value: ValueId) -> Result<(), String> {
        match self.get(value)? {
            Known::Bool => Ok(()),
            other => Err(format!("{value} is {:?}, not Bool", other.ty())),
        }
    }
    fn ints(self, left: ValueId, right: ValueId) -> Result<(Range, Range), String> {
        Ok((self.int(left)?, self.int(right)?))
    }
    fn bools(self, left: ValueId, right: ValueId) -> Result<Known, String> {
        self.bool(left)?;
        self.bool(right)?;
        Ok(Known::Bool)
    }
    fn select(self, which: ValueId, yes: ValueId, no: ValueId) -> Result<Known, String> {
        self.bool(which)?;
        match (self.get(yes)?, self.get(no)?) {
            (Known::Int(yes), Known::Int(no)) => Ok(Known::Int(yes.union(no))),
            (Known::Bool, Known::Bool) => Ok(Known::Bool),
            (a, b) => Err(format!("selects between {:?} and {:?}", a.ty(), b.ty())),
        }
    }
}

fn constant(value: i64) -> Result<Known, String> {
    let range = Range::new(value, value);
    if range.within(SLOT_RANGE) {
        Ok(Known::Int(range))
    } else {
        Err(format!("the constant {value} is beyond {VALUE_LIMIT}"))
    }
}

fn sum(range: Range) -> Result<Range, String> {
    if range.within(Range::new(i64::MIN, i64::MAX)) {
        Ok(range)
    } else {
        Err("the sum may not fit in 64 bits: clamp an operand first".to_owned())
    }
}

fn bits(left: Range, right: Range) -> Result<Range, String> {
    if left.low < 0 || right.low < 0 {
        return Err("gathers bits of a value that may be negative".to_owned());
    }
    // Or sets no bit above the highest that either may have.
    let used = 128 - (left.high | right.high).leading_zeros();
    Ok(Range::new(left.low.max(right.low), (1_i128 << used) - 1))
}

fn below(number: u32, limit: u32) -> Result<(), String> {
    if number < limit { Ok(()) } else { Err(format!("{number} is not below {limit}")) }
}
