//! `choose by FIELD { VALUE { … } otherwise { … } }`: an `if` whose conditions all ask the same field.

use super::Known;
use super::cx::Cx;
use super::flow::Journey;
use super::named;
use super::number::{Term, check_left_side};
use super::predicate::{Asked, assume, check_predicate, unknown_subject};
use super::step::check_steps;
use crate::diagnostics::reach;
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Choose, Predicate, Relation, Way};
use crate::typed::{Cond, Form, Number, TypedArm};
use flow_ir::{Comparison, FieldId, FieldType};
use std::collections::BTreeMap;

/// The values that ways before have, as they compare, each with where.
type Taken = BTreeMap<String, Location>;

pub(super) fn check(cx: &mut Cx<'_>, choose: &Choose, journey: &mut Journey) -> Form {
    let by = subject(cx, choose, journey);
    let (mut arms, mut ways, mut taken) = (Vec::new(), Vec::new(), Taken::new());
    let mut here = journey.clone();
    let (values, last) = in_order(cx, choose);
    for (way, relation, value) in values {
        let asked = by.as_ref().map(|by| ask(cx, by, choose, (&relation, value), &here));
        let when = asked.unwrap_or(Cond::Unknown);
        let is_new = report_twice(cx, &relation, &when, &mut taken);
        let when = if is_new { when } else { Cond::Unknown };
        let mut gone = here.clone();
        gone.known.extend(assume(cx.env, &when, true));
        here.known.extend(assume(cx.env, &when, false));
        let steps = check_steps(cx, &way.steps, &mut gone);
        ways.push(gone);
        let text = condition(cx, choose, &relation, value);
        arms.push(TypedArm { when, steps, test: text.clone(), text, at: cx.at(value) });
    }
    let otherwise = last.map(|way| (check_steps(cx, &way.steps, &mut here), cx.at(way.span)));
    ways.push(here);
    *journey = Journey::join(journey, ways);
    let open = by.is_some() && !choose.broken && otherwise.is_none();
    let rest = "otherwise".to_owned();
    Form::Branch { arms, otherwise, rest, split: None, leaves_out: open.then(|| cx.at(choose.close)) }
}

/// What people go their ways by, where it is something.
#[derive(Debug, Clone, Copy)]
struct By {
    /// Where it is a field, and not a sum.
    field: Option<FieldId>,
}

fn subject(cx: &mut Cx<'_>, choose: &Choose, journey: &Journey) -> Option<By> {
    match check_left_side(cx, &choose.by, &journey.known) {
        Term::Field(field) => {
            // Their words have a meaning, whether a way asks for them or not.
            if let [(false, ast::Literal::Word(name))] = choose.by.terms.as_slice() {
                named::field(cx, name);
            }
            Some(By { field: Some(field) })
        }
        Term::Number(_) => Some(By { field: None }),
        Term::Word(name) => {
            unknown_subject(cx, &name);
            None
        }
        Term::Wrong => None,
    }
}

/// The ways with values, and the one of everybody else. Behind that nobody comes any more.
fn in_order<'c>(cx: &mut Cx<'_>, choose: &'c Choose) -> (Vec<(&'c Way, Relation, Span)>, Option<&'c Way>) {
    let (mut values, mut last): (Vec<_>, Option<&Way>) = (Vec::new(), None);
    for way in &choose.ways {
        if let Some(last) = last {
            let word = Span::new(last.span.start, last.span.start + "otherwise".len() as u32);
            let at = way.when.as_ref().map_or(way.span, |(_, at)| *at);
            cx.report(reach::behind_otherwise(&cx.text_at(at), cx.at(at), cx.at(word)));
            continue;
        }
        match &way.when {
            Some((Relation::Is(ast::Literal::Word(word)), _)) if means_otherwise(cx, word) => {
                cx.report(reach::says_otherwise(&word.text, cx.at(word.span)));
                last = Some(way);
            }
            Some((relation, at)) => values.push((way, relation.clone(), *at)),
            None => last = Some(way),
        }
    }
    (values, last)
}

