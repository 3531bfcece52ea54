//! Which patterns an event may match, found by what it says: by (event, property, value).
//!
//! `visited(page is "/p17")` stands under the event `visited`, its property `page` and the value "/p17". An event looks at each of its own
//! properties, so it costs what it may match and not how many workflows wait for other pages. What asks otherwise (`page contains
//! "pric"`, `page is not "/"`, any visit at all) stands in a list that every event of its type goes through.
//!
//! The index only leaves out what cannot match: whoever it finds is tested as if there were none.

use super::arrive::IDENTIFY;
use super::pattern;
use crate::inbound::{Known, MailEvent, Meaning, SegmentReader};
use crate::store::EventRecord;
use flow_ir::{EventId, IdMap, Pattern, PatternEvent, PatternId, Program, PropertyTest, Trait};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The patterns of a program's event types.
#[derive(Debug)]
pub(super) struct PatternIndex {
    /// The tests of each pattern, ready to be made.
    tests: IdMap<PatternId, Vec<PropertyTest>>,
    events: IdMap<EventId, OfEvent>,
    /// Those that any activity matches.
    activity: Vec<PatternId>,
    /// Those that ask what became of mails, whichever they are: one for each thing that can.
    mails: Vec<(PatternEvent, PatternId)>,
}

/// The patterns of one event type: each stands under one property, or among the others.
#[derive(Debug, Default)]
struct OfEvent {
    by_value: BTreeMap<u32, HashMap<Known, Vec<PatternId>>>,
    others: Vec<PatternId>,
}

impl PatternIndex {
    pub(super) fn new(program: &Program) -> PatternIndex {
        let tests: IdMap<PatternId, _> =
            program.patterns.values().map(|pattern| pattern::ready(&pattern.tests)).collect();
        let mut events: IdMap<EventId, OfEvent> = program.events.ids().map(|_| OfEvent::default()).collect();
        for (id, pattern) in program.patterns.iter() {
            if let PatternEvent::Declared(event) = pattern.event {
                events.at_mut(event).add(id, tests.at(id));
            }
        }
        let is_activity = |(_, pattern): &(PatternId, &Pattern)| pattern.event == PatternEvent::AnyActivity;
        let activity = program.patterns.iter().filter(is_activity).map(|(id, _)| id).collect();
        let is_of_mails = |event: PatternEvent| matches!(event, PatternEvent::Engaged(_) | PatternEvent::Mailed);
        let mails = program.patterns.iter().map(|(id, pattern)| (pattern.event, id));
        let mails = mails.filter(|(event, _)| is_of_mails(*event)).collect();
        PatternIndex { tests, events, activity, mails }
    }

    /// Which pattern asks for this of mails, whichever they are.
    pub(super) fn of_mails(&self, what: PatternEvent) -> Option<PatternId> {
        self.mails.iter().find(|(event, _)| *event == what).map(|(_, pattern)| *pattern)
    }

    /// What an event says to conditions, if anything comes of it at all: the patterns of its type that it matches, what it tells of mails, then every
    /// activity where it is one of the person.
    pub(super) fn said_by(&self, meaning: Meaning, values: &[Option<Known>]) -> Vec<PatternId> {
        let mut said = meaning.declared.map_or_else(Vec::new, |event| self.matching(event, values));
        said.extend(meaning.mail.and_then(MailEvent::told_of_mails).and_then(|what| self.of_mails(what)));
        // What somebody does for them or says of them is nothing that they did.
        if meaning.mail.is_none_or(MailEvent::is_activity) && !meaning.enrols && meaning.answer.is_none() {
            said.extend(&self.activity);
        }
        said
    }

    /// The same of an event of the log, as it was when it arrived, with its values. Who somebody is said to be is nothing that they did.
    pub(super) fn said_in_log(
        &self,
        reader: &SegmentReader<'_>,
        record: &EventRecord,
        properties: Map<String, Value>,
    ) -> (Vec<PatternId>, Vec<Option<Known>>) {
        if !record.counts || record.name == IDENTIFY {
            return Default::default();
        }
        let meaning = reader.meaning(&record.name);
        let values = reader.values(meaning, properties);
        (self.said_by(meaning, &values), values)
    }

    /// The patterns of its type that an event matches, in the order of the program.
    pub(super) fn matching(&self, event: EventId, values: &[Option<Known>]) -> Vec<PatternId> {
        let mut found = self.candidates(event, values);
        found.retain(|pattern| pattern::matches(self.tests.at(*pattern), values));
        found
    }

    /// Those that it may match; all others do not.
    fn candidates(&self, event: EventId, values: &[Option<Known>]) -> Vec<PatternId> {
        let of_event = self.events.at(event);
        let mut found = of_event.others.clone();
        for (property, patterns) in &of_event.by_value {
            let value = values.get(*property as usize).and_then(Option::as_ref);
            found.extend(value.and_then(|value| patterns.get(value)).into_iter().flatten());
        }
        // Each stands there once for one value.
        found.sort_unstable();
        found
    }
}

