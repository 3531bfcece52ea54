//! A store in one SQLite file, for one process.
//!
//! In: batches, each one durable transaction. Out: rows. This layer knows tables, not frames: only the view for people
//! ([`view`]) looks into one, by a description that it is given.
//!
//! A step's cost is the pages it dirties, so a contact is one row: its frame and what is kept of it packed, its due instant without an
//! index (the queue lives in memory), its texts beside it. Everybody is in memory ([`in_memory`]), and what changes of rows that lie all over
//! the file is appended first and written into them later ([`tail`]); [`Keeping::Rows`] writes and reads the rows themselves. Writing is cached
//! statements, several rows with each run where they are appended ([`append`]), rows in key order; each batch is one `BEGIN IMMEDIATE` with
//! `synchronous=FULL`, on a thread of its own ([`writer`]) while the engine goes on, which is answered as if it were written ([`begun`]). The
//! log that SQLite writes ahead is folded into the file by yet another ([`checkpoint`]), so that no batch waits for it. What people ask is read
//! on connections of their own ([`records`]).

mod append;
mod aside;
mod begun;
mod blank;
mod charter;
mod checkpoint;
mod codes;
mod contacts;
mod decisions;
mod decode;
mod events;
mod fault;
mod handoffs;
mod health;
mod in_memory;
mod ledgers;
mod lock;
mod mend;
mod migrate;
mod open;
mod outbox;
mod picture;
mod records;
mod rows;
mod slots;
mod snapshot;
mod tail;
mod there;
mod totals;
mod view;
mod writer;

pub(crate) use aside::Aside;
pub(crate) use fault::RESTORE;
pub(crate) use health::free_pages_from_nowhere;
pub use health::{Facts, sqlite_version};
pub use in_memory::MemoryUse;
pub use lock::{InUse, past_help};
pub(crate) use lock::{Known, lacks, was_a_store};
pub(crate) use mend::Mending;
pub(crate) use open::empty;
pub use open::{Keeping, OpenOptions};
pub use outbox::MailAhead;
pub(crate) use picture::{picture, refuse_not_of_today};
pub(crate) use records::SqliteRecords;
pub(crate) use there::{is_named_as_store, log_bytes};
pub(crate) use view::condition_number;
pub use view::{Shows, ViewColumn, Word, WordKind};

use super::check::check_batch;
use super::resident::{Resident, Writes};
use super::stored::{Damaged, StoredContact};
use super::{
    Answers, Batch, Blank, Charter, ContactId, ContactRecord, MessageKey, Opened, OutboxRecord, Owner, PAGE_ROWS,
    Questions, QueuedBehind, Records, Slot, SlotBatch, SlotSink, SlotState, Store, StoreError, Tended, Ticket, Wish,
};
use crate::store::StoreFault;
use begun::{Begun, changed_rows, of_now, overlaid, overlaid_row};
use fault::Trouble;
use lock::Lock;
use rusqlite::{Connection, TransactionBehavior};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tail::{Tail, Told};
use there::Identity;
use writer::Writer;

/// As whom a process writes to its file: whoever has the lock is the only one.
const OWNER: Owner = Owner { worker: 1, epoch: 1 };

/// An open store.
#[derive(Debug)]
pub struct SqliteStore {
    /// Before the connection, so that it stops first.
    writer: Writer,
    /// Only reads.
    connection: Connection,
    path: PathBuf,
    /// The file that stood there when it was opened.
    identity: Identity,
    /// Everybody in memory, as the last batch that was handed over leaves them; none where every row is written with its batch.
    resident: Option<Resident>,
    /// How that stands to the file.
    standing: Standing,
    /// What frames are kept as differences to.
    blank: Arc<Blank>,
    /// What is known here of the tail.
    told: Arc<Told>,
    /// The slots that are open, as the last batch that was handed over leaves them.
    states: BTreeMap<Slot, SlotState>,
    /// Whether whoever had it before closed it.
    was_closed: bool,
    begun: Vec<Begun>,
    /// Whether damage was met: then the store counts as not closed, and is looked through at the next start.
    is_damaged: bool,
    /// Whether whoever had it before was ended before they could close it, and what they had on its way was not taken up since: then it counts as
    /// not closed, whoever closes it.
    is_broken_off: bool,
    /// Keeps other processes out for as long as the store is open; last, so that it is given up last.
    lock: Lock,
}

