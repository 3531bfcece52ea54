//! Everybody in memory: what a store is asked on the path of an event is answered without looking into a file.
//!
//! In: the contacts, keys and messages of a file as it was opened, then each batch as it is handed over. Out: answers, by all of that. This layer
//! knows no SQL; whoever has the tables reads them in and keeps them up.
//!
//! A contact is one value in an [`arena`], packed as in the file:
//!
//! ```text
//! layout, newest, next instant, bytes of the frame, bytes of the texts      each in as many bytes as it takes
//! the texts | the frame (`store/frame.rs`) | what is kept beside it (`store/kept/short.rs`)
//! ```

mod arena;
mod keys;
mod messages;

use super::frame::Blank;
use super::packed;
use super::stored::{Damaged, StoredContact, StoredTexts, put_text};
use super::written::{ContactWrites, Last, Packed};
use super::{Changes, ContactId, DueContact, EventRecord, MessageId, MessageKey, Slot, Texts};
use arena::Arena;
use keys::Keys;
pub(crate) use messages::Knows;
use messages::Messages;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// One slot in memory.
#[derive(Debug)]
pub(crate) struct Resident {
    slot: Slot,
    contacts: Arena,
    keys: Keys,
    /// Who was joined into whom, each into who they are by now; and who is who by now.
    joined: FxHashMap<u32, u32>,
    members: FxHashMap<u32, Vec<u32>>,
    messages: Messages,
    /// What frames are kept as differences to.
    blank: Arc<Blank>,
    /// The value that is made, so that making one allocates nothing.
    value: Vec<u8>,
    /// Its texts, likewise.
    texts: Vec<u8>,
}

/// A value, as far as everybody's must be known.
struct Head<'v> {
    next_at: Option<i64>,
    layout: u32,
    newest: u64,
    texts: &'v [u8],
    frame: &'v [u8],
    kept: &'v [u8],
}

impl Resident {
    /// Nobody yet.
    pub(crate) fn new(slot: Slot, blank: Arc<Blank>) -> Resident {
        Resident {
            slot,
            contacts: Arena::default(),
            keys: Keys::default(),
            joined: FxHashMap::default(),
            members: FxHashMap::default(),
            messages: Messages::default(),
            blank,
            value: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// How many contacts there are.
    pub(crate) fn count(&self) -> u64 {
        self.contacts.count()
    }

    /// Bytes of memory that all of it takes.
    pub(crate) fn memory(&self) -> usize {
        let joined = 2 * self.joined.capacity() * size_of::<(u32, u32)>();
        self.contacts.memory() + self.keys.memory() + self.messages.memory() + joined
    }

    /// The number in this slot. None for one that no such store gives: there is no room for as many contacts in any memory.
    fn number(&self, id: ContactId) -> Option<u32> {
        let number = (id.slot() == Some(self.slot)).then(|| u32::try_from(id.number()).ok()).flatten();
        // The highest stands for nobody (`keys.rs`).
        number.filter(|number| *number < u32::MAX)
    }

    fn id(&self, number: u32) -> ContactId {
        ContactId::new(self.slot, u64::from(number))
    }

    /// Whether there is such a contact.
    pub(crate) fn has(&self, id: ContactId) -> bool {
        self.number(id).is_some_and(|number| self.contacts.get(number).is_some())
    }

    /// Takes a contact in, with their texts; without, they keep those they had. False for a number that no store gives.
    #[must_use]
    pub(crate) fn put(&mut self, id: ContactId, packed: Packed<'_>, texts: Option<&Texts>) -> bool {
        if let Some(texts) = texts {
            return self.put_read(id, packed, texts.iter());
        }
        let Some(number) = self.number(id) else { return false };
        let before = self.contacts.get(number).and_then(Head::read);
        let texts = before.map(|head| head.texts).unwrap_or_default();
        make_value(packed, texts, &mut self.value);
        self.contacts.set(number, &self.value);
        true
    }

    /// The same of somebody whose texts lie wherever they were read.
    #[must_use]
    pub(crate) fn put_read<'t>(
        &mut self,
        id: ContactId,
        packed: Packed<'_>,
        texts: impl Iterator<Item = Option<&'t str>>,
    ) -> bool {
        let Some(number) = self.number(id) else { return false };
        self.texts.clear();
        texts.for_each(|text| put_text(text, &mut self.texts));
        make_value(packed, &self.texts, &mut self.value);
        self.contacts.set(number, &self.value);
        true
    }

    /// Has the keys of another from now on, and whom it has joined: they were read apart from the people. They take no more room than they need.
    pub(crate) fn take_keys_of(&mut self, other: Resident) {
        let Resident { keys, joined, members, .. } = other;
        (self.keys, self.joined, self.members) = (keys, joined, members);
        self.keys.fit();
    }

    /// There is a contact of this number, of whom nothing can be read.
    pub(crate) fn put_damaged(&mut self, id: ContactId) {
        self.number(id).into_iter().for_each(|number| self.contacts.set(number, &[]));
    }

    /// A contact where it lies. None where there is no such one; an error where they hold what Flow never writes.
    pub(crate) fn contact(&self, id: ContactId) -> Option<Result<StoredContact<'_>, Damaged>> {
        let value = self.contacts.get(self.number(id)?)?;
        let stored = Head::read(value).map(|Head { next_at, layout, newest, texts, frame, kept }| {
            let packed = Packed { next_at, layout, newest, frame, kept };
            StoredContact::packed(id, packed, &self.blank, StoredTexts::Packed(texts))
        });
        Some(stored.ok_or(Damaged))
    }