impl OfEvent {
    fn add(&mut self, id: PatternId, tests: &[PropertyTest]) {
        let asked = tests.iter().filter_map(|test| Some((test, values(test)?)));
        // A yes or no leaves half of the others in, so anything else goes first.
        let most_telling = asked.min_by_key(|(test, _)| matches!(test.test, Trait::Truth(_)));
        match most_telling {
            None => self.others.push(id),
            Some((test, values)) => {
                let by_value = self.by_value.entry(test.property).or_default();
                values.into_iter().for_each(|value| by_value.entry(value).or_default().push(id));
            }
        }
    }
}

/// The values of which a property must have one, each once, if a test asks for such.
fn values(test: &PropertyTest) -> Option<Vec<Known>> {
    match &test.test {
        _ if test.negated => None,
        Trait::TextIn(texts) => {
            Some(texts.iter().collect::<BTreeSet<_>>().into_iter().cloned().map(Known::Text).collect())
        }
        Trait::NumberIn(low, high) if low == high => Some(vec![Known::Number(*low)]),
        Trait::Truth(truth) => Some(vec![Known::Truth(*truth)]),
        Trait::NumberIn(..) | Trait::TextHolds(..) | Trait::Known | Trait::OfJourney => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flow_ir::{EventType, Layout, Pattern, TextTestKind};
    use proptest::prelude::*;

    const PROPERTIES: u32 = 3;

    fn program(patterns: Vec<(u32, Vec<PropertyTest>)>) -> Program {
        let mut program = Program::default();
        for name in ["visited", "bought"] {
            program.events.push(EventType {
                name: name.to_owned(),
                properties: Vec::new(),
                layout: Layout::default(),
                answer: None,
            });
        }
        for (event, tests) in patterns {
            let event = if event < 2 { PatternEvent::Declared(EventId(event)) } else { PatternEvent::AnyActivity };
            program.patterns.push(Pattern { text: String::new(), event, tests });
        }
        program
    }

    /// Few words, so that they meet; two of them differ by their case alone, and one becomes longer in small letters.
    fn word() -> impl Strategy<Value = String> {
        proptest::sample::select(vec!["/p", "/P", "/p/q", "İ", "", "ß"]).prop_map(str::to_owned)
    }

    fn wanted() -> impl Strategy<Value = Trait> {
        let words = || proptest::collection::vec(word(), 1..4);
        prop_oneof![
            4 => words().prop_map(Trait::TextIn),
            1 => words().prop_map(|words| Trait::TextHolds(TextTestKind::StartsWith, words)),
            1 => words().prop_map(|words| Trait::TextHolds(TextTestKind::Contains, words)),
            4 => (0_i64..4, 0_i64..2).prop_map(|(low, more)| Trait::NumberIn(low, low + more)),
            2 => any::<bool>().prop_map(Trait::Truth),
            1 => Just(Trait::Known),
        ]
    }

    fn tests() -> impl Strategy<Value = Vec<PropertyTest>> {
        let test = (0..PROPERTIES, wanted(), proptest::bool::weighted(0.2));
        let test = test.prop_map(|(property, test, negated)| PropertyTest { property, test, negated });
        proptest::collection::vec(test, 0..3)
    }

    fn value() -> impl Strategy<Value = Option<Known>> {
        prop_oneof![
            4 => word().prop_map(|word| Some(Known::Text(word.to_lowercase()))),
            3 => (0_i64..5).prop_map(|number| Some(Known::Number(number))),
            2 => any::<bool>().prop_map(|truth| Some(Known::Truth(truth))),
            1 => Just(None),
        ]
    }

    proptest! {
        #[test]
        fn it_finds_what_a_test_of_every_pattern_finds(
            patterns in proptest::collection::vec((0_u32..3, tests()), 0..24),
            event in 0_u32..2,
            values in proptest::collection::vec(value(), 0..=PROPERTIES as usize),
        ) {
            let program = program(patterns);
            let every = program.patterns.iter().filter(|(_, pattern)| {
                pattern.event == PatternEvent::Declared(EventId(event))
                    && pattern::matches(&pattern::ready(&pattern.tests), &values)
            });
            let every: Vec<PatternId> = every.map(|(id, _)| id).collect();
            prop_assert_eq!(PatternIndex::new(&program).matching(EventId(event), &values), every);
        }
    }

    /// How many patterns an event is tested against where so many ask for other values.
    fn tested(others: i64) -> usize {
        let number = |number| PropertyTest { property: 1, test: Trait::NumberIn(number, number), negated: false };
        let page = |page: String| PropertyTest { property: 0, test: Trait::TextIn(vec![page]), negated: false };
        let truth = || PropertyTest { property: 2, test: Trait::Truth(true), negated: false };
        let asking =
            (0..others).flat_map(|nth| [vec![page(format!("/P{nth}"))], vec![number(nth)], vec![truth(), number(nth)]]);
        let index = PatternIndex::new(&program(asking.map(|tests| (0, tests)).collect()));
        let said = [Some(Known::Text("/p7".to_owned())), Some(Known::Number(3)), Some(Known::Truth(true))];
        index.candidates(EventId(0), &said).len()
    }

    #[test]
    fn twice_the_patterns_are_no_more_tests() {
        assert_eq!((tested(100), tested(200)), (3, 3));
    }
}
