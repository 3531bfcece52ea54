//! `if / else if / else`.

use super::{Pair, Reader, Rule, span, step};
use crate::syntax::ast::{Arm, Branch};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Branch {
    let mut branch = Branch { arms: Vec::new(), otherwise: None };
    for inner in pair.clone().into_inner() {
        match inner.as_rule() {
            Rule::arm => branch.arms.push(Arm {
                when: reader.predicate_of(&inner),
                steps: step::block_of(reader, &inner),
                span: span(&inner),
            }),
            Rule::otherwise => branch.otherwise = Some((step::block_of(reader, &inner), span(&inner))),
            _ => {}
        }
    }
    branch
}
