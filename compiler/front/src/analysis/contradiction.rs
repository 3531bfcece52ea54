//! Conditions that can never hold, and those outside of steps that always do.
//!
//! Whoever writes `industry is "saas" and industry is "fintech"` means `or`; left alone, nobody would ever come through. Of each condition
//! as a whole it is asked whether it can hold, and of each of its parts; the innermost that cannot is told, since what stands around it
//! follows from the same mistake. The other proofs rely on this: a condition that nobody meets is told here, whatever it looks like.
//!
//! Whether an `if` or a wait is met by everyone is asked in `ways.rs`, and a goal, an exit or a skip that always holds refuses every entry
//! (`refused_entry.rs`). Who is in a segment, gets a subject, is covered or comes in is asked here.

use super::Subject;
use super::together::{Together, When};
use crate::diagnostics::{Diagnostic, derived, reach};
use crate::env::Env;
use crate::source::Location;
use crate::typed::{Cond, Part, Place, Root};

pub(super) fn prove<'p>(subject: Subject<'p>, together: &Together<'p>, found: &mut Vec<Diagnostic>) {
    let env = subject.env;
    subject.typed.each_root(&mut |Root { cond, at, place }| {
        if look(env, together, cond, at, found) {
            return;
        }
        let told = match place {
            Place::Segment => reach::everyone_is_in_it,
            Place::Derived => derived::everyone_has_it,
            Place::Enter => reach::everyone_enters,
            Place::Subject => reach::everyone_gets_it,
            Place::Covers => reach::covers_everyone,
            Place::Head | Place::Step => return,
        };
        if !together.can_hold(&[(cond, false)], When::Anytime) {
            found.push(told(&env.text_at(at.file, at.span), at));
        }
    });
}

/// Reports the innermost parts of a condition that can never hold. True where there was one.
fn look<'p>(env: &Env<'p>, together: &Together<'p>, cond: &'p Cond, at: Location, found: &mut Vec<Diagnostic>) -> bool {
    let inside = match cond {
        Cond::All(parts) | Cond::Any(parts) => {
            parts.iter().fold(false, |any, part| look(env, together, &part.cond, part.at, found) | any)
        }
        Cond::Not(inner) => look(env, together, inner, at, found),
        _ => false,
    };
    if inside || together.can_hold(&[(cond, true)], When::Anytime) {
        return inside;
    }
    let excluding = if let Cond::All(parts) = cond { contradiction(together, parts) } else { None };
    found.push(match excluding {
        Some((first, second)) if first.at != second.at => {
            reach::never_true(&env.text_at(second.at.file, second.at.span), second.at, first.at)
        }
        _ => reach::holds_of_nobody(&env.text_at(at.file, at.span), at),
    });
    true
}

/// The first two parts of which the second rules out the first. Where it takes more than two, the first of all and the one that is too much.
fn contradiction<'p>(together: &Together<'p>, parts: &'p [Part]) -> Option<(&'p Part, &'p Part)> {
    let can_hold = |parts: &[&'p Part]| {
        let said: Vec<_> = parts.iter().map(|part| (&part.cond, true)).collect();
        together.can_hold(&said, When::Anytime)
    };
    let all: Vec<&Part> = parts.iter().collect();
    let last = (1..all.len()).find(|last| all.get(..=*last).is_some_and(|parts| !can_hold(parts)))?;
    let (before, second) = (all.get(..last)?, *all.get(last)?);
    let first = before.iter().find(|first| !can_hold(&[first, second])).or(before.first())?;
    Some((first, second))
}