/// `default { … }`, as other languages say it.
fn means_otherwise(cx: &Cx<'_>, word: &ast::Name) -> bool {
    let is_said = matches!(word.text.as_str(), "default" | "others" | "other" | "rest" | "everyone" | "everybody");
    is_said && cx.env.schema.stage(&word.text).is_none() && cx.field(&word.text).is_none()
}

/// What a way asks. Whoever has no value goes another way in any case, so nobody is asked about that.
fn ask(cx: &mut Cx<'_>, by: &By, choose: &Choose, (relation, at): (&Relation, Span), here: &Journey) -> Cond {
    let mut known: Known = here.known.clone();
    known.extend(by.field);
    let relation = meant(cx, by, relation);
    let asked = Predicate::Compare { left: choose.by.clone(), relation: Some(relation), span: at };
    check_predicate(cx, &asked, Asked::InJourney(here), &known)
}

/// `unknown { … }` is the way of those without a value, unless a stage is called so.
fn meant(cx: &Cx<'_>, by: &By, relation: &Relation) -> Relation {
    let is_stage = by.field.is_some_and(|field| cx.env.schema.shape(field).ty == FieldType::Stage);
    match relation {
        Relation::Is(ast::Literal::Word(word)) if word.text == "unknown" && !is_stage => Relation::IsUnknown,
        other => other.clone(),
    }
}

/// The condition of a way in words: `industry is "saas"`.
fn condition(cx: &Cx<'_>, choose: &Choose, relation: &Relation, value: Span) -> String {
    let (by, value) = (cx.text_at(choose.by.span), cx.text_at(value));
    match relation {
        Relation::In(_) => format!("{by} in ({value})"),
        Relation::Between(..) | Relation::Order(..) => format!("{by} {value}"),
        _ => format!("{by} is {value}"),
    }
}

/// Reports values that a way before has. Whether there is none.
fn report_twice(cx: &mut Cx<'_>, relation: &Relation, when: &Cond, taken: &mut Taken) -> bool {
    let literals = match relation {
        Relation::Is(literal) => std::slice::from_ref(literal),
        Relation::In(literals) => literals.as_slice(),
        _ => return true,
    };
    let values = values_of(when);
    if values.len() != literals.len() {
        return true;
    }
    let mut is_new = true;
    for (nth, (value, literal)) in values.into_iter().zip(literals).enumerate() {
        let at = cx.at(literal.span());
        match taken.get(&value).copied() {
            Some(first) => {
                let diagnostic = reach::chosen_twice(&cx.text_at(literal.span()), at, first);
                cx.report(match without(literals, nth) {
                    Some(surplus) => diagnostic.edit(cx.at(surplus), ""),
                    None => diagnostic,
                });
                is_new = false;
            }
            None => {
                taken.insert(value, at);
            }
        }
    }
    is_new
}

/// A value of a list with the comma beside it; none where it is the only one.
fn without(literals: &[ast::Literal], nth: usize) -> Option<Span> {
    let at = literals.get(nth)?.span();
    match nth.checked_sub(1).and_then(|before| literals.get(before)) {
        Some(before) => Some(Span::new(before.span().end, at.end)),
        None => literals.get(nth + 1).map(|next| Span::new(at.start, next.span().start)),
    }
}

/// The values of which one is asked for, in an order of which two that compare alike are one.
fn values_of(cond: &Cond) -> Vec<String> {
    match cond {
        Cond::CodeIn(_, codes) => codes.iter().map(ToString::to_string).collect(),
        Cond::TextIn(_, texts) => texts.clone(),
        Cond::Truth(_) => vec!["yes".to_owned()],
        Cond::Not(inner) if matches!(**inner, Cond::Truth(_)) => vec!["no".to_owned()],
        Cond::Compare(_, Comparison::Equal, Number::Const(value)) => vec![value.to_string()],
        Cond::Any(parts) => parts.iter().flat_map(|part| values_of(&part.cond)).collect(),
        _ => Vec::new(),
    }
}
