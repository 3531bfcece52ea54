//! `workflow`: its header, then its steps in order.

use super::flow::Journey;
use super::predicate::Asked;
use super::typed::{Cond, Since, TypedEntry, TypedGoal, TypedStep, TypedStepKind, TypedWorkflow};
use super::{Checker, Known};
use crate::diagnostics::{contract, reach, syntax, time, types};
use crate::resolve::Declared;
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Header, Step, StepKind};
use flow_ir::limits::MAX_STEPS;
use flow_ir::{EmailId, Reenter, SendWindow};

const WEEKDAYS: u8 = 0b001_1111;
const WEEKENDS: u8 = 0b110_0000;
const EVERY_DAY: u8 = 0b111_1111;

impl Checker<'_> {
    pub(super) fn workflow(&mut self, workflow: &Declared<ast::Workflow>) -> TypedWorkflow {
        self.file = workflow.file;
        let node = &workflow.node;
        let sends = self.sends_of(&node.steps);
        let anywhere = Journey::any_step(sends.clone(), node.blind);
        let mut typed = TypedWorkflow {
            name: node.name.text.clone(),
            title: node
                .title
                .as_ref()
                .and_then(|title| self.fixed_text(title))
                .unwrap_or_else(|| node.name.text.clone()),
            group: None,
            owner: None,
            goal: None,
            entry: TypedEntry::ByHand { at: self.at(node.head) },
            reenter: Reenter::Once,
            exits: Vec::new(),
            skip: None,
            window: None,
            steps: Vec::new(),
            at: self.at(node.head),
        };
        self.headers(node, &anywhere, &mut typed);
        if node.steps.is_empty() && !node.broken {
            let diagnostic = reach::nothing_to_do(&node.name.text, self.at(node.name.span));
            self.report(diagnostic);
        }
        if count_steps(&node.steps) > MAX_STEPS {
            let diagnostic =
                syntax::too_large(&format!("workflow has more than {MAX_STEPS} steps"), self.at(node.name.span));
            self.report(diagnostic);
            return typed;
        }
        let mut journey = Journey::start(sends);
        // Where a brace is lost, steps stand where nobody meant them to.
        journey.blind = node.broken && node.blind;
        typed.steps = self.steps(&node.steps, &mut journey);
        typed
    }

    fn headers(&mut self, node: &ast::Workflow, anywhere: &Journey, typed: &mut TypedWorkflow) {
        let what = format!("workflow `{}`", node.name.text);
        let mut seen: Vec<(&'static str, Span)> = Vec::new();
        for header in &node.headers {
            let (clause, span) = clause_of(header);
            let first = seen.iter().find(|(known, _)| *known == clause).map(|(_, span)| *span);
            if first.is_some() && clause != "exit when" {
                self.repeated(&what, clause, span, first);
                continue;
            }
            seen.push((clause, span));
            self.header(header, anywhere, typed);
        }
        if node.broken {
            return;
        }
        let (name, at) = (&node.name.text, self.at(node.name.span));
        if !seen.iter().any(|(clause, _)| *clause == "enter") {
            self.report(contract::no_entry(name, at));
        }
        if !seen.iter().any(|(clause, _)| *clause == "reenter") {
            self.report(contract::no_reenter(name, at));
        }
    }

    fn header(&mut self, header: &Header, anywhere: &Journey, typed: &mut TypedWorkflow) {
        let none = Known::new();
        match header {
            Header::Goal(goal) => {
                typed.goal = Some(TypedGoal {
                    text: self.fixed_text(&goal.text).unwrap_or_default(),
                    when: self.predicate(&goal.when, Asked::InJourney(anywhere), &none),
                    within: goal.within.as_ref().and_then(|within| self.duration(within)),
                    continues: goal.continues,
                    at: self.at(goal.span),
                });
            }
            Header::Owner(owner) => typed.owner = self.address(owner, false),
            Header::Reviewed(date) => {
                if super::number::days_of(&date.text).is_none() {
                    let diagnostic = types::bad_date(&date.text, self.at(date.span));
                    self.report(diagnostic);
                }
            }
            Header::Group(group) => typed.group = Some(group.text.clone()),
            Header::Enter(enter) => typed.entry = self.entry(enter),
            Header::Reenter(ast::Reenter::Once, _) => typed.reenter = Reenter::Once,
            Header::Reenter(ast::Reenter::After(after), _) => {
                typed.reenter = self.duration(after).map_or(Reenter::Once, Reenter::After);
            }
            Header::ExitWhen(when, span) => {
                let text = self.text_at(when.span());
                let cond = self.predicate(when, Asked::InJourney(anywhere), &none);
                typed.exits.push((cond, text, self.at(*span)));
            }
            Header::SkipWhen(when, _) => {
                typed.skip = Some(self.predicate(when, Asked::Anywhere("a `skip when`"), &none))
            }
            Header::Window(window) => typed.window = self.window(window),
        }
    }

    fn entry(&mut self, enter: &ast::Enter) -> TypedEntry {
        let at = self.at(enter.span);
        let Some(predicate) = &enter.when else { return TypedEntry::ByHand { at } };
        let when = self.predicate(predicate, Asked::Entry, &Known::new());
        if has_unknown(&when) {
            return TypedEntry::ByHand { at };
        }
        match (triggers(&when), enter.existing) {
            (Triggers::Always, None) => TypedEntry::Event { when, at },
            (Triggers::Always, Some(_)) => {
                self.report(contract::existing_not_here(at));
                TypedEntry::Event { when, at }
            }
            (Triggers::Never, existing) => {
                // Silence begins when Flow first knows a person, so nobody is in it already.
                let inactivity = matches!(predicate, ast::Predicate::Inactive(..));
                if existing.is_none() && !inactivity {
                    self.report(contract::new_or_existing(at));
                }
                TypedEntry::Becomes { when, existing: existing == Some(ast::Existing::Including), at }
            }
            (Triggers::Negated, _) => {
                self.report(contract::trigger_negated(self.at(predicate.span())));
                TypedEntry::ByHand { at }
            }
            (Triggers::Sometimes, _) => {
                let event = first_event(predicate).unwrap_or(predicate.span());
                self.report(contract::entry_unclear(self.at(predicate.span()), self.at(event)));
                TypedEntry::ByHand { at }
            }
        }
    }

    fn window(&mut self, window: &ast::Window) -> Option<SendWindow> {
        let days = window.days.iter().fold(0, |days, day| days | day_bits(&day.text));
        let from = window.from.as_ref().map_or(Some(0), |clock| self.clock(clock));
        let to = window.to.as_ref().map_or(Some(0), |clock| self.clock(clock));
        Some(SendWindow { days, from_min: from?, to_min: to? })
    }

    fn clock(&mut self, clock: &ast::Name) -> Option<u16> {
        let minutes = clock.text.split_once(':').and_then(|(hours, minutes)| {
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            let total = hours * 60 + minutes;
            (hours <= 24 && minutes < 60 && total <= 24 * 60).then_some(total)
        });
        if minutes.is_none() {
            let diagnostic = time::bad_clock(&clock.text, self.at(clock.span));
            self.report(diagnostic);
        }
        minutes
    }

    /// Steps in order. What comes after everyone has left is reported once.
    pub(super) fn steps(&mut self, steps: &[Step], journey: &mut Journey) -> Vec<TypedStep> {
        let mut typed = Vec::new();
        let mut reported = false;
        for step in steps {
            if let (Some(left), false, false) = (journey.left, reported, journey.blind) {
                let diagnostic = reach::unreachable(self.at(step.span), left);
                self.report(diagnostic);
                reported = true;
            }
            typed.push(self.step(step, journey));
        }
        typed
    }

    fn step(&mut self, step: &Step, journey: &mut Journey) -> TypedStep {
        let at = self.at(step.span);
        let kind = match &step.kind {
            StepKind::Send(send) => self.send_step(send, at, journey),
            StepKind::Wait(wait) => self.wait_step(wait, journey),
            StepKind::WaitUntil(wait) => self.wait_until(wait, journey),
            StepKind::Branch(branch) => self.branch_step(branch, at, journey),
            StepKind::Score(change) => self.score_step(change, journey),
            StepKind::Set(set) => self.set_step(set, journey),
            StepKind::Advance(advance) => self.advance_step(advance),
            StepKind::Handoff(handoff) => self.handoff_step(handoff, at, journey),
            StepKind::Exit(exit) => self.exit_step(exit, at, journey),
            StepKind::Unreadable => {
                journey.blind = true;
                TypedStepKind::Unknown
            }
        };
        let label = step.label.as_ref().and_then(|label| self.fixed_text(label));
        TypedStep { label, kind, text: self.text_at(step.span), at }
    }

    /// Every email the steps send, with where.
    fn sends_of(&self, steps: &[Step]) -> Vec<(EmailId, Location)> {
        let mut sends = Vec::new();
        for step in steps {
            match &step.kind {
                StepKind::Send(send) => {
                    let email = self.emails.get(send.email.text.as_str());
                    sends.extend(email.map(|email| (*email, self.at(step.span))));
                }
                StepKind::Branch(branch) => {
                    for arm in &branch.arms {
                        sends.extend(self.sends_of(&arm.steps));
                    }
                    if let Some((steps, _)) = &branch.otherwise {
                        sends.extend(self.sends_of(steps));
                    }
                }
                _ => {}
            }
        }
        sends
    }
}

