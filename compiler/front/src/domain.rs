//! The values that one field, or one property of an event, may still have when several things are said of it.
//!
//! Whole numbers lie in ranges (numbers, days, moments, and the places of choices and stages in their lists), texts are one of some or
//! have something in them. A test that holds takes *missing* away, one that fails leaves it. What is kept is never less than what may be
//! so: a domain that is empty is surely empty.

use flow_ir::{PropertyTest, TextTestKind, Trait};
use std::collections::{BTreeMap, BTreeSet};

/// From and to, both in it.
pub(crate) type Range = (i64, i64);

/// What may still be so.
#[derive(Debug, Clone)]
pub(crate) struct Domain<'c> {
    missing: bool,
    /// Ascending, none of them touching.
    ranges: Vec<Range>,
    /// One of these, where it is said of what it is one.
    one_of: Option<BTreeSet<&'c str>>,
    none_of: BTreeSet<&'c str>,
    found: Vec<Needles<'c>>,
    not_found: Vec<Needles<'c>>,
}

/// One of several, looked for in a text.
#[derive(Debug, Clone, Copy)]
struct Needles<'c> {
    kind: TextTestKind,
    any_of: &'c [String],
}

impl<'c> Domain<'c> {
    /// Anything between two numbers; or any text.
    pub(crate) fn all(range: Range, missing: bool) -> Self {
        Self {
            missing,
            ranges: vec![range],
            one_of: None,
            none_of: BTreeSet::new(),
            found: Vec::new(),
            not_found: Vec::new(),
        }
    }

    pub(crate) fn known(&mut self, holds: bool) {
        if holds {
            self.missing = false;
        } else {
            self.ranges.clear();
        }
    }

    /// That it lies in one of these ranges, or in none.
    pub(crate) fn within(&mut self, ranges: impl IntoIterator<Item = Range>, holds: bool) {
        self.within_or_lacking(ranges, false, holds);
    }

    /// The same; `lacking_is_so`: it holds of whoever has no value.
    pub(crate) fn within_or_lacking(
        &mut self,
        ranges: impl IntoIterator<Item = Range>,
        lacking_is_so: bool,
        holds: bool,
    ) {
        let mut ranges: Vec<Range> = ranges.into_iter().collect();
        ranges.sort_unstable();
        let ranges = if holds { ranges } else { outside(&ranges) };
        self.missing &= lacking_is_so == holds;
        self.ranges = common(&self.ranges, &ranges);
    }

    /// How much there is to look at.
    pub(crate) fn weight(&self) -> usize {
        let texts = self.none_of.len() + self.one_of.as_ref().map_or(0, BTreeSet::len);
        let found = self.found.len() + self.not_found.len();
        1 + self.ranges.len() + texts * (1 + found) + self.found.len() * found
    }

    /// That it is one of these texts, or none.
    pub(crate) fn is_one_of(&mut self, texts: &'c [String], holds: bool) {
        let texts = texts.iter().map(String::as_str);
        if !holds {
            self.none_of.extend(texts);
            return;
        }
        self.missing = false;
        let mut texts: BTreeSet<&str> = texts.collect();
        if let Some(before) = &self.one_of {
            texts.retain(|text| before.contains(text));
        }
        self.one_of = Some(texts);
    }

    /// That one of these is found in it, or none.
    pub(crate) fn has_in_it(&mut self, kind: TextTestKind, any_of: &'c [String], holds: bool) {
        self.missing &= !holds;
        let all = if holds { &mut self.found } else { &mut self.not_found };
        all.push(Needles { kind, any_of });
    }

    /// False where surely nothing is left.
    pub(crate) fn is_possible(&self) -> bool {
        self.missing || (!self.ranges.is_empty() && self.is_some_text())
    }

