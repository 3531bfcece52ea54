//! Whose an open, a click or an answer is, where several journeys have sent the mail: of the one that sent it last (LANGUAGE.md 12).

use crate::support::{World, at, world};
use flow_ir::WorkflowId;
use flow_runtime::store::DecisionRecord;
use serde_json::json;

/// `a` goes on for days, and so does `b`; both ask.
const BOTH: [&str; 2] = [
    "workflow a { enter when signed_up; reenter never; send hello; wait 3 days; if clicked hello { score += 1 } }",
    "workflow b { enter when requested_demo; reenter never; send hello; wait 3 days; if clicked hello { score += 10 } }",
];

fn mail() -> serde_json::Value {
    json!({"email_id": "hello", "link_id": "more"})
}

/// Ada comes into the workflows by these events.
fn ada(text: &str, events: &[(&str, &str)]) -> World {
    let mut world = world(text);
    world.contact("ada", &[]);
    does(&mut world, events);
    world
}

fn does(world: &mut World, events: &[(&str, &str)]) {
    for (time, event) in events {
        world.at(time).event("ada", event, mail()).run();
    }
}

/// What is told of mails, as `03-02 12:00 b Clicked`.
fn told(world: &World) -> Vec<String> {
    let words = ["Opened", "Clicked", "Replied"];
    let decisions = world.decisions("ada").into_iter();
    let first = |line: String| line.split(' ').take(4).collect::<Vec<_>>().join(" ");
    decisions.filter(|line| words.iter().any(|word| line.contains(word))).map(first).collect()
}

fn score(world: &mut World) -> i64 {
    world.at("2026-03-30").run();
    world.score("ada")
}

const SIGNED_UP: (&str, &str) = ("2026-03-02 10:00", "signed_up");
const ASKED: (&str, &str) = ("2026-03-02 11:00", "requested_demo");
const CLICKS: (&str, &str) = ("2026-03-02 12:00", "Email Link Clicked");

#[test]
fn what_is_done_with_a_mail_is_of_one_journey() {
    let mut world = ada(&BOTH.join("\n"), &[SIGNED_UP, ASKED, CLICKS]);
    does(&mut world, &[("2026-03-02 12:01", "Email Opened"), ("2026-03-02 12:02", "Email Replied")]);
    assert_eq!(told(&world), ["03-02 12:00 b Clicked", "03-02 12:01 b Opened", "03-02 12:02 b Replied"]);
    assert_eq!(score(&mut world), 10);
}

#[test]
fn a_click_before_the_second_send_is_of_the_first_however_late_it_comes() {
    let mut world = ada(&BOTH.join("\n"), &[SIGNED_UP, ASKED]);
    world.at("2026-03-02 12:00").event_of("ada", CLICKS.1, mail(), at("2026-03-02 10:30")).run();
    assert_eq!(told(&world), ["03-02 12:00 a Clicked"]);
    assert_eq!(score(&mut world), 1);
}

/// It has ended, and what it sent is its own all the same: a live journey that sent the mail before has no part in it.
#[test]
fn a_click_is_of_the_last_that_sent_it_also_where_that_has_ended() {
    const ENDS: &str = "workflow b { enter when requested_demo; reenter never; send hello }";
    let mut world = ada(&format!("{}\n{ENDS}", BOTH[0]), &[SIGNED_UP, ASKED, CLICKS]);
    assert_eq!(told(&world), ["03-02 12:00 b Clicked"]);
    assert_eq!(score(&mut world), 0);
}

/// The next run of a workflow takes the place of one that has ended, and what that had sent is still its own.
#[test]
fn a_click_is_of_a_run_that_has_ended_until_the_next_has_sent_the_mail() {
    const AGAIN: &str = "workflow b { enter when requested_demo; reenter after 1 minute; wait 1 hour; send hello }";
    let mut world = ada(&format!("{}\n{AGAIN}", BOTH[0]), &[SIGNED_UP, ASKED, ("2026-03-02 12:30", ASKED.1)]);
    world.reopen();
    does(&mut world, &[("2026-03-02 12:45", CLICKS.1), ("2026-03-02 14:00", CLICKS.1)]);
    assert_eq!(told(&world), ["03-02 12:45 b Clicked", "03-02 14:00 b Clicked"]);
    // Only for so long, however often they come in.
    does(&mut world, &[("2026-03-02 15:00", ASKED.1), ("2026-03-02 17:00", ASKED.1), ("2026-03-02 19:00", ASKED.1)]);
    assert_eq!(world.snapshot().contacts[0].kept.len(), 3, "that of a, the last of b that sent it, the one that lives");
    assert_eq!(score(&mut world), 0);
}

