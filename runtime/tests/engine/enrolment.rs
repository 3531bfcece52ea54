//! Who enters and who does not (E4).

use crate::support::{Crash, World, at, program, world};
use flow_ir::{CivilSpan, Reenter};
use flow_runtime::engine::counter;
use serde_json::json;
use std::sync::Arc;

fn entry(header: &str) -> World {
    let mut world = world(&format!("workflow go {{\n enter when signed_up\n {header}\n wait 1 day\n score += 1\n}}"));
    world.contact("ada", &[]);
    world
}

fn signs_up(world: &mut World, at: &str) {
    world.at(at).event("ada", "signed_up", json!({})).run();
}

fn story(world: &World) -> Vec<String> {
    world.story("ada").into_iter().map(|line| line.replace(" go ", " ")).collect()
}

#[test]
fn there_is_one_journey_at_a_time() {
    let mut program = (*entry("reenter never").program).clone();
    program.workflows.values_mut().for_each(|workflow| workflow.reenter = Reenter::After(CivilSpan::default()));
    let mut world = World::of(Arc::new(program));
    world.contact("ada", &[]);
    signs_up(&mut world, "2026-03-02 10:00");
    signs_up(&mut world, "2026-03-02 11:00");
    signs_up(&mut world, "2026-03-03 12:00");
    assert_eq!(
        story(&world),
        ["03-02 10:00 Entered", "03-02 11:00 Ignored.2", "03-03 10:00 Finished.1", "03-03 12:00 Entered"]
    );
    let journeys = world.journeys("ada");
    assert_eq!(journeys.iter().map(|journey| journey.run).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(world.snapshot().ended.iter().map(|journey| journey.run).collect::<Vec<_>>(), [1]);
}

#[test]
fn once_is_once() {
    let mut world = entry("reenter never");
    signs_up(&mut world, "2026-03-02 10:00");
    signs_up(&mut world, "2026-06-02 10:00");
    assert_eq!(story(&world)[2..], ["06-02 10:00 Ignored.3"]);
}

#[test]
fn after_counts_from_the_end_of_the_last_journey_in_the_contacts_zone() {
    let mut world = entry("reenter after 30 days");
    world.identify("ada", &[("timezone", "Europe/Berlin")]).run();
    signs_up(&mut world, "2026-03-02 10:00");
    // Ended on 3 March at 11:00 in Berlin; thirty days later Berlin has daylight saving time.
    signs_up(&mut world, "2026-04-02 08:59");
    signs_up(&mut world, "2026-04-02 09:00");
    assert_eq!(story(&world)[2..], ["04-02 08:59 Ignored.4", "04-02 09:00 Entered"]);
}

#[test]
fn silence_is_noticed_at_its_instant_and_again_after_the_next_sign_of_life() {
    let mut world = world("workflow quiet {\n enter when inactive for 10 days\n reenter after 1 day\n score += 1\n}");
    world.contact("ada", &[]);
    world.at("2026-03-13 07:00").run();
    world.event("ada", "visited", json!({"page": "/"})).run();
    world.at("2026-04-30").run();
    let entered: Vec<_> = world.story("ada").into_iter().filter(|line| line.contains("Entered")).collect();
    assert_eq!(entered, ["03-12 00:00 quiet Entered", "03-23 07:00 quiet Entered"]);
}

#[test]
fn what_does_not_hold_between_two_steps_of_one_instant_becomes_true_for_nobody() {
    let mut world = world(
        "tags vip
         workflow first {\n enter when visited\n reenter never\n tag vip\n}
         workflow between {\n enter when signed_up\n reenter never\n untag vip\n send hello\n tag vip\n}
         workflow vips {\n enter when tagged vip new only\n reenter after 1 day\n score += 1\n}",
    );
    world.contact("ada", &[("unsubscribed", "yes")]);
    world.at("2026-03-02 10:00").event("ada", "visited", json!({"page": "/"})).run();
    world.at("2026-03-09 10:00").event("ada", "signed_up", json!({})).run();
    let entered: Vec<_> = world.story("ada").into_iter().filter(|line| line.contains("vips Entered")).collect();
    assert_eq!(entered, ["03-02 10:00 vips Entered"]);
}

fn quiet(world: &World) -> Vec<String> {
    world.story("ada").into_iter().filter(|line| line.contains("Entered") || line.contains("Ignored")).collect()
}

#[test]
fn who_was_skipped_comes_in_at_the_instant_at_which_time_alone_ends_that() {
    let mut world = world(
        "workflow quiet {\n enter when inactive for 3 days\n reenter after 1 day
          skip when submitted_form at least 2 times in the last 5 days\n score += 1\n}",
    );
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "submitted_form", json!({"form": "a"})).run();
    world.at("2026-03-02 10:05").event("ada", "submitted_form", json!({"form": "b"})).run();
    world.at("2026-03-20").run();
    assert_eq!(quiet(&world), ["03-05 10:05 quiet Ignored.5", "03-07 10:00 quiet Entered"]);
}

