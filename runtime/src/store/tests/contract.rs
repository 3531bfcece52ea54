//! What every store must do. Each function gets an empty store.

use super::rows::*;
use crate::store::*;

pub(super) fn contacts_come_back_as_written(store: &mut dyn Store) {
    let odd = ["", "O'Brien \"quoted\"; DROP TABLE contact", "naïve 🦀\n\0tail"];
    let mut contacts = vec![
        ContactWrite {
            frame: Vec::new(),
            texts: Some(vec![None::<&str>, None].into()),
            next_at: Some(i64::MIN),
            ..contact(1)
        },
        ContactWrite { frame: (0..=255).collect(), next_at: Some(i64::MAX), newest: 7, layout: 9, ..contact(2) },
        ContactWrite { frame: vec![255; 100_000], next_at: None, held: Vec::new(), ..contact(3) },
    ];
    contacts.extend((4..).zip(odd).map(|(id, text)| ContactWrite {
        texts: Some(vec![Some(text.to_owned()), Some(text.to_owned())].into()),
        next_at: Some(0),
        ..contact(id)
    }));
    commit(store, Changes { contacts: contacts.clone().into(), ..Changes::default() });

    let loaded = load(store, &[1, 2, 3, 4, 5, 6]).unwrap();
    for (record, write) in loaded.iter().zip(&contacts) {
        assert_eq!((record.id, &record.frame, record.next_at), (write.id, &write.frame, write.next_at));
        assert_eq!((record.layout, record.newest), (write.layout, write.newest));
        assert_eq!(Some(&record.texts), write.texts.as_ref());
        assert_eq!(record.kept, []);
        assert_eq!(record.held, write.held);
    }
    assert_eq!(loaded.len(), contacts.len());
}

pub(super) fn several_kinds_of_questions_are_answered_at_once(store: &mut dyn Store) {
    commit(store, Changes { events: vec![event(1, 1)], outbox: vec![outbox(1, 9), outbox(2, 5)], ..people(3) });
    let questions = Questions {
        keys: ["user:2", "user:9", "user:1", "USER:1"].map(str::to_owned).to_vec(),
        messages: vec![message(1), message(2)],
        contacts: [3, 1, 3].map(ContactId).to_vec(),
        rows: vec![2, 9, 1],
        queued: Some(QueuedBehind { slot: Slot::FIRST, behind: BEFORE_ALL, at_most: 1 }),
        recipients: vec![9],
        events: vec![(ContactId(1), 0), (ContactId(2), 0)],
    };
    let answers = store.ask(&questions).unwrap();
    assert_eq!(answers.owners, [Some(ContactId(2)), None, Some(ContactId(1)), None]);
    assert_eq!((answers.known, answers.recipients), (vec![true, false], vec![None]));
    assert_eq!(answers.contacts.iter().map(|contact| contact.id.0).collect::<Vec<_>>(), [3, 1, 3]);
    assert_eq!(answers.rows, [Some(outbox(2, 5)), None, Some(outbox(1, 9))]);
    assert_eq!(answers.queued, [outbox(2, 5)]);
}

/// From the newest back to a record, decisions between them left out, on its way or durable, and of all whom a contact has been.
pub(super) fn what_somebody_did_after_a_record_is_found(store: &mut dyn Store) {
    let at = |id: u64, previous: u64, contact| EventRecord { id, previous, ..event(contact, id as u8) };
    let decided = |id, previous| {
        let decision = DecisionRecord::new(ContactId(1), 9, DecisionCode::Entered);
        DecisionRecord { id, previous, ..decision }
    };
    let of = |id, newest| ContactWrite { newest, ..contact(id) };
    let mut hand = Hand::take(store);
    let first = Changes {
        contacts: vec![of(1, 4), of(2, 3), of(3, 0)].into(),
        events: vec![at(1, 0, 1), at(3, 0, 2), at(4, 2, 1)],
        decisions: vec![decided(2, 1)],
        ..Changes::default()
    };
    hand.commit(store, first);
    let asked = |store: &mut dyn Store, id, after| {
        let events = vec![(ContactId(id), after), (ContactId(3), 0)];
        let answers = store.ask(&Questions { events, ..Questions::default() }).unwrap().events;
        assert_eq!(answers[1], []);
        answers[0].iter().map(|event| (event.id, event.contact.0)).collect::<Vec<_>>()
    };
    assert_eq!(asked(store, 1, 0), [(1, 1), (4, 1)]);
    assert_eq!(asked(store, 1, 1), [(4, 1)]);
    assert_eq!(asked(store, 1, 4), []);
    let second = Changes {
        contacts: vec![of(1, 6), of(2, 7), of(4, 8)].into(),
        events: vec![at(6, 5, 1), at(7, 3, 2), at(8, 0, 4)],
        decisions: vec![decided(5, 4)],
        joined: vec![(ContactId(4), ContactId(2)), (ContactId(2), ContactId(1))],
        ..Changes::default()
    };
    let all = [(1, 1), (3, 2), (4, 1), (6, 1), (7, 2), (8, 4)];
    let ticket = store.begin(hand.batch(second)).unwrap();
    for _ in 0..2 {
        assert_eq!(asked(store, 1, 0), all);
        assert_eq!(asked(store, 1, 3), all[2..]);
        assert_eq!(asked(store, 1, 6), all[4..]);
        store.finish(ticket).unwrap();
    }
}

