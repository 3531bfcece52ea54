//! `holdout 50%`: some go through a workflow of which nothing is left on them but the journey.

use crate::support::{Place, World, program, world};
use flow_runtime::store::OutboxKind;
use serde_json::json;
use std::collections::BTreeSet;

const MONDAY: &str = "2026-03-02 10:00";
const TAGS: &str = "tags vip";

/// Forty people, of whom about half are held out by a share of 50%.
fn names() -> Vec<String> {
    (0..40).map(|nth| format!("p{nth}")).collect()
}

/// All of them sign up on Monday.
fn signed_up(place: Place, text: &str) -> World {
    let mut world = World::on(place, program(text));
    for name in names() {
        world.contact(&name, &[]);
    }
    world.at(MONDAY);
    for name in names() {
        world.event(&name, "signed_up", json!({}));
    }
    world.run();
    world
}

/// Those of whom some decision is told: `w HeldOut.1`.
fn of_whom(world: &World, what: &str) -> BTreeSet<String> {
    names().into_iter().filter(|name| world.story(name).iter().any(|line| line.contains(what))).collect()
}

/// One who is held out of the workflow `w`, and one who is not.
fn one_of_each(world: &World) -> (String, String) {
    let out = of_whom(world, " w HeldOut");
    let is_in = names().into_iter().find(|name| !out.contains(name)).unwrap();
    (out.into_iter().next().unwrap(), is_in)
}

/// So of a step that tells one's own people something, sets a text or moves the stage back, and of what is done at an end.
#[test]
fn of_whoever_is_held_out_nobody_hears_and_nothing_is_left_at_an_end() {
    let mut world = world(
        "workflow w { goal \"Demo\" when requested_demo within 30 days; owner \"ops@acme.example\"; enter when signed_up; reenter never; holdout 50%
           on goal { score += 7 }
           notify owner \"Somebody signed up\"; set company_name = \"Acme\"; move stage back to subscriber because \"anew\"; wait 2 days }",
    );
    for name in names() {
        world.contact(&name, &[("stage", "lead"), ("company_name", "Before")]);
    }
    world.at(MONDAY);
    for name in names() {
        world.event(&name, "signed_up", json!({}));
    }
    world.run().at("2026-03-03");
    for name in names() {
        world.event(&name, "requested_demo", json!({}));
    }
    world.run().at("2026-03-10").run();
    let (out, is_in) = one_of_each(&world);
    assert_eq!((world.score(&out), world.score(&is_in)), (0, 7));
    assert_eq!((world.read(&out, "stage"), world.read(&is_in, "stage")), (1, 0));
    assert_eq!(world.text(&out, "company_name").as_deref(), Some("Before"));
    assert_eq!(world.text(&is_in, "company_name").as_deref(), Some("Acme"));
    let told = world.snapshot().outbox.iter().filter(|(row, _)| row.kind == OutboxKind::Notice).count();
    assert_eq!(told, names().len() - of_whom(&world, " w HeldOut").len());
}

#[test]
fn whoever_is_held_out_gets_nothing_and_goes_the_same_way() {
    const TEXT: &str = "tags vip
    workflow w { goal \"Demo\" when requested_demo within 30 days; enter when signed_up; reenter never; holdout 50%
      send hello; score += 10; if score >= 10 { tag vip } else { set disqualified = yes }
      wait 1 day; score += 1; wait 2 days; send again }";
    let mut all = Vec::new();
    for place in Place::ALL {
        for native in [false, true] {
            let mut world = World::on(place, program(TEXT));
            if native {
                world = world.native();
            }
            for name in names() {
                world.contact(&name, &[]);
            }
            world.at(MONDAY);
            for name in names() {
                world.event(&name, "signed_up", json!({}));
            }
            world.run().reopen().at("2026-03-10").run();
            let (out, is_in) = one_of_each(&world);
            assert_eq!((world.score(&out), world.score(&is_in)), (0, 11));
            assert_eq!((world.read(&out, "disqualified"), world.read(&is_in, "disqualified")), (0, 0));
            assert_eq!(
                (
                    world.sent().get(&format!("{out}@people.example")),
                    world.sent()[&format!("{is_in}@people.example")].len()
                ),
                (None, 2)
            );
            all.push((of_whom(&world, " w HeldOut"), world.story(&out), world.story(&is_in)));
        }
    }
    let share = all[0].0.len();
    assert!((10..=30).contains(&share), "{share}");
    assert!(all.iter().all(|one| *one == all[0]));
    let told =
        |story: &[String]| -> Vec<String> { story.iter().filter(|line| !line.contains("Entered")).cloned().collect() };
    let out = [
        "03-02 10:00 w HeldOut.1",
        "03-02 10:00 w HeldOut s0.3",
        "03-05 10:00 w Finished.1",
        "03-05 10:00 w HeldOut s8.3",
    ];
    assert_eq!(told(&all[0].1), out);
    assert_eq!(told(&all[0].2), ["03-02 10:00 w Sent s0", "03-05 10:00 w Sent s8", "03-05 10:00 w Finished.1"]);
}