#[test]
fn what_skip_keeps_out_and_an_exit_then_is_refused_for_good_at_that_instant() {
    let mut world = world(
        "workflow quiet {\n enter when inactive for 3 days\n reenter after 1 day\n exit when has_open_deal
          skip when submitted_form at least 2 times in the last 5 days\n score += 1\n}",
    );
    world.contact("ada", &[]);
    world.identify("ada", &[("has_open_deal", "yes")]).run();
    world.at("2026-03-02 10:00").event("ada", "submitted_form", json!({"form": "a"})).run();
    world.at("2026-03-02 10:05").event("ada", "submitted_form", json!({"form": "b"})).run();
    world.at("2026-03-10").identify("ada", &[("has_open_deal", "no")]).run();
    world.at("2026-03-20").run();
    assert_eq!(quiet(&world), ["03-05 10:05 quiet Ignored.5", "03-07 10:00 quiet Ignored s0.7"]);
}

#[test]
fn who_was_in_it_comes_in_again_at_the_end_of_the_period_though_nothing_else_happens() {
    let mut world = world("workflow quiet {\n enter when inactive for 1 day\n reenter after 2 days\n wait 5 days\n}");
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "visited", json!({"page": "/"})).run();
    world.at("2026-03-04 10:00").event("ada", "visited", json!({"page": "/"})).run();
    world.at("2026-03-13").run();
    assert_eq!(
        quiet(&world),
        ["03-03 10:00 quiet Entered", "03-05 10:00 quiet Ignored.2", "03-10 10:00 quiet Entered"]
    );
}

#[test]
fn one_workflows_change_is_anothers_entry_at_the_same_instant() {
    let mut world = world(
        "workflow a {\n enter when signed_up\n reenter never\n score += 60\n}
         workflow b {\n enter when score >= 50 new only\n reenter never\n advance stage to mql\n}
         workflow c {\n enter when stage >= mql new only\n reenter never\n send hello\n}",
    );
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    let entered: Vec<_> = world.story("ada").into_iter().filter(|line| line.contains("Entered")).collect();
    assert_eq!(entered, ["03-02 10:00 a Entered", "03-02 10:00 b Entered", "03-02 10:00 c Entered"]);
}

#[test]
fn workflows_that_set_each_other_going_for_ever_come_to_rest() {
    let text = "workflow up {\n enter when score < 50 new only\n reenter never\n score += 100\n}
         workflow down {\n enter when has_open_deal new only\n reenter never\n score -= 100\n set has_open_deal = no\n}
         workflow flag {\n enter when score >= 50 new only\n reenter never\n set has_open_deal = yes\n}";
    let mut program = (*program(text)).clone();
    program.workflows.values_mut().for_each(|workflow| workflow.reenter = Reenter::After(CivilSpan::default()));
    let mut world = World::of(Arc::new(program));
    world.contact("ada", &[]);
    assert_eq!(world.counter(counter::ROUNDS_EXHAUSTED), 1);
    let entered = world.story("ada").into_iter().filter(|line| line.contains("Entered")).count();
    // Three workflows without a wait take at most twelve rounds.
    assert!((12..=24).contains(&entered), "{entered}");
}

/// No workflow lets itself in again and again (§5): not with its last step, nor with one before a wait, nor through a segment.
#[test]
fn what_a_workflows_own_steps_make_true_is_no_entry() {
    const STEPS: &str = "send hello; score += 50; wait 1 day; score -= 50";
    let texts = [
        format!("workflow w {{ enter when score < 20 new only; reenter after 1 day; {STEPS} }}"),
        format!("workflow w {{ enter when score < 20 new only; reenter after 1 day; {STEPS}; exit }}"),
        format!("workflow w {{ enter when score < 20 new only; reenter after 1 day; {STEPS}; wait 5 hours }}"),
        format!("segment low = score < 20\n workflow w {{ enter when low new only; reenter after 1 day; {STEPS} }}"),
    ];
    for text in texts {
        let fall = "workflow fall { enter when signed_up; reenter never; score -= 50 }";
        let mut world = world(&format!("{text}\n{fall}"));
        world.contact("ada", &[("score", "60")]).at("2026-03-03 10:00").event("ada", "signed_up", json!({})).run();
        for day in 4..20 {
            world.at(&format!("2026-03-{day:02} 12:00")).run();
        }
        let story = world.story("ada");
        let entered = story.iter().filter(|line| line.contains(" w Entered")).count();
        assert_eq!(entered, 1, "{text}: {story:?}");
        let own = story.iter().filter(|line| line.ends_with(" w Ignored.11")).count();
        assert_eq!(own, 1, "{text}: {story:?}");
    }
}

