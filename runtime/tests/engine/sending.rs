//! What lets a mail out and what does not; and who takes a contact over.

use crate::support::{World, program, world};
use flow_ir::EmailId;
use flow_ir::effect::Send;
use flow_runtime::engine::{Notice, counter};
use flow_runtime::store::{Actor, Changes, OutboxKind, OutboxRecord};
use serde_json::json;
use std::sync::Arc;

fn send(steps: &str, words: &[(&str, &str)]) -> World {
    let mut world = world(&format!(
        "workflow go {{\n enter when signed_up\n reenter never\n skip when has_open_deal\n {steps}\n}}"
    ));
    world.contact("ada", words);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
}

fn decided(world: &World) -> Vec<String> {
    let lines = world.story("ada").into_iter().filter(|line| line.contains(" go ")).skip(1);
    lines.map(|line| line.replace("03-02 10:00 go ", "")).filter(|line| !line.contains("Finished")).collect()
}

#[test]
fn nobody_is_written_to_without_an_address() {
    let mut world = world("workflow go {\n enter when has_open_deal new only\n reenter never\n send hello\n}");
    world.identify("ada", &[("first_name", "Ada")]).run();
    world.at("2026-03-02 10:00").identify("ada", &[("has_open_deal", "yes")]).run();
    assert_eq!(decided(&world), ["Withheld s0.2"]);
}

#[test]
fn the_same_mail_goes_out_once_in_a_journey() {
    // The compiler refuses such a program; the sender does not rely on it.
    let text = "workflow go {\n enter when signed_up\n reenter never\n send hello\n wait 1 day\n send again\n}";
    let mut program = (*program(text)).clone();
    for effect in program.workflows.values_mut().flat_map(|workflow| workflow.effects.values_mut()) {
        *effect = Send { email: EmailId(0), again: false }.into();
    }
    let mut world = World::of(Arc::new(program));
    world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run().at("2026-03-04").run();
    assert_eq!(decided(&world), ["Sent s0", "03-03 10:00 go Withheld s2.1"]);
    assert_eq!(world.sent()["ada@people.example"].len(), 1);
}

#[test]
fn who_is_skipped_by_now_gets_nothing() {
    let mut world = send("wait 1 day\n send hello", &[]);
    world.at("2026-03-03").identify("ada", &[("has_open_deal", "yes")]).run().at("2026-03-04").run();
    assert!(decided(&world)[0].ends_with("Withheld s1.7"), "{:?}", decided(&world));
}

#[test]
fn a_mail_has_a_key_made_of_its_place_and_visit() {
    let mut world = send("wait 1 day\n send hello", &[]);
    world.at("2026-03-04").run();
    assert_eq!(world.sent()["ada@people.example"], ["c1.go.1.s1.v1"]);
}

const HAND: &str = "handoff to sales {\n note \"Ask about {company_name or \"their firm\"}\"\n task \"Call {first_name or \"them\"}\" due in 24 hours\n }";

fn notices(world: &World) -> Vec<(OutboxRecord, Notice)> {
    let rows = world.snapshot().outbox.into_iter().map(|(row, _)| row);
    let mut rows: Vec<_> = rows.filter(|row| row.kind == OutboxKind::Notice).collect();
    rows.sort_by_key(|row| row.id);
    rows.into_iter().map(|row| (row.clone(), serde_json::from_str(&row.payload).unwrap())).collect()
}

fn hand_over(team: &str, regions: &[&str]) -> World {
    let hand = HAND.replace("sales", team);
    let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {hand}\n}}"));
    for (number, region) in regions.iter().enumerate() {
        world
            .contact(&format!("u{number}"), &[("region", region), ("first_name", "Ada"), ("company_name", "Brightly")]);
        world.at("2026-03-02 10:00").event(&format!("u{number}"), "signed_up", json!({})).run();
    }
    world
}

#[test]
fn members_take_turns_among_those_who_cover_the_contact() {
    let world = hand_over("sales", &["EMEA", "EMEA", "AMER", "AMER", "EMEA", "AMER"]);
    let to: Vec<_> = notices(&world).into_iter().map(|(_, notice)| notice.to).collect();
    assert_eq!(to, ["ana", "bo", "cy", "bo", "cy", "bo"].map(|name| format!("{name}@acme.example")));
}

#[test]
fn turns_outlive_a_crash() {
    let mut world = hand_over("sales", &["EMEA"]);
    world.reopen().contact("late", &[("region", "EMEA")]);
    world.at("2026-03-02 12:00").event("late", "signed_up", json!({})).run();
    assert_eq!(notices(&world)[1].1.to, "bo@acme.example");
}

#[test]
fn a_turn_that_no_team_has_is_taken_as_some_members() {
    let mut world = hand_over("sales", &["EMEA"]);
    let actors = vec![(Actor::Team("sales".to_owned()), u64::MAX.to_le_bytes().to_vec())];
    world.write(Changes { actors, ..Changes::default() });
    world.contact("late", &[("region", "AMER")]);
    world.at("2026-03-02 12:00").event("late", "signed_up", json!({})).run();
    assert_eq!(notices(&world)[1].1.to, "bo@acme.example");
}

#[test]
fn the_backup_takes_whom_no_member_covers() {
    let mut world = hand_over("far", &["EMEA"]);
    assert_eq!(notices(&world)[0].1.to, "lead@acme.example");
    assert!(world.story("u0").contains(&"03-02 10:00 go HandedOff s0.2".to_owned()), "{:?}", world.story("u0"));
    assert_eq!(world.counter(counter::HANDOFFS_TO_NOBODY), 0);
}

