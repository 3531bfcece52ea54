//! What a program of a world consists of: few kinds of everything, in all their combinations.

use flow_fuzz::Random;

use super::policy::Policy;
use super::wider::{Asked, Further, Line, Rules};

/// An event, with the property that tells such events apart and its values.
pub type Event = (&'static str, Option<(&'static str, &'static [&'static str])>);

/// The events that people of a world do.
pub const EVENTS: [Event; 7] = [
    ("downloaded", Some(("asset", &["guide", "paper"]))),
    ("visited", Some(("page", &["/pricing", "/docs"]))),
    ("submitted_form", Some(("form", &["contact", "quiz"]))),
    ("attended_webinar", Some(("webinar", &["intro", "deep"]))),
    ("requested_demo", None),
    ("signed_up", None),
    ("paid", None),
];
/// The mails: all but the last are marketing.
pub const MAILS: [&str; 4] = ["hello", "more", "last", "bill"];
/// Segments with their conditions.
pub const SEGMENTS: [(&str, &str); 4] = [
    ("keen", "visited(page is \"/pricing\") at least 2 times in the last 7 days"),
    ("warm", "score >= 20 and not disqualified"),
    ("silent", "inactive for 4 days"),
    ("paying", "paid ever"),
];
/// The stages that conditions and steps name.
pub const STAGES: [&str; 6] = ["subscriber", "lead", "mql", "sql", "opportunity", "customer"];
/// The groups that workflows belong to.
pub const GROUPS: [&str; 2] = ["nurture", "sales_play"];

/// Events of a kind, perhaps those with one value of their property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The place in [`EVENTS`].
    pub event: usize,
    /// The place of the value.
    pub value: Option<usize>,
}

/// Since when events count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Period {
    /// `in the last N days`.
    Days(u32),
    /// `ever`.
    Ever,
    /// As the place has it: since entry.
    Bare,
    /// `from now`, in a wait.
    FromNow,
}

/// What a reader did with a mail of the journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// Opened it.
    Opened,
    /// Followed a link.
    Clicked,
    /// Answered.
    Replied,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cond {
    /// A yes/no field that nobody's steps change.
    Is(&'static str),
    /// The reverse.
    IsNot(&'static str),
    /// `stage >= S`, by its place.
    StageAtLeast(usize),
    /// `score >= N`.
    ScoreAtLeast(i64),
    /// `seats >= N`, a field that may be missing.
    SeatsAtLeast(u32),
    /// `industry in ("saas", "fintech")`.
    Industry,
    /// At least so many such events.
    Happened(Test, u32, Period),
    /// `no E in the last N days`.
    None(Test, u32),
    /// `inactive for N days`.
    Inactive(u32),
    /// What became of a mail of this journey.
    Mail(Did, usize),
    /// `sent M`.
    Sent(usize),
    /// `not sent M`.
    NotSent(usize),
    /// `timed out`.
    TimedOut,
    /// `tagged vip`.
    Tagged,
    /// In a segment.
    Segment(usize),
    /// What only wider worlds ask.
    Wider(Asked),
    /// All of them.
    And(Vec<Cond>),
    /// Any of them.
    Or(Vec<Cond>),
}

/// What brings people in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// At such an event, while the condition holds.
    Event(Test, Option<Cond>),
    /// When the condition becomes true; whether those of whom it holds already come in, too.
    Becomes(Cond, bool),
    /// When a segment is entered, or left.
    Crossed(bool, usize),
    /// Only by `start`.
    Hand,
}

/// The goal of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// Met when it holds.
    pub when: Cond,
    /// Days from the entry.
    pub within: u32,
    /// `and continue`.
    pub goes_on: bool,
}

/// When mail may leave, in the contact's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Whether only from Monday to Friday.
    pub weekdays: bool,
    /// The hour at which it opens.
    pub from: u32,
    /// The hour at which it closes.
    pub to: u32,
}

/// When somebody may come in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reenter {
    /// `never`.
    Never,
    /// So many days after the end of the last journey.
    After(u32),
    /// At each trigger, and behind the journey during which it comes.
    Always,
    /// Once for each value of the property of what lets people in; in wider worlds alone, perhaps again so many days later.
    Per(Option<u32>),
}

impl Reenter {
    /// How many days have to be over.
    pub fn days(self) -> Option<u32> {
        match self {
            Reenter::After(days) => Some(days),
            Reenter::Never | Reenter::Always | Reenter::Per(_) => None,
        }
    }
}

