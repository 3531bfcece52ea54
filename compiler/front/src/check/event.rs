//! Events: which ones, how many, since when.

use super::absence::{Happened, ask_at_properties};
use super::cx::Cx;
use super::duration::look_back_ms;
use super::field::{report_reversed, text_needle, text_test_kind};
use super::named;
use super::number::day_bound;
use super::predicate::{Asked, engaged_email};
use super::relation::{self, Values, asks_in_other_words, report_no_order, single};
use crate::diagnostics::{Diagnostic, names, reach, several, suggest, time, trigger};
use crate::domain::event_can_be;
use crate::meaning::Meaning;
use crate::source::{Location, Span};
use crate::syntax::ast::{self, CountKind, Order, Period, Relation};
use crate::typed::{CalendarPeriod, Cond, EventTest, Part, Since};
use crate::values::whole_of;
use flow_ir::{CONFIRMED, CountedSince, FieldType, Pattern, PatternEvent, PropertyTest, Trait};

#[expect(clippy::too_many_arguments, reason = "the parts of one construct, as the grammar gives them")]
pub(super) fn check_event(
    cx: &mut Cx<'_>,
    none: bool,
    name: &ast::Name,
    properties: &[ast::Property],
    count: Option<&ast::Count>,
    period: Option<&Period>,
    span: Span,
    asked: Asked<'_>,
) -> Cond {
    let Some(event) = named::event(cx, name) else { return Cond::Unknown };
    let tests: Vec<_> =
        properties.iter().map(|property| check_property(cx, event, &name.text, property, asked)).collect();
    let since = check_since(cx, &name.text, count.is_some() || none, period, span, asked);
    let counts = check_count(cx, count, span);
    let (Some(tests), Some(since), Some(counts)) = (tests.into_iter().collect::<Option<Vec<_>>>(), since, counts)
    else {
        return Cond::Unknown;
    };
    if report_no_such_event(cx, name, properties, &tests) || is_of_unclear_journey(cx, name, event, properties, asked) {
        return Cond::Unknown;
    }
    if let Some(said) = properties.iter().find(|property| is_of_journey(cx, property))
        && !matches!(since, Since::Journey(_))
    {
        let (said, at) = (cx.text_at(said.span), cx.at(span));
        let alone = (!none && count.is_none()).then(|| pattern_text(cx, name, properties));
        cx.report(several::counts_since_entry(&said, at, alone));
        return Cond::Unknown;
    }
    if ask_at_properties(cx, &Happened { event, none, name, properties, counted: count.is_some(), span }) {
        return Cond::Unknown;
    }
    let text = pattern_text(cx, name, properties);
    let pattern = Pattern { text, event: PatternEvent::Declared(event), tests: tests.into_iter().flatten().collect() };
    let cond = counted(cx, pattern, counts, since, span);
    if none { nothing_of(cond, since, cx.at(span)) } else { cond }
}

/// That it did not happen. `no visited in the last 3 days` is false for whoever has been known for less (LANGUAGE.md 6): what they did before
/// that, nobody knows.
pub(super) fn nothing_of(happened: Cond, since: Since, at: Location) -> Cond {
    let none = Cond::Not(Box::new(happened));
    match since {
        Since::Within(ms) => Cond::All([none, Cond::Watched(ms)].map(|cond| Part { cond, at }).into()),
        Since::This(period) => Cond::All([none, Cond::WatchedSince(period)].map(|cond| Part { cond, at }).into()),
        Since::Trigger | Since::Ever | Since::Journey(_) => none,
    }
}

/// Reports the first two properties that no event has both; `tests` are what each asks.
fn report_no_such_event(
    cx: &mut Cx<'_>,
    name: &ast::Name,
    properties: &[ast::Property],
    tests: &[Vec<PropertyTest>],
) -> bool {
    if event_can_be(tests.iter().flatten(), None) {
        return false;
    }
    let can_be = |tests: &[&Vec<PropertyTest>]| event_can_be(tests.iter().copied().flatten(), None);
    let mut pairs = properties
        .iter()
        .zip(tests)
        .enumerate()
        .flat_map(|(at, second)| properties.iter().zip(tests).take(at).map(move |first| (first, second)));
    let Some(((first, _), (second, _))) = pairs.find(|((_, one), (_, other))| !can_be(&[one, other])) else {
        return false;
    };
    let (test, at, first) = (cx.text_at(second.span), cx.at(second.span), cx.at(first.span));
    cx.report(reach::no_such_event(&test, &name.text, at, first));
    true
}