pub(super) fn a_contact_without_texts_keeps_its_texts(store: &mut dyn Store) {
    commit(store, people(1));
    let write = ContactWrite { frame: vec![9], texts: None, next_at: Some(5), ..contact(1) };
    commit(store, Changes { contacts: vec![write].into(), ..Changes::default() });
    let loaded = load(store, &[1]).unwrap().remove(0);
    assert_eq!((loaded.frame, loaded.next_at), (vec![9], Some(5)));
    assert_eq!(Some(loaded.texts), contact(1).texts);
}

pub(super) fn a_contact_is_replaced_whole(store: &mut dyn Store) {
    let kept = vec![journey(1, 0, 1), journey(1, 4, 1)];
    commit(store, Changes { contacts: vec![on(1, kept)].into(), ..Changes::default() });
    let moved = JourneyRecord { step: 9, sends: Vec::new(), ..journey(1, 4, 1) };
    let write = ContactWrite { held: vec![held(0), held(7)], texts: None, ..on(1, vec![moved.clone()]) };
    commit(store, Changes { contacts: vec![write].into(), ..Changes::default() });
    let loaded = load(store, &[1]).unwrap().remove(0);
    assert_eq!((loaded.kept, loaded.held), (vec![moved], vec![held(0), held(7)]));
}

pub(super) fn the_last_write_of_a_contact_holds(store: &mut dyn Store) {
    let writes = (0..20).map(|turn| ContactWrite { frame: vec![turn], ..contact(u64::from(turn % 2) + 1) });
    commit(store, Changes { contacts: writes.collect(), ..Changes::default() });
    let loaded = load(store, &[1, 2]).unwrap();
    assert_eq!((loaded[0].frame.as_slice(), loaded[1].frame.as_slice()), ([18].as_slice(), [19].as_slice()));
}

pub(super) fn an_unknown_contact_is_damage(store: &mut dyn Store) {
    commit(store, people(1));
    let error = load(store, &[1, 2]).unwrap_err();
    assert_eq!(error.fault, StoreFault::Corrupt);
    assert!(error.message.contains("is damaged: there is no contact 2"), "{}", error.message);
}

pub(super) fn the_last_change_of_a_key_holds(store: &mut dyn Store) {
    commit(store, people(2));
    let key = |to: Option<u64>| ("user:1".to_owned(), to.map(ContactId));
    commit(store, Changes { keys: vec![key(None), key(Some(2))], ..Changes::default() });
    assert_eq!(find(store, &["user:1"]), [Some(2)]);
    commit(store, Changes { keys: vec![key(Some(1)), key(None)], ..Changes::default() });
    assert_eq!(find(store, &["user:1"]), [None]);
}

pub(super) fn keys_of_a_joined_contact_find_the_other(store: &mut dyn Store) {
    commit(store, people(4));
    let join = |id, into| Changes { joined: vec![(ContactId(id), ContactId(into))], ..Changes::default() };
    commit(store, join(1, 2));
    commit(store, join(2, 4));
    assert_eq!(find(store, &["user:1", "user:2", "user:3", "user:4"]), [4, 4, 3, 4].map(Some));
}

/// Whatever was handed over counts at once, durable or not.
pub(super) fn what_was_handed_over_is_answered_by(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    hand.commit(store, people(2));
    let mut tickets = Vec::new();
    for turn in 0..20_u64 {
        let id = turn + 3;
        let texts = turn.is_multiple_of(2).then(|| vec![Some(format!("t{turn}")), None]);
        let first = ContactWrite { frame: vec![turn as u8], texts: texts.map(Into::into), ..contact(1) };
        let changes = Changes {
            contacts: vec![first, contact(id)].into(),
            keys: vec![(format!("user:{id}"), Some(ContactId(id))), ("user:2".to_owned(), Some(ContactId(id)))],
            events: vec![event(1, turn as u8)],
            ..Changes::default()
        };
        let batch = hand.batch(changes);
        hand.state = batch.slots[0].state;
        tickets.push(store.begin(batch).unwrap());
        let loaded = load(store, &[1, id]).unwrap();
        assert_eq!((loaded[0].frame[0], loaded[1].id.0), (turn as u8, id));
        assert_eq!(loaded[0].texts.get(0), Some(format!("t{}", turn - turn % 2).as_str()));
        assert_eq!(find(store, &["user:2", &format!("user:{id}")]), [Some(id), Some(id)]);
        assert_eq!(known(store, &[turn as u8, turn as u8 + 1]), [true, false]);
    }
    let joined = vec![(ContactId(22), ContactId(1))];
    tickets.push(store.begin(hand.batch(Changes { joined, ..Changes::default() })).unwrap());
    assert_eq!(find(store, &["user:2", "user:22", "user:21"]), [Some(1), Some(1), Some(21)]);
    tickets.into_iter().for_each(|ticket| store.finish(ticket).unwrap());
    assert_eq!(find(store, &["user:2", "user:22", "user:21"]), [Some(1), Some(1), Some(21)]);
    assert_eq!(store.records().unwrap().snapshot().unwrap().events.len(), 20);
}