/// One workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// `w1`.
    pub name: String,
    /// Its group.
    pub group: Option<&'static str>,
    /// What brings people in.
    pub entry: Entry,
    /// When somebody may come in again.
    pub reenter: Reenter,
    /// The goal.
    pub goal: Option<Goal>,
    /// Each an `exit when`.
    pub exits: Vec<Cond>,
    /// `skip when`.
    pub skip: Option<Cond>,
    /// `send on`.
    pub window: Option<Window>,
    /// `rate N an hour`, or a day.
    pub rate: Option<(u32, bool)>,
    /// Lines that only wider worlds have.
    pub lines: Vec<Line>,
    /// In their order.
    pub steps: Vec<Step>,
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Elapsed.
    Minutes(u32),
    /// Elapsed.
    Hours(u32),
    /// By the wall clock.
    Days(u32),
}

/// A pause by the calendar of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appointment {
    /// `tomorrow at`, with the hour.
    Tomorrow(u32),
    /// `next monday at`: the weekday from Monday on, and the hour.
    Weekday(u32, u32),
    /// `wait N business days`.
    BusinessDays(u32),
    /// `day N at`: the day of the entry is the first.
    Day(u32, u32),
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The place in [`MAILS`].
    Send(usize),
    /// A pause.
    Wait(Span),
    /// A pause by the calendar.
    Meet(Appointment),
    /// `choose by industry`: of two kinds, of none, and of all others.
    Choose([Vec<Step>; 3]),
    /// `wait until P up to D`, with a label by which it is found again, and the block of `otherwise`.
    Until(u32, Cond, Span, Vec<Step>),
    /// Both arms.
    If(Cond, Vec<Step>, Vec<Step>),
    /// `score += N`.
    Score(i64),
    /// `set seats = N`.
    Seats(u32),
    /// `tag vip`, or `untag`.
    Tag(bool),
    /// By its place.
    Advance(usize),
    /// To the team; whether they stay in the workflow.
    Handoff(&'static str, bool),
    /// Another workflow, by its number from 1.
    Start(usize),
    /// A workflow or a group.
    Stop(String),
    /// `suppress`.
    Suppress,
    /// `exit`, perhaps as converted.
    Exit(bool),
    /// What only wider worlds do.
    Wider(Further),
}

/// The whole program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// In the order of the text.
    pub workflows: Vec<Workflow>,
    /// The rules over all of them.
    pub policy: Policy,
    /// What wider worlds have besides.
    pub wider: Option<Rules>,
}

impl Plan {
    /// Without rules over all of it.
    pub fn of(workflows: Vec<Workflow>) -> Plan {
        Plan { workflows, policy: Policy::default(), wider: None }
    }
}

/// A workflow behind all others by its name that sends every mail within days, to many.
pub fn busy(random: &mut Random, reenter: Reenter) -> Workflow {
    let mut steps = Vec::new();
    if random.once_in(2) {
        let way = |random: &mut Random| match random.once_in(3) {
            true => Vec::new(),
            false => vec![Step::Seats(random.below(9) as u32 + 1)],
        };
        steps.push(Step::Choose([way(random), way(random), way(random)]));
    }
    for mail in 0..MAILS.len() {
        steps.push(Step::Send(mail));
        match random.below(4) {
            0 => steps.push(Step::Wait(Span::Hours(random.below(30) as u32 + 1))),
            1 => steps.push(Step::Meet(appointment(random))),
            _ => {}
        }
    }
    Workflow {
        name: "wx".to_owned(),
        group: random.once_in(2).then(|| *random.pick(&GROUPS)),
        entry: Entry::Event(Test { event: random.below(EVENTS.len()), value: None }, None),
        reenter,
        goal: None,
        exits: Vec::new(),
        skip: None,
        window: None,
        rate: None,
        lines: Vec::new(),
        steps,
    }
}

fn appointment(random: &mut Random) -> Appointment {
    let hour = random.below(24) as u32;
    match random.below(4) {
        0 => Appointment::Tomorrow(hour),
        1 => Appointment::Weekday(random.below(7) as u32, hour),
        2 => Appointment::BusinessDays(random.below(3) as u32 + 1),
        _ => Appointment::Day(random.below(4) as u32 + 1, hour),
    }
}

/// What may be said at a place of a workflow.
#[derive(Clone)]
struct Context {
    /// Mails that can have been sent by here.
    sent: Vec<usize>,
    /// Whether every way to here has come through a `wait until`.
    waited: bool,
    depth: u32,
}

/// Makes workflows.
pub struct Maker<'r> {
    random: &'r mut Random,
    workflows: usize,
    /// Waits so far, each of which has a label of its own.
    waits: u32,
    /// The workflow in hand, from 1.
    number: usize,
}

impl<'r> Maker<'r> {
    /// Makes a program of so many workflows.
    pub fn plan(random: &'r mut Random, workflows: usize) -> Plan {
        let mut maker = Maker { random, workflows, waits: 0, number: 0 };
        Plan::of((1..=workflows).map(|number| maker.workflow(number)).collect())
    }

