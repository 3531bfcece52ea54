//! Runs a compiled Flow program over a store, a clock and connectors.

pub mod connectors;
pub mod mail;
