//! Questions about one field: each type of field has its own.

use super::Known;
use super::cx::Cx;
use super::habits::asks_for_presence;
use super::named;
use super::never::{report_never, report_never_found};
use super::number::literal_words;
use super::number::{check_number, constant_date, constant_day, constant_number, day_bound};
use super::predicate::comparison;
use super::predicate::may_miss;
use crate::country;
use crate::diagnostics::{missing, reach, types};
use crate::env::schema;
use crate::meaning::{Meaning, ValueKind};
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Order, Relation, TextRelation};
use crate::typed::{Cond, Number, Part};
use flow_ir::{Comparison, FieldId, FieldType, TextTestKind};

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

/// From the `not` before a value to its end.
fn with_its_not(cx: &Cx<'_>, value: Span) -> Location {
    let before = cx.text_before(value.start).trim_end();
    cx.at(Span::new(before.len().saturating_sub("not".len()) as u32, value.end))
}

/// `is not ""` is `is known`.
fn report_not_empty(cx: &mut Cx<'_>, field: &str, value: Span) {
    let whole = with_its_not(cx, value);
    let mut diagnostic = types::never_empty(field, cx.at(value));
    diagnostic.edits.clear();
    cx.report(diagnostic.edit(whole, "known"));
}

/// `is not empty` is `is known`.
fn report_presence_denied(cx: &mut Cx<'_>, word: &ast::Name, ours: &str) {
    let opposite = if ours == "known" { "unknown" } else { "known" };
    let whole = with_its_not(cx, word.span);
    let diagnostic = types::type_mismatch(&word.text, "a name", "a value", cx.at(word.span), "");
    cx.report(diagnostic.help(format!("Flow says `{opposite}`:")).edit(whole, opposite));
}

pub(super) fn check_field_relation(
    cx: &mut Cx<'_>,
    field: FieldId,
    relation: &Relation,
    span: Span,
    known: &Known,
) -> Cond {
    if let Relation::Is(ast::Literal::Word(word)) | Relation::IsNot(ast::Literal::Word(word)) = relation
        && let Some(ours) = asks_for_presence(&word.text)
        && cx.env.schema.shape(field).ty != FieldType::Stage
    {
        if matches!(relation, Relation::IsNot(_)) {
            report_presence_denied(cx, word, ours);
            return Cond::Unknown;
        }
        let diagnostic = types::type_mismatch(&word.text, "a name", "a value", cx.at(word.span), "");
        cx.report(diagnostic.help(format!("Flow says `{ours}`:")).edit(cx.at(word.span), ours));
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
        // A missing answer is no `no`.
        Relation::Is(literal @ ast::Literal::Truth(false, _)) => {
            let cond = check_is_one_of(cx, field, std::slice::from_ref(literal));
            if cond == Cond::Unknown || !surprises(cx, field, span, known) { cond } else { Cond::Unknown }
        }
        Relation::Is(literal) => check_is_one_of(cx, field, std::slice::from_ref(literal)),
        Relation::In(literals) => check_is_one_of(cx, field, literals),
        Relation::IsNot(literal) => check_is_none_of(cx, field, std::slice::from_ref(literal), span, known),
        Relation::NotIn(literals) => check_is_none_of(cx, field, literals, span, known),
        Relation::Text(relation, literals) => check_text_tests(cx, field, *relation, literals),
        Relation::Between(low, high) => check_field_between(cx, field, low, high, span, known),
        Relation::Order(order, sum) => check_field_order(cx, field, *order, sum, span, known),
    }
}

pub(super) fn check_is_none_of(
    cx: &mut Cx<'_>,
    field: FieldId,
    literals: &[ast::Literal],
    span: Span,
    known: &Known,
) -> Cond {
    let cond = check_is_one_of(cx, field, literals);
    let other = literals.iter().find_map(|literal| match literal {
        ast::Literal::Word(name) => {
            cx.env.schema.field(&name.text).filter(|other| may_miss(cx, *other, known).is_some())
        }
        _ => None,
    });
    let surprising = cond != Cond::Unknown
        && (surprises(cx, field, span, known) || other.is_some_and(|other| surprises(cx, other, span, known)));
    if surprising { Cond::Unknown } else { Cond::Not(Box::new(cond)) }
}

