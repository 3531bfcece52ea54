//! What journeys count since an anchor, against the log: since the entry, from now, since a mail; also where several contacts prove to be
//! one, and what the one did counts for the other from then on (E6, E11).

use crate::counts::{DAY, HOUR, START};
use crate::everywhere;
use crate::generated::Chance;
use crate::support::{HEAD, Place, World, at, compiled_of};
use flow_runtime::store::digest::Snapshot;
use flow_runtime::store::{ContactId, DecisionCode, EventRecord, JourneyRecord};
use flow_runtime::time::Instant;
use serde_json::json;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

const WORKFLOWS: &str = "
workflow entry { enter when signed_up; reenter after 1 minute; exit when visited at least 2 times; wait 72 hours }
workflow now { enter when signed_up; reenter after 1 minute; wait 5 hours; wait until visited from now up to 48 hours }
workflow mail { enter when signed_up; reenter after 1 minute; send again; wait until visited since again up to 48 hours }
";

/// How a workflow counts visits, how many end it, and for how long.
struct Asked {
    workflow: &'static str,
    visits: usize,
    /// How long after the entry it begins to count.
    begins_after: i64,
    /// How long it counts.
    counts_for: i64,
}

const ASKED: [Asked; 3] = [
    Asked { workflow: "entry", visits: 2, begins_after: 0, counts_for: 3 * DAY },
    Asked { workflow: "now", visits: 1, begins_after: 5 * HOUR, counts_for: 2 * DAY },
    Asked { workflow: "mail", visits: 1, begins_after: 0, counts_for: 2 * DAY },
];

/// Who was whom, from which instant on.
#[derive(Default)]
struct Joins(Vec<(i64, BTreeMap<ContactId, ContactId>)>);

impl Joins {
    fn note(&mut self, now: i64, kept: &Snapshot) {
        self.0.push((now, kept.joined.iter().copied().collect()));
    }

    fn root(joined: &BTreeMap<ContactId, ContactId>, mut id: ContactId) -> ContactId {
        while let Some(into) = joined.get(&id) {
            id = *into;
        }
        id
    }

    /// When two contacts were first one.
    fn one_since(&self, one: ContactId, other: ContactId) -> Option<i64> {
        let is_one = |(_, joined): &&(i64, BTreeMap<_, _>)| Self::root(joined, one) == Self::root(joined, other);
        self.0.iter().find(is_one).map(|(now, _)| *now)
    }

    fn at_last(&self, id: ContactId) -> ContactId {
        Self::root(&self.0.last().unwrap().1, id)
    }
}

/// A fortnight of people who use devices of their own, sign up and look around on some of them, and log in there later.
fn stream(world: &mut World, seed: u64) {
    let mut chance = Chance(seed);
    let mut now = at(START);
    world.set_now(now);
    for person in 0..10 {
        world.identify(&format!("u{person}"), &[("email", &format!("u{person}@x.example"))]);
    }
    for _ in 0..300 {
        now += i64::try_from(chance.below(3)).unwrap() * HOUR;
        world.set_now(now);
        let person = chance.below(10);
        let (user, device) = (format!("u{person}"), format!("anonymous:d{person}-{}", chance.below(6)));
        let late = now - i64::try_from(chance.below(3) * chance.below(4)).unwrap() * HOUR / 2;
        let (name, by_device) = match chance.below(10) {
            0..6 => ("visited", chance.below(3) > 0),
            6..8 => ("signed_up", chance.below(4) == 0),
            _ => ("identify", false),
        };
        match name {
            "identify" => _ = world.identify(&user, &[]).keys(&[&device]),
            name => _ = world.event_of(&user, name, json!({"page": "/"}), late),
        }
        if by_device {
            world.only_key(&device);
        }
    }
}

/// Lives through a stream, arrival by arrival.
fn lived(place: Place, seed: u64) -> (World, Joins) {
    let program = compiled_of(&[format!("{HEAD}\n{WORKFLOWS}")]).unwrap_or_else(|complaints| panic!("{complaints:#?}"));
    let mut world = World::on(place, program);
    stream(&mut world, seed);
    world.engine().begin(Instant(at(START)), None).unwrap();
    let mut joins = Joins(vec![(at(START), BTreeMap::new())]);
    let stream = std::mem::take(&mut world.stream);
    let instants: BTreeSet<i64> = stream.iter().map(|arrival| arrival.arrived_at).collect();
    for now in instants {
        let arrivals = stream.iter().filter(|arrival| arrival.arrived_at == now).cloned().collect();
        world.run_until(now, arrivals).unwrap();
        joins.note(now, &world.snapshot());
    }
    world.run_until(at("2026-04-20"), Vec::new()).unwrap();
    world.check_invariants();
    (world, joins)
}

