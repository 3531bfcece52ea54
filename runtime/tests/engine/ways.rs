//! The ways through a workflow: chosen by a value, drawn by chance, gone again and again.

use crate::support::{Place, World, program, world};
use serde_json::json;

/// Everybody comes in on Monday, 2 March 2026, at ten.
fn on(place: Place, steps: &str, people: &[(&str, &[(&str, &str)])]) -> World {
    let text = format!("workflow go {{\n enter when signed_up\n reenter never\n {steps}\n}}");
    let mut world = World::on(place, program(&text));
    for (who, words) in people {
        world.contact(who, words);
    }
    world.at("2026-03-02 10:00");
    for (who, _) in people {
        world.event(who, "signed_up", json!({}));
    }
    world.run();
    world
}

fn signed_up(steps: &str) -> World {
    on(Place::ALL[0], steps, &[("ada", &[])])
}

/// When each mail left.
fn sent(world: &World) -> Vec<String> {
    let lines = world.story("ada").into_iter().filter(|line| line.contains(" Sent "));
    lines.map(|line| line.split(" go ").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_choose_by_takes_each_person_one_way() {
    const STEPS: &str = "choose by industry {
      \"saas\", \"fintech\" { score += 1 }
      unknown { score += 10 }
      otherwise { wait 1 day; score += 100 }
    }
    choose by score { >= 100 { score += 1000 } < 5 { score += 2000 } otherwise { } }";
    for place in Place::ALL {
        let people: &[(&str, &[(&str, &str)])] = &[
            ("saas", &[("industry", "saas")]),
            ("fintech", &[("industry", "fintech")]),
            ("other", &[("industry", "logistics")]),
            ("nobody", &[]),
        ];
        let mut world = on(place, STEPS, people);
        world.reopen().at("2026-03-04").run();
        let scores: Vec<i64> = people.iter().map(|(who, _)| world.score(who)).collect();
        assert_eq!(scores, [2001, 2001, 1100, 10]);
    }
}

/// A mail that says `again` goes out a second time, and what is asked of it is asked of the last time.
#[test]
fn the_same_mail_goes_out_again_where_the_step_says_so() {
    const STEPS: &str = "send hello
      wait 1 day
      if clicked hello link \"more\" { score += 1 }
      send hello again
      if clicked hello { score += 10 }
      wait 1 day
      if clicked hello { score += 100 }
      if sent hello { score += 1000 }";
    let click = json!({"email_id": "hello", "link_id": "more"});
    let mut world = signed_up(STEPS);
    // A link's name is a text like any other: `MORE` is `more`.
    let loud = json!({"email_id": "hello", "link_id": "MORE"});
    world.at("2026-03-02 12:00").event("ada", "Email Link Clicked", loud).run();
    world.at("2026-03-03 12:00").event("ada", "Email Link Clicked", click.clone()).run().at("2026-03-05").run();
    assert_eq!(sent(&world), ["03-02 10:00", "03-03 10:00"]);
    assert_eq!(world.sent()["ada@people.example"], ["c1.go.1.s0.v0", "c1.go.1.s4.v1"], "two keys (E9)");
    assert_eq!(world.score("ada"), 1101);
    // Nobody clicked the second time.
    let mut world = signed_up(STEPS);
    world.at("2026-03-02 12:00").event("ada", "Email Link Clicked", click.clone()).run().at("2026-03-05").run();
    assert_eq!(world.score("ada"), 1001);
    // The second one was withheld: what left is the first, and its click counts.
    let mut world = signed_up(STEPS);
    world.at("2026-03-02 12:00").identify("ada", &[("unsubscribed", "yes")]).run();
    world.at("2026-03-03 12:00").event("ada", "Email Link Clicked", click).run().at("2026-03-05").run();
    assert_eq!(sent(&world), ["03-02 10:00"]);
    assert_eq!(world.score("ada"), 1100);
}

const PARTED: &str = "split offer { 30% a { score += 1 } 70% b { score += 2 } }
    wait 1 day
    split offer { 30% a { score += 10 } 70% b { score += 20 } }
    wait 1 day
    split other { 30% a { score += 100 } 70% b { score += 200 } }";

#[test]
fn a_split_takes_the_same_person_the_same_way_wherever_it_is_asked() {
    let names: Vec<String> = (0..60).map(|nth| format!("p{nth}")).collect();
    let people: Vec<(&str, &[(&str, &str)])> = names.iter().map(|name| (name.as_str(), &[][..])).collect();
    let mut turned = people.clone();
    turned.reverse();
    let scores = |world: &World| -> Vec<i64> { names.iter().map(|name| world.score(name)).collect() };
    let mut all = Vec::new();
    for (place, people) in Place::ALL.into_iter().zip([&people, &turned, &people, &turned]) {
        let mut world = on(place, PARTED, people);
        world.reopen().at("2026-03-05").run();
        let scores = scores(&world);
        assert!(scores.iter().all(|score| score % 100 == 11 || score % 100 == 22), "{scores:?}");
        let first = scores.iter().filter(|score| *score % 10 == 1).count();
        let both = scores.iter().filter(|score| **score == 111).count();
        assert!((8..=28).contains(&first) && both < first, "{first}, {both}");
        all.push(scores);
    }
    // Whatever number a store has for them.
    assert!(all.iter().all(|scores| *scores == all[0]));
}

/// What was drawn is kept, so nothing that becomes of the person or of the project sends them another way.
#[test]
fn what_was_drawn_stays_with_the_person() {
    for nth in 0..12 {
        let name = format!("p{nth}");
        let parted = |steps: &str| on(Place::ALL[2], steps, &[(&name, &[])]);
        let first = parted(PARTED).score(&name);
        // Another address.
        let mut world = parted(PARTED);
        world.at("2026-03-02 12:00").identify(&name, &[("email", "new@people.example")]).run().at("2026-03-04").run();
        assert_eq!(world.score(&name) % 100, first * 11);
        // The steps have changed, and the split is gone for a version.
        let mut world = parted("split offer { 30% a { score += 1 } 70% b { score += 2 } }");
        world.becomes("workflow none { enter when visited; reenter never; score += 1 }").at("2026-03-02 12:00");
        world.event(&name, "requested_demo", json!({})).run();
        world.becomes(
            "workflow late { enter when requested_demo; reenter never; split offer { 30% a { score += 10 } 70% b { score += 20 } } }",
        );
        world.at("2026-03-03").event(&name, "requested_demo", json!({})).run();
        assert_eq!(world.score(&name), first * 11);
        // They prove to be one with somebody who had no way yet, and whose number is the lower one.
        let mut world = world_of_two(&name);
        world.at("2026-03-02 12:00").event(&name, "visited", json!({"page": "/"})).keys(&["anonymous:x"]).run();
        world.at("2026-03-04").run();
        assert_eq!(world.score(&name) % 100, first * 11);
    }
}

/// Whoever comes in without a name goes on as they were parted, once they say who they are.
#[test]
fn what_was_drawn_for_a_device_is_the_persons_who_it_proves_to_be() {
    for nth in 0..12 {
        let name = format!("p{nth}");
        let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {PARTED}\n}}"));
        world.contact(&name, &[]).at("2026-03-02 10:00");
        world.event("", "signed_up", json!({})).only_key("anonymous:x").run();
        world.at("2026-03-02 12:00").event(&name, "visited", json!({"page": "/"})).keys(&["anonymous:x"]).run();
        world.at("2026-03-04").run();
        assert!([11, 22].contains(&(world.score(&name) % 100)), "{name}: {}", world.score(&name));
    }
}

