//! A project changes under its store, again and again, while people come, go and stand in it, and the process dies (E10).
//!
//! Each seed makes a project, and changes it at random: texts, workflows, steps, conditions, fields, segments, counts, rates, the order of
//! declarations. The same days are lived by one process after another that never dies, and by machine code that dies all the time.

use crate::support::{Crash, World, at, compiled};
use flow_ir::{Program, WorkflowId};
use flow_runtime::store::{DecisionCode, JourneyStatus, Store, StoreError};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const DAY: i64 = 86_400_000;
const SEEDS: u64 = 12;
const VERSIONS: u64 = 5;
const PEOPLE: u64 = 9;
/// How many days a version lives, and how many the last one has for everybody to end.
const DAYS: i64 = 4;
const LAST_DAYS: i64 = 90;
/// For so many days at most somebody is on the way: some entries come true again with every week, so the last days have people who came in of late.
const LONGEST_DAYS: i64 = 60;

/// Numbers that look drawn and are the same every time.
#[derive(Clone)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize].clone()
    }
    fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end as u64 + 1) as usize);
        }
    }
}

#[derive(Debug, Clone)]
struct Workflow {
    name: String,
    title: String,
    header: Vec<String>,
    steps: Vec<String>,
}

/// A project, as its declarations.
#[derive(Debug, Clone)]
struct Project {
    /// `budget` and `plan`, whose types change.
    fields: [String; 2],
    keen: String,
    mood: String,
    workflows: Vec<Workflow>,
    /// For how many days the goal counts of a workflow that people are through at once; none where it has none.
    through: u32,
    /// By which everything is ordered.
    order: u64,
}

const BUDGET: [&str; 4] = ["number?", "number?", "date?", "money?"];
const PLAN: [&str; 4] = [
    "one of \"free\", \"team\", \"gold\"?",
    "one of \"gold\", \"free\", \"team\"?",
    "one of \"free\", \"team\", \"gold\", \"max\"?",
    "text?",
];
const KEEN: [&str; 6] = [
    "score >= 3",
    "visited at least 2 times in the last 9 days",
    "visited(page is \"/pricing\") at least 1 time in the last 3 days or score >= 9",
    "company_name contains \"corp\" or plan is \"gold\"",
    "weekday in (tuesday, saturday) or clicked any email in the last 2 days",
    "visited this week and not (hour in contact timezone < 9)",
];
const MOOD: [&str; 4] = [
    "when keen \"hot\" when score >= 2 \"warm\" otherwise unknown",
    "when visited in the last 4 days \"warm\" when keen \"hot\" otherwise \"cold\"",
    "when has_open_deal or company_name contains \"ac\" \"hot\" when weekday is friday \"warm\" otherwise unknown",
    "when score >= 4 \"cold\" when keen \"hot\" when downloaded ever \"warm\" otherwise \"hot\"",
];
const DATES: [&str; 5] = [
    "enter 2 days before renewal at 09:00",
    "enter on renewal or at once",
    "enter 1 day after renewal and score >= 1",
    "enter everyone in keen on 2026-03-12 at 09:00",
    "enter everyone in known on 2026-03-20 at 18:00 in contact timezone",
];
const ENTRIES: [&str; 14] = [
    "mood changes to \"hot\"",
    "mood is \"warm\" new only",
    "signed_up",
    "downloaded",
    "requested_demo or signed_up",
    "visited(page is \"/pricing\")",
    "keen new only",
    "score >= 4 new only",
    "weekday is wednesday new only",
    "downloaded and plan is known and plan is not \"gold\"",
    "plan changes to \"gold\"",
    "plan changes and score >= 0",
    "company_name changes from \"acme\"",
    "has_open_deal changes to yes or signed_up",
];
const CONDITIONS: [&str; 16] = [
    "mood is \"hot\"",
    "mood in (\"warm\", \"hot\")",
    "score >= 5",
    "visited",
    "visited at least 2 times",
    "keen",
    "plan is \"team\"",
    "plan in (\"free\", \"gold\")",
    "company_name is \"corp\"",
    "company_name in (\"acme\", \"corp\")",
    "company_name contains \"ac\"",
    "downloaded in the last 3 days",
    "has_open_deal",
    "hour in contact timezone >= 12",
    "created_at less than 3 days ago",
    "no opened any email in the last 2 days",
];

const GOAL_DAYS: [u32; 5] = [0, 2, 6, 12, 20];

