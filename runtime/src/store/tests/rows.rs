//! Rows to write, each with something in every column; tests change what they are about.

use crate::store::*;
use flow_ir::Answer;

/// What a process that owns the first slot writes next.
pub(super) struct Hand {
    owner: Owner,
    pub(super) state: SlotState,
}

impl Hand {
    pub(super) fn take(store: &mut dyn Store) -> Hand {
        let owner = store.tend(Wish { slots: 1 }).unwrap().owner;
        Hand { owner, state: open(store).0.state }
    }

    /// A batch of these rows, with the numbers that they need.
    pub(super) fn batch(&self, changes: Changes) -> Batch {
        let after = |ids: &mut dyn Iterator<Item = u64>, next: u64| ids.map(|id| id + 1).chain([next]).max().unwrap();
        let contacts = after(&mut changes.contacts.ids().map(|id| id.0), self.state.next_contact);
        let outbox = after(&mut changes.outbox.iter().map(|row| row.id), self.state.next_outbox);
        let records = changes.events.iter().map(|row| row.id).chain(changes.decisions.iter().map(|row| row.id));
        let records = after(&mut records.into_iter(), self.state.next_record);
        let state = SlotState {
            number: self.state.number + 1,
            next_contact: contacts,
            next_outbox: outbox,
            next_record: records,
            ..self.state
        };
        Batch { owner: self.owner, slots: vec![SlotBatch { slot: Slot::FIRST, state, changes }] }
    }

    /// Gives new rows the numbers that come next, in whatever order they stand.
    pub(super) fn numbered(&self, mut changes: Changes) -> Changes {
        let mut records = self.state.next_record..;
        changes.events.iter_mut().for_each(|row| row.id = records.next().unwrap());
        changes.decisions.iter_mut().for_each(|row| row.id = records.next().unwrap());
        let mut outbox = self.state.next_outbox..;
        changes.outbox.iter_mut().for_each(|row| row.id = outbox.next().unwrap());
        changes
    }

    /// Writes these rows and the totals that follow from them.
    pub(super) fn try_commit(&mut self, store: &mut dyn Store, mut changes: Changes) -> Result<(), StoreError> {
        let rolled_up = changes.rolled_up();
        changes.totals.extend(rolled_up);
        let batch = self.batch(changes);
        let state = batch.slots[0].state;
        let done = store.begin(batch).and_then(|ticket| store.finish(ticket));
        if done.is_ok() {
            self.state = state;
        } else {
            // Whoever has failed opens anew.
            self.state = open(store).0.state;
        }
        done
    }

    pub(super) fn commit(&mut self, store: &mut dyn Store, changes: Changes) {
        self.try_commit(store, changes).unwrap();
    }
}

/// Writes rows into a store that nobody else holds.
pub(super) fn commit(store: &mut dyn Store, changes: Changes) {
    Hand::take(store).commit(store, changes);
}

/// What is handed over when a slot is opened.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pages {
    pub(super) messages: Vec<MessageId>,
    pub(super) contacts: Vec<DueContact>,
    pub(super) outbox: Vec<OutboxRecord>,
    pub(super) lengths: Vec<usize>,
}

impl SlotSink for Pages {
    fn messages(&mut self, newest: Vec<MessageId>) {
        self.messages = newest;
    }
    fn contacts(&mut self, page: &[DueContact]) {
        self.lengths.push(page.len());
        self.contacts.extend_from_slice(page);
    }
    fn outbox(&mut self, page: Vec<OutboxRecord>) {
        self.lengths.push(page.len());
        self.outbox.extend(page);
    }
}

pub(super) fn open(store: &mut dyn Store) -> (Opened, Pages) {
    open_layout(store, 0)
}

pub(super) fn open_layout(store: &mut dyn Store, layout: u32) -> (Opened, Pages) {
    let mut pages = Pages::default();
    (store.open(Slot::FIRST, layout, &mut pages).unwrap(), pages)
}

pub(super) fn load(store: &mut dyn Store, of: &[u64]) -> Result<Vec<ContactRecord>, StoreError> {
    let contacts = of.iter().map(|id| ContactId(*id)).collect();
    store.ask(&Questions { contacts, ..Questions::default() }).map(|answers| answers.contacts)
}

pub(super) fn find(store: &mut dyn Store, keys: &[&str]) -> Vec<Option<u64>> {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    let answers = store.ask(&Questions { keys, ..Questions::default() }).unwrap();
    answers.owners.into_iter().map(|owner| owner.map(|id| id.0)).collect()
}

/// The next rows that wait for their instant.
pub(super) fn waiting(store: &mut dyn Store, behind: DuePlace, at_most: usize) -> Vec<OutboxRecord> {
    let queued = Some(QueuedBehind { slot: Slot::FIRST, behind, at_most });
    store.ask(&Questions { queued, ..Questions::default() }).unwrap().queued
}

/// Rows that are still to leave, by number.
pub(super) fn rows(store: &mut dyn Store, ids: &[u64]) -> Vec<Option<OutboxRecord>> {
    store.ask(&Questions { rows: ids.to_vec(), ..Questions::default() }).unwrap().rows
}

pub(super) fn known(store: &mut dyn Store, messages: &[u8]) -> Vec<bool> {
    let messages = messages.iter().map(|id| message(*id)).collect();
    store.ask(&Questions { messages, ..Questions::default() }).unwrap().known
}

pub(super) fn message(id: u8) -> MessageKey {
    MessageKey { day: 20_000 + i32::from(id % 3), id: MessageId([id; 16]) }
}

