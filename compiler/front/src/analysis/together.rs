//! Whether tests can hold together: what every proof about conditions asks.
//!
//! A tableau: tests that must all hold are gathered, what each says of a field narrows the values it may have ([`Domain`]), and an `or`
//! is tried side by side. It errs to one side alone: *no* is proved, *yes* may only mean that nothing speaks against it, or that it was
//! looked at for long enough. What was wrong and reported stands for anything.
//!
//! What it knows of events: so many in a week are so many in a month, and one with a property is one. What lets somebody in has happened
//! by then; nothing else of the journey has ([`When::AtEntry`]).

use crate::domain::{Domain, Range, event_can_be};
use crate::env::Env;
use crate::naming::tells_of_mail;
use crate::typed::{Cond, EventTest, Number, Part, Since};
use flow_ir::units::DAY_MS;
use flow_ir::{Comparison, FieldId, FieldType, IdMap, Pattern, PatternEvent, SegmentId};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// How many tests are looked at before a question is given up. Far more than any condition that people write asks for.
const MAX_LOOKED_AT: usize = 100_000;

/// How many `or`s are tried inside each other: each is a frame of the stack.
const MAX_DEPTH: usize = 400;

/// An event that lets people in arrives so long after it happened at the latest, as far as a period that counts it is concerned. What a
/// stream brings later still comes in, but nobody makes a workflow for those alone.
const LATEST_MS: i64 = DAY_MS;

const EVERYTHING: Range = (i64::MIN, i64::MAX);

/// A test, and whether it holds.
pub(super) type Said<'c> = (&'c Cond, bool);

/// Parts of which one must be so, and how.
type Or<'c> = (&'c [Part], bool);

/// Which moment is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Anytime,
    /// Somebody comes in: nothing has been sent, nothing has happened since, no wait has passed.
    AtEntry,
}

/// What is known of all questions: the segments.
pub(super) struct Together<'e> {
    env: &'e Env<'e>,
    /// Whether anybody can be in it; none where nobody has asked yet. One that nobody can be in was reported, and stands for anything.
    live: RefCell<IdMap<SegmentId, Option<bool>>>,
}

impl<'e> Together<'e> {
    pub(super) fn new(env: &'e Env<'e>) -> Self {
        let live = RefCell::new(env.segments.conds.iter().map(|_| None).collect());
        Self { env, live }
    }

    /// False where it is proved that these can never hold at one moment.
    pub(super) fn can_hold<'c>(&'c self, said: &[Said<'c>], when: When) -> bool {
        let mut tried = Tried { together: self, when, left: MAX_LOOKED_AT, depth: 0 };
        tried.can_hold(State::default(), said.to_vec(), Vec::new())
    }

    /// What a segment says, where somebody can be in it.
    fn live_segment(&self, id: SegmentId) -> Option<&Cond> {
        let said = self.env.segment(id)?;
        let known = self.live.borrow().get(id).copied().flatten();
        let live = known.unwrap_or_else(|| {
            let live = self.can_hold(&[(said, true)], When::Anytime);
            *self.live.borrow_mut().at_mut(id) = Some(live);
            live
        });
        live.then_some(said)
    }

    fn domain_of<'c>(&self, field: FieldId) -> Domain<'c> {
        let shape = self.env.schema.shape(field);
        let (range, missing) = match &shape.ty {
            FieldType::Stage => ((0, self.env.schema.stages.len() as i64 - 1), false),
            FieldType::OneOf(choices) => ((1, choices.len() as i64), shape.default.is_none()),
            FieldType::YesNo => ((0, 1), shape.default.is_none()),
            _ => (EVERYTHING, shape.default.is_none()),
        };
        Domain::all(range, missing)
    }

    /// Whether one thing cannot have happened without the other.
    fn is_never_without(&self, one: &EventTest, other: &EventTest) -> bool {
        let long_enough = match (one.since, other.since) {
            (one, other) if one == other => true,
            (_, Since::Ever) => true,
            (Since::Within(ms), Since::Within(longer)) => ms <= longer,
            (Since::Trigger, Since::Within(ms)) => ms >= LATEST_MS,
            _ => false,
        };
        long_enough && one.at_least >= other.at_least && self.is_one(&one.pattern, &other.pattern)
    }

    /// Whether whatever is the one is the other too.
    fn is_one(&self, one: &Pattern, other: &Pattern) -> bool {
        let of_a_kind = match (one.event, other.event) {
            (PatternEvent::Declared(event), PatternEvent::AnyActivity) => {
                !tells_of_mail(&self.env.schema.events.at(event).shape.name)
            }
            (one, other) => one == other,
        };
        of_a_kind && other.tests.iter().all(|test| !event_can_be(&one.tests, Some(test)))
    }
}

