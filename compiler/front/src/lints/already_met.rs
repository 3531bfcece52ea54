//! A wait for what an earlier wait has met already.
//!
//! Events count since the entry, in a wait as elsewhere, so who did something in the first wait has done it in the second as well. The steps
//! are walked once in their order with what people may have met by then. Whoever was let through by the deadline has met nothing, so behind
//! `otherwise { … }` and `if timed out { … }` a second wait is a second chance, and nothing is said.

use crate::analysis::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::env::Env;
use crate::source::{Location, Span};
use crate::typed::{Cond, EventTest, Form, Since, TypedArm, TypedRepeat, TypedStep, TypedWait};
use flow_ir::{CountedSince, Pattern};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (declared, workflow) in subject.workflows() {
        if !declared.node.broken {
            let mut waits =
                Waits { env: subject.env, places: Vec::new(), kinds: HashMap::new(), tests: HashMap::new(), found };
            waits.walk(&workflow.steps, Way::default());
        }
    }
}

/// The number of a wait, in the order of the text.
type Wait = usize;

/// What a wait has met: how many of which events, and the wait. Those of the same events stand together.
type Met = (Asked, Wait);

/// The kind of events, how many, and the test itself: numbers of [`Waits`].
type Asked = (usize, u32, usize);

/// What is known of the people who come to a step.
#[derive(Clone, Default)]
struct Way {
    /// What some of them have met. Ways share it until they differ: there may be as many waits as steps.
    met: Rc<BTreeSet<Met>>,
    /// The wait they come from.
    last: Option<Wait>,
}

/// The walk, with what it has come by.
struct Waits<'t, 'f> {
    env: &'t Env<'t>,
    /// Where each wait's condition stands.
    places: Vec<Location>,
    /// Each kind of events that is asked for, and each test, numbered.
    kinds: HashMap<&'t Pattern, usize>,
    tests: HashMap<&'t EventTest, usize>,
    found: &'f mut Vec<Diagnostic>,
}

impl Way {
    /// With those of another way; none where nobody comes.
    fn join(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (mut one, other) = match (one, other) {
            (Some(one), Some(other)) => (one, other),
            (one, other) => return one.or(other),
        };
        if !Rc::ptr_eq(&one.met, &other.met) && !other.met.is_subset(&one.met) {
            Rc::make_mut(&mut one.met).extend(other.met.iter().copied());
        }
        one.last = one.last.filter(|last| Some(*last) == other.last);
        Some(one)
    }

    fn forget(&mut self, forgotten: impl Fn(&Met) -> bool) {
        if self.met.iter().any(&forgotten) {
            Rc::make_mut(&mut self.met).retain(|met| !forgotten(met));
        }
    }
}

