//! Whom a new version of the program has not looked at yet, and which of them it need not look at one by one.
//!
//! A new version looks at everybody once, at the instant at which it takes up the store ([`version`](super::version)). Most are left by it as they
//! are: no segment, entry, goal, exit or wait holds that did not, and none may change at another instant. Who that is, is found for all together
//! ([`unmoved`](super::unmoved)), and nothing of them is written. Once the others have been looked at, one mark in the store says so of everybody;
//! it stands in the batch of the last of them, so that whoever dies before begins anew, and whoever dies behind it goes on.

use super::error::EngineError;
use crate::store::{Actor, ContactId, DueContact};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Contacts of an earlier version, until each of them was looked at.
#[derive(Debug, Default)]
pub(super) struct Outdated {
    version: u32,
    /// The last version of which the store says that it has looked at everybody.
    seen_by: u32,
    /// Those of whom nobody knows yet whether they must be looked at.
    waiting: Vec<DueContact>,
    /// Those who must be looked at one by one, once that is known.
    moved: Option<Numbers>,
}

impl Outdated {
    /// As a store has them. `contacts` are those who may be due, each of the version that has written them last.
    pub(super) fn of(
        version: u32,
        actors: &BTreeMap<Actor, Vec<u8>>,
        contacts: &[DueContact],
    ) -> Result<Outdated, EngineError> {
        // By a later one than there is, nobody would be looked at whom this one moves.
        let seen_by = seen_by(actors)?;
        if seen_by > version {
            return Err(damaged());
        }
        let mut outdated = Outdated { version, seen_by, ..Outdated::default() };
        let waiting = contacts.iter().filter(|contact| outdated.is_outdated(contact.id, contact.layout));
        outdated.waiting = waiting.copied().collect();
        Ok(outdated)
    }

    /// Whether somebody whom a version has written last is still to be looked at.
    pub(super) fn is_outdated(&self, contact: ContactId, layout: u32) -> bool {
        let is_earlier = layout.max(self.seen_by) < self.version;
        is_earlier && self.moved.as_ref().is_none_or(|moved| moved.contains(contact))
    }

    /// Whether nobody knows yet who must be looked at.
    pub(super) fn is_unknown(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Those of whom that is to be found out, once.
    pub(super) fn take_waiting(&mut self) -> Vec<DueContact> {
        std::mem::take(&mut self.waiting)
    }

    /// That was not found out.
    pub(super) fn give_back(&mut self, waiting: Vec<DueContact>) {
        self.waiting = waiting;
    }

    /// These must be looked at one by one, and nobody else. The mark, where there are none.
    pub(super) fn found(&mut self, moved: Numbers) -> Option<(Actor, Vec<u8>)> {
        self.moved = Some(moved);
        self.mark()
    }

    /// Somebody was looked at. The mark, where they were the last.
    pub(super) fn looked_at(&mut self, contact: ContactId) -> Option<(Actor, Vec<u8>)> {
        let was_in = self.moved.as_mut()?.remove(contact);
        was_in.then(|| self.mark()).flatten()
    }

    /// Somebody who was still to be looked at is somebody else by now, who is looked at for both.
    pub(super) fn join(&mut self, contact: ContactId, into: ContactId) {
        if let Some(moved) = self.moved.as_mut()
            && moved.remove(contact)
        {
            moved.insert(into);
        }
    }

    fn mark(&mut self) -> Option<(Actor, Vec<u8>)> {
        if self.moved.as_ref()?.count > 0 {
            return None;
        }
        (self.seen_by, self.moved) = (self.version, None);
        Some((Actor::Version, self.version.to_le_bytes().to_vec()))
    }
}

/// The last version that has looked at everybody; 0 where none has said so.
pub(crate) fn seen_by(actors: &BTreeMap<Actor, Vec<u8>>) -> Result<u32, EngineError> {
    let Some(bytes) = actors.get(&Actor::Version) else { return Ok(0) };
    let read = <[u8; 4]>::try_from(bytes.as_slice()).map(u32::from_le_bytes);
    read.map_err(|_| damaged())
}

fn damaged() -> EngineError {
    EngineError::Damaged { name: "version that has looked at everybody".to_owned() }
}

/// Bits of a page of [`Numbers`].
const PAGE_BITS: u64 = 4_096;

/// A set of contacts: a bit each, in pages, so that a number out of all order costs one of them.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pages: FxHashMap<u64, Box<[u64; (PAGE_BITS / u64::BITS as u64) as usize]>>,
    count: usize,
}

