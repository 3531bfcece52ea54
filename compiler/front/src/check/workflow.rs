//! `workflow`: its header, then its steps in order.

use super::Known;
use super::branch::check_branch;
use super::change::check_change;
use super::cx::Cx;
use super::exit::check_exit;
use super::flow::Journey;
use super::handoff::check_handoff;
use super::predicate::Asked;
use super::predicate::check_predicate;
use super::send::check_send;
use super::stage::check_advance;
use super::text::{check_address, fixed_text, report_repeated};
use super::typed::{Cond, Since, TypedEntry, TypedGoal, TypedStep, TypedStepKind, TypedWorkflow};
use super::wait::{check_duration, check_wait};
use crate::diagnostics::{contract, syntax, time, types};
use crate::env::Env;
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Clause, Header, Step, StepKind};
use flow_ir::{EmailId, Reenter, SendWindow};

/// The steps of one workflow, with those of its branches and a step for each branch. People lose their way far before, and what is
/// proved of a workflow grows faster than the workflow.
const MAX_STEPS: usize = 1_000;

const WEEKDAYS: u8 = 0b001_1111;
const WEEKENDS: u8 = 0b110_0000;
const EVERY_DAY: u8 = 0b111_1111;

pub(super) fn check_workflow(cx: &mut Cx<'_>, node: &ast::Workflow) -> TypedWorkflow {
    let mut sends = Vec::new();
    sends_of(cx, node.steps(), &mut sends);
    let anywhere = Journey::any_step(sends.clone(), node.blind);
    let mut typed = TypedWorkflow {
        name: node.name.text.clone(),
        title: node.title.as_ref().and_then(|title| fixed_text(cx, title)).unwrap_or_else(|| node.name.text.clone()),
        group: None,
        owner: None,
        goal: None,
        entry: TypedEntry::ByHand { at: cx.at(node.head) },
        reenter: Reenter::Once,
        exits: Vec::new(),
        skip: None,
        window: None,
        steps: Vec::new(),
        at: cx.at(node.head),
    };
    check_headers(cx, node, &anywhere, &mut typed);
    if count_steps(node.steps()) > MAX_STEPS {
        let diagnostic = syntax::too_large(&format!("workflow has more than {MAX_STEPS} steps"), cx.at(node.name.span));
        cx.report(diagnostic);
        return typed;
    }
    let mut journey = Journey::start(sends);
    // Where a brace is lost, steps stand where nobody meant them to.
    journey.blind = node.broken && node.blind;
    typed.steps = check_steps(cx, node.steps(), &mut journey);
    typed
}

pub(super) fn check_headers(cx: &mut Cx<'_>, node: &ast::Workflow, anywhere: &Journey, typed: &mut TypedWorkflow) {
    let what = format!("workflow `{}`", node.name.text);
    let repeated = ast::repeated(node.headers(), |header| match header {
        Header::ExitWhen(_) => None,
        other => Some(word_of(other)),
    });
    let mut repeated = repeated.into_iter().peekable();
    for header in node.headers() {
        match repeated.next_if(|repeated| std::ptr::eq(repeated.again, header)) {
            Some(found) => report_repeated(cx, &what, found.word, label_of(found.again), Some(label_of(found.first))),
            None => check_header(cx, header, anywhere, typed),
        }
    }
    if node.broken {
        return;
    }
    let (name, at) = (&node.name.text, cx.at(node.name.span));
    if !node.headers().any(|header| matches!(header.kind, Header::Enter(_))) {
        cx.report(contract::no_entry(name, at));
    }
    if !node.headers().any(|header| matches!(header.kind, Header::Reenter(_))) {
        cx.report(contract::no_reenter(name, at));
    }
}

