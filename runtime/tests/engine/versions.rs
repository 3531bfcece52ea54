//! A new version of a program over an old store (E10).

use crate::support::{at, world};
use flow_runtime::dispatch::channels::Uncertain;
use flow_runtime::time::Instant;
use serde_json::json;

const WAITS: &str = "workflow w { enter when signed_up; reenter never; wait 5 days; set industry = \"saas\" }";

#[test]
fn a_journey_keeps_the_steps_it_began_with() {
    let mut world = world(WAITS);
    world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.becomes("workflow w { enter when signed_up; reenter never; wait 1 day; set industry = \"fintech\" }");
    world.contact("bo", &[]).event("bo", "signed_up", json!({})).at("2026-03-04 10:00").run();
    assert_eq!(world.story("bo")[0], "03-02 10:00 w Entered");
    assert!(world.story("bo").iter().any(|line| line.starts_with("03-03 10:00 w Finished")));
    assert!(!world.story("ada").iter().any(|line| line.contains("Finished")));
    world.at("2026-03-08").run();
    assert!(world.story("ada").iter().any(|line| line.starts_with("03-07 10:00 w Finished")));
}

#[test]
fn who_is_in_a_workflow_that_is_gone_finishes_it() {
    let mut world = world(WAITS);
    world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.becomes("workflow other { enter when requested_demo; reenter never; wait 1 day }");
    world.contact("bo", &[]).event("bo", "signed_up", json!({})).at("2026-03-08").run();
    assert!(world.story("ada").iter().any(|line| line.starts_with("03-07 10:00 w Finished")));
    assert!(!world.story("bo").iter().any(|line| line.contains("Entered")));
}

/// A count that is new sees what was before; that it holds by that is no entry, and the next event is none of its own.
#[test]
fn new_facts_see_the_past_and_trigger_nothing_by_it() {
    let mut world = world(WAITS);
    world.contact("ada", &[]).at("2026-03-02 10:00");
    for _ in 0..2 {
        world.event("ada", "visited", json!({ "page": "/docs" }));
    }
    world.run();
    let keen = "segment keen = visited(page is \"/docs\") at least 2 times in the last 30 days\n\
                segment keener = visited(page is \"/docs\") at least 3 times in the last 30 days\n\
                workflow k { enter when entered keen; reenter never; wait 1 day }\n\
                workflow l { enter when entered keener; reenter never; wait 1 day }\n";
    world.becomes(&format!("{keen}{WAITS}")).at("2026-03-03").run();
    assert!(!world.story("ada").iter().any(|line| line.contains("Entered")));
    world.event("ada", "visited", json!({ "page": "/docs" })).run();
    let story = world.story("ada");
    assert!(story.iter().any(|line| line.contains("l Entered")), "{story:?}");
    assert!(!story.iter().any(|line| line.contains("k Entered")), "{story:?}");
}

/// What is recorded of somebody whom the new version has not looked at yet is no look at them.
#[test]
fn nobody_enters_by_a_new_version_alone() {
    const TEAM: &str = "team slows { member \"slow@acme.example\"; backup \"slow@acme.example\"; assign round robin }
        workflow h { enter when signed_up; reenter never; handoff to slows { note \"x\" } }\n";
    for on_its_way in [false, true] {
        let mut world = world(TEAM).limits(1, 1).policy(Uncertain::GiveUp);
        world.contact("bo", &[]).contact("ada", &[("score", "60")]).at("2026-03-02 10:00");
        if on_its_way {
            // The notice about her is in the hands of the channel when the process dies, and is given up at the next start.
            let arrivals = world.event("ada", "signed_up", json!({})).take_new();
            let now = Instant(at("2026-03-02 10:00"));
            world.engine().catch_up(now, &mut arrivals.into_iter(), &mut |_| {}).unwrap();
        } else {
            world.run();
        }
        world.becomes(&format!("{TEAM}workflow rich {{ enter when score >= 50 new only; reenter never; send hello }}"));
        world.at("2026-03-02 10:30").run();
        world.reopen().at("2026-03-03 10:00").identify("ada", &[("score", "61")]).run();
        let story = world.decisions("ada");
        assert!(!story.iter().any(|line| line.contains("rich Entered")), "{story:?}");
    }
}

/// Who waits for what completes their entry goes on waiting when the steps change (E4, E10).
#[test]
fn a_held_entry_outlives_a_change_of_the_steps() {
    let text = |days: u32| {
        format!("workflow w {{ enter when signed_up; reenter never; send hello; wait {days} days; send again }}")
    };
    for (changes, reopens) in [(false, false), (true, false), (true, true)] {
        let mut world = world(&text(21));
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        if changes {
            world.becomes(&text(22));
        }
        world.at("2026-03-02 10:02").run();
        if reopens {
            world.reopen();
        }
        world.at("2026-03-02 10:05").contact("ada", &[]);
        assert!(world.story("ada").contains(&"03-02 10:05 w Entered".to_owned()), "{:?}", world.story("ada"));
    }
}