/// That it happened so many times.
pub(super) fn counted(cx: &Cx<'_>, pattern: Pattern, counts: (CountKind, u32), since: Since, span: Span) -> Cond {
    let at_least = |times| Cond::Events(EventTest { pattern: pattern.clone(), at_least: times, since });
    match counts {
        (CountKind::AtLeast, times) => at_least(times),
        (CountKind::AtMost, times) => Cond::Not(Box::new(at_least(times + 1))),
        (CountKind::Exactly, times) => {
            let parts = [at_least(times), Cond::Not(Box::new(at_least(times + 1)))];
            Cond::All(parts.map(|cond| Part { cond, at: cx.at(span) }).into())
        }
    }
}

fn pattern_text(cx: &Cx<'_>, name: &ast::Name, properties: &[ast::Property]) -> String {
    let tests: Vec<String> = properties.iter().map(|property| cx.text_at(property.span)).collect();
    if tests.is_empty() { name.text.clone() } else { format!("{}({})", name.text, tests.join(", ")) }
}

/// Since when the events count; `what` they are called.
pub(super) fn check_since(
    cx: &mut Cx<'_>,
    what: &str,
    counted: bool,
    period: Option<&Period>,
    span: Span,
    asked: Asked<'_>,
) -> Option<Since> {
    let at = cx.at(span);
    match (period, asked) {
        (Some(Period::InTheLast(duration)), _) => look_back_ms(cx, duration).map(Since::Within),
        (Some(Period::In(duration)), _) => {
            let before = cx.text_before(duration.span.start);
            let from = before.trim_end().len().saturating_sub("in".len()) as u32;
            cx.report(time::bare_in(&cx.text_at(duration.span), from, cx.at(duration.span), asked.ahead()));
            None
        }
        (Some(Period::ThisWeek), _) => Some(Since::This(CalendarPeriod::Week)),
        (Some(Period::ThisMonth), _) => Some(Since::This(CalendarPeriod::Month)),
        (Some(Period::Ever), _) => Some(Since::Ever),
        (Some(Period::SinceEntry), _) if asked.journey().is_some() => Some(Since::Journey(CountedSince::Entry)),
        (Some(Period::FromNow), Asked::Waiting(_)) => Some(Since::Journey(CountedSince::Wait)),
        (Some(Period::SinceSent(email)), _) => match asked.journey() {
            Some(journey) => {
                let email = engaged_email(cx, "since", email, journey)?;
                Some(Since::Journey(CountedSince::Sent(email)))
            }
            None => {
                let period = format!("since {}", email.text);
                cx.report(time::period_not_here(&period, at, "nobody was sent it in a workflow here"));
                None
            }
        },
        (Some(Period::SinceEntry), _) => {
            cx.report(time::period_not_here("since entry", at, "nobody has entered a workflow here"));
            None
        }
        (Some(Period::FromNow), _) => {
            cx.report(time::period_not_here("from now", at, "only a `wait until` looks ahead"));
            None
        }
        (None, Asked::InJourney(journey) | Asked::Goal(journey) | Asked::Waiting(journey)) => {
            let since = if journey.repeats.is_some() { CountedSince::Round } else { CountedSince::Entry };
            Some(Since::Journey(since))
        }
        (None, Asked::Entry) if !counted => Some(Since::Trigger),
        (None, Asked::Entry | Asked::Anywhere(_)) => {
            let found = no_period(cx, what, span, asked);
            cx.report(found);
            None
        }
    }
}

/// What is said of an event where nothing says since when it counts. Of what somebody has not done, a time that looks back would say that they have
/// not once it is over; and who has confirmed is who wants that mail, as far as they have not taken it back.
fn no_period(cx: &Cx<'_>, what: &str, span: Span, asked: Asked<'_>) -> Diagnostic {
    let (at, written) = (cx.at(span), cx.text_at(span));
    let before = cx.line_before(span).trim_end_matches([' ', '(']);
    let anywhere = matches!(asked, Asked::Anywhere(_));
    let is_denied = before.ends_with(" not") || (anywhere && written.starts_with("no "));
    let topic = what.strip_prefix(CONFIRMED).map(str::trim_start);
    match topic.filter(|_| anywhere && cx.env.schema.confirmed.is_some() && written == what) {
        Some("") => time::no_period_of_confirmed(what, at, "allows email"),
        Some(topic) => time::no_period_of_confirmed(what, at, &format!("subscribed to {topic}")),
        None if is_denied => time::no_period_of_none(what, at, asked.words()),
        None => time::no_period(what, at, asked.words()),
    }
}

