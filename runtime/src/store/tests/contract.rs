//! What every store must do. Each function gets an empty store.

use super::rows::*;
use crate::store::*;

fn ids(of: &[u64]) -> Vec<ContactId> {
    of.iter().map(|id| ContactId(*id)).collect()
}

fn commit(store: &mut impl Store, changes: Changes) {
    store.commit(&changes).unwrap();
}

fn outbox_ids(rows: &[OutboxRecord]) -> Vec<u64> {
    rows.iter().map(|row| row.id).collect()
}

pub(super) fn contacts_come_back_as_written(store: &mut impl Store) {
    let odd = ["", "O'Brien \"quoted\"; DROP TABLE contact", "naïve 🦀\n\0tail"];
    let mut contacts = vec![
        ContactWrite { frame: Vec::new(), texts: Some(vec![None, None]), next_at: Some(i64::MIN), ..contact(1) },
        ContactWrite { frame: (0..=255).collect(), next_at: Some(i64::MAX), ..contact(2) },
        ContactWrite { frame: vec![255; 100_000], next_at: None, ..contact(3) },
    ];
    contacts.extend((4..).zip(odd).map(|(id, text)| ContactWrite {
        texts: Some(vec![Some(text.to_owned()), Some(text.to_owned())]),
        next_at: Some(0),
        ..contact(id)
    }));
    commit(store, Changes { contacts: contacts.clone(), ..Changes::default() });

    let loaded = store.load_contacts(&ids(&[1, 2, 3, 4, 5, 6])).unwrap();
    for (record, write) in loaded.iter().zip(&contacts) {
        assert_eq!((record.id, &record.frame, record.next_at), (write.id, &write.frame, write.next_at));
        assert_eq!(Some(&record.texts), write.texts.as_ref());
        assert_eq!(record.journeys, []);
        assert_eq!(Some(&record.held), write.held.as_ref());
    }
    assert_eq!(loaded.len(), contacts.len());
}

pub(super) fn contacts_come_back_in_the_order_asked(store: &mut impl Store) {
    commit(store, people(3));
    let loaded = store.load_contacts(&ids(&[3, 1, 3])).unwrap();
    assert_eq!(loaded.iter().map(|contact| contact.id).collect::<Vec<_>>(), ids(&[3, 1, 3]));
    let keys = ["user:2", "user:9", "user:1", "USER:1"].map(str::to_owned);
    let found = store.find_contacts(&keys).unwrap();
    assert_eq!(found, [Some(ContactId(2)), None, Some(ContactId(1)), None]);
}

pub(super) fn a_contact_without_texts_keeps_its_texts(store: &mut impl Store) {
    commit(store, people(1));
    let write = ContactWrite { frame: vec![9], texts: None, next_at: Some(5), ..contact(1) };
    commit(store, Changes { contacts: vec![write], ..Changes::default() });
    let loaded = store.load_contacts(&ids(&[1])).unwrap().remove(0);
    assert_eq!((loaded.frame, loaded.next_at), (vec![9], Some(5)));
    assert_eq!(Some(loaded.texts), contact(1).texts);
}

pub(super) fn what_is_held_stays_until_it_is_replaced(store: &mut impl Store) {
    commit(store, people(2));
    let write = ContactWrite { held: None, texts: None, ..contact(1) };
    commit(
        store,
        Changes { contacts: vec![write.clone(), ContactWrite { held: None, ..contact(2) }], ..Changes::default() },
    );
    let held_of = |store: &mut dyn Store, id| store.load_contacts(&ids(&[id])).unwrap().remove(0).held;
    assert_eq!((held_of(store, 1), held_of(store, 2)), (vec![held(4)], vec![held(4)]));
    let writes = vec![
        ContactWrite { held: Some(vec![held(0), held(7)]), ..write },
        ContactWrite { held: Some(Vec::new()), ..contact(2) },
    ];
    commit(store, Changes { contacts: writes, ..Changes::default() });
    assert_eq!((held_of(store, 1), held_of(store, 2)), (vec![held(0), held(7)], Vec::new()));
}

pub(super) fn the_last_write_of_a_contact_holds(store: &mut impl Store) {
    let writes = (0..20).map(|turn| ContactWrite { frame: vec![turn], ..contact(u64::from(turn % 2) + 1) });
    commit(store, Changes { contacts: writes.collect(), ..Changes::default() });
    let loaded = store.load_contacts(&ids(&[1, 2])).unwrap();
    assert_eq!((loaded[0].frame.as_slice(), loaded[1].frame.as_slice()), ([18].as_slice(), [19].as_slice()));
}

