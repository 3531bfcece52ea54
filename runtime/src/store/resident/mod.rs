//! Everybody in memory: what a store is asked on the path of an event is answered without looking into a file.
//!
//! In: the contacts, keys and messages of a file as it was opened, then each batch as it is handed over. Out: answers, by all of that. This layer
//! knows no SQL; whoever has the tables reads them in and keeps them up.
//!
//! A contact is one value in an [`arena`], without the zeros of its frame and journeys (`packed.rs`):
//!
//! ```text
//! layout, newest, next instant, bytes of the frame, bytes of what is kept      each in as many bytes as it takes
//! the frame, packed | what is kept beside it (`store/kept`), packed | the texts
//! ```

mod arena;
mod keys;
mod messages;

use super::{Changes, ContactId, ContactRecord, ContactWrite, DueContact, EventRecord, MessageId, MessageKey, Slot};
use super::{kept, packed};
use arena::Arena;
use keys::Keys;
pub(crate) use messages::Knows;
use messages::Messages;
use rustc_hash::{FxHashMap, FxHashSet};

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
    /// The value that is made, so that making one allocates nothing.
    value: Vec<u8>,
    /// What is unpacked, likewise.
    bytes: Vec<u8>,
}

/// What a table keeps of a contact, but for the texts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packed<'p> {
    pub(crate) next_at: Option<i64>,
    pub(crate) layout: u32,
    pub(crate) newest: u64,
    pub(crate) frame: &'p [u8],
    /// As `store/kept` packs it.
    pub(crate) kept: &'p [u8],
}

/// A value, as far as everybody's must be known.
struct Head<'v> {
    next_at: Option<i64>,
    layout: u32,
    newest: u64,
    frame_bytes: usize,
    kept_bytes: usize,
    /// What stands behind it.
    rest: &'v [u8],
}

