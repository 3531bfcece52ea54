//! On the wall clock: what was missed happens late, by what is so then.

use crate::support::{Crash, World, at, world};
use flow_runtime::engine::EngineError;
use flow_runtime::store::{JourneyStatus, OutboxState};
use flow_runtime::time::Instant;
use serde_json::json;

const OFFICE: &str = "workflow go {\n enter when signed_up\n reenter never\n send on weekdays from 09:00 to 17:00 in contact timezone\n wait 30 minutes\n send hello\n}";

fn catch_up(world: &mut World, text: &str) {
    let now = Instant(at(text));
    world.engine().catch_up(now, &mut std::iter::empty(), &mut |_| {}).unwrap();
}

#[test]
fn what_fell_due_while_nobody_looked_happens_now_and_not_in_the_past() {
    let mut world = world(OFFICE);
    world.contact("ada", &[]);
    world.at("2026-03-02 16:00").event("ada", "signed_up", json!({})).run();
    // The wait was over at half past four; it is nine in the evening when somebody looks.
    catch_up(&mut world, "2026-03-02 21:00");
    assert_eq!(world.story("ada").last().unwrap(), "03-02 21:00 go Held s1");
    catch_up(&mut world, "2026-03-03 09:00");
    assert_eq!(world.journeys("ada")[0].status, JourneyStatus::Ended);
    assert!(world.story("ada").contains(&"03-03 09:00 go Sent s1".to_owned()), "{:?}", world.story("ada"));
}

/// Everything said by then, and the instant at which it is looked at.
fn hears(world: &mut World, text: &str) {
    let now = at(text);
    let new = world.take_new().into_iter().map(|mut arrival| {
        arrival.arrived_at = now;
        arrival
    });
    let arrivals: Vec<_> = new.collect();
    world.engine().catch_up(Instant(now), &mut arrivals.into_iter().map(Ok), &mut |_| {}).unwrap();
}

/// What time alone makes true while nobody looks is a change of its own: a line of history that is read first takes nothing from it, and what
/// somebody did since takes all of it.
#[test]
fn history_takes_nothing_from_what_time_has_made_true_while_nobody_looked() {
    let rules = "segment silent = inactive for 4 days
         segment warm = visited in the last 4 days
         workflow fell {\n enter when entered silent\n reenter never\n score += 1\n}
         workflow cooled {\n enter when left warm\n reenter never\n score += 1\n}
         workflow quiet {\n enter when inactive for 4 days new only\n reenter never\n score += 1\n}";
    let told = |lines: &[(&str, &str)], is_loaded: bool| {
        let mut world = world(rules);
        world.engine().begin(Instant(at("2026-03-02")), None).unwrap();
        world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "visited", json!({"page": "/"})).run();
        if !is_loaded {
            world.reopen();
        }
        for (name, occurred) in lines {
            world.at("2026-03-07").event_of("ada", name, json!({"page": "/"}), at(occurred));
        }
        hears(&mut world, "2026-03-07");
        world.check_invariants();
        world.story("ada")
    };
    let (old, older) = (("visited", "2026-02-02 10:00"), ("paid", "2026-02-01 10:00"));
    let entered = ["cooled Entered", "fell Entered", "quiet Entered"].map(|line| format!("03-07 00:00 {line}"));
    for is_loaded in [true, false] {
        for lines in [&[][..], &[old], &[older], &[old, older]] {
            let mut story = told(lines, is_loaded);
            story.retain(|line| line.contains("Entered"));
            story.sort();
            assert_eq!(story, entered, "{lines:?}");
        }
        let back = ("visited", "2026-03-06 10:00");
        assert_eq!(told(&[old, back], is_loaded), told(&[back], is_loaded));
    }
}

/// What is left to its own instant ends a journey before its mail is on its way, though history has ended the wait before that mail.
#[test]
fn no_mail_leaves_beside_an_exit_that_time_has_made_true() {
    for exit in ["silent", "inactive for 4 days"] {
        let rules = format!(
            "segment silent = inactive for 4 days
             workflow noted {{\n enter when entered silent\n reenter never\n score += 1\n}}
             workflow go {{\n enter when signed_up\n reenter never\n exit when {exit}\n wait until employees >= 5 up to 30 days\n send hello\n}}"
        );
        let mut world = world(&rules);
        world.engine().begin(Instant(at("2026-03-02")), None).unwrap();
        world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        world.at("2026-03-07").identify("ada", &[("employees", "9")]).occurred("2026-02-02 10:00");
        hears(&mut world, "2026-03-07");
        assert!(world.sent().is_empty() && world.story("ada").iter().any(|line| line.contains("go Exited")), "{exit}");
    }
}

