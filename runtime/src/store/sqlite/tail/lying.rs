//! The records of the tail as they lie in a file, in order, each read or told why it cannot be. Nothing but Flow writes there, so whatever it would not
//! have written is damage.

use super::record;
use super::sum;
use crate::store::sqlite::codes::{id, sql_id};
use crate::store::sqlite::fault::Trouble;
use crate::store::{ContactId, MAX_NUMBER, Slot};
use rusqlite::{Connection, OptionalExtension};

/// Where they lie.
pub(super) const CONTACTS: &str = "contact_tail";
pub(super) const KEYS: &str = "key_tail";
const KNOWN: &str = "message_tail";

/// A record that Flow never writes.
#[derive(Debug)]
pub(super) struct Damage {
    pub(super) table: &'static str,
    pub(super) place: i64,
    /// What is wrong, to follow its name.
    pub(super) words: String,
}

impl From<Damage> for Trouble {
    fn from(Damage { table, place, words }: Damage) -> Trouble {
        Trouble::Damaged(format!("record {place} of its journal (`{table}`) {words}"))
    }
}

/// A record as it lies there.
pub(super) struct Lying<T> {
    pub(super) place: i64,
    pub(super) digest: u64,
    pub(super) read: Result<T, Damage>,
}

/// Whom a record may be about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    last_contact: u64,
}

impl Bounds {
    pub(super) fn of(connection: &Connection, slot: Slot) -> Result<Bounds, Trouble> {
        let sql = "SELECT coalesce(max(id), 0) FROM main.contact WHERE id BETWEEN ?1 AND ?2";
        let (first, last) = (sql_id(slot.global(1)), sql_id(slot.global(MAX_NUMBER)));
        let last_contact = connection.prepare_cached(sql)?.query_row([first, last], |row| id(row, 0))?;
        Ok(Bounds { last_contact })
    }

    fn must_have(self, contact: u64) -> Result<(), String> {
        let words = || format!("is about contact {contact}, who is not there");
        (1..=self.last_contact).contains(&contact).then_some(()).ok_or_else(words)
    }

    /// Whom a record of contacts is about.
    fn people(self, people: &[u8], bytes: &[u8]) -> Result<Vec<u64>, String> {
        let cannot = |_| "does not say whom it is about".to_owned();
        let people: Vec<u64> = serde_json::from_slice(people).map_err(cannot)?;
        if !record::is_of(bytes, people.len()) {
            return Err("was cut off, or its bytes are others".to_owned());
        }
        people.iter().try_for_each(|contact| self.must_have(*contact))?;
        Ok(people)
    }

    /// The changes of keys of a record.
    fn keys(self, keys: &[u8]) -> Result<Vec<(String, Option<ContactId>)>, String> {
        let cannot = |_| "does not say which keys it is about".to_owned();
        let keys: Vec<(String, Option<u64>)> = serde_json::from_slice(keys).map_err(cannot)?;
        keys.iter().filter_map(|(_, owner)| *owner).try_for_each(|owner| self.must_have(owner))?;
        Ok(keys.into_iter().map(|(key, owner)| (key, owner.map(ContactId))).collect())
    }
}

/// Before every place.
pub(super) const BEGINNING: i64 = i64::MIN;

/// Looks at each record of contacts from a place on: whom it is about, and its bytes.
pub(super) fn each_of_contacts(
    connection: &Connection,
    bounds: Bounds,
    from: i64,
    mut look: impl FnMut(Lying<Vec<u64>>, &[u8]) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut statement =
        connection.prepare("SELECT place, people, bytes FROM contact_tail WHERE place >= ?1 ORDER BY place")?;
    let mut rows = statement.query([from])?;
    while let Some(row) = rows.next()? {
        let (people, bytes) = (row.get_ref(1)?.as_bytes(), row.get_ref(2)?.as_bytes());
        let (place, people, bytes) = (row.get(0)?, people.unwrap_or_default(), bytes.unwrap_or_default());
        let read = bounds.people(people, bytes).map_err(|words| Damage { table: CONTACTS, place, words });
        look(Lying { place, digest: sum::of_contacts(place, people, bytes), read }, bytes)?;
    }
    Ok(())
}

/// Looks at each record of keys from a place on.
pub(super) fn each_of_keys(
    connection: &Connection,
    bounds: Bounds,
    from: i64,
    mut look: impl FnMut(Lying<Vec<(String, Option<ContactId>)>>) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut statement = connection.prepare("SELECT place, keys FROM key_tail WHERE place >= ?1 ORDER BY place")?;
    let mut rows = statement.query([from])?;
    while let Some(row) = rows.next()? {
        let (place, keys) = (row.get(0)?, row.get_ref(1)?.as_bytes().unwrap_or_default());
        let read = bounds.keys(keys).map_err(|words| Damage { table: KEYS, place, words });
        look(Lying { place, digest: sum::of_keys(place, keys), read })?;
    }
    Ok(())
}

/// Up to which record of the log the table of messages knows all of them; none where it knows everything.
pub(super) fn known_to(connection: &Connection, slot: Slot) -> Result<Result<Option<u64>, Damage>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT up_to FROM message_tail WHERE slot = ?1")?;
    let up_to: Option<i64> = statement.query_row([slot.index()], |row| row.get(0)).optional()?;
    let damage = |up_to: i64| Damage {
        table: KNOWN,
        place: slot.index().into(),
        words: format!("says that messages are known up to record {up_to}, and there is none such"),
    };
    Ok(up_to.map(|up_to| u64::try_from(up_to).map_err(|_| damage(up_to))).transpose())
}

/// What it was all summed up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeptSum {
    /// The slot has not begun: nothing may lie there.
    NotBegun,
    /// Nobody has summed it up.
    Unknown,
    Is(u64),
}

impl KeptSum {
    pub(super) fn of(connection: &Connection, slot: Slot) -> Result<KeptSum, Trouble> {
        let mut statement = connection.prepare_cached("SELECT tail_sum FROM slot WHERE slot = ?1")?;
        let sum: Option<Option<i64>> = statement.query_row([slot.index()], |row| row.get(0)).optional()?;
        Ok(match sum {
            None => KeptSum::NotBegun,
            Some(None) => KeptSum::Unknown,
            Some(Some(sum)) => KeptSum::Is(sum.cast_unsigned()),
        })
    }

    /// What is wrong with so many records that come to this, to follow the store; none where they are those that were written.
    pub(super) fn disagrees(self, sum: u64, records: usize) -> Option<&'static str> {
        const OTHER: &str = "has a journal that is not what Flow wrote: a record of it was changed, taken out or put in by something else";
        match self {
            KeptSum::NotBegun if records > 0 => Some("has a journal, and has lost what it is of (`slot`)"),
            KeptSum::Is(kept) if kept != sum => Some(OTHER),
            KeptSum::NotBegun | KeptSum::Unknown | KeptSum::Is(_) => None,
        }
    }
}
