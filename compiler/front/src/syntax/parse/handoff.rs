//! `handoff to TEAM { note, task, keep in workflow }`.

use super::{Pair, Reader, Rule, child, context, span};
use crate::syntax::ast::{HandoffStep, Task};

impl<'s> Reader<'s> {
    pub(super) fn handoff(&mut self, pair: &Pair<'s>) -> HandoffStep {
        let mut handoff = HandoffStep { team: self.name_of(pair, Rule::name), note: None, task: None, keep: false };
        let Some(block) = child(pair, Rule::handoff_block) else { return handoff };
        for inner in block.into_inner() {
            match inner.as_rule() {
                Rule::note => handoff.note = Some(self.text_of(&inner)),
                Rule::task => {
                    handoff.task = Some(Task {
                        title: self.text_of(&inner),
                        due_in: self.duration_of(&inner),
                        span: span(&inner),
                    });
                }
                Rule::keep => handoff.keep = true,
                Rule::bad_line => self.bad_clause(&inner, context::HANDOFF),
                _ => {}
            }
        }
        handoff
    }
}
