//! A round: the tables take over what the tail held when it began, each row once, in the order in which they lie.
//!
//! Each slice is part of a transaction, and what it writes stays in the tail until the round is over, so a round that is broken off is begun anew
//! with the same result.

use super::record;
use super::{Ahead, Appended, Tail};
use crate::store::sqlite::codes::sql_id;
use crate::store::sqlite::fault::Trouble;
use crate::store::{ContactId, MessageKey};
use rusqlite::{Connection, params};
use std::thread::{Builder, JoinHandle};

/// From so many changes on they are put into order by another thread, while batches go on.
const SORT_BESIDE: usize = 20_000;
/// How many changes follow with a batch, beside twice as many as it appends.
const SLICE_MIN: usize = 8;
/// How many rows of the tail go away with one change of a table.
const TRIM_EACH: usize = 8;

#[derive(Debug)]
pub(super) enum Round {
    /// It is put into order.
    Sorting(JoinHandle<RoundWork>),
    Writing(RoundWork),
}

impl Round {
    pub(super) fn is_sorting(&self) -> bool {
        matches!(self, Round::Sorting(_))
    }
}

/// What a round writes, in order.
#[derive(Debug)]
pub(super) struct RoundWork {
    records: Vec<Appended>,
    /// Contacts, ascending, each with where their last state stands: which record, which in it.
    contacts: Vec<(u64, u32, u32)>,
    keys: Vec<(String, Option<ContactId>)>,
    messages: Vec<MessageKey>,
    key_places: Vec<(i64, u64)>,
    logged: Option<u64>,
    /// How much of each is done.
    written: Done,
    /// What has been trimmed and not taken off the sum yet.
    gone: u64,
}

#[derive(Debug, Default)]
struct Done {
    contacts: usize,
    keys: usize,
    messages: usize,
    /// Records of the tail that are gone.
    records: usize,
    key_records: usize,
}

impl RoundWork {
    fn of(ahead: Ahead) -> RoundWork {
        let Ahead { mut records, contacts: count, mut keys, key_places, mut messages, logged, .. } = ahead;
        let mut contacts = Vec::with_capacity(count);
        for (of, kept) in (0..).zip(&mut records) {
            // Whom a record is about stands here from now on.
            contacts.extend(std::mem::take(&mut kept.people).into_iter().zip(0..).map(|(id, nth)| (id, of, nth)));
        }
        contacts.sort_unstable();
        keep_last(&mut contacts, |one, next| one.0 == next.0);
        keys.sort_by(|one, next| one.0.cmp(&next.0));
        keep_last(&mut keys, |one, next| one.0 == next.0);
        messages.sort_unstable();
        RoundWork { records, contacts, keys, messages, key_places, logged, written: Done::default(), gone: 0 }
    }
}

/// Of those that are the same, which stand together, the last.
fn keep_last<T>(all: &mut Vec<T>, is_same: impl Fn(&T, &T) -> bool) {
    all.reverse();
    all.dedup_by(|next, one| is_same(one, next));
    all.reverse();
}

impl Tail {
    /// What follows with a batch that appends so many changes: twice as many, so that a round is over before the next one is due.
    pub(in super::super) fn follow(&mut self, connection: &Connection, appended: usize) -> Result<(), Trouble> {
        if self.round.is_none() && self.is_round_due() {
            self.begin_round(true);
        }
        self.write_slice(connection, 2 * appended + SLICE_MIN)?;
        self.keep_sum(connection)
    }

    /// Goes on by so many changes, also where no round is due; waits for nobody who puts one into order.
    pub(in super::super) fn follow_idle(&mut self, connection: &Connection, changes: usize) -> Result<(), Trouble> {
        if self.round.is_none() {
            self.begin_round(true);
        }
        self.write_slice(connection, changes)?;
        self.keep_sum(connection)
    }

    /// The same, to the end of those changes.
    pub(in super::super) fn catch_up(&mut self, connection: &Connection, changes: usize) -> Result<(), Trouble> {
        if self.round.is_none() {
            self.begin_round(false);
        }
        self.sorted();
        self.write_slice(connection, changes)?;
        self.keep_sum(connection)
    }

    fn begin_round(&mut self, may_wait: bool) {
        if self.ahead.is_empty() {
            return;
        }
        let ahead = std::mem::take(&mut self.ahead);
        let is_large = may_wait && ahead.most() >= SORT_BESIDE;
        self.round_memory = ahead.memory() + ahead.contacts * (size_of::<(u64, u32, u32)>() - size_of::<u64>());
        let sort = move || RoundWork::of(ahead);
        if !is_large {
            self.round = Some(Round::Writing(sort()));
            return;
        }
        match Builder::new().name("flow-sort".to_owned()).spawn(sort) {
            Ok(sorting) => self.round = Some(Round::Sorting(sorting)),
            // What it would have had is gone: the file has it still.
            Err(_) => self.lose(),
        }
    }

