//! The typed program: what the checker hands to the lowering.

use crate::source::Location;
use flow_ir::{
    Appointment, Capacity, CivilSpan, Comparison, Conditions, CountedSince, Dates, DaySpan, Effect, Email,
    EmailContent, EmailId, Ending, EngagementKind, EventType, FieldId, FieldType, HolidayCalendar, IdMap, LIST_WORDS,
    Late, Pattern, Policy, Rate, Reenter, SegmentId, SendWindow, TeamId, TextTemplate, TextTestKind, TriggerValue,
    WorkflowId,
};
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    pub fields: IdMap<FieldId, FieldShape>,
    pub stages: Vec<String>,
    pub events: IdMap<flow_ir::EventId, EventType>,
    pub segments: IdMap<SegmentId, TypedSegment>,
    pub derived: Vec<TypedDerived>,
    pub emails: IdMap<EmailId, TypedEmail>,
    pub teams: IdMap<TeamId, TypedTeam>,
    pub workflows: IdMap<WorkflowId, TypedWorkflow>,
    /// The one that nobody wrote: it asks people to confirm that they want mail. It is behind all others, and nothing is proved or advised of it.
    pub confirmation: Option<TypedWorkflow>,
    /// What holds for all of them.
    /// The workflow that lets whoever a step has suppressed get mail again, which nobody wrote.
    pub come_back: Option<TypedWorkflow>,
    pub policy: Policy,
    pub calendars: Vec<TypedCalendar>,
}

/// Holidays.
#[derive(Debug, Clone)]
pub(crate) struct TypedCalendar {
    pub calendar: HolidayCalendar,
    /// Each country whose they are, by its code, or nothing for everybody else; each where that is said.
    pub of: Vec<(Option<String>, Location)>,
}

/// A field of the contact, built in or declared.
#[derive(Debug, Clone)]
pub(crate) struct FieldShape {
    pub name: String,
    pub ty: FieldType,
    pub optional: bool,
    /// What everybody has until somebody says otherwise; none where they have nothing.
    pub default: Option<i64>,
    /// The tag or the list that it keeps.
    pub tag: Option<String>,
    /// The workflow whose trigger it keeps a value of.
    pub trigger: Option<TriggerValue>,
}

impl FieldShape {
    /// Whether texts and conditions may name it. What they ask for in words of its own has a blank in its name: `tagged vip`.
    pub(crate) fn is_named(&self) -> bool {
        self.trigger.is_none() && !self.name.contains(' ')
    }

    /// Whether it keeps a tag, which steps alone give and take. On a list people come from outside, too.
    pub(crate) fn is_tag(&self) -> bool {
        self.tag.is_some() && !self.name.starts_with(LIST_WORDS)
    }
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Cond {
    /// Wrong and reported; the program is refused.
    Unknown,
    All(Vec<Part>),
    Any(Vec<Part>),
    Not(Box<Cond>),
    /// A yes/no field.
    Truth(FieldId),
    Known(FieldId),
    /// False where a side is missing.
    Compare(Number, Comparison, Number),
    /// The number of a choice or stage is one of these.
    CodeIn(FieldId, Vec<i64>),
    /// A text is one of these, without regard to case.
    TextIn(FieldId, Vec<String>),
    TextTest(FieldId, TextTestKind, String),
    Events(EventTest),
    /// Something happened to one of these emails since it last left in this journey.
    Engaged {
        kind: EngagementKind,
        email: EmailId,
        link: Option<String>,
    },
    Sent(EmailId),
    /// What was drawn for the person in a split lies between these, of 1 to 100.
    Drawn {
        split: String,
        from: i64,
        to: i64,
    },
    /// Flow has known the person for so many milliseconds: what did not happen in a time in which nobody looked says nothing.
    Watched(i64),
    /// Flow has known the person since before this week or month of theirs began.
    WatchedSince(CalendarPeriod),
    /// `renewal_date < today + 30 days`: a day beside that of the person's calendar, so many days ahead. False where it is missing.
    Today {
        day: Day,
        comparison: Comparison,
        ahead: i64,
    },
    /// The same of a moment beside the instant at hand, in milliseconds.
    Now {
        field: FieldId,
        comparison: Comparison,
        ahead: i64,
    },
    /// The person's clocks show one of these hours of these days.
    Clocks(SendWindow),
    TimedOut,
    /// What a segment says.
    Segment(SegmentId),
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Day {
    /// As written, in days since 1970-01-01.
    Written(i64),
    /// That of a date; of a moment the one on which it lies at home.
    Of(FieldId),
}

/// A part of the calendar of the person's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CalendarPeriod {
    /// From Monday on.
    Week,
    Month,
}

/// A condition and where it stands: one side of an `and` or an `or`, or a condition as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub cond: Cond,
    pub at: Location,
}

