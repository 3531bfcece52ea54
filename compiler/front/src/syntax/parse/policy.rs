//! `policy`.

use super::calendar::day_span;
use super::clause::{self, clauses};
use super::context::Context;
use super::holdout::holdout as holdout_of_all;
use super::late::late as late_of_all;
use super::{Pair, Reader, Rule, child, has, head, name, span};
use crate::syntax::ast::{Cap, Consent, DaySpan, Duration, First, Name, Policy, PolicyClause, Predicate, Quiet, Unit};
use crate::syntax::constructs;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Policy {
    let (clauses, broken) = clause::block(reader, pair, Context::Policy, clause);
    Policy { clauses, head: head(pair), broken }
}

constructs::policy_clauses!(clauses PolicyClause);

fn consent(_: &mut Reader<'_>, pair: &Pair<'_>) -> Consent {
    if has(pair, Rule::kw_out) { Consent::OptOut } else { Consent::OptIn }
}

/// The email by which people confirm.
fn confirm(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Name {
    reader.name_of(pair, Rule::name)
}

fn cap(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Cap {
    let capped = child(pair, Rule::capped).unwrap_or_else(|| pair.clone());
    let emails = reader.name_of(&capped, Rule::number);
    let topic = child(pair, Rule::about).map(|about| reader.name_of(&about, Rule::name));
    Cap { emails, capped: span(&capped), topic, per: hold(reader, pair), drops: has(pair, Rule::drop) }
}

fn quiet(_: &mut Reader<'_>, pair: &Pair<'_>) -> Quiet {
    let [from, to] = two(pair, Rule::clock);
    let nothing = || Name { text: String::new(), span: span(pair) };
    Quiet { from: from.unwrap_or_else(nothing), to: to.unwrap_or_else(nothing) }
}

fn blackout(_: &mut Reader<'_>, pair: &Pair<'_>) -> DaySpan {
    day_span(child(pair, Rule::day_span).as_ref().unwrap_or(pair))
}

/// The length of time in a clause.
fn hold(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Duration {
    let nothing = || Duration { amount: String::new(), unit: Unit::Days, span: span(pair) };
    reader.duration_of(pair).unwrap_or_else(nothing)
}

fn late_by(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Duration {
    hold(reader, child(pair, Rule::by_length).as_ref().unwrap_or(pair))
}

fn first(_: &mut Reader<'_>, pair: &Pair<'_>) -> First {
    let groups = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::name);
    First { groups: groups.map(|group| name(&group)).collect() }
}

fn comes_back(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Predicate {
    reader.predicate_of(pair)
}

/// The first two children of a rule.
fn two(pair: &Pair<'_>, rule: Rule) -> [Option<Name>; 2] {
    let mut found = pair.clone().into_inner().filter(|inner| inner.as_rule() == rule).map(|inner| name(&inner));
    [found.next(), found.next()]
}
