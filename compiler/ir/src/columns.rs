//! Predicates that are asked of many at one instant, as after a new version of the program, when everybody is looked at.
//!
//! A page of rows is asked each predicate in turn, and not each row all predicates: so a backend may lay out what they read as columns and take
//! several rows with one instruction. The answers are those that each would get alone.

use crate::backend::{Backend, Host, Memory, Moment, Outcome, Verdict, View};
use crate::{Calendar, EffectId, PredicateId, StepId, TextTestId};

/// How many rows are asked together at most: what is laid out of them stays in the caches that are nearest.
pub const PAGE_ROWS: usize = 256;

/// What only the host of a row can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostQuestion {
    /// Whether a text of it passes: 1, or 0; 0 where the text is missing.
    Text(TextTestId),
    /// What the calendar of the contact's zone says of a value.
    Calendar(Calendar, i64),
}

/// Answers for the host of a row.
pub type RowAnswers<'t> = &'t mut dyn FnMut(usize, HostQuestion) -> i64;

/// Some predicates of one program.
pub trait Columns {
    /// Asks each of them of each row: of a contact, and of a journey where the predicate belongs to a workflow. No event is at hand, so no trigger
    /// holds. At most [`PAGE_ROWS`] rows; each area as long as its layout says.
    fn ask(&mut self, rows: &[View<'_>], now: i64, host: RowAnswers<'_>, answers: &mut Answers);
}

/// What each predicate has answered of each row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    rows: usize,
    /// Predicate by predicate; anything but 0 holds.
    holds: Vec<i64>,
    next_change: Vec<i64>,
}

impl Answers {
    /// Makes room for so many predicates and rows, over what was there.
    pub fn begin(&mut self, predicates: usize, rows: usize) {
        self.rows = rows;
        for column in [&mut self.holds, &mut self.next_change] {
            column.clear();
            column.resize(predicates * rows, 0);
        }
    }

    /// What a predicate has answered of a row, by their places; none where either was not asked.
    pub fn verdict(&self, predicate: usize, row: usize) -> Option<Verdict> {
        let at = (row < self.rows).then_some(predicate * self.rows + row)?;
        Some(Verdict { holds: *self.holds.get(at)? != 0, next_change: *self.next_change.get(at)? })
    }

    /// The places of a predicate's answers, to be filled: whether it holds, and the next change, a row each.
    pub fn of(&mut self, predicate: usize) -> (&mut [i64], &mut [i64]) {
        let places = predicate * self.rows..(predicate + 1) * self.rows;
        (self.holds.get_mut(places.clone()).unwrap_or_default(), self.next_change.get_mut(places).unwrap_or_default())
    }
}

/// The plain way: each row alone.
pub struct OneByOne<'b> {
    backend: &'b dyn Backend,
    predicates: Vec<PredicateId>,
}

impl<'b> OneByOne<'b> {
    /// Asks a backend.
    pub fn new(backend: &'b dyn Backend, predicates: &[PredicateId]) -> OneByOne<'b> {
        OneByOne { backend, predicates: predicates.to_vec() }
    }
}

impl Columns for OneByOne<'_> {
    fn ask(&mut self, rows: &[View<'_>], now: i64, host: RowAnswers<'_>, answers: &mut Answers) {
        answers.begin(self.predicates.len(), rows.len());
        for (nth, predicate) in self.predicates.iter().enumerate() {
            ask_one_by_one(self.backend, *predicate, (rows, now), host, answers.of(nth));
        }
    }
}

/// Asks one predicate of each row.
pub fn ask_one_by_one(
    backend: &dyn Backend,
    predicate: PredicateId,
    (rows, now): (&[View<'_>], i64),
    host: RowAnswers<'_>,
    (holds, next_change): (&mut [i64], &mut [i64]),
) {
    for (row, ((view, holds), next_change)) in rows.iter().zip(holds).zip(next_change).enumerate() {
        let mut row_host = RowHost { row, answers: &mut *host };
        let verdict = backend.holds(predicate, *view, Moment { now, triggers: 0 }, &mut row_host);
        (*holds, *next_change) = (i64::from(verdict.holds), verdict.next_change);
    }
}

/// The host of one row.
struct RowHost<'t, 'f> {
    row: usize,
    answers: &'t mut (dyn FnMut(usize, HostQuestion) -> i64 + 'f),
}

impl Host for RowHost<'_, '_> {
    fn effect(&mut self, _: Memory<'_>, _: StepId, _: EffectId) -> Outcome {
        // The verifier lets no effect into a predicate.
        Outcome::Done
    }

    fn text_test(&mut self, test: TextTestId) -> bool {
        (self.answers)(self.row, HostQuestion::Text(test)) != 0
    }

    fn calendar(&mut self, calendar: Calendar, value: i64) -> i64 {
        (self.answers)(self.row, HostQuestion::Calendar(calendar, value))
    }
}
