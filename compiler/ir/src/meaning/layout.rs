//! Where each value of a contact (its *frame*) and of a journey lies, in bytes.
//!
//! ```text
//! frame:   | presence bits, u64 words | 8-byte slots | 4-byte slots | 2-byte | 1-byte | padding to 8 |
//! ```
//!
//! This table is the one authority on offsets: the code generator, the interpreter and the runtime all ask it. Little-endian.

#![expect(
    clippy::indexing_slicing,
    reason = "`place` and `verify` keep slots and bits inside `size`; `blank`, the engine and `flow_native` see to bytes as long"
)]

use crate::id::{IdMap, SlotId};
use serde::{Deserialize, Serialize};

/// How wide a slot is and how its bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SlotKind {
    /// One byte, 0 or 1.
    Bool,
    /// Two bytes, unsigned: the number of a choice or stage. For a choice 0 means missing and the first is 1; a stage counts from 0.
    Code,
    /// Four bytes, unsigned: the number of a text among the literals it is compared with, from 1; 0 is any other text or none.
    Symbol,
    /// Four bytes, signed: days since 1970-01-01.
    Days,
    /// Eight bytes, signed: a number times [`NUMBER_SCALE`](crate::NUMBER_SCALE), or an instant in milliseconds since the epoch.
    Int,
}

impl SlotKind {
    /// Its width in bytes, which is its alignment too.
    pub fn width(self) -> u32 {
        match self {
            SlotKind::Bool => 1,
            SlotKind::Code => 2,
            SlotKind::Symbol | SlotKind::Days => 4,
            SlotKind::Int => 8,
        }
    }
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// For people: `industry`, `visited(page is "/pricing")[2]`.
    pub name: String,
    /// Its width, and how its bytes are read.
    pub kind: SlotKind,
    /// Bytes from the start.
    pub offset: u32,
    /// The presence bit that says whether the value is known; `None` where it always is.
    pub presence: Option<u32>,
    /// The value a new frame or journey starts with.
    pub initial: i64,
}

impl Slot {
    /// Reads it as the integer that code works on.
    pub fn read(&self, bytes: &[u8]) -> i64 {
        let at = self.offset as usize;
        match self.kind {
            SlotKind::Bool => i64::from(bytes[at] != 0),
            SlotKind::Code => i64::from(u16::from_le_bytes(array(bytes, at))),
            SlotKind::Symbol => i64::from(u32::from_le_bytes(array(bytes, at))),
            SlotKind::Days => i64::from(i32::from_le_bytes(array(bytes, at))),
            SlotKind::Int => i64::from_le_bytes(array(bytes, at)),
        }
    }

    /// Whether its value is known; always true of one that is not optional.
    pub fn is_known(&self, bytes: &[u8]) -> bool {
        self.presence.is_none_or(|bit| bytes[(bit / 8) as usize] & (1 << (bit % 8)) != 0)
    }
}

/// The slots of a frame or a journey.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// In the order of their making, which is not the order of their offsets.
    pub slots: IdMap<SlotId, Slot>,
    /// Presence words of 64 bits at the start; those of slots that came later stand before these ([`grow`](Self::grow)).
    pub presence_words: u32,
    /// Whole size in bytes, a multiple of eight.
    pub size: u32,
}

impl Layout {
    /// Adds a slot; its offset is set by [`place`](Self::place).
    pub fn add(&mut self, name: impl Into<String>, kind: SlotKind, optional: bool, initial: i64) -> SlotId {
        // Bits are given in the order of the slots, so the last one says how many there are.
        let last = || self.slots.values().rev().find_map(|slot| slot.presence);
        let presence = optional.then(|| last().map_or(0, |bit| bit + 1));
        self.slots.push(Slot { name: name.into(), kind, offset: 0, presence, initial })
    }

    /// Gives every slot its offset, widest first, so that none is torn and no byte is lost between them.
    pub fn place(&mut self) {
        let bits = self.slots.values().filter(|slot| slot.presence.is_some()).count() as u32;
        self.presence_words = bits.div_ceil(64);
        let mut offset = self.presence_words * 8;
        for width in [8, 4, 2, 1] {
            for slot in self.slots.values_mut().filter(|slot| slot.kind.width() == width) {
                slot.offset = offset;
                offset += width;
            }
        }
        self.size = offset.next_multiple_of(8);
    }

    /// Adds slots behind all that is there, so that what was written before needs only a longer end: no slot and no presence bit that was
    /// there moves. The new ones get their ids in order.
    pub fn grow(&mut self, added: Vec<Slot>) {
        let (begin, first) = (self.size, self.slots.len());
        let mut bits = 0;
        for slot in added {
            let presence = slot.presence.map(|_| begin * 8 + bits);
            bits += u32::from(presence.is_some());
            self.slots.push(Slot { presence, ..slot });
        }
        let mut offset = begin + bits.div_ceil(64) * 8;
        for width in [8, 4, 2, 1] {
            for slot in self.slots.values_mut().skip(first).filter(|slot| slot.kind.width() == width) {
                slot.offset = offset;
                offset += width;
            }
        }
        self.size = offset.next_multiple_of(8);
    }

    /// A new frame or journey: every slot at its initial value, nothing optional known.
    pub fn blank(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.size as usize];
        for id in self.slots.ids() {
            self.write(&mut bytes, id, self.slots.at(id).initial);
        }
        bytes
    }

    /// Reads a slot as the integer that code works on.
    pub fn read(&self, bytes: &[u8], id: SlotId) -> i64 {
        self.slots.at(id).read(bytes)
    }

    /// Writes a slot, keeping the low bytes of `value` as machine code does.
    pub fn write(&self, bytes: &mut [u8], id: SlotId, value: i64) {
        let slot = self.slots.at(id);
        let width = slot.kind.width() as usize;
        let at = slot.offset as usize;
        bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
    }

    /// Whether a slot's value is known; always true of one that is not optional.
    pub fn is_known(&self, bytes: &[u8], id: SlotId) -> bool {
        self.slots.at(id).is_known(bytes)
    }

    /// Marks an optional slot as known or missing; nothing changes for one that always is.
    pub fn set_known(&self, bytes: &mut [u8], id: SlotId, known: bool) {
        if let Some(bit) = self.slots.at(id).presence {
            let byte = &mut bytes[(bit / 8) as usize];
            *byte = (*byte & !(1 << (bit % 8))) | (u8::from(known) << (bit % 8));
        }
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}