#[test]
fn goals_are_met_by_both_and_counted_apart() {
    const TEXT: &str = "workflow w { goal \"Demo\" when requested_demo within 30 days; enter when signed_up; reenter never; holdout 50%
      send hello; wait 2 days }";
    let mut world = signed_up(Place::ALL[0], TEXT);
    let (out, is_in) = one_of_each(&world);
    let other = of_whom(&world, " w HeldOut").into_iter().nth(1).unwrap();
    world.at("2026-03-03").event(&out, "requested_demo", json!({})).event(&is_in, "requested_demo", json!({})).run();
    world.at("2026-03-20").event(&other, "requested_demo", json!({})).run();
    let told = |name: &str| world.story(name).into_iter().filter(|line| line.contains("HeldOut.4")).collect::<Vec<_>>();
    assert_eq!(told(&out), ["03-03 00:00 w HeldOut.4"]);
    assert_eq!(told(&other), ["03-20 00:00 w HeldOut.4"]);
    assert_eq!(told(&is_in), [""; 0]);
}

#[test]
fn it_leaves_out_every_act_and_lets_transactional_mail_go() {
    const TEXT: &str = "tags vip
    workflow other { enter by hand; reenter never; wait 30 days; score += 1000 }
    workflow running { enter when signed_up; reenter never; wait 3 days; score += 100 }
    workflow w { enter when signed_up; reenter never; holdout 50%
      send bill; start other; stop running; suppress because \"quiet\"; advance stage to sql; handoff to sales { note \"Hello\" } }";
    let mut world = signed_up(Place::ALL[0], TEXT);
    world.at("2026-03-06").run();
    let (out, is_in) = one_of_each(&world);
    assert_eq!((world.score(&out), world.score(&is_in)), (100, 0));
    let told = |name: &str, what: &str| world.story(name).into_iter().filter(|line| line.contains(what)).count();
    for (what, of_out, of_others) in [
        (" w Sent", 1, 1),
        (" w HandedOff", 0, 1),
        (" w Suppressed", 0, 1),
        (" running Stopped", 0, 1),
        (" other Entered", 0, 1),
        (" w Finished.4", 1, 0),
        (" w Finished.2", 0, 1),
    ] {
        assert_eq!((told(&out, what), told(&is_in, what)), (of_out, of_others), "{what}");
    }
    assert!(world.read(&out, "stage") < world.read(&is_in, "stage"));
}

/// Whoever would get no mail anyway is told so.
#[test]
fn a_refusal_is_told_before_it() {
    let mut world = world("workflow w { enter when signed_up; reenter never; holdout 99%; wait 1 day; send hello }");
    for name in names() {
        world.contact(&name, &[]);
        world.at(MONDAY).event(&name, "signed_up", json!({}));
    }
    world.run();
    let out = of_whom(&world, " w HeldOut").into_iter().next().unwrap();
    world.at("2026-03-02 12:00").event(&out, "Unsubscribed", json!({})).run().at("2026-03-09").run();
    assert!(world.story(&out).contains(&"03-03 10:00 w Withheld s1.3".to_owned()), "{:?}", world.story(&out));
}

#[test]
fn the_policys_are_the_same_people_everywhere_and_those_of_workflows_are_others() {
    const TEXT: &str = "policy { holdout 30% }
    workflow w { enter when signed_up; reenter never; score += 1 }
    workflow v { enter when signed_up; reenter never; score += 10 }
    workflow own { enter when signed_up; reenter never; holdout 30%; score += 100 }
    workflow more { enter when signed_up; reenter never; holdout 30%; score += 1000 }";
    let world = signed_up(Place::ALL[0], TEXT);
    let policys = of_whom(&world, " w HeldOut.2");
    assert_eq!(
        (policys.clone(), policys.clone()),
        (of_whom(&world, " v HeldOut.2"), of_whom(&world, " own HeldOut.2"))
    );
    let [own, more] = [" own HeldOut.1", " more HeldOut.1"].map(|what| of_whom(&world, what));
    assert!(!policys.is_empty() && !own.is_empty() && !more.is_empty() && own != more);
    assert!(policys.is_disjoint(&own));
    for name in names() {
        let expected = match () {
            () if policys.contains(&name) => 0,
            () => 11 + if own.contains(&name) { 0 } else { 100 } + if more.contains(&name) { 0 } else { 1000 },
        };
        assert_eq!(world.score(&name), expected, "{name}");
    }
}

/// Another share, or none, is for those who come in from then on; and whoever comes in again is who they were, whatever their address is by then.
#[test]
fn a_journey_is_to_its_end_what_it_was_at_its_begin() {
    let with = |share: &str| {
        format!(
            "workflow w {{ enter when signed_up; reenter after 1 day; {share}\n wait 2 days; score += 1; send hello }}"
        )
    };
    for later in ["", "holdout 1%", "holdout 99%"] {
        let mut world = signed_up(Place::ALL[0], &with("holdout 50%"));
        let (out, is_in) = one_of_each(&world);
        world.becomes(&with(later)).at("2026-03-05").run();
        assert_eq!((world.score(&out), world.score(&is_in)), (0, 1), "{later}");
    }
    let mut world = signed_up(Place::ALL[0], &with("holdout 50%"));
    let (out, is_in) = one_of_each(&world);
    for name in [&out, &is_in] {
        world.at("2026-03-10").identify(name, &[("email", &format!("new-{name}@people.example"))]);
        world.event(name, "signed_up", json!({}));
    }
    world.run().at("2026-03-20").run();
    assert_eq!((world.score(&out), world.score(&is_in)), (0, 2));
}

/// A share that is new asks nothing of those who are in already.
#[test]
fn whoever_was_in_before_goes_on() {
    let with = |share: &str| {
        format!(
            "{TAGS}\nworkflow w {{ enter when signed_up; reenter never; {share}\n wait 2 days; score += 1; tag vip }}"
        )
    };
    let mut world = signed_up(Place::ALL[0], &with(""));
    world.becomes(&with("holdout 99%")).at("2026-03-10").run();
    assert!(names().iter().all(|name| world.score(name) == 1));
}

/// Nobody comes into a workflow that is gone, so nobody is drawn for it; whoever is in it goes on as what they were.
#[test]
fn a_workflow_that_holds_somebody_out_may_be_taken_out_of_the_project() {
    let text = |name: &str, how: &str| {
        format!("workflow {name} {{ enter when signed_up; reenter never; holdout 50%; wait 1 day; {how} }}")
    };
    let mut world = signed_up(Place::ALL[0], &text("w", "score += 1"));
    world.becomes(&text("renamed", "score += 1")).at("2026-03-10").run();
    world.becomes("workflow other { enter when visited; reenter never; wait 1 day }").at("2026-03-11").run();
    world.becomes(&text("w", "score += 1")).at("2026-03-12").run();
    let scores: BTreeSet<i64> = names().iter().map(|name| world.score(name)).collect();
    assert_eq!(scores, BTreeSet::from([0, 1]));
}
