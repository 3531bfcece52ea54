//! Questions about one field: each type of field has its own.

use super::Known;
use super::cx::Cx;
use super::named;
use super::never::{report_never, report_never_found};
use super::number::{Missing, check_number, constant_date, constant_day, day_bound};
use super::predicate::comparison;
use super::relation::{self, Values, asks_in_other_words, report_no_order, single, with_its_not};
use crate::address;
use crate::country;
use crate::diagnostics::{missing, reach, types};
use crate::env::schema;
use crate::literals;
use crate::meaning::{Meaning, ValueKind};
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Order, Relation, TextRelation};
use crate::typed::{Cond, Number, Part};
use flow_ir::{Choices, Comparison, FieldId, FieldType, TextTestKind};

/// What is looked for in a text, in lower case.
pub(super) fn text_needle(
    cx: &mut Cx<'_>,
    name: &ast::Name,
    ty: &FieldType,
    relation: TextRelation,
    literal: &ast::Literal,
) -> Option<String> {
    if ty.is_text() && *ty != FieldType::Country {
        let needle = plain_text(cx, &name.text, ty, literal)?.to_lowercase();
        if needle.trim().is_empty() {
            cx.report(types::nothing_to_look_for(&name.text, relation.words(), cx.at(literal.span())));
            return None;
        }
        if report_never_found(cx, &name.text, relation, literal, &needle) {
            return None;
        }
        return Some(needle);
    }
    if *ty == FieldType::Country {
        let example = format!("{} in (\"DE\", \"AT\")", name.text);
        cx.report(types::type_mismatch(&name.text, schema::words(ty), "a text", cx.at(name.span), &example));
        return None;
    }
    let diagnostic = types::type_mismatch(&name.text, schema::words(ty), "a text", cx.at(name.span), "");
    cx.report(diagnostic);
    None
}

/// `is not ""` is `is known`.
fn report_not_empty(cx: &mut Cx<'_>, field: &str, value: Span) {
    let whole = with_its_not(cx, value);
    let mut diagnostic = types::never_empty(field, cx.at(value));
    diagnostic.edits.clear();
    cx.report(diagnostic.edit(whole, "known"));
}

pub(super) fn check_field_relation(
    cx: &mut Cx<'_>,
    field: FieldId,
    relation: &Relation,
    span: Span,
    known: &Known,
) -> Cond {
    if asks_in_other_words(cx, &cx.env.schema.shape(field).ty, relation) {
        return Cond::Unknown;
    }
    if let Relation::IsNot(ast::Literal::Text(text)) = relation
        && text.plain().is_some_and(|text| text.trim().is_empty())
    {
        let name = cx.env.schema.shape(field).name.clone();
        report_not_empty(cx, &name, text.span);
        return Cond::Unknown;
    }
    match relation {
        // Of events alone.
        Relation::Any => Cond::Unknown,
        Relation::IsKnown | Relation::IsUnknown => {
            let unknown = matches!(relation, Relation::IsUnknown);
            let shape = cx.env.schema.shape(field);
            if !shape.optional {
                let declared = cx.env.schema.declared(field).filter(|_| shape.default.is_none());
                let diagnostic = missing::never_missing(&shape.name, unknown, cx.at(span), declared);
                cx.report(diagnostic);
                return Cond::Unknown;
            }
            if unknown { Cond::Not(Box::new(Cond::Known(field))) } else { Cond::Known(field) }
        }
        Relation::Is(literal) => check_is_one_of(cx, field, std::slice::from_ref(literal)),
        Relation::In(literals) => check_is_one_of(cx, field, literals),
        Relation::IsNot(literal) => not(check_is_one_of(cx, field, std::slice::from_ref(literal))),
        Relation::NotIn(literals) => not(check_is_one_of(cx, field, literals)),
        Relation::Text(relation, literals) => check_text_tests(cx, field, *relation, literals, span),
        Relation::Between(low, high) => check_field_between(cx, field, low, high, span, known),
        Relation::Order(order, sum) => check_field_order(cx, field, *order, sum, span, known),
    }
}

/// The opposite of what was not wrong.
pub(super) fn not(cond: Cond) -> Cond {
    if cond == Cond::Unknown { cond } else { Cond::Not(Box::new(cond)) }
}

