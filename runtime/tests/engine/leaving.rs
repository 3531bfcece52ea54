//! What leaves at an instant leaves after everything else of that instant (E5), and what its window holds says what was so at its step.

use crate::support::{World, at, world};
use flow_runtime::store::{ContactId, DecisionCode};
use serde_json::json;

const MORNING: &str = "2026-03-02 10:00";
const GO: &str = "workflow go {\n goal \"demo\" when requested_demo within 9 days\n enter when signed_up\n reenter never\n \
    exit when disqualified\n send hello\n wait 1 day\n send again\n}";

fn two_at_once(name: &str) -> World {
    let mut world = world(GO).native();
    world.contact("ada", &[]).at(MORNING).event("ada", "signed_up", json!({})).event("ada", name, json!({})).run();
    world
}

fn lines(world: &World) -> Vec<String> {
    world.story("ada").into_iter().filter(|line| line.starts_with("03-02 10:00")).collect()
}

/// Wherever a look ahead or a batch ends between the two, and whoever is killed there.
#[test]
fn how_far_the_look_went_changes_nothing() {
    let story = lines(&two_at_once("unsubscribed"));
    for before in [997, 998, 999, 1_000, 1_001] {
        let mut world = world(GO).limits(3, 5);
        world.contact("ada", &[]);
        world.at("2026-03-02 09:00");
        for _ in 0..before {
            world.event("bea", "visited", json!({"page": "/"}));
        }
        world.at(MORNING).event("ada", "signed_up", json!({})).event("ada", "unsubscribed", json!({})).run();
        assert_eq!(lines(&world), story, "{before}");
        assert!(world.sent().is_empty());
    }
}

#[test]
fn who_comes_first_of_one_instant_leaves_first() {
    let mut world = world(GO);
    let people = ["ada", "bea", "cy"];
    for user in people {
        world.contact(user, &[]);
    }
    world.at(MORNING);
    for user in ["cy", "ada", "bea"] {
        world.event(user, "signed_up", json!({}));
    }
    world.run();
    let mut sent = world.snapshot().decisions;
    sent.retain(|row| row.code == DecisionCode::Sent);
    sent.sort_by_key(|row| row.id);
    let order: Vec<ContactId> = sent.into_iter().map(|row| row.contact).collect();
    assert_eq!(order, ["cy", "ada", "bea"].map(|user| world.id(user)));
}

#[test]
fn a_later_row_and_an_event_of_the_import_come_before_what_leaves() {
    const BECOMES: &str = "workflow go {\n enter when stage is mql including existing\n reenter never\n send hello\n}";
    for as_event in [false, true] {
        let mut world = world(BECOMES);
        let address = ("email", "ada@x.example");
        let mql = world.row(&["user:ada", "email:ada@x.example"], &[address, ("stage", "mql")]);
        let no = world.row(&["email:ada@x.example"], &[address, ("unsubscribed", "yes")]);
        let rows = if as_event { vec![mql] } else { vec![mql, no] };
        world.at(MORNING).import(&rows);
        if as_event {
            world.event("ada", "unsubscribed", json!({}));
        }
        world.run();
        assert!(lines(&world).contains(&"03-02 10:00 go Withheld s0.3".to_owned()), "{:?}", lines(&world));
        assert!(world.sent().is_empty());
    }
}

/// All of them are let in by one event; what the one does is so for the others, whatever they are called.
#[test]
fn what_another_workflow_does_at_the_same_instant_comes_first() {
    for (write, reason) in [("advance stage to customer", 7), ("suppress because \"enough\"", 9)] {
        let world = three_at_once(write);
        assert!(world.sent().is_empty(), "{write}");
        for name in ["a_mail", "z_mail"] {
            let expected = format!("03-02 10:00 {name} Withheld s1.{reason}");
            assert!(lines(&world).contains(&expected), "{write}: {expected}: {:?}", lines(&world));
        }
        // What they did before is told, and done.
        assert_eq!((world.score("ada"), wakes(&world, "a_mail"), wakes(&world, "z_mail")), (2, 1, 1), "{write}");
    }
}

#[test]
fn who_is_stopped_before_it_lets_something_out_has_done_what_it_did() {
    let world = three_at_once("stop a_mail");
    assert!(lines(&world).contains(&"03-02 10:00 a_mail Stopped.1".to_owned()), "{:?}", lines(&world));
    assert_eq!((world.score("ada"), wakes(&world, "a_mail")), (2, 1));
    assert_eq!(world.sent()["ada@people.example"].len(), 1, "of z_mail alone");
}

fn three_at_once(write: &str) -> World {
    let enter = "enter when signed_up\n reenter never\n";
    let text = format!(
        "workflow a_mail {{\n {enter} skip when customer\n score += 1\n send hello\n}}
workflow m_write {{\n {enter} {write}\n}}
workflow z_mail {{\n {enter} skip when customer\n score += 1\n send again\n}}"
    );
    let mut world = world(&text).native();
    world.contact("ada", &[]).at(MORNING).event("ada", "signed_up", json!({})).run();
    world
}

