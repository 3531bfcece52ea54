//! `pause while P`, `pauses GROUP`, `stops GROUP`: what keeps journeys from their steps, and how they go on.

use crate::support::{Place, World, program, world};
use flow_runtime::store::JourneyStatus;
use serde_json::json;

const MONDAY: &str = "2026-03-02 10:00";

/// Ada signs up on Monday at ten.
fn signed_up(place: Place, text: &str) -> World {
    let mut world = World::on(place, program(text));
    world.contact("ada", &[]);
    world.at(MONDAY).event("ada", "signed_up", json!({})).run();
    world
}

/// What is told of one workflow.
fn told(world: &World, workflow: &str) -> Vec<String> {
    let name = format!(" {workflow} ");
    let line = |line: String| line.contains(&name).then(|| line.replacen(&name, " ", 1));
    world.story("ada").into_iter().filter_map(line).filter(|line| !line.contains("Entered")).collect()
}

fn employees(world: &mut World, at: &str, number: &str) {
    world.at(at).identify("ada", &[("employees", number)]).run();
    world.check_invariants();
}

fn status(world: &World) -> JourneyStatus {
    world.journeys("ada")[0].status
}

#[test]
fn a_wait_is_over_later_by_as_long_as_the_journey_stood_still() {
    const TEXT: &str = "workflow w { enter when signed_up; reenter never; pause while employees > 5; wait 1 day; score += 1; send hello }";
    for place in Place::ALL {
        let mut world = signed_up(place, TEXT);
        employees(&mut world, "2026-03-02 12:00", "9");
        assert_eq!((status(&world), world.journeys("ada")[0].due_at), (JourneyStatus::Paused, None));
        world.reopen().at("2026-03-05 10:00").run();
        assert_eq!(world.score("ada"), 0);
        employees(&mut world, "2026-03-05 15:15", "2");
        world.reopen().at("2026-03-06 13:14").run();
        assert_eq!((status(&world), world.score("ada")), (JourneyStatus::Waiting, 0));
        world.at("2026-03-06 13:15").run();
        let expected =
            ["03-02 12:00 Paused s0.1", "03-05 15:15 Resumed s0", "03-06 13:15 Sent s2", "03-06 13:15 Finished.1"];
        let mut story = told(&world, "w");
        story.sort_by_key(|line| expected.iter().position(|other| other == line));
        assert_eq!(story, expected);
    }
}

/// Goals, exits and events are taken, also what a wait asks for.
#[test]
fn what_happens_meanwhile_counts() {
    let text = |head: &str| {
        format!(
            "workflow w {{ {head} enter when signed_up; reenter never; pause while employees > 5; wait until visited up to 2 days; if timed out {{ score += 1 }} else {{ score += 10 }} }}"
        )
    };
    for (event, head, end) in [
        ("requested_demo", "goal \"Demo\" when requested_demo within 30 days;", "03-03 00:00 Converted"),
        ("requested_demo", "exit when requested_demo;", "03-03 00:00 ExitedWhen s0"),
    ] {
        let mut world = signed_up(Place::ALL[0], &text(head));
        employees(&mut world, "2026-03-02 12:00", "9");
        world.at("2026-03-03").event("ada", event, json!({})).run();
        assert_eq!(told(&world, "w").last().unwrap(), end);
    }
    let mut world = signed_up(Place::ALL[0], &text(""));
    employees(&mut world, "2026-03-02 12:00", "9");
    world.at("2026-03-03").event("ada", "visited", json!({"page": "/"})).run();
    assert_eq!(world.score("ada"), 0);
    employees(&mut world, "2026-03-04", "2");
    assert_eq!(world.score("ada"), 10);
    // The time that is left is left.
    let mut world = signed_up(Place::ALL[0], &text(""));
    employees(&mut world, "2026-03-03 10:00", "9");
    employees(&mut world, "2026-03-10 10:00", "2");
    world.at("2026-03-11 09:59").run();
    assert_eq!(world.score("ada"), 0);
    world.at("2026-03-11 10:00").run();
    assert_eq!(world.score("ada"), 1);
}

