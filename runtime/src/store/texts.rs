//! The texts of a contact as one value: a contact is read and written with every step, and a text of their own for each would be most of what that costs.

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// Texts by their places, some of which are missing. As JSON an array of texts and nulls.
#[derive(Default, PartialEq, Eq)]
pub struct Texts {
    /// All of them, one behind the other.
    characters: String,
    /// Where each ends in that, with a bit for one that is missing.
    ends: Vec<u32>,
}

/// In an end: there is no such text. All texts of a contact together are far shorter than two billion bytes.
const MISSING: u32 = 1 << 31;

impl Texts {
    /// How many places there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no place at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text at a place; none where it is missing, or there is no such place.
    pub fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        if end & MISSING != 0 { None } else { self.characters.get(self.start(place)..end as usize) }
    }

    /// Each in turn.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|place| self.get(place))
    }

    /// Puts one behind the others.
    pub fn push(&mut self, text: Option<&str>) {
        self.characters.push_str(text.unwrap_or_default());
        self.ends.push(end(self.characters.len(), text));
    }

    /// Puts one in the place of what is there. Nothing happens where there is no such place.
    pub fn set(&mut self, place: usize, text: Option<&str>) {
        let Some(before) = self.ends.get(place).map(|end| (end & !MISSING) as usize) else { return };
        let start = self.start(place);
        self.characters.replace_range(start..before, text.unwrap_or_default());
        let after = start + text.map_or(0, str::len);
        for (own, place) in self.ends.iter_mut().skip(place).zip(0..) {
            let moved = (*own & !MISSING) as usize - before + after;
            *own = if place == 0 { end(after, text) } else { end(moved, (*own & MISSING == 0).then_some("")) };
        }
    }

    /// Adds missing ones until there are so many places.
    pub fn grow(&mut self, places: usize) {
        while self.len() < places {
            self.push(None);
        }
    }

    /// Takes all of them away.
    pub fn clear(&mut self) {
        self.characters.clear();
        self.ends.clear();
    }

    fn start(&self, place: usize) -> usize {
        let before = place.checked_sub(1).and_then(|before| self.ends.get(before));
        before.map_or(0, |end| (end & !MISSING) as usize)
    }
}

fn end(at: usize, text: Option<&str>) -> u32 {
    let at = u32::try_from(at).unwrap_or(MISSING) & !MISSING;
    if text.is_some() { at } else { at | MISSING }
}

impl Clone for Texts {
    fn clone(&self) -> Texts {
        Texts { characters: self.characters.clone(), ends: self.ends.clone() }
    }

    fn clone_from(&mut self, other: &Texts) {
        self.characters.clone_from(&other.characters);
        self.ends.clone_from(&other.ends);
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<S: AsRef<str>> FromIterator<Option<S>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<S>>>(texts: I) -> Texts {
        let mut all = Texts::default();
        texts.into_iter().for_each(|text| all.push(text.as_ref().map(AsRef::as_ref)));
        all
    }
}

impl<S: AsRef<str>> From<Vec<Option<S>>> for Texts {
    fn from(texts: Vec<Option<S>>) -> Texts {
        texts.into_iter().collect()
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Texts, D::Error> {
        deserializer.deserialize_seq(OfTexts)
    }
}

struct OfTexts;

impl<'de> Visitor<'de> for OfTexts {
    type Value = Texts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts and nulls")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Texts, A::Error> {
        let mut all = Texts::default();
        while let Some(text) = texts.next_element::<Option<JsonText<'de>>>()? {
            all.push(text.as_ref().map(AsRef::as_ref));
        }
        Ok(all)
    }
}

/// A text as it stands in JSON, copied only where that writes a sign in another way.
#[derive(serde::Deserialize)]
#[serde(transparent)]
pub(super) struct JsonText<'t>(#[serde(borrow)] Cow<'t, str>);

impl AsRef<str> for JsonText<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_what_was_put_in(
            texts in prop::collection::vec(prop::option::of(".{0,6}"), 0..8),
            changes in prop::collection::vec((0..8_usize, prop::option::of(".{0,9}")), 0..12),
            more in 0..10_usize,
        ) {
            let (mut known, mut all) = (texts.clone(), Texts::from(texts));
            let agree = |all: &Texts, known: &[Option<String>]| all.iter().eq(known.iter().map(Option::as_deref));
            prop_assert!(agree(&all, &known));
            for (place, text) in changes {
                all.set(place, text.as_deref());
                known.get_mut(place).into_iter().for_each(|own| own.clone_from(&text));
                prop_assert!(agree(&all, &known), "{all:?} {known:?}");
                prop_assert_eq!(all.get(place), known.get(place).and_then(Option::as_deref));
            }
            all.grow(more);
            known.resize(known.len().max(more), None);
            prop_assert!(agree(&all, &known));
            let json = serde_json::to_string(&known).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&all).unwrap());
            prop_assert_eq!(&serde_json::from_str::<Texts>(&json).unwrap(), &all);
            all.clear();
            prop_assert!(all.is_empty() && all == Texts::default());
        }
    }
}
