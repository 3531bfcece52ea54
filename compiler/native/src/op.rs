//! Ops: each becomes a few instructions without a branch. An Int is an `i64`, a Bool an `i8` of 0 or 1.

use super::abi::{CONTEXT_OPERAND, CONTEXT_SEGMENTS, CONTEXT_TRIGGERS, PredicateFn};
use super::function::{Emitter, Reached, Values};
use super::host::HostFunction;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, Inst, InstBuilder, Signature, Value, types};
use flow_ir::{Calendar, Comparison, Id, Op, Place, SegmentId, Slot, SlotKind, VALUE_LIMIT, ValueId};

impl Emitter<'_> {
    pub(super) fn emit_op(&mut self, op: &Op, values: &Values<'_>) -> Value {
        let of = |id| values.get(id);
        match *op {
            Op::Int(value) => self.int(value),
            Op::Bool(value) => self.builder.ins().iconst(types::I8, i64::from(value)),
            Op::Now => self.now,
            Op::Load(place) => self.emit_load(place),
            Op::Store(place, value) => self.emit_store(place, of(value)),
            Op::Known(place) => self.emit_known(place),
            Op::SetKnown(place, value) => self.emit_set_known(place, of(value)),
            Op::Trigger(bit) => self.emit_trigger(bit),
            Op::TextTest(test) => {
                let answer = self.emit_host_call(HostFunction::TextTest, &[test.0]);
                self.builder.ins().ireduce(types::I8, answer)
            }
            Op::Segment(segment) => self.emit_segment(segment),
            Op::Calendar(calendar, a) => self.emit_calendar(calendar, of(a)),
            Op::Compare(comparison, a, b) => self.builder.ins().icmp(condition(comparison), of(a), of(b)),
            Op::InSet(a, ref set) => self.emit_in_set(of(a), set),
            Op::InRange(a, low, high) => self.emit_in_range(of(a), low, high),
            Op::And(a, b) => self.builder.ins().band(of(a), of(b)),
            Op::Or(a, b) | Op::BitOr(a, b) => self.builder.ins().bor(of(a), of(b)),
            Op::Not(a) => self.builder.ins().icmp_imm_s(IntCC::Equal, of(a), 0),
            Op::Add(a, b) => self.builder.ins().iadd(of(a), of(b)),
            Op::Sub(a, b) => self.builder.ins().isub(of(a), of(b)),
            Op::Clamp(a) => self.emit_clamp(of(a)),
            Op::Min(a, b) => self.builder.ins().smin(of(a), of(b)),
            Op::Max(a, b) => self.builder.ins().smax(of(a), of(b)),
            Op::Bit(a, bit) => {
                let wide = self.emit_wide(a, values);
                self.builder.ins().ishl_imm_u(wide, i64::from(bit))
            }
            Op::Select(which, yes, no) => self.emit_select(which, yes, no, values),
        }
    }

    /// Asks a segment: its function reads the contact's frame, so whatever a body has changed was stored before (the lowering sees to
    /// that). What it leaves in the context as its next change is overwritten by the function that asked.
    fn emit_segment(&mut self, segment: SegmentId) -> Value {
        let pointer = self.isa.pointer_type();
        let mut signature = Signature::new(self.isa.default_call_conv());
        signature.params.extend([pointer, types::I64].map(AbiParam::new));
        signature.returns.push(AbiParam::new(types::I8));
        let signature = self.builder.import_signature(signature);
        let table = self.builder.ins().load(pointer, self.memory.context, self.context, CONTEXT_SEGMENTS);
        let offset = (segment.index() * size_of::<PredicateFn>()) as i32;
        let callee = self.builder.ins().load(pointer, self.memory.context, table, offset);
        let call = self.builder.ins().call_indirect(signature, callee, &[self.context, self.now]);
        self.answer(call)
    }

    /// Asks the calendar. A host function takes and gives words, so the value goes by the context.
    fn emit_calendar(&mut self, calendar: Calendar, value: Value) -> Value {
        self.builder.ins().store(self.memory.context, value, self.context, CONTEXT_OPERAND);
        self.emit_host_call(HostFunction::Calendar, &[calendar.code()]);
        self.builder.ins().load(types::I64, self.memory.context, self.context, CONTEXT_OPERAND)
    }

    /// What a call has answered.
    #[expect(clippy::indexing_slicing, reason = "every signature that is called from here returns one value")]
    pub(super) fn answer(&self, call: Inst) -> Value {
        self.builder.inst_results(call)[0]
    }

    /// `x + 10 where it holds, else x` becomes `x + holds * 10`: a run of such rules, as scoring has, then waits for one addition each
    /// and not for an addition and a choice. A product with 0 or 1 cannot overflow.
    fn emit_select(&mut self, which: ValueId, yes: ValueId, no: ValueId, values: &Values<'_>) -> Value {
        match values.ops.get(yes) {
            Some(Op::Add(base, step)) if *base == no && is_constant(*step, values) => {
                let wide = self.emit_wide(which, values);
                let step = self.builder.ins().imul(wide, values.get(*step));
                self.builder.ins().iadd(values.get(no), step)
            }
            _ => self.builder.ins().select(values.get(which), values.get(yes), values.get(no)),
        }
    }

    /// A truth value as an `i64`, made once.
    fn emit_wide(&mut self, truth: ValueId, values: &Values<'_>) -> Value {
        if let Some(known) = self.wide.at(truth) {
            return *known;
        }
        let wide = self.builder.ins().uextend(types::I64, values.get(truth));
        *self.wide.at_mut(truth) = Some(wide);
        wide
    }

    pub(super) fn int(&mut self, value: i64) -> Value {
        self.builder.ins().iconst(types::I64, value)
    }

    fn emit_load(&mut self, place: Place) -> Value {
        let Some(Reached { slot, base, flags }) = self.reach(place) else { return self.int(0) };
        let offset = slot.offset as i32;
        let ins = self.builder.ins();
        match slot.kind {
            SlotKind::Bool => ins.load(types::I8, flags, base, offset),
            SlotKind::Code => ins.uload16(types::I64, flags, base, offset),
            SlotKind::Symbol => ins.uload32(flags, base, offset),
            SlotKind::Days => ins.sload32(flags, base, offset),
            SlotKind::Int => ins.load(types::I64, flags, base, offset),
        }
    }

    fn emit_store(&mut self, place: Place, value: Value) -> Value {
        let Some(Reached { slot, base, flags }) = self.reach(place) else { return value };
        let offset = slot.offset as i32;
        let ins = self.builder.ins();
        match slot.kind {
            SlotKind::Bool | SlotKind::Int => ins.store(flags, value, base, offset),
            SlotKind::Code => ins.istore16(flags, value, base, offset),
            SlotKind::Symbol | SlotKind::Days => ins.istore32(flags, value, base, offset),
        };
        value
    }

    fn emit_known(&mut self, place: Place) -> Value {
        let Some(Reached { slot, base, flags }) = self.reach(place) else { return self.no() };
        let (byte, bit) = presence(slot);
        let bits = self.builder.ins().load(types::I8, flags, base, byte);
        let bit = self.builder.ins().band_imm_u(bits, 1 << bit);
        self.builder.ins().icmp_imm_s(IntCC::NotEqual, bit, 0)
    }

    fn emit_set_known(&mut self, place: Place, known: Value) -> Value {
        let Some(Reached { slot, base, flags }) = self.reach(place) else { return known };
        let (byte, bit) = presence(slot);
        let bits = self.builder.ins().load(types::I8, flags, base, byte);
        let others = self.builder.ins().band_imm_u(bits, 0xff & !(1 << bit));
        let mine = self.builder.ins().ishl_imm_u(known, i64::from(bit));
        let bits = self.builder.ins().bor(others, mine);
        self.builder.ins().store(flags, bits, base, byte);
        known
    }

    fn no(&mut self) -> Value {
        self.builder.ins().iconst(types::I8, 0)
    }

    fn emit_trigger(&mut self, bit: u32) -> Value {
        let triggers = self.builder.ins().load(types::I64, self.memory.context, self.context, CONTEXT_TRIGGERS);
        let shifted = self.builder.ins().ushr_imm_u(triggers, i64::from(bit));
        let bit = self.builder.ins().ireduce(types::I8, shifted);
        self.builder.ins().band_imm_u(bit, 1)
    }

    fn emit_clamp(&mut self, value: Value) -> Value {
        let low = self.int(-VALUE_LIMIT);
        let high = self.int(VALUE_LIMIT);
        let value = self.builder.ins().smax(value, low);
        self.builder.ins().smin(value, high)
    }
}

/// The presence byte and bit of a slot; the verifier lets only optional slots be asked.
fn presence(slot: &Slot) -> (i32, u32) {
    let bit = slot.presence.unwrap_or_default();
    ((bit / 8) as i32, bit % 8)
}

fn is_constant(value: ValueId, values: &Values<'_>) -> bool {
    matches!(values.ops.get(value), Some(Op::Int(_)))
}

pub(super) fn condition(comparison: Comparison) -> IntCC {
    match comparison {
        Comparison::Equal => IntCC::Equal,
        Comparison::NotEqual => IntCC::NotEqual,
        Comparison::Less => IntCC::SignedLessThan,
        Comparison::LessOrEqual => IntCC::SignedLessThanOrEqual,
        Comparison::Greater => IntCC::SignedGreaterThan,
        Comparison::GreaterOrEqual => IntCC::SignedGreaterThanOrEqual,
    }
}
