//! What a program means: the schema with its layouts, everything the workflows share, and the workflows.
//!
//! It is all that a running journey's steps depend on, and no more: its hash is the program's version. Places in source texts, titles
//! and the wording of mails are in [`debug`](crate::debug). Two texts are here all the same: what a handoff says, because it is
//! written into a record of the journey at the instant of its step, and the content of a step, because it names the step.

pub mod answer;
pub mod appointment;
pub mod area;
pub mod calendar;
pub mod choices;
pub mod consent;
pub mod dates;
pub mod derived;
pub mod effect;
pub mod fact;
pub mod function;
pub mod holidays;
pub mod layout;
pub mod mail;
pub mod policy;
pub mod rate;
pub mod role;
pub mod segment;
pub mod several;
pub mod split;
pub mod step;
pub mod trigger;
pub mod workflow;

use self::answer::Answer;
use self::area::{Area, Areas};
use self::choices::Choices;
use self::derived::Derived;
use self::fact::{Fact, Pattern, TextTest, WatchedField};
use self::function::{Function, Op};
use self::holidays::HolidayCalendar;
use self::layout::{Layout, SlotKind};
use self::mail::Email;
use self::policy::Policy;
use self::segment::Segment;
use self::split::Split;
use self::trigger::TriggerValue;
use self::workflow::{Team, Workflow};
use crate::id::*;
use serde::{Deserialize, Serialize};

/// What is not so need not be written down.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_no(truth: &bool) -> bool {
    !*truth
}

/// What is hashed, deployed and compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// The zone of contacts whose own is missing or unknown; an IANA name.
    pub timezone: String,
    /// The lifecycle, lowest first.
    pub stages: Vec<String>,
    /// The built-in ones first, then the declared ones and the tags.
    pub fields: IdMap<FieldId, Field>,
    /// The names of the text columns kept beside the frame.
    pub texts: IdMap<TextId, String>,
    /// The contact's frame.
    pub frame: Layout,
    /// What is kept of a company.
    pub company: Layout,
    /// Where the engine finds what it keeps of everyone.
    pub system: SystemSlots,
    /// What may occur, with the properties of each.
    pub events: IdMap<EventId, EventType>,
    /// The questions asked of single events, each once.
    pub patterns: IdMap<PatternId, Pattern>,
    /// The patterns whose last instants are kept.
    pub facts: IdMap<FactId, Fact>,
    /// The fields whose changes patterns ask for, each once, by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watched: Vec<WatchedField>,
    /// The questions asked of the letters of texts, each once.
    pub text_tests: IdMap<TextTestId, TextTest>,
    /// Every condition of the program, segments and subjects included.
    pub predicates: IdMap<PredicateId, Predicate>,
    /// In the order of declaration; they may name each other, in no circle.
    pub segments: IdMap<SegmentId, Segment>,
    /// The fields that follow from others, by their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<Derived>,
    /// The splits by name; none where the program has no such step.
    #[serde(default, skip_serializing_if = "IdMap::is_empty")]
    pub splits: IdMap<SplitId, Split>,
    /// The mails by name and kind; their wording is [`DebugInfo::emails`](crate::DebugInfo).
    pub emails: IdMap<EmailId, Email>,
    /// Who takes people over.
    pub teams: IdMap<TeamId, Team>,
    /// In the order of declaration.
    pub workflows: IdMap<WorkflowId, Workflow>,
    /// What holds for all of them.
    #[serde(default, skip_serializing_if = "Policy::is_empty")]
    pub policy: Policy,
    /// The holidays of countries, and of everybody else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<HolidayCalendar>,
}

impl Meaning {
    /// The layouts that a function may look at: a workflow's body and predicates see its journey and event, others neither.
    pub fn layouts<'p>(&'p self, workflow: Option<&'p Workflow>) -> Areas<Option<&'p Layout>> {
        Areas::from_fn(|area| match area {
            Area::Contact => Some(&self.frame),
            Area::Company => Some(&self.company),
            Area::Journey => workflow.map(|workflow| &workflow.journey),
            Area::Event => Some(&self.events.get(workflow?.event?)?.layout),
        })
    }
}

/// A function that answers whether something holds of a contact (and journey) now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predicate {
    /// For people: `guide_nurture: exit when`.
    pub name: String,
    /// The workflow whose journey it may read; none for what belongs to the whole program.
    pub workflow: Option<WorkflowId>,
    /// One block that ends in a result.
    pub function: Function,
}

impl Predicate {
    /// All ops, in the order in which they run.
    pub fn ops(&self) -> impl Iterator<Item = &Op> {
        self.function.blocks.values().flat_map(|block| block.ops.values())
    }

