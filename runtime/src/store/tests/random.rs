//! Whatever is written in whatever order, every store ends the same.

use super::rows::*;
use super::{in_small_rounds, options, rows_alone};
use crate::store::memory::MemoryStore;
use crate::store::sqlite::{Keeping, OpenOptions, SqliteStore};
use crate::store::*;
use flow_ir::Answer;
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::Path;
use tempfile::TempDir;

/// Small ranges, so that rows meet: the same contacts, keys, messages and outbox rows come again and again, and some batches break.
const CONTACTS: u64 = 6;
const MESSAGES: u8 = 40;
const OUTBOX_ROWS: u64 = 30;

/// How many texts a contact has.
const TEXTS: usize = 2;

fn contact_id() -> impl Strategy<Value = ContactId> {
    prop_oneof![24 => 1..=CONTACTS, 1 => Just(0), 1 => Just(99)].prop_map(ContactId)
}

fn instant() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..50i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
}

fn contacts() -> impl Strategy<Value = ContactWrite> {
    let texts = vec(proptest::option::of(".{0,8}"), TEXTS);
    let texts = proptest::option::weighted(0.8, texts);
    (1..=CONTACTS, vec(any::<u8>(), 0..20), texts, proptest::option::of(instant()), vec(journeys(), 0..4)).prop_map(
        |(id, frame, texts, next_at, kept)| ContactWrite {
            id: ContactId(id),
            layout: u32::from(frame.is_empty()),
            held: if frame.len().is_multiple_of(2) { vec![held(3)] } else { Vec::new() },
            kept: kept.into_iter().map(|journey| JourneyRecord { contact: ContactId(id), ..journey }).collect(),
            newest: frame.len() as u64,
            said_at: frame.iter().map(|byte| (u32::from(*byte), i64::from(byte % 3))).collect(),
            frame,
            texts: texts.map(Into::into),
            next_at,
        },
    )
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
        |(contact, workflow, run, status, step, due_at, goal_met)| JourneyRecord {
            contact,
            status,
            step,
            due_at,
            goal_met,
            memory: vec![step as u8; run as usize * 3],
            ..journey(1, workflow, run)
        },
    )
}

fn events() -> impl Strategy<Value = EventRecord> {
    (contact_id(), 0..MESSAGES, ".{0,8}", proptest::bool::ANY)
        .prop_map(|(contact, message, name, counts)| EventRecord { contact, name, counts, ..event(1, message) })
}

fn state() -> impl Strategy<Value = OutboxState> {
    prop_oneof![3 => Just(OutboxState::Queued), 1 => Just(OutboxState::Claimed), 1 => Just(OutboxState::Failed)]
}

fn outbox_rows() -> impl Strategy<Value = OutboxRecord> {
    (0..40u32, instant(), state(), ".{0,4}").prop_map(|(key, due_at, state, payload)| OutboxRecord {
        key: format!("k{key}"),
        state,
        payload,
        ..outbox(1, due_at)
    })
}

fn settlements() -> impl Strategy<Value = OutboxSettlement> {
    (1..OUTBOX_ROWS, state(), instant()).prop_map(|(id, state, due_at)| settlement(id, state, due_at))
}

fn decisions() -> impl Strategy<Value = DecisionRecord> {
    let codes = [DecisionCode::Entered, DecisionCode::Stepped, DecisionCode::Suppressed, DecisionCode::Opened];
    let code = proptest::sample::select(codes.to_vec());
    let optional = || proptest::option::of(0..2u32);
    (contact_id(), optional(), code, (optional(), optional()), vec(any::<i64>(), 0..3)).prop_map(
        |(contact, workflow, code, (step, about), trace)| DecisionRecord {
            contact,
            workflow,
            step,
            about,
            trace: trace.into(),
            ..decision(1, 1, code)
        },
    )
}

fn handoffs() -> impl Strategy<Value = HandoffRecord> {
    (contact_id(), 0..4u8, ".{0,8}", proptest::option::of(".{0,8}"))
        .prop_map(|(contact, key, note, task)| HandoffRecord { contact, note, task, ..handoff(&format!("h{key}")) })
}

