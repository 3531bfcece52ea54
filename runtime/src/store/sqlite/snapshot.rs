//! Reads everything, for comparing stores.

use super::fault::Trouble;
use super::{contacts, decisions, events, handoffs, journeys, outbox, transact};
use crate::store::StoreError;
use crate::store::digest::Snapshot;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;

pub(super) fn read(connection: &Connection, texts: &[String]) -> Result<Snapshot, Trouble> {
    let snapshot = Snapshot {
        contacts: contacts::all(connection, texts)?,
        keys: contacts::all_keys(connection)?,
        joined: contacts::all_joined(connection)?,
        journeys: journeys::all(connection)?,
        events: events::all(connection)?,
        outbox: outbox::all(connection)?,
        handoffs: handoffs::all(connection)?,
        decisions: decisions::all(connection)?,
    };
    Ok(snapshot.sorted())
}

/// What the file at `path` holds, with every text column it has. The store may be in use: no lock is taken.
pub(in crate::store) fn snapshot_of(path: &Path) -> Result<Snapshot, StoreError> {
    let read_file = || {
        // Not read-only: after a crash the log beside the file has to be taken up first. Never made where there is none.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        transact(&mut connection, TransactionBehavior::Deferred, |connection| {
            read(connection, &contacts::text_columns(connection)?)
        })
    };
    read_file().map_err(|trouble: Trouble| trouble.at(path, "read"))
}
