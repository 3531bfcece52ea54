//! A field without `?` and without a default is required, of every type, and only of people in workflows that read it.

use crate::support::{World, world};
use serde_json::json;

const SCHEMA: &str = r#"
contact {
  seats   number
  spend   money
  ends    date
  joined  moment
  source  text
  tier    one of "free", "pro"
  agreed  yes/no
  credit  number = 5
}
segment large = seats > 5
segment larger = large and spend > 100
team key { member "ana@acme.example" covers tier is "pro"; backup "lead@acme.example"; assign round robin }
email offer {
  subject when spend > 100 "{seats} seats until {ends}"
          otherwise        "Since {joined}"
  preview "From {source}"
  template "emails/plain.html"
}
email many { subject "Many"; template "emails/seats.html" }
"#;

/// Ada, of whom nothing is known, signs up for a workflow.
fn signs_up(entry: &str, rest: &str) -> World {
    let mut world = world(&format!("{SCHEMA}\nworkflow go {{\n {entry}\n reenter never\n {rest}\n}}"));
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    // What nobody completes in ten minutes is refused.
    world.at("2026-03-02 10:11").run();
    world
}

/// The fields for want of which she is not taken in.
fn lacked(rest: &str) -> String {
    let story = signs_up("enter when signed_up", rest).story("ada");
    let fields: Vec<&str> = story.iter().filter_map(|line| line.strip_prefix("03-02 10:10 go Lacked ")).collect();
    let refused = usize::from(!fields.is_empty());
    let ignored = story.iter().filter(|line| *line == "03-02 10:10 go Ignored.1").count();
    assert_eq!((ignored, story.iter().any(|line| line.ends_with("Entered"))), (refused, refused == 0), "{story:?}");
    fields.join(" ")
}

#[test]
fn a_field_is_asked_for_where_it_is_read_and_nowhere_else() {
    for (rest, fields) in [
        ("score += 1", ""),
        ("if agreed or credit > 5 { score += 1 }", ""),
        ("set seats = 5", ""),
        ("goal \"more\" when seats > 5 within 9 days\n score += 1", "seats"),
        ("exit when ends < 2026-05-01\n score += 1", "ends"),
        ("skip when joined < 2026-01-01\n score += 1", "joined"),
        ("if spend > 10 { score += 1 }", "spend"),
        ("if score > 1000 { if tier is \"pro\" { send hello } }", "tier"),
        ("wait until source contains \"fair\" up to 3 days\n score += 1", "source"),
        ("exit when large\n score += 1", "seats"),
        ("if larger { score += 1 }", "seats spend"),
        ("wait until entered larger from now up to 2 days\n score += 1", "seats spend"),
        ("send offer", "seats spend ends joined source"),
        ("send many", "seats"),
        ("handoff to key { note \"{seats} seats\"; task \"Call before {ends}\" due in 2 days }", "seats ends tier"),
    ] {
        assert_eq!(lacked(rest), fields, "{rest}");
    }
}

#[test]
fn whoever_has_the_fields_comes_in_and_no_default_is_one() {
    let mut world = signs_up("enter when signed_up", "if seats < 5 { score += 1 }");
    world.identify("ada", &[("seats", "0")]).at("2026-03-03 10:00").event("ada", "signed_up", json!({})).run();
    let story = world.story("ada");
    assert_eq!(story[..3], ["03-02 10:10 go Ignored.1", "03-02 10:10 go Lacked seats", "03-03 10:00 go Entered"]);
    assert_eq!(world.score("ada"), 1, "a 0 that was said is a value");
}

#[test]
fn an_entry_that_cannot_be_judged_is_refused_by_name() {
    let mut world = signs_up("enter when signed_up and seats > 5", "if tier is \"pro\" { score += 1 }");
    world.identify("ada", &[("seats", "3")]).at("2026-03-03 10:00").event("ada", "signed_up", json!({})).run();
    world.identify("ada", &[("seats", "9")]).at("2026-03-04 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-04 10:11").run();
    let story = world.story("ada");
    let expected = [
        "03-02 10:10 go Ignored.1",
        "03-02 10:10 go Lacked seats",
        // With three seats she is nobody it is for; with nine, the rest is missing.
        "03-03 10:00 go Ignored.9",
        "03-04 10:10 go Ignored.1",
        "03-04 10:10 go Lacked tier",
    ];
    assert_eq!(story, expected);
}

const DEAL: &str = "enter when has_open_deal new only";

fn identified(world: &mut World, day: &str, words: &[(&str, &str)]) {
    world.at(&format!("2026-03-{day}")).identify("ada", words).run();
}

#[test]
fn becoming_true_is_not_spent_by_a_missing_field() {
    let mut world = signs_up(DEAL, "if seats > 5 { score += 1 }");
    identified(&mut world, "03", &[("has_open_deal", "yes")]);
    identified(&mut world, "04", &[("tier", "pro")]);
    world.reopen();
    identified(&mut world, "05", &[("seats", "9")]);
    identified(&mut world, "06", &[("seats", "8")]);
    let story = world.story("ada");
    assert_eq!(story[..3], ["03-03 00:00 go Ignored.1", "03-03 00:00 go Lacked seats", "03-05 00:00 go Entered"]);
    assert_eq!(story.iter().filter(|line| line.contains("Entered")).count(), 1, "{story:?}");
}

#[test]
fn what_holds_no_longer_is_owed_to_nobody() {
    let mut world = signs_up(DEAL, "if seats > 5 { score += 1 }");
    identified(&mut world, "03", &[("has_open_deal", "yes")]);
    identified(&mut world, "04", &[("has_open_deal", "no")]);
    identified(&mut world, "05", &[("seats", "9")]);
    assert_eq!(world.story("ada"), ["03-03 00:00 go Ignored.1", "03-03 00:00 go Lacked seats"]);
    identified(&mut world, "06", &[("has_open_deal", "yes")]);
    assert_eq!(world.story("ada")[2], "03-06 00:00 go Entered");
}

#[test]
fn who_was_there_before_is_owed_nothing() {
    let mut world =
        world(&format!("{SCHEMA}\nworkflow go {{\n {DEAL}\n reenter never\n exit when seats > 99\n score += 1\n}}"));
    let row = world.row(&["user:ada"], &[("has_open_deal", "yes")]);
    world.import(&[row]);
    identified(&mut world, "03", &[("seats", "9")]);
    assert_eq!(world.story("ada"), [""; 0]);
}

#[test]
fn a_later_row_fills_a_number_that_is_missing() {
    let mut world = world(SCHEMA);
    let rows = [
        world.row(&["user:ada"], &[("tier", "free")]),
        world.row(&["user:ada"], &[("seats", "3"), ("tier", "pro")]),
        world.row(&["user:ada"], &[("seats", "4")]),
    ];
    world.import(&rows);
    assert_eq!((world.read("ada", "seats"), world.read("ada", "tier")), (3 * flow_ir::NUMBER_SCALE, 1));
}
