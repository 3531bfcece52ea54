//! The rows of a store, and a batch of changes to them. Instants are milliseconds since the epoch, UTC.

use flow_ir::limits::TRACE_BITS;
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
    /// Never given to anybody else.
    pub id: ContactId,
    /// As the program's layout has it; bytes to the store.
    pub frame: Vec<u8>,
    /// The text fields, in the order of the program's text columns.
    pub texts: Vec<Option<String>>,
    /// The next instant at which something may happen by itself.
    pub next_at: Option<i64>,
    /// The version of the program under which they were last looked at.
    pub version: u32,
    /// Live journeys and the ended ones that still matter, by (workflow, run).
    pub journeys: Vec<JourneyRecord>,
    /// Entries that wait for who they are about, by workflow.
    pub held: Vec<HeldEntry>,
}

/// An entry whose event came before its person's address, identity or a required field (E4). There is one per contact and workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldEntry {
    /// The program's number of the workflow.
    pub workflow: u32,
    /// Which of the entry's patterns matched.
    pub triggers: u64,
    /// When the event occurred.
    pub occurred_at: i64,
    /// The last instant at which what it waits for completes it.
    pub until: i64,
}

/// A contact to insert or replace, without journeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactWrite {
    /// One that [`Store::next_contact`](super::Store::next_contact) has given, or of a contact that is there.
    pub id: ContactId,
    /// The whole frame, as the program's layout has it.
    pub frame: Vec<u8>,
    /// `None` leaves the texts as they are (never for a new contact): most steps change no text.
    pub texts: Option<Vec<Option<String>>>,
    /// The next instant at which something may happen by itself; none where nothing can.
    pub next_at: Option<i64>,
    /// The version of the program under which it is written.
    pub version: u32,
    /// All the entries that are held for them. `None` leaves them as they are.
    pub held: Option<Vec<HeldEntry>>,
}

/// One person's way through one workflow. Its key is (contact, workflow, run).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JourneyRecord {
    /// Whose journey it is.
    pub contact: ContactId,
    /// The program's number of the workflow.
    pub workflow: u32,
    /// The how-manieth enrolment of this contact in this workflow, from 1.
    pub run: u32,
    /// What it is alive for.
    pub status: JourneyStatus,
    /// The block to resume at.
    pub block: u32,
    /// The step it stands at.
    pub step: u32,
    /// How many times it has been woken: part of every effect's key.
    pub visit: u32,
    /// The journey's own slots.
    pub memory: Vec<u8>,
    /// When it acts by itself; every live journey has one (E14), but for one that waits for an answer.
    pub due_at: Option<i64>,
    /// The outbox row that it waits for, or whose answer is still of interest to it.
    pub outbox: Option<u64>,
    /// The instant of enrolment.
    pub entered_at: i64,
    /// None while it is live.
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
    /// It is over, in whichever way.
    Ended = 3,
    /// A message on its way: the journey goes on when its answer is there.
    Sending = 4,
}

/// An event as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Who it is about.
    pub contact: ContactId,
    /// Under this it was taken once (E3).
    pub message: MessageId,
    /// The stream's own name.
    pub name: String,
    /// When it happened; never after it was received.
    pub occurred_at: i64,
    /// When it arrived, by the stream.
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
    /// To whom it goes.
    pub kind: OutboxKind,
    /// Who it is to or, for a notice, about.
    pub contact: ContactId,
    /// The program's number of the workflow.
    pub workflow: u32,
    /// The run of the journey that wrote it.
    pub run: u32,
    /// The program's number of the step.
    pub step: u32,
    /// The program's number of the email; 0 for a notice.
    pub email: u32,
    /// What the message says, as JSON: of a notice all of it, of a mail the values that its step fixed.
    pub payload: String,
    /// Whether it is still to leave ([`OutboxState::is_unsettled`]).
    pub state: OutboxState,
    /// Attempts so far, the one under way not counted.
    pub attempts: u32,
    /// When the step wrote it; the date of the message, whenever it leaves.
    pub queued_at: i64,
    /// Not before this instant.
    pub due_at: i64,
}