/// What it says alone counts: the same test at two places is the same test.
impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cond == other.cond
    }
}

impl Eq for Part {}

impl Hash for Part {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.cond.hash(state);
    }
}

/// A condition of the program as a whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Root<'t> {
    pub(crate) cond: &'t Cond,
    pub(crate) at: Location,
    pub(crate) place: Place,
}

/// Where a condition stands as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Segment,
    /// One of a derived field.
    Derived,
    Enter,
    /// A goal, an exit or a skip.
    Head,
    /// An `if` or a wait.
    Step,
    Subject,
    Covers,
}

impl Part {
    fn root(&self, place: Place) -> Root<'_> {
        Root { cond: &self.cond, at: self.at, place }
    }
}

/// Events that match, at least so many, since some instant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct EventTest {
    pub pattern: Pattern,
    pub at_least: u32,
    pub since: Since,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Since {
    /// The event that is arriving.
    Trigger,
    /// So many milliseconds before now.
    Within(i64),
    Ever,
    /// Since it began.
    This(CalendarPeriod),
    /// From a moment of the journey on, in the order of arrival: never the event that let somebody in.
    Journey(CountedSince),
}

/// A number, a date or an instant, as kept in frames.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Number {
    Const(i64),
    Field(FieldId),
    /// A field or what to take where it is missing.
    Or(FieldId, i64),
    /// The larger of two.
    Max(Box<Number>, Box<Number>),
    /// The smaller of two.
    Min(Box<Number>, Box<Number>),
    Add(Box<Number>, Box<Number>),
    Sub(Box<Number>, Box<Number>),
}

impl Number {
    /// The fields whose absence makes it missing.
    pub(crate) fn fields(&self) -> Vec<FieldId> {
        match self {
            Self::Const(_) | Self::Or(..) => Vec::new(),
            Self::Field(field) => vec![*field],
            Self::Max(a, b) | Self::Min(a, b) | Self::Add(a, b) | Self::Sub(a, b) => [a.fields(), b.fields()].concat(),
        }
    }
}

/// A segment: one predicate, named everywhere.
#[derive(Debug, Clone)]
pub(crate) struct TypedSegment {
    pub name: String,
    pub when: Part,
}

/// A field that follows from others: it is the value of the first condition that holds.
#[derive(Debug, Clone)]
pub(crate) struct TypedDerived {
    pub name: String,
    pub field: FieldId,
    /// Each condition with the number of the value that it stands for.
    pub arms: Vec<(Part, i64)>,
    /// The value of everybody else; none where it is unknown then.
    pub otherwise: Option<i64>,
}

#[derive(Debug, Clone)]
pub(crate) struct TypedEmail {
    pub email: Email,
    /// Complete but for its subjects.
    pub content: EmailContent,
    pub subjects: Vec<(Option<Part>, TextTemplate)>,
}