pub(super) fn an_unknown_contact_is_an_error(store: &mut impl Store) {
    commit(store, people(1));
    let error = store.load_contacts(&ids(&[1, 2])).unwrap_err();
    assert_eq!(error.fault, StoreFault::Other);
    assert!(error.message.contains("there is no contact 2"), "{}", error.message);
}

pub(super) fn the_last_change_of_a_key_holds(store: &mut impl Store) {
    commit(store, people(2));
    let key = |to: Option<u64>| ("user:1".to_owned(), to.map(ContactId));
    commit(store, Changes { keys: vec![key(None), key(Some(2))], ..Changes::default() });
    assert_eq!(store.find_contacts(&["user:1".to_owned()]).unwrap(), [Some(ContactId(2))]);
    commit(store, Changes { keys: vec![key(Some(1)), key(None)], ..Changes::default() });
    assert_eq!(store.find_contacts(&["user:1".to_owned()]).unwrap(), [None]);
}

pub(super) fn keys_of_a_joined_contact_find_the_other(store: &mut impl Store) {
    commit(store, people(4));
    let keys = ["user:1", "user:2", "user:3", "user:4"].map(str::to_owned);
    let join = |id, into| Changes { joined: vec![(ContactId(id), ContactId(into))], ..Changes::default() };
    commit(store, join(1, 2));
    commit(store, join(2, 4));
    let found = store.find_contacts(&keys).unwrap();
    assert_eq!(found, [4, 4, 3, 4].map(|id| Some(ContactId(id))));
}

pub(super) fn contacts_are_numbered_after_the_highest(store: &mut impl Store) {
    assert_eq!(store.next_contact().unwrap(), ContactId(1));
    commit(store, people(3));
    assert_eq!(store.next_contact().unwrap(), ContactId(4));
    commit(store, Changes { contacts: vec![contact(2)], ..Changes::default() });
    assert_eq!(store.next_contact().unwrap(), ContactId(4));
}

pub(super) fn journeys_come_back_as_written_in_order(store: &mut impl Store) {
    let least = JourneyRecord {
        status: JourneyStatus::Held,
        block: 0,
        step: 0,
        visit: 0,
        memory: Vec::new(),
        due_at: None,
        entered_at: i64::MIN,
        ..journey(1, 0, 1)
    };
    let most = JourneyRecord {
        status: JourneyStatus::Ended,
        block: u32::MAX,
        step: u32::MAX,
        visit: u32::MAX,
        memory: vec![255; 10_000],
        due_at: Some(i64::MAX),
        entered_at: i64::MAX,
        ended_at: Some(i64::MAX),
        ..journey(1, u32::MAX, u32::MAX)
    };
    let awaiting = JourneyRecord { status: JourneyStatus::Awaiting, ..journey(1, 4, 2) };
    let journeys = vec![most.clone(), awaiting.clone(), journey(2, 4, 1), least.clone(), journey(1, 4, 1)];
    commit(store, Changes { journeys, ..people(2) });
    let loaded = store.load_contacts(&ids(&[1, 2])).unwrap();
    assert_eq!(loaded[0].journeys, [least, journey(1, 4, 1), awaiting, most]);
    assert_eq!(loaded[1].journeys, [journey(2, 4, 1)]);
}

pub(super) fn journeys_that_do_not_matter_are_not_loaded(store: &mut impl Store) {
    let journeys = vec![JourneyRecord { keep: false, ..journey(1, 4, 1) }, journey(1, 4, 2)];
    commit(store, Changes { journeys, ..people(1) });
    assert_eq!(store.load_contacts(&ids(&[1])).unwrap()[0].journeys, [journey(1, 4, 2)]);
}

pub(super) fn a_journey_is_replaced_under_its_key(store: &mut impl Store) {
    commit(store, Changes { journeys: vec![journey(1, 4, 1)], ..people(1) });
    let moved = JourneyRecord {
        status: JourneyStatus::Ended,
        block: 8,
        step: 9,
        visit: 10,
        memory: vec![1],
        due_at: None,
        entered_at: 501,
        ended_at: Some(2_000),
        ..journey(1, 4, 1)
    };
    commit(store, Changes { journeys: vec![moved.clone()], ..Changes::default() });
    assert_eq!(store.load_contacts(&ids(&[1])).unwrap()[0].journeys, [moved]);
}