fn check_is_one_of(cx: &mut Cx<'_>, field: FieldId, literals: &[ast::Literal]) -> Cond {
    let shape = cx.env.schema.shape(field);
    let (name, ty) = (shape.name.as_str(), &shape.ty);
    if matches!(ty, FieldType::Number | FieldType::Money | FieldType::Date | FieldType::Moment) {
        // Each is looked at, so that each says what is wrong with it.
        let conds: Vec<Option<Cond>> =
            literals.iter().map(|literal| check_is_value(cx, field, name, ty, literal)).collect();
        let conds: Option<Vec<Cond>> = conds.into_iter().collect();
        return conds.map_or(Cond::Unknown, |conds| any_of(cx, conds, literals));
    }
    let Some(values) = relation::values(cx, name, ty, literals) else { return Cond::Unknown };
    let conds = match values {
        Values::Codes(codes) => return Cond::CodeIn(field, codes),
        Values::Texts(texts) => return Cond::TextIn(field, texts),
        Values::Ranges(ranges) => return in_ranges(cx, &Number::Field(field), &ranges, literals),
        Values::Truths(truths) => {
            let is = |truth| if truth { Cond::Truth(field) } else { Cond::Not(Box::new(Cond::Truth(field))) };
            truths.into_iter().map(is).collect()
        }
    };
    any_of(cx, conds, literals)
}

/// That a number is one of those that literals name.
pub(super) fn in_ranges(cx: &Cx<'_>, number: &Number, ranges: &[(i64, i64)], literals: &[ast::Literal]) -> Cond {
    let conds = ranges.iter().zip(literals).map(|((from, to), literal)| {
        let at = cx.at(literal.span());
        match from == to {
            true => Cond::Compare(number.clone(), Comparison::Equal, Number::Const(*from)),
            false => from_until(number, (*from, at), (to + 1, at)),
        }
    });
    any_of(cx, conds.collect(), literals)
}

/// That one of the conditions holds; each is made of a literal.
fn any_of(cx: &Cx<'_>, mut conds: Vec<Cond>, literals: &[ast::Literal]) -> Cond {
    if conds.len() == 1 {
        return conds.remove(0);
    }
    let places = literals.iter().map(|literal| cx.at(literal.span()));
    Cond::Any(conds.into_iter().zip(places).map(|(cond, at)| Part { cond, at }).collect())
}

/// That a number, a date or a moment is one that is written, or that of another field.
fn check_is_value(cx: &mut Cx<'_>, field: FieldId, name: &str, ty: &FieldType, literal: &ast::Literal) -> Option<Cond> {
    if let Some(other) = other_field(cx, field, literal) {
        return Some(Cond::Compare(Number::Field(field), Comparison::Equal, Number::Field(other?)));
    }
    let literal = std::slice::from_ref(literal);
    match relation::values(cx, name, ty, literal)? {
        Values::Ranges(ranges) => Some(in_ranges(cx, &Number::Field(field), &ranges, literal)),
        Values::Codes(_) | Values::Texts(_) | Values::Truths(_) => None,
    }
}

/// The field that a word names, for a comparison with a field; one of another kind is reported. Nothing where it names none.
fn other_field(cx: &mut Cx<'_>, field: FieldId, literal: &ast::Literal) -> Option<Option<FieldId>> {
    let ast::Literal::Word(name) = literal else { return None };
    let other = cx.field(&name.text)?;
    let [ours, theirs] = [field, other].map(|field| cx.env.schema.shape(field));
    let is_number = |ty: &FieldType| matches!(ty, FieldType::Number | FieldType::Money);
    if ours.ty == theirs.ty || (is_number(&ours.ty) && is_number(&theirs.ty)) {
        return Some(named::field(cx, name));
    }
    let diagnostic = types::fields_of_two_kinds(
        [&ours.name, schema::words(&ours.ty)],
        [&theirs.name, schema::words(&theirs.ty)],
        cx.at(name.span),
    );
    cx.report(diagnostic);
    Some(None)
}

