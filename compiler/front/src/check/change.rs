//! `score += N`, `set FIELD = VALUE`.

use super::cx::Cx;
use super::field::check_choice;
use super::flow::Journey;
use super::named;
use super::number::{check_value, constant_date};
use super::text::{fixed_text, nothing_to_read};
use super::trigger::unkept;
use crate::diagnostics::{Diagnostic, derived, missing, trigger, types};
use crate::env::schema;
use crate::literals;
use crate::source::Span;
use crate::syntax::ast::{self, Change, Literal};
use crate::typed::{FieldShape, Form, Number};
use flow_ir::limits::MAX_VALUE_CHARS;
use flow_ir::{FieldId, FieldType, Piece, SetText};

pub(super) fn check(cx: &mut Cx<'_>, change: &Change, journey: &mut Journey) -> Form {
    match change {
        Change::Count { field, minus, amount } => check_count_step(cx, field, *minus, amount, journey),
        Change::Set { field, value } => check_set(cx, field, value, journey),
    }
}

fn check_count_step(cx: &mut Cx<'_>, target: &ast::Name, minus: bool, by: &ast::Value, journey: &Journey) -> Form {
    let amount = check_value(cx, by, &journey.known);
    let Some(field) = settable(cx, target) else { return Form::Unknown };
    let shape = cx.env.schema.shape(field).clone();
    if !matches!(shape.ty, FieldType::Number | FieldType::Money) {
        let at = cx.at(target.span);
        cx.report(types::type_mismatch(&shape.name, schema::words(&shape.ty), "a number", at, "score += 10"));
        return Form::Unknown;
    }
    if shape.optional && !journey.known.contains(&field) {
        let diagnostic =
            missing::possibly_missing_number(&shape.name, cx.at(target.span), cx.env.schema.declared(field));
        let amount = cx.text_at(by.span);
        cx.report(counted_from(diagnostic, &shape.name, if minus { "-" } else { "+" }, &amount));
        return Form::Unknown;
    }
    let Some(amount) = amount else { return Form::Unknown };
    let (now, amount) = (Box::new(Number::Field(field)), Box::new(amount));
    let value = if minus { Number::Sub(now, amount) } else { Number::Add(now, amount) };
    Form::Change { field, value, told: false }
}

fn check_set(cx: &mut Cx<'_>, name: &ast::Name, value: &ast::Value, journey: &mut Journey) -> Form {
    let Some(field) = settable(cx, name) else { return Form::Unknown };
    let start = cx.text_before(name.span.start).trim_end().trim_end_matches("set").len() as u32;
    let whole = Span::new(start, value.span.end);
    if cx.env.schema.shape(field).ty == FieldType::Text {
        return check_set_text(cx, field, value, whole, journey);
    }
    let value = check_set_value(cx, field, value, whole, journey);
    match value {
        Some(value) => {
            journey.known.insert(field);
            Form::Change { field, value, told: false }
        }
        None => Form::Unknown,
    }
}

/// What a field is set to, in the statement `whole`.
fn check_set_value(
    cx: &mut Cx<'_>,
    field: FieldId,
    value: &ast::Value,
    whole: Span,
    journey: &Journey,
) -> Option<Number> {
    let shape = cx.env.schema.shape(field).clone();
    let at = cx.at(value.span);
    let alone = match value.sum.terms.as_slice() {
        [(false, literal)] if value.fallback.is_none() => Some(literal),
        _ => None,
    };
    if let ([(false, Literal::Word(name))], FieldType::OneOf(_) | FieldType::Date | FieldType::Moment) =
        (value.sum.terms.as_slice(), &shape.ty)
        && ast::trigger_property(&name.text).is_some()
    {
        return check_set_to_said(cx, &shape, name, value, whole, journey);
    }
    // A number too: what nobody said is no 0.
    if let (FieldType::Number | FieldType::Money, Some(Literal::Word(name))) = (&shape.ty, alone)
        && ast::trigger_property(&name.text).is_some()
        && is_unsaid(cx, name, whole, journey)
    {
        return None;
    }
    match (&shape.ty, alone) {
        (FieldType::Number | FieldType::Money, _) => check_value(cx, value, &journey.known),
        (FieldType::Date, Some(literal)) => constant_date(cx, literal).map(Number::Const),
        (FieldType::YesNo, Some(Literal::Truth(truth, _))) => Some(Number::Const(i64::from(*truth))),
        (ty @ FieldType::OneOf(choices), Some(literal @ Literal::Text(_))) => {
            check_choice(cx, &shape.name, ty, choices, literal).map(|at| Number::Const(at as i64 + 1))
        }
        (ty, _) if ty.is_text() => {
            let why = format!("it holds {}", schema::words(ty));
            let help =
                "such values come from imports and events, where they are checked; a field of type `text` can be set";
            cx.report(types::not_settable(&shape.name, &why, at, help));
            None
        }
        (ty, Some(literal)) => {
            let text = cx.text_at(literal.span());
            let wanted = format!("{} for `{}`", schema::words(ty), shape.name);
            cx.report(types::type_mismatch(&text, literals::kind(literal), &wanted, at, ""));
            None
        }
        (ty, None) => {
            let text = cx.text_at(value.span);
            let wanted = format!("{} for `{}`", schema::words(ty), shape.name);
            cx.report(types::type_mismatch(&text, "a sum", &wanted, at, ""));
            None
        }
    }
}

