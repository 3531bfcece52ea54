//! Facts against the log: at every instant that matters each counted pattern is counted once more, plainly, from the records of the log,
//! and compared with what segments, entries and exits said then.

use crate::everywhere;
use crate::generated::Chance;
use crate::support::{HEAD, Place, World, at, compiled_of};
use flow_ir::Program;
use flow_runtime::inbound::What;
use flow_runtime::store::digest::Snapshot;
use flow_runtime::store::{ContactId, DecisionCode, DecisionRecord, EventRecord};
use flow_runtime::time::Instant;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) const START: &str = "2026-03-02";
const SECOND: i64 = 1_000;
pub(crate) const HOUR: i64 = 3_600 * SECOND;
pub(crate) const DAY: i64 = 24 * HOUR;

/// What a pattern says, to be counted by hand.
#[derive(Clone, Copy)]
enum Says {
    /// So many of these events occurred in the last milliseconds, or ever.
    Between { event: &'static str, fits: fn(&Value) -> bool, least: usize, most: usize, within: Option<i64> },
    /// None of these did, and they have been known for as long; or ever.
    No { event: &'static str, within: Option<i64> },
    /// They did nothing.
    Inactive { within: i64 },
    /// They got a mail and did nothing such with any, and have been known for as long.
    Ignored { event: &'static str, within: i64 },
}

fn any(_: &Value) -> bool {
    true
}
fn pricing(properties: &Value) -> bool {
    properties["page"].as_str().is_some_and(|page| page.eq_ignore_ascii_case("/pricing"))
}
fn over_ten(properties: &Value) -> bool {
    properties["amount"].as_i64().is_some_and(|amount| amount > 10)
}

const MANY: usize = usize::MAX;

const fn between(event: &'static str, fits: fn(&Value) -> bool, least: usize, most: usize, within: i64) -> Says {
    Says::Between { event, fits, least, most, within: Some(within) }
}

/// What is asked, in the language and to be counted.
const PATTERNS: [(&str, Says); 20] = [
    ("visited in the last 1 hour", between("visited", any, 1, MANY, HOUR)),
    ("visited at least 2 times in the last 3 days", between("visited", any, 2, MANY, 3 * DAY)),
    ("visited(page is \"/pricing\") at least 2 times in the last 1 day", between("visited", pricing, 2, MANY, DAY)),
    ("visited at most 1 times in the last 3 days", between("visited", any, 0, 1, 3 * DAY)),
    ("visited exactly 2 times in the last 2 days", between("visited", any, 2, 2, 2 * DAY)),
    ("ordered(amount > 10) at least 2 times in the last 5 days", between("ordered", over_ten, 2, MANY, 5 * DAY)),
    ("ordered(amount > 10) at most 1 times in the last 5 days", between("ordered", over_ten, 0, 1, 5 * DAY)),
    ("visited ever", Says::Between { event: "visited", fits: any, least: 1, most: MANY, within: None }),
    (
        "visited at least 4 times ever",
        Says::Between { event: "visited", fits: any, least: 4, most: MANY, within: None },
    ),
    ("no visited in the last 2 days", Says::No { event: "visited", within: Some(2 * DAY) }),
    ("no ordered ever", Says::No { event: "ordered", within: None }),
    ("email_link_clicked at least 1 times in the last 2 days", between("email_link_clicked", any, 1, MANY, 2 * DAY)),
    ("inactive for 1 day", Says::Inactive { within: DAY }),
    ("inactive for 3 days", Says::Inactive { within: 3 * DAY }),
    ("opened any email in the last 2 days", between("email_opened", any, 1, MANY, 2 * DAY)),
    (
        "clicked any email ever",
        Says::Between { event: "email_link_clicked", fits: any, least: 1, most: MANY, within: None },
    ),
    ("clicked any email at least 2 times in the last 3 days", between("email_link_clicked", any, 2, MANY, 3 * DAY)),
    ("no clicked any email in the last 2 days", Says::Ignored { event: "email_link_clicked", within: 2 * DAY }),
    ("no opened any email in the last 1 day", Says::Ignored { event: "email_opened", within: DAY }),
    ("no bounced any email in the last 2 days", Says::No { event: "email_bounced", within: Some(2 * DAY) }),
];

impl Says {
    fn within(self) -> Option<i64> {
        match self {
            Says::Between { within, .. } | Says::No { within, .. } => within,
            Says::Inactive { within } | Says::Ignored { within, .. } => Some(within),
        }
    }

    /// Whether it holds of somebody with this history.
    fn holds(self, history: &History<'_>, now: i64) -> bool {
        match self {
            Says::Between { event, fits, least, most, within } => {
                let counted = history.occurred(event, fits, now, within).count();
                (least..=most).contains(&counted)
            }
            Says::No { event, within } => {
                let watched = within.is_none_or(|within| history.known_since <= now - within);
                watched && history.occurred(event, any, now, within).next().is_none()
            }
            Says::Inactive { within } => history.last_activity <= now - within,
            Says::Ignored { event, within } => {
                let is_in = |at: i64| at <= now && at > now - within;
                Says::No { event, within: Some(within) }.holds(history, now)
                    && history.mailed.iter().any(|at| is_in(*at))
            }
        }
    }
}

/// What a log holds of one person.
struct History<'l> {
    events: Vec<&'l EventRecord>,
    known_since: i64,
    last_activity: i64,
    /// When mails left for them, or had come to them from elsewhere.
    mailed: Vec<i64>,
}

/// `Email Link Clicked` is `email_link_clicked`.
fn plain(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

fn is_activity(event: &EventRecord) -> bool {
    let name = plain(&event.name);
    let of_a_mail = ["email_", "unsubscribed"].iter().any(|start| name.starts_with(start));
    let by_the_person = ["email_link_clicked", "email_replied"].contains(&name.as_str());
    event.counts && name != "identify" && (!of_a_mail || by_the_person)
}

impl<'l> History<'l> {
    /// Of whoever they are by now, from all that were joined into them.
    fn of(log: &'l Snapshot, person: ContactId, first_read: &BTreeMap<ContactId, i64>) -> Self {
        let joined: BTreeMap<ContactId, ContactId> = log.joined.iter().copied().collect();
        let is_theirs = |id: &ContactId| *id == person || joined.get(id) == Some(&person);
        let events: Vec<&EventRecord> = log.events.iter().filter(|event| is_theirs(&event.contact)).collect();
        let read = first_read.iter().filter(|(id, _)| is_theirs(id)).map(|(_, at)| *at).min().unwrap();
        let known_since = events.iter().map(|event| event.occurred_at).min().unwrap_or(read).min(read);
        let activity = events.iter().filter(|event| is_activity(event)).map(|event| event.occurred_at).max();
        let sent = log.decisions.iter().filter(|row| is_theirs(&row.contact) && row.code == DecisionCode::Sent);
        let delivered = events.iter().filter(|event| plain(&event.name) == "email_delivered");
        let mailed = sent.map(|row| row.at).chain(delivered.map(|event| event.occurred_at)).collect();
        History { events, known_since, last_activity: activity.unwrap_or(known_since), mailed }
    }

    /// The events of a name that count and occurred by now, later than so long ago: exactly so long later a window is empty.
    fn occurred(
        &self,
        name: &'static str,
        fits: fn(&Value) -> bool,
        now: i64,
        within: Option<i64>,
    ) -> impl Iterator<Item = &'l EventRecord> {
        let counts = move |event: &&EventRecord| {
            let is_in = within.is_none_or(|within| event.occurred_at > now - within);
            let said = || fits(&serde_json::from_str(&event.properties).unwrap());
            event.counts && plain(&event.name) == name && event.occurred_at <= now && is_in && said()
        };
        self.events.clone().into_iter().filter(counts)
    }
}

/// A segment for each of these patterns, and a workflow that people enter with it.
fn program_of(patterns: &[(&str, Says)]) -> Arc<Program> {
    let mut text = format!(
        "{HEAD}
event ordered {{ amount number? }}
event email_link_clicked {{ link_id text? }}
workflow mailing {{ enter when signed_up; reenter after 1 minute; send hello; wait 2 days }}
workflow tour {{ enter when signed_up; reenter after 1 minute; exit when visited at least 2 times; wait 72 hours; score += 1 }}
"
    );
    for (condition, _) in patterns {
        let nth = number(condition);
        text += &format!(
            "segment s{nth} = {condition}\nworkflow in_s{nth} {{ enter when {}; reenter after 1 minute; score += 1 }}\n",
            if is_by_event(nth) { format!("entered s{nth}") } else { format!("s{nth} new only") }
        );
    }
    compiled_of(&[text]).unwrap_or_else(|complaints| panic!("{complaints:#?}"))
}

/// Whether people enter by the event of coming into the segment, or by what becomes true, which is compared at the ends of instants.
fn is_by_event(nth: usize) -> bool {
    nth.is_multiple_of(2)
}

fn number(condition: &str) -> usize {
    PATTERNS.iter().position(|(known, _)| *known == condition).unwrap()
}

const MAIL_EVENTS: [&str; 7] = [
    "Email Opened",
    "Product Viewed",
    "Email Opened",
    "Email Delivered",
    "Email Bounced",
    "Email Opened",
    "Unsubscribed",
];

/// A fortnight of a few people and devices. Instants lie on whole hours, so that many windows end just when something else happens.
fn stream(world: &mut World, seed: u64) {
    let mut chance = Chance(seed);
    let mut now = at(START);
    let mut mails_left = now;
    world.set_now(now);
    for number in 0..8 {
        let user = format!("u{number}");
        world.identify(&user, &[("email", &format!("{user}@x.example"))]);
    }
    for _ in 0..240 {
        now += i64::try_from(chance.below(4)).unwrap() * HOUR;
        world.set_now(now);
        let number = chance.below(8);
        let user = format!("u{number}");
        let occurred_at = match chance.below(10) {
            0 => now - i64::try_from(chance.below(60)).unwrap() * HOUR,
            1 => at(START) - i64::try_from(1 + chance.below(48)).unwrap() * HOUR,
            2 => now + DAY,
            _ => now,
        };
        match chance.below(17) {
            0..6 => {
                _ = world.event_of(&user, "visited", json!({"page": chance.pick(&["/pricing", "/docs"])}), occurred_at)
            }
            6..9 => _ = world.event_of(&user, "ordered", json!({"amount": 8 + chance.below(6)}), occurred_at),
            9 => {
                world.event(&user, "signed_up", json!({}));
                mails_left = now;
                // A machine follows the link at once, or somebody does a little later.
                world.set_now(mails_left + [5, 40][chance.below(2) as usize] * SECOND);
                world.event(&user, "Email Link Clicked", json!({"email_id": "hello", "link_id": "more"}));
                now += HOUR;
            }
            10 => {
                world.event(&user, "Email Link Clicked", json!({"email_id": "hello", "link_id": "more"}));
                let claimed = mails_left + i64::try_from(chance.below(20)).unwrap() * SECOND;
                let last = world.stream.last_mut().unwrap();
                (last.occurred_at, last.claimed_at) = (claimed.min(now), Some(claimed));
            }
            11 => _ = world.event(&user, chance.pick(&MAIL_EVENTS), json!({})),
            12 => _ = world.identify(&user, &[("first_name", "Ada")]),
            // Half of the people never log in, and nobody is joined into them.
            _ if number < 4 => _ = world.identify(&user, &[]).keys(&[&format!("anonymous:d{}", chance.below(5))]),
            _ => _ = world.event(&user, "visited", json!({"page": "/docs"})),
        }
        let is_told = matches!(world.stream.last().unwrap().what, What::Track(_));
        if is_told && number < 4 && chance.below(3) == 0 {
            world.only_key(&format!("anonymous:d{}", chance.below(5)));
        }
        if chance.below(12) == 0 {
            let claimed_at = world.stream.last().unwrap().claimed_at;
            world.again(claimed_at);
        }
    }
    world.stream.sort_by_key(|arrival| arrival.arrived_at);
}

/// Every instant at which one of the patterns may change: at an arrival, where a window ends, and a millisecond before that.
fn instants(world: &World) -> BTreeSet<i64> {
    let mut instants: BTreeSet<i64> = world.stream.iter().map(|arrival| arrival.arrived_at).collect();
    let windows: BTreeSet<i64> = PATTERNS.iter().filter_map(|(_, says)| says.within()).collect();
    for arrival in &world.stream {
        for from in [arrival.occurred_at, arrival.arrived_at] {
            instants.extend(windows.iter().flat_map(|within| [from + within - 1, from + within]));
        }
    }
    instants.retain(|instant| *instant >= at(START));
    instants
}

/// What has been seen of everybody, in time.
#[derive(Default)]
struct Seen {
    first_read: BTreeMap<ContactId, i64>,
    /// How often each pattern held and did not.
    held: BTreeMap<usize, (usize, usize)>,
    /// When each pattern became true of somebody, as it was counted.
    became: BTreeMap<(ContactId, usize), Vec<i64>>,
    before: BTreeMap<(ContactId, usize), bool>,
}

impl Seen {
    fn look(&mut self, world: &World, patterns: &[(&str, Says)], now: i64, told: &str) {
        let kept = world.snapshot();
        let gone: BTreeSet<ContactId> = kept.joined.iter().map(|(id, _)| *id).collect();
        for contact in kept.contacts.iter().filter(|contact| !gone.contains(&contact.id)) {
            self.first_read.entry(contact.id).or_insert(now);
            let history = History::of(&kept, contact.id, &self.first_read);
            for (condition, says) in patterns {
                let nth = number(condition);
                let segment = world.program.segments.values().find(|one| one.name == format!("s{nth}")).unwrap();
                let said = world.program.frame.read(&contact.frame, segment.holds) == 1;
                let counted = says.holds(&history, now);
                assert_eq!(
                    said,
                    counted,
                    "{told}: {:?} at {}: `{condition}` of {:#?}",
                    contact.id,
                    Instant(now),
                    events(&history)
                );
                let (yes, no) = self.held.entry(nth).or_default();
                *(if counted { yes } else { no }) += 1;
                let before = self.before.insert((contact.id, nth), counted);
                if counted && before == Some(false) {
                    self.became.entry((contact.id, nth)).or_default().push(now);
                }
            }
        }
    }
}

fn events(history: &History<'_>) -> Vec<String> {
    let line = |event: &&EventRecord| {
        format!("{} {} {} counts {}", event.name, Instant(event.occurred_at), event.properties, event.counts)
    };
    history.events.iter().map(line).chain([format!("known since {}", Instant(history.known_since))]).collect()
}

/// Lives through the stream and looks at each `every`th of the instants that matter.
fn lived(world: &mut World, seen: &mut Seen, patterns: &[(&str, Says)], instants: &[i64], every: usize, told: &str) {
    for now in instants.iter().step_by(every) {
        let taken = world.stream.iter().take_while(|arrival| arrival.arrived_at <= *now).count();
        let arrivals = world.stream.drain(..taken).collect();
        world.run_until(*now, arrivals).unwrap();
        seen.look(world, patterns, *now, told);
    }
}

fn begun(place: Place, program: &Arc<Program>, seed: u64) -> (World, Vec<i64>) {
    let mut world = World::on(place, Arc::clone(program));
    stream(&mut world, seed);
    world.engine().begin(Instant(at(START)), None).unwrap();
    let instants = instants(&world).into_iter().collect();
    (world, instants)
}

#[test]
fn segments_say_what_anybody_would_count_from_the_log_at_every_instant_that_matters() {
    let program = program_of(&PATTERNS);
    let (all, there) = (RefCell::new(BTreeMap::<usize, (usize, usize)>::new()), RefCell::new([0; 4]));
    everywhere(|place| {
        // Reading a file whole takes a while: there every few instants are looked at.
        let (seeds, every) = if place.is_file { (1..2, 17) } else { (1..3, 1) };
        for seed in seeds {
            let (mut world, instants) = begun(place, &program, seed);
            let mut seen = Seen::default();
            lived(&mut world, &mut seen, &PATTERNS, &instants, every, &format!("seed {seed}"));
            world.check_invariants();
            for (nth, (yes, no)) in seen.held {
                let mut all = all.borrow_mut();
                let held = all.entry(nth).or_default();
                *held = (held.0 + yes, held.1 + no);
            }
            let kept = world.snapshot();
            let events = |is: fn(&&EventRecord) -> bool| kept.events.iter().filter(is).count();
            let late = events(|event| event.occurred_at < event.received_at);
            let counts = [kept.joined.len(), events(|event| !event.counts), late, history(&kept).len()];
            there.borrow_mut().iter_mut().zip(counts).for_each(|(all, count)| *all += count);
        }
    });
    for (condition, _) in PATTERNS {
        let (yes, no) = all.borrow()[&number(condition)];
        assert!(yes > 50 && no > 50, "`{condition}` held {yes} times and did not {no} times");
    }
    let there = there.into_inner();
    assert!(there.iter().all(|count| *count > 5), "joins, machines, late and old events: {there:?}");
}

/// Those whom nobody was joined into: of the others it takes more to say what happened when.
fn never_joined(kept: &Snapshot) -> Vec<ContactId> {
    let joined: BTreeSet<ContactId> = kept.joined.iter().flat_map(|(id, into)| [*id, *into]).collect();
    kept.contacts.iter().map(|contact| contact.id).filter(|id| !joined.contains(id)).collect()
}

/// When something of before the first day arrived, which triggers nothing.
fn history(kept: &Snapshot) -> BTreeSet<(ContactId, i64)> {
    let old = kept.events.iter().filter(|event| event.occurred_at < at(START));
    old.map(|event| (event.contact, event.received_at)).collect()
}

/// How many events of somebody arrived at an instant: between two of them they may come into a segment, and at its end be out of it.
fn arrivals(kept: &Snapshot, person: ContactId, instant: i64) -> usize {
    kept.events.iter().filter(|event| event.contact == person && event.received_at == instant).count()
}

/// What is decided of somebody in a workflow, and when.
fn decided(world: &World, kept: &Snapshot, person: ContactId, workflow: &str, codes: &[DecisionCode]) -> Vec<i64> {
    let id = world.program.workflows.find(|one| one.name == workflow).unwrap();
    let is_told =
        |row: &&DecisionRecord| row.contact == person && row.workflow == Some(id.0) && codes.contains(&row.code);
    kept.decisions.iter().filter(is_told).map(|row| row.at).collect()
}

#[test]
fn people_enter_a_segment_at_the_instants_that_anybody_would_count_and_at_no_other() {
    let program = program_of(&PATTERNS);
    everywhere(|place| {
        if place.is_file {
            // It needs a look at every instant.
            return;
        }
        let mut entered = 0;
        for seed in 1..4 {
            let (mut world, instants) = begun(place, &program, seed);
            let mut seen = Seen::default();
            lived(&mut world, &mut seen, &PATTERNS, &instants, 1, &format!("seed {seed}"));
            let kept = world.snapshot();
            let history = history(&kept);
            for person in never_joined(&kept) {
                for (nth, (condition, _)) in PATTERNS.iter().enumerate() {
                    let mut counted = seen.became.remove(&(person, nth)).unwrap_or_default();
                    let codes = [DecisionCode::Entered, DecisionCode::Ignored];
                    let mut told = decided(&world, &kept, person, &format!("in_s{nth}"), &codes);
                    // With the first that is known of somebody there is nothing before.
                    let first = seen.first_read[&person];
                    let is_asked = |at: &i64| {
                        let is_between = is_by_event(nth) && arrivals(&kept, person, *at) > 1;
                        *at > first && !history.contains(&(person, *at)) && !is_between
                    };
                    told.retain(is_asked);
                    counted.retain(is_asked);
                    assert_eq!(told, counted, "seed {seed}: {person:?} enters `{}`", condition);
                    entered += told.len();
                }
            }
        }
        assert!(entered > 50, "{entered}");
    });
}

/// Since entry: what arrived after the trigger and occurred at most an hour before it.
#[test]
fn an_exit_comes_with_the_event_that_anybody_would_count_since_the_entry() {
    let program = program_of(&PATTERNS);
    everywhere(|place| {
        let (mut exits, mut stays) = (0, 0);
        for seed in 1..(if place.is_file { 3 } else { 9 }) {
            let (mut world, _) = begun(place, &program, seed);
            let arrivals = std::mem::take(&mut world.stream);
            world.run_until(at("2026-04-20"), arrivals).unwrap();
            let kept = world.snapshot();
            for person in never_joined(&kept) {
                let log: Vec<&EventRecord> = kept.events.iter().filter(|event| event.contact == person).collect();
                let ended = decided(&world, &kept, person, "tour", &[DecisionCode::ExitedWhen, DecisionCode::Finished]);
                let entered = decided(&world, &kept, person, "tour", &[DecisionCode::Entered]);
                let counted: Vec<i64> = entered.iter().map(|entry| exit_of(&log, *entry)).collect();
                assert_eq!(ended, counted, "seed {seed}: {person:?} entered at {entered:?}");
                let early = entered.iter().zip(&counted).filter(|(entry, end)| *end - *entry < 3 * DAY).count();
                (exits, stays) = (exits + early, stays + counted.len() - early);
            }
        }
        assert!(exits > 2 && stays > 2, "{exits} left early and {stays} did not");
    });
}

/// When a tour that was entered at an instant ends: with the second visit, or after three days.
fn exit_of(log: &[&EventRecord], entry: i64) -> i64 {
    let trigger = log.iter().rev().find(|event| event.name == "signed_up" && event.received_at == entry).unwrap();
    let counts = |event: &&&EventRecord| {
        event.name == "visited" && event.id > trigger.id && event.occurred_at >= trigger.occurred_at - HOUR
    };
    let mut visits: Vec<&&EventRecord> = log.iter().filter(counts).collect();
    visits.sort_by_key(|event| event.id);
    visits.get(1).map_or(entry + 3 * DAY, |second| second.received_at.min(entry + 3 * DAY))
}

#[test]
fn a_fact_that_is_newly_deployed_says_what_the_log_says() {
    // Every second one is new in the middle, and the others are as they were.
    let old: Vec<(&str, Says)> = PATTERNS.into_iter().step_by(2).collect();
    let (before, after) = (program_of(&old), program_of(&PATTERNS));
    everywhere(|place| {
        for seed in 1..3 {
            let (mut world, instants) = begun(place, &before, seed);
            world.adopt(&before).unwrap();
            let every = if place.is_file { 23 } else { 3 };
            let (first, rest) = instants.split_at(instants.len() / 2);
            let (mut seen, told) = (Seen::default(), format!("seed {seed}, with new facts"));
            lived(&mut world, &mut seen, &old, first, every, &told);
            world.adopt(&after).unwrap();
            world.run_until(*first.last().unwrap(), Vec::new()).unwrap();
            seen.look(&world, &PATTERNS, *first.last().unwrap(), &format!("{told}, at once"));
            lived(&mut world, &mut seen, &PATTERNS, rest, every, &told);
        }
    });
}
