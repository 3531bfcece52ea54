//! `if / else if / else`.

use super::{Pair, Reader, Rule, span};
use crate::syntax::ast::{Arm, Branch};

impl<'s> Reader<'s> {
    pub(super) fn branch(&mut self, pair: &Pair<'s>) -> Branch {
        let mut branch = Branch { arms: Vec::new(), otherwise: None };
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::arm => branch.arms.push(Arm {
                    when: self.predicate_of(&inner),
                    steps: self.block_of(&inner),
                    span: span(&inner),
                }),
                Rule::otherwise => branch.otherwise = Some((self.block_of(&inner), span(&inner))),
                _ => {}
            }
        }
        branch
    }
}
