//! `at least 20 days between emails` where mails follow each other sooner: no mail is held longer than the policy says, so one that comes too soon
//! is withheld before it could leave, and nobody who got the one before would ever get it.
//!
//! What lies between two sends is a time that is known at most. Where ways meet it is the longest of them.

use super::Subject;
use super::together::Together;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::contract::{self, NeverLeaves};
use crate::source::Location;
use crate::syntax::ast::Header;
use crate::typed::{Form, TypedRepeat, TypedStep, TypedWait};
use flow_ir::units::{DAY_MS, HOUR_MS};
use flow_ir::{CivilSpan, EmailKind};

/// A month has no more days.
const MOST_DAYS: i64 = 31;

pub(super) fn prove<'p>(subject: Subject<'p>, _: &Together<'p>, found: &mut Vec<Diagnostic>) {
    for (declared, workflow) in subject.workflows() {
        let header = declared.node.headers().find(|header| matches!(header.kind, Header::Spacing(_)));
        let (Some(header), Some(spacing_ms)) = (header, workflow.spacing_ms) else { continue };
        let kept =
            Kept { subject, spacing: declared.at(header.span), spacing_ms, hold_ms: subject.typed.policy.hold_ms() };
        if spacing_ms > kept.hold_ms {
            let mut never = Vec::new();
            kept.block(&workflow.steps, None, &mut never);
            // They are kept too far apart, and that is one mistake.
            found.extend(never.into_iter().next());
        }
    }
}

/// How far apart the mails of a workflow are kept, and how long one is held for it.
struct Kept<'p> {
    subject: Subject<'p>,
    spacing: Location,
    spacing_ms: i64,
    hold_ms: i64,
}

/// The mail before, and how long ago it left at most.
#[derive(Clone, Copy)]
struct Before {
    at: Location,
    ms: i64,
}

impl Kept<'_> {
    /// Looks at the steps behind a mail; which one was the last behind them, and how long ago at most.
    fn block(&self, steps: &[TypedStep], before: Option<Before>, found: &mut Vec<Diagnostic>) -> Option<Before> {
        steps.iter().fold(before, |before, step| self.step(step, before, found))
    }

    fn step(&self, step: &TypedStep, before: Option<Before>, found: &mut Vec<Diagnostic>) -> Option<Before> {
        match &step.form {
            Form::Wait(TypedWait::For(time)) => later(before, *time),
            Form::Wait(TypedWait::Until { up_to, otherwise, .. }) => {
                let behind = later(before, *up_to);
                match otherwise {
                    Some((steps, _)) => latest(behind, self.block(steps, behind, found)),
                    None => behind,
                }
            }
            Form::Wait(TypedWait::On { past, .. }) => {
                if let Some((steps, _)) = past {
                    self.block(steps, before, found);
                }
                None
            }
            Form::Repeat(repeat) => {
                self.block(&repeat.steps, None, found);
                self.rounds(repeat, found);
                None
            }
            Form::Branch { arms, otherwise, split, .. } => {
                let steps = arms.iter().map(|arm| &arm.steps).chain(otherwise.iter().map(|(steps, _)| steps));
                let ways: Vec<Option<Before>> = steps.map(|steps| self.block(steps, before, found)).collect();
                let passes_by = (otherwise.is_none() && split.is_none()).then_some(before);
                ways.into_iter().chain(passes_by).reduce(latest).flatten()
            }
            Form::Change { .. } | Form::Effect { .. } => match self.sends(step) {
                Some(email) => {
                    found.extend(before.and_then(|before| self.too_soon(email, step.at, before)));
                    Some(Before { at: step.at, ms: 0 })
                }
                None => before,
            },
            Form::Finish(_) | Form::Unknown | Form::Unreadable => None,
        }
    }

    /// The mail of a round behind that of the first one, where not even the last round comes late enough.
    fn rounds(&self, repeat: &TypedRepeat, found: &mut Vec<Diagnostic>) {
        let every_ms = at_most(repeat.every);
        let rounds = i64::from(repeat.times.saturating_sub(1));
        let last_ms = every_ms.saturating_mul(rounds).saturating_add(self.hold_ms);
        if rounds == 0 || last_ms >= self.spacing_ms {
            return;
        }
        let mut sends = repeat.steps.iter().filter_map(|step| Some((self.sends(step)?, step.at)));
        if let (Some((email, at)), None) = (sends.next(), sends.next()) {
            found.extend(self.too_soon(email, at, Before { at, ms: every_ms }));
        }
    }

    /// The marketing mail that a step sends; another one is neither held nor counted.
    fn sends(&self, step: &TypedStep) -> Option<&str> {
        let email = &self.subject.typed.emails.get(step.message()?)?.email;
        (email.kind == EmailKind::Marketing).then_some(email.name.as_str())
    }

    fn too_soon(&self, email: &str, at: Location, before: Before) -> Option<Diagnostic> {
        let latest_ms = before.ms.saturating_add(self.hold_ms);
        let needed_ms = self.spacing_ms - before.ms;
        let times = NeverLeaves { hold_ms: self.hold_ms, needed_ms, possible_ms: latest_ms };
        let never = latest_ms < self.spacing_ms;
        never.then(|| contract::never_leaves(email, at, before.at, self.spacing, times))
    }
}

/// The mail before, so much later.
fn later(before: Option<Before>, time: CivilSpan) -> Option<Before> {
    before.map(|before| Before { ms: before.ms.saturating_add(at_most(time)), ..before })
}

/// Of two ways that meet the mail that left longer ago, where either has one.
fn latest(one: Option<Before>, other: Option<Before>) -> Option<Before> {
    one.zip(other).map(|(one, other)| if other.ms > one.ms { other } else { one })
}

/// The longest that a time takes: a day on which clocks go back has an hour more.
fn at_most(time: CivilSpan) -> i64 {
    let days = i64::from(time.months) * MOST_DAYS + i64::from(time.days);
    let longer = if days > 0 { HOUR_MS } else { 0 };
    days.saturating_mul(DAY_MS).saturating_add(time.ms).saturating_add(longer)
}