/// `set company_name = "Acme"`, `set company_name = trigger.company or "unknown"`: a text as it is written, or another one that is known of them.
fn check_set_text(cx: &mut Cx<'_>, field: FieldId, value: &ast::Value, whole: Span, journey: &mut Journey) -> Form {
    let piece = match value.sum.terms.as_slice() {
        [(false, Literal::Text(text))] if value.fallback.is_none() => settable_text(cx, text).map(Piece::Text),
        [(false, Literal::Word(name))] => check_text_of(cx, field, name, value, whole, journey),
        _ => {
            let (text, at) = (cx.text_at(value.span), cx.at(value.span));
            let what = match value.sum.terms.as_slice() {
                [(_, literal)] => literals::kind(literal),
                _ => "a sum",
            };
            let wanted = format!("a text for `{}`", cx.env.schema.shape(field).name);
            cx.report(types::type_mismatch(&text, what, &wanted, at, ""));
            None
        }
    };
    let Some(value) = piece else { return Form::Unknown };
    journey.known.insert(field);
    Form::effect(SetText { field, value })
}

/// Another text that is known of somebody, or what to take where it is missing.
fn check_text_of(
    cx: &mut Cx<'_>,
    field: FieldId,
    name: &ast::Name,
    value: &ast::Value,
    whole: Span,
    journey: &Journey,
) -> Option<Piece> {
    if value.fallback.is_none() && unkept(cx, name).is_some() && is_unsaid(cx, name, whole, journey) {
        return None;
    }
    let of = named::field(cx, name)?;
    let shape = cx.env.schema.shape(of);
    if !shape.ty.is_text() {
        let (at, wanted) = (cx.at(name.span), format!("a text for `{}`", cx.env.schema.shape(field).name));
        cx.report(types::type_mismatch(&name.text, schema::words(&shape.ty), &wanted, at, ""));
        return None;
    }
    let fallback = match &value.fallback {
        Some(Literal::Text(text)) => Some(settable_text(cx, text)?),
        Some(other) => {
            let (text, at) = (cx.text_at(other.span()), cx.at(other.span()));
            cx.report(types::type_mismatch(&text, literals::kind(other), "a text", at, ""));
            return None;
        }
        None => None,
    };
    if fallback.is_none() && is_unsaid(cx, name, whole, journey) {
        return None;
    }
    let (may_lack, _) = cx.may_lack(of);
    Some(Piece::Field { field: of, fallback: fallback.filter(|_| may_lack) })
}

/// A text that a field may hold: the same for everyone, short enough, and there.
pub(super) fn settable_text(cx: &mut Cx<'_>, text: &ast::Text) -> Option<String> {
    if nothing_to_read(text) {
        cx.report(types::empty_value(cx.at(text.span)));
        return None;
    }
    let plain = fixed_text(cx, text)?.trim().to_owned();
    if plain.chars().count() > MAX_VALUE_CHARS {
        cx.report(types::text_value_too_long(plain.chars().count(), cx.at(text.span)));
        return None;
    }
    Some(plain)
}