/// What goes by the calendar is worked out anew, business time goes on where it stood.
#[test]
fn waits_by_the_calendar_are_worked_out_anew() {
    for (wait, over) in [
        ("wait until next monday at 09:00", "03-16 09:00"),
        ("wait until tomorrow at 09:00", "03-12 09:00"),
        ("wait until 09:00", "03-12 09:00"),
        ("wait until 2026-03-20", "03-20 09:00"),
        // That day went by.
        ("wait until 2026-03-10", "03-11 10:00"),
        // Nine days later than Wednesday at ten.
        ("wait 2 days", "03-13 10:00"),
        ("wait 90 minutes", "03-11 11:30"),
        // One business day from Wednesday, 11 March at ten.
        ("wait 1 business days", "03-12 10:00"),
        // Day 3 is past.
        ("wait until day 3", "03-11 10:00"),
    ] {
        let text = format!(
            "workflow w {{ enter when signed_up; reenter never; pause while employees > 5; {wait}; send hello }}"
        );
        let mut world = signed_up(Place::ALL[0], &text);
        employees(&mut world, MONDAY, "9");
        employees(&mut world, "2026-03-11 10:00", "2");
        world.reopen().at("2026-03-30").run();
        let sent = told(&world, "w").into_iter().find(|line| line.contains("Sent")).unwrap();
        assert!(sent.starts_with(over), "{wait}: {sent}");
    }
}

/// A message is a step: one that is held, and one that is about to be sent.
#[test]
fn mails_wait_for_the_end_of_a_pause() {
    const OFFICE: &str = "send on weekdays from 12:00 to 17:00 in contact timezone;";
    let text = |head: &str| {
        format!(
            "workflow w {{ enter when signed_up; reenter never; {head} pause while employees > 5; send hello; score += 1 }}"
        )
    };
    for place in Place::ALL {
        let mut world = signed_up(place, &text(OFFICE));
        employees(&mut world, "2026-03-02 11:00", "9");
        world.reopen().at("2026-03-03 13:00").run();
        assert!(world.sent().is_empty());
        employees(&mut world, "2026-03-03 14:00", "2");
        assert_eq!((told(&world, "w").iter().any(|line| line == "03-03 14:00 Sent s0"), world.score("ada")), (true, 1));
        // A pause holds as everything holds a mail: no longer than any may.
        let mut world = signed_up(place, &text(OFFICE));
        employees(&mut world, "2026-03-02 11:00", "9");
        employees(&mut world, "2026-03-12 13:00", "2");
        assert!(told(&world, "w").iter().any(|line| line == "03-12 13:00 Withheld s0.10"), "{:?}", told(&world, "w"));
    }
    // Who comes in waits before step one.
    let mut world = World::on(Place::ALL[0], program(&text("")));
    world.contact("ada", &[("employees", "9")]);
    world.at(MONDAY).event("ada", "signed_up", json!({})).run();
    assert_eq!(
        (status(&world), told(&world, "w")),
        (JourneyStatus::Paused, vec!["03-02 10:00 Paused s0.1".to_owned()])
    );
    employees(&mut world, "2026-03-03 14:00", "2");
    assert!(told(&world, "w").contains(&"03-03 14:00 Sent s0".to_owned()));
}

/// What a mail server has in its hands has left; the journey stands still behind it.
#[test]
fn an_answer_is_heard_and_the_journey_stands_still_behind_it() {
    for (name, outcome) in [("slow", "Sent"), ("late", "Undelivered"), ("down", "none")] {
        let text =
            "workflow w { enter when signed_up; reenter never; pause while employees > 5; send hello; score += 1 }";
        let mut world = world(text);
        world.contact("ada", &[("email", &format!("{name}@people.example"))]);
        world.at(MONDAY).event("ada", "signed_up", json!({}));
        world.at("2026-03-02 10:10").identify("ada", &[("employees", "9")]).run().at("2026-03-03").run();
        assert_eq!((status(&world), world.score("ada")), (JourneyStatus::Paused, 0), "{name}");
        let outcomes = |world: &World| told(world, "w").into_iter().filter(|line| line.contains(outcome)).count();
        assert_eq!(outcomes(&world), usize::from(outcome != "none"), "{:?}", told(&world, "w"));
        employees(&mut world, "2026-03-04", "2");
        world.at("2026-03-20").run();
        assert_eq!(world.score("ada"), 1, "{name}: {:?}", told(&world, "w"));
        assert!(outcomes(&world) <= 1);
    }
}

