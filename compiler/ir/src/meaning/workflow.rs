//! A workflow: who enters, what happens to them, and how it ends.

use super::answer::HandedSlots;
use super::appointment::Appointment;
use super::dates::Dates;
use super::effect::Effect;
use super::function::{Function, Terminator};
use super::holidays::DaySpan;
use super::layout::Layout;
use super::policy::Late;
use super::rate::{Rate, Turn};
use super::role::SlotRole;
use super::several::SeveralSlots;
use super::step::StepKey;
use crate::id::{
    BlockId, EffectId, EmailId, EventId, IdMap, PatternId, PredicateId, SlotId, StepId, WaitId, WorkflowId,
};
use crate::limits::MAX_DURATION_DAYS;
use crate::units::DAY_MS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One declared workflow, lowered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// As declared; what stores, decisions and reports call it.
    pub name: String,
    /// The group that `stop` may name; none where the workflow is in none.
    pub group: Option<String>,
    /// What it is for; meeting it ends the journey as converted unless it continues.
    pub goal: Option<Goal>,
    /// Who comes in, and when.
    pub entry: Entry,
    /// The type of the event whose values the body and its predicates see.
    pub event: Option<EventId>,
    /// Whether people may come in again.
    pub reenter: Reenter,
    /// The property of what lets somebody in by whose values their journeys are told apart ([`Reenter::Per`]). It stays where people come in again
    /// otherwise by now, for those who are in it with several values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub several: Option<String>,
    /// Each `exit when`, judged in order.
    pub exits: Vec<PredicateId>,
    /// True of people who are never enrolled and never messaged while it is.
    pub skip: Option<PredicateId>,
    /// When its mail may leave; any time where none is given.
    pub window: Option<SendWindow>,
    /// Those of its days, Monday being bit 0, on which it does not open where they are holidays.
    #[serde(default, skip_serializing_if = "no_day")]
    pub not_on_holidays: u8,
    /// How long after one marketing mail of it to somebody the next one leaves, elapsed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacing_ms: Option<i64>,
    /// For how many of a hundred of its people nothing is done, so that the others can be compared with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<u8>,
    /// While it holds nobody takes a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<PredicateId>,
    /// The groups whose other workflows' journeys stand still while somebody is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<String>,
    /// The groups whose other workflows somebody leaves who is in it, and does not come into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<String>,
    /// What becomes of its mails that come late; what the policy says where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Late>,
    /// From the first step to the end. A journey's position is the number of the block it resumes at.
    pub body: Function,
    /// The block at which a journey begins. Blocks before it are the steps of earlier versions, for those who began with them.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub start: BlockId,
    /// Where those began who have not taken the first step of an earlier version yet: they stand still before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub older_starts: Vec<BlockId>,
    /// Where the steps begin that somebody is taken through whose journey ends by its goal, and by an exit. They are the newest for everybody,
    /// like the goal and the exits, and nothing in them waits or lets anything out.
    #[serde(default, skip_serializing_if = "Closings::is_none")]
    pub closings: Closings,
    /// How each step is named outside the program.
    pub steps: IdMap<StepId, StepKey>,
    /// Those that [`Terminator::Wait`](crate::Terminator) names.
    pub waits: IdMap<WaitId, Wait>,
    /// Those that [`Terminator::Effect`](crate::Terminator) names.
    pub effects: IdMap<EffectId, Effect>,
    /// What each trace bit means: an arm of this step, or the step itself, ran.
    pub arms: Vec<StepId>,
    /// What is kept of each journey.
    pub journey: Layout,
    /// Where the engine finds what every journey has.
    pub slots: JourneySlots,
    /// The clicks, opens and replies that the body or a predicate asks about.
    pub engagements: Vec<Engagement>,
    /// The events that the body or a predicate counts from a moment of the journey on.
    pub counts: Vec<EventCount>,
    /// The slots of the contact's frame that the body and its effects may write.
    pub writes: Vec<SlotId>,
    /// Where the contact's frame keeps the instant at which another workflow's start of this one takes effect, or
    /// [`FOREVER`](crate::FOREVER). None where nothing starts it.
    pub started: Option<SlotId>,
    /// How many people come in, and in which time; whoever comes beyond it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// Where the contact's frame keeps who waits. It stays where the rate is gone, for those who wait still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
    /// Where the contact's frame keeps a trigger that came during a journey, which begins the next one when that ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Turn>,
}

