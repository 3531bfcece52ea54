//! Fields that lie elsewhere now: what older steps ask of the slot before is asked of the one that is written from now on.
//!
//! Choices, stages and the texts that a field is compared with are numbers in its slot, and may be other numbers in the new one. So a
//! block is written anew: where it compares or stores such a number, it does so with the new one.

use super::refused::Lost;
use crate::{
    Area, Block, Comparison, Field, FieldType, Id, IdMap, Op, Place, Program, SlotId, SlotKind, Terminator, ValueId,
};
use std::collections::BTreeMap;

/// What became of slots that older steps may name.
#[derive(Debug, Default)]
pub(super) struct Moves(BTreeMap<SlotId, Result<Moved, Lost>>);

/// Where a field is now.
#[derive(Debug, Clone)]
struct Moved {
    to: SlotId,
    kind: SlotKind,
    /// Whether it was and is always known.
    always: (bool, bool),
    values: Option<Values>,
    field: String,
    /// What each number was called.
    names: Vec<String>,
}

/// What each number is now.
#[derive(Debug, Clone)]
struct Values {
    /// None where it is nothing any more.
    exact: Vec<Option<i64>>,
    /// Of what is in order, the highest that is not above it.
    floor: Vec<Option<i64>>,
}

impl Moves {
    /// From the fields of the kept program to those of the new one, by the same numbers.
    pub(super) fn find(kept: &Program, out: &Program) -> Moves {
        let mut moves = BTreeMap::new();
        for (id, before) in kept.fields.iter() {
            let (Some(from), Some(field)) = (before.slot, out.fields.get(id)) else { continue };
            let Some(to) = field.slot else { continue };
            if to == from {
                continue;
            }
            let always = |program: &Program, slot| {
                program.frame.slots.get(slot).is_some_and(|slot: &crate::Slot| slot.presence.is_none())
            };
            let moved = values(kept, before, out, field).map(|values| Moved {
                to,
                kind: field.ty.slot_kind(),
                always: (always(kept, from), always(out, to)),
                values,
                field: field.name.clone(),
                names: names(kept, before),
            });
            moves.insert(from, moved);
        }
        Moves(moves)
    }

    /// The texts of a field that stays where it is have other numbers.
    pub(super) fn texts(slot: SlotId, was: &[String], is: &[String]) -> Moves {
        let values = Values::exact(renamed(was, is));
        let moved = Moved {
            to: slot,
            kind: SlotKind::Symbol,
            always: (false, false),
            values: Some(values),
            field: String::new(),
            names: Vec::new(),
        };
        Moves([(slot, Ok(moved))].into_iter().collect())
    }

    fn of(&self, place: Place) -> Result<Option<&Moved>, Lost> {
        match self.0.get(&place.slot).filter(|_| place.area == Area::Contact) {
            None => Ok(None),
            Some(Ok(moved)) => Ok(Some(moved)),
            Some(Err(lost)) => Err(lost.clone()),
        }
    }

    /// Where a slot that steps may write is now; none where it is nothing any more.
    pub(super) fn written(&self, slot: SlotId) -> Option<SlotId> {
        match self.0.get(&slot) {
            None => Some(slot),
            Some(moved) => moved.as_ref().ok().map(|moved| moved.to),
        }
    }

    /// Where a slot that steps read is now.
    pub(super) fn read(&self, slot: SlotId) -> Result<SlotId, Lost> {
        Ok(self.of(Place::contact(slot))?.map_or(slot, |moved| moved.to))
    }

    /// A block that names the slots of now.
    pub(super) fn block(&self, block: &Block) -> Result<Block, Lost> {
        let touches = |op: &Op| {
            let place = op.place().filter(|place| place.area == Area::Contact);
            place.is_some_and(|place| self.0.contains_key(&place.slot))
        };
        if !block.ops.values().any(touches) {
            return Ok(block.clone());
        }
        let mut anew = Anew { moves: self, before: &block.ops, ops: IdMap::default(), of: Vec::new() };
        for (id, op) in block.ops.iter() {
            let value = anew.op(id, op)?;
            anew.of.push(value);
        }
        let end = match block.end {
            Terminator::Branch(value, yes, no) => Terminator::Branch(anew.at(value), yes, no),
            Terminator::Result { holds, next_change } => {
                Terminator::Result { holds: anew.at(holds), next_change: anew.at(next_change) }
            }
            ref other => other.clone(),
        };
        Ok(Block { ops: anew.ops, end })
    }
}

