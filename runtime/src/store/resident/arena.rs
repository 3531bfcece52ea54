//! Values of a few hundred bytes by the million, by number, without an allocation for each.
//!
//! ```text
//! places   1 2 3 4 ...                  how long the value of each number is, and which cell of those for that length holds it: 5 bytes
//! classes  4 | 8 | 12 | 16 ...          cells for values that long at most, each with the number whose value it holds; no cell is free but behind the last
//! ```
//! A value that outgrows its cell moves to a wider one, and the last of its class takes the place that it leaves. So memory follows the values that
//! there are, whatever they were before, and what one value moves is at most one other.

use rustc_hash::FxHashMap;

/// From one class to the next, in bytes: so many at most are empty in a cell, but one.
const STEP: usize = 4;
/// Bytes in front of a value: whose it is.
const HEAD: usize = size_of::<u32>();
/// Bytes of a block of cells at most; a block holds as many as fit, so that less than a cell is lost.
const BLOCK_BYTES: usize = 16 * 1024;
/// Places that are made together.
const PAGE: usize = 4 * 1024;

const LENGTH_BITS: u32 = 12;
const CELL_BITS: u32 = 28;
/// What a place says in place of a length where the value lies by itself.
const ALONE: u64 = (1 << LENGTH_BITS) - 1;
/// What is longer lies by itself.
const LENGTH_MAX: usize = BLOCK_BYTES / 4 - HEAD;

#[derive(Debug)]
pub(super) struct Arena {
    /// By number, in pages; one that no number is in has no places.
    places: Vec<Box<[Place]>>,
    /// By length, a step each.
    classes: Vec<Class>,
    /// What no cell holds, by number.
    alone: FxHashMap<u32, Box<[u8]>>,
    count: u64,
}

/// Where a value lies: its length and 1, 0 where there is none; and which cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place([u8; 5]);

impl Place {
    fn new(length: u64, cell: u32) -> Place {
        let [a, b, c, d, e, ..] = (u64::from(cell) << LENGTH_BITS | length).to_le_bytes();
        Place([a, b, c, d, e])
    }

    fn word(self) -> u64 {
        let [a, b, c, d, e] = self.0;
        u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
    }

    fn is_there(self) -> bool {
        self.word() != 0
    }

    fn is_alone(self) -> bool {
        self.word() & ALONE == ALONE
    }

    /// Of one that lies in a cell.
    fn length(self) -> usize {
        // Of 12 bits.
        (self.word() & ALONE) as usize - 1
    }

    fn cell(self) -> u32 {
        // Of 28 bits.
        (self.word() >> LENGTH_BITS) as u32
    }
}

/// Cells of one width, all taken.
#[derive(Debug, Default)]
struct Class {
    blocks: Vec<Box<[u8]>>,
    cells: u32,
}

/// Which class has cells for values that long.
fn class_of(length: usize) -> usize {
    length.div_ceil(STEP)
}

fn width(class: usize) -> usize {
    HEAD + class * STEP
}

fn per_block(class: usize) -> usize {
    BLOCK_BYTES / width(class)
}

/// Which block a cell lies in, and where it begins in that.
fn at(class: usize, cell: u32) -> (usize, usize) {
    let (cell, per_block) = (cell as usize, per_block(class));
    (cell / per_block, cell % per_block * width(class))
}

impl Class {
    /// Another cell. None where a place could not name it.
    fn add(&mut self, class: usize) -> Option<u32> {
        if self.cells >> CELL_BITS != 0 {
            return None;
        }
        let (block, _) = at(class, self.cells);
        if block == self.blocks.len() {
            self.blocks.push(vec![0; width(class) * per_block(class)].into_boxed_slice());
        }
        self.cells += 1;
        Some(self.cells - 1)
    }

    fn bytes(&self, class: usize, cell: u32, bytes: usize) -> Option<&[u8]> {
        let (block, at) = at(class, cell);
        self.blocks.get(block)?.get(at + HEAD..at + HEAD + bytes)
    }

    fn put(&mut self, class: usize, cell: u32, number: u32, value: &[u8]) {
        let (block, at) = at(class, cell);
        let bytes = self.blocks.get_mut(block).and_then(|block| block.get_mut(at..at + HEAD + value.len()));
        if let Some((head, place)) = bytes.and_then(|bytes| bytes.split_first_chunk_mut()) {
            *head = number.to_le_bytes();
            place.copy_from_slice(value);
        }
    }

