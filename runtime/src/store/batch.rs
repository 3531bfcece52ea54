//! A batch: what one process writes at once, and the state of the slots that it leaves.

use super::record::{
    DecisionCode, DecisionRecord, EventRecord, HandoffAnswer, HandoffRecord, JourneyRecord, JourneyValue, OutboxRecord,
    OutboxSettlement, ScoreRecord, StageRecord, day_of,
};
use super::slot::{ContactId, Owner, Slot};
use super::written::ContactWrites;
use flow_ir::units::DAY_MS;
use std::collections::BTreeMap;

/// Everything that one process writes together, over all of its slots: whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// As whom it writes.
    pub owner: Owner,
    /// Each slot at most once.
    pub slots: Vec<SlotBatch>,
}

/// What a batch writes in one slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotBatch {
    /// Which slot.
    pub slot: Slot,
    /// The slot from then on; its number is one more than that of the batch before.
    pub state: SlotState,
    /// The rows.
    pub changes: Changes,
}

/// Where a slot stands after its last batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotState {
    /// How many batches there have been.
    pub number: u64,
    /// The engine's clock; `i64::MIN` before anything has happened.
    pub clock: i64,
    /// What occurred before is history (E3); `i64::MIN` where the store has not begun.
    pub first_day: i64,
    /// The next number of a contact within the slot.
    pub next_contact: u64,
    /// The same of outbox rows.
    pub next_outbox: u64,
    /// The same of the records of the log.
    pub next_record: u64,
}

/// How many batches a store holds, over all of its slots: none where nothing has begun.
pub fn batches(slots: &[SlotState]) -> u64 {
    slots.iter().map(|slot| slot.number).sum()
}

impl Default for SlotState {
    /// A slot in which nothing has happened.
    fn default() -> Self {
        Self { number: 0, clock: i64::MIN, first_day: i64::MIN, next_contact: 1, next_outbox: 1, next_record: 1 }
    }
}

/// A slot as its owner takes it up: what is not handed over in pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// Where it stands.
    pub state: SlotState,
    /// How far each stream of input was read, in its reader's own words.
    pub reads: BTreeMap<String, Vec<u8>>,
    /// What each actor keeps.
    pub actors: BTreeMap<Actor, Vec<u8>>,
}

/// Somebody beside contacts who has a state and a serial order of their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// A sales team, by its name: whose turn it is.
    Team(String),
    /// The rate of a workflow, by its name: who came in when.
    Rate(String),
    /// What takes messages away, by its name: for how long nobody has answered.
    Channel(String),
    /// The program: which version of it has looked at everybody.
    Version,
}

impl Actor {
    /// The number of its kind, which stores keep.
    pub(super) fn kind(&self) -> u8 {
        match self {
            Actor::Team(_) => 0,
            Actor::Rate(_) => 1,
            Actor::Channel(_) => 2,
            Actor::Version => 3,
        }
    }

    /// The name within its kind.
    pub fn name(&self) -> &str {
        match self {
            Actor::Team(name) | Actor::Rate(name) | Actor::Channel(name) => name,
            Actor::Version => "",
        }
    }

    /// None for a kind that Flow never writes.
    pub(super) fn of(kind: u8, name: String) -> Option<Actor> {
        match kind {
            0 => Some(Actor::Team(name)),
            1 => Some(Actor::Rate(name)),
            2 => Some(Actor::Channel(name)),
            3 if name.is_empty() => Some(Actor::Version),
            _ => None,
        }
    }
}

