//! Rows to write, each with something in every column; tests change what they are about.

use crate::store::*;

pub(super) fn contact(id: u64) -> ContactWrite {
    let texts = vec![Some(format!("p{id}@example.com")), None];
    ContactWrite {
        id: ContactId(id),
        frame: vec![id as u8; 16],
        texts: Some(texts),
        next_at: None,
        version: 0,
        held: Some(vec![held(4)]),
    }
}

pub(super) fn held(workflow: u32) -> HeldEntry {
    HeldEntry { workflow, triggers: u64::MAX, occurred_at: 800, until: 600_900 }
}

/// Contacts 1 to `last`, each with the key `user:<id>`.
pub(super) fn people(last: u64) -> Changes {
    Changes {
        contacts: (1..=last).map(contact).collect(),
        keys: (1..=last).map(|id| (format!("user:{id}"), Some(ContactId(id)))).collect(),
        ..Changes::default()
    }
}

pub(super) fn journey(contact: u64, workflow: u32, run: u32) -> JourneyRecord {
    JourneyRecord {
        contact: ContactId(contact),
        workflow,
        run,
        status: JourneyStatus::Waiting,
        block: 3,
        step: 2,
        visit: 1,
        memory: vec![7; 24],
        due_at: Some(1_000),
        outbox: Some(9),
        entered_at: 500,
        ended_at: None,
        keep: true,
    }
}

pub(super) fn event(contact: u64, message: u8) -> EventRecord {
    EventRecord {
        contact: ContactId(contact),
        message: MessageId([message; 16]),
        name: "Visited Page".to_owned(),
        occurred_at: 900,
        received_at: 905,
        properties: r#"{"page":"/pricing"}"#.to_owned(),
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
        payload: String::new(),
        state: OutboxState::Queued,
        attempts: 0,
        queued_at: 10,
        due_at,
    }
}

pub(super) fn settlement(id: u64, state: OutboxState, due_at: i64) -> OutboxSettlement {
    OutboxSettlement { id, state, attempts: 1, due_at, detail: "250 ok".to_owned() }
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

pub(super) fn decision(contact: u64, code: DecisionCode) -> DecisionRecord {
    DecisionRecord {
        contact: ContactId(contact),
        workflow: Some(4),
        run: 1,
        at: 100,
        code,
        step: Some(2),
        reason: 0,
        trace: vec![i64::MIN, -1, 0, i64::MAX],
    }
}

/// One row of everything, for contacts 1 and 2.
pub(super) fn everything() -> Changes {
    Changes {
        journeys: vec![journey(1, 4, 1), journey(2, 0, 1)],
        events: vec![event(1, 1), event(2, 2)],
        outbox: vec![outbox(1, 100), outbox(2, 50)],
        settled: vec![settlement(1, OutboxState::Delivered, 120)],
        handoffs: vec![handoff("c1.nurture.1.s9.v0")],
        decisions: vec![decision(1, DecisionCode::Entered), decision(2, DecisionCode::Sent)],
        meta: vec![("clock".to_owned(), vec![1, 2, 3])],
        counters: vec![("events".to_owned(), 2)],
        ..people(2)
    }
}
