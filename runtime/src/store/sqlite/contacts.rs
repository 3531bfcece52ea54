//! Contacts, their texts and the keys that find them.

use super::codes::{id, sql_id};
use super::fault::Trouble;
use super::view::quote;
use super::{held, journeys};
use crate::store::{ContactId, ContactRecord, ContactWrite, PAGE_ROWS, StoreFault};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, params_from_iter};
use std::collections::BTreeMap;

/// Serves from the primary keys.
pub(super) const FIND: &str = "SELECT coalesce((SELECT \"into\" FROM joined WHERE joined.contact = contact_key.contact), contact) \
     FROM contact_key WHERE key = ?1";
pub(super) const DUE: &str =
    "SELECT id, next_at FROM contact WHERE id > ?1 AND next_at IS NOT NULL ORDER BY id LIMIT ?2";

/// The statements that name the program's text columns.
#[derive(Debug)]
pub(super) struct ContactSql {
    /// Quoted, in the order of the program.
    pub(super) columns: Vec<String>,
    pub(super) load: String,
    upsert: String,
}

/// Columns of [`ContactSql::load`] before the texts.
const FIXED: usize = 3;

impl ContactSql {
    pub(super) fn new(texts: &[String]) -> Self {
        let columns: Vec<String> = texts.iter().map(|name| quote(&text_column(name))).collect();
        let list: String = columns.iter().map(|column| format!(", {column}")).collect();
        let places: String = (0..columns.len()).map(|place| format!(", ?{}", place + 5)).collect();
        let sets: String = columns.iter().map(|column| format!(", {column} = excluded.{column}")).collect();
        Self {
            load: format!("SELECT frame, next_at, version{list} FROM contact WHERE id = ?1"),
            upsert: format!(
                "INSERT INTO contact (id, frame, next_at, version{list}) VALUES (?1, ?2, ?3, ?4{places}) \
                 ON CONFLICT (id) DO UPDATE SET frame = excluded.frame, next_at = excluded.next_at, \
                 version = excluded.version{sets}"
            ),
            columns,
        }
    }
}

/// The prefix keeps fields called `id` or `frame` apart from the table's own columns.
pub(super) fn text_column(name: &str) -> String {
    format!("text_{name}")
}

/// Adds the columns that no program has named before. None is ever dropped: a field may come back.
pub(super) fn add_text_columns(connection: &Connection, texts: &[String]) -> Result<(), Trouble> {
    let mut statement = connection.prepare("SELECT lower(name) FROM pragma_table_info('contact')")?;
    let mut present = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let mut given: Vec<String> = Vec::with_capacity(texts.len());
    for name in texts {
        let column = text_column(name);
        // SQLite tells names apart without regard to ASCII case.
        let folded = column.to_ascii_lowercase();
        if given.contains(&folded) {
            return Err(Trouble::Said(
                StoreFault::Other,
                format!("two text fields are called `{name}`"),
                "rename one of them: names that differ only in capital letters are one name to the store".to_owned(),
            ));
        }
        if !present.contains(&folded) {
            connection.execute_batch(&format!("ALTER TABLE contact ADD COLUMN {} TEXT", quote(&column)))?;
            present.push(folded.clone());
        }
        given.push(folded);
    }
    Ok(())
}

pub(super) fn next(connection: &Connection) -> Result<u64, Trouble> {
    let highest: i64 = connection.query_row("SELECT coalesce(max(id), 0) FROM contact", [], |row| row.get(0))?;
    Ok(u64::try_from(highest).unwrap_or_default() + 1)
}

pub(super) fn find(connection: &Connection, keys: &[String]) -> Result<Vec<Option<ContactId>>, Trouble> {
    let mut statement = connection.prepare_cached(FIND)?;
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        found.push(statement.query_row([key], |row| id(row, 0)).optional()?.map(ContactId));
    }
    Ok(found)
}

pub(super) fn load(
    connection: &Connection,
    sql: &ContactSql,
    ids: &[ContactId],
) -> Result<Vec<ContactRecord>, Trouble> {
    let mut statement = connection.prepare_cached(&sql.load)?;
    let mut journeys = journeys::Loader::new(connection)?;
    let mut held = held::Loader::new(connection)?;
    let mut contacts = Vec::with_capacity(ids.len());
    for id in ids {
        let row = statement.query_row([sql_id(id.0)], |row| read(row, *id, sql.columns.len())).optional()?;
        let mut contact = row.ok_or_else(|| Trouble::Broken(format!("there is no contact {}", id.0)))?;
        contact.journeys = journeys.load(*id)?;
        contact.held = held.load(*id)?;
        contacts.push(contact);
    }
    Ok(contacts)
}

fn read(row: &Row<'_>, id: ContactId, texts: usize) -> rusqlite::Result<ContactRecord> {
    let texts = (FIXED..FIXED + texts).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?;
    Ok(ContactRecord {
        id,
        frame: row.get(0)?,
        texts,
        next_at: row.get(1)?,
        version: row.get(2)?,
        journeys: Vec::new(),
        held: Vec::new(),
    })
}

