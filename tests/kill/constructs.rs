//! That the project has every construct, and that its data bring somebody to each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use flow_front::syntax::constructs::{Class, LISTS};
use flow_front::syntax::vocabulary;
use flow_runtime::engine::reason;
use rusqlite::Connection;
use serde_json::Value;

use crate::force::every;

/// Reasons that no rehearsal of one project comes to, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("the workflow was taken out of the project before it began", "no project of one version does"),
    ("the message cannot be sent as it is", "what the checker lets through can be sent"),
    (
        "nobody knows whether it left, and the channel does not send twice",
        "live alone, where a kill leaves it in doubt",
    ),
    ("the message could not be written", "what the checker lets through can be written"),
    ("it came more than an hour after it was due, and is of no use then", "nothing of a rehearsal is late"),
    ("it came more than an hour after it was due, and waits for the next window", "nothing of a rehearsal is late"),
    ("the policy does nothing for some, to compare them with the others", "whom it drew nothing else would happen to"),
    ("nobody, because there is nobody to tell", "every team of the project has a backup"),
    (
        "a member of the team, for one who has had the contact and is away",
        "nobody of the project comes back to a member within the three days of absence",
    ),
    ("there is no backup any more, and the contact stays with whoever has them", "no project of one version loses one"),
    (
        "the contact is marked as not to be contacted, and stays with whoever has them",
        "nobody is marked within hours of it",
    ),
    ("the contact has not said that they want marketing mail", "the policy is opt out: nobody is asked first"),
    (
        "the contact only tries things out, and stays with whoever has them",
        "a rehearsal takes them for people as all others",
    ),
    ("the contact has asked for no mail that they have still to confirm", "nobody is asked who has nothing to confirm"),
    ("the contact only tries things out", "a rehearsal takes them for people as all others"),
    ("nobody, because the contact only tries things out", "a rehearsal takes them for people as all others"),
    ("it could not leave for as long as a mail may be held", "no window of the project is closed for so long"),
    ("the contact left this workflow too recently to come in again for this value", "no value comes in again"),
    ("their address came more than ten minutes after they had asked for mail", "whoever asks has an address by then"),
    (
        "for as long as it may be held, the contact had as many mails about a topic as the policy allows",
        "a place for mail about a topic is free again within the days that it may be held",
    ),
    ("a workflow suppressed the contact, as one had before", "whoever was suppressed has come back by then"),
    ("the contact is in this workflow for as many values as somebody can be at once", "there are few things to order"),
    (
        "the contact was in this workflow for as many values as can be remembered, so that nobody knows whether this one is new",
        "there are few things to order",
    ),
];

/// The text without remarks and texts in quotes, as words with one blank between them, a line each.
fn lines() -> Vec<String> {
    let without_texts = |line: &str| line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
    let text = every::text();
    let lines = text.lines().map(|line| without_texts(line.split("//").next().unwrap()));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty()).collect()
}

/// Whether words stand in a line, with borders around them.
fn stand_in(line: &str, words: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(words).any(|(at, _)| {
        let (before, behind) = (line[..at].chars().next_back(), line[at + words.len()..].chars().next());
        !before.is_some_and(is_word) && !behind.is_some_and(is_word)
    })
}

/// A construct that is new in `constructs.rs` is missing here until somebody lets people come to it.
#[test]
fn every_construct_stands_in_the_project() {
    let lines = lines();
    let mut missing: BTreeSet<String> = BTreeSet::new();
    for list in LISTS {
        for words in list.constructs.iter().flat_map(|construct| construct.words) {
            let begins = |line: &String| line.starts_with(words) && stand_in(line, words);
            let stands = match list.class {
                Class::Predicate => lines.iter().any(|line| stand_in(line, words)),
                _ if *words == "step" => true,
                // Behind the name of its field, or behind the `}` of an `if` before it.
                _ => lines.iter().any(|line| {
                    begins(line)
                        || line.ends_with(&format!(": {words}"))
                        || stand_in(line, words) && line.starts_with("step ")
                }),
            };
            if !stands {
                missing.insert(format!("{words} ({:?})", list.class));
            }
        }
    }
    for (class, word) in vocabulary().into_iter().filter(|(class, _)| *class != Class::Later) {
        if !lines.iter().any(|line| stand_in(line, word)) {
            missing.insert(format!("{word} ({class:?})"));
        }
    }
    let missing: Vec<String> = missing.into_iter().collect();
    assert!(missing.is_empty(), "not in tests/force/every_construct: {missing:?}");
}

/// What nobody came to, of all that the report counts and all that a decision may say.
pub(crate) fn unreached(report: &Value, store: &Path) -> Vec<String> {
    let mut unreached = Vec::new();
    for (workflow, told) in report["workflows"].as_object().unwrap() {
        let mut ask = |what: String, count: u64| {
            if count == 0 {
                unreached.push(format!("{workflow}: {what}"));
            }
        };
        ask("nobody entered".to_owned(), number(&told["entered"]));
        for step in told["steps"].as_array().unwrap() {
            let name = step["name"].as_str().unwrap();
            if step["came"].is_u64() {
                ask(format!("nobody came to `{name}`"), number(&step["came"]));
            }
            for arm in step["arms"].as_array().into_iter().flatten() {
                ask(format!("nobody took `{}` of `{name}`", arm["name"]), number(&arm["taken"]));
            }
        }
    }
    unreached.extend(clauses_without_anybody(report));
    unreached.extend(reasons_without_anybody(store));
    unreached
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

/// Goals and exits, by how often each workflow has the clause in its text.
fn clauses_without_anybody(report: &Value) -> Vec<String> {
    let mut clauses: BTreeMap<String, (bool, usize)> = BTreeMap::new();
    let mut workflow = String::new();
    for line in lines() {
        if let Some(rest) = line.strip_prefix("workflow ") {
            workflow = rest.split(' ').next().unwrap().to_owned();
            clauses.entry(workflow.clone()).or_default();
        }
        let Some((has_goal, exits)) = clauses.get_mut(&workflow) else { continue };
        *has_goal |= line.starts_with("goal ");
        *exits += usize::from(line.starts_with("exit when "));
    }
    let mut without = Vec::new();
    for (workflow, (has_goal, exits)) in clauses {
        let told = &report["workflows"][&workflow];
        let met = ["converted", "goal_met", "attributed"].iter().map(|end| number(&told[end])).sum::<u64>();
        if has_goal && met == 0 {
            without.push(format!("{workflow}: nobody met the goal"));
        }
        let taken =
            told["exited_when"].as_object().map_or(0, |by| by.values().filter(|count| number(count) > 0).count());
        if taken < exits {
            without.push(format!("{workflow}: of {exits} exits {taken} were taken: {}", told["exited_when"]));
        }
    }
    without
}

/// Why something was decided, as far as it never was.
fn reasons_without_anybody(store: &Path) -> Vec<String> {
    let connection = Connection::open(store).unwrap();
    let mut statement = connection.prepare("SELECT DISTINCT code, reason FROM decision").unwrap();
    let found: BTreeSet<(u8, u32)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let all = reason::all().into_iter();
    let missing = all.filter(|(code, number, words)| {
        !found.contains(&(*code as u8, *number)) && !ELSEWHERE.iter().any(|(said, _)| said == words)
    });
    missing.map(|(code, _, words)| format!("{code:?}: never {words}")).collect()
}
