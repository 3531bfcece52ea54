//! E8 Caps and windows.
//!
//! Windows, quiet hours, caps and the order of groups, in every store and on both back ends; of paces there is `rate`. What each of them means in
//! detail is in `engine/policy.rs`.

use crate::support::{World, at};
use crate::{MONDAY, becomes, does, everywhere, go, told};
use flow_runtime::store::{ContactId, DecisionCode};
use flow_runtime::time::Instant;
use serde_json::json;

/// Whose mails left, in the order in which they were let out.
fn in_order(world: &World) -> Vec<ContactId> {
    let mut sent = world.snapshot().decisions;
    sent.retain(|row| row.code == DecisionCode::Sent);
    sent.sort_by_key(|row| row.id);
    sent.into_iter().map(|row| row.contact).collect()
}

fn left_at(world: &World, user: &str) -> Vec<String> {
    told(world, user, &["Sent"])
}

#[test]
fn e8_a_window_is_applied_at_the_moment_of_leaving() {
    const OFFICE: &str =
        "send on weekdays from 09:00 to 17:00 in contact timezone\n send hello\n wait 1 day\n score += 1";
    everywhere(|place| {
        for (signs_up, leaves) in [
            ("2026-03-02 09:00", "03-02 09:00 go Sent s0"),
            ("2026-03-02 16:59", "03-02 16:59 go Sent s0"),
            // Its end is outside.
            ("2026-03-02 17:00", "03-03 09:00 go Sent s0"),
            ("2026-03-07 12:00", "03-09 09:00 go Sent s0"),
        ] {
            let mut world = place.world(&go(OFFICE));
            world.contact("ada", &[]);
            does(&mut world, signs_up, "ada", "signed_up");
            world.at("2026-03-20").run();
            assert_eq!(left_at(&world, "ada"), [leaves], "{signs_up}");
            let day = |line: &str| line.split(['-', ' ']).nth(1).unwrap().parse::<u32>().unwrap();
            let days = [day(leaves), day(&told(&world, "ada", &["Finished"])[0])];
            assert_eq!(days[1] - days[0], 1, "the wait behind it is a day from the send");
        }
        // Whoever moves while it is held leaves by the clocks of the new zone.
        let mut world = place.world(&go(OFFICE));
        world.contact("ada", &[("timezone", "Europe/Berlin")]);
        does(&mut world, "2026-03-07 12:00", "ada", "signed_up");
        becomes(&mut world, "2026-03-08 10:00", "ada", &[("timezone", "America/New_York")]);
        world.at("2026-03-20").run();
        assert_eq!(left_at(&world, "ada"), ["03-09 13:00 go Sent s0"]);
    });
}

#[test]
fn e8_what_is_missed_leaves_in_the_next_window_and_not_behind_its_end() {
    everywhere(|place| {
        let mut world =
            place.world(&go("send on weekdays from 09:00 to 17:00 in contact timezone\n wait 30 minutes\n send hello"));
        world.contact("ada", &[]);
        does(&mut world, "2026-03-02 16:00", "ada", "signed_up");
        for (looked_at, leaves) in [("2026-03-02 21:00", 0), ("2026-03-03 09:00", 1)] {
            world.engine().catch_up(Instant(at(looked_at)), &mut std::iter::empty(), &mut |_| {}).unwrap();
            assert_eq!(left_at(&world, "ada").len(), leaves, "{looked_at}");
        }
    });
}

#[test]
fn e8_those_who_leave_at_one_instant_leave_by_due_time_then_by_id() {
    everywhere(|place| {
        let mut world = place.world(&go("send on saturday in contact timezone\n send hello"));
        for (user, zone) in [("cy", "UTC"), ("ada", "UTC"), ("bo", "Asia/Tokyo"), ("dee", "UTC")] {
            world.contact(user, &[("timezone", zone)]);
        }
        // Saturday begins in Tokyo first; of those whose Saturday begins at once, whoever was known first, whoever signed up first.
        for user in ["dee", "ada", "cy", "bo"] {
            world.at("2026-03-04 10:00").event(user, "signed_up", json!({})).run();
        }
        world.at("2026-03-09").run();
        assert_eq!(in_order(&world), ["bo", "cy", "ada", "dee"].map(|user| world.id(user)));
    });
}

#[test]
fn e8_a_cap_counts_over_all_workflows_and_a_place_goes_by_group_then_by_due_time() {
    let of = |name: &str, group: &str, event: &str| {
        format!("workflow {name} {{ {group} enter when {event}; reenter never; send hello; wait 1 day; score += 1 }}\n")
    };
    let text =
        "policy { cap 1 email per 2 days then delay; quiet from 20:00 to 08:00 in contact timezone; first webinar }\n"
            .to_owned()
            + &of("m", "", "signed_up")
            + &of("z", "", "downloaded")
            + &of("b", "", "visited")
            + &of("y", "group webinar;", "requested_demo");
    everywhere(|place| {
        let mut world = place.world(&text);
        world.contact("ada", &[]);
        for (when, event) in [
            ("2026-03-02 19:00", "signed_up"),
            ("2026-03-02 19:10", "downloaded"),
            ("2026-03-02 19:20", "visited"),
            ("2026-03-02 21:00", "requested_demo"),
        ] {
            does(&mut world, when, "ada", event);
        }
        world.at("2026-03-20").run();
        assert_eq!(
            left_at(&world, "ada"),
            ["03-02 19:00 m Sent s0", "03-04 19:00 y Sent s0", "03-06 19:00 z Sent s0", "03-08 19:00 b Sent s0"]
        );
        // What comes behind a held mail counts from when it left.
        assert_eq!(told(&world, "ada", &["Finished"]).last().unwrap(), "03-09 19:00 b Finished.1");
    });
}

#[test]
fn e8_a_rate_lets_no_more_in_than_it_says_and_the_rest_wait_in_their_order() {
    everywhere(|place| {
        let mut world = place.world(&go("rate 1 an hour\n score += 1"));
        for user in ["cy", "ada", "bo"] {
            world.contact(user, &[]);
        }
        world.at(MONDAY);
        for user in ["bo", "cy", "ada"] {
            world.event(user, "signed_up", json!({}));
        }
        world.run().at("2026-03-03").run();
        let entered = ["bo", "cy", "ada"].map(|user| told(&world, user, &["Entered"])[0].clone());
        assert_eq!(entered, ["10:00", "11:00", "12:00"].map(|hour| format!("03-02 {hour} go Entered")));
    });
}
