//! Predicates asked of a page of rows must answer as each row alone would, in either backend.

use super::backends;
use flow_ir::backend::{Answers, Columns, HostQuestion, PAGE_ROWS, View};
use flow_ir::columns::OneByOne;
use flow_ir::generate::{Choices, memory, program};
use flow_ir::{Areas, Id, Op, PredicateId, Program, WorkflowId};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What every test answers of a text, by row.
fn host(row: usize, asked: HostQuestion) -> i64 {
    match asked {
        HostQuestion::Text(test) => i64::from((row * 7 + test.index() * 3) % 5 < 2),
        HostQuestion::Calendar(calendar, value) => {
            value.wrapping_mul(i64::from(calendar.code())).wrapping_add(row as i64)
        }
    }
}

fn ask(columns: &mut dyn Columns, rows: &[Areas<Vec<u8>>], now: i64) -> Answers {
    let views: Vec<View<'_>> = rows.iter().map(|row| View::new(Areas::from_fn(|area| &row[area][..]))).collect();
    let mut answers = Answers::default();
    // Over what was there.
    answers.begin(3, 5);
    columns.ask(&views, now, &mut host, &mut answers);
    answers
}

/// The predicates of each workflow, and those of none: those of none are asked beside each.
fn groups(program: &Program) -> BTreeMap<Option<WorkflowId>, Vec<PredicateId>> {
    let mut groups: BTreeMap<Option<WorkflowId>, Vec<PredicateId>> = BTreeMap::new();
    for (id, predicate) in program.predicates.iter() {
        groups.entry(predicate.workflow).or_default().push(id);
    }
    let shared = groups.get(&None).cloned().unwrap_or_default();
    groups.iter_mut().filter(|(owner, _)| owner.is_some()).for_each(|(_, own)| own.extend(&shared));
    groups
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn many_together_are_answered_as_each_alone(
        program_choices in prop::collection::vec(any::<u64>(), 0..700),
        row_choices in prop::collection::vec(any::<u64>(), 0..2000),
        rows in prop_oneof![0_usize..6, Just(PAGE_ROWS - 1), Just(PAGE_ROWS)],
    ) {
        let program = program(&mut Choices::new(program_choices));
        let [native, interpreter] = backends(&program);
        let mut choices = Choices::new(row_choices);
        for (owner, predicates) in groups(&program) {
            let workflow = owner.map(|owner| program.workflows.at(owner));
            let rows: Vec<_> = (0..rows).map(|_| memory(&program, workflow, &mut choices)).collect();
            let now = choices.int();
            let together = ask(&mut *native.columns(&program, &predicates), &rows, now);
            let alone = ask(&mut OneByOne::new(&*interpreter, &predicates), &rows, now);
            for (nth, predicate) in predicates.iter().enumerate() {
                for row in 0..rows.len() {
                    prop_assert_eq!(together.verdict(nth, row), alone.verdict(nth, row), "{} of row {} in {}", predicate, row, program);
                }
            }
            prop_assert_eq!(together.verdict(predicates.len(), 0), None);
            prop_assert_eq!(together.verdict(0, rows.len()), None);
        }
    }
}

/// Lanes must be what is compared above, and not the way around them.
#[test]
fn most_predicates_are_asked_in_lanes() {
    let (mut in_lanes, mut all) = (0, 0);
    let mut state = 1_u64;
    for _ in 0..100 {
        let numbers = (0..700).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 11
        });
        let program = program(&mut Choices::new(numbers.collect()));
        for predicate in program.predicates.values() {
            all += 1;
            in_lanes += usize::from(crate::columns::takes(&predicate.function));
            let asks_segment = predicate
                .function
                .blocks
                .values()
                .any(|block| block.ops.values().any(|op| matches!(op, Op::Segment(_))));
            assert!(!asks_segment || !crate::columns::takes(&predicate.function));
        }
    }
    assert!(in_lanes * 3 > all, "{in_lanes} of {all}");
}