/// What is said so far, on one way through the `or`s.
#[derive(Debug, Clone, Default)]
struct State<'c> {
    fields: BTreeMap<FieldId, Domain<'c>>,
    /// How two numbers lie to each other: -1, 0 or 1.
    pairs: Vec<((&'c Number, &'c Number), Domain<'c>)>,
    /// What nothing more is known of: it is so or it is not.
    said: HashMap<&'c Cond, bool>,
    happened: Vec<&'c EventTest>,
    not_happened: Vec<&'c EventTest>,
    impossible: bool,
}

/// One question on its way.
struct Tried<'c, 'e> {
    together: &'c Together<'e>,
    when: When,
    left: usize,
    depth: usize,
}

impl<'c> Tried<'c, '_> {
    fn can_hold(&mut self, mut state: State<'c>, mut all: Vec<Said<'c>>, mut ors: Vec<Or<'c>>) -> bool {
        while let Some((cond, holds)) = all.pop() {
            let Some(left) = self.left.checked_sub(1) else { return true };
            self.left = left;
            match (cond, holds) {
                (Cond::All(parts), true) | (Cond::Any(parts), false) => {
                    all.extend(parts.iter().map(|part| (&part.cond, holds)));
                }
                (Cond::All(parts) | Cond::Any(parts), _) => ors.push((parts, holds)),
                (Cond::Not(inner), _) => all.push((inner, !holds)),
                (Cond::Segment(id), _) => {
                    if state.note(cond, holds) {
                        all.extend(self.together.live_segment(*id).map(|said| (said, holds)));
                    }
                }
                (test, _) => self.add(&mut state, test, holds, &mut all),
            }
            if state.impossible {
                return false;
            }
        }
        if !self.is_possible(&state) {
            return false;
        }
        let Some((parts, holds)) = ors.pop() else { return true };
        if self.depth >= MAX_DEPTH {
            return true;
        }
        self.depth += 1;
        let any = parts.iter().any(|part| self.can_hold(state.clone(), vec![(&part.cond, holds)], ors.clone()));
        self.depth -= 1;
        any
    }

    fn add(&self, state: &mut State<'c>, test: &'c Cond, holds: bool, all: &mut Vec<Said<'c>>) {
        let together = self.together;
        match test {
            Cond::Truth(of) => state.field(together, *of).within([(1, 1)], holds),
            Cond::Known(of) => state.field(together, *of).known(holds),
            Cond::CodeIn(of, codes) => {
                state.field(together, *of).within(codes.iter().map(|code| (*code, *code)), holds)
            }
            Cond::TextIn(of, texts) => state.field(together, *of).is_one_of(texts, holds),
            Cond::TextTest(of, kind, needle) => {
                state.field(together, *of).has_in_it(*kind, std::slice::from_ref(needle), holds)
            }
            Cond::Compare(left, comparison, right) => match (left, right) {
                (Number::Field(of), Number::Const(value)) => {
                    state.field(together, *of).within(beside(*comparison, *value), holds)
                }
                (Number::Const(value), Number::Field(of)) => {
                    state.field(together, *of).within(beside(turned(*comparison), *value), holds);
                }
                _ => {
                    if holds {
                        let sides = [left, right].into_iter();
                        sides.flat_map(Number::fields).for_each(|of| state.field(together, of).known(true));
                    }
                    state.compare(left, *comparison, right, holds);
                }
            },
            Cond::Events(_) | Cond::Engaged { .. } | Cond::Sent(_) | Cond::TimedOut
                if self.when == When::AtEntry && is_of_journey(test) =>
            {
                state.impossible |= holds;
            }
            Cond::Events(test) => {
                all.extend(self.crossing(test).filter(|_| holds));
                if holds { &mut state.happened } else { &mut state.not_happened }.push(test);
            }
            Cond::Engaged { .. } | Cond::Sent(_) | Cond::TimedOut => {
                state.note(test, holds);
                state.impossible |= state.click_without_click(test, holds);
            }
            Cond::Unknown | Cond::All(_) | Cond::Any(_) | Cond::Not(_) | Cond::Segment(_) => {}
        }
    }

    /// Who has just entered a segment is in it.
    fn crossing(&self, test: &EventTest) -> Option<Said<'c>> {
        let (PatternEvent::Entered(id) | PatternEvent::Left(id)) = test.pattern.event else { return None };
        let said = self.together.live_segment(id).filter(|_| test.since == Since::Trigger)?;
        Some((said, matches!(test.pattern.event, PatternEvent::Entered(_))))
    }

    fn is_possible(&self, state: &State<'c>) -> bool {
        let without =
            |one: &&EventTest| state.not_happened.iter().any(|other| self.together.is_never_without(one, other));
        state.fields.values().all(Domain::is_possible)
            && state.pairs.iter().all(|(_, domain)| domain.is_possible())
            && state.happened.iter().all(|test| event_can_be(&test.pattern.tests, None))
            && one_event_can_be_all(&state.happened)
            && !state.happened.iter().any(without)
    }
}

