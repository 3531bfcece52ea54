//! The engine's rules, each shown on a program as a marketer would write it.
#![allow(clippy::unwrap_used, clippy::panic)]
#![expect(clippy::indexing_slicing, reason = "a test that looks at a wrong place should fail")]

mod again;
mod arrivals;
mod batches;
mod by_hand;
mod calendars;
mod changes;
mod dates;
mod delivery;
mod doctored;
mod enrolment;
mod field_changes;
mod goals;
mod held;
mod identity;
mod import;
mod intake;
mod joint;
mod journeys;
mod leaving;
mod live;
mod mail_events;
mod many;
mod outbox;
mod pause;
mod policy;
mod rate;
mod required;
mod said;
mod segments;
mod sending;
mod silence;
mod since;
mod spacing;
mod starts;
mod sums;
#[path = "../world/mod.rs"]
mod support;
mod suppress;
mod told;
mod trigger;
mod understood;
mod versions;
mod ways;
mod whose;
