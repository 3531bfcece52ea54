//! So many people an hour: whoever comes beyond it waits for their turn, and is judged when it comes.

use crate::support::{World, at, world};
use flow_runtime::report::{RunReport, Waiting};
use flow_runtime::time::Instant;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const TWO: &str = r#"
workflow w {
  goal "demo" when requested_demo
  enter when signed_up
  reenter after 30 days
  exit when visited(page is "/bye")
  skip when has_open_deal
  rate 2 an hour
  send hello
}
"#;

fn come(world: &mut World, people: &[&str]) {
    for person in people {
        world.event(person, "signed_up", json!({}));
    }
}

/// Five who come at once.
fn five(text: &str) -> World {
    let mut world = world(text);
    let people = ["ada", "ben", "cem", "dee", "eve"];
    people.iter().for_each(|person| _ = world.contact(person, &[]));
    world.at("2026-03-02 10:00");
    come(&mut world, &people);
    world.run();
    world
}

fn report(world: &mut World) -> RunReport {
    let program = std::sync::Arc::clone(&world.program);
    RunReport::read(&program, &mut *world.engine().records().unwrap()).unwrap()
}

#[test]
fn the_rest_wait_in_the_order_in_which_they_came() {
    let mut world = five(TWO);
    let told = &report(&mut world).workflows["w"];
    let last_turn = "Monday 2 March 2026, 12:00 (UTC)".to_owned();
    assert_eq!((told.entered, told.waited), (2, 3));
    assert_eq!(told.waiting, Some(Waiting { people: 3, last_turn }));
    assert_eq!(world.story("cem"), ["03-02 10:00 w Held.4"]);
    world.at("2026-03-03").run();
    for (person, hour) in [("ada", 10), ("ben", 10), ("cem", 11), ("dee", 11), ("eve", 12)] {
        assert!(world.story(person).contains(&format!("03-02 {hour}:00 w Entered")), "{:?}", world.story(person));
    }
    let told = &report(&mut world).workflows["w"];
    assert_eq!((told.entered, told.waited, &told.waiting), (5, 3, &None));
}

#[test]
fn whoever_waits_is_judged_when_their_turn_comes() {
    let mut world = five(TWO);
    world.at("2026-03-02 10:30");
    world.identify("cem", &[("has_open_deal", "yes")]);
    world.event("dee", "visited", json!({"page": "/bye"})).event("eve", "requested_demo", json!({})).run();
    world.at("2026-03-03").run();
    assert_eq!(world.story("cem").last().unwrap(), "03-02 11:00 w Ignored.5");
    assert_eq!(world.story("dee").last().unwrap(), "03-02 11:00 w Ignored s0.7");
    assert_eq!(world.story("eve").last().unwrap(), "03-02 12:00 w Ignored.6");
    assert_eq!(world.sent().len(), 2);
}

/// Consent is asked when the mail leaves, as of everybody.
#[test]
fn who_unsubscribes_while_they_wait_gets_no_mail() {
    let mut world = five(TWO);
    world.at("2026-03-02 10:30").event("cem", "Unsubscribed", json!({})).run();
    world.at("2026-03-03").run();
    assert!(world.story("cem").contains(&"03-02 11:00 w Withheld s0.3".to_owned()), "{:?}", world.story("cem"));
}

#[test]
fn another_trigger_gives_no_second_place() {
    let mut world = five(TWO);
    world.at("2026-03-02 10:30");
    come(&mut world, &["eve", "eve"]);
    world.contact("fay", &[]);
    come(&mut world, &["fay"]);
    world.at("2026-03-03").run();
    assert_eq!(
        world.story("eve")[..4],
        ["03-02 10:00 w Held.4", "03-02 10:30 w Ignored.10", "03-02 10:30 w Ignored.10", "03-02 12:00 w Entered"]
    );
    assert!(world.story("fay").contains(&"03-02 12:00 w Entered".to_owned()));
}

