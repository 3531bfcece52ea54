//! The checked program, as data: what is serialised, deployed, compiled to machine code and interpreted.
//!
//! In: what the front end lowers a project without errors to. Out: a [`Program`]. This layer knows neither source text (only places in it) nor a
//! store, a clock or machine code.
//!
//! Three ideas carry its shape:
//! - **Frames** ([`meaning::layout`]): every field, fact and counter has a fixed slot, so a step reads and writes plain integers.
//! - **Facts** ([`meaning::fact`]): an event pattern that the program counts keeps its last few instants in the frame; no history is scanned.
//! - **The next instant that matters**: a predicate answers *does it hold now* and *when can that change by itself*
//!   ([`Terminator::Result`]), so nothing is ever polled.
//!
//! A [`Function`] is a small control-flow graph. Its blocks are already free of branches where an `if` only changes values: both
//! arms are computed and a `Select` keeps the right one. Real branches stand only around effects.

pub mod backend;
pub mod columns;
pub mod debug;
pub mod generate;
pub mod guard;
pub mod id;
pub mod interpret;
pub mod limits;
pub mod lineage;
pub mod meaning;
pub mod memory;
pub mod print;
pub mod program;
mod required;
pub mod source;
pub mod units;
pub mod verify;

pub use debug::{Conditions, DebugInfo, EmailContent, Link, Subject, WorkflowDebug, Written};
pub use id::*;
pub use limits::VALUE_LIMIT;
pub use lineage::{Fill, Goalless, Lineage, Live, Lost, Standing, Unlinked, link, places, standing};
pub use meaning::answer::{Answer, HandedSlot, HandedSlots};
pub use meaning::appointment::{Appointment, BUSINESS_MINUTES, USUAL_MINUTE};
pub use meaning::area::{Area, Areas, Place};
pub use meaning::calendar::Calendar;
pub use meaning::choices::Choices;
pub use meaning::consent::{
    COME_BACK, CONFIRM_AGAIN_MS, CONFIRMATION, CONFIRMED, CONFIRMED_TOPIC, CONSENT_FIELD, ConsentState, TopicState,
    UNREACHED_FIELD, pending_field, topic_field,
};
pub use meaning::dates::{Dates, FieldDate, MAX_NTH, Schedule, ScheduleDay};
pub use meaning::derived::Derived;
pub use meaning::effect::*;
pub use meaning::fact::{
    AFTER, BEFORE, Fact, Pattern, PatternEvent, PropertyTest, TextTest, TextTestKind, Trait, WatchedField,
};
pub use meaning::function::{Block, Comparison, Function, Op, Terminator, ValueType};
pub use meaning::holidays::{COUNTRY_FIELD, DaySpan, HolidayCalendar};
pub use meaning::layout::{Layout, Slot, SlotKind};
pub use meaning::mail::{Email, EmailKind, Piece, TextTemplate};
pub use meaning::policy::{Cap, Consent, HOLD_MS, LATE_BY_MS, Late, Over, Policy, Quiet};
pub use meaning::rate::{Rate, RatePer, Turn};
pub use meaning::role::{SlotRole, SystemSlot, TurnSlot};
pub use meaning::segment::Segment;
pub use meaning::several::SeveralSlots;
pub use meaning::split::Split;
pub use meaning::step::{StepKey, StepKind};
pub use meaning::trigger::{TriggerKept, TriggerValue};
pub use meaning::workflow::{
    Capacity, CivilSpan, Closings, CountedSince, Ending, Engagement, EngagementKind, Entry, EventCount, Goal,
    JourneySlots, Member, PausedSlots, Reenter, SendWindow, Team, Wait, Workflow,
};
pub use meaning::{
    EventType, Field, FieldType, FieldValue, LIST_WORDS, Meaning, Predicate, Property, SystemSlots, effect,
};
pub use program::Program;
pub use required::Required;

/// Numbers are exact decimals with four places: `12.5` is kept as 125,000.
pub const NUMBER_SCALE: i64 = 10_000;

/// The instant of something that never happened.
pub const NEVER: i64 = -VALUE_LIMIT;

/// The instant of something that will not happen by itself.
pub const FOREVER: i64 = VALUE_LIMIT;
