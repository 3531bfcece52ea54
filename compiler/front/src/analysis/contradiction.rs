//! Tests joined by `and` that can never hold together.
//!
//! Whoever writes `industry is "saas" and industry is "fintech"` means `or`; left alone, nobody would ever come through.

use super::Subject;
use super::together::{Together, When};
use crate::diagnostics::{Diagnostic, reach};
use crate::env::Env;
use crate::typed::{Cond, Part};

pub(super) fn prove(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let together = Together::new(subject.env);
    subject.typed.each_root(&mut |cond| {
        look(subject.env, &together, cond, found);
    });
}

/// Reports the innermost contradictions of a condition. True where there was one: what stands around it follows from the same mistake.
fn look(env: &Env<'_>, together: &Together<'_>, cond: &Cond, found: &mut Vec<Diagnostic>) -> bool {
    let inside = cond.children().fold(false, |any, part| look(env, together, part, found) | any);
    let Cond::All(parts) = cond else { return inside };
    match contradiction(together, parts).filter(|_| !inside) {
        Some((first, second)) => {
            let test = env.text_at(second.at.file, second.at.span);
            found.push(reach::never_true(&test, second.at, first.at));
            true
        }
        None => inside,
    }
}

/// The first two parts of which the second rules out the first. Where it takes more than two, the first of all and the one that is too much.
fn contradiction<'c>(together: &Together<'_>, parts: &'c [Part]) -> Option<(&'c Part, &'c Part)> {
    let can_hold = |parts: &[&Part]| {
        let said: Vec<_> = parts.iter().map(|part| (&part.cond, true)).collect();
        together.can_hold(&said, When::Anytime)
    };
    let all: Vec<&Part> = parts.iter().collect();
    if can_hold(&all) {
        return None;
    }
    let last = (1..all.len()).find(|last| all.get(..=*last).is_some_and(|parts| !can_hold(parts)))?;
    let (before, second) = (all.get(..last)?, *all.get(last)?);
    let first = before.iter().find(|first| !can_hold(&[first, second])).or(before.first())?;
    Some((first, second))
}