impl Project {
    fn new(chance: &mut Chance) -> Project {
        let mut project = Project {
            fields: [BUDGET[0].to_owned(), PLAN[0].to_owned()],
            keen: chance.pick(&KEEN).to_owned(),
            mood: chance.pick(&MOOD).to_owned(),
            workflows: Vec::new(),
            through: chance.pick(&GOAL_DAYS),
            order: 0,
        };
        for nth in 0..3 {
            project.workflows.push(Workflow::new(nth, chance));
        }
        project
    }

    fn change(&mut self, chance: &mut Chance) {
        if chance.below(2) == 0 {
            self.through = chance.pick(&GOAL_DAYS);
        }
        let place = chance.below(self.workflows.len() as u64) as usize;
        let workflow = &mut self.workflows[place];
        match chance.below(17) {
            0 => self.order += 1,
            1 => workflow.title = format!("Title {}", chance.below(9)),
            2..5 => {
                let step = any_step(chance);
                let place = chance.below(workflow.steps.len() as u64 + 1) as usize;
                workflow.steps.insert(place, step);
            }
            5 if workflow.steps.len() > 1 => {
                let place = chance.below(workflow.steps.len() as u64) as usize;
                workflow.steps.remove(place);
            }
            6 => chance.shuffle(&mut workflow.steps),
            7 | 8 => workflow.header = header(chance),
            9 => {
                self.keen = chance.pick(&KEEN).to_owned();
                self.mood = chance.pick(&MOOD).to_owned();
            }
            10 | 13 => {
                self.fields[0] = chance.pick(&BUDGET).to_owned();
                self.forget("budget");
            }
            11 | 14 => {
                self.fields[1] = chance.pick(&PLAN).to_owned();
                self.forget("plan");
            }
            12 if self.workflows.len() > 1 => drop(self.workflows.remove(place)),
            _ => {
                let free = (0..6).find(|nth| self.workflows.iter().all(|known| known.name != format!("w{nth}")));
                self.workflows.extend(free.map(|nth| Workflow::new(nth, chance)));
            }
        }
    }

    /// No step asks for a field any more but those that people are in.
    fn forget(&mut self, field: &str) {
        self.workflows.iter_mut().for_each(|workflow| workflow.steps.retain(|step| !step.contains(field)));
    }

    fn text(&self) -> String {
        let mut parts = vec![
            format!("contact {{\n  budget {}\n  plan {}\n  renewal date?\n}}", self.fields[0], self.fields[1]),
            format!("segment keen = {}", self.keen),
            format!("derived mood = {}", self.mood),
            "segment known = score >= 1".to_owned(),
        ];
        parts.extend(self.workflows.iter().map(Workflow::text));
        let goal = match self.through {
            0 => String::new(),
            days => format!("goal \"g\" when visited at least 2 times within {days} days"),
        };
        parts.push(format!("workflow through {{\n{goal}\nenter when signed_up; reenter after 2 days\nwait 1 hour\n}}"));
        Chance(self.order).shuffle(&mut parts);
        parts.join("\n")
    }
}

impl Workflow {
    fn new(nth: u64, chance: &mut Chance) -> Workflow {
        let mut steps = vec![format!("wait {} days", 2 + chance.below(6))];
        for _ in 0..2 + chance.below(4) {
            steps.push(any_step(chance));
        }
        Workflow { name: format!("w{nth}"), title: format!("W {nth}"), header: header(chance), steps }
    }

    fn text(&self) -> String {
        let Workflow { name, title, header, steps } = self;
        // Each mail once, where it stands first.
        let mut seen = BTreeSet::new();
        let steps = steps.iter().filter(|step| !step.starts_with("send ") || seen.insert(step.as_str()));
        let steps: Vec<&str> = steps.map(String::as_str).collect();
        format!("workflow {name} \"{title}\" {{\n{}\n{}\n}}", header.join("\n"), steps.join("\n"))
    }
}

fn header(chance: &mut Chance) -> Vec<String> {
    let mut header = match chance.below(4) {
        0 => vec![chance.pick(&DATES).to_owned()],
        _ => {
            let reenter = ["reenter never", "reenter after 1 day", "reenter after 5 days", "reenter always"];
            vec![format!("enter when {}", chance.pick(&ENTRIES)), chance.pick(&reenter).to_owned()]
        }
    };
    if chance.below(3) == 0 {
        header.push(format!(
            "goal \"g\" when {} within {} days",
            chance.pick(&["attended_webinar", "visited at least 3 times", "has_open_deal"]),
            chance.pick(&GOAL_DAYS[1..])
        ));
    }
    if chance.below(3) == 0 {
        header.push(format!(
            "exit when {}",
            chance.pick(&["disqualified", "submitted_form", "clicked hello", "score >= 60"])
        ));
    }
    if chance.below(4) == 0 {
        header.push(format!("rate {}", chance.pick(&["1 an hour", "2 a day"])));
    }
    if chance.below(4) == 0 {
        header.push("send on weekdays from 09:00 to 17:00 in contact timezone".to_owned());
    }
    header
}

