//! A condition of twelve rules, asked of everybody: row by row, and by columns.

use crate::by_hand::{hot_by_hand, hot_without_branches};
use crate::contacts::{Contacts, Frame};
use crate::program::CONDITIONS;
use crate::race::Counter;
use crate::{CHUNK, NOW, median, per_step, timed};
use flow_ir::backend::{Answers, Backend, Moment, PAGE_ROWS, View};
use flow_ir::{Id, PredicateId, Program};
use std::time::Duration;

/// One repetition: nanoseconds for a condition of one contact.
pub(crate) struct Asked {
    pub(crate) by_hand: f64,
    pub(crate) without_branches: f64,
    pub(crate) native: f64,
    pub(crate) columns: f64,
    /// Each of [`CONDITIONS`] on one page.
    pub(crate) columns_of_many: f64,
    pub(crate) interpreter: f64,
}

/// Asks everybody by each, and compares every answer.
pub(crate) fn ask(contacts: &Contacts, program: &Program, native: &dyn Backend, interpreter: &dyn Backend) -> Asked {
    let mut times: [Vec<f64>; 6] = Default::default();
    for start in (0..contacts.frames.len()).step_by(CHUNK) {
        let end = (start + CHUNK).min(contacts.frames.len());
        // As for steps: near, before the clock runs.
        let frames = contacts.frames[start..end].to_vec();
        let bytes = contacts.frame_bytes[start * size_of::<Frame>()..end * size_of::<Frame>()].to_vec();
        let rows: Vec<View<'_>> = bytes.chunks_exact(size_of::<Frame>()).map(|frame| View::of(frame, &[])).collect();
        let count = end - start;
        let mut expected = vec![false; count];
        times[0].push(per_step(by_hand(&frames, &mut expected, hot_by_hand), count));
        let mut found = vec![false; count];
        times[1].push(per_step(by_hand(&frames, &mut found, hot_without_branches), count));
        assert!(found == expected);
        for (backend, of) in [(native, 2), (interpreter, 5)] {
            times[of].push(per_step(one_by_one(backend, &rows, &mut found), count));
            assert!(found == expected);
        }
        times[3].push(per_step(by_columns(native, (program, 1), &rows, &mut found), count));
        assert!(found == expected);
        times[4].push(per_step(by_columns(native, (program, CONDITIONS), &rows, &mut found), count * CONDITIONS));
        assert!(found == expected);
    }
    let [by_hand, without_branches, native, columns, columns_of_many, interpreter] = times.map(median);
    Asked { by_hand, without_branches, native, columns, columns_of_many, interpreter }
}

fn by_hand(frames: &[Frame], found: &mut [bool], is_hot: fn(&Frame, i64) -> bool) -> Duration {
    let is_hot = std::hint::black_box(is_hot);
    timed(|| frames.iter().zip(found).for_each(|(frame, found)| *found = is_hot(frame, NOW)))
}

fn one_by_one(backend: &dyn Backend, rows: &[View<'_>], found: &mut [bool]) -> Duration {
    let mut host = Counter::default();
    let moment = Moment { now: NOW, triggers: 0 };
    timed(|| {
        for (row, found) in rows.iter().zip(found) {
            *found = backend.holds(PredicateId(0), *row, moment, &mut host).holds;
        }
    })
}

/// So many conditions of each row; what the first has answered. What it takes to lay the columns out is in it.
fn by_columns(
    backend: &dyn Backend,
    (program, conditions): (&Program, usize),
    rows: &[View<'_>],
    found: &mut [bool],
) -> Duration {
    let conditions: Vec<PredicateId> = (0..conditions).map(PredicateId::from_index).collect();
    let mut columns = backend.columns(program, &conditions);
    let mut pages: Vec<Answers> = vec![Answers::default(); rows.len().div_ceil(PAGE_ROWS)];
    for (page, answers) in rows.chunks(PAGE_ROWS).zip(&mut pages) {
        answers.begin(conditions.len(), page.len());
    }
    let time = timed(|| {
        for (page, answers) in rows.chunks(PAGE_ROWS).zip(&mut pages) {
            columns.ask(page, NOW, &mut |_, _| 0, answers);
        }
    });
    for (page, answers) in found.chunks_mut(PAGE_ROWS).zip(&pages) {
        for (row, found) in page.iter_mut().enumerate() {
            *found = answers.verdict(0, row).is_some_and(|verdict| verdict.holds);
        }
    }
    time
}