/// How what is in memory stands to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing was read yet.
    Unread,
    /// It is what was read, and every batch since.
    Read,
    /// A batch of it was not kept.
    Ahead,
}

impl SqliteStore {
    /// Folds the log into the file and closes it. Dropping the store does the same and keeps silent about failures, which is safe:
    /// what was not folded now is folded at the next start.
    pub fn close(mut self) -> Result<(), StoreError> {
        let closed = self.identity.check(&self.path).and_then(|()| self.end());
        self.noted(closed, "close")
    }

    /// Sees to it that no row has a number that is still to be given: it would be overwritten by whoever gets that number.
    pub fn check_numbers(&mut self) -> Result<(), StoreError> {
        let path = self.path.clone();
        let ahead = self.read(|connection, _| slots::ahead(connection, Slot::FIRST))?;
        let Some(ahead) = ahead else { return Ok(()) };
        let damage = Trouble::Said(
            StoreFault::Corrupt,
            format!("`{}` is damaged: {ahead}, and who gets it would take the place of what is there", path.display()),
            fault::RESTORE.to_owned(),
        );
        self.noted(Err(damage), "open")
    }

    /// Whether whoever had the store before closed it, as against a process that was killed.
    pub fn was_closed(&self) -> bool {
        self.was_closed
    }

    /// From now on for this program: its views.
    pub fn describe(&mut self, options: &OpenOptions) -> Result<(), StoreError> {
        let options = options.clone();
        self.write(move |connection| describe(connection, &options))?;
        self.blank = self.read(|connection, _| blank::read(connection))?;
        self.resident.iter_mut().for_each(|resident| resident.set_blank(Arc::clone(&self.blank)));
        Ok(())
    }

    /// That which only reads.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Waits for what is on its way, and closes.
    fn end(&mut self) -> Result<(), Trouble> {
        let last = self.begun.last().map(|begun| begun.ticket);
        let written = last.map_or(Ok(()), |ticket| self.writer.finish(ticket));
        let Some(hands) = self.writer.stop() else { return written };
        let ended = written.and(writer::fold(hands));
        // Where the mark stays, the next start looks for damage in vain.
        if ended.is_ok() && self.identity.check(&self.path).is_ok() && !self.is_damaged && !self.is_broken_off {
            self.lock.mark_closed();
        }
        ended
    }

    /// The error for the caller, kept in mind where it is damage.
    fn noted<T>(&mut self, done: Result<T, Trouble>, doing: &str) -> Result<T, StoreError> {
        self.is_damaged |= done.as_ref().is_err_and(Trouble::is_damage);
        done.map_err(|trouble| trouble.at(&self.path, doing))
    }

    /// Reads in one transaction: without it, each statement would lock and unlock the file by itself.
    fn read<T>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Vec<Begun>) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        let Self { connection, begun, .. } = self;
        let read = transact(connection, TransactionBehavior::Deferred, |connection| work(connection, begun));
        self.noted(read, "read")
    }

    /// Writes in one durable transaction, and waits for it.
    fn write(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<(), StoreError> {
        let written = self.writer.run(|connection, _| work(connection));
        self.noted(written, "write to")
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // `close` is for those who want to hear of a failure.
        let _ = self.end();
    }
}

/// Makes the file fit for a program: what its frames are kept as differences to, who stands there as an earlier Flow wrote them, and the views.
fn describe(connection: &Connection, options: &OpenOptions) -> Result<(), Trouble> {
    let blank = blank::grow(connection, &options.blank)?;
    if blank::is_earlier(connection)? {
        contacts::pack_earlier(connection, &blank)?;
        blank::is_of_today(connection)?;
    }
    view::create(connection, options, &blank)
}

fn read_due(connection: &Connection, slot: Slot, layout: u32, sink: &mut dyn SlotSink) -> Result<(), Trouble> {
    let mut after = None;
    loop {
        let page = contacts::due(connection, slot, layout, after)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        sink.contacts(&page);
    }
}

fn transact<T>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: impl FnOnce(&Connection) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    // Dropped before its commit, the transaction is rolled back.
    let transaction = connection.transaction_with_behavior(behavior)?;
    let result = work(&transaction)?;
    transaction.commit().map_err(Trouble::of_commit)?;
    Ok(result)
}

fn write_batch(connection: &Connection, batch: &Batch) -> Result<(), Trouble> {
    batch.slots.iter().try_for_each(|slot| write_slot(connection, slot))
}

