//! Steps that set texts: seen by the next step, kept by the stores, and nobody's entry by their own doing.

use crate::support::{Place, World, at, program};
use serde_json::json;

const HEAD: &str = "contact { track text?; nickname text? }\nevent ordered { product text; coupon text? }\n";

fn everywhere(text: &str, words: &[(&str, &str)], see: impl Fn(&mut World)) {
    for place in Place::ALL {
        let mut world = World::on(place, program(&format!("{HEAD}{text}")));
        world.contact("ada", words);
        world.at("2026-03-02 10:00").event("ada", "ordered", json!({ "product": "Red Shoes" })).run();
        see(&mut world);
    }
}

#[test]
fn the_next_step_asks_what_was_set_and_stores_keep_it() {
    let text = r#"workflow w {
  enter when ordered
  reenter never
  set track = "Enterprise"
  if track is "enterprise" { score += 1 }
  if track contains "prise" { score += 10 }
  set track = trigger.product
  if track is "enterprise" or track contains "prise" { score += 100 }
  set nickname = trigger.coupon or "none"
  send hello
  wait 1 day
  if track is "red shoes" and nickname is "none" { score += 1000 }
}"#;
    everywhere(text, &[("nickname", "Addy")], |world| {
        assert_eq!(world.score("ada"), 11);
        assert_eq!(world.text("ada", "track").as_deref(), Some("Red Shoes"));
        assert_eq!(world.text("ada", "nickname").as_deref(), Some("none"));
        world.reopen().at("2026-03-03 10:00").run();
        assert_eq!(world.score("ada"), 1011);
    });
}

#[test]
fn others_see_it_at_the_same_instant_and_the_workflow_itself_is_not_entered_by_it() {
    let text = r#"
segment big = track contains "enter"
workflow w { enter when ordered or track changes; reenter always; score += 1; set track = "enterprise" }
workflow own { enter when nickname is "x" or nickname contains "y" new only; reenter after 1 minute; set nickname = "y"; score += 10000 }
workflow others { enter when track changes to "enterprise"; reenter never; score += 10; set nickname = "xy" }
workflow becomes { enter when track is "enterprise" new only; reenter never; score += 100 }
workflow crossed { enter when entered big; reenter never; score += 1000 }
"#;
    everywhere(text, &[], |world| {
        // `own` comes in by what `others` has set.
        assert_eq!(world.score("ada"), 11_111, "{:?}", world.story("ada"));
        world.at("2026-03-03 10:00").run();
        assert_eq!(world.score("ada"), 11_111);
    });
}

/// What is said later counts (E11): a step says it at its instant.
#[test]
fn an_older_row_does_not_take_it_back_and_a_later_event_does() {
    let text = "workflow w { enter when ordered; reenter never; set track = \"set\" }";
    everywhere(text, &[("track", "old")], |world| {
        let mut older = world.row(&["user:ada"], &[("track", "older")]);
        older.changed_at = Some(at("2026-03-01 10:00"));
        world.at("2026-03-02 12:00").import(&[older]);
        assert_eq!(world.text("ada", "track").as_deref(), Some("set"));
        world.at("2026-03-03 10:00").identify("ada", &[("track", "later")]).run();
        assert_eq!(world.text("ada", "track").as_deref(), Some("later"));
    });
}

/// A journey that began before goes on setting it by the steps it began with (E10).
#[test]
fn older_steps_still_set_it() {
    let text = "workflow w { enter when ordered; reenter never; wait 1 day; set track = \"older\" }";
    everywhere(text, &[], |world| {
        let newer =
            "workflow w { enter when ordered; reenter never; wait 1 day; set nickname = \"newer\"; score += 1 }";
        let first = "workflow a { enter when ordered; reenter never; if track is \"x\" { score += 5 } }";
        world.becomes(&format!("{HEAD}{first}\n{newer}")).at("2026-03-04 10:00").run();
        assert_eq!(world.text("ada", "track").as_deref(), Some("older"));
        assert_eq!(world.text("ada", "nickname"), None);
    });
}