/// `set plan = trigger.plan`: what an event said, of the kind that the field is of.
fn check_set_to_said(
    cx: &mut Cx<'_>,
    shape: &FieldShape,
    name: &ast::Name,
    value: &ast::Value,
    whole: Span,
    journey: &Journey,
) -> Option<Number> {
    if value.fallback.is_none() && is_unsaid(cx, name, whole, journey) {
        return None;
    }
    let field = named::field(cx, name)?;
    let said = cx.env.schema.shape(field);
    if said.ty != shape.ty {
        let at = cx.at(name.span);
        cx.report(trigger::set_to_another_kind([&shape.name, &said.name], [&shape.ty, &said.ty], at));
        return None;
    }
    let Some(fallback) = &value.fallback else { return Some(Number::Field(field)) };
    let (may_lack, _) = cx.may_lack(field);
    let fallback = match &shape.ty {
        FieldType::OneOf(choices) => {
            check_choice(cx, &shape.name, &shape.ty, choices, fallback).map(|at| at as i64 + 1)
        }
        FieldType::Date => constant_date(cx, fallback),
        ty => {
            let (text, at) = (cx.text_at(fallback.span()), cx.at(fallback.span()));
            cx.report(types::type_mismatch(&text, literals::kind(fallback), schema::words(ty), at, ""));
            None
        }
    };
    Some(if may_lack { Number::Or(field, fallback?) } else { Number::Field(field) })
}

/// Whether the event may not have said what a field is set to, which is reported.
fn is_unsaid(cx: &mut Cx<'_>, name: &ast::Name, whole: Span, journey: &Journey) -> bool {
    let (may_lack, declared) = match cx.field(&name.text) {
        Some(field) if journey.known.contains(&field) => return false,
        Some(field) => cx.may_lack(field),
        None => {
            let lacking = unkept(cx, name).and_then(|said| said.lacking);
            (lacking.is_some(), lacking)
        }
    };
    if may_lack {
        cx.report(trigger::possibly_unsaid(&name.text, cx.at(name.span), declared, cx.at(whole)));
    }
    may_lack
}

/// A field that steps may change.
fn settable(cx: &mut Cx<'_>, name: &ast::Name) -> Option<FieldId> {
    let at = cx.at(name.span);
    if let Some((why, help)) = no_field_to_set(cx, &name.text) {
        cx.report(types::not_settable(&name.text, why, at, &help));
        return None;
    }
    let field = named::field(cx, name)?;
    if cx.env.schema.is_derived(field) {
        cx.report(derived::not_settable(&name.text, at, cx.env.schema.declared(field)));
        return None;
    }
    let (why, help) = match name.text.as_str() {
        "email" => ("mails go there, and it tells who the person is", "addresses come from imports and events"),
        "timezone" => ("it says where the person is", "zones come from imports and events"),
        "stage" => (
            "the lifecycle moves step by step",
            "write `advance stage to mql`, or `move stage back to lead because \"…\"`",
        ),
        "unsubscribed" | "hard_bounced" | "complained" | "do_not_contact" | "paused_until" => {
            ("only the person, their mail server or an operator decides this", "ask about it with `if` instead")
        }
        "created_at" => ("it says when the person was first known", "leave it as it is"),
        _ => return Some(field),
    };
    cx.report(types::not_settable(&name.text, why, at, help));
    None
}

/// What is no field and people set elsewhere: tags, segments, consent, and what a person is known by. Why, and what to do.
fn no_field_to_set(cx: &Cx<'_>, name: &str) -> Option<(&'static str, String)> {
    let schema = &cx.env.schema;
    if schema.field(name).is_some() {
        return None;
    }
    if schema.tag(name).is_some() {
        return Some(("it is a tag", format!("write `tag {name}` or `untag {name}`")));
    }
    if schema.list(name).is_some() {
        return Some(("it is a list", format!("write `add to list {name}` or `remove from list {name}`")));
    }
    if cx.env.segments.ids.contains_key(name) {
        let help = "change a field that its condition asks for".to_owned();
        return Some(("it is a segment, which follows from what is known of a person", help));
    }
    let is_consent = name.split('_').any(|word| matches!(word, "consent" | "subscribed" | "optin" | "optout" | "gdpr"))
        || ["opt_in", "opt_out", "opted_in", "opted_out"].iter().any(|words| name.contains(words));
    if is_consent {
        let help = "it comes from imports and events such as `Unsubscribed`".to_owned();
        return Some(("only the person's own act gives consent or takes it back", help));
    }
    let is_identity = matches!(name, "id" | "user_id" | "contact_id" | "anonymous_id");
    is_identity.then(|| ("it tells who the person is", "it comes from imports and events".to_owned()))
}

/// The mended line of `NAME += N` on a field that may be missing is another one than in a sum.
fn counted_from(mut diagnostic: Diagnostic, field: &str, sign: &str, amount: &str) -> Diagnostic {
    diagnostic.edits.clear();
    diagnostic.help(format!("say what to count from:\n  set {field} = ({field} or 0) {sign} {amount}"))
}
