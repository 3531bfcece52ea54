//! Ended at any instant and started again, Flow comes to what it would have come to undisturbed: a rehearsal, and mail that leaves for real.
//!
//! Whole processes of the real command get SIGKILL, so that nothing of it can clean up, SIGTERM and SIGINT, over a project in which every
//! construct of the language stands. What a power failure does to the disk is SQLite's part; what is shown here is that no order of commits,
//! sends and deaths loses or doubles anything.
//!
//! By hand, with as many rounds as somebody has time for (CONTRIBUTING.md, "Force"):
//!
//! ```text
//! FLOW_KILL_ROUNDS=2000 cargo test --test kill -- --nocapture
//! ```
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]
#![expect(clippy::indexing_slicing, clippy::string_slice, reason = "a test that looks at a wrong place should fail")]

mod constructs;
#[path = "../force/mod.rs"]
mod force;
#[path = "../guide/mod.rs"]
mod guide;
mod live;
mod rehearsal;
mod rounds;
#[path = "../world/mod.rs"]
mod world;

/// No test: the mail server of the others, in a process of its own.
#[test]
#[ignore = "the mail server of the other tests"]
fn mail_server() {
    force::receiver::serve_if_asked();
}
