//! `late skip`, `late next window`: mails that come long after they were due.

use crate::support::{Place, World, at, program};
use flow_runtime::time::Instant;
use serde_json::json;

/// Somebody who signs up on Monday at ten.
fn signed_up(place: Place, text: &str) -> World {
    let mut world = World::on(place, program(text));
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
}

/// Flow runs again at an instant, and does what it has missed.
fn comes_back(world: &mut World, text: &str) {
    world.reopen();
    world.engine().catch_up(Instant(at(text)), &mut std::iter::empty(), &mut |_| {}).unwrap();
}

fn mails(world: &World) -> Vec<String> {
    let of_mail = |line: &String| ["Sent", "Held", "Withheld", "Undelivered"].iter().any(|what| line.contains(what));
    world.story("ada").into_iter().filter(of_mail).collect()
}

const OFFICE: &str = "send on weekdays from 09:00 to 17:00 in contact timezone";

/// The wait is over on Tuesday at ten, and Flow runs again at `back`.
fn at_ten(place: Place, lines: &str, back: &str) -> (Vec<String>, i64) {
    let text = format!(
        "workflow w {{ enter when signed_up; reenter never; {lines}; wait 1 day; send hello; score += 1; wait 1 day; send again }}"
    );
    let mut world = signed_up(place, &text);
    comes_back(&mut world, back);
    comes_back(&mut world, "2026-03-04 09:00");
    world.at("2026-03-20").run();
    (mails(&world), world.score("ada"))
}

#[test]
fn what_comes_more_than_an_hour_late_is_withheld_where_it_is_to_be_skipped() {
    for place in Place::ALL {
        let late = at_ten(place, "late skip", "2026-03-03 11:01");
        assert_eq!(late, (vec!["03-03 11:01 w Withheld s1.17".to_owned(), "03-04 11:01 w Sent s4".to_owned()], 1));
        let in_time = at_ten(place, "late skip", "2026-03-03 11:00");
        assert_eq!(in_time.0, ["03-03 11:00 w Sent s1", "03-04 11:00 w Sent s4"]);
        for run in ["late run", "send on every day in contact timezone"] {
            let run = at_ten(place, run, "2026-03-03 23:00");
            assert_eq!(run.0, ["03-03 23:00 w Sent s1", "03-04 23:00 w Sent s4"]);
        }
    }
}

#[test]
fn it_waits_for_the_beginning_of_the_next_window() {
    let lines = format!("late next window; {OFFICE}");
    for place in Place::ALL {
        let (late, score) = at_ten(place, &lines, "2026-03-03 15:00");
        let expected = ["03-03 15:00 w Held s1.4000000100", "03-04 09:00 w Sent s1", "03-05 09:00 w Sent s4"];
        assert_eq!((late, score), (expected.map(str::to_owned).to_vec(), 1));
        // Behind its end the next one is the next one anyway.
        let (closed, _) = at_ten(place, &lines, "2026-03-03 18:00");
        assert_eq!(closed, ["03-03 18:00 w Held s1.4000000100", "03-04 09:00 w Sent s1", "03-05 09:00 w Sent s4"]);
        let (in_time, _) = at_ten(place, &lines, "2026-03-03 10:30");
        assert_eq!(in_time, ["03-03 10:30 w Sent s1", "03-04 10:30 w Sent s4"]);
    }
}

/// Whatever else wakes it, and however late it is come to again.
#[test]
fn what_waits_for_the_next_window_waits_until_then() {
    let text = format!(
        "policy {{ cap 9 emails per 1 day then delay }}
         workflow w {{ enter when signed_up; reenter never; late next window; {OFFICE}; wait 1 day; send hello }}
         workflow v {{ enter when visited; reenter never; send again }}"
    );
    let mut world = signed_up(Place::ALL[0], &text);
    comes_back(&mut world, "2026-03-03 15:00");
    // A mail that leaves has those asked again that a cap may hold.
    world.at("2026-03-03 16:00").event("ada", "visited", json!({"page": "/"})).run();
    assert_eq!(
        mails(&world),
        ["03-03 15:00 w Held s0.4000000100".replace("s0", "s1"), "03-03 16:00 v Sent s0".to_owned()]
    );
    // Nobody looks on Wednesday before noon: it is late once more.
    comes_back(&mut world, "2026-03-04 12:00");
    world.at("2026-03-10").run();
    assert!(mails(&world).contains(&"03-05 09:00 w Sent s1".to_owned()), "{:?}", mails(&world));
}

