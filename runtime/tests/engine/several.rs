//! `reenter per EVENT.PROPERTY`: several journeys of one person in one workflow, one for each value.

use crate::support::{Crash, Place, World, program, world};
use flow_runtime::engine::Notice;
use flow_runtime::store::DecisionCode;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const EVENTS: &str = "event registered { webinar text; seats number?; starts_at moment? }
event attended { webinar text }\n";

fn webinars(reenter: &str, steps: &str) -> String {
    format!("{EVENTS}workflow w {{ enter when registered; {reenter}; {steps} }}")
}

fn webinar(name: &str) -> Value {
    json!({ "webinar": name })
}

fn registers(world: &mut World, at: &str, name: &str) {
    world.at(&format!("2026-{at}")).event("ada", "registered", webinar(name)).run();
}

fn attends(world: &mut World, at: &str, name: &str) {
    world.at(&format!("2026-{at}")).event("ada", "attended", webinar(name)).run();
}

fn told(world: &World, words: &[&str]) -> Vec<String> {
    let mut story = world.story("ada");
    story.retain(|line| words.iter().any(|word| line.contains(word)));
    story
}

fn ada(world: &mut World) {
    world.contact("ada", &[]);
}

/// One follow-up for each webinar, of those who came, who came to another one, and who did not come; in both stores, by both back ends, with
/// the store opened anew in between.
#[test]
fn each_value_has_a_journey_of_its_own() {
    let steps = "wait 1 day
        if attended(webinar is trigger.webinar) { score += 1000 } else { score += 1 }
        if trigger.webinar is \"fall\" { score += 10 }
        if attended(any webinar) { score += 100 }";
    for place in Place::ALL {
        let mut world = World::on(place, program(&webinars("reenter per registered.webinar", steps)));
        ada(&mut world);
        registers(&mut world, "03-02 10:00", "Spring");
        registers(&mut world, "03-02 12:00", "fall");
        registers(&mut world, "03-02 13:00", "SPRING");
        world.reopen();
        attends(&mut world, "03-02 14:00", "spring");
        assert_eq!(world.journeys("ada").len(), 2, "{place:?}");
        world.at("2026-03-03 11:00").run();
        assert_eq!(world.score("ada"), 1100, "{place:?}");
        world.reopen().at("2026-03-04").run();
        assert_eq!(world.score("ada"), 1100 + 111, "{place:?}");
        assert_eq!(
            told(&world, &["Entered", "Ignored", "Finished"]),
            [
                "03-02 10:00 w Entered",
                "03-02 12:00 w Entered",
                "03-02 13:00 w Ignored.34",
                "03-03 10:00 w Finished.1",
                "03-03 12:00 w Finished.1"
            ],
            "{place:?}"
        );
        // The same value never again, in whatever case.
        registers(&mut world, "03-30 10:00", "spring");
        assert_eq!(told(&world, &["03-30"]), ["03-30 10:00 w Ignored.35"], "{place:?}");
    }
}

/// The goal of a journey that has ended is met by what is about its own value.
#[test]
fn a_goal_is_met_for_its_own_value() {
    let mut world = world(&webinars(
        "reenter per registered.webinar; goal \"came\" when attended(webinar is trigger.webinar) within 9 days",
        "wait 1 day; score += 1",
    ));
    ada(&mut world);
    registers(&mut world, "03-02 10:00", "spring");
    registers(&mut world, "03-02 11:00", "fall");
    registers(&mut world, "03-02 12:00", "summer");
    attends(&mut world, "03-02 13:00", "fall");
    attends(&mut world, "03-04 13:00", "spring");
    attends(&mut world, "03-04 14:00", "winter");
    assert_eq!(
        told(&world, &["Converted", "Attributed", "Finished"]),
        ["03-02 13:00 w Converted", "03-03 10:00 w Finished.1", "03-03 12:00 w Finished.1", "03-04 13:00 w Attributed"]
    );
}