/// Reports a test that would surprise about people whose field is missing.
pub(super) fn surprises(cx: &mut Cx<'_>, field: FieldId, span: Span, known: &Known) -> bool {
    if may_miss(cx, field, known).is_none() {
        return false;
    }
    let name = cx.env.schema.shape(field).name.clone();
    let diagnostic = missing::missing_surprises(&name, &cx.text_at(span), cx.at(span), cx.env.schema.declared(field));
    cx.report(diagnostic);
    true
}

pub(super) fn check_is_one_of(cx: &mut Cx<'_>, field: FieldId, literals: &[ast::Literal]) -> Cond {
    let shape = cx.env.schema.shape(field).clone();
    if literals.len() > 1 && without_quotes(cx, &shape.name, &shape.ty, literals) {
        return Cond::Unknown;
    }
    let conds: Option<Vec<Cond>> = match &shape.ty {
        FieldType::Stage => {
            let codes: Option<Vec<i64>> = literals.iter().map(|literal| stage_literal(cx, literal)).collect();
            return codes.map_or(Cond::Unknown, |codes| Cond::CodeIn(field, codes));
        }
        FieldType::OneOf(choices) => {
            let codes = literals.iter().map(|literal| {
                let text = check_choice(cx, &shape.name, choices, literal)?;
                choices.iter().position(|choice| *choice == text).map(|at| at as i64 + 1)
            });
            let codes: Vec<Option<i64>> = codes.collect();
            return codes
                .into_iter()
                .collect::<Option<Vec<i64>>>()
                .map_or(Cond::Unknown, |codes| Cond::CodeIn(field, codes));
        }
        ty if ty.is_text() => {
            let texts: Vec<Option<String>> =
                literals.iter().map(|literal| text_value(cx, &shape.name, ty, literal)).collect();
            return texts
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .map_or(Cond::Unknown, |texts| Cond::TextIn(field, texts));
        }
        FieldType::Number | FieldType::Money | FieldType::Date | FieldType::Moment => {
            literals.iter().map(|literal| check_is_value(cx, field, &shape.ty, literal)).collect()
        }
        FieldType::YesNo => literals
            .iter()
            .map(|literal| match literal {
                ast::Literal::Truth(true, _) => Some(Cond::Truth(field)),
                ast::Literal::Truth(false, _) => Some(Cond::Not(Box::new(Cond::Truth(field)))),
                other => {
                    wrong_literal(cx, &shape.name, &shape.ty, other);
                    None
                }
            })
            .collect(),
        _ => {
            for literal in literals {
                wrong_literal(cx, &shape.name, &shape.ty, literal);
            }
            None
        }
    };
    match conds {
        Some(mut conds) if conds.len() == 1 => conds.remove(0),
        Some(conds) => {
            let places = literals.iter().map(|literal| cx.at(literal.span()));
            Cond::Any(conds.into_iter().zip(places).map(|(cond, at)| Part { cond, at }).collect())
        }
        None => Cond::Unknown,
    }
}

/// That a number, a date or a moment is one that is written, or that of another field.
fn check_is_value(cx: &mut Cx<'_>, field: FieldId, ty: &FieldType, literal: &ast::Literal) -> Option<Cond> {
    if let Some(other) = other_field(cx, field, literal) {
        return Some(Cond::Compare(Number::Field(field), Comparison::Equal, Number::Field(other?)));
    }
    match ty {
        FieldType::Moment => within_day(cx, field, literal),
        FieldType::Date => constant_date(cx, literal).map(|value| equals(field, value)),
        _ => constant_number(cx, literal).map(|value| equals(field, value)),
    }
}

