//! Contacts, each one row, and the keys that find them.

use super::blank;
use super::codes::{damaged, id, sql_id};
use super::fault::Trouble;
use crate::store::kept;
use crate::store::resident::{Resident, Writes};
use crate::store::stored::{StoredContact, StoredTexts};
use crate::store::texts::JsonText;
use crate::store::written::{ContactWrites, Packed, Written};
use crate::store::{
    Blank, ContactId, ContactRecord, ContactWrite, DueContact, JourneyKey, JourneyRecord, JourneyStatus, PAGE_ROWS,
    SaidAt, Slot, Texts,
};
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Serves from the primary keys.
pub(super) const FIND: &str = "SELECT coalesce((SELECT \"into\" FROM joined WHERE joined.contact = contact_key.contact), contact) \
     FROM contact_key WHERE key = ?1";
pub(super) const LOAD: &str = "SELECT frame, next_at, layout, newest, kept, texts FROM contact LEFT JOIN contact_text USING (id) WHERE contact.id = ?1";
/// Whoever the owner of a slot must know of.
pub(super) const DUE: &str = "SELECT id, next_at, layout FROM contact WHERE id > ?1 AND id <= ?2 AND (next_at IS NOT NULL OR layout < ?3) \
     AND NOT EXISTS (SELECT 1 FROM joined WHERE joined.contact = contact.id) ORDER BY id LIMIT ?4";

pub(super) fn find(connection: &Connection, keys: &[String]) -> Result<Vec<Option<ContactId>>, Trouble> {
    let mut statement = connection.prepare_cached(FIND)?;
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        found.push(statement.query_row([key], |row| id(row, 0)).optional()?.map(ContactId));
    }
    Ok(found)
}

/// A contact; none where nobody has the number.
pub(super) fn load(connection: &Connection, blank: &Blank, id: ContactId) -> Result<Option<ContactRecord>, Trouble> {
    let mut statement = connection.prepare_cached(LOAD)?;
    Ok(statement.query_row([sql_id(id.0)], |row| read(row, blank, id)).optional()?)
}

fn read(row: &Row<'_>, blank: &Blank, contact: ContactId) -> rusqlite::Result<ContactRecord> {
    let packed = Packed {
        frame: row.get_ref(0)?.as_blob()?,
        next_at: row.get(1)?,
        layout: row.get(2)?,
        newest: id(row, 3)?,
        kept: row.get_ref(4)?.as_blob()?,
    };
    let texts = texts(row, 5)?;
    let stored = StoredContact::packed(contact, packed, blank, StoredTexts::Whole(&texts));
    stored.to_record().map_err(|_| damaged(4, Type::Blob))
}

fn kept_in(row: &Row<'_>, column: usize, contact: ContactId) -> rusqlite::Result<kept::Kept> {
    let bytes = row.get_ref(column)?.as_blob()?;
    kept::unpack(contact, bytes).ok_or_else(|| damaged(column, Type::Blob))
}

fn texts(row: &Row<'_>, column: usize) -> rusqlite::Result<Texts> {
    let json = row.get_ref(column)?.as_str()?;
    serde_json::from_str(json).map_err(|_| damaged(column, Type::Text))
}

pub(super) fn write(connection: &Connection, contacts: &ContactWrites) -> Result<(), Trouble> {
    // By number, as neighbours share pages; stable, as the last write of a contact holds.
    let mut rows: Vec<Written<'_>> = contacts.iter().collect();
    rows.sort_by_key(|contact| contact.id);
    let mut insert = connection.prepare_cached(
        "INSERT INTO contact (id, next_at, layout, newest, frame, kept) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (id) DO UPDATE SET next_at = excluded.next_at, layout = excluded.layout, newest = excluded.newest, \
         frame = excluded.frame, kept = excluded.kept",
    )?;
    let mut update = connection.prepare_cached(
        "UPDATE contact SET next_at = ?2, layout = ?3, newest = ?4, frame = ?5, kept = ?6 WHERE id = ?1",
    )?;
    for Written { id: contact, packed, texts, .. } in rows {
        let Packed { next_at, layout, newest, frame, kept } = packed;
        let (id, newest) = (sql_id(contact.0), sql_id(newest));
        match texts {
            Some(texts) => {
                insert.execute(params![id, next_at, layout, newest, frame, kept])?;
                write_texts(connection, contact, texts)?;
            }
            None => {
                if update.execute(params![id, next_at, layout, newest, frame, kept])? == 0 {
                    return Err(Trouble::Broken(format!("contact {id} is new and has no texts")));
                }
            }
        }
    }
    Ok(())
}