pub(super) fn write(connection: &Connection, sql: &ContactSql, contacts: &[ContactWrite]) -> Result<(), Trouble> {
    // By key, as neighbours share pages; stable, as the last write of a contact holds.
    let mut rows: Vec<&ContactWrite> = contacts.iter().collect();
    rows.sort_by_key(|contact| contact.id);
    let mut upsert = connection.prepare_cached(&sql.upsert)?;
    let mut update =
        connection.prepare_cached("UPDATE contact SET frame = ?2, next_at = ?3, version = ?4 WHERE id = ?1")?;
    for contact in rows {
        if let Some(entries) = &contact.held {
            held::write(connection, contact.id, entries)?;
        }
        let id = sql_id(contact.id.0);
        match &contact.texts {
            Some(texts) => {
                let fixed: [&dyn ToSql; 4] = [&id, &contact.frame, &contact.next_at, &contact.version];
                upsert
                    .execute(params_from_iter(fixed.into_iter().chain(texts.iter().map(|text| text as &dyn ToSql))))?;
            }
            None => {
                if update.execute(params![id, contact.frame, contact.next_at, contact.version])? == 0 {
                    return Err(Trouble::Broken(format!("contact {id} is new and has no texts")));
                }
            }
        }
    }
    Ok(())
}

/// In the order of the keys, so that neighbours share pages; of two changes of one key the last holds.
pub(super) fn write_keys(connection: &Connection, keys: &[(String, Option<ContactId>)]) -> Result<(), Trouble> {
    let rows: BTreeMap<&str, Option<ContactId>> = keys.iter().map(|(key, contact)| (key.as_str(), *contact)).collect();
    let give = "INSERT INTO contact_key (key, contact) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET contact = excluded.contact";
    let mut give = connection.prepare_cached(give)?;
    let mut free = connection.prepare_cached("DELETE FROM contact_key WHERE key = ?1")?;
    for (key, contact) in rows {
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

pub(super) fn all_joined(connection: &Connection) -> Result<Vec<(ContactId, ContactId)>, Trouble> {
    let mut statement = connection.prepare("SELECT contact, \"into\" FROM joined ORDER BY contact")?;
    let rows = statement.query_map([], |row| Ok((ContactId(id(row, 0)?), ContactId(id(row, 1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn due(connection: &Connection, after: Option<ContactId>) -> Result<Vec<(ContactId, i64)>, Trouble> {
    let mut statement = connection.prepare_cached(DUE)?;
    let after = after.map_or(0, |contact| sql_id(contact.0));
    let rows =
        statement.query_map(params![after, PAGE_ROWS as i64], |row| Ok((ContactId(id(row, 0)?), row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Those last looked at under an earlier version of the program.
pub(super) fn before(
    connection: &Connection,
    version: u32,
    after: Option<ContactId>,
) -> Result<Vec<ContactId>, Trouble> {
    let sql = "SELECT id FROM contact WHERE id > ?1 AND version < ?2 ORDER BY id LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let after = after.map_or(0, |contact| sql_id(contact.0));
    let rows = statement.query_map(params![after, version, PAGE_ROWS as i64], |row| Ok(ContactId(id(row, 0)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every contact, with texts of these (quoted) columns.
pub(super) fn all(connection: &Connection, columns: &[String]) -> Result<Vec<ContactWrite>, Trouble> {
    let list: String = columns.iter().map(|column| format!(", {column}")).collect();
    let mut statement =
        connection.prepare(&format!("SELECT id, frame, next_at, version{list} FROM contact ORDER BY id"))?;
    let rows = statement.query_map([], |row| {
        let texts = (0..columns.len()).map(|column| row.get(4 + column)).collect::<rusqlite::Result<_>>()?;
        let (id, texts) = (ContactId(id(row, 0)?), Some(texts));
        Ok(ContactWrite { id, frame: row.get(1)?, texts, next_at: row.get(2)?, version: row.get(3)?, held: None })
    })?;
    let mut contacts = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut held = held::Loader::new(connection)?;
    for contact in &mut contacts {
        contact.held = Some(held.load(contact.id)?);
    }
    Ok(contacts)
}

pub(super) fn all_keys(connection: &Connection) -> Result<Vec<(String, ContactId)>, Trouble> {
    let mut statement = connection.prepare("SELECT key, contact FROM contact_key ORDER BY key")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, ContactId(id(row, 1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The (quoted) text columns of the file, in the order in which programs first named them.
pub(super) fn text_columns(connection: &Connection) -> Result<Vec<String>, Trouble> {
    let sql = "SELECT name FROM pragma_table_info('contact') WHERE name LIKE 'text\\_%' ESCAPE '\\' ORDER BY cid";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    Ok(rows.map(|name| name.map(|name| quote(&name))).collect::<rusqlite::Result<_>>()?)
}
