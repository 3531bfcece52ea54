//! Whose keys are, without the keys: of each a print of 128 bits is kept, of which no two of all keys that there will ever be agree.
//!
//! Prints are made with a secret of this process, so nobody can choose keys that agree or that lie together, and are written nowhere.
//!
//! ```text
//! shards   by the first bits of a print, which need not be kept
//! a shard  | 03.. | 07.. |      | 1a.. | 1b.. | 1c.. |      |      | 9e.. |      cells in the order of their prints, with gaps
//! ```
//! A print belongs where its share of all prints lies in the shard, and stands there or behind it. A shard that is nearly full is laid out anew an eighth
//! wider, by itself: nothing is ever copied but the thousandth part that it is.

use std::hash::{BuildHasher as _, RandomState};

/// Bits of a print that tell its shard.
const SHARD_BITS: u32 = 10;
/// Bytes of the rest of a print.
const REST_BYTES: usize = 15;
/// What owns nothing: no number that is given.
const NOBODY: u32 = u32::MAX;

#[derive(Debug)]
pub(super) struct Keys {
    secrets: [RandomState; 2],
    shards: Vec<Shard>,
}

impl Default for Keys {
    fn default() -> Keys {
        Keys { secrets: Default::default(), shards: vec![Shard::default(); 1 << SHARD_BITS] }
    }
}

impl Keys {
    /// The number of the shard, and the rest of the print.
    fn print(&self, key: &str) -> (usize, Rest) {
        let [high, low] = self.secrets.each_ref().map(|secret| u128::from(secret.hash_one(key)));
        let print = high << u64::BITS | low;
        (
            (print >> (u128::BITS - SHARD_BITS)) as usize,
            Rest(print << SHARD_BITS >> (u128::BITS - 8 * REST_BYTES as u32)),
        )
    }

    pub(super) fn owner(&self, key: &str) -> Option<u32> {
        let (shard, rest) = self.print(key);
        self.shards.get(shard)?.owner(rest)
    }

    /// Whose a key is from now on; none for one that is free again, and for a number that is never given.
    pub(super) fn give(&mut self, key: &str, owner: Option<u32>) {
        let (shard, rest) = self.print(key);
        let Some(shard) = self.shards.get_mut(shard) else { return };
        match owner.filter(|owner| *owner != NOBODY) {
            Some(owner) => shard.give(rest, owner),
            None => shard.free(rest),
        }
    }

    /// Takes no more room than is usual for what there is: for when many were given at once.
    pub(super) fn fit(&mut self) {
        self.shards.iter_mut().for_each(Shard::fit);
    }

    /// Bytes of memory that they take.
    pub(super) fn memory(&self) -> usize {
        let cells: usize = self.shards.iter().map(|shard| shard.cells.capacity() * size_of::<Cell>()).sum();
        cells + self.shards.capacity() * size_of::<Shard>()
    }
}

/// What is kept of a print: what stands behind the bits that tell its shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rest(u128);

impl Rest {
    /// Where it belongs among so many cells: prints in their order belong to places in their order.
    fn home(self, cells: usize) -> usize {
        let first = (self.0 >> (8 * REST_BYTES as u32 - u32::BITS)) as u64;
        ((first * cells as u64) >> u32::BITS) as usize
    }
}

/// What a print is the print of: the rest of it, and whose the key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell([u8; REST_BYTES + 4]);

impl Cell {
    const EMPTY: Cell = Cell([u8::MAX; REST_BYTES + 4]);

    fn new(Rest(rest): Rest, owner: u32) -> Cell {
        let mut cell = [0; REST_BYTES + 4];
        cell.iter_mut()
            .zip(rest.to_le_bytes().into_iter().take(REST_BYTES).chain(owner.to_le_bytes()))
            .for_each(|(place, byte)| *place = byte);
        Cell(cell)
    }

    fn owner(&self) -> u32 {
        self.0.last_chunk().map_or(NOBODY, |owner| u32::from_le_bytes(*owner))
    }

    fn is_empty(&self) -> bool {
        self.owner() == NOBODY
    }

    fn rest(&self) -> Rest {
        let with_more = self.0.first_chunk().map_or(0, |first| u128::from_le_bytes(*first));
        Rest(with_more << (u128::BITS - 8 * REST_BYTES as u32) >> (u128::BITS - 8 * REST_BYTES as u32))
    }
}

