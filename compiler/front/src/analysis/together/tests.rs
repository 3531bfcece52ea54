use super::{Together, When};
use crate::check::environment;
use crate::lints::Levels;
use crate::resolve::resolve;
use crate::source::{FileId, Source, Span};
use crate::typed::{Cond, Number, Part};
use crate::{Midnight, Project};
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
        midnight: Midnight::default(),
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
