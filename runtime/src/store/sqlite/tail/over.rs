//! The tail laid over the tables, for whoever only reads: of the same names, so that every statement reads both together.
//!
//! SQLite looks a name up among the temporary ones of a connection first. So a view of that kind stands before each table that may be behind; where
//! nothing is, there is none, and the tables are read as they are.

use super::lying::{self, Bounds};
use super::record;
use crate::store::Slot;
use crate::store::sqlite::codes::sql_id;
use crate::store::sqlite::fault::Trouble;
use rusqlite::{Connection, OptionalExtension, params};

/// How far the tail was when it was laid over the tables: first and last places, which are never given again, and which messages the table knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Laid {
    contacts: (i64, i64),
    keys: (i64, i64),
    known_to: Option<u64>,
}

/// What is done with a record of the tail that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Unread {
    /// Nothing is read: what is laid over the tables would be half of it.
    Refused,
    /// It is passed over, where it was told of already.
    PassedOver,
}

/// What lies over the tables of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Overlay {
    /// A transaction was rolled back, and nobody knows how much of it.
    Unknown,
    /// The tail as it was then; none where nothing was behind.
    Known(Option<Laid>),
}

const CONTACTS: &str = "CREATE TEMP TABLE contact_over (id INTEGER PRIMARY KEY, next_at, layout, newest, frame, kept); \
     CREATE TEMP VIEW contact AS SELECT kept.id AS id, CASE WHEN over.id IS NULL THEN kept.next_at ELSE over.next_at END AS next_at, \
     coalesce(over.layout, kept.layout) AS layout, coalesce(over.newest, kept.newest) AS newest, \
     coalesce(over.frame, kept.frame) AS frame, coalesce(over.kept, kept.kept) AS kept \
     FROM main.contact AS kept LEFT JOIN temp.contact_over AS over ON over.id = kept.id;";
const KEYS: &str = "CREATE TEMP TABLE key_over (key TEXT PRIMARY KEY, contact INTEGER) WITHOUT ROWID; \
     CREATE TEMP VIEW contact_key AS SELECT key, contact FROM main.contact_key AS kept \
     WHERE NOT EXISTS (SELECT 1 FROM temp.key_over AS over WHERE over.key = kept.key) \
     UNION ALL SELECT key, contact FROM temp.key_over WHERE contact IS NOT NULL;";
const AWAY: &str = "DROP VIEW IF EXISTS temp.contact; DROP TABLE IF EXISTS temp.contact_over; DROP VIEW IF EXISTS temp.contact_key; \
     DROP TABLE IF EXISTS temp.key_over; DROP VIEW IF EXISTS temp.message;";

/// To be said of a connection before it reads, as SQLite takes it outside of a transaction alone: what is laid lies in memory, so that reading goes on
/// where no file may be written.
pub(in super::super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "temp_store", "MEMORY")
}

/// Lays the tail over the tables of a connection that reads one moment, unless it lies there as it is.
pub(in super::super) fn lay(connection: &Connection, overlay: Overlay, unread: Unread) -> Result<Overlay, Trouble> {
    let now = match look(connection, unread) {
        Err(trouble) if unread == Unread::PassedOver && trouble.is_damage() => None,
        now => now?,
    };
    if Overlay::Known(now) == overlay {
        return Ok(overlay);
    }
    take_away(connection)?;
    let Some(now_laid) = now else { return Ok(Overlay::Known(None)) };
    connection.execute_batch(CONTACTS)?;
    connection.execute_batch(KEYS)?;
    fill(connection, unread)?;
    if let Some(known_to) = now_laid.known_to {
        connection.execute_batch(&format!(
            "CREATE TEMP VIEW message AS SELECT day, id FROM main.message UNION ALL SELECT day, message AS id FROM main.event \
             WHERE event.id > {} AND NOT EXISTS (SELECT 1 FROM main.message AS known WHERE known.day = event.day AND known.id = event.message)",
            sql_id(known_to)
        ))?;
    }
    Ok(Overlay::Known(now))
}

/// Takes it away again.
pub(in super::super) fn take_away(connection: &Connection) -> Result<(), Trouble> {
    Ok(connection.execute_batch(AWAY)?)
}

/// What stands behind the tables.
fn look(connection: &Connection, unread: Unread) -> Result<Option<Laid>, Trouble> {
    // What an earlier Flow wrote has no tail.
    let has = "SELECT 1 FROM sqlite_schema WHERE name = 'message_tail'";
    if connection.query_row(has, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    let places = |table: &str| -> Result<(i64, i64), Trouble> {
        let sql = format!(
            "SELECT coalesce((SELECT place FROM {table} ORDER BY place LIMIT 1), 0), \
                           coalesce((SELECT place FROM {table} ORDER BY place DESC LIMIT 1), 0)"
        );
        Ok(connection.prepare_cached(&sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
    };
    let known_to = unread.of(lying::known_to(connection, Slot::FIRST)?)?.flatten();
    let newest = "SELECT coalesce((SELECT id FROM event ORDER BY id DESC LIMIT 1), 0)";
    let logged: i64 = connection.prepare_cached(newest)?.query_row([], |row| row.get(0))?;
    let (contacts, keys) = (places("contact_tail")?, places("key_tail")?);
    let is_behind = contacts.1 > 0 || keys.1 > 0 || known_to.is_some_and(|known_to| sql_id(known_to) < logged);
    Ok(is_behind.then_some(Laid { contacts, keys, known_to }))
}

impl Unread {
    fn of<T>(self, read: Result<T, lying::Damage>) -> Result<Option<T>, Trouble> {
        match read {
            Err(_) if self == Unread::PassedOver => Ok(None),
            read => Ok(Some(read?)),
        }
    }

    /// Of pages that are damaged, too.
    fn to_its_end(self, read: Result<(), Trouble>) -> Result<(), Trouble> {
        match read {
            Err(trouble) if self == Unread::PassedOver && trouble.is_damage() => Ok(()),
            read => read,
        }
    }
}

/// Later records take the place of earlier ones.
fn fill(connection: &Connection, unread: Unread) -> Result<(), Trouble> {
    let bounds = Bounds::of(connection, Slot::FIRST)?;
    let sql = "INSERT OR REPLACE INTO temp.contact_over (id, next_at, layout, newest, frame, kept) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut insert = connection.prepare_cached(sql)?;
    let contacts = lying::each_of_contacts(connection, bounds, |lying, bytes| {
        let Some(people) = unread.of(lying.read)? else { return Ok(()) };
        // Read once before, so each is there.
        for (id, packed) in people.iter().zip((0..).map_while(|nth| record::read(bytes, nth))) {
            let newest = sql_id(packed.newest);
            let row = params![sql_id(*id), packed.next_at, packed.layout, newest, packed.frame, packed.kept];
            insert.execute(row)?;
        }
        Ok(())
    });
    unread.to_its_end(contacts)?;
    let mut insert =
        connection.prepare_cached("INSERT OR REPLACE INTO temp.key_over (key, contact) VALUES (?1, ?2)")?;
    let keys = lying::each_of_keys(connection, bounds, |lying| {
        for (key, owner) in unread.of(lying.read)?.unwrap_or_default() {
            insert.execute(params![key, owner.map(|id| sql_id(id.0))])?;
        }
        Ok(())
    });
    unread.to_its_end(keys)
}
