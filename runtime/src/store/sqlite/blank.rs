//! What the frames of a file are kept as differences to (`store/frame.rs`): whoever lost it could read nobody, so each piece has a digest.

use super::fault::Trouble;
use super::tail::sum;
use crate::store::Blank;
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;

/// In place of a place: contacts stand there as an earlier Flow wrote them.
const EARLIER: i64 = -1;

/// As the file has it.
pub(super) fn read(connection: &Connection) -> Result<Arc<Blank>, Trouble> {
    let mut statement =
        connection.prepare_cached("SELECT place, bytes, sum FROM blank WHERE place >= 0 ORDER BY place")?;
    let mut rows = statement.query([])?;
    let mut bytes = Vec::new();
    while let Some(row) = rows.next()? {
        let (place, sum): (i64, i64) = (row.get(0)?, row.get(2)?);
        let piece = row.get_ref(1)?.as_blob().unwrap_or_default();
        if usize::try_from(place) != Ok(bytes.len()) || sum::of_blank(place, piece).cast_signed() != sum {
            let words = "what all contacts are kept as differences to is not what Flow wrote".to_owned();
            return Err(Trouble::Damaged(words));
        }
        bytes.extend_from_slice(piece);
    }
    Ok(Arc::new(Blank::new(bytes)))
}

/// Makes it as long as a new frame of the program.
pub(super) fn grow(connection: &Connection, frame: &[u8]) -> Result<Arc<Blank>, Trouble> {
    let before = read(connection)?;
    let grown = before.grown(frame);
    let place = before.bytes().len();
    if let Some(more) = grown.bytes().get(place..).filter(|more| !more.is_empty()) {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        let sum = sum::of_blank(place, more).cast_signed();
        connection.execute("INSERT INTO blank (place, bytes, sum) VALUES (?1, ?2, ?3)", params![place, more, sum])?;
    }
    Ok(grown)
}

/// Whether contacts stand there as an earlier Flow wrote them.
pub(super) fn is_earlier(connection: &Connection) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM blank WHERE place = ?1";
    Ok(connection.query_row(sql, [EARLIER], |_| Ok(())).optional()?.is_some())
}

/// None does any more.
pub(super) fn is_of_today(connection: &Connection) -> Result<(), Trouble> {
    connection.execute("DELETE FROM blank WHERE place = ?1", [EARLIER])?;
    Ok(())
}
