//! Who reads what: from what changed to those who must look again, so that a change costs whom it concerns.

use super::bits::Bits;
use std::collections::BTreeSet;

/// The readers among a list, by what they read.
#[derive(Debug, Default)]
pub(super) struct Readers {
    /// For each slot and text, the places of those who read it.
    by_change: Vec<Vec<usize>>,
    /// The places of those who read anything at all.
    all: Vec<usize>,
}

impl Readers {
    /// From what each of the list reads, in its order.
    pub(super) fn new<'b>(changes: usize, reads: impl Iterator<Item = &'b Bits>) -> Readers {
        let mut readers = Readers { by_change: vec![Vec::new(); changes], all: Vec::new() };
        for (place, bits) in reads.enumerate().filter(|(_, bits)| !bits.is_empty()) {
            readers.all.push(place);
            for number in bits.numbers() {
                if let Some(places) = readers.by_change.get_mut(number) {
                    places.push(place);
                }
            }
        }
        readers
    }

    /// The places of those who read any of it, in order.
    pub(super) fn of(&self, changed: &Bits) -> BTreeSet<usize> {
        if changed.is_full() {
            return self.all.iter().copied().collect();
        }
        changed.numbers().filter_map(|number| self.by_change.get(number)).flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHANGES: usize = 20;

    fn bits(most: usize) -> impl Strategy<Value = Bits> {
        proptest::collection::vec(0..CHANGES, 0..most).prop_map(|numbers| {
            let mut bits = Bits::default();
            numbers.into_iter().for_each(|number| bits.insert(number));
            bits
        })
    }

    proptest! {
        #[test]
        fn they_are_those_whose_reads_meet_the_change(
            reads in proptest::collection::vec(bits(4), 0..16),
            changed in prop_oneof![9 => bits(6), 1 => Just(Bits::full())],
        ) {
            let found = Readers::new(CHANGES, reads.iter()).of(&changed);
            let met = reads.iter().enumerate().filter(|(_, reads)| reads.meets(&changed));
            prop_assert_eq!(found, met.map(|(place, _)| place).collect::<BTreeSet<_>>());
        }
    }
}
