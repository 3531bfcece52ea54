//! `cap 1 email about news per 7 days then delay`: how much mail anybody gets about one topic, beside how much they get at all (E8).

use crate::policy::{does, mails, mails_of};
use crate::support::{World, world};
use flow_runtime::report::RunReport;
use serde_json::json;

const TOPICS: &str = "topics news, product\n";

const EMAILS: &str = "
email letter { subject \"News\"; template \"emails/plain.html\"; topic news }
email extra { subject \"More news\"; template \"emails/plain.html\"; topic news }
email tips { subject \"Tips\"; template \"emails/plain.html\"; topic product }
";

/// A workflow for each mail, let in by an event of its own.
const WORKFLOWS: &str = "
workflow a { enter when signed_up; reenter after 1 minute; send letter }
workflow b { enter when downloaded; reenter after 1 minute; send extra }
workflow c { enter when visited; reenter after 1 minute; send tips }
workflow d { enter when requested_demo; reenter after 1 minute; send hello }
";

fn under(policy: &str) -> World {
    let mut world = world(&project(policy));
    world.contact("ada", &[]);
    world
}

fn project(policy: &str) -> String {
    format!("policy {{ {policy} }}\n{TOPICS}{EMAILS}{WORKFLOWS}")
}

#[test]
fn a_cap_on_a_topic_holds_what_is_about_it_and_nothing_else() {
    let mut world = under("cap 1 email about news per 7 days then delay");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-03 10:00", "downloaded");
    does(&mut world, "2026-03-03 11:00", "visited");
    does(&mut world, "2026-03-03 12:00", "requested_demo");
    world.at("2026-03-09 09:59").run();
    let by_then =
        ["03-02 10:00 a Sent s0", "03-03 10:00 b Held s0.4000000010", "03-03 11:00 c Sent s0", "03-03 12:00 d Sent s0"];
    assert_eq!(mails(&world), by_then);
    world.at("2026-03-20").run();
    assert_eq!(mails(&world)[4..], ["03-09 10:00 b Sent s0"]);
}

#[test]
fn each_topic_has_its_own_cap_beside_that_of_all() {
    let mut world = under(
        "cap 1 email about news per 7 days then drop; cap 1 email about product per 1 day then delay; cap 3 emails per 30 days then drop",
    );
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-02 11:00", "visited");
    does(&mut world, "2026-03-02 12:00", "downloaded");
    does(&mut world, "2026-03-02 13:00", "visited");
    does(&mut world, "2026-03-10 10:00", "signed_up");
    does(&mut world, "2026-03-10 11:00", "requested_demo");
    let expected = [
        "03-02 10:00 a Sent s0",
        "03-02 11:00 c Sent s0",
        "03-02 12:00 b Withheld s0.40",
        "03-02 13:00 c Held s0.4000000010",
        "03-03 11:00 c Sent s0",
        // Three have left in thirty days, whatever they were about.
        "03-10 10:00 a Withheld s0.13",
        "03-10 11:00 d Withheld s0.13",
    ];
    assert_eq!(mails(&world), expected);
}

#[test]
fn what_no_place_about_the_topic_comes_free_for_is_withheld() {
    let mut world = under("cap 1 email about news per 30 days then delay");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-03 10:00", "downloaded");
    world.at("2026-03-20").run();
    assert_eq!(mails(&world)[1..], ["03-03 10:00 b Held s0.4000000010", "03-10 10:00 b Withheld s0.39"]);
}

/// The mail of the better group waits for its topic, and takes no place from what may leave.
#[test]
fn the_order_of_groups_holds_among_those_that_may_leave() {
    for limits in [(1_000, 100), (1, 1), (2, 1)] {
        let text = format!(
            "policy {{ cap 1 email about news per 5 days then delay; cap 1 email per 1 day then delay; first best, then good }}\n{TOPICS}{EMAILS}
workflow x {{ group best; enter when downloaded; reenter never; send extra }}
workflow y {{ group good; enter when downloaded; reenter never; send letter }}
workflow z {{ enter when downloaded; reenter never; send tips }}"
        );
        let mut world = world(&text).limits(limits.0, limits.1);
        world.contact("ada", &[]);
        does(&mut world, "2026-03-02 10:00", "downloaded");
        world.at("2026-03-20").run();
        let sent: Vec<String> = mails(&world).into_iter().filter(|line| line.contains("Sent")).collect();
        assert_eq!(sent, ["03-02 10:00 x Sent s0", "03-03 10:00 z Sent s0", "03-07 10:00 y Sent s0"], "{limits:?}");
    }
}

/// A mail that a channel has in its hands has taken its place among those about its topic, and among no others.
#[test]
fn what_is_on_its_way_counts_for_its_topic() {
    let mut world = under("cap 1 email about news per 1 day then delay");
    world.contact("slow", &[]).at("2026-03-02 10:00").event("slow", "signed_up", json!({})).run();
    world.at("2026-03-02 10:20").event("slow", "visited", json!({ "page": "/" })).run();
    world.at("2026-03-02 10:30").event("slow", "downloaded", json!({ "asset": "guide" })).run();
    world.at("2026-03-20").run();
    let expected =
        ["03-02 10:30 b Held s0.4000000010", "03-02 11:00 a Sent s0", "03-02 11:20 c Sent s0", "03-03 12:00 b Sent s0"];
    assert_eq!(mails_of(&world, "slow"), expected);
}

#[test]
fn of_two_who_are_one_the_mails_of_both_count() {
    let mut world = under("cap 2 emails about news per 7 days then delay");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    world.at("2026-03-03 10:00").identify("x", &[("email", "x@people.example")]).only_key("anonymous:x");
    world.event("x", "downloaded", json!({ "asset": "guide" })).only_key("anonymous:x").run();
    assert_eq!(world.sent().values().map(Vec::len).sum::<usize>(), 2, "{:?}", world.sent());
    world.at("2026-03-04 10:00").identify("ada", &[]).keys(&["user:ada", "anonymous:x"]).run();
    does(&mut world, "2026-03-04 12:00", "signed_up");
    does(&mut world, "2026-03-04 13:00", "visited");
    world.at("2026-03-20").run();
    assert_eq!(
        mails(&world)[1..],
        ["03-04 12:00 a Held s0.4000000010", "03-04 13:00 c Sent s0", "03-09 10:00 a Sent s0"]
    );
}

/// A cap that is new counts what left before it, one that is gone holds nothing, and one that comes back knows what left meanwhile.
#[test]
fn a_cap_that_comes_goes_and_comes_back_counts_what_has_left() {
    let cap = "cap 1 email about news per 7 days then delay";
    let mut world = under("hold at most 20 days");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    world.becomes(&project(cap));
    does(&mut world, "2026-03-04 10:00", "downloaded");
    assert_eq!(mails(&world)[1], "03-04 10:00 b Held s0.4000000010");
    world.at("2026-03-05 10:00").run().becomes(&project("hold at most 20 days")).run();
    assert!(mails(&world)[2].ends_with("b Sent s0"), "{:?}", mails(&world));
    let left_at = mails(&world)[2].get(..11).unwrap().to_owned();
    world.becomes(&project(cap));
    does(&mut world, "2026-03-10 09:00", "signed_up");
    world.at("2026-03-20").run();
    assert_eq!(left_at, "03-05 10:00");
    assert_eq!(mails(&world)[3..], ["03-10 09:00 a Held s0.4000000010", "03-12 10:00 a Sent s0"]);
}

/// Under another name the same people do not get twice what the cap says, in whichever version the mail was sent that they had.
#[test]
fn a_topic_that_is_renamed_has_had_its_mails() {
    let cap = "cap 2 emails about news per 7 days then delay; hold at most 20 days";
    let again = "\nworkflow e { enter when score >= 5 new only; reenter never; send letter; send letter again }\n";
    let text = project(cap) + again;
    let mut world = world(&text);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").identify("ada", &[("score", "7")]).run();
    assert_eq!(mails(&world), ["03-02 10:00 e Sent s0", "03-02 10:00 e Sent s1"]);
    let renamed = text
        .replace("topics news", "topics letters")
        .replace("topic news", "topic letters")
        .replace("about news", "about letters");
    world.at("2026-03-03 10:00").run().becomes(&renamed);
    does(&mut world, "2026-03-04 10:00", "downloaded");
    assert_eq!(mails(&world)[2..], ["03-04 10:00 b Held s0.4000000010"]);
    // And back again.
    world.at("2026-03-05 10:00").run().becomes(&text).at("2026-03-20").run();
    assert_eq!(mails(&world)[3..], ["03-09 10:00 b Sent s0"]);
}

/// Nobody can tell what mail about a topic that is gone is about now: it counts for each.
#[test]
fn a_topic_that_is_gone_counts_for_the_others() {
    let mut world =
        under("cap 1 email about news per 7 days then delay; cap 1 email about product per 7 days then delay");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-03 10:00", "visited");
    let merged = project("cap 1 email about product per 7 days then delay")
        .replace("topics news, product", "topics product")
        .replace("topic news", "topic product");
    world.at("2026-03-09 11:00").run().becomes(&merged);
    does(&mut world, "2026-03-09 12:00", "signed_up");
    world.at("2026-03-20").run();
    // The tips that left on the third count, and so does the letter of the second, until its week is over.
    assert_eq!(mails(&world)[2..], ["03-09 12:00 a Held s0.4000000010", "03-10 10:00 a Sent s0"]);
}

/// An email that is about another topic now has been so for its reader.
#[test]
fn an_email_that_changes_its_topic_has_left_about_both() {
    let cap = "cap 1 email about news per 7 days then delay; cap 1 email about product per 7 days then delay";
    let mut world = under(cap);
    does(&mut world, "2026-03-02 10:00", "signed_up");
    let moved = project(cap).replacen("topic news }", "topic product }", 1);
    world.at("2026-03-03 10:00").run().becomes(&moved);
    does(&mut world, "2026-03-04 10:00", "visited");
    does(&mut world, "2026-03-04 11:00", "downloaded");
    world.at("2026-03-20").run();
    let expected = [
        "03-04 10:00 c Held s0.4000000010",
        "03-04 11:00 b Held s0.4000000010",
        "03-09 10:00 b Sent s0",
        "03-09 10:00 c Sent s0",
    ];
    let mut told = mails(&world).split_off(1);
    told.sort();
    assert_eq!(told, expected);
}

#[test]
fn the_decision_and_the_report_name_the_topic() {
    let mut world = under("cap 1 email about news per 7 days then drop");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-03 10:00", "downloaded");
    let program = std::sync::Arc::clone(&world.program);
    let report = RunReport::read(&program, &mut *world.engine().records().unwrap()).unwrap();
    let withheld: Vec<_> = report.workflows["b"].withheld.clone().into_iter().collect();
    assert_eq!(withheld, [("dropped_by_cap_about_news".to_owned(), 1)]);
}
