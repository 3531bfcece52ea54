//! Code is freed with its program: a server that deploys for months does not grow. Alone in its file, so that no other test maps
//! memory meanwhile.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use flow_ir::backend::{Backend, Host, Memory, Moment, Outcome, Verdict, View};
use flow_ir::*;
use flow_native::compile;

const WARM_UP: usize = 20;
const PROGRAMS: usize = 200;

/// A program with one predicate: whether the score is above a limit.
fn program(limit: i64) -> Program {
    let mut frame = Layout::default();
    let mut add = |name: &str, kind| frame.add(name, kind, false, 0);
    let system = SystemSlots {
        reachable: add("reachable", SlotKind::Bool),
        score: add("score", SlotKind::Int),
        stage: add("stage", SlotKind::Code),
        unsubscribed: add("unsubscribed", SlotKind::Bool),
        hard_bounced: add("hard_bounced", SlotKind::Bool),
        complained: add("complained", SlotKind::Bool),
        do_not_contact: add("do_not_contact", SlotKind::Bool),
        known_since: add("known_since", SlotKind::Int),
        identified: add("identified", SlotKind::Bool),
        refused_at: add("refused_at", SlotKind::Int),
        suppressed_at: add("suppressed_at", SlotKind::Int),
    };
    frame.place();
    let (score, bound, above, never) = (ValueId(0), ValueId(1), ValueId(2), ValueId(3));
    let ops = [
        Op::Load(Place::contact(system.score)),
        Op::Int(limit),
        Op::Compare(Comparison::Greater, score, bound),
        Op::Int(FOREVER),
    ];
    let end = Terminator::Result { holds: above, next_change: never };
    let block = Block { ops: ops.into_iter().collect(), end };
    let function = Function { blocks: [block].into_iter().collect() };
    let mut program = Program::from(Meaning { frame, system, ..Meaning::default() });
    program.predicates.push(Predicate { name: "above".into(), workflow: None, function });
    program
}

struct NoHost;

impl Host for NoHost {
    fn effect(&mut self, _: Memory<'_>, _: StepId, _: EffectId) -> Outcome {
        Outcome::Done
    }
    fn text_test(&mut self, _: TextTestId) -> bool {
        false
    }
    fn calendar(&mut self, _: Calendar, value: i64) -> i64 {
        value
    }
}

/// Compiles, runs and drops a program.
fn live_once(limit: i64) {
    let program = program(limit);
    let native = compile(&program).unwrap();
    let moment = Moment { now: 0, triggers: 0 };
    let verdict = native.holds(PredicateId(0), View::of(&program.frame.blank(), &[]), moment, &mut NoHost);
    assert_eq!(verdict, Verdict { holds: limit < 0, next_change: FOREVER });
}

/// Mappings of this process, and how many of them are code that belongs to no file.
fn mappings() -> (usize, usize) {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let anonymous_code = maps.lines().filter(|line| line.contains("r-xp") && line.split_whitespace().count() == 5);
    (maps.lines().count(), anonymous_code.count())
}

#[test]
fn dropped_programs_leave_no_mapping_behind() {
    (0..WARM_UP).for_each(|nth| live_once(nth as i64 - 10));
    let (before, _) = mappings();
    (0..PROGRAMS).for_each(|nth| live_once(nth as i64 - 100));
    let (after, code) = mappings();
    assert_eq!(code, 0, "code is still mapped");
    assert!(after < before + 10, "{before} mappings have become {after}");

    let kept = compile(&program(0)).unwrap();
    assert!(mappings().1 > 0, "the count above could not have failed");
    drop(kept);
    assert_eq!(mappings().1, 0);
}
