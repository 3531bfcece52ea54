//! What a team says of people who were handed to it.

use crate::support::{Place, World, program};
use flow_ir::Answer;
use flow_runtime::engine::counter;
use serde_json::json;

const HANDED: &str = r#"
workflow w {
  enter when signed_up
  reenter never
  handoff to sales { keep in workflow }
  wait until taken or refused up to 2 days, otherwise {
    score += 100
    exit
  }
  if refused(reason contains "budget") { score += 7 } else { score += 1 }
  wait until done up to 5 days
  if timed out { score += 200 } else { score += 20 }
}
workflow given_up { enter when refused; reenter after 1 minute; score += 1000 }
"#;

/// A handoff at ten.
fn everywhere(see: impl Fn(&mut World)) {
    for place in Place::ALL {
        let mut world = World::on(place, program(HANDED));
        world.contact("ada", &[]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        see(&mut world);
    }
}

/// The answers that the store keeps: of which handoff, what, why, at which minute behind ten.
fn kept(world: &World) -> Vec<(String, Answer, String, i64)> {
    let first = crate::support::at("2026-03-02 10:00");
    let answers = world.snapshot().answers;
    answers.into_iter().map(|row| (row.key, row.answer, row.reason, (row.at - first) / 60_000)).collect()
}

#[test]
fn a_wait_ends_by_an_answer_and_by_its_deadline() {
    everywhere(|world| {
        world.at("2026-03-02 12:00").event("ada", "taken", json!({})).run();
        assert_eq!(world.score("ada"), 1);
        world.at("2026-03-03 09:00").event("ada", "Done", json!({"member": "BO@acme.example", "team": "Sales"})).run();
        assert_eq!(world.score("ada"), 21);
        let key = || "c1.w.1.s0.v0".to_owned();
        assert_eq!(
            kept(world),
            [(key(), Answer::Taken, String::new(), 120), (key(), Answer::Done, String::new(), 23 * 60)]
        );
        let story = world.story("ada");
        for line in ["03-02 12:00 w Answered s0.1", "03-03 09:00 w Answered s0.3"] {
            assert!(story.contains(&line.to_owned()), "{story:?}");
        }
        assert_eq!(world.counter(counter::ANSWERS_TO_NO_HANDOFF), 0);
    });
    everywhere(|world| {
        world.at("2026-03-04 10:00").run();
        assert_eq!(world.score("ada"), 100);
        // It is over, and what sales say is recorded all the same: and lets others in.
        world.at("2026-03-04 11:00").event("ada", "refused", json!({"reason": "no budget"})).run();
        assert_eq!(world.score("ada"), 1100);
        assert_eq!(kept(world).len(), 1);
    });
}

/// A button that is pressed twice, a line that comes again under another id.
#[test]
fn the_same_answer_again_changes_nothing() {
    everywhere(|world| {
        for time in ["2026-03-02 12:00", "2026-03-02 12:10", "2026-03-02 12:20"] {
            world.at(time).event("ada", "refused", json!({"reason": " No\nbudget "})).run();
            world.reopen();
        }
        assert_eq!(world.score("ada"), 1007);
        assert_eq!(kept(world), [("c1.w.1.s0.v0".to_owned(), Answer::Refused, "No budget".to_owned(), 120)]);
        assert_eq!(world.counter(counter::ANSWERS_TO_NO_HANDOFF), 2);
    });
}

/// Done before taken, and taken after refused: each is said once, and all of it is kept.
#[test]
fn answers_in_another_order_lead_to_the_same() {
    for order in [["taken", "refused", "done"], ["done", "taken", "refused"], ["refused", "done", "taken"]] {
        everywhere(|world| {
            for (minute, answer) in order.into_iter().enumerate() {
                world.at(&format!("2026-03-02 11:0{minute}")).event("ada", answer, json!({})).run();
            }
            let said: Vec<Answer> = kept(world).into_iter().map(|(_, answer, ..)| answer).collect();
            assert_eq!(said, Answer::ALL);
            assert_eq!(world.counter(counter::ANSWERS_TO_NO_HANDOFF), 0);
        });
    }
}

/// Of nobody who was handed over, of another team or member, and from before the handoff. What is said of somebody is nothing that they did.
#[test]
fn an_answer_without_its_handoff_counts_for_nothing() {
    let text = "workflow w { enter when signed_up; reenter never; handoff to sales { keep in workflow }; wait 5 days; if inactive for 1 day { score += 3 } }\n\
                workflow given_up { enter when refused or taken or done; reenter after 1 minute; score += 1000 }";
    for place in Place::ALL {
        let mut world = World::on(place, program(text));
        world.contact("ada", &[]);
        world.at("2026-03-02 09:00").event("ada", "taken", json!({})).run();
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        world.at("2026-03-02 11:00").event("ada", "taken", json!({"team": "far"})).run();
        world.at("2026-03-02 11:01").event("ada", "taken", json!({"team": "nobody"})).run();
        world.at("2026-03-02 11:02").event("ada", "refused", json!({"member": "ana@acme.example"})).run();
        let early = crate::support::at("2026-03-02 08:59");
        world.at("2026-03-02 11:03").event_of("ada", "done", json!({}), early).run();
        assert_eq!((world.score("ada"), kept(&world).len()), (0, 0));
        assert_eq!(world.counter(counter::ANSWERS_TO_NO_HANDOFF), 5);
        // By a clock that is a little behind it is meant.
        let behind = crate::support::at("2026-03-02 09:30");
        world.at("2026-03-07 09:00").event_of("ada", "done", json!({}), behind).run();
        assert_eq!(world.score("ada"), 1000);
        world.at("2026-03-07 10:00").run();
        assert_eq!(world.score("ada"), 1003);
    }
}

/// The latest that nobody has answered; a team that is named is meant, whichever was later. One to the same team again takes the place of the first.
#[test]
fn an_answer_is_about_the_latest_open_handoff_unless_it_names_another() {
    let text = "workflow w { enter when signed_up; reenter after 1 minute; handoff to sales { keep in workflow }; wait 1 hour; handoff to far { keep in workflow } }";
    for place in Place::ALL {
        let mut world = World::on(place, program(text));
        world.contact("ada", &[("region", "APAC")]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        world.at("2026-03-02 12:00").event("ada", "taken", json!({})).run();
        world.at("2026-03-02 12:10").event("ada", "taken", json!({})).run();
        world.at("2026-03-02 12:20").event("ada", "done", json!({"team": "far"})).run();
        world.at("2026-03-02 12:30").event("ada", "done", json!({"member": "bo@acme.example"})).run();
        let of = |key: &str, answer, minute| (key.to_owned(), answer, String::new(), minute);
        assert_eq!(
            kept(&world),
            [
                of("c1.w.1.s0.v0", Answer::Taken, 130),
                of("c1.w.1.s0.v0", Answer::Done, 150),
                of("c1.w.1.s2.v1", Answer::Taken, 120),
                of("c1.w.1.s2.v1", Answer::Done, 140)
            ]
        );
        world.at("2026-03-03 10:00").event("ada", "signed_up", json!({})).run();
        world.at("2026-03-03 10:30").event("ada", "refused", json!({})).run();
        assert_eq!(kept(&world).last().map(|row| row.0.clone()), Some("c1.w.2.s0.v0".to_owned()));
    }
}

/// Two who prove to be one have the later of their handoffs, by its own key.
#[test]
fn of_two_who_are_one_the_later_handoff_is_answered() {
    for place in Place::ALL {
        let mut world = World::on(place, program(HANDED));
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        world.at("2026-03-02 10:30").event("ada", "signed_up", json!({})).only_key("anonymous:d1").run();
        world.at("2026-03-02 11:00").identify("ada", &[("first_name", "Ada")]).keys(&["anonymous:d1"]).run();
        world.at("2026-03-02 12:00").event("ada", "taken", json!({})).run();
        assert_eq!(kept(&world), [("c2.w.1.s0.v0".to_owned(), Answer::Taken, String::new(), 120)]);
        assert_eq!(world.score("ada"), 1);
    }
}

/// What was done is nothing that a new version asks anew, and a handoff by older steps is answered as well.
#[test]
fn a_handoff_of_an_earlier_version_is_answered() {
    everywhere(|world| {
        let newer =
            HANDED.replace("enter when signed_up", "enter when requested_demo").replace("score += 20 ", "score += 30 ");
        world.becomes(&newer);
        world.at("2026-03-02 12:00").event("ada", "taken", json!({})).run();
        assert_eq!((world.score("ada"), kept(world).len()), (1, 1));
    });
}

/// Whoever was handed to a team is with it, whatever steps and teams a new version has.
#[test]
fn a_handoff_is_answered_where_no_step_hands_over_any_more() {
    let without = HANDED.replace("  handoff to sales { keep in workflow }\n", "  score += 0\n");
    let elsewhere = HANDED.replace("to sales", "to far");
    let gone = "workflow given_up { enter when refused; reenter after 1 minute; score += 1000 }";
    for newer in [&without, &elsewhere, gone] {
        for (answer, score) in [("taken", 1), ("refused", 1001)] {
            everywhere(|world| {
                world.becomes(newer).reopen();
                // Once more, as each start does.
                world.becomes(&format!("{newer}\nworkflow later {{ enter by hand; reenter never; score += 1 }}"));
                world.at("2026-03-02 12:00").event("ada", answer, json!({})).run();
                assert_eq!((world.score("ada"), kept(world).len()), (score, 1), "{newer}");
                assert_eq!(world.counter(counter::ANSWERS_TO_NO_HANDOFF), 0);
            });
        }
    }
}

/// Data writes names in any style.
#[test]
fn a_team_and_a_member_are_known_however_they_are_written() {
    for said in [
        json!({"team": " SALES "}),
        json!({"member": "Bo <bo@acme.example>"}),
        json!({"member": "mailto:Bo@acme.example"}),
    ] {
        everywhere(|world| {
            world.at("2026-03-02 12:00").event("ada", "taken", said.clone()).run();
            assert_eq!(kept(world).len(), 1, "{said}");
        });
    }
}