/// Nobody is refused later who is refused now, and no place is lost by it.
#[test]
fn who_is_refused_takes_no_place() {
    let mut world = world(TWO);
    for person in ["ada", "ben", "cem"] {
        world.contact(person, &[("has_open_deal", if person == "cem" { "no" } else { "yes" })]);
    }
    world.at("2026-03-02 10:00");
    come(&mut world, &["ada", "ada", "ben", "cem"]);
    world.run();
    assert_eq!(world.story("cem")[0], "03-02 10:00 w Entered");
    assert_eq!(report(&mut world).workflows["w"].waited, 0);
}

#[test]
fn the_condition_of_the_entry_is_asked_again() {
    let text = r#"
workflow w {
  enter when signed_up and industry is "saas"
  reenter never
  rate 1 a day
  score += 1
}
"#;
    let mut world = world(text);
    for person in ["ada", "ben", "cem"] {
        world.contact(person, &[("industry", "saas")]);
    }
    world.at("2026-03-02 10:00");
    come(&mut world, &["ada", "ben", "cem"]);
    world.at("2026-03-02 12:00").identify("ben", &[("industry", "fintech")]).run();
    world.at("2026-03-10").run();
    assert_eq!(world.story("ben"), ["03-02 10:00 w Held.3", "03-03 10:00 w Ignored.9"]);
    assert_eq!(world.story("cem")[1], "03-04 10:00 w Entered");
}

const KEEN: &str = r#"
workflow w {
  enter when employees >= 50 new only
  reenter after 1 day
  skip when has_open_deal
  rate 1 an hour
  set industry = "saas"
}
"#;

/// What became true and is so no more lets nobody in; a refusal that ends is waited for, and then for a turn.
#[test]
fn what_became_true_must_still_be_so() {
    let mut world = world(KEEN);
    ["ada", "ben", "cem", "dee"].iter().for_each(|person| _ = world.contact(person, &[]));
    world.at("2026-03-02 10:00");
    for person in ["ada", "ben", "cem", "dee"] {
        world.identify(person, &[("employees", "60")]);
    }
    world.at("2026-03-02 10:10");
    world.identify("ben", &[("employees", "10")]).identify("cem", &[("has_open_deal", "yes")]);
    world.at("2026-03-02 20:00").identify("cem", &[("has_open_deal", "no")]);
    // It is so no more and becomes so again while they wait: one place.
    world.identify("dee", &[("employees", "10")]).identify("dee", &[("employees", "60")]);
    world.at("2026-03-03").run();
    assert_eq!(world.story("ben"), ["03-02 10:00 w Held.2", "03-02 11:00 w Ignored.9"]);
    assert_eq!(world.story("cem")[..3], ["03-02 10:00 w Held.2", "03-02 12:00 w Ignored.5", "03-02 20:00 w Entered"]);
    assert_eq!(world.story("dee")[..2], ["03-02 10:00 w Held.2", "03-02 13:00 w Entered"]);
}

/// Who waits for their turn by what has become true and is started besides: what is so of them is not spent by a refusal that ends, whichever came
/// first (E4).
#[test]
fn what_became_true_beside_a_start_waits_for_the_end_of_a_refusal() {
    for is_started_first in [false, true] {
        for (still_so, entered) in [(true, Some("03-02 20:00 w Entered")), (false, None)] {
            let mut world =
                world(&format!("{KEEN}\nworkflow first {{ enter when signed_up; reenter never; start w }}"));
            ["ada", "ben"].iter().for_each(|person| _ = world.contact(person, &[]));
            world.at("2026-03-02 10:00").identify("ada", &[("employees", "60")]).run();
            for (minute, is_start) in [(1, is_started_first), (2, !is_started_first)] {
                world.set_now(at("2026-03-02 10:00") + minute * 60_000);
                match is_start {
                    true => world.event("ben", "signed_up", json!({})),
                    false => world.identify("ben", &[("employees", "60")]),
                };
                world.run();
            }
            world.at("2026-03-02 10:30").identify("ben", &[("has_open_deal", "yes")]).run();
            world.at("2026-03-02 12:00").run();
            assert!(world.story("ben").contains(&"03-02 11:00 w Ignored.5".to_owned()), "{:?}", world.story("ben"));
            if !still_so {
                world.identify("ben", &[("employees", "10")]);
            }
            world.at("2026-03-02 20:00").identify("ben", &[("has_open_deal", "no")]).run();
            let story: Vec<String> = world.story("ben").into_iter().filter(|line| line.contains("w Entered")).collect();
            assert_eq!(story, Vec::from_iter(entered), "{is_started_first}");
        }
    }
}

