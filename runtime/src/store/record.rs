//! The rows of a store. Instants are milliseconds since the epoch, UTC.
//!
//! Numbers of workflows, steps, emails and the like are those of the store: a program is brought to them before it runs
//! ([`flow_ir::link`]), so a name has one number for ever, whatever stands before it in a later version of the project.

use super::DuePlace;
use super::said::SaidAt;
use super::slot::ContactId;
use super::texts::Texts;
use flow_ir::Answer;
use flow_ir::limits::TRACE_BITS;
use flow_ir::units::DAY_MS;
use serde::{Deserialize, Serialize};

/// The first 16 bytes of the SHA-256 of an event's message id: fixed width, and long ids cost nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub [u8; 16]);

impl MessageId {
    /// Makes it the id of another message: only where a rule is broken on purpose (`broken.rs`).
    pub(crate) fn another(&mut self) {
        self.0 = self.0.map(|byte| byte.wrapping_add(1));
    }
}

/// A contact with what the engine needs to decide about them: one unit, which a store may keep as one value or as rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRecord {
    /// Never given to anybody else.
    pub id: ContactId,
    /// As the layout has it; bytes to the store.
    pub frame: Vec<u8>,
    /// The text fields, in the order of the program's texts. Shorter than that where the program of then had fewer.
    pub texts: Texts,
    /// The next instant at which something may happen by itself.
    pub next_at: Option<i64>,
    /// The version of the program whose layout the frame and the journeys have, and under which they were last looked at.
    pub layout: u32,
    /// The newest of their records in the log, from which the others are found one after another; 0 where there is none.
    pub newest: u64,
    /// Live journeys and the ended ones that still matter, by (workflow, run).
    pub kept: Vec<JourneyRecord>,
    /// Entries that wait for who they are about, by workflow.
    pub held: Vec<HeldEntry>,
    /// When the values of the fields were said.
    pub said_at: SaidAt,
}

/// An entry whose event came before its person's address, identity or a required field (E4). There is one per contact and workflow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldEntry {
    /// The number of the workflow.
    pub workflow: u32,
    /// Which of the entry's patterns matched.
    pub triggers: u64,
    /// When the event occurred.
    pub occurred_at: i64,
    /// The last instant at which what it waits for completes it.
    pub until: i64,
    /// The record of the log with which it began: what comes after it counts since entry.
    pub since: u64,
    /// The slots of the journey that may begin, in which that is counted.
    pub memory: Vec<u8>,
}

/// A contact to insert or replace, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactWrite {
    /// One that the batch gives, or of a contact that is there.
    pub id: ContactId,
    /// The version of the program whose layout everything here has.
    pub layout: u32,
    /// The whole frame.
    pub frame: Vec<u8>,
    /// `None` leaves the texts as they are (never for a new contact): most steps change no text.
    pub texts: Option<Texts>,
    /// The next instant at which something may happen by itself; none where nothing can.
    pub next_at: Option<i64>,
    /// The newest of their records in the log; 0 where there is none.
    pub newest: u64,
    /// All the journeys that still matter, by (workflow, run).
    pub kept: Vec<JourneyRecord>,
    /// All the entries that are held for them, by workflow.
    pub held: Vec<HeldEntry>,
    /// When the values of the fields were said.
    pub said_at: SaidAt,
}

impl From<ContactRecord> for ContactWrite {
    /// Whole, with their texts.
    fn from(record: ContactRecord) -> ContactWrite {
        let ContactRecord { id, frame, texts, next_at, layout, newest, kept, held, said_at } = record;
        ContactWrite { id, layout, frame, texts: Some(texts), next_at, newest, kept, held, said_at }
    }
}