    /// From now on frames are kept as differences to this one, which begins as the one before.
    pub(crate) fn set_blank(&mut self, blank: Arc<Blank>) {
        self.blank = blank;
    }

    /// The newest record of somebody in the log; 0 where there is none.
    pub(crate) fn newest(&self, id: ContactId) -> u64 {
        let head = self.number(id).and_then(|number| self.contacts.get(number)).and_then(Head::read);
        head.map_or(0, |head| head.newest)
    }

    /// Whoever is due or of an earlier layout, ascending, and nobody who was joined into somebody else. Of whom nothing can be read is due at once: nobody
    /// knows when they would be, and whoever looks at them is told.
    pub(crate) fn due(&self, layout: u32) -> impl Iterator<Item = DueContact> + '_ {
        let not_joined = self.contacts.numbers().filter(|number| !self.joined.contains_key(number));
        not_joined.filter_map(move |number| {
            let Some(Head { next_at, layout: own, .. }) = Head::read(self.contacts.get(number)?) else {
                return Some(DueContact { id: self.id(number), next_at: Some(i64::MIN), layout: 0 });
            };
            (next_at.is_some() || own < layout).then_some(DueContact { id: self.id(number), next_at, layout: own })
        })
    }

    /// Whose a key is; of a contact that was joined into another it is the other.
    pub(crate) fn owner(&self, key: &str) -> Option<ContactId> {
        let owner = self.keys.owner(key)?;
        Some(self.id(self.joined.get(&owner).copied().unwrap_or(owner)))
    }

    /// A key is somebody's from now on, or nobody's.
    pub(crate) fn give(&mut self, key: &str, owner: Option<ContactId>) {
        let owner = owner.and_then(|id| self.number(id));
        self.keys.give(key, owner);
    }

    /// Whom a table says that somebody is by now.
    pub(crate) fn is_now(&mut self, id: ContactId, into: ContactId) {
        let (Some(id), Some(into)) = (self.number(id), self.number(into)) else { return };
        self.joined.insert(id, into);
        self.members.entry(into).or_default().push(id);
    }

    /// Whoever was joined into the first is the second, too.
    pub(crate) fn join(&mut self, id: ContactId, into: ContactId) {
        let (Some(id), Some(into)) = (self.number(id), self.number(into)) else { return };
        if let Some(others) = self.joined.get(&id).and_then(|before| self.members.get_mut(before)) {
            others.retain(|other| *other != id);
        }
        let mut members = self.members.remove(&id).unwrap_or_default();
        members.push(id);
        self.joined.extend(members.iter().map(|member| (*member, into)));
        self.members.entry(into).or_default().append(&mut members);
    }

    /// A contact, and all who are this contact by now.
    pub(crate) fn all_who_are(&self, id: ContactId) -> Vec<ContactId> {
        let members = self.number(id).and_then(|number| self.members.get(&number));
        members.into_iter().flatten().map(|member| self.id(*member)).chain([id]).collect()
    }

    /// Whether a message has arrived, as far as that is known here.
    pub(crate) fn knows(&mut self, message: &MessageKey) -> Knows {
        self.messages.knows(message)
    }

    /// The tables are asked about a message. Gives of how many messages at most its part is to be read first, where that is worth it.
    pub(crate) fn ask(&mut self, message: &MessageKey) -> Option<usize> {
        self.messages.ask(message)
    }

    /// Everything that the tables know of the part of a message: those of its day that begin with the same four bits.
    pub(crate) fn learn_part(&mut self, message: &MessageKey, known: Vec<MessageId>) {
        self.messages.learn(message, known);
    }

    /// What the tables have answered about a message.
    pub(crate) fn answer(&mut self, message: MessageKey, has_arrived: bool) {
        self.messages.answer(message, has_arrived);
    }

    /// The tables know every message up to a record of the log by now.
    pub(crate) fn messages_kept(&mut self, up_to: u64) {
        self.messages.kept(up_to);
    }

    /// The first event whose message has arrived, as far as that is known here: whoever made the batch has asked before.
    pub(crate) fn arrived_before<'e>(&mut self, events: &'e [EventRecord]) -> Option<&'e EventRecord> {
        let mut new = FxHashSet::default();
        events.iter().find(|event| self.messages.knows(&event.message) == Knows::Yes || !new.insert(event.message))
    }

    /// A message has arrived, by a record of the log.
    pub(crate) fn arrive(&mut self, message: MessageKey, record: u64) {
        self.messages.arrive(message, record);
    }

    /// Takes in what a batch changes beside the contacts themselves.
    pub(crate) fn take_in(&mut self, changes: &Changes) {
        changes.keys.iter().for_each(|(key, owner)| self.give(key, *owner));
        changes.joined.iter().for_each(|(id, into)| self.join(*id, *into));
        changes.events.iter().for_each(|event| self.arrive(event.message, event.id));
    }
}

