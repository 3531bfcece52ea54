//! What machine code and Rust agree on: two kinds of function and the structs behind their pointers.
//!
//! ```text
//! step:       (context, now, block) -> the block it stopped at, or FAILED
//! predicate:  (context, now)        -> 0 or 1; the next change is left in the context
//! ```
//!
//! The context holds where each area of memory begins; a function loads the addresses of those it looks at, once.
//!
//! A step answers with a block number alone. What stopping there means (which wait, which ending) is read from the program, so the
//! answer needs no packing and has no limits of its own.

use super::host::HostTable;
use flow_ir::backend::Memory;
use flow_ir::guard::Guard;
use flow_ir::{Area, Areas};
use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr;

/// The answer of a step whose host panicked, or that was asked to begin where no journey resumes.
pub(super) const FAILED: u32 = u32::MAX;

pub(super) type StepFn = unsafe extern "C" fn(*mut Context, i64, u32) -> u32;
pub(super) type PredicateFn = unsafe extern "C" fn(*mut Context, i64) -> u8;

/// What a running function reaches through its first argument.
#[repr(C)]
pub(super) struct Context {
    pub(super) table: *const HostTable,
    /// The [`Call`] of this run; opaque to machine code, which hands it back to the shims.
    pub(super) call: *mut c_void,
    pub(super) triggers: u64,
    /// Where a predicate leaves the second half of its verdict.
    pub(super) next_change: i64,
    /// What a host function is asked about, and then what it has answered, where a word is too small.
    pub(super) operand: i64,
    /// The functions of the segments, by their numbers: one may be asked for by any other function.
    pub(super) segments: *const PredicateFn,
    /// Where the areas begin, in their order.
    pub(super) areas: [*mut u8; Area::COUNT],
}

/// Offsets in [`Context`], for the code generator.
pub(super) const CONTEXT_TABLE: i32 = offset_of!(Context, table) as i32;
pub(super) const CONTEXT_TRIGGERS: i32 = offset_of!(Context, triggers) as i32;
pub(super) const CONTEXT_NEXT_CHANGE: i32 = offset_of!(Context, next_change) as i32;
pub(super) const CONTEXT_OPERAND: i32 = offset_of!(Context, operand) as i32;
pub(super) const CONTEXT_SEGMENTS: i32 = offset_of!(Context, segments) as i32;

/// Where [`Context`] holds the beginning of an area.
pub(super) fn context_area(area: Area) -> i32 {
    (offset_of!(Context, areas) + area.index() * size_of::<*mut u8>()) as i32
}

/// One run, as the shims see it.
pub(super) struct Call<'c> {
    pub(super) guard: Guard<'c>,
    /// None for a predicate, which has no effects to show it to.
    memory: Option<Areas<*mut [u8]>>,
}

impl<'c> Call<'c> {
    /// A run that may have effects on this memory. Machine code gets its pointers from here too, so all come from one borrow.
    pub(super) fn on(guard: Guard<'c>, memory: Memory<'c>) -> (Self, [*mut u8; Area::COUNT]) {
        let areas = memory.into_areas().map(ptr::from_mut);
        (Self { guard, memory: Some(areas) }, areas.0.map(<*mut [u8]>::cast))
    }

    /// A run without memory to hand out: a predicate's.
    pub(super) fn without_memory(guard: Guard<'c>) -> Self {
        Self { guard, memory: None }
    }

    /// The host and the memory to show it.
    pub(super) fn parts(&mut self) -> (&mut Guard<'c>, Memory<'_>) {
        let areas = self.memory.map(|areas| {
            areas.map(|area| {
                // SAFETY: each was an exclusive borrow for `'c`, which outlives this struct, and they do not overlap. Machine code uses
                // its copies of the pointers only while no shim runs, and the returned borrow ends with the shim (it borrows `self`).
                unsafe { &mut *area }
            })
        });
        (&mut self.guard, Memory::new(areas.unwrap_or_default()))
    }
}
