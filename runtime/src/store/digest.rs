//! Everything a store holds, as rows and as one short text, so that two stores can be compared.
//!
//! The test that kills a run and starts it again compares its digest with that of an undisturbed run. So the digest covers *what
//! became of everyone*, and leaves out what the cutting of work into batches may change without harm: the numbers of events,
//! decisions and outbox rows, and how often and when exactly a delivery was tried.
//!
//! ```text
//! contact 1000 5f0c2a9be1d4337a
//! journey 1420 09be...
//! ```
//! One line a table, with its rows counted, so that a difference says where it lies.

use super::sqlite;
use super::{
    ContactId, ContactWrite, DecisionRecord, EventRecord, HandoffAnswer, HandoffRecord, JourneyRecord, JourneyValue,
    OutboxRecord, OutboxState, Records, ScoreRecord, StageRecord, StoreError, Texts, Total,
};
use ring::digest::{Context, SHA256};
use std::collections::BTreeMap;
use std::path::Path;

/// Bytes of each table's SHA-256 that are shown: enough to tell stores apart, short enough to read.
const SHOWN_BYTES: usize = 8;

/// Everything a store holds of people, in an order that does not depend on how it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// By id; texts are always given.
    pub contacts: Vec<ContactWrite>,
    /// By key.
    pub keys: Vec<(String, ContactId)>,
    /// Who was joined into whom, by contact.
    pub joined: Vec<(ContactId, ContactId)>,
    /// Those that are no longer loaded, by (contact, workflow, run); the others stand with their contact.
    pub ended: Vec<JourneyRecord>,
    /// By message.
    pub events: Vec<EventRecord>,
    /// By key, each with its receipt or reason.
    pub outbox: Vec<(OutboxRecord, String)>,
    /// By key.
    pub handoffs: Vec<HandoffRecord>,
    /// By key and what was said.
    pub answers: Vec<HandoffAnswer>,
    /// By contact, workflow and run.
    pub values: Vec<JourneyValue>,
    /// By contact and instant.
    pub decisions: Vec<DecisionRecord>,
    /// By contact and instant.
    pub stages: Vec<StageRecord>,
    /// By contact and instant.
    pub scores: Vec<ScoreRecord>,
    /// Over all slots.
    pub totals: BTreeMap<Total, i64>,
}

/// The digest of a store's file. It may be in use meanwhile.
pub fn digest(path: &Path) -> Result<String, StoreError> {
    Ok(sqlite::SqliteRecords::open(path)?.snapshot()?.digest())
}

impl Snapshot {
    /// Puts the rows into their order.
    pub(super) fn sorted(mut self) -> Self {
        self.contacts.sort_by_key(|row| row.id);
        self.keys.sort();
        self.joined.sort();
        self.ended.sort_by_key(|row| (row.contact, row.workflow, row.run));
        self.events.sort_by_key(|row| row.message);
        self.outbox.sort_by(|(a, _), (b, _)| a.key.cmp(&b.key));
        self.handoffs.sort_by(|a, b| a.key.cmp(&b.key));
        self.answers.sort();
        self.values.sort();
        self.decisions.sort_by(|a, b| decision_order(a).cmp(&decision_order(b)));
        self.stages.sort_by_key(|row| (row.contact, row.at, row.from, row.to));
        self.scores.sort_by_key(|row| (row.contact, row.at, row.change, row.score));
        self
    }

    /// Every journey, by (contact, workflow, run).
    pub fn journeys(&self) -> Vec<&JourneyRecord> {
        let mut journeys: Vec<&JourneyRecord> =
            self.contacts.iter().flat_map(|contact| &contact.kept).chain(&self.ended).collect();
        journeys.sort_by_key(|row| (row.contact, row.workflow, row.run));
        journeys
    }

    /// Lines of text, the same for equal stores whatever order they were written in.
    pub fn digest(&self) -> String {
        let mut out = String::new();
        add(&mut out, "contact", &self.contacts, contact);
        add(&mut out, "key", &self.keys, |row, (key, id)| row.text(key).number(id.0));
        add(&mut out, "joined", &self.joined, |row, (id, into)| row.number(id.0).number(into.0));
        add(&mut out, "journey", &self.journeys(), |row, of| journey(row, of));
        add(&mut out, "event", &self.events, event);
        add(&mut out, "outbox", &self.outbox, |row, (outbox_row, _)| outbox(row, outbox_row));
        add(&mut out, "handoff", &self.handoffs, handoff);
        add(&mut out, "answer", &self.answers, |row, HandoffAnswer { key, answer, reason, at }| {
            row.text(key).instant(answer.bit()).text(reason).instant(*at)
        });
        add(&mut out, "value", &self.values, |row, JourneyValue { contact, workflow, run, value }| {
            row.number(contact.0).number(u64::from(*workflow)).number(u64::from(*run)).text(value)
        });
        add(&mut out, "decision", &self.decisions, decision);
        add(&mut out, "stage", &self.stages, |row, StageRecord { contact, at, from, to, .. }| {
            row.number(contact.0).instant(*at).instant(*from).instant(*to)
        });
        add(&mut out, "score", &self.scores, |row, ScoreRecord { contact, at, change, score, .. }| {
            row.number(contact.0).instant(*at).instant(*change).instant(*score)
        });
        // Counters say what the machine did as well, such as how often it tried.
        let totals: Vec<String> = (self.totals.iter())
            .filter(|(total, _)| !matches!(total, Total::Counter(_)))
            .map(|(total, value)| format!("{total:?} {value}"))
            .collect();
        add(&mut out, "total", &totals, |row, total| row.text(total));
        out
    }
}

