//! `split NAME { 50% a { … } 50% b { … } }`: ways by chance, of which the same person always goes the same one.

use super::cx::Cx;
use super::flow::Journey;
use super::step::check_steps;
use crate::diagnostics::split as wrong;
use crate::source::{Location, Span};
use crate::syntax::ast::{Share, Split};
use crate::typed::{Cond, Form, TypedArm};
use flow_ir::Split as Drawn;
use std::collections::BTreeMap;

/// All of them, in per cents.
const WHOLE: i64 = Drawn::WHOLE;

pub(super) fn check(cx: &mut Cx<'_>, split: &Split, journey: &mut Journey) -> Form {
    let weights = weights(cx, split);
    let is_named = report_names(cx, split);
    let (mut arms, mut ways) = (Vec::new(), Vec::new());
    let mut from = 1;
    for (nth, share) in split.shares.iter().enumerate() {
        let mut way = journey.clone();
        let steps = check_steps(cx, &share.steps, &mut way);
        ways.push(way);
        let weight = weights.as_ref().and_then(|weights| weights.get(nth)).copied().unwrap_or_default();
        let when = Cond::Drawn { split: split.name.text.clone(), from, to: from + weight - 1 };
        from += weight;
        arms.push(TypedArm { when, steps, test: text(share), text: text(share), at: cx.at(share.weight.span) });
    }
    *journey = Journey::join(journey, ways);
    if weights.is_none() || !is_named {
        return Form::Unknown;
    }
    // Whoever is left was drawn for the last one.
    let last = arms.pop();
    let rest = last.as_ref().map(|last| last.text.clone()).unwrap_or_default();
    let otherwise = last.map(|last| (last.steps, last.at));
    Form::Branch { arms, otherwise, rest, split: Some(split.name.text.clone()), leaves_out: None }
}

/// `50% a`
fn text(share: &Share) -> String {
    let name = share.name.as_ref().map_or("", |name| name.text.as_str());
    format!("{}% {name}", share.weight.text)
}

/// The per cents of each; none where one is wrong, and reported.
fn weights(cx: &mut Cx<'_>, split: &Split) -> Option<Vec<i64>> {
    if split.broken {
        return None;
    }
    let mut weights = Vec::new();
    for Share { weight, .. } in &split.shares {
        match weight.text.parse::<i64>() {
            Ok(whole) if (1..=WHOLE).contains(&whole) => weights.push(whole),
            _ => {
                cx.report(wrong::no_share(&weight.text, cx.at(weight.span)));
                return None;
            }
        }
    }
    let sum: i64 = weights.iter().sum();
    match split.shares.as_slice() {
        [] | [_] => {
            cx.report(wrong::nothing_to_part(&split.name.text, cx.at(split.name.span)));
            None
        }
        [.., last] if sum != WHOLE => {
            let rest = weights.last().map_or(0, |last| WHOLE - (sum - last));
            cx.report(wrong::not_the_whole(sum, cx.at(last.weight.span), (rest > 0).then_some(rest)));
            None
        }
        _ => Some(weights),
    }
}

/// Reports ways without a name, and two of one name. Whether there are none.
fn report_names(cx: &mut Cx<'_>, split: &Split) -> bool {
    let mut known: BTreeMap<&str, Location> = BTreeMap::new();
    let mut is_named = true;
    if split.name.text.trim().is_empty() {
        cx.report(wrong::split_without_a_name(cx.at(split.name.span)));
        is_named = false;
    }
    for share in &split.shares {
        let Some(name) = &share.name else {
            let at = share.weight.span;
            let sign = cx.source().get(at.end as usize..).and_then(|rest| rest.find('%')).unwrap_or_default() as u32;
            let behind = cx.at(Span::new(at.end + sign + 1, at.end + sign + 1));
            cx.report(wrong::share_without_a_name(&share.weight.text, cx.at(at), behind, free_name(split)));
            return false;
        };
        let at = cx.at(name.span);
        match known.get(name.text.as_str()).copied() {
            Some(first) => {
                cx.report(wrong::same_share(&name.text, at, first, free_name(split)));
                return false;
            }
            None => {
                known.insert(&name.text, at);
            }
        }
    }
    is_named
}

/// A letter that no way of it is called by.
fn free_name(split: &Split) -> char {
    let is_free = |letter: &char| {
        let called = |share: &Share| share.name.as_ref().is_some_and(|name| name.text == letter.to_string());
        !split.shares.iter().any(called)
    };
    ('a'..='z').find(is_free).unwrap_or('z')
}
