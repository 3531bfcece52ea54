//! E12 Explainable.
//!
//! Not there yet: `flow explain`. What it will read is kept: that is shown here.

use crate::{MONDAY, becomes, does, everywhere, go, told};
use flow_ir::{Id, WorkflowId};
use flow_runtime::store::{ChangedBy, DecisionCode};

const ALL: &str = "goal \"demo\" when requested_demo within 9 days\n exit when disqualified\n skip when has_open_deal
 if industry is \"saas\" { score += 5 } else { score += 1 }\n send hello\n wait until visited up to 1 day\n handoff to far";

#[test]
fn e12_every_decision_keeps_a_reason_and_the_place_in_the_source() {
    everywhere(|place| {
        let mut world = place.signed_up(&go(ALL));
        world.contact("bo", &[("disqualified", "yes")]);
        does(&mut world, MONDAY, "bo", "signed_up");
        world.at("2026-03-05").run();
        let workflow = WorkflowId::from_index(0);
        let steps = world.program.workflows.at(workflow).steps.len();
        for row in &world.snapshot().decisions {
            assert!(row.at > 0 && row.workflow.is_some(), "{row:?}");
            let at_a_step = matches!(row.code, DecisionCode::Sent | DecisionCode::HandedOff | DecisionCode::TimedOut);
            assert!(!at_a_step || row.step.is_some_and(|step| (step as usize) < steps), "{row:?}");
            let with_a_reason = matches!(
                row.code,
                DecisionCode::Ignored | DecisionCode::HandedOff | DecisionCode::Finished | DecisionCode::Stepped
            );
            assert!(!with_a_reason || row.reason > 0, "{row:?}");
        }
        let words = ["Entered", "Ignored", "Sent", "TimedOut", "HandedOff", "Finished"];
        assert_eq!(told(&world, "bo", &words), ["03-02 10:00 go Ignored s0.7"], "about the exit that holds");
        assert_eq!(
            told(&world, "ada", &words),
            [
                "03-02 10:00 go Entered",
                "03-02 10:00 go Sent s3",
                "03-03 10:00 go TimedOut s4",
                "03-03 10:00 go HandedOff s5.2",
                "03-03 10:00 go Finished.2"
            ]
        );
    });
}

#[test]
fn e12_which_way_a_journey_went_is_kept() {
    everywhere(|place| {
        let traces = ["saas", "fintech"].map(|industry| {
            let mut world = place.world(&go(ALL));
            world.contact("ada", &[("industry", industry)]);
            does(&mut world, MONDAY, "ada", "signed_up");
            let first = |row: &&flow_runtime::store::DecisionRecord| row.code == DecisionCode::Stepped;
            world.snapshot().decisions.iter().find(first).unwrap().trace.clone()
        });
        assert_ne!(traces[0], traces[1]);
    });
}

#[test]
fn e12_scores_are_ledgers_and_every_change_has_its_cause() {
    everywhere(|place| {
        let mut world = place.signed_up(&go(ALL));
        becomes(&mut world, "2026-03-03 09:00", "ada", &[("score", "40"), ("stage", "lead")]);
        let kept = world.snapshot();
        let changes: Vec<(i64, Option<(u32, u32)>)> =
            kept.scores.iter().map(|row| (row.change / 10_000, row.by.journey)).collect();
        assert_eq!(changes, [(1, Some((0, 1))), (39, None)], "a step's, and what was said of her");
        assert_eq!(kept.scores.last().unwrap().score / 10_000, world.score("ada"));
        let stages: Vec<_> = kept.stages.iter().map(|row| (row.from, row.to, row.by)).collect();
        assert_eq!(stages, [(0, 1, ChangedBy::default())]);
        // What changes nothing has no row.
        becomes(&mut world, "2026-03-03 10:00", "ada", &[("score", "40")]);
        assert_eq!(world.snapshot().scores.len(), 2);
    });
}

#[test]
fn e12_why_a_message_was_not_sent_is_answered_for_each_of_them() {
    everywhere(|place| {
        let mut world = place.world(&go("skip when has_open_deal\n wait 1 day\n send hello"));
        let people = [
            ("ada", ("unsubscribed", "yes"), 3),
            ("bo", ("do_not_contact", "yes"), 6),
            ("cy", ("paused_until", "2026-04-01"), 11),
            ("dee", ("industry", "saas"), 0),
        ];
        for (user, words, _) in people {
            world.contact(user, &[words]);
            does(&mut world, MONDAY, user, "signed_up");
        }
        world.at("2026-03-05").run();
        for (user, _, reason) in people {
            let expected = if reason == 0 {
                "03-03 10:00 go Sent s1".to_owned()
            } else {
                format!("03-03 10:00 go Withheld s1.{reason}")
            };
            assert_eq!(told(&world, user, &["Sent", "Withheld"]), [expected]);
        }
    });
}