fn any_step(chance: &mut Chance) -> String {
    match chance.below(18) {
        15 => chance
            .pick(&[
                "repeat up to 3 times every 2 days until clicked hello or score >= 40 {\n  wait until tomorrow at 08:30\n  score += 1\n}",
                "repeat up to 2 times every 1 day {\n  if visited {\n    score += 1\n  }\n  wait until downloaded up to 2 days\n}",
            ])
            .to_owned(),
        16 => format!(
            "split {} {{\n  50% long {{\n    wait 1 day\n  }}\n  50% short {{\n    score += 1\n  }}\n}}",
            chance.pick(&["offer", "another"])
        ),
        13 => chance.pick(&["wait until next tuesday at 09:00", "wait until tomorrow at 08:30"]).to_owned(),
        14 => chance.pick(&["wait until day 5 at 09:00, if past {\n  score += 1\n}", "wait until day 9"]).to_owned(),
        0..3 => format!("wait {} days", 1 + chance.below(5)),
        3 => format!("wait until {} up to {} days", chance.pick(&CONDITIONS), 1 + chance.below(4)),
        4 => "send hello".to_owned(),
        5 => "send again".to_owned(),
        6 => format!("if {} {{\n  score += {}\n}}", chance.pick(&CONDITIONS), 1 + chance.below(3)),
        7 => format!("if {} {{\n  wait 1 day\n  score += 1\n}}", chance.pick(&CONDITIONS)),
        8 => chance.pick(&["set plan = \"gold\"", "set plan = \"team\"", "set budget = 7", "score += 2"]).to_owned(),
        9 => "handoff to sales {\n  note \"n\"\n  keep in workflow\n}".to_owned(),
        _ => format!(
            "if {} {{\n  score += 1\n}}",
            chance.pick(&["budget > 5", "budget is known", "budget > 2026-01-01"])
        ),
    }
}

/// The events of some days.
fn days(world: &mut World, chance: &mut Chance, from: i64) {
    let mut now = from;
    for _ in 0..45 {
        now += (chance.below(4) * chance.below(75)) as i64 * 60_000;
        world.set_now(now.min(from + DAYS * DAY - 1));
        let user = format!("u{}", chance.below(PEOPLE));
        match chance.below(9) {
            0 | 1 => {
                let address = format!("{user}@people.example");
                let company = chance.pick(&["acme", "corp", "Other corp"]);
                let deal = chance.pick(&["yes", "no"]);
                let values = [("email", address.as_str()), ("company_name", company), ("has_open_deal", deal)];
                world.identify(&user, &values);
            }
            2 => {
                if let Some((name, value)) = of_a_type(world, chance) {
                    world.identify(&user, &[(name, value)]);
                }
            }
            3 => drop(world.event(&user, "downloaded", json!({"asset": "guide"}))),
            4 | 5 => drop(world.event(&user, "visited", json!({"page": chance.pick(&["/pricing", "/docs"])}))),
            6 => drop(world.event(&user, "signed_up", json!({}))),
            7 => drop(world.event(&user, "Email Link Clicked", json!({"email_id": "hello", "link_id": "more"}))),
            _ => {
                let name = chance.pick(&["requested_demo", "attended_webinar", "submitted_form"]);
                world.event(&user, name, json!({"webinar": "w", "form": "f"}));
            }
        }
    }
}

/// A value of `plan` or `budget`, as they are at the time.
fn of_a_type(world: &World, chance: &mut Chance) -> Option<(&'static str, &'static str)> {
    let name = chance.pick(&["plan", "budget", "renewal"]);
    let field = world.program.fields.values().find(|field| field.name == name)?;
    let value = match field.ty {
        // 2026-03-02 is day 20514.
        flow_ir::FieldType::Date if name == "renewal" => chance.pick(&["20516", "20521", "20527", "20540"]),
        flow_ir::FieldType::Number | flow_ir::FieldType::Money => chance.pick(&["4", "9"]),
        flow_ir::FieldType::Date => chance.pick(&["20000", "20900"]),
        _ => chance.pick(&["free", "team", "gold"]),
    };
    Some((name, value))
}

struct Version {
    program: Arc<Program>,
    text: String,
    project: Project,
}

