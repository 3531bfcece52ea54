//! Sets and ranges: whether a number is one of several, without a branch.
//!
//! Sets are small numbers of choices and texts in practice, so a set is cut into windows of 64 neighbours, and each window is one
//! bit test: `mask >> (x - first) & 1`, and that `x` lies in the window at all, as one unsigned comparison.

use super::function::Emitter;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

/// How many neighbours one mask covers.
const WINDOW: u64 = 64;

impl Emitter<'_> {
    pub(super) fn emit_in_set(&mut self, value: Value, set: &[i64]) -> Value {
        let mut found = None;
        let mut rest = set;
        while let Some(&first) = rest.first() {
            let inside = rest.partition_point(|member| distance(first, *member) < WINDOW);
            let (window, after) = rest.split_at(inside);
            let hit = self.emit_in_window(value, first, window);
            found = Some(found.map_or(hit, |others| self.builder.ins().bor(others, hit)));
            rest = after;
        }
        found.unwrap_or_else(|| self.builder.ins().iconst(types::I8, 0))
    }

    /// A window begins with `first`, which is its least.
    fn emit_in_window(&mut self, value: Value, first: i64, window: &[i64]) -> Value {
        let last = window.last().copied().unwrap_or(first);
        if distance(first, last) as usize + 1 == window.len() {
            return self.emit_in_range(value, first, last);
        }
        let mask = window.iter().fold(0_u64, |mask, member| mask | 1 << distance(first, *member));
        let offset = self.emit_distance(value, first);
        let mask = self.int(mask.cast_signed());
        // The shift counts modulo 64; the comparison makes up for that.
        let bit = self.builder.ins().ushr(mask, offset);
        let bit = self.builder.ins().ireduce(types::I8, bit);
        let bit = self.builder.ins().band_imm_u(bit, 1);
        let inside = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, offset, WINDOW.cast_signed());
        self.builder.ins().band(bit, inside)
    }

    /// `low <= value <= high` as one comparison: below `low`, the distance from it wraps to a huge number.
    pub(super) fn emit_in_range(&mut self, value: Value, low: i64, high: i64) -> Value {
        if low > high {
            return self.builder.ins().iconst(types::I8, 0);
        }
        if low == high {
            return self.builder.ins().icmp_imm_s(IntCC::Equal, value, low);
        }
        let offset = self.emit_distance(value, low);
        let width = self.int(distance(low, high).cast_signed());
        self.builder.ins().icmp(IntCC::UnsignedLessThanOrEqual, offset, width)
    }

    fn emit_distance(&mut self, value: Value, from: i64) -> Value {
        match from {
            0 => value,
            _ => self.builder.ins().iadd_imm_s(value, from.wrapping_neg()),
        }
    }
}

/// How far `to` lies above `from`.
fn distance(from: i64, to: i64) -> u64 {
    to.wrapping_sub(from).cast_unsigned()
}
