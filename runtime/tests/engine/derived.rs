//! Fields that follow from others.

use crate::support::{Place, World, program, world};
use flow_runtime::store::OutboxKind;
use serde_json::json;

const HEAD: &str = r#"contact { seats number? ; tier one of "free", "pro"? }
derived mood = when seats >= 60 "big" when visited in the last 7 days "keen" otherwise unknown
derived class = when mood is "big" and tier is "pro" "gold" when mood is known "silver" otherwise "none"
"#;

fn with(text: &str) -> World {
    let mut world = world(&format!("{HEAD}{text}"));
    world.contact("ada", &[]);
    world
}

fn entered(world: &World) -> Vec<String> {
    let mut story = world.story("ada");
    story.retain(|line| line.contains("Entered"));
    story
}

/// The number of the value that a field has, from 1; 0 for none.
fn values(world: &World) -> [i64; 2] {
    ["mood", "class"].map(|field| world.read("ada", field))
}

#[test]
fn it_follows_what_it_reads_and_time() {
    let mut world = with("workflow w { enter by hand; reenter never; score += 1 }");
    assert_eq!(values(&world), [0, 3]);
    world.at("2026-03-02 10:00").event("ada", "visited", json!({ "page": "/" })).run();
    assert_eq!(values(&world), [2, 2]);
    world.at("2026-03-03 10:00").identify("ada", &[("seats", "80")]).run();
    assert_eq!(values(&world), [1, 2]);
    world.at("2026-03-04 10:00").identify("ada", &[("tier", "pro")]).run();
    assert_eq!(values(&world), [1, 1]);
    world.at("2026-03-05 10:00").identify("ada", &[("seats", "5")]).run();
    assert_eq!(values(&world), [2, 2]);
    // Seven days after the visit, and nothing else happens.
    world.at("2026-03-09 09:59").run();
    assert_eq!(values(&world), [2, 2]);
    world.at("2026-03-09 10:00").run();
    assert_eq!(values(&world), [0, 3]);
    world.check_invariants();
}

const WATCHING: &str = r#"
workflow changes { enter when mood changes; reenter after 1 minute; score += 1 }
workflow to_keen { enter when mood changes from unknown to "keen"; reenter after 1 minute; score += 1 }
workflow becomes { enter when class is "none" new only; reenter after 1 minute; score += 1 }
workflow waits { goal "Big" when class is "gold" within 30 days; enter when signed_up; reenter after 1 minute; exit when mood is unknown
  wait until mood is "big" up to 20 days, otherwise { exit }
  wait 30 days }
"#;

#[test]
fn entries_waits_goals_and_exits_see_it() {
    for crash in [false, true] {
        let mut world = with(WATCHING);
        world.at("2026-03-02 10:00").event("ada", "visited", json!({ "page": "/" })).run();
        world.at("2026-03-02 11:00").event("ada", "signed_up", json!({})).run();
        if crash {
            world.reopen();
        }
        world.at("2026-03-03 10:00").identify("ada", &[("seats", "80")]).run();
        world.at("2026-03-04 10:00").identify("ada", &[("tier", "pro")]).run();
        assert!(world.story("ada").contains(&"03-04 10:00 waits Converted".to_owned()), "{:?}", world.story("ada"));
        world.at("2026-03-05 10:00").event("ada", "signed_up", json!({})).run();
        world.at("2026-03-05 12:00").identify("ada", &[("seats", "1"), ("tier", "free")]).run();
        if crash {
            world.reopen();
        }
        world.at("2026-03-20 10:00").event("ada", "signed_up", json!({})).run();
        assert_eq!(
            entered(&world),
            [
                "03-02 00:00 becomes Entered",
                "03-02 10:00 changes Entered",
                "03-02 10:00 to_keen Entered",
                "03-02 11:00 waits Entered",
                "03-03 10:00 changes Entered",
                "03-05 12:00 changes Entered",
                "03-09 10:00 changes Entered",
                "03-09 10:00 becomes Entered",
            ],
            "{:?}",
            world.story("ada")
        );
        world.check_invariants();
    }
}

