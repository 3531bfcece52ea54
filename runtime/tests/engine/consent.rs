//! `policy { consent marketing opt in }`: who may be written to (E7).

use crate::support::{World, at, world};
use flow_runtime::engine::counter;
use serde_json::json;

const NEWS: &str = "
workflow news { enter when signed_up; reenter after 1 minute; send hello }
workflow receipts { enter when requested_demo; reenter after 1 minute; send bill }
";

/// Ada, of whom nobody knows whether she wants mail.
fn under(rule: &str) -> World {
    let mut world = world(&format!("policy {{ {rule} }}\n{NEWS}"));
    world.contact("ada", &[]);
    world
}

/// What comes of it when she asks for the news, or for what she has bought.
fn asks(world: &mut World, when: &str, event: &str) -> String {
    world.at(when).event("ada", event, json!({})).run();
    let story = world.story("ada");
    let last = story.into_iter().rev().find(|line| !line.contains("Finished")).unwrap();
    last.split_once(' ').unwrap().1.to_owned()
}

fn says(world: &mut World, when: &str, event: &str) -> Vec<String> {
    let before = world.story("ada").len();
    world.at(when).event("ada", event, json!({})).run();
    world.story("ada").split_off(before)
}

#[test]
fn under_opt_in_only_who_has_said_yes_is_written_to() {
    let mut world = under("consent marketing opt in");
    assert_eq!(asks(&mut world, "2026-03-02 10:00", "signed_up"), "10:00 news Withheld s0.15");
    assert_eq!(asks(&mut world, "2026-03-02 11:00", "requested_demo"), "11:00 receipts Sent s0");
    assert_eq!(says(&mut world, "2026-03-03 10:00", "Subscribed"), ["03-03 10:00 Consented.3"]);
    assert_eq!(asks(&mut world, "2026-03-03 11:00", "signed_up"), "11:00 news Sent s0");
    // It is known by now.
    assert_eq!(says(&mut world, "2026-03-04 10:00", "Subscribed"), [""; 0]);
    // A refusal is told from that nobody knew, and what lifts it says that she wants mail.
    assert_eq!(says(&mut world, "2026-03-05 10:00", "Unsubscribed"), ["03-05 10:00 Suppressed.1"]);
    assert_eq!(asks(&mut world, "2026-03-05 11:00", "signed_up"), "11:00 news Withheld s0.3");
    assert_eq!(says(&mut world, "2026-03-06 10:00", "Subscribed"), ["03-06 10:00 Consented"]);
    assert_eq!(asks(&mut world, "2026-03-06 11:00", "signed_up"), "11:00 news Sent s0");
}

#[test]
fn under_opt_out_everybody_is_but_who_refused_or_has_still_to_confirm() {
    let mut world = under("consent marketing opt out");
    assert_eq!(asks(&mut world, "2026-03-02 10:00", "signed_up"), "10:00 news Sent s0");
    world.at("2026-03-03 10:00").identify("ada", &[("marketing consent", "pending")]).run();
    assert_eq!(asks(&mut world, "2026-03-03 11:00", "signed_up"), "11:00 news Withheld s0.16");
    says(&mut world, "2026-03-04 10:00", "Subscribed");
    assert_eq!(asks(&mut world, "2026-03-04 11:00", "signed_up"), "11:00 news Sent s0");
}

/// Where no policy asks, whoever has not refused it is written to, and nothing is kept.
#[test]
fn without_a_rule_only_a_refusal_counts() {
    let mut world = under("");
    assert!(world.program.fields.find(|field| field.name.contains("consent")).is_none());
    assert_eq!(asks(&mut world, "2026-03-02 10:00", "signed_up"), "10:00 news Sent s0");
    assert_eq!(says(&mut world, "2026-03-03 10:00", "Subscribed"), [""; 0]);
}