#[test]
fn what_has_arrived_by_then_comes_before_what_was_missed() {
    let mut world = world("workflow go {\n enter when signed_up\n reenter never\n wait 1 hour\n send hello\n}");
    world.contact("ada", &[]);
    world.at("2026-03-02 09:00").event("ada", "signed_up", json!({})).run();
    // The mail was due at ten. They unsubscribed before, and nobody looked until eleven.
    world.at("2026-03-02 09:55").event("ada", "Unsubscribed", json!({}));
    hears(&mut world, "2026-03-02 11:00");
    assert!(world.story("ada").contains(&"03-02 11:00 go Withheld s1.3".to_owned()), "{:?}", world.story("ada"));
    assert!(world.sent().is_empty());
}

#[test]
fn what_an_error_broke_off_is_not_kept_by_whoever_ends_the_engine() {
    let mut world = world("workflow go {\n enter when signed_up\n reenter never\n score += 7\n}");
    world.contact("ada", &[]);
    world.contact("ben", &[]);
    world.at("2026-03-02 09:00").event("ada", "signed_up", json!({})).event("ben", "signed_up", json!({}));
    // Nobody is in memory, and nobody can be read.
    world.reopen();
    *world.shared.crash.lock().unwrap() = Crash::InLoad;
    let arrivals = world.take_new();
    let (nine, later) = (Instant(at("2026-03-02 09:00")), Instant(at("2026-03-02 09:01")));
    assert!(world.engine().catch_up(nine, &mut arrivals.clone().into_iter().map(Ok), &mut |_| {}).is_err());
    // The store is well again, and what was broken off is still not whole.
    *world.shared.crash.lock().unwrap() = Crash::Never;
    world.engine().settle_in_flight(later).unwrap();
    world.reopen();
    assert_eq!((world.score("ada"), world.score("ben")), (0, 0));
    world.engine().catch_up(later, &mut arrivals.into_iter().map(Ok), &mut |_| {}).unwrap();
    assert_eq!((world.score("ada"), world.score("ben")), (7, 7));
}

/// Nobody could keep the answer to what leaves now: it waits for the next start, and leaves once.
#[test]
fn after_an_error_in_an_item_nothing_leaves_that_was_not_on_its_way() {
    let mut world = world("workflow ask { enter when signed_up; reenter never; send hello; wait 2 days }").limits(1, 1);
    world.contact("ada", &[("email", "slow@people.example")]).contact("bo", &[]).contact("cy", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).event("bo", "signed_up", json!({}));
    let (arrivals, now) = (world.take_new(), Instant(at("2026-03-02 10:00")));
    let crash = std::sync::Arc::clone(&world.shared.crash);
    let mut die = |_: &_| *crash.lock().unwrap() = Crash::InLoad;
    assert!(world.engine().catch_up(now, &mut arrivals.into_iter().map(Ok), &mut die).is_err());
    let handed = world.mailbox.handed().len();
    world.engine().settle_in_flight(now).unwrap();
    assert_eq!(world.mailbox.handed().len(), handed);
    *crash.lock().unwrap() = Crash::Never;
    let states: Vec<OutboxState> = world.snapshot().outbox.iter().map(|(row, _)| row.state).collect();
    assert_eq!(states, [OutboxState::Queued]);
    world.reopen().at("2026-03-02 12:00").run();
    assert_eq!(world.sent()["slow@people.example"].len(), 1);
}

