//! When what is known of a contact was said: of two values of a field the one that occurred later holds (E11).

use std::collections::BTreeMap;

/// For each field of which somebody has said something, when that occurred. A field that is not among them has no value, the one it begins
/// with, or one of before this was kept: whatever is said of it next holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidAt(
    /// By the numbers of the fields.
    Vec<(u32, i64)>,
);

impl SaidAt {
    /// When the value of a field was said.
    pub fn of(&self, field: u32) -> Option<i64> {
        let place = self.0.binary_search_by_key(&field, |(known, _)| *known).ok()?;
        self.0.get(place).map(|(_, at)| *at)
    }

    /// A value was said at this instant. False where that is known.
    pub fn note(&mut self, field: u32, at: i64) -> bool {
        match self.0.binary_search_by_key(&field, |(known, _)| *known) {
            Ok(place) => self.0.get_mut(place).is_some_and(|(_, was)| std::mem::replace(was, at) != at),
            Err(place) => {
                self.0.insert(place, (field, at));
                true
            }
        }
    }

    /// The fields of each instant: most of what is known of somebody was said at once, so this is how it is kept.
    pub fn by_instant(&self) -> BTreeMap<i64, Vec<u32>> {
        let mut fields: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        self.0.iter().for_each(|(field, at)| fields.entry(*at).or_default().push(*field));
        fields
    }
}

impl FromIterator<(u32, i64)> for SaidAt {
    fn from_iter<I: IntoIterator<Item = (u32, i64)>>(said: I) -> SaidAt {
        SaidAt(said.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_last_is_known_by_field_and_by_instant() {
        let mut said = SaidAt::from_iter([(7, 10), (2, 20)]);
        assert_eq!((said.of(7), said.of(2), said.of(3)), (Some(10), Some(20), None));
        assert!(said.note(3, 10) && said.note(2, 5));
        assert!(!said.note(2, 5), "that is known");
        assert_eq!(said.by_instant(), BTreeMap::from([(5, vec![2]), (10, vec![3, 7])]));
    }
}