#[test]
fn those_who_are_there_already_come_in_by_the_rate() {
    let mut world = world(&KEEN.replace("new only", "including existing"));
    let rows: Vec<_> = (0..4).map(|nth| world.row(&[&format!("user:u{nth}")], &[("employees", "60")])).collect();
    world.at("2026-03-02 10:00").import(&rows);
    world.at("2026-03-03").run();
    for nth in 0..4 {
        let entered = format!("03-02 {}:00 w Entered", 10 + nth);
        assert!(world.story(&format!("u{nth}")).contains(&entered));
    }
}

const STARTED: &str = r#"
workflow first {
  enter when signed_up
  reenter never
  start second
}
workflow second {
  enter by hand
  reenter never
  rate 1 an hour
  score += 10
}
workflow third {
  enter when requested_demo
  reenter never
  stop second
}
"#;

#[test]
fn a_start_waits_too_and_a_stop_takes_it_back() {
    let mut world = five(STARTED);
    world.at("2026-03-02 10:30").event("cem", "requested_demo", json!({})).run();
    world.at("2026-03-03").run();
    assert!(world.story("ben").contains(&"03-02 11:01 second Entered.1".to_owned()), "{:?}", world.story("ben"));
    let cem: Vec<String> = world.story("cem").into_iter().filter(|line| line.contains("second")).collect();
    assert_eq!(cem, ["03-02 10:00 second Held.2", "03-02 10:30 second Ignored.8"]);
    assert!(world.story("dee").contains(&"03-02 13:01 second Entered.1".to_owned()), "{:?}", world.story("dee"));
    assert_eq!(report(&mut world).workflows["second"].waiting, None);
}

#[test]
fn two_who_prove_to_be_one_have_one_turn() {
    let mut world = world(TWO);
    ["ada", "ben", "cem", "fay"].iter().for_each(|person| _ = world.contact(person, &[]));
    world.at("2026-03-02 10:00");
    come(&mut world, &["ada", "ben", "cem"]);
    world.event("nobody", "signed_up", json!({})).only_key("anonymous:d1");
    world.at("2026-03-02 10:10").event("cem", "requested_demo", json!({})).keys(&["anonymous:d1"]).run();
    world.at("2026-03-02 10:20");
    come(&mut world, &["fay"]);
    world.at("2026-03-04").run();
    let told = &report(&mut world).workflows["w"];
    assert_eq!((told.entered, &told.waiting), (3, &None), "{:?}", world.story("cem"));
    // The sign-up on the device was held for an address, and the demo has met its goal as it has that of the turn.
    assert_eq!(world.story("cem"), ["03-02 10:00 w Held.4", "03-02 10:10 w Ignored.6", "03-02 11:00 w Ignored.6"]);
}

/// Nobody was there at 11:00 and 12:00: those turns do not come at once.
#[test]
fn turns_that_were_missed_keep_their_distance() {
    let mut world = five(TWO);
    let now = Instant(at("2026-03-02 15:20"));
    world.engine().catch_up(now, &mut std::iter::empty(), &mut |_| {}).unwrap();
    world.at("2026-03-03").run();
    for (person, time) in [("cem", "15:20"), ("dee", "15:20"), ("eve", "16:20")] {
        assert!(world.story(person).contains(&format!("03-02 {time} w Entered")), "{:?}", world.story(person));
    }
}

