//! `calendar`: whose holidays are when.

use super::cx::Cx;
use super::days::check_day_span;
use super::field::text_value;
use crate::diagnostics::{Diagnostic, calendar, names};
use crate::source::{Location, Span};
use crate::syntax::ast;
use crate::typed::TypedCalendar;
use flow_ir::{COUNTRY_FIELD, DaySpan, FieldType, HolidayCalendar};

pub(super) fn check_calendar(cx: &mut Cx<'_>, node: &ast::Calendar) -> TypedCalendar {
    let mut countries = node.of.as_ref().map_or_else(Vec::new, |of| check_countries(cx, of));
    let days = check_days(cx, node);
    if node.days().next().is_none() && !node.broken {
        let what = format!("calendar `{}`", node.name.text);
        let diagnostic = names::missing_clause(&what, "day", "2026-12-25, 2026-12-26", cx.at(node.name.span));
        cx.report(diagnostic);
    }
    if node.of.is_none() {
        countries.push((None, cx.at(node.name.span)));
    }
    let of = countries.iter().filter_map(|(country, _)| country.clone()).collect();
    let calendar = HolidayCalendar { name: node.name.text.clone(), countries: of, days };
    TypedCalendar { calendar, of: countries }
}

/// Nobody has two calendars: whoever would have another one.
pub(super) fn of_the_same_people(calendars: &[TypedCalendar]) -> Vec<Diagnostic> {
    let mut known: Vec<&(Option<String>, Location)> = Vec::new();
    let mut found = Vec::new();
    for of in calendars.iter().flat_map(|calendar| &calendar.of) {
        match known.iter().find(|(country, _)| *country == of.0) {
            Some((country, first)) => found.push(calendar::two_calendars(country.as_deref(), of.1, *first)),
            None => known.push(of),
        }
    }
    found
}

/// The codes of the countries, each where it is written.
fn check_countries(cx: &mut Cx<'_>, of: &ast::OfCountry) -> Vec<(Option<String>, Location)> {
    if !has_country(cx) {
        if !cx.env.may_be_lost(ast::Kind::Contact) && !cx.env.is_disputed(COUNTRY_FIELD) {
            let diagnostic = calendar::no_country(cx.at(of.span), is_other_field(cx));
            cx.report(diagnostic);
        }
        return Vec::new();
    }
    let codes = of.countries.iter().map(|country| {
        let code = text_value(cx, COUNTRY_FIELD, &FieldType::Country, country)?;
        Some((Some(code.to_uppercase()), cx.at(country.span())))
    });
    codes.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn has_country(cx: &Cx<'_>) -> bool {
    let field = cx.env.schema.field(COUNTRY_FIELD);
    field.is_some_and(|field| cx.env.schema.shape(field).ty == FieldType::Country)
}

/// Whether there is a field of that name, which holds something else.
fn is_other_field(cx: &Cx<'_>) -> bool {
    cx.env.schema.field(COUNTRY_FIELD).is_some()
}

/// The days in their order; a day that is in it already is reported and left out.
fn check_days(cx: &mut Cx<'_>, node: &ast::Calendar) -> Vec<DaySpan> {
    let mut known: Vec<(DaySpan, Span)> = Vec::new();
    for written in node.days() {
        let Some(days) = check_day_span(cx, written) else { continue };
        let meets =
            |(known, _): &&(DaySpan, Span)| known.first_day <= days.last_day && days.first_day <= known.last_day;
        match known.iter().find(meets) {
            Some((_, first)) => {
                let text = cx.text_at(written.span);
                let diagnostic = calendar::holiday_twice(&text, cx.at(written.span), cx.at(*first));
                cx.report(diagnostic);
            }
            None => known.push((days, written.span)),
        }
    }
    let mut days: Vec<DaySpan> = known.into_iter().map(|(days, _)| days).collect();
    days.sort_unstable();
    days
}
