//! Predicates: what is asked, and whether it can be answered. What has words of its own has a file in `predicate/`.

use super::Known;
use super::absence::{ask_at_comparison, ask_at_dated, ask_under_not};
use super::cx::Cx;
use super::event::check_event;
use super::field::{check_between, check_field_relation, in_ranges, not};
use super::flow::Journey;
use super::habits::{field_and_values, lone_value, report_list_meant, report_neither_meant};
use super::named;
use super::number::Term;
use super::number::{Missing, check_left_side, check_number, number_field};
use super::relation::{self, Values};
use crate::diagnostics::{missing, names, syntax, types};
use crate::env::{Env, schema};
use crate::literals;
use crate::meaning::Meaning;
use crate::source::Span;
use crate::syntax::ast::{self, Kind, Order, Predicate, Relation};
use crate::syntax::constructs;
use crate::syntax::line::one_line;
use crate::typed::{Cond, Number, Part};
use flow_ir::limits::MAX_CONDITION_BYTES;
use flow_ir::{CONFIRMED, Comparison, FieldId, FieldType};

macro_rules! modules {
    ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { $(mod $module;)* };
}
constructs::predicates!(modules);
pub(super) use engaged::engaged_email;

/// Where a predicate stands: what it may ask, and since when events count by themselves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked<'j> {
    /// `enter when`: the event that triggers.
    Entry,
    /// A segment, a `skip when`: nothing to count from. With what to call it.
    Anywhere(&'static str),
    /// An exit or a step: since entry.
    InJourney(&'j Journey),
    /// A goal: since entry too.
    Goal(&'j Journey),
    /// A `wait until`: since entry too, and it alone may say `from now`.
    Waiting(&'j Journey),
}

impl<'j> Asked<'j> {
    pub(super) fn journey(self) -> Option<&'j Journey> {
        match self {
            Self::InJourney(journey) | Self::Goal(journey) | Self::Waiting(journey) => Some(journey),
            Self::Entry | Self::Anywhere(_) => None,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Entry => "an `enter when`",
            Self::Anywhere(words) => words,
            Self::InJourney(_) | Self::Goal(_) | Self::Waiting(_) => "a workflow",
        }
    }

    /// The word with which it looks ahead, where it can.
    pub(super) fn ahead(self) -> Option<&'static str> {
        match self {
            Self::Goal(_) => Some("within"),
            Self::Waiting(_) => Some("up to"),
            Self::Entry | Self::Anywhere(_) | Self::InJourney(_) => None,
        }
    }
}

/// Types a predicate. `known` are the fields that are surely present where it stands.
pub(super) fn check_predicate(cx: &mut Cx<'_>, predicate: &Predicate, asked: Asked<'_>, known: &Known) -> Cond {
    let span = predicate.span();
    // Without the space that a layout puts in and takes out.
    if span.range().len() > MAX_CONDITION_BYTES && one_line(&cx.text_at(span)).len() > MAX_CONDITION_BYTES {
        let what = format!("condition is longer than {} KiB", MAX_CONDITION_BYTES / 1024);
        let at = cx.at(Span::new(span.start, span.start + 1));
        let help = "give parts of it a name with `segment`, and put the names here";
        cx.report(syntax::too_large(&what, at, "it begins here", help));
        return Cond::Unknown;
    }
    let cond = dispatch(cx, predicate, asked, known);
    let cond = match predicate {
        Predicate::Dated(dated, span) => ask_at_dated(cx, cond, &dated.asks, *span, known),
        _ => cond,
    };
    // Behind what its words mean, which says more where it is one word.
    cx.means(span, Meaning::Condition);
    cond
}

fn dispatch(cx: &mut Cx<'_>, predicate: &Predicate, asked: Asked<'_>, known: &Known) -> Cond {
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => {
            match predicate {
                $(Predicate::$variant(node, span) => $module::check(cx, node, *span, asked),)*
                Predicate::Group(inner, _) => check_predicate(cx, inner, asked, known),
                Predicate::And(parts, _) => check_all(cx, parts, asked, known),
                Predicate::Or(parts, _) => check_any(cx, parts, asked, known),
                Predicate::Mixed { parts, ors, span } => report_mixed(cx, parts, ors, *span),
                Predicate::Not(inner, span) => check_not(cx, inner, *span, asked, known),
                Predicate::Event { none, event, properties, count, period, span } => {
                    check_event(cx, *none, event, properties, count.as_ref(), period.as_ref(), *span, asked)
                }
                Predicate::Compare { left, relation, span } => check_compare(cx, left, relation.as_ref(), *span, asked, known),
            }
        };
    }
    constructs::predicates!(dispatch)
}