fn no_day(days: &u8) -> bool {
    *days == 0
}

fn first() -> BlockId {
    BlockId(0)
}

fn is_first(block: &BlockId) -> bool {
    block.0 == 0
}

impl Workflow {
    /// The blocks at which a run of steps may begin, sorted: where a journey begins and ends, wherever a wait resumes, and each effect (it may be
    /// held).
    pub fn resume_points(&self) -> Vec<BlockId> {
        let starts = [self.start].into_iter().chain(self.older_starts.iter().copied());
        let mut points: Vec<BlockId> = starts.chain(self.closings.blocks()).collect();
        for (id, block) in self.body.blocks.iter() {
            match block.end {
                Terminator::Wait { resume, .. } => points.push(resume),
                Terminator::Effect { .. } => points.push(id),
                _ => {}
            }
        }
        points.sort_unstable();
        points.dedup();
        points
    }
}

impl Workflow {
    /// The starts of its versions so far at which somebody stands, before the one of the next version.
    pub(crate) fn starts_in_use(&self, standing: &BTreeSet<BlockId>, next: BlockId) -> Vec<BlockId> {
        let starts = self.older_starts.iter().copied().chain([self.start]);
        starts.filter(|start| *start < next && standing.contains(start)).collect()
    }
}

impl Workflow {
    /// How many steps its body stops at: those of earlier versions have names for ever, and are in it while somebody still has to go them.
    pub fn steps_in_use(&self) -> usize {
        let named = self.body.blocks.values().filter_map(|block| match block.end {
            Terminator::Effect { step, .. } | Terminator::Wait { step, .. } => Some(step),
            Terminator::Finish { step, .. } => step,
            _ => None,
        });
        named.collect::<BTreeSet<StepId>>().len()
    }
}

/// `on goal { .. }` and `on exit { .. }`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closings {
    /// For those whose goal is met.
    pub goal: Option<BlockId>,
    /// For those who leave by an exit.
    pub exit: Option<BlockId>,
}

impl Closings {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Where they begin.
    pub fn blocks(self) -> impl Iterator<Item = BlockId> {
        self.goal.into_iter().chain(self.exit)
    }

    /// The same, with each block where it is now.
    #[must_use]
    pub fn moved(self, to: impl Fn(BlockId) -> BlockId) -> Self {
        Self { goal: self.goal.map(&to), exit: self.exit.map(&to) }
    }
}

/// The slots every journey has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JourneySlots {
    /// When the event that let them in occurred; the instant of enrolment where none did. What happened long before it is not since
    /// entry, however late it arrives.
    pub triggered_at: SlotId,
    /// The instant at which the wait that the journey stands at began.
    pub waiting_since: SlotId,
    /// Whether the last `wait until` ended by its deadline, or what the wait was for is past: what comes for those stands behind it.
    pub timed_out: SlotId,
    /// A word for each [`TRACE_BITS`](crate::limits::TRACE_BITS) arms: which ones ran in this wake. The engine clears them before a step and records them
    /// after it.
    pub trace: Vec<SlotId>,
    /// For each email this workflow sends: when it last left, or [`NEVER`](crate::NEVER).
    pub sent_at: Vec<(EmailId, SlotId)>,
    /// Whether somebody took the last handoff, behind which the others go on: the engine says so at each. None where no step is behind one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<SlotId>,
    /// The instant at which the round of a `repeat` began, put off by as long as its mails were held. None where nothing is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_began: Option<SlotId>,
    /// Whether the journey is of somebody for whom nothing is done: the engine says so at its begin. None where there are no such people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<SlotId>,
    /// Of a journey whose mails come late: [`FOREVER`](crate::FOREVER), or when the window opens for which they wait. None where it does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<SlotId>,
    /// What a journey that stands still keeps. None where none of them does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<PausedSlots>,
    /// By what journeys of one person are told apart that are in it beside each other. None where there is one at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub several: Option<SeveralSlots>,
}