    fn workflow(&mut self, number: usize) -> Workflow {
        self.number = number;
        let mut context = Context { sent: Vec::new(), waited: false, depth: 0 };
        let goal = self.random.once_in(2).then(|| self.goal());
        let exits = (0..self.random.below(3)).map(|_| self.lasting()).collect();
        Workflow {
            name: format!("w{number}"),
            group: self.random.once_in(3).then(|| *self.random.pick(&GROUPS)),
            entry: self.entry(),
            reenter: match self.random.once_in(4) {
                true => Reenter::Never,
                false => Reenter::After(self.random.below(6) as u32 + 1),
            },
            goal,
            exits,
            skip: self.random.once_in(3).then(|| self.lasting()),
            window: self.random.once_in(3).then(|| self.window()),
            rate: self.random.once_in(5).then(|| (self.random.below(3) as u32 + 1, self.random.once_in(2))),
            lines: Vec::new(),
            steps: {
                let count = self.random.below(6) + 1;
                self.steps(count, &mut context)
            },
        }
    }

    fn window(&mut self) -> Window {
        let from = self.random.below(20) as u32;
        Window { weekdays: self.random.once_in(2), from, to: (from + 2 + self.random.below(10) as u32) % 24 }
    }

    fn entry(&mut self) -> Entry {
        match self.random.below(10) {
            0..5 => Entry::Event(self.test(), self.random.once_in(3).then(|| self.asked_at_an_event())),
            5..7 => Entry::Becomes(self.becoming(), self.random.once_in(3)),
            7 => Entry::Crossed(self.random.once_in(2), self.random.below(SEGMENTS.len())),
            8 if self.number > 1 => Entry::Hand,
            _ => Entry::Event(Test { event: 0, value: None }, None),
        }
    }

    fn asked_at_an_event(&mut self) -> Cond {
        match self.random.below(4) {
            0 => Cond::Industry,
            1 => Cond::IsNot("disqualified"),
            2 => Cond::SeatsAtLeast(self.random.below(9) as u32 + 1),
            _ => Cond::ScoreAtLeast(10),
        }
    }

    fn becoming(&mut self) -> Cond {
        match self.random.below(7) {
            0 => Cond::ScoreAtLeast(self.random.below(4) as i64 * 10 + 10),
            1 => Cond::StageAtLeast(self.random.below(3) + 1),
            2 => Cond::Inactive(self.random.below(5) as u32 + 2),
            3 => Cond::Is(self.flag()),
            4 => Cond::Happened(
                self.test(),
                self.random.below(2) as u32 + 1,
                Period::Days(self.random.below(6) as u32 + 1),
            ),
            5 => Cond::Segment(self.random.below(SEGMENTS.len())),
            _ => Cond::Tagged,
        }
    }

