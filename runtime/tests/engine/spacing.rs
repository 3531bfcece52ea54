//! `at least 2 days between emails`: of one workflow, to one person, from when each really left.

use crate::support::{World, world};
use serde_json::json;

const MONDAY: &str = "2026-03-02 10:00";

/// Somebody who signs up on Monday for a workflow of these lines.
fn signed_up(head: &str, workflow: &str) -> World {
    let mut world = world(&text(head, workflow));
    world.contact("ada", &[]);
    world.at(MONDAY).event("ada", "signed_up", json!({})).run();
    world
}

fn text(head: &str, workflow: &str) -> String {
    format!("{head}\nworkflow w {{ enter when signed_up; {workflow} }}")
}

fn mails(world: &World) -> Vec<String> {
    let of_mail = |line: &String| ["Sent", "Held", "Withheld", "Undelivered"].iter().any(|what| line.contains(what));
    world.story("ada").into_iter().filter(of_mail).collect()
}

#[test]
fn the_next_mail_leaves_exactly_so_long_after_the_last_and_later_waits_count_from_then() {
    let mut world = signed_up(
        "",
        "reenter never; at least 2 days between emails; send hello; wait 1 day; send again; wait 1 day; score += 1",
    );
    world.reopen().at("2026-03-04 09:59").run();
    assert_eq!(mails(&world), ["03-02 10:00 w Sent s0", "03-03 10:00 w Held s2.4000000000"]);
    world.at("2026-03-05 09:59").run();
    assert_eq!(mails(&world)[2..], ["03-04 10:00 w Sent s2"]);
    assert_eq!(world.score("ada"), 0);
    world.at("2026-03-05 10:00").run();
    assert_eq!(world.score("ada"), 1);
}

#[test]
fn what_comes_later_anyway_is_not_held() {
    for wait in ["wait 2 days", "wait 48 hours", "wait 5 days"] {
        let mut world =
            signed_up("", &format!("reenter never; at least 2 days between emails; send hello; {wait}; send again"));
        world.at("2026-03-20").run();
        assert!(mails(&world).iter().all(|line| line.contains("Sent")), "{wait}");
    }
}

