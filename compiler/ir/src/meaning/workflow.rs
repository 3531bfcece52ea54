//! A workflow: who enters, what happens to them, and how it ends.

use super::effect::Effect;
use super::function::Function;
use super::layout::Layout;
use super::step::StepKey;
use crate::id::{EffectId, EmailId, EventId, IdMap, PatternId, PredicateId, SlotId, StepId, WaitId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    pub name: String,
    pub group: Option<String>,
    pub goal: Option<Goal>,
    pub entry: Entry,
    /// The type of the event whose values the body and its predicates see.
    pub event: Option<EventId>,
    pub reenter: Reenter,
    /// Each `exit when`, judged in order.
    pub exits: Vec<PredicateId>,
    /// True of people who are never enrolled and never messaged while it is.
    pub skip: Option<PredicateId>,
    pub window: Option<SendWindow>,
    /// From the first step to the end. A journey's position is the number of the block it resumes at.
    pub body: Function,
    pub steps: IdMap<StepId, StepKey>,
    pub waits: IdMap<WaitId, Wait>,
    pub effects: IdMap<EffectId, Effect>,
    /// What each trace bit means: an arm of this step, or the step itself, ran.
    pub arms: Vec<StepId>,
    pub journey: Layout,
    pub slots: JourneySlots,
    /// The clicks, opens and replies that the body or a predicate asks about.
    pub engagements: Vec<Engagement>,
    /// The slots of the contact's frame that the body and its effects may write.
    pub writes: Vec<SlotId>,
    /// Where the contact's frame keeps the instant at which another workflow's start of this one takes effect, or
    /// [`FOREVER`](crate::FOREVER). None where nothing starts it.
    pub started: Option<SlotId>,
}

/// The slots every journey has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JourneySlots {
    /// The instant of enrolment.
    pub entered_at: SlotId,
    /// The instant at which the present block of steps ran: what an event wait looks back to (E6).
    pub anchor_at: SlotId,
    /// Whether the last `wait until` ended by its deadline.
    pub timed_out: SlotId,
    /// A word for each [`TRACE_BITS`](crate::limits::TRACE_BITS) arms: which ones ran in this wake. The engine clears them before a step and records them
    /// after it.
    pub trace: Vec<SlotId>,
    /// For each email this workflow sends: when it last left, or [`NEVER`](crate::NEVER).
    pub sent_at: Vec<(EmailId, SlotId)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    pub when: PredicateId,
    /// How long after the end meeting it still counts.
    pub within: Option<CivilSpan>,
    /// `and continue`: meeting it is recorded and the journey goes on.
    pub continues: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// At an event that matches one of the patterns (the predicate's triggers, in order) while the predicate holds.
    Event { patterns: Vec<PatternId>, when: PredicateId },
    /// At the moment the predicate becomes true. The slot of the frame remembers whether it was.
    Becomes { when: PredicateId, was: SlotId, existing: bool },
    /// By hand only.
    ByHand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reenter {
    Once,
    /// This long after the end of the last journey.
    After(CivilSpan),
    EveryTime,
}

/// When mail may leave, in the contact's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendWindow {
    /// Monday is bit 0.
    pub days: u8,
    /// Minutes of the day. Equal: the whole day; `to` before `from`: past midnight, on the day of the opening.
    pub from_min: u16,
    pub to_min: u16,
}

/// A length of time: months and days keep the wall clock in the contact's zone, the rest is elapsed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CivilSpan {
    pub months: i32,
    pub days: i32,
    pub ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wait {
    For(CivilSpan),
    /// Until the predicate holds, at most this long.
    Until {
        when: PredicateId,
        up_to: CivilSpan,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub name: String,
    pub members: Vec<Member>,
    /// Who takes it when no member covers the contact.
    pub backup: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub address: String,
    /// Whom they take; everyone where none is given.
    pub covers: Option<PredicateId>,
}

/// How a journey ends by its own steps. Goals, exits and operators end journeys too; those are the engine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// It ran out of steps.
    Finished,
    /// An `exit` step.
    Exited,
    /// `exit as converted`.
    Converted,
    /// A handoff took the contact.
    HandedOff,
}

/// A question about what happened to a mail of this journey. The slot keeps the last instant, [`NEVER`](crate::NEVER) if none, and
/// is reset when the mail leaves again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    pub kind: EngagementKind,
    pub email: EmailId,
    /// The link's alias; any link where none is given.
    pub link: Option<String>,
    pub slot: SlotId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EngagementKind {
    Opened,
    Clicked,
    Replied,
    Bounced,
}