impl<'t> Waits<'t, '_> {
    /// The way behind some steps; none where everyone has left.
    fn walk(&mut self, steps: &'t [TypedStep], way: Way) -> Option<Way> {
        steps.iter().try_fold(way, |way, step| self.behind(step, way))
    }

    fn behind(&mut self, step: &'t TypedStep, way: Way) -> Option<Way> {
        match &step.form {
            Form::Finish(_) => None,
            Form::Wait(TypedWait::Until { when, at, otherwise, .. }) => {
                self.judge(when, *at, &way);
                let wait = self.places.len();
                self.places.push(*at);
                let in_time = Way { last: Some(wait), ..way };
                // Those for whom the time passed have met nothing here.
                let late = match otherwise {
                    Some((steps, _)) => self.walk(steps, in_time.clone()),
                    None => None,
                };
                let met: Vec<Met> = some_met(when).into_iter().map(|test| (self.asked(test), wait)).collect();
                let mut behind = Way::join(Some(in_time), late)?;
                if !met.is_empty() {
                    Rc::make_mut(&mut behind.met).extend(met);
                }
                Some(behind)
            }
            Form::Wait(TypedWait::On { past: Some((steps, _)), .. }) => {
                let past = self.walk(steps, way.clone());
                Way::join(Some(way), past)
            }
            // What counts in a round counts from its begin.
            Form::Repeat(TypedRepeat { steps, .. }) => {
                self.walk(steps, Way::default());
                Some(way)
            }
            Form::Branch { arms, otherwise, .. } => {
                let (mut rest, mut after) = (way, None);
                for TypedArm { when, steps, .. } in arms {
                    after = Way::join(after, {
                        let way = self.told(rest.clone(), when, true);
                        self.walk(steps, way)
                    });
                    rest = self.told(rest, when, false);
                }
                let rest = match otherwise {
                    Some((steps, _)) => self.walk(steps, rest),
                    None => Some(rest),
                };
                Way::join(after, rest)
            }
            _ => Some(way),
        }
    }

    /// Those of them of whom a condition was told.
    fn told(&mut self, mut way: Way, cond: &'t Cond, holds: bool) -> Way {
        match cond {
            Cond::Not(inner) => return self.told(way, inner, !holds),
            Cond::TimedOut if holds => {
                let last = way.last;
                way.forget(|(_, wait)| Some(*wait) == last);
            }
            Cond::Events(test) if !holds => {
                let asked = self.asked(test);
                way.forget(|(met, _)| *met == asked);
            }
            Cond::All(parts) if holds => return parts.iter().fold(way, |way, part| self.told(way, &part.cond, true)),
            Cond::Any(parts) if !holds => return parts.iter().fold(way, |way, part| self.told(way, &part.cond, false)),
            _ => {}
        }
        way
    }

    fn judge(&mut self, when: &'t Cond, at: Location, way: &Way) {
        let Some(first) = self.met_by(when, way).and_then(|wait| self.places.get(wait)) else { return };
        let mut tests = Vec::new();
        unsaid(self.env, when, at, &mut tests);
        if tests.is_empty() {
            return;
        }
        let mut diagnostic = Diagnostic::warning(
            Code::AlreadyMet,
            format!("an earlier wait may have met `{}` already", self.env.text_at(at.file, at.span)),
            at,
            "whoever did so then passes at once",
        )
        .label(*first, "waited for here before")
        .why("what somebody does counts from their entry on, so doing it once ends both waits")
        .help("if it must happen anew, count from this wait on:");
        for end in tests {
            diagnostic = diagnostic.edit(end, " from now");
        }
        self.found.push(diagnostic);
    }

    /// The wait that makes a condition hold for people who come this way.
    fn met_by(&mut self, when: &'t Cond, way: &Way) -> Option<Wait> {
        match when {
            Cond::Events(test) => self.met_before(test, way),
            Cond::All(parts) => {
                let met: Option<Vec<Wait>> = parts.iter().map(|part| self.met_by(&part.cond, way)).collect();
                met?.pop()
            }
            Cond::Any(parts) => parts.iter().find_map(|part| self.met_by(&part.cond, way)),
            _ => None,
        }
    }

    /// The first wait for as many of these events, or more: wherever that counted from, so many there are since entry.
    fn met_before(&mut self, test: &'t EventTest, way: &Way) -> Option<Wait> {
        if test.since != Since::Journey(CountedSince::Entry) {
            return None;
        }
        let (kind, at_least, _) = self.asked(test);
        let as_many = ((kind, at_least, usize::MIN), Wait::MIN)..=((kind, u32::MAX, usize::MAX), Wait::MAX);
        way.met.range(as_many).map(|(_, wait)| *wait).min()
    }

    fn asked(&mut self, test: &'t EventTest) -> Asked {
        let (kind, number) = (self.kinds.len(), self.tests.len());
        let kind = *self.kinds.entry(&test.pattern).or_insert(kind);
        (kind, test.at_least, *self.tests.entry(test).or_insert(number))
    }
}

/// The events that those have met who were let through, some of them at least where one is enough.
fn some_met(when: &Cond) -> Vec<&EventTest> {
    match when {
        Cond::Events(test) if matches!(test.since, Since::Journey(_)) => vec![test],
        Cond::All(parts) | Cond::Any(parts) => parts.iter().flat_map(|part| some_met(&part.cond)).collect(),
        _ => Vec::new(),
    }
}

/// The ends of the events that do not say since when they count; who writes `since entry` means it.
fn unsaid(env: &Env<'_>, cond: &Cond, at: Location, found: &mut Vec<Location>) {
    match cond {
        Cond::Events(test) if test.since == Since::Journey(CountedSince::Entry) => {
            let text = env.text_at(at.file, at.span);
            if !text.ends_with(" entry") && !text.starts_with('(') {
                found.push(Span::new(at.span.end, at.span.end).in_file(at.file));
            }
        }
        Cond::All(parts) | Cond::Any(parts) => parts.iter().for_each(|part| unsaid(env, &part.cond, part.at, found)),
        _ => {}
    }
}
