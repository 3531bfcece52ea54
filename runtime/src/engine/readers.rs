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