/// What a journey counted: none where two things of one instant leave open which of them was its own.
fn counted(asked: &Asked, world: &World, kept: &Snapshot, joins: &Joins, journey: &JourneyRecord) -> Option<i64> {
    let person = joins.at_last(journey.contact);
    let is_theirs = |event: &&EventRecord| joins.at_last(event.contact) == person;
    let log: Vec<&EventRecord> = kept.events.iter().filter(is_theirs).collect();
    let is_trigger = |event: &&&EventRecord| event.name == "signed_up" && event.received_at == journey.entered_at;
    let [trigger] = log.iter().filter(is_trigger).collect::<Vec<_>>()[..] else { return None };
    let told_at = |code: DecisionCode| {
        let workflow = Some(journey.workflow);
        let is_it = |row: &&flow_runtime::store::DecisionRecord| {
            row.code == code && row.workflow == workflow && joins.at_last(row.contact) == person
        };
        kept.decisions.iter().filter(is_it).map(|row| row.at).collect::<Vec<i64>>()
    };
    // One that gave way, or went on under another contact, is kept as if it had ended when it began.
    let is_elsewhere = journey.contact != person || !told_at(DecisionCode::GaveWay).is_empty();
    if is_elsewhere && journey.ended_at == Some(journey.entered_at) {
        return None;
    }
    let begins = journey.entered_at + asked.begins_after;
    let sends = world.program.workflows.values().nth(journey.workflow as usize).unwrap().name == "mail";
    let has_left = !sends || told_at(DecisionCode::Sent).contains(&begins);
    let counts = |event: &&&EventRecord| {
        let is_after = event.id > trigger.id && (asked.workflow == "entry" || event.received_at > begins);
        let is_history = event.occurred_at < trigger.occurred_at - HOUR;
        has_left && event.name == "visited" && is_after && !is_history
    };
    let known = |event: &&EventRecord| Some(event.received_at.max(joins.one_since(event.contact, trigger.contact)?));
    let mut visits: Vec<i64> = log.iter().filter(counts).filter_map(known).collect();
    visits.sort_unstable();
    let end = begins + asked.counts_for;
    Some(visits.get(asked.visits - 1).map_or(end, |visit| end.min(*visit)))
}

#[test]
fn journeys_end_with_the_event_that_anybody_would_count_since_their_anchor_also_of_those_who_prove_to_be_one() {
    let [early, late, by_a_join] = [const { Cell::new(0) }; 3];
    everywhere(|place| {
        for seed in 1..(if place.is_file { 2 } else { 7 }) {
            let (world, joins) = lived(place, seed);
            let kept = world.snapshot();
            for asked in &ASKED {
                let id = world.program.workflows.find(|one| one.name == asked.workflow).unwrap();
                for journey in kept.journeys().into_iter().filter(|journey| journey.workflow == id.0) {
                    let Some(end) = counted(asked, &world, &kept, &joins, journey) else { continue };
                    if journey.ended_at != Some(end) {
                        let person = joins.at_last(journey.contact);
                        let mut lines: Vec<(u64, String)> = kept
                            .events
                            .iter()
                            .filter(|e| joins.at_last(e.contact) == person)
                            .map(|e| {
                                (
                                    e.id,
                                    format!(
                                        "{} {:?} {} occ {} rec {} joined {:?}",
                                        e.id,
                                        e.contact,
                                        e.name,
                                        e.occurred_at / 60000,
                                        e.received_at / 60000,
                                        joins.one_since(e.contact, person).map(|t| t / 60000)
                                    ),
                                )
                            })
                            .collect();
                        lines.extend(
                            kept.decisions
                                .iter()
                                .filter(|d| joins.at_last(d.contact) == person && d.workflow == Some(journey.workflow))
                                .map(|d| {
                                    (
                                        d.id,
                                        format!(
                                            "  {} {:?} run {} {:?} reason {} at {}",
                                            d.id,
                                            d.contact,
                                            d.run,
                                            d.code,
                                            d.reason,
                                            d.at / 60000
                                        ),
                                    )
                                }),
                        );
                        lines.sort();
                        for (_, line) in lines {
                            eprintln!("{line}");
                        }
                    }
                    assert_eq!(journey.ended_at, Some(end), "seed {seed}: {} {journey:?}", asked.workflow);
                    let is_late = end == journey.entered_at + asked.begins_after + asked.counts_for;
                    let count = if is_late { &late } else { &early };
                    count.set(count.get() + 1);
                    let person = joins.at_last(journey.contact);
                    let comes =
                        |event: &EventRecord| joins.at_last(event.contact) == person && event.received_at == end;
                    let is_join = !is_late && !kept.events.iter().any(|event| event.name == "visited" && comes(event));
                    by_a_join.set(by_a_join.get() + usize::from(is_join));
                }
            }
        }
    });
    let told = [early, late, by_a_join].map(Cell::into_inner);
    assert!(told.iter().all(|count| *count > 20), "early, late and by a join: {told:?}");
}
