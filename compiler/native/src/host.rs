//! The host functions that machine code may call: one list, from which everything else follows.
//!
//! Each line gives the function's place in the table, its shim, its signature and the value it answers with when the host panics,
//! so none of the four can be forgotten or differ. Code calls through the table: no symbols, no relocations, nothing is looked up
//! by name.

use super::abi::{Call, Context, FAILED};
use flow_ir::guard::HostPanicked;
use flow_ir::{Calendar, EffectId, StepId, TextTestId};
use std::mem::offset_of;

macro_rules! host_functions {
    ($($(#[$doc:meta])* $variant:ident = $name:ident($($argument:ident),*) or $failure:expr => |$call:ident, $operand:ident| $body:expr;)*) => {
        /// The shims' addresses. Machine code reads a slot and calls it.
        #[repr(C)]
        pub(super) struct HostTable {
            $($(#[$doc])* $name: unsafe extern "C" fn(*mut Context, $(host_functions!(@word $argument)),*) -> u32,)*
        }

        pub(super) static HOST_TABLE: HostTable = HostTable { $($name: shim::$name,)* };

        /// A host function, by its place in the list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum HostFunction {
            $($variant,)*
        }

        impl HostFunction {
            /// All of them, in order.
            pub(super) const ALL: &[HostFunction] = &[$(HostFunction::$variant),*];

            /// Where its address lies in the table.
            pub(super) fn slot(self) -> i32 {
                (match self { $(HostFunction::$variant => offset_of!(HostTable, $name),)* }) as i32
            }

            /// How many 32-bit words it takes after the context. It answers with one.
            pub(super) fn arguments(self) -> usize {
                match self { $(HostFunction::$variant => [$(stringify!($argument)),*].len(),)* }
            }
        }

        mod shim {
            use super::*;
            $(
                /// # Safety
                ///
                /// `context` is the one that the running function was given.
                pub(super) unsafe extern "C" fn $name(context: *mut Context, $($argument: u32),*) -> u32 {
                    // SAFETY: the caller is machine code made here. It passes on the context it was given, whose `call` points to
                    // the `Call` on the stack of `Native`, alive until that function returns and reached by no one else now.
                    let $call = unsafe { &mut *(*context).call.cast::<Call<'_>>() };
                    // SAFETY: it is the same context, and machine code does not touch its operand while it waits for the answer.
                    let $operand = unsafe { &mut (*context).operand };
                    // The guard catches the host's panics; nothing else here can panic.
                    $body.unwrap_or($failure)
                }
            )*
        }
    };
    (@word $argument:ident) => { u32 };
}

host_functions! {
    /// Has an effect: an `Outcome`, or [`FAILED`].
    Effect = effect(step, effect) or FAILED => |call, _operand| {
        let (host, memory) = call.parts();
        host.effect(memory, StepId(step), EffectId(effect)).map(|outcome| outcome as u32)
    };
    /// Looks into a text field: 0 or 1. After a panic the run ends as failed whatever this answers.
    TextTest = text_test(test) or 0 => |call, _operand| call.guard.text_test(TextTestId(test)).map(u32::from);
    /// Asks the calendar about the operand in the context, where the answer stands then. What this answers itself means nothing.
    Calendar = calendar(code) or 0 => |call, operand| answer_calendar(call, code, operand);
}

fn answer_calendar(call: &mut Call<'_>, code: u32, operand: &mut i64) -> Result<u32, HostPanicked> {
    // Machine code has the code of a question that the verifier has seen.
    if let Some(calendar) = Calendar::of_code(code) {
        *operand = call.guard.calendar(calendar, *operand)?;
    }
    Ok(0)
}
