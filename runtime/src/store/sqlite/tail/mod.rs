//! What is written behind the batches: contacts, keys and known messages, whose rows lie all over the file.
//!
//! A batch appends what it leaves of them to the tail, in the transaction of its other rows: a few pages, one after another. Round by round the
//! tables follow, each row once a round, in the order in which they lie:
//!
//! ```text
//! batches    ... 7 8 9 | 10 11 12 13 14 ...      appended to the tail
//!                round |                         what was there when it began, in order, a slice with each batch and more while there are none
//! ```
//! Nothing depends on how far the tables are behind. Whoever opens a store brings them up to its end first, and whoever only reads lays the tail
//! over them ([`over`]).

pub(super) mod examine;
mod fold;
mod lying;
pub(super) mod over;
pub(super) mod record;
pub(super) mod sum;

use super::codes::{damaged, id, sql_id};
use super::fault::Trouble;
use crate::store::written::Packed;
use crate::store::{ContactId, EventRecord, MAX_NUMBER, MessageId, MessageKey, Slot};
use fold::Round;
use lying::{Bounds, KeptSum};
use record::Record;
use rusqlite::types::Type;
use rusqlite::{Connection, params};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// A round begins with so many changes of one kind at least, unless [`OpenOptions`](super::OpenOptions) say otherwise.
pub(super) const ROUND_CHANGES: usize = 16_384;
/// And with so many at most, however many contacts there are.
const ROUND_MAX: usize = 1_000_000;
/// And with so many bytes, however few contacts.
const ROUND_BYTES: usize = 128 * 1024 * 1024;
/// How many records of the tail a batch has at most.
const PLACES_OF_A_BATCH: i64 = 1 << 20;
/// What a page of keys holds.
const KEYS_BYTES: usize = 3_600;

/// What the thread that writes tells whoever asks.
#[derive(Debug, Default)]
pub(super) struct Told {
    known_to: AtomicU64,
    memory: AtomicUsize,
}

impl Told {
    /// Up to which record of the log the tables know every message.
    pub(super) fn known_to(&self) -> u64 {
        self.known_to.load(Ordering::Acquire)
    }

    /// Bytes of memory that the tail takes.
    pub(super) fn memory(&self) -> usize {
        self.memory.load(Ordering::Acquire)
    }
}

/// The end of the tail as the thread that writes knows it. What no table has taken over is in memory as well as in the file: to read it there again, in
/// the order of the tables, would be a look at another page for each contact. The people in memory ([`Resident`](crate::store::resident::Resident)) are
/// of no use to it, as they may be ahead of what is durable.
#[derive(Debug)]
pub(super) struct Tail {
    slot: Slot,
    /// What no round has begun with.
    ahead: Ahead,
    round: Option<Round>,
    /// Bytes of memory that the round takes.
    round_memory: usize,
    /// The last place that was given: the number of a batch and which of its records. So no place is ever given again, and whoever has read a tail
    /// knows whether it is another.
    place: i64,
    /// Up to which record of the log the tables know every message; none where nobody writes behind.
    known_to: Option<u64>,
    /// That and how much memory it takes, for whoever asks.
    told: Arc<Told>,
    /// How many contacts there are, as far as anybody has said.
    contacts: u64,
    /// A round begins with so many changes of one kind at least.
    round_changes: usize,
    /// A transaction with changes of it was not kept: what stands here is not what the file holds.
    is_lost: bool,
    /// All that lies there, summed up; and whether that stands beside it.
    sum: u64,
    is_sum_kept: bool,
}

/// What a round begins with.
#[derive(Debug, Default)]
struct Ahead {
    records: Vec<Appended>,
    /// How many contacts stand in them, and in how many bytes.
    contacts: usize,
    bytes: usize,
    keys: Vec<(String, Option<ContactId>)>,
    /// In how many bytes keys stand.
    key_bytes: usize,
    /// Where the records of keys stand, each with its digest.
    key_places: Vec<(i64, u64)>,
    messages: Vec<MessageKey>,
    /// The last record of the log among them.
    logged: Option<u64>,
}

/// A record of the tail.
#[derive(Debug)]
struct Appended {
    place: i64,
    digest: u64,
    people: Vec<u64>,
    bytes: Vec<u8>,
}

impl Ahead {
    fn is_empty(&self) -> bool {
        self.records.is_empty() && self.keys.is_empty() && self.messages.is_empty()
    }

    fn most(&self) -> usize {
        self.contacts.max(self.keys.len()).max(self.messages.len())
    }

    fn keep_keys(&mut self, keys: impl IntoIterator<Item = (String, Option<ContactId>)>) {
        let before = self.keys.len();
        self.keys.extend(keys);
        let added = self.keys.get(before..).unwrap_or_default();
        self.key_bytes += added.iter().map(|(key, _)| key.len()).sum::<usize>();
    }

    /// Bytes of memory that it takes.
    fn memory(&self) -> usize {
        self.records.capacity() * size_of::<Appended>()
            + self.contacts * size_of::<u64>()
            + self.bytes
            + self.keys.capacity() * size_of::<(String, Option<ContactId>)>()
            + self.key_bytes
            + self.key_places.capacity() * size_of::<(i64, u64)>()
            + self.messages.capacity() * size_of::<MessageKey>()
    }

