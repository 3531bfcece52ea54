//! Runs a compiled program over a store, a clock and connectors.

pub mod clock;
pub mod store;
pub mod time;