fn count_steps(steps: &[Step]) -> usize {
    let inner = steps.iter().map(|step| match &step.kind {
        StepKind::Branch(branch) => {
            let arms: usize = branch.arms.iter().map(|arm| 1 + count_steps(&arm.steps)).sum();
            arms + branch.otherwise.as_ref().map_or(0, |(steps, _)| 1 + count_steps(steps))
        }
        _ => 1,
    });
    inner.sum()
}

fn clause_of(header: &Header) -> (&'static str, Span) {
    match header {
        Header::Goal(goal) => ("goal", goal.span),
        Header::Owner(owner) => ("owner", owner.span),
        Header::Reviewed(date) => ("reviewed", date.span),
        Header::Group(group) => ("group", group.span),
        Header::Enter(enter) => ("enter", enter.span),
        Header::Reenter(_, span) => ("reenter", *span),
        Header::ExitWhen(_, span) => ("exit when", *span),
        Header::SkipWhen(_, span) => ("skip when", *span),
        Header::Window(window) => ("send on", window.span),
    }
}

fn day_bits(day: &str) -> u8 {
    match day {
        "weekdays" => WEEKDAYS,
        "weekends" => WEEKENDS,
        "every day" => EVERY_DAY,
        "monday" => 1,
        "tuesday" => 1 << 1,
        "wednesday" => 1 << 2,
        "thursday" => 1 << 3,
        "friday" => 1 << 4,
        "saturday" => 1 << 5,
        _ => 1 << 6,
    }
}

