//! What is put aside while a whole store is looked through, and does not fit into memory: in a file of no name, which SQLite makes where the system
//! keeps temporary ones, and which is gone with its connection, however that ends. It is made once there is more than memory is used for; where none
//! can be made, what is put aside stays in memory.

use super::fault::Trouble;
use crate::store::{StoreError, StoreFault};
use rusqlite::{Connection, ErrorCode, params};

/// Memory for what is gathered before it is put away, and for pages of the file.
const MEMORY_BYTES: usize = 16 << 20;
/// What is put away of one part at once, however many parts there are.
const CHUNK_BYTES: std::ops::RangeInclusive<usize> = 4 << 10..=64 << 10;

/// Bytes in parts: each comes back in the order in which it was put there.
#[derive(Debug)]
pub(crate) struct Aside {
    parts: Vec<Part>,
    chunk_bytes: usize,
    /// None as long as nothing was put away.
    file: Option<Connection>,
}

#[derive(Debug, Clone, Default)]
struct Part {
    gathered: Vec<u8>,
    /// How many chunks lie in the file.
    chunks: u32,
}

impl Aside {
    /// So many parts.
    pub(crate) fn new(parts: usize) -> Aside {
        let chunk_bytes = (MEMORY_BYTES / parts.max(1)).clamp(*CHUNK_BYTES.start(), *CHUNK_BYTES.end());
        Aside { parts: vec![Part::default(); parts], chunk_bytes, file: None }
    }

    /// Appends to a part what `write` does. It comes back together.
    pub(crate) fn append(&mut self, part: usize, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), StoreError> {
        let Some(into) = self.parts.get_mut(part) else { return Ok(()) };
        write(&mut into.gathered);
        if into.gathered.len() < self.chunk_bytes {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(of_no_name("CREATE TABLE chunk (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")?),
        };
        let mut insert = file.prepare_cached("INSERT INTO chunk (place, bytes) VALUES (?1, ?2)").map_err(cannot)?;
        insert.execute(params![place(part, into.chunks), into.gathered]).map_err(cannot)?;
        into.gathered.clear();
        into.chunks += 1;
        Ok(())
    }

    /// Shows a part, piece by piece, and forgets what of it is in memory.
    pub(crate) fn take(&mut self, part: usize, mut show: impl FnMut(&[u8])) -> Result<(), StoreError> {
        let Some(of) = self.parts.get_mut(part).map(std::mem::take) else { return Ok(()) };
        if let Some(file) = self.file.as_ref().filter(|_| of.chunks > 0) {
            let mut chunk = file.prepare_cached("SELECT bytes FROM chunk WHERE place = ?1").map_err(cannot)?;
            for nth in 0..of.chunks {
                let bytes: Vec<u8> = chunk.query_row([place(part, nth)], |row| row.get(0)).map_err(cannot)?;
                show(&bytes);
            }
        }
        show(&of.gathered);
        Ok(())
    }
}

/// Where a chunk of a part lies: those of one part one after another.
fn place(part: usize, nth: u32) -> i64 {
    (part as i64) << u32::BITS | i64::from(nth)
}

/// Keys in order, each with how often it is there.
#[derive(Debug)]
pub(super) struct CountedKeys {
    file: Connection,
}

impl CountedKeys {
    pub(super) fn new() -> Result<CountedKeys, Trouble> {
        let file = of_no_name("CREATE TABLE key (key BLOB NOT NULL)").map_err(Trouble::of_temporary)?;
        Ok(CountedKeys { file })
    }

    pub(super) fn put(&mut self, key: &[u8]) -> Result<(), Trouble> {
        let put = self.file.prepare_cached("INSERT INTO key (key) VALUES (?1)").and_then(|mut put| put.execute([key]));
        put.map(drop).map_err(|error| Trouble::of_temporary(cannot(error)))
    }