pub(super) fn stage_literal(cx: &mut Cx<'_>, literal: &ast::Literal) -> Option<i64> {
    let (text, at) = match literal {
        ast::Literal::Word(name) => (name.text.clone(), cx.at(name.span)),
        ast::Literal::Text(text) => (text.plain().unwrap_or_default(), cx.at(text.span)),
        other => {
            let ty = FieldType::Stage;
            wrong_literal(cx, "stage", &ty, other);
            return None;
        }
    };
    named::stage(cx, &text, at)
}

/// A value of a choice, by its place in the list.
pub(super) fn check_choice(
    cx: &mut Cx<'_>,
    field: &str,
    ty: &FieldType,
    choices: &Choices,
    literal: &ast::Literal,
) -> Option<usize> {
    if report_field_beside_value(cx, field, ty, literal) {
        return None;
    }
    let at = cx.at(literal.span());
    if matches!(literal, ast::Literal::Text(_)) {
        cx.means(at.span, Meaning::Value(ValueKind::Choice));
    }
    let text = cx.text_at(literal.span());
    cx.read(literals::choice(field, ty, choices, literal, &text, at, cx.suggesting()))
}

/// A text that a value may be, in lower case; of a country its code.
pub(super) fn text_value(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literal: &ast::Literal) -> Option<String> {
    let text = plain_text(cx, field, ty, literal)?;
    if report_never(cx, field, ty, literal, &text) {
        return None;
    }
    if *ty != FieldType::Country {
        let text = if *ty == FieldType::Email { address::kept(&text).unwrap_or(text) } else { text };
        return Some(text.to_lowercase());
    }
    let code = country::code_of(&text);
    if code.is_none() {
        cx.report(types::unknown_country(&text, country::suggested(&text, cx.suggesting()), cx.at(literal.span())));
    }
    code.map(str::to_lowercase)
}

fn plain_text(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literal: &ast::Literal) -> Option<String> {
    if report_field_beside_value(cx, field, ty, literal) {
        return None;
    }
    let at = cx.at(literal.span());
    if matches!(literal, ast::Literal::Text(_)) {
        cx.means(at.span, Meaning::Value(ValueKind::Text));
    }
    let text = cx.text_at(literal.span());
    cx.read(literals::plain(field, ty, literal, &text, at))
}

/// `job_title is first_name`: reports another field where a value is written out. Whether it is one.
fn report_field_beside_value(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literal: &ast::Literal) -> bool {
    let ast::Literal::Word(name) = literal else { return false };
    let is_field = cx.field(&name.text).is_some();
    if is_field {
        let example = literals::example(field, ty);
        cx.report(types::field_beside_value(field, &name.text, schema::words(ty), cx.at(name.span), &example));
    }
    is_field
}

pub(super) fn wrong_literal(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literal: &ast::Literal) {
    if report_field_beside_value(cx, field, ty, literal) {
        return;
    }
    let text = cx.text_at(literal.span());
    cx.report(literals::wrong(field, ty, literal, &text, cx.at(literal.span())));
}

fn check_text_tests(
    cx: &mut Cx<'_>,
    field: FieldId,
    relation: TextRelation,
    literals: &[ast::Literal],
    span: Span,
) -> Cond {
    let shape = cx.env.schema.shape(field).clone();
    let is_list = matches!(shape.ty, FieldType::OneOf(_) | FieldType::Country);
    let looks_in = matches!(
        relation,
        TextRelation::Contains
            | TextRelation::ContainsAny
            | TextRelation::StartsWith
            | TextRelation::EndsWith
            | TextRelation::ContainsWord
    );
    if is_list && looks_in {
        let held = values_with(&shape.ty, relation, literals);
        if let (true, FieldType::OneOf(values)) = (held.is_empty(), &shape.ty) {
            let at = literals.first().map_or(span, ast::Literal::span);
            cx.report(types::holds_no_value(&shape.name, relation.words(), values, cx.at(at)));
            return Cond::Unknown;
        }
        let values: Vec<String> = match held.is_empty() {
            true => literals.iter().map(|literal| cx.text_at(literal.span())).collect(),
            false => held,
        };
        let asked = match values.as_slice() {
            [value] => format!("{} is {value}", shape.name),
            values => format!("{} in ({})", shape.name, values.join(", ")),
        };
        let at = literals.first().map_or(span, ast::Literal::span);
        let diagnostic = types::type_mismatch(&shape.name, schema::words(&shape.ty), "a text", cx.at(at), "");
        cx.report(diagnostic.help("a value of a list is asked for whole:").edit(cx.at(span), asked));
        return Cond::Unknown;
    }
    let mut parts = Vec::new();
    for literal in literals {
        let name = ast::Name { text: shape.name.clone(), span: literal.span() };
        let cond = match text_needle(cx, &name, &shape.ty, relation, literal) {
            Some(needle) => Cond::TextTest(field, text_test_kind(relation), needle),
            // Of another kind than text: as much would be said of each.
            None if !shape.ty.is_text() || shape.ty == FieldType::Country => return Cond::Unknown,
            None => Cond::Unknown,
        };
        parts.push(Part { cond, at: cx.at(literal.span()) });
    }
    match parts.len() {
        1 => parts.remove(0).cond,
        _ => Cond::Any(parts),
    }
}

