//! Entries by hand: an event that names the workflow.

use crate::support::{World, at, program, world};
use flow_runtime::inbound::{ENROLLED, ENROLLED_WORKFLOW, EventReader, Finding, Tally, accept};
use flow_runtime::time::Instant;
use serde_json::{Value, json};
use std::io::Cursor;

const CARE: &str =
    "workflow care { enter by hand; reenter after 1 day; goal \"g\" when customer within 9 days; exit when disqualified
  skip when has_open_deal; wait 1 hour; score += 1 }
workflow other { enter when signed_up; reenter never; score += 10 }";

fn enrols(world: &mut World, at: &str, user: &str, workflow: &str) {
    world.at(at).event(user, ENROLLED, json!({ ENROLLED_WORKFLOW: workflow })).run();
}

fn told(world: &World, user: &str) -> Vec<String> {
    let mut story = world.story(user);
    story.retain(|line| line.contains("Entered") || line.contains("Ignored"));
    story
}

#[test]
fn it_obeys_every_rule_of_an_entry() {
    for (words, expected) in [
        (&[][..], "Entered"),
        (&[("stage", "customer")], "Ignored.6"),
        (&[("disqualified", "yes")], "Ignored s0.7"),
        (&[("has_open_deal", "yes")], "Ignored.5"),
    ] {
        let mut world = world(CARE);
        world.contact("ada", words);
        enrols(&mut world, "2026-03-02 10:00", "ada", "care");
        assert_eq!(told(&world, "ada"), [format!("03-02 10:00 care {expected}")]);
    }
    let mut world = world(CARE);
    world.contact("ada", &[]);
    for time in ["03-02 10:00", "03-02 10:30", "03-02 12:00", "03-03 11:00"] {
        enrols(&mut world, &format!("2026-{time}"), "ada", "care");
    }
    assert_eq!(
        told(&world, "ada"),
        [
            "03-02 10:00 care Entered",
            "03-02 10:30 care Ignored.2",
            "03-02 12:00 care Ignored.4",
            "03-03 11:00 care Entered"
        ]
    );
}

/// It is no way into a workflow that says otherwise, nor into one that is not there, and no activity of the person.
#[test]
fn nobody_comes_in_by_hand_elsewhere() {
    let mut world =
        world(&format!("{CARE}\nworkflow silent {{ enter when inactive for 3 days; reenter never; score += 100 }}"));
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "visited", json!({})).run();
    enrols(&mut world, "2026-03-04 10:00", "ada", "other");
    enrols(&mut world, "2026-03-04 10:00", "ada", "nothing");
    world.at("2026-03-06").run();
    assert_eq!(told(&world, "ada"), ["03-05 10:00 silent Entered"]);
}

/// Who is named by hand and cannot come in so is told with the line, as it is read.
#[test]
fn a_workflow_that_nobody_enters_by_hand_is_told() {
    let found = |text: &str, properties: Value| {
        let line = json!({"type": "track", "messageId": "m", "userId": "ada", "timestamp": "2026-03-02T10:00:00Z",
            "event": ENROLLED, "properties": properties});
        let mut findings = Vec::new();
        let program = program(text);
        let reader = EventReader::open(Cursor::new(line.to_string()), "e.jsonl", &program).unwrap();
        let mut note = |finding: Finding<'_>| {
            findings.push(finding.to_string());
            Ok(())
        };
        assert_eq!(accept(reader, &mut Tally::default(), &mut note).count(), 1, "it is kept all the same");
        findings
    };
    let told = |named: &str, help: &str| {
        let named = if named.is_empty() { String::new() } else { format!(": `{named}`") };
        vec![format!("e.jsonl:1: flow_enrolled.workflow: no workflow that people enter by hand{named} ({help})")]
    };
    let both = format!("{CARE}\nworkflow silent {{ enter when inactive for 3 days; reenter never; score += 100 }}");
    for (workflow, help) in [
        ("Care", "write `care`, as the project does"),
        ("nothing", "the project has `care`"),
        ("silent", "people enter it otherwise: give it `enter by hand`"),
        ("", "name it in the property `workflow`"),
    ] {
        assert_eq!(found(&both, json!({ ENROLLED_WORKFLOW: workflow })), told(workflow, help));
    }
    assert_eq!(found(&both, json!({})), told("", "name it in the property `workflow`"));
    assert_eq!(found(&both, json!({ ENROLLED_WORKFLOW: "care" })), [""; 0]);
    let none = "workflow silent { enter when inactive for 3 days; reenter never; score += 100 }";
    let help = "no workflow of the project says `enter by hand`";
    assert_eq!(found(none, json!({ ENROLLED_WORKFLOW: "care" })), told("care", help));
}

/// The same message again is known, and history lets nobody in.
#[test]
fn it_counts_once_and_not_before_the_first_day() {
    let mut world = world(CARE);
    world.engine().begin(Instant(at("2026-03-02")), None).unwrap();
    world.contact("ada", &[]);
    enrols(&mut world, "2026-03-02 10:00", "ada", "care");
    world.at("2026-03-09 10:00").again(None).run();
    world.event("ada", ENROLLED, json!({ ENROLLED_WORKFLOW: "care" })).occurred("2026-01-01 10:00").run();
    assert_eq!(told(&world, "ada"), ["03-02 10:00 care Entered"]);
}

/// Whom nobody knew is known from then on; a rate paces them as everyone.
#[test]
fn a_rate_paces_those_who_come_in_by_hand() {
    let mut world = world("workflow care { enter by hand; reenter never; rate 1 an hour; score += 1 }");
    for user in ["ada", "bo", "new"] {
        enrols(&mut world, "2026-03-02 10:00", user, "care");
    }
    world.at("2026-03-03").run();
    let all: Vec<String> = ["ada", "bo", "new"].iter().flat_map(|user| told(&world, user)).collect();
    assert_eq!(all, ["03-02 10:00 care Entered", "03-02 11:00 care Entered", "03-02 12:00 care Entered"]);
}