/// Of two words the one that occurred later holds, whichever comes first; a sync lifts no refusal by it.
#[test]
fn a_sync_may_say_yes_and_lifts_nothing_by_it() {
    let granted = [("marketing consent", "granted")];
    let mut world = under("consent marketing opt in");
    world.at("2026-03-02 10:00").identify("ada", &granted).run();
    assert_eq!(asks(&mut world, "2026-03-02 11:00", "signed_up"), "11:00 news Sent s0");
    world.at("2026-03-04 10:00").identify("ada", &[("marketing consent", "pending")]).run();
    world.at("2026-03-04 11:00").identify("ada", &granted).occurred("2026-03-03 10:00").run();
    assert_eq!(asks(&mut world, "2026-03-04 12:00", "signed_up"), "12:00 news Withheld s0.16");
    world.at("2026-03-04 13:00").event_of("ada", "Subscribed", json!({}), at("2026-03-04 09:59")).run();
    assert_eq!(asks(&mut world, "2026-03-04 14:00", "signed_up"), "14:00 news Withheld s0.16");
    says(&mut world, "2026-03-05 10:00", "Unsubscribed");
    world.at("2026-03-06 10:00").identify("ada", &granted).run();
    assert_eq!(asks(&mut world, "2026-03-06 11:00", "signed_up"), "11:00 news Withheld s0.3");
}

/// A yes for another address says nothing of hers.
#[test]
fn a_yes_is_one_for_the_address_it_names() {
    for (address, becomes) in [("ada@people.example", "Sent s0"), ("other@people.example", "Withheld s0.15")] {
        let mut world = under("consent marketing opt in");
        world.at("2026-03-02 10:00").event("ada", "Subscribed", json!({ "email": address })).run();
        assert_eq!(asks(&mut world, "2026-03-02 11:00", "signed_up"), format!("11:00 news {becomes}"));
        let of_another = i64::from(address != "ada@people.example");
        assert_eq!(world.counter(counter::YES_FOR_ANOTHER_ADDRESS), of_another, "somebody waits for mail");
    }
}

/// Where nobody knows of one of them, that says nothing of the other.
#[test]
fn of_two_who_are_one_the_more_restrictive_counts() {
    for (ada, device, becomes) in [
        (Some("granted"), None, "Sent s0"),
        (None, Some("granted"), "Sent s0"),
        (Some("granted"), Some("pending"), "Withheld s0.16"),
        (Some("pending"), Some("granted"), "Withheld s0.16"),
        (None, None, "Withheld s0.15"),
    ] {
        let mut world = under("consent marketing opt in");
        if let Some(said) = ada {
            world.at("2026-03-02 10:00").identify("ada", &[("marketing consent", said)]).run();
        }
        let said: Vec<_> = device.map(|said| ("marketing consent", said)).into_iter().collect();
        world.at("2026-03-02 11:00").identify("", &said).only_key("anonymous:d").run();
        world.at("2026-03-02 12:00").identify("ada", &[]).keys(&["anonymous:d"]).run();
        assert_eq!(
            asks(&mut world, "2026-03-02 13:00", "signed_up"),
            format!("13:00 news {becomes}"),
            "{ada:?} {device:?}"
        );
    }
}

/// It reaches everybody at once, also those who are on their way, and is asked again when a held mail leaves.
#[test]
fn a_rule_that_is_new_counts_for_journeys_that_began_before_it() {
    let waits = "workflow w { enter when signed_up; reenter never; wait 1 day; send hello }";
    let held = "workflow w { enter when signed_up; reenter never; send on saturday in contact timezone; send hello }";
    for text in [waits, held] {
        let mut world = world(text);
        world.contact("ada", &[]).contact("bo", &[]).at("2026-03-02 10:00");
        for user in ["ada", "bo"] {
            world.event(user, "signed_up", json!({}));
        }
        world.run().becomes(&format!("policy {{ consent marketing opt in }}\n{text}"));
        world.at("2026-03-02 12:00").event("bo", "Subscribed", json!({})).run().reopen();
        world.at("2026-03-20").run();
        let withheld = world.story("ada").into_iter().filter(|line| line.contains("Withheld")).collect::<Vec<_>>();
        assert!(withheld.len() == 1 && withheld[0].ends_with(".15"), "{withheld:?}");
        assert!(world.story("bo").iter().any(|line| line.contains("Sent")), "{:?}", world.story("bo"));
    }
}