impl Numbers {
    /// The page, and the word and the bit in it.
    fn place(contact: ContactId) -> (u64, usize, u64) {
        let bit = contact.0 % PAGE_BITS;
        (contact.0 / PAGE_BITS, (bit / u64::from(u64::BITS)) as usize, 1 << (bit % u64::from(u64::BITS)))
    }

    pub(super) fn insert(&mut self, contact: ContactId) {
        let (page, word, bit) = Self::place(contact);
        let page = self.pages.entry(page).or_insert_with(|| Box::new([0; _]));
        if let Some(word) = page.get_mut(word) {
            self.count += usize::from(*word & bit == 0);
            *word |= bit;
        }
    }

    fn remove(&mut self, contact: ContactId) -> bool {
        let (page, word, bit) = Self::place(contact);
        let Some(word) = self.pages.get_mut(&page).and_then(|page| page.get_mut(word)) else { return false };
        let was_in = *word & bit != 0;
        *word &= !bit;
        self.count -= usize::from(was_in);
        was_in
    }

    fn contains(&self, contact: ContactId) -> bool {
        let (page, word, bit) = Self::place(contact);
        self.pages.get(&page).and_then(|page| page.get(word)).is_some_and(|word| word & bit != 0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn numbers_are_a_set(
            put in proptest::collection::vec((any::<bool>(), prop_oneof![0_u64..9_000, any::<u64>()]), 0..60),
        ) {
            let (mut numbers, mut set) = (Numbers::default(), BTreeSet::new());
            for (is_put, number) in &put {
                match is_put {
                    true => {
                        numbers.insert(ContactId(*number));
                        set.insert(*number);
                    }
                    false => prop_assert_eq!(numbers.remove(ContactId(*number)), set.remove(number)),
                }
                prop_assert_eq!(numbers.count, set.len());
            }
            prop_assert!(put.iter().all(|(_, number)| numbers.contains(ContactId(*number)) == set.contains(number)));
        }
    }

    fn contact(id: u64, layout: u32) -> DueContact {
        DueContact { id: ContactId(id), next_at: Some(7), layout }
    }

    #[test]
    fn the_mark_comes_with_the_last_who_is_looked_at() {
        let contacts = [contact(1, 1), contact(2, 2), contact(3, 1), contact(4, 1)];
        let mut outdated = Outdated::of(2, &BTreeMap::new(), &contacts).unwrap();
        assert!(
            outdated.is_unknown() && outdated.is_outdated(ContactId(4), 1) && !outdated.is_outdated(ContactId(4), 2)
        );
        assert_eq!(outdated.take_waiting().len(), 3);
        let mut moved = Numbers::default();
        [1, 3].into_iter().for_each(|id| moved.insert(ContactId(id)));
        assert_eq!(outdated.found(moved), None);
        assert!(outdated.is_outdated(ContactId(3), 1) && !outdated.is_outdated(ContactId(4), 1));
        assert_eq!(outdated.looked_at(ContactId(1)), None);
        assert_eq!(outdated.looked_at(ContactId(1)), None, "somebody is counted once");
        assert_eq!(outdated.looked_at(ContactId(3)), Some((Actor::Version, vec![2, 0, 0, 0])));
        assert!(!outdated.is_outdated(ContactId(3), 1), "what is not written yet counts from here on");
        let kept = BTreeMap::from([(Actor::Version, vec![2, 0, 0, 0])]);
        assert!(!Outdated::of(2, &kept, &contacts).unwrap().is_unknown());
        assert_eq!(Outdated::of(3, &kept, &contacts).unwrap().waiting.len(), 4);
        for damaged in [vec![2], vec![3, 0, 0, 0], Vec::new()] {
            let found = Outdated::of(2, &BTreeMap::from([(Actor::Version, damaged)]), &contacts);
            assert!(matches!(found, Err(EngineError::Damaged { .. })));
        }
    }

    #[test]
    fn where_nobody_is_moved_the_mark_comes_at_once() {
        let mut outdated = Outdated::of(2, &BTreeMap::new(), &[contact(1, 1)]).unwrap();
        outdated.take_waiting();
        assert!(outdated.found(Numbers::default()).is_some());
    }
}
