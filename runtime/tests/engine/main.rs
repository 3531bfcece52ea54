//! The engine's rules, each shown on a program as a marketer would write it.

mod arrivals;
mod enrolment;
mod batches;
mod delivery;
mod import;
mod journeys;
mod mail_events;
mod sending;
mod support;