/// One person's way through one workflow. Its key is (contact, workflow, run).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JourneyRecord {
    /// Whose journey it is.
    pub contact: ContactId,
    /// The number of the workflow.
    pub workflow: u32,
    /// The how-manieth enrolment of this contact in this workflow, from 1.
    pub run: u32,
    /// The version of the program under which it began.
    pub version: u32,
    /// What it is alive for.
    pub status: JourneyStatus,
    /// The block to resume at.
    pub block: u32,
    /// The step it stands at, or stood at when it ended.
    pub step: u32,
    /// How many times it has been woken: part of every effect's key.
    pub visit: u32,
    /// The journey's own slots.
    pub memory: Vec<u8>,
    /// When it acts by itself; every live journey has one (E14), but for one that waits for an answer. None once it has ended.
    pub due_at: Option<i64>,
    /// The outbox row that it waits for, or whose answer is still of interest to it.
    pub outbox: Option<u64>,
    /// The instant of enrolment.
    pub entered_at: i64,
    /// None while it is live.
    pub ended_at: Option<i64>,
    /// Its goal was met. Of what had ended before this was kept, only where it went on (`and continue`).
    pub goal_met: bool,
    /// It has ended, and no goal of it was met: whether and until when meeting one still counts is as the goal of the day says.
    pub goal_open: bool,
    /// Until when meeting the goal still counts for it, though it has ended; none where there is no goal, it has been met, or it has no time.
    pub goal_until: Option<i64>,
    /// What it has sent, in the order of sending.
    pub sends: Vec<SendRecord>,
    /// The record of the log with which it began: what comes after it counts since entry. 0 where instants alone can tell.
    pub since: u64,
}

impl JourneyRecord {
    /// Of nobody, to be written over.
    pub(crate) fn blank() -> JourneyRecord {
        JourneyRecord {
            contact: ContactId(0),
            workflow: 0,
            run: 0,
            version: 0,
            status: JourneyStatus::Ended,
            block: 0,
            step: 0,
            visit: 0,
            memory: Vec::new(),
            due_at: None,
            outbox: None,
            entered_at: 0,
            ended_at: None,
            goal_met: false,
            goal_open: false,
            goal_until: None,
            sends: Vec::new(),
            since: 0,
        }
    }
}

/// A mail that a journey has sent, so that what people do with it is told of the send, and once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SendRecord {
    /// The number of the email.
    pub email: u32,
    /// The outbox row.
    pub row: u64,
    /// The step that sent it.
    pub step: u32,
    /// What people have done with it: a bit for each of [`SendRecord::TOLD`].
    pub told: u32,
}

impl SendRecord {
    /// What is told once of a send, in the order of its bits.
    pub const TOLD: [DecisionCode; 3] = [DecisionCode::Opened, DecisionCode::Clicked, DecisionCode::Replied];

    /// Notes that something was told. False where it was before.
    pub fn tell(&mut self, code: DecisionCode) -> bool {
        let bit = Self::TOLD.iter().position(|told| *told == code).map_or(0, |place| 1 << place);
        let is_new = self.told & bit == 0;
        self.told |= bit;
        is_new
    }
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
    /// It stands still while the condition of its workflow holds.
    Paused = 5,
    /// It stands still while the contact is in another workflow.
    PausedByOther = 6,
}

impl JourneyStatus {
    /// The one of a number that rows keep; none for one that Flow never writes.
    pub(super) fn of(number: u8) -> Option<JourneyStatus> {
        use JourneyStatus::{Awaiting, Ended, Held, Paused, PausedByOther, Sending, Waiting};
        let all = [Waiting, Awaiting, Held, Ended, Sending, Paused, PausedByOther];
        all.into_iter().find(|status| *status as u8 == number)
    }

    /// Whether it stands still: what it waits for is something else than what it waited for before.
    pub fn is_paused(self) -> bool {
        matches!(self, Self::Paused | Self::PausedByOther)
    }
}

/// An event as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Its number in the log, which events and decisions share.
    pub id: u64,
    /// The record before it of the same contact; 0 where it is the first.
    pub previous: u64,
    /// Who it is about.
    pub contact: ContactId,
    /// Under this it was taken once (E3).
    pub message: MessageKey,
    /// The stream's own name.
    pub name: String,
    /// When it happened; never after it was received.
    pub occurred_at: i64,
    /// When it arrived, by the stream.
    pub received_at: i64,
    /// The properties as JSON, as they came.
    pub properties: String,
    /// Whether anything came of it when it arrived: not of a machine's click. Of events that an earlier Flow wrote it is not known, and taken to
    /// be so.
    pub counts: bool,
}