#[test]
fn a_changed_rate_is_for_those_who_come_next() {
    let mut world = five(TWO);
    world.becomes(&TWO.replace("2 an hour", "10 an hour"));
    world.at("2026-03-02 10:30");
    for person in ["fay", "gil", "hal"] {
        world.contact(person, &[]);
        come(&mut world, &[person]);
    }
    world.run();
    world.at("2026-03-03").run();
    for (person, hour) in [("cem", 11), ("dee", 11), ("eve", 12), ("fay", 12), ("gil", 12), ("hal", 12)] {
        assert!(world.story(person).contains(&format!("03-02 {hour}:00 w Entered")), "{:?}", world.story(person));
    }
}

/// What let them in, and what they did since, is found again where the program has grown before them (E10).
#[test]
fn what_was_counted_while_they_wait_is_kept_by_a_new_version() {
    let mut world = five(TWO);
    world.at("2026-03-02 10:20").event("cem", "requested_demo", json!({})).run();
    let before =
        "workflow b { goal \"g\" when visited; enter when requested_demo; reenter never; rate 3 a day; wait 1 day }\n";
    world.becomes(&format!("{before}{TWO}"));
    world.at("2026-03-02 10:40").event("dee", "requested_demo", json!({})).run();
    world.at("2026-03-03").run();
    let of_w =
        |world: &World, person: &str| world.story(person).into_iter().rfind(|line| line.contains(" w ")).unwrap();
    assert_eq!(of_w(&world, "cem"), "03-02 11:00 w Ignored.6");
    assert_eq!(of_w(&world, "dee"), "03-02 11:00 w Ignored.6");
    assert_eq!(of_w(&world, "eve"), "03-02 12:00 w Finished.1");
}

#[test]
fn those_who_wait_keep_their_turns_where_the_rate_is_gone() {
    let mut world = five(TWO);
    world.becomes(&TWO.replace("rate 2 an hour", ""));
    world.at("2026-03-02 10:30").contact("fay", &[]);
    come(&mut world, &["fay", "eve"]);
    world.run();
    world.at("2026-03-03").run();
    for (person, time) in [("cem", "11:00"), ("dee", "11:00"), ("eve", "10:30"), ("fay", "10:30")] {
        assert!(world.story(person).contains(&format!("03-02 {time} w Entered")), "{person} {:?}", world.story(person));
    }
    // And where it comes back, nobody is counted twice.
    world.becomes(TWO);
    world.at("2026-03-04").run();
    assert_eq!(report(&mut world).workflows["w"].waiting, None);
}

/// Nobody comes into a workflow that is gone from the project, and that is told of everyone who waits for it (E4). Where it is put back,
/// nothing of before comes in.
#[test]
fn whoever_waits_for_a_workflow_that_is_gone_is_refused() {
    let other = "workflow other { enter when requested_demo; reenter never; wait 1 day }";
    let mut world = five(TWO);
    world.becomes(other);
    world.at("2026-03-02 10:40").run();
    for person in ["cem", "dee", "eve"] {
        let told: Vec<String> = world.story(person).into_iter().filter(|line| line.contains("Ignored")).collect();
        assert_eq!(told, ["03-02 10:00 w Ignored.12"], "{person}");
    }
    assert_eq!(report(&mut world).workflows["w"].waiting, None);
    assert_eq!(report(&mut world).workflows["w"].ignored, BTreeMap::from([("gone".to_owned(), 3)]));
    world.at("2026-03-02 18:00").run().becomes(TWO);
    world.at("2026-03-03").run();
    assert_eq!(report(&mut world).workflows["w"].entered, 2);
    // The places are free again.
    world.at("2026-03-03 10:00");
    come(&mut world, &["cem", "dee", "eve"]);
    world.run();
    assert!(world.story("dee").contains(&"03-03 10:00 w Entered".to_owned()), "{:?}", world.story("dee"));
    assert_eq!(report(&mut world).workflows["w"].waiting.as_ref().map(|waiting| waiting.people), Some(1));
}