    /// The slots of an area that it reads, sorted: it can change only when one of these does, or by itself at its next change.
    pub fn reads(&self, area: Area) -> Vec<SlotId> {
        let places = self.ops().filter_map(Op::place).filter(|place| place.area == area);
        let mut slots: Vec<SlotId> = places.map(|place| place.slot).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// The segments it asks afresh, sorted.
    pub fn segments(&self) -> Vec<SegmentId> {
        let mut asked: Vec<SegmentId> =
            self.ops().filter_map(|op| if let Op::Segment(segment) = op { Some(*segment) } else { None }).collect();
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    /// Whether it asks the calendar of the contact's zone.
    pub fn asks_calendar(&self) -> bool {
        self.ops().any(|op| matches!(op, Op::Calendar(..)))
    }

    /// The text fields it looks into, sorted.
    pub fn text_tests(&self) -> Vec<TextTestId> {
        let mut tests: Vec<TextTestId> =
            self.ops().filter_map(|op| if let Op::TextTest(test) = op { Some(*test) } else { None }).collect();
        tests.sort_unstable();
        tests.dedup();
        tests
    }
}

/// A field of the contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// As declared; a tag's or a list's is how a condition asks for it: `tagged vip`, `in list partners`.
    pub name: String,
    /// The tag or the list that it keeps; none of a field that the project declares or every contact has.
    pub tag: Option<String>,
    /// The workflow whose trigger it keeps a value of; none of what is known of the contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<TriggerValue>,
    /// What it holds.
    pub ty: FieldType,
    /// Declared with `?`.
    pub optional: bool,
    /// Its place in the frame, with a presence bit where it may be missing; none for a text that the program never compares.
    pub slot: Option<SlotId>,
    /// Its column beside the frame; texts only.
    pub text: Option<TextId>,
    /// The literals a text is compared with, in lower case; its slot holds 1 + the place in this list, or 0.
    pub literals: Vec<String>,
}

/// How a condition asks for a list, before its name.
pub const LIST_WORDS: &str = "in list ";

impl Field {
    /// The list that it keeps: on it people are put by files, too, where a tag is given by steps alone.
    pub fn list(&self) -> Option<&str> {
        self.tag.as_deref().filter(|_| self.name.starts_with(LIST_WORDS))
    }
}

/// What a field or a property may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldType {
    /// Any characters, compared without regard to case.
    Text,
    /// An exact decimal, kept times [`NUMBER_SCALE`](crate::NUMBER_SCALE).
    Number,
    /// An amount, kept as a number; its currency is not.
    Money,
    /// Yes or no; one that is not optional is no until somebody says otherwise.
    YesNo,
    /// A day, kept as days since 1970-01-01.
    Date,
    /// An instant, kept as milliseconds since the epoch.
    Moment,
    /// A mail address.
    Email,
    /// A web address.
    Url,
    /// The IANA name of a zone.
    Timezone,
    /// A country, as a text.
    Country,
    /// A choice; its slot holds 1 + the place in this list, or 0 where it is missing.
    OneOf(Choices),
    /// The lifecycle stage; its slot holds the place in [`Meaning::stages`].
    Stage,
}

impl FieldType {
    /// How a field lies in the frame. A text's slot holds the number of a literal; that it is known is its presence bit.
    pub fn slot_kind(&self) -> SlotKind {
        match self {
            Self::YesNo => SlotKind::Bool,
            Self::OneOf(_) | Self::Stage => SlotKind::Code,
            Self::Number | Self::Money | Self::Moment => SlotKind::Int,
            Self::Date => SlotKind::Days,
            Self::Text | Self::Email | Self::Url | Self::Timezone | Self::Country => SlotKind::Symbol,
        }
    }

    /// Whether values are characters, kept in a column beside the frame.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Email | Self::Url | Self::Timezone | Self::Country)
    }
}

/// A value on its way into or out of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldValue {
    /// Nothing is known.
    Missing,
    /// What the slot holds.
    Int(i64),
    /// What the column holds; texts only.
    Text(String),
}

/// The slots that every contact has, whatever the schema says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemSlots {
    /// Whether there is an address to send to.
    pub reachable: SlotId,
    /// The points, times [`NUMBER_SCALE`](crate::NUMBER_SCALE) as every number.
    pub score: SlotId,
    /// The place in [`Meaning::stages`].
    pub stage: SlotId,
    /// Whether they took back their consent to marketing (E7).
    pub unsubscribed: SlotId,
    /// Whether their address refuses mail for good.
    pub hard_bounced: SlotId,
    /// Whether they called a mail spam.
    pub complained: SlotId,
    /// Whether nobody may write to them, whatever they asked for.
    pub do_not_contact: SlotId,
    /// When Flow first knew them.
    pub known_since: SlotId,
    /// Whether they have a user id: nobody else's is ever given to them (E11).
    pub identified: SlotId,
    /// When they last refused to be written to: only what they do later lifts it (E7).
    pub refused_at: SlotId,
    /// When a workflow last suppressed them, [`NEVER`](crate::NEVER) where none has or they subscribed since.
    pub suppressed_at: SlotId,
}

impl SystemSlots {
    /// Those that the engine alone writes.
    pub fn kept(&self) -> [SlotId; 5] {
        [self.reachable, self.known_since, self.identified, self.refused_at, self.suppressed_at]
    }
}

impl Default for SystemSlots {
    fn default() -> Self {
        let none = SlotId(u32::MAX);
        Self {
            reachable: none,
            score: none,
            stage: none,
            unsubscribed: none,
            hard_bounced: none,
            complained: none,
            do_not_contact: none,
            known_since: none,
            identified: none,
            refused_at: none,
            suppressed_at: none,
        }
    }
}

/// A declared event type. Its name matches a stream's `Requested Demo` as well as `requested_demo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventType {
    /// As declared: lower case, words joined by `_`.
    pub name: String,
    /// By their place, which is how tests name them.
    pub properties: Vec<Property>,
    /// The values of one that a journey keeps.
    pub layout: Layout,
    /// What it says of a handoff; none where it is something that the person does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// A value that an event of a type may carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// As declared; streams are read under it.
    pub name: String,
    /// A value of another type counts as missing.
    pub ty: FieldType,
    /// Declared with `?`.
    pub optional: bool,
}
