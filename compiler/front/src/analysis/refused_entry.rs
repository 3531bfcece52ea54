//! Entries that a workflow's own goal, exit or skip refuses.
//!
//! Whoever meets a goal or an exit already is not taken in, and neither is who is skipped. Where the entry itself says that one of them
//! holds, nobody could ever come in: `enter when customer` beside `skip when customer`. What an entry says is taken test by test; of an
//! `or`, each side must be refused. An event that triggers says nothing of the past, so `goal "…" when requested_demo` may stand in a
//! workflow that a request begins: it counts from then on.

use super::Subject;
use super::contradiction::{excludes, range};
use crate::diagnostics::{Diagnostic, contract};
use crate::env::Env;
use crate::resolve::Declared;
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Header};
use crate::typed::{Cond, TypedEntry, TypedWorkflow};

pub(super) fn prove(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (declared, workflow) in subject.workflows() {
        let (TypedEntry::Event { when, at } | TypedEntry::Becomes { when, at, .. }) = &workflow.entry else { continue };
        let Some(refusal) = first_refusal(subject.env, declared, workflow, when) else { continue };
        let Refusal { clause, of } = refusal;
        let test = subject.env.text_at(of.file, of.span);
        found.push(contract::entry_refused(clause, &test, of, *at, later_stage(subject, when, clause, &test)));
    }
}

/// What refuses everyone who would enter.
struct Refusal {
    /// `exit when`
    clause: &'static str,
    /// Its condition.
    of: Location,
}

fn first_refusal(
    env: &Env<'_>,
    declared: &Declared<ast::Workflow>,
    workflow: &TypedWorkflow,
    entry: &Cond,
) -> Option<Refusal> {
    let spans = |wanted: fn(&Header) -> Option<Span>| {
        declared.node.headers().filter_map(move |header| wanted(&header.kind)).map(|span| declared.at(span))
    };
    let exits = spans(|header| if let Header::ExitWhen(when) = header { Some(when.span()) } else { None });
    let skips = spans(|header| if let Header::SkipWhen(when) = header { Some(when.span()) } else { None });
    let goal = workflow.goal.iter().map(|goal| ("goal", &goal.when, goal.when_at));
    let exits = workflow.exits.iter().zip(exits).map(|((when, ..), of)| ("exit when", when, of));
    let skips = workflow.skip.iter().zip(skips).map(|(when, of)| ("skip when", when, of));
    let mut refusals = goal.chain(exits).chain(skips);
    let refusal = refusals.find(|(_, refuses, _)| implies(env, entry, refuses))?;
    Some(Refusal { clause: refusal.0, of: refusal.2 })
}

/// Whether one condition cannot hold without the other, as far as can be seen test by test.
fn implies(env: &Env<'_>, holds: &Cond, asked: &Cond) -> bool {
    // Whatever it was meant to say, it was reported.
    if matches!(holds, Cond::Unknown) || matches!(asked, Cond::Unknown) {
        return false;
    }
    match (holds, asked) {
        _ if holds == asked => true,
        (_, Cond::All(parts)) => !parts.is_empty() && parts.iter().all(|part| implies(env, holds, &part.cond)),
        (Cond::Any(parts), _) => !parts.is_empty() && parts.iter().all(|part| implies(env, &part.cond, asked)),
        (_, Cond::Any(parts)) if parts.iter().any(|part| implies(env, holds, &part.cond)) => true,
        (Cond::All(parts), _) => parts.iter().any(|part| implies(env, &part.cond, asked)),
        (Cond::Segment(id), _) if env.segment(*id).is_some_and(|said| implies(env, said, asked)) => true,
        (_, Cond::Segment(id)) => env.segment(*id).is_some_and(|said| implies(env, holds, said)),
        (_, Cond::Not(not)) => excludes(holds, not),
        (Cond::CodeIn(one, codes), Cond::CodeIn(other, all)) => {
            one == other && codes.iter().all(|code| all.contains(code))
        }
        (Cond::TextIn(one, texts), Cond::TextIn(other, all)) => {
            one == other && texts.iter().all(|text| all.contains(text))
        }
        (Cond::CodeIn(one, codes), _) => range(asked).is_some_and(|(other, low, high)| {
            *one == other && !codes.is_empty() && codes.iter().all(|code| (low..=high).contains(code))
        }),
        _ => match (range(holds), range(asked)) {
            (Some((one, from, to)), Some((other, low, high))) => one == other && low <= from && to <= high,
            _ => false,
        },
    }
}

/// `exit when stage >= lead` beside an entry of people who are `mql`: those who come further were meant.
fn later_stage(subject: Subject<'_>, entry: &Cond, clause: &str, test: &str) -> Option<String> {
    let stage = subject.env.schema.field("stage")?;
    let highest = subject.env.schema.stages.len().checked_sub(1)?;
    let mut entered = None;
    entry.each(&mut |cond| {
        if let Cond::CodeIn(field, codes) = cond
            && *field == stage
        {
            entered = codes.iter().copied().max();
        }
    });
    let entered = usize::try_from(entered?).ok().filter(|entered| *entered < highest)?;
    let name = subject.env.schema.stages.get(entered)?;
    // Only where the condition is this test alone: nothing else in it may be lost.
    let alone = test.starts_with("stage >=") && test.split(' ').count() == 3;
    (clause != "skip when" && alone).then(|| format!("stage > {name}"))
}