/// The contacts of a batch, as far as they are no business of the tail: who is new stands behind all who are there, and texts are read by whoever
/// asks for them.
pub(super) fn write_new(connection: &Connection, contacts: &ContactWrites, written: &Writes) -> Result<(), Trouble> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO contact (id, next_at, layout, newest, frame, kept) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (id, is_new, packed, texts) in written.people(contacts) {
        let Packed { next_at, layout, newest, frame, kept } = packed;
        if is_new {
            insert.execute(params![sql_id(id.0), next_at, layout, sql_id(newest), frame, kept])?;
        }
        texts.map_or(Ok(()), |texts| write_texts(connection, id, texts))?;
    }
    Ok(())
}

fn write_texts(connection: &Connection, id: ContactId, texts: &Texts) -> Result<(), Trouble> {
    let sql =
        "INSERT INTO contact_text (id, texts) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET texts = excluded.texts";
    // A list of texts is JSON: writing it cannot fail.
    let texts = serde_json::to_string(texts).unwrap_or_default();
    connection.prepare_cached(sql)?.execute(params![sql_id(id.0), texts])?;
    Ok(())
}

/// Everybody of a slot, into memory. What cannot be read is told once somebody asks for it.
///
/// Both tables are read once, each in its order, beside each other: a join would look for each row of the second by itself.
pub(super) fn read_in(connection: &Connection, slot: Slot, resident: &mut Resident) -> Result<(), Trouble> {
    let of_slot = params![sql_id(slot.global(0)), sql_id(slot.global(crate::store::MAX_NUMBER))];
    let mut people = connection.prepare(
        "SELECT id, next_at, layout, newest, frame, kept FROM contact WHERE id > ?1 AND id <= ?2 ORDER BY id",
    )?;
    let mut texts = connection.prepare("SELECT id, texts FROM contact_text WHERE id > ?1 AND id <= ?2 ORDER BY id")?;
    let (mut people, mut texts) = (people.query(of_slot)?, texts.query(of_slot)?);
    texts.advance()?;
    while let Some(row) = people.next()? {
        let number = id(row, 0)?;
        while texts.get().map(|text| id(text, 0)).transpose()?.is_some_and(|of| of < number) {
            texts.advance()?;
        }
        let own = texts.get().filter(|text| id(text, 0).is_ok_and(|of| of == number));
        if own.is_none_or(|own| put(row, own, ContactId(number), resident).is_err()) {
            resident.put_damaged(ContactId(number));
        }
    }
    Ok(())
}

fn put(row: &Row<'_>, text: &Row<'_>, contact: ContactId, resident: &mut Resident) -> Result<(), Trouble> {
    let json = text.get_ref(1)?.as_str().map_err(|_| damaged(1, Type::Text))?;
    let texts: Vec<Option<JsonText<'_>>> = serde_json::from_str(json).map_err(|_| damaged(1, Type::Text))?;
    let packed = Packed {
        next_at: row.get(1)?,
        layout: row.get(2)?,
        newest: id(row, 3)?,
        frame: row.get_ref(4)?.as_blob().map_err(|_| damaged(4, Type::Blob))?,
        kept: row.get_ref(5)?.as_blob().map_err(|_| damaged(5, Type::Blob))?,
    };
    match resident.put_read(contact, packed, texts.iter().map(|text| text.as_ref().map(AsRef::as_ref))) {
        true => Ok(()),
        false => Err(Trouble::Damaged(format!("contact {} has a number that Flow never gives", contact.0))),
    }
}

/// Packs anew whoever stands there as an earlier Flow wrote them. What cannot be read stays as it is, and is told once somebody asks for it.
pub(super) fn pack_earlier(connection: &Connection, blank: &Arc<Blank>) -> Result<(), Trouble> {
    let mut after = None;
    loop {
        let page = whole(connection, after)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = Some(*last);
        let mut writes = ContactWrites::beside(Arc::clone(blank));
        for record in page.into_iter().filter_map(|(_, record)| record) {
            writes.push(&ContactWrite { texts: None, ..ContactWrite::from(record) });
        }
        write(connection, &writes)?;
    }
}

