//! What machine code and Rust agree on: two kinds of function and the structs behind their pointers.
//!
//! ```text
//! step:       (context, frame, journey, now, block) -> the block it stopped at, or FAILED
//! predicate:  (context, frame, journey, now)        -> 0 or 1; the next change is left in the context
//! ```
//!
//! A step answers with a block number alone. What stopping there means (which wait, which ending) is read from the program, so the
//! answer needs no packing and has no limits of its own.

use super::host::HostTable;
use flow_ir::backend::Memory;
use flow_ir::guard::Guard;
use std::ffi::c_void;
use std::mem::offset_of;
use std::slice;

/// The answer of a step whose host panicked, or that was asked to begin where no journey resumes.
pub(super) const FAILED: u32 = u32::MAX;

pub(super) type StepFn = unsafe extern "C" fn(*mut Context, *mut u8, *mut u8, i64, u32) -> u32;
pub(super) type PredicateFn = unsafe extern "C" fn(*mut Context, *const u8, *const u8, i64) -> u8;

/// What a running function reaches through its first argument.
#[repr(C)]
pub(super) struct Context {
    pub(super) table: *const HostTable,
    /// The [`Call`] of this run; opaque to machine code, which hands it back to the shims.
    pub(super) call: *mut c_void,
    pub(super) triggers: u64,
    /// Where a predicate leaves the second half of its verdict.
    pub(super) next_change: i64,
}

/// Offsets in [`Context`], for the code generator.
pub(super) const CONTEXT_TABLE: i32 = offset_of!(Context, table) as i32;
pub(super) const CONTEXT_TRIGGERS: i32 = offset_of!(Context, triggers) as i32;
pub(super) const CONTEXT_NEXT_CHANGE: i32 = offset_of!(Context, next_change) as i32;

/// One run, as the shims see it.
pub(super) struct Call<'c> {
    pub(super) guard: Guard<'c>,
    frame: *mut [u8],
    journey: *mut [u8],
}

impl<'c> Call<'c> {
    /// A run that may have effects on this memory. Machine code gets its pointers from here too, so all come from one borrow.
    pub(super) fn on(guard: Guard<'c>, memory: Memory<'c>) -> Self {
        Self { guard, frame: memory.frame, journey: memory.journey }
    }

    /// A run without memory to hand out: a predicate's, which has no effects.
    pub(super) fn without_memory(guard: Guard<'c>) -> Self {
        Self { guard, frame: &mut [], journey: &mut [] }
    }

    pub(super) fn frame(&self) -> *mut u8 {
        self.frame.cast()
    }

    pub(super) fn journey(&self) -> *mut u8 {
        self.journey.cast()
    }

    /// The host and the memory to show it.
    pub(super) fn parts(&mut self) -> (&mut Guard<'c>, Memory<'_>) {
        // SAFETY: both were exclusive borrows for `'c`, which outlives this struct. Machine code uses its copies of the pointers
        // only while no shim runs, and the returned borrow ends with the shim (it borrows `self`).
        let memory = unsafe {
            Memory {
                frame: slice::from_raw_parts_mut(self.frame.cast(), self.frame.len()),
                journey: slice::from_raw_parts_mut(self.journey.cast(), self.journey.len()),
            }
        };
        (&mut self.guard, memory)
    }
}