/// One batch fails, and with it all that were built on it.
pub(super) fn after_a_failure_nothing_is_kept_until_the_slot_is_opened(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    hand.commit(store, Changes { events: vec![event(1, 1)], ..people(1) });
    let kept = store.records().unwrap().snapshot().unwrap();
    let twice = EventRecord { id: 9, ..event(1, 1) };
    let broken = hand.batch(Changes { events: vec![twice], ..Changes::default() });
    let state = broken.slots[0].state;
    let failed = store.begin(broken).and_then(|ticket| {
        let next = SlotState { number: state.number + 1, ..state };
        let slots = vec![SlotBatch { slot: Slot::FIRST, state: next, changes: people(1) }];
        let later = store.begin(Batch { owner: hand.batch(Changes::default()).owner, slots });
        let failed = store.finish(ticket);
        assert!(later.and_then(|later| store.finish(later)).is_err());
        failed
    });
    assert!(failed.unwrap_err().message.contains("arrived twice"));
    assert_eq!(store.records().unwrap().snapshot().unwrap(), kept);
    hand.state = open(store).0.state;
    hand.commit(store, people(2));
}

/// Whoever asks first hears the cause, and nobody hears that it is well.
pub(super) fn a_batch_that_failed_stays_failed(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    hand.commit(store, Changes { events: vec![event(1, 1)], ..people(1) });
    let twice = EventRecord { id: hand.state.next_record, ..event(1, 1) };
    let broken = hand.batch(Changes { events: vec![twice], ..Changes::default() });
    let state = broken.slots[0].state;
    let next = SlotState { number: state.number + 1, ..state };
    let slots = vec![SlotBatch { slot: Slot::FIRST, state: next, changes: Changes::default() }];
    let later = Batch { owner: broken.owner, slots };
    let Ok(first) = store.begin(broken) else { return };
    let second = store.begin(later).unwrap();
    assert!(store.finish(second).unwrap_err().message.contains("arrived twice"));
    for ticket in [second, first, second] {
        assert_eq!(store.finish(ticket).unwrap_err().fault, StoreFault::Lost);
    }
    // What is no batch is not built on it, and hears of it all the same.
    assert!(store.settle(&Charter { name: Some("n".to_owned()), ..Charter::default() }).is_err());
    hand.state = open(store).0.state;
    store.settle(&Charter { name: Some("n".to_owned()), ..Charter::default() }).unwrap();
    hand.commit(store, people(2));
}

pub(super) fn a_batch_out_of_turn_is_lost(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    hand.commit(store, people(1));
    let mut early = hand.batch(people(2));
    early.slots[0].state.number += 1;
    let mut again = hand.batch(people(2));
    again.slots[0].state.number -= 1;
    let mut other = hand.batch(people(2));
    other.owner.epoch += 1;
    for batch in [early, again, other] {
        assert_eq!(store.begin(batch).unwrap_err().fault, StoreFault::Lost);
    }
    assert_eq!(store.records().unwrap().contacts_after(None).unwrap().len(), 1);
    hand.commit(store, people(2));
}

pub(super) fn a_slot_stands_where_its_last_batch_left_it(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    assert_eq!(hand.state, SlotState::default());
    hand.state = SlotState { clock: 7, first_day: -3, ..hand.state };
    hand.commit(store, everything());
    let opened = open(store).0;
    assert_eq!((opened.state.number, opened.state.clock, opened.state.first_day), (1, 7, -3));
    let next = [opened.state.next_contact, opened.state.next_outbox, opened.state.next_record];
    assert_eq!(next, [3, 3, 6]);
    assert_eq!(opened.reads.into_iter().collect::<Vec<_>>(), [("events".to_owned(), vec![1, 2, 3])]);
    assert_eq!(opened.actors.into_iter().collect::<Vec<_>>(), [(Actor::Team("sales".to_owned()), vec![2])]);
    assert_eq!(store.records().unwrap().slots().unwrap(), [opened.state]);
    let (reads, actors) = (vec![("events".to_owned(), vec![9])], vec![(Actor::Team("sales".to_owned()), vec![8])]);
    hand.commit(store, Changes { reads, actors, ..Changes::default() });
    let opened = open(store).0;
    assert_eq!((&opened.reads["events"], &opened.actors[&Actor::Team("sales".to_owned())]), (&vec![9], &vec![8]));
}

pub(super) fn what_a_store_is_stays(store: &mut dyn Store) {
    assert_eq!(store.charter().unwrap(), Charter::default());
    let program = |version: u32, recalling: &[u32]| KeptProgram {
        version,
        hash: vec![version as u8],
        text: vec![0, 255, version as u8],
        recalling: recalling.to_vec(),
    };
    let named = Charter { name: Some("n".to_owned()), ..Charter::default() };
    store.settle(&named).unwrap();
    store.settle(&Charter { kind: Some("live".to_owned()), program: Some(program(1, &[])), name: None }).unwrap();
    store.settle(&Charter { program: Some(program(2, &[4, 7])), ..Charter::default() }).unwrap();
    let whole = |program| Charter { kind: Some("live".to_owned()), program: Some(program), ..named.clone() };
    assert_eq!(store.charter().unwrap(), whole(program(2, &[4, 7])));
    store.settle(&Charter { program: Some(program(2, &[])), ..Charter::default() }).unwrap();
    assert_eq!(store.charter().unwrap(), whole(program(2, &[])));
}