/// What a journey that stands still keeps, so that it goes on as it would have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PausedSlots {
    /// Since when; [`NEVER`](crate::NEVER) where it does not.
    pub since: SlotId,
    /// By what: 0 for the workflow's own condition, else one more than the number of the workflow that pauses it.
    pub by: SlotId,
    /// What it was waiting for, as the engine counts it.
    pub was: SlotId,
    /// When it was due; [`FOREVER`](crate::FOREVER) where that hung on something else.
    pub due: SlotId,
}

impl PausedSlots {
    /// All of them, with what they are called.
    pub fn each(&self) -> [(SlotId, &'static str); 4] {
        let Self { since, by, was, due } = *self;
        [(since, "paused since"), (by, "paused by"), (was, "before the pause"), (due, "due before the pause")]
    }

    /// All of them, to be numbered anew.
    pub(crate) fn each_mut(&mut self) -> [&mut SlotId; 4] {
        let Self { since, by, was, due } = self;
        [since, by, was, due]
    }
}

/// `goal TEXT when P within D`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// Met at the instant at which this holds.
    pub when: PredicateId,
    /// How long after the entry meeting it counts, also when the journey has ended. A live journey meets it at any time.
    pub within: Option<CivilSpan>,
    /// `and continue`: meeting it is recorded and the journey goes on.
    pub continues: bool,
}

impl Workflow {
    /// The effect of a step as those have it who come in today; as those have it who came in before, where it is a step of theirs alone.
    pub fn todays_effect(&self, step: StepId) -> Option<&Effect> {
        let (mut seen, mut ahead) = (BTreeSet::new(), vec![self.start]);
        while let Some(id) = ahead.pop() {
            let Some(block) = self.body.blocks.get(id).filter(|_| seen.insert(id)) else { continue };
            match block.end {
                Terminator::Effect { step: at, effect, .. } if at == step => return self.effects.get(effect),
                _ => ahead.extend(block.end.targets()),
            }
        }
        self.effects_of_steps().find(|(at, _)| *at == step).map(|(_, effect)| effect)
    }

    /// The steps that have an effect, and which. Those of a `repeat` are there once, however many rounds it has.
    pub fn effects_of_steps(&self) -> impl Iterator<Item = (StepId, &Effect)> {
        let mut seen = BTreeSet::new();
        self.body.blocks.values().filter_map(move |block| match block.end {
            Terminator::Effect { step, effect, .. } if seen.insert((step, effect)) => {
                Some((step, self.effects.get(effect)?))
            }
            _ => None,
        })
    }
}

/// What brings a contact into a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// At an event that matches one of the patterns (the predicate's triggers, in order) while the predicate holds.
    Event {
        /// The number of one here is what [`Op::Trigger`](crate::Op) asks for.
        patterns: Vec<PatternId>,
        /// Asked at the event, with the patterns that it matched.
        when: PredicateId,
    },
    /// At the moment the predicate becomes true. The slot of the frame remembers whether it was.
    Becomes {
        /// Asked whenever something it reads has changed.
        when: PredicateId,
        /// A Bool of the contact's frame.
        was: SlotId,
        /// Another: it became true of somebody who lacked a required field, and still holds. They come in with the field (E4).
        owed: SlotId,
        /// A third: it changed, and more of the same instant is to come. It is judged at the end of that. Programs of earlier versions have none,
        /// and judge at each item.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unjudged: Option<SlotId>,
        /// `including existing`: those of whom it holds at the start come in too.
        existing: bool,
    },
    /// At an instant that a date says.
    Dated {
        /// Which instants.
        dates: Dates,
        /// Asked at the instant.
        when: Option<PredicateId>,
        /// An Int of the contact's frame: when they come in next, or [`FOREVER`](crate::FOREVER).
        at: SlotId,
        /// Another: the value, year or day for which that was decided last, or [`NEVER`](crate::NEVER).
        decided: SlotId,
    },
    /// By hand only.
    ByHand,
}

impl Entry {
    /// The slots of the frame in which it remembers something, each with what it is in a workflow.
    pub fn slots(&self, id: WorkflowId) -> Vec<(SlotId, SlotRole)> {
        match self {
            Self::Becomes { was, owed, unjudged, .. } => {
                let unjudged = unjudged.map(|slot| (slot, SlotRole::Unjudged(id)));
                [(*was, SlotRole::Was(id)), (*owed, SlotRole::Owed(id))].into_iter().chain(unjudged).collect()
            }
            Self::Dated { at, decided, .. } => vec![(*at, SlotRole::Date(id)), (*decided, SlotRole::Decided(id))],
            Self::Event { .. } | Self::ByHand => Vec::new(),
        }
    }
}

