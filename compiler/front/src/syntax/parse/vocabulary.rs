//! Every word of the language by what it is, for whoever colours or completes it.

use super::Rule;
use crate::syntax::ast::{Days, Unit};
use crate::syntax::constructs::{Class, LISTS, TYPES};
use flow_grammar::keyword;
use std::collections::BTreeSet;

/// What stands in a condition besides the words that it may begin with.
const IN_CONDITIONS: &[Rule] = &[
    Rule::kw_and,
    Rule::kw_or,
    Rule::kw_is,
    Rule::kw_in,
    Rule::kw_contains,
    Rule::kw_starts,
    Rule::kw_ends,
    Rule::kw_between,
    Rule::kw_with,
    Rule::kw_known,
    Rule::kw_unknown,
    Rule::kw_opened,
    Rule::kw_replied,
    Rule::kw_bounced,
    Rule::kw_left,
];

/// What directs people's ways besides the words that steps may begin with.
const IN_STEPS: &[Rule] = &[Rule::kw_step, Rule::kw_else, Rule::kw_when, Rule::kw_until, Rule::kw_otherwise];

/// The words of the rule `truth` beside `no`.
const TRUTHS: &[&str] = &["yes"];

/// Every word, sorted; one that is several things stands there for each.
pub fn vocabulary() -> Vec<(Class, &'static str)> {
    let keywords: BTreeSet<&str> = Rule::all_rules().iter().filter_map(word).collect();
    let mut found: BTreeSet<(Class, &str)> = BTreeSet::new();
    for list in LISTS {
        let first =
            list.constructs.iter().flat_map(|construct| construct.words).filter_map(|words| words.split(' ').next());
        // `score` in `score += 10` is the name of a field.
        found.extend(first.filter(|word| keywords.contains(word)).map(|word| (list.class, word)));
        found.extend(list.later.iter().map(|word| (Class::Later, *word)));
    }
    found.extend(IN_CONDITIONS.iter().filter_map(word).map(|word| (Class::Predicate, word)));
    found.extend(IN_STEPS.iter().filter_map(word).map(|word| (Class::Step, word)));
    let classed: BTreeSet<&str> =
        found.iter().filter(|(class, _)| *class != Class::Later).map(|(_, word)| *word).collect();
    found.extend(keywords.difference(&classed).map(|word| (Class::Inner, *word)));
    let lists = [(Class::Type, TYPES), (Class::Constant, TRUTHS)];
    found.extend(lists.iter().flat_map(|(class, words)| words.iter().map(|word| (*class, *word))));
    // `every day` is one of the days and two words.
    let days = Days::ALL.into_iter().filter_map(|days| days.word().split(' ').next());
    found.extend(days.map(|word| (Class::Constant, word)));
    found.extend(Unit::ALL.into_iter().flat_map(Unit::words).map(|word| (Class::Unit, word)));
    found.into_iter().collect()
}

/// The word of a keyword's rule.
fn word(rule: &Rule) -> Option<&'static str> {
    keyword(*rule)?.first().copied()
}