impl<'c> State<'c> {
    /// Notes what was said; false where it was said before.
    fn note(&mut self, cond: &'c Cond, holds: bool) -> bool {
        let before = self.said.insert(cond, holds);
        self.impossible |= before == Some(!holds);
        before.is_none()
    }

    /// Whoever clicked a link clicked.
    fn click_without_click(&self, test: &Cond, holds: bool) -> bool {
        let Cond::Engaged { kind, email, link } = test else { return false };
        match (link, holds) {
            (Some(_), true) => self.said.get(&Cond::Engaged { kind: *kind, email: *email, link: None }) == Some(&false),
            (None, false) => self.said.iter().any(|(said, holds)| {
                *holds && matches!(said, Cond::Engaged { kind: of, email: at, .. } if (of, at) == (kind, email))
            }),
            _ => false,
        }
    }

    fn field(&mut self, together: &Together<'_>, of: FieldId) -> &mut Domain<'c> {
        self.fields.entry(of).or_insert_with(|| together.domain_of(of))
    }

    fn compare(&mut self, left: &'c Number, comparison: Comparison, right: &'c Number, holds: bool) {
        let (pair, comparison) =
            if left <= right { ((left, right), comparison) } else { ((right, left), turned(comparison)) };
        let at = self.pairs.iter().position(|(known, _)| *known == pair).unwrap_or_else(|| {
            self.pairs.push((pair, Domain::all((-1, 1), true)));
            self.pairs.len() - 1
        });
        if let Some((_, domain)) = self.pairs.get_mut(at) {
            domain.within(beside(comparison, 0), holds);
        }
    }
}

/// Whether one event can be all that somebody is let in by: people come in at a single one.
fn one_event_can_be_all(happened: &[&EventTest]) -> bool {
    let triggers = || happened.iter().filter(|test| test.since == Since::Trigger);
    let tests_of = |event| {
        let of_event = triggers().filter(move |test| test.pattern.event == event);
        of_event.flat_map(|test| &test.pattern.tests)
    };
    triggers().all(|test| event_can_be(tests_of(test.pattern.event), None))
}

/// Whether it can only be so because of what happened in the journey.
fn is_of_journey(test: &Cond) -> bool {
    match test {
        Cond::Events(test) => matches!(test.since, Since::Journey(_)),
        other => matches!(other, Cond::Engaged { .. } | Cond::Sent(_) | Cond::TimedOut),
    }
}

/// The numbers that lie so beside one.
fn beside(comparison: Comparison, value: i64) -> Vec<Range> {
    let below = value.checked_sub(1).map(|last| (i64::MIN, last));
    let above = value.checked_add(1).map(|first| (first, i64::MAX));
    let same = Some((value, value));
    let ranges = match comparison {
        Comparison::Equal => [same, None],
        Comparison::NotEqual => [below, above],
        Comparison::Less => [below, None],
        Comparison::LessOrEqual => [below, same],
        Comparison::Greater => [None, above],
        Comparison::GreaterOrEqual => [same, above],
    };
    ranges.into_iter().flatten().collect()
}

/// The same, with its sides changed over.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        Comparison::Equal | Comparison::NotEqual => comparison,
    }
}

#[cfg(test)]
mod tests {
    use super::{Together, When};
    use crate::check::environment;
    use crate::lints::Levels;
    use crate::resolve::resolve;
    use crate::source::{FileId, Source, Span};
    use crate::typed::{Cond, Number, Part};
    use crate::{Project, Zones};
    use flow_ir::{Comparison, FieldId, TextTestKind};
    use proptest::prelude::*;
    use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
    use std::num::NonZeroUsize;

    const FIELDS: &str =
        "contact { plan one of \"free\", \"pro\", \"team\"?; seats number?; nick text?; vip yes/no = no }";
    const NICKS: [&str; 6] = ["a", "b", "ab", "ba", "a b", "bab"];

