//! `stage changes to customer`, `plan changes from "trial" to "paid"`: what happens to a person, so counted and dated as an event is.

use super::super::cx::Cx;
use super::super::event::{check_count, check_since, counted, is_one_of};
use super::super::named;
use super::super::relation;
use super::Asked;
use crate::diagnostics::{missing, reach};
use crate::source::Span;
use crate::syntax::ast::{Changed, Literal};
use crate::typed::Cond;
use flow_ir::{AFTER, BEFORE, FieldId, FieldType, Pattern, PatternEvent, PropertyTest, Trait};

pub(super) fn check(cx: &mut Cx<'_>, changed: &Changed, span: Span, asked: Asked<'_>) -> Cond {
    let Some(field) = named::field(cx, &changed.field) else { return Cond::Unknown };
    let from = changed.from.as_ref().map(|literal| check_before(cx, field, literal));
    let to = changed.to.as_ref().map(|literal| check_value(cx, field, AFTER, literal));
    let text = change_text(cx, changed);
    let since = check_since(cx, &text, changed.count.is_some(), changed.period.as_ref(), span, asked);
    let counts = check_count(cx, changed.count.as_ref(), span);
    let (from, to) = match (from, to) {
        (Some(None), _) | (_, Some(None)) => return Cond::Unknown,
        (from, to) => (from.flatten().unwrap_or_default(), to.flatten().unwrap_or_default()),
    };
    let (Some(since), Some(counts)) = (since, counts) else { return Cond::Unknown };
    if let Some(literal) = changed.to.as_ref().filter(|_| is_same(&from, &to)) {
        cx.report(reach::no_change(&changed.field.text, &cx.text_at(literal.span()), cx.at(span)));
        return Cond::Unknown;
    }
    let tests = from.into_iter().chain(to).collect();
    counted(cx, Pattern { text, event: PatternEvent::Changed(field), tests }, counts, since, span)
}

/// As it is written, without how often and since when.
fn change_text(cx: &Cx<'_>, changed: &Changed) -> String {
    let value = |word, literal: &Option<Box<Literal>>| {
        literal.as_ref().map(|literal| format!(" {word} {}", cx.text_at(literal.span()))).unwrap_or_default()
    };
    format!("{} changes{}{}", changed.field.text, value("from", &changed.from), value("to", &changed.to))
}

/// Whether both ask for the same value.
fn is_same(from: &[PropertyTest], to: &[PropertyTest]) -> bool {
    let asked = |tests: &[PropertyTest]| tests.iter().map(|test| (test.test.clone(), test.negated)).collect::<Vec<_>>();
    !from.is_empty() && asked(from) == asked(to)
}

/// What it was: a value, or `unknown`.
fn check_before(cx: &mut Cx<'_>, field: FieldId, literal: &Literal) -> Option<Vec<PropertyTest>> {
    let shape = cx.env.schema.shape(field);
    let Literal::Word(word) = literal else { return check_value(cx, field, BEFORE, literal) };
    if word.text != "unknown" || shape.ty == FieldType::Stage {
        return check_value(cx, field, BEFORE, literal);
    }
    if shape.default.is_some() {
        cx.report(missing::never_missing(&shape.name, true, cx.at(word.span), None));
        return None;
    }
    Some(vec![PropertyTest { property: BEFORE, test: Trait::Known, negated: true }])
}

fn check_value(cx: &mut Cx<'_>, field: FieldId, property: u32, literal: &Literal) -> Option<Vec<PropertyTest>> {
    let shape = cx.env.schema.shape(field);
    let values = relation::values(cx, &shape.name, &shape.ty, std::slice::from_ref(literal))?;
    let stages = &cx.env.schema.stages;
    Some(match (values, &shape.ty) {
        // By their names: their numbers are others in another lifecycle.
        (relation::Values::Codes(codes), FieldType::Stage) => {
            let name = |code: &i64| stages.get(usize::try_from(*code).ok()?).map(|stage| stage.to_lowercase());
            let texts = codes.iter().filter_map(name).collect();
            vec![PropertyTest { property, test: Trait::TextIn(texts), negated: false }]
        }
        (values, ty) => is_one_of(property as usize, ty, values),
    })
}
