//! A predicate as a loop over columns, two rows at a time.
//!
//! ```text
//! (columns, now, bytes of a column, where holds goes, where the next change goes)
//! ```
//! An Int is a vector of two `i64`; a truth value is one too, with all bits of a lane or none, as comparisons leave them. So and, or and not are those
//! of bits, and a choice is made by a mask.

use super::super::error::CompileError;
use super::super::unit::{Code, Member, compile_members};
use super::lay_out::{self, LayOutFn};
use super::{Column, LANES, Read, STRIDE};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I64, I64X2};
use cranelift_codegen::ir::{
    self as clif, AbiParam, BlockArg, ConstantData, InstBuilder, MemFlagsData, Signature, Value,
};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use flow_ir::{Block, Comparison, Function, IdMap, Op, PredicateId, Program, Terminator, VALUE_LIMIT, ValueId};

pub(super) type LanesFn = unsafe extern "C" fn(*const i64, i64, u64, *mut i64, *mut i64);

/// A set of more neighbourhoods than that is asked row by row: each of them is a comparison of its own here, and one bit test there.
const MAX_RUNS: usize = 16;

/// The columns that a predicate reads; none where lanes cannot do what it does.
pub(super) fn needs(function: &Function) -> Option<Vec<Read>> {
    let (block, _, _) = only_block(function)?;
    let mut reads = Vec::new();
    for op in block.ops.values() {
        match op {
            Op::Load(place) => reads.push(Read::Value(*place)),
            Op::Known(place) => reads.push(Read::Known(*place)),
            Op::TextTest(test) => reads.push(Read::Text(*test)),
            Op::InSet(_, set) if runs(set).count() > MAX_RUNS => return None,
            // A segment has a function of its own, and what watches reads its slot; the calendar answers for one row.
            Op::Segment(_) | Op::Calendar(..) | Op::Store(..) | Op::SetKnown(..) => return None,
            _ => {}
        }
    }
    Some(reads)
}

fn only_block(function: &Function) -> Option<(&Block, ValueId, ValueId)> {
    let block = function.blocks.values().next().filter(|_| function.blocks.len() == 1)?;
    let Terminator::Result { holds, next_change } = block.end else { return None };
    Some((block, holds, next_change))
}