    fn keep(&mut self, kept: Appended) {
        self.contacts += kept.people.len();
        self.bytes += kept.bytes.len();
        self.records.push(kept);
    }
}

impl Tail {
    /// As a file has it. Refused where anything in it is not what Flow wrote.
    pub(super) fn load(connection: &Connection, slot: Slot, told: Arc<Told>) -> Result<Tail, Trouble> {
        let bounds = Bounds::of(connection, slot)?;
        let (mut ahead, mut all) = (Ahead::default(), 0_u64);
        lying::each_of_contacts(connection, bounds, lying::BEGINNING, |record, bytes| {
            let (place, digest, people) = (record.place, record.digest, record.read?);
            all = all.wrapping_add(digest);
            ahead.keep(Appended { place, digest, people, bytes: bytes.to_vec() });
            Ok(())
        })?;
        lying::each_of_keys(connection, bounds, lying::BEGINNING, |record| {
            all = all.wrapping_add(record.digest);
            ahead.keep_keys(record.read?);
            ahead.key_places.push((record.place, record.digest));
            Ok(())
        })?;
        let contacts = ahead.records.last().map_or(0, |record| record.place);
        let place = ahead.key_places.last().map_or(0, |(place, _)| *place).max(contacts);
        // No store has as many batches.
        if place > i64::MAX / 2 {
            return Err(damaged(0, Type::Integer).into());
        }
        let known_to = lying::known_to(connection, slot)??;
        let all = all.wrapping_add(sum::of_known(known_to));
        let kept = KeptSum::of(connection, slot)?;
        if let Some(words) = kept.disagrees(all, ahead.records.len() + ahead.key_places.len()) {
            return Err(Trouble::Damaged(format!("it {words}")));
        }
        if let Some(known_to) = known_to {
            let sql = "SELECT id, day, message FROM event WHERE id > ?1 ORDER BY id";
            let mut statement = connection.prepare(sql)?;
            let mut rows = statement.query([sql_id(known_to)])?;
            while let Some(row) = rows.next()? {
                ahead.logged = Some(id(row, 0)?);
                ahead.messages.push(MessageKey { day: row.get(1)?, id: MessageId(row.get(2)?) });
            }
        }
        let tail = Tail {
            slot,
            ahead,
            round: None,
            round_memory: 0,
            place,
            known_to,
            told,
            contacts: 0,
            round_changes: ROUND_CHANGES,
            is_lost: false,
            sum: all,
            is_sum_kept: kept == KeptSum::Is(all),
        };
        tail.kept();
        Ok(tail)
    }

    /// Whether what lies there, summed up, stands beside it.
    pub(super) fn is_summed_up(&self) -> bool {
        self.is_sum_kept
    }

    /// Writes down what lies there, summed up, where that is another by now. In the row of the slot, which a batch has written.
    pub(super) fn keep_sum(&mut self, connection: &Connection) -> Result<(), Trouble> {
        if !self.is_sum_kept {
            let sql = "UPDATE slot SET tail_sum = ?2 WHERE slot = ?1";
            let row = params![self.slot.index(), self.sum.cast_signed()];
            // Before the first batch there is no such row.
            self.is_sum_kept = connection.prepare_cached(sql)?.execute(row)? == 1;
        }
        Ok(())
    }

    /// Records have come or gone.
    fn sum_up(&mut self, come: u64, gone: u64) {
        self.is_sum_kept &= come == gone;
        self.sum = self.sum.wrapping_add(come).wrapping_sub(gone);
    }

    /// The same anew, where a transaction was not kept.
    pub(super) fn found_again(&mut self, connection: &Connection) -> Result<(), Trouble> {
        if self.is_lost {
            let (contacts, round_changes) = (self.contacts, self.round_changes);
            let found = Tail::load(connection, self.slot, Arc::clone(&self.told))?;
            *self = Tail { contacts, round_changes, ..found };
        }
        Ok(())
    }

    /// A transaction with changes of it was not kept.
    pub(super) fn lose(&mut self) {
        self.is_lost = true;
    }

    /// Whether a round is being put into order by another thread.
    pub(super) fn is_sorting(&self) -> bool {
        self.round.as_ref().is_some_and(Round::is_sorting)
    }

    /// Whether the tables are behind.
    pub(super) fn is_behind(&self) -> bool {
        !self.is_lost && (self.round.is_some() || !self.ahead.is_empty())
    }

    /// Goes on to the places of a batch.
    pub(super) fn begin_batch(&mut self, number: u64) {
        let first = i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(PLACES_OF_A_BATCH);
        self.place = self.place.max(first);
    }

    /// Appends contacts that are there, as a batch leaves them.
    pub(super) fn append_contacts<'p>(
        &mut self,
        connection: &Connection,
        contacts: impl Iterator<Item = (ContactId, Packed<'p>)>,
    ) -> Result<(), Trouble> {
        let mut record = Record::default();
        for (id, packed) in contacts {
            if record.is_full_with(&packed) {
                self.append_record(connection, std::mem::take(&mut record))?;
            }
            record.add(id.0, &packed);
        }
        if record.is_empty() { Ok(()) } else { self.append_record(connection, record) }
    }