fn wakes(world: &World, workflow: &str) -> usize {
    world.decisions("ada").iter().filter(|line| line.contains(&format!("{workflow} Stepped"))).count()
}

/// One journey lets one thing out at a time; what it does behind that is so for whoever comes behind it.
#[test]
fn what_was_let_out_comes_before_what_follows_from_it() {
    let mut world = world(
        "workflow a {\n enter when signed_up\n reenter never\n send hello\n advance stage to customer\n}
workflow b {\n enter when signed_up\n reenter never\n skip when customer\n send again\n}",
    );
    world.contact("ada", &[]).at(MORNING).event("ada", "signed_up", json!({})).run();
    let sent =
        lines(&world).into_iter().filter(|line| line.contains("Sent") || line.contains("Withheld")).collect::<Vec<_>>();
    assert_eq!(sent, ["03-02 10:00 a Sent s0", "03-02 10:00 b Withheld s0.7"]);
}

const WEEKLY: &str = "workflow go {\n enter when signed_up\n reenter never\n \
    send on sunday from 02:00 to 03:00 in contact timezone\n send hello\n score += 1\n}";

#[test]
fn a_window_holds_no_longer_than_seven_days() {
    let mut world = world(WEEKLY);
    // On 29 March there is no such hour in Berlin.
    world.contact("ada", &[("timezone", "Europe/Berlin")]);
    world.contact("bea", &[("timezone", "Europe/Berlin")]);
    world.at("2026-03-28 12:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-29 00:30").event("bea", "signed_up", json!({})).run().at("2026-04-06").run();
    let last = |user: &str| {
        world.story(user).into_iter().find(|line| !line.contains("Entered") && !line.contains("Held")).unwrap()
    };
    assert_eq!(last("ada"), "04-04 12:00 go Withheld s0.10");
    assert_eq!(last("bea"), "04-05 00:00 go Sent s0");
    assert_eq!((world.score("ada"), world.score("bea")), (1, 1), "the journey goes on");
}

#[test]
fn a_held_mail_is_of_the_instant_at_which_it_leaves() {
    let mut world = world(
        "workflow go {\n enter when signed_up\n reenter never\n send on every day from 09:00 to 17:00 in contact timezone\n send hello\n}",
    );
    world.contact("ada", &[]).at("2026-03-02 20:00").event("ada", "signed_up", json!({})).run();
    // It stands in the outbox from its step on, to the address of then; a start changes nothing.
    let row = world.snapshot().outbox[0].0.clone();
    assert_eq!(
        (row.queued_at, row.due_at, row.recipient.as_str()),
        (at("2026-03-02 20:00"), at("2026-03-03 09:00"), "ada@people.example")
    );
    world.reopen().at("2026-03-03 08:00").identify("ada", &[("email", "new@x.example")]).run().at("2026-03-04").run();
    let mail = world.mailbox.handed().remove(0);
    assert_eq!(mail.to.address().as_str(), "new@x.example");
    assert_eq!(mail.sent_at.timestamp_millis(), at("2026-03-03 09:00"));
    assert_eq!(world.snapshot().outbox[0].0.queued_at, at("2026-03-03 09:00"));
}

#[test]
fn a_transactional_mail_asks_no_window() {
    let mut world = world(&WEEKLY.replace("send hello", "send bill"));
    world.contact("ada", &[("timezone", "Europe/Berlin")]);
    world.at("2026-03-28 12:00").event("ada", "signed_up", json!({})).run();
    assert_eq!(world.mailbox.handed().len(), 1);
}

/// The contact's own instant is one more thing of the instant, whatever else there is of it.
#[test]
fn what_is_due_at_the_same_instant_comes_before_what_leaves() {
    let quiet =
        "workflow quiet {\n enter when downloaded\n reenter never\n wait 1 hour\n suppress because \"enough\"\n}";
    for is_alone in [true, false] {
        let mut world = world(&format!("{GO}\n{quiet}"));
        world.contact("ada", &[]).at("2026-03-02 09:00").event("ada", "downloaded", json!({})).run();
        world.at(MORNING).event("ada", "signed_up", json!({}));
        if !is_alone {
            world.event("bea", "visited", json!({"page": "/"}));
        }
        world.run();
        assert!(lines(&world).contains(&"03-02 10:00 go Withheld s0.9".to_owned()), "{:?}", lines(&world));
        assert!(world.sent().is_empty());
    }
}

#[test]
fn who_is_stopped_while_others_let_something_out_has_done_what_it_did() {
    let enter = "enter when signed_up\n reenter never\n";
    let mut world = world(&format!(
        "workflow a {{\n {enter} send hello\n stop b\n}}\nworkflow b {{\n {enter} score += 1\n send again\n}}"
    ));
    world.contact("ada", &[]).at(MORNING).event("ada", "signed_up", json!({})).run();
    assert_eq!((world.score("ada"), wakes(&world, "b"), world.sent()["ada@people.example"].len()), (1, 1, 1));
    assert!(lines(&world).contains(&"03-02 10:00 b Stopped".to_owned()), "{:?}", lines(&world));
}