    fn is_some_text(&self) -> bool {
        match &self.one_of {
            Some(texts) => texts.iter().any(|text| {
                !self.none_of.contains(text)
                    && self.found.iter().all(|needles| needles.are_in(text))
                    && !self.not_found.iter().any(|needles| needles.are_in(text))
            }),
            None => {
                let ruled_out =
                    |found: &Needles<'_>| self.not_found.iter().any(|not_found| found.is_never_without(*not_found));
                !self.found.iter().any(ruled_out) && self.ends_agree()
            }
        }
    }

    /// A text has one beginning and one end.
    fn ends_agree(&self) -> bool {
        let pairs = self.found.iter().enumerate().flat_map(|(at, one)| {
            let behind = self.found.get(at + 1..).unwrap_or_default();
            behind.iter().map(move |other| (one, other))
        });
        pairs.into_iter().all(|(one, other)| {
            let mut both = one.any_of.iter().flat_map(|one| other.any_of.iter().map(move |other| (one, other)));
            match (one.kind, other.kind) {
                (TextTestKind::StartsWith, TextTestKind::StartsWith) => {
                    both.any(|(one, other)| one.starts_with(other.as_str()) || other.starts_with(one.as_str()))
                }
                (TextTestKind::EndsWith, TextTestKind::EndsWith) => {
                    both.any(|(one, other)| one.ends_with(other.as_str()) || other.ends_with(one.as_str()))
                }
                _ => true,
            }
        })
    }
}

/// Whether an event can be like this, and not like that besides.
pub(crate) fn event_can_be<'t>(
    tests: impl IntoIterator<Item = &'t PropertyTest>,
    but: Option<&'t PropertyTest>,
) -> bool {
    let mut properties: BTreeMap<u32, Domain<'t>> = BTreeMap::new();
    let tests = tests.into_iter().map(|test| (test, !test.negated));
    for (test, holds) in tests.chain(but.map(|test| (test, test.negated))) {
        let range = if matches!(test.test, Trait::Truth(_)) { (0, 1) } else { (i64::MIN, i64::MAX) };
        let domain = properties.entry(test.property).or_insert_with(|| Domain::all(range, true));
        match &test.test {
            Trait::TextIn(texts) => domain.is_one_of(texts, holds),
            Trait::TextHolds(kind, needles) => domain.has_in_it(*kind, needles, holds),
            Trait::NumberIn(from, to) => domain.within([(*from, *to)], holds),
            Trait::Truth(truth) => domain.within([(i64::from(*truth), i64::from(*truth))], holds),
            Trait::Known => domain.known(holds),
            // Another value may be that of another journey.
            Trait::OfJourney if holds => domain.known(true),
            Trait::OfJourney => {}
        }
    }
    properties.values().all(Domain::is_possible)
}

impl Needles<'_> {
    fn are_in(&self, text: &str) -> bool {
        self.any_of.iter().any(|needle| self.kind.finds(text, needle))
    }

    /// Whether no text has one of these and none of the others.
    fn is_never_without(&self, others: Needles<'_>) -> bool {
        self.any_of.iter().all(|needle| {
            let needles = || others.any_of.iter().chain([needle]);
            pads(needles()).is_some_and(|[letter, sign]| {
                // What may stand beside the needle is a letter at the worst, and beside a word a sign.
                let text = match self.kind {
                    TextTestKind::Contains => format!("{letter}{needle}{letter}"),
                    TextTestKind::ContainsWord => format!("{sign}{needle}{sign}"),
                    TextTestKind::StartsWith => format!("{needle}{letter}"),
                    TextTestKind::EndsWith => format!("{letter}{needle}"),
                };
                others.are_in(&text)
            })
        })
    }
}

/// A letter, and a sign that is none, that stand in none of the texts.
fn pads<'n>(texts: impl Iterator<Item = &'n String> + Clone) -> Option<[char; 2]> {
    let unused = |signs: [char; 4]| signs.into_iter().find(|sign| !texts.clone().any(|text| text.contains(*sign)));
    Some([unused(['ꙮ', 'ꚙ', 'ꝏ', 'ꭃ'])?, unused(['※', '⁂', '☞', '❧'])?])
}

