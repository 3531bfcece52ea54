//! E11 Identity, merge and erase.
//!
//! Not there yet: erasing a person, a CRM that owns the stages, owners of a person. Which ids are no ids is shown where they are read
//! (`runtime/src/inbound/keys.rs`).

use crate::support::{World, at};
use crate::{MONDAY, becomes, does, everywhere, mails, told, visits};
use flow_runtime::engine::counter;
use serde_json::json;

const LOOKS: &str =
    "workflow look { enter when visited at least 2 times in the last 7 days new only; reenter never; score += 1 }";

fn by_key(world: &mut World, time: &str, name: &str, key: &str) {
    world.at(time).event("", name, json!({"page": "/"})).only_key(key).run();
}

fn logs_in(world: &mut World, time: &str, user: &str, device: &str) {
    world.at(time).identify(user, &[]).keys(&[&format!("anonymous:{device}")]).run();
}

#[test]
fn e11_a_user_id_is_never_given_to_a_contact_that_has_another_one() {
    everywhere(|place| {
        let mut world = place.world("");
        world.contact("ada", &[("first_name", "Ada")]).contact("bo", &[("first_name", "Bo")]);
        // Neither by a device that both have used, nor by an address that both claim.
        logs_in(&mut world, MONDAY, "ada", "d1");
        logs_in(&mut world, "2026-03-02 11:00", "bo", "d1");
        let address = "ada@people.example";
        for user in ["ada", "bo"] {
            world
                .at("2026-03-02 12:00")
                .identify(user, &[("email", address)])
                .keys(&[&format!("email:{address}")])
                .run();
        }
        assert_ne!(world.id("ada"), world.id("bo"));
        assert_eq!(["ada", "bo"].map(|user| world.text(user, "first_name").unwrap()), ["Ada", "Bo"]);
        assert_eq!(["ada", "bo"].map(|user| world.text(user, "email").unwrap()), [address, "bo@people.example"]);
        assert_eq!(world.counter(counter::JOINED), 0);
        // Of somebody without one it is theirs.
        logs_in(&mut world, "2026-03-02 13:00", "ada", "d2");
        by_key(&mut world, "2026-03-02 14:00", "visited", "anonymous:d3");
        logs_in(&mut world, "2026-03-02 15:00", "ada", "d3");
        assert_eq!(world.counter(counter::JOINED), 1);
    });
}

#[test]
fn e11_an_anonymous_history_joins_the_person_who_identifies_with_it() {
    everywhere(|place| {
        for (device, score) in [("d1", 1), ("d2", 0)] {
            let mut world = place.world(LOOKS);
            world.contact("ada", &[]);
            by_key(&mut world, "2026-03-03 10:00", "visited", "anonymous:d1");
            logs_in(&mut world, "2026-03-03 11:00", "ada", device);
            visits(&mut world, "2026-03-03 12:00", "ada", "/");
            assert_eq!(world.score("ada"), score, "{device}");
        }
    });
}

#[test]
fn e11_of_two_values_the_one_that_occurred_later_wins_and_an_older_one_only_fills_gaps() {
    everywhere(|place| {
        let mut world = place.world("");
        world.contact("ada", &[]);
        becomes(&mut world, "2026-03-05 10:00", "ada", &[("first_name", "Ada")]);
        let old = [("first_name", "Old"), ("last_name", "Lovelace")];
        world.at("2026-03-06 10:00").identify("ada", &old).occurred("2026-03-04 10:00").run();
        assert_eq!(["first_name", "last_name"].map(|name| world.text("ada", name).unwrap()), ["Ada", "Lovelace"]);
        world.at("2026-03-07 10:00").identify("ada", &[("first_name", "New")]).occurred("2026-03-05 10:01").run();
        assert_eq!(world.text("ada", "first_name").unwrap(), "New");
    });
}

#[test]
fn e11_a_newer_export_updates_and_its_empty_cells_erase_nothing() {
    everywhere(|place| {
        let mut world = place.world("");
        let first = world.row(&["user:ada"], &[("first_name", "Ada"), ("last_name", "King")]);
        world.at(MONDAY).import(&[first]);
        let second = world.row(&["user:ada"], &[("last_name", "Lovelace")]);
        let again = world.row(&["user:ada"], &[("last_name", "Byron"), ("job_title", "Countess")]);
        world.at("2026-03-03 10:00").import(&[second, again]);
        let names = ["first_name", "last_name", "job_title"].map(|name| world.text("ada", name).unwrap());
        assert_eq!(
            names,
            ["Ada", "Lovelace", "Countess"],
            "within one file the first row stands, and later ones fill gaps"
        );
    });
}

