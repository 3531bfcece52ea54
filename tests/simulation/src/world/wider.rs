//! What a wider world has besides: lines, steps, conditions and rules that the reference (`model/`) does not read yet, drawn over a world that is
//! there without them. Its lives are compared with each other, and every rule is asked of them.

use std::fmt::Write as _;

use flow_fuzz::Random;
use jiff::ToSpan as _;
use serde_json::{Map, Value, json};

use super::people::{HOUR, Line as Arrived, MINUTE, People, Who};
use super::policy::{Blackout, FIRST_DAY};
use super::program::{Cond, EVENTS, Entry, GROUPS, Plan, Reenter, SEGMENTS, STAGES, Span, Step, Test, Workflow};
use super::words::write_steps;
use super::{World, compiled};

/// What the wider part of a world is drawn by.
const WIDER: u64 = 0x7769_6465;
/// How often the lines of a workflow are drawn anew that do not compile.
const TRIES: u64 = 6;
/// Labels of waits from here on are of waits that only wider worlds have.
const FIRST_WAIT: u32 = 1_000;
/// The mail by which people confirm that they want mail.
const WELCOME: &str = "welcome";
/// The topics that people may refuse.
pub const TOPICS: [&str; 2] = ["news", "product"];
/// The zone, region and so on of a person who tries things out, in a live run.
const TEST_REGION: &str = "APAC";