/// Who said yes while no policy asked for it has said so; where the address is one that nobody can tell by now, in doubt not.
#[test]
fn a_yes_before_there_was_a_rule_is_in_the_log() {
    let clause = format!("policy {{ consent marketing opt in }}\n{NEWS}");
    for (said, becomes) in [
        (vec![("Subscribed", json!({}))], "Sent s0"),
        (vec![("Subscribed", json!({ "email": "ada@people.example" }))], "Withheld s0.15"),
        (vec![("Subscribed", json!({})), ("Unsubscribed", json!({}))], "Withheld s0.3"),
        (vec![("visited", json!({ "page": "/" }))], "Withheld s0.15"),
    ] {
        let mut world = under("");
        for (name, properties) in &said {
            world.at("2026-03-02 10:00").event("ada", name, properties.clone()).run();
        }
        world.at("2026-03-02 11:00").becomes(&clause);
        assert_eq!(asks(&mut world, "2026-03-02 12:00", "signed_up"), format!("12:00 news {becomes}"), "{said:?}");
        // A rule that is taken out and comes again knows what was said meanwhile.
        world.becomes(NEWS);
        world.at("2026-03-03 10:00").event("ada", "Subscribed", json!({})).run().becomes(&clause);
        assert_eq!(asks(&mut world, "2026-03-03 12:00", "signed_up"), "12:00 news Sent s0", "{said:?}");
    }
}

/// Of several rows about one person the first counts, and before it that they have still to confirm: in doubt nobody is written to.
#[test]
fn of_several_rows_one_that_waits_counts() {
    for (first, second, becomes) in [
        ("granted", "pending", "Withheld s0.16"),
        ("pending", "granted", "Withheld s0.16"),
        ("granted", "granted", "Sent s0"),
    ] {
        let mut world = under("consent marketing opt in");
        let rows = [first, second].map(|said| world.row(&["user:ada"], &[("marketing consent", said)]));
        world.at("2026-03-02 10:00").import(&rows);
        assert_eq!(
            asks(&mut world, "2026-03-02 11:00", "signed_up"),
            format!("11:00 news {becomes}"),
            "{first} {second}"
        );
    }
}

/// A file says what it said when it was first read, also where nobody asked for it then: what has been said since stands.
#[test]
fn a_file_that_was_read_before_there_was_a_rule_is_read_anew() {
    for (since, becomes) in [("visited", "Sent s0"), ("Unsubscribed", "Withheld s0.3")] {
        let mut world = under("");
        let row = world.row(&["user:ada"], &[("first_name", "Ada")]);
        world.at("2026-03-02 10:00").import_bytes("ada,yes", &[row]);
        world.at("2026-03-02 11:00").event("ada", since, json!({ "page": "/" })).run();
        world.becomes(&format!("policy {{ consent marketing opt in }}\n{NEWS}"));
        let row = world.row(&["user:ada"], &[("first_name", "Ada"), ("marketing consent", "granted")]);
        world.at("2026-03-03 10:00").import_bytes("ada,yes", &[row]);
        assert_eq!(asks(&mut world, "2026-03-03 11:00", "signed_up"), format!("11:00 news {becomes}"), "{since}");
    }
}

#[test]
fn workflows_may_ask_and_wait_for_it() {
    const ASKS: &str = "
workflow welcome { enter when allows email new only; reenter never; send hello }
workflow nurture {
  enter when signed_up; reenter never
  exit when complained
  wait until allows email up to 3 days, otherwise { score += 1; exit }
  score += 10
}";
    // Under `opt out` it is true of somebody from the instant at which they are known.
    for (rule, welcomed) in [("opt in", "03-03 10:00"), ("opt out", "03-02 00:00")] {
        let mut world = world(&format!("policy {{ consent marketing {rule} }}\n{ASKS}"));
        world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        assert_eq!(world.score("ada"), if rule == "opt in" { 0 } else { 10 });
        world.at("2026-03-03 10:00").event("ada", "Subscribed", json!({})).run().at("2026-03-10").run();
        let sent: Vec<String> = world.story("ada").into_iter().filter(|line| line.contains("welcome Sent")).collect();
        assert_eq!(sent, [format!("{welcomed} welcome Sent s0")], "{rule}");
        assert_eq!(world.score("ada"), 10, "{rule}");
    }
    for refusal in ["unsubscribed", "do_not_contact"] {
        let mut world = world(&format!("policy {{ consent marketing opt in }}\n{ASKS}"));
        world.contact("ada", &[("marketing consent", "granted"), (refusal, "yes")]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run().at("2026-03-10").run();
        assert_eq!(world.score("ada"), 1, "{refusal}");
    }
}