/// To whom a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum OutboxKind {
    /// To the contact.
    Mail = 0,
    /// To a member of a team.
    Notice = 1,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum OutboxState {
    /// Waiting for its instant.
    Queued = 0,
    /// A channel has been asked and has not answered.
    Claimed = 1,
    /// The other side took it.
    Delivered = 2,
    /// Not let out at the last check (E5).
    Withheld = 3,
    /// Refused for good, or out of retries.
    Failed = 4,
    /// A crash hid its fate and the channel's policy forbids another try.
    Unknown = 5,
    /// The channel is certain to take it, so its journey has gone on; it is handed over after the commit.
    Promised = 6,
}

impl OutboxState {
    /// Whether the message is still to leave.
    pub fn is_unsettled(self) -> bool {
        matches!(self, OutboxState::Queued | OutboxState::Claimed | OutboxState::Promised)
    }
}

/// What became of an outbox row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxSettlement {
    /// Of the row.
    pub id: u64,
    /// The state that it has from now on; [`OutboxState::Claimed`] before a channel is asked.
    pub state: OutboxState,
    /// Attempts made by now.
    pub attempts: u32,
    /// The next try, where it is queued again; else the instant of the last one.
    pub due_at: i64,
    /// The receipt or the reason.
    pub detail: String,
}

/// Someone handed to a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoffRecord {
    /// The same form of key as the outbox has.
    pub key: String,
    /// Who was handed over.
    pub contact: ContactId,
    /// The program's number of the workflow.
    pub workflow: u32,
    /// The run of the journey.
    pub run: u32,
    /// By its name.
    pub team: String,
    /// The address of whoever took the contact, or of the backup.
    pub member: String,
    /// Filled in; empty where the step has none.
    pub note: String,
    /// What they are asked to do, filled in.
    pub task: Option<String>,
    /// By when; where there is a task.
    pub task_due_at: Option<i64>,
    /// The instant of the step.
    pub at: i64,
}

/// Why something happened, or did not (E12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// About whom it was decided.
    pub contact: ContactId,
    /// None where no workflow is concerned.
    pub workflow: Option<u32>,
    /// The run of the journey; 0 where there is none.
    pub run: u32,
    /// The instant of the decision.
    pub at: i64,
    /// What was decided.
    pub code: DecisionCode,
    /// The step, or the number that the code says: of the exit, the field, the email.
    pub step: Option<u32>,
    /// The reason's number, where the code has several.
    pub reason: u32,
    /// The trace words of a wake: which arms ran.
    pub trace: Vec<i64>,
}

impl DecisionRecord {
    /// The numbers of the arms that ran, as the trace has them.
    pub(super) fn arms(&self) -> impl Iterator<Item = u32> + '_ {
        let bits = |word: i64| (0..TRACE_BITS).filter(move |bit| word >> bit & 1 == 1);
        (0..).zip(&self.trace).flat_map(move |(place, word)| bits(*word).map(move |bit| place * TRACE_BITS + bit))
    }
}