fn write_slot(connection: &Connection, batch: &SlotBatch) -> Result<(), Trouble> {
    let SlotBatch { slot, state, changes } = batch;
    slots::advance(connection, *slot, state)?;
    contacts::write(connection, &changes.contacts)?;
    contacts::write_keys(connection, &changes.keys)?;
    events::write(connection, &changes.events)?;
    write_in_both_ways(connection, batch)
}

/// Writes a batch whose contacts, keys and messages the tables take over later.
fn append_slot(
    connection: &Connection,
    tail: &mut Tail,
    batch: &SlotBatch,
    (written, contacts): (&Writes, u64),
) -> Result<(), Trouble> {
    let SlotBatch { slot, state, changes } = batch;
    slots::advance(connection, *slot, state)?;
    contacts::write_new(connection, &changes.contacts, written)?;
    let there = written.people(&changes.contacts).filter(|(_, is_new, ..)| !is_new);
    tail.begin_batch(state.number);
    tail.append_contacts(connection, there.map(|(id, _, packed, _)| (id, packed)))?;
    tail.append_keys(connection, &changes.keys)?;
    events::append(connection, &changes.events)?;
    tail.note_messages(&changes.events);
    write_in_both_ways(connection, batch)?;
    tail.count_contacts(contacts);
    tail.follow(connection, changes.contacts.len() + changes.keys.len() + changes.events.len())
}

/// What is written with its batch in either way: it lies where its table ends, or is written rarely.
fn write_in_both_ways(connection: &Connection, SlotBatch { slot, changes, .. }: &SlotBatch) -> Result<(), Trouble> {
    contacts::join(connection, &changes.joined)?;
    contacts::write_ended(connection, &changes.ended)?;
    outbox::write(connection, &changes.outbox)?;
    outbox::settle(connection, &changes.settled)?;
    handoffs::write(connection, &changes.handoffs)?;
    handoffs::write_answers(connection, &changes.answers)?;
    ledgers::write_values(connection, &changes.values)?;
    decisions::write(connection, &changes.decisions)?;
    ledgers::write(connection, &changes.stages, &changes.scores)?;
    slots::write_reads(connection, *slot, &changes.reads)?;
    slots::write_actors(connection, *slot, &changes.actors)?;
    totals::add(connection, *slot, &changes.totals)
}

impl SqliteStore {
    /// Answers by the tables, and by what is on its way there.
    fn ask_tables(&mut self, questions: &Questions) -> Result<Answers, StoreError> {
        let blank = Arc::clone(&self.blank);
        self.read(|connection, begun| {
            let contacts = questions.contacts.iter().map(|id| whole(connection, &blank, begun, *id));
            let contacts = contacts.collect::<Result<_, _>>()?;
            let done = |(id, after): &(ContactId, u64)| {
                let people = events::newest_of(connection, begun, *id)?;
                events::of_contacts(connection, begun, &people, *after)
            };
            Ok(Answers {
                contacts,
                events: questions.events.iter().map(done).collect::<Result<_, _>>()?,
                owners: owners(connection, begun, &questions.keys)?,
                known: known(connection, begun, &questions.messages)?,
                ..of_outbox(connection, begun, questions)?
            })
        })
    }

