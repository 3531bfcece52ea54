//! Who is who (E11), and what somebody refuses (E7).

use crate::support::{World, at, world};
use flow_runtime::engine::counter;
use serde_json::json;

const RULES: &str = r#"
workflow look {
  enter when visited(page is "/pricing") at least 2 times in the last 7 days new only
  reenter never
  send hello
}
workflow warm {
  enter when visited
  reenter after 30 days
  wait 5 days
  score += 10
  send again
}
"#;

fn visits(world: &mut World, time: &str, key: &str) {
    world.at(time).event("", "visited", json!({"page": "/pricing"})).only_key(key).run();
}

fn logs_in(world: &mut World, time: &str, user: &str, device: &str) {
    world.at(time).identify(user, &[]).keys(&[&format!("anonymous:{device}")]).run();
}

/// Of two journeys in one workflow the older goes on.
#[test]
fn the_older_journey_goes_on() {
    // Without mail, so that somebody without an address comes in.
    let mut world = world(&RULES.replace("  send again\n", ""));
    visits(&mut world, "2026-03-03 10:00", "anonymous:d1");
    world.contact("ada", &[]);
    visits(&mut world, "2026-03-04 10:00", "user:ada");
    logs_in(&mut world, "2026-03-04 12:00", "ada", "d1");
    world.check_invariants();
    world.at("2026-03-08 11:00").run();
    assert_eq!(world.score("ada"), 10, "five days after the visit on the device");
    world.at("2026-03-10 11:00").run();
    assert_eq!(world.score("ada"), 10);
    let ada = world.id("ada");
    let contact = world.snapshot().contacts.into_iter().find(|contact| contact.id == ada).unwrap();
    assert_eq!(contact.kept.len(), 1, "one of them still matters");
    let gave_way = world.story("ada").into_iter().filter(|line| line.contains("GaveWay")).count();
    assert_eq!(gave_way, 1, "the younger ended for the older: {:?}", world.story("ada"));
}

#[test]
fn a_device_of_two_users_joins_nobody() {
    let mut world = world(RULES);
    world.contact("ada", &[("first_name", "Ada")]).contact("bob", &[("first_name", "Bob")]);
    logs_in(&mut world, "2026-03-03 10:00", "ada", "d1");
    logs_in(&mut world, "2026-03-03 11:00", "bob", "d1");
    assert_eq!((world.counter(counter::JOINED), world.text("ada", "first_name").unwrap()), (0, "Ada".to_owned()));
    // Whoever logged in last owns what comes from it without a user id.
    visits(&mut world, "2026-03-03 12:00", "anonymous:d1");
    assert_eq!((world.story("ada").len(), world.story("bob").len()), (0, 1));
}

#[test]
fn what_refused_mail_is_the_address() {
    let mut world = world(RULES);
    let moves = |world: &mut World, time: &str, user: &str, address: &str| {
        world.at(time).identify(user, &[("email", address)]).keys(&[&format!("email:{address}")]).run();
    };
    moves(&mut world, "2026-03-02 10:00", "ada", "old@x.example");
    world.at("2026-03-03 10:00").event("ada", "Email Bounced", json!({"bounce_type": "hard"})).run();
    assert_eq!(world.read("ada", "hard_bounced"), 1);
    moves(&mut world, "2026-03-04 10:00", "ada", "new@x.example");
    assert_eq!(world.read("ada", "hard_bounced"), 0);
    moves(&mut world, "2026-03-05 10:00", "bob", "old@x.example");
    assert_eq!(world.read("bob", "hard_bounced"), 1);
    world
        .at("2026-03-06 10:00")
        .event("bob", "Email Bounced", json!({"bounce_type": "hard", "email": "new@x.example"}))
        .run();
    assert_eq!(world.read("ada", "hard_bounced"), 0, "it says so of bob's line alone, and ada comes back to it");
    moves(&mut world, "2026-03-07 10:00", "ada", "third@x.example");
    moves(&mut world, "2026-03-08 10:00", "ada", "new@x.example");
    assert_eq!(world.read("ada", "hard_bounced"), 1);
}