#[test]
fn it_holds_over_the_journeys_of_one_workflow_and_for_no_other() {
    let head = "workflow other { enter when signed_up; reenter always; send hello }\npolicy { cap 9 emails per 1 day then delay }";
    let mut world = signed_up(head, "reenter after 1 hour; at least 2 days between emails; send hello");
    world.at("2026-03-03 10:00").event("ada", "signed_up", json!({})).run();
    world.reopen().at("2026-03-04 12:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-20").run();
    let of = |name: &str| {
        let sent = format!(" {name} Sent s0");
        mails(&world).iter().filter_map(|line| Some(line.strip_suffix(&sent)?.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(of("w"), ["03-02 10:00", "03-04 10:00", "03-06 10:00"]);
    assert_eq!(of("other"), ["03-02 10:00", "03-03 10:00", "03-04 12:00"]);
}

#[test]
fn it_is_held_for_as_long_as_it_may_and_withheld_with_a_reason_of_its_own() {
    let mut world = signed_up(
        "policy { hold at most 1 day }",
        "reenter never; at least 2 days between emails; send hello; wait until tomorrow at 09:00; send again; score += 1",
    );
    world.at("2026-03-20").run();
    let held = ["03-02 10:00 w Sent s0", "03-03 09:00 w Held s2.4000000000", "03-04 09:00 w Withheld s2.14"];
    assert_eq!((mails(&world), world.score("ada")), (held.map(str::to_owned).to_vec(), 1));
}

#[test]
fn a_transactional_mail_neither_waits_nor_counts() {
    let mut world =
        signed_up("", "reenter never; at least 2 days between emails; send hello; send bill; wait 2 days; send again");
    world.at("2026-03-20").run();
    assert_eq!(mails(&world), ["03-02 10:00 w Sent s0", "03-02 10:00 w Sent s1", "03-04 10:00 w Sent s3"]);
    let mut world = signed_up("", "reenter never; at least 2 days between emails; send bill; send hello");
    world.at("2026-03-20").run();
    assert_eq!(mails(&world), ["03-02 10:00 w Sent s0", "03-02 10:00 w Sent s1"]);
}

#[test]
fn what_did_not_leave_takes_no_time() {
    let mut world = world(&text("", "reenter never; at least 2 days between emails; send hello; send again"));
    world.contact("ada", &[("email", "blocked@acme.example")]);
    world.at(MONDAY).event("ada", "signed_up", json!({})).run();
    world.at("2026-03-20").run();
    assert_eq!(mails(&world), ["03-02 10:00 w Undelivered s0.2", "03-02 10:00 w Undelivered s1.2"]);
}

/// Quiet hours come on top: what may leave at ten in the evening leaves in the morning. Of a cap and this, whichever is later holds.
#[test]
fn hours_and_caps_are_asked_too() {
    let steps = "reenter never; at least 36 hours between emails; send hello; send again";
    let mut world = signed_up("policy { quiet from 20:00 to 08:00 in contact timezone }", steps);
    world.at("2026-03-20").run();
    assert_eq!(mails(&world)[1..], ["03-02 10:00 w Held s1.4000000000", "03-04 08:00 w Sent s1"]);
    for (cap, by, sent) in [("1 day", "s1.4000000000", "03-03 22:00"), ("3 days", "s1.1", "03-05 10:00")] {
        let mut world = signed_up(&format!("policy {{ cap 1 email per {cap} then delay }}"), steps);
        world.at("2026-03-20").run();
        assert_eq!(mails(&world)[1..], [format!("03-02 10:00 w Held {by}"), format!("{sent} w Sent s1")], "{cap}");
    }
}

#[test]
fn it_holds_at_once_for_those_who_are_in_the_workflow() {
    let steps = "send hello; wait 1 day; send again";
    let mut world = signed_up("", &format!("reenter never; {steps}"));
    let spaced = |time: &str| text("", &format!("reenter never; at least {time} between emails; {steps}"));
    world.becomes(&spaced("3 days")).at("2026-03-04").run();
    world.becomes(&spaced("42 hours")).at("2026-03-20").run();
    assert_eq!(mails(&world), ["03-02 10:00 w Sent s0", "03-03 10:00 w Held s2.4000000000", "03-04 04:00 w Sent s2"]);
}

/// Whoever proves to be somebody whose journey has ended has had their mail too.
#[test]
fn of_two_who_prove_to_be_one_the_mails_of_both_count() {
    let mut world = world(&text("", "reenter after 1 hour; at least 2 days between emails; send hello"));
    world.contact("ada", &[]);
    world.at(MONDAY).event("ada", "signed_up", json!({})).run();
    world.at("2026-03-03 09:00").identify("d1", &[("email", "d1@x.example")]).only_key("anonymous:d1").run();
    world.at("2026-03-03 10:00").event("d1", "signed_up", json!({})).only_key("anonymous:d1").run();
    world.at("2026-03-03 12:00").identify("ada", &[]).keys(&["anonymous:d1"]).run();
    world.reopen().at("2026-03-04 11:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-20").run();
    assert_eq!(mails(&world).last().map(String::as_str), Some("03-05 10:00 w Sent s0"), "{:?}", world.story("ada"));
}

/// What a mail server has in its hands leaves now, unless it says otherwise: also where its journey is over and the next has begun.
#[test]
fn a_mail_on_its_way_is_one_that_leaves() {
    let mut world = world(
        "workflow w { enter when signed_up; reenter after 1 minute; exit when requested_demo; at least 2 days between emails; send hello }",
    );
    world.contact("slow", &[]).at("2026-03-02 10:00").event("slow", "signed_up", json!({})).run();
    world.at("2026-03-02 10:05").event("slow", "requested_demo", json!({})).run();
    world.at("2026-03-02 10:10").event("slow", "signed_up", json!({})).run();
    world.at("2026-03-02 12:00").run();
    let sent = |world: &World| -> Vec<String> {
        world.story("slow").into_iter().filter(|line| line.contains(" Sent ")).collect()
    };
    assert_eq!(sent(&world).len(), 1, "{:?}", world.story("slow"));
    world.at("2026-03-20").run();
    // Its answer came at 11:00; the next leaves two days behind it, and takes its hour.
    assert!(sent(&world)[1].starts_with("03-04 12:00"), "{:?}", sent(&world));
}

/// What was to leave and did not is not waited for any longer.
#[test]
fn a_mail_that_is_refused_in_the_end_takes_no_time_either() {
    let workflow =
        "reenter after 1 minute; exit when disqualified; at least 5 days between emails; send hello; score += 1";
    let mut world = world(&text("", workflow));
    world.contact("ada", &[("email", "late@people.example")]);
    world.at(MONDAY).event("ada", "signed_up", json!({})).run();
    for (at, field, value) in [
        ("2026-03-02 10:05", "disqualified", "yes"),
        ("2026-03-02 10:06", "disqualified", "no"),
        ("2026-03-02 10:07", "email", "ada@people.example"),
    ] {
        world.at(at).identify("ada", &[(field, value)]).run();
    }
    // The first mail is in the server's hands, which says an hour later that nobody is there.
    world.at("2026-03-02 10:10").event("ada", "signed_up", json!({})).run();
    assert_eq!(mails(&world), ["03-02 10:10 w Held s0.4000000000"]);
    world.at("2026-03-02 12:00").run();
    assert_eq!((mails(&world).last().unwrap().as_str(), world.score("ada")), ("03-02 11:00 w Sent s0", 1));
}
