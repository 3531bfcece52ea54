//! `on goal` and `on exit`: what is done for somebody at the end of their journey.

use crate::support::{Place, World, program, world};
use serde_json::json;

const ENDS: &str = r#"
tags won, away, later
workflow w {
  goal "Demo" when requested_demo within 30 days
  enter when signed_up
  reenter after 1 day
  exit when disqualified
  on goal { score += 10; tag won; start follow_up }
  on exit { if clicked hello { tag later; start follow_up } else { tag away } }
  send hello
  wait 5 days
  if score > 50 { exit as converted }
  if score > 20 { exit }
}
workflow follow_up { enter by hand; reenter never; advance stage to sql }
"#;

/// Ada, who has come in on 2 March at 10:00.
fn came_in(mut world: World, words: &[(&str, &str)]) -> World {
    world.contact("ada", words);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
}

fn everywhere(text: &str, words: &[(&str, &str)], see: impl Fn(&mut World)) {
    for place in Place::ALL {
        see(&mut came_in(World::on(place, program(text)), words));
    }
}

fn tags(world: &World) -> [i64; 3] {
    ["won", "away", "later"].map(|tag| world.read("ada", &format!("tagged {tag}")))
}

#[test]
fn whose_goal_is_met_is_done_what_stands_in_on_goal_and_nothing_else() {
    everywhere(ENDS, &[], |world| {
        world.at("2026-03-03 09:00").event("ada", "requested_demo", json!({})).run();
        assert_eq!((world.score("ada"), tags(world)), (10, [1, 0, 0]));
        let decisions = world.decisions("ada");
        for decision in ["03-03 09:00 w Converted", "03-03 09:00 w Stepped.10"] {
            assert!(decisions.contains(&decision.to_owned()), "{decisions:?}");
        }
        // Nobody is done it for a second time.
        world.reopen().at("2026-03-20").event("ada", "requested_demo", json!({})).run();
        assert!(world.story("ada").contains(&"03-03 09:00 follow_up Entered.1".to_owned()), "{:?}", world.story("ada"));
        assert_eq!(world.score("ada"), 10);
    });
}

#[test]
fn whom_an_exit_lets_out_is_done_what_stands_in_on_exit() {
    everywhere(ENDS, &[], |world| {
        world.at("2026-03-03 09:00").identify("ada", &[("disqualified", "yes")]).run();
        assert_eq!((world.score("ada"), tags(world)), (0, [0, 1, 0]));
        assert!(world.decisions("ada").contains(&"03-03 09:00 w Stepped.11".to_owned()));
        // A goal that is met afterwards counts, and has no end to do anything at.
        world.at("2026-03-04 09:00").event("ada", "requested_demo", json!({})).run();
        assert_eq!((world.score("ada"), tags(world)), (0, [0, 1, 0]));
        assert!(world.story("ada").contains(&"03-04 09:00 w Attributed".to_owned()));
    });
}

#[test]
fn a_step_that_ends_a_journey_ends_it_so_too() {
    everywhere(ENDS, &[("score", "60")], |world| {
        world.at("2026-03-07 10:00").run();
        assert_eq!((world.score("ada"), tags(world)), (70, [1, 0, 0]));
    });
    everywhere(ENDS, &[("score", "30")], |world| {
        world.at("2026-03-07 10:00").run();
        assert_eq!((world.score("ada"), tags(world)), (30, [0, 1, 0]));
    });
    // The end of the steps is none of both.
    everywhere(ENDS, &[], |world| {
        world.at("2026-03-07 10:00").run();
        assert_eq!((world.score("ada"), tags(world)), (0, [0, 0, 0]));
    });
}

#[test]
fn who_is_stopped_is_not_done_it() {
    let text = format!("{ENDS}workflow all_off {{ enter when downloaded; reenter never; stop w }}");
    everywhere(&text, &[], |world| {
        world.at("2026-03-03 09:00").event("ada", "downloaded", json!({ "asset": "x" })).run();
        assert!(world.story("ada").iter().any(|line| line.contains("w Stopped")));
        assert_eq!((world.score("ada"), tags(world)), (0, [0, 0, 0]));
    });
}

#[test]
fn what_they_have_clicked_in_the_journey_is_known_at_its_end() {
    everywhere(ENDS, &[], |world| {
        world
            .at("2026-03-03 08:00")
            .event("ada", "Email Link Clicked", json!({ "email_id": "hello", "link_id": "more" }))
            .run();
        world.at("2026-03-03 09:00").identify("ada", &[("disqualified", "yes")]).run();
        assert_eq!(tags(world), [0, 0, 1]);
    });
}

/// Before a step that lets something out goal and exit are asked once more (E5): what an earlier step of the same instant has made true ends it there.
#[test]
fn an_end_in_the_middle_of_the_steps_is_one_too() {
    let text = r#"
workflow w {
  enter when signed_up
  reenter never
  exit when score >= 5
  on exit { score += 100 }
  score += 5
  send hello
}
"#;
    everywhere(text, &[], |world| {
        assert_eq!(world.score("ada"), 105);
        assert!(world.sent().is_empty());
    });
}