    fn show_tables(
        &mut self,
        ids: &[ContactId],
        to: &mut dyn FnMut(StoredContact<'_>) -> Result<(), Damaged>,
    ) -> Result<(), StoreError> {
        let blank = Arc::clone(&self.blank);
        self.read(|connection, begun| {
            ids.iter().try_for_each(|id| {
                let record = whole(connection, &blank, begun, *id)?;
                to(StoredContact::whole(&record)).map_err(in_memory::damaged(*id))
            })
        })
    }
}

fn whole(connection: &Connection, blank: &Blank, begun: &mut [Begun], id: ContactId) -> Result<ContactRecord, Trouble> {
    let found = overlaid(begun, id, || contacts::load(connection, blank, id))?;
    found.ok_or_else(|| no_contact(id))
}

/// Whoever asks for somebody has their number from the store.
fn no_contact(id: ContactId) -> Trouble {
    Trouble::Damaged(format!("there is no contact {}, and something in it is about them", id.0))
}

/// What is asked of messages on their way out.
fn of_outbox(connection: &Connection, begun: &mut [Begun], questions: &Questions) -> Result<Answers, Trouble> {
    let row = |id: &u64| overlaid_row(begun, *id, || outbox::row(connection, *id));
    let rows = questions.rows.iter().map(row).collect::<Result<_, _>>()?;
    let to = |id: &u64| {
        let in_file = outbox::recipient(connection, *id)?;
        Ok(begun.iter_mut().fold(in_file, |to, batch| batch.recipient(*id, to)))
    };
    let recipients = questions.recipients.iter().map(to).collect::<Result<_, Trouble>>()?;
    let queued = questions.queued.map_or(Ok(Vec::new()), |asked| queued(connection, begun, asked))?;
    Ok(Answers { rows, recipients, queued, ..Answers::default() })
}

/// Whose keys these are, by what is in the file and by what is on its way there.
fn owners(connection: &Connection, begun: &mut [Begun], keys: &[String]) -> Result<Vec<Option<ContactId>>, Trouble> {
    let in_file = contacts::find(connection, keys)?;
    let now = |(key, owner): (&String, _)| begun.iter_mut().fold(owner, |owner, batch| batch.owner(key, owner));
    Ok(keys.iter().zip(in_file).map(now).collect())
}

/// The same of messages.
fn known(connection: &Connection, begun: &mut [Begun], messages: &[MessageKey]) -> Result<Vec<bool>, Trouble> {
    let mut known = events::known(connection, messages)?;
    for (message, known) in messages.iter().zip(&mut known) {
        *known |= begun.iter_mut().any(|batch| batch.knows(message));
    }
    Ok(known)
}

/// The next of the rows that wait for their instant, by what is in the file and by what is on its way there.
fn queued(connection: &Connection, begun: &mut [Begun], asked: QueuedBehind) -> Result<Vec<OutboxRecord>, Trouble> {
    let at_most = asked.at_most.min(PAGE_ROWS);
    let (changed, waiting) = changed_rows(begun);
    // So many that enough are left without those that have changed since.
    let in_file = outbox::queued(connection, QueuedBehind { at_most: at_most + changed.len(), ..asked })?;
    let unchanged = in_file.into_iter().filter(|row| !changed.contains(&row.id));
    let mut rows: Vec<OutboxRecord> = unchanged.map(|row| of_now(begun, row)).collect();
    for id in waiting.into_iter().filter(|id| Slot::of(*id) == Some(asked.slot)) {
        rows.extend(overlaid_row(begun, id, || outbox::row(connection, id))?);
    }
    rows.retain(|row| row.place().is_some_and(|place| place > asked.behind));
    rows.sort_by_key(OutboxRecord::place);
    rows.truncate(at_most);
    Ok(rows)
}

impl Store for SqliteStore {
    fn tend(&mut self, _: Wish) -> Result<Tended, StoreError> {
        let is_open = self.states.contains_key(&Slot::FIRST);
        let gained = if is_open { Vec::new() } else { vec![Slot::FIRST] };
        Ok(Tended { owner: OWNER, gained, lost: Vec::new() })
    }

    fn open(&mut self, slot: Slot, layout: u32, sink: &mut dyn SlotSink) -> Result<Opened, StoreError> {
        // Nothing may be on its way: what is read here must be all. Of what was not waited for nobody knows what became of it.
        if self.writer.has_failed() || !self.begun.is_empty() {
            self.standing = Standing::Ahead;
        }
        self.writer.allow();
        self.begun.clear();
        self.read_in(slot)?;
        let resident = self.resident.take();
        let opened = self.read(|connection, _| {
            sink.messages(events::newest(connection, slot)?);
            match &resident {
                Some(resident) => in_memory::hand_over_due(resident, layout, sink),
                None => read_due(connection, slot, layout, sink)?,
            }
            let mut after = None;
            loop {
                let page = outbox::on_their_way(connection, slot, after)?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                sink.outbox(page);
            }
            slots::open(connection, slot)
        });
        self.resident = resident;
        let opened = opened?;
        self.states.insert(slot, opened.state);
        self.is_broken_off = false;
        Ok(opened)
    }

    fn ask(&mut self, questions: &Questions) -> Result<Answers, StoreError> {
        if self.standing == Standing::Unread {
            self.read_in(Slot::FIRST)?;
        }
        let Some(mut resident) = self.resident.take() else { return self.ask_tables(questions) };
        let answers = self.ask_memory(&mut resident, questions);
        self.resident = Some(resident);
        answers
    }