/// What becomes of somebody in `x` where `y` runs steps at the same instants: how often they come in, and how often its own steps are told to have
/// made it true; on both back ends.
fn beside(x: &str, y: &str) -> [(usize, usize); 2] {
    let program = program(&format!("tags hot, beta\n{x}\nworkflow y {{ enter when signed_up; reenter never; {y} }}"));
    [World::of(program.clone()), World::of(program).native()].map(|mut world| {
        world.contact("ada", &[]).at("2026-03-03 10:00").event("ada", "signed_up", json!({})).run();
        world.at("2026-03-05 12:00").run();
        let story = world.story("ada");
        let told = |end: &str| story.iter().filter(|line| line.ends_with(end)).count();
        (told(" x Entered"), told(" x Ignored.11"))
    })
}

/// Waits from one trigger end at one instant, and then whose doing it was is not told by who ran.
#[test]
fn what_another_workflow_makes_true_at_the_same_instant_is_an_entry() {
    const TAGS: &str = "tag hot; wait 2 hours; untag hot; wait 22 hours; tag hot";
    let own_step = |entry: &str, step: &str| {
        format!("workflow x {{ enter when {entry}; reenter after 1 minute; send hello; wait 1 day; {step} }}")
    };
    for (entry, step) in [
        // What they write, nothing of the entry reads.
        ("tagged hot new only", "score += 1"),
        // It is read, and decides nothing.
        ("tagged hot and score < 100 new only", "score += 1"),
        ("(tagged hot or tagged beta) and score < 100 new only", "untag beta"),
        ("warm new only", "score += 1"),
    ] {
        let x = format!("segment warm = tagged hot and score < 100\n{}", own_step(entry, step));
        assert_eq!(beside(&x, TAGS), [(2, 0), (2, 0)], "{entry}: {step}");
    }
}

#[test]
fn what_both_write_is_its_own_doing_where_without_its_steps_it_would_not_hold() {
    for entry in ["score >= 20 new only", "warm new only", "entered warm in the last 2 hours new only"] {
        let x = format!(
            "segment warm = score >= 20\nworkflow x {{ enter when {entry}; reenter after 1 minute; score -= 20; wait 1 day; score += 20 }}"
        );
        let y = |again: &str| format!("score += 20; wait 1 day; {again}");
        assert_eq!(beside(&x, &y("score += 5")), [(1, 1), (1, 1)], "{entry}");
        // It would have come true without them.
        assert_eq!(beside(&x, &y("score += 20")), [(2, 0), (2, 0)], "{entry}");
    }
    // An event is not remembered until the re-entry period is over; what is told of it is true all the same.
    let x = "segment warm = score >= 20\nworkflow x { enter when entered warm; reenter after 1 minute; score -= 20; wait 1 day; score += 20 }";
    assert_eq!(beside(x, "score += 20; wait 1 day; score += 5"), [(1, 1), (1, 1)]);
    assert_eq!(beside(x, "score += 20; wait 1 day; score += 20"), [(1, 0), (1, 0)]);
}

/// How often somebody comes in whose employees were `before` and then, by events of one second, these. Batches of so many items; where a number of
/// commits is given, the process dies behind them and everything is told once more.
fn entered_by(before: i64, numbers: &[i64], batch_items: usize, dies_behind: Option<usize>) -> usize {
    const TEXT: &str = "workflow hot { enter when employees >= 50 new only; reenter after 1 minute; send hello }";
    let mut world = World::of(program(TEXT)).limits(batch_items, 1_000).native();
    let entries = |world: &World| world.story("ada").iter().filter(|line| line.ends_with(" hot Entered")).count();
    world.contact("ada", &[("employees", &before.to_string())]);
    let already = entries(&world);
    world.at("2026-03-03 10:00");
    for value in numbers {
        world.identify("ada", &[("employees", &value.to_string())]);
    }
    let (events, now) = (world.take_new(), at("2026-03-03 10:00"));
    if let Some(commits) = dies_behind {
        *world.shared.crash.lock().unwrap() = Crash::AfterCommit(commits);
        assert!(world.run_until(now, events.clone()).is_err());
        *world.shared.crash.lock().unwrap() = Crash::Never;
        world.reopen();
    }
    world.run_until(now, events).unwrap();
    world.at("2026-03-05 10:00").run();
    entries(&world) - already
}

/// What was and what is are compared at the ends of instants.
#[test]
fn what_holds_only_between_two_events_of_an_instant_is_no_entry() {
    for (before, numbers, entered) in
        [(0, &[60, 10][..], 0), (0, &[10, 60], 1), (60, &[10, 60], 0), (60, &[10], 0), (0, &[60, 10, 70], 1)]
    {
        for (batch_items, dies_behind) in [(1_000, None), (1, None), (1, Some(1)), (1, Some(2))] {
            if dies_behind.is_none_or(|commits| commits < numbers.len()) {
                let found = entered_by(before, numbers, batch_items, dies_behind);
                assert_eq!(found, entered, "{before}, then {numbers:?}, in batches of {batch_items}, {dies_behind:?}");
            }
        }
    }
}
