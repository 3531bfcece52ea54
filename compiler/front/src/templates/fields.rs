//! The fields that a template may name, and the one that is meant by a name which is none of them.
//!
//! Whatever looks like `<p>` or `[[name]]` could be a field in the way of another tool, and in a mail much does. So the names are put in
//! order once for all mails, and none of them is gone through at each sign.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::FieldShape;
use super::fault::plain;

/// By name, shared by all mails of a program.
#[derive(Clone, Debug, Default)]
pub struct Fields(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    shapes: BTreeMap<String, FieldShape>,
    names: OnceLock<FieldNames>,
}

impl Fields {
    pub(super) fn names(&self) -> &FieldNames {
        self.0.names.get_or_init(|| FieldNames::of(self.0.shapes.keys().map(String::as_str)))
    }
}

impl From<BTreeMap<String, FieldShape>> for Fields {
    fn from(shapes: BTreeMap<String, FieldShape>) -> Self {
        Self(Arc::new(Inner { shapes, names: OnceLock::new() }))
    }
}

impl Deref for Fields {
    type Target = BTreeMap<String, FieldShape>;

    fn deref(&self) -> &Self::Target {
        &self.0.shapes
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.0.shapes == other.0.shapes
    }
}

impl Eq for Fields {}

/// Names of fields, to be found by what people and other tools make of them. Of several that fit, the first in their order is meant.
#[derive(Debug, Default)]
pub(crate) struct FieldNames {
    names: Vec<String>,
    /// As they are without what people write names apart by.
    plain: Vec<String>,
    /// By their plain form.
    first: BTreeMap<String, usize>,
    /// The same of those with a point in their name.
    dotted: BTreeMap<String, usize>,
    /// By their plain form, and by that with any one letter left out: two words that are one slip apart have one of these in common.
    near: BTreeMap<String, Vec<usize>>,
}

impl FieldNames {
    pub(crate) fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut all = Self::default();
        for (at, name) in names.enumerate() {
            let plain = plain(name);
            all.first.entry(plain.clone()).or_insert(at);
            if name.contains('.') {
                all.dotted.entry(plain.clone()).or_insert(at);
            }
            for part in with_one_left_out(&plain) {
                all.near.entry(part).or_default().push(at);
            }
            all.names.push(name.to_owned());
            all.plain.push(plain);
        }
        all
    }

    /// The one that is this, up to what people write names apart by.
    pub(super) fn like(&self, name: &str) -> Option<&str> {
        self.at(*self.first.get(&plain(name))?)
    }

    /// The same among those with a point in their name.
    pub(super) fn dotted_like(&self, name: &str) -> Option<&str> {
        self.at(*self.dotted.get(&plain(name))?)
    }

    /// One that is a single slip away from a plain form.
    pub(super) fn one_slip_from(&self, wanted: &str) -> Option<&str> {
        let is_near =
            |at: &usize| self.plain.get(*at).is_some_and(|plain| strsim::damerau_levenshtein(wanted, plain) == 1);
        let parts = with_one_left_out(wanted);
        let found = parts.iter().filter_map(|part| self.near.get(part)).flatten().copied().filter(is_near);
        self.at(found.min()?)
    }

    fn at(&self, at: usize) -> Option<&str> {
        self.names.get(at).map(String::as_str)
    }
}

/// A word, and the word without each of its letters.
fn with_one_left_out(word: &str) -> Vec<String> {
    let without = |(at, letter): (usize, char)| {
        let mut left = word.to_owned();
        left.replace_range(at..at + letter.len_utf8(), "");
        left
    };
    let mut all: Vec<String> = word.char_indices().map(without).collect();
    all.push(word.to_owned());
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::{FieldNames, plain};

    /// Every word of up to five letters out of three.
    fn words() -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..5 {
            last = last.iter().flat_map(|word| ["a", "b", "é"].map(|letter| format!("{word}{letter}"))).collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    #[test]
    fn the_first_that_is_one_slip_away_is_found_as_if_all_were_looked_through() {
        let words = words();
        let fields: Vec<&str> = words.iter().map(String::as_str).skip(1).step_by(7).collect();
        let names = FieldNames::of(fields.iter().copied());
        let mut near = 0;
        for word in &words {
            let by_hand = fields.iter().copied().find(|field| strsim::damerau_levenshtein(word, &plain(field)) == 1);
            assert_eq!(names.one_slip_from(word), by_hand, "{word}");
            near += usize::from(by_hand.is_some());
        }
        assert!(near > 100, "only {near} are near");
    }
}