/// How often something is to have happened; `whole` is all that is asked of it.
pub(super) fn check_count(cx: &mut Cx<'_>, count: Option<&ast::Count>, whole: Span) -> Option<(CountKind, u32)> {
    let Some(count) = count else { return Some((CountKind::AtLeast, 1)) };
    let at = cx.at(count.span);
    let text = cx.text_at(count.times.span());
    let smallest = i64::from(count.kind == CountKind::AtLeast);
    let largest = i64::from(flow_ir::limits::MAX_FACT_DEPTH) - 1;
    match whole_of(&text) {
        Some(times) if (smallest..=largest).contains(&times) => {
            if times == 0 && count.kind == CountKind::Exactly {
                let event = cx.text_at(Span::new(whole.start, count.span.start));
                let period = cx.text_at(Span::new(count.span.end, whole.end));
                let none = format!("no {} {}", event.trim_end(), period.trim_start());
                let diagnostic = time::bad_count(&text, "what did not happen is asked with `no`", at);
                cx.report(diagnostic.help("Flow says it so:").edit(cx.at(whole), none.trim_end()));
                return None;
            }
            Some((count.kind, times as u32))
        }
        Some(times) if times > largest => {
            cx.report(time::bad_count(&text, &format!("up to {largest} events are remembered for each pattern"), at));
            None
        }
        _ => {
            cx.report(time::bad_count(&text, "this needs a whole number of times", at));
            None
        }
    }
}