    fn flag(&mut self) -> &'static str {
        if self.random.once_in(2) { "disqualified" } else { "has_open_deal" }
    }

    fn test(&mut self) -> Test {
        let event = self.random.below(EVENTS.len());
        let values = EVENTS[event].1.map_or(0, |(_, values)| values.len());
        Test { event, value: (values > 0 && self.random.once_in(2)).then(|| self.random.below(values)) }
    }

    fn goal(&mut self) -> Goal {
        let when = match self.random.below(4) {
            0 => Cond::StageAtLeast(4),
            1 => Cond::ScoreAtLeast(self.random.below(3) as i64 * 10 + 20),
            _ => Cond::Happened(self.test(), 1, Period::Bare),
        };
        Goal { when, within: self.random.below(20) as u32 + 1, goes_on: self.random.once_in(3) }
    }

    /// A condition of an exit or a skip.
    fn lasting(&mut self) -> Cond {
        match self.random.below(8) {
            0 | 1 => Cond::Is(self.flag()),
            2 => Cond::StageAtLeast(self.random.below(3) + 3),
            3 => Cond::ScoreAtLeast(self.random.below(4) as i64 * 10 + 30),
            4 => Cond::Inactive(self.random.below(6) as u32 + 5),
            5 => Cond::Segment(self.random.below(SEGMENTS.len())),
            6 => Cond::Happened(self.test(), 2, Period::Days(self.random.below(5) as u32 + 1)),
            _ => Cond::Or(vec![Cond::Is("disqualified"), Cond::StageAtLeast(5)]),
        }
    }

    fn span(&mut self) -> Span {
        match self.random.below(4) {
            0 => Span::Minutes(self.random.below(90) as u32 + 1),
            1 => Span::Hours(self.random.below(30) as u32 + 1),
            _ => Span::Days(self.random.below(4) as u32 + 1),
        }
    }

    fn condition(&mut self, context: &Context, in_wait: bool) -> Cond {
        match self.random.below(13) {
            0 | 1 if !context.sent.is_empty() => Cond::Mail(
                *self.random.pick(&[Did::Opened, Did::Clicked, Did::Clicked, Did::Replied]),
                *self.random.pick(&context.sent),
            ),
            2 if !context.sent.is_empty() && !in_wait => Cond::Sent(*self.random.pick(&context.sent)),
            3 if context.waited && !in_wait => Cond::TimedOut,
            4 => Cond::Tagged,
            5 => Cond::Segment(self.random.below(SEGMENTS.len())),
            6 => Cond::ScoreAtLeast(self.random.below(5) as i64 * 10 + 5),
            7 => Cond::None(self.test(), self.random.below(4) as u32 + 1),
            8 => Cond::SeatsAtLeast(self.random.below(9) as u32 + 1),
            9 => Cond::And(vec![self.simple(in_wait), Cond::IsNot("disqualified")]),
            10 => Cond::Or(vec![self.simple(in_wait), Cond::Tagged]),
            _ => self.simple(in_wait),
        }
    }

    fn simple(&mut self, in_wait: bool) -> Cond {
        let period = match self.random.below(4) {
            0 => Period::Days(self.random.below(6) as u32 + 1),
            1 if in_wait => Period::FromNow,
            2 => Period::Ever,
            _ => Period::Bare,
        };
        Cond::Happened(self.test(), if self.random.once_in(4) { 2 } else { 1 }, period)
    }

    /// Steps one behind another; what ends a way comes last.
    fn steps(&mut self, count: usize, context: &mut Context) -> Vec<Step> {
        let mut steps = Vec::new();
        for place in 0..count {
            let step = self.step(context, place + 1 == count);
            let ends = matches!(step, Step::Exit(_) | Step::Handoff(_, false));
            steps.push(step);
            if ends {
                break;
            }
        }
        steps
    }

    fn step(&mut self, context: &mut Context, is_last: bool) -> Step {
        let is_deep = context.depth >= 2;
        match self.random.below(24) {
            0..5 => {
                let free: Vec<usize> = (0..MAILS.len()).filter(|mail| !context.sent.contains(mail)).collect();
                if free.is_empty() {
                    return Step::Score(5);
                }
                let mail = *self.random.pick(&free);
                context.sent.push(mail);
                Step::Send(mail)
            }
            5..8 => Step::Wait(self.span()),
            8..11 => {
                self.waits += 1;
                let label = self.waits;
                let condition = self.condition(context, true);
                let span = self.span();
                let otherwise = match self.random.once_in(3) && !is_deep {
                    true => {
                        let mut inner = Context { depth: context.depth + 1, ..context.clone() };
                        let count = self.random.below(2) + 1;
                        let steps = self.steps(count, &mut inner);
                        merge(context, &inner);
                        steps
                    }
                    false => Vec::new(),
                };
                context.waited = true;
                Step::Until(label, condition, span, otherwise)
            }
            11..14 if !is_deep => {
                let condition = self.condition(context, false);
                let (mut yes, mut no) = (context.clone(), context.clone());
                (yes.depth, no.depth) = (context.depth + 1, context.depth + 1);
                let count = self.random.below(3) + 1;
                let then = self.steps(count, &mut yes);
                let count = self.random.below(3);
                let otherwise = self.steps(count, &mut no);
                let waited = yes.waited && no.waited;
                merge(context, &yes);
                merge(context, &no);
                context.waited = waited;
                Step::If(condition, then, otherwise)
            }
            14 => Step::Seats(self.random.below(12) as u32 + 1),
            15 => Step::Tag(!self.random.once_in(3)),
            16 => Step::Advance(self.random.below(5) + 1),
            17 => {
                let team = *self.random.pick(&["sales", "sales", "far", "lost"]);
                Step::Handoff(team, !is_last || self.random.once_in(2))
            }
            18 if self.number < self.workflows => {
                Step::Start(self.number + 1 + self.random.below(self.workflows - self.number))
            }
            19 if self.workflows > 1 => match self.random.once_in(3) {
                true => Step::Stop((*self.random.pick(&GROUPS)).to_owned()),
                false => Step::Stop(format!("w{}", self.random.below(self.workflows) + 1)),
            },
            20 => Step::Suppress,
            21 if is_last => Step::Exit(!self.random.once_in(3)),
            22 if !context.sent.is_empty() => {
                let mail = *self.random.pick(&context.sent);
                Step::If(Cond::NotSent(mail), vec![Step::Send(mail)], Vec::new())
            }
            _ => Step::Score([10, 15, 25, -10][self.random.below(4)]),
        }
    }
}

/// What can have been sent on one of two ways can have been sent behind them.
fn merge(context: &mut Context, way: &Context) {
    let new: Vec<usize> = way.sent.iter().filter(|mail| !context.sent.contains(mail)).copied().collect();
    context.sent.extend(new);
}