fn versions(seed: u64) -> Vec<Version> {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) + 1);
    let mut versions: Vec<Version> = Vec::new();
    let mut project = Project::new(&mut chance);
    let mut tries = 0;
    while versions.len() < VERSIONS as usize {
        tries += 1;
        assert!(tries < 400, "seed {seed} makes no sound project: {}", project.text());
        let mut next = project.clone();
        match versions.is_empty() {
            true => next = Project::new(&mut chance),
            false => (0..1 + chance.below(3)).for_each(|_| next.change(&mut chance)),
        }
        let text = next.text();
        if let Ok(program) = compiled(&text) {
            project = next.clone();
            versions.push(Version { program, text, project: next });
        }
    }
    versions
}

/// Adopts a version, however often the process dies over it; or what stands against it.
fn adopt(world: &mut World, program: &Program, kills: &mut Option<Chance>) -> Result<(), StoreError> {
    loop {
        if let Some(chance) = kills {
            let after = chance.below(3) as usize;
            *world.shared.crash.lock().unwrap() = chance.pick(&[Crash::InCommit(after), Crash::AfterCommit(after + 1)]);
        }
        match world.adopt(program).map(drop) {
            Err(error) if error.message == "died" => {}
            done => return done,
        }
    }
}

/// Lives until an instant, however often the process dies on the way.
fn live(world: &mut World, from: usize, until: i64, kills: &mut Option<Chance>) {
    for lives in 0.. {
        assert!(lives < 3_000, "no progress");
        let is_over = lives > 60;
        *world.shared.crash.lock().unwrap() = match kills {
            Some(chance) if !is_over => {
                let after = chance.below(12) as usize;
                chance.pick(&[Crash::InCommit(after), Crash::AfterCommit(after + 1), Crash::Never, Crash::InLoad])
            }
            _ => Crash::Never,
        };
        let arrivals = world.stream[from..].to_vec();
        let ended = world.run_until(until, arrivals);
        let crash = std::mem::replace(&mut *world.shared.crash.lock().unwrap(), Crash::Never);
        match ended {
            Ok(()) => return,
            Err(_) if crash != Crash::Never || kills.is_some() => drop(world.reopen()),
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// All versions, one after another; also what was said of each that was refused. A new version is asked about so many people together.
fn lived(seed: u64, versions: &[Version], look_rows: usize, mut kills: Option<Chance>) -> (World, Vec<String>) {
    let mut world = World::of(Arc::clone(&versions[0].program)).limits(7, 3);
    world.limits.look_rows = look_rows;
    if kills.is_some() {
        world = world.native();
    }
    let mut chance = Chance(seed + 77);
    let mut refused = Vec::new();
    let mut now = at("2026-03-02");
    for (nth, version) in versions.iter().enumerate() {
        let so_far = refused.len();
        match adopt(&mut world, &version.program, &mut kills) {
            Ok(()) => {}
            Err(error) => {
                let said = format!("{}; {}", error.message, error.help);
                assert!(said.contains("people are at") || said.contains("person is at"), "seed {seed}: {said}");
                refused.push(said);
            }
        }
        *world.shared.crash.lock().unwrap() = Crash::Never;
        let is_taken = refused.len() == so_far;
        if is_taken {
            changes_nothing(seed, &mut world, version);
        }
        let from = world.stream.len();
        days(&mut world, &mut chance, now);
        now += if nth + 1 == versions.len() { LAST_DAYS } else { DAYS } * DAY;
        live(&mut world, from, now, &mut kills);
        if is_taken {
            changes_nothing(seed, &mut world, version);
        }
        world.check_invariants();
        is_nowhere_twice(seed, &world);
    }
    (world, refused)
}

/// Neither the same project again nor another order of its declarations is a new version.
fn changes_nothing(seed: u64, world: &mut World, version: &Version) {
    let before = Arc::clone(&world.program);
    let text = &version.text;
    let other = Project { order: version.project.order + 1, ..version.project.clone() };
    let charter = world.shared.charter().unwrap();
    world.adopt(&compiled(&other.text()).unwrap()).unwrap();
    assert_eq!(world.program.meaning, before.meaning, "seed {seed}: another order of\n{text}");
    assert_eq!(world.program.lineage, before.lineage, "seed {seed}: another order of\n{text}");
    assert_eq!(world.shared.charter().unwrap().program.unwrap().version, charter.program.unwrap().version);
    world.adopt(&version.program).unwrap();
    assert_eq!(world.program.meaning, before.meaning, "seed {seed}: the same\n{text}");
}

fn is_nowhere_twice(seed: u64, world: &World) {
    let snapshot = world.snapshot();
    let mut live = BTreeSet::new();
    for journey in snapshot.journeys().into_iter().filter(|journey| journey.status != JourneyStatus::Ended) {
        assert!(live.insert((journey.contact, journey.workflow)), "seed {seed}: twice in a workflow: {journey:?}");
    }
    let mut mails = BTreeSet::new();
    for (row, _) in snapshot.outbox.iter().filter(|(row, _)| row.kind == flow_runtime::store::OutboxKind::Mail) {
        let mail = (row.contact, row.workflow, row.run, row.email);
        assert!(mails.insert(mail), "seed {seed}: one email twice in one journey: {row:?}");
    }
}

/// Whoever came in has come out, once, but for those who came in of late. How many came in.
fn nobody_is_lost(seed: u64, world: &World) -> usize {
    use DecisionCode::{Converted, Entered, Exited, ExitedWhen, Finished, GaveWay, Stopped};
    let snapshot = world.snapshot();
    let over = at("2026-03-02") + ((VERSIONS as i64 - 1) * DAYS + LAST_DAYS) * DAY;
    let live = snapshot.journeys().into_iter().filter(|journey| journey.status != JourneyStatus::Ended);
    let (late, stays): (Vec<_>, Vec<_>) = live.partition(|journey| journey.entered_at > over - LONGEST_DAYS * DAY);
    assert!(stays.is_empty(), "seed {seed}: never end: {stays:?}");
    let late: BTreeSet<_> = late.iter().map(|journey| (journey.contact, Some(journey.workflow), journey.run)).collect();
    let mut balance: BTreeMap<_, i64> = BTreeMap::new();
    for decision in &snapshot.decisions {
        let by = match decision.code {
            Entered => 1,
            Converted | Exited | ExitedWhen | Finished | GaveWay | Stopped => -1,
            _ => 0,
        };
        *balance.entry((decision.contact, decision.workflow, decision.run)).or_default() += by;
    }
    let is_right = |(who, balance): &(&_, &i64)| **balance == i64::from(late.contains(*who));
    let lost: Vec<_> = balance.iter().filter(|one| !is_right(one)).collect();
    assert!(lost.is_empty(), "seed {seed}: {lost:?}");
    balance.keys().filter(|(.., run)| *run > 0).count()
}

/// What a frame is read as: behind its end lies what a new one has, and what slots begin with that were others before.
fn grow(frame: &mut Vec<u8>, program: &Program) {
    let (had, layout) = (frame.len(), &program.frame);
    frame.extend_from_slice(&layout.blank()[had..]);
    let fills = program.lineage.fills.iter();
    for fill in fills.filter(|fill| layout.slots.at(fill.slot).offset as usize >= had && fill.values.is_none()) {
        if layout.is_known(frame, fill.from) {
            let value = layout.read(frame, fill.from);
            layout.write(frame, fill.slot, value);
            layout.set_known(frame, fill.slot, true);
        }
    }
}

/// A new version that looks at everybody by themselves comes to the same; only that it writes everybody.
fn is_as_one_by_one(seed: u64, versions: &[Version], together: &World) {
    let (alone, _) = lived(seed, versions, 0, None);
    let whole = |world: &World| {
        let mut snapshot = world.snapshot();
        for contact in &mut snapshot.contacts {
            grow(&mut contact.frame, &together.program);
            contact.layout = 0;
            for journey in &mut contact.kept {
                let blank = together.program.workflows.at(WorkflowId(journey.workflow)).journey.blank();
                journey.memory.extend_from_slice(&blank[journey.memory.len()..]);
            }
        }
        snapshot
    };
    let (alone, together) = (whole(&alone), whole(together));
    assert_eq!(together.decisions, alone.decisions, "seed {seed}");
    assert_eq!(together.contacts, alone.contacts, "seed {seed}");
    assert_eq!(together.digest(), alone.digest(), "seed {seed}");
}

#[test]
fn a_project_that_changes_and_a_process_that_dies_lose_nobody() {
    let (mut refused, mut came) = (0, 0);
    for seed in 0..SEEDS {
        let versions = versions(seed);
        let (whole, said) = lived(seed, &versions, PEOPLE as usize, None);
        came += nobody_is_lost(seed, &whole);
        let (broken, said_again) = lived(seed, &versions, 4, Some(Chance(seed + 5)));
        assert_eq!(said, said_again, "seed {seed}");
        is_as_one_by_one(seed, &versions, &whole);
        let (whole, broken) = (whole.snapshot(), broken.snapshot());
        assert_eq!(broken.decisions, whole.decisions, "seed {seed}");
        assert_eq!(broken.contacts, whole.contacts, "seed {seed}");
        assert_eq!(broken.digest(), whole.digest(), "seed {seed}");
        refused += said.len();
    }
    assert!(refused > 0 && came > 10 * SEEDS as usize, "{refused} refused, {came} came in");
}
