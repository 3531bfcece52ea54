//! Whose somebody of a team is: they stay with whoever has had them, and a handoff stops what it names.

use crate::handing::{comes, everywhere, handed};
use crate::support::World;
use serde_json::json;

const DESK: &str = r#"
team desk {
  member "ana@acme.example" capacity 1 a day away 2026-03-10 to 2026-03-11
  member "bo@acme.example"
  backup "lead@acme.example"
}
workflow w { enter when signed_up; reenter after 1 minute; handoff to desk }
workflow anew { enter when downloaded; reenter after 1 minute; handoff to desk { reassign } }
"#;

fn is_told(world: &World, who: &str, line: &str) -> bool {
    world.story(who).contains(&line.to_owned())
}

/// Neither whose turn it is nor how much room they have is asked, and nobody's turn passes.
#[test]
fn whoever_has_had_them_keeps_them() {
    everywhere(DESK, |world| {
        for (who, time) in [("p1", "10:00"), ("p1", "10:02"), ("p1", "10:04"), ("p2", "10:06"), ("p2", "10:08")] {
            comes(world, who, &format!("2026-03-02 {time}"));
            world.reopen();
        }
        assert_eq!(handed(world), ["ana", "ana", "ana", "bo", "bo"]);
        assert!(is_told(world, "p1", "03-02 10:00 w HandedOff s0.1"));
        assert!(is_told(world, "p1", "03-02 10:04 w HandedOff s0.7"));
        // She has had her one of the day, and more: whoever is new goes to him.
        comes(world, "p3", "2026-03-02 11:00");
        assert_eq!(handed(world)[5..], ["bo"]);
    });
}

/// Who stands in for somebody does not have them.
#[test]
fn whoever_is_away_has_them_again_when_they_are_back() {
    everywhere(DESK, |world| {
        comes(world, "p1", "2026-03-02 10:00");
        comes(world, "p1", "2026-03-10 00:00");
        comes(world, "p1", "2026-03-11 23:59");
        comes(world, "p1", "2026-03-12 00:01");
        assert_eq!(handed(world), ["ana", "bo", "bo", "ana"]);
        assert!(is_told(world, "p1", "03-10 00:00 w HandedOff s0.8"));
        assert!(is_told(world, "p1", "03-12 00:01 w HandedOff s0.7"));
    });
}

#[test]
fn a_handoff_that_reassigns_goes_to_whose_turn_it_is_who_has_them_from_then_on() {
    everywhere(DESK, |world| {
        comes(world, "p1", "2026-03-02 10:00");
        world.at("2026-03-02 11:00").event("p1", "downloaded", json!({ "asset": "guide" })).run();
        comes(world, "p1", "2026-03-03 10:00");
        assert_eq!(handed(world), ["ana", "bo", "bo"]);
        assert!(is_told(world, "p1", "03-02 11:00 anew HandedOff s0.1"));
        assert!(is_told(world, "p1", "03-03 10:00 w HandedOff s0.7"));
    });
}

/// Whoever has left the team has nobody; by another order of its members nothing changes.
#[test]
fn a_team_that_changes_keeps_whoever_is_still_on_it() {
    let line = |name: &str| format!("member \"{name}@acme.example\"");
    let team = |lines: &str| {
        format!(
            "team desk {{ {lines} }} workflow w {{ enter when signed_up; reenter after 1 minute; handoff to desk }}"
        )
    };
    let both = team(&[line("ana"), line("bo")].join("; "));
    everywhere(&both, |world| {
        comes(world, "p1", "2026-03-02 10:00");
        world.becomes(&team(&[line("bo"), line("cy"), line("ana")].join("; ")));
        comes(world, "p1", "2026-03-02 11:00");
        world.becomes(&team(&[line("bo"), line("cy")].join("; ")));
        comes(world, "p1", "2026-03-02 12:00");
        world.becomes(&both);
        comes(world, "p1", "2026-03-02 13:00");
        assert_eq!(handed(world)[..2], ["ana", "ana"]);
        assert_ne!(handed(world)[2], "ana");
        assert!(is_told(world, "p1", "03-02 12:00 w HandedOff s0.1"));
    });
}

/// A backup has nobody: the next time it is asked again whose turn it is.
#[test]
fn a_backup_has_nobody() {
    let text = "team desk { member \"ana@acme.example\" away 2026-03-02; backup \"lead@acme.example\" }\n\
                workflow w { enter when signed_up; reenter after 1 minute; handoff to desk }";
    everywhere(text, |world| {
        comes(world, "p1", "2026-03-02 10:00");
        comes(world, "p1", "2026-03-03 10:00");
        comes(world, "p1", "2026-03-03 11:00");
        assert_eq!(handed(world), ["lead", "ana", "ana"]);
        assert!(is_told(world, "p1", "03-03 10:00 w HandedOff s0.1"));
        assert!(is_told(world, "p1", "03-03 11:00 w HandedOff s0.7"));
    });
}

/// The older's stays (E11), whichever of them goes on.
#[test]
fn of_two_who_prove_to_be_one_the_owner_of_the_older_stays() {
    let text = DESK.replace(" capacity 1 a day away 2026-03-10 to 2026-03-11", "");
    for device_first in [true, false] {
        everywhere(&text, |world| {
            let device = |world: &mut World, at: &str| {
                world.at(at).event("device", "signed_up", json!({})).only_key("anonymous:d1").run();
            };
            match device_first {
                true => {
                    device(world, "2026-03-02 10:00");
                    comes(world, "ada", "2026-03-02 11:00");
                }
                false => {
                    comes(world, "ada", "2026-03-02 10:00");
                    device(world, "2026-03-02 11:00");
                }
            }
            world.at("2026-03-02 12:00").identify("ada", &[("first_name", "Ada")]).keys(&["anonymous:d1"]).run();
            comes(world, "ada", "2026-03-02 13:00");
            assert_eq!(handed(world), ["ana", "bo", "ana"]);
        });
    }
}

const STOPS: &str = r#"
team desk { member "ana@acme.example" covers score >= 10 }
workflow guide { group nurture; enter when signed_up; reenter never; wait 5 days; score += 100 }
workflow news { group nurture; enter when signed_up; reenter never; wait 6 days; score += 200 }
workflow other { enter when signed_up; reenter never; wait 7 days; score += 400 }
workflow third { enter when signed_up; reenter never; wait 8 days; score += 800 }
workflow w { enter when downloaded; reenter never; handoff to desk { stop nurture; stop other } }
"#;

/// The groups that a handoff names are stopped with it, and where nobody takes somebody they are not.
#[test]
fn a_handoff_stops_what_it_names_where_somebody_takes_the_contact() {
    everywhere(STOPS, |world| {
        world.contact("ada", &[("score", "10")]).contact("ben", &[]);
        for who in ["ada", "ben"] {
            comes(world, who, "2026-03-02 10:00");
            world.at("2026-03-03 10:00").event(who, "downloaded", json!({ "asset": "guide" })).run();
        }
        world.at("2026-03-20 10:00").run();
        assert_eq!(handed(world), ["ana"]);
        assert_eq!((world.score("ada"), world.score("ben")), (810, 1_500));
        assert!(is_told(world, "ben", "03-03 10:00 w HandedOff s0.3"));
    });
}