/// Somebody on a device, then another with an address who comes in.
fn world_of_two(name: &str) -> World {
    let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {PARTED}\n}}"));
    world.at("2026-03-01").event("", "visited", json!({"page": "/"})).only_key("anonymous:x").run();
    world.contact(name, &[]).at("2026-03-02 10:00").event(name, "signed_up", json!({})).run();
    world
}

const REMIND: &str = "repeat up to 3 times every 2 days { send hello again; score += 1 } score += 10";

#[test]
fn a_repeat_goes_its_rounds_and_then_on() {
    for place in Place::ALL {
        let mut world = on(place, REMIND, &[("ada", &[])]);
        world.at("2026-03-04 09:59").run();
        assert_eq!(world.score("ada"), 1);
        world.reopen().at("2026-03-30").run();
        assert_eq!(sent(&world), ["03-02 10:00", "03-04 10:00", "03-06 10:00"]);
        assert_eq!(world.score("ada"), 13, "and on at once, behind the last round");
        let keys = &world.sent()["ada@people.example"];
        assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), 3, "{keys:?}");
    }
}

/// The hour on the wall stays, in a month in which the clocks are put forward; and in the zone to which somebody has moved.
#[test]
fn rounds_are_by_the_clocks_of_the_person() {
    let steps = "wait 26 days\n repeat up to 3 times every 1 day { send hello again }";
    let mut world = on(Place::ALL[0], steps, &[("ada", &[("timezone", "Europe/Berlin")])]);
    world.at("2026-04-02").run();
    // Ten in the morning of UTC is eleven in Berlin, where summer time begins on 29 March.
    assert_eq!(sent(&world), ["03-28 10:00", "03-29 09:00", "03-30 09:00"]);
    let mut world = on(Place::ALL[0], REMIND, &[("ada", &[("timezone", "Europe/Berlin")])]);
    world.at("2026-03-03").identify("ada", &[("timezone", "America/New_York")]).run().at("2026-03-20").run();
    // Eleven in New York, where summer time begins on 8 March.
    assert_eq!(sent(&world), ["03-02 10:00", "03-04 16:00", "03-06 16:00"]);
}