/// Cells in the order of their prints, with gaps: each at home or behind, and none empty between.
#[derive(Debug, Clone, Default)]
struct Shard {
    /// Among the first `homes` prints belong; those behind are for what belongs to the last of these.
    cells: Vec<Cell>,
    homes: usize,
    count: usize,
}

impl Shard {
    /// Of sixteen homes so many are taken at most.
    const FULL: usize = 15;

    /// So many homes hold that many: as full as may be, but for one that may still come.
    fn homes_for(count: usize) -> usize {
        (count + 1) * 16 / Self::FULL + 1
    }

    /// Where a print stands, or else where it would.
    fn find(&self, rest: Rest) -> (usize, bool) {
        let home = rest.home(self.homes);
        let behind = self.cells.get(home..).unwrap_or_default();
        let before = behind.iter().take_while(|cell| !cell.is_empty() && cell.rest() < rest).count();
        (home + before, behind.get(before).is_some_and(|cell| !cell.is_empty() && cell.rest() == rest))
    }

    fn owner(&self, rest: Rest) -> Option<u32> {
        let (place, is_there) = self.find(rest);
        self.cells.get(place).filter(|_| is_there).map(Cell::owner)
    }

    fn give(&mut self, rest: Rest, owner: u32) {
        let (mut place, is_there) = self.find(rest);
        if !is_there {
            if Self::homes_for(self.count) > self.homes {
                self.lay_out((self.homes + self.homes / 8).max(Self::homes_for(self.count + 1)));
                place = self.find(rest).0;
            }
            self.make_room(place);
            self.count += 1;
        }
        self.cells.get_mut(place).into_iter().for_each(|cell| *cell = Cell::new(rest, owner));
    }

    /// Moves what stands at a place and behind it on by one, up to the next gap.
    fn make_room(&mut self, place: usize) {
        let gap = self.cells.iter().skip(place).position(Cell::is_empty);
        let gap = gap.map_or(self.cells.len(), |gap| place + gap);
        if gap == self.cells.len() {
            self.cells.reserve_exact(1 + gap / 64);
            self.cells.push(Cell::EMPTY);
        }
        self.cells.copy_within(place..gap, place + 1);
    }

    /// Moves back by one what stands behind a place and is not at home, so that there is no gap before it.
    fn free(&mut self, rest: Rest) {
        let (place, is_there) = self.find(rest);
        if !is_there {
            return;
        }
        let homes = self.homes;
        let behind = (place + 1..).zip(self.cells.get(place + 1..).unwrap_or_default());
        let moved = behind.take_while(|(at, cell)| !cell.is_empty() && cell.rest().home(homes) < *at).count();
        self.cells.copy_within(place + 1..place + 1 + moved, place);
        self.cells.get_mut(place + moved).into_iter().for_each(|cell| *cell = Cell::EMPTY);
        self.count -= 1;
        if self.homes > 2 * Self::homes_for(self.count) {
            self.fit();
        }
    }

    fn fit(&mut self) {
        self.lay_out(Self::homes_for(self.count));
    }