pub(super) fn check_header(cx: &mut Cx<'_>, header: &Clause<Header>, anywhere: &Journey, typed: &mut TypedWorkflow) {
    let none = Known::new();
    match &header.kind {
        Header::Goal(goal) => {
            typed.goal = Some(TypedGoal {
                text: fixed_text(cx, &goal.text).unwrap_or_default(),
                when: check_predicate(cx, &goal.when, Asked::InJourney(anywhere), &none),
                within: goal.within.as_ref().and_then(|within| check_duration(cx, within)),
                continues: goal.continues,
                when_at: cx.at(goal.when.span()),
                at: cx.at(header.span),
            });
        }
        Header::Owner(owner) => typed.owner = check_address(cx, owner, false),
        Header::Reviewed(date) => {
            if super::number::days_of(&date.text).is_none() {
                let diagnostic = types::bad_date(&date.text, cx.at(date.span));
                cx.report(diagnostic);
            }
        }
        Header::Group(group) => typed.group = Some(group.text.clone()),
        Header::Enter(enter) => typed.entry = check_entry(cx, enter, header.span),
        Header::Reenter(ast::Reenter::Once) => typed.reenter = Reenter::Once,
        Header::Reenter(ast::Reenter::After(after)) => {
            typed.reenter = check_duration(cx, after).map_or(Reenter::Once, Reenter::After);
        }
        Header::ExitWhen(when) => {
            let text = cx.text_at(when.span());
            let cond = check_predicate(cx, when, Asked::InJourney(anywhere), &none);
            typed.exits.push((cond, text, cx.at(header.span)));
        }
        Header::SkipWhen(when) => typed.skip = Some(check_predicate(cx, when, Asked::Anywhere("a `skip when`"), &none)),
        Header::Window(window) => typed.window = check_window(cx, window),
    }
}

pub(super) fn check_entry(cx: &mut Cx<'_>, enter: &ast::Enter, span: Span) -> TypedEntry {
    let at = cx.at(span);
    let Some(predicate) = &enter.when else { return TypedEntry::ByHand { at } };
    let when = check_predicate(cx, predicate, Asked::Entry, &Known::new());
    if has_unknown(cx.env, &when) {
        return TypedEntry::ByHand { at };
    }
    match (triggers(&when), enter.existing) {
        (Triggers::Always, None) => TypedEntry::Event { when, at },
        (Triggers::Always, Some(_)) => {
            cx.report(contract::existing_not_here(at));
            TypedEntry::Event { when, at }
        }
        (Triggers::Never, existing) => {
            // Silence begins when Flow first knows a person, so nobody is in it already.
            let inactivity = matches!(predicate, ast::Predicate::Inactive(..));
            if existing.is_none() && !inactivity {
                cx.report(contract::new_or_existing(at));
            }
            TypedEntry::Becomes { when, existing: existing == Some(ast::Existing::Including), at }
        }
        (Triggers::Negated, _) => {
            cx.report(contract::trigger_negated(cx.at(predicate.span())));
            TypedEntry::ByHand { at }
        }
        (Triggers::Sometimes, _) => {
            let event = first_event(predicate).unwrap_or(predicate.span());
            cx.report(contract::entry_unclear(cx.at(predicate.span()), cx.at(event)));
            TypedEntry::ByHand { at }
        }
    }
}

pub(super) fn check_window(cx: &mut Cx<'_>, window: &ast::Window) -> Option<SendWindow> {
    let days = window.days.iter().fold(0, |days, day| days | day_bits(&day.text));
    let from = window.from.as_ref().map_or(Some(0), |clock| check_clock(cx, clock));
    let to = window.to.as_ref().map_or(Some(0), |clock| check_clock(cx, clock));
    Some(SendWindow { days, from_min: from?, to_min: to? })
}

pub(super) fn check_clock(cx: &mut Cx<'_>, clock: &ast::Name) -> Option<u16> {
    let minutes = clock.text.split_once(':').and_then(|(hours, minutes)| {
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        let total = hours * 60 + minutes;
        (hours <= 24 && minutes < 60 && total <= 24 * 60).then_some(total)
    });
    if minutes.is_none() {
        let diagnostic = time::bad_clock(&clock.text, cx.at(clock.span));
        cx.report(diagnostic);
    }
    minutes
}