pub(super) fn due_contacts_come_in_pages(store: &mut impl Store) {
    assert_eq!(store.due_contacts(None).unwrap(), []);
    // Every third waits for nothing, so a page is not simply a range of ids.
    let last = PAGE_ROWS as u64 * 3;
    let next_at = |id: u64| (!id.is_multiple_of(3)).then_some(-(id as i64));
    let contacts = (1..=last).map(|id| ContactWrite { next_at: next_at(id), ..contact(id) }).collect();
    commit(store, Changes { contacts, ..Changes::default() });

    let (mut pages, mut rows) = (Vec::new(), Vec::new());
    loop {
        let page = store.due_contacts(rows.last().map(|(id, _)| *id)).unwrap();
        pages.push(page.len());
        if page.is_empty() {
            break;
        }
        rows.extend(page);
    }
    assert_eq!(pages, [PAGE_ROWS, PAGE_ROWS, 0]);
    let expected: Vec<_> = (1..=last).filter_map(|id| Some((ContactId(id), next_at(id)?))).collect();
    assert_eq!(rows, expected);
}

pub(super) fn a_message_is_known_once_its_event_is_kept(store: &mut impl Store) {
    let asked = [MessageId([2; 16]), MessageId([1; 16]), MessageId([0; 16])];
    assert_eq!(store.known_messages(&asked).unwrap(), [false, false, false]);
    commit(store, Changes { events: vec![event(1, 1), event(1, 0)], ..people(1) });
    assert_eq!(store.known_messages(&asked).unwrap(), [false, true, true]);
}

pub(super) fn a_second_event_of_a_message_is_refused(store: &mut impl Store) {
    commit(store, Changes { events: vec![event(1, 1)], ..people(1) });
    for events in [vec![event(1, 2), event(1, 1)], vec![event(1, 2), event(1, 2)]] {
        let error = store.commit(&Changes { events, ..Changes::default() }).unwrap_err();
        assert!(error.message.contains("arrived twice"), "{}", error.message);
        assert_eq!(store.known_messages(&[MessageId([2; 16])]).unwrap(), [false]);
    }
}

pub(super) fn outbox_rows_come_back_as_written(store: &mut impl Store) {
    let least = OutboxRecord { workflow: 0, run: 0, step: 0, email: 0, queued_at: i64::MIN, ..outbox(0, i64::MIN) };
    let most = OutboxRecord {
        id: i64::MAX as u64,
        kind: OutboxKind::Notice,
        workflow: u32::MAX,
        run: u32::MAX,
        step: u32::MAX,
        email: u32::MAX,
        payload: r#"{"text":"O'Brien 🦀"}"#.to_owned(),
        attempts: u32::MAX,
        queued_at: i64::MAX,
        ..outbox(1, i64::MAX)
    };
    commit(store, Changes { outbox: vec![most.clone(), least.clone()], ..people(1) });
    assert_eq!(store.unsettled(None).unwrap(), [least, most]);
}

pub(super) fn unsettled_rows_come_by_id_and_in_pages(store: &mut impl Store) {
    assert_eq!((store.unsettled(None).unwrap(), store.unsettled_count().unwrap()), (Vec::new(), 0));
    let state = |id, state| OutboxRecord { state, ..outbox(id, 100) };
    let rows = vec![
        state(6, OutboxState::Claimed),
        state(1, OutboxState::Queued),
        state(3, OutboxState::Promised),
        state(2, OutboxState::Withheld),
        state(4, OutboxState::Delivered),
        state(5, OutboxState::Unknown),
    ];
    commit(store, Changes { outbox: rows, ..people(1) });
    assert_eq!(outbox_ids(&store.unsettled(None).unwrap()), [1, 3, 6]);
    assert_eq!(outbox_ids(&store.unsettled(Some(1)).unwrap()), [3, 6]);
    assert_eq!(store.unsettled_count().unwrap(), 3);
    let many = 7..=PAGE_ROWS as u64 + 7;
    commit(store, Changes { outbox: many.map(|id| outbox(id, 5)).collect(), ..Changes::default() });
    let page = outbox_ids(&store.unsettled(None).unwrap());
    assert_eq!(page.len(), PAGE_ROWS);
    assert_eq!(store.unsettled(page.last().copied()).unwrap().len(), 4);
}