    /// Takes a cell away: the last one takes its place. Returns whose value that holds, unless it is the same.
    fn take(&mut self, class: usize, cell: u32) -> Option<u32> {
        self.cells -= 1;
        let (last, taken) = (at(class, self.cells), at(class, cell));
        let number = if self.cells == cell { None } else { self.copy(class, last, taken) };
        // One that is empty stays, for what comes and goes at its border; but not where it is the only one.
        match self.cells {
            0 => self.blocks = Vec::new(),
            _ => self.blocks.truncate(last.0 + 1),
        }
        number
    }

    fn copy(&mut self, class: usize, from: (usize, usize), to: (usize, usize)) -> Option<u32> {
        let width = width(class);
        if from.0 == to.0 {
            self.blocks.get_mut(to.0)?.copy_within(from.1..from.1 + width, to.1);
        } else {
            let [from_block, to_block] = self.blocks.get_disjoint_mut([from.0, to.0]).ok()?;
            to_block.get_mut(to.1..to.1 + width)?.copy_from_slice(from_block.get(from.1..from.1 + width)?);
        }
        let moved = self.blocks.get(to.0)?.get(to.1..)?.first_chunk()?;
        Some(u32::from_le_bytes(*moved))
    }
}

impl Default for Arena {
    fn default() -> Arena {
        let classes = (0..=class_of(LENGTH_MAX)).map(|_| Class::default()).collect();
        Arena { places: Vec::new(), classes, alone: FxHashMap::default(), count: 0 }
    }
}