/// Every key, into memory, and who was joined into whom.
pub(super) fn read_keys_in(connection: &Connection, resident: &mut Resident) -> Result<(), Trouble> {
    let mut statement = connection.prepare("SELECT key, contact FROM contact_key")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = row.get_ref(0)?.as_str().map_err(|_| damaged(0, Type::Text))?;
        resident.give(key, Some(ContactId(id(row, 1)?)));
    }
    all_joined(connection)?.into_iter().for_each(|(id, into)| resident.is_now(id, into));
    Ok(())
}

/// In the order of the keys, so that neighbours share pages; of two changes of one key the last holds.
pub(super) fn write_keys(connection: &Connection, keys: &[(String, Option<ContactId>)]) -> Result<(), Trouble> {
    let rows: BTreeMap<&str, Option<ContactId>> = keys.iter().map(|(key, contact)| (key.as_str(), *contact)).collect();
    write_keys_in_order(connection, rows.into_iter())
}

/// Each once.
pub(super) fn write_keys_in_order<'k>(
    connection: &Connection,
    keys: impl Iterator<Item = (&'k str, Option<ContactId>)>,
) -> Result<(), Trouble> {
    let give = "INSERT INTO contact_key (key, contact) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET contact = excluded.contact";
    let mut give = connection.prepare_cached(give)?;
    let mut free = connection.prepare_cached("DELETE FROM contact_key WHERE key = ?1")?;
    for (key, contact) in keys {
        match contact {
            Some(contact) => give.execute(params![key, sql_id(contact.0)])?,
            None => free.execute([key])?,
        };
    }
    Ok(())
}

/// Whoever was joined into the first is the second too.
pub(super) fn join(connection: &Connection, joined: &[(ContactId, ContactId)]) -> Result<(), Trouble> {
    for (id, into) in joined {
        let (id, into) = (sql_id(id.0), sql_id(into.0));
        connection.prepare_cached("UPDATE joined SET \"into\" = ?2 WHERE \"into\" = ?1")?.execute(params![id, into])?;
        let add = "INSERT INTO joined (contact, \"into\") VALUES (?1, ?2) ON CONFLICT (contact) DO UPDATE SET \"into\" = excluded.\"into\"";
        connection.prepare_cached(add)?.execute(params![id, into])?;
    }
    Ok(())
}

/// Journeys that nobody asks for any more, in the order of their keys.
pub(super) fn write_ended(connection: &Connection, ended: &[JourneyRecord]) -> Result<(), Trouble> {
    let mut rows: Vec<&JourneyRecord> = ended.iter().collect();
    rows.sort_by_key(|row| (row.contact, row.workflow, row.run));
    let mut statement = connection.prepare_cached(
        "INSERT INTO journey_ended (contact, workflow, run, kept) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (contact, workflow, run) DO UPDATE SET kept = excluded.kept",
    )?;
    for row in rows {
        let kept = kept::pack(std::slice::from_ref(row), &[], &SaidAt::default());
        statement.execute(params![sql_id(row.contact.0), row.workflow, row.run, kept])?;
    }
    Ok(())
}

