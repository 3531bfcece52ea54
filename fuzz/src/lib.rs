//! The compiler under force: programs that people broke, and programs that nobody would write.
//!
//! In: the `.flow` files and templates of this repository, and a seed. [`mutate`] breaks one of them, [`generate`] makes one of the
//! grammar, and [`hold`] states what holds of every text whatever it says. [`drive`] goes through many of them, and prints of one that
//! breaks a promise its seed, its number and the least text that still does.
//!
//! `tests/mutants.rs` tries the same number on every machine, so that no clock decides a result; `cargo run -p flow-fuzz` goes on for as
//! long as it is told and keeps the inputs that led somewhere new.

// Whoever looks at a wrong place here has found a fault of this crate, and should hear of it.
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::panic)]

pub mod backends;
mod clock;
pub mod drive;
pub mod generate;
pub mod hold;
pub mod mutate;
mod random;
pub mod seeds;
mod shrink;

pub use clock::own_time;
pub use random::Random;
