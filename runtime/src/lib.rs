//! Runs a compiled program over a store, a clock and connectors.

pub mod clock;
pub mod intake;
pub mod store;
pub mod time;
