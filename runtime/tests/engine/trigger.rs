//! What the event said that let somebody in: it is the journey's from its begin to its end, wherever it had to wait before.

use crate::support::{Place, World, program, world};
use flow_runtime::engine::Notice;
use flow_runtime::store::OutboxKind;
use serde_json::{Value, json};

const ORDERED: &str = "event ordered { amount money; product text; plan one of (\"free\", \"pro\"); gift yes/no; day date?; at moment?; code text? }
contact { bought one of (\"free\", \"pro\")?; due date? }\n";

fn ordering(headers: &str, steps: &str) -> String {
    format!("{ORDERED}workflow w {{ enter when ordered; {headers}; {steps} }}")
}

fn order(amount: i64, product: &str) -> Value {
    json!({ "amount": amount, "product": product, "plan": "pro", "gift": true })
}

fn orders(world: &mut World, at: &str, amount: i64) {
    world.at(at).event("ada", "ordered", order(amount, "Red Shoes")).run();
}

fn told(world: &World, user: &str, words: &[&str]) -> Vec<String> {
    let mut story = world.story(user);
    story.retain(|line| words.iter().any(|word| line.contains(word)));
    story
}

/// What the owners of handoffs were told, without what Flow adds.
fn notes(world: &World) -> Vec<String> {
    let mut rows: Vec<_> = world.snapshot().outbox.into_iter().map(|(row, _)| row).collect();
    rows.retain(|row| row.kind == OutboxKind::Notice);
    rows.sort_by_key(|row| row.id);
    let texts = rows.iter().map(|row| serde_json::from_str::<Notice>(&row.payload).unwrap().text);
    texts.map(|text| text.lines().find(|line| line.starts_with("Note: ")).unwrap_or_default().to_owned()).collect()
}

/// Every kind of value, compared, added and set; on both back ends and in both stores, with the store opened anew in between.
#[test]
fn steps_ask_what_the_event_said() {
    let steps = "wait 1 day
        if trigger.amount > 100 and trigger.gift { score += trigger.amount - 50 }
        if trigger.product is \"red shoes\" { score += 1 }
        if trigger.product contains \"SHOE\" { score += 10 }
        if trigger.plan is \"pro\" { score += 100 }
        if trigger.code is unknown { score += 1000 }
        if trigger.day is known and trigger.day < today + 3 days { score += 10000 }
        set bought = trigger.plan
        set due = trigger.day or 2026-12-24";
    for place in Place::ALL {
        let mut world = World::on(place, program(&ordering("reenter never", steps)));
        world.contact("ada", &[]).contact("bo", &[]).at("2026-03-02 10:00");
        world.event("ada", "ordered", order(120, " Red Shoes ")).run();
        let said =
            json!({ "amount": 100, "product": "Hat", "plan": "free", "gift": false, "day": "2026-03-05", "code": "X" });
        world.event("bo", "ordered", said).run().reopen();
        world.at("2026-03-04").run();
        assert_eq!((world.score("ada"), world.score("bo")), (70 + 1 + 10 + 100 + 1000, 10000), "{place:?}");
        assert_eq!((world.read("ada", "bought"), world.read("bo", "bought")), (2, 1), "{place:?}");
        // 2026-12-24 and 2026-03-05, in days since 1970-01-01.
        assert_eq!((world.read("ada", "due"), world.read("bo", "due")), (20_811, 20_517), "{place:?}");
    }
}

/// An event that comes during the journey changes nothing of it, and is what the next one goes by.
#[test]
fn each_journey_goes_by_its_own_event() {
    for (batch, cache) in [(1, 1), (64, 64)] {
        let mut world = world(&ordering("reenter always", "wait 1 day; score += trigger.amount")).limits(batch, cache);
        world.contact("ada", &[]);
        for (at, amount) in [("2026-03-02 10:00", 1), ("2026-03-02 12:00", 20), ("2026-03-02 13:00", 300)] {
            orders(&mut world, at, amount);
        }
        world.reopen().at("2026-03-03 10:00").run();
        assert_eq!(world.score("ada"), 1, "the first is what it was");
        world.reopen().at("2026-03-05").run();
        assert_eq!(world.score("ada"), 301, "the latest of those that came meanwhile begins the next");
    }
}

/// What is optional and not said by the second event is not left over from the first.
#[test]
fn nothing_is_left_over_from_an_earlier_journey() {
    let mut world = world(&ordering(
        "reenter after 1 hour",
        "if trigger.code is known { score += 1 }; if trigger.day is known { score += 10 }",
    ));
    world.contact("ada", &[]).at("2026-03-02 10:00");
    let said = json!({ "amount": 1, "product": "Hat", "plan": "pro", "gift": true, "code": "X", "day": "2026-03-05" });
    world.event("ada", "ordered", said).run();
    assert_eq!(world.score("ada"), 11);
    orders(&mut world, "2026-03-03", 1);
    assert_eq!(world.score("ada"), 11);
    assert_eq!(told(&world, "ada", &["Entered"]).len(), 2);
}

/// An entry that is held goes by what its event said; another that joins it says nothing more.
#[test]
fn what_is_held_keeps_what_it_said() {
    let text = format!(
        "{ORDERED}contact {{ seats number }}
         workflow w {{ enter when ordered; reenter never; score += trigger.amount + seats
           handoff to sales {{ note \"Note: {{trigger.product}}\" }} }}"
    );
    let mut world = world(&text);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "ordered", order(5, "Hat")).run();
    world.at("2026-03-02 10:02").event("ada", "ordered", order(70, "Gloves")).run().reopen();
    world.at("2026-03-02 10:04").identify("ada", &[("seats", "100")]).run();
    assert_eq!(world.score("ada"), 105, "{:?}", world.story("ada"));
    assert_eq!(notes(&world), ["Note: Hat"]);
}

/// What an event does not say nothing that comes later says for it: it is not held, and takes nobody's place.
#[test]
fn an_event_without_what_is_needed_of_everybody_waits_for_nothing() {
    let text = format!(
        "{ORDERED}workflow w {{ enter when ordered; reenter never; if trigger.product is \"Hat\" {{ score += 1 }}; send hello }}"
    );
    let mut world = world(&text);
    world.at("2026-03-02 09:00").identify("ada", &[]).run();
    world.at("2026-03-02 10:00").event("ada", "ordered", json!({ "amount": 1, "plan": "pro", "gift": true })).run();
    world.at("2026-03-02 10:01").event("ada", "ordered", order(1, "Hat")).run();
    world.at("2026-03-02 10:02").identify("ada", &[("email", "ada@x.example")]).run();
    let of_w: Vec<String> = world.story("ada").into_iter().take(2).collect();
    assert!(of_w[0].contains("03-02 10:00 w Ignored"), "{of_w:?}");
    assert_eq!(world.score("ada"), 1, "{:?}", world.story("ada"));
}

#[test]
fn who_waits_for_a_turn_comes_in_with_what_their_event_said() {
    let mut world = world(&ordering("reenter never; rate 1 an hour", "score += trigger.amount"));
    world.contact("bo", &[]).contact("ada", &[]).at("2026-03-02 10:00").event("bo", "ordered", order(1, "Hat")).run();
    orders(&mut world, "2026-03-02 10:10", 20);
    // It is enough that one of them lets somebody in: the first.
    orders(&mut world, "2026-03-02 10:20", 300);
    world.reopen().at("2026-03-02 12:00").run();
    assert_eq!((world.score("bo"), world.score("ada")), (1, 20));
}

/// An event that lacks what the workflow reads lets nobody in, and that is recorded. What may be missing does not keep anybody out.
#[test]
fn an_event_that_does_not_say_it_lets_nobody_in() {
    for (steps, expected) in [
        ("score += trigger.amount", &["03-02 10:00 w Ignored.1", "03-02 10:00 w Lacked trigger.amount of w"][..]),
        ("if trigger.code is known { score += 1 } else { score += 2 }", &["03-02 10:00 w Entered"]),
    ] {
        let mut world = world(&ordering("reenter never", steps));
        world.contact("ada", &[]).at("2026-03-02 10:00");
        world.event("ada", "ordered", json!({ "amount": "much", "product": "Hat" })).run();
        world.at("2026-03-03").run();
        assert_eq!(told(&world, "ada", &["Entered", "Ignored", "Lacked"]), expected, "{steps}");
    }
}

/// Whom a step of another workflow starts, no event let in.
#[test]
fn who_is_started_has_what_stands_behind_or() {
    let mut world = world(&format!(
        "{} workflow s {{ enter when signed_up; reenter never; start w }}",
        ordering("reenter after 1 hour", "score += (trigger.amount or 7)")
    ));
    world.contact("ada", &[]);
    orders(&mut world, "2026-03-02 10:00", 20);
    world.at("2026-03-02 12:00").event("ada", "signed_up", json!({})).run().at("2026-03-02 13:00").run();
    assert_eq!(world.score("ada"), 27, "{:?}", world.story("ada"));
}

/// An event that does not have the property lets people in beside one that has.
#[test]
fn an_event_without_the_property_takes_the_fallback() {
    let mut world = world(&format!(
        "{ORDERED}event renewed {{ product text }}
         workflow w {{ enter when ordered or renewed; reenter always; score += (trigger.amount or 7) }}"
    ));
    world.contact("ada", &[]);
    orders(&mut world, "2026-03-02 10:00", 20);
    world.at("2026-03-02 12:00").event("ada", "renewed", json!({ "product": "Hat", "amount": 500 })).run();
    assert_eq!(world.score("ada"), 27, "a property that is not declared says nothing");
}

/// Of two journeys in one workflow the older goes on, by what its own event said; one alone keeps it under whoever it is then.
#[test]
fn a_journey_keeps_what_its_event_said_when_two_prove_to_be_one() {
    for (on_device, by_user, expected) in
        [(Some("10:00"), Some("11:00"), 5), (Some("11:00"), Some("10:00"), 70), (Some("10:00"), None, 5)]
    {
        let mut world = world(&ordering(
            "reenter never",
            "wait 1 day; score += trigger.amount; handoff to sales { note \"Note: {trigger.product}\" }",
        ));
        world.contact("ada", &[]);
        let mut events = vec![(on_device, "anonymous:d1", order(5, "Hat")), (by_user, "user:ada", order(70, "Gloves"))];
        events.retain(|(at, ..)| at.is_some());
        events.sort_by_key(|(at, ..)| *at);
        for (at, key, said) in events {
            world.at(&format!("2026-03-02 {}", at.unwrap())).event("", "ordered", said).only_key(key).run();
        }
        world.at("2026-03-02 12:00").identify("ada", &[]).keys(&["anonymous:d1"]).run().reopen();
        world.at("2026-03-04").run();
        assert_eq!(world.score("ada"), expected, "{:?}", world.story("ada"));
        assert_eq!(notes(&world), [if expected == 5 { "Note: Hat" } else { "Note: Gloves" }]);
    }
}

/// A wait until a date or a moment that the event named; whoever's is past goes another way. A day goes by the clocks of the person.
#[test]
fn a_wait_hangs_on_what_the_event_said() {
    for (wait, zone, said, expected) in [
        ("2 hours after trigger.at", "UTC", json!({ "at": "2026-03-05T12:00:00Z" }), "03-05 14:00"),
        ("90 minutes before trigger.at", "Asia/Tokyo", json!({ "at": "2026-03-05T12:00:00Z" }), "03-05 10:30"),
        ("trigger.day", "Europe/Berlin", json!({ "day": "2026-03-30" }), "03-30 07:00"),
        ("3 days before trigger.day at 18:00", "America/New_York", json!({ "day": "2026-03-12" }), "03-09 22:00"),
        ("1 day after trigger.day", "UTC", json!({ "day": "2026-02-28" }), "03-02 10:00 past"),
        ("trigger.day", "UTC", json!({}), "03-02 10:00 past"),
    ] {
        let steps = format!("wait until {wait}, if past {{ score += 1; exit }}; score += 2");
        let mut world = world(&ordering("reenter never", &steps));
        world.contact("ada", &[("timezone", zone)]).at("2026-03-02 10:00").event("ada", "ordered", said).run().reopen();
        world.at("2026-04-30").run();
        let end = told(&world, "ada", &["Finished", "Exited"]).concat();
        let (at, is_past) = match expected.strip_suffix(" past") {
            Some(at) => (at, true),
            None => (expected, false),
        };
        assert!(end.starts_with(at), "{wait}: {end}");
        assert_eq!(world.score("ada"), if is_past { 1 } else { 2 }, "{wait}");
    }
}

/// Who is in a workflow when a new version of it reads more goes on by what is known of their event.
#[test]
fn a_new_version_keeps_what_is_known() {
    let steps = "wait 2 days; score += trigger.amount";
    let mut world = world(&ordering("reenter never", steps));
    world.contact("ada", &[]).contact("bo", &[]);
    orders(&mut world, "2026-03-02 10:00", 20);
    let next = format!("{steps}; if trigger.code is \"x\" {{ score += 100 }}");
    world.becomes(&ordering("reenter never", &next)).at("2026-03-02 12:00");
    let said = json!({ "amount": 3, "product": "Hat", "plan": "pro", "gift": true, "code": "X" });
    world.event("bo", "ordered", said).run();
    world.at("2026-03-10").run();
    assert_eq!((world.score("ada"), world.score("bo")), (20, 103));
}