/// One of a team.
#[derive(Debug, Clone)]
pub(crate) struct TypedMember {
    pub address: String,
    pub covers: Option<Part>,
    pub capacity: Capacity,
    pub away: Vec<DaySpan>,
    /// The zone of their clocks.
    pub home: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct TypedTeam {
    pub name: String,
    pub members: Vec<TypedMember>,
    /// From which minute of a weekday to which they are there.
    pub hours: Option<(u16, u16)>,
    pub backup: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct TypedWorkflow {
    pub name: String,
    pub title: String,
    pub group: Option<String>,
    pub owner: Option<String>,
    pub goal: Option<TypedGoal>,
    pub entry: TypedEntry,
    pub reenter: Reenter,
    /// The property by whose values its journeys of one person are told apart.
    pub several: Option<String>,
    /// The condition with the words and the place of its line.
    pub exits: Vec<(Part, String, Location)>,
    pub skip: Option<Part>,
    pub conditions: Conditions,
    pub window: Option<SendWindow>,
    /// Those of its days that are none where they are holidays.
    pub not_on_holidays: u8,
    /// How long after a marketing mail of it the next one leaves.
    pub spacing_ms: Option<i64>,
    pub rate: Option<Rate>,
    /// For how many of a hundred people it does nothing.
    pub holdout: Option<u8>,
    /// While it holds nobody takes a step.
    pub pause: Option<Part>,
    /// The groups whose journeys stand still while somebody is in it, and those that they leave.
    pub pauses: Vec<KeepsBack>,
    pub stops: Vec<KeepsBack>,
    /// What becomes of its mails that come late.
    pub late: Option<Late>,
    pub steps: Vec<TypedStep>,
    /// What is done for those whose goal is met.
    pub on_goal: Option<Vec<TypedStep>>,
    /// What is done for those who leave by an exit.
    pub on_exit: Option<Vec<TypedStep>>,
    pub at: Location,
}

/// A group of workflows that another one keeps from their steps, and the line that says so.
#[derive(Debug, Clone)]
pub(crate) struct KeepsBack {
    pub group: String,
    pub at: Location,
}

#[derive(Debug, Clone)]
pub(crate) struct TypedGoal {
    pub text: String,
    pub when: Part,
    pub within: Option<CivilSpan>,
    pub continues: bool,
    pub at: Location,
}

#[derive(Debug, Clone)]
pub(crate) enum TypedEntry {
    Event {
        when: Part,
        at: Location,
    },
    Becomes {
        when: Part,
        existing: bool,
        at: Location,
    },
    /// At a date, where the condition holds then.
    Dated {
        dates: Dates,
        when: Option<Part>,
        at: Location,
    },
    ByHand {
        at: Location,
    },
}

impl TypedEntry {
    /// What lets people in, where something does.
    pub(crate) fn when(&self) -> Option<&Part> {
        match self {
            Self::Event { when, .. } | Self::Becomes { when, .. } => Some(when),
            Self::Dated { when, .. } => when.as_ref(),
            Self::ByHand { .. } => None,
        }
    }

    /// Where it stands.
    pub(crate) fn at(&self) -> Location {
        let (Self::Event { at, .. } | Self::Becomes { at, .. } | Self::Dated { at, .. } | Self::ByHand { at }) = self;
        *at
    }
}

#[derive(Debug, Clone)]
pub(crate) struct TypedStep {
    pub label: Option<String>,
    /// The construct it is: its file in every layer.
    pub kind: &'static str,
    pub form: Form,
    /// As written, on one line.
    pub text: String,
    pub at: Location,
    /// The step at which everyone left, if nobody comes here.
    pub left_before: Option<Location>,
}

/// What a step comes to. Many constructs share a form, so a new one needs nothing new behind the checker.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    /// A field takes a new value.
    Change {
        field: FieldId,
        value: Number,
        /// Whether it is told of whom it changed something.
        told: bool,
    },
    /// The runtime is asked for something; the journey goes on behind it, or ends so where it was done: a handoff that somebody takes.
    Effect {
        /// None where it is wrong and reported.
        effect: Option<Effect>,
        then: Option<Ending>,
    },
    Wait(TypedWait),
    Branch {
        arms: Vec<TypedArm>,
        otherwise: Option<(Vec<TypedStep>, Location)>,
        /// What the way of those who are left is called: `else`.
        rest: String,
        /// The split by which people go their ways, so that it is known before they are asked.
        split: Option<String>,
        /// Where a way for everybody else could stand, if it has to say what becomes of everyone and does not say it by `otherwise`.
        leaves_out: Option<Location>,
    },
    Repeat(TypedRepeat),
    /// The journey ends.
    Finish(Ending),
    /// Wrong and reported.
    Unknown,
    /// It could not be read, or what it sends is unknown: it stands for anything.
    Unreadable,
}

#[derive(Debug, Clone)]
pub(crate) enum TypedWait {
    For(CivilSpan),
    /// Until the condition holds, at most this long.
    Until {
        when: Cond,
        /// Where the condition stands.
        at: Location,
        up_to: CivilSpan,
        /// What comes when that has passed, where it does not hold by then.
        otherwise: Option<(Vec<TypedStep>, Location)>,
    },
    /// Until an instant by the calendar.
    On {
        until: TypedAppointment,
        /// What comes where that is past.
        past: Option<(Vec<TypedStep>, Location)>,
    },
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum TypedAppointment {
    /// That hangs on nothing that is known of the contact.
    Fixed(Appointment),
    /// So far from a date of the contact.
    Date { field: FieldId, distance: CivilSpan, before: bool, minute: Option<u16> },
}

/// Steps that people go through several times.
#[derive(Debug, Clone)]
pub(crate) struct TypedRepeat {
    pub times: u32,
    /// From the begin of a round to that of the next.
    pub every: CivilSpan,
    /// What lets nobody begin another round.
    pub until: Option<Part>,
    pub steps: Vec<TypedStep>,
}

impl Form {
    /// Whether everybody's journey ends with it. Behind a handoff those go on whom nobody takes.
    pub(crate) fn ends(&self) -> bool {
        matches!(self, Form::Finish(_))
    }