pub(super) fn journeys_come_back_as_written(store: &mut dyn Store) {
    let least = JourneyRecord {
        status: JourneyStatus::Held,
        version: 0,
        block: 0,
        step: 0,
        visit: 0,
        memory: Vec::new(),
        due_at: None,
        outbox: None,
        entered_at: i64::MIN,
        sends: Vec::new(),
        ..journey(1, 0, 1)
    };
    let most = JourneyRecord {
        status: JourneyStatus::Ended,
        version: u32::MAX,
        block: u32::MAX,
        step: u32::MAX,
        visit: u32::MAX,
        memory: vec![255; 10_000],
        due_at: Some(i64::MAX),
        outbox: Some(u64::MAX),
        entered_at: i64::MAX,
        ended_at: Some(i64::MIN),
        goal_met: true,
        goal_until: Some(i64::MAX),
        sends: vec![SendRecord { email: u32::MAX, row: u64::MAX, step: u32::MAX, told: u32::MAX }; 70],
        ..journey(1, u32::MAX, u32::MAX)
    };
    let awaiting = JourneyRecord { status: JourneyStatus::Awaiting, ..journey(1, 4, 2) };
    let kept = vec![least, journey(1, 4, 1), awaiting, most];
    commit(
        store,
        Changes { contacts: vec![on(1, kept.clone()), on(2, vec![journey(2, 4, 1)])].into(), ..Changes::default() },
    );
    let loaded = load(store, &[1, 2]).unwrap();
    assert_eq!(loaded[0].kept, kept);
    assert_eq!(loaded[1].kept, [journey(2, 4, 1)]);
}

pub(super) fn journeys_that_nobody_asks_for_are_kept_apart(store: &mut dyn Store) {
    let ended = JourneyRecord { status: JourneyStatus::Ended, ended_at: Some(1), ..journey(1, 4, 1) };
    let contacts = vec![on(1, vec![journey(1, 4, 2)])];
    commit(store, Changes { contacts: contacts.into(), ended: vec![ended.clone()], ..Changes::default() });
    assert_eq!(load(store, &[1]).unwrap()[0].kept, [journey(1, 4, 2)]);
    let snapshot = store.records().unwrap().snapshot().unwrap();
    assert_eq!(snapshot.ended, std::slice::from_ref(&ended));
    assert_eq!(snapshot.journeys(), [&ended, &journey(1, 4, 2)]);
}

pub(super) fn whoever_is_due_or_of_an_earlier_layout_comes_in_pages(store: &mut dyn Store) {
    assert_eq!(Hand::take(store).state, SlotState::default());
    assert_eq!(open(store).1, Pages::default());
    // Every third waits for nothing, and every fifth of those is of an earlier layout.
    let last = PAGE_ROWS as u64 * 3;
    let next_at = |id: u64| (!id.is_multiple_of(3)).then_some(-(id as i64));
    let layout = |id: u64| if id.is_multiple_of(15) { 1 } else { 2 };
    let contacts =
        (1..=last).map(|id| ContactWrite { next_at: next_at(id), layout: layout(id), ..contact(id) }).collect();
    commit(store, Changes { contacts, ..Changes::default() });
    let all = (1..=last).map(|id| DueContact { id: ContactId(id), next_at: next_at(id), layout: layout(id) });
    let is_due = |contact: &DueContact| contact.next_at.is_some();
    let (_, pages) = open(store);
    assert_eq!(pages.lengths, [PAGE_ROWS, PAGE_ROWS]);
    assert_eq!(pages.contacts, all.clone().filter(is_due).collect::<Vec<_>>());
    let (_, pages) = open_layout(store, 2);
    let or_older = |contact: &DueContact| is_due(contact) || contact.layout < 2;
    assert_eq!(pages.contacts, all.clone().filter(or_older).collect::<Vec<_>>());

    // Who was joined into another is nobody any more, due or of whatever layout.
    let joined: Vec<(ContactId, ContactId)> = [1, 15].into_iter().map(|id| (ContactId(id), ContactId(2))).collect();
    commit(store, Changes { joined, ..Changes::default() });
    let (_, pages) = open_layout(store, 2);
    let others = |contact: &DueContact| or_older(contact) && ![1, 15].contains(&contact.id.0);
    assert_eq!(pages.contacts, all.filter(others).collect::<Vec<_>>());
}