impl Values {
    fn exact(values: Vec<Option<i64>>) -> Values {
        Values { floor: values.clone(), exact: values }
    }
}

fn renamed(was: &[String], is: &[String]) -> Vec<Option<i64>> {
    let place = |name: &String| Some(is.iter().position(|known| known == name)? as i64 + 1);
    std::iter::once(Some(0)).chain(was.iter().map(place)).collect()
}

fn names(kept: &Program, field: &Field) -> Vec<String> {
    match &field.ty {
        FieldType::OneOf(choices) => std::iter::once(String::new()).chain(choices.to_vec()).collect(),
        FieldType::Stage => kept.stages.clone(),
        _ => Vec::new(),
    }
}

fn values(kept: &Program, before: &Field, out: &Program, field: &Field) -> Result<Option<Values>, Lost> {
    match (&before.ty, &field.ty) {
        _ if before.tag != field.tag => Err(Lost::field(before, field)),
        (FieldType::OneOf(was), FieldType::OneOf(is)) => Ok((was != is).then(|| Values::exact(renamed(was, is)))),
        (FieldType::Stage, FieldType::Stage) => {
            let place = |stage: &String| out.stages.iter().position(|known| known == stage).map(|place| place as i64);
            let exact: Vec<Option<i64>> = kept.stages.iter().map(place).collect();
            let floor = exact.iter().scan(0, |last, place| {
                *last = place.unwrap_or(*last);
                Some(Some(*last))
            });
            Ok(Some(Values { floor: floor.collect(), exact }))
        }
        (was, is) if was.is_text() && is.is_text() => {
            Ok(Some(Values::exact(renamed(&before.literals, &field.literals))))
        }
        (FieldType::Number | FieldType::Money, FieldType::Number | FieldType::Money) => Ok(None),
        (was, is) if was == is => Ok(None),
        _ => Err(Lost::field(before, field)),
    }
}

/// A block on its way.
struct Anew<'b> {
    moves: &'b Moves,
    before: &'b IdMap<ValueId, Op>,
    ops: IdMap<ValueId, Op>,
    /// For each value of before, the one of now.
    of: Vec<ValueId>,
}

impl<'b> Anew<'b> {
    fn at(&self, value: ValueId) -> ValueId {
        self.of.get(value.index()).copied().unwrap_or(value)
    }

    fn op(&mut self, id: ValueId, op: &Op) -> Result<ValueId, Lost> {
        if let Some(moved) = op.place().map(|place| self.moves.of(place)).transpose()?.flatten() {
            return self.slot(op, moved);
        }
        Ok(match *op {
            Op::Compare(how, left, right) => match (self.numbered(left), self.constant(right)) {
                (Some(values), Some(number)) => self.compared(how, left, values, number),
                _ => match (self.constant(left), self.numbered(right)) {
                    (Some(number), Some(values)) => self.compared(turned(how), right, values, number),
                    _ => self.same(op),
                },
            },
            Op::InSet(value, ref numbers) => match self.numbered(value) {
                Some(values) => self.among(value, values, |number| numbers.contains(&number)),
                None => self.same(op),
            },
            Op::InRange(value, low, high) => match self.numbered(value) {
                Some(values) => self.among(value, values, |number| (low..=high).contains(&number)),
                None => self.same(op),
            },
            _ => {
                debug_assert_eq!(self.of.len(), id.index(), "values come in order");
                self.same(op)
            }
        })
    }

    fn same(&mut self, op: &Op) -> ValueId {
        let mut op = op.clone();
        for operand in op.operands_mut() {
            *operand = self.at(*operand);
        }
        self.ops.push(op)
    }

    /// An op on a slot that is elsewhere now.
    fn slot(&mut self, op: &Op, moved: &'b Moved) -> Result<ValueId, Lost> {
        let to = Place::contact(moved.to);
        let (was_always, is_always) = moved.always;
        let may_lack = was_always && !is_always;
        Ok(match *op {
            Op::Load(_) => {
                let value = self.ops.push(Op::Load(to));
                match (may_lack, moved.kind) {
                    (false, _) => value,
                    // What is missing counts as nothing: before, it always was something.
                    (true, SlotKind::Bool) => {
                        let known = self.ops.push(Op::Known(to));
                        self.ops.push(Op::And(known, value))
                    }
                    (true, _) => {
                        let (known, none) = (self.ops.push(Op::Known(to)), self.ops.push(Op::Int(0)));
                        self.ops.push(Op::Select(known, value, none))
                    }
                }
            }
            Op::Known(_) if is_always => self.ops.push(Op::Bool(true)),
            Op::Known(_) => self.ops.push(Op::Known(to)),
            Op::Store(_, value) => {
                let stored = self.stored(value, moved)?;
                let store = self.ops.push(Op::Store(to, stored));
                if may_lack {
                    let known = match self.before.get(value) {
                        Some(Op::Select(path, ..)) => {
                            let known = self.ops.push(Op::Known(to));
                            self.ops.push(Op::Or(known, self.at(*path)))
                        }
                        _ => self.ops.push(Op::Bool(true)),
                    };
                    self.ops.push(Op::SetKnown(to, known));
                }
                store
            }
            Op::SetKnown(_, value) if is_always => self.at(value),
            Op::SetKnown(_, value) => self.ops.push(Op::SetKnown(to, self.at(value))),
            _ => self.same(op),
        })
    }

