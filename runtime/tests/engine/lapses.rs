//! Whoever is handed over and not answered in time goes to the backup.

use crate::handing::{comes, everywhere, handed};
use crate::support::World;
use flow_runtime::engine::reason::PassedOn;
use serde_json::json;

const DESK: &str = r#"
calendar holidays { 2026-03-09 }
team desk {
  member "ana@acme.example" in "Europe/Berlin" capacity 1 open
  member "bo@acme.example" in "America/New_York"
  backup "lead@acme.example"
  hours weekdays from 09:00 to 18:00
}
workflow w {
  enter when signed_up
  reenter after 1 minute
  handoff to desk {
    note "{score} points"
    task "Call" due in 24 hours
    if not taken within 4 business hours
  }
}
"#;

fn says(world: &mut World, who: &str, what: &str, at: &str) {
    world.at(at).event(who, what, json!({})).run();
}

/// When each of those who went on did so, of somebody.
fn passed_on(world: &World, who: &str) -> Vec<String> {
    world.story(who).into_iter().filter(|line| line.contains("PassedOn")).collect()
}

/// The hours of the team by the clocks of whoever has them: Ana's are those of Berlin, Bo's those of New York. The Monday behind the weekend is a
/// holiday of the project.
#[test]
fn whoever_is_not_answered_in_the_hours_of_the_team_goes_to_the_backup() {
    everywhere(DESK, |world| {
        // It is 14:30 in Berlin on Friday: three and a half hours are left, and half an hour of Tuesday.
        comes(world, "p1", "2026-03-06 13:30");
        // It is nine in New York.
        comes(world, "p2", "2026-03-06 14:00");
        world.reopen();
        world.at("2026-03-12 12:00").run();
        assert_eq!(handed(world), ["ana", "bo", "lead", "lead"]);
        assert_eq!(passed_on(world, "p1"), ["03-10 08:30 w PassedOn s0.1"]);
        assert_eq!(passed_on(world, "p2"), ["03-06 18:00 w PassedOn s0.1"]);
        let told = world.snapshot().handoffs.into_iter().filter(|row| row.member.starts_with("lead"));
        let told: Vec<_> = told.map(|row| (row.note, row.task, row.key.ends_with(".backup"))).collect();
        assert_eq!(told, vec![("0 points".to_owned(), Some("Call".to_owned()), true); 2]);
    });
}

/// Whatever is said before, also at the very instant (E1): then nobody else is asked.
#[test]
fn whoever_is_answered_in_time_stays() {
    for answer in ["taken", "refused", "done"] {
        everywhere(DESK, |world| {
            comes(world, "p1", "2026-03-02 10:00");
            says(world, "p1", answer, "2026-03-02 14:00");
            world.at("2026-03-12 12:00").run();
            assert_eq!(handed(world), ["ana"]);
            assert_eq!(passed_on(world, "p1"), Vec::<String>::new());
        });
    }
}

const ONE: &str = r#"
team desk { member "ana@acme.example" capacity 1 open; backup "lead@acme.example" }
workflow w { enter when signed_up; reenter after 1 minute; handoff to desk { if not taken within 2 hours } }
"#;

/// Whom she has not taken she has no more, and what is said from then on is said of the backup's handoff.
#[test]
fn the_backup_has_whoever_went_on() {
    everywhere(ONE, |world| {
        comes(world, "p1", "2026-03-02 10:00");
        // She has no room. The backup has them already, so they go on to nobody.
        comes(world, "p2", "2026-03-02 10:30");
        comes(world, "p3", "2026-03-02 12:30");
        says(world, "p1", "taken", "2026-03-02 12:45");
        says(world, "p1", "taken", "2026-03-02 12:50");
        world.at("2026-03-05 10:00").run();
        assert_eq!(handed(world), ["ana", "lead", "lead", "ana", "lead"]);
        assert_eq!(passed_on(world, "p1"), ["03-02 12:00 w PassedOn s0.1"]);
        assert_eq!(passed_on(world, "p2"), Vec::<String>::new());
        assert_eq!(passed_on(world, "p3"), ["03-02 14:30 w PassedOn s0.1"]);
        let answers = world.snapshot().answers;
        assert_eq!(answers.iter().map(|row| row.key.ends_with(".backup")).collect::<Vec<_>>(), [true]);
    });
}

/// A later handoff to the team takes the place of the one before, with the time that it has.
#[test]
fn a_later_handoff_has_a_time_of_its_own() {
    everywhere(ONE, |world| {
        comes(world, "p1", "2026-03-02 10:00");
        comes(world, "p1", "2026-03-02 11:30");
        world.at("2026-03-05 10:00").run();
        assert_eq!(handed(world), ["ana", "ana", "lead"]);
        assert_eq!(passed_on(world, "p1"), ["03-02 13:30 w PassedOn s0.1"]);
    });
}