const GROUPS: &str = "workflow selling { group top; enter when visited; reenter after 1 minute; pauses nurture; wait 2 days; send again }
    workflow more { enter when downloaded; reenter never; pauses nurture; wait 1 day }
    workflow w { group nurture; enter when signed_up; reenter never; wait 1 day; score += 1; wait 1 day; send hello }";

#[test]
fn a_group_stands_still_while_somebody_is_in_another_workflow() {
    for place in Place::ALL {
        let mut world = signed_up(place, GROUPS);
        world.at("2026-03-02 16:00").event("ada", "visited", json!({"page": "/"})).run();
        world.check_invariants();
        world.reopen().at("2026-03-04 12:00").event("ada", "downloaded", json!({"asset": "a"})).run();
        // Of several the last to end decides: selling ends on Wednesday at four, the other one a day after noon.
        world.at("2026-03-04 20:00").run();
        world.check_invariants();
        assert_eq!(world.score("ada"), 0);
        world.reopen().at("2026-03-06 05:59").run();
        assert_eq!(world.score("ada"), 0);
        world.at("2026-03-06 06:00").run();
        assert_eq!(world.score("ada"), 1);
        world.at("2026-03-20").run();
        let line = |world: &World, what: &str| {
            told(world, "w").into_iter().filter(|line| line.contains(what)).collect::<Vec<_>>()
        };
        assert_eq!(line(&world, "Paused"), ["03-02 16:00 Paused s0.2", "03-04 16:00 Paused s0.2"]);
        assert_eq!(line(&world, "Resumed"), ["03-05 12:00 Resumed s0"]);
        assert_eq!(line(&world, "Sent"), ["03-07 06:00 Sent s3"]);
    }
}

/// Whatever the workflows are called: who comes into both at one instant takes no step in the one that is paused.
#[test]
fn at_one_instant_whoever_pauses_comes_first() {
    for (one, other) in [("a", "z"), ("z", "a")] {
        let text = format!(
            "workflow {one} {{ group nurture; enter when signed_up; reenter never; score += 1; send hello }}
             workflow {other} {{ enter when signed_up; reenter never; pauses nurture; wait 1 day }}"
        );
        let mut world = signed_up(Place::ALL[0], &text);
        assert_eq!((world.score("ada"), world.sent().len()), (0, 0), "{one}");
        world.at("2026-03-03 10:00").run();
        assert_eq!((world.score("ada"), world.sent().len()), (1, 1), "{one}");
    }
}

#[test]
fn a_group_is_left_and_not_come_into_while_somebody_is_in_another_workflow() {
    const TEXT: &str = "workflow selling { enter when visited; reenter never; stops nurture; wait 2 days }
        workflow w { group nurture; enter when signed_up; reenter after 1 minute; wait 1 day; score += 1 }
        workflow grown { group nurture; enter when employees > 5 new only; reenter never; score += 10 }";
    for place in Place::ALL {
        let mut world = signed_up(place, TEXT);
        world.at("2026-03-02 16:00").event("ada", "visited", json!({"page": "/"})).run();
        assert_eq!(told(&world, "w"), ["03-02 16:00 Stopped"]);
        world.at("2026-03-03 10:00").event("ada", "signed_up", json!({})).run();
        employees(&mut world, "2026-03-03 11:00", "9");
        assert_eq!(told(&world, "w").last().unwrap(), "03-03 10:00 Ignored.14");
        assert_eq!(told(&world, "grown"), ["03-03 11:00 Ignored.14"]);
        // What became true meanwhile and still is lets them in when that ends (E4); the event has passed.
        world.reopen().at("2026-03-05").run();
        assert_eq!(world.score("ada"), 10);
    }
}

