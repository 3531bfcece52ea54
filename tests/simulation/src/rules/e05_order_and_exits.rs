//! E5: before every step that lets something out, and before every attempt of a delivery: goal, exit, skip.

use flow_runtime::store::{DecisionCode, DecisionRecord};

use crate::seen::Seen;
use crate::world::program::Cond;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    for (_, rows) in seen.decisions() {
        for row in rows {
            let let_out_at = match row.code {
                DecisionCode::Sent => seen.attempted_at(row),
                DecisionCode::HandedOff => Some(row.at),
                _ => None,
            };
            if let Some(told) = let_out_at.and_then(|at| should_have_stayed(seen, row, at)) {
                return Some(told);
            }
        }
    }
    None
}

fn should_have_stayed(seen: &Seen<'_>, row: &DecisionRecord, at: i64) -> Option<String> {
    let workflow = seen.workflow(row.workflow?)?;
    let journey = seen.journey(row)?;
    let holds = |condition: &Cond| seen.held(condition, row.contact, Some(journey), at) == Some(true);
    if let Some(exit) = workflow.exits.iter().find(|exit| holds(exit)) {
        return Some(format!("{row:?}, attempted at {at}, though `exit when {}` holds", exit.text()));
    }
    let is_mail = row.code == DecisionCode::Sent;
    let lets_out = !is_mail || seen.outbox(row.send?).is_some_and(|mail| seen.is_marketing(mail));
    if lets_out && is_held_out(seen, row) {
        return Some(format!("{row:?}, attempted at {at}, in a journey that does nothing"));
    }
    if let Some(skip) = workflow.skip.as_ref().filter(|skip| is_mail && holds(skip)) {
        return Some(format!("{row:?}, attempted at {at}, though `skip when {}` holds", skip.text()));
    }
    let goal = workflow.goal.as_ref().filter(|goal| !goal.goes_on && holds(&goal.when))?;
    Some(format!("{row:?}, attempted at {at}, though the goal `{}` is met", goal.when.text()))
}

/// Whether nothing is done in a journey, so that what a workflow brings about can be told.
fn is_held_out(seen: &Seen<'_>, of: &DecisionRecord) -> bool {
    let is_it = |row: &&DecisionRecord| {
        (row.contact, row.workflow, row.run, row.code) == (of.contact, of.workflow, of.run, DecisionCode::HeldOut)
    };
    seen.is_alone(of.contact) && seen.snapshot().decisions.iter().any(|row| is_it(&row))
}
