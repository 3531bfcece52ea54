//! A set of small numbers: which slots changed, which ones a predicate reads.
//!
//! A program of many workflows has thousands of slots; an event changes a few of them, and a predicate reads a few. So a set is a sorted
//! list, and costs what is in it.

use smallvec::SmallVec;

/// Numbers, each once; or all there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits {
    is_full: bool,
    /// Sorted; empty where all are in it.
    numbers: SmallVec<[u32; 8]>,
}

impl Bits {
    /// All there are, whatever their limit.
    pub(super) fn full() -> Self {
        Self { is_full: true, numbers: SmallVec::new() }
    }

    pub(super) fn insert(&mut self, number: usize) {
        let number = kept(number);
        if !self.is_full
            && let Err(place) = self.numbers.binary_search(&number)
        {
            self.numbers.insert(place, number);
        }
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.is_full || self.numbers.binary_search(&kept(number)).is_ok()
    }

    pub(super) fn insert_all(&mut self, other: &Bits) {
        if self.is_full || other.is_full {
            *self = Self::full();
        } else if !other.is_empty() {
            self.numbers.extend_from_slice(&other.numbers);
            // Two sorted runs, which a stable sort only merges.
            self.numbers.sort();
            self.numbers.dedup();
        }
    }

    pub(super) fn clear(&mut self) {
        self.is_full = false;
        self.numbers.clear();
    }

    /// Begins anew, with all there are or with nothing.
    pub(super) fn begin(&mut self, is_full: bool) {
        self.clear();
        self.is_full = is_full;
    }

    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.is_full && self.numbers.is_empty()
    }

    pub(super) fn meets(&self, other: &Bits) -> bool {
        let (few, many) = if self.numbers.len() <= other.numbers.len() { (self, other) } else { (other, self) };
        match (few.is_full, many.is_full) {
            (false, false) => few.numbers.iter().any(|number| many.numbers.binary_search(number).is_ok()),
            _ => !few.is_empty() && !many.is_empty(),
        }
    }

    /// Those in it one by one; none where all are.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        self.numbers.iter().map(|number| *number as usize)
    }
}

/// Programs number their slots and texts in 32 bits.
fn kept(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn of(numbers: &BTreeSet<usize>) -> Bits {
        let mut bits = Bits::default();
        // Not in their order.
        numbers.iter().rev().for_each(|number| bits.insert(*number));
        bits
    }

    proptest! {
        #[test]
        fn it_is_the_set_of_what_was_put_in(
            one in proptest::collection::btree_set(0_usize..40, 0..12),
            other in proptest::collection::btree_set(0_usize..40, 0..12),
        ) {
            prop_assert_eq!(of(&one).meets(&of(&other)), !one.is_disjoint(&other));
            let mut both = of(&one);
            both.insert_all(&of(&other));
            prop_assert_eq!(both.numbers().collect::<BTreeSet<_>>(), &one | &other);
            prop_assert!((0..40).all(|number| of(&one).contains(number) == one.contains(&number)));
            prop_assert_eq!(of(&one).is_empty(), one.is_empty());
            prop_assert_eq!(Bits::full().meets(&of(&one)), !one.is_empty());
            prop_assert_eq!(of(&one).meets(&Bits::full()), !one.is_empty());
            both.insert_all(&Bits::full());
            prop_assert!(both.is_full() && both.contains(99) && !both.is_empty());
            both.clear();
            prop_assert!(both.is_empty() && !both.meets(&Bits::full()));
        }
    }
}