pub(super) fn contact(id: u64) -> ContactWrite {
    let texts = vec![Some(format!("p{id}@example.com")), None];
    ContactWrite {
        id: ContactId(id),
        layout: 1,
        frame: vec![id as u8; 16],
        texts: Some(texts.into()),
        next_at: None,
        newest: 0,
        kept: Vec::new(),
        held: vec![held(4)],
        said_at: [(2, 700), (4, 700), (9, 800)].into_iter().collect(),
    }
}

pub(super) fn held(workflow: u32) -> HeldEntry {
    HeldEntry {
        workflow,
        triggers: u64::MAX,
        occurred_at: 800,
        until: 600_900,
        since: 5,
        memory: vec![workflow as u8; 9],
    }
}

/// A contact with these journeys.
pub(super) fn on(id: u64, kept: Vec<JourneyRecord>) -> ContactWrite {
    ContactWrite { kept, ..contact(id) }
}

/// Contacts 1 to `last`, each with the key `user:<id>`.
pub(super) fn people(last: u64) -> Changes {
    Changes {
        contacts: (1..=last).map(contact).collect(),
        keys: (1..=last).map(|id| (format!("user:{id}"), Some(ContactId(id)))).collect(),
        ..Changes::default()
    }
}

pub(in crate::store) fn journey(contact: u64, workflow: u32, run: u32) -> JourneyRecord {
    JourneyRecord {
        contact: ContactId(contact),
        workflow,
        run,
        version: 1,
        status: JourneyStatus::Waiting,
        block: 3,
        step: 2,
        visit: 1,
        memory: vec![7; 24],
        due_at: Some(1_000),
        outbox: Some(9),
        entered_at: 500,
        ended_at: None,
        goal_met: false,
        goal_open: false,
        goal_until: None,
        sends: vec![SendRecord { email: 3, row: 8, step: 1, told: 5 }],
        since: 77,
    }
}

pub(super) fn event(contact: u64, id: u8) -> EventRecord {
    EventRecord {
        id: u64::from(id) + 1,
        previous: 0,
        contact: ContactId(contact),
        message: message(id),
        name: "Visited Page".to_owned(),
        occurred_at: 900,
        received_at: 905,
        properties: r#"{"page":"/pricing"}"#.to_owned(),
        counts: true,
    }
}

pub(super) fn outbox(id: u64, due_at: i64) -> OutboxRecord {
    OutboxRecord {
        id,
        key: format!("c1.nurture.1.s{id}.v0"),
        kind: OutboxKind::Mail,
        contact: ContactId(1),
        workflow: 4,
        run: 1,
        step: 2,
        email: 3,
        recipient: "p1@example.com".to_owned(),
        payload: String::new(),
        state: OutboxState::Queued,
        attempts: 0,
        queued_at: 10,
        due_at,
        held_since: 8,
    }
}

pub(super) fn settlement(id: u64, state: OutboxState, due_at: i64) -> OutboxSettlement {
    OutboxSettlement { id, state, attempts: 1, due_at, detail: "250 ok".to_owned(), recipient: None, queued_at: None }
}

pub(super) fn handoff(key: &str) -> HandoffRecord {
    HandoffRecord {
        key: key.to_owned(),
        contact: ContactId(1),
        workflow: 4,
        run: 1,
        team: "sales".to_owned(),
        member: "ana@example.com".to_owned(),
        note: "asked twice".to_owned(),
        task: Some("call".to_owned()),
        task_due_at: Some(7_000),
        at: 6_000,
    }
}

pub(super) fn decision(id: u64, contact: u64, code: DecisionCode) -> DecisionRecord {
    DecisionRecord {
        id,
        previous: 0,
        workflow: Some(4),
        version: 1,
        run: 1,
        step: Some(2),
        about: Some(3),
        send: Some(8),
        trace: vec![i64::MIN, -1, 0, i64::MAX].into(),
        ..DecisionRecord::new(ContactId(contact), 100, code)
    }
}

pub(super) fn answer(key: &str, answer: Answer, at: i64) -> HandoffAnswer {
    HandoffAnswer { key: key.to_owned(), answer, reason: "no budget".to_owned(), at }
}

pub(super) fn counter(name: &str, add: i64) -> (Total, i64) {
    (Total::Counter(name.to_owned()), add)
}

/// One row of everything, for contacts 1 and 2.
pub(super) fn everything() -> Changes {
    let contacts = vec![on(1, vec![journey(1, 4, 1)]), on(2, vec![journey(2, 0, 2)])];
    let ended = JourneyRecord { status: JourneyStatus::Ended, ended_at: Some(700), ..journey(2, 0, 1) };
    Changes {
        contacts: contacts.into(),
        ended: vec![ended],
        events: vec![event(1, 1), event(2, 2)],
        outbox: vec![outbox(1, 100), outbox(2, 50)],
        settled: vec![settlement(1, OutboxState::Delivered, 120)],
        handoffs: vec![handoff("c1.nurture.1.s9.v0")],
        answers: vec![answer("c1.nurture.1.s9.v0", Answer::Refused, 130)],
        values: vec![JourneyValue {
            contact: ContactId(1),
            workflow: 0,
            run: 1,
            value: "webinar \"spring\"".to_owned(),
        }],
        decisions: vec![decision(4, 1, DecisionCode::Entered), decision(5, 2, DecisionCode::Sent)],
        stages: vec![StageRecord { contact: ContactId(1), at: 10, from: 0, to: 2, by: ChangedBy::default() }],
        scores: vec![ScoreRecord {
            contact: ContactId(2),
            at: 11,
            change: -50_000,
            score: 20_000,
            by: ChangedBy { journey: Some((4, 1)) },
        }],
        reads: vec![("events".to_owned(), vec![1, 2, 3])],
        actors: vec![(Actor::Team("sales".to_owned()), vec![2])],
        totals: vec![counter("events", 2)],
        ..people(2)
    }
}