/// A message as it is known for ever: its id within its day, so that those of one day lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey {
    /// The day since the epoch on which it says that it happened; [`MessageKey::UNDATED`] where it does not say.
    pub day: i32,
    /// Under this it arrives once.
    pub id: MessageId,
}

impl MessageKey {
    /// The day of what does not say when it happened. It cannot be that of the arrival: the same message may arrive on another day.
    pub const UNDATED: i32 = i32::MIN;
}

/// The day since the epoch, UTC, in which an instant lies.
pub fn day_of(at: i64) -> i32 {
    let day = at.div_euclid(DAY_MS);
    i32::try_from(day).unwrap_or(if day < 0 { i32::MIN + 1 } else { i32::MAX })
}

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRecord {
    /// Given by the engine, ascending in the order of decisions.
    pub id: u64,
    /// What is known of it outside: contact, workflow, run, step and visit, as `c17.guide_nurture.1.s0.v0` (E9). No two rows have one key,
    /// since a journey's visit and its row are written together.
    pub key: String,
    /// To whom it goes.
    pub kind: OutboxKind,
    /// Who it is to or, for a notice, about.
    pub contact: ContactId,
    /// The number of the workflow.
    pub workflow: u32,
    /// The run of the journey that wrote it.
    pub run: u32,
    /// The number of the step.
    pub step: u32,
    /// The number of the email; 0 for a notice.
    pub email: u32,
    /// The address that it was written to, or last tried.
    pub recipient: String,
    /// What the message says, as JSON: of a notice all of it, of a mail the values that its step fixed.
    pub payload: String,
    /// Whether it is still to leave ([`OutboxState::is_unsettled`]).
    pub state: OutboxState,
    /// Attempts so far, the one under way not counted.
    pub attempts: u32,
    /// When the step wrote it or, where it waited since and nothing was tried, when it came to leave: the date of the message.
    pub queued_at: i64,
    /// Not before this instant.
    pub due_at: i64,
    /// The instant of its step: from then on it is held, whatever holds it, and no attempt moves that.
    pub held_since: i64,
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
    /// The address that it was last tried at, where that is another by now.
    pub recipient: Option<String>,
    /// The date of the message, where that is another by now.
    pub queued_at: Option<i64>,
}

impl OutboxRecord {
    /// The contact under whom its step ran, whose number its key begins with: they may have proved to be somebody else since.
    pub fn written_for(&self) -> ContactId {
        let number = self.key.strip_prefix('c').and_then(|key| key.split('.').next());
        number.and_then(|number| number.parse().ok()).map_or(self.contact, ContactId)
    }

    /// What a settlement makes of it.
    pub(super) fn settle(&mut self, settlement: &OutboxSettlement) {
        (self.state, self.attempts, self.due_at) = (settlement.state, settlement.attempts, settlement.due_at);
        if let Some(recipient) = &settlement.recipient {
            self.recipient.clone_from(recipient);
        }
        self.queued_at = settlement.queued_at.unwrap_or(self.queued_at);
    }

    /// Where it stands among those that wait for their instant; none where it does not wait.
    pub(crate) fn place(&self) -> Option<DuePlace> {
        (self.state == OutboxState::Queued).then_some((self.due_at, self.id))
    }
}

/// Someone handed to a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoffRecord {
    /// The same form of key as the outbox has.
    pub key: String,
    /// Who was handed over.
    pub contact: ContactId,
    /// The number of the workflow.
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

/// What a team said of a handoff, once of each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandoffAnswer {
    /// The key of the handoff.
    pub key: String,
    /// What was said.
    pub answer: Answer,
    /// Why, where they say so; else empty.
    pub reason: String,
    /// When it occurred.
    pub at: i64,
}

/// For which value a journey is, where somebody may be in a workflow for several at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JourneyValue {
    /// Whose journey it is.
    pub contact: ContactId,
    /// The number of the workflow.
    pub workflow: u32,
    /// The run of the journey.
    pub run: u32,
    /// For people: `webinar "spring"`.
    pub value: String,
}

/// The words of a trace: most workflows have one.
pub type Trace = smallvec::SmallVec<[i64; 1]>;