    /// Waits until the round is in order.
    fn sorted(&mut self) {
        if let Some(Round::Sorting(sorting)) = self.round.take_if(|round| matches!(round, Round::Sorting(_))) {
            match sorting.join() {
                Ok(sorted) => self.round = Some(Round::Writing(sorted)),
                // It panicked, and what it had is gone: the file has it still.
                Err(_) => self.lose(),
            }
        }
    }

    fn write_slice(&mut self, connection: &Connection, changes: usize) -> Result<(), Trouble> {
        if let Some(Round::Sorting(sorting)) = &self.round {
            if !sorting.is_finished() {
                return Ok(());
            }
            self.sorted();
        }
        let Some(Round::Writing(round)) = &mut self.round else { return Ok(()) };
        let mut left = changes;
        round.write_contacts(connection, &mut left)?;
        round.write_keys(connection, &mut left)?;
        round.write_messages(connection, &mut left)?;
        if left == 0 {
            return Ok(());
        }
        let (is_over, gone, logged) = (round.trim(connection, left)?, std::mem::take(&mut round.gone), round.logged);
        self.sum_up(0, gone);
        if is_over {
            (self.round, self.round_memory) = (None, 0);
            logged.map_or(Ok(()), |logged| self.set_known(connection, logged))?;
        }
        Ok(())
    }
}

/// The next of these, as many as are left.
fn next<'r, T>(all: &'r [T], done: &mut usize, left: &mut usize) -> &'r [T] {
    let rest = all.get(*done..).unwrap_or_default();
    let some = rest.get(..rest.len().min(*left)).unwrap_or_default();
    *done += some.len();
    *left -= some.len();
    some
}

impl RoundWork {
    fn write_contacts(&mut self, connection: &Connection, left: &mut usize) -> Result<(), Trouble> {
        let sql = "UPDATE contact SET next_at = ?2, layout = ?3, newest = ?4, frame = ?5, kept = ?6 WHERE id = ?1";
        let mut update = connection.prepare_cached(sql)?;
        for (id, of, nth) in next(&self.contacts, &mut self.written.contacts, left) {
            let kept = self.records.get(*of as usize).and_then(|kept| record::read(&kept.bytes, *nth as usize));
            let packed =
                kept.ok_or_else(|| Trouble::Damaged(format!("its journal does not say how contact {id} is")))?;
            let newest = sql_id(packed.newest);
            let row = params![sql_id(*id), packed.next_at, packed.layout, newest, packed.frame, packed.kept];
            if update.execute(row)? == 0 {
                // Whoever is in the tail stands in the table since they are known.
                let words = format!("its journal is about contact {id}, who is not there");
                return Err(Trouble::Damaged(words));
            }
        }
        Ok(())
    }

    fn write_keys(&mut self, connection: &Connection, left: &mut usize) -> Result<(), Trouble> {
        let keys = next(&self.keys, &mut self.written.keys, left);
        super::super::contacts::write_keys_in_order(connection, keys.iter().map(|(key, owner)| (key.as_str(), *owner)))
    }

    fn write_messages(&mut self, connection: &Connection, left: &mut usize) -> Result<(), Trouble> {
        // One that was broken off has written some of them.
        let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO message (day, id) VALUES (?1, ?2)")?;
        for MessageKey { day, id } in next(&self.messages, &mut self.written.messages, left) {
            insert.execute(params![day, id.0])?;
        }
        Ok(())
    }

    /// Takes away what the tables have taken over. Whether that was all.
    fn trim(&mut self, connection: &Connection, left: usize) -> Result<bool, Trouble> {
        let Done { records, key_records, .. } = &mut self.written;
        let mut left = left.saturating_mul(TRIM_EACH);
        let trimmed = next(&self.records, records, &mut left);
        if let Some(last) = trimmed.last() {
            connection.prepare_cached("DELETE FROM contact_tail WHERE place <= ?1")?.execute([last.place])?;
            self.gone = trimmed.iter().fold(self.gone, |gone, record| gone.wrapping_add(record.digest));
        }
        let trimmed = next(&self.key_places, key_records, &mut left);
        if let Some((last, _)) = trimmed.last() {
            connection.prepare_cached("DELETE FROM key_tail WHERE place <= ?1")?.execute([last])?;
            self.gone = trimmed.iter().fold(self.gone, |gone, (_, digest)| gone.wrapping_add(*digest));
        }
        Ok(*records == self.records.len() && *key_records == self.key_places.len())
    }
}
