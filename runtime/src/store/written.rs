//! What a batch leaves of contacts: each packed as stores keep it, one behind the other, so that a contact who is written costs no memory of their own.

use super::frame::{self, Blank, FramePacker};
use super::kept::{self, Journeys};
use super::stored::{StoredContact, StoredTexts};
use super::{ContactId, ContactWrite, HeldEntry, JourneyRecord, SaidAt, Texts};
use std::ops::Range;
use std::sync::Arc;

/// Contacts to insert or replace, in the order in which they are written.
#[derive(Debug, Clone, Default)]
pub struct ContactWrites {
    people: Vec<Person>,
    /// Of each the frame, and what is kept beside it.
    bytes: Vec<u8>,
    /// What frames are kept as differences to.
    blank: Arc<Blank>,
    packer: FramePacker,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Person {
    id: ContactId,
    next_at: Option<i64>,
    layout: u32,
    newest: u64,
    texts: Option<Texts>,
    frame: Range<usize>,
    kept: Range<usize>,
}

/// What a table keeps of a contact, but for the texts: both parts as they are packed (`store/frame.rs`, `store/kept/short.rs`) or, of an earlier Flow,
/// the frame as it is and the rest as that packed it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Packed<'p> {
    pub(crate) next_at: Option<i64>,
    pub(crate) layout: u32,
    pub(crate) newest: u64,
    pub(crate) frame: &'p [u8],
    pub(crate) kept: &'p [u8],
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'w> {
    pub(crate) id: ContactId,
    pub(crate) packed: Packed<'w>,
    /// None where they stay as they are.
    pub(crate) texts: Option<&'w Texts>,
    blank: &'w Blank,
}

/// What is written of one contact, as whoever writes has it.
pub(crate) struct ToWrite<'c, J> {
    pub(crate) id: ContactId,
    pub(crate) layout: u32,
    pub(crate) frame: &'c [u8],
    pub(crate) texts: Option<&'c Texts>,
    pub(crate) next_at: Option<i64>,
    pub(crate) newest: u64,
    /// By (workflow, run).
    pub(crate) journeys: J,
    pub(crate) held: &'c [HeldEntry],
    pub(crate) said_at: &'c SaidAt,
}

impl PartialEq for ContactWrites {
    fn eq(&self, other: &ContactWrites) -> bool {
        self.people == other.people && self.bytes == other.bytes
    }
}

impl Eq for ContactWrites {}

impl ContactWrites {
    /// Nothing yet. Of frames is kept how they differ from this one.
    pub fn beside(blank: Arc<Blank>) -> ContactWrites {
        ContactWrites { blank, ..ContactWrites::default() }
    }

    /// Nothing yet, with room for a little more than there was.
    pub(super) fn after(before: &ContactWrites) -> ContactWrites {
        let (people, bytes) = (before.people.len(), before.bytes.len());
        let blank = Arc::clone(&before.blank);
        let (people, bytes) = (Vec::with_capacity(people + people / 8), Vec::with_capacity(bytes + bytes / 8));
        ContactWrites { people, bytes, ..ContactWrites::beside(blank) }
    }

