//! Runs a compiled program over a store, a clock and channels.
//!
//! In: a checked [`Program`](flow_ir::Program) with a backend, people and events from files, and the instant to run to.
//! Out: a store that holds every contact, journey, message and decision, and mails that a connector delivered. The runtime never
//! reads `.flow` text; the store below it never learns what a workflow is.
//!
//! ```text
//! settings                      flow.toml, and secrets from the environment
//! inbound  --> arrivals         rows and lines, each taken or rejected with its place and reason
//! engine   --> changes          facts, goals, exits, waits, entries, steps: one item after another, in batches
//! store    --> kept             a batch whole or not at all; memory and SQLite keep one contract
//! compose  --> mail             subject, HTML and text for one person
//! dispatch --> delivered        under a key, so that nothing is sent twice; answers come back like any other input
//! doctor                        proves a whole store, and mends what is safe
//! open                          a program's store: its columns, its views, its version
//! happening                     what an operator has to know of it, as data
//! report                        the funnel, from totals kept with each commit
//! clock, time                   the only places that know what time it is, and in which zone
//! print                         numbers that stand for texts for ever
//! system                        what the operating system says of files, in words
//! ```
//!
//! [`engine::Engine::run_until`] is the loop that drives all of it; start there.

pub mod broken;
pub mod clock;
pub mod compose;
pub mod dispatch;
pub mod doctor;
pub mod engine;
pub mod happening;
pub mod inbound;
pub mod mail;
pub mod open;
pub mod print;
pub mod report;
pub mod settings;
pub mod store;
pub mod system;
pub mod time;
