//! Tests joined by `and` that can never hold together.
//!
//! Looks at what is said of one field: the values it may have, and the range of numbers it lies in. Whoever writes
//! `industry is "saas" and industry is "fintech"` means `or`; left alone, nobody would ever come through.

use super::Subject;
use crate::check::typed::{Cond, Number, Part};
use crate::diagnostics::{Diagnostic, reach};
use crate::env::Env;
use flow_ir::{Comparison, FieldId};

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
fn contradiction<'c>(env: &Env<'_>, parts: &'c [Part]) -> Option<(&'c Part, &'c Part)> {
    let tests: Vec<(usize, &Part, &Cond)> = (0..)
        .zip(parts)
        .flat_map(|(at, part)| flat(env, &part.cond).into_iter().map(move |test| (at, part, test)))
        .collect();
    tests.iter().enumerate().find_map(|(index, (second, part, test))| {
        let mut before = tests.iter().take(index);
        let (_, other, _) = before.find(|(first, _, other)| first != second && excludes(other, test))?;
        Some((*other, *part))
    })
}

/// The tests that must all hold.
fn flat<'c>(env: &'c Env<'_>, cond: &'c Cond) -> Vec<&'c Cond> {
    match cond {
        Cond::All(parts) => parts.iter().flat_map(|part| flat(env, &part.cond)).collect(),
        Cond::Segment(id) => {
            let said = env.segment(*id).map(|said| flat(env, said)).unwrap_or_default();
            std::iter::once(cond).chain(said).collect()
        }
        other => vec![other],
    }
}

fn excludes(one: &Cond, other: &Cond) -> bool {
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
fn range(cond: &Cond) -> Option<(FieldId, i64, i64)> {
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