/// All who leave and go on at one instant are judged on one picture, and then do their steps in their order (E1).
#[test]
fn what_an_end_does_changes_nothing_that_was_judged_at_its_instant() {
    let text = r#"
workflow a {
  enter when signed_up
  reenter never
  exit when requested_demo
  on exit { set disqualified = yes }
  wait 9 days
}
workflow b {
  enter when signed_up
  reenter never
  exit when disqualified
  wait until requested_demo up to 9 days
  score += 7
  wait 1 day
  score += 100
}
"#;
    everywhere(text, &[], |world| {
        world.at("2026-03-03 09:00").event("ada", "requested_demo", json!({})).run();
        assert_eq!(world.score("ada"), 7, "its wait was over by what was true at the instant");
        assert!(world.story("ada").contains(&"03-03 09:00 b ExitedWhen s0".to_owned()), "{:?}", world.story("ada"));
        world.at("2026-03-09").run();
        assert_eq!(world.score("ada"), 7);
    });
}

/// Goals and exits reach everybody at once, and so does what is done at them (E10).
#[test]
fn a_new_version_decides_for_those_who_are_in_it_already() {
    let older = ENDS.replace("on goal { score += 10; tag won; start follow_up }", "on goal { score += 1 }");
    let newer = ENDS.replace("wait 5 days", "wait 6 days");
    for place in Place::ALL {
        let mut world = came_in(World::on(place, program(&older)), &[]);
        world.becomes(&newer).at("2026-03-03 09:00").event("ada", "requested_demo", json!({})).run();
        assert_eq!((world.score("ada"), tags(&world)), (10, [1, 0, 0]));
    }
    // One without it does nothing; one that is taken away leaves those in it what it said.
    let none = ENDS.replace("on goal { score += 10; tag won; start follow_up }", "");
    let mut without = came_in(world(ENDS), &[]);
    without.becomes(&none).at("2026-03-03 09:00").event("ada", "requested_demo", json!({})).run();
    assert_eq!((without.score("ada"), tags(&without)), (0, [0, 0, 0]));
    let head = "tags won, away, later\nworkflow follow_up { enter by hand; reenter never; advance stage to sql }";
    let mut gone = came_in(world(ENDS), &[]);
    gone.becomes(head).becomes(&format!("{head}\nworkflow x {{ enter by hand; reenter never; score += 1 }}"));
    gone.at("2026-03-03 09:00").event("ada", "requested_demo", json!({})).run();
    assert_eq!((gone.score("ada"), tags(&gone)), (10, [1, 0, 0]));
}

/// A mail that waits is withdrawn at the end, and one that a channel has in its hands still gets its answer.
#[test]
fn messages_that_wait_are_withdrawn_as_at_any_end() {
    let held = ENDS.replace("reenter after 1 day", "reenter after 1 day; send on friday in contact timezone");
    everywhere(&held, &[], |world| {
        world.at("2026-03-03 09:00").event("ada", "requested_demo", json!({})).run();
        world.at("2026-03-10").run();
        assert_eq!((world.score("ada"), tags(world)), (10, [1, 0, 0]));
        assert!(world.sent().is_empty());
        assert!(world.story("ada").contains(&"03-03 09:00 w Withheld s0.8".to_owned()), "{:?}", world.story("ada"));
    });
}

/// The next journey may begin before the steps of others, and what it was let in by is not what the journey before it was.
#[test]
fn what_is_done_at_an_end_comes_before_the_next_journey_begins() {
    const ASSETS: &str = r#"
tags first, second
workflow w {
  goal "Again" when downloaded
  enter when downloaded
  reenter always
  pauses nurture
  on goal { score += 10; if trigger.asset is "paper" { tag first } else { tag second } }
  wait 2 days
}
workflow other { group nurture; enter by hand; reenter never; wait 1 day }
"#;
    for text in [ASSETS.to_owned(), ASSETS.replace("  pauses nurture\n", "")] {
        for goal in ["downloaded", "downloaded within 30 days"] {
            let mut world = world(&text.replace("when downloaded\n  enter", &format!("when {goal}\n  enter")));
            world.contact("ada", &[]);
            for (at, asset) in [("2026-03-02 10:00", "paper"), ("2026-03-02 11:00", "guide"), ("2026-03-02 12:00", "x")]
            {
                world.at(at).event("ada", "downloaded", json!({"asset": asset})).run();
            }
            let tags = ["first", "second"].map(|tag| world.read("ada", &format!("tagged {tag}")));
            assert_eq!((world.score("ada"), tags), (20, [1, 1]), "{goal}: {:?}", world.story("ada"));
        }
    }
}
