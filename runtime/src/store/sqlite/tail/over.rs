//! The tail laid over the tables, for whoever only reads: of the same names, so that every statement reads both together.
//!
//! SQLite looks a name up among the temporary ones of a connection first. So a view of that kind stands before each table that may be behind; where
//! nothing is, there is none, and the tables are read as they are.
//!
//! What is laid is a copy in memory: a row for each contact and each key of the tail, as large as those of its table. Whoever reads first makes all of it.
//! Whoever reads again after a batch lays what was appended since, and nothing else, as long as the tail has only grown; where a round has taken
//! something of it away, all that is left is laid anew.

use super::lying::{self, Bounds};
use super::record;
use crate::store::Slot;
use crate::store::sqlite::codes::sql_id;
use crate::store::sqlite::fault::Trouble;
use rusqlite::{Connection, OptionalExtension, params};

/// How far the tail was when it was laid over the tables: first and last places, which are never given again, and which messages the table knows.
/// None are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Laid {
    contacts: (i64, i64),
    keys: (i64, i64),
    known_to: Option<u64>,
}

impl Laid {
    /// From which places on the tail is to be laid over what was laid before: later records take the place of earlier ones. None where something of
    /// it has gone, which the tables may have had later than that.
    fn behind(&self, before: &Laid) -> Option<(i64, i64)> {
        let has_kept = |now: (i64, i64), before: (i64, i64)| now.0 == before.0;
        let is_longer = self.known_to == before.known_to
            && has_kept(self.contacts, before.contacts)
            && has_kept(self.keys, before.keys);
        is_longer.then_some((before.contacts.1.saturating_add(1), before.keys.1.saturating_add(1)))
    }
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
    if let (Some(now), Overlay::Known(Some(before))) = (now, overlay)
        && let Some(places) = now.behind(&before)
    {
        fill(connection, unread, places)?;
        return Ok(Overlay::Known(Some(now)));
    }
    take_away(connection)?;
    let Some(now_laid) = now else { return Ok(Overlay::Known(None)) };
    connection.execute_batch(CONTACTS)?;
    connection.execute_batch(KEYS)?;
    fill(connection, unread, (lying::BEGINNING, lying::BEGINNING))?;
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

/// Lays the records of contacts and of keys from these places on. Later records take the place of earlier ones.
fn fill(connection: &Connection, unread: Unread, (contacts, keys): (i64, i64)) -> Result<(), Trouble> {
    let bounds = Bounds::of(connection, Slot::FIRST)?;
    let sql = "INSERT OR REPLACE INTO temp.contact_over (id, next_at, layout, newest, frame, kept) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut insert = connection.prepare_cached(sql)?;
    let contacts = lying::each_of_contacts(connection, bounds, contacts, |lying, bytes| {
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
    let keys = lying::each_of_keys(connection, bounds, keys, |lying| {
        for (key, owner) in unread.of(lying.read)?.unwrap_or_default() {
            insert.execute(params![key, owner.map(|id| sql_id(id.0))])?;
        }
        Ok(())
    });
    unread.to_its_end(keys)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Tail;
    use super::*;
    use crate::store::ContactId;
    use crate::store::sqlite::OpenOptions;
    use crate::store::written::Packed;
    use std::path::Path;
    use std::sync::Arc;
    use tempfile::TempDir;

    const PEOPLE: u64 = 20;

    /// A file whose tail nobody but the test brings to its tables.
    fn file(folder: &TempDir) -> (Connection, Connection, Tail) {
        let path = folder.path().join("flow.db");
        OpenOptions::new(&path).open().unwrap().close().unwrap();
        let open = |path: &Path| Connection::open(path).unwrap();
        let (writer, reader) = (open(&path), open(&path));
        prepare(&reader).unwrap();
        for id in 1..=PEOPLE {
            let sql =
                "INSERT INTO contact (id, next_at, layout, newest, frame, kept) VALUES (?1, NULL, 1, 0, x'', x'')";
            writer.execute(sql, [sql_id(id)]).unwrap();
        }
        let tail = Tail::load(&writer, Slot::FIRST, Arc::default()).unwrap();
        (writer, reader, tail)
    }

    fn append(writer: &Connection, tail: &mut Tail, people: impl Iterator<Item = u64>, newest: u64) {
        let packed = Packed { next_at: None, layout: 1, newest, frame: &[1; 9], kept: &[] };
        let key = vec![(format!("user:{newest}"), Some(ContactId(newest)))];
        tail.append_contacts(writer, people.map(|id| (ContactId(id), packed))).unwrap();
        tail.append_keys(writer, &key).unwrap();
    }

    /// What is read of everybody, and how many rows were laid for it.
    fn read(reader: &Connection, overlay: &mut Overlay) -> (Vec<u64>, usize, u64) {
        let before = reader.total_changes();
        *overlay = lay(reader, *overlay, Unread::Refused).unwrap();
        let mut statement = reader.prepare("SELECT newest FROM contact ORDER BY id").unwrap();
        let newest = statement.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        let newest = newest.map(|newest| newest.unwrap().unsigned_abs()).collect();
        let keys: i64 = reader.query_row("SELECT count(*) FROM contact_key", [], |row| row.get(0)).unwrap();
        (newest, usize::try_from(keys).unwrap(), reader.total_changes() - before)
    }

    /// As long as nothing of it has gone; then all that is left.
    #[test]
    fn what_was_appended_since_is_laid_over_what_lies_there() {
        let folder = TempDir::new().unwrap();
        let (writer, reader, mut tail) = file(&folder);
        let mut overlay = Overlay::Unknown;
        let of = |some: &[(u64, u64)]| {
            let mut newest = vec![0; PEOPLE as usize];
            some.iter().for_each(|(id, at)| newest[*id as usize - 1] = *at);
            newest
        };
        append(&writer, &mut tail, [1, 2, 3].into_iter(), 1);
        assert_eq!(read(&reader, &mut overlay), (of(&[(1, 1), (2, 1), (3, 1)]), 1, 3 + 1));
        append(&writer, &mut tail, [3, 4].into_iter(), 2);
        assert_eq!(read(&reader, &mut overlay), (of(&[(1, 1), (2, 1), (3, 2), (4, 2)]), 2, 2 + 1), "the newer alone");
        assert_eq!(read(&reader, &mut overlay).2, 0);
        // The tables have taken over the first record, and more than that: what they have stands nowhere in the tail any more.
        writer
            .execute_batch("UPDATE contact SET newest = 3 WHERE id <= 2; UPDATE contact SET newest = 1 WHERE id = 3")
            .unwrap();
        writer.execute("DELETE FROM contact_tail WHERE place = (SELECT min(place) FROM contact_tail)", []).unwrap();
        assert_eq!(read(&reader, &mut overlay), (of(&[(1, 3), (2, 3), (3, 2), (4, 2)]), 2, 2 + 2), "all that is left");
        writer.execute_batch("DELETE FROM contact_tail; DELETE FROM key_tail").unwrap();
        assert_eq!(read(&reader, &mut overlay), (of(&[(1, 3), (2, 3), (3, 1)]), 0, 0));
    }
}