impl Arena {
    /// How many values there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    fn place(&self, number: u32) -> Place {
        let page = self.places.get(number as usize / PAGE);
        page.and_then(|page| page.get(number as usize % PAGE)).copied().unwrap_or_default()
    }

    fn set_place(&mut self, number: u32, place: Place) {
        let (page, at) = (number as usize / PAGE, number as usize % PAGE);
        if page >= self.places.len() {
            self.places.resize(page + 1, Box::default());
        }
        let Some(places) = self.places.get_mut(page) else { return };
        if places.is_empty() {
            *places = vec![Place::default(); PAGE].into_boxed_slice();
        }
        places.get_mut(at).into_iter().for_each(|kept| *kept = place);
    }

    /// The value of a number.
    pub(super) fn get(&self, number: u32) -> Option<&[u8]> {
        let place = self.place(number);
        if !place.is_there() {
            return None;
        }
        if place.is_alone() {
            return self.alone.get(&number).map(|value| &**value);
        }
        let class = class_of(place.length());
        self.classes.get(class)?.bytes(class, place.cell(), place.length())
    }

    /// Puts a value in the place of the one that a number had.
    pub(super) fn set(&mut self, number: u32, value: &[u8]) {
        let (before, class) = (self.place(number), class_of(value.len()));
        self.count += u64::from(!before.is_there());
        let stays = before.is_there() && !before.is_alone() && class_of(before.length()) == class;
        if !stays {
            self.give_back(number, before);
        }
        let Some(cells) = self.classes.get_mut(class).filter(|_| value.len() <= LENGTH_MAX) else {
            return self.put_alone(number, value);
        };
        let cell = if stays { Some(before.cell()) } else { cells.add(class) };
        let Some(cell) = cell else { return self.put_alone(number, value) };
        cells.put(class, cell, number, value);
        self.set_place(number, Place::new(value.len() as u64 + 1, cell));
    }

    fn put_alone(&mut self, number: u32, value: &[u8]) {
        self.alone.insert(number, value.into());
        self.set_place(number, Place::new(ALONE, 0));
    }

    fn give_back(&mut self, number: u32, place: Place) {
        if !place.is_there() {
            return;
        }
        if place.is_alone() {
            self.alone.remove(&number);
            if self.alone.len() * 4 + 64 < self.alone.capacity() {
                self.alone.shrink_to(self.alone.len() * 2);
            }
            return;
        }
        let class = class_of(place.length());
        let moved = self.classes.get_mut(class).and_then(|cells| cells.take(class, place.cell()));
        if let Some(moved) = moved {
            // Its length is its own.
            let length = self.place(moved).length() as u64;
            self.set_place(moved, Place::new(length + 1, place.cell()));
        }
    }

    /// Every number that has a value, ascending.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        let pages = (0..).step_by(PAGE).zip(&self.places);
        let places = pages.flat_map(|(first, page)| (first..).zip(page));
        places.filter(|(_, place)| place.is_there()).map(|(number, _)| number)
    }

    /// Bytes of memory that it takes.
    pub(super) fn memory(&self) -> usize {
        let of_class = |class: &Class| {
            class.blocks.len() * BLOCK_BYTES + class.blocks.capacity() * size_of::<Box<[u8]>>() + size_of::<Class>()
        };
        let alone: usize = self.alone.values().map(|value| value.len()).sum();
        let places: usize = self.places.iter().map(|page| size_of_val(&**page) + size_of::<Box<[Place]>>()).sum();
        places
            + self.classes.iter().map(of_class).sum::<usize>()
            + alone
            + self.alone.capacity() / 7 * 8 * (size_of::<(u32, Box<[u8]>)>() + 1)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_place_holds_what_it_says() {
        assert_eq!(size_of::<Place>() * 8, (LENGTH_BITS + CELL_BITS) as usize);
        for (length, cell) in [(0, 0), (LENGTH_MAX, (1 << CELL_BITS) - 1), (7, 9)] {
            let place = Place::new(length as u64 + 1, cell);
            assert!(place.is_there() && !place.is_alone() && (place.length(), place.cell()) == (length, cell));
        }
        assert!(Place::new(ALONE, 0).is_alone() && !Place::default().is_there());
        assert!(per_block(class_of(LENGTH_MAX)) >= 4 && LENGTH_MAX as u64 + 1 < ALONE);
    }

    /// What values were before takes no room: not even where all of them grow a little at a time, from class to class.
    #[test]
    fn memory_follows_what_there_is() {
        let mut arena = Arena::default();
        let empty = arena.memory();
        let mut fill = |count: u32, bytes: usize| {
            (0..count).for_each(|number| arena.set(number, &vec![7; bytes]));
            arena.memory() - empty
        };
        let most = |count: usize, bytes: usize| count * (bytes + 12 + bytes / 40) + 8 * BLOCK_BYTES;
        for bytes in (40..400).step_by(7).chain([200, 4_000, 200, 40]) {
            let taken = fill(10_000, bytes);
            assert!(taken <= most(10_000, bytes), "{bytes}: {taken}");
        }
        fill(10_000, 9_000);
        assert!(fill(10_000, 50) <= most(10_000, 50));
        let mut arena = Arena::default();
        let empty = arena.memory();
        let grown = |arena: &mut Arena, count: u32| {
            (0..count).for_each(|number| arena.set(number, &[7; 200]));
            arena.memory() - empty
        };
        let (once, twice) = (grown(&mut arena, 100_000), grown(&mut arena, 200_000));
        assert!(once <= most(100_000, 200) && twice <= 2 * once + BLOCK_BYTES, "{once} {twice}");
    }

    proptest! {
        #[test]
        fn every_number_has_the_value_it_was_given_last(writes in prop::collection::vec((0..40_u32, 0..30_000_usize, any::<u8>()), 0..200)) {
            let mut arena = Arena::default();
            let mut known = BTreeMap::new();
            for (number, bytes, byte) in writes {
                // Some alike, some of neighbouring lengths, some that no cell holds, some at its border.
                let length = match bytes % 4 {
                    0 => bytes % 30,
                    1 => bytes % 700,
                    2 => LENGTH_MAX - 5 + bytes % 10,
                    _ => bytes,
                };
                let value = vec![byte; length];
                arena.set(number, &value);
                known.insert(number, value);
                prop_assert!(known.iter().all(|(number, value)| arena.get(*number) == Some(value)));
            }
            prop_assert_eq!(arena.numbers().collect::<Vec<_>>(), known.keys().copied().collect::<Vec<_>>());
            prop_assert_eq!(arena.count(), known.len() as u64);
            prop_assert_eq!(arena.get(99), None);
            let cells: u32 = arena.classes.iter().map(|class| class.cells).sum();
            prop_assert_eq!(cells as usize + arena.alone.len(), known.len());
        }
    }
}
