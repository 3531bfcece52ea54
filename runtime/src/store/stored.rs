//! A contact as a store has it, taken over into buffers that are there already.

use super::frame::Blank;
use super::kept::Journeys;
use super::packed;
use super::written::Packed;
use super::{ContactId, ContactRecord, HeldEntry, SaidAt, Texts};

/// A contact, where the store keeps them.
#[derive(Debug, Clone, Copy)]
pub struct StoredContact<'s>(Form<'s>);

#[derive(Debug, Clone, Copy)]
enum Form<'s> {
    Whole(&'s ContactRecord),
    Packed(ContactId, Packed<'s>, &'s Blank, StoredTexts<'s>),
}

/// Their texts.
#[derive(Debug, Clone, Copy)]
pub(super) enum StoredTexts<'s> {
    Whole(&'s Texts),
    /// As [`put_text`] has put them.
    Packed(&'s [u8]),
}

/// Buffers that a contact is taken over into, over whatever is in them.
pub(crate) struct Buffers<'c, J> {
    pub(crate) frame: &'c mut Vec<u8>,
    pub(crate) texts: &'c mut Texts,
    pub(crate) journeys: &'c mut J,
    pub(crate) held: &'c mut Vec<HeldEntry>,
    pub(crate) said_at: &'c mut SaidAt,
}

/// A contact holds what Flow never writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damaged;

impl<'s> StoredContact<'s> {
    pub(super) fn whole(record: &'s ContactRecord) -> StoredContact<'s> {
        StoredContact(Form::Whole(record))
    }

    /// One whose frame is kept as how it differs from a blank.
    pub(super) fn packed(
        id: ContactId,
        packed: Packed<'s>,
        blank: &'s Blank,
        texts: StoredTexts<'s>,
    ) -> StoredContact<'s> {
        StoredContact(Form::Packed(id, packed, blank, texts))
    }

    /// Who it is.
    pub fn id(&self) -> ContactId {
        match self.0 {
            Form::Whole(record) => record.id,
            Form::Packed(id, ..) => id,
        }
    }

    /// The next instant at which something may happen by itself.
    pub fn next_at(&self) -> Option<i64> {
        match self.0 {
            Form::Whole(record) => record.next_at,
            Form::Packed(_, packed, ..) => packed.next_at,
        }
    }

    /// The version of the program whose layout everything has.
    pub fn layout(&self) -> u32 {
        match self.0 {
            Form::Whole(record) => record.layout,
            Form::Packed(_, packed, ..) => packed.layout,
        }
    }

    /// The newest of their records in the log; 0 where there is none.
    pub fn newest(&self) -> u64 {
        match self.0 {
            Form::Whole(record) => record.newest,
            Form::Packed(_, packed, ..) => packed.newest,
        }
    }

    /// Copies the rest. Anything may stand in the buffers where the contact is damaged.
    pub(crate) fn copy_to(&self, buffers: Buffers<'_, impl Journeys>) -> Result<(), Damaged> {
        let Buffers { frame, texts, journeys, held, said_at } = buffers;
        match self.0 {
            Form::Whole(record) => {
                frame.clone_from(&record.frame);
                texts.clone_from(&record.texts);
                journeys.clear();
                record.kept.iter().for_each(|journey| journeys.add().clone_from(journey));
                held.clone_from(&record.held);
                said_at.clone_from(&record.said_at);
            }
            Form::Packed(id, packed, blank, stored) => {
                packed.unpack_frame(blank, frame).ok_or(Damaged)?;
                stored.copy_to(texts).ok_or(Damaged)?;
                packed.unpack_kept(id, (journeys, held, said_at)).ok_or(Damaged)?;
            }
        }
        Ok(())
    }

    /// All of it by itself.
    pub fn to_record(&self) -> Result<ContactRecord, Damaged> {
        let (id, next_at, layout, newest) = (self.id(), self.next_at(), self.layout(), self.newest());
        let (frame, texts, kept, held, said_at) = Default::default();
        let mut record = ContactRecord { id, frame, texts, next_at, layout, newest, kept, held, said_at };
        let ContactRecord { frame, texts, kept, held, said_at, .. } = &mut record;
        self.copy_to(Buffers { frame, texts, journeys: kept, held, said_at })?;
        Ok(record)
    }
}

impl StoredTexts<'_> {
    fn copy_to(self, texts: &mut Texts) -> Option<()> {
        let mut rest = match self {
            StoredTexts::Whole(whole) => {
                texts.clone_from(whole);
                return Some(());
            }
            StoredTexts::Packed(rest) => rest,
        };
        texts.clear();
        while !rest.is_empty() {
            texts.push(take_text(&mut rest)?);
        }
        Some(())
    }
}

/// Its length and 1, then itself; 0 for none.
pub(super) fn put_text(text: Option<&str>, out: &mut Vec<u8>) {
    packed::number(text.map_or(0, |text| text.len() as u64 + 1), out);
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
}

fn take_text<'t>(bytes: &mut &'t [u8]) -> Option<Option<&'t str>> {
    let Some(length) = packed::take_number(bytes)?.checked_sub(1) else { return Some(None) };
    let (text, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    std::str::from_utf8(text).ok().map(Some)
}
