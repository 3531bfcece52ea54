//! Journeys: goals, exits, waits, held messages, zones.

use crate::support::{World, at, world};
use serde_json::json;

fn signed_up(header_and_steps: &str) -> World {
    let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {header_and_steps}\n}}"));
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
}

fn story(world: &World) -> Vec<String> {
    world.story("ada").into_iter().skip(1).map(|line| line.replace(" go ", " ")).collect()
}

const NURTURE: &str = "goal \"demo\" when requested_demo within 30 days
  exit when disqualified
  exit when stage >= opportunity
  wait 2 days
  score += 1";

#[test]
fn exits_are_judged_in_their_order() {
    let mut world = signed_up(NURTURE);
    world.at("2026-03-03").identify("ada", &[("stage", "customer"), ("disqualified", "yes")]).run();
    assert_eq!(story(&world), ["03-03 00:00 ExitedWhen s0"]);
    let mut world = signed_up(NURTURE);
    world.at("2026-03-03").identify("ada", &[("stage", "customer")]).run().at("2026-03-09").run();
    assert_eq!(story(&world), ["03-03 00:00 ExitedWhen s1"]);
}

#[test]
fn after_the_end_the_goal_is_attributed_once_and_in_time() {
    let mut world = signed_up(NURTURE);
    world.at("2026-03-20").event("ada", "requested_demo", json!({})).run().reopen();
    world.at("2026-03-21").event("ada", "requested_demo", json!({})).run();
    assert_eq!(story(&world), ["03-04 10:00 Finished.1", "03-20 00:00 Attributed"]);
    // Its thirty days began with the entry.
    let mut world = signed_up(NURTURE);
    world.at("2026-04-01 10:00").event("ada", "requested_demo", json!({})).run();
    assert_eq!(story(&world), ["03-04 10:00 Finished.1", "04-01 10:00 Attributed"]);
    let mut world = signed_up(NURTURE);
    world.at("2026-04-01 10:01").event("ada", "requested_demo", json!({})).run();
    assert_eq!(story(&world), ["03-04 10:00 Finished.1"]);
}

#[test]
fn who_converted_is_not_attributed_again() {
    let mut world = signed_up(NURTURE);
    world.at("2026-03-03").event("ada", "requested_demo", json!({})).run();
    world.at("2026-03-04").event("ada", "requested_demo", json!({})).run();
    assert_eq!(story(&world), ["03-03 00:00 Converted"]);
}

/// Where a journey stood when it ended is kept, so that a report can say who left at which step.
#[test]
fn an_end_from_outside_says_at_which_step() {
    let left_at = |name: &str, fields: &[(&str, &str)]| {
        let mut world = signed_up(
            "goal \"demo\" when requested_demo within 30 days\n exit when disqualified\n score += 1\n wait 2 days",
        );
        world.at("2026-03-03").identify("ada", fields);
        if !name.is_empty() {
            world.event("ada", name, json!({}));
        }
        world.run();
        let decisions = world.snapshot().decisions;
        let end = decisions.into_iter().find(|one| {
            matches!(
                one.code,
                flow_runtime::store::DecisionCode::Converted | flow_runtime::store::DecisionCode::ExitedWhen
            )
        });
        end.map(|end| (end.step, end.about)).unwrap()
    };
    assert_eq!(left_at("requested_demo", &[]), (Some(1), None));
    assert_eq!(left_at("", &[("disqualified", "yes")]), (Some(1), Some(0)));
}

#[test]
fn a_goal_that_lets_the_journey_go_on_is_recorded_once() {
    let mut program =
        (*world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {NURTURE}\n}}")).program).clone();
    program.workflows.values_mut().for_each(|workflow| {
        workflow.goal.iter_mut().for_each(|goal| goal.continues = true);
    });
    let mut world = World::of(std::sync::Arc::new(program));
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-03").event("ada", "requested_demo", json!({})).run().reopen();
    world.at("2026-03-03 10:00").event("ada", "requested_demo", json!({})).run();
    world.at("2026-03-05").event("ada", "requested_demo", json!({})).run();
    assert_eq!(story(&world), ["03-03 00:00 GoalMet", "03-04 10:00 Finished.1"]);
    assert_eq!(world.score("ada"), 1);
}

