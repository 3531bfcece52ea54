//! The contacts and events of the example projects, made from a seed.
//!
//! ```text
//! seed, plan -> people -> contacts.csv
//!                  |
//!                  +-> a story each -> events -> events.jsonl
//! ```
//!
//! Real exports are dirty and real audiences do what they like, so an example that runs on clean rows shows nothing. This crate draws
//! people, follows each through a quarter, and then spoils rows and lines in every way of one list (`ENTRIES`), counting as it goes.
//! The same seed and plan give the same bytes on every machine: no clock, no environment, no floating point, no hash order.

#![expect(
    clippy::indexing_slicing,
    reason = "tables, columns and links are this crate's own, and numbers into them are drawn below their length"
)]

mod calendar;
mod contacts;
mod events;
mod faults;
pub mod many;
mod names;
mod people;
mod rng;
mod story;

pub use faults::{Counts, ENTRIES, Entry, Fault, File};

/// The seed of the committed files.
pub const SEED: u64 = 20_260_302;

/// How much to make. The first day is always 2026-03-02, a Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Rows of the contacts file, before faults add some.
    pub contacts: u32,
    /// Days that the events cover.
    pub days: u32,
}

/// What the example `guide_nurture` needs: a quarter of a small company.
impl Default for Plan {
    fn default() -> Plan {
        Plan { contacts: 5000, days: 90 }
    }
}

impl Plan {
    /// The first instant that the plan no longer covers.
    fn end(&self) -> calendar::Ms {
        calendar::START + i64::from(self.days) * calendar::DAY
    }
}

/// The two files, and how often each fault is in them.
#[derive(Debug, PartialEq, Eq)]
pub struct Files {
    /// Not all of it is UTF-8, on purpose.
    pub contacts_csv: Vec<u8>,
    /// In the order of arrival.
    pub events_jsonl: Vec<u8>,
    /// Of both files.
    pub counts: Counts,
}

/// Makes both files.
pub fn generate(seed: u64, plan: &Plan) -> Files {
    let mut counts = Counts::default();
    let people = people::draw(seed, plan);
    let contacts_csv = contacts::write(seed, &people, &mut counts);
    let mut events = Vec::new();
    for person in &people {
        events.extend(story::tell(seed, plan, person, &mut counts));
    }
    let events_jsonl = events::write(seed, plan, events, &mut counts);
    Files { contacts_csv, events_jsonl, counts }
}
