//! `test people`: who is never written to live, nor counted (E13).

use crate::support::{Place, World, program};
use serde_json::json;

const PEOPLE: &str = "test people email ends with \"@acme.example\" or in list testers
list testers
workflow news { enter when signed_up; reenter after 1 minute; send hello; score += 1 }
workflow slow { enter when visited; reenter after 1 minute; wait 1 day; send hello; handoff to sales }";

fn came(place: Place, is_live: bool) -> World {
    let world = World::on(place, program(PEOPLE));
    let mut world = if is_live { world.live() } else { world };
    world.contact("ann", &[("email", "ann@acme.example")]);
    world.contact("eva", &[("email", "eva@x.example")]);
    for user in ["ann", "eva"] {
        world.at("2026-03-02 10:00").event(user, "signed_up", json!({})).run();
    }
    world
}

#[test]
fn live_they_come_into_no_workflow() {
    for place in Place::ALL {
        let mut world = came(place, true);
        assert_eq!(world.story("ann"), ["03-02 10:00 news Ignored.26"]);
        assert_eq!((world.score("ann"), world.score("eva")), (0, 1));
        assert_eq!(world.counter("journeys_begun"), 1);
    }
}

#[test]
fn a_rehearsal_takes_them_for_people_as_all_others() {
    for place in Place::ALL {
        let world = came(place, false);
        assert_eq!((world.score("ann"), world.score("eva")), (1, 1));
        assert_eq!(world.sent().values().map(Vec::len).sum::<usize>(), 2);
    }
}

/// Whoever becomes one on the way gets nothing any more, and nobody is told of them.
#[test]
fn whoever_becomes_one_on_the_way_is_written_to_no_more() {
    for place in Place::ALL {
        let mut world = World::on(place, program(PEOPLE)).live();
        world.contact("eva", &[("email", "eva@x.example")]);
        world.at("2026-03-02 10:00").event("eva", "visited", json!({})).run();
        world.at("2026-03-02 12:00").identify("eva", &[("in list testers", "yes")]).run();
        world.run_all("2026-03-05 00:00").unwrap();
        let story = world.story("eva");
        let withheld = ["03-03 10:00 slow Withheld s1.26", "03-03 10:00 slow HandedOff s2.26"];
        assert_eq!(story.get(1..3).unwrap(), withheld);
        assert_eq!(world.sent().values().map(Vec::len).sum::<usize>(), 0);
        // And is one of the others again where that ends.
        world.at("2026-03-06 09:00").identify("eva", &[("in list testers", "no")]).run();
        world.at("2026-03-06 10:00").event("eva", "signed_up", json!({})).run();
        assert_eq!(world.score("eva"), 1);
    }
}

/// Who is one is asked of everybody when the project begins to say so, and of nobody when it ceases to.
#[test]
fn a_project_may_say_so_later() {
    let before = PEOPLE.split_once('\n').unwrap().1;
    for place in Place::ALL {
        let mut world = World::on(place, program(before)).live();
        world.contact("ann", &[("email", "ann@acme.example")]);
        world.at("2026-03-02 10:00").event("ann", "signed_up", json!({})).run();
        assert_eq!(world.score("ann"), 1);
        world.becomes(PEOPLE).at("2026-03-03 10:00").event("ann", "signed_up", json!({})).run();
        assert_eq!(world.score("ann"), 1);
        world.becomes(before).at("2026-03-04 10:00").event("ann", "signed_up", json!({})).run();
        assert_eq!(world.score("ann"), 2);
    }
}
