//! Workflows that pause each other, one behind the other in a circle: whoever is in all of them would never take a step again.

use super::Subject;
use super::start_cycle::{Leads, circles, way};
use super::together::Together;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Location;

pub(super) fn prove<'p>(subject: Subject<'p>, _: &Together<'p>, found: &mut Vec<Diagnostic>) {
    let workflows = &subject.typed.workflows;
    let mut pauses = Leads::new();
    for (id, workflow) in workflows.iter() {
        for kept in &workflow.pauses {
            let is_of_it = |group: &Option<String>| group.as_ref() == Some(&kept.group);
            let others = workflows.iter().filter(|(other, workflow)| *other != id && is_of_it(&workflow.group));
            pauses.entry(id).or_default().extend(others.map(|(other, _)| (other, kept.at)));
        }
    }
    circles(subject, &pauses, circle, found);
}

fn circle(circle: &[&str], at: Location) -> Diagnostic {
    Diagnostic::error(Code::PauseCycle, format!("{}: a circle", way(circle, "pauses")), at, "closes the circle")
        .why("whoever is in all of them would stand still for ever")
        .help("take out one of these lines, or write `stops` in one of them instead")
}