    /// How many writes there are.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether nobody is written.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Who is written, in that order.
    pub fn ids(&self) -> impl Iterator<Item = ContactId> + '_ {
        self.people.iter().map(|person| person.id)
    }

    /// Adds a contact.
    pub(crate) fn write<'c>(&mut self, of: ToWrite<'c, impl Iterator<Item = &'c JourneyRecord> + Clone>) {
        let ToWrite { id, layout, frame, texts, next_at, newest, journeys, held, said_at } = of;
        let start = self.bytes.len();
        self.packer.pack(frame, &self.blank, &mut self.bytes);
        let middle = self.bytes.len();
        kept::short::pack_into(&mut self.bytes, journeys, held, said_at);
        let (frame, kept) = (start..middle, middle..self.bytes.len());
        self.people.push(Person { id, next_at, layout, newest, texts: texts.cloned(), frame, kept });
    }

    /// The same of a contact that is whole.
    pub fn push(&mut self, write: &ContactWrite) {
        let ContactWrite { id, layout, frame, texts, next_at, newest, kept, held, said_at } = write;
        self.write(ToWrite {
            id: *id,
            layout: *layout,
            frame,
            texts: texts.as_ref(),
            next_at: *next_at,
            newest: *newest,
            journeys: kept.iter(),
            held,
            said_at,
        });
    }

    /// The one at a place.
    pub(crate) fn get(&self, place: usize) -> Option<Written<'_>> {
        let Person { id, next_at, layout, newest, texts, frame, kept } = self.people.get(place)?;
        let (frame, kept) = (self.bytes.get(frame.clone())?, self.bytes.get(kept.clone())?);
        let packed = Packed { next_at: *next_at, layout: *layout, newest: *newest, frame, kept };
        Some(Written { id: *id, packed, texts: texts.as_ref(), blank: &self.blank })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Written<'_>> {
        (0..self.len()).filter_map(|place| self.get(place))
    }

    /// Each taken apart again.
    pub fn whole(&self) -> impl Iterator<Item = ContactWrite> + '_ {
        self.iter().filter_map(|written| written.whole())
    }

    /// Of two writes of one contact the last holds, with the last texts: everybody once, ascending, by the places of both.
    pub(crate) fn last(&self) -> Vec<Last> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        let of = |place: &usize| self.people.get(*place);
        order.sort_by_key(|place| of(place).map(|person| person.id));
        let has_texts = |place: &&usize| of(place).is_some_and(|person| person.texts.is_some());
        let each = order.chunk_by(|one, next| of(one).map(|one| one.id) == of(next).map(|next| next.id));
        let last = each.filter_map(|same| {
            let (first, last) = (same.first()?, *same.last()?);
            let texts = same.iter().rev().find(has_texts).copied();
            Some(Last { place: last, texts, begins_with_texts: has_texts(&first) })
        });
        last.collect()
    }
}

/// Where the last write of somebody stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Last {
    pub(crate) place: usize,
    /// The last that has texts.
    pub(crate) texts: Option<usize>,
    /// The first has some, so that nobody need be there before.
    pub(crate) begins_with_texts: bool,
}

impl Written<'_> {
    /// Taken apart; none where what was packed is none of ours.
    pub(super) fn whole(&self) -> Option<ContactWrite> {
        let none = Texts::default();
        let stored = StoredContact::packed(self.id, self.packed, self.blank, StoredTexts::Whole(&none));
        let record = stored.to_record().ok()?;
        Some(ContactWrite { texts: self.texts.cloned(), ..ContactWrite::from(record) })
    }
}

impl Packed<'_> {
    /// Whether an earlier Flow wrote it.
    pub(super) fn is_earlier(&self) -> bool {
        frame::is_earlier(self.frame)
    }

    /// Takes apart what stands beside the frame, over what is there. None where Flow never writes such bytes.
    pub(super) fn unpack_kept(
        &self,
        id: ContactId,
        over: (&mut impl Journeys, &mut Vec<HeldEntry>, &mut SaidAt),
    ) -> Option<()> {
        match self.is_earlier() {
            true => kept::unpack_over(id, self.kept, over),
            false => kept::short::unpack_over(id, self.kept, over),
        }
    }

    /// The same of the frame.
    pub(super) fn unpack_frame(&self, blank: &Blank, over: &mut Vec<u8>) -> Option<()> {
        if self.is_earlier() {
            over.clear();
            over.extend_from_slice(self.frame);
            return Some(());
        }
        frame::unpack_over(self.frame, blank, over)
    }
}

impl FromIterator<ContactWrite> for ContactWrites {
    fn from_iter<I: IntoIterator<Item = ContactWrite>>(writes: I) -> ContactWrites {
        let mut all = ContactWrites::default();
        writes.into_iter().for_each(|write| all.push(&write));
        all
    }
}

impl From<Vec<ContactWrite>> for ContactWrites {
    fn from(writes: Vec<ContactWrite>) -> ContactWrites {
        writes.into_iter().collect()
    }
}
