//! `handoff to TEAM { note, task, reassign, stop GROUP, keep in workflow }`.

use super::clause::{self, clauses};
use super::context::Context;
use super::{Pair, Reader, Rule, child};
use crate::syntax::ast::{HandoffClause, HandoffStep, Keep, Name, Reassign, Task, Text};
use crate::syntax::constructs;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> HandoffStep {
    let block = child(pair, Rule::handoff_block);
    let clauses = block.map(|block| clause::block(reader, &block, Context::Handoff, clause).0);
    HandoffStep { team: reader.name_of(pair, Rule::name), clauses: clauses.unwrap_or_default() }
}

constructs::handoff_clauses!(clauses HandoffClause);

fn note(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Text {
    reader.text_of(pair)
}

fn task(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Task {
    Task { title: reader.text_of(pair), due_in: reader.duration_of(pair) }
}

fn reassign(_: &mut Reader<'_>, _: &Pair<'_>) -> Reassign {
    Reassign
}

fn also_stop(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Name {
    reader.name_of(pair, Rule::name)
}

fn keep(_: &mut Reader<'_>, _: &Pair<'_>) -> Keep {
    Keep
}