pub(super) fn what_is_still_to_leave_goes_with_a_joined_contact(store: &mut impl Store) {
    commit(store, Changes { outbox: vec![outbox(1, 100)], ..people(3) });
    commit(store, Changes { joined: vec![(ContactId(1), ContactId(2))], ..Changes::default() });
    commit(store, Changes { joined: vec![(ContactId(2), ContactId(3))], ..Changes::default() });
    assert_eq!(store.unsettled(None).unwrap(), [OutboxRecord { contact: ContactId(3), ..outbox(1, 100) }]);
}

pub(super) fn a_second_row_under_an_outbox_key_changes_nothing(store: &mut impl Store) {
    let first = OutboxRecord { key: "k".to_owned(), ..outbox(1, 100) };
    commit(store, Changes { outbox: vec![first.clone(), outbox(3, 300)], ..people(1) });
    // The same row again, the key under a free id, and the key under an id that another row has.
    for id in [1, 2, 3] {
        let second = OutboxRecord { key: "k".to_owned(), payload: "other".to_owned(), ..outbox(id, 50) };
        commit(store, Changes { outbox: vec![second], ..Changes::default() });
        assert_eq!(store.unsettled(None).unwrap(), [first.clone(), outbox(3, 300)]);
    }
    // Not even once it is settled.
    commit(store, Changes { settled: vec![settlement(1, OutboxState::Delivered, 101)], ..Changes::default() });
    commit(store, Changes { outbox: vec![first], ..Changes::default() });
    assert_eq!(outbox_ids(&store.unsettled(None).unwrap()), [3]);
    // Nor twice in one batch: the first is kept.
    let twins = vec![outbox(5, 500), OutboxRecord { id: 4, ..outbox(5, 400) }];
    commit(store, Changes { outbox: twins, ..Changes::default() });
    assert_eq!(outbox_ids(&store.unsettled(None).unwrap()), [3, 5]);
}

pub(super) fn an_outbox_id_under_two_keys_is_refused(store: &mut impl Store) {
    commit(store, Changes { outbox: vec![outbox(1, 100)], ..people(1) });
    let second = OutboxRecord { key: "other".to_owned(), ..outbox(1, 100) };
    let error = store.commit(&Changes { outbox: vec![outbox(2, 0), second], ..Changes::default() }).unwrap_err();
    assert!(error.message.contains("outbox row 1 has two keys"), "{}", error.message);
    assert_eq!(store.unsettled(None).unwrap(), [outbox(1, 100)]);
}

pub(super) fn settling_moves_rows_on(store: &mut impl Store) {
    commit(store, Changes { outbox: (1..=5).map(|id| outbox(id, 100)).collect(), ..people(1) });
    let settled = vec![
        settlement(4, OutboxState::Unknown, 9),
        settlement(1, OutboxState::Delivered, 9),
        settlement(2, OutboxState::Failed, 9),
        settlement(3, OutboxState::Withheld, 9),
        settlement(5, OutboxState::Queued, 700),
    ];
    commit(store, Changes { settled, ..Changes::default() });
    let again = OutboxRecord { attempts: 1, ..outbox(5, 700) };
    assert_eq!(store.unsettled(None).unwrap(), [again]);
    let error = store.commit(&Changes { settled: vec![settlement(6, OutboxState::Failed, 9)], ..Changes::default() });
    assert!(error.unwrap_err().message.contains("no outbox row 6"));
}

pub(super) fn a_row_can_be_queued_and_settled_in_one_batch(store: &mut impl Store) {
    let settled = vec![settlement(1, OutboxState::Delivered, 9)];
    commit(store, Changes { outbox: vec![outbox(1, 100), outbox(2, 200)], settled, ..people(1) });
    assert_eq!(outbox_ids(&store.unsettled(None).unwrap()), [2]);
}

pub(super) fn claimed_and_promised_rows_wait_for_their_fate(store: &mut impl Store) {
    commit(store, Changes { outbox: (1..=3).map(|id| outbox(id, 100)).collect(), ..people(1) });
    let claim = |id| settlement(id, OutboxState::Claimed, 100);
    commit(store, Changes { settled: vec![claim(3), claim(2)], ..Changes::default() });
    let claimed = |id: u64| OutboxRecord { state: OutboxState::Claimed, attempts: 1, ..outbox(id, 100) };
    assert_eq!(store.unsettled(None).unwrap(), [outbox(1, 100), claimed(2), claimed(3)]);
    let settled = vec![settlement(2, OutboxState::Delivered, 9), settlement(3, OutboxState::Queued, 5)];
    commit(store, Changes { settled, ..Changes::default() });
    assert_eq!(outbox_ids(&store.unsettled(None).unwrap()), [1, 3]);
}