/// Compiles the loop of each predicate, none for one that lanes cannot do or whose columns are not among these, which are sorted; and the one that lays
/// the columns out.
pub(super) fn compile_columns(
    program: &Program,
    predicates: &[PredicateId],
    (reads, columns): (&[Read], &[Column<'_>]),
) -> Result<(Vec<Option<LanesFn>>, LayOutFn, Code), CompileError> {
    let isa = super::super::target("speed")?;
    let owner = predicates.iter().find_map(|id| program.predicates.get(*id)?.workflow);
    let can = |id: &PredicateId| {
        let predicate = program.predicates.get(*id)?;
        // The columns are those of one workflow's journeys.
        let is_of_it = predicate.workflow.is_none() || predicate.workflow == owner;
        let has_all = needs(&predicate.function)?.iter().all(|read| reads.binary_search(read).is_ok());
        (is_of_it && has_all).then_some(&predicate.function)
    };
    let functions: Vec<Option<&Function>> = predicates.iter().map(can).collect();
    let mut members = vec![Member {
        name: "columns".to_owned(),
        ops: columns.len(),
        emit: Box::new(|filled, scratch| lay_out::emit(&isa, filled, scratch, columns)),
    }];
    members.extend(functions.iter().flatten().enumerate().map(|(nth, function)| Member {
        name: format!("columns of predicate {nth}"),
        ops: function.blocks.values().map(|block| block.ops.len()).sum(),
        emit: Box::new(|filled, scratch| emit(&isa, filled, scratch, function, reads)),
    }));
    let (addresses, code) = compile_members(&isa, members)?;
    let mut addresses = addresses.into_iter();
    let missing = || CompileError::Generator { function: "columns".to_owned(), reason: "was not made".to_owned() };
    let lay_out = addresses.next().ok_or_else(missing)?;
    // SAFETY: `lay_out::emit` gave the function the signature of `LayOutFn`, in the system's calling convention.
    let lay_out = unsafe { std::mem::transmute::<*const u8, LayOutFn>(lay_out) };
    let of = |function: &Option<&Function>| {
        let address = function.and_then(|_| addresses.next())?;
        // SAFETY: `emit` gave the function the signature of `LanesFn`, in the system's calling convention.
        Some(unsafe { std::mem::transmute::<*const u8, LanesFn>(address) })
    };
    Ok((functions.iter().map(of).collect(), lay_out, code))
}

/// Fills `filled` with the loop of a predicate: `LanesFn`.
fn emit(
    isa: &OwnedTargetIsa,
    filled: &mut clif::Function,
    scratch: &mut FunctionBuilderContext,
    predicate: &Function,
    columns: &[Read],
) {
    let mut signature = Signature::new(isa.default_call_conv());
    signature.params.extend([isa.pointer_type(), I64, I64, isa.pointer_type(), isa.pointer_type()].map(AbiParam::new));
    filled.signature = signature;
    let Some((block, holds, next_change)) = only_block(predicate) else { return };
    let mut builder = FunctionBuilder::new(filled, scratch);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let arguments = builder.block_params(entry).to_vec();
    let &[table, now, end, holds_to, next_change_to] = arguments.as_slice() else { return };
    let [head, body, exit] = [builder.create_block(), builder.create_block(), builder.create_block()];
    let at = builder.append_block_param(head, I64);
    let now = builder.ins().splat(I64X2, now);
    let first = builder.ins().iconst(I64, 0);
    builder.ins().jump(head, &[BlockArg::Value(first)]);
    builder.switch_to_block(head);
    let is_more = builder.ins().icmp(IntCC::UnsignedLessThan, at, end);
    builder.ins().brif(is_more, body, &[], exit, &[]);
    builder.switch_to_block(body);
    let row = builder.ins().iadd(table, at);
    let flags = MemFlagsData::new().with_notrap();
    let mut lanes = Lanes { builder, columns, row, now, flags };
    let values = lanes.ops(block);
    let mut builder = lanes.builder;
    for (value, to) in [(*values.at(holds), holds_to), (*values.at(next_change), next_change_to)] {
        let to = builder.ins().iadd(to, at);
        builder.ins().store(flags, value, to, 0);
    }
    let next = builder.ins().iadd_imm_s(at, (LANES * size_of::<i64>()) as i64);
    builder.ins().jump(head, &[BlockArg::Value(next)]);
    builder.switch_to_block(exit);
    builder.ins().return_(&[]);
    builder.seal_all_blocks();
    builder.finalize(isa.frontend_config());
}

/// The body of the loop.
struct Lanes<'f> {
    builder: FunctionBuilder<'f>,
    columns: &'f [Read],
    /// Where the first column has the rows at hand.
    row: Value,
    now: Value,
    flags: MemFlagsData,
}

impl Lanes<'_> {
    fn ops(&mut self, block: &Block) -> IdMap<ValueId, Value> {
        let mut values = IdMap::default();
        for op in block.ops.values() {
            let value = self.op(op, block, &values);
            values.push(value);
        }
        values
    }

    fn op(&mut self, op: &Op, block: &Block, values: &IdMap<ValueId, Value>) -> Value {
        let of = |id: ValueId| *values.at(id);
        match *op {
            Op::Int(value) => self.int(value),
            Op::Bool(holds) => self.truth(holds),
            Op::Now => self.now,
            Op::Load(place) => self.column(Read::Value(place)),
            Op::Known(place) => self.column(Read::Known(place)),
            Op::TextTest(test) => self.column(Read::Text(test)),
            // No event is at hand; the others are in no predicate that comes here (`needs`).
            Op::Trigger(_) | Op::Segment(_) | Op::Calendar(..) | Op::Store(..) | Op::SetKnown(..) => self.truth(false),
            Op::Compare(comparison, a, b) => self.compare(comparison, of(a), of(b)),
            Op::InSet(a, ref set) => self.in_set(of(a), set),
            Op::InRange(a, low, high) => self.in_range(of(a), low, high),
            Op::And(a, b) => self.builder.ins().band(of(a), of(b)),
            Op::Or(a, b) | Op::BitOr(a, b) => self.builder.ins().bor(of(a), of(b)),
            Op::Not(a) => self.builder.ins().bnot(of(a)),
            Op::Add(a, b) => self.builder.ins().iadd(of(a), of(b)),
            Op::Sub(a, b) => self.builder.ins().isub(of(a), of(b)),
            Op::Clamp(a) => {
                let (low, high) = (self.int(-VALUE_LIMIT), self.int(VALUE_LIMIT));
                let value = self.lesser(of(a), high);
                self.greater(value, low)
            }
            Op::Min(a, b) => self.lesser(of(a), of(b)),
            Op::Max(a, b) => self.greater(of(a), of(b)),
            Op::Bit(a, bit) => {
                let bit = self.int(1 << bit);
                self.builder.ins().band(of(a), bit)
            }
            Op::Select(which, yes, no) => match block.ops.get(yes) {
                // `x + 10 where it holds, else x`: what is added is masked.
                Some(Op::Add(base, step)) if *base == no => {
                    let step = self.builder.ins().band(of(which), of(*step));
                    self.builder.ins().iadd(of(no), step)
                }
                _ => self.builder.ins().bitselect(of(which), of(yes), of(no)),
            },
        }
    }

    fn int(&mut self, value: i64) -> Value {
        let lanes: [[u8; size_of::<i64>()]; LANES] = [value.to_le_bytes(); LANES];
        let constant = self.builder.func.dfg.constants.insert(ConstantData::from(lanes.as_flattened()));
        self.builder.ins().vconst(I64X2, constant)
    }

    fn truth(&mut self, holds: bool) -> Value {
        self.int(super::mask(holds))
    }

    fn column(&mut self, read: Read) -> Value {
        // Each that is read is among them (`compile_lanes`).
        let place = self.columns.binary_search(&read).unwrap_or_default();
        let offset = (place * STRIDE * size_of::<i64>()) as i32;
        self.builder.ins().load(I64X2, self.flags, self.row, offset)
    }

    fn compare(&mut self, comparison: Comparison, a: Value, b: Value) -> Value {
        let condition = super::super::op::condition(comparison);
        self.builder.ins().icmp(condition, a, b)
    }

    fn in_set(&mut self, value: Value, set: &[i64]) -> Value {
        let mut found = None;
        for (first, last) in runs(set) {
            let hit = self.in_range(value, first, last);
            found = Some(found.map_or(hit, |others| self.builder.ins().bor(others, hit)));
        }
        found.unwrap_or_else(|| self.truth(false))
    }

    fn in_range(&mut self, value: Value, low: i64, high: i64) -> Value {
        if low > high {
            return self.truth(false);
        }
        let first = self.int(low);
        if low == high {
            return self.compare(Comparison::Equal, value, first);
        }
        let last = self.int(high);
        let above = self.compare(Comparison::GreaterOrEqual, value, first);
        let below = self.compare(Comparison::LessOrEqual, value, last);
        self.builder.ins().band(above, below)
    }

    fn lesser(&mut self, a: Value, b: Value) -> Value {
        let is_less = self.compare(Comparison::Less, a, b);
        self.builder.ins().bitselect(is_less, a, b)
    }

    fn greater(&mut self, a: Value, b: Value) -> Value {
        let is_greater = self.compare(Comparison::Greater, a, b);
        self.builder.ins().bitselect(is_greater, a, b)
    }
}

/// The neighbourhoods of a set, which is sorted: from where to where there is no gap.
fn runs(set: &[i64]) -> impl Iterator<Item = (i64, i64)> {
    set.chunk_by(|one, next| one.checked_add(1) == Some(*next)).filter_map(|run| Some((*run.first()?, *run.last()?)))
}