pub(super) fn a_message_is_known_once_its_event_is_kept(store: &mut dyn Store) {
    assert_eq!(known(store, &[2, 1, 0]), [false, false, false]);
    commit(store, Changes { events: vec![event(1, 1), event(1, 0)], ..people(1) });
    assert_eq!(known(store, &[2, 1, 0]), [false, true, true]);
    assert_eq!(open(store).1.messages, [message(1).id, message(0).id], "the newest first, by their numbers");
    // The same id on another day is another message to the store.
    let messages = vec![MessageKey { day: 1, ..message(1) }];
    assert_eq!(store.ask(&Questions { messages, ..Questions::default() }).unwrap().known, [false]);
}

pub(super) fn a_second_event_of_a_message_is_refused(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    hand.commit(store, Changes { events: vec![event(1, 1)], ..people(1) });
    let second = |id: u8| EventRecord { id: 50 + u64::from(id), ..event(1, id) };
    for events in [vec![event(1, 2), second(1)], vec![event(1, 2), second(2)]] {
        let error = hand.try_commit(store, Changes { events, ..Changes::default() }).unwrap_err();
        assert!(error.message.contains("arrived twice"), "{}", error.message);
        assert_eq!(known(store, &[2]), [false]);
    }
}

pub(super) fn outbox_rows_come_back_as_written(store: &mut dyn Store) {
    let least = OutboxRecord {
        workflow: 0,
        run: 0,
        step: 0,
        email: 0,
        queued_at: i64::MIN,
        held_since: i64::MIN,
        ..outbox(1, i64::MIN)
    };
    let most = OutboxRecord {
        id: MAX_NUMBER - 1,
        kind: OutboxKind::Notice,
        workflow: u32::MAX,
        run: u32::MAX,
        step: u32::MAX,
        email: u32::MAX,
        payload: r#"{"text":"O'Brien 🦀"}"#.to_owned(),
        attempts: u32::MAX,
        queued_at: i64::MAX,
        held_since: i64::MAX,
        ..outbox(2, i64::MAX)
    };
    let first = OutboxRecord { state: OutboxState::Claimed, ..outbox(3, 4) };
    commit(store, Changes { outbox: vec![most.clone(), least.clone(), first.clone()], ..people(1) });
    assert_eq!(rows(store, &[2, 1, MAX_NUMBER - 1]), [None, Some(least.clone()), Some(most.clone())]);
    assert_eq!((open(store).1.outbox, waiting(store, BEFORE_ALL, 1)), (vec![first], vec![least.clone()]));
    assert_eq!(waiting(store, (i64::MIN, 1), 9), [most]);
}

fn unsettled(store: &mut dyn Store) -> Vec<u64> {
    let mut ids: Vec<u64> = open(store).1.outbox.iter().map(|row| row.id).collect();
    ids.extend(waiting(store, BEFORE_ALL, PAGE_ROWS).iter().map(|row| row.id));
    ids.sort();
    assert_eq!(store.records().unwrap().unsettled_count().unwrap(), ids.len() as u64);
    ids
}

pub(super) fn what_is_on_its_way_comes_by_number_and_in_pages(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    assert_eq!(unsettled(store), [0_u64; 0]);
    let state = |id, state| OutboxRecord { state, ..outbox(id, 100) };
    let rows = vec![
        state(6, OutboxState::Claimed),
        state(1, OutboxState::Queued),
        state(3, OutboxState::Promised),
        state(2, OutboxState::Withheld),
        state(4, OutboxState::Delivered),
        state(5, OutboxState::Unknown),
    ];
    hand.commit(store, Changes { outbox: rows, ..people(1) });
    assert_eq!(unsettled(store), [1, 3, 6]);
    let many = 7..=PAGE_ROWS as u64 + 7;
    hand.commit(
        store,
        Changes { outbox: many.map(|id| state(id, OutboxState::Promised)).collect(), ..Changes::default() },
    );
    assert_eq!(unsettled(store).len(), PAGE_ROWS + 4);
    assert_eq!(open(store).1.lengths, [PAGE_ROWS, 3]);
}

pub(super) fn what_waits_comes_by_its_instant_from_a_place_on(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    let places = |rows: Vec<OutboxRecord>| rows.iter().map(|row| (row.due_at, row.id)).collect::<Vec<_>>();
    let dues = [(1, 7), (2, -3), (3, 7), (4, i64::MAX), (5, 0)];
    let mut outbox: Vec<OutboxRecord> = dues.map(|(id, due_at)| outbox(id, due_at)).to_vec();
    outbox.extend([OutboxState::Claimed, OutboxState::Promised, OutboxState::Delivered].map(|state| OutboxRecord {
        id: 10 + state as u64,
        state,
        ..outbox[0].clone()
    }));
    hand.commit(store, Changes { outbox, ..people(1) });
    assert_eq!(places(waiting(store, BEFORE_ALL, 3)), [(-3, 2), (0, 5), (7, 1)]);
    assert_eq!(places(waiting(store, (7, 1), 3)), [(7, 3), (i64::MAX, 4)]);
    assert_eq!(places(waiting(store, BEFORE_ALL, 0)), []);
    let settled = vec![
        settlement(5, OutboxState::Claimed, 0),
        settlement(2, OutboxState::Queued, 8),
        settlement(11, OutboxState::Queued, 1),
    ];
    hand.commit(store, Changes { settled, ..Changes::default() });
    assert_eq!(places(waiting(store, BEFORE_ALL, 9)), [(1, 11), (7, 1), (7, 3), (8, 2), (i64::MAX, 4)]);
    // However many somebody asks for, they get a page.
    let many = (100..).take(PAGE_ROWS).map(|id| super::rows::outbox(id, 9)).collect();
    hand.commit(store, Changes { outbox: many, ..Changes::default() });
    assert_eq!(waiting(store, BEFORE_ALL, usize::MAX).len(), PAGE_ROWS);
}