/// The tests of one property; two for a range.
fn check_property(
    cx: &mut Cx<'_>,
    event: flow_ir::EventId,
    event_name: &str,
    property: &ast::Property,
    asked: Asked<'_>,
) -> Option<Vec<PropertyTest>> {
    let schema = cx.env.schema.events.at(event);
    let declared = &schema.shape;
    let place = schema.property_places.get(&property.name.text);
    let Some((at, found)) = place.and_then(|at| Some((*at, declared.properties.get(*at)?))) else {
        let known = cx.suggesting().listed(declared.properties.iter().map(|known| known.name.as_str()));
        let diagnostic = names::unknown_property(event_name, &property.name.text, &known, cx.at(property.name.span));
        if !cx.env.schema.events.at(event).broken {
            cx.report(diagnostic);
        }
        return None;
    };
    let ty = found.ty.clone();
    cx.means(property.name.span, Meaning::Property(event, at as u32));
    let test = |test, negated| vec![PropertyTest { property: at as u32, test, negated }];
    let name = property.name.text.as_str();
    if asks_in_other_words(cx, &ty, &property.relation)
        || report_trigger_as_text(cx, &property.relation)
        || (cx.env.schema.confirmed == Some(event) && report_unknown_topics(cx, &property.relation))
    {
        return None;
    }
    if asked.journey().is_some() && is_of_journey(cx, property) && cx.tells_journeys_apart(name, &ty) {
        return Some(test(Trait::OfJourney, false));
    }
    if let Some(said) = property.relation.values().into_iter().find_map(read_of_trigger) {
        if asked.journey().is_some() && is_of_lost_value(cx, name, said) {
            return None;
        }
        if asked.journey().is_some() && cx.tells_journeys_apart(name, &ty) && is_misspelt(cx, name, said) {
            cx.report(several::misspelt_value(&said.text, name, cx.at(said.span)));
            return None;
        }
        let event = cx.env.schema.events.at(event).shape.name.clone();
        cx.report(trigger::not_in_an_event(&said.text, [&event, name], &ty, cx.at(said.span)));
        return None;
    }
    Some(match &property.relation {
        Relation::Any => Vec::new(),
        Relation::IsKnown => test(Trait::Known, false),
        Relation::IsUnknown => test(Trait::Known, true),
        Relation::Is(literal) => is_one_of(at, &ty, relation::values(cx, name, &ty, std::slice::from_ref(literal))?),
        Relation::In(literals) => is_one_of(at, &ty, relation::values(cx, name, &ty, literals)?),
        Relation::IsNot(literal) => {
            is_none_of(at, &ty, relation::values(cx, name, &ty, std::slice::from_ref(literal))?)
        }
        Relation::NotIn(literals) => is_none_of(at, &ty, relation::values(cx, name, &ty, literals)?),
        Relation::Text(relation, literals) => {
            let needles: Vec<_> =
                literals.iter().map(|literal| text_needle(cx, &property.name, &ty, *relation, literal)).collect();
            test(Trait::TextHolds(text_test_kind(*relation), needles.into_iter().collect::<Option<_>>()?), false)
        }
        Relation::Between(low, high) => {
            let ends = [low, high].map(|end| property_range(cx, &property.name, &ty, end));
            let [Some((from, _)), Some((_, to))] = ends else { return None };
            if from > to {
                report_reversed(cx, low, high);
                return None;
            }
            test(Trait::NumberIn(from, to), false)
        }
        Relation::Order(order, sum) => {
            let value = match ty {
                FieldType::Moment => {
                    let literal = single(cx, name, &ty, sum)?;
                    day_bound(cx, name, *order, literal, property.span)?
                }
                _ => property_range(cx, &property.name, &ty, sum)?.0,
            };
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

/// `webinar is "trigger.webinar"`: a text that nobody ever sends, where what the trigger said is meant.
fn report_trigger_as_text(cx: &mut Cx<'_>, relation: &Relation) -> bool {
    let texts = relation.values().into_iter().filter_map(|value| match value {
        ast::Literal::Text(text) => Some((text.plain()?, text.span)),
        _ => None,
    });
    let is_name = |name: &str| name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    let mut read = texts.filter(|(text, _)| ast::trigger_property(text).is_some_and(is_name));
    let Some((text, span)) = read.next() else { return false };
    cx.report(trigger::read_as_text(&text, cx.at(span)));
    true
}

/// `confirmed(topic is "letter")`: nobody confirms what no line declares.
fn report_unknown_topics(cx: &mut Cx<'_>, relation: &Relation) -> bool {
    let mut wrong = false;
    for value in relation.values() {
        let ast::Literal::Text(text) = value else { continue };
        let Some(plain) = text.plain() else { continue };
        let topic = ast::Name { text: plain.to_lowercase(), span: text.span };
        wrong |= named::topic(cx, &topic).is_none();
    }
    wrong
}

/// Whether a value is that of a journey, as far as the line says it by which journeys are told apart: that line, or what lets people in, is
/// reported to be wrong.
fn is_of_lost_value(cx: &Cx<'_>, property: &str, said: &ast::Name) -> bool {
    let is_own = ast::trigger_property(&said.text) == Some(property);
    is_own && (cx.several_is_lost() || cx.several().is_some_and(|key| super::trigger::is_lacking(cx, key)))
}

/// `webinar is trigger.webnar`: of a property that no trigger has, one letter beside the one that it has.
fn is_misspelt(cx: &Cx<'_>, property: &str, said: &ast::Name) -> bool {
    let written = ast::trigger_property(&said.text).unwrap_or_default();
    cx.type_of(&said.text).is_none() && suggest::nearest(written, [property]).is_some()
}

/// `webinar is trigger.webinar`, where journeys are told apart by their webinar.
fn is_of_journey(cx: &Cx<'_>, property: &ast::Property) -> bool {
    let Relation::Is(value) = &property.relation else { return false };
    let name = property.name.text.as_str();
    let says_so = read_of_trigger(value).and_then(|said| ast::trigger_property(&said.text)) == Some(name);
    says_so && cx.several() == Some(name)
}

/// Reports an event that may be about another journey of the same person, where nothing says which is meant.
fn is_of_unclear_journey(
    cx: &mut Cx<'_>,
    name: &ast::Name,
    event: flow_ir::EventId,
    properties: &[ast::Property],
    asked: Asked<'_>,
) -> bool {
    let Some(key) = cx.several().filter(|_| asked.journey().is_some()).map(str::to_owned) else { return false };
    let mut declared = cx.env.schema.events.at(event).shape.properties.iter();
    let has_it = declared.any(|property| property.name == key && cx.tells_journeys_apart(&key, &property.ty));
    if !has_it || properties.iter().any(|property| property.name.text == key) {
        return false;
    }
    let others: Vec<String> = properties.iter().map(|property| cx.text_at(property.span)).collect();
    let end = properties.last().map_or(name.span.end, |property| property.span.end);
    let behind = cx.source().get(end as usize..).unwrap_or_default();
    // With the parenthesis that closes it, also of one that holds nothing.
    let closed = if properties.is_empty() && !behind.trim_start().starts_with('(') {
        0
    } else {
        behind.find(')').map_or(0, |at| at + 1)
    };
    let whole = Span::new(name.span.start, end + closed as u32);
    let written = |first: String| {
        format!("{}({})", name.text, [first].into_iter().chain(others.iter().cloned()).collect::<Vec<_>>().join(", "))
    };
    let (own, any) = (written(format!("{key} is trigger.{key}")), written(format!("any {key}")));
    cx.report(several::which_journey(&name.text, &key, cx.at(whole), [own, any]));
    true
}

/// `trigger.amount`, as a value.
fn read_of_trigger(literal: &ast::Literal) -> Option<&ast::Name> {
    match literal {
        ast::Literal::Word(name) if ast::trigger_property(&name.text).is_some() => Some(name),
        _ => None,
    }
}

/// The first and the last number, day or instant of what a property is compared with.
fn property_range(cx: &mut Cx<'_>, name: &ast::Name, ty: &FieldType, sum: &ast::Sum) -> Option<(i64, i64)> {
    match ty {
        FieldType::Number | FieldType::Money | FieldType::Date | FieldType::Moment => {
            let literal = single(cx, &name.text, ty, sum)?;
            match relation::values(cx, &name.text, ty, std::slice::from_ref(literal))? {
                Values::Ranges(ranges) => ranges.first().copied(),
                Values::Codes(_) | Values::Texts(_) | Values::Truths(_) => None,
            }
        }
        FieldType::Text
        | FieldType::YesNo
        | FieldType::Email
        | FieldType::Url
        | FieldType::Timezone
        | FieldType::Country
        | FieldType::OneOf(_)
        | FieldType::Stage => {
            report_no_order(cx, &name.text, ty, name.span);
            None
        }
    }
}

/// That a property is one of these.
pub(super) fn is_one_of(property: usize, ty: &FieldType, values: Values) -> Vec<PropertyTest> {
    let tests = match values {
        Values::Ranges(ranges) => between_gaps(ranges),
        Values::Truths(truths) if truths.contains(&true) && truths.contains(&false) => vec![(Trait::Known, false)],
        values => one_by_one(ty, values).into_iter().map(|test| (test, false)).collect(),
    };
    tests_of(property, tests)
}

/// That a property is there and is none of these.
fn is_none_of(property: usize, ty: &FieldType, values: Values) -> Vec<PropertyTest> {
    let none = one_by_one(ty, values).into_iter().map(|test| (test, true));
    tests_of(property, std::iter::once((Trait::Known, false)).chain(none).collect())
}

fn tests_of(property: usize, tests: Vec<(Trait, bool)>) -> Vec<PropertyTest> {
    let test = |(test, negated)| PropertyTest { property: property as u32, test, negated };
    tests.into_iter().map(test).collect()
}

/// A test for each value; all texts are one.
fn one_by_one(ty: &FieldType, values: Values) -> Vec<Trait> {
    match values {
        Values::Codes(codes) => {
            let FieldType::OneOf(choices) = ty else { return Vec::new() };
            let choice = |code: i64| choices.get(usize::try_from(code - 1).ok()?);
            let texts = codes.into_iter().filter_map(choice).map(|text| text.to_lowercase());
            vec![Trait::TextIn(texts.collect())]
        }
        Values::Texts(texts) => vec![Trait::TextIn(texts)],
        Values::Ranges(ranges) => ranges.into_iter().map(|(from, to)| Trait::NumberIn(from, to)).collect(),
        Values::Truths(mut truths) => {
            truths.dedup();
            truths.into_iter().map(Trait::Truth).collect()
        }
    }
}

/// That a number is in one of these ranges, as all of a property's tests must hold: from the first to the last, and in no gap.
fn between_gaps(mut ranges: Vec<(i64, i64)>) -> Vec<(Trait, bool)> {
    ranges.sort_unstable();
    let (Some((from, _)), Some(to)) = (ranges.first().copied(), ranges.iter().map(|(_, to)| *to).max()) else {
        return Vec::new();
    };
    let mut tests = vec![(Trait::NumberIn(from, to), false)];
    let mut end = from;
    for (from, to) in ranges {
        if from - 1 > end {
            tests.push((Trait::NumberIn(end + 1, from - 1), true));
        }
        end = end.max(to);
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::between_gaps;
    use flow_ir::Trait;

    #[test]
    fn numbers_in_a_list_are_those_and_no_others() {
        let lists = [vec![(3, 3)], vec![(7, 8), (2, 3), (3, 5)], vec![(1, 1), (2, 2)], vec![(0, 9), (4, 4), (12, 12)]];
        for list in lists {
            let tests = between_gaps(list.clone());
            for number in -2..15 {
                let is = list.iter().any(|(from, to)| (*from..=*to).contains(&number));
                let holds = tests.iter().all(|(test, negated)| match test {
                    Trait::NumberIn(low, high) => (*low..=*high).contains(&number) != *negated,
                    _ => false,
                });
                assert_eq!(holds, is, "{number} in {list:?}");
            }
        }
    }
}