/// Why something happened, or did not (E12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// Its number in the log, which events and decisions share.
    pub id: u64,
    /// The record before it of the same contact; 0 where it is the first.
    pub previous: u64,
    /// About whom it was decided.
    pub contact: ContactId,
    /// None where no workflow is concerned.
    pub workflow: Option<u32>,
    /// The version of the program that decided it.
    pub version: u32,
    /// The run of the journey; 0 where there is none.
    pub run: u32,
    /// The instant of the decision.
    pub at: i64,
    /// What was decided.
    pub code: DecisionCode,
    /// The step at which it was decided, or which sent the mail that it is about.
    pub step: Option<u32>,
    /// What it is about, where the code says so ([`DecisionCode::about`]).
    pub about: Option<u32>,
    /// The reason's number, where the code has several.
    pub reason: u32,
    /// The outbox row of the mail that it is about or that brought it about.
    pub send: Option<u64>,
    /// The trace words of a wake: which arms ran.
    pub trace: Trace,
}

impl DecisionRecord {
    /// A decision about a contact, of which nothing else is known yet.
    pub fn new(contact: ContactId, at: i64, code: DecisionCode) -> DecisionRecord {
        DecisionRecord {
            id: 0,
            previous: 0,
            contact,
            workflow: None,
            version: 0,
            run: 0,
            at,
            code,
            step: None,
            about: None,
            reason: 0,
            send: None,
            trace: Trace::new(),
        }
    }

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
    /// An entry that was not followed; the reason says why (E4), about the exit that holds, if one does.
    Ignored = 2,
    /// A wake: from a suspension to the next; the trace says which arms ran.
    Stepped = 3,
    /// A mail left: the channel took it.
    Sent = 4,
    /// A mail does not leave; the reason says why, about the field of a topic where a cap on mail about that keeps it.
    Withheld = 5,
    /// A mail waits for its window, and the journey with it; about the same.
    Held = 6,
    /// A `wait until` ended by its deadline.
    TimedOut = 7,
    /// A handoff was made; the reason says who took it, if anybody.
    HandedOff = 8,
    /// The journey ended because the goal was met or by an `exit as converted`; the reason says so where the goal was met before.
    Converted = 9,
    /// The goal was met after the end, within its time.
    Attributed = 10,
    /// An `exit when`, about the clause; the step is where the journey stood.
    ExitedWhen = 11,
    /// An `exit` step.
    Exited = 12,
    /// The journey came to its end; the reason says by what.
    Finished = 13,
    /// A notice to a team was delivered.
    Delivered = 14,
    /// A delivery ended without one: refused, out of retries, or unknown.
    Undelivered = 15,
    /// Consent or an address was lost: unsubscribed, bounced, complained, about the email that was last sent before it; of no workflow, about
    /// the column of a file that said so ([`REFUSED_BY`](super::REFUSED_BY)); or a step suppressed the person, who keeps both.
    Suppressed = 16,
    /// Another workflow, which it is about, stopped the journey at the step where it stood.
    Stopped = 17,
    /// Beside an entry that was not followed, about a required field that is not known of the contact.
    Lacked = 18,
    /// The person gave consent: again after they had taken it back, or after a workflow had suppressed them, or for the first time, as the reason
    /// says then.
    Consented = 19,
    /// A mail of the journey, which it is about, was opened for the first time.
    Opened = 31,
    /// A person followed a link in a mail of the journey, which it is about, for the first time.
    Clicked = 32,
    /// A mail of the journey, which it is about, was answered for the first time.
    Replied = 33,
    /// The goal was met and the journey goes on (`and continue`).
    GoalMet = 34,
    /// An arm of an `if`, which it is about, ran. A total alone, which the traces add up to, and never a record.
    Ran = 35,
    /// The journey ended where it stood, because the person proved to be somebody who is in the workflow already.
    GaveWay = 36,
    /// Nobody knows whether an attempt at a message left; by the channel's policy there is another one, unless something keeps it back (E9).
    InDoubt = 37,
    /// Somebody of one's own people was told something of the contact; the reason says who.
    Notified = 38,
    /// Nothing is done for the contact in a journey; the reason says by what, or, at a step, that it did nothing, or that the goal was met all the
    /// same.
    HeldOut = 40,
    /// A journey stands still from now on, at the step at which it stood; the reason says by what, about the workflow that does it.
    Paused = 41,
    /// It goes on.
    Resumed = 42,
    /// The person wants no mail about a topic any more, about the field that keeps that.
    UnsubscribedFrom = 43,
    /// The person wants mail about a topic, after they had not, about the same.
    SubscribedTo = 44,
    /// A team said something of somebody who was handed to it; the reason says what, and the step is that of the handoff.
    Answered = 50,
    /// The person asked for mail and has still to confirm that, about the field that keeps what they say of a topic, where it is one.
    AskedToConfirm = 51,
    /// Nobody had taken in time whoever was handed to a team; the reason says what became of them, and the step is that of the handoff.
    PassedOn = 55,
}

