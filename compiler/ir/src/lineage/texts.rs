//! The texts that a field is compared with are numbered, and people stand in steps that know the numbers of before. So a field keeps what it
//! was ever compared with: asking for one text more or less moves no other.

use super::moved::Moves;
use crate::{Block, IdMap, Program};
use std::collections::BTreeSet;

/// The new program, whose fields are compared with what those of the kept one are, and with what its own conditions ask for.
pub(super) fn joined(kept: &Program, new: &Program) -> Program {
    let mut out = new.clone();
    for id in new.fields.ids() {
        let field = new.fields.at(id);
        let same = |before: &&crate::Field| before.name == field.name && before.tag == field.tag;
        let Some(before) = kept.fields.values().find(same) else { continue };
        let Some(slot) = before.slot.filter(|_| before.ty.is_text() && field.ty.is_text()) else { continue };
        let asked: BTreeSet<&String> = before.literals.iter().chain(&field.literals).collect();
        let asked: Vec<String> = asked.into_iter().cloned().collect();
        let Some(before) = kept.frame.slots.get(slot) else { continue };
        let to = field.slot.unwrap_or_else(|| out.meaning.frame.slots.push(before.clone()));
        if asked != field.literals {
            renumber(&mut out, &Moves::texts(to, &field.literals, &asked));
        }
        let field = out.meaning.fields.at_mut(id);
        (field.slot, field.literals) = (Some(to), asked);
    }
    out
}

fn renumber(program: &mut Program, moves: &Moves) {
    let predicates = program.meaning.predicates.values_mut().map(|predicate| &mut predicate.function);
    let bodies = program.meaning.workflows.values_mut().map(|workflow| &mut workflow.body);
    for function in predicates.chain(bodies) {
        // No text is lost among more of them.
        let block = |block: &Block| moves.block(block).unwrap_or_else(|_| block.clone());
        function.blocks = function.blocks.values().map(block).collect::<IdMap<_, _>>();
    }
}