/// Lines that are new, or gone, reach those who are in the workflows.
#[test]
fn a_change_of_the_project_reaches_everybody() {
    let text = |line: &str, own: &str| {
        format!(
            "workflow selling {{ enter when signed_up; reenter never; {line} wait 9 days }}
             workflow w {{ group nurture; enter when signed_up; reenter never; {own} wait 1 day; score += 1 }}"
        )
    };
    for (line, own, expected) in
        [("pauses nurture;", "", 0), ("stops nurture;", "", 0), ("", "pause while employees is unknown;", 0)]
    {
        let mut world = signed_up(Place::ALL[0], &text("", ""));
        world.becomes(&text(line, own)).at("2026-03-02 22:00").run();
        world.check_invariants();
        world.at("2026-03-05 22:00").run();
        assert_eq!(world.score("ada"), expected, "{line}{own}");
        // It stood still for three days.
        world.becomes(&text("", "")).at("2026-03-05 22:00").run();
        world.check_invariants();
        world.at("2026-03-06 09:59").run();
        assert_eq!(world.score("ada"), 0, "{line}{own}");
        world.at("2026-03-07").run();
        assert_eq!(world.score("ada"), i64::from(line != "stops nurture;"), "{line}{own}");
    }
}

/// Two who prove to be one: what one is in keeps back what the other is in.
#[test]
fn who_proves_to_be_somebody_else_is_kept_back_by_what_they_are_in() {
    let mut world = world(GROUPS);
    world.at("2026-03-02 09:00").event("", "downloaded", json!({"asset": "a"})).only_key("anonymous:x").run();
    world.contact("ada", &[]).at(MONDAY).event("ada", "signed_up", json!({})).run();
    assert_eq!(world.journeys("ada").iter().find(|one| one.status.is_paused()), None);
    world.at("2026-03-02 12:00").event("ada", "logged_in", json!({})).keys(&["anonymous:x"]).run();
    world.check_invariants();
    assert!(world.journeys("ada").iter().any(|one| one.status == JourneyStatus::PausedByOther));
    world.at("2026-03-20").run();
    assert_eq!((world.score("ada"), world.journeys("ada").iter().filter(|one| one.ended_at.is_some()).count()), (1, 2));
}

/// What makes the condition true at the instant at which a mail is to leave keeps it.
#[test]
fn what_comes_at_the_same_instant_keeps_a_mail() {
    for (one, other) in [("a", "z"), ("z", "a")] {
        let text = format!(
            "workflow {one} {{ enter when signed_up; reenter never; pause while tagged vip; wait 1 day; send hello }}
             workflow {other} {{ enter when signed_up; reenter never; wait 1 day; tag vip; wait 1 day; untag vip }}"
        );
        let mut world = signed_up(Place::ALL[0], &format!("tags vip\n{text}"));
        world.at("2026-03-03 20:00").run();
        assert!(world.sent().is_empty(), "{one}");
        world.at("2026-03-04 10:00").run();
        assert_eq!(world.sent().len(), 1, "{one}");
    }
}

/// Nobody keeps others back who does not come in themselves.
#[test]
fn whoever_stops_others_comes_before_them_whatever_they_are_called() {
    for (stops, stopped) in [("a", "z"), ("z", "a")] {
        let text = format!(
            "workflow {stops} {{ enter when signed_up; reenter never; stops mid; wait 1 day }}
             workflow {stopped} {{ group mid; enter when signed_up; reenter never; pauses low; send hello; wait 2 days }}
             workflow m {{ group low; enter when signed_up; reenter never; score += 1 }}"
        );
        let mut world = signed_up(Place::ALL[0], &text);
        assert_eq!((world.score("ada"), world.sent().len()), (1, 0), "{stops}: {:?}", world.story("ada"));
        // Who was not taken in may come in later.
        world.at("2026-03-04").event("ada", "signed_up", json!({})).run();
        assert_eq!(world.sent().len(), 1, "{stops}: {:?}", world.story("ada"));
    }
}

