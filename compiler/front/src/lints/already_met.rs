//! A wait for what an earlier wait has met already.
//!
//! Events count since the entry, in a wait as elsewhere, so who did something in the first wait has done it in the second as well. The steps
//! are walked once in their order with what people may have met by then. Whoever was let through by the deadline has met nothing, so behind
//! `otherwise { … }` and `if timed out { … }` a second wait is a second chance, and nothing is said.

use crate::analysis::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::env::Env;
use crate::source::{Location, Span};
use crate::typed::{Cond, EventTest, Form, Since, TypedArm, TypedStep, TypedWait};
use flow_ir::CountedSince;

pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (declared, workflow) in subject.workflows() {
        if !declared.node.broken {
            walk(subject.env, &workflow.steps, Way::default(), found);
        }
    }
}

/// What a wait has met, with the condition of that wait and its place.
#[derive(Clone, Copy)]
struct Met<'t> {
    test: &'t EventTest,
    wait: &'t Cond,
    at: Location,
}

/// What is known of the people who come to a step.
#[derive(Clone, Default)]
struct Way<'t> {
    /// What some of them have met.
    met: Vec<Met<'t>>,
    /// What they waited for last.
    last: Option<&'t Cond>,
}

impl<'t> Way<'t> {
    /// Those of them of whom a condition was told.
    fn told(mut self, cond: &Cond, holds: bool) -> Self {
        match cond {
            Cond::Not(inner) => return self.told(inner, !holds),
            Cond::TimedOut if holds => {
                let last = self.last;
                self.met.retain(|met| !last.is_some_and(|last| std::ptr::eq(last, met.wait)));
            }
            Cond::Events(test) if !holds => self.met.retain(|met| met.test != test),
            Cond::All(parts) if holds => return parts.iter().fold(self, |way, part| way.told(&part.cond, true)),
            Cond::Any(parts) if !holds => return parts.iter().fold(self, |way, part| way.told(&part.cond, false)),
            _ => {}
        }
        self
    }

    /// With those of another way; none where nobody comes.
    fn join(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (Some(mut one), Some(other)) = (one.clone(), other.clone()) else { return one.or(other) };
        for met in other.met {
            let known = one.met.iter().any(|known| known.at == met.at && known.test == met.test);
            if !known {
                one.met.push(met);
            }
        }
        one.last = if one.last.map(std::ptr::from_ref) == other.last.map(std::ptr::from_ref) { one.last } else { None };
        Some(one)
    }
}

/// The way behind some steps; none where everyone has left.
fn walk<'t>(env: &Env<'_>, steps: &'t [TypedStep], way: Way<'t>, found: &mut Vec<Diagnostic>) -> Option<Way<'t>> {
    steps.iter().try_fold(way, |way, step| behind(env, step, way, found))
}

fn behind<'t>(env: &Env<'_>, step: &'t TypedStep, way: Way<'t>, found: &mut Vec<Diagnostic>) -> Option<Way<'t>> {
    match &step.form {
        Form::Finish(_) | Form::Effect { then: Some(_), .. } => None,
        Form::Wait(TypedWait::Until { when, at, otherwise, .. }) => {
            found.extend(judge(env, when, *at, &way));
            let mut late = Some(Way { last: Some(when), ..way.clone() });
            let mut in_time = Way { last: Some(when), ..way };
            in_time.met.extend(some_met(when).into_iter().map(|test| Met { test, wait: when, at: *at }));
            if let (Some((steps, _)), Some(way)) = (otherwise, late.take()) {
                late = walk(env, steps, way, found);
            }
            Way::join(Some(in_time), late)
        }
        Form::Branch { arms, otherwise } => {
            let (mut rest, mut after) = (way, None);
            for TypedArm { when, steps, .. } in arms {
                after = Way::join(after, walk(env, steps, rest.clone().told(when, true), found));
                rest = rest.told(when, false);
            }
            let rest = match otherwise {
                Some((steps, _)) => walk(env, steps, rest, found),
                None => Some(rest),
            };
            Way::join(after, rest)
        }
        _ => Some(way),
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

fn judge(env: &Env<'_>, when: &Cond, at: Location, way: &Way<'_>) -> Option<Diagnostic> {
    let first = met_by(when, way)?;
    let mut tests = Vec::new();
    unsaid(env, when, at, &mut tests);
    if tests.is_empty() {
        return None;
    }
    let mut diagnostic = Diagnostic::warning(
        Code::AlreadyMet,
        format!("an earlier wait may have met `{}` already", env.text_at(at.file, at.span)),
        at,
        "whoever did so then passes at once",
    )
    .label(first.at, "waited for here before")
    .why("what somebody does counts from their entry on, so doing it once ends both waits")
    .help("if it must happen anew, count from this wait on:");
    for end in tests {
        diagnostic = diagnostic.edit(end, " from now");
    }
    Some(diagnostic)
}

/// What makes a condition hold for people who come this way.
fn met_by<'t>(when: &Cond, way: &Way<'t>) -> Option<Met<'t>> {
    match when {
        Cond::Events(test) => way.met.iter().copied().find(|met| met.test.covers(test)),
        Cond::All(parts) => {
            let met: Option<Vec<Met<'t>>> = parts.iter().map(|part| met_by(&part.cond, way)).collect();
            met?.pop()
        }
        Cond::Any(parts) => parts.iter().find_map(|part| met_by(&part.cond, way)),
        _ => None,
    }
}

impl EventTest {
    /// Whether one since entry holds wherever this one does, which may count from later on.
    fn covers(&self, other: &EventTest) -> bool {
        let since_entry = other.since == Since::Journey(CountedSince::Entry);
        since_entry && self.pattern == other.pattern && self.at_least >= other.at_least
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