/// What lies in a range of both; each list ascends.
fn common(left: &[Range], right: &[Range]) -> Vec<Range> {
    let mut found = Vec::new();
    let (mut left, mut right) = (left.iter().copied().peekable(), right.iter().copied().peekable());
    while let (Some((from, to)), Some((low, high))) = (left.peek().copied(), right.peek().copied()) {
        if from.max(low) <= to.min(high) {
            found.push((from.max(low), to.min(high)));
        }
        if to < high {
            left.next();
        } else {
            right.next();
        }
    }
    found
}

/// What lies in none of the ranges, which ascend and may overlap.
fn outside(ranges: &[Range]) -> Vec<Range> {
    let mut found = Vec::new();
    let mut next = Some(i64::MIN);
    for (from, to) in ranges {
        if let (Some(first), Some(last)) = (next, from.checked_sub(1))
            && first <= last
        {
            found.push((first, last));
        }
        next = next.and_then(|next| to.checked_add(1).map(|behind| behind.max(next)));
    }
    found.extend(next.map(|next| (next, i64::MAX)));
    found
}

#[cfg(test)]
mod tests {
    use super::{Domain, common, outside};
    use flow_ir::TextTestKind::{self, Contains, ContainsWord, EndsWith, StartsWith};

    #[test]
    fn ranges_are_exact() {
        assert_eq!(common(&[(0, 5), (8, 9)], &[(4, 8), (9, 20)]), [(4, 5), (8, 8), (9, 9)]);
        assert_eq!(outside(&[(0, 5), (3, 4), (7, 7)]), [(i64::MIN, -1), (6, 6), (8, i64::MAX)]);
        assert_eq!(outside(&[(i64::MIN, i64::MAX)]), []);
        assert_eq!(outside(&[]), [(i64::MIN, i64::MAX)]);
    }

    fn with(tests: &[(TextTestKind, &str, bool)]) -> bool {
        let needles: Vec<Vec<String>> = tests.iter().map(|(_, needle, _)| vec![(*needle).to_owned()]).collect();
        let mut domain = Domain::all((i64::MIN, i64::MAX), false);
        for ((kind, _, holds), needle) in tests.iter().zip(&needles) {
            domain.has_in_it(*kind, needle, *holds);
        }
        domain.is_possible()
    }

    #[test]
    fn what_is_found_rules_out_what_lies_in_it() {
        for (found, not_found) in [
            ((Contains, "sales manager"), (Contains, "sales")),
            ((ContainsWord, "sales manager"), (ContainsWord, "sales")),
            ((ContainsWord, "sales"), (Contains, "sal")),
            ((StartsWith, "cto of"), (StartsWith, "cto")),
            ((StartsWith, "cto of"), (ContainsWord, "cto")),
            ((EndsWith, "the cto"), (ContainsWord, "cto")),
            ((EndsWith, "the cto"), (Contains, "ct")),
        ] {
            assert!(!with(&[(found.0, found.1, true), (not_found.0, not_found.1, false)]), "{found:?} {not_found:?}");
        }
        for (found, not_found) in [
            ((Contains, "sales"), (Contains, "sales manager")),
            ((Contains, "sales manager"), (ContainsWord, "sales")),
            ((Contains, "cto"), (StartsWith, "cto")),
            ((StartsWith, "the cto"), (ContainsWord, "cto")),
            ((StartsWith, "cto"), (EndsWith, "cto")),
            ((ContainsWord, "cto"), (StartsWith, "cto")),
        ] {
            assert!(with(&[(found.0, found.1, true), (not_found.0, not_found.1, false)]), "{found:?} {not_found:?}");
        }
    }

    #[test]
    fn a_text_has_one_beginning() {
        assert!(!with(&[(StartsWith, "a", true), (StartsWith, "b", true)]));
        assert!(with(&[(StartsWith, "a", true), (StartsWith, "ab", true)]));
        assert!(with(&[(StartsWith, "a", true), (EndsWith, "b", true)]));
        assert!(!with(&[(EndsWith, "a", true), (EndsWith, "b", true)]));
    }
}