#[test]
fn a_handoff_to_nobody_is_counted_and_said() {
    let mut world = hand_over("lost", &["EMEA"]);
    assert!(notices(&world).is_empty());
    assert!(world.story("u0").contains(&"03-02 10:00 go HandedOff s0.3".to_owned()), "{:?}", world.story("u0"));
    assert_eq!(world.counter(counter::HANDOFFS_TO_NOBODY), 1);
}

/// A handoff that is refused lets the journey go on (LANGUAGE.md 12): what stands behind it, or behind the `if` around it, is for them.
#[test]
fn whom_nobody_takes_goes_the_steps_behind() {
    let steps = "if region is known {\n handoff to lost\n handoff to sales\n score += 1\n wait 1 day\n score += 10\n}\n score += 100\n handoff to lost";
    let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {steps}\n}}"));
    world.contact("ann", &[("region", "APAC")]).contact("bo", &[("region", "EMEA")]);
    world.contact("cem", &[("region", "EMEA"), ("do_not_contact", "yes")]).contact("dee", &[]);
    for person in ["ann", "bo", "cem", "dee"] {
        world.at("2026-03-02 10:00").event(person, "signed_up", json!({}));
    }
    world.run().reopen();
    world.at("2026-03-04 10:00").run();
    let of = |world: &World, person: &str| -> Vec<String> {
        let story = world.story(person).into_iter();
        story.filter(|line| line.contains("HandedOff") || line.contains("Finished")).collect()
    };
    // The first team takes her.
    assert_eq!(of(&world, "ann"), ["03-02 10:00 go HandedOff s1.1", "03-02 10:00 go Finished.2"]);
    assert_eq!(
        of(&world, "bo"),
        ["03-02 10:00 go HandedOff s1.3", "03-02 10:00 go HandedOff s2.1", "03-02 10:00 go Finished.2"]
    );
    assert_eq!(
        of(&world, "cem"),
        [
            "03-02 10:00 go HandedOff s1.4",
            "03-02 10:00 go HandedOff s2.4",
            "03-03 10:00 go HandedOff s7.4",
            "03-03 10:00 go Finished.3"
        ]
    );
    assert_eq!(of(&world, "dee"), ["03-02 10:00 go HandedOff s7.3", "03-02 10:00 go Finished.3"]);
    let points = ["ann", "bo", "cem", "dee"].map(|person| world.score(person));
    assert_eq!(points, [0, 0, 111, 100]);
}

/// Whoever stands behind a handoff that an earlier version let them pass goes on by its steps.
#[test]
fn a_new_version_knows_who_was_taken() {
    let before = "workflow go {\n enter when signed_up\n reenter never\n wait 1 day\n handoff to lost\n score += 1\n}";
    let mut world = world(before);
    world.contact("ann", &[("region", "APAC")]).contact("bo", &[]);
    for person in ["ann", "bo"] {
        world.at("2026-03-02 10:00").event(person, "signed_up", json!({}));
    }
    world.run().becomes("workflow go {\n enter when signed_up\n reenter never\n wait 2 days\n score += 5\n}");
    world.at("2026-03-08").run();
    assert_eq!(["ann", "bo"].map(|person| world.score(person)), [0, 1]);
}

#[test]
fn a_notice_says_who_why_and_what_to_do() {
    let world = hand_over("sales", &["EMEA"]);
    let (row, notice) = notices(&world).remove(0);
    assert_eq!(notice.subject, "go: Ada");
    for line in [
        "Company: Brightly",
        "Score: 0",
        "Stage: subscriber",
        "Ask about Brightly",
        "Task: Call Ada",
        "Due: Tuesday 3 March 2026, 10:00 (UTC)",
    ] {
        assert!(notice.text.lines().any(|found| found == line), "{line} in {}", notice.text);
    }
    let did = "What they did last, as far as workflows ask about it (times of UTC):\n2 March 2026, 10:00: signed up";
    assert!(notice.text.ends_with(did), "{}", notice.text);
    assert!(!notice.text.contains("Please note"), "{}", notice.text);
    let handoff = world.snapshot().handoffs.remove(0);
    assert_eq!((handoff.key, handoff.member, handoff.note), (row.key, notice.to, "Ask about Brightly".to_owned()));
    assert_eq!(handoff.task_due_at, Some(crate::support::at("2026-03-03 10:00")));
}

/// Whoever calls reads first that the person does not want mail; what people typed makes no line that looks like one of Flow's.
#[test]
fn a_notice_warns_and_keeps_what_people_typed_on_its_line() {
    let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {HAND}\n}}"));
    world.contact(
        "u1",
        &[
            ("first_name", "Ada\n\nTask: wire \u{202e}money"),
            ("company_name", "A\r\nDue: now <b>"),
            ("unsubscribed", "yes"),
        ],
    );
    world.at("2026-03-02 10:00").event("u1", "signed_up", json!({})).run();
    let (_, notice) = notices(&world).remove(0);
    assert!(
        notice.text.contains("\n\nPlease note: They have unsubscribed from marketing mail.\n\n"),
        "{}",
        notice.text
    );
    assert_eq!(notice.subject, "go: Ada Task: wire money");
    for line in ["Company: A Due: now <b>", "Ask about A Due: now <b>", "Task: Call Ada Task: wire money"] {
        assert!(notice.text.lines().any(|found| found == line), "{line} in {}", notice.text);
    }
    assert_eq!(notice.text.lines().filter(|line| line.starts_with("Task:") || line.starts_with("Due:")).count(), 2);
}