/// Steps in order.
pub(super) fn check_steps<'t>(
    cx: &mut Cx<'_>,
    steps: impl IntoIterator<Item = &'t Step>,
    journey: &mut Journey,
) -> Vec<TypedStep> {
    steps.into_iter().map(|step| check_step(cx, step, journey)).collect()
}

pub(super) fn check_step(cx: &mut Cx<'_>, step: &Step, journey: &mut Journey) -> TypedStep {
    let at = cx.at(step.head);
    let kind = match &step.kind {
        StepKind::Send(send) => check_send(cx, send, at, journey),
        StepKind::Wait(wait) => check_wait(cx, wait, journey),
        StepKind::Branch(branch) => check_branch(cx, branch, journey),
        StepKind::Change(change) => check_change(cx, change, journey),
        StepKind::Advance(advance) => check_advance(cx, advance),
        StepKind::Handoff(handoff) => check_handoff(cx, handoff, journey),
        StepKind::Exit(exit) => check_exit(cx, exit, journey),
        StepKind::Unreadable => {
            journey.blind = true;
            TypedStepKind::Unreadable
        }
    };
    let label = step.label.as_ref().and_then(|label| fixed_text(cx, label));
    TypedStep { label, kind, text: cx.text_at(step.head), at }
}

/// Every email the steps send, with where.
pub(super) fn sends_of<'t>(
    cx: &Cx<'_>,
    steps: impl IntoIterator<Item = &'t Step>,
    sends: &mut Vec<(EmailId, Location)>,
) {
    for step in steps {
        if let StepKind::Send(send) = &step.kind {
            let email = cx.env.emails.get(send.email.text.as_str());
            sends.extend(email.map(|email| (*email, cx.at(step.head))));
        }
        step.children().into_iter().for_each(|block| sends_of(cx, block, sends));
    }
}

/// One with blocks counts as many as it has, beside what stands in them.
fn count_steps<'t>(steps: impl IntoIterator<Item = &'t Step>) -> usize {
    let of_blocks = |blocks: Vec<&[Step]>| blocks.into_iter().map(|block| 1 + count_steps(block)).sum::<usize>();
    steps.into_iter().map(|step| of_blocks(step.children()).max(1)).sum()
}

fn word_of(header: &Header) -> &'static str {
    match header {
        Header::Goal(_) => "goal",
        Header::Owner(_) => "owner",
        Header::Reviewed(_) => "reviewed",
        Header::Group(_) => "group",
        Header::Enter(_) => "enter",
        Header::Reenter(_) => "reenter",
        Header::ExitWhen(_) => "exit when",
        Header::SkipWhen(_) => "skip when",
        Header::Window(_) => "send on",
    }
}

/// What of a clause that stands twice differs: of one with nothing but a value, the value.
fn label_of(header: &Clause<Header>) -> Span {
    match &header.kind {
        Header::Owner(owner) => owner.span,
        Header::Reviewed(date) => date.span,
        Header::Group(group) => group.span,
        _ => header.span,
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
            let found: Vec<Triggers> = parts.iter().map(|part| triggers(&part.cond)).collect();
            [Triggers::Negated, Triggers::Always, Triggers::Sometimes]
                .into_iter()
                .find(|kind| found.contains(kind))
                .unwrap_or(Triggers::Never)
        }
        Cond::Any(parts) => {
            let found: Vec<Triggers> = parts.iter().map(|part| triggers(&part.cond)).collect();
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

fn has_unknown(env: &Env<'_>, cond: &Cond) -> bool {
    match cond {
        Cond::Unknown => true,
        Cond::Segment(id) => env.segment(*id).is_none_or(|said| has_unknown(env, said)),
        other => other.children().any(|part| has_unknown(env, part)),
    }
}

/// The first event of a predicate that has no period.
fn first_event(predicate: &ast::Predicate) -> Option<Span> {
    match predicate {
        ast::Predicate::Event { period: None, span, .. } => Some(*span),
        other => other.children().iter().find_map(first_event),
    }
}
