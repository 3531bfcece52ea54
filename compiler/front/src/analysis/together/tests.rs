use super::{MAX_LOOKS, MAX_LOOKS_EACH, Together, When};
use crate::check::environment;
use crate::lints::Levels;
use crate::resolve::resolve;
use crate::source::{FileId, Source, Span};
use crate::typed::{Cond, Number, Part};
use crate::{Project, Zones};
use flow_ir::{Comparison, FieldId, TextTestKind};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::fmt::Write;
use std::num::NonZeroUsize;

const FIELDS: &str = "contact { plan one of \"free\", \"pro\", \"team\"?; seats number?; nick text?; vip yes/no = no }";
const NICKS: [&str; 6] = ["a", "b", "ab", "ba", "a b", "bab"];

/// What a person has: of each field a value, or none.
type Person = (Option<i64>, Option<i64>, Option<&'static str>, i64);

fn everybody() -> Vec<Person> {
    let numbers = |to| (0..to).map(Some).chain([None]);
    let nicks = || NICKS.into_iter().map(Some).chain([None]);
    // Also fewer and more than is asked for.
    let all = numbers(3).flat_map(|plan| numbers(7).map(move |seats| (plan, seats.map(|seats| seats - 1))));
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
        Cond::Compare(Number::Or(field, instead), comparison, Number::Const(value)) => {
            comparison.holds(number(*field).unwrap_or(*instead), *value)
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
        (comparison.clone(), 0..5_i64).prop_map(move |(sign, value)| Cond::Compare(
            Number::Field(seats),
            sign,
            Number::Const(value)
        )),
        (comparison, 0..5_i64, 0..5_i64).prop_map(move |(sign, instead, value)| Cond::Compare(
            Number::Or(seats, instead),
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

fn project(text: &str) -> Project {
    Project {
        sender: None,
        name: "test".to_owned(),
        timezone: "UTC".to_owned(),
        zones: Zones::default(),
        lints: Levels::default(),
        sources: vec![Source { path: "a.flow".to_owned(), text: text.to_owned() }],
        templates: Vec::new(),
    }
}

/// Where it says no, nobody is so; and where texts do not matter, it says no where nobody is so.
#[test]
fn what_is_ruled_out_is_true_of_nobody() {
    let project = project(FIELDS);
    let (scope, _) = resolve(&project, NonZeroUsize::MIN, None);
    let (env, _) = environment(&scope, &project);
    let fields = ["plan", "seats", "nick", "vip"].map(|name| env.schema.field(name).unwrap());
    let people = everybody();
    let seen = std::cell::Cell::new([0, 0]);
    // The same conditions each time: how many of them are seen is no matter of luck.
    let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::with_cases(2_000), chance);
    let tried = runner.run(&conds(fields), |cond| {
        let somebody = people.iter().any(|person| holds(&cond, person, fields));
        let possible = Together::new(&env).can_hold(&[(&cond, true)], When::Anytime);
        prop_assert!(possible || !somebody);
        let [no, nobody] = seen.get();
        seen.set([no + usize::from(!possible), nobody + usize::from(!somebody)]);
        Ok(())
    });
    tried.unwrap();
    let [no, nobody] = seen.get();
    assert!(nobody > 20 && no * 10 > nobody * 7, "{no} of {nobody} were seen");
}

/// Everyone in a hole of their own, with a hole too few: short to write, and no short proof is known to this kind of search.
fn pigeons(names: &str, pigeons: usize) -> String {
    let holes = pigeons - 1;
    let field = |pigeon: usize, hole: usize| format!("p{pigeon}{hole}");
    let of = |pigeon: usize| (0..holes).map(move |hole| field(pigeon, hole));
    let mut text = String::new();
    let all: Vec<String> = (0..pigeons).flat_map(of).collect();
    let declared: Vec<String> = all.iter().map(|field| format!("{field} yes/no = no")).collect();
    writeln!(text, "contact {{ {} }}", declared.join("; ")).unwrap();
    let housed = (0..pigeons).map(|pigeon| format!("({})", of(pigeon).collect::<Vec<_>>().join(" or ")));
    let mut all: Vec<String> = housed.collect();
    for hole in 0..holes {
        for second in 0..pigeons {
            all.extend((0..second).map(|first| format!("not ({} and {})", field(first, hole), field(second, hole))));
        }
    }
    writeln!(text, "segment {names} = {}", all.join(" and ")).unwrap();
    text
}

/// What takes too long is not proved, costs no more than its share, and is not looked at twice.
#[test]
fn a_question_that_takes_for_ever_is_given_up_once() {
    let asked = |count| {
        let project = project(&pigeons("hard", count));
        let (scope, _) = resolve(&project, NonZeroUsize::MIN, None);
        let (env, _) = environment(&scope, &project);
        let together = Together::new(&env);
        let cond = env.segments.conds.values().flatten().next().unwrap();
        let mut costs = Vec::new();
        let mut answers = Vec::new();
        for _ in 0..2 {
            let before = together.left.get();
            answers.push(together.can_hold(&[(cond, true)], When::Anytime));
            costs.push(before - together.left.get());
        }
        (answers, costs)
    };
    let (few, cost) = asked(4);
    assert_eq!(few, [false, false], "that three holes are too few for four is found");
    assert!(cost[0] > 0 && cost[1] == 0, "{cost:?}");
    let (many, cost) = asked(8);
    assert_eq!(many, [true, true], "nothing is proved of what was given up");
    assert!((MAX_LOOKS_EACH..2 * MAX_LOOKS_EACH).contains(&cost[0]) && cost[1] == 0, "{cost:?}");
}

/// All questions of a program share what they may cost.
#[test]
fn when_all_looks_are_taken_nothing_more_is_proved() {
    let project = project("segment nobody = score >= 5 and score < 5");
    let (scope, _) = resolve(&project, NonZeroUsize::MIN, None);
    let (env, _) = environment(&scope, &project);
    let cond = env.segments.conds.values().flatten().next().unwrap();
    let can_hold = |taken| {
        let together = Together::new(&env);
        together.take(taken);
        together.can_hold(&[(cond, true)], When::Anytime)
    };
    assert!(!can_hold(0), "nobody is in it");
    assert!(!can_hold(MAX_LOOKS / 2));
    assert!(can_hold(MAX_LOOKS));
}