#[test]
fn e11_a_sync_never_lowers_a_stage_nor_sets_back_a_score() {
    everywhere(|place| {
        let mut world = place.world("");
        world.contact("ada", &[("stage", "mql"), ("score", "50")]);
        becomes(&mut world, MONDAY, "ada", &[("stage", "lead"), ("score", "20")]);
        assert_eq!((world.read("ada", "stage"), world.score("ada")), (2, 50));
        becomes(&mut world, "2026-03-03", "ada", &[("stage", "sql"), ("score", "70")]);
        assert_eq!((world.read("ada", "stage"), world.score("ada")), (3, 70));
    });
}

#[test]
fn e11_an_address_that_was_given_up_is_free_again() {
    everywhere(|place| {
        for gives_up in [true, false] {
            let mut world = place.world("");
            let mut moves = |time: &str, user: &str, address: &str| {
                world.at(time).identify(user, &[("email", address)]).keys(&[&format!("email:{address}")]).run();
                world.text(user, "email")
            };
            moves(MONDAY, "ada", "ada@x.example");
            if gives_up {
                moves("2026-03-03", "ada", "new@x.example");
            }
            assert_eq!(moves("2026-03-04", "bo", "ada@x.example").is_some(), gives_up);
        }
    });
}

/// Two contacts, one of them a device, of which each did and was told something; then they prove to be one.
fn joined(mut world: World) -> World {
    world.contact("ada", &[("stage", "lead"), ("score", "10")]);
    world.at(MONDAY).identify("", &[("stage", "mql"), ("unsubscribed", "yes")]).only_key("anonymous:d1").run();
    by_key(&mut world, "2026-03-02 11:00", "downloaded", "anonymous:d1");
    logs_in(&mut world, "2026-03-04 10:00", "ada", "d1");
    world
}

#[test]
fn e11_when_two_prove_to_be_one_histories_tags_and_ledgers_join() {
    const TAGS: &str = "tags vip, beta\nworkflow a { enter when downloaded; reenter never; tag vip; score += 5 }
workflow b { enter when requested_demo; reenter never; if tagged vip { score += 100 }; if downloaded at least 1 time in the last 9 days { score += 1000 } }";
    everywhere(|place| {
        let mut world = joined(place.world(TAGS));
        assert_eq!(world.score("ada"), 15);
        does(&mut world, "2026-03-05 10:00", "ada", "requested_demo");
        assert_eq!(world.score("ada"), 1115);
    });
}

#[test]
fn e11_when_two_prove_to_be_one_the_higher_stage_stays_and_consent_is_the_more_restrictive() {
    everywhere(|place| {
        let world = joined(place.world(""));
        assert_eq!((world.read("ada", "stage"), world.read("ada", "unsubscribed")), (2, 1));
    });
}

#[test]
fn e11_of_two_journeys_in_one_workflow_the_older_goes_on_with_the_others_sends() {
    const MAILS: &str = "workflow go { enter when visited; reenter never; if has_open_deal { wait 5 days }; send hello; wait 9 days; score += 1 }";
    everywhere(|place| {
        let mut world = place.world(MAILS);
        becomes(&mut world, "2026-03-02 08:00", "ada", &[("email", "ada@x.example"), ("has_open_deal", "yes")]);
        visits(&mut world, MONDAY, "ada", "/");
        world.at("2026-03-03 09:00").identify("", &[("email", "al@x.example")]).only_key("email:al@x.example").run();
        by_key(&mut world, "2026-03-03 10:00", "visited", "email:al@x.example");
        assert_eq!(mails(&world), 1, "the younger has got it");
        world.at("2026-03-04 10:00").identify("ada", &[]).keys(&["email:al@x.example"]).run();
        world.at("2026-04-20").run();
        assert_eq!(told(&world, "ada", &["GaveWay"]).len(), 1);
        assert_eq!(told(&world, "ada", &["Withheld"]), ["03-07 10:00 go Withheld s2.1"]);
        assert_eq!((mails(&world), world.score("ada")), (1, 1));
        assert_eq!(world.journeys("ada")[0].entered_at, at(MONDAY));
    });
}

#[test]
fn e11_joining_makes_conditions_true_and_is_no_trigger() {
    everywhere(|place| {
        let text = format!(
            "{LOOKS}\nworkflow ask {{ enter when requested_demo; reenter never; if visited at least 2 times in the last 7 days {{ score += 10 }} }}"
        );
        let mut world = place.world(&text);
        world.contact("ada", &[]);
        visits(&mut world, "2026-03-03 10:00", "ada", "/");
        by_key(&mut world, "2026-03-03 10:01", "visited", "anonymous:d1");
        logs_in(&mut world, "2026-03-03 11:00", "ada", "d1");
        assert_eq!(world.score("ada"), 0, "nobody enters by it");
        does(&mut world, "2026-03-03 12:00", "ada", "requested_demo");
        assert_eq!(world.score("ada"), 10, "it is true all the same");
    });
}