/// A step before may just have changed what it follows from: conditions, texts and subjects go by it as it is now.
#[test]
fn steps_and_texts_ask_it_afresh() {
    let text = r#"
workflow w { enter when signed_up; reenter never
  set seats = 80
  if mood is "big" { score += 1 }
  notify sales "{class} {mood or "nothing"}"
  set tier = "pro"
  choose by class { "gold" { score += 10 } otherwise { score += 100 } }
  set seats = 1
  notify sales "{class} {mood or "nothing"}"
}"#;
    for place in Place::ALL {
        let mut world = World::on(place, program(&format!("{HEAD}{text}")));
        world.contact("ada", &[("email", "ada@x.example")]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        assert_eq!(world.score("ada"), 11, "{:?}", world.story("ada"));
        let rows = world.snapshot().outbox.into_iter().map(|(row, _)| row);
        let notices = rows.filter(|row| row.kind == OutboxKind::Notice).map(|row| row.payload).collect::<String>();
        assert!(notices.contains("silver big") && notices.contains("none nothing"), "{notices}");
        assert_eq!(values(&world), [0, 3]);
    }
}

/// What a workflow's own steps make of it lets nobody into that workflow; others are let in.
#[test]
fn its_own_doing_is_no_entry() {
    let mut world = with(
        r#"
workflow own { enter when signed_up or mood changes; reenter after 1 minute; set seats = 80; score += 1 }
workflow others { enter when mood changes to "big"; reenter never; score += 10 }
"#,
    );
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-04 10:00").run();
    assert_eq!(world.score("ada"), 11, "{:?}", world.story("ada"));
}

/// More of the same instant is to come: that changes nothing of whose doing it was.
#[test]
fn its_own_doing_is_no_entry_in_the_middle_of_an_instant_either() {
    let mut world = with(
        r#"
workflow own { enter when signed_up or mood changes; reenter after 1 minute; set seats = 80; score += 1 }
"#,
    );
    world
        .at("2026-03-02 10:00")
        .event("ada", "signed_up", json!({}))
        .event("ada", "visited", json!({ "page": "/" }))
        .run();
    world.at("2026-03-04 10:00").run();
    assert_eq!(world.score("ada"), 1, "{:?}", world.story("ada"));
}

/// What a file brings of whom nobody knew was so already; of others it is a change, as it is of any field.
#[test]
fn a_file_that_brings_people_changes_it_in_silence() {
    let mut world = with("workflow changes { enter when mood changes; reenter after 1 minute; score += 1 }");
    let rows = ["ben", "ada"].map(|user| world.row(&[&format!("user:{user}")], &[("seats", "80")]));
    world.import(&rows);
    world.at("2026-03-03 10:00").run();
    for (user, points) in [("ben", 0), ("ada", 1)] {
        assert_eq!((world.score(user), world.read(user, "mood")), (points, 1), "{user} {:?}", world.story(user));
    }
}

/// Two who prove to be one: it is worked out from what is known of both, and that is no change.
#[test]
fn of_two_who_are_one_it_is_worked_out_anew() {
    let mut world = with("workflow changes { enter when class changes; reenter after 1 minute; score += 1 }");
    world.at("2026-03-02 10:00").identify("ada", &[("tier", "pro")]).run();
    world.at("2026-03-02 10:01").identify("x", &[("seats", "80")]).only_key("anonymous:x").run();
    assert_eq!(values(&world), [0, 3]);
    world.at("2026-03-03 10:00").identify("ada", &[]).keys(&["anonymous:x"]).run();
    assert_eq!(values(&world), [1, 1], "{:?}", world.story("ada"));
    assert!(!world.story("ada").iter().any(|line| line.starts_with("03-03") && line.contains("Entered")));
    world.check_invariants();
}

/// What a change of the program makes of it was so already, and is so for everybody (E10). Whoever stands in older steps is asked by the new conditions.
#[test]
fn a_new_version_makes_it_anew_and_lets_nobody_in() {
    let workflows = r#"
workflow changes { enter when mood changes; reenter after 1 minute; score += 1 }
workflow stands { enter when signed_up; reenter never; wait 5 days; if mood is "big" { score += 10 } else { score += 100 } }
"#;
    let mut world = world(&format!("{HEAD}{workflows}"));
    world.contact("ada", &[("seats", "50")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    // In another order, with other conditions, and the steps behind the wait are others.
    let next = HEAD.replace(
        r#"when seats >= 60 "big" when visited in the last 7 days "keen""#,
        r#"when visited in the last 7 days "keen" when seats >= 40 "big""#,
    );
    world
        .becomes(&format!("{next}{}", workflows.replace("score += 100", "score += 1000")))
        .at("2026-03-03 10:00")
        .run();
    assert_eq!((values(&world), world.score("ada")), ([2, 2], 0));
    world.at("2026-03-08 10:00").run();
    assert_eq!(world.score("ada"), 10, "{:?}", world.story("ada"));
    world.check_invariants();
}

/// A field that imports filled becomes one that follows from others, and the other way.
#[test]
fn a_field_may_follow_from_others_from_a_version_on() {
    let plain = r#"contact { seats number? ; mood one of "small", "big"? }"#;
    let derived = r#"contact { seats number? }
derived mood = when seats >= 60 "big" otherwise "small""#;
    let workflow = "\nworkflow changes { enter when mood changes; reenter after 1 minute; score += 1 }";
    let mut world = world(&format!("{plain}{workflow}"));
    world.contact("ada", &[("seats", "80"), ("mood", "small")]);
    world.becomes(&format!("{derived}{workflow}")).at("2026-03-03 10:00").run();
    assert_eq!((world.read("ada", "mood"), world.score("ada")), (1, 1));
    world.at("2026-03-04 10:00").identify("ada", &[("seats", "8")]).run();
    assert_eq!((world.read("ada", "mood"), world.score("ada")), (2, 2));
    world.becomes(&format!("{plain}{workflow}")).at("2026-03-05 10:00").run();
    assert_eq!((world.read("ada", "mood"), world.score("ada")), (1, 2));
    world.at("2026-03-06 10:00").identify("ada", &[("mood", "big")]).run();
    assert_eq!((world.read("ada", "mood"), world.score("ada")), (2, 3));
}