const AWAIT: &str = "wait 1 day
  score += 1
  wait until visited(page is \"/pricing\") up to 5 days
  if timed out {
    score += 100
  } else {
    score += 10
  }";

#[test]
fn what_a_wait_says_otherwise_comes_at_its_deadline_and_falls_through() {
    const OTHERWISE: &str =
        "wait until visited(page is \"/pricing\") up to 5 days, otherwise { score += 100 }\n score += 10";
    let mut world = signed_up(OTHERWISE);
    world.at("2026-03-04").event("ada", "visited", json!({"page": "/pricing"})).run().at("2026-03-20").run();
    assert_eq!((world.score("ada"), story(&world)), (10, vec!["03-04 00:00 Finished.1".to_owned()]));
    let mut world = signed_up(OTHERWISE);
    world.at("2026-03-07 09:59").run();
    assert_eq!(world.score("ada"), 0);
    world.at("2026-03-07 10:00").run();
    assert_eq!(world.score("ada"), 110);
    let mut world = signed_up(&OTHERWISE.replace("score += 100", "exit"));
    world.at("2026-03-20").run();
    assert_eq!(world.score("ada"), 0);
    assert!(story(&world)[1].starts_with("03-07 10:00 Exited"), "{:?}", story(&world));
}

#[test]
fn words_and_ends_of_texts_are_told_apart() {
    const TITLES: &str = "if job_title contains word \"CTO\" { score += 1 }
  if job_title contains \"cto\" { score += 10 }
  if job_title contains any word of \"vp\", \"Head of\" { score += 100 }
  if job_title ends with \"CPO\" { score += 1000 }
  if score between 100 and 111 { score += 10000 }";
    for (title, score) in [("Director", 10), ("CTO/CPO", 1011), ("vp, cto", 10111), ("VPs", 0), ("head of it", 10100)] {
        let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {TITLES}\n}}"));
        world.contact("ada", &[("job_title", title)]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        assert_eq!(world.score("ada"), score, "{title}");
    }
}

#[test]
fn a_moment_lies_before_a_day_on_it_or_after_it() {
    const BORN: &str = "if created_at >= 2026-02-01 { score += 1 }
  if created_at between 2026-01-30 and 2026-01-31 { score += 10 }
  if created_at is 2026-01-31 { score += 100 }
  if created_at is known and created_at < 2026-01-31 { score += 1000 }";
    let (of_30th, of_31st, of_1st) = (at("2026-01-31") - 1, at("2026-01-31"), at("2026-02-01"));
    for (created, score) in [(of_30th, 1010), (of_31st, 110), (of_1st - 1, 110), (of_1st, 1)] {
        let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {BORN}\n}}"));
        world.contact("ada", &[("created_at", &created.to_string())]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        assert_eq!(world.score("ada"), score, "{created}");
    }
}