    fn append_record(&mut self, connection: &Connection, mut record: Record) -> Result<(), Trouble> {
        let (people, bytes) = record.seal();
        self.place += 1;
        let sql = "INSERT INTO contact_tail (place, people, bytes) VALUES (?1, ?2, ?3)";
        connection.prepare_cached(sql)?.execute(params![self.place, people, bytes])?;
        let digest = sum::of_contacts(self.place, people.as_bytes(), &bytes);
        self.sum_up(digest, 0);
        self.ahead.keep(Appended { place: self.place, digest, people: record.people, bytes });
        Ok(())
    }

    /// Appends changes of keys, in their order.
    pub(super) fn append_keys(
        &mut self,
        connection: &Connection,
        keys: &[(String, Option<ContactId>)],
    ) -> Result<(), Trouble> {
        let mut rest = keys;
        while !rest.is_empty() {
            let mut bytes = 0;
            let full = rest.iter().position(|(key, _)| {
                bytes += key.len() + 2 * size_of::<u64>();
                bytes > KEYS_BYTES
            });
            let (page, behind) = rest.split_at(full.unwrap_or(rest.len()).max(1));
            rest = behind;
            let page: Vec<(&str, Option<i64>)> =
                page.iter().map(|(key, owner)| (key.as_str(), owner.map(|id| sql_id(id.0)))).collect();
            // Keys and numbers are JSON: writing them cannot fail.
            let json = serde_json::to_string(&page).unwrap_or_default();
            self.place += 1;
            let sql = "INSERT INTO key_tail (place, keys) VALUES (?1, ?2)";
            connection.prepare_cached(sql)?.execute(params![self.place, json])?;
            let digest = sum::of_keys(self.place, json.as_bytes());
            self.sum_up(digest, 0);
            self.ahead.key_places.push((self.place, digest));
        }
        self.ahead.keep_keys(keys.iter().cloned());
        Ok(())
    }

    /// Notes messages that stand in the log now, and that the table does not know.
    pub(super) fn note_messages(&mut self, events: &[EventRecord]) {
        let Some(last) = events.last() else { return };
        self.ahead.logged = Some(last.id);
        self.ahead.messages.extend(events.iter().map(|event| event.message));
    }

    fn set_known(&mut self, connection: &Connection, to: u64) -> Result<(), Trouble> {
        let sql = "INSERT INTO message_tail (slot, up_to) VALUES (?1, ?2) ON CONFLICT (slot) DO UPDATE SET up_to = excluded.up_to";
        connection.prepare_cached(sql)?.execute(params![self.slot.index(), sql_id(to)])?;
        self.sum_up(sum::of_known(Some(to)), sum::of_known(self.known_to));
        self.known_to = Some(to);
        Ok(())
    }

    /// Whether messages are written behind their events.
    pub(super) fn is_apart(&self) -> bool {
        self.known_to.is_some()
    }

    /// From now on messages are written behind their events: up to the newest of those that stand there, all are known.
    pub(super) fn know_apart(&mut self, connection: &Connection) -> Result<(), Trouble> {
        let sql = "SELECT coalesce(max(id), 0) FROM event WHERE id BETWEEN ?1 AND ?2";
        let (first, last) = (sql_id(self.slot.global(0)), sql_id(self.slot.global(MAX_NUMBER)));
        let newest = connection.query_row(sql, [first, last], |row| id(row, 0))?;
        self.set_known(connection, newest)?;
        self.keep_sum(connection)
    }

    /// From now on every message is written with its event.
    pub(super) fn know_all(&mut self, connection: &Connection) -> Result<(), Trouble> {
        if let Some(known_to) = self.known_to.take() {
            connection.execute("DELETE FROM message_tail WHERE slot = ?1", [self.slot.index()])?;
            self.sum_up(0, sum::of_known(Some(known_to)));
        }
        self.kept();
        self.keep_sum(connection)
    }

    /// What was written is kept: for those who ask how far the tables are.
    pub(super) fn kept(&self) {
        self.told.known_to.store(self.known_to.unwrap_or(u64::MAX), Ordering::Release);
        self.told.memory.store(self.ahead.memory() + self.round_memory, Ordering::Release);
    }

    /// How many contacts there are, which says when a round is worth it.
    pub(super) fn count_contacts(&mut self, contacts: u64) {
        self.contacts = contacts;
    }

    /// From how many changes on a round begins at the earliest.
    pub(super) fn begin_rounds_at(&mut self, changes: usize) {
        self.round_changes = changes;
    }

    fn is_round_due(&self) -> bool {
        let half = usize::try_from(self.contacts / 2).unwrap_or(ROUND_MAX);
        self.ahead.most() >= half.clamp(self.round_changes.min(ROUND_MAX), ROUND_MAX) || self.ahead.bytes >= ROUND_BYTES
    }
}
