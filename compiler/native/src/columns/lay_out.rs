//! Rows as columns: one pass over the rows, a load and a store a column.
//!
//! ```text
//! (where the areas of each row begin, bytes of a column, the columns)
//! ```

use super::{Column, STRIDE};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I64};
use cranelift_codegen::ir::{
    self as clif, AbiParam, BlockArg, Endianness, InstBuilder, MemFlagsData, Signature, Value,
};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use flow_ir::{Area, Areas, Slot, SlotKind};

pub(super) type LayOutFn = unsafe extern "C" fn(*const Bases, u64, *mut i64);

/// Where the areas of a row begin.
pub(super) type Bases = [*const u8; Area::COUNT];

/// Fills `filled` with the loop: `LayOutFn`. What texts say is no part of it.
pub(super) fn emit(
    isa: &OwnedTargetIsa,
    filled: &mut clif::Function,
    scratch: &mut FunctionBuilderContext,
    columns: &[Column<'_>],
) {
    let pointer = isa.pointer_type();
    let mut signature = Signature::new(isa.default_call_conv());
    signature.params.extend([pointer, I64, pointer].map(AbiParam::new));
    filled.signature = signature;
    let mut builder = FunctionBuilder::new(filled, scratch);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let arguments = builder.block_params(entry).to_vec();
    let &[rows, end, page] = arguments.as_slice() else { return };
    let [head, body, exit] = [builder.create_block(), builder.create_block(), builder.create_block()];
    let (at, row) = (builder.append_block_param(head, I64), builder.append_block_param(head, pointer));
    let first = builder.ins().iconst(I64, 0);
    builder.ins().jump(head, &[BlockArg::Value(first), BlockArg::Value(rows)]);
    builder.switch_to_block(head);
    let is_more = builder.ins().icmp(IntCC::UnsignedLessThan, at, end);
    builder.ins().brif(is_more, body, &[], exit, &[]);
    builder.switch_to_block(body);
    let to = builder.ins().iadd(page, at);
    let mut row_of = Row { builder, pointer, row, bases: Areas::default() };
    for (place, column) in columns.iter().enumerate() {
        if let Some(lane) = row_of.lane(column) {
            let offset = (place * STRIDE * size_of::<i64>()) as i32;
            row_of.builder.ins().store(flags(), lane, to, offset);
        }
    }
    let mut builder = row_of.builder;
    let next = builder.ins().iadd_imm_s(at, size_of::<i64>() as i64);
    let next_row = builder.ins().iadd_imm_s(row, size_of::<Bases>() as i64);
    builder.ins().jump(head, &[BlockArg::Value(next), BlockArg::Value(next_row)]);
    builder.switch_to_block(exit);
    builder.ins().return_(&[]);
    builder.seal_all_blocks();
    builder.finalize(isa.frontend_config());
}

/// Frames are plain bytes, of no alignment.
fn flags() -> MemFlagsData {
    MemFlagsData::new().with_notrap().with_endianness(Endianness::Little)
}

/// The row at hand.
struct Row<'f> {
    builder: FunctionBuilder<'f>,
    pointer: clif::Type,
    row: Value,
    /// Where each of its areas begins, once that was asked for.
    bases: Areas<Option<Value>>,
}

impl Row<'_> {
    fn base(&mut self, area: Area) -> Value {
        if let Some(base) = self.bases[area] {
            return base;
        }
        let offset = (area.index() * size_of::<*const u8>()) as i32;
        let base = self.builder.ins().load(self.pointer, flags(), self.row, offset);
        self.bases[area] = Some(base);
        base
    }

    fn lane(&mut self, column: &Column<'_>) -> Option<Value> {
        Some(match column {
            Column::Value(area, slot) => self.value(*area, slot),
            Column::Known(area, slot) => self.known(*area, slot),
            Column::Text(_) => return None,
        })
    }

    fn value(&mut self, area: Area, slot: &Slot) -> Value {
        let (base, offset) = (self.base(area), slot.offset as i32);
        let ins = self.builder.ins();
        match slot.kind {
            SlotKind::Int => ins.load(I64, flags(), base, offset),
            SlotKind::Code => ins.uload16(I64, flags(), base, offset),
            SlotKind::Symbol => ins.uload32(flags(), base, offset),
            SlotKind::Days => ins.sload32(flags(), base, offset),
            SlotKind::Bool => {
                let byte = ins.load(I8, flags(), base, offset);
                self.mask(byte)
            }
        }
    }

    fn known(&mut self, area: Area, slot: &Slot) -> Value {
        let base = self.base(area);
        let bit = slot.presence.unwrap_or_default();
        let bits = self.builder.ins().load(I8, flags(), base, (bit / 8) as i32);
        let bit = self.builder.ins().band_imm_u(bits, 1 << (bit % 8));
        self.mask(bit)
    }

    /// All bits of a lane where a byte is not zero.
    fn mask(&mut self, byte: Value) -> Value {
        let is_so = self.builder.ins().icmp_imm_s(IntCC::NotEqual, byte, 0);
        let wide = self.builder.ins().uextend(I64, is_so);
        self.builder.ins().ineg(wide)
    }
}