/// A wait hangs on the date that its own event said, also where that of another comes later.
#[test]
fn each_journey_waits_for_its_own_date() {
    for place in Place::ALL {
        let mut world = World::on(
            place,
            program(&webinars(
                "reenter per registered.webinar",
                "wait until 2 hours after trigger.starts_at, if past { exit }
                 if trigger.webinar is \"spring\" { score += 1 } else { score += 10 }
                 score += (trigger.seats or 0)",
            )),
        );
        ada(&mut world);
        world.at("2026-03-02 10:00");
        world.event(
            "ada",
            "registered",
            json!({ "webinar": "spring", "seats": 100, "starts_at": "2026-03-09T12:00:00Z" }),
        );
        world.run().at("2026-03-02 11:00");
        world.event("ada", "registered", json!({ "webinar": "fall", "starts_at": "2026-03-05T12:00:00Z" })).run();
        world.reopen().at("2026-03-05 15:00").identify("ada", &[("timezone", "America/New_York")]).run();
        assert_eq!(world.score("ada"), 10, "{place:?}");
        world.at("2026-03-09 13:30").run();
        assert_eq!(world.score("ada"), 10, "{place:?}");
        world.at("2026-03-09 14:30").run();
        assert_eq!(world.score("ada"), 111, "{place:?}");
    }
}

