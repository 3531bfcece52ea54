//! Values of a few hundred bytes by the million, by number, without an allocation for each.
//!
//! ```text
//! places   1 2 3 4 ...          where the value of each number lies: its class, which of the class, how long it is
//! classes  16 | 32 | 48 ...     blocks of equal cells; a value lies in the narrowest cell that holds it
//! ```
//! A value that outgrows its cell moves to a wider one, and its cell is the next that its class gives away. So memory follows the values that there
//! were at once, and nothing is ever moved to make room.

/// Widths of the cells of each class, in bytes, ascending. What is wider lies by itself.
const WIDTHS: [usize; 54] = widths();
/// The class of what is wider than any cell.
const ALONE: u64 = WIDTHS.len() as u64;
/// Bytes of a block of cells, as long as that many hold several.
const BLOCK_BYTES: usize = 64 * 1024;
/// Cells of a block at least.
const BLOCK_CELLS_MIN: usize = 8;

const LENGTH_BITS: u32 = 24;
const CLASS_BITS: u32 = 6;

/// Steps of 16 bytes, then wider ones, so that at most a fifth of a cell is empty.
#[expect(clippy::indexing_slicing, reason = "the loop ends with the list, and the compiler runs it")]
const fn widths() -> [usize; 54] {
    let mut widths = [0; 54];
    let (mut place, mut width) = (0, 0);
    while place < widths.len() {
        width += if width < 512 {
            16
        } else if width < 1_024 {
            64
        } else if width < 2_048 {
            256
        } else {
            512
        };
        widths[place] = width;
        place += 1;
    }
    widths
}

#[derive(Debug)]
pub(super) struct Arena {
    /// By number; 0 where there is none.
    places: Vec<Place>,
    classes: Vec<Class>,
    /// What no cell holds, and which of it are free.
    alone: Vec<Box<[u8]>>,
    alone_free: Vec<u64>,
    count: u64,
}

/// Where a value lies: a bit that it does, its class, which cell of that, how long it is.
#[derive(Debug, Clone, Copy, Default)]
struct Place(u64);

impl Place {
    fn new(class: u64, cell: u64, bytes: usize) -> Place {
        let (length, is_there) = (bytes as u64 & ((1 << LENGTH_BITS) - 1), 1);
        Place(((cell << CLASS_BITS | class) << LENGTH_BITS | length) << 1 | is_there)
    }

    fn is_there(self) -> bool {
        self.0 != 0
    }

    fn bytes(self) -> usize {
        (self.0 >> 1 & ((1 << LENGTH_BITS) - 1)) as usize
    }

    fn class(self) -> u64 {
        self.0 >> (1 + LENGTH_BITS) & ((1 << CLASS_BITS) - 1)
    }

    fn cell(self) -> u64 {
        self.0 >> (1 + LENGTH_BITS + CLASS_BITS)
    }
}

/// Cells of one width.
#[derive(Debug)]
struct Class {
    width: usize,
    /// How many cells a block has.
    per_block: usize,
    blocks: Vec<Box<[u8]>>,
    /// Cells that were given back.
    free: Vec<u32>,
    /// The next that was never given away.
    next: u32,
}

impl Class {
    fn new(width: usize) -> Class {
        let per_block = (BLOCK_BYTES / width).max(BLOCK_CELLS_MIN);
        Class { width, per_block, blocks: Vec::new(), free: Vec::new(), next: 0 }
    }

    fn give(&mut self) -> u32 {
        if let Some(cell) = self.free.pop() {
            return cell;
        }
        if self.next as usize == self.blocks.len() * self.per_block {
            self.blocks.push(vec![0; self.width * self.per_block].into_boxed_slice());
        }
        self.next += 1;
        self.next - 1
    }

    fn at(&self, cell: u64) -> (usize, usize) {
        let cell = cell as usize;
        (cell / self.per_block, cell % self.per_block * self.width)
    }

    fn bytes(&self, cell: u64, bytes: usize) -> Option<&[u8]> {
        let (block, at) = self.at(cell);
        self.blocks.get(block)?.get(at..at + bytes)
    }

    fn bytes_mut(&mut self, cell: u64, bytes: usize) -> Option<&mut [u8]> {
        let (block, at) = self.at(cell);
        self.blocks.get_mut(block)?.get_mut(at..at + bytes)
    }
}

impl Default for Arena {
    fn default() -> Arena {
        let classes = WIDTHS.into_iter().map(Class::new).collect();
        Arena { places: Vec::new(), classes, alone: Vec::new(), alone_free: Vec::new(), count: 0 }
    }
}

