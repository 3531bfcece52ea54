//! What an examination reads: each row once, however many windows of contacts there are.

use crate::support::{World, world};
use flow_runtime::doctor::{Examination, Examined, examine_telling};
use flow_runtime::store::digest::Snapshot;
use flow_runtime::store::{
    Actor, Astray, BlockCount, Changes, Charter, ContactId, ContactRecord, ContactWrite, DecisionCount, DecisionRecord,
    EventRecord, HandoffCount, HandoffRecord, JourneyKey, JourneyRecord, KeptProgram, OutboxRecord, Placed,
    PositionCount, Records, Rows, ScoreRecord, SlotState, StageRecord, Store, StoreError, Total, UnopenedCount,
};
use serde_json::json;
use std::collections::BTreeMap;

/// How many contacts a window has.
const WINDOW: usize = 8;

/// Counts the rows that it gives.
struct Counting {
    inner: Box<dyn Records>,
    rows: usize,
    /// Of them those of the log.
    logged: usize,
}

impl Counting {
    fn page<T>(&mut self, page: Result<Vec<T>, StoreError>) -> Result<Vec<T>, StoreError> {
        self.rows += page.as_ref().map_or(0, Vec::len);
        page
    }

    fn of_log<T>(&mut self, page: Result<Vec<T>, StoreError>) -> Result<Vec<T>, StoreError> {
        self.logged += page.as_ref().map_or(0, Vec::len);
        self.page(page)
    }
}

macro_rules! counted {
    ($($name:ident($($of:ident: $type:ty),*) -> $row:ty),* $(,)?) => {
        $(fn $name(&mut self, $($of: $type),*) -> Result<Vec<$row>, StoreError> {
            let page = self.inner.$name($($of),*);
            self.page(page)
        })*
    };
}

macro_rules! asked {
    ($($name:ident($($of:ident: $type:ty),*) -> $answer:ty),* $(,)?) => {
        $(fn $name(&mut self, $($of: $type),*) -> Result<$answer, StoreError> {
            self.inner.$name($($of),*)
        })*
    };
}

impl Rows for Counting {
    counted! {
        whole_contacts(after: Option<ContactId>) -> (ContactId, Option<ContactRecord>),
        keys(after: Option<&str>) -> (String, ContactId),
        owners(keys: &[String]) -> Option<ContactId>,
        joined(after: Option<ContactId>) -> (ContactId, ContactId),
        ended(after: Option<JourneyKey>) -> JourneyRecord,
        outbox(after: u64) -> OutboxRecord,
        handoffs(after: u64) -> Placed<HandoffRecord>,
        stages(after: u64) -> Placed<StageRecord>,
        scores(after: u64) -> Placed<ScoreRecord>,
    }
    asked! {
        charter() -> Charter,
        program(version: u32) -> Option<KeptProgram>,
        versions() -> Vec<u32>,
        totals() -> BTreeMap<Total, i64>,
        reads() -> BTreeMap<String, Vec<u8>>,
        repeated_keys(show: &mut dyn FnMut(String)) -> (),
        astray_messages(show: &mut dyn FnMut(Astray)) -> (),
    }
    fn events(&mut self, after: u64) -> Result<Vec<EventRecord>, StoreError> {
        let page = self.inner.events(after);
        self.of_log(page)
    }
    fn decisions(&mut self, after: u64) -> Result<Vec<DecisionRecord>, StoreError> {
        let page = self.inner.decisions(after);
        self.of_log(page)
    }
}

impl Records for Counting {
    counted! {
        events_after(number: u64) -> EventRecord,
        contacts_after(after: Option<ContactId>) -> ContactId,
    }
    asked! {
        slots() -> Vec<SlotState>,
        actors() -> BTreeMap<Actor, Vec<u8>>,
        counters() -> Vec<(String, i64)>,
        decision_counts() -> Vec<DecisionCount>,
        position_counts() -> Vec<PositionCount>,
        live_blocks() -> Vec<BlockCount>,
        handoff_counts() -> Vec<HandoffCount>,
        clicked_unopened() -> Vec<UnopenedCount>,
        unsettled_count() -> u64,
        snapshot() -> Snapshot,
    }
}

const FLOW: &str = r#"workflow warm {
  enter when visited
  reenter after 1 day
  goal "demo" when requested_demo within 10 days
  score += 1
  send hello
  handoff to sales {
    note "n"
    keep in workflow
  }
  wait 2 days
}
"#;

/// So many people, each with something in every table of theirs; some are through, and some met their goal.
fn people(count: usize) -> World {
    let mut world = world(FLOW);
    world.at("2026-03-02 09:00");
    for nth in 0..count {
        world.contact(&format!("u{nth}"), &[("email", &format!("u{nth}@acme.example"))]);
    }
    for nth in 0..count {
        world.event(&format!("u{nth}"), "visited", json!({ "page": "/pricing" }));
    }
    world.run();
    for nth in (0..count).step_by(3) {
        world.at("2026-03-03 09:00").event(&format!("u{nth}"), "requested_demo", json!({}));
    }
    world.at("2026-03-04 08:00").run();
    world
}

/// What is found, the rows that were read, and of them those of the log; by windows of so many.
fn examined(world: &World, window: usize) -> (Examined, usize, usize) {
    let mut records = Counting { inner: world.shared.records().unwrap(), rows: 0, logged: 0 };
    let how = Examination { is_closed: false, window, mends: true, progress: &mut |_, _| () };
    let examined = examine_telling(&mut records, &world.program, how).unwrap();
    (examined, records.rows, records.logged)
}

/// Not by the square: each window would read the whole log again.
#[test]
fn twice_the_people_are_twice_the_rows() {
    let [few, many] = [5 * WINDOW, 10 * WINDOW].map(|count| examined(&people(count), WINDOW));
    assert!(few.0.is_healthy() && many.0.is_healthy(), "{:?}", many.0.findings);
    assert_eq!(many.0.rows.records, many.2 as u64, "each record of the log is read once");
    assert!(many.2 >= 5 * 10 * WINDOW, "there is something to read: {}", many.2);
    let ratio = many.1 as f64 / few.1 as f64;
    assert!((1.9..2.2).contains(&ratio), "{} rows, and {} of half the people", many.1, few.1);
}

/// What is found depends on no window.
#[test]
fn windows_change_nothing_that_is_found() {
    let mut world = people(3 * WINDOW);
    world.is_checked_at_its_end = false;
    let snapshot = world.snapshot();
    let mut damaged = Vec::new();
    for nth in [1, 2 * WINDOW as u64 + 3] {
        let contact = snapshot.contacts.iter().find(|contact| contact.id == ContactId(nth)).unwrap().clone();
        damaged.push(ContactWrite { newest: contact.newest - 1, next_at: None, ..contact });
    }
    world.write(Changes { contacts: damaged.into(), ..Changes::default() });
    let all = [1, WINDOW, 1_000].map(|window| examined(&world, window).0);
    assert!(!all[0].is_healthy());
    assert_eq!(all[0], all[1]);
    assert_eq!(all[1], all[2]);
}