/// A round at the end of a month, and on a leap day.
#[test]
fn rounds_of_months_end_with_them() {
    let text = "workflow go {\n enter when signed_up\n reenter never\n repeat up to 3 times every 1 month { send hello again }\n}";
    let mut world = world(text);
    world.contact("ada", &[]).at("2028-01-31 10:00").event("ada", "signed_up", json!({})).run().at("2028-06-01").run();
    assert_eq!(sent(&world), ["01-31 10:00", "02-29 10:00", "03-29 10:00"]);
}

#[test]
fn until_ends_it_before_a_round_and_between_two() {
    let until = "repeat up to 3 times every 2 days until requested_demo { send hello again; score += 1 } score += 10";
    let mut world = signed_up(until);
    world.at("2026-03-03 12:00").event("ada", "requested_demo", json!({})).run();
    assert_eq!((sent(&world).len(), world.score("ada")), (1, 11), "at once");
    // No round at all.
    let mut world = signed_up(&format!("wait 1 day\n {until}"));
    world.at("2026-03-02 12:00").event("ada", "requested_demo", json!({})).run().at("2026-03-20").run();
    assert_eq!((sent(&world).len(), world.score("ada")), (0, 10));
    // Nobody does it.
    let mut world = signed_up(until);
    world.reopen().at("2026-03-20").run();
    assert_eq!(sent(&world), ["03-02 10:00", "03-04 10:00", "03-06 10:00"]);
    assert_eq!(world.score("ada"), 13);
    assert!(!world.story("ada").iter().any(|line| line.contains("TimedOut")), "{:?}", world.story("ada"));
}

/// What people do counts from the begin of the round, and an `exit` in it leaves.
#[test]
fn what_is_asked_in_a_round_is_of_that_round() {
    let steps = "repeat up to 4 times every 2 days {
      send hello again
      wait 1 day
      if visited at least 2 times { score += 100 }
      if visited { score += 1 } else { score += 10 }
      if visited at least 4 times since entry { exit }
    }
    score += 1000";
    let mut world = signed_up(steps);
    for (time, visits) in [("2026-03-02 12:00", 1), ("2026-03-03 12:00", 1), ("2026-03-04 12:00", 2)] {
        world.at(time);
        for _ in 0..visits {
            world.event("ada", "visited", json!({"page": "/"}));
        }
        world.run();
    }
    world.reopen().at("2026-03-20").run();
    // One in the first; the one between its question and the next round is of the first; two in the second, the fourth of all.
    assert_eq!(world.score("ada"), 102);
    assert_eq!(sent(&world).len(), 2);
}

/// A mail that is held puts the rounds off by as long, so that two never come closer than is written.
#[test]
fn a_mail_that_is_held_puts_the_next_round_off() {
    let window = "send on weekdays from 09:00 to 17:00 in contact timezone\n";
    let mut world = signed_up(&format!("{window} wait 4 days\n {REMIND}"));
    world.at("2026-03-30").run();
    // Friday; Sunday is held until Monday at nine; two days behind that.
    assert_eq!(sent(&world), ["03-06 10:00", "03-09 09:00", "03-11 09:00"]);
    // A round that takes longer than its time is followed at once.
    let mut world = signed_up("repeat up to 3 times every 1 day { send hello again; wait 36 hours }");
    world.at("2026-03-30").run();
    assert_eq!(sent(&world), ["03-02 10:00", "03-03 22:00", "03-05 10:00"]);
}

/// Whoever is between two rounds keeps the steps they began with, and is asked the goal of today.
#[test]
fn a_new_version_leaves_people_in_their_rounds() {
    let mut world = signed_up(REMIND);
    let next = "repeat up to 2 times every 5 days until visited { send hello again; score += 100 }";
    world.becomes(&format!("workflow go {{\n enter when signed_up\n reenter never\n {next}\n}}")).contact("bo", &[]);
    world.at("2026-03-03 10:00").event("bo", "signed_up", json!({})).run().reopen().at("2026-03-30").run();
    assert_eq!(sent(&world), ["03-02 10:00", "03-04 10:00", "03-06 10:00"]);
    assert_eq!((world.score("ada"), world.score("bo")), (13, 200));
}