/// Whatever was handed over counts at once, durable or not.
pub(super) fn outbox_rows_are_answered_as_they_were_handed_over(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    hand.commit(store, Changes { outbox: vec![outbox(1, 10), outbox(2, 20), outbox(3, 30)], ..people(3) });
    let moved = |id, due_at| OutboxRecord { attempts: 1, due_at, ..outbox(id, due_at) };
    let to = "new@example.com".to_owned();
    let written = [
        // One leaves, one goes to another address, and one is new.
        Changes {
            outbox: vec![outbox(4, 15)],
            settled: vec![
                settlement(1, OutboxState::Claimed, 10),
                OutboxSettlement { recipient: Some(to.clone()), ..settlement(2, OutboxState::Queued, 35) },
            ],
            ..Changes::default()
        },
        // The first comes back, the new one is given up, and another is new and gone at once.
        Changes {
            outbox: vec![outbox(5, 1)],
            settled: vec![
                settlement(1, OutboxState::Queued, 40),
                settlement(4, OutboxState::Failed, 15),
                settlement(5, OutboxState::Delivered, 1),
            ],
            ..Changes::default()
        },
        Changes { joined: vec![(ContactId(1), ContactId(3))], ..Changes::default() },
    ];
    let second = OutboxRecord { recipient: to, ..moved(2, 35) };
    let expected = [
        vec![outbox(4, 15), outbox(3, 30), second.clone()],
        vec![outbox(3, 30), second.clone(), moved(1, 40)],
        [outbox(3, 30), second, moved(1, 40)].map(|row| OutboxRecord { contact: ContactId(3), ..row }).to_vec(),
    ];
    let mut tickets = Vec::new();
    for (changes, expected) in written.into_iter().zip(&expected) {
        let batch = hand.batch(changes);
        hand.state = batch.slots[0].state;
        tickets.push(store.begin(batch).unwrap());
        assert_eq!(&waiting(store, BEFORE_ALL, 9), expected);
        let behind: Vec<OutboxRecord> =
            expected.iter().filter(|row| row.place() > Some((30, 2))).take(1).cloned().collect();
        assert_eq!(waiting(store, (30, 2), 1), behind);
        let by_number: Vec<Option<OutboxRecord>> = expected.iter().cloned().map(Some).collect();
        let ids: Vec<u64> = expected.iter().map(|row| row.id).collect();
        assert_eq!(rows(store, &ids), by_number);
    }
    assert_eq!(rows(store, &[4, 5]), [None, None]);
    tickets.into_iter().for_each(|ticket| store.finish(ticket).unwrap());
    assert_eq!(waiting(store, BEFORE_ALL, 9), expected[2]);
}

pub(super) fn what_is_still_to_leave_goes_with_a_joined_contact(store: &mut dyn Store) {
    let claimed = OutboxRecord { state: OutboxState::Claimed, ..outbox(2, 100) };
    commit(store, Changes { outbox: vec![outbox(1, 100), claimed.clone()], ..people(3) });
    commit(store, Changes { joined: vec![(ContactId(1), ContactId(2))], ..Changes::default() });
    commit(store, Changes { joined: vec![(ContactId(2), ContactId(3))], ..Changes::default() });
    let now = |row| OutboxRecord { contact: ContactId(3), ..row };
    assert_eq!(open(store).1.outbox, [now(claimed)]);
    assert_eq!(waiting(store, BEFORE_ALL, 9), [now(outbox(1, 100))]);
    assert_eq!(rows(store, &[1]), [Some(now(outbox(1, 100)))]);
}

pub(super) fn settling_moves_rows_on(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    hand.commit(store, Changes { outbox: vec![outbox(1, 100), outbox(2, 100)], ..people(1) });
    let again = OutboxSettlement {
        recipient: Some("new@example.com".to_owned()),
        queued_at: Some(480),
        ..settlement(1, OutboxState::Queued, 500)
    };
    let settled = vec![again, settlement(2, OutboxState::Failed, 300)];
    hand.commit(store, Changes { settled, ..Changes::default() });
    let row = outbox(1, 100);
    let moved =
        OutboxRecord { attempts: 1, queued_at: 480, due_at: 500, recipient: "new@example.com".to_owned(), ..row };
    assert_eq!(waiting(store, BEFORE_ALL, 9), [moved]);
    let settled = vec![settlement(1, OutboxState::Claimed, 500), settlement(1, OutboxState::Delivered, 501)];
    hand.commit(store, Changes { settled, ..Changes::default() });
    assert_eq!(unsettled(store), [0_u64; 0]);
    let snapshot = store.records().unwrap().snapshot().unwrap();
    let states: Vec<_> = snapshot.outbox.iter().map(|(row, detail)| (row.state, detail.as_str())).collect();
    assert_eq!(states, [(OutboxState::Delivered, "250 ok"), (OutboxState::Failed, "250 ok")]);
}

