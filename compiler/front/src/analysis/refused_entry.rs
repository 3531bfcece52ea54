//! Entries that a workflow's own goal, exit or skip refuses.
//!
//! Whoever meets a goal or an exit already is not taken in, and neither is who is skipped. Where the entry itself says that one of them
//! holds, nobody could ever come in: `enter when customer` beside `skip when customer`. So it is where one holds at every start, whoever
//! comes: `exit when not clicked hello`. The event that lets somebody in is none since entry, so `goal "…" when requested_demo` may stand
//! in a workflow that a request begins; but it has happened, so `skip when requested_demo ever` may not.

use super::Subject;
use super::together::{Together, When};
use crate::diagnostics::{Diagnostic, contract};
use crate::typed::{Cond, EventTest, Part, Since, TypedEntry, TypedWorkflow};

pub(super) fn prove<'p>(subject: Subject<'p>, together: &Together<'p>, found: &mut Vec<Diagnostic>) {
    for (_, workflow) in subject.workflows() {
        let entry = match &workflow.entry {
            TypedEntry::Event { when, at } | TypedEntry::Becomes { when, at, .. } => Some((&when.cond, *at)),
            TypedEntry::Dated { when: Some(when), at, .. } => Some((&when.cond, *at)),
            TypedEntry::Dated { when: None, .. } | TypedEntry::ByHand { .. } => None,
        };
        let Some(refusal) = first_refusal(together, workflow, entry.map(|(when, _)| when)) else { continue };
        let Refusal { clause, when: Part { cond: refuses, at: of } } = refusal;
        let of = *of;
        let test = subject.env.text_at(of.file, of.span);
        let always = !together.can_hold(&[(refuses, false)], When::AtEntry);
        found.push(match entry.filter(|_| !always) {
            None => contract::refused_at_the_start(clause, &test, of),
            Some((when, at)) => match (once_more(refuses, &test), later_stage(subject, when, clause, &test)) {
                (Some(again), _) => contract::entry_counts_itself(clause, &test, of, at, again),
                (None, later) => contract::entry_refused(clause, &test, of, at, later),
            },
        });
    }
}

/// What refuses everyone who would enter.
struct Refusal<'w> {
    /// `exit when`
    clause: &'static str,
    when: &'w Part,
}

fn first_refusal<'w>(
    together: &Together<'w>,
    workflow: &'w TypedWorkflow,
    entry: Option<&'w Cond>,
) -> Option<Refusal<'w>> {
    // That nobody can be like this at all was reported there (`contradiction.rs` asks of every condition).
    let entry: Vec<(&Cond, bool)> = entry.map(|entry| (entry, true)).into_iter().collect();
    if !together.can_hold(&entry, When::AtEntry) {
        return None;
    }
    let goal = workflow.goal.iter().map(|goal| ("goal", &goal.when));
    let exits = workflow.exits.iter().map(|(when, ..)| ("exit when", when));
    let skips = workflow.skip.iter().map(|when| ("skip when", when));
    let mut refusals = goal.chain(exits).chain(skips).map(|(clause, when)| Refusal { clause, when });
    refusals.find(|refusal| {
        let said: Vec<(&Cond, bool)> = entry.iter().copied().chain([(&refusal.when.cond, false)]).collect();
        !together.can_hold(&said, When::AtEntry)
    })
}

/// `skip when visited ever` beside `enter when visited`: those who had done it before were meant. Only where it is this test alone.
fn once_more(refuses: &Cond, test: &str) -> Option<String> {
    let Cond::Events(EventTest { at_least: 1, since: Since::Ever | Since::Within(_), .. }) = refuses else {
        return None;
    };
    let at = test.rfind(" in the last ").or_else(|| test.rfind(" within the last ")).or_else(|| test.rfind(" ever"))?;
    let (event, period) = test.split_at_checked(at)?;
    let event = event.split(" at least ").next()?;
    Some(format!("{event} at least 2 times{period}"))
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
