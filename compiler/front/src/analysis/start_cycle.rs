//! Workflows that start each other in a circle.
//!
//! A contact would go round for ever. Each circle is reported once, at the step that closes it, by a walk over the workflows in depth
//! first order (Tarjan 1972: an edge to a workflow on the way to here closes a circle).

use super::Subject;
use super::together::Together;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Location;
use flow_ir::{Id, WorkflowId};
use std::collections::BTreeMap;

/// Which workflows lead to which, and where that is said.
pub(super) type Leads = BTreeMap<WorkflowId, Vec<(WorkflowId, Location)>>;
/// What is said of a circle: of the names along it, the first once more at the end, and of where it closes.
pub(super) type Tell = fn(&[&str], Location) -> Diagnostic;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Never,
    /// On the way to where the walk is.
    OnWay,
    Done,
}

pub(super) fn prove<'p>(subject: Subject<'p>, _: &Together<'p>, found: &mut Vec<Diagnostic>) {
    let mut starts = Leads::new();
    subject.typed.starts().for_each(|(from, to, at)| starts.entry(from).or_default().push((to, at)));
    circles(subject, &starts, circle, found);
}

/// Reports each circle once.
pub(super) fn circles(subject: Subject<'_>, starts: &Leads, tell: Tell, found: &mut Vec<Diagnostic>) {
    let mut seen = vec![Seen::Never; subject.typed.workflows.len()];
    for first in starts.keys() {
        if seen.get(first.index()) == Some(&Seen::Never) {
            walk((subject, tell), *first, starts, &mut seen, found);
        }
    }
}

/// Walks from one workflow. The way is kept by hand, since a project may chain thousands.
fn walk(
    (subject, tell): (Subject<'_>, Tell),
    first: WorkflowId,
    starts: &Leads,
    seen: &mut [Seen],
    found: &mut Vec<Diagnostic>,
) {
    // Each workflow on the way, with how many of its starts were looked at.
    let mut way = vec![(first, 0)];
    mark(seen, first, Seen::OnWay);
    while let Some((here, looked)) = way.last_mut() {
        let Some((to, at)) = starts.get(here).and_then(|starts| starts.get(*looked)) else {
            mark(seen, *here, Seen::Done);
            way.pop();
            continue;
        };
        *looked += 1;
        match seen.get(to.index()) {
            Some(Seen::Never) => {
                mark(seen, *to, Seen::OnWay);
                way.push((*to, 0));
            }
            Some(Seen::OnWay) => {
                let round = way.iter().map(|(id, _)| *id).skip_while(|id| id != to);
                let names = round.chain([*to]).map(|id| subject.typed.workflows.at(id).name.as_str());
                found.push(tell(&names.collect::<Vec<_>>(), *at));
            }
            _ => {}
        }
    }
}

fn mark(seen: &mut [Seen], id: WorkflowId, now: Seen) {
    if let Some(seen) = seen.get_mut(id.index()) {
        *seen = now;
    }
}

/// Workflows that start each other, the first of them once more at the end.
fn circle(circle: &[&str], at: Location) -> Diagnostic {
    let way = way(circle, "starts");
    Diagnostic::error(Code::StartCycle, format!("{way}: a circle"), at, "closes the circle")
        .why("people could go round in it, and get the same mails each time")
        .help("take out one of these starts")
}

/// `one` starts `two`, which starts `one`.
pub(super) fn way(circle: &[&str], does: &str) -> String {
    /// A longer way is told by its ends.
    const SHOWN: usize = 5;
    let mut names: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
    if let Some(more) = names.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        names.splice(SHOWN - 1..SHOWN - 1 + more, [format!("{more} more until one")]);
    }
    let between = format!(", which {does} ");
    names.join(&between).replacen(&between, &format!(" {does} "), 1)
}