    /// What a person has: of each field a value, or none.
    type Person = (Option<i64>, Option<i64>, Option<&'static str>, i64);

    fn everybody() -> Vec<Person> {
        let numbers = |to| (0..to).map(Some).chain([None]);
        let nicks = || NICKS.into_iter().map(Some).chain([None]);
        let all = numbers(3).flat_map(|plan| numbers(5).map(move |seats| (plan, seats)));
        let all = all.flat_map(|(plan, seats)| nicks().map(move |nick| (plan.map(|plan| plan + 1), seats, nick)));
        all.flat_map(|(plan, seats, nick)| [0, 1].map(|vip| (plan, seats, nick, vip))).collect()
    }

    /// The meaning of a condition, written down once more and plainly.
    fn holds(cond: &Cond, person: &Person, fields: [FieldId; 4]) -> bool {
        let (plan, seats, nick, vip) = *person;
        let number = |field: FieldId| if field == fields[1] { seats } else { plan };
        match cond {
            Cond::All(parts) => parts.iter().all(|part| holds(&part.cond, person, fields)),
            Cond::Any(parts) => parts.iter().any(|part| holds(&part.cond, person, fields)),
            Cond::Not(inner) => !holds(inner, person, fields),
            Cond::Truth(_) => vip == 1,
            Cond::Known(field) if *field == fields[2] => nick.is_some(),
            Cond::Known(field) => number(*field).is_some(),
            Cond::Compare(Number::Field(field), comparison, Number::Const(value)) => {
                number(*field).is_some_and(|of| comparison.holds(of, *value))
            }
            Cond::CodeIn(_, codes) => plan.is_some_and(|plan| codes.contains(&plan)),
            Cond::TextIn(_, texts) => nick.is_some_and(|nick| texts.iter().any(|text| text == nick)),
            Cond::TextTest(_, kind, needle) => nick.is_some_and(|nick| kind.finds(nick, needle)),
            other => panic!("not asked here: {other:?}"),
        }
    }

    fn conds(fields: [FieldId; 4]) -> impl Strategy<Value = Cond> {
        let [plan, seats, nick, vip] = fields;
        let comparison = prop::sample::select(vec![
            Comparison::Equal,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ]);
        let kind = prop::sample::select(vec![
            TextTestKind::Contains,
            TextTestKind::ContainsWord,
            TextTestKind::StartsWith,
            TextTestKind::EndsWith,
        ]);
        let texts = || prop::sample::select(NICKS.map(str::to_owned).to_vec());
        let leaf = prop_oneof![
            Just(Cond::Truth(vip)),
            prop::sample::select(vec![plan, seats, nick]).prop_map(Cond::Known),
            (comparison, 0..5_i64).prop_map(move |(sign, value)| Cond::Compare(
                Number::Field(seats),
                sign,
                Number::Const(value)
            )),
            prop::collection::vec(1..4_i64, 1..3).prop_map(move |codes| Cond::CodeIn(plan, codes)),
            prop::collection::vec(texts(), 1..3).prop_map(move |texts| Cond::TextIn(nick, texts)),
            (kind, texts()).prop_map(move |(kind, text)| Cond::TextTest(nick, kind, text)),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let at = Span::new(0, 0).in_file(FileId(0));
            let parts = prop::collection::vec(inner.clone().prop_map(move |cond| Part { cond, at }), 1..4);
            prop_oneof![
                parts.clone().prop_map(Cond::All),
                parts.prop_map(Cond::Any),
                inner.prop_map(|cond| Cond::Not(Box::new(cond))),
            ]
        })
    }

    /// Where it says no, nobody is so; and where texts do not matter, it says no where nobody is so.
    #[test]
    fn what_is_ruled_out_is_true_of_nobody() {
        let project = Project {
            name: "test".to_owned(),
            timezone: "UTC".to_owned(),
            zones: Zones::default(),
            lints: Levels::default(),
            sources: vec![Source { path: "a.flow".to_owned(), text: FIELDS.to_owned() }],
            templates: Vec::new(),
        };
        let (scope, _) = resolve(&project, NonZeroUsize::MIN, None);
        let (env, _) = environment(&scope, &project);
        let together = Together::new(&env);
        let fields = ["plan", "seats", "nick", "vip"].map(|name| env.schema.field(name).unwrap());
        let people = everybody();
        let seen = std::cell::Cell::new([0, 0]);
        // The same conditions each time: how many of them are seen is no matter of luck.
        let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(ProptestConfig::with_cases(2_000), chance);
        let tried = runner.run(&conds(fields), |cond| {
            let somebody = people.iter().any(|person| holds(&cond, person, fields));
            let possible = together.can_hold(&[(&cond, true)], When::Anytime);
            prop_assert!(possible || !somebody);
            let [no, nobody] = seen.get();
            seen.set([no + usize::from(!possible), nobody + usize::from(!somebody)]);
            Ok(())
        });
        tried.unwrap();
        let [no, nobody] = seen.get();
        assert!(nobody > 20 && no * 10 > nobody * 7, "{no} of {nobody} were seen");
    }
}