fn check_all(cx: &mut Cx<'_>, parts: &[Predicate], asked: Asked<'_>, known: &Known) -> Cond {
    let mut known = known.clone();
    // Also where it is said behind the test: `employees < 50 and employees is known`.
    known.extend(presence_asked(cx, parts, true));
    let mut conds = Vec::new();
    for part in parts {
        let cond = check_predicate(cx, part, asked, &known);
        known.extend(assume(cx.env, &cond, true));
        conds.push(Part { cond, at: cx.at(part.span()) });
    }
    Cond::All(conds)
}

fn check_any(cx: &mut Cx<'_>, parts: &[Predicate], asked: Asked<'_>, known: &Known) -> Cond {
    if let Some(at) = parts.iter().position(|part| lone_value(part).is_some())
        && let Some(from @ [before, ..]) = at.checked_sub(1).and_then(|before| parts.get(before..))
        && let Some(before) = field_and_values(before)
    {
        report_list_meant(cx, &before, from);
        return Cond::Unknown;
    }
    if report_neither_meant(cx, parts) {
        return Cond::Unknown;
    }
    let mut known = known.clone();
    known.extend(presence_asked(cx, parts, false));
    let mut conds = Vec::new();
    for part in parts {
        let cond = check_predicate(cx, part, asked, &known);
        known.extend(assume(cx.env, &cond, false));
        conds.push(Part { cond, at: cx.at(part.span()) });
    }
    Cond::Any(conds)
}

/// The fields of which a part says that they are known (`is known`), or not (`is unknown`).
fn presence_asked(cx: &Cx<'_>, parts: &[Predicate], known: bool) -> Known {
    let asked = parts.iter().filter_map(|part| match part {
        Predicate::Compare { left, relation: Some(relation), .. } => {
            let asks = if known { Relation::IsKnown } else { Relation::IsUnknown };
            match left.terms.as_slice() {
                [(false, ast::Literal::Word(name))] if *relation == asks => cx.field(&name.text),
                _ => None,
            }
        }
        _ => None,
    });
    asked.collect()
}

/// `a and b or c`: shows both readings, grouped around the `and`s and around the `or`s.
fn report_mixed(cx: &mut Cx<'_>, parts: &[Predicate], ors: &[bool], span: Span) -> Cond {
    let texts: Vec<String> = parts.iter().map(|part| cx.text_at(part.span())).collect();
    let reading = |split_at_or: bool| {
        let mut groups: Vec<Vec<&str>> = vec![Vec::new()];
        for (at, text) in texts.iter().enumerate() {
            if at.checked_sub(1).and_then(|before| ors.get(before)) == Some(&split_at_or) {
                groups.push(Vec::new());
            }
            if let Some(group) = groups.last_mut() {
                group.push(text);
            }
        }
        let (inner, outer) = if split_at_or { (" and ", " or ") } else { (" or ", " and ") };
        let groups = groups
            .iter()
            .map(|group| if group.len() > 1 { format!("({})", group.join(inner)) } else { group.concat() });
        groups.collect::<Vec<_>>().join(outer)
    };
    let diagnostic = syntax::and_or_mixed(cx.at(span), reading(true), reading(false));
    cx.report(diagnostic);
    Cond::Unknown
}

fn check_not(cx: &mut Cx<'_>, inner: &Predicate, span: Span, asked: Asked<'_>, known: &Known) -> Cond {
    let cond = check_predicate(cx, inner, asked, known);
    ask_under_not(cx, cond, span, known)
}

