//! Slots: the parts of a store that are owned, written and numbered by themselves.
//!
//! There are [`SLOTS`] of them, for ever. Whoever is in a slot stays in it, since it is part of their number, and so everything that happens
//! to them has one order and one writer. A store in a file is all in the first slot.

use serde::{Deserialize, Serialize};

/// How many slots there are, for ever.
pub const SLOTS: u16 = 4_096;

/// Bits of a number that count within its slot.
const NUMBER_BITS: u32 = 48;

/// The highest number within a slot.
pub const MAX_NUMBER: u64 = (1 << NUMBER_BITS) - 1;

/// A part of a store, from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u16);

impl Slot {
    /// The one that a process alone works in.
    pub const FIRST: Slot = Slot(0);

    /// None beyond [`SLOTS`].
    pub fn new(slot: u16) -> Option<Slot> {
        (slot < SLOTS).then_some(Slot(slot))
    }

    /// From 0.
    pub fn index(self) -> u16 {
        self.0
    }

    /// A number as it is known outside of its slot: unique in the store. `number` is from 1 to [`MAX_NUMBER`].
    pub fn global(self, number: u64) -> u64 {
        u64::from(self.0) << NUMBER_BITS | number & MAX_NUMBER
    }

    /// The slot that a number is of; none where no slot gives such numbers.
    pub fn of(global: u64) -> Option<Slot> {
        Slot::new(u16::try_from(global >> NUMBER_BITS).ok()?)
    }
}

/// The number within its slot.
pub fn number_in_slot(global: u64) -> u64 {
    global & MAX_NUMBER
}

/// A contact, numbered from 1 within their slot in the order in which they became known: the slot in the upper 16 bits, the number in the
/// lower 48.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContactId(pub u64);

impl ContactId {
    /// The contact of this number in a slot.
    pub fn new(slot: Slot, number: u64) -> ContactId {
        ContactId(slot.global(number))
    }

    /// Where they are, for ever; none for a number that no slot gives.
    pub fn slot(self) -> Option<Slot> {
        Slot::of(self.0)
    }

    /// From 1.
    pub fn number(self) -> u64 {
        number_in_slot(self.0)
    }
}

/// Who writes: an incarnation of a worker. Every batch is checked against it, so that whoever was replaced writes nothing more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// Its number.
    pub worker: u32,
    /// The how-manieth time that it took something over.
    pub epoch: u64,
}

/// What a process wants to own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// How many slots.
    pub slots: u16,
}

/// What a process owns from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tended {
    /// As whom it writes.
    pub owner: Owner,
    /// Slots that it owns and did not before: to be opened.
    pub gained: Vec<Slot>,
    /// Slots that it owns no more: to be forgotten.
    pub lost: Vec<Slot>,
}