/// What was decided. Numbers are kept in stores, so none is ever given to another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum DecisionCode {
    /// A journey began; the reason says by what, where it was not the workflow's own entry.
    Entered = 1,
    /// An entry that was not followed; the reason says why (E4).
    Ignored = 2,
    /// A wake: from a suspension to the next; the trace says which arms ran.
    Stepped = 3,
    /// A mail left: the channel took it.
    Sent = 4,
    /// A mail does not leave; the reason says why.
    Withheld = 5,
    /// A mail waits for its window, and the journey with it.
    Held = 6,
    /// A `wait until` ended by its deadline.
    TimedOut = 7,
    /// A handoff was made; the reason says who took it, if anybody.
    HandedOff = 8,
    /// The journey ended because the goal was met or by an `exit as converted`; the reason says so where the goal was met before.
    Converted = 9,
    /// The goal was met after the end, within its time.
    Attributed = 10,
    /// An `exit when`; the step is the number of the clause, the reason that of the step where the journey stood, from 1.
    ExitedWhen = 11,
    /// An `exit` step.
    Exited = 12,
    /// The journey came to its end; the reason says by what.
    Finished = 13,
    /// A notice to a team was delivered.
    Delivered = 14,
    /// A delivery ended without one: refused, out of retries, or unknown.
    Undelivered = 15,
    /// Consent or an address was lost: unsubscribed, bounced, complained; or a step suppressed the person, who keeps both.
    Suppressed = 16,
    /// Another workflow stopped the journey at the step where it stood; the reason is the number of that workflow.
    Stopped = 17,
    /// Beside an entry that was not followed: a required field that is not known of the contact. The step is the number of the field.
    Lacked = 18,
    /// The person gave consent again after they had taken it back, or after a workflow had suppressed them, as the reason says then.
    Consented = 19,
    /// A mail of the journey was opened for the first time; the step is the number of the email.
    Opened = 31,
    /// A person followed a link in a mail of the journey for the first time; the step is the number of the email.
    Clicked = 32,
    /// A mail of the journey was answered for the first time; the step is the number of the email.
    Replied = 33,
    /// The goal was met and the journey goes on (`and continue`).
    GoalMet = 34,
    /// An arm of an `if` ran; the step is the number of the arm. A total alone, which the traces add up to, and never a record.
    Ran = 35,
    /// The journey ended where it stood, because the person proved to be somebody who is in the workflow already.
    GaveWay = 36,
}

impl DecisionCode {
    /// Whether it is recorded once for each journey and number in the place of the step; the same again changes nothing.
    pub(super) fn is_recorded_once(self) -> bool {
        matches!(self, Self::Opened | Self::Clicked | Self::Replied)
    }
}

/// A total of decisions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecisionCount {
    /// None where no workflow is concerned.
    pub workflow: Option<u32>,
    /// What was decided.
    pub code: DecisionCode,
    /// The step, or the number that the code says: of the exit, the field, the email, the arm.
    pub step: Option<u32>,
    /// The reason's number, where the code has several.
    pub reason: u32,
    /// How often.
    pub count: u64,
}

/// A total of live journeys at one step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PositionCount {
    /// The program's number of the workflow.
    pub workflow: u32,
    /// The program's number of the step.
    pub step: u32,
    /// What they are alive for; never [`JourneyStatus::Ended`].
    pub status: JourneyStatus,
    /// How many journeys.
    pub count: u64,
}

/// A total of handoffs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandoffCount {
    /// The program's number of the workflow.
    pub workflow: u32,
    /// By its name.
    pub team: String,
    /// By their address.
    pub member: String,
    /// How many people they took over.
    pub count: u64,
}

/// One transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whole rows; of two for one contact the last holds.
    pub contacts: Vec<ContactWrite>,
    /// Whose keys are from now on, none for one that is free again. Of two changes of one key the last holds.
    pub keys: Vec<(String, Option<ContactId>)>,
    /// Contacts that proved to be one: from now on the keys of the first of each pair find the second, whose own row is there.
    pub joined: Vec<(ContactId, ContactId)>,
    /// Whole rows; of two for one journey the last holds.
    pub journeys: Vec<JourneyRecord>,
    /// Each new to the store.
    pub events: Vec<EventRecord>,
    /// A row whose key is there already changes nothing.
    pub outbox: Vec<OutboxRecord>,
    /// What became of rows that are there.
    pub settled: Vec<OutboxSettlement>,
    /// A row whose key is there already changes nothing.
    pub handoffs: Vec<HandoffRecord>,
    /// Counted into the totals as they are written, with the arms of their traces. What is recorded once and is there already changes
    /// nothing.
    pub decisions: Vec<DecisionRecord>,
    /// Named values to replace.
    pub meta: Vec<(String, Vec<u8>)>,
    /// Totals to add to.
    pub counters: Vec<(String, i64)>,
}

impl Changes {
    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
