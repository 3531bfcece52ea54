//! Static lists: who stands on one, by a step or by what comes from outside.

use crate::support::{Place, World, program, world};
use serde_json::json;

const LISTS: &str = "list partners
list press
workflow join { enter when signed_up; reenter after 1 minute; add to list partners }
workflow leave { enter when requested_demo; reenter after 1 minute; remove from list partners }
workflow greet { enter when in list partners new only; reenter after 1 minute; skip when in list press; score += 1 }";

/// Whether Ada is a partner, and how often she was greeted as one.
fn ada(world: &World) -> (i64, i64) {
    (world.read("ada", "in list partners"), world.score("ada"))
}

#[test]
fn steps_put_people_on_a_list_and_take_them_off() {
    for place in Place::ALL {
        let mut world = World::on(place, program(LISTS));
        world.contact("ada", &[]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        assert_eq!(ada(&world), (1, 1), "whoever comes onto it is let in");
        world.at("2026-03-02 11:00").event("ada", "signed_up", json!({})).run();
        assert_eq!(ada(&world), (1, 1), "who stands on it already comes onto nothing");
        world.at("2026-03-02 12:00").event("ada", "requested_demo", json!({})).run();
        assert_eq!(ada(&world), (0, 1));
        world.at("2026-03-02 13:00").event("ada", "signed_up", json!({})).run();
        assert_eq!(ada(&world), (1, 2));
    }
}

#[test]
fn what_comes_from_outside_puts_them_on_it_too() {
    let mut world = world(LISTS);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").identify("ada", &[("in list partners", "yes")]).run();
    assert_eq!((ada(&world), world.read("ada", "in list press")), ((1, 1), 0));
    world.at("2026-03-02 11:00").identify("ada", &[("in list press", "yes")]).run();
    world.at("2026-03-02 12:00").event("ada", "requested_demo", json!({})).run();
    world.at("2026-03-02 13:00").event("ada", "signed_up", json!({})).run();
    assert_eq!(ada(&world), (1, 1), "the press is skipped");
}

#[test]
fn of_two_who_prove_to_be_one_the_lists_of_both_count() {
    let mut world = world(LISTS);
    world.contact("ada", &[]);
    world.at("2026-03-02 09:00").identify("", &[("email", "al@x.example")]).only_key("email:al@x.example").run();
    world.at("2026-03-02 10:00").event("", "signed_up", json!({})).only_key("email:al@x.example").run();
    world.at("2026-03-04 10:00").identify("ada", &[]).keys(&["email:al@x.example"]).run();
    assert_eq!(world.read("ada", "in list partners"), 1);
}

/// A project that has one list more keeps who stands on the others.
#[test]
fn a_list_is_the_same_in_the_next_version() {
    for place in Place::ALL {
        let mut world = World::on(place, program(LISTS));
        world.contact("ada", &[]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        world.becomes(&format!("list guests\n{LISTS}")).at("2026-03-02 11:00").event("ada", "visited", json!({})).run();
        assert_eq!((ada(&world), world.read("ada", "in list guests")), ((1, 1), 0));
    }
}

/// A tag that is gone is another thing than the list that is called so now, and the reverse; a list that is gone is none that data could name.
#[test]
fn a_tag_may_become_a_list() {
    const TAG: &str = "tags partners\nworkflow join { enter when signed_up; reenter after 1 minute; tag partners }";
    let list = LISTS.replace("list press\n", "").replace("; skip when in list press", "");
    let mut world = world(TAG);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.becomes(&list).at("2026-03-02 11:00").event("ada", "requested_demo", json!({})).run();
    assert_eq!(ada(&world), (0, 0));
    world.at("2026-03-02 12:00").event("ada", "signed_up", json!({})).run();
    assert_eq!(ada(&world), (1, 1));
    world.becomes(TAG).at("2026-03-02 13:00").event("ada", "signed_up", json!({})).run();
    assert_eq!(world.read("ada", "in list partners"), 1);
}

#[test]
fn names_of_lists_and_topics_may_be_as_long_as_all_names() {
    let name = "n".repeat(flow_ir::limits::MAX_NAME_BYTES);
    world(&format!("topics {name}\nlist l{}\n{}", name.split_at(1).1, LISTS));
}
