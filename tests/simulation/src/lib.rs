//! Worlds from a seed, lived through with faults, kills and clock jumps.
//!
//! ```text
//! seed -> world (program, people, stream, weather, lives)
//!           |-- lived calmly: interpreter, memory, one life a stretch        -> what must be
//!           '-- lived as the seed has it: either back end, either store, deaths, small batches, other order
//! both -> the same story, and no rule of the language is broken (rules/)
//! ```
//!
//! Everything comes from the seed, so the same seed gives the same log. A world that breaks a rule is made smaller as long as it breaks it, and
//! told whole.

#![expect(clippy::indexing_slicing, reason = "a tool of the tests: where it looks at a wrong place it should fail")]

pub mod model;
pub mod rules;
pub mod run;
pub mod seen;
pub mod shrink;
pub mod story;
pub mod told;
pub mod trial;
pub mod world;