/// Two workflows of one event: their mails leave at one instant, in the order of their names.
#[test]
fn of_two_sends_of_one_instant_no_order_of_declarations_decides() {
    let both = |steps: &str| {
        let go = |name: &str| format!("workflow {name} {{ enter when signed_up; reenter never; {steps} }}");
        [[go("a"), go("b")].join("\n"), [go("b"), go("a")].join("\n")]
    };
    for steps in ["send hello", "send hello; wait 3 days", "wait 1 minute; send hello"] {
        let [one, other] = both(steps).map(|text| told(&ada(&text, &[SIGNED_UP, CLICKS])));
        assert_eq!(one, ["03-02 12:00 b Clicked"], "{steps}");
        assert_eq!(one, other, "{steps}");
    }
}

/// Read from the log, it comes to what it would have been live: whether the one that sent it last lives or has ended.
#[test]
fn a_new_question_finds_the_click_at_the_journey_whose_it_is() {
    for (ends, exits) in [("wait 20 days", 1), ("score += 1", 0)] {
        let text = |exit: &str| {
            let go = |name: &str, event: &str, ends: &str| {
                format!("workflow {name} {{ {exit}; enter when {event}; reenter never; send hello; {ends} }}\n")
            };
            [go("a", "signed_up", "wait 20 days"), go("b", "requested_demo", ends)].concat()
        };
        let asks = text("exit when clicked hello");
        let mut live = ada(&asks, &[SIGNED_UP, ASKED, CLICKS]);
        let mut recounted = ada(&text("exit when disqualified"), &[SIGNED_UP, ASKED, CLICKS]);
        recounted.becomes(&asks).at("2026-03-03").run();
        for world in [&mut live, &mut recounted] {
            let story = world.story("ada");
            let exited: Vec<&String> = story.iter().filter(|line| line.contains("ExitedWhen")).collect();
            assert_eq!(exited.len(), exits, "{ends}: {story:?}");
            assert!(exited.iter().all(|line| line.contains(" b ")), "{ends}: {story:?}");
        }
    }
}

/// What is decided at one instant stands by the names of the workflows, also where nothing else depends on it (E1).
#[test]
fn no_order_of_declarations_orders_what_is_decided() {
    let workflows = [
        "workflow f { goal \"demo\" when requested_demo within 9 days; enter when signed_up; reenter never; wait 5 days }",
        "workflow d { exit when requested_demo; enter when signed_up; reenter never; wait 5 days }",
        "workflow g { goal \"demo\" when requested_demo within 9 days; enter when signed_up; reenter never; score += 1 }",
        "workflow e { goal \"demo\" when requested_demo within 9 days; enter when signed_up; reenter never; score += 1 }",
        "workflow c { enter when requested_demo and stage >= mql; reenter never; send hello }",
        "workflow b { enter when requested_demo and stage >= mql; reenter never; send hello }",
        "workflow l { enter when score >= 2 new only; reenter never; skip when stage < mql; send hello }",
        "workflow k { enter when score >= 2 new only; reenter never; skip when stage < mql; send hello }",
        "workflow n { group old; enter when signed_up; reenter never; wait 5 days }",
        "workflow m { group old; enter when signed_up; reenter never; wait 5 days }",
        "workflow z { enter when visited; reenter never; stop old }",
    ];
    let decided = |workflows: &[&str]| -> Vec<String> {
        let mut world = ada(&workflows.join("\n"), &[SIGNED_UP, ASKED, ("2026-03-02 12:00", "visited")]);
        world.contact("bo", &[]);
        world.at("2026-03-02 13:00").event("bo", "requested_demo", json!({})).run();
        world.at("2026-03-09").run();
        let mut decisions = world.snapshot().decisions;
        decisions.sort_by_key(|row| row.id);
        let names = |row: &DecisionRecord| world.program.workflows.at(WorkflowId(row.workflow.unwrap())).name.clone();
        let words = |row: &DecisionRecord| format!("{} {:?} {} {:?}", row.at, row.contact, names(row), row.code);
        decisions.iter().map(words).collect()
    };
    let turned: Vec<&str> = workflows.iter().rev().copied().collect();
    assert_eq!(decided(&workflows), decided(&turned));
}