pub(super) fn recipients_are_told_of_rows_that_have_left_too(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    hand.commit(store, Changes { outbox: vec![outbox(1, 100), outbox(2, 100)], ..people(1) });
    let again = OutboxSettlement {
        recipient: Some("new@example.com".to_owned()),
        ..settlement(1, OutboxState::Delivered, 500)
    };
    let given = OutboxRecord { recipient: "three@example.com".to_owned(), ..outbox(3, 9) };
    let changes = Changes { outbox: vec![given], settled: vec![again], ..Changes::default() };
    let batch = hand.batch(changes);
    let ticket = store.begin(batch).unwrap();
    for _ in 0..2 {
        let questions = Questions { recipients: vec![1, 2, 3, 4], ..Questions::default() };
        let found = store.ask(&questions).unwrap().recipients;
        let expected = [Some("new@example.com"), Some("p1@example.com"), Some("three@example.com"), None];
        assert_eq!(found, expected.map(|to| to.map(str::to_owned)));
        // The second time, it is durable.
        store.finish(ticket).unwrap();
    }
}

pub(super) fn a_row_can_be_queued_and_settled_in_one_batch(store: &mut dyn Store) {
    let settled = vec![settlement(1, OutboxState::Promised, 100)];
    commit(store, Changes { outbox: vec![outbox(1, 100)], settled, ..people(1) });
    assert_eq!(open(store).1.outbox[0].state, OutboxState::Promised);
}

pub(super) fn decisions_are_counted_by_day_and_kind(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    let of = |id, code, at| DecisionRecord { at, trace: Trace::new(), ..decision(id, 1, code) };
    let nobody = DecisionRecord { workflow: None, step: None, about: None, ..of(4, DecisionCode::Consented, 0) };
    let day = flow_ir::units::DAY_MS;
    let decisions =
        vec![of(1, DecisionCode::Sent, 0), of(2, DecisionCode::Sent, day - 1), of(3, DecisionCode::Sent, day), nobody];
    hand.commit(store, Changes { decisions, ..people(1) });
    hand.commit(store, Changes { decisions: vec![of(5, DecisionCode::Sent, day)], ..Changes::default() });
    let mut records = store.records().unwrap();
    let count = |workflow, code, step, about, count| DecisionCount { workflow, code, step, about, reason: 0, count };
    let expected =
        [count(None, DecisionCode::Consented, None, None, 1), count(Some(4), DecisionCode::Sent, Some(2), Some(3), 4)];
    assert_eq!(records.decision_counts().unwrap(), expected);
    let by_day: Vec<(i32, i64)> = (records.snapshot().unwrap().totals.into_iter())
        .filter_map(|(total, value)| match total {
            Total::Decisions { day, workflow: Some(_), .. } => Some((day, value)),
            _ => None,
        })
        .collect();
    assert_eq!(by_day, [(0, 2), (1, 2)]);
}

pub(super) fn arms_are_counted_as_traces_have_them(store: &mut dyn Store) {
    let of = |id, trace: Vec<i64>| DecisionRecord { trace: trace.into(), ..decision(id, 1, DecisionCode::Stepped) };
    let decisions = vec![of(1, vec![0b101]), of(2, vec![0b100, 1])];
    commit(store, Changes { decisions, ..people(1) });
    let counts = store.records().unwrap().decision_counts().unwrap();
    let ran = counts.iter().filter(|count| count.code == DecisionCode::Ran);
    let ran: Vec<_> = ran.map(|count| (count.step, count.about.unwrap(), count.count)).collect();
    assert_eq!(ran, [(None, 0, 1), (None, 2, 2), (None, flow_ir::limits::TRACE_BITS, 1)]);
}

pub(super) fn live_journeys_are_counted_by_step_and_block(store: &mut dyn Store) {
    assert_eq!(store.records().unwrap().position_counts().unwrap(), []);
    let at = |contact, step, status| on(contact, vec![JourneyRecord { step, status, ..journey(contact, 4, 1) }]);
    let contacts = vec![
        at(1, 2, JourneyStatus::Waiting),
        at(2, 2, JourneyStatus::Waiting),
        at(3, 2, JourneyStatus::Held),
        at(4, 1, JourneyStatus::Awaiting),
        at(5, 1, JourneyStatus::Ended),
    ];
    commit(store, Changes { contacts: contacts.into(), ..Changes::default() });
    let count = |step, status, count| PositionCount { workflow: 4, step, status, count };
    let expected =
        [count(1, JourneyStatus::Awaiting, 1), count(2, JourneyStatus::Waiting, 2), count(2, JourneyStatus::Held, 1)];
    let mut records = store.records().unwrap();
    assert_eq!(records.position_counts().unwrap(), expected);
    assert_eq!(records.live_blocks().unwrap(), [BlockCount { workflow: 4, block: 3, count: 4 }]);
}