/// What is said of people who were in the workflow before. There is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reenter {
    /// `reenter never`: nobody enters a second time.
    Never,
    /// This long after the end of the last journey.
    After(CivilSpan),
    /// As soon as the last journey has ended.
    Always,
    /// Once for each value of [`Workflow::several`], also while they are in it with others.
    Per {
        /// How long after the end of the journey with a value the same one lets them in again; never where none is given.
        again: Option<CivilSpan>,
    },
}

const DAY_MINUTES: u16 = 24 * 60;

/// Hours of some days in the contact's zone: when mail may leave, or what clocks show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SendWindow {
    /// Monday is bit 0.
    pub days: u8,
    /// Minutes of the day. Equal: the whole day; `to` before `from`: past midnight, on the day of the opening.
    pub from_min: u16,
    /// The first minute at which it is closed again.
    pub to_min: u16,
}

impl SendWindow {
    /// Whether it has days, and hours of a day.
    pub fn opens(&self) -> bool {
        (1..1 << 7).contains(&self.days) && self.from_min < DAY_MINUTES && self.to_min <= DAY_MINUTES
    }

    /// Whether both are open at some minute of a week.
    pub fn meets(&self, other: SendWindow) -> bool {
        let week = 7 * u32::from(DAY_MINUTES);
        let stretches = |window: &SendWindow| {
            let (from, to) = (u32::from(window.from_min), u32::from(window.to_min));
            let length = if to > from { to - from } else { to + u32::from(DAY_MINUTES) - from };
            let days = (0..7).filter(|day| window.days >> day & 1 == 1).collect::<Vec<u32>>();
            days.into_iter().map(move |day| (day * u32::from(DAY_MINUTES) + from, length))
        };
        // Two stretches on a circle meet where the one begins within the other.
        let begins_in = |at: u32, (from, length): (u32, u32)| (at + week - from) % week < length;
        stretches(self).any(|own| stretches(&other).any(|their| begins_in(own.0, their) || begins_in(their.0, own)))
    }
}

/// A length of time: months and days keep the wall clock in the contact's zone, the rest is elapsed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CivilSpan {
    /// Calendar months; a day that the month lacks is its last one.
    pub months: i32,
    /// Days by the wall clock, weeks among them.
    pub days: i32,
    /// Elapsed milliseconds, minutes and hours among them.
    pub ms: i64,
}

impl CivilSpan {
    /// Whether it leads on, and no further than the longest wait.
    pub fn is_sensible(&self) -> bool {
        let days = i64::from(self.months) * 30 + i64::from(self.days);
        let forward = self.months >= 0 && self.days >= 0 && self.ms >= 0;
        forward && days + self.ms / DAY_MS <= MAX_DURATION_DAYS
    }
}

/// What a journey waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wait {
    /// `wait D`: this long, from the instant of the step.
    For(CivilSpan),
    /// Until the predicate holds, at most this long.
    Until {
        /// What ends it early; asked at once, so it may end at the instant it began (E6).
        when: PredicateId,
        /// When it ends anyway, counted from the instant of the step.
        up_to: CivilSpan,
    },
    /// `wait until next monday at 09:00`: until an instant by the calendar.
    On(Appointment),
    /// Between two rounds of a `repeat`.
    Round {
        /// From the begin of the round that is over, [`JourneySlots::round_began`], to that of the next; never before the step.
        every: CivilSpan,
        /// What lets nobody begin another round.
        until: Option<PredicateId>,
    },
}

impl Wait {
    /// The condition that ends it early.
    pub fn when(&self) -> Option<PredicateId> {
        match self {
            Self::For(_) | Self::On(_) => None,
            Self::Until { when, .. } => Some(*when),
            Self::Round { until, .. } => *until,
        }
    }