/// A long file comes in by pieces: what one of them lets out waits until all that has arrived is in.
#[test]
fn what_a_later_piece_says_takes_back_what_an_earlier_one_let_out() {
    let mut world = world("workflow go {\n enter when signed_up\n reenter never\n send hello\n}");
    world.contact("ada", &[]).contact("ben", &[]);
    world.at("2026-03-02 09:00").event("ada", "signed_up", json!({})).event("ben", "signed_up", json!({}));
    let first = world.take_new();
    world.event("ada", "Unsubscribed", json!({})).event("ben", "visited", json!({}));
    let second = world.take_new();
    let now = Instant(at("2026-03-02 09:00"));
    for piece in [first, second] {
        // It is asked behind each piece alone, so each has been taken whole.
        world.engine().stop_when(|| true);
        world.engine().hear(now, piece, &mut |_| {}).unwrap();
        assert!(world.sent().is_empty());
    }
    world.engine().stop_when(|| false);
    world.engine().catch_up(now, &mut std::iter::empty(), &mut |_| {}).unwrap();
    world.engine().settle_in_flight(now).unwrap();
    assert_eq!(world.sent().into_keys().collect::<Vec<_>>(), ["ben@people.example"]);
}

#[test]
fn what_is_due_ends_behind_a_batch_where_that_is_wanted() {
    let mut world =
        world("workflow go {\n enter when signed_up\n reenter never\n wait 1 hour\n score += 7\n}").limits(1, 1);
    world.contact("ada", &[]).contact("ben", &[]);
    world.at("2026-03-02 09:00").event("ada", "signed_up", json!({})).event("ben", "signed_up", json!({})).run();
    let now = Instant(at("2026-03-02 11:00"));
    world.engine().stop_when(|| true);
    let stopped = world.engine().catch_up(now, &mut std::iter::empty(), &mut |_| {});
    assert!(matches!(stopped, Err(EngineError::Stopped)), "{stopped:?}");
    world.engine().settle_in_flight(now).unwrap();
    assert_eq!(world.score("ada") + world.score("ben"), 7);
    world.reopen();
    catch_up(&mut world, "2026-03-02 11:00");
    assert_eq!((world.score("ada"), world.score("ben")), (7, 7));
}

/// What an answer at the end lets out is asked about by whoever goes on from there, whatever was done last before it.
#[test]
fn what_an_answer_at_the_end_lets_out_waits_for_the_next_start() {
    let text = "workflow go {\n enter when signed_up\n reenter never\n exit when disqualified\n send hello\n handoff to sales { note \"call\" }\n}";
    for refused in [false, true] {
        let mut world = world(text);
        world.contact("ada", &[("email", "slow@people.example")]);
        world.at("2026-03-02 09:00").event("ada", "signed_up", json!({}));
        hears(&mut world, "2026-03-02 09:00");
        let end = Instant(at("2026-03-02 11:00"));
        world.engine().settle_in_flight(end).unwrap();
        let story = world.story("ada");
        assert!(story.contains(&"03-02 11:00 go Sent s0".to_owned()), "{story:?}");
        assert!(!story.iter().any(|line| line.contains("HandedOff")), "{story:?}");
        world.reopen().at("2026-03-02 11:00");
        if refused {
            world.identify("ada", &[("disqualified", "yes")]);
        }
        hears(&mut world, "2026-03-02 11:00");
        let handed_off = world.story("ada").iter().any(|line| line.contains("HandedOff"));
        assert_eq!(handed_off, !refused, "{:?}", world.story("ada"));
    }
}

/// What stops holding at an instant at which its person also proves to be somebody else stops holding of the one they are, and may hold again.
#[test]
fn what_holds_no_more_when_two_prove_to_be_one_may_hold_again() {
    for batch_items in [1, 1_000] {
        let text = "workflow w { enter when inactive for 2 days including existing; reenter after 1 day; score += 1 }";
        let mut world = world(text).limits(batch_items, batch_items);
        world.contact("ada", &[]).at("2026-03-02 00:30").event("", "visited", json!({})).only_key("anonymous:d1");
        hears(&mut world, "2026-03-02 00:30");
        hears(&mut world, "2026-03-04 08:00");
        assert_eq!(world.score("ada"), 1);
        world.at("2026-03-04 20:00").event("ada", "visited", json!({}));
        world.event("ada", "visited", json!({})).occurred("2026-03-03 08:00").keys(&["anonymous:d1"]);
        hears(&mut world, "2026-03-04 20:00");
        hears(&mut world, "2026-03-06 19:59");
        // With the point that the device had by then.
        let before = world.score("ada");
        hears(&mut world, "2026-03-06 20:00");
        assert_eq!(world.score("ada"), before + 1, "{:?}", world.story("ada"));
    }
}
