//! How many the members of a team take, and when they are away.

use crate::handing::{comes, everywhere, handed};
use serde_json::json;

const DESK: &str = r#"
team desk {
  member "ana@acme.example" capacity 2 open
  member "bo@acme.example" capacity 1 a day
  backup "lead@acme.example"
  assign round robin
}
workflow w { enter when signed_up; reenter after 1 minute; handoff to desk }
"#;

#[test]
fn whoever_is_full_is_passed_over_until_somebody_is_answered_or_the_day_is_over() {
    everywhere(DESK, |world| {
        for (who, minute) in [("p1", "00"), ("p2", "01"), ("p3", "02"), ("p4", "03")] {
            comes(world, who, &format!("2026-03-02 10:{minute}"));
        }
        // Ana has two, and Bo has had his one.
        assert_eq!(handed(world), ["ana", "bo", "ana", "lead"]);
        assert!(world.story("p4").contains(&"03-02 10:03 w HandedOff s0.5".to_owned()));
        world.at("2026-03-02 12:00").event("p1", "taken", json!({})).run();
        world.reopen();
        comes(world, "p5", "2026-03-02 13:00");
        comes(world, "p6", "2026-03-02 23:59");
        comes(world, "p7", "2026-03-03 00:00");
        comes(world, "p8", "2026-03-03 00:01");
        assert_eq!(handed(world)[4..], ["ana", "lead", "bo", "lead"]);
        // A second answer about the same person makes no more room; one about a third does, whatever it is.
        world.at("2026-03-03 09:00").event("p1", "done", json!({})).run();
        comes(world, "p9", "2026-03-03 09:01");
        world.at("2026-03-03 09:02").event("p3", "refused", json!({})).run();
        comes(world, "p10", "2026-03-03 09:03");
        assert_eq!(handed(world)[8..], ["lead", "ana"]);
    });
}

/// Both days are whole, by the clocks of the project.
#[test]
fn whoever_is_away_is_passed_over_and_back_in_turn() {
    let text = "team desk { member \"ana@acme.example\" away 2026-03-03 to 2026-03-04, 2026-03-09; member \"bo@acme.example\" away 2026-03-09 }\n\
                workflow w { enter when signed_up; reenter never; notify desk \"somebody\"; handoff to desk; score += 7 }";
    everywhere(text, |world| {
        let days = ["02 23:59", "03 00:00", "03 12:00", "04 23:59", "05 00:00", "05 00:01", "09 10:00"];
        for (nth, day) in days.into_iter().enumerate() {
            comes(world, &format!("p{nth}"), &format!("2026-03-{day}"));
        }
        assert_eq!(handed(world), ["ana", "bo", "bo", "bo", "ana", "bo"]);
        let is_told = |who: &str, line: &str| world.story(who).contains(&line.to_owned());
        assert!(is_told("p6", "03-09 10:00 w Notified s0.4") && is_told("p6", "03-09 10:00 w HandedOff s1.6"));
        assert!(is_told("p1", "03-03 00:00 w Notified s0.2"));
        // Whom nobody takes goes on.
        assert_eq!((world.score("p6"), world.score("p5")), (7, 0));
    });
}

const ONE: &str = r#"
team desk { member "ana@acme.example" capacity 2 open; backup "lead@acme.example" }
workflow w { enter when signed_up; reenter after 1 minute; handoff to desk }
"#;

/// Of one person a team has one handoff.
#[test]
fn whoever_comes_again_is_one_and_so_are_two_who_prove_to_be_one() {
    everywhere(ONE, |world| {
        comes(world, "ada", "2026-03-02 10:00");
        comes(world, "ada", "2026-03-02 11:00");
        world.at("2026-03-02 12:00").event("ben", "signed_up", json!({})).only_key("anonymous:d1").run();
        comes(world, "cy", "2026-03-02 13:00");
        assert_eq!(handed(world), ["ana", "ana", "ana", "lead"]);
        world.at("2026-03-02 14:00").identify("ada", &[("first_name", "Ada")]).keys(&["anonymous:d1"]).run();
        comes(world, "dee", "2026-03-02 15:00");
        comes(world, "eve", "2026-03-02 16:00");
        assert_eq!(handed(world)[4..], ["ana", "lead"]);
    });
}

/// What is open was counted before anybody asked for it.
#[test]
fn a_capacity_that_comes_later_knows_who_is_open() {
    let without = ONE.replace(" capacity 2 open", "");
    everywhere(&without, |world| {
        for (who, time) in [("p1", "10:00"), ("p2", "10:01"), ("p3", "10:02")] {
            comes(world, who, &format!("2026-03-02 {time}"));
        }
        world.at("2026-03-02 11:00").event("p1", "done", json!({})).run();
        world.becomes(ONE);
        comes(world, "p4", "2026-03-02 12:00");
        world.at("2026-03-02 13:00").event("p2", "taken", json!({})).run();
        comes(world, "p5", "2026-03-02 14:00");
        assert_eq!(handed(world), ["ana", "ana", "ana", "lead", "ana"]);
    });
}