/// The field that a word names, for a comparison with a field; one of another kind is reported. Nothing where it names none.
fn other_field(cx: &mut Cx<'_>, field: FieldId, literal: &ast::Literal) -> Option<Option<FieldId>> {
    let ast::Literal::Word(name) = literal else { return None };
    let other = cx.env.schema.field(&name.text)?;
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

/// A value of a choice, in the spelling of its declaration.
pub(super) fn check_choice(cx: &mut Cx<'_>, field: &str, choices: &[String], literal: &ast::Literal) -> Option<String> {
    let ast::Literal::Text(text) = literal else {
        let ty = FieldType::OneOf(choices.to_vec());
        wrong_literal(cx, field, &ty, literal);
        return None;
    };
    let written = text.plain().unwrap_or_default();
    let found = choices.iter().find(|choice| choice.to_lowercase() == written.to_lowercase()).cloned();
    cx.means(text.span, Meaning::Value(ValueKind::Choice));
    if found.is_none() {
        let names: Vec<&str> = choices.iter().map(String::as_str).collect();
        let diagnostic = types::unknown_choice(field, &written, &names, cx.at(text.span));
        cx.report(diagnostic);
    }
    found
}

/// A text that a value may be, in lower case; of a country its code.
pub(super) fn text_value(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literal: &ast::Literal) -> Option<String> {
    let text = plain_text(cx, field, ty, literal)?;
    if report_never(cx, field, ty, literal, &text) {
        return None;
    }
    if *ty != FieldType::Country {
        return Some(text.to_lowercase());
    }
    let code = country::code_of(&text);
    if code.is_none() {
        cx.report(types::unknown_country(&text, country::nearest(&text), cx.at(literal.span())));
    }
    code.map(str::to_lowercase)
}

pub(super) fn plain_text(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literal: &ast::Literal) -> Option<String> {
    match literal {
        ast::Literal::Text(text) => {
            let plain = text.plain();
            if plain.is_none() {
                let diagnostic = types::no_fields_here(cx.at(text.span));
                cx.report(diagnostic);
            }
            cx.means(text.span, Meaning::Value(ValueKind::Text));
            plain
        }
        other => {
            wrong_literal(cx, field, ty, other);
            None
        }
    }
}

/// `country in (DE, AT, CH)`: reports all of a list's texts that have no quotes as the one mistake they are. Whether there are any.
fn without_quotes(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literals: &[ast::Literal]) -> bool {
    if !(ty.is_text() || matches!(ty, FieldType::OneOf(_))) {
        return false;
    }
    let words: Vec<&ast::Literal> =
        literals.iter().filter(|literal| matches!(literal, ast::Literal::Word(_))).collect();
    let Some(first) = words.first() else { return false };
    let text = cx.text_at(first.span());
    let wanted = format!("{} like `{field}`", schema::words(ty));
    let mut diagnostic = types::type_mismatch(&text, "a name", &wanted, cx.at(first.span()), "");
    for word in &words {
        diagnostic = diagnostic.edit(cx.at(word.span()), format!("\"{}\"", cx.text_at(word.span())));
    }
    cx.report(diagnostic.help("texts stand in quotes:"));
    true
}

pub(super) fn wrong_literal(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literal: &ast::Literal) {
    let example = match ty {
        FieldType::YesNo => format!("{field} is yes"),
        FieldType::Number | FieldType::Money => format!("{field} >= 10"),
        FieldType::Date => format!("{field} is 2026-10-01"),
        FieldType::Stage => "stage is customer".to_owned(),
        FieldType::Country => format!("{field} is \"DE\""),
        FieldType::OneOf(choices) => format!("{field} is \"{}\"", choices.first().map_or("…", String::as_str)),
        _ => format!("{field} is \"…\""),
    };
    let text = cx.text_at(literal.span());
    let wanted = format!("{} like `{field}`", schema::words(ty));
    let at = cx.at(literal.span());
    let diagnostic = match literal {
        // `job_title is first_name`
        ast::Literal::Word(name) if cx.env.schema.field(&name.text).is_some() => {
            types::field_beside_value(field, &text, schema::words(ty), at, &example)
        }
        // `industry is saas`
        ast::Literal::Word(_) if ty.is_text() || matches!(ty, FieldType::OneOf(_)) => {
            types::type_mismatch(&text, "a name", &wanted, at, "")
                .help("texts stand in quotes:")
                .edit(at, format!("\"{text}\""))
        }
        _ => types::type_mismatch(&text, literal_words(literal), &wanted, at, &example),
    };
    cx.report(diagnostic);
}

fn check_text_tests(cx: &mut Cx<'_>, field: FieldId, relation: TextRelation, literals: &[ast::Literal]) -> Cond {
    let shape = cx.env.schema.shape(field).clone();
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
    let ends = [low, high].map(|end| match end.terms.as_slice() {
        [(false, literal)] => match other_field(cx, field, literal) {
            Some(other) => other.map(End::Field),
            None => constant_day(cx, literal).map(|(from, until)| End::Day(from, until)),
        },
        _ => {
            let text = cx.text_at(end.span);
            cx.report(types::type_mismatch(&text, "a sum", "a date", cx.at(end.span), "2026-10-01"));
            None
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

fn within_day(cx: &mut Cx<'_>, field: FieldId, literal: &ast::Literal) -> Option<Cond> {
    let (from, until) = constant_day(cx, literal)?;
    let at = cx.at(literal.span());
    Some(from_until(field, (from, at), (until, at)))
}

fn from_until(field: FieldId, from: (i64, Location), until: (i64, Location)) -> Cond {
    let ends = [(Comparison::GreaterOrEqual, from), (Comparison::Less, until)];
    let compare = |comparison, end| Cond::Compare(Number::Field(field), comparison, Number::Const(end));
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

pub(super) fn check_field_order(
    cx: &mut Cx<'_>,
    field: FieldId,
    order: Order,
    sum: &ast::Sum,
    span: Span,
    known: &Known,
) -> Cond {
    let Some(right) = order_value(cx, field, Some(order), sum, span, known) else { return Cond::Unknown };
    if matches!(order, Order::Under | Order::AtMost) && surprises(cx, field, span, known) {
        return Cond::Unknown;
    }
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
    let shape = cx.env.schema.shape(field).clone();
    match shape.ty {
        FieldType::Number | FieldType::Money => check_number(cx, sum, known),
        FieldType::Date | FieldType::Moment => match sum.terms.as_slice() {
            [(false, literal @ ast::Literal::Word(name))] if cx.env.schema.field(&name.text).is_some() => {
                other_field(cx, field, literal)?.map(Number::Field)
            }
            [(false, literal)] if shape.ty == FieldType::Date => constant_date(cx, literal).map(Number::Const),
            [(false, literal)] => day_bound(cx, &shape.name, order?, literal, span).map(Number::Const),
            // `10000-01-01` too: a year has four digits.
            _ => {
                let text = cx.text_at(sum.span);
                cx.report(types::type_mismatch(&text, "a sum", "a date", cx.at(sum.span), "2026-10-01"));
                None
            }
        },
        FieldType::Stage => match sum.terms.as_slice() {
            [(false, literal)] => stage_literal(cx, literal).map(Number::Const),
            _ => None,
        },
        _ => {
            let wanted = "something that has an order, such as a number, a date, a moment or a stage";
            let diagnostic = types::type_mismatch(&shape.name, schema::words(&shape.ty), wanted, cx.at(span), "");
            cx.report(diagnostic);
            None
        }
    }
}

fn equals(field: FieldId, value: i64) -> Cond {
    Cond::Compare(Number::Field(field), Comparison::Equal, Number::Const(value))
}