/// Also where something else of them is due before their turn comes: a new version asks many people together who is to be looked at.
#[test]
fn whoever_waits_for_a_workflow_that_is_gone_is_found_among_all() {
    let other = "workflow other { enter when visited; reenter never; wait 40 minutes }";
    let mut world = five(&format!("{TWO}{other}"));
    world.event("eve", "visited", json!({ "page": "/" })).run();
    world.becomes(other);
    world.at("2026-03-02 10:20").run();
    assert!(world.story("eve").contains(&"03-02 10:00 w Ignored.12".to_owned()), "{:?}", world.story("eve"));
    assert_eq!(report(&mut world).workflows["w"].waiting, None);
}

/// What triggers is history before a store's first day, and takes no place (E3).
#[test]
fn history_takes_no_place() {
    let mut world = world(TWO);
    world.engine().begin(Instant(at("2026-03-02")), None).unwrap();
    world.contact("ada", &[]).contact("ben", &[]).contact("cem", &[]).at("2026-03-02 10:00");
    for person in ["ada", "ben"] {
        world.event_of(person, "signed_up", json!({}), at("2026-02-01"));
    }
    come(&mut world, &["ada", "ben", "cem"]);
    world.run();
    assert_eq!(report(&mut world).workflows["w"].entered, 2);
    assert_eq!(report(&mut world).workflows["w"].waiting.as_ref().map(|waiting| waiting.people), Some(1));
}

/// Numbers that look drawn and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Whoever comes, whatever else happens to them, and however often Flow is gone for some hours: no hour takes in more than two, and everybody
/// who stays eligible comes in.
#[test]
fn no_hour_takes_in_more_and_everybody_comes_in() {
    for seed in 1..6 {
        let mut numbers = Numbers(seed);
        let mut world = world(TWO);
        let mut now = at("2026-03-02 08:00");
        let mut people = Vec::new();
        for nth in 0..60 {
            now += numbers.below(40) as i64 * 60_000 + numbers.below(90_000) as i64;
            world.set_now(now);
            let person = format!("p{nth}");
            world.contact(&person, &[]);
            come(&mut world, &[&person]);
            people.push(person);
            let other = people[numbers.below(people.len() as u64) as usize].clone();
            match numbers.below(4) {
                0 => come(&mut world, &[&other]),
                1 => _ = world.event(&other, "visited", json!({"page": "/docs"})),
                _ => {}
            }
            match numbers.below(5) {
                0 => _ = world.reopen().run(),
                1 => {
                    now += 5 * 3_600_000 + numbers.below(60_000) as i64;
                    world.set_now(now);
                    let new = world.take_new();
                    world.engine().catch_up(Instant(now), &mut new.into_iter().map(Ok), &mut |_| {}).unwrap();
                    world.run();
                }
                _ => _ = world.run(),
            }
        }
        world.set_now(now + 40 * 86_400_000);
        world.run();
        let mut entered: Vec<i64> = world.snapshot().journeys().iter().map(|journey| journey.entered_at).collect();
        entered.sort_unstable();
        assert_eq!(entered.len(), people.len(), "seed {seed}");
        for (first, next) in entered.iter().zip(entered.iter().skip(2)) {
            assert!(next - first >= 3_600_000, "seed {seed}: {first} and {next}");
        }
        assert_eq!(report(&mut world).workflows["w"].waiting, None);
    }
}

/// Two workflows of one program have places of their own, whichever is declared first (E1).
#[test]
fn the_order_of_declarations_decides_nothing() {
    let other =
        TWO.replace("workflow w", "workflow a").replace("2 an hour", "1 a day").replace("send hello", "score += 1");
    let stories = |text: &str| {
        let mut world = five(text);
        world.at("2026-03-20").run();
        // They are kept by the numbers of their workflows.
        ["ada", "ben", "cem", "dee", "eve"].map(|person| world.story(person).into_iter().collect::<BTreeSet<_>>())
    };
    assert_eq!(stories(&format!("{TWO}{other}")), stories(&format!("{other}{TWO}")));
}
