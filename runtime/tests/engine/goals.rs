//! Until when goals count for journeys that have ended, under one version after another (E10).

use crate::support::{World, at, program, world};
use flow_ir::{Lineage, Live, Program};
use flow_runtime::store::{Changes, JourneyStatus};
use serde_json::json;

fn of(goal: &str) -> String {
    format!("workflow go {{ {goal}\n enter when signed_up; reenter never; wait 1 day }}")
}

fn deal(days: u32) -> String {
    of(&format!("goal \"deal\" when has_open_deal within {days} days"))
}

/// Ada's journey under this project, which is over.
fn through(text: &str, words: &[(&str, &str)]) -> World {
    let mut world = world(text);
    // The first version of its store, as of any that is begun by a process.
    world.becomes(text).contact("ada", words).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-04 10:00").run();
    world
}

fn counts_until(world: &World) -> Option<i64> {
    world.journeys("ada")[0].goal_until
}

/// Days are those of the clocks where they live: at the end of March there is an hour less.
#[test]
fn the_time_of_today_is_counted_from_the_entry_by_the_clocks_of_the_contact() {
    let zone = [("timezone", "Europe/Berlin")];
    let whole = through(&deal(30), &zone);
    assert_eq!(counts_until(&whole), Some(at("2026-04-01 09:00")));
    for before in [of(""), deal(1), deal(90)] {
        for look_rows in [0, 8] {
            let mut world = through(&before, &zone);
            world.limits.look_rows = look_rows;
            world.becomes(&deal(30)).run();
            assert_eq!(counts_until(&world), Some(at("2026-04-01 09:00")), "{before}");
            world.becomes(&deal(1)).run();
            assert_eq!(counts_until(&world), None, "it was over yesterday: {before}");
            world.becomes(&of("")).run();
            assert_eq!(counts_until(&world), None);
            world.becomes(&deal(30)).run();
            assert_eq!(world.journeys("ada"), whole.journeys("ada"), "{before}");
        }
    }
}

/// Whose goal counts no other time is not written, and whose does is, together as one by one.
#[test]
fn a_new_version_writes_those_alone_whose_goals_it_moves() {
    let mut world =
        world(&format!("{}\nworkflow other {{ enter when requested_demo; reenter never; wait 1 day }}", deal(10)));
    for nth in 0..20 {
        let user = format!("u{nth}");
        world.contact(&user, &[]).at("2026-03-02 10:00");
        world.event(&user, if nth % 4 == 0 { "signed_up" } else { "requested_demo" }, json!({}));
    }
    world.run().at("2026-03-04 10:00").run();
    let before = world.snapshot().contacts[0].layout;
    world
        .becomes(&format!("{}\nworkflow other {{ enter when requested_demo; reenter never; wait 1 day }}", deal(30)))
        .run();
    let snapshot = world.snapshot();
    let looked_at = snapshot.contacts.iter().filter(|contact| contact.layout != before).count();
    assert_eq!(looked_at, 5);
    let reached =
        snapshot.journeys().iter().filter(|journey| journey.goal_until == Some(at("2026-04-01 10:00"))).count();
    assert_eq!(reached, 5);
}

/// As a Flow before this wrote them: of a journey whose goal counts no more it did not say why.
fn of_an_earlier_flow(world: &mut World) {
    let mut contacts = world.snapshot().contacts;
    for journey in contacts
        .iter_mut()
        .flat_map(|contact| &mut contact.kept)
        .filter(|journey| journey.status == JourneyStatus::Ended)
    {
        (journey.goal_met, journey.goal_open) = (false, false);
    }
    world.write(Changes { contacts: contacts.into(), ..Changes::default() });
}

/// Such a journey counts where there was no goal that it can have met, and else no more: twice would be worse than not at all.
#[test]
fn what_an_earlier_flow_kept_counts_where_it_is_certain_that_no_goal_was_met() {
    const DEAL: &[(&str, &str)] = &[("has_open_deal", "yes")];
    type Case<'c> = (&'c [&'c str], bool, &'c [&'c str], &'c [&'c str]);
    let (five, forty, none) = (&*deal(5), &*deal(40), &*of(""));
    let cases: [Case<'_>; 7] = [
        // The versions of the earlier Flow, whether the goal was met under the first, those of this one, what was decided.
        (&[none], false, &[forty], &["03-20 10:00 go Attributed"]),
        (&[none], false, &[none, forty], &["03-20 10:00 go Attributed"]),
        // It counts yet.
        (&[forty], false, &[five, forty], &["03-20 10:00 go Attributed"]),
        // It was not met in its time.
        (&[five], false, &[forty], &["03-20 10:00 go Attributed"]),
        // Nobody knows whether it was met.
        (&[five], true, &[forty], &["03-05 10:00 go Attributed"]),
        (&[five], true, &[none, forty], &["03-05 10:00 go Attributed"]),
        (&[five, none], true, &[forty], &["03-05 10:00 go Attributed"]),
    ];
    for (earlier, is_met, later, expected) in cases {
        let mut world = through(earlier[0], &[]);
        if is_met {
            world.at("2026-03-05 10:00").identify("ada", DEAL).run();
            world.identify("ada", &[("has_open_deal", "no")]).run();
        }
        for text in &earlier[1..] {
            world.becomes(text).run();
        }
        world.at("2026-03-12 10:00").run();
        of_an_earlier_flow(&mut world);
        for text in later {
            world.becomes(text).run();
        }
        world.at("2026-03-20 10:00").identify("ada", DEAL).run();
        let met: Vec<String> = world.story("ada").into_iter().filter(|line| line.contains("Attributed")).collect();
        assert_eq!(met, expected, "{earlier:?} {is_met} {later:?}");
    }
}

/// In which versions a workflow had no goal is known from the last one that an earlier Flow has kept on, and of the last such versions alone.
#[test]
fn the_versions_without_a_goal_are_those_of_which_that_is_certain() {
    let of_version = |text: &str, version: u32| {
        let lineage = Lineage { version, ..Lineage::default() };
        Program { lineage, ..(*program(text)).clone() }
    };
    let known = |of: &Program| -> Vec<(u32, u32)> {
        let versions = (1..=9).flat_map(|from| (from..=9).map(move |until| (from, until)));
        versions.filter(|versions| of.lineage.had_no_goal(0, *versions)).collect()
    };
    let next = |kept: &Program, text: &str| flow_ir::link(kept, &program(text), &Live::default()).unwrap();
    let (none, goal) = (of("exit when visited"), deal(5));
    let new = next(&of_version(&of(""), 4), &goal);
    assert_eq!(known(&new), [(4, 4)], "what was before the fourth nobody knows");
    let gone = next(&new, &none);
    assert_eq!(known(&gone), [(6, 6)]);
    let gone_on = next(&gone, &of(""));
    assert_eq!(known(&gone_on), [(6, 6), (6, 7), (7, 7)]);
    assert_eq!(known(&next(&gone_on, &of(""))), known(&gone_on), "the same project is the same version");
    assert_eq!(known(&next(&gone_on, &goal)), known(&gone_on));
    assert_eq!(known(&next(&of_version(&goal, 4), &deal(6))), []);
}
