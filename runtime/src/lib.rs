//! Runs a compiled program over a store, a clock and connectors.

pub mod clock;
pub mod compose;
pub mod connectors;
pub mod intake;
pub mod mail;
pub mod settings;
pub mod store;
pub mod time;
