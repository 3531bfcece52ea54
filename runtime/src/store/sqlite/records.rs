//! What people ask of a store in a file, on a connection that only reads.

use super::fault::Trouble;
use super::outbox::MailAhead;
use super::tail::over::{self, Overlay, Unread};
use super::{contacts, decisions, events, handoffs, outbox, slots, snapshot, totals, transact};
use crate::store::digest::Snapshot;
use crate::store::{
    Actor, BlockCount, ContactId, DecisionCount, EventRecord, HandoffCount, PositionCount, Records, SlotState,
    StoreError, UnopenedCount,
};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A reader of a store, which may be in use: no lock is taken.
#[derive(Debug)]
pub(crate) struct SqliteRecords {
    connection: Connection,
    path: PathBuf,
    /// Whether the tail lies over the tables.
    overlay: Overlay,
    /// What is done with what of it cannot be read.
    unread: Unread,
}

impl SqliteRecords {
    /// Never makes a file where there is none.
    pub(crate) fn open(path: &Path) -> Result<SqliteRecords, StoreError> {
        // Not read-only: after a crash the log beside the file has to be taken up first.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(|error| Trouble::from(error).at(path, "read"))?;
        over::prepare(&connection).map_err(|error| Trouble::from(error).at(path, "read"))?;
        Ok(SqliteRecords { connection, path: path.to_owned(), overlay: Overlay::Unknown, unread: Unread::Refused })
    }

    /// Over a connection that has begun to read, and sees one moment for as long as it lives.
    pub(super) fn of_one_moment(connection: Connection, path: &Path) -> SqliteRecords {
        SqliteRecords { connection, path: path.to_owned(), overlay: Overlay::Unknown, unread: Unread::Refused }
    }

    /// The file that is read.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads in one transaction: everything of one moment. Not of contacts, keys and known messages, whose tables may be behind.
    pub(super) fn read<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T, Trouble>) -> Result<T, StoreError> {
        let is_of_one_moment = !self.connection.is_autocommit();
        let read = match is_of_one_moment {
            true => work(&self.connection),
            false => transact(&mut self.connection, TransactionBehavior::Deferred, work),
        };
        read.map_err(|trouble| trouble.at(&self.path, "read"))
    }

    /// The same of anything, with the tail laid over the tables that may be behind.
    pub(super) fn read_all<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        // What is laid is rolled back with the rest where reading fails.
        let overlay = std::mem::replace(&mut self.overlay, Overlay::Unknown);
        let unread = self.unread;
        let (overlay, read) = self.read(|connection| {
            let overlay = over::lay(connection, overlay, unread)?;
            Ok((overlay, work(connection)?))
        })?;
        self.overlay = overlay;
        Ok(read)
    }

    /// From now on what of the tail cannot be read is passed over: it was told of.
    pub(super) fn pass_over_damage(&mut self) {
        self.unread = Unread::PassedOver;
    }

    /// What is to be known of the mail that waits.
    pub(crate) fn mail_ahead(&mut self) -> Result<MailAhead, StoreError> {
        self.read(outbox::ahead)
    }
}

impl Records for SqliteRecords {
    fn slots(&mut self) -> Result<Vec<SlotState>, StoreError> {
        self.read(slots::all)
    }

    fn actors(&mut self) -> Result<BTreeMap<Actor, Vec<u8>>, StoreError> {
        self.read(slots::actors)
    }

    fn counters(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        self.read(totals::counters)
    }

    fn decision_counts(&mut self) -> Result<Vec<DecisionCount>, StoreError> {
        self.read(totals::decisions)
    }

    fn position_counts(&mut self) -> Result<Vec<PositionCount>, StoreError> {
        self.read_all(totals::positions)
    }

    fn live_blocks(&mut self) -> Result<Vec<BlockCount>, StoreError> {
        self.read_all(totals::blocks)
    }

    fn handoff_counts(&mut self) -> Result<Vec<HandoffCount>, StoreError> {
        self.read(handoffs::counts)
    }

    fn clicked_unopened(&mut self) -> Result<Vec<UnopenedCount>, StoreError> {
        self.read(decisions::clicked_unopened)
    }

    fn unsettled_count(&mut self) -> Result<u64, StoreError> {
        self.read(outbox::unsettled_count)
    }

    fn events_after(&mut self, number: u64) -> Result<Vec<EventRecord>, StoreError> {
        self.read(|connection| events::after(connection, number))
    }

    fn contacts_after(&mut self, after: Option<ContactId>) -> Result<Vec<ContactId>, StoreError> {
        self.read(|connection| contacts::after(connection, after))
    }

    fn snapshot(&mut self) -> Result<Snapshot, StoreError> {
        self.read_all(snapshot::read)
    }
}