impl<'v> Head<'v> {
    fn read(value: &'v [u8]) -> Option<Head<'v>> {
        let mut rest = value;
        let layout = u32::try_from(packed::take_number(&mut rest)?).ok()?;
        let newest = packed::take_number(&mut rest)?;
        let (is_due, mut rest) = rest.split_first()?;
        let next_at = match is_due {
            0 => None,
            _ => Some(packed::take_signed(&mut rest)?),
        };
        let mut bytes = || usize::try_from(packed::take_number(&mut rest)?).ok();
        let (frame_bytes, text_bytes) = (bytes()?, bytes()?);
        let (texts, rest) = rest.split_at_checked(text_bytes)?;
        let (frame, kept) = rest.split_at_checked(frame_bytes)?;
        Some(Head { next_at, layout, newest, texts, frame, kept })
    }
}

fn make_value(packed: Packed<'_>, texts: &[u8], value: &mut Vec<u8>) {
    let Packed { next_at, layout, newest, frame, kept } = packed;
    value.clear();
    packed::number(u64::from(layout), value);
    packed::number(newest, value);
    // 0 stands for none.
    value.push(u8::from(next_at.is_some()));
    next_at.into_iter().for_each(|at| packed::signed(at, value));
    [frame.len(), texts.len()].into_iter().for_each(|bytes| packed::number(bytes as u64, value));
    [texts, frame, kept].into_iter().for_each(|part| value.extend_from_slice(part));
}

/// Who a batch writes: the last write of each, with the last texts.
#[derive(Debug, Default)]
pub(crate) struct Writes(Vec<Write>);

/// A contact whom a batch writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Write {
    last: Last,
    /// Nobody had the number before.
    pub(crate) is_new: bool,
}

impl Writes {
    /// The contacts of a batch, ascending. An error beside somebody who is not there and has no texts.
    pub(crate) fn of(contacts: &ContactWrites, resident: &Resident) -> Result<Writes, ContactId> {
        let of = |last: Last| {
            // The places are its own.
            let id = contacts.get(last.place).map_or(ContactId(0), |written| written.id);
            let is_new = !resident.has(id);
            if is_new && !last.begins_with_texts { Err(id) } else { Ok(Write { last, is_new }) }
        };
        contacts.last().into_iter().map(of).collect::<Result<_, _>>().map(Writes)
    }

    /// Each with what they are from now on, and with their texts where the batch changes them.
    pub(crate) fn people<'w>(
        &'w self,
        contacts: &'w ContactWrites,
    ) -> impl Iterator<Item = (ContactId, bool, Packed<'w>, Option<&'w Texts>)> {
        self.0.iter().filter_map(|Write { last, is_new }| {
            let written = contacts.get(last.place)?;
            let texts = last.texts.and_then(|place| contacts.get(place)?.texts);
            Some((written.id, *is_new, written.packed, texts))
        })
    }
}