/// The values of a list that a test of their text would meet, in quotes.
fn values_with(ty: &FieldType, relation: TextRelation, literals: &[ast::Literal]) -> Vec<String> {
    let FieldType::OneOf(values) = ty else { return Vec::new() };
    let needles: Vec<String> =
        literals.iter().filter_map(ast::Literal::plain).map(|text| text.to_lowercase()).collect();
    let meets = |value: &&String| {
        let value = value.to_lowercase();
        needles.iter().any(|needle| match relation {
            TextRelation::StartsWith => value.starts_with(needle.as_str()),
            TextRelation::EndsWith => value.ends_with(needle.as_str()),
            _ => value.contains(needle.as_str()),
        })
    };
    values.iter().filter(meets).map(|value| format!("\"{value}\"")).collect()
}

pub(super) fn text_test_kind(relation: TextRelation) -> TextTestKind {
    match relation {
        TextRelation::Contains | TextRelation::ContainsAny => TextTestKind::Contains,
        TextRelation::ContainsWord | TextRelation::ContainsAnyWord => TextTestKind::ContainsWord,
        TextRelation::StartsWith => TextTestKind::StartsWith,
        TextRelation::EndsWith => TextTestKind::EndsWith,
    }
}

fn check_field_between(
    cx: &mut Cx<'_>,
    field: FieldId,
    low: &ast::Sum,
    high: &ast::Sum,
    span: Span,
    known: &Known,
) -> Cond {
    if cx.env.schema.shape(field).ty == FieldType::Moment {
        return check_moment_between(cx, field, low, high);
    }
    let ends = [low, high].map(|end| order_value(cx, field, None, end, span, known));
    let [Some(from), Some(to)] = ends else { return Cond::Unknown };
    check_between(cx, &Number::Field(field), (from, low), (to, high))
}

/// What lies at one end of a range of moments: those of a day, its first and the first behind it, or that of a field.
enum End {
    Day(i64, i64),
    Field(FieldId),
}

/// Both days belong to it, from the beginning of the first to the end of the last; and both moments, where they are fields.
fn check_moment_between(cx: &mut Cx<'_>, field: FieldId, low: &ast::Sum, high: &ast::Sum) -> Cond {
    let shape = cx.env.schema.shape(field);
    let ends = [low, high].map(|end| {
        let literal = single(cx, &shape.name, &shape.ty, end)?;
        match other_field(cx, field, literal) {
            Some(other) => other.map(End::Field),
            None => constant_day(cx, literal).map(|(from, until)| End::Day(from, until)),
        }
    });
    let [Some(from), Some(to)] = ends else { return Cond::Unknown };
    if let (End::Day(from, _), End::Day(last, _)) = (&from, &to)
        && from > last
    {
        report_reversed(cx, low, high);
        return Cond::Unknown;
    }
    let from = match from {
        End::Day(from, _) => (Comparison::GreaterOrEqual, Number::Const(from)),
        End::Field(field) => (Comparison::GreaterOrEqual, Number::Field(field)),
    };
    let to = match to {
        End::Day(_, until) => (Comparison::Less, Number::Const(until)),
        End::Field(field) => (Comparison::LessOrEqual, Number::Field(field)),
    };
    let part = |((comparison, end), sum): ((Comparison, Number), &ast::Sum)| Part {
        cond: Cond::Compare(Number::Field(field), comparison, end),
        at: cx.at(sum.span),
    };
    Cond::All([(from, low), (to, high)].map(part).into())
}