fn decision_order(row: &DecisionRecord) -> impl Ord + '_ {
    (row.contact, row.at, row.workflow, row.run, row.code, row.step, row.about, row.reason, &row.trace)
}

fn add<T>(out: &mut String, table: &str, rows: &[T], each: impl for<'a> Fn(&'a mut Row, &T) -> &'a mut Row) {
    let mut row = Row { hash: Context::new(&SHA256) };
    for one in rows {
        each(&mut row, one);
    }
    let hash = row.hash.finish();
    let shown: String = hash.as_ref().iter().take(SHOWN_BYTES).map(|byte| format!("{byte:02x}")).collect();
    out.push_str(&format!("{table} {} {shown}\n", rows.len()));
}

fn contact<'a>(row: &'a mut Row, contact: &ContactWrite) -> &'a mut Row {
    row.number(contact.id.0).bytes(&contact.frame).maybe(contact.next_at);
    let row = contact.texts.iter().flat_map(Texts::iter).fold(row, |row, text| row.maybe_text(text));
    let said = contact.said_at.by_instant().flatten();
    let row = said.fold(row, |row, (at, field)| row.instant(*at).small(*field));
    contact.held.iter().fold(row, |row, entry| {
        row.small(entry.workflow)
            .number(entry.triggers)
            .instant(entry.occurred_at)
            .instant(entry.until)
            .bytes(&entry.memory)
    })
}

fn journey<'a>(row: &'a mut Row, journey: &JourneyRecord) -> &'a mut Row {
    row.number(journey.contact.0).small(journey.workflow).small(journey.run).small(journey.status as u8);
    row.small(journey.block).small(journey.step).small(journey.visit).bytes(&journey.memory);
    row.maybe(journey.due_at).instant(journey.entered_at).maybe(journey.ended_at);
    row.small(journey.goal_met).maybe(journey.goal_until);
    // The row's number is as good as any other: its key says whose it is.
    let row = row.small(journey.outbox.is_some());
    journey.sends.iter().fold(row, |row, send| row.small(send.email).small(send.step).small(send.told))
}

fn event<'a>(row: &'a mut Row, event: &EventRecord) -> &'a mut Row {
    row.number(event.contact.0).instant(event.message.day.into()).bytes(&event.message.id.0).text(&event.name);
    row.instant(event.occurred_at).instant(event.received_at).text(&event.properties).small(u32::from(event.counts))
}

fn outbox<'a>(row: &'a mut Row, outbox: &OutboxRecord) -> &'a mut Row {
    // While it waits its instant decides what happens next; afterwards it only says when it was settled.
    let due_at = (outbox.state == OutboxState::Queued).then_some(outbox.due_at);
    row.text(&outbox.key).small(outbox.kind as u8).number(outbox.contact.0).small(outbox.workflow).small(outbox.run);
    row.small(outbox.step).small(outbox.email).text(&outbox.recipient).text(&outbox.payload).small(outbox.state as u8);
    row.instant(outbox.queued_at).maybe(due_at).instant(outbox.held_since)
}

fn handoff<'a>(row: &'a mut Row, handoff: &HandoffRecord) -> &'a mut Row {
    row.text(&handoff.key).number(handoff.contact.0).small(handoff.workflow).small(handoff.run);
    row.text(&handoff.team).text(&handoff.member).text(&handoff.note);
    row.maybe_text(handoff.task.as_deref()).maybe(handoff.task_due_at).instant(handoff.at)
}

fn decision<'a>(row: &'a mut Row, decision: &DecisionRecord) -> &'a mut Row {
    row.number(decision.contact.0).maybe(decision.workflow.map(i64::from)).small(decision.run).instant(decision.at);
    row.small(decision.code as u8).maybe(decision.step.map(i64::from)).maybe(decision.about.map(i64::from));
    row.small(decision.reason).small(decision.send.is_some());
    let row = row.number(decision.trace.len() as u64);
    decision.trace.iter().fold(row, |row, word| row.instant(*word))
}

/// The rows of a table on their way into its hash. Values of changing length carry it, so no two lists of rows look alike.
struct Row {
    hash: Context,
}

impl Row {
    fn number(&mut self, value: u64) -> &mut Self {
        self.hash.update(&value.to_le_bytes());
        self
    }

    fn small(&mut self, value: impl Into<u32>) -> &mut Self {
        self.number(u64::from(value.into()))
    }

    fn instant(&mut self, value: i64) -> &mut Self {
        self.hash.update(&value.to_le_bytes());
        self
    }

    fn maybe(&mut self, value: Option<i64>) -> &mut Self {
        self.small(value.is_some()).instant(value.unwrap_or_default())
    }

    fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.number(value.len() as u64).hash.update(value);
        self
    }

    fn text(&mut self, value: &str) -> &mut Self {
        self.bytes(value.as_bytes())
    }

    fn maybe_text(&mut self, value: Option<&str>) -> &mut Self {
        self.small(value.is_some()).text(value.unwrap_or_default())
    }
}
