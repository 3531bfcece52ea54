//! Runs a compiled program over a store, a clock and connectors.

pub mod clock;
pub mod connectors;
pub mod engine;
pub mod intake;
pub mod mail;
pub mod store;
pub mod time;