fn said_of_handoffs() -> impl Strategy<Value = HandoffAnswer> {
    let answer = proptest::sample::select(Answer::ALL.to_vec());
    (0..4u8, answer, ".{0,8}", instant()).prop_map(|(key, answer, reason, at)| HandoffAnswer {
        key: format!("h{key}"),
        answer,
        reason,
        at,
    })
}

fn values_of_journeys() -> impl Strategy<Value = JourneyValue> {
    (contact_id(), 0..2u32, 1..3u32, ".{0,8}").prop_map(|(contact, workflow, run, value)| JourneyValue {
        contact,
        workflow,
        run,
        value,
    })
}

fn totals() -> impl Strategy<Value = (Total, i64)> {
    let more = prop_oneof![16 => -5..50i64, 1 => Just(i64::MAX), 1 => Just(i64::MIN)];
    let total = prop_oneof![
        3 => "[ab]".prop_map(Total::Counter),
        1 => (0..3u32).prop_map(|after_days| Total::Conversions { workflow: 1, version: 1, week: 2, after_days }),
    ];
    (total, more)
}

fn ledgers() -> impl Strategy<Value = (Vec<StageRecord>, Vec<ScoreRecord>)> {
    let by = || proptest::option::of((0..3u32, 1..3u32)).prop_map(|journey| ChangedBy { journey });
    let stage = (1..=CONTACTS, 0..4i64, by()).prop_map(|(id, to, by)| StageRecord {
        contact: ContactId(id),
        at: to,
        from: 0,
        to,
        by,
    });
    let score = (1..=CONTACTS, -9..9i64, by()).prop_map(|(id, change, by)| ScoreRecord {
        contact: ContactId(id),
        at: 5,
        change,
        score: change,
        by,
    });
    (vec(stage, 0..2), vec(score, 0..2))
}

fn changes() -> impl Strategy<Value = Changes> {
    let people = (
        vec(contacts(), 0..5),
        (vec(("[a-d]", proptest::option::of(contact_id())), 0..3), vec((contact_id(), contact_id()), 0..2)),
        vec(journeys(), 0..2),
    );
    let traffic = (
        vec(events(), 0..2),
        vec(outbox_rows(), 0..3),
        vec(settlements(), 0..2),
        (vec(handoffs(), 0..2), vec(said_of_handoffs(), 0..2), vec(values_of_journeys(), 0..2)),
    );
    let place = || vec(("[ab]", vec(any::<u8>(), 0..4)), 0..2);
    let notes = (vec(decisions(), 0..3), ledgers(), place(), place(), vec(totals(), 0..2));
    (people, traffic, notes).prop_map(|((contacts, (keys, joined), ended), traffic, notes)| {
        let (events, outbox, settled, (handoffs, answers, values)) = traffic;
        let (decisions, (stages, scores), reads, actors, totals) = notes;
        let actors = actors.into_iter().map(|(name, state)| (Actor::Team(name), state)).collect();
        Changes {
            contacts: contacts.into(),
            ended,
            keys,
            joined,
            events,
            outbox,
            settled,
            handoffs,
            answers,
            values,
            decisions,
            stages,
            scores,
            reads,
            actors,
            totals,
        }
    })
}

fn work() -> impl Strategy<Value = Vec<Changes>> {
    vec(changes(), 1..25)
}

