//! The rows of a store, and a batch of changes to them. Instants are milliseconds since the epoch, UTC.

use serde::{Deserialize, Serialize};

/// A contact, numbered from 1 in the order in which they became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContactId(pub u64);

/// The first 16 bytes of the SHA-256 of an event's message id: fixed width, and long ids cost nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub [u8; 16]);

/// A contact with what the engine needs to decide about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRecord {
    pub id: ContactId,
    pub frame: Vec<u8>,
    /// The text fields, in the order of the program's text columns.
    pub texts: Vec<Option<String>>,
    /// The next instant at which something may happen by itself.
    pub next_at: Option<i64>,
    /// Live journeys and the ended ones that still matter, by (workflow, run).
    pub journeys: Vec<JourneyRecord>,
}

/// A contact to insert or replace, without journeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactWrite {
    pub id: ContactId,
    pub frame: Vec<u8>,
    /// `None` leaves the texts as they are (never for a new contact): most steps change no text.
    pub texts: Option<Vec<Option<String>>>,
    pub next_at: Option<i64>,
}

/// One person's way through one workflow. Its key is (contact, workflow, run).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JourneyRecord {
    pub contact: ContactId,
    pub workflow: u32,
    /// The how-manieth enrolment of this contact in this workflow, from 1.
    pub run: u32,
    pub status: JourneyStatus,
    /// The block to resume at.
    pub block: u32,
    /// The step it stands at.
    pub step: u32,
    /// How many times it has been woken: part of every effect's key.
    pub visit: u32,
    /// The journey's own slots.
    pub memory: Vec<u8>,
    /// When it acts by itself; every live journey has one (E14).
    pub due_at: Option<i64>,
    pub entered_at: i64,
    pub ended_at: Option<i64>,
    /// Whether the engine still needs it when the contact is loaded: live, or the latest of its workflow.
    pub keep: bool,
}

/// Why a journey is alive, or that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum JourneyStatus {
    /// A due instant.
    Waiting = 0,
    /// An event or condition, with a deadline.
    Awaiting = 1,
    /// A message held by its window.
    Held = 2,
    Ended = 3,
}

/// An event as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    pub contact: ContactId,
    pub message: MessageId,
    /// The stream's own name.
    pub name: String,
    pub occurred_at: i64,
    pub received_at: i64,
    /// The properties as JSON, as they came.
    pub properties: String,
}

/// A message on its way out. Its key is unique for ever: a second row under it changes nothing (E9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRecord {
    /// Given by the engine, ascending in the order of decisions.
    pub id: u64,
    /// Contact, workflow, run, step and visit: `c17.guide_nurture.1.s0.v0`.
    pub key: String,
    pub kind: OutboxKind,
    pub contact: ContactId,
    pub workflow: u32,
    pub run: u32,
    pub step: u32,
    /// The program's number of the email; 0 for a notice.
    pub email: u32,
    /// What a notice says, as JSON; empty for a mail, which is filled in when it leaves.
    pub payload: String,
    pub state: OutboxState,
    pub attempts: u32,
    pub queued_at: i64,
    /// Not before this instant.
    pub due_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum OutboxKind {
    /// To the contact.
    Mail = 0,
    /// To a member of a team.
    Notice = 1,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum OutboxState {
    Queued = 0,
    /// A connector has been asked and has not answered.
    Claimed = 1,
    Delivered = 2,
    /// Not let out at the last check (E5).
    Withheld = 3,
    /// Refused for good, or out of retries.
    Failed = 4,
    /// A crash hid its fate and the connector's policy forbids another try.
    Unknown = 5,
}

/// What became of an outbox row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxSettlement {
    pub id: u64,
    pub state: OutboxState,
    pub attempts: u32,
    /// The next try, where it is queued again; else the instant it was settled.
    pub due_at: i64,
    /// The receipt or the reason.
    pub detail: String,
}

/// Someone handed to a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoffRecord {
    /// The same form of key as the outbox has.
    pub key: String,
    pub contact: ContactId,
    pub workflow: u32,
    pub run: u32,
    pub team: String,
    pub member: String,
    pub note: String,
    pub task: Option<String>,
    pub task_due_at: Option<i64>,
    pub at: i64,
}

/// Why something happened, or did not (E12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    pub contact: ContactId,
    /// None where no workflow is concerned.
    pub workflow: Option<u32>,
    pub run: u32,
    pub at: i64,
    pub code: DecisionCode,
    /// The step, or the number of the exit.
    pub step: Option<u32>,
    /// The reason's number, where the code has several.
    pub reason: u32,
    /// The trace words of a wake: which arms ran.
    pub trace: Vec<i64>,
}

/// What was decided. Numbers are kept in stores, so none is ever given to another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum DecisionCode {
    Entered = 1,
    /// An entry that was not followed; the reason says why (E4).
    Ignored = 2,
    /// A wake: from a suspension to the next; the trace says which arms ran.
    Stepped = 3,
    Sent = 4,
    Withheld = 5,
    Held = 6,
    TimedOut = 7,
    HandedOff = 8,
    Converted = 9,
    /// The goal was met after the end, within its time.
    Attributed = 10,
    /// An `exit when`; the step is the number of the clause.
    ExitedWhen = 11,
    /// An `exit` step.
    Exited = 12,
    Finished = 13,
    /// A mail was delivered.
    Delivered = 14,
    /// A delivery ended without one: refused, out of retries, or unknown.
    Undelivered = 15,
    /// Consent or an address was lost: unsubscribed, bounced, complained.
    Suppressed = 16,
    /// Another workflow stopped the journey; the reason is the number of that workflow.
    Stopped = 17,
}

/// A total of decisions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecisionCount {
    pub workflow: Option<u32>,
    pub code: DecisionCode,
    pub step: Option<u32>,
    pub reason: u32,
    pub count: u64,
}

/// A total of live journeys at one step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PositionCount {
    pub workflow: u32,
    pub step: u32,
    pub status: JourneyStatus,
    pub count: u64,
}

/// A total of handoffs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandoffCount {
    pub workflow: u32,
    pub team: String,
    pub member: String,
    pub count: u64,
}

/// One transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    pub contacts: Vec<ContactWrite>,
    /// New keys of contacts. A key once given stays.
    pub keys: Vec<(String, ContactId)>,
    pub journeys: Vec<JourneyRecord>,
    pub events: Vec<EventRecord>,
    pub outbox: Vec<OutboxRecord>,
    pub settled: Vec<OutboxSettlement>,
    pub handoffs: Vec<HandoffRecord>,
    pub decisions: Vec<DecisionRecord>,
    /// Named values to replace.
    pub meta: Vec<(String, Vec<u8>)>,
    /// Totals to add to.
    pub counters: Vec<(String, i64)>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