#[test]
fn texts_show_the_name_of_a_country() {
    let text = "workflow go {\n enter when signed_up\n reenter never\n handoff to sales { note \"Lives in {country or \"?\"}\" }\n}";
    let mut world = world(text);
    world.contact("ada", &[("country", "DE")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    let outbox = world.snapshot().outbox;
    assert!(outbox.iter().any(|(row, _)| row.payload.contains("Lives in Germany")), "{outbox:?}");
}

#[test]
fn an_event_at_the_instant_of_the_steps_is_not_missed() {
    let mut world = signed_up(AWAIT);
    // The visit arrived before the wait began to be looked at.
    world.at("2026-03-03 10:00").event("ada", "visited", json!({"page": "/pricing"})).run();
    assert_eq!(world.score("ada"), 11);
}

const WINDOW: &str = "send on weekdays from 09:00 to 17:00 in contact timezone
  send hello
  wait 1 day
  score += 1";

#[test]
fn the_hour_at_which_a_wait_is_over_stays_on_the_wall_when_the_zone_changes() {
    let due = |wait: &str, zones: &[(&str, &str)]| {
        let mut world =
            world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {wait}\n score += 1\n}}"));
        world.contact("ada", &[("timezone", "Europe/Berlin")]);
        // 11:00 in Berlin, whose clocks go forward on 29 March; New York's went on the 8th.
        world.at("2026-03-28 10:00").event("ada", "signed_up", json!({})).run();
        for (at, zone) in zones {
            world.at(at).identify("ada", &[("timezone", zone)]).run();
        }
        world.journeys("ada")[0].due_at
    };
    let new_york = ("2026-03-28 12:00", "America/New_York");
    assert_eq!(due("wait 2 days", &[]), Some(at("2026-03-30 09:00")));
    assert_eq!(due("wait 2 days", &[new_york]), Some(at("2026-03-30 15:00")), "11:00 there");
    assert_eq!(due("wait 2 days", &[new_york, ("2026-03-29 12:00", "Asia/Tokyo")]), Some(at("2026-03-30 02:00")));
    assert_eq!(due("wait 2 days", &[new_york, ("2026-03-29 12:00", "Europe/Berlin")]), due("wait 2 days", &[]));
    assert_eq!(due("wait 1 week", &[new_york]), Some(at("2026-04-04 15:00")));
    assert_eq!(due("wait 1 month", &[new_york]), Some(at("2026-04-28 15:00")));
    assert_eq!(due("wait until stage >= mql up to 2 days", &[new_york]), Some(at("2026-03-30 15:00")));
    assert_eq!(due("wait 48 hours", &[new_york]), due("wait 48 hours", &[]), "hours are as long as they were");
    let late = ("2026-03-30 05:00", "Asia/Tokyo");
    assert_eq!(due("wait 2 days", &[late]), None, "over there already, so the step runs at once");
}

#[test]
fn a_wait_after_a_held_mail_is_moved_from_the_send() {
    let mut world = world(&format!(
        "workflow go {{\n enter when signed_up\n reenter never\n {}\n}}",
        WINDOW.replace("1 day", "21 days")
    ));
    world.contact("ada", &[("timezone", "Europe/Berlin")]);
    world.at("2026-03-07 10:00").event("ada", "signed_up", json!({})).run().at("2026-03-10").run();
    // Sent on Monday the 9th at 9 in Berlin.
    assert_eq!(world.journeys("ada")[0].due_at, Some(at("2026-03-30 07:00")));
    world.identify("ada", &[("timezone", "UTC")]).run();
    assert_eq!(world.journeys("ada")[0].due_at, Some(at("2026-03-30 09:00")));
}

#[test]
fn a_zone_that_is_none_falls_back_and_is_counted() {
    let mut world = signed_up("wait 1 day");
    world.at("2026-03-02 11:00").identify("ada", &[("timezone", "Mars/Olympus")]).run();
    world.at("2026-03-02 12:00").identify("ada", &[("timezone", "Mars/Olympus")]).run();
    assert_eq!(world.counter(flow_runtime::engine::counter::UNKNOWN_ZONES), 1);
    assert_eq!(world.journeys("ada")[0].due_at, Some(at("2026-03-03 10:00")));
}

#[test]
fn a_wake_records_which_arms_ran_and_why_it_came() {
    let mut world = signed_up(AWAIT);
    world.at("2026-03-10").run();
    let stepped: Vec<_> = world.decisions("ada").into_iter().filter(|line| line.contains("Stepped")).collect();
    assert_eq!(stepped, ["03-02 10:00 go Stepped.1", "03-03 10:00 go Stepped.2", "03-08 10:00 go Stepped.4"]);
    let snapshot = world.snapshot();
    let trace = |line: usize| {
        snapshot
            .decisions
            .iter()
            .filter(|one| one.code == flow_runtime::store::DecisionCode::Stepped)
            .nth(line)
            .unwrap()
            .trace
            .clone()
    };
    assert_ne!(trace(1), trace(2));
    assert!(trace(2).iter().any(|word| *word != 0));
}