#[test]
fn quiet_hours_are_a_window_and_the_policy_speaks_for_all_who_say_nothing() {
    let policy = "policy { quiet from 20:00 to 08:00 in contact timezone; late next window }";
    let text = |line: &str| {
        format!("{policy}\nworkflow w {{ enter when signed_up; reenter never; {line}; wait 1 day; send hello }}")
    };
    for (line, expected) in [
        ("group g", vec!["03-03 15:00 w Held s1.4000000100", "03-04 08:00 w Sent s1"]),
        ("late skip", vec!["03-03 15:00 w Withheld s1.17"]),
        ("late run", vec!["03-03 15:00 w Sent s1"]),
    ] {
        let mut world = signed_up(Place::ALL[0], &text(line));
        comes_back(&mut world, "2026-03-03 15:00");
        world.at("2026-03-20").run();
        assert_eq!(mails(&world), expected, "{line}");
    }
}

/// What held it was over long ago.
#[test]
fn what_was_held_is_late_by_when_it_was_to_leave() {
    let text =
        format!("workflow w {{ enter when signed_up; reenter never; late skip; {OFFICE}; wait 8 hours; send hello }}");
    let mut world = signed_up(Place::ALL[0], &text);
    // It is held from six in the evening until nine in the morning.
    world.at("2026-03-02 20:00").run();
    comes_back(&mut world, "2026-03-03 10:01");
    assert_eq!(mails(&world), ["03-02 18:00 w Held s1", "03-03 10:01 w Withheld s1.17"]);
}

#[test]
fn transactional_mail_leaves_and_nothing_that_an_event_brings_is_late() {
    let text = "workflow w { enter when signed_up; reenter never; late skip; wait 1 day; send bill; send hello
        wait until visited up to 5 days; send again }";
    for slow in [false, true] {
        let mut world = World::on(Place::ALL[0], program(text));
        let address = if slow { "slow@people.example" } else { "ada@people.example" };
        world.contact("ada", &[("email", address)]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        comes_back(&mut world, "2026-03-03 15:00");
        world.at("2026-03-03 20:00").run();
        // The mail behind it is late also where the answer to the first comes later.
        let first = mails(&world);
        assert_eq!((first.len(), first[1].ends_with("Withheld s2.17")), (2, true), "{first:?}");
        world.at("2026-03-05").event("ada", "visited", json!({"page": "/"})).run().at("2026-03-05 03:00").run();
        assert!(mails(&world)[2].ends_with("w Sent s4"), "{:?}", mails(&world));
    }
}

#[test]
fn who_comes_in_late_by_a_schedule_is_late() {
    let text = "segment known = email is known
        workflow w { enter everyone in known every tuesday at 09:00; late skip; send hello; wait 1 day; send again }";
    let mut world = signed_up(Place::ALL[0], text);
    comes_back(&mut world, "2026-03-03 15:00");
    world.at("2026-03-05").run();
    assert_eq!(mails(&world), ["03-03 15:00 w Withheld s0.17", "03-04 15:00 w Sent s2"]);
}

/// Another line reaches those who are in it at once.
#[test]
fn a_line_that_is_new_holds_for_those_who_are_in_it() {
    let text =
        |line: &str| format!("workflow w {{ enter when signed_up; reenter never; {line} wait 1 day; send hello }}");
    let mut world = signed_up(Place::ALL[0], &text(""));
    world.becomes(&text("late skip;"));
    comes_back(&mut world, "2026-03-03 15:00");
    assert_eq!(mails(&world), ["03-03 15:00 w Withheld s1.17"]);
}