    /// An effect with which nothing is wrong, and behind which the journey goes on.
    pub(crate) fn effect(effect: impl Into<Effect>) -> Self {
        Form::Effect { effect: Some(effect.into()), then: None }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct TypedArm {
    pub when: Cond,
    pub steps: Vec<TypedStep>,
    /// The condition in words: `clicked guide_delivery`.
    pub test: String,
    /// `if clicked guide_delivery`
    pub text: String,
    pub at: Location,
}

impl Typed {
    /// Calls `visit` with every condition of the program, each as a whole, with where it stands.
    pub(crate) fn each_root<'t>(&'t self, visit: &mut dyn FnMut(Root<'t>)) {
        self.segments.values().for_each(|segment| visit(segment.when.root(Place::Segment)));
        let arms = self.derived.iter().flat_map(|derived| &derived.arms);
        arms.for_each(|(when, _)| visit(when.root(Place::Derived)));
        self.workflows.values().chain(&self.come_back).for_each(|workflow| workflow.each_root(visit));
        let subjects = self.emails.values().flat_map(|email| &email.subjects).filter_map(|(when, _)| when.as_ref());
        let covers = self.teams.values().flat_map(|team| &team.members).filter_map(|member| member.covers.as_ref());
        subjects.for_each(|when| visit(when.root(Place::Subject)));
        covers.for_each(|covers| visit(covers.root(Place::Covers)));
    }

    /// Calls `visit` with every condition of the program and every part of it.
    pub(crate) fn each_cond<'t>(&'t self, visit: &mut dyn FnMut(&'t Cond)) {
        self.each_root(&mut |root| root.cond.each(visit));
    }

    /// Each step that lets people into a workflow: whose it is, which one it starts, and where it stands.
    pub(crate) fn starts(&self) -> impl Iterator<Item = (WorkflowId, WorkflowId, Location)> {
        self.workflows.iter().flat_map(|(id, workflow)| {
            let mut found = Vec::new();
            workflow.each_step(&mut |step| {
                if let Form::Effect { effect: Some(effect), .. } = &step.form {
                    found.extend(effect.starts().map(|started| (id, started, step.at)));
                }
            });
            found
        })
    }

    /// The workflows that a step of another one starts.
    pub(crate) fn started(&self) -> BTreeSet<WorkflowId> {
        self.starts().map(|(_, started, _)| started).collect()
    }

    /// Whether no part was wrong; each wrong one was reported.
    pub(crate) fn is_whole(&self) -> bool {
        let mut whole = true;
        for workflow in self.workflows.values() {
            workflow.each_step(&mut |step| {
                whole &= !matches!(step.form, Form::Unknown | Form::Unreadable | Form::Effect { effect: None, .. });
            });
        }
        self.each_cond(&mut |cond| whole &= *cond != Cond::Unknown);
        whole
    }
}

impl TypedWorkflow {
    /// Calls `visit` with every step, at any depth, those of its ends last.
    pub(crate) fn each_step<'t>(&'t self, visit: &mut dyn FnMut(&'t TypedStep)) {
        each_step(&self.steps, visit);
        self.closings().for_each(|steps| each_step(steps, visit));
    }

    /// What is done for those whose journey ends.
    pub(crate) fn closings(&self) -> impl Iterator<Item = &[TypedStep]> {
        self.on_goal.iter().chain(&self.on_exit).map(Vec::as_slice)
    }

    fn each_root<'t>(&'t self, visit: &mut dyn FnMut(Root<'t>)) {
        self.entry.when().into_iter().for_each(|when| visit(when.root(Place::Enter)));
        let heads = self.goal.iter().map(|goal| &goal.when).chain(self.exits.iter().map(|(when, ..)| when));
        heads.chain(&self.skip).chain(&self.pause).for_each(|when| visit(when.root(Place::Head)));
        self.each_step(&mut |step| step.roots().into_iter().for_each(&mut *visit));
    }
}

/// Calls `visit` with every step, at any depth, in the order of the text.
pub(crate) fn each_step<'t>(steps: &'t [TypedStep], visit: &mut dyn FnMut(&'t TypedStep)) {
    for step in steps {
        visit(step);
        step.children().into_iter().for_each(|block| each_step(block, visit));
    }
}

/// Calls `visit` with every condition that steps ask, at any depth, and every part of it.
pub(crate) fn each_cond_of<'t>(steps: &'t [TypedStep], visit: &mut dyn FnMut(&'t Cond)) {
    each_step(steps, &mut |step| step.roots().into_iter().for_each(|root| root.cond.each(visit)));
}

impl TypedStep {
    /// The blocks that stand in it, in the order of the text.
    pub(crate) fn children(&self) -> Vec<&[TypedStep]> {
        match &self.form {
            Form::Branch { arms, otherwise, .. } => {
                let arms = arms.iter().map(|arm| arm.steps.as_slice());
                arms.chain(otherwise.iter().map(|(steps, _)| steps.as_slice())).collect()
            }
            Form::Wait(
                TypedWait::Until { otherwise: Some((steps, _)), .. } | TypedWait::On { past: Some((steps, _)), .. },
            ) => vec![steps],
            Form::Repeat(repeat) => vec![&repeat.steps],
            _ => Vec::new(),
        }
    }

    /// The field it changes.
    pub(crate) fn changes(&self) -> Option<FieldId> {
        match &self.form {
            Form::Change { field, .. } => Some(*field),
            Form::Effect { effect: Some(effect), .. } => effect.writes(),
            _ => None,
        }
    }

    /// The email it sends.
    pub(crate) fn message(&self) -> Option<EmailId> {
        match &self.form {
            Form::Effect { effect: Some(effect), .. } => effect.message(),
            _ => None,
        }
    }

    /// The conditions it asks itself.
    fn roots(&self) -> Vec<Root<'_>> {
        let root = |cond, at| Root { cond, at, place: Place::Step };
        match &self.form {
            Form::Branch { arms, .. } => arms.iter().map(|arm| root(&arm.when, arm.at)).collect(),
            Form::Wait(TypedWait::Until { when, at, .. }) => vec![root(when, *at)],
            Form::Repeat(repeat) => repeat.until.iter().map(|until| root(&until.cond, until.at)).collect(),
            _ => Vec::new(),
        }
    }
}

impl Cond {
    /// The field that it compares with the day or the instant at hand.
    pub(crate) fn dated(&self) -> Option<FieldId> {
        match self {
            Cond::Today { day: Day::Of(field), .. } | Cond::Now { field, .. } => Some(*field),
            _ => None,
        }
    }

    /// Calls `visit` with this condition and every part of it.
    pub(crate) fn each<'t>(&'t self, visit: &mut dyn FnMut(&'t Cond)) {
        visit(self);
        self.children().for_each(|part| part.each(visit));
    }

    /// Its direct parts.
    pub(crate) fn children(&self) -> impl Iterator<Item = &Cond> {
        let (parts, inner) = match self {
            Cond::All(parts) | Cond::Any(parts) => (parts.as_slice(), None),
            Cond::Not(inner) => (&[][..], Some(&**inner)),
            _ => (&[][..], None),
        };
        parts.iter().map(|part| &part.cond).chain(inner)
    }
}