/// Attempts included: what a server puts off beyond the end of its window waits for the next one, and no longer than that.
#[test]
fn what_is_put_off_and_held_waits_no_longer() {
    let mut world = world(&WEEKLY.replace("02:00 to 03:00", "10:00 to 10:01"));
    world.contact("ada", &[("email", "down@x.example"), ("timezone", "UTC")]);
    world.at("2026-03-08 10:00").event("ada", "signed_up", json!({})).run().at("2026-04-20").run();
    let story = world.story("ada");
    assert!(story.iter().any(|line| line.starts_with("03-15") && line.contains("Withheld s0.10")), "{story:?}");
}

#[test]
fn a_handoff_waits_for_the_events_of_its_instant() {
    let told = |behind: &str, words: &[(&str, &str)]| {
        let mut world = world(
            "workflow go {\n enter when requested_demo\n reenter never\n exit when customer\n score += 1\n handoff to sales\n}",
        );
        world.contact("ada", &[]).at(MORNING).event("ada", "requested_demo", json!({}));
        match behind {
            "" => world.identify("ada", words),
            name => world.event("ada", name, json!({})),
        };
        world.run();
        let story = lines(&world);
        let told: Vec<String> = story.into_iter().filter(|line| line.contains("HandedOff")).collect();
        assert_eq!(world.score("ada"), 1);
        assert!(world.journeys("ada").iter().all(|journey| journey.ended_at.is_some()));
        told
    };
    assert_eq!(told("visited", &[]), ["03-02 10:00 go HandedOff s1.1"]);
    assert_eq!(told("", &[("do_not_contact", "yes")]), ["03-02 10:00 go HandedOff s1.4"]);
    assert!(told("", &[("stage", "customer")]).is_empty());
}

/// Who is let in by the event by which another workflow stops theirs does not come in, whatever the names are.
#[test]
fn a_stop_reaches_those_who_come_in_beside_it() {
    for name in ["a_mail", "z_mail"] {
        let enter = "enter when signed_up\n reenter never\n";
        let mut world =
            world(&format!("workflow m {{\n {enter} stop {name}\n}}\nworkflow {name} {{\n {enter} send hello\n}}"));
        world.contact("ada", &[]).at(MORNING).event("ada", "signed_up", json!({})).run();
        let story = lines(&world);
        assert!(world.sent().is_empty(), "{name}: {story:?}");
        // It has come in, and the period until the next time counts from here.
        for what in ["Entered", "Stopped"] {
            assert!(story.iter().any(|line| line.contains(&format!("{name} {what}"))), "{name} {what}: {story:?}");
        }
    }
}

/// So it is where they would have waited for their turn.
#[test]
fn a_stop_reaches_those_who_would_wait_for_their_turn_beside_it() {
    for name in ["a_mail", "z_mail"] {
        let enter = "enter when signed_up\n reenter never\n";
        let mut world = world(&format!(
            "workflow m {{\n {enter} skip when disqualified\n stop {name}\n}}\nworkflow {name} {{\n {enter} rate 1 a day\n send hello\n}}"
        ));
        world.contact("ben", &[("disqualified", "yes")]).at("2026-03-02 09:00").event("ben", "signed_up", json!({}));
        world.run().contact("ada", &[]).at(MORNING).event("ada", "signed_up", json!({})).run();
        world.at("2026-03-09").run();
        let story = lines(&world);
        assert_eq!(world.sent().into_keys().collect::<Vec<_>>(), ["ben@people.example"], "{name}: {story:?}");
        assert!(story.contains(&format!("03-02 10:00 {name} Ignored.8")), "{name}: {story:?}");
    }
}

#[test]
fn a_changed_window_counts_for_what_it_holds() {
    const DAILY: &str = "workflow go {\n enter when signed_up\n reenter never\n send on every day from 09:00 to 17:00 in contact timezone\n send hello\n}";
    let left = |after: &str| {
        let mut world = world(DAILY);
        world.contact("ada", &[]).at("2026-03-02 20:00").event("ada", "signed_up", json!({})).run();
        world.at("2026-03-02 21:00").becomes(after).at("2026-03-05").run();
        world.mailbox.handed()[0].sent_at.timestamp_millis()
    };
    assert_eq!(left(DAILY), at("2026-03-03 09:00"));
    assert_eq!(left(&DAILY.replace("09:00 to 17:00", "06:00 to 08:00")), at("2026-03-03 06:00"));
    assert_eq!(
        left(&DAILY.replace(" send on every day from 09:00 to 17:00 in contact timezone\n", "")),
        at("2026-03-02 20:00")
    );
}
