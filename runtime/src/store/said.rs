//! When what is known of a contact was said: of two values of a field the one that occurred later holds (E11).

use std::collections::BTreeMap;

/// For each field of which somebody has said something, when that occurred. A field that is not among them has no value, the one it begins
/// with, or one of before this was kept: whatever is said of it next holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidAt(
    /// Instants with the numbers of the fields, in order: most of what is known of somebody was said at once.
    Vec<(i64, u32)>,
);

impl SaidAt {
    /// When the value of a field was said.
    pub fn of(&self, field: u32) -> Option<i64> {
        self.0.iter().find(|(_, known)| *known == field).map(|(at, _)| *at)
    }

    /// A value was said at this instant. False where that is known.
    pub fn note(&mut self, field: u32, at: i64) -> bool {
        if self.of(field) == Some(at) {
            return false;
        }
        self.0.retain(|(_, known)| *known != field);
        self.0.insert(self.0.partition_point(|one| *one < (at, field)), (at, field));
        true
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds what comes next by [`by_instant`](Self::by_instant), unseen: [`is_whole`](Self::is_whole) tells whether it did.
    pub(super) fn add(&mut self, field: u32, at: i64) {
        self.0.push((at, field));
    }

    /// Whether all of it is in its order, and no field comes twice.
    pub(super) fn is_whole(&self) -> bool {
        // Most of what is known of somebody was said at once: then the fields are in order themselves.
        if self.0.is_sorted_by(|one, next| one.0 <= next.0 && one.1 < next.1) {
            return true;
        }
        let mut fields: Vec<u32> = self.0.iter().map(|(_, field)| *field).collect();
        fields.sort_unstable();
        self.0.is_sorted() && fields.windows(2).all(|pair| pair.first() != pair.last())
    }

    /// Each instant with what was said then.
    pub fn by_instant(&self) -> impl Iterator<Item = &[(i64, u32)]> {
        self.0.chunk_by(|one, next| one.0 == next.0)
    }
}

impl FromIterator<(u32, i64)> for SaidAt {
    fn from_iter<I: IntoIterator<Item = (u32, i64)>>(said: I) -> SaidAt {
        let by_field: BTreeMap<u32, i64> = said.into_iter().collect();
        let mut said: Vec<(i64, u32)> = by_field.into_iter().map(|(field, at)| (at, field)).collect();
        said.sort_unstable();
        SaidAt(said)
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
        assert_eq!(said.by_instant().collect::<Vec<_>>(), [&[(5, 2)][..], &[(10, 3), (10, 7)]]);
    }
}