/// What a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A clause `exit when` of its workflow.
    Exit,
    /// A field.
    Field,
    /// An email.
    Email,
    /// An arm of an `if` of its workflow.
    Arm,
    /// Another workflow.
    Workflow,
}

impl DecisionCode {
    /// Whether a journey ended by it; of each that has ended there is exactly one such record.
    pub fn is_end(self) -> bool {
        matches!(
            self,
            Self::Converted | Self::ExitedWhen | Self::Exited | Self::Finished | Self::Stopped | Self::GaveWay
        )
    }

    /// What the number in `about` is of, where there is one.
    pub fn about(self) -> Option<About> {
        match self {
            Self::ExitedWhen | Self::Ignored => Some(About::Exit),
            Self::Lacked | Self::UnsubscribedFrom | Self::SubscribedTo | Self::AskedToConfirm => Some(About::Field),
            Self::Held | Self::Withheld => Some(About::Field),
            Self::Opened | Self::Clicked | Self::Replied | Self::Suppressed => Some(About::Email),
            Self::Ran => Some(About::Arm),
            Self::Stopped | Self::Paused => Some(About::Workflow),
            _ => None,
        }
    }
}

/// Someone's stage changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRecord {
    /// Whose.
    pub contact: ContactId,
    /// When.
    pub at: i64,
    /// The number of the stage before.
    pub from: i64,
    /// The number of the stage from then on.
    pub to: i64,
    /// What changed it.
    pub by: ChangedBy,
}

/// Someone's score changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreRecord {
    /// Whose.
    pub contact: ContactId,
    /// When.
    pub at: i64,
    /// In ten-thousandths, as fields keep numbers.
    pub change: i64,
    /// What it is from then on, in the same unit.
    pub score: i64,
    /// What changed it.
    pub by: ChangedBy,
}

/// What changes a stage or a score: the steps of a journey, or what is said of the person (an import, a sync, two people who prove to be one).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedBy {
    /// The workflow and the run of the journey; none where no journey did.
    pub journey: Option<(u32, u32)>,
}

/// A total of decisions, over all days.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecisionCount {
    /// None where no workflow is concerned.
    pub workflow: Option<u32>,
    /// What was decided.
    pub code: DecisionCode,
    /// The step at which it was decided.
    pub step: Option<u32>,
    /// What it is about, where the code says so.
    pub about: Option<u32>,
    /// The reason's number, where the code has several.
    pub reason: u32,
    /// How often.
    pub count: u64,
}

/// Sends of one step whose mail a person followed a link of, and of which no open was told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnopenedCount {
    /// The number of the workflow.
    pub workflow: u32,
    /// The step that sent it.
    pub step: u32,
    /// The number of the email.
    pub email: u32,
    /// How many.
    pub count: u64,
}

/// A total of live journeys at one step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PositionCount {
    /// The number of the workflow.
    pub workflow: u32,
    /// The number of the step.
    pub step: u32,
    /// What they are alive for; never [`JourneyStatus::Ended`].
    pub status: JourneyStatus,
    /// How many journeys.
    pub count: u64,
}

/// A total of live journeys at one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlockCount {
    /// The number of the workflow.
    pub workflow: u32,
    /// The block at which they resume.
    pub block: u32,
    /// How many journeys.
    pub count: u64,
}

/// A total of handoffs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HandoffCount {
    /// The number of the workflow.
    pub workflow: u32,
    /// By its name.
    pub team: String,
    /// By their address.
    pub member: String,
    /// How many people they took over.
    pub count: u64,
}