fn from_until(number: &Number, from: (i64, Location), until: (i64, Location)) -> Cond {
    let ends = [(Comparison::GreaterOrEqual, from), (Comparison::Less, until)];
    let compare = |comparison, end| Cond::Compare(number.clone(), comparison, Number::Const(end));
    Cond::All(ends.map(|(comparison, (end, at))| Part { cond: compare(comparison, end), at }).into())
}

/// That a number lies between two others or is one of them.
pub(super) fn check_between(
    cx: &mut Cx<'_>,
    number: &Number,
    low: (Number, &ast::Sum),
    high: (Number, &ast::Sum),
) -> Cond {
    if let (Number::Const(from), Number::Const(to)) = (&low.0, &high.0)
        && from > to
    {
        report_reversed(cx, low.1, high.1);
        return Cond::Unknown;
    }
    let ends = [(Comparison::GreaterOrEqual, low), (Comparison::LessOrEqual, high)];
    let part = |(comparison, (end, sum)): (Comparison, (Number, &ast::Sum))| Part {
        cond: Cond::Compare(number.clone(), comparison, end),
        at: cx.at(sum.span),
    };
    Cond::All(ends.map(part).into())
}

/// `between 60 and 40`
pub(super) fn report_reversed(cx: &mut Cx<'_>, low: &ast::Sum, high: &ast::Sum) {
    let (from, to) = (cx.text_at(low.span), cx.text_at(high.span));
    let at = cx.at(Span::new(low.span.start, high.span.end));
    cx.report(reach::nothing_between(&from, &to, at));
}

fn check_field_order(cx: &mut Cx<'_>, field: FieldId, order: Order, sum: &ast::Sum, span: Span, known: &Known) -> Cond {
    let Some(right) = order_value(cx, field, Some(order), sum, span, known) else { return Cond::Unknown };
    if cx.env.schema.shape(field).ty == FieldType::Stage && beyond_the_stages(cx, order, &right, span) {
        return Cond::Unknown;
    }
    Cond::Compare(Number::Field(field), comparison(order), right)
}

/// Reports what is asked beyond the last stage, or below the first.
fn beyond_the_stages(cx: &mut Cx<'_>, order: Order, stage: &Number, span: Span) -> bool {
    let Number::Const(stage) = stage else { return false };
    let stages = &cx.env.schema.stages;
    let beyond = match order {
        Order::Over => *stage == stages.len() as i64 - 1,
        Order::Under => *stage == 0,
        Order::AtLeast | Order::AtMost => false,
    };
    let name = usize::try_from(*stage).ok().and_then(|stage| stages.get(stage)).filter(|_| beyond);
    let Some(name) = name else { return false };
    let is = if order == Order::Over { "last" } else { "first" };
    let instead = format!("stage is {name}");
    cx.report(reach::beyond_the_stages(&cx.text_at(span), cx.at(span), name, is, &instead));
    true
}

/// What a field that has an order is compared with.
fn order_value(
    cx: &mut Cx<'_>,
    field: FieldId,
    order: Option<Order>,
    sum: &ast::Sum,
    span: Span,
    known: &Known,
) -> Option<Number> {
    let shape = cx.env.schema.shape(field);
    match shape.ty {
        FieldType::Number | FieldType::Money => check_number(cx, sum, known, Missing::IsFalse),
        FieldType::Date | FieldType::Moment => match single(cx, &shape.name, &shape.ty, sum)? {
            literal @ ast::Literal::Word(name) if cx.field(&name.text).is_some() => {
                other_field(cx, field, literal)?.map(Number::Field)
            }
            literal if shape.ty == FieldType::Date => constant_date(cx, literal).map(Number::Const),
            literal => day_bound(cx, &shape.name, order?, literal, span).map(Number::Const),
        },
        FieldType::Stage => {
            let literal = single(cx, &shape.name, &shape.ty, sum)?;
            stage_literal(cx, literal).map(Number::Const)
        }
        FieldType::Text
        | FieldType::YesNo
        | FieldType::Email
        | FieldType::Url
        | FieldType::Timezone
        | FieldType::Country
        | FieldType::OneOf(_) => {
            report_no_order(cx, &shape.name, &shape.ty, span);
            None
        }
    }
}