/// Whoever has a deal open waits longer before the mail.
const MAILS: &str = r#"
workflow go {
  enter when visited
  reenter after 2 days
  if has_open_deal {
    wait 5 days
  }
  send hello
  wait until clicked hello up to 9 days
  if timed out {
    exit
  }
  score += 7
}
"#;

/// Somebody known by an address alone, and somebody known as ada; the first of the two who comes in waits longer. On Wednesday they prove to
/// be one.
fn two_in_a_workflow(first: &str, second: &str, addresses: (&str, &str)) -> World {
    let mut world = world(MAILS);
    world.at("2026-03-02 08:00").identify("ada", &[("email", addresses.0)]).run();
    let key = format!("email:{}", addresses.1);
    world.identify("", &[("email", addresses.1)]).only_key(&key).run();
    for (time, user, deal) in [("2026-03-02 10:00", first, "yes"), ("2026-03-03 10:00", second, "no")] {
        world.at(time).identify(user, &[("has_open_deal", deal)]);
        said(&mut world, user, &key);
        world.event(user, "visited", json!({}));
        said(&mut world, user, &key);
    }
    world
}

/// By whoever it is, or by the address alone.
fn said(world: &mut World, user: &str, key: &str) {
    if user.is_empty() {
        world.only_key(key);
    }
    world.run();
}

fn proves_to_be_ada(world: &mut World, time: &str, address: &str) {
    world.at(time).identify("ada", &[]).keys(&[&format!("email:{address}")]).run();
    assert_eq!(world.counter(counter::JOINED), 1);
}

fn mails(world: &World) -> usize {
    world.sent().values().map(Vec::len).sum()
}

fn told(world: &World, word: &str) -> usize {
    // Decisions from before stay with the number that somebody had then.
    world.snapshot().decisions.iter().filter(|decision| format!("{:?}", decision.code) == word).count()
}

#[test]
fn what_the_journey_that_gave_way_has_sent_is_not_sent_again() {
    for (first, second) in [("ada", ""), ("", "ada")] {
        let mut world = two_in_a_workflow(first, second, ("ada@x.example", "al@x.example"));
        assert_eq!((mails(&world), told(&world, "Sent")), (1, 1));
        proves_to_be_ada(&mut world, "2026-03-04 10:00", "al@x.example");
        assert_eq!(told(&world, "GaveWay"), 1);
        let goes_on = world.journeys("ada").pop().unwrap();
        assert_eq!((goes_on.entered_at, goes_on.sends.len()), (at("2026-03-02 10:00"), 1));
        world.at("2026-03-10").run();
        assert_eq!(mails(&world), 1);
        assert!(
            world.story("ada").iter().any(|line| line.ends_with("03-07 10:00 go Withheld s2.1")),
            "{:?}",
            world.story("ada")
        );
    }
}

#[test]
fn what_is_done_with_a_mail_of_the_journey_that_gave_way_is_told_once() {
    for (first, second) in [("ada", ""), ("", "ada")] {
        let mut world = two_in_a_workflow(first, second, ("ada@x.example", "al@x.example"));
        let mail = || json!({"email_id": "hello", "link_id": "more"});
        world.at("2026-03-03 12:00").event(second, "Email Opened", mail());
        said(&mut world, second, "email:al@x.example");
        proves_to_be_ada(&mut world, "2026-03-04 10:00", "al@x.example");
        for time in ["2026-03-04 11:00", "2026-03-05 11:00"] {
            world.at(time).event("ada", "Email Opened", mail()).event("ada", "Email Link Clicked", mail()).run();
        }
        assert_eq!((told(&world, "Opened"), told(&world, "Clicked")), (1, 1));
        assert_eq!(world.counter(counter::CLICKS_WITHOUT_A_SEND), 0);
        let clicked = world.snapshot().decisions.into_iter().find(|row| format!("{:?}", row.code) == "Clicked");
        assert_eq!(clicked.unwrap().send, Some(world.snapshot().outbox[0].0.id));
    }
}

