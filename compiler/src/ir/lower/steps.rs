//! The table of steps: what reports and explanations call each one.

use crate::ir::{IdMap, Step, StepId, StepKind};
use crate::types::typed::{TypedStep, TypedStepKind};

/// Adds a step. Unlabelled ones are named by their content, and counted where the same content comes again, so that a step inserted
/// above renames nothing below.
pub(super) fn add(steps: &mut IdMap<StepId, Step>, step: &TypedStep) -> StepId {
    let base = step.label.clone().unwrap_or_else(|| step.text.clone());
    let same = |name: &str| steps.values().any(|known| known.name == name);
    let name = (1..).map(|nth| if nth == 1 { base.clone() } else { format!("{base} #{nth}") }).find(|name| !same(name));
    steps.push(Step { name: name.unwrap_or(base), kind: kind_of(&step.kind), text: step.text.clone(), at: step.at })
}

fn kind_of(kind: &TypedStepKind) -> StepKind {
    match kind {
        TypedStepKind::Send(_) => StepKind::Send,
        TypedStepKind::Wait(_) | TypedStepKind::WaitUntil { .. } => StepKind::Wait,
        TypedStepKind::Branch { .. } => StepKind::Branch,
        TypedStepKind::Change { .. } => StepKind::Change,
        TypedStepKind::Advance(_) => StepKind::Stage,
        TypedStepKind::Handoff { .. } => StepKind::Handoff,
        TypedStepKind::Exit { .. } | TypedStepKind::Unknown => StepKind::Exit,
    }
}