    /// Shows each key once, ascending by its bytes.
    pub(super) fn each(&self, mut show: impl FnMut(&[u8], u64) -> Result<(), Trouble>) -> Result<(), Trouble> {
        let of_temporary = |error| Trouble::of_temporary(cannot(error));
        // SQLite sorts beyond memory by itself.
        let sql = "SELECT key, count(*) FROM key GROUP BY key ORDER BY key";
        let mut statement = self.file.prepare(sql).map_err(of_temporary)?;
        let mut rows = statement.query([]).map_err(of_temporary)?;
        while let Some(row) = rows.next().map_err(of_temporary)? {
            let count: i64 = row.get(1).map_err(of_temporary)?;
            let key = row.get_ref(0).map_err(of_temporary)?;
            show(key.as_blob().unwrap_or_default(), count.unsigned_abs())?;
        }
        Ok(())
    }
}

/// A file of no name with these tables; in memory where none can be made. Where one could be and its disk is full, memory is no place for what a
/// disk has no room for.
fn of_no_name(tables: &str) -> Result<Connection, StoreError> {
    let is_full = |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::DiskFull);
    let made = match begin("", tables) {
        Err(error) if !is_full(&error) => begin(":memory:", tables),
        made => made,
    };
    made.map_err(cannot)
}

fn begin(name: &str, tables: &str) -> rusqlite::Result<Connection> {
    let file = Connection::open(name)?;
    // One transaction that is never over: nothing of it has to last.
    file.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = 4; BEGIN")?;
    // More than those few pages hold: whether a file can be made shows now.
    file.execute_batch("CREATE TABLE probe (bytes); INSERT INTO probe VALUES (zeroblob(65536)); DROP TABLE probe")?;
    file.pragma_update(None, "cache_size", -i64::try_from(MEMORY_BYTES >> 10).unwrap_or(i64::MAX))?;
    file.execute_batch(tables)?;
    Ok(file)
}

/// The store itself is as it was: nothing of this says that it is damaged.
fn cannot(error: rusqlite::Error) -> StoreError {
    let (cause, fault) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => ("the disk is full".to_owned(), StoreFault::Full),
        _ => (error.to_string(), StoreFault::Other),
    };
    StoreError {
        fault,
        message: format!("cannot put aside what was read so far in a temporary file: {cause}"),
        help:
            "free some space where the system keeps temporary files, or name another folder for them in the variable \
               SQLITE_TMPDIR; the store was not changed"
                .to_owned(),
        path: None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Far more than is kept in memory, in turns.
    #[test]
    fn each_part_comes_back_in_its_order() {
        const PARTS: usize = 7;
        let mut aside = Aside::new(PARTS);
        let number = |turn: u64, part: usize| turn * 100 + part as u64;
        for turn in 0..400_000 {
            for part in (0..PARTS).filter(|part| *part != 3) {
                let write = |out: &mut Vec<u8>| out.extend(number(turn, part).to_le_bytes());
                aside.append(part, write).unwrap();
            }
        }
        aside.append(PARTS, |out| out.push(1)).unwrap();
        assert!(aside.parts[0].chunks > 10 && aside.file.is_some());
        for part in 0..PARTS {
            let mut next = 0;
            aside
                .take(part, |bytes| {
                    for eight in bytes.chunks_exact(8) {
                        assert_eq!(u64::from_le_bytes(eight.try_into().unwrap()), number(next, part));
                        next += 1;
                    }
                })
                .unwrap();
            assert_eq!(next, if part == 3 { 0 } else { 400_000 });
        }
    }

    #[test]
    fn a_little_needs_no_file() {
        let mut aside = Aside::new(2);
        aside.append(1, |out| out.extend([1, 2, 3])).unwrap();
        let mut shown = Vec::new();
        aside.take(1, |bytes| shown.extend_from_slice(bytes)).unwrap();
        assert_eq!((shown, aside.file.is_none()), (vec![1, 2, 3], true));
    }

    #[test]
    fn keys_are_counted_in_order() {
        let mut sorted = CountedKeys::new().unwrap();
        for key in [b"b".as_slice(), b"a", b"", b"b", b"ab", b"b"] {
            sorted.put(key).unwrap();
        }
        let mut shown = Vec::new();
        let show = |key: &[u8], count| {
            shown.push((key.to_vec(), count));
            Ok(())
        };
        sorted.each(show).unwrap();
        let expected = [(b"".as_slice(), 1), (b"a", 1), (b"ab", 1), (b"b", 3)];
        assert_eq!(shown, expected.map(|(key, count)| (key.to_vec(), count)));
    }
}