/// Two writes of a second handoff under a key. What is kept only a snapshot tells, so the caller looks.
pub(super) fn second_handoffs(store: &mut dyn Store) {
    let second = HandoffRecord { note: "other".to_owned(), ..handoff("k") };
    store.commit(&Changes { handoffs: vec![handoff("k"), second.clone()], ..people(1) }).unwrap();
    store.commit(&Changes { handoffs: vec![second], ..Changes::default() }).unwrap();
}

pub(super) fn decisions_are_counted_by_kind(store: &mut impl Store) {
    assert_eq!(store.decision_counts().unwrap(), []);
    let nowhere = DecisionRecord {
        workflow: None,
        step: None,
        reason: u32::MAX,
        trace: Vec::new(),
        ..decision(1, DecisionCode::Suppressed)
    };
    let made = |contact, code| DecisionRecord { trace: Vec::new(), ..decision(contact, code) };
    let first = vec![made(2, DecisionCode::Sent), nowhere.clone(), made(1, DecisionCode::Sent)];
    let second = vec![made(1, DecisionCode::Entered), nowhere, made(1, DecisionCode::Sent)];
    commit(store, Changes { decisions: first, ..people(2) });
    commit(store, Changes { decisions: second, ..Changes::default() });
    let count = |code, count| DecisionCount { workflow: Some(4), code, step: Some(2), reason: 0, count };
    let suppressed =
        DecisionCount { workflow: None, step: None, reason: u32::MAX, ..count(DecisionCode::Suppressed, 2) };
    let expected = [suppressed, count(DecisionCode::Entered, 1), count(DecisionCode::Sent, 3)];
    assert_eq!(store.decision_counts().unwrap(), expected);
}

pub(super) fn arms_are_counted_as_traces_have_them(store: &mut impl Store) {
    // Above the bits of a word nothing is told.
    let stepped = |trace| DecisionRecord { trace, ..decision(1, DecisionCode::Stepped) };
    let decisions = vec![stepped(vec![0b101, i64::MIN]), stepped(vec![0b100, 1])];
    commit(store, Changes { decisions, ..people(1) });
    let ran: Vec<_> = store.decision_counts().unwrap().into_iter().filter(|of| of.code == DecisionCode::Ran).collect();
    let count =
        |arm, count| DecisionCount { workflow: Some(4), code: DecisionCode::Ran, step: Some(arm), reason: 0, count };
    assert_eq!(ran, [count(0, 1), count(2, 2), count(flow_ir::limits::TRACE_BITS, 1)]);
}

pub(super) fn what_is_recorded_once_is_counted_once(store: &mut impl Store) {
    let opened = |at, run| DecisionRecord { at, run, trace: Vec::new(), ..decision(1, DecisionCode::Opened) };
    let other = |code| DecisionRecord { code, ..opened(3, 1) };
    let others =
        [DecisionCode::Clicked, DecisionCode::Replied, DecisionCode::Clicked, DecisionCode::Replied].map(other);
    commit(store, Changes { decisions: [vec![opened(1, 1), opened(2, 1)], others.to_vec()].concat(), ..people(1) });
    commit(store, Changes { decisions: vec![opened(4, 1), opened(5, 2)], ..Changes::default() });
    let counts: Vec<_> = store.decision_counts().unwrap().into_iter().map(|of| (of.code, of.count)).collect();
    let expected = [(DecisionCode::Opened, 2), (DecisionCode::Clicked, 1), (DecisionCode::Replied, 1)];
    assert_eq!(counts, expected);
}

pub(super) fn live_journeys_are_counted_by_step(store: &mut impl Store) {
    assert_eq!(store.position_counts().unwrap(), []);
    let at = |contact, step, status| JourneyRecord { step, status, ..journey(contact, 4, 1) };
    let journeys = vec![
        at(1, 2, JourneyStatus::Waiting),
        at(2, 2, JourneyStatus::Waiting),
        at(3, 2, JourneyStatus::Held),
        at(4, 1, JourneyStatus::Awaiting),
        at(5, 1, JourneyStatus::Ended),
    ];
    commit(store, Changes { journeys, ..people(5) });
    let count = |step, status, count| PositionCount { workflow: 4, step, status, count };
    let expected =
        [count(1, JourneyStatus::Awaiting, 1), count(2, JourneyStatus::Waiting, 2), count(2, JourneyStatus::Held, 1)];
    assert_eq!(store.position_counts().unwrap(), expected);
}