pub(super) fn who_clicked_what_nobody_is_told_to_have_opened_is_counted(store: &mut dyn Store) {
    assert_eq!(store.records().unwrap().clicked_unopened().unwrap(), []);
    use DecisionCode::{Clicked, Opened, Replied};
    let done = [
        (8, Clicked),
        (9, Opened),
        (9, Clicked),
        (10, Clicked),
        (10, Opened),
        (11, Opened),
        (12, Clicked),
        (12, Replied),
    ];
    let decisions =
        (1..).zip(done).map(|(id, (send, code))| DecisionRecord { send: Some(send), ..decision(id, 1, code) });
    commit(store, Changes { decisions: decisions.collect(), ..people(1) });
    let expected = UnopenedCount { workflow: 4, step: 2, email: 3, count: 2 };
    assert_eq!(store.records().unwrap().clicked_unopened().unwrap(), [expected]);
}

pub(super) fn totals_add_up(store: &mut dyn Store) {
    let mut hand = Hand::take(store);
    let engaged = |by_machine| Total::Engagements {
        day: 9,
        email: 3,
        code: DecisionCode::Clicked,
        link: "more".to_owned(),
        by_machine,
    };
    let converted = Total::Conversions { workflow: 4, version: 1, week: 2_900, after_days: 3 };
    let totals = vec![counter("sent", 2), counter("events", 5), counter("sent", 3), (engaged(true), 1)];
    hand.commit(store, Changes { totals, ..Changes::default() });
    let totals = vec![
        counter("sent", -1),
        counter("most", i64::MAX),
        (engaged(true), 2),
        (engaged(false), 4),
        (converted.clone(), 6),
    ];
    hand.commit(store, Changes { totals, ..Changes::default() });
    let expected = [("events", 5), ("most", i64::MAX), ("sent", 4)].map(|(name, total)| (name.to_owned(), total));
    let mut records = store.records().unwrap();
    assert_eq!(records.counters().unwrap(), expected);
    let totals = records.snapshot().unwrap().totals;
    assert_eq!([totals[&engaged(true)], totals[&engaged(false)], totals[&converted]], [3, 4, 6]);
    let beyond = Changes { totals: vec![counter("sent", 1), counter("most", 1)], ..Changes::default() };
    let error = hand.try_commit(store, beyond).unwrap_err();
    assert!(error.message.contains("out of range"), "{}", error.message);
    assert_eq!(records.counters().unwrap(), expected);
}

pub(super) fn a_broken_row_leaves_nothing_behind(store: &mut dyn Store) {
    /// Someone who was never numbered.
    const NOBODY: u64 = 9;
    type Break = fn(&mut Batch);
    let breaks: [(&str, Break); 15] = [
        ("new contact", |batch| rows(batch).contacts.push(&ContactWrite { texts: None, ..contact(3) })),
        ("contact 0", |batch| rows(batch).contacts.push(&contact(0))),
        ("contact of another slot", |batch| {
            rows(batch).contacts.push(&ContactWrite { id: ContactId::new(Slot::new(1).unwrap(), 1), ..contact(1) });
        }),
        ("key", |batch| rows(batch).keys.push(("k".to_owned(), Some(ContactId(NOBODY))))),
        ("journey", |batch| rows(batch).ended.push(journey(NOBODY, 1, 1))),
        ("event", |batch| rows(batch).events.push(event(NOBODY, 3))),
        ("event number", |batch| rows(batch).events.push(EventRecord { id: 99, ..event(1, 9) })),
        ("message", |batch| rows(batch).events.push(EventRecord { id: 3, ..event(1, 1) })),
        ("outbox", |batch| rows(batch).outbox.push(OutboxRecord { contact: ContactId(NOBODY), ..outbox(1, 9) })),
        ("outbox number", |batch| rows(batch).outbox.push(outbox(3, 9))),
        ("outbox twice", |batch| rows(batch).outbox.push(outbox(2, 9))),
        ("settlement", |batch| rows(batch).settled.push(settlement(9, OutboxState::Failed, 9))),
        ("decision", |batch| rows(batch).decisions.push(decision(3, NOBODY, DecisionCode::Sent))),
        ("numbers go back", |batch| batch.slots[0].state.next_record = 0),
        ("total", |batch| rows(batch).totals.extend([counter("events", i64::MAX), counter("events", 1)])),
    ];
    fn rows(batch: &mut Batch) -> &mut Changes {
        &mut batch.slots[0].changes
    }
    let mut hand = Hand::take(store);
    for (what, break_it) in breaks {
        let mut batch = hand.batch(everything());
        break_it(&mut batch);
        assert!(store.begin(batch).and_then(|ticket| store.finish(ticket)).is_err(), "{what}");
        assert_eq!(open(store).0, Opened::default(), "{what}");
        assert_eq!(store.records().unwrap().snapshot().unwrap(), digest::Snapshot::default(), "{what}");
        assert_eq!(find(store, &["user:1"]), [None], "{what}");
        assert_eq!(known(store, &[1]), [false], "{what}");
    }
    // Not because the rest could not be written.
    hand.commit(store, everything());
    assert_eq!(store.records().unwrap().counters().unwrap(), [("events".to_owned(), 2)]);
}