#[test]
fn a_mail_that_both_have_got_is_told_as_one() {
    let mut world = two_in_a_workflow("ada", "", ("ada@x.example", "al@x.example"));
    world.at("2026-03-07 12:00").event("ada", "Email Opened", json!({"email_id": "hello"})).run();
    assert_eq!((mails(&world), told(&world, "Opened")), (2, 1));
    proves_to_be_ada(&mut world, "2026-03-08 10:00", "al@x.example");
    world.at("2026-03-08 11:00").event("ada", "Email Opened", json!({"email_id": "hello"})).run();
    assert_eq!((told(&world, "Opened"), world.journeys("ada").pop().unwrap().sends.len()), (1, 2));
}

#[test]
fn what_the_journey_that_gave_way_had_on_its_way_is_not_sent_again() {
    for (first, second) in [("ada", ""), ("", "ada")] {
        let addresses =
            if second.is_empty() { ("ada@x.example", "slow@x.example") } else { ("slow@x.example", "al@x.example") };
        let mut world = two_in_a_workflow(first, second, addresses);
        assert_eq!(told(&world, "Sent"), 0);
        proves_to_be_ada(&mut world, "2026-03-03 10:30", addresses.1);
        world.reopen().at("2026-03-10").run();
        assert_eq!((told(&world, "Sent"), told(&world, "Withheld")), (1, 1), "{:?}", world.story("ada"));
    }
}

/// They are two journeys one after the other, as if it had been known all along; where that was too early for another one, there is none.
#[test]
fn a_journey_that_had_ended_before_leaves_its_mails_to_itself() {
    for (visit, count) in [("2026-03-13 10:00", 2), ("2026-03-13 09:59", 1)] {
        let mut world = world(MAILS);
        world.at("2026-03-02 08:00").identify("ada", &[("email", "ada@x.example")]).run();
        world.at("2026-03-02 10:00").event("ada", "visited", json!({})).run().at("2026-03-12").run();
        assert_eq!(mails(&world), 1);
        world
            .at("2026-03-13 08:00")
            .identify("", &[("email", "al@x.example"), ("has_open_deal", "yes")])
            .only_key("email:al@x.example")
            .run();
        world.at(visit).event("", "visited", json!({})).only_key("email:al@x.example").run();
        proves_to_be_ada(&mut world, "2026-03-14 10:00", "al@x.example");
        world.at("2026-03-20").run();
        assert_eq!(mails(&world), count, "{visit}: {:?}", world.story("ada"));
    }
}

/// The end from which the re-entry period counts is the later one of both.
#[test]
fn the_period_counts_from_the_later_end_of_both() {
    let mut world = world("workflow go {\n enter when visited\n reenter after 2 days\n send hello\n}");
    world.contact("ada", &[]).at("2026-03-03 10:00").event("ada", "visited", json!({})).run();
    world.identify("", &[("email", "al@x.example")]).only_key("anonymous:d1").run();
    world.at("2026-03-04 10:00").event("", "visited", json!({})).only_key("anonymous:d1").run();
    logs_in(&mut world, "2026-03-04 11:00", "ada", "d1");
    world.at("2026-03-05 12:00").event("ada", "visited", json!({})).run();
    assert_eq!(mails(&world), 2, "{:?}", world.story("ada"));
    world.at("2026-03-06 10:00").event("ada", "visited", json!({})).run();
    assert_eq!(mails(&world), 3, "{:?}", world.story("ada"));
}

/// What a device waited for is by the clocks of the person from then on.
#[test]
fn a_journey_that_is_taken_over_waits_by_the_clocks_of_the_person() {
    let mut world = world("workflow go {\n enter when visited\n reenter never\n wait 1 day\n score += 1\n}");
    world.contact("ada", &[("timezone", "America/New_York")]);
    world.at("2026-03-03 10:00").event("", "visited", json!({})).only_key("anonymous:d1").run();
    logs_in(&mut world, "2026-03-03 12:00", "ada", "d1");
    assert_eq!(world.journeys("ada")[0].due_at, Some(at("2026-03-04 15:00")));
}