fn check_compare(
    cx: &mut Cx<'_>,
    left: &ast::Sum,
    relation: Option<&Relation>,
    span: Span,
    asked: Asked<'_>,
    known: &Known,
) -> Cond {
    // A value alone, before it is taken for a number.
    if let (None, [(false, literal)]) = (relation, &*left.terms)
        && matches!(literal, ast::Literal::Text(_) | ast::Literal::Date(..) | ast::Literal::Truth(..))
    {
        let text = cx.text_at(span);
        cx.report(types::not_a_condition(&text, literals::kind(literal), cx.at(span), "industry is \"saas\""));
        return Cond::Unknown;
    }
    let cond = match (check_left_side(cx, left, known), relation) {
        (Term::Wrong, _) => Cond::Unknown,
        (Term::Field(field), None) => check_bare_field(cx, field, span),
        (Term::Field(field), Some(relation)) => check_field_relation(cx, field, relation, span, known),
        (Term::Word(name), None) => check_bare_word(cx, &name, asked),
        (Term::Word(name), Some(_)) => {
            unknown_subject(cx, &name);
            Cond::Unknown
        }
        (Term::Number(number), Some(relation)) => check_number_relation(cx, &number, left, relation, span, known),
        (Term::Number(_), None) => {
            let diagnostic = types::not_a_condition(&cx.text_at(span), "a value", cx.at(span), "score >= 60");
            cx.report(diagnostic);
            Cond::Unknown
        }
    };
    let compared = if let Cond::Not(inner) = &cond { inner } else { &cond };
    if matches!(compared, Cond::Compare(one, _, other) if one == other) {
        let diagnostic = types::same_on_both_sides(&cx.text_at(left.span), &cx.text_at(span), cx.at(span));
        cx.report(diagnostic);
        return Cond::Unknown;
    }
    ask_at_comparison(cx, cond, relation, span, known)
}

/// What is asked of a sum, which nobody lacks: every field in it is known or has a fallback.
fn check_number_relation(
    cx: &mut Cx<'_>,
    number: &Number,
    left: &ast::Sum,
    relation: &Relation,
    span: Span,
    known: &Known,
) -> Cond {
    let name = cx.text_at(left.span);
    match relation {
        Relation::Is(literal) => number_is_one_of(cx, number, &name, std::slice::from_ref(literal)),
        Relation::In(literals) => number_is_one_of(cx, number, &name, literals),
        Relation::IsNot(literal) => not(number_is_one_of(cx, number, &name, std::slice::from_ref(literal))),
        Relation::NotIn(literals) => not(number_is_one_of(cx, number, &name, literals)),
        // Of events alone.
        Relation::Any => Cond::Unknown,
        Relation::IsKnown | Relation::IsUnknown => {
            let unknown = *relation == Relation::IsUnknown;
            cx.report(missing::never_missing(&name, unknown, cx.at(span), None));
            Cond::Unknown
        }
        Relation::Text(..) => {
            cx.report(types::type_mismatch(&name, "a number", "a text", cx.at(left.span), ""));
            Cond::Unknown
        }
        Relation::Order(order, sum) => match check_number(cx, sum, known, Missing::IsFalse) {
            Some(right) => Cond::Compare(number.clone(), comparison(*order), right),
            None => Cond::Unknown,
        },
        Relation::Between(low, high) => {
            let ends = [low, high].map(|end| check_number(cx, end, known, Missing::IsFalse));
            let [Some(from), Some(to)] = ends else { return Cond::Unknown };
            check_between(cx, number, (from, low), (to, high))
        }
    }
}

/// That a sum is one of the numbers which literals name, or another field: `(employees or 0) is seats`.
fn number_is_one_of(cx: &mut Cx<'_>, number: &Number, name: &str, literals: &[ast::Literal]) -> Cond {
    if let [ast::Literal::Word(other)] = literals
        && cx.field(&other.text).is_some()
    {
        let other = number_field(cx, other);
        return other
            .map_or(Cond::Unknown, |other| Cond::Compare(number.clone(), Comparison::Equal, Number::Field(other)));
    }
    match relation::values(cx, name, &FieldType::Number, literals) {
        Some(Values::Ranges(ranges)) => in_ranges(cx, number, &ranges, literals),
        _ => Cond::Unknown,
    }
}

pub(super) fn unknown_subject(cx: &mut Cx<'_>, name: &ast::Name) {
    let at = cx.at(name.span);
    let is = if cx.env.schema.event(&name.text).is_some() {
        Some("an event")
    } else if cx.env.schema.stage(&name.text).is_some() {
        Some("a stage")
    } else if cx.env.segments.ids.contains_key(name.text.as_str()) {
        Some("a segment")
    } else {
        None
    };
    let name_text = &name.text;
    let example = match is {
        Some("an event") => format!("{name_text} at least 2 times in the last 30 days"),
        Some("a stage") => format!("stage is {name_text}"),
        _ => format!("{name_text} and score >= 60"),
    };
    let diagnostic = match is {
        Some(is) => types::type_mismatch(&name.text, is, "a field before a comparison", at, &example),
        None => names::unknown_field(&name.text, &cx.names(schema::Schema::field_names), at),
    };
    cx.report_unknown(&name.text, &[Kind::Contact], diagnostic);
}

