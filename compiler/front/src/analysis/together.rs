//! Whether tests can hold together: what every proof about conditions asks.
//!
//! It errs to one side alone: *yes* may only mean that nothing speaks against it, or that it was looked at for long enough; *no* means that
//! nobody is so, with one exception ([`LATEST_MS`]). What was wrong and reported stands for anything.
//!
//! How a question is answered is in `search.rs`. What is known of events: so many in a week are so many in a month, and one with a property
//! is one. What lets somebody in has happened by then; nothing else of the journey has ([`When`]).
//!
//! A program asks many questions, and a few lines of it can ask one that takes for ever. So all questions of a program share a number of
//! looks, each may take so many of them, and the same question is answered once. They are asked in the order of the text and nothing goes
//! by the order of a hash table, so the same program has the same proofs each time.

mod search;

use crate::domain::{Domain, Range, event_can_be};
use crate::env::Env;
use crate::naming::tells_of_mail;
use crate::typed::{Cond, EventTest, Since};
use flow_ir::units::DAY_MS;
use flow_ir::{EngagementKind, FieldId, FieldType, IdMap, Pattern, PatternEvent, SegmentId};
use search::Search;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// How many looks all questions of a program take; behind that, nothing more is proved of it. Far more than programs that people write ask
/// for, and a few seconds at the most.
const MAX_LOOKS: usize = 20_000_000;

/// How many looks one question takes before it is given up. Far more than any condition that people write asks for.
const MAX_LOOKS_EACH: usize = 50_000;

/// An event that lets people in arrives so long after it happened at the latest, as far as a period that counts it is concerned. This is not
/// so of all: what a stream brings later still comes in, and a period of two days does not count it then. Nobody makes a workflow for those
/// alone, so a clause that turns away everyone else is refused; whether an `if` is always true is never concluded from it.
const LATEST_MS: i64 = DAY_MS;

const EVERYTHING: Range = (i64::MIN, i64::MAX);

/// A test, and whether it holds.
pub(crate) type Said<'p> = (&'p Cond, bool);

/// Which moment is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum When {
    Anytime,
    /// Somebody would come in: nothing has been sent, nothing has happened since, no wait has passed.
    AtEntry,
    /// Somebody has come in, and no time has passed: as at the entry, but an event may have arrived late.
    FirstSteps,
}

/// What is known of all questions of a program.
pub(crate) struct Together<'p> {
    env: &'p Env<'p>,
    /// Whether a segment tells people apart; none where nobody has asked yet. One that nobody can be in, or everyone is, was reported, and
    /// stands for anything.
    live: RefCell<IdMap<SegmentId, Option<bool>>>,
    /// The looks that are left.
    left: Cell<usize>,
    answers: RefCell<Answers<'p>>,
}

/// The questions that were answered.
#[derive(Default)]
struct Answers<'p> {
    /// Each condition that was asked about, numbered in the order of asking; and the places at which one of them was met.
    numbers: HashMap<&'p Cond, usize>,
    places: HashMap<*const Cond, usize>,
    known: HashMap<Question, bool>,
}

/// The conditions of a question by their numbers, ascending, with the moment it is about.
type Question = (When, Vec<(usize, bool)>);

impl<'p> Together<'p> {
    pub(super) fn new(env: &'p Env<'p>) -> Self {
        Self::with_looks(env, MAX_LOOKS)
    }

    /// The same for so many looks in all.
    pub(crate) fn with_looks(env: &'p Env<'p>, looks: usize) -> Self {
        let live = RefCell::new(env.segments.conds.iter().map(|_| None).collect());
        Self { env, live, left: Cell::new(looks), answers: RefCell::default() }
    }

    /// False where it is proved that these can never hold at one moment.
    pub(crate) fn can_hold(&self, said: &[Said<'p>], when: When) -> bool {
        let question = (when, self.answers.borrow_mut().numbered(said));
        if let Some(known) = self.answers.borrow().known.get(&question) {
            return *known;
        }
        let answer = Search::new(self, when, MAX_LOOKS_EACH).can_hold(said);
        self.answers.borrow_mut().known.insert(question, answer);
        answer
    }

    /// Takes some of the looks that are left; false where they do not suffice.
    fn take(&self, looks: usize) -> bool {
        let left = self.left.get().checked_sub(looks);
        self.left.set(left.unwrap_or_default());
        left.is_some()
    }

    /// What a segment says, where it tells people apart.
    pub(super) fn live_segment(&self, id: SegmentId) -> Option<&'p Cond> {
        let said = self.env.segment(id)?;
        let known = self.live.borrow().get(id).copied().flatten();
        let live = known.unwrap_or_else(|| {
            let live = [true, false].into_iter().all(|holds| self.can_hold(&[(said, holds)], When::Anytime));
            *self.live.borrow_mut().at_mut(id) = Some(live);
            live
        });
        live.then_some(said)
    }

    /// The values that a field may have.
    fn domain_of(&self, field: FieldId) -> Domain<'p> {
        let shape = self.env.schema.shape(field);
        let range = match &shape.ty {
            FieldType::Stage => (0, self.env.schema.stages.len() as i64 - 1),
            FieldType::OneOf(choices) => (1, choices.len() as i64),
            FieldType::YesNo => (0, 1),
            _ => EVERYTHING,
        };
        Domain::all(range, self.may_lack(field))
    }

    fn may_lack(&self, field: FieldId) -> bool {
        let shape = self.env.schema.shape(field);
        shape.default.is_none() && shape.ty != FieldType::Stage
    }

    /// Whether one thing cannot have happened without the other.
    fn is_never_without(&self, one: &EventTest, other: &EventTest, when: When) -> bool {
        let long_enough = match (one.since, other.since) {
            (one, other) if one == other => true,
            (_, Since::Ever) => true,
            (Since::Within(ms), Since::Within(longer)) => ms <= longer,
            (Since::Trigger, Since::Within(ms)) => when != When::FirstSteps && ms >= LATEST_MS,
            _ => false,
        };
        long_enough && one.at_least >= other.at_least && self.is_one(&one.pattern, &other.pattern)
    }

    /// Whether whatever is the one is the other too.
    fn is_one(&self, one: &Pattern, other: &Pattern) -> bool {
        let of_a_kind = match (one.event, other.event) {
            (PatternEvent::Declared(event), PatternEvent::AnyActivity) => {
                let event = &self.env.schema.events.at(event).shape;
                event.answer.is_none() && !tells_of_mail(&event.name)
            }
            (PatternEvent::Engaged(kind), PatternEvent::AnyActivity) => {
                matches!(kind, EngagementKind::Clicked | EngagementKind::Replied)
            }
            (one, other) => one == other,
        };
        of_a_kind && other.tests.iter().all(|test| !event_can_be(&one.tests, Some(test)))
    }
}

impl<'p> Answers<'p> {
    fn numbered(&mut self, said: &[Said<'p>]) -> Vec<(usize, bool)> {
        let Self { numbers, places, .. } = self;
        let number = |(cond, holds): &Said<'p>| {
            let number = *places.entry(std::ptr::from_ref(*cond)).or_insert_with(|| {
                let next = numbers.len();
                *numbers.entry(*cond).or_insert(next)
            });
            (number, *holds)
        };
        let mut all: Vec<(usize, bool)> = said.iter().map(number).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests;