    /// The same, to give it another number.
    pub fn when_mut(&mut self) -> Option<&mut PredicateId> {
        match self {
            Self::For(_) | Self::On(_) => None,
            Self::Until { when, .. } => Some(when),
            Self::Round { until, .. } => until.as_mut(),
        }
    }

    /// How long it takes at the longest, where that is the same whenever it begins.
    pub fn span(&self) -> Option<CivilSpan> {
        match self {
            Self::For(span) | Self::Until { up_to: span, .. } | Self::Round { every: span, .. } => Some(*span),
            Self::On(_) => None,
        }
    }

    /// The instant by the calendar that it lasts to.
    pub fn appointment(&self) -> Option<&Appointment> {
        match self {
            Self::On(appointment) => Some(appointment),
            Self::For(_) | Self::Until { .. } | Self::Round { .. } => None,
        }
    }
}

/// People who take contacts over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// As declared.
    pub name: String,
    /// In the order of the text, which is the order of their turns.
    pub members: Vec<Member>,
    /// Who takes it when no member covers the contact.
    pub backup: Option<String>,
    /// Where the frame keeps who was handed to it; none where no step of the program hands anybody to it, or where nobody may answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed: Option<HandedSlots>,
    /// Where it keeps a print of the address of the member whose they are since their turn came; none where no step hands anybody to it. It stays
    /// as it is where an older text hands nobody to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<SlotId>,
    /// From which minute of a weekday to which its members are there; [`BUSINESS_MINUTES`](crate::BUSINESS_MINUTES) where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<(u16, u16)>,
    /// Where the frame keeps when whoever was handed to it and is not answered goes to the backup; [`FOREVER`](crate::FOREVER) where that is not to
    /// come. None where no handoff to it has ever said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapses: Option<SlotId>,
}

/// One of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The mail address that names them in handoffs.
    pub address: String,
    /// Whom they take; everyone where none is given.
    pub covers: Option<PredicateId>,
    /// How many they take.
    #[serde(default, skip_serializing_if = "Capacity::is_endless")]
    pub capacity: Capacity,
    /// The days on which they take nobody, in the project's zone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub away: Vec<DaySpan>,
    /// The zone of their clocks; the project's where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
}

impl Member {
    /// Whether they take nobody on a day.
    pub fn is_away(&self, day: i32) -> bool {
        self.away.iter().any(|days| days.contains(day))
    }
}

/// How many people a member of a team may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// Handed to them and not answered yet, at any time.
    pub open: Option<u32>,
    /// Handed to them in one day of the project's zone.
    pub a_day: Option<u32>,
}

impl Capacity {
    /// Whether they take as many as come.
    pub fn is_endless(&self) -> bool {
        self.open.is_none() && self.a_day.is_none()
    }
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
    /// What must have happened to it.
    pub kind: EngagementKind,
    /// Of this workflow; the last one that left in this journey is meant.
    pub email: EmailId,
    /// The link's alias; any link where none is given.
    pub link: Option<String>,
    /// Of the journey.
    pub slot: SlotId,
}

/// Events that a journey counts as they arrive. So the event that let somebody in is never among them, nor is anything before it: an
/// order of arrival needs no clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCount {
    /// Which events.
    pub pattern: PatternId,
    /// From when on.
    pub since: CountedSince,
    /// No condition asks for more, so more are not counted: a journey that has seen enough need not be written again.
    pub enough: u32,
    /// Of the journey: how many so far.
    pub slot: SlotId,
}

/// The moment of a journey from which events count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CountedSince {
    /// The journey's begin.
    Entry,
    /// The begin of the wait that it stands at.
    Wait,
    /// The last time that it sent this email; nothing counts before.
    Sent(EmailId),
    /// The begin of the round of a `repeat` that it is in: its steps say so.
    Round,
}

impl CountedSince {
    /// Whether a step begins the count. Whoever stands behind it has it of the steps they go.
    pub fn is_of_a_step(self) -> bool {
        matches!(self, Self::Wait | Self::Round)
    }
}

/// What becomes of a mail at its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EngagementKind {
    /// Its pictures were loaded, by a person or by a machine that loads them for one.
    Opened,
    /// A link was followed, long enough after the mail left for a person to have done it.
    Clicked,
    /// A person answered.
    Replied,
    /// The address refused it.
    Bounced,
}