impl Resident {
    /// Nobody yet.
    pub(crate) fn new(slot: Slot) -> Resident {
        Resident {
            slot,
            contacts: Arena::default(),
            keys: Keys::default(),
            joined: FxHashMap::default(),
            members: FxHashMap::default(),
            messages: Messages::default(),
            value: Vec::new(),
            bytes: Vec::new(),
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
        (id.slot() == Some(self.slot)).then(|| u32::try_from(id.number()).ok()).flatten()
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
    pub(crate) fn put(&mut self, id: ContactId, packed: Packed<'_>, texts: Option<&[Option<String>]>) -> bool {
        let Some(number) = self.number(id) else { return false };
        self.value.clear();
        let Packed { next_at, layout, newest, frame, kept } = packed;
        packed::number(u64::from(layout), &mut self.value);
        packed::number(newest, &mut self.value);
        // 0 stands for none.
        self.value.push(u8::from(next_at.is_some()));
        next_at.into_iter().for_each(|at| self.value.extend(at.to_le_bytes()));
        packed::number(frame.len() as u64, &mut self.value);
        packed::number(kept.len() as u64, &mut self.value);
        packed::pack(frame, &mut self.value);
        packed::pack(kept, &mut self.value);
        match texts {
            Some(texts) => texts.iter().for_each(|text| put_text(text.as_deref(), &mut self.value)),
            None => {
                let before = self.contacts.get(number).and_then(Head::read);
                let texts = before.and_then(|head| head.into_parts(&mut self.bytes));
                self.value.extend_from_slice(texts.unwrap_or_default());
            }
        }
        self.contacts.set(number, &self.value);
        true
    }

    /// There is a contact of this number, of whom nothing can be read.
    pub(crate) fn put_damaged(&mut self, id: ContactId) {
        self.number(id).into_iter().for_each(|number| self.contacts.set(number, &[]));
    }

    /// A contact whole. None where there is no such one; an error where they hold what Flow never writes.
    pub(crate) fn contact(&mut self, id: ContactId) -> Option<Result<ContactRecord, Damaged>> {
        let value = self.contacts.get(self.number(id)?)?;
        Some(Self::record(id, value, &mut self.bytes).ok_or(Damaged))
    }

    fn record(id: ContactId, value: &[u8], bytes: &mut Vec<u8>) -> Option<ContactRecord> {
        let head = Head::read(value)?;
        let Head { next_at, layout, newest, frame_bytes, .. } = head;
        let mut texts = head.into_parts(bytes)?;
        let (frame, kept) = bytes.split_at_checked(frame_bytes)?;
        let (kept, held, said_at) = kept::unpack(id, kept)?;
        let mut record = ContactRecord {
            id,
            frame: frame.to_vec(),
            texts: Vec::new(),
            next_at,
            layout,
            newest,
            kept,
            held,
            said_at,
        };
        while !texts.is_empty() {
            record.texts.push(take_text(&mut texts)?);
        }
        Some(record)
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

    /// How many messages of a day are learnt at most.
    pub(crate) const MESSAGES_OF_A_DAY: usize = Messages::most();

    /// What the tables know of a day; none where that is more than [`MESSAGES_OF_A_DAY`](Self::MESSAGES_OF_A_DAY).
    pub(crate) fn learn_day(&mut self, day: i32, known: Option<Vec<MessageId>>) {
        self.messages.learn(day, known);
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

/// A contact holds what Flow never writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damaged;

impl<'v> Head<'v> {
    fn read(value: &'v [u8]) -> Option<Head<'v>> {
        let mut rest = value;
        let layout = u32::try_from(packed::take_number(&mut rest)?).ok()?;
        let newest = packed::take_number(&mut rest)?;
        let (is_due, mut rest) = rest.split_first()?;
        let next_at = match is_due {
            0 => None,
            _ => {
                let (at, behind) = rest.split_first_chunk()?;
                rest = behind;
                Some(i64::from_le_bytes(*at))
            }
        };
        let mut bytes = || usize::try_from(packed::take_number(&mut rest)?).ok();
        let (frame_bytes, kept_bytes) = (bytes()?, bytes()?);
        Some(Head { next_at, layout, newest, frame_bytes, kept_bytes, rest })
    }

    /// Unpacks the frame, and behind it what is kept. Returns the texts.
    fn into_parts(self, bytes: &mut Vec<u8>) -> Option<&'v [u8]> {
        let mut rest = self.rest;
        bytes.clear();
        packed::unpack(&mut rest, self.frame_bytes, bytes)?;
        packed::unpack(&mut rest, self.kept_bytes, bytes)?;
        Some(rest)
    }
}

/// Its length and 1, then itself; 0 for none.
fn put_text(text: Option<&str>, out: &mut Vec<u8>) {
    packed::number(text.map_or(0, |text| text.len() as u64 + 1), out);
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
}

fn take_text(bytes: &mut &[u8]) -> Option<Option<String>> {
    let Some(length) = packed::take_number(bytes)?.checked_sub(1) else { return Some(None) };
    let (text, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok().map(Some)
}

/// What a batch leaves of each contact, packed as tables keep it: the last write of each, with the last texts.
#[derive(Debug, Default)]
pub(crate) struct Written {
    kept: Vec<u8>,
    people: Vec<Person>,
}

/// A contact whom a batch writes.
#[derive(Debug)]
pub(crate) struct Person {
    /// Where the last write stands, and the last that has texts.
    pub(crate) write: usize,
    pub(crate) texts: Option<usize>,
    /// What is kept of them.
    kept: std::ops::Range<usize>,
    /// Nobody had the number before.
    pub(crate) is_new: bool,
}

impl Written {
    /// Packs the contacts of a batch, ascending. None beside somebody who is not there and has no texts.
    pub(crate) fn pack(writes: &[ContactWrite], resident: &Resident) -> Result<Written, ContactId> {
        let mut order: Vec<usize> = (0..writes.len()).collect();
        let id = |place: &usize| writes.get(*place).map(|write| write.id);
        order.sort_by_key(id);
        let mut written = Written::default();
        for same in order.chunk_by(|one, next| id(one) == id(next)) {
            let has_texts = |place: &&usize| writes.get(**place).is_some_and(|write| write.texts.is_some());
            let texts = same.iter().rev().find(has_texts).copied();
            let first_has = same.first().is_some_and(|first| has_texts(&first));
            let Some((place, write)) = same.last().and_then(|last| Some((*last, writes.get(*last)?))) else { continue };
            let is_new = !resident.has(write.id);
            if is_new && !first_has {
                return Err(write.id);
            }
            let from = written.kept.len();
            kept::pack_into(&mut written.kept, &write.kept, &write.held, &write.said_at);
            written.people.push(Person { write: place, texts, kept: from..written.kept.len(), is_new });
        }
        Ok(written)
    }

    /// Each with what they are from now on.
    pub(crate) fn people<'w>(
        &'w self,
        writes: &'w [ContactWrite],
    ) -> impl Iterator<Item = (ContactId, &'w Person, Packed<'w>)> {
        self.people.iter().filter_map(|person| {
            let ContactWrite { id, next_at, layout, newest, frame, .. } = writes.get(person.write)?;
            let kept = self.kept.get(person.kept.clone())?;
            Some((*id, person, Packed { next_at: *next_at, layout: *layout, newest: *newest, frame, kept }))
        })
    }

    /// The texts that somebody has from now on, where the batch changes them.
    pub(crate) fn texts<'w>(person: &Person, writes: &'w [ContactWrite]) -> Option<&'w [Option<String>]> {
        writes.get(person.texts?)?.texts.as_deref()
    }
}
