//! Rows that are appended to a table, several with each run of a statement.
//!
//! To begin and to end a run costs SQLite a quarter of what a row does, and to bind a value a fiftieth. So a run takes [`ROWS`] rows, what is
//! left is taken one by one, and a value that stood in the same place a run before is not bound again: most columns of a batch's rows are alike.

use super::fault::Trouble;
use rusqlite::{Connection, Result, Statement, ToSql};

/// As many rows are taken by one run: with more of them hardly anything is left to be gained.
pub(super) const ROWS: usize = 16;

/// A table, and those of its columns that are given, as SQL lists them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static str,
}

impl Table {
    fn width(self) -> usize {
        self.columns.split(',').count()
    }

    fn sql(self, rows: usize) -> String {
        let Table { name, columns } = self;
        let row = format!("({})", vec!["?"; self.width()].join(", "));
        format!("INSERT INTO {name} ({columns}) VALUES {}", vec![row.as_str(); rows].join(", "))
    }
}

/// Appends rows in the order given. `bind` gives a row's values in the order of the columns, one for each. Of a run that SQLite refuses nothing is
/// written, and `refused` says what is wrong with its rows.
pub(super) fn append<T>(
    connection: &Connection,
    table: Table,
    rows: &[T],
    bind: impl Fn(&T, &mut Values<'_, '_>) -> Result<()>,
    refused: impl Fn(&[T], rusqlite::Error) -> Trouble,
) -> std::result::Result<(), Trouble> {
    let (many, rest) = rows.as_chunks::<ROWS>();
    let runs = [(ROWS, many.as_flattened()), (1, rest)];
    for (at_once, rows) in runs.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        let mut statement = connection.prepare_cached(&table.sql(at_once))?;
        let mut bound = vec![Bound::Unknown; at_once * table.width()];
        for run in rows.chunks(at_once) {
            let mut values = Values { statement: &mut statement, bound: bound.iter_mut(), next: 1 };
            run.iter().try_for_each(|row| bind(row, &mut values))?;
            statement.raw_execute().map_err(|error| refused(run, error))?;
        }
    }
    Ok(())
}

/// What stands in a place of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// What would be compared at some length.
    Unknown,
    Null,
    Integer(i64),
    /// No bytes, or a text without letters: a column holds one of the two.
    Empty,
}

/// The values of a run, one after another.
pub(super) struct Values<'s, 'c> {
    statement: &'s mut Statement<'c>,
    bound: std::slice::IterMut<'s, Bound>,
    /// The place of the next, from 1.
    next: usize,
}

impl Values<'_, '_> {
    pub(super) fn integer(&mut self, value: impl Into<i64>) -> Result<()> {
        let value = value.into();
        self.bind(Bound::Integer(value), value)
    }

    pub(super) fn some(&mut self, value: Option<impl Into<i64>>) -> Result<()> {
        match value {
            Some(value) => self.integer(value),
            None => self.bind(Bound::Null, rusqlite::types::Null),
        }
    }

    pub(super) fn text(&mut self, value: &str) -> Result<()> {
        self.bind(if value.is_empty() { Bound::Empty } else { Bound::Unknown }, value)
    }

    pub(super) fn blob(&mut self, value: &[u8]) -> Result<()> {
        self.bind(if value.is_empty() { Bound::Empty } else { Bound::Unknown }, value)
    }

    fn bind(&mut self, bound: Bound, value: impl ToSql) -> Result<()> {
        let place = self.next;
        self.next += 1;
        // One value more than there are columns is an index that the statement does not know.
        let before = self.bound.next();
        if before.as_deref() == Some(&bound) && bound != Bound::Unknown {
            return Ok(());
        }
        self.statement.raw_bind_parameter(place, value)?;
        if let Some(before) = before {
            *before = bound;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const TABLE: Table = Table { name: "t", columns: "id, number, text, bytes" };

    type Given = (i64, Option<i64>, &'static str, &'static [u8]);

    fn write(connection: &Connection, rows: &[Given]) -> std::result::Result<(), Trouble> {
        let bind = |(id, number, text, bytes): &Given, values: &mut Values<'_, '_>| {
            values.integer(*id)?;
            values.some(*number)?;
            values.text(text)?;
            values.blob(bytes)
        };
        let refused = |run: &[Given], _| Trouble::Broken(format!("{} from {}", run.len(), run[0].0));
        append(connection, TABLE, rows, bind, refused)
    }

    fn table() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        let sql =
            "CREATE TABLE t (id INTEGER PRIMARY KEY, number INTEGER, text TEXT NOT NULL, bytes BLOB NOT NULL) STRICT";
        connection.execute_batch(sql).unwrap();
        connection
    }

    /// Whatever stood in a place a run before.
    #[test]
    fn every_row_is_written_as_it_was_given() {
        let numbers = [None, Some(0), Some(7), Some(7), None, Some(i64::MIN)];
        let texts = ["", "a", "", "", "b", "b", "b"];
        let bytes: [&[u8]; 5] = [&[], &[], &[1, 2], &[0], &[1, 2]];
        for count in [0, 1, ROWS - 1, ROWS, ROWS + 1, 5 * ROWS + 3] {
            let connection = table();
            let given: Vec<Given> = (0..count)
                .map(|row| (row as i64, numbers[row / 7 % 6], texts[row / 5 % 7], bytes[row / 3 % 5]))
                .collect();
            for part in [given.get(..count / 3).unwrap(), given.get(count / 3..).unwrap()] {
                write(&connection, part).unwrap();
            }
            let mut statement = connection.prepare("SELECT id, number, text, bytes FROM t ORDER BY id").unwrap();
            let rows = statement.query_map([], |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, Option<i64>>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, Vec<u8>>(3)?,
                ))
            });
            let rows: Vec<_> = rows.unwrap().map(rusqlite::Result::unwrap).collect();
            let owned = |(id, number, text, bytes): &Given| (*id, *number, (*text).to_owned(), bytes.to_vec());
            assert_eq!(rows, given.iter().map(owned).collect::<Vec<_>>(), "{count} rows");
        }
    }

    #[test]
    fn of_a_run_that_is_refused_nothing_is_there() {
        let connection = table();
        write(&connection, &[(20, None, "", &[])]).unwrap();
        let rows: Vec<Given> = (0..40).map(|id| (id, None, "", [].as_slice())).collect();
        let refused = write(&connection, &rows).unwrap_err();
        assert!(matches!(refused, Trouble::Broken(words) if words == "16 from 16"));
        let count: i64 = connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 16 + 1);
    }
}