/// A round is over later by as long as they stood still, wherever in it that was.
#[test]
fn a_round_of_a_repeat_is_over_later() {
    const TEXT: &str = "workflow w { enter when signed_up; reenter never; pause while employees > 5
        repeat up to 2 times every 7 days { send hello again; wait 3 days; send again again } }";
    let mut world = signed_up(Place::ALL[0], TEXT);
    employees(&mut world, "2026-03-03 10:00", "9");
    employees(&mut world, "2026-03-08 10:00", "2");
    world.reopen().at("2026-03-30").run();
    let sent: Vec<String> = told(&world, "w").into_iter().filter(|line| line.contains("Sent")).collect();
    let at = |line: &String| line.split(" Sent").next().unwrap().to_owned();
    let sent: Vec<String> = sent.iter().map(at).collect();
    assert_eq!(sent, ["03-02 10:00", "03-10 10:00", "03-14 10:00", "03-17 10:00"]);
}

/// What of their business time was over stays so: weekends within the pause or around it are none.
#[test]
fn business_time_goes_on_where_it_stood() {
    for (wait, from, to, over) in [
        ("4 business hours", "2026-03-09 10:00", "2026-03-09 14:00", "03-09 15:00"),
        ("4 business hours", "2026-03-07 10:00", "2026-03-08 10:00", "03-09 11:00"),
        ("2 business days", "2026-03-09 09:00", "2026-03-10 09:00", "03-11 15:00"),
        ("2 business days", "2026-03-09 09:00", "2026-03-11 09:00", "03-12 15:00"),
        ("2 business days", "2026-03-07 09:00", "2026-03-08 09:00", "03-10 15:00"),
    ] {
        let text = format!(
            "workflow w {{ enter when signed_up; reenter never; pause while employees > 5; wait {wait}; send hello }}"
        );
        let mut world = World::on(Place::ALL[0], program(&text));
        world.contact("ada", &[]);
        // A Friday.
        world.at("2026-03-06 15:00").event("ada", "signed_up", json!({})).run();
        employees(&mut world, from, "9");
        employees(&mut world, to, "2");
        world.reopen().at("2026-03-30").run();
        let sent = told(&world, "w").into_iter().find(|line| line.contains("Sent")).unwrap();
        assert_eq!(sent, format!("{over} Sent s1"), "{wait}, {from} to {to}");
    }
}

/// A zone that changes while they stand still moves the hour as it would otherwise.
#[test]
fn a_zone_that_changes_meanwhile_moves_what_was_waited_for() {
    for zone_at in ["2026-03-03 09:00", "2026-03-03 12:00", "2026-03-03 21:00"] {
        for wait in ["wait 2 days", "wait until visited up to 2 days", "repeat up to 2 times every 2 days { tag vip }"]
        {
            let text = format!(
                "tags vip\nworkflow w {{ enter when signed_up; reenter never; pause while employees > 5; {wait}; send hello }}"
            );
            let mut world = World::on(Place::ALL[0], program(&text));
            world.contact("ada", &[("timezone", "Europe/Berlin")]);
            world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
            for (at, field, value) in [
                ("2026-03-03 10:00", "employees", "9"),
                (zone_at, "timezone", "America/New_York"),
                ("2026-03-03 20:00", "employees", "2"),
            ] {
                // In the order of their instants.
                if at == zone_at && zone_at > "2026-03-03 20:00" {
                    employees(&mut world, "2026-03-03 20:00", "2");
                }
                world.at(at).identify("ada", &[(field, value)]).run();
            }
            world.reopen().at("2026-03-30").run();
            let sent = told(&world, "w").into_iter().find(|line| line.contains("Sent")).unwrap();
            assert!(sent.starts_with("03-05 02:00"), "{wait}, {zone_at}: {sent}");
        }
    }
}

/// Those for whom a workflow does nothing are as if it were not.
#[test]
fn who_is_held_out_keeps_nobody_back() {
    for keeps in ["pauses nurture", "stops nurture"] {
        let text = format!(
            "workflow keeper {{ enter when signed_up; reenter never; holdout 99%; {keeps}; wait 9 days }}
             workflow w {{ group nurture; enter when signed_up; reenter never; wait 1 day; score += 1 }}"
        );
        let mut world = signed_up(Place::ALL[0], &text);
        world.at("2026-03-04").run();
        let is_held_out = world.story("ada").iter().any(|line| line.contains("keeper HeldOut"));
        assert_eq!(world.score("ada"), i64::from(is_held_out), "{keeps}: {:?}", world.story("ada"));
        assert!(is_held_out);
    }
}
