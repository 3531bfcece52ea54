//! `handoff to TEAM { note, task, reassign, stop GROUP, backup, if not taken within D, keep in workflow }`.

use super::clause::{self, clauses};
use super::context::Context;
use super::{Pair, Reader, Rule, child, has, span};
use crate::source::Span;
use crate::syntax::ast::{Duration, HandoffClause, HandoffStep, Keep, Name, Patience, Reassign, Task, Text, Unit};
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

fn instead(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Text {
    reader.text_of(pair)
}

fn untaken(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Patience {
    let is_business = has(pair, Rule::kw_business);
    let within = if is_business {
        let from = child(pair, Rule::number).map_or_else(|| span(pair), |number| span(&number));
        let at = Span::new(from.start, child(pair, Rule::unit).map_or(from, |unit| span(&unit)).end);
        reader.amount(pair, at)
    } else {
        reader.duration_of(pair)
    };
    let none = || Duration { amount: String::new(), unit: Unit::Hours, span: span(pair) };
    Patience { within: within.unwrap_or_else(none), is_business }
}

fn keep(_: &mut Reader<'_>, _: &Pair<'_>) -> Keep {
    Keep
}