    /// Lays all of it out among so many homes.
    fn lay_out(&mut self, homes: usize) {
        let before = std::mem::take(&mut self.cells);
        let there = || before.iter().filter(|cell| !cell.is_empty());
        // How far the last of them will stand behind its home.
        let end = there().fold(0, |next, cell| next.max(cell.rest().home(homes)) + 1);
        let mut cells = vec![Cell::EMPTY; homes.max(end)];
        let mut next = 0;
        for cell in there() {
            let place = cell.rest().home(homes).max(next);
            cells.get_mut(place).into_iter().for_each(|kept| *kept = *cell);
            next = place + 1;
        }
        (self.cells, self.homes) = (cells, homes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[test]
    fn a_key_finds_whom_it_was_given_to_last() {
        let mut keys = Keys::default();
        (0..10_000).for_each(|number| keys.give(&format!("user:{number}"), Some(number)));
        assert!((0..10_000).all(|number| keys.owner(&format!("user:{number}")) == Some(number)));
        assert_eq!((keys.owner("user:10000"), keys.owner("")), (None, None));
        keys.give("user:5", Some(9));
        keys.give("user:6", None);
        keys.give("user:7", Some(NOBODY));
        assert_eq!(["user:5", "user:6", "user:7"].map(|key| keys.owner(key)), [Some(9), None, None]);
    }

    /// Some 20 bytes a key, at every number of them, and again where most are freed.
    #[test]
    fn memory_follows_how_many_there_are() {
        let mut keys = Keys::default();
        let empty = keys.memory();
        for number in 0..300_000_u32 {
            keys.give(&format!("user:{number}"), Some(number));
            let most = empty + 26 * number as usize + 400_000;
            assert!(number % 1_000 != 0 || keys.memory() <= most, "{number}: {}", keys.memory());
        }
        let grown = keys.memory() - empty;
        assert!(grown <= 300_000 * 24, "{grown}");
        keys.fit();
        let fitted = keys.memory() - empty;
        assert!(fitted <= 300_000 * 21, "{fitted}");
        (0..290_000).for_each(|number| keys.give(&format!("user:{number}"), None));
        assert!((290_000..300_000).all(|number| keys.owner(&format!("user:{number}")) == Some(number)));
        assert!(keys.memory() - empty <= 10_000 * 60, "{}", keys.memory());
    }

    /// How many cells a look at one passes does not depend on how many there are; nor does how much one key makes move.
    #[test]
    fn twice_as_many_are_found_as_soon() {
        let passed = |count: u32| {
            let mut keys = Keys::default();
            (0..count).for_each(|number| keys.give(&format!("user:{number}"), Some(number)));
            keys.fit();
            let far = |number| {
                let (shard, rest) = keys.print(&format!("user:{number}"));
                let shard = &keys.shards[shard];
                shard.find(rest).0 - rest.home(shard.homes)
            };
            let largest = keys.shards.iter().map(|shard| shard.cells.len()).max();
            (
                f64::from(u32::try_from((0..count).map(far).sum::<usize>()).unwrap_or(u32::MAX)) / f64::from(count),
                largest,
            )
        };
        let (once, twice) = (passed(200_000), passed(400_000));
        assert!(once.0 < 9.0 && twice.0 < 9.0, "{once:?} {twice:?}");
        assert!(twice.1 < Some(400_000 / 1_024 * 3 / 2), "{twice:?}");
    }

    /// Of how it is laid out: in order, at home or behind, no gap between.
    fn holds_together(shard: &Shard) -> bool {
        let there: Vec<(usize, Rest)> =
            (0..).zip(&shard.cells).filter(|(_, cell)| !cell.is_empty()).map(|(at, cell)| (at, cell.rest())).collect();
        let no_gap = |(at, rest): &(usize, Rest)| {
            let home = rest.home(shard.homes);
            home <= *at && shard.cells[home..*at].iter().all(|cell| !cell.is_empty())
        };
        there.len() == shard.count && there.is_sorted_by(|one, next| one.1 < next.1) && there.iter().all(no_gap)
    }

    proptest! {
        /// Prints that somebody chose: in few places, at both ends, alike but for their last bits.
        #[test]
        fn a_shard_is_a_map_whatever_the_prints(
            writes in prop::collection::vec((0..4_u8, 0..60_u128, prop::option::weighted(0.7, 0..1_000_u32)), 0..400),
        ) {
            let (mut shard, mut known) = (Shard::default(), HashMap::new());
            for (kind, number, owner) in writes {
                let all = (1 << (8 * REST_BYTES)) - 1;
                let rest = Rest(match kind {
                    0 => number,
                    1 => all - number,
                    2 => number << (8 * REST_BYTES - 6),
                    _ => (number % 3) << (8 * REST_BYTES - 4) | number,
                });
                match owner {
                    Some(owner) => {
                        shard.give(rest, owner);
                        known.insert(rest.0, owner);
                    }
                    None => {
                        shard.free(rest);
                        known.remove(&rest.0);
                    }
                }
                prop_assert!(holds_together(&shard));
                prop_assert_eq!(shard.owner(rest), owner);
                prop_assert_eq!(shard.count, known.len());
            }
            prop_assert!(known.iter().all(|(rest, owner)| shard.owner(Rest(*rest)) == Some(*owner)));
            shard.fit();
            prop_assert!(holds_together(&shard));
            prop_assert!(known.iter().all(|(rest, owner)| shard.owner(Rest(*rest)) == Some(*owner)));
        }
    }
}
