//! Whatever is written in whatever order, every store ends the same.

use super::rows::*;
use super::{TEXTS, sqlite};
use crate::store::memory::MemoryStore;
use crate::store::*;
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

/// Small ranges, so that rows meet: the same contacts, keys, messages and outbox rows come again and again, and some batches break.
const CONTACTS: u64 = 6;
const MESSAGES: u8 = 40;
const OUTBOX_ROWS: u64 = 24;

fn contact_id() -> impl Strategy<Value = ContactId> {
    prop_oneof![12 => 1..=CONTACTS, 1 => Just(0), 1 => Just(99)].prop_map(ContactId)
}

fn instant() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..50i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
}

fn contacts() -> impl Strategy<Value = ContactWrite> {
    let texts = vec(proptest::option::of(".{0,8}"), TEXTS);
    (1..=CONTACTS, vec(any::<u8>(), 0..20), proptest::option::weighted(0.8, texts), proptest::option::of(instant()))
        .prop_map(|(id, frame, texts, next_at)| ContactWrite {
            id: ContactId(id),
            held: frame.len().is_multiple_of(2).then(|| vec![held(u32::from(frame.is_empty()))]),
            frame,
            texts,
            next_at,
            version: 0,
        })
}

fn status() -> impl Strategy<Value = JourneyStatus> {
    prop_oneof![
        Just(JourneyStatus::Waiting),
        Just(JourneyStatus::Awaiting),
        Just(JourneyStatus::Held),
        Just(JourneyStatus::Ended)
    ]
}

fn journeys() -> impl Strategy<Value = JourneyRecord> {
    (contact_id(), 0..3u32, 1..3u32, status(), any::<u32>(), proptest::option::of(instant()), any::<bool>()).prop_map(
        |(contact, workflow, run, status, step, due_at, keep)| JourneyRecord {
            contact,
            status,
            step,
            due_at,
            keep,
            ..journey(1, workflow, run)
        },
    )
}

fn events() -> impl Strategy<Value = EventRecord> {
    (contact_id(), 0..MESSAGES, ".{0,8}").prop_map(|(contact, message, name)| EventRecord {
        contact,
        name,
        ..event(1, message)
    })
}

fn state() -> impl Strategy<Value = OutboxState> {
    prop_oneof![3 => Just(OutboxState::Queued), 1 => Just(OutboxState::Claimed), 1 => Just(OutboxState::Failed)]
}

fn outbox_rows() -> impl Strategy<Value = OutboxRecord> {
    // Nearly always the key that belongs to the id.
    let key = prop_oneof![30 => Just(None), 1 => (0..OUTBOX_ROWS).prop_map(Some)];
    (0..OUTBOX_ROWS, key, instant(), state(), ".{0,4}").prop_map(|(id, key, due_at, state, payload)| OutboxRecord {
        key: format!("k{}", key.unwrap_or(id)),
        state,
        payload,
        ..outbox(id, due_at)
    })
}

fn settlements() -> impl Strategy<Value = OutboxSettlement> {
    (0..OUTBOX_ROWS, state(), instant()).prop_map(|(id, state, due_at)| settlement(id, state, due_at))
}

fn decisions() -> impl Strategy<Value = DecisionRecord> {
    let codes = [DecisionCode::Entered, DecisionCode::Stepped, DecisionCode::Suppressed, DecisionCode::Opened];
    let code = proptest::sample::select(codes.to_vec());
    (contact_id(), proptest::option::of(0..2u32), code, proptest::option::of(0..2u32), vec(any::<i64>(), 0..3))
        .prop_map(|(contact, workflow, code, step, trace)| DecisionRecord {
            contact,
            workflow,
            step,
            trace,
            ..decision(1, code)
        })
}

fn handoffs() -> impl Strategy<Value = HandoffRecord> {
    (contact_id(), 0..4u8, ".{0,8}", proptest::option::of(".{0,8}"))
        .prop_map(|(contact, key, note, task)| HandoffRecord { contact, note, task, ..handoff(&format!("h{key}")) })
}

fn counters() -> impl Strategy<Value = (String, i64)> {
    let more = prop_oneof![8 => -5..50i64, 1 => Just(i64::MAX), 1 => Just(i64::MIN)];
    ("[ab]", more)
}

fn changes() -> impl Strategy<Value = Changes> {
    let people = (
        vec(contacts(), 0..5),
        (vec(("[a-d]", proptest::option::of(contact_id())), 0..3), vec((contact_id(), contact_id()), 0..2)),
        vec(journeys(), 0..4),
    );
    let traffic = (vec(events(), 0..2), vec(outbox_rows(), 0..4), vec(settlements(), 0..2), vec(handoffs(), 0..2));
    let notes = (vec(decisions(), 0..4), vec(("[ab]", vec(any::<u8>(), 0..4)), 0..2), vec(counters(), 0..2));
    (people, traffic, notes).prop_map(
        |((contacts, (keys, joined), journeys), (events, outbox, settled, handoffs), (decisions, meta, counters))| {
            Changes { contacts, keys, joined, journeys, events, outbox, settled, handoffs, decisions, meta, counters }
        },
    )
}

fn work() -> impl Strategy<Value = Vec<Changes>> {
    vec(changes(), 1..25)
}

/// What a store answers to every question.
fn answers(store: &mut dyn Store) -> impl PartialEq + std::fmt::Debug + use<> {
    let keys = ["a", "b", "c", "d"].map(str::to_owned);
    let messages: Vec<_> = (0..MESSAGES).map(|message| MessageId([message; 16])).collect();
    let due = store.due_contacts(Some(ContactId(1))).unwrap();
    let ids: Vec<_> = due.iter().map(|(id, _)| *id).collect();
    let people = (store.find_contacts(&keys).unwrap(), store.load_contacts(&ids).unwrap(), due);
    let outbox = (store.unsettled(None).unwrap(), store.unsettled(Some(2)).unwrap(), store.unsettled_count().unwrap());
    let counts = (store.counters().unwrap(), store.decision_counts().unwrap(), store.position_counts().unwrap());
    let rest = (store.known_messages(&messages).unwrap(), store.meta("a").unwrap(), store.next_contact().unwrap());
    (people, outbox, counts, rest)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_end_the_same(work in work()) {
        let folder = TempDir::new().unwrap();
        let (mut memory, mut file) = (MemoryStore::new(TEXTS), sqlite(&folder));
        for changes in &work {
            let before = memory.snapshot();
            let kept = memory.commit(changes);
            prop_assert_eq!(kept.is_ok(), file.commit(changes).is_ok(), "{:?}", kept);
            if kept.is_err() {
                prop_assert_eq!(memory.snapshot(), before);
            }
        }
        prop_assert_eq!(file.snapshot().unwrap(), memory.snapshot());
        prop_assert_eq!(answers(&mut file), answers(&mut memory));
        file.close().unwrap();
        let mut reopened = sqlite(&folder);
        prop_assert_eq!(reopened.snapshot().unwrap(), memory.snapshot());
        prop_assert_eq!(answers(&mut reopened), answers(&mut memory));
    }
}
