//! The checked program, as data: what is serialised, deployed, compiled to machine code and interpreted.
//!
//! In: a typed tree without errors (`lower/`). Out: a [`Program`]. This layer knows neither source text (only places in it) nor a
//! store, a clock or machine code.
//!
//! Three ideas carry its shape:
//! - **Frames** ([`layout`]): every field, fact and counter has a fixed slot, so a step reads and writes plain integers.
//! - **Facts** ([`fact`]): an event pattern that the program counts keeps its last few instants in the frame; no history is scanned.
//! - **The next instant that matters**: a predicate answers *does it hold now* and *when can that change by itself*
//!   ([`Terminator::Result`]), so nothing is ever polled.
//!
//! A [`Function`] is a small control-flow graph. Its blocks are already free of branches where an `if` only changes values: both
//! arms are computed and a `Select` keeps the right one. Real branches stand only around effects.

pub mod area;
pub mod backend;
pub mod effect;
pub mod fact;
pub mod function;
#[cfg(feature = "generate")]
pub mod generate;
pub mod guard;
pub mod id;
pub mod interpret;
pub mod layout;
pub mod limits;
pub mod mail;
pub mod memory;
pub mod print;
pub mod program;
pub mod source;
pub mod verify;
pub mod workflow;

pub use area::{Area, Areas, Place};
pub use effect::handoff::{Handoff, Task};
pub use effect::{Effect, Reference};
pub use fact::{Fact, Pattern, PatternEvent, PropertyTest, TextTest, TextTestKind, Trait};
pub use function::{Block, Comparison, Function, Op, Terminator, ValueType};
pub use id::*;
pub use layout::{Layout, Slot, SlotKind};
pub use limits::VALUE_LIMIT;
pub use mail::{Email, EmailKind, Link, Piece, Subject, TextTemplate};
pub use program::{EventType, Field, FieldType, FieldValue, Predicate, Program, Property, SystemSlots};
pub use workflow::{
    Arm, CivilSpan, Ending, Engagement, EngagementKind, Entry, Exit, Goal, JourneySlots, Member, Reenter, SendWindow,
    Step, StepKind, Team, Wait, Workflow,
};

/// Numbers are exact decimals with four places: `12.5` is kept as 125,000.
pub const NUMBER_SCALE: i64 = 10_000;

/// The instant of something that never happened.
pub const NEVER: i64 = -VALUE_LIMIT;

/// The instant of something that will not happen by itself.
pub const FOREVER: i64 = VALUE_LIMIT;