/// The rows of one slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whole contacts; of two writes of one contact the last holds.
    pub contacts: ContactWrites,
    /// Journeys that nobody asks for any more, as they ended; of two of one journey the last holds.
    pub ended: Vec<JourneyRecord>,
    /// Whose keys are from now on, none for one that is free again. Of two changes of one key the last holds.
    pub keys: Vec<(String, Option<ContactId>)>,
    /// Contacts that proved to be one: from now on the keys of the first of each pair find the second, whose own row is there.
    pub joined: Vec<(ContactId, ContactId)>,
    /// Each new to the store.
    pub events: Vec<EventRecord>,
    /// Each new to the store.
    pub outbox: Vec<OutboxRecord>,
    /// What became of rows that are there.
    pub settled: Vec<OutboxSettlement>,
    /// People handed to teams.
    pub handoffs: Vec<HandoffRecord>,
    /// What teams said of handoffs; of two of one kind about one the last holds.
    pub answers: Vec<HandoffAnswer>,
    /// The values of journeys that began, where they have some.
    pub values: Vec<JourneyValue>,
    /// Why things happened, or did not.
    pub decisions: Vec<DecisionRecord>,
    /// Stages that changed.
    pub stages: Vec<StageRecord>,
    /// Scores that changed.
    pub scores: Vec<ScoreRecord>,
    /// How far streams of input were read.
    pub reads: Vec<(String, Vec<u8>)>,
    /// What actors keep from now on.
    pub actors: Vec<(Actor, Vec<u8>)>,
    /// Totals to add to, which is how reports know without reading the log. Those of decisions and what follows from them are counted by
    /// [`Changes::rolled_up`].
    pub totals: Vec<(Total, i64)>,
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Total {
    /// Something of the whole store, by its name.
    Counter(String),
    /// Decisions of a day.
    Decisions {
        /// Since the epoch, UTC.
        day: i32,
        /// None where no workflow is concerned.
        workflow: Option<u32>,
        /// The version of the program that decided it.
        version: u32,
        /// What was decided.
        code: DecisionCode,
        /// At which step.
        step: Option<u32>,
        /// About what, where the code says so.
        about: Option<u32>,
        /// Why, where the code has several reasons.
        reason: u32,
    },
    /// Journeys whose goal was met, or which ended as converted.
    Conversions {
        /// The number of the workflow.
        workflow: u32,
        /// The version under which they began.
        version: u32,
        /// The week in which they entered: the number of its Monday since the epoch, UTC, in weeks.
        week: i32,
        /// Whole days between entry and goal.
        after_days: u32,
    },
    /// What was done with mails.
    Engagements {
        /// Since the epoch, UTC.
        day: i32,
        /// The number of the email.
        email: u32,
        /// Opened, clicked or replied.
        code: DecisionCode,
        /// The link that was followed, by its name in the email or as `another`; empty where the event names none.
        link: String,
        /// Whether only a machine can have done it.
        by_machine: bool,
    },
}

/// Room for as many rows as there are, and an eighth more.
fn like<T>(rows: &[T]) -> Vec<T> {
    Vec::with_capacity(rows.len() + rows.len() / 8)
}

impl Changes {
    /// Nothing yet, with room for what usually follows: a batch is much like the one before it, and growing into that again and again would copy
    /// its rows as often.
    pub(crate) fn after(before: &Changes) -> Changes {
        Changes {
            contacts: ContactWrites::after(&before.contacts),
            events: like(&before.events),
            outbox: like(&before.outbox),
            settled: like(&before.settled),
            decisions: like(&before.decisions),
            scores: like(&before.scores),
            ..Changes::default()
        }
    }

    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The totals of the decisions among these rows, with the arms of their traces. Part of [`totals`](Self::totals) once a batch is closed.
    pub fn rolled_up(&self) -> BTreeMap<Total, i64> {
        let mut totals = BTreeMap::new();
        for total in self.decisions.iter().flat_map(DecisionRecord::totals) {
            *totals.entry(total).or_default() += 1;
        }
        totals
    }
}

impl DecisionRecord {
    /// What this decision adds one to: itself, and each arm of its trace.
    pub(crate) fn totals(&self) -> impl Iterator<Item = Total> + '_ {
        let DecisionRecord { at, workflow, version, code, step, about, reason, .. } = *self;
        let day = day_of(at);
        let of =
            move |code, step, about, reason| Total::Decisions { day, workflow, version, code, step, about, reason };
        let arms = self.arms().map(move |arm| of(DecisionCode::Ran, None, Some(arm), 0));
        std::iter::once(of(code, step, about, reason)).chain(arms)
    }
}

/// Days between the Monday of the week in which the epoch began and the epoch, a Thursday.
const EPOCH_WEEKDAY: i64 = 3;
const WEEK_DAYS: i64 = 7;

impl Total {
    /// What a goal adds one to that a journey of `entered_at` has met at an instant.
    pub(crate) fn conversion(workflow: u32, version: u32, entered_at: i64, at: i64) -> Total {
        let monday = i64::from(day_of(entered_at)) + EPOCH_WEEKDAY;
        let after = at.saturating_sub(entered_at).max(0) / DAY_MS;
        Total::Conversions {
            workflow,
            version,
            week: i32::try_from(monday.div_euclid(WEEK_DAYS)).unwrap_or(i32::MAX),
            after_days: u32::try_from(after).unwrap_or(u32::MAX),
        }
    }
}