/// A change of the project asks again what is held, and makes nothing punctual.
#[test]
fn a_change_of_the_project_makes_nothing_punctual() {
    let text = |line: &str| {
        format!(
            "workflow w {{ enter when signed_up; reenter never; {line} late skip; send on every day from 09:00 to 17:00 in contact timezone; wait 10 hours; send hello }}"
        )
    };
    for line in ["", "exit when disqualified;"] {
        let mut world = signed_up(Place::ALL[0], &text(""));
        world.at("2026-03-02 21:00").run();
        world.becomes(&text(line));
        comes_back(&mut world, "2026-03-05 09:00");
        assert_eq!(mails(&world), ["03-02 20:00 w Held s1", "03-05 09:00 w Withheld s1.17"]);
    }
}

/// There is nothing to wait for, however many days without mail come later.
#[test]
fn a_blackout_is_no_window() {
    let text = "policy { quiet from 20:00 to 08:00 in contact timezone; blackout 2026-03-20 }
        workflow w { enter when signed_up; reenter never; late next window; wait 1 day; send hello }";
    let mut world = signed_up(Place::ALL[0], text);
    comes_back(&mut world, "2026-03-05 10:00");
    world.at("2026-03-30").run();
    assert_eq!(mails(&world), ["03-05 10:00 w Held s1.4000000100", "03-06 08:00 w Sent s1"]);
}

/// Nothing has happened: time has gone by, and nobody was there.
#[test]
fn what_time_alone_brings_about_is_late_too() {
    let at_ten = "wait until inactive for 1 day up to 10 days; send hello";
    let paused = "pause while signed_up in the last 1 day; send hello";
    for (lines, back, expected) in [
        (at_ten, "2026-03-03 15:00", "03-03 15:00 w Withheld s1.17"),
        (at_ten, "2026-03-03 10:30", "03-03 10:30 w Sent s1"),
        (paused, "2026-03-03 15:00", "03-03 15:00 w Withheld s0.17"),
        (paused, "2026-03-03 10:30", "03-03 10:30 w Sent s0"),
    ] {
        let text = format!("workflow w {{ enter when signed_up; reenter never; late skip; {lines} }}");
        let mut world = signed_up(Place::ALL[0], &text);
        comes_back(&mut world, back);
        assert_eq!(mails(&world), [expected], "{lines}");
    }
}

/// The date lay behind the end of the pause, as nobody looked at either.
#[test]
fn a_date_behind_a_pause_that_nobody_saw_end_is_late_and_not_past() {
    let text = "contact { demo_at moment? }
        workflow w { enter when signed_up; reenter never; pause while visited in the last 1 day; wait until demo_at, if past { exit }; send hello }";
    let mut world = World::on(Place::ALL[0], program(text));
    world.contact("ada", &[("demo_at", "2026-03-03 13:00")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-02 11:00").event("ada", "visited", json!({"page": "/"})).run();
    comes_back(&mut world, "2026-03-03 15:00");
    assert_eq!(mails(&world).len(), 1, "{:?}", world.story("ada"));
}

/// Whoever waits for their turn behind it gets the same issue even later.
#[test]
fn who_waits_for_a_turn_stays_as_late_as_they_were() {
    let text = "segment known = email is known
        workflow w { enter everyone in known every tuesday at 09:00; rate 1 an hour; late skip; send hello }";
    let mut world = World::on(Place::ALL[0], program(text));
    for name in ["ada", "bob", "cem"] {
        world.contact(name, &[]);
    }
    world.at("2026-03-02 10:00").run();
    comes_back(&mut world, "2026-03-03 15:00");
    world.at("2026-03-04").run();
    for name in ["ada", "bob", "cem"] {
        let story = world.story(name);
        assert!(story.iter().any(|line| line.ends_with("w Withheld s0.17")), "{name}: {story:?}");
    }
    assert!(world.sent().is_empty());
}