/// What a store answers to every question.
fn answers(store: &mut dyn Store) -> impl PartialEq + std::fmt::Debug + use<> {
    let opened = (open(store), open_layout(store, 1));
    let ids: Vec<u64> = opened.0.1.contacts.iter().map(|contact| contact.id.0).collect();
    let messages: Vec<u8> = (0..MESSAGES).collect();
    let asked = (find(store, &["a", "b", "c", "d"]), load(store, &ids).unwrap(), known(store, &messages));
    let all: Vec<u64> = (1..OUTBOX_ROWS).collect();
    let outbox = (waiting(store, BEFORE_ALL, 3), waiting(store, (20, 9), PAGE_ROWS), rows(store, &all));
    let mut records = store.records().unwrap();
    let counts = (records.counters().unwrap(), records.decision_counts().unwrap(), records.position_counts().unwrap());
    let rest = (records.live_blocks().unwrap(), records.handoff_counts().unwrap(), records.unsettled_count().unwrap());
    let logs = (records.events_after(0).unwrap(), records.contacts_after(None).unwrap(), records.slots().unwrap());
    (opened, asked, outbox, counts, rest, logs, records.snapshot().unwrap())
}

/// What people see of a store in any SQLite shell, while somebody works on it.
fn views(path: &Path) -> Vec<String> {
    let shell = Connection::open(path).unwrap();
    let mut seen = Vec::new();
    for view in ["contact_view", "journey_view", "decision_view", "mail_view"] {
        let mut statement = shell.prepare(&format!("SELECT * FROM {view}")).unwrap();
        let width = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let values = (0..width).map(|column| row.get::<_, Value>(column));
            Ok(format!("{view} {:?}", values.collect::<rusqlite::Result<Vec<_>>>()?))
        };
        seen.extend(statement.query_map([], row).unwrap().map(Result::unwrap));
    }
    seen.sort();
    seen
}

/// A store as a process would find it whose predecessor was killed behind the last transaction, with whatever of a round was done by then.
fn as_killed(way: &OpenOptions, keeping: Keeping, to: &TempDir) -> SqliteStore {
    let path = to.path().join(format!("{keeping:?}.db"));
    Connection::open(&way.path).unwrap().execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap();
    OpenOptions { path, keeping, ..way.clone() }.open().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// In memory; in a file row by row; with tables that follow at the end; and with tables that follow all the time.
    #[test]
    fn every_store_ends_the_same(work in work()) {
        let folders = [TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap()];
        let ways = [rows_alone(&folders[0]), options(&folders[1]), in_small_rounds(&folders[2])];
        let mut memory = MemoryStore::new();
        let mut files = ways.each_ref().map(|way| way.open().unwrap());
        let mut one = Hand::take(&mut memory);
        let mut others = files.each_mut().map(|file| Hand::take(file));
        for (turn, changes) in work.iter().enumerate() {
            let before = memory.snapshot();
            let changes = one.numbered(changes.clone());
            let kept = one.try_commit(&mut memory, changes.clone());
            if kept.is_err() {
                prop_assert_eq!(memory.snapshot(), before);
            }
            for (hand, file) in others.iter_mut().zip(&mut files) {
                prop_assert_eq!(kept.is_ok(), hand.try_commit(file, changes.clone()).is_ok(), "{:?}", kept);
                if turn % 5 == 4 {
                    prop_assert_eq!(file.records().unwrap().snapshot().unwrap(), memory.snapshot());
                }
            }
            if turn == work.len() / 2 {
                let (killed, known) = (TempDir::new().unwrap(), answers(&mut memory));
                for keeping in [Keeping::Rows, Keeping::Journal] {
                    let mut found = as_killed(&ways[2], keeping, &killed);
                    Hand::take(&mut found);
                    prop_assert_eq!(&answers(&mut found), &known);
                }
            }
        }
        let expected = answers(&mut memory);
        let seen = views(&ways[0].path);
        for (way, mut file) in ways.into_iter().zip(files) {
            prop_assert_eq!(&answers(&mut file), &expected);
            prop_assert_eq!(&views(&way.path), &seen);
            file.close().unwrap();
            prop_assert_eq!(&views(&way.path), &seen);
            // Whoever has it next may keep it in the other way.
            for keeping in [Keeping::Rows, Keeping::Journal] {
                let mut reopened = OpenOptions { keeping, ..way.clone() }.open().unwrap();
                Hand::take(&mut reopened);
                prop_assert_eq!(&answers(&mut reopened), &expected);
            }
        }
    }
}