/// The journey has ended, and so may the workflow have: whoever waits for an answer does not wait for ever.
#[test]
fn a_changed_text_strands_nobody() {
    let line = " { if not taken within 2 hours }";
    let without = ONE.replace(line, "");
    let gone = "team desk { member \"ana@acme.example\"; backup \"chief@acme.example\" }\n\
                workflow other { enter when downloaded; reenter never; score += 1 }";
    for changed in [without.as_str(), gone] {
        everywhere(ONE, |world| {
            comes(world, "p1", "2026-03-02 10:00");
            world.becomes(changed);
            world.at("2026-03-02 11:00").event("p9", "visited", json!({ "page": "/" })).run();
            world.becomes(changed);
            world.at("2026-03-05 10:00").run();
            assert_eq!(passed_on(world, "p1"), ["03-02 12:00 w PassedOn s0.1"]);
            assert_eq!(handed(world), ["ana", if changed == gone { "chief" } else { "lead" }]);
        });
    }
    // Without a backup they stay where they are, which is told.
    everywhere(ONE, |world| {
        comes(world, "p1", "2026-03-02 10:00");
        world.becomes("team desk { member \"ana@acme.example\" } workflow w { enter when signed_up; reenter after 1 minute; handoff to desk }");
        world.at("2026-03-05 10:00").run();
        assert_eq!(handed(world), ["ana"]);
        assert_eq!(passed_on(world, "p1"), [format!("03-02 12:00 w PassedOn s0.{}", PassedOn::Nobody.number())]);
    });
}

/// Nobody else is asked to call whom nobody may call.
#[test]
fn whoever_must_not_be_contacted_by_then_goes_to_nobody() {
    everywhere(ONE, |world| {
        comes(world, "p1", "2026-03-02 10:00");
        world.at("2026-03-02 11:00").identify("p1", &[("do_not_contact", "yes")]).run();
        world.at("2026-03-05 10:00").run();
        assert_eq!(handed(world), ["ana"]);
        assert_eq!(passed_on(world, "p1"), [format!("03-02 12:00 w PassedOn s0.{}", PassedOn::DoNotContact.number())]);
    });
}

/// Of two who prove to be one the later handoff goes on, and once.
#[test]
fn two_who_prove_to_be_one_go_on_once() {
    let text = ONE.replace(" capacity 1 open", "");
    everywhere(&text, |world| {
        comes(world, "ada", "2026-03-02 10:00");
        world.at("2026-03-02 10:30").event("device", "signed_up", json!({})).only_key("anonymous:d1").run();
        world.at("2026-03-02 11:00").identify("ada", &[("first_name", "Ada")]).keys(&["anonymous:d1"]).run();
        world.at("2026-03-05 10:00").run();
        assert_eq!(handed(world), ["ana", "ana", "lead"]);
        assert_eq!(passed_on(world, "ada"), ["03-02 12:30 w PassedOn s0.1"]);
    });
}

/// A handoff may name a backup of its own, for whoever has nobody as for whoever is not taken; days of business are those of whoever has them.
#[test]
fn a_handoff_has_a_backup_of_its_own() {
    let text = r#"
team desk { member "ana@acme.example" covers score < 10; backup "lead@acme.example" }
workflow w {
  enter when signed_up
  reenter never
  handoff to desk { backup "chief@acme.example"; if not taken within 1 business day; keep in workflow }
  wait 10 days
  score += 100
}
"#;
    everywhere(text, |world| {
        world.contact("rich", &[("score", "10")]);
        comes(world, "rich", "2026-03-06 09:00");
        comes(world, "p1", "2026-03-06 10:00");
        world.at("2026-03-20 10:00").run();
        assert_eq!(handed(world), ["chief", "ana", "chief"]);
        assert_eq!(passed_on(world, "p1"), ["03-09 10:00 w PassedOn s0.1"]);
        assert_eq!(world.score("p1"), 100);
    });
}

/// Who comes in under a changed text goes to the backup of that one, also where somebody still has the steps of before.
#[test]
fn the_backup_is_that_of_today() {
    let text = |note: &str, backup: &str| {
        let with = format!("note \"{note}\"; backup \"{backup}@acme.example\"; if not taken within 1 hour");
        let desk = "team desk { member \"ana@acme.example\"; backup \"lead@acme.example\" }";
        format!(
            "{desk}\nworkflow w {{ enter when signed_up; reenter never; wait 1 day; handoff to desk {{ {with} }} }}"
        )
    };
    everywhere(&text("old", "own"), |world| {
        comes(world, "p1", "2026-03-02 10:00");
        world.becomes(&text("new", "mine"));
        comes(world, "p2", "2026-03-02 11:00");
        world.at("2026-03-05 10:00").run();
        let backups: Vec<_> =
            world.snapshot().handoffs.into_iter().filter(|row| !row.member.starts_with("ana")).collect();
        assert!(backups.iter().any(|row| row.member.starts_with("mine") && row.note == "new"), "{backups:?}");
    });
}
