//! Tests joined by `and` that can never hold together.
//!
//! Looks at what is said of one field: the values it may have, and the range of numbers it lies in. Whoever writes
//! `industry is "saas" and industry is "fintech"` means `or`; left alone, nobody would ever come through.

use super::Subject;
use crate::diagnostics::{Diagnostic, reach};
use crate::env::Env;
use crate::typed::{Cond, Number, Part};
use flow_ir::{Comparison, FieldId, SegmentId};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(super) fn prove(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    subject.typed.each_root(&mut |cond| {
        look(subject.env, cond, found);
    });
}

/// Reports the innermost contradictions of a condition. True where there was one: what stands around it follows from the same mistake.
fn look(env: &Env<'_>, cond: &Cond, found: &mut Vec<Diagnostic>) -> bool {
    let inside = cond.children().fold(false, |any, part| look(env, part, found) | any);
    let Cond::All(parts) = cond else { return inside };
    match contradiction(env, parts).filter(|_| !inside) {
        Some((first, second)) => {
            let test = env.text_at(second.at.file, second.at.span);
            found.push(reach::never_true(&test, second.at, first.at));
            true
        }
        None => inside,
    }
}

/// The first two parts of which the second rules out the first.
fn contradiction<'c>(env: &'c Env<'_>, parts: &'c [Part]) -> Option<(&'c Part, &'c Part)> {
    let mut before = Before::default();
    let mut segments = BTreeSet::new();
    for (at, part) in (0..).zip(parts) {
        let mut conds = Vec::new();
        flat(env, &part.cond, &mut segments, &mut conds);
        for cond in conds {
            let test = Test { at, part, cond };
            if let Some(first) = before.excluding(test) {
                return Some((first.part, part));
            }
            before.add(test);
        }
    }
    None
}

/// The tests that must all hold. A segment is unfolded where it is named first, since the same tests again say nothing new.
fn flat<'c>(env: &'c Env<'_>, cond: &'c Cond, segments: &mut BTreeSet<SegmentId>, found: &mut Vec<&'c Cond>) {
    match cond {
        Cond::All(parts) => parts.iter().for_each(|part| flat(env, &part.cond, segments, found)),
        Cond::Segment(id) => {
            found.push(cond);
            if segments.insert(*id)
                && let Some(said) = env.segment(*id)
            {
                flat(env, said, segments, found);
            }
        }
        other => found.push(other),
    }
}

/// A test, and the part that it stands in.
#[derive(Debug, Clone, Copy)]
struct Test<'c> {
    at: usize,
    part: &'c Part,
    cond: &'c Cond,
}

/// The tests before one, kept so that whether any of them can rule it out is known without looking at each.
#[derive(Debug, Default)]
struct Before<'c> {
    tests: Vec<Test<'c>>,
    asked: HashSet<&'c Cond>,
    denied: HashSet<&'c Cond>,
    ranges: BTreeMap<FieldId, (i64, i64)>,
    codes: BTreeMap<FieldId, BTreeSet<i64>>,
    texts: BTreeMap<FieldId, BTreeSet<&'c str>>,
}

impl<'c> Before<'c> {
    /// The first test of another part that rules this one out.
    fn excluding(&self, test: Test<'c>) -> Option<Test<'c>> {
        let excludes = |first: &&Test<'c>| first.at != test.at && excludes(first.cond, test.cond);
        self.may_exclude(test.cond).then(|| self.tests.iter().find(excludes).copied()).flatten()
    }

    /// False where surely none of them rules it out.
    fn may_exclude(&self, cond: &Cond) -> bool {
        let denied = self.denied.contains(cond);
        denied
            || match cond {
                // What is common to all of them is common to each.
                Cond::CodeIn(field, codes) => {
                    self.codes.get(field).is_some_and(|all| !codes.iter().any(|code| all.contains(code)))
                }
                Cond::TextIn(field, texts) => {
                    self.texts.get(field).is_some_and(|all| !texts.iter().any(|text| all.contains(text.as_str())))
                }
                Cond::Not(inner) => self.asked.contains(&**inner),
                other => range(other).is_some_and(|(field, low, high)| {
                    self.ranges.get(&field).is_some_and(|(from, to)| low.max(*from) > high.min(*to))
                }),
            }
    }

    fn add(&mut self, test: Test<'c>) {
        self.tests.push(test);
        match test.cond {
            Cond::CodeIn(field, codes) => common(&mut self.codes, *field, codes.iter().copied()),
            Cond::TextIn(field, texts) => common(&mut self.texts, *field, texts.iter().map(String::as_str)),
            Cond::Not(inner) => {
                self.denied.insert(inner);
            }
            other => {
                if let Some((field, low, high)) = range(other) {
                    let (from, to) = self.ranges.entry(field).or_insert((i64::MIN, i64::MAX));
                    (*from, *to) = (low.max(*from), high.min(*to));
                }
            }
        }
        self.asked.insert(test.cond);
    }
}

/// Keeps of a field's values those that a further test allows too.
fn common<T: Ord>(all: &mut BTreeMap<FieldId, BTreeSet<T>>, field: FieldId, values: impl Iterator<Item = T>) {
    let values: BTreeSet<T> = values.collect();
    match all.entry(field) {
        Entry::Vacant(entry) => {
            entry.insert(values);
        }
        Entry::Occupied(mut entry) => entry.get_mut().retain(|value| values.contains(value)),
    }
}

/// Whether two tests can never hold together.
pub(super) fn excludes(one: &Cond, other: &Cond) -> bool {
    match (one, other) {
        (Cond::CodeIn(a, left), Cond::CodeIn(b, right)) => a == b && !left.iter().any(|code| right.contains(code)),
        (Cond::TextIn(a, left), Cond::TextIn(b, right)) => a == b && !left.iter().any(|text| right.contains(text)),
        // Of engagement and events too: whatever is asked, it cannot be so and not so.
        (Cond::Unknown, _) | (_, Cond::Unknown) => false,
        (Cond::Not(inner), test) | (test, Cond::Not(inner)) if **inner == *test => true,
        _ => match (range(one), range(other)) {
            (Some((a, low, high)), Some((b, from, to))) => a == b && low.max(from) > high.min(to),
            _ => false,
        },
    }
}

/// The field and the range in which a comparison with a number holds it.
pub(super) fn range(cond: &Cond) -> Option<(FieldId, i64, i64)> {
    let Cond::Compare(Number::Field(field), comparison, Number::Const(value)) = cond else { return None };
    let (low, high) = match comparison {
        Comparison::Equal => (*value, *value),
        Comparison::Less => (i64::MIN, value - 1),
        Comparison::LessOrEqual => (i64::MIN, *value),
        Comparison::Greater => (value + 1, i64::MAX),
        Comparison::GreaterOrEqual => (*value, i64::MAX),
        _ => return None,
    };
    Some((*field, low, high))
}