impl Arena {
    /// How many values there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The value of a number.
    pub(super) fn get(&self, number: u32) -> Option<&[u8]> {
        let place = *self.places.get(number as usize)?;
        if !place.is_there() {
            return None;
        }
        match self.classes.get(place.class() as usize) {
            Some(class) => class.bytes(place.cell(), place.bytes()),
            None => self.alone.get(place.cell() as usize).map(|value| &**value),
        }
    }

    /// Puts a value in the place of the one that a number had.
    pub(super) fn set(&mut self, number: u32, value: &[u8]) {
        let index = number as usize;
        if index >= self.places.len() {
            self.places.resize(index + 1, Place::default());
        }
        let before = self.places.get(index).copied().unwrap_or_default();
        let class = WIDTHS.partition_point(|width| *width < value.len()) as u64;
        let place = match before.is_there() && before.class() == class && class < ALONE {
            true => Place::new(class, before.cell(), value.len()),
            false => {
                self.give_back(before);
                self.give(class, value)
            }
        };
        if let Some(cell) = self.classes.get_mut(class as usize).and_then(|of| of.bytes_mut(place.cell(), value.len()))
        {
            cell.copy_from_slice(value);
        }
        if let Some(kept) = self.places.get_mut(index) {
            *kept = place;
        }
        self.count += u64::from(!before.is_there());
    }

    fn give(&mut self, class: u64, value: &[u8]) -> Place {
        if let Some(cells) = self.classes.get_mut(class as usize) {
            return Place::new(class, u64::from(cells.give()), value.len());
        }
        let cell = match self.alone_free.pop() {
            Some(cell) => {
                self.alone.get_mut(cell as usize).into_iter().for_each(|place| *place = value.into());
                cell
            }
            None => {
                self.alone.push(value.into());
                self.alone.len() as u64 - 1
            }
        };
        Place::new(ALONE, cell, 0)
    }

    fn give_back(&mut self, place: Place) {
        if !place.is_there() {
            return;
        }
        match self.classes.get_mut(place.class() as usize) {
            // A class gives away no more cells than a `u32` counts.
            Some(class) => class.free.push(place.cell() as u32),
            None => {
                self.alone.get_mut(place.cell() as usize).into_iter().for_each(|value| *value = Box::default());
                self.alone_free.push(place.cell());
            }
        }
    }

    /// Every number that has a value, ascending.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.places).filter(|(_, place)| place.is_there()).map(|(number, _)| number)
    }

    /// Bytes of memory that it takes.
    pub(super) fn memory(&self) -> usize {
        let of_class = |class: &Class| class.blocks.len() * class.width * class.per_block + class.free.capacity() * 4;
        self.places.capacity() * size_of::<Place>()
            + self.classes.iter().map(of_class).sum::<usize>()
            + self.alone.iter().map(|value| value.len() + size_of::<Box<[u8]>>()).sum::<usize>()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_cell_is_hardly_wider_than_its_value() {
        let mut before = 0;
        for width in WIDTHS {
            assert!(width > before && (before < 128 || (width - before) * 5 <= width), "{before} {width}");
            before = width;
        }
        assert!(ALONE < 1 << CLASS_BITS && before < 1 << LENGTH_BITS);
    }

    /// Room that was given back is given away again.
    #[test]
    fn memory_follows_what_there_is_at_once() {
        let mut arena = Arena::default();
        let mut fill = |bytes: usize| {
            (0..10_000).for_each(|number| arena.set(number, &vec![7; bytes]));
            arena.memory()
        };
        fill(100);
        let full = fill(200);
        assert_eq!((0..10).map(|turn| fill(100 + turn % 2 * 100)).max(), Some(fill(100)));
        assert!(fill(200) <= full + 2 * 4 * 16_384, "what is free is noted");
    }

    proptest! {
        #[test]
        fn every_number_has_the_value_it_was_given_last(writes in prop::collection::vec((0..40_u32, 0..30_000_usize, any::<u8>()), 0..200)) {
            let mut arena = Arena::default();
            let mut known = BTreeMap::new();
            for (number, bytes, byte) in writes {
                let value = vec![byte; if bytes < 20_000 { bytes % 700 } else { bytes }];
                arena.set(number, &value);
                known.insert(number, value);
                prop_assert!(known.iter().all(|(number, value)| arena.get(*number) == Some(value)));
            }
            prop_assert_eq!(arena.numbers().collect::<Vec<_>>(), known.keys().copied().collect::<Vec<_>>());
            prop_assert_eq!(arena.count(), known.len() as u64);
            prop_assert_eq!(arena.get(99), None);
        }
    }
}