    /// What is stored, by the numbers of now.
    fn stored(&mut self, value: ValueId, moved: &'b Moved) -> Result<ValueId, Lost> {
        let Some(values) = &moved.values else { return Ok(self.at(value)) };
        Ok(match self.before.get(value) {
            Some(Op::Int(number)) => {
                let known = usize::try_from(*number).ok().and_then(|place| values.floor.get(place).copied().flatten());
                let name = usize::try_from(*number).ok().and_then(|place| moved.names.get(place));
                let lost = || Lost::Choice {
                    field: moved.field.clone(),
                    choice: name.cloned().unwrap_or_else(|| number.to_string()),
                };
                let number = known.ok_or_else(lost)?;
                self.ops.push(Op::Int(number))
            }
            Some(Op::Select(path, yes, no)) => {
                let (yes, no) = (self.stored(*yes, moved)?, self.stored(*no, moved)?);
                self.ops.push(Op::Select(self.at(*path), yes, no))
            }
            Some(Op::Max(one, other)) => {
                let (one, other) = (self.stored(*one, moved)?, self.stored(*other, moved)?);
                self.ops.push(Op::Max(one, other))
            }
            Some(Op::Min(one, other)) => {
                let (one, other) = (self.stored(*one, moved)?, self.stored(*other, moved)?);
                self.ops.push(Op::Min(one, other))
            }
            Some(Op::Clamp(inner)) => {
                let inner = self.stored(*inner, moved)?;
                self.ops.push(Op::Clamp(inner))
            }
            _ => self.at(value),
        })
    }

    /// The numbers of now, where a value is what a moved slot holds.
    fn numbered(&self, value: ValueId) -> Option<&'b Values> {
        match self.before.get(value)? {
            Op::Load(place) => self.moves.of(*place).ok()??.values.as_ref(),
            Op::Clamp(inner) => self.numbered(*inner),
            _ => None,
        }
    }

    fn constant(&self, value: ValueId) -> Option<i64> {
        match self.before.get(value)? {
            Op::Int(number) => Some(*number),
            _ => None,
        }
    }

    fn among(&mut self, value: ValueId, values: &Values, holds: impl Fn(i64) -> bool) -> ValueId {
        let numbers = (0..).zip(&values.exact).filter(|(number, _)| holds(*number)).filter_map(|(_, now)| *now);
        let mut numbers: Vec<i64> = numbers.collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.is_empty() {
            self.ops.push(Op::Bool(false))
        } else {
            self.ops.push(Op::InSet(self.at(value), numbers))
        }
    }

    /// Of a number that is gone nothing is true but that it is something else; in an order it lies right above its floor.
    fn compared(&mut self, how: Comparison, value: ValueId, values: &Values, number: i64) -> ValueId {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let place = usize::try_from(number).ok();
        let of = |list: &[Option<i64>]| place.and_then(|place| list.get(place).copied().flatten());
        let (how, number) = match (of(&values.exact), of(&values.floor), how) {
            (Some(now), ..) => (how, now),
            (None, _, Equal) | (None, None, Less | LessOrEqual | Greater | GreaterOrEqual) => {
                return self.ops.push(Op::Bool(false));
            }
            (None, _, NotEqual) => return self.ops.push(Op::Bool(true)),
            (None, Some(floor), Greater | GreaterOrEqual) => (Greater, floor),
            (None, Some(floor), Less | LessOrEqual) => (LessOrEqual, floor),
        };
        let number = self.ops.push(Op::Int(number));
        self.ops.push(Op::Compare(how, self.at(value), number))
    }
}

/// The same said from the other side.
fn turned(how: Comparison) -> Comparison {
    match how {
        Comparison::Equal | Comparison::NotEqual => how,
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
    }
}
