//! What becomes of a message that leaves.

use crate::support::{MINUTE, World, at, world};
use flow_runtime::dispatch::backoff::ATTEMPTS_MAX;
use flow_runtime::dispatch::channels::Uncertain;
use flow_runtime::report::RunReport;
use flow_runtime::store::{JourneyStatus, OutboxState};
use serde_json::json;

const GO: &str = "workflow go {\n enter when signed_up\n reenter never\n send hello\n wait 90 days\n}";
const BOUNCED: &str = "workflow clean {\n enter when hard_bounced new only\n reenter never\n score += 7\n}";

fn mailed(address: &str, policy: Uncertain) -> World {
    let mut world = world(&format!("{GO}\n{BOUNCED}")).policy(policy);
    world.contact("ada", &[("email", address)]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
}

fn state(world: &World) -> (OutboxState, u32) {
    let row = world.snapshot().outbox.remove(0).0;
    (row.state, row.attempts)
}

fn last(world: &World, code: &str) -> String {
    world.decisions("ada").into_iter().rfind(|line| line.contains(code)).unwrap_or_default()
}

#[test]
fn a_delivery_is_recorded_at_the_instant_of_the_mail() {
    let world = mailed("ada@x.example", Uncertain::Resend);
    assert_eq!(state(&world), (OutboxState::Delivered, 1));
    assert_eq!(last(&world, "Sent"), "03-02 10:00 go Sent s0");
}

#[test]
fn a_mail_that_has_to_wait_is_tried_again_later() {
    let mut world = mailed("busy@x.example", Uncertain::Resend);
    assert_eq!(state(&world), (OutboxState::Queued, 1));
    let due_at = world.engine().next_due().unwrap().0;
    assert!(due_at >= at("2026-03-02 10:00") + MINUTE);
    world.at("2026-03-02 12:00").run();
    assert_eq!(state(&world), (OutboxState::Delivered, 2));
    assert_eq!(world.snapshot().outbox[0].0.due_at, due_at);
}

#[test]
fn a_crash_while_a_mail_waits_for_its_next_try_loses_nothing() {
    let mut world = mailed("busy@x.example", Uncertain::Resend);
    world.reopen().at("2026-03-02 12:00").run();
    assert_eq!(state(&world), (OutboxState::Delivered, 2));
}

#[test]
fn after_the_last_try_it_is_given_up() {
    let mut world = mailed("down@x.example", Uncertain::Resend);
    world.at("2026-03-09").run();
    assert_eq!(state(&world), (OutboxState::Failed, ATTEMPTS_MAX));
    assert!(last(&world, "Undelivered").ends_with("Undelivered s0.4"));
}

#[test]
fn a_hard_bounce_belongs_to_the_contact_and_sets_workflows_going() {
    let mut world = mailed("dead@x.example", Uncertain::Resend);
    assert_eq!(state(&world), (OutboxState::Failed, 1));
    assert_eq!((world.read("ada", "hard_bounced"), world.score("ada")), (1, 7));
    let story = world.story("ada");
    for line in ["03-02 10:00 Suppressed.2", "03-02 10:00 go Undelivered s0.1", "03-02 10:00 clean Entered"] {
        assert!(story.iter().any(|found| found == line), "{line} in {story:?}");
    }
    world.at("2026-03-03").run();
}

#[test]
fn a_mail_on_its_way_has_its_answer_before_its_contact_is_touched_again() {
    let mut world =
        world("workflow go {\n enter when signed_up\n reenter never\n send hello\n wait 1 day\n send again\n}");
    world.identify("ada", &[("email", "dead@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
    // All of it would fit one batch.
    world.at("2026-03-05").run();
    assert!(world.story("ada").contains(&"03-03 10:00 go Withheld s2.4".to_owned()), "{:?}", world.story("ada"));
    assert_eq!(world.sent()["dead@x.example"].len(), 1);
}

#[test]
fn a_sender_that_is_blocked_is_not_the_contacts_fault() {
    let world = mailed("blocked@x.example", Uncertain::Resend);
    assert_eq!(world.read("ada", "hard_bounced"), 0);
    assert!(last(&world, "Undelivered").ends_with("s0.2"));
}

#[test]
fn what_cannot_be_written_is_not_sent() {
    let world = mailed("mute@x.example", Uncertain::Resend);
    assert_eq!(state(&world), (OutboxState::Failed, 0));
    assert!(last(&world, "Undelivered").ends_with("s0.6"));
    assert!(world.sent().is_empty());
}

#[test]
fn claimed_rows_are_settled_by_the_policy_at_the_next_start() {
    for (policy, expected, attempts) in
        [(Uncertain::GiveUp, OutboxState::Unknown, 0), (Uncertain::Resend, OutboxState::Delivered, 1)]
    {
        let mut world = world(GO).policy(policy);
        world.contact("ada", &[("email", "slow@x.example")]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
        // The process dies after the row is committed, and another one before it heard what became of it.
        *world.shared.crash.lock().unwrap() = crate::support::Crash::AfterCommit(1);
        world.run_all("2026-03-02 10:00").unwrap_err();
        *world.shared.crash.lock().unwrap() = crate::support::Crash::Never;
        assert_eq!(state(&world).0, OutboxState::Claimed);
        world.reopen().run_all("2026-03-02 12:00").unwrap();
        assert_eq!(state(&world).0, expected);
        assert_eq!(world.sent().values().map(Vec::len).sum::<usize>(), attempts);
    }
}

fn status(world: &World) -> JourneyStatus {
    world.journeys("ada").last().unwrap().status
}

#[test]
fn a_journey_waits_for_the_answer_and_goes_on_from_its_instant() {
    let program = "workflow go {\n enter when signed_up\n reenter never\n send hello\n wait 1 day\n send again\n}";
    let mut world = world(program);
    world.contact("ada", &[("email", "slow@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    assert_eq!((status(&world), state(&world)), (JourneyStatus::Sending, (OutboxState::Claimed, 0)));
    world.at("2026-03-03 10:59").run();
    // Each mail has its answer an hour after it left.
    assert_eq!(world.story("ada").last().unwrap(), "03-02 11:00 go Sent s0");
    world.at("2026-03-03 13:00").run();
    assert_eq!(
        world.story("ada")[1..],
        ["03-02 11:00 go Sent s0", "03-03 12:00 go Sent s2", "03-03 12:00 go Finished.1"]
    );
}

#[test]
fn what_is_on_its_way_when_a_journey_ends_is_still_heard_of_and_nothing_follows_it() {
    let mut world = world(
        "workflow go {\n goal \"Demo\" when requested_demo within 9 days\n enter when signed_up\n reenter never\n send hello\n send again\n}",
    );
    world.contact("ada", &[("email", "slow@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-02 10:30").event("ada", "requested_demo", json!({})).run();
    assert_eq!(status(&world), JourneyStatus::Ended);
    world.at("2026-03-04").run();
    let story = world.story("ada");
    assert!(story.contains(&"03-02 11:00 go Sent s0.1".to_owned()), "{story:?}");
    assert_eq!((state(&world), world.sent()["slow@x.example"].len()), ((OutboxState::Delivered, 1), 1));
    assert_eq!(first_send(&mut world), [1, 1, 0, 0, 0]);
}

/// Who came to the first step, and the parts that they are in: sent, withheld, left, here.
fn first_send(world: &mut World) -> [u64; 5] {
    let program = world.program.clone();
    let report = RunReport::read(&program, &mut *world.engine().records().unwrap()).unwrap();
    let step = &report.workflows["go"].steps[0];
    [step.came.unwrap(), step.sent, step.withheld, step.left, step.here]
}

#[test]
fn what_waits_when_a_journey_ends_is_withdrawn() {
    let mut world = world(
        "workflow go {\n goal \"Demo\" when requested_demo within 9 days\n enter when signed_up\n reenter never\n send hello\n}",
    );
    world.contact("ada", &[("email", "busy@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-02 10:00").event("ada", "requested_demo", json!({})).run();
    assert_eq!(state(&world), (OutboxState::Withheld, 1));
    assert!(last(&world, "Withheld").ends_with("s0.8"));
    world.at("2026-03-05").run();
    assert_eq!(world.sent()["busy@x.example"].len(), 1);
    assert_eq!(first_send(&mut world), [1, 0, 1, 0, 0]);
}

#[test]
fn a_window_is_asked_again_at_each_attempt() {
    let mut world = world(
        "workflow go {\n enter when signed_up\n reenter never\n send on weekdays from 09:00 to 17:00 in contact timezone\n send hello\n}",
    );
    world.contact("ada", &[("email", "busy@x.example")]);
    world.at("2026-03-02 16:59").event("ada", "signed_up", json!({})).run();
    // Put off for a minute and some, by when it is after hours.
    world.at("2026-03-02 18:00").run();
    assert_eq!((status(&world), state(&world)), (JourneyStatus::Held, (OutboxState::Queued, 1)));
    world.reopen().at("2026-03-03 12:00").run();
    assert_eq!(
        world.story("ada")[1..],
        ["03-02 17:00 go Held s0", "03-03 09:00 go Sent s0", "03-03 09:00 go Finished.1"]
    );
    assert_eq!(state(&world), (OutboxState::Delivered, 2));
}

#[test]
fn where_nobody_answers_nothing_is_given_up_for_seven_days() {
    let mut world = mailed("gone@x.example", Uncertain::GiveUp);
    assert_eq!(state(&world), (OutboxState::Queued, 0));
    world.at("2026-03-09 09:50").run();
    assert_eq!((status(&world), state(&world)), (JourneyStatus::Sending, (OutboxState::Queued, 0)));
    // Asked again and again, at most every five minutes, and nobody else's mail is tried meanwhile.
    let attempts = world.sent()["gone@x.example"].len();
    assert!((7 * 24 * 11..7 * 24 * 13).contains(&attempts), "{attempts}");
    let goes_on = world.identify("ada", &[("email", "ada@x.example")]).run();
    goes_on.at("2026-03-10").run();
    assert_eq!(state(&world), (OutboxState::Delivered, 1));
}

/// Whatever holds it, and however often an attempt that does not count has moved its date.
#[test]
fn a_mail_is_held_for_seven_days_from_its_step_and_no_longer() {
    let daily = "send on every day from 09:00 to 17:00 in contact timezone";
    for (window, step, over) in [
        ("", "2026-03-02 10:00", "2026-03-09 10:00"),
        (daily, "2026-03-02 10:00", "2026-03-09 10:00"),
        // At night the window holds it.
        (daily, "2026-03-02 20:00", "2026-03-09 20:00"),
    ] {
        let text = format!("workflow go {{ enter when signed_up; reenter never; {window}; send hello; score += 1 }}");
        let run = |mended: i64| {
            let mut world = world(&text.replace("; ;", ";"));
            world.contact("ada", &[("email", "gone@x.example")]).at(step).event("ada", "signed_up", json!({})).run();
            world.set_now(mended);
            world.identify("ada", &[("email", "ada@x.example")]).run().at("2026-03-20").run();
            assert_eq!(world.score("ada"), 1, "the journey goes on");
            world
        };
        let world = run(at(over) - 4 * 60 * MINUTE);
        assert_eq!(state(&world), (OutboxState::Delivered, 1), "{step}");
        let world = run(at(over) + 10 * MINUTE);
        assert_eq!(state(&world), (OutboxState::Withheld, 0), "{step}");
        let row = world.snapshot().outbox.remove(0).0;
        assert!((at(over)..=at(over) + 5 * MINUTE).contains(&row.due_at), "{step}");
        assert_eq!(row.held_since, at(step));
        assert!(last(&world, "Withheld").ends_with("go Withheld s0.10"), "{}", last(&world, "Withheld"));
    }
}

#[test]
fn what_must_be_mended_stops_the_run_and_costs_no_attempt() {
    let mut world = world(GO);
    world.contact("ada", &[("email", "broken@x.example")]);
    world.contact("bea", &[("email", "slow@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).event("bea", "signed_up", json!({}));
    let stopped = world.run_all("2026-03-05").unwrap_err();
    assert_eq!(stopped.to_string(), "mail cannot leave: because");
    assert_eq!(state(&world), (OutboxState::Queued, 0));
    assert_eq!(status(&world), JourneyStatus::Sending);
    // Mended, everything leaves.
    world.identify("ada", &[("email", "ada@x.example")]);
    world.reopen().run_all("2026-03-05").unwrap();
    let states: Vec<OutboxState> = world.snapshot().outbox.iter().map(|(row, _)| row.state).collect();
    assert_eq!(states, [OutboxState::Delivered; 2]);
}

#[test]
fn a_later_attempt_goes_to_the_address_of_then() {
    let mut world = mailed("busy@x.example", Uncertain::Resend);
    world.at("2026-03-02 10:00").identify("ada", &[("email", "ada@x.example")]).run();
    world.at("2026-03-03").run();
    assert_eq!(world.sent()["ada@x.example"].len(), 1);
    assert_eq!(state(&world), (OutboxState::Delivered, 2));
}

#[test]
fn an_answer_finds_whoever_its_contact_was_joined_into() {
    let mut world = world("workflow go {\n enter when visited\n reenter never\n send hello\n wait 1 day\n}");
    world.contact("ada", &[("email", "ada@x.example")]);
    // Somebody known by an address alone, whose mail is on its way when they log in.
    world.at("2026-03-02 10:00").identify("", &[("email", "slow@x.example")]).only_key("email:slow@x.example").run();
    world.at("2026-03-02 10:00").event("", "visited", json!({})).only_key("email:slow@x.example").run();
    world.at("2026-03-02 10:30").identify("ada", &[]).keys(&["email:slow@x.example"]).run();
    world.at("2026-03-02 12:00").run();
    assert_eq!(state(&world).0, OutboxState::Delivered);
    let journey = world.journeys("ada").pop().unwrap();
    assert_eq!((journey.status, journey.due_at), (JourneyStatus::Waiting, Some(at("2026-03-03 11:00"))));
}

#[test]
fn a_click_while_the_answer_is_on_its_way_is_no_persons() {
    let mut world = world(
        "workflow go {\n enter when signed_up\n reenter never\n send hello\n wait until clicked hello up to 2 days\n}",
    );
    world.contact("ada", &[("email", "slow@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
        .at("2026-03-02 10:30")
        .event("ada", "Email Link Clicked", json!({"email_id": "hello", "link_id": "more"}))
        .run();
    assert_eq!(world.counter(flow_runtime::engine::counter::MACHINE_CLICKS), 1);
    world.at("2026-03-03").run();
    assert_eq!(status(&world), JourneyStatus::Awaiting);
}

#[test]
fn what_comes_back_when_its_journey_has_ended_is_withdrawn() {
    const DEMO: &str = "workflow go {\n goal \"Demo\" when requested_demo within 9 days\n enter when signed_up\n reenter never\n send hello\n}";
    // Nobody answered for an hour, and they met the goal meanwhile.
    let mut world = world(DEMO);
    world.contact("ada", &[("email", "silent@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-02 10:30").event("ada", "requested_demo", json!({})).run();
    world.at("2026-03-05").run();
    assert_eq!(state(&world), (OutboxState::Withheld, 0));
    assert!(last(&world, "Withheld").ends_with("s0.8"));
}

#[test]
fn a_bounce_is_of_the_address_that_the_mail_went_to() {
    let mut world = world(GO);
    world.contact("ada", &[("email", "late@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-02 10:30").identify("ada", &[("email", "ada@x.example")]).run();
    world.at("2026-03-03").run();
    assert_eq!((state(&world).0, world.read("ada", "hard_bounced")), (OutboxState::Failed, 0));
    // Whoever gets that address later is told.
    world.identify("bea", &[("email", "late@x.example")]).keys(&["email:late@x.example"]).run();
    assert_eq!(world.read("bea", "hard_bounced"), 1);
}

/// They have given it up while the mail was on its way, and somebody else has it when the answer comes.
#[test]
fn a_bounce_counts_for_whoever_has_the_address_when_it_comes() {
    let mut world = world(GO);
    world.contact("ada", &[("email", "late@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-02 10:30").identify("ada", &[("email", "ada@x.example")]).run();
    world.identify("bea", &[("email", "late@x.example")]).keys(&["email:late@x.example"]).run();
    world.at("2026-03-03").run();
    assert_eq!((world.read("ada", "hard_bounced"), world.read("bea", "hard_bounced")), (0, 1));
}

#[test]
fn a_click_on_an_earlier_mail_is_a_persons_while_another_is_on_its_way() {
    let waiting = "enter when signed_up\n reenter never\n send hello\n wait until clicked hello up to 9 days\n if timed out { exit }\n score += 7";
    let mut world = world(&format!(
        "workflow go {{\n {waiting}\n}}\nworkflow other {{\n enter when requested_demo\n reenter never\n send hello\n}}"
    ));
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.identify("ada", &[("email", "slow@x.example")]).run();
    world.at("2026-03-04 10:00").event("ada", "requested_demo", json!({})).run();
    world
        .at("2026-03-04 10:30")
        .event("ada", "Email Link Clicked", json!({"email_id": "hello", "link_id": "more"}))
        .run();
    assert_eq!(world.score("ada"), 7);
}

#[test]
fn consent_is_asked_before_the_goal() {
    let mut world = world(
        "workflow go {\n goal \"Lead\" when stage >= mql within 9 days\n enter when signed_up\n reenter never\n advance stage to mql\n send hello\n}",
    );
    world.contact("ada", &[("unsubscribed", "yes")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    assert!(world.story("ada").contains(&"03-02 10:00 go Withheld s1.3".to_owned()), "{:?}", world.story("ada"));
}

/// Four people whose mail server is gone: how many attempts there have been so many seconds after the mails were written.
fn attempts_after(world: &mut World, seconds: i64) -> usize {
    world.set_now(at("2026-03-02 10:00") + seconds * 1_000);
    world.run();
    world.sent().values().map(Vec::len).sum()
}

#[test]
fn a_pause_outlives_a_start_and_one_message_ends_it() {
    let mut world = world(GO);
    world.at_once = 4;
    let users = [(1, "ada"), (2, "bea"), (3, "cy"), (4, "dan")];
    for (nth, user) in users {
        world.contact(user, &[("email", &format!("gone{nth}@x.example"))]);
    }
    for (_, user) in users {
        world.at("2026-03-02 10:00").event(user, "signed_up", json!({}));
    }
    assert_eq!(attempts_after(&mut world, 0), 1, "of four of one instant the first finds nobody there");
    assert_eq!(attempts_after(world.reopen(), 0), 1, "a start is no reason to try again");
    assert_eq!(attempts_after(world.reopen(), 5), 2, "one alone");
    assert_eq!(attempts_after(world.reopen(), 14), 2, "and the next pause is twice as long");
    assert_eq!(attempts_after(&mut world, 15), 3);
    world.reopen().engine().channel_is_there();
    assert_eq!(attempts_after(&mut world, 16), 4, "alone all the same");
    assert_eq!(attempts_after(world.reopen(), 54), 4);
    // Whoever is answered lets all the others go.
    for (nth, user) in users {
        world.identify(user, &[("email", &format!("slow{nth}@x.example"))]);
    }
    assert_eq!(attempts_after(world.reopen(), 55), 5);
    // Its answer takes an hour. What was on its way at a start is asked of the channel again, under its key.
    assert_eq!(attempts_after(world.reopen(), 3_654), 5 + 1);
    assert_eq!(attempts_after(&mut world, 3_655), 5 + 1 + 3);
}
