//! Runs a compiled program over a store, a clock and connectors.

pub mod store;
