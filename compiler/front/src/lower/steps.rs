//! The table of steps: what names each one, in the program and outside it.

use crate::typed::TypedStep;
use flow_ir::{IdMap, StepId, StepKey, StepKind, Written};
use std::collections::BTreeMap;

/// Adds a step. Unlabelled ones are named by their content, and counted where the same content comes again, so that a step inserted
/// above renames nothing below.
pub(super) fn add(steps: &mut Steps, step: &TypedStep) -> StepId {
    let (label, content) = (step.label.clone(), step.text.clone());
    let mut key = StepKey { label, kind: StepKind::new(step.kind), content, nth: 1 };
    key.nth = steps.times(key.base());
    steps.names.entry(key.to_string()).or_insert(1);
    steps.written.push(Written { text: step.text.clone(), at: step.at });
    steps.table.push(key)
}

/// The table with the names in it.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) table: IdMap<StepId, StepKey>,
    pub(super) written: IdMap<StepId, Written>,
    /// Each name with how often it was given as a content or label.
    names: BTreeMap<String, u32>,
}

impl Steps {
    /// How often this base was given now, left out what others are called already.
    fn times(&mut self, base: &str) -> u32 {
        loop {
            let Some(times) = self.names.get_mut(base) else { return 1 };
            *times += 1;
            let times = *times;
            if !self.names.contains_key(&format!("{base} #{times}")) {
                return times;
            }
        }
    }
}