/// A line of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// `holdout N%`.
    Holdout(u32),
    /// `late …`.
    Late(&'static str),
    /// `pause while P`.
    PauseWhile(Cond),
    /// `pauses GROUP`.
    Pauses(&'static str),
    /// `stops GROUP`.
    Stops(&'static str),
    /// `at least N hours between emails`.
    Spacing(u32),
    /// `on goal`, or `on exit`.
    On(&'static str, Vec<Step>),
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Further {
    /// `notify`, with whom.
    Notify(&'static str),
    /// `set track = `.
    Track(&'static str),
    /// `move stage back`, by the place of the stage.
    MoveBack(usize),
    /// `add to list partners`, or `remove from`.
    Enlist(bool),
    /// `handoff`, and what becomes of it where nobody of the team says anything.
    Hand(Handing),
}

/// A handoff to the first team that knows who had the person, by when somebody has to take it, and what it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handing {
    /// `if not taken within`: how many hours, and whether hours of business.
    pub within: Option<(u32, bool)>,
    /// `reassign`.
    pub reassigns: bool,
    /// `stop GROUP`.
    pub stops: Option<&'static str>,
}

/// A condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// `track is`.
    Track(&'static str),
    /// `in list partners`.
    Listed,
    /// `subscribed to`.
    Wants(&'static str),
    /// `allows email`.
    Allows,
    /// What a team says, since entry; in a segment or an entry so many days back.
    Answered(&'static str),
    /// An event about the value of the journey, by its place in [`EVENTS`]: the one that lets people in.
    Own(usize),
}

/// The rules over all workflows, and the teams.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// `consent marketing opt in`, or `out`.
    pub opt_in: Option<bool>,
    /// `holdout N%`.
    pub holdout: Option<u32>,
    /// `late …`.
    pub late: Option<&'static str>,
    /// `capacity N open, M a day` of the first member of a team.
    pub room: Option<(u32, u32)>,
    /// `away` of the second.
    pub away: Option<Blackout>,
    /// `test people`.
    pub has_test_people: bool,
    /// `confirm by`, under a rule of consent.
    pub confirms: bool,
    /// `hours` of the first team, and the zone of its first member.
    pub has_hours: bool,
}

impl Rules {
    fn some(random: &mut Random) -> Rules {
        let first = random.below(10) as i64;
        let rules = Rules {
            opt_in: random.once_in(2).then(|| random.once_in(2)),
            holdout: random.once_in(4).then(|| random.below(40) as u32 + 5),
            late: random.once_in(4).then(|| one_of(random, &["run", "skip", "next window"])),
            room: random.once_in(2).then(|| (random.below(3) as u32 + 1, random.below(3) as u32 + 1)),
            away: random.once_in(2).then(|| Blackout { first, last: first + random.below(6) as i64 }),
            has_test_people: random.once_in(3),
            confirms: random.once_in(2),
            has_hours: random.once_in(2),
        };
        Rules { confirms: rules.confirms && rules.opt_in.is_some(), ..rules }
    }

    /// What the policy has besides, its lines.
    pub fn lines(&self) -> String {
        let mut out = String::new();
        if let Some(opt_in) = self.opt_in {
            let _ = writeln!(out, "  consent marketing opt {}", if opt_in { "in" } else { "out" });
        }
        if self.confirms {
            let _ = writeln!(out, "  confirm by {WELCOME}");
        }
        if let Some(share) = self.holdout {
            let _ = writeln!(out, "  holdout {share}%");
        }
        if let Some(late) = self.late {
            let _ = writeln!(out, "  late {late}");
        }
        out
    }

    /// What its declarations have besides.
    pub fn declarations(&self) -> Vec<String> {
        let mut parts = vec![
            "contact {\n  track one of \"first\", \"second\"?\n}".to_owned(),
            format!("topics {}", TOPICS.join(", ")),
            "list partners".to_owned(),
        ];
        if self.confirms {
            let mail = "subject \"Do you want our mail?\"\n  template \"emails/confirm.html\"\n  kind transactional";
            parts.push(format!("email {WELCOME} {{\n  {mail}\n}}"));
        }
        if self.has_test_people {
            parts.push(format!("test people region is \"{TEST_REGION}\""));
        }
        parts
    }

    /// What stands behind the first members of a team, and the last line of that team.
    pub fn of_team(&self) -> [String; 3] {
        let room = self.room.map(|(open, a_day)| format!(" capacity {open} open, {a_day} a day"));
        let away =
            |Blackout { first, last }| format!(" away {} to {}", FIRST_DAY + first.days(), FIRST_DAY + last.days());
        let hours = if self.has_hours { "\n  hours weekdays from 08:00 to 17:00" } else { "" };
        [room.unwrap_or_default(), self.away.map(away).unwrap_or_default(), hours.to_owned()]
    }

    /// Whether a mail is about a topic, by its place in [`MAILS`](super::program::MAILS).
    pub fn topic(mail: usize) -> Option<&'static str> {
        TOPICS.get(mail).copied()
    }
}

impl Line {
    /// As it is written, in a workflow.
    pub fn write(&self, out: &mut String) {
        let _ = match self {
            Line::Holdout(share) => writeln!(out, "  holdout {share}%"),
            Line::Late(late) => writeln!(out, "  late {late}"),
            Line::PauseWhile(condition) => writeln!(out, "  pause while {}", condition.text()),
            Line::Pauses(group) => writeln!(out, "  pauses {group}"),
            Line::Stops(group) => writeln!(out, "  stops {group}"),
            Line::Spacing(hours) => writeln!(out, "  at least {hours} hours between emails"),
            Line::On(end, steps) => {
                let _ = writeln!(out, "  on {end} {{");
                write_steps(out, steps, 2);
                writeln!(out, "  }}")
            }
        };
    }
}

impl Further {
    /// As it is written.
    pub fn text(&self) -> String {
        match self {
            Further::Notify(whom) => format!("notify {whom} \"look at {{first_name or \"them\"}}\""),
            Further::Track(track) => format!("set track = \"{track}\""),
            Further::MoveBack(stage) => format!("move stage back to {} because \"lost\"", STAGES[*stage]),
            Further::Enlist(true) => "add to list partners".to_owned(),
            Further::Enlist(false) => "remove from list partners".to_owned(),
            Further::Hand(handing) => handing.text(),
        }
    }
}

impl Handing {
    fn some(random: &mut Random) -> Handing {
        Handing {
            within: (!random.once_in(4)).then(|| (random.below(12) as u32 + 1, random.once_in(2))),
            reassigns: random.once_in(4),
            stops: random.once_in(4).then(|| one_of(random, &GROUPS)),
        }
    }

    fn text(self) -> String {
        let within = self.within.map(|(hours, of_business)| {
            format!("; if not taken within {hours} {}hours", if of_business { "business " } else { "" })
        });
        let reassigns = if self.reassigns { "; reassign" } else { "" };
        let stops = self.stops.map(|group| format!("; stop {group}")).unwrap_or_default();
        format!(
            "handoff to sales {{ note \"look\"; keep in workflow{reassigns}{stops}{} }}",
            within.unwrap_or_default()
        )
    }
}

impl Asked {
    /// As it is written.
    pub fn text(self) -> String {
        match self {
            Asked::Track(track) => format!("track is \"{track}\""),
            Asked::Listed => "in list partners".to_owned(),
            Asked::Wants(topic) => format!("subscribed to {topic}"),
            Asked::Allows => "allows email".to_owned(),
            Asked::Answered(answer) => format!("{answer} in the last 5 days"),
            Asked::Own(event) => {
                let (name, property) = EVENTS[event];
                property.map_or_else(
                    || name.to_owned(),
                    |(property, _)| format!("{name}({property} is trigger.{property})"),
                )
            }
        }
    }
}

/// The same world with more in it.
pub fn wider(mut world: World) -> World {
    let random = &mut Random::of(world.seed, WIDER);
    let rules = Rules::some(random);
    world.plan = over(&world.plan, &rules, world.seed, 0);
    if let Some(next) = world.next.take() {
        let other = if random.once_in(3) { Rules::some(random) } else { rules.clone() };
        // Half of the changes are of what wider worlds have, too.
        let version = u64::from(random.once_in(2));
        world.next = Some(over(&next, &other, world.seed, version));
    }
    add_lines(random, &mut world.people, &rules);
    world
}

/// A program with more in each of its workflows, as far as it compiles.
fn over(plan: &Plan, rules: &Rules, seed: u64, version: u64) -> Plan {
    let mut wide = Plan { wider: Some(rules.clone()), ..plan.clone() };
    if compiled(&wide.text()).is_err() {
        return plan.clone();
    }
    for place in 0..wide.workflows.len() {
        for attempt in 0..TRIES {
            let mut tried = wide.clone();
            if let Some(workflow) = tried.workflows.get_mut(place) {
                widen(workflow, place, seed, (version, attempt));
            }
            if compiled(&tried.text()).is_ok() {
                wide = tried;
                break;
            }
        }
    }
    wide
}

fn widen(workflow: &mut Workflow, place: usize, seed: u64, (version, attempt): (u64, u64)) {
    // By its name, so that what is the same in both versions of a program stays so.
    let name = workflow.name.bytes().fold(0, |sum: u64, byte| sum * 256 + u64::from(byte));
    let steps = &mut Random::of(seed ^ WIDER, name * TRIES + attempt);
    let own = told_apart(steps, workflow);
    for number in 0..steps.below(4) {
        let step = further(steps, (place, number), own);
        insert(steps, &mut workflow.steps, step);
    }
    let lines = &mut Random::of(seed ^ WIDER ^ (version << 32), name * TRIES + attempt);
    if lines.once_in(4) {
        workflow.exits.push(Cond::Wider(asked(lines)));
    }
    if lines.once_in(6) {
        workflow.skip = Some(Cond::Wider(asked(lines)));
    }
    workflow.lines = lines_of(lines, workflow);
}

/// Several journeys of one person beside each other, in every third workflow that an event lets people into which has a property, whichever it says.
fn told_apart(random: &mut Random, workflow: &mut Workflow) -> Option<usize> {
    let Entry::Event(Test { event, value: None }, _) = &workflow.entry else { return None };
    EVENTS[*event].1.filter(|_| workflow.rate.is_none() && random.once_in(3))?;
    workflow.reenter = Reenter::Per(random.once_in(2).then(|| random.below(3) as u32 + 1));
    Some(*event)
}

fn lines_of(random: &mut Random, workflow: &Workflow) -> Vec<Line> {
    let mut lines = Vec::new();
    if random.once_in(5) {
        lines.push(Line::Holdout(random.below(60) as u32 + 10));
    }
    if random.once_in(4) {
        lines.push(Line::Late(one_of(random, &["run", "skip", "next window"])));
    }
    if random.once_in(3) {
        lines.push(Line::PauseWhile(lasting(random)));
    }
    match random.below(5) {
        0 => lines.push(Line::Pauses(one_of(random, &GROUPS))),
        1 => lines.push(Line::Stops(one_of(random, &GROUPS))),
        _ => {}
    }
    if random.once_in(3) {
        lines.push(Line::Spacing(random.below(66) as u32 + 6));
    }
    if workflow.goal.is_some() && random.once_in(2) {
        lines.push(Line::On("goal", at_an_end(random)));
    }
    if !workflow.exits.is_empty() && random.once_in(2) {
        lines.push(Line::On("exit", at_an_end(random)));
    }
    lines
}

/// What a workflow may stand still for.
fn lasting(random: &mut Random) -> Cond {
    match random.below(7) {
        0 => Cond::Is(if random.once_in(2) { "disqualified" } else { "has_open_deal" }),
        1 => Cond::StageAtLeast(random.below(3) + 2),
        2 => Cond::ScoreAtLeast(random.below(3) as i64 * 10 + 20),
        3 => Cond::Inactive(random.below(4) as u32 + 2),
        4 => Cond::Segment(random.below(SEGMENTS.len())),
        _ => Cond::Wider(asked(random)),
    }
}

fn asked(random: &mut Random) -> Asked {
    match random.below(7) {
        0 => Asked::Track(one_of(random, &["first", "second"])),
        1 => Asked::Listed,
        2 | 3 => Asked::Wants(one_of(random, &TOPICS)),
        4 => Asked::Allows,
        _ => Asked::Answered(one_of(random, &["taken", "refused", "done"])),
    }
}

fn at_an_end(random: &mut Random) -> Vec<Step> {
    let step = |random: &mut Random| match random.below(6) {
        0 => Step::Score(10),
        1 => Step::Tag(random.once_in(2)),
        2 => Step::Seats(random.below(9) as u32 + 1),
        3 => Step::Wider(Further::Track(one_of(random, &["first", "second"]))),
        4 => Step::Wider(Further::Enlist(!random.once_in(3))),
        _ => Step::Advance(random.below(4) + 1),
    };
    (0..random.below(2) + 1).map(|_| step(random)).collect()
}

/// A step of a workflow, by its place, the how-manieth of the wider ones; `own` lets people in for each value.
fn further(random: &mut Random, (place, number): (usize, usize), own: Option<usize>) -> Step {
    let asked = |random: &mut Random| match own.filter(|_| random.once_in(2)) {
        Some(event) => Asked::Own(event),
        None => asked(random),
    };
    match random.below(11) {
        0 => Step::Wider(Further::Notify(one_of(random, &["owner", "sales", "\"lead@acme.example\""]))),
        1 => Step::Wider(Further::Track(one_of(random, &["first", "second"]))),
        2 => Step::Wider(Further::MoveBack(random.below(2) + 1)),
        3 | 4 => Step::Wider(Further::Enlist(!random.once_in(3))),
        5 => Step::Handoff("sales", true),
        9 | 10 => Step::Wider(Further::Hand(Handing::some(random))),
        6 => {
            let then = vec![Step::Score(5)];
            Step::If(Cond::Wider(asked(random)), then, Vec::new())
        }
        _ => {
            let wait = FIRST_WAIT + (place * 10 + number) as u32;
            let up_to = Span::Hours(random.below(60) as u32 + 1);
            Step::Until(wait, Cond::Wider(asked(random)), up_to, Vec::new())
        }
    }
}

/// Puts a step somewhere, before what ends the way.
fn insert(random: &mut Random, steps: &mut Vec<Step>, step: Step) {
    let mut blocks: Vec<&mut Vec<Step>> = steps
        .iter_mut()
        .flat_map(|step| match step {
            Step::If(_, then, otherwise) => vec![then, otherwise],
            Step::Until(_, _, _, otherwise) => vec![otherwise],
            Step::Choose(ways) => ways.iter_mut().collect(),
            _ => Vec::new(),
        })
        .filter(|block| !block.is_empty())
        .collect();
    let inner = blocks.len();
    if inner > 0 && random.once_in(3) {
        let block = blocks.swap_remove(random.below(inner));
        return insert(random, block, step);
    }
    drop(blocks);
    let ends = matches!(steps.last(), Some(Step::Exit(_) | Step::Handoff(_, false)));
    let place = random.below(steps.len() + usize::from(!ends));
    steps.insert(place, step);
}

/// What people and teams say that only wider worlds hear.
fn add_lines(random: &mut Random, people: &mut People, rules: &Rules) {
    let message = people.lines.iter().map(|line| line.message).max().unwrap_or_default() + 1;
    let users: Vec<u32> = people.lines.iter().filter_map(|line| line.who.user).collect();
    if users.is_empty() {
        return;
    }
    for number in 0..random.below(people.lines.len() / 2 + 1) as u32 {
        let at = random.pick(&people.lines).at;
        let late = if random.once_in(8) { random.below(3 * 24 * 60) as i64 * MINUTE } else { 0 };
        let who = Who { user: Some(*random.pick(&users)), device: None, address: None };
        let (event, said) = said(random, rules);
        people.lines.push(Arrived { at, occurred: at - late, message: message + number, who, event, said });
    }
    people.lines.sort_by_key(|line| line.at);
}

fn said(random: &mut Random, rules: &Rules) -> (Option<String>, Map<String, Value>) {
    let mut said = Map::new();
    let mut say = |name: &str, value: Value| drop(said.insert(name.to_owned(), value));
    let event = match random.below(10) {
        0..2 => {
            if !rules.confirms || random.once_in(2) {
                say("topic", json!(random.pick(&["news", "product", "News", "nobody_knows", "news, product"])));
            }
            let acts: &[&'static str] = match rules.confirms {
                true => &["Unsubscribed", "Subscribed", "Subscribed", "Confirmed", "Confirmed"],
                false => &["Unsubscribed", "Subscribed", "Subscribed"],
            };
            Some(one_of(random, acts))
        }
        2..6 => {
            if random.once_in(2) {
                say("team", json!(random.pick(&["sales", "far", "lost"])));
            }
            if random.once_in(3) {
                say("member", json!(random.pick(&["ana@acme.example", "bo@acme.example", "lead@acme.example"])));
            }
            Some(one_of(random, &["Taken", "Refused", "Done"]))
        }
        6 => {
            say("topics", json!(random.pick(&["news", "product", "news; product"])));
            None
        }
        7 => {
            say("lists", json!("partners"));
            None
        }
        8 if rules.opt_in.is_some() => {
            say("consent_marketing", random.pick(&[json!(true), json!(true), json!("pending"), json!(false)]).clone());
            None
        }
        _ => {
            say("track", json!(random.pick(&["first", "second"])));
            None
        }
    };
    (event.map(str::to_owned), said)
}

/// How long the spacing of a workflow is, in milliseconds; none where it has none.
pub fn spacing(workflow: &Workflow) -> Option<i64> {
    workflow.lines.iter().find_map(|line| match line {
        Line::Spacing(hours) => Some(i64::from(*hours) * HOUR),
        _ => None,
    })
}

/// Whether people in it may stand still, by its own lines or those of others.
pub fn may_pause(plan: &Plan, workflow: &Workflow) -> bool {
    let pauses = |line: &Line| match line {
        Line::Pauses(group) => workflow.group == Some(group),
        _ => false,
    };
    workflow.lines.iter().any(|line| matches!(line, Line::PauseWhile(_)))
        || plan.workflows.iter().flat_map(|other| &other.lines).any(pauses)
}

fn one_of(random: &mut Random, words: &[&'static str]) -> &'static str {
    let word: &&str = random.pick(words);
    word
}
