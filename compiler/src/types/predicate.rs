//! Predicates: what is asked, and whether it can be answered.

use super::contradiction::contradiction;
use super::flow::Journey;
use super::habits::{asks_for_presence, field_and_value, lone_value};
use super::number::{Term, literal_words};
use super::typed::{Cond, EventTest, Number, Since};
use super::{Checker, Known, schema};
use crate::diagnostics::{messages, missing, names, reach, syntax, time, types};
use crate::ir::{Comparison, FieldId, FieldType, Pattern, PatternEvent, PropertyTest, TextTestKind, Trait};
use crate::source::Span;
use crate::syntax::ast::{self, CountKind, Kind, Order, Period, Predicate, Relation};

/// The longest condition, in bytes of its text: some 300 tests. What is made of one grows faster than its text.
const MAX_CONDITION_BYTES: usize = 8 << 10;

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
    fn journey(self) -> Option<&'j Journey> {
        match self {
            Self::InJourney(journey) | Self::Waiting(journey) => Some(journey),
            Self::Entry | Self::Anywhere(_) => None,
        }
    }

    fn words(self) -> &'static str {
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

    fn may_miss(&self, field: FieldId, known: &Known) -> Option<FieldId> {
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

    fn inactive(&mut self, duration: &ast::Duration, span: Span) -> Cond {
        let Some(ms) = self.look_back_ms(duration) else { return Cond::Unknown };
        let pattern = Pattern { text: "any activity".to_owned(), event: PatternEvent::AnyActivity, tests: Vec::new() };
        let _ = span;
        Cond::Not(Box::new(Cond::Events(EventTest { pattern, at_least: 1, since: Since::Within(ms) })))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one construct, as the grammar gives them")]
    fn event(
        &mut self,
        none: bool,
        name: &ast::Name,
        properties: &[ast::Property],
        count: Option<&ast::Count>,
        period: Option<&Period>,
        span: Span,
        asked: Asked<'_>,
    ) -> Cond {
        let Some(event) = self.schema.event(&name.text) else {
            let diagnostic =
                names::unknown_event(&name.text, &self.names(super::schema::Schema::event_names), self.at(name.span));
            self.report_unknown(&[Kind::Event], diagnostic);
            return Cond::Unknown;
        };
        let tests: Vec<_> = properties.iter().map(|property| self.property(event, &name.text, property)).collect();
        let since = self.since(name, count.is_some() || none, period, span, asked);
        let counts = self.counts(count);
        let (Some(tests), Some(since), Some(counts)) = (tests.into_iter().collect::<Option<Vec<_>>>(), since, counts)
        else {
            return Cond::Unknown;
        };
        let text = self.pattern_text(name, properties);
        let pattern =
            Pattern { text, event: PatternEvent::Declared(event), tests: tests.into_iter().flatten().collect() };
        let at_least = |times| Cond::Events(EventTest { pattern: pattern.clone(), at_least: times, since });
        let cond = match counts {
            (CountKind::AtLeast, times) => at_least(times),
            (CountKind::AtMost, times) => Cond::Not(Box::new(at_least(times + 1))),
            (CountKind::Exactly, times) => Cond::All(vec![at_least(times), Cond::Not(Box::new(at_least(times + 1)))]),
        };
        if none { Cond::Not(Box::new(cond)) } else { cond }
    }

    fn pattern_text(&self, name: &ast::Name, properties: &[ast::Property]) -> String {
        let tests: Vec<String> = properties.iter().map(|property| self.text_at(property.span)).collect();
        if tests.is_empty() { name.text.clone() } else { format!("{}({})", name.text, tests.join(", ")) }
    }

    /// Since when the events count.
    fn since(
        &mut self,
        name: &ast::Name,
        counted: bool,
        period: Option<&Period>,
        span: Span,
        asked: Asked<'_>,
    ) -> Option<Since> {
        let at = self.at(span);
        match (period, asked) {
            (Some(Period::In(duration)), _) => self.look_back_ms(duration).map(Since::Within),
            (Some(Period::Ever), _) => Some(Since::Ever),
            (Some(Period::SinceEntry), _) if asked.journey().is_some() => Some(Since::Entry),
            (Some(Period::FromNow), Asked::Waiting(_)) => Some(Since::Block),
            (Some(Period::SinceEntry), _) => {
                self.report(time::period_not_here("since entry", at, "nobody has entered a workflow here"));
                None
            }
            (Some(Period::FromNow), _) => {
                self.report(time::period_not_here("from now", at, "only a `wait until` looks ahead"));
                None
            }
            (None, Asked::InJourney(_)) => Some(Since::Entry),
            (None, Asked::Waiting(_)) => Some(Since::Block),
            (None, Asked::Entry) if !counted => Some(Since::Trigger),
            (None, Asked::Entry | Asked::Anywhere(_)) => {
                self.report(time::no_period(&name.text, at, asked.words()));
                None
            }
        }
    }

    fn counts(&mut self, count: Option<&ast::Count>) -> Option<(CountKind, u32)> {
        let Some(count) = count else { return Some((CountKind::AtLeast, 1)) };
        let at = self.at(count.span);
        let text = self.text_at(count.times.span());
        let smallest = i64::from(count.kind == CountKind::AtLeast);
        let largest = i64::from(crate::ir::fact::MAX_FACT_DEPTH) - 1;
        match super::number::whole_of(&text) {
            Some(times) if (smallest..=largest).contains(&times) => {
                if times == 0 && count.kind == CountKind::Exactly {
                    self.report(time::bad_count(&text, "write `no …` for events that did not happen", at));
                    return None;
                }
                Some((count.kind, times as u32))
            }
            Some(times) if times > largest => {
                self.report(time::bad_count(&text, "up to 63 events are remembered for each pattern", at));
                None
            }
            _ => {
                self.report(time::bad_count(&text, "this needs a whole number of times", at));
                None
            }
        }
    }

    /// The tests of one property; two for a range.
    fn property(
        &mut self,
        event: crate::ir::EventId,
        event_name: &str,
        property: &ast::Property,
    ) -> Option<Vec<PropertyTest>> {
        let declared = &self.schema.events[crate::ir::Id::index(event)].shape;
        let Some(at) = declared.properties.iter().position(|known| known.name == property.name.text) else {
            let known: Vec<&str> = declared.properties.iter().map(|known| known.name.as_str()).collect();
            let diagnostic =
                names::unknown_property(event_name, &property.name.text, &known, self.at(property.name.span));
            if !self.schema.events[crate::ir::Id::index(event)].broken {
                self.report(diagnostic);
            }
            return None;
        };
        let ty = declared.properties[at].ty.clone();
        let test = |test, negated| vec![PropertyTest { property: at as u32, test, negated }];
        Some(match &property.relation {
            Relation::IsKnown => test(Trait::Known, false),
            Relation::IsUnknown => test(Trait::Known, true),
            Relation::Is(literal) => test(self.traits(&property.name, &ty, std::slice::from_ref(literal))?, false),
            Relation::In(literals) => test(self.traits(&property.name, &ty, literals)?, false),
            Relation::IsNot(literal) => {
                let negated = self.traits(&property.name, &ty, std::slice::from_ref(literal))?;
                [test(Trait::Known, false), test(negated, true)].concat()
            }
            Relation::NotIn(literals) => {
                let negated = self.traits(&property.name, &ty, literals)?;
                [test(Trait::Known, false), test(negated, true)].concat()
            }
            Relation::Contains(literal) => {
                test(Trait::TextContains(self.text_needle(&property.name, &ty, literal)?), false)
            }
            Relation::StartsWith(literal) => {
                test(Trait::TextStartsWith(self.text_needle(&property.name, &ty, literal)?), false)
            }
            Relation::Order(order, sum) => {
                let value = self.property_number(&property.name, &ty, sum)?;
                let (low, high) = match order {
                    Order::AtLeast => (value, i64::MAX),
                    Order::Over => (value + 1, i64::MAX),
                    Order::AtMost => (i64::MIN, value),
                    Order::Under => (i64::MIN, value - 1),
                };
                test(Trait::NumberIn(low, high), false)
            }
        })
    }

    fn property_number(&mut self, name: &ast::Name, ty: &FieldType, sum: &ast::Sum) -> Option<i64> {
        let [(false, literal)] = sum.terms.as_slice() else {
            let diagnostic =
                types::type_mismatch(&self.text_at(sum.span), "a sum", "a single value", self.at(sum.span), "");
            self.report(diagnostic);
            return None;
        };
        match ty {
            FieldType::Number | FieldType::Money => self.constant_number(literal),
            FieldType::Date => self.constant_date(literal),
            other => {
                let diagnostic = types::type_mismatch(
                    &name.text,
                    schema::words(other),
                    "a number or a date",
                    self.at(name.span),
                    "",
                );
                self.report(diagnostic);
                None
            }
        }
    }

    /// What `is` or `in` asks of a property.
    fn traits(&mut self, name: &ast::Name, ty: &FieldType, literals: &[ast::Literal]) -> Option<Trait> {
        match ty {
            FieldType::Number | FieldType::Money | FieldType::Date | FieldType::YesNo => {
                let [literal] = literals else {
                    let diagnostic = types::type_mismatch(
                        &name.text,
                        schema::words(ty),
                        "one value after `is`",
                        self.at(name.span),
                        "",
                    );
                    self.report(diagnostic);
                    return None;
                };
                match (ty, literal) {
                    (FieldType::YesNo, ast::Literal::Truth(truth, _)) => Some(Trait::Truth(*truth)),
                    (FieldType::YesNo, other) => {
                        self.wrong_literal(&name.text, ty, other);
                        None
                    }
                    (FieldType::Date, _) => self.constant_date(literal).map(|value| Trait::NumberIn(value, value)),
                    _ => self.constant_number(literal).map(|value| Trait::NumberIn(value, value)),
                }
            }
            FieldType::OneOf(choices) => {
                let texts: Option<Vec<String>> =
                    literals.iter().map(|literal| self.choice(&name.text, choices, literal)).collect();
                Some(Trait::TextIn(texts?.into_iter().map(|text| text.to_lowercase()).collect()))
            }
            _ => {
                let texts: Option<Vec<String>> =
                    literals.iter().map(|literal| self.plain_text(&name.text, ty, literal)).collect();
                Some(Trait::TextIn(texts?.into_iter().map(|text| text.to_lowercase()).collect()))
            }
        }
    }

    fn text_needle(&mut self, name: &ast::Name, ty: &FieldType, literal: &ast::Literal) -> Option<String> {
        if ty.is_text() {
            return self.plain_text(&name.text, ty, literal).map(|text| text.to_lowercase());
        }
        let diagnostic = types::type_mismatch(&name.text, schema::words(ty), "a text", self.at(name.span), "");
        self.report(diagnostic);
        None
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

    fn field_relation(&mut self, field: FieldId, relation: &Relation, span: Span, known: &Known) -> Cond {
        if let Relation::Is(ast::Literal::Word(word)) = relation
            && let Some(ours) = asks_for_presence(&word.text)
            && self.schema.shape(field).ty != FieldType::Stage
        {
            let diagnostic = types::type_mismatch(&word.text, "a name", "a value", self.at(word.span), "");
            self.report(diagnostic.help(format!("Flow says `{ours}`:")).edit(self.at(word.span), ours));
            return Cond::Unknown;
        }
        match relation {
            Relation::IsKnown | Relation::IsUnknown => {
                let unknown = matches!(relation, Relation::IsUnknown);
                let shape = self.schema.shape(field);
                if !shape.optional {
                    let diagnostic = missing::never_missing(&shape.name.clone(), unknown, self.at(span));
                    self.report(diagnostic);
                    return Cond::Unknown;
                }
                if unknown { Cond::Not(Box::new(Cond::Known(field))) } else { Cond::Known(field) }
            }
            Relation::Is(literal) => self.is_one_of(field, std::slice::from_ref(literal)),
            Relation::In(literals) => self.is_one_of(field, literals),
            Relation::IsNot(literal) => self.is_none_of(field, std::slice::from_ref(literal), span, known),
            Relation::NotIn(literals) => self.is_none_of(field, literals, span, known),
            Relation::Contains(literal) => self.text_test(field, TextTestKind::Contains, literal),
            Relation::StartsWith(literal) => self.text_test(field, TextTestKind::StartsWith, literal),
            Relation::Order(order, sum) => self.field_order(field, *order, sum, span, known),
        }
    }

    fn is_none_of(&mut self, field: FieldId, literals: &[ast::Literal], span: Span, known: &Known) -> Cond {
        let cond = self.is_one_of(field, literals);
        if cond == Cond::Unknown || !self.surprises(field, span, known) {
            Cond::Not(Box::new(cond))
        } else {
            Cond::Unknown
        }
    }

    /// Reports a test that would surprise about people whose field is missing.
    fn surprises(&mut self, field: FieldId, span: Span, known: &Known) -> bool {
        if self.may_miss(field, known).is_none() {
            return false;
        }
        let name = self.schema.shape(field).name.clone();
        let diagnostic =
            missing::missing_surprises(&name, &self.text_at(span), self.at(span), self.schema.declared(field));
        self.report(diagnostic);
        true
    }

    fn is_one_of(&mut self, field: FieldId, literals: &[ast::Literal]) -> Cond {
        let shape = self.schema.shape(field).clone();
        let conds: Option<Vec<Cond>> = match &shape.ty {
            FieldType::Stage => {
                let codes: Option<Vec<i64>> = literals.iter().map(|literal| self.stage_literal(literal)).collect();
                return codes.map_or(Cond::Unknown, |codes| Cond::CodeIn(field, codes));
            }
            FieldType::OneOf(choices) => {
                let codes = literals.iter().map(|literal| {
                    let text = self.choice(&shape.name, choices, literal)?;
                    choices.iter().position(|choice| *choice == text).map(|at| at as i64 + 1)
                });
                let codes: Vec<Option<i64>> = codes.collect();
                return codes
                    .into_iter()
                    .collect::<Option<Vec<i64>>>()
                    .map_or(Cond::Unknown, |codes| Cond::CodeIn(field, codes));
            }
            ty if ty.is_text() => {
                let texts: Vec<Option<String>> = literals
                    .iter()
                    .map(|literal| self.plain_text(&shape.name, ty, literal).map(|text| text.to_lowercase()))
                    .collect();
                return texts
                    .into_iter()
                    .collect::<Option<Vec<_>>>()
                    .map_or(Cond::Unknown, |texts| Cond::TextIn(field, texts));
            }
            FieldType::Number | FieldType::Money => {
                literals.iter().map(|literal| self.constant_number(literal).map(|value| equals(field, value))).collect()
            }
            FieldType::Date => {
                literals.iter().map(|literal| self.constant_date(literal).map(|value| equals(field, value))).collect()
            }
            FieldType::YesNo => literals
                .iter()
                .map(|literal| match literal {
                    ast::Literal::Truth(true, _) => Some(Cond::Truth(field)),
                    ast::Literal::Truth(false, _) => Some(Cond::Not(Box::new(Cond::Truth(field)))),
                    other => {
                        self.wrong_literal(&shape.name, &shape.ty, other);
                        None
                    }
                })
                .collect(),
            _ => {
                for literal in literals {
                    self.wrong_literal(&shape.name, &shape.ty, literal);
                }
                None
            }
        };
        match conds {
            Some(mut conds) if conds.len() == 1 => conds.remove(0),
            Some(conds) => Cond::Any(conds),
            None => Cond::Unknown,
        }
    }

    fn stage_literal(&mut self, literal: &ast::Literal) -> Option<i64> {
        let (text, at) = match literal {
            ast::Literal::Word(name) => (name.text.clone(), self.at(name.span)),
            ast::Literal::Text(text) => (text.plain().unwrap_or_default(), self.at(text.span)),
            other => {
                let ty = FieldType::Stage;
                self.wrong_literal("stage", &ty, other);
                return None;
            }
        };
        let stage = self.schema.stage(&text);
        if stage.is_none() {
            let diagnostic = names::unknown_stage(&text, &self.names(super::schema::Schema::stage_names), at);
            self.report_unknown(&[Kind::Stages], diagnostic);
        }
        stage
    }

    /// A value of a choice, in the spelling of its declaration.
    fn choice(&mut self, field: &str, choices: &[String], literal: &ast::Literal) -> Option<String> {
        let ast::Literal::Text(text) = literal else {
            let ty = FieldType::OneOf(choices.to_vec());
            self.wrong_literal(field, &ty, literal);
            return None;
        };
        let written = text.plain().unwrap_or_default();
        let found = choices.iter().find(|choice| choice.to_lowercase() == written.to_lowercase()).cloned();
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(String::as_str).collect();
            let diagnostic = types::unknown_choice(field, &written, &names, self.at(text.span));
            self.report(diagnostic);
        }
        found
    }

    fn plain_text(&mut self, field: &str, ty: &FieldType, literal: &ast::Literal) -> Option<String> {
        match literal {
            ast::Literal::Text(text) => {
                let plain = text.plain();
                if plain.is_none() {
                    let diagnostic = types::no_fields_here(self.at(text.span));
                    self.report(diagnostic);
                }
                plain
            }
            other => {
                self.wrong_literal(field, ty, other);
                None
            }
        }
    }

    fn wrong_literal(&mut self, field: &str, ty: &FieldType, literal: &ast::Literal) {
        let example = match ty {
            FieldType::YesNo => format!("{field} is yes"),
            FieldType::Number | FieldType::Money => format!("{field} >= 10"),
            FieldType::Date => format!("{field} is 2026-10-01"),
            FieldType::Stage => "stage is customer".to_owned(),
            FieldType::OneOf(choices) => format!("{field} is \"{}\"", choices.first().map_or("…", String::as_str)),
            _ => format!("{field} is \"…\""),
        };
        let text = self.text_at(literal.span());
        let wanted = format!("{} like `{field}`", schema::words(ty));
        let at = self.at(literal.span());
        let diagnostic = match literal {
            // `industry is saas`
            ast::Literal::Word(_) if ty.is_text() || matches!(ty, FieldType::OneOf(_)) => {
                types::type_mismatch(&text, "a name", &wanted, at, "")
                    .help("texts stand in quotes:")
                    .edit(at, format!("\"{text}\""))
            }
            _ => types::type_mismatch(&text, literal_words(literal), &wanted, at, &example),
        };
        self.report(diagnostic);
    }

    fn text_test(&mut self, field: FieldId, kind: TextTestKind, literal: &ast::Literal) -> Cond {
        let shape = self.schema.shape(field).clone();
        let name = ast::Name { text: shape.name.clone(), span: literal.span() };
        match self.text_needle(&name, &shape.ty, literal) {
            Some(needle) => Cond::TextTest(field, kind, needle),
            None => Cond::Unknown,
        }
    }

    fn field_order(&mut self, field: FieldId, order: Order, sum: &ast::Sum, span: Span, known: &Known) -> Cond {
        let shape = self.schema.shape(field).clone();
        let right = match shape.ty {
            FieldType::Number | FieldType::Money => self.number(sum, known),
            FieldType::Date => match sum.terms.as_slice() {
                [(false, literal)] => self.constant_date(literal).map(Number::Const),
                _ => self.number(sum, known),
            },
            FieldType::Stage => match sum.terms.as_slice() {
                [(false, literal)] => self.stage_literal(literal).map(Number::Const),
                _ => None,
            },
            _ => {
                let wanted = "something that has an order, such as a number, a date or a stage";
                let diagnostic = types::type_mismatch(&shape.name, schema::words(&shape.ty), wanted, self.at(span), "");
                self.report(diagnostic);
                None
            }
        };
        let Some(right) = right else { return Cond::Unknown };
        if matches!(order, Order::Under | Order::AtMost) && self.surprises(field, span, known) {
            return Cond::Unknown;
        }
        Cond::Compare(Number::Field(field), comparison(order), right)
    }
}

fn equals(field: FieldId, value: i64) -> Cond {
    Cond::Compare(Number::Field(field), Comparison::Equal, Number::Const(value))
}

fn comparison(order: Order) -> Comparison {
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