/// A page of whoever is due or of an earlier layout in a slot, after a number.
pub(super) fn due(
    connection: &Connection,
    slot: Slot,
    layout: u32,
    after: Option<ContactId>,
) -> Result<Vec<DueContact>, Trouble> {
    let mut statement = connection.prepare_cached(DUE)?;
    let (after, last) = (after.map_or(slot.global(0), |id| id.0), slot.global(crate::store::MAX_NUMBER));
    let rows = statement.query_map(params![sql_id(after), sql_id(last), layout, PAGE_ROWS as i64], |row| {
        Ok(DueContact { id: ContactId(id(row, 0)?), next_at: row.get(1)?, layout: row.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn after(connection: &Connection, after: Option<ContactId>) -> Result<Vec<ContactId>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT id FROM contact WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let after = after.map_or(0, |contact| sql_id(contact.0));
    let rows = statement.query_map(params![after, PAGE_ROWS as i64], |row| Ok(ContactId(id(row, 0)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of whole contacts, by number; none beside the number of one whose row holds what Flow never writes.
pub(super) fn whole(
    connection: &Connection,
    after: Option<ContactId>,
) -> Result<Vec<(ContactId, Option<ContactRecord>)>, Trouble> {
    let sql = "SELECT frame, next_at, layout, newest, kept, texts, contact.id FROM contact LEFT JOIN contact_text USING (id) \
               WHERE contact.id > ?1 ORDER BY contact.id LIMIT ?2";
    let blank = blank::read(connection)?;
    let mut statement = connection.prepare_cached(sql)?;
    let after = after.map_or(0, |contact| sql_id(contact.0));
    let rows = statement.query_map(params![after, PAGE_ROWS as i64], |row| {
        let id = ContactId(id(row, 6)?);
        Ok((id, read(row, &blank, id).ok()))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of keys.
pub(super) fn keys(connection: &Connection, after: Option<&str>) -> Result<Vec<(String, ContactId)>, Trouble> {
    // No key is empty.
    let after = after.unwrap_or_default();
    let sql = "SELECT key, contact FROM contact_key WHERE key > ?1 ORDER BY key LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows =
        statement.query_map(params![after, PAGE_ROWS as i64], |row| Ok((row.get(0)?, ContactId(id(row, 1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of those who were joined into others.
pub(super) fn joined(
    connection: &Connection,
    after: Option<ContactId>,
) -> Result<Vec<(ContactId, ContactId)>, Trouble> {
    let sql = "SELECT contact, \"into\" FROM joined WHERE contact > ?1 ORDER BY contact LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let after = after.map_or(0, |contact| sql_id(contact.0));
    let rows = statement
        .query_map(params![after, PAGE_ROWS as i64], |row| Ok((ContactId(id(row, 0)?), ContactId(id(row, 1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of the journeys that nobody asks for any more, by key.
pub(super) fn ended(connection: &Connection, after: Option<JourneyKey>) -> Result<Vec<JourneyRecord>, Trouble> {
    let sql = "SELECT contact, kept FROM journey_ended WHERE (contact, workflow, run) > (?1, ?2, ?3) \
               ORDER BY contact, workflow, run LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let (contact, workflow, run) = after.unwrap_or((ContactId(0), 0, 0));
    let rows = statement.query_map(params![sql_id(contact.0), workflow, run, PAGE_ROWS as i64], |row| {
        Ok(kept_in(row, 1, ContactId(id(row, 0)?))?.0)
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Looks at every live journey.
pub(super) fn each_live(connection: &Connection, mut look: impl FnMut(&JourneyRecord)) -> Result<(), Trouble> {
    // Whoever has no journey need not be looked into: how many there are stands in front.
    let sql = "SELECT id, kept, frame FROM contact WHERE substr(kept, 1, 2) <> x'0000' ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let (mut journeys, mut held, mut said_at) = kept::Kept::default();
    while let Some(row) = rows.next()? {
        let bytes = |column: usize| row.get_ref(column)?.as_blob().map_err(|_| damaged(column, Type::Blob));
        let packed = Packed { kept: bytes(1)?, frame: bytes(2)?, ..Packed::default() };
        let unpacked = packed.unpack_kept(ContactId(id(row, 0)?), (&mut journeys, &mut held, &mut said_at));
        unpacked.ok_or_else(|| damaged(1, Type::Blob))?;
        journeys.iter().filter(|journey| journey.status != JourneyStatus::Ended).for_each(&mut look);
    }
    Ok(())
}

/// Every contact.
pub(super) fn all(connection: &Connection) -> Result<Vec<ContactWrite>, Trouble> {
    let sql = "SELECT frame, next_at, layout, newest, kept, texts, contact.id FROM contact LEFT JOIN contact_text USING (id) \
               ORDER BY contact.id";
    let blank = blank::read(connection)?;
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| read(row, &blank, ContactId(id(row, 6)?)))?;
    Ok(rows.map(|record| record.map(ContactWrite::from)).collect::<rusqlite::Result<_>>()?)
}

pub(super) fn all_keys(connection: &Connection) -> Result<Vec<(String, ContactId)>, Trouble> {
    let mut statement = connection.prepare("SELECT key, contact FROM contact_key ORDER BY key")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, ContactId(id(row, 1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn all_joined(connection: &Connection) -> Result<Vec<(ContactId, ContactId)>, Trouble> {
    let mut statement = connection.prepare("SELECT contact, \"into\" FROM joined ORDER BY contact")?;
    let rows = statement.query_map([], |row| Ok((ContactId(id(row, 0)?), ContactId(id(row, 1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn all_ended(connection: &Connection) -> Result<Vec<JourneyRecord>, Trouble> {
    let sql = "SELECT contact, kept FROM journey_ended ORDER BY contact, workflow, run";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok(kept_in(row, 1, ContactId(id(row, 0)?))?.0))?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}