pub(super) fn counters_add_up(store: &mut impl Store) {
    let add = |counters: &[(&str, i64)]| Changes {
        counters: counters.iter().map(|(name, more)| ((*name).to_owned(), *more)).collect(),
        ..Changes::default()
    };
    commit(store, add(&[("sent", 2), ("events", 5), ("sent", 3)]));
    commit(store, add(&[("sent", -1), ("most", i64::MAX)]));
    let expected = [("events", 5), ("most", i64::MAX), ("sent", 4)].map(|(name, total)| (name.to_owned(), total));
    assert_eq!(store.counters().unwrap(), expected);
    let error = store.commit(&add(&[("sent", 1), ("most", 1)])).unwrap_err();
    assert!(error.message.contains("the total `most` is out of range"), "{}", error.message);
    assert_eq!(store.counters().unwrap(), expected);
}

pub(super) fn meta_is_replaced(store: &mut impl Store) {
    assert_eq!(store.meta("clock").unwrap(), None);
    let set = |value: Vec<u8>| Changes { meta: vec![("clock".to_owned(), value)], ..Changes::default() };
    commit(store, set(vec![0, 255]));
    assert_eq!(store.meta("clock").unwrap(), Some(vec![0, 255]));
    commit(store, set(Vec::new()));
    assert_eq!(store.meta("clock").unwrap(), Some(Vec::new()));
}

pub(super) fn a_broken_row_leaves_nothing_behind(store: &mut impl Store) {
    /// Someone who was never numbered.
    const NOBODY: u64 = 9;
    type Break = fn(&mut Changes);
    let breaks: [(&str, Break); 13] = [
        ("new contact", |changes| changes.contacts.push(ContactWrite { texts: None, ..contact(3) })),
        ("texts", |changes| changes.contacts.push(ContactWrite { texts: Some(vec![None]), ..contact(3) })),
        ("contact 0", |changes| changes.contacts.push(contact(0))),
        ("contact number", |changes| changes.contacts.push(contact(u64::MAX))),
        ("key", |changes| changes.keys.push(("k".to_owned(), Some(ContactId(NOBODY))))),
        ("journey", |changes| changes.journeys.push(journey(NOBODY, 1, 1))),
        ("event", |changes| changes.events.push(event(NOBODY, 9))),
        ("message", |changes| changes.events.push(event(1, 1))),
        ("outbox", |changes| changes.outbox.push(OutboxRecord { contact: ContactId(NOBODY), ..outbox(9, 9) })),
        ("outbox number", |changes| changes.outbox.push(outbox(u64::MAX, 9))),
        ("settlement", |changes| changes.settled.push(settlement(9, OutboxState::Failed, 9))),
        ("decision", |changes| changes.decisions.push(decision(NOBODY, DecisionCode::Sent))),
        ("counter", |changes| {
            changes.counters.extend([("events".to_owned(), i64::MAX), ("events".to_owned(), 1)]);
        }),
    ];
    for (what, break_it) in breaks {
        let mut changes = everything();
        break_it(&mut changes);
        assert!(store.commit(&changes).is_err(), "{what}");
        assert_nothing_kept(store, what);
    }
    // Not because the rest could not be written.
    commit(store, everything());
    assert_eq!(store.counters().unwrap(), [("events".to_owned(), 2)]);
    assert_eq!(store.next_contact().unwrap(), ContactId(3));
}

fn assert_nothing_kept(store: &mut impl Store, what: &str) {
    assert_eq!(store.next_contact().unwrap(), ContactId(1), "{what}");
    assert_eq!(store.find_contacts(&["user:1".to_owned()]).unwrap(), [None], "{what}");
    assert!(store.load_contacts(&[ContactId(1)]).is_err(), "{what}");
    assert_eq!(store.known_messages(&[MessageId([1; 16])]).unwrap(), [false], "{what}");
    assert_eq!(store.unsettled(None).unwrap(), [], "{what}");
    assert_eq!(store.position_counts().unwrap(), [], "{what}");
    assert_eq!(store.decision_counts().unwrap(), [], "{what}");
    assert_eq!(store.counters().unwrap(), [], "{what}");
    assert_eq!(store.meta("clock").unwrap(), None, "{what}");
}
