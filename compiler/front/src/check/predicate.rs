//! Predicates: what is asked, and whether it can be answered.

use super::contradiction::contradiction;
use super::flow::Journey;
use super::habits::{field_and_value, lone_value};
use super::number::{Term, literal_words};
use super::typed::{Cond, Number};
use super::{Checker, Known, schema};
use crate::diagnostics::{messages, missing, names, reach, syntax, types};
use crate::source::Span;
use crate::syntax::ast::{self, Kind, Order, Predicate, Relation};
use flow_ir::limits::MAX_CONDITION_BYTES;
use flow_ir::{Comparison, FieldId, FieldType};

/// Where a predicate stands: what it may ask, and since when events count by themselves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked<'j> {
    /// `enter when`: the event that triggers.
    Entry,
    /// A segment, a `skip when`: nothing to count from. With what to call it.
    Anywhere(&'static str),
    /// A goal, an exit or a step: since entry.
    InJourney(&'j Journey),
    /// A `wait until`: since the steps before it ran.
    Waiting(&'j Journey),
}

impl<'j> Asked<'j> {
    pub(super) fn journey(self) -> Option<&'j Journey> {
        match self {
            Self::InJourney(journey) | Self::Waiting(journey) => Some(journey),
            Self::Entry | Self::Anywhere(_) => None,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Entry => "an `enter when`",
            Self::Anywhere(words) => words,
            Self::InJourney(_) | Self::Waiting(_) => "a workflow",
        }
    }
}

impl Checker<'_> {
    /// Types a predicate. `known` are the fields that are surely present where it stands.
    pub(super) fn predicate(&mut self, predicate: &Predicate, asked: Asked<'_>, known: &Known) -> Cond {
        let span = predicate.span();
        if span.range().len() > MAX_CONDITION_BYTES {
            let what = format!("condition is longer than {} KiB", MAX_CONDITION_BYTES / 1024);
            self.report(syntax::too_large(&what, self.at(Span::new(span.start, span.start + 1))));
            return Cond::Unknown;
        }
        match predicate {
            Predicate::Group(inner, _) => self.predicate(inner, asked, known),
            Predicate::And(parts, _) => self.all(parts, asked, known),
            Predicate::Or(parts, _) => self.any(parts, asked, known),
            Predicate::Mixed { parts, ors, span } => self.mixed(parts, ors, *span),
            Predicate::Not(inner, span) => self.not(inner, *span, asked, known),
            Predicate::TimedOut(span) => self.timed_out(*span, asked),
            Predicate::Sent(name, span) => self.sent(name, *span, asked),
            Predicate::Engaged { verb, email, link, span } => {
                self.engaged(*verb, email.as_ref(), link.as_ref(), *span, asked)
            }
            Predicate::Inactive(duration, span) => self.inactive(duration, *span),
            Predicate::Event { none, event, properties, count, period, span } => {
                self.event(*none, event, properties, count.as_ref(), period.as_ref(), *span, asked)
            }
            Predicate::Compare { left, relation, span } => self.compare(left, relation.as_ref(), *span, asked, known),
        }
    }

    fn all(&mut self, parts: &[Predicate], asked: Asked<'_>, known: &Known) -> Cond {
        let mut known = known.clone();
        // Also where it is said behind the test: `employees < 50 and employees is known`.
        known.extend(self.presence_asked(parts, true));
        let mut conds = Vec::new();
        for part in parts {
            let cond = self.predicate(part, asked, &known);
            known.extend(assume(&cond, true));
            conds.push(cond);
        }
        if let Some((first, second)) = contradiction(&conds) {
            let (other, at) = (parts[first].span(), parts[second].span());
            let diagnostic = reach::never_true(&self.text_at(at), self.at(at), self.at(other));
            self.report(diagnostic);
            return Cond::Unknown;
        }
        Cond::All(conds)
    }

    fn any(&mut self, parts: &[Predicate], asked: Asked<'_>, known: &Known) -> Cond {
        if let Some(at) = parts.iter().position(|part| lone_value(part).is_some())
            && let Some((field, first)) = at.checked_sub(1).and_then(|before| field_and_value(&parts[before]))
        {
            self.report_list_meant(field, first, &parts[at - 1..]);
            return Cond::Unknown;
        }
        let mut known = known.clone();
        known.extend(self.presence_asked(parts, false));
        let mut conds = Vec::new();
        for part in parts {
            let cond = self.predicate(part, asked, &known);
            known.extend(assume(&cond, false));
            conds.push(cond);
        }
        Cond::Any(conds)
    }

    /// The fields of which a part says that they are known (`is known`), or not (`is unknown`).
    fn presence_asked(&self, parts: &[Predicate], known: bool) -> Known {
        let asked = parts.iter().filter_map(|part| match part {
            Predicate::Compare { left, relation: Some(relation), .. } => {
                let asks = if known { Relation::IsKnown } else { Relation::IsUnknown };
                match left.terms.as_slice() {
                    [(false, ast::Literal::Word(name))] if *relation == asks => self.schema.field(&name.text),
                    _ => None,
                }
            }
            _ => None,
        });
        asked.collect()
    }

    /// `a and b or c`: shows both readings, grouped around the `and`s and around the `or`s.
    fn mixed(&mut self, parts: &[Predicate], ors: &[bool], span: Span) -> Cond {
        let texts: Vec<String> = parts.iter().map(|part| self.text_at(part.span())).collect();
        let reading = |split_at_or: bool| {
            let mut groups: Vec<Vec<&str>> = vec![Vec::new()];
            for (at, text) in texts.iter().enumerate() {
                if at > 0 && ors[at - 1] == split_at_or {
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
            format!("  {}", groups.collect::<Vec<_>>().join(outer))
        };
        let diagnostic = syntax::and_or_mixed(self.at(span), reading(true), reading(false));
        self.report(diagnostic);
        Cond::Unknown
    }

    fn not(&mut self, inner: &Predicate, span: Span, asked: Asked<'_>, known: &Known) -> Cond {
        let cond = self.predicate(inner, asked, known);
        if let Some(field) = self.first_missing(&cond, known) {
            let name = self.schema.shape(field).name.clone();
            let text = self.text_at(span);
            let diagnostic = missing::missing_under_not(&name, &text, self.at(span), self.schema.declared(field));
            self.report(diagnostic);
            return Cond::Unknown;
        }
        Cond::Not(Box::new(cond))
    }

    /// The first field of a comparison that may be missing where nothing says it is known.
    fn first_missing(&self, cond: &Cond, known: &Known) -> Option<FieldId> {
        match cond {
            Cond::All(parts) => {
                let mut known = known.clone();
                parts.iter().find_map(|part| {
                    let found = self.first_missing(part, &known);
                    known.extend(assume(part, true));
                    found
                })
            }
            Cond::Any(parts) => {
                let mut known = known.clone();
                parts.iter().find_map(|part| {
                    let found = self.first_missing(part, &known);
                    known.extend(assume(part, false));
                    found
                })
            }
            Cond::Not(inner) => self.first_missing(inner, known),
            Cond::CodeIn(field, _) | Cond::TextIn(field, _) | Cond::TextTest(field, ..) => self.may_miss(*field, known),
            Cond::Compare(left, _, right) => {
                fields_of(left).into_iter().chain(fields_of(right)).find_map(|field| self.may_miss(field, known))
            }
            _ => None,
        }
    }

    pub(super) fn may_miss(&self, field: FieldId, known: &Known) -> Option<FieldId> {
        (self.schema.shape(field).optional && !known.contains(&field)).then_some(field)
    }

    fn timed_out(&mut self, span: Span, asked: Asked<'_>) -> Cond {
        match asked.journey() {
            Some(journey) if journey.blind || journey.waited_until => Cond::TimedOut,
            Some(_) => {
                self.report(messages::timed_out_without_wait(self.at(span)));
                Cond::Unknown
            }
            None => {
                self.report(messages::journey_only("timed out", self.at(span), asked.words()));
                Cond::Unknown
            }
        }
    }

    fn sent(&mut self, name: &ast::Name, span: Span, asked: Asked<'_>) -> Cond {
        let Some(email) = self.email_named(name) else { return Cond::Unknown };
        match asked.journey() {
            None => {
                self.report(messages::journey_only("sent", self.at(span), asked.words()));
                Cond::Unknown
            }
            Some(journey) if journey.blind || journey.may_have_sent(email) => Cond::Sent(email),
            Some(journey) => {
                let diagnostic =
                    messages::not_sent_before("got", &name.text, self.at(span), journey.sent_anywhere(email));
                self.report(diagnostic);
                Cond::Unknown
            }
        }
    }

    fn compare(
        &mut self,
        left: &ast::Sum,
        relation: Option<&Relation>,
        span: Span,
        asked: Asked<'_>,
        known: &Known,
    ) -> Cond {
        // A value alone, before it is taken for a number.
        if let (None, [(false, literal @ (ast::Literal::Text(_) | ast::Literal::Date(..)))]) = (relation, &*left.terms)
        {
            let text = self.text_at(span);
            self.report(types::not_a_condition(&text, literal_words(literal), self.at(span), "industry is \"saas\""));
            return Cond::Unknown;
        }
        match (self.left_side(left, known), relation) {
            (Term::Wrong, _) => Cond::Unknown,
            (Term::Field(field), None) => self.bare_field(field, span),
            (Term::Field(field), Some(relation)) => self.field_relation(field, relation, span, known),
            (Term::Word(name), None) => self.bare_word(&name, asked, known),
            (Term::Word(name), Some(_)) => {
                self.unknown_subject(&name);
                Cond::Unknown
            }
            (Term::Number(number), Some(Relation::Order(order, sum))) => match self.number(sum, known) {
                Some(right) => Cond::Compare(number, comparison(*order), right),
                None => Cond::Unknown,
            },
            (Term::Number(_), _) => {
                let diagnostic = types::not_a_condition(&self.text_at(span), "a value", self.at(span), "score >= 60");
                self.report(diagnostic);
                Cond::Unknown
            }
        }
    }

    fn unknown_subject(&mut self, name: &ast::Name) {
        let at = self.at(name.span);
        let is = if self.schema.event(&name.text).is_some() {
            Some("an event")
        } else if self.schema.stage(&name.text).is_some() {
            Some("a stage")
        } else if self.segment_named(&name.text).is_some() {
            Some("a segment")
        } else {
            None
        };
        let name_text = &name.text;
        let example = match is {
            Some("an event") => format!("{name_text} at least 2 times in 30 days"),
            Some("a stage") => format!("stage is {name_text}"),
            _ => format!("{name_text} and score >= 60"),
        };
        let diagnostic = match is {
            Some(is) => types::type_mismatch(&name.text, is, "a field before a comparison", at, &example),
            None => names::unknown_field(&name.text, &self.names(super::schema::Schema::field_names), at),
        };
        self.report_unknown(&[Kind::Contact], diagnostic);
    }

    /// A yes/no field alone.
    fn bare_field(&mut self, field: FieldId, span: Span) -> Cond {
        let shape = self.schema.shape(field);
        if shape.ty == FieldType::YesNo {
            return Cond::Truth(field);
        }
        let example = match shape.ty {
            FieldType::Number | FieldType::Money => format!("{} >= 10", shape.name),
            FieldType::Stage => "stage is customer".to_owned(),
            _ => format!("{} is known", shape.name),
        };
        let diagnostic = types::not_a_condition(&shape.name.clone(), schema::words(&shape.ty), self.at(span), &example);
        self.report(diagnostic);
        Cond::Unknown
    }

    /// A word alone that is no field: a segment, a stage, an event.
    fn bare_word(&mut self, name: &ast::Name, asked: Asked<'_>, known: &Known) -> Cond {
        if let Some(segment) = self.segment_named(&name.text) {
            return self.segment_cond(segment, known);
        }
        if let (Some(stage), Some(field)) = (self.schema.stage(&name.text), self.schema.field("stage")) {
            return Cond::CodeIn(field, vec![stage]);
        }
        if self.schema.event(&name.text).is_some() {
            return self.event(false, name, &[], None, None, name.span, asked);
        }
        if self.emails.contains_key(name.text.as_str()) {
            let (at, example) = (self.at(name.span), format!("clicked {}", name.text));
            self.report(types::not_a_condition(&name.text, "an email", at, &example));
            return Cond::Unknown;
        }
        let mut all = self.names(super::schema::Schema::field_names);
        if !all.is_empty() {
            all.extend(self.segments.keys().copied());
            all.extend(self.schema.stage_names());
            all.extend(self.schema.event_names());
        }
        let diagnostic = names::unknown_name(&name.text, &all, self.at(name.span));
        self.report_unknown(&[Kind::Contact, Kind::Segment, Kind::Stages, Kind::Event], diagnostic);
        Cond::Unknown
    }
}

pub(super) fn comparison(order: Order) -> Comparison {
    match order {
        Order::AtLeast => Comparison::GreaterOrEqual,
        Order::AtMost => Comparison::LessOrEqual,
        Order::Over => Comparison::Greater,
        Order::Under => Comparison::Less,
    }
}

/// The fields whose absence makes a number missing.
fn fields_of(number: &Number) -> Vec<FieldId> {
    match number {
        Number::Const(_) | Number::Or(..) => Vec::new(),
        Number::Field(field) => vec![*field],
        Number::Add(a, b) | Number::Sub(a, b) => [fields_of(a), fields_of(b)].concat(),
    }
}

/// The fields that are surely known where a condition holds, or where it does not.
pub(super) fn assume(cond: &Cond, holds: bool) -> Known {
    match (cond, holds) {
        (Cond::Known(field), true) | (Cond::CodeIn(field, _), true) | (Cond::TextIn(field, _), true) => {
            Known::from([*field])
        }
        (Cond::TextTest(field, ..), true) => Known::from([*field]),
        (Cond::Compare(left, _, right), true) => fields_of(left).into_iter().chain(fields_of(right)).collect(),
        (Cond::All(parts), true) | (Cond::Any(parts), false) => {
            parts.iter().flat_map(|part| assume(part, holds)).collect()
        }
        (Cond::Not(inner), _) => assume(inner, !holds),
        _ => Known::new(),
    }
}