/// Whoever is told of somebody is told for which value it is, and so is whoever asks the store.
#[test]
fn people_are_told_for_which_value_a_journey_is() {
    let mut world =
        world(&webinars("reenter per registered.webinar", "handoff to sales { note \"{trigger.webinar}\" }"));
    ada(&mut world);
    registers(&mut world, "03-02 10:00", "Spring");
    registers(&mut world, "03-02 11:00", "fall");
    let rows = world.snapshot().outbox.into_iter();
    let notices = rows.map(|(row, _)| serde_json::from_str::<Notice>(&row.payload).unwrap().subject);
    let subjects: BTreeSet<String> = notices.map(|subject| subject.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(subjects, ["w (webinar \"Spring\")", "w (webinar \"fall\")"].map(str::to_owned).into());
    // So it is of whoever is not taken in.
    registers(&mut world, "03-03 10:00", "spring");
    let refused = world.snapshot().decisions.into_iter().filter(|row| row.code == DecisionCode::Ignored);
    assert_eq!(refused.map(|row| row.run).collect::<Vec<_>>(), [1]);
    let values: Vec<(u32, String)> = world.snapshot().values.into_iter().map(|row| (row.run, row.value)).collect();
    assert_eq!(values, [(1, "webinar \"Spring\"".to_owned()), (2, "webinar \"fall\"".to_owned())]);
}

#[test]
fn the_same_value_comes_in_again_where_that_is_said() {
    let mut world = world(&webinars("reenter per registered.webinar again after 7 days", "wait 1 day; score += 1"));
    ada(&mut world);
    for at in ["03-02 10:00", "03-02 12:00", "03-09 10:00", "03-10 09:00", "03-10 10:00"] {
        registers(&mut world, at, "spring");
    }
    assert_eq!(
        told(&world, &["Entered", "Ignored"]),
        [
            "03-02 10:00 w Entered",
            "03-02 12:00 w Ignored.34",
            "03-09 10:00 w Ignored.60",
            "03-10 09:00 w Ignored.60",
            "03-10 10:00 w Entered"
        ]
    );
}

#[test]
fn somebody_is_in_it_for_sixteen_values_at_most() {
    let mut world = world(&webinars("reenter per registered.webinar", "wait 1 day; score += (trigger.seats or 0)"));
    ada(&mut world);
    for nth in 0..18 {
        let said = json!({ "webinar": format!("w{nth}"), "seats": 1 << nth });
        world.at(&format!("2026-03-02 10:{nth:02}")).event("ada", "registered", said).run();
    }
    assert_eq!(told(&world, &["Entered"]).len(), 16);
    assert_eq!(told(&world, &["Ignored"]), ["03-02 10:16 w Ignored.61", "03-02 10:17 w Ignored.61"]);
    // An event comes before a timer of the same instant.
    registers(&mut world, "03-03 10:01", "w16");
    assert_eq!(told(&world, &["Entered"]).len(), 17, "one was over");
    world.at("2026-03-04").run();
    assert_eq!(world.score("ada"), (1 << 16) - 1);
}

/// An event that does not say which lets nobody in, and what has no value besides neither.
#[test]
fn what_says_no_value_lets_nobody_in() {
    let text = "event registered { webinar text? }
        workflow w { enter when registered; reenter per registered.webinar; wait 1 day; score += 1 }";
    let mut world = world(text);
    ada(&mut world);
    world.at("2026-03-02 10:00").event("ada", "registered", json!({})).run();
    world.at("2026-03-02 11:00").event("ada", "registered", webinar("spring")).run();
    assert_eq!(told(&world, &["w "]), ["03-02 10:00 w Ignored.33", "03-02 11:00 w Entered"]);
}

#[test]
fn a_stop_ends_all_of_them() {
    let text = webinars("reenter per registered.webinar", "wait 9 days; score += 1")
        + "\nworkflow s { enter when signed_up; reenter never; stop w }";
    let mut world = world(&text);
    ada(&mut world);
    registers(&mut world, "03-02 10:00", "spring");
    registers(&mut world, "03-02 11:00", "fall");
    world.at("2026-03-03 10:00").event("ada", "signed_up", json!({})).run();
    assert_eq!(told(&world, &["w Stopped"]).len(), 2);
    registers(&mut world, "03-04 10:00", "fall");
    assert_eq!(told(&world, &["03-04"]), ["03-04 10:00 w Ignored.35"]);
}

/// Entries that are held, for each value one, with what each said.
#[test]
fn entries_that_are_held_keep_their_values_apart() {
    let text = format!(
        "{EVENTS}contact {{ plan_size number }}
         workflow w {{ enter when registered; reenter per registered.webinar; wait 1 hour
           if attended(webinar is trigger.webinar) {{ score += 100 }}
           score += (trigger.seats or 0) + plan_size }}"
    );
    let mut world = world(&text);
    ada(&mut world);
    let said = |webinar: &str, seats: i64| json!({ "webinar": webinar, "seats": seats });
    world.at("2026-03-02 10:00").event("ada", "registered", said("spring", 1)).run();
    world.at("2026-03-02 10:01").event("ada", "registered", said("fall", 10)).run().reopen();
    world.at("2026-03-02 10:02").event("ada", "registered", said("spring", 5000)).run();
    attends(&mut world, "03-02 10:03", "fall");
    world.at("2026-03-02 10:04").identify("ada", &[("plan_size", "2000")]).run();
    assert_eq!(told(&world, &["Entered"]).len(), 2, "{:?}", world.story("ada"));
    world.at("2026-03-02 12:00").run();
    assert_eq!(world.score("ada"), 1 + 10 + 100 + 2 * 2000);
}

/// Of two contacts who are one the older journey of each value goes on; the values of both are known.
#[test]
fn of_two_who_are_one_the_older_of_each_value_goes_on() {
    let text = webinars("reenter per registered.webinar", "wait 5 days; score += (trigger.seats or 0)");
    let mut world = world(&text);
    let said = |webinar: &str, seats: i64| json!({ "webinar": webinar, "seats": seats });
    ada(&mut world);
    let device = "anonymous:d1";
    for (at, webinar, seats) in [("03-02 10:00", "spring", 1), ("03-02 11:00", "fall", 10)] {
        world.at(&format!("2026-{at}")).event("", "registered", said(webinar, seats)).only_key(device).run();
    }
    for (at, webinar, seats) in [("03-02 12:00", "spring", 100), ("03-02 13:00", "summer", 1000)] {
        world.at(&format!("2026-{at}")).event("ada", "registered", said(webinar, seats)).run();
    }
    world.at("2026-03-03 10:00").identify("ada", &[]).keys(&[device]).run().reopen();
    world.at("2026-03-20").run();
    assert_eq!(world.score("ada"), 1011, "{:?}", world.story("ada"));
    assert_eq!(told(&world, &["GaveWay"]).len(), 1);
    registers(&mut world, "03-21 10:00", "fall");
    assert_eq!(told(&world, &["03-21"]), ["03-21 10:00 w Ignored.35"]);
}

/// Two who are one may be in it for more values than anybody may: the latest give way, and the others keep what is theirs.
#[test]
fn of_two_who_are_one_beyond_sixteen_the_latest_give_way() {
    let mut world = world(&webinars("reenter per registered.webinar", "wait 5 days; score += (trigger.seats or 0)"));
    ada(&mut world);
    for nth in 0..18 {
        let (at, said) =
            (format!("2026-03-02 10:{nth:02}"), json!({ "webinar": format!("w{nth}"), "seats": 1 << nth }));
        // The device's are between hers.
        match nth % 2 {
            0 => _ = world.at(&at).event("ada", "registered", said).run(),
            _ => _ = world.at(&at).event("", "registered", said).only_key("anonymous:d1").run(),
        }
    }
    world.at("2026-03-03 10:00").identify("ada", &[]).keys(&["anonymous:d1"]).run().reopen();
    world.at("2026-03-20").run();
    assert_eq!(told(&world, &["GaveWay"]).len(), 2, "{:?}", world.story("ada"));
    assert_eq!(world.score("ada"), (1 << 16) - 1, "{:?}", world.story("ada"));
}

/// `never` becomes `per` and `per` becomes `never` while people are in flight (E10).
#[test]
fn whoever_is_in_flight_stays_where_the_line_changes() {
    let steps = "wait 5 days; score += (trigger.seats or 0)";
    let said = |webinar: &str, seats: i64| json!({ "webinar": webinar, "seats": seats });
    let (never, per) = (webinars("reenter never", steps), webinars("reenter per registered.webinar", steps));
    let mut world = world(&never);
    ada(&mut world);
    world.at("2026-03-02 10:00").event("ada", "registered", said("spring", 1)).run();
    world.at("2026-03-02 11:00").event("ada", "registered", said("fall", 10)).run();
    world.at("2026-03-03 10:00").run().becomes(&per).run();
    world.at("2026-03-03 11:00").event("ada", "registered", said("fall", 100)).run();
    world.at("2026-03-03 12:00").event("ada", "registered", said("summer", 1000)).run();
    world.at("2026-03-04 10:00").run().becomes(&never).run();
    world.at("2026-03-04 11:00").event("ada", "registered", said("winter", 10_000)).run();
    world.at("2026-03-05 10:00").run().becomes(&per).run();
    world.at("2026-03-05 11:00").event("ada", "registered", said("summer", 100_000)).run();
    assert_eq!(
        told(&world, &["Entered", "Ignored"]),
        [
            "03-02 10:00 w Entered",
            "03-02 11:00 w Ignored.2",
            "03-03 11:00 w Entered",
            "03-03 12:00 w Entered",
            "03-04 11:00 w Ignored.2",
            "03-05 11:00 w Ignored.34"
        ]
    );
    world.at("2026-03-20").run();
    assert_eq!(world.score("ada"), 1101);
}

/// What somebody was in is known however often it changes by what journeys are told apart, also of a journey that began before a change and ended
/// behind it, and of a device that joins meanwhile. A value of one property is none of another.
#[test]
fn a_value_comes_in_once_over_changes_of_the_line() {
    let by = |reenter: &str| {
        let text = "event registered { webinar text; city text }
            workflow w { enter when registered; REENTER; wait 2 days; score += 1 }";
        text.replace("REENTER", reenter)
    };
    let webinar = by("reenter per registered.webinar");
    for between in ["reenter per registered.city", "reenter never", "reenter per registered.city again after 400 days"]
    {
        let mut world = world(&webinar);
        ada(&mut world);
        let said = |webinar: &str, city: &str| json!({ "webinar": webinar, "city": city });
        world.at("2026-03-02 10:00").event("ada", "registered", said("spring", "rome")).run();
        world.at("2026-03-02 10:00").event("", "registered", said("winter", "rome")).only_key("anonymous:d1").run();
        world.at("2026-03-05 10:00").event("ada", "registered", said("fall", "rome")).run();
        world.at("2026-03-06 10:00").run().becomes(&by(between)).run();
        world.at("2026-03-06 11:00").identify("ada", &[]).keys(&["anonymous:d1"]).run();
        // A city that is called as a webinar was.
        world.at("2026-03-08 10:00").event("ada", "registered", said("summer", "spring")).run();
        let came_in = between != "reenter never";
        assert_eq!(told(&world, &["03-08 10:00 w Entered"]).len(), usize::from(came_in), "{between}");
        world.at("2026-03-12 10:00").run().becomes(&webinar).run().reopen();
        for (hour, webinar) in [(11, "spring"), (12, "fall"), (13, "winter")] {
            let at = format!("2026-03-12 {hour}:00");
            world.at(&at).event("ada", "registered", said(webinar, "rome")).run();
        }
        assert_eq!(
            told(&world, &["03-12"]),
            ["03-12 11:00 w Ignored.35", "03-12 12:00 w Ignored.35", "03-12 13:00 w Ignored.35"],
            "{between}"
        );
    }
}

#[test]
fn a_kill_begins_no_value_twice() {
    let text = webinars("reenter per registered.webinar", "wait 1 day; score += 1; wait 1 day; score += 1");
    for commits in 1..14 {
        let mut world = world(&text).limits(1, 1);
        ada(&mut world);
        for (at, name) in [("10:00", "spring"), ("11:00", "fall"), ("12:00", "spring")] {
            world.at(&format!("2026-03-02 {at}")).event("ada", "registered", webinar(name));
        }
        *world.shared.crash.lock().unwrap() = Crash::AfterCommit(commits);
        while world.run_all("2026-03-20").is_err() {
            *world.shared.crash.lock().unwrap() = Crash::Never;
            world.reopen();
        }
        assert_eq!(told(&world, &["Entered"]), ["03-02 10:00 w Entered", "03-02 11:00 w Entered"], "{commits}");
        assert_eq!(world.score("ada"), 4, "{commits}");
    }
}

/// One event of a made-up life: hours since the last, who, which value, and whether they came to it.
type Deed = (u32, usize, usize, bool);

const PEOPLE: [&str; 2] = ["ada", "bo"];
const VALUES: [&str; 20] =
    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"];
/// Of a journey: how long it is.
const LENGTH_HOURS: u64 = 48;

/// Who comes in with which value, counted without the engine: an entry where the value was never had, or its last journey ended a week ago, and
/// fewer than sixteen are under way; and for how many of them somebody came while it lasted.
fn counted(deeds: &[Deed], again_hours: Option<u64>) -> BTreeMap<&'static str, (usize, usize)> {
    let mut counts: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
    let mut began: BTreeMap<(usize, usize), Vec<u64>> = BTreeMap::new();
    let mut came: BTreeSet<(usize, usize, u64)> = BTreeSet::new();
    let mut now = 0;
    for (hours, who, value, attends) in deeds {
        now += u64::from(*hours);
        // An event comes before the end that falls on its instant.
        let is_live = |began: &u64| now <= began + LENGTH_HOURS;
        let own = began.get(&(*who, *value)).and_then(|began| began.last()).copied();
        if *attends {
            came.extend(own.filter(|began| is_live(began)).map(|began| (*who, *value, began)));
            continue;
        }
        let live = began.iter().filter(|((person, _), _)| person == who).flat_map(|(_, began)| began.iter().copied());
        let is_full = live.filter(is_live).count() >= 16;
        let is_free = match (own, again_hours) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(began), Some(again)) => now >= began + LENGTH_HOURS + again,
        };
        if is_free && !is_full {
            began.entry((*who, *value)).or_default().push(now);
        }
    }
    for ((who, _), began) in &began {
        counts.entry(PEOPLE[*who]).or_default().0 += began.len();
    }
    for (who, ..) in &came {
        counts.entry(PEOPLE[*who]).or_default().1 += 1;
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The engine takes in whom a plain count takes in, whatever the batches, the store and the back end are, and each journey counts what is its own.
    #[test]
    fn entries_are_those_of_a_plain_count(
        deeds in proptest::collection::vec((1..6_u32, 0..2_usize, 0..20_usize, proptest::bool::weighted(0.3)), 1..90),
        again in proptest::bool::ANY,
        batch in proptest::sample::select(vec![1_usize, 3, 64]),
        place in proptest::sample::select(Place::ALL.to_vec()),
    ) {
        let line = if again { "reenter per registered.webinar again after 7 days" } else { "reenter per registered.webinar" };
        let text = webinars(line, "score += 1; wait 48 hours; if attended(webinar is trigger.webinar) { score += 1000 }");
        let mut world = World::on(place, program(&text)).limits(batch, batch);
        for user in PEOPLE {
            world.contact(user, &[]);
        }
        let began = crate::support::at("2026-03-02 10:00");
        let mut now = 0;
        for (hours, who, value, attends) in &deeds {
            now += u64::from(*hours);
            world.set_now(began + i64::try_from(now).unwrap() * 3_600_000);
            world.event(PEOPLE[*who], if *attends { "attended" } else { "registered" }, webinar(VALUES[*value]));
        }
        world.run();
        world.at("2026-06-01").run();
        let counts = counted(&deeds, again.then_some(7 * 24));
        for user in PEOPLE {
            let (entered, came) = counts.get(user).copied().unwrap_or_default();
            prop_assert_eq!(world.score(user), (entered + 1000 * came) as i64, "{:?}", world.story(user));
        }
    }
}