/// A yes/no field alone.
fn check_bare_field(cx: &mut Cx<'_>, field: FieldId, span: Span) -> Cond {
    let shape = cx.env.schema.shape(field);
    if shape.ty == FieldType::YesNo {
        return Cond::Truth(field);
    }
    if cx.env.is_disputed(&shape.name) {
        return Cond::Unknown;
    }
    let example = match shape.ty {
        FieldType::Number | FieldType::Money => format!("{} >= 10", shape.name),
        FieldType::Stage => "stage is customer".to_owned(),
        _ => format!("{} is known", shape.name),
    };
    let diagnostic = types::not_a_condition(&shape.name.clone(), schema::words(&shape.ty), cx.at(span), &example);
    cx.report(diagnostic);
    Cond::Unknown
}

/// A word alone that is no field: a segment, a stage, an event.
fn check_bare_word(cx: &mut Cx<'_>, name: &ast::Name, asked: Asked<'_>) -> Cond {
    if let Some(segment) = named::known_segment(cx, name) {
        // One that was refused as a whole was reported at its declaration.
        return cx.env.segment(segment).map_or(Cond::Unknown, |_| Cond::Segment(segment));
    }
    if let (Some(stage), Some(field)) = (cx.env.schema.stage(&name.text), cx.env.schema.field("stage")) {
        cx.means(name.span, Meaning::Stage(stage));
        return Cond::CodeIn(field, vec![stage]);
    }
    // Which of two declarations was meant is asked there.
    if cx.env.is_disputed(&name.text) {
        return Cond::Unknown;
    }
    if cx.env.schema.event(&name.text).is_some() {
        return check_event(cx, false, name, &[], None, None, name.span, asked);
    }
    if cx.env.schema.tag(&name.text).is_some() {
        let diagnostic = types::not_a_condition(&name.text, "a tag", cx.at(name.span), "");
        let tagged = format!("tagged {}", name.text);
        cx.report(diagnostic.help("ask whether somebody has it:").edit(cx.at(name.span), tagged));
        return Cond::Unknown;
    }
    if cx.env.schema.list(&name.text).is_some() {
        let diagnostic = types::not_a_condition(&name.text, "a list", cx.at(name.span), "");
        let listed = format!("in list {}", name.text);
        cx.report(diagnostic.help("ask whether somebody stands on it:").edit(cx.at(name.span), listed));
        return Cond::Unknown;
    }
    if cx.env.emails.contains_key(name.text.as_str()) {
        let (at, example) = (cx.at(name.span), format!("clicked {}", name.text));
        cx.report(types::not_a_condition(&name.text, "an email", at, &example));
        return Cond::Unknown;
    }
    if name.text == CONFIRMED && cx.env.schema.confirmed.is_none() {
        if cx.env.nobody_confirms() {
            cx.report(names::nobody_confirms(cx.at(name.span)));
        }
        return Cond::Unknown;
    }
    let env = cx.env;
    let all = cx.names(|schema| {
        let segments = env.segments.named();
        schema.field_names().chain(segments).chain(schema.stage_names()).chain(schema.event_names())
    });
    let diagnostic = names::unknown_name(&name.text, matches!(asked, Asked::Entry), &all, cx.at(name.span));
    cx.report_unknown(&name.text, &[Kind::Contact, Kind::Segment, Kind::Stages, Kind::Event], diagnostic);
    Cond::Unknown
}

pub(super) fn comparison(order: Order) -> Comparison {
    match order {
        Order::AtLeast => Comparison::GreaterOrEqual,
        Order::AtMost => Comparison::LessOrEqual,
        Order::Over => Comparison::Greater,
        Order::Under => Comparison::Less,
    }
}

/// The fields that are surely known where a condition holds, or where it does not.
pub(super) fn assume(env: &Env<'_>, cond: &Cond, holds: bool) -> Known {
    match (cond, holds) {
        (Cond::Known(field) | Cond::Truth(field) | Cond::CodeIn(field, _) | Cond::TextIn(field, _), true) => {
            Known::from([*field])
        }
        (Cond::TextTest(field, ..), true) => Known::from([*field]),
        (Cond::Compare(left, _, right), true) => left.fields().into_iter().chain(right.fields()).collect(),
        (Cond::All(parts), true) | (Cond::Any(parts), false) => {
            parts.iter().flat_map(|part| assume(env, &part.cond, holds)).collect()
        }
        (Cond::Not(inner), _) => assume(env, inner, !holds),
        (Cond::Today { .. } | Cond::Now { .. }, true) => cond.dated().into_iter().collect(),
        (Cond::Segment(id), _) => env.segment(*id).map(|cond| assume(env, cond, holds)).unwrap_or_default(),
        _ => Known::new(),
    }
}
