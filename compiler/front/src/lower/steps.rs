//! The table of steps: what reports and explanations call each one.

use crate::check::typed::TypedStep;
use flow_ir::{IdMap, Step, StepId, StepKind};
use std::collections::BTreeMap;

/// Adds a step. Unlabelled ones are named by their content, and counted where the same content comes again, so that a step inserted
/// above renames nothing below.
pub(super) fn add(steps: &mut Steps, step: &TypedStep) -> StepId {
    let base = step.label.clone().unwrap_or_else(|| step.text.clone());
    let name = steps.new_name(base);
    let id =
        steps.table.push(Step { name: name.clone(), kind: kind_of(step.kind), text: step.text.clone(), at: step.at });
    steps.names.entry(name).or_insert(1);
    id
}

/// The table with the names in it.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) table: IdMap<StepId, Step>,
    /// Each name with how often it was given as a content or label.
    names: BTreeMap<String, usize>,
}

impl Steps {
    fn new_name(&mut self, base: String) -> String {
        loop {
            let Some(times) = self.names.get_mut(&base) else { return base };
            *times += 1;
            let name = format!("{base} #{times}");
            if !self.names.contains_key(&name) {
                return name;
            }
        }
    }
}

fn kind_of(kind: &str) -> StepKind {
    match kind {
        "send" => StepKind::Send,
        "wait" => StepKind::Wait,
        "branch" => StepKind::Branch,
        "advance" => StepKind::Stage,
        "handoff" => StepKind::Handoff,
        "exit" => StepKind::Exit,
        _ => StepKind::Change,
    }
}