    fn show(
        &mut self,
        ids: &[ContactId],
        to: &mut dyn FnMut(StoredContact<'_>) -> Result<(), Damaged>,
    ) -> Result<(), StoreError> {
        if self.standing == Standing::Unread {
            self.read_in(Slot::FIRST)?;
        }
        let shown = match &mut self.resident {
            Some(resident) => in_memory::show(resident, ids, to),
            None => return self.show_tables(ids, to),
        };
        self.noted(shown, "read")
    }

    fn begin(&mut self, batch: Batch) -> Result<Ticket, StoreError> {
        check_batch(&batch, OWNER, |slot| self.states.get(&slot).copied())
            .map_err(|error| StoreError { path: Some(self.path.clone()), ..error })?;
        let batch = Arc::new(batch);
        let ticket = self.hand_over(&batch)?;
        self.states.extend(batch.slots.iter().map(|slot| (slot.slot, slot.state)));
        self.begun.push(Begun::new(ticket, batch));
        Ok(ticket)
    }

    fn finish(&mut self, ticket: Ticket) -> Result<(), StoreError> {
        let finished = self.writer.finish(ticket);
        if finished.is_err() {
            self.standing = Standing::Ahead;
        }
        self.noted(finished, "write to")?;
        self.begun.retain(|begun| begun.ticket > ticket);
        Ok(())
    }

    fn release(&mut self, slot: Slot) -> Result<(), StoreError> {
        if let Some(last) = self.begun.last().map(|begun| begun.ticket) {
            self.finish(last)?;
        }
        self.states.remove(&slot);
        Ok(())
    }

    fn charter(&mut self) -> Result<Charter, StoreError> {
        self.read(|connection, _| charter::read(connection))
    }

    fn settle(&mut self, charter: &Charter) -> Result<(), StoreError> {
        let charter = charter.clone();
        self.write(move |connection| charter::write(connection, &charter))
    }

    fn blank(&mut self, _: &[u8]) -> Arc<Blank> {
        // The file's own, which has grown with its program.
        Arc::clone(&self.blank)
    }

    fn records(&self) -> Result<Box<dyn Records>, StoreError> {
        Ok(Box::new(SqliteRecords::open(&self.path)?))
    }
}

/// What only tests ask of a store.
#[cfg(test)]
impl SqliteStore {
    /// Lets the file grow to so many pages and no further, as a full disk does.
    pub(super) fn limit_pages(&mut self, pages: u32) {
        let limit = move |connection: &Connection| {
            connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
            Ok(())
        };
        self.writer.run(move |connection, _| limit(connection)).unwrap();
    }

    /// Refuses every write, as a read-only place does.
    pub(super) fn refuse_writes(&mut self) {
        self.writer.run(|connection, _| Ok(connection.pragma_update(None, "query_only", true)?)).unwrap();
    }

    /// Stands in for a log that could not be folded because the disk is full.
    pub(super) fn fail_fold(&self) {
        self.writer.fail_fold(rusqlite::ffi::SQLITE_FULL);
    }

    /// What the engine's loop asks, and how SQLite finds it.
    pub(super) fn plans(&self) -> Vec<(String, Vec<String>)> {
        self.plans_of(vec![
            contacts::FIND.to_owned(),
            contacts::LOAD.to_owned(),
            contacts::DUE.to_owned(),
            events::KNOWN.to_owned(),
            events::PART.to_owned(),
            events::EVENT.to_owned(),
            events::DECISION.to_owned(),
            events::NEWEST.to_owned(),
            events::JOINED_INTO.to_owned(),
            outbox::on_their_way_sql(),
            outbox::queued_sql(),
            outbox::row_sql(),
            outbox::UNSETTLED_COUNT.to_owned(),
            "SELECT * FROM contact_view WHERE contact = ?1".to_owned(),
            "SELECT * FROM journey_view WHERE contact = ?1".to_owned(),
            "SELECT * FROM journey_view WHERE user_id = ?1".to_owned(),
            "SELECT opened_at FROM mail_view".to_owned(),
        ])
    }

    /// How SQLite finds what these ask for.
    pub(super) fn plans_of(&self, queries: Vec<String>) -> Vec<(String, Vec<String>)> {
        let plan = |query: &str| {
            let mut statement = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let parameters = vec![0; statement.parameter_count()];
            let steps = statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get(3)).unwrap();
            steps.map(Result::unwrap).collect()
        };
        queries.into_iter().map(|query| (query.clone(), plan(&query))).collect()
    }
}