/// Whether an entry holds only at an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Triggers {
    Always,
    Never,
    /// On one side of an `or` only.
    Sometimes,
    /// Under a `not`.
    Negated,
}

fn triggers(cond: &Cond) -> Triggers {
    match cond {
        Cond::Events(test) if test.since == Since::Trigger => Triggers::Always,
        Cond::All(parts) => {
            let found: Vec<Triggers> = parts.iter().map(triggers).collect();
            [Triggers::Negated, Triggers::Always, Triggers::Sometimes]
                .into_iter()
                .find(|kind| found.contains(kind))
                .unwrap_or(Triggers::Never)
        }
        Cond::Any(parts) => {
            let found: Vec<Triggers> = parts.iter().map(triggers).collect();
            if found.contains(&Triggers::Negated) {
                Triggers::Negated
            } else if found.iter().all(|kind| *kind == Triggers::Always) {
                Triggers::Always
            } else if found.iter().all(|kind| *kind == Triggers::Never) {
                Triggers::Never
            } else {
                Triggers::Sometimes
            }
        }
        Cond::Not(inner) if triggers(inner) != Triggers::Never => Triggers::Negated,
        _ => Triggers::Never,
    }
}

fn has_unknown(cond: &Cond) -> bool {
    match cond {
        Cond::Unknown => true,
        Cond::All(parts) | Cond::Any(parts) => parts.iter().any(has_unknown),
        Cond::Not(inner) => has_unknown(inner),
        _ => false,
    }
}

/// The first event of a predicate that has no period.
fn first_event(predicate: &ast::Predicate) -> Option<Span> {
    match predicate {
        ast::Predicate::And(parts, _) | ast::Predicate::Or(parts, _) => parts.iter().find_map(first_event),
        ast::Predicate::Group(inner, _) | ast::Predicate::Not(inner, _) => first_event(inner),
        ast::Predicate::Event { period: None, span, .. } => Some(*span),
        _ => None,
    }
}