#[test]
fn an_answer_that_comes_late_is_not_that_of_the_next_run() {
    let mut world = world(
        "workflow go {\n goal \"Demo\" when requested_demo within 9 days\n enter when signed_up\n reenter after 10 minutes\n send hello\n wait 9 days\n}",
    );
    world.contact("ada", &[("email", "slow@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-02 10:30").event("ada", "requested_demo", json!({})).run();
    world.at("2026-03-02 10:45").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-02 11:30").run();
    let runs = world.journeys("ada");
    // It is the first one's, though that has ended: what is done with the mail belongs to it.
    assert_eq!(runs.iter().map(|run| (run.run, run.sends.len())).collect::<Vec<_>>(), [(1, 1), (2, 0)]);
    world.at("2026-03-02 12:00").run();
    assert_eq!(world.journeys("ada")[1].sends.len(), 1);
}

const STARTS: &str = "workflow first { enter when downloaded; reenter never; start second }\n\
    workflow second { enter by hand; reenter after 1 day; score += 10; wait 2 days }";

/// A start takes effect at the next instant, and the login may come before it.
#[test]
fn a_start_that_is_to_come_goes_with_the_device() {
    let mut world = world(STARTS);
    world.contact("ada", &[]).at("2026-03-03 10:00");
    world
        .event("", "downloaded", json!({}))
        .only_key("anonymous:d1")
        .identify("ada", &[])
        .keys(&["anonymous:d1"])
        .run();
    world.at("2026-03-03 12:00").run();
    assert_eq!(world.counter(counter::JOINED), 1);
    assert_eq!(world.story("ada").last().unwrap(), "03-03 10:00 second Entered.1");
}

#[test]
fn of_two_starts_that_are_to_come_one_is_followed() {
    let mut world = world(STARTS);
    world.contact("ada", &[]).at("2026-03-03 10:00");
    world.event("", "downloaded", json!({})).only_key("anonymous:d1").event("ada", "downloaded", json!({}));
    world.identify("ada", &[]).keys(&["anonymous:d1"]).run();
    world.at("2026-03-10 12:00").run();
    assert_eq!(world.score("ada"), 10);
}

const LOOKS: &str = "workflow look { enter when visited(page is \"/pricing\") at least 2 times in the last 7 days new only; \
    reenter after 1 day; skip when has_open_deal; send hello }";

/// A device on which an entry came true, and which may not be followed for now.
fn owed(text: &str, deal: &[(&str, &str)]) -> World {
    let mut world = world(text);
    world.contact("ada", &[]).at("2026-03-03 09:00").identify("", deal).only_key("anonymous:d1").run();
    visits(&mut world, "2026-03-03 10:00", "anonymous:d1");
    visits(&mut world, "2026-03-03 10:01", "anonymous:d1");
    world
}

fn entered(world: &World) -> Vec<String> {
    world.story("ada").into_iter().filter(|line| line.contains("look Entered")).collect()
}

#[test]
fn an_entry_that_is_owed_goes_with_the_device() {
    let mut world = owed(LOOKS, &[("has_open_deal", "yes")]);
    logs_in(&mut world, "2026-03-03 11:00", "ada", "d1");
    assert!(entered(&world).is_empty());
    world.at("2026-03-03 12:00").identify("ada", &[("has_open_deal", "no")]).run();
    assert_eq!(entered(&world), ["03-03 12:00 look Entered"]);
    world.at("2026-03-09 12:00").run();
    assert_eq!(world.sent().values().map(Vec::len).sum::<usize>(), 1);
}

/// Whether the condition still holds is asked of both as one.
#[test]
fn an_entry_that_is_owed_lapses_at_the_join_where_the_condition_does() {
    let text = LOOKS.replace("new only", "and score < 10 new only");
    let mut world = owed(&text, &[("has_open_deal", "yes")]);
    world.at("2026-03-03 10:30").identify("ada", &[("score", "10")]).run();
    logs_in(&mut world, "2026-03-03 11:00", "ada", "d1");
    world.at("2026-03-03 12:00").identify("ada", &[("has_open_deal", "no")]).run();
    world.at("2026-03-05 12:00").run();
    assert!(entered(&world).is_empty());
}

/// It was true of the user and they came in: of one person it becomes true once.
#[test]
fn an_entry_that_is_owed_to_the_device_is_spent_where_the_user_has_come_in() {
    let mut world = owed(LOOKS, &[("has_open_deal", "yes")]);
    visits(&mut world, "2026-03-03 10:10", "user:ada");
    visits(&mut world, "2026-03-03 10:11", "user:ada");
    logs_in(&mut world, "2026-03-03 11:00", "ada", "d1");
    world.at("2026-03-03 12:00").identify("ada", &[("has_open_deal", "no")]).run();
    world.at("2026-03-07 12:00").run();
    assert_eq!(entered(&world), ["03-03 10:11 look Entered"]);
}

const GOAL: &str = "workflow go { goal \"demo\" when requested_demo within 30 days; enter when signed_up; reenter after 2 hours; wait 1 hour }";

fn signs_up(world: &mut World, key: &str, times: &[&str]) {
    for time in times {
        world.at(time).event("", "signed_up", json!({})).only_key(key).run();
    }
}

/// Two at once were one, and goals count for each that was one of its own, whoever of the two had it.
#[test]
fn goals_after_the_end_count_for_each_journey_of_both() {
    for (of_device, of_user, attributed) in [
        (&["2026-03-03 10:00", "2026-03-03 14:00"][..], &["2026-03-03 18:00"][..], 3),
        (&["2026-03-03 18:00", "2026-03-03 22:00"], &["2026-03-03 10:00", "2026-03-03 14:00"], 4),
        (&["2026-03-03 12:00"], &["2026-03-03 10:00", "2026-03-03 14:00"], 3),
        (&["2026-03-03 10:00", "2026-03-03 14:30"], &["2026-03-03 14:00"], 2),
    ] {
        let mut world = world(GOAL);
        world.contact("ada", &[]);
        let mut entries: Vec<(&str, &str)> = of_device.iter().map(|time| (*time, "anonymous:d1")).collect();
        entries.extend(of_user.iter().map(|time| (*time, "user:ada")));
        entries.sort_unstable();
        entries.into_iter().for_each(|(time, key)| signs_up(&mut world, key, &[time]));
        logs_in(&mut world, "2026-03-05 10:00", "ada", "d1");
        world.reopen().at("2026-03-06 10:00").event("ada", "requested_demo", json!({})).run();
        let story = world.story("ada");
        let counted = story.iter().filter(|line| *line == "03-06 10:00 go Attributed").count();
        assert_eq!(counted, attributed, "{of_device:?} {of_user:?}: {story:?}");
    }
}

/// The re-entry period is that of the journey that ended last, whatever its number is.
#[test]
fn an_older_journey_of_the_device_does_not_end_the_re_entry_period() {
    let mut world = world(&GOAL.replace("2 hours", "1 day"));
    world.contact("ada", &[]);
    signs_up(&mut world, "anonymous:d1", &["2026-03-03 10:00"]);
    signs_up(&mut world, "user:ada", &["2026-03-04 18:00"]);
    logs_in(&mut world, "2026-03-04 20:00", "ada", "d1");
    signs_up(&mut world, "user:ada", &["2026-03-05 18:30", "2026-03-05 19:00"]);
    assert_eq!(
        world.story("ada")[1..],
        ["03-04 19:00 go Finished.1", "03-05 18:30 go Ignored.4", "03-05 19:00 go Entered"]
    );
    assert_eq!(world.journeys("ada").iter().map(|journey| journey.run).max(), Some(3));
}

/// Of many the newest, however many the two have together.
#[test]
fn no_more_than_sixteen_ended_journeys_are_kept_of_both() {
    let mut world = world(GOAL);
    world.contact("ada", &[]);
    let at_hours = |day: u32| [0, 4, 8, 12, 16, 20].map(|hour| format!("2026-03-{day:02} {hour:02}:00"));
    for (day, key) in [(3, "anonymous:d1"), (4, "user:ada"), (5, "anonymous:d1"), (6, "user:ada")] {
        let times = at_hours(day);
        signs_up(&mut world, key, &times.iter().map(String::as_str).collect::<Vec<_>>());
    }
    logs_in(&mut world, "2026-03-07 10:00", "ada", "d1");
    world.at("2026-03-08 10:00").event("ada", "requested_demo", json!({})).run();
    assert_eq!(world.story("ada").iter().filter(|line| line.ends_with("go Attributed")).count(), 16);
}
