//! The engine: one loop that takes what comes next, lets the rules of a program answer, and writes the result in batches.
//!
//! In: a program, a backend, a store, and events in the order of their arrival. Out: changes in the store, and messages handed to a
//! connector. It knows nothing of SQL, of `.flow` text, of how a message travels, nor what time it is: everything happens at its
//! own instant, so the same program, events and clock give the same store, bit for bit (E2).
//!
//! ```text
//! next of (events, due contacts, due attempts), by instant
//!   -> load the contact -> facts and fields change -> goals, exits, waits and entries look -> steps run      one item
//! -> ... a batch of items -> commit -> messages leave -> what becomes of them begins the next batch
//! ```
//!
//! **Batches only group work.** Where the border between two falls, or a crash, changes nothing: numbers are given out in the order of
//! items and kept by the same commit, and a contact with a message on its way is not touched before its answer is there. One thing
//! reaches across contacts: whose turn it is in a team. So, where a bounce can set a workflow going, a handoff waits until the messages
//! before it have their answers.
//!
//! To add a rule: what an event says goes into `event`, what follows from a change into `react`, what a step may ask for into
//! `host`, what an effect is into a file of `effects`, and what becomes of a message into `deliver`.

mod ahead;
mod arrive;
mod batch;
mod bits;
mod cache;
mod contact;
pub mod counter;
mod deliver;
mod due;
mod effects;
mod engagement;
mod enrol;
mod error;
mod event;
mod host;
mod identify;
mod identity;
mod import;
mod index;
mod join;
mod outgoing;
mod pattern;
mod pending;
mod plan;
mod react;
mod readers;
pub mod reason;
mod report;
mod segment;
mod starts;
mod step;
mod stream;
mod suppress;
mod touch;
mod view;
mod wake;

pub use deliver::{Composer, Delivery};
pub use effects::handoff::Notice;
pub use error::EngineError;
pub use import::Imported;
pub use report::Report;
pub use view::ContactView;

use crate::clock::{Clock, VirtualClock};
use crate::inbound::Arrival;
use crate::store::{ContactId, ContactWrite, Store};
use crate::time::Instant;
use ahead::Ahead;
use batch::{Batch, Queued, Sequences};
use cache::Cache;
use contact::Contact;
use due::DueQueue;
use flow_ir::backend::Backend;
use flow_ir::units::DAY_MS;
use flow_ir::{FOREVER, Program};
use outgoing::Outgoing;
use plan::Plan;
use react::Cause;
use std::collections::BTreeSet;
use std::sync::Arc;
use stream::StreamPlace;
use touch::Touch;

/// How many items are committed together, unless [`Limits`] say otherwise: past this, more hardly gain speed.
pub const BATCH_ITEMS: usize = 1_000;
/// How many contacts are read at once.
const LOAD_CONTACTS: usize = 256;
/// The name under which a store keeps the engine's clock.
const CLOCK: &str = "clock";
/// The name under which a store keeps its first day.
const FIRST_DAY: &str = "first_day";

/// What bounds the engine's work. None of it changes a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many items are committed together, at least one.
    pub batch_items: usize,
    /// How many contacts are kept in memory between batches.
    pub cache_contacts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { batch_items: BATCH_ITEMS, cache_contacts: cache::CACHE_CONTACTS }
    }
}

/// How far a run has come, told after each commit; numbers since the engine was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The instant of the last item.
    pub now: Instant,
    /// Events taken.
    pub events: u64,
    /// Journeys woken.
    pub steps: u64,
    /// Mails delivered.
    pub mails: u64,
}

/// Runs one program over one store. After an error it must be opened anew: the batch in hand is lost, everything before it is kept.
pub struct Engine<S: Store> {
    plan: Arc<Plan>,
    backend: Arc<dyn Backend>,
    store: S,
    delivery: Option<Delivery>,
    limits: Limits,
    clock: VirtualClock,
    /// The clock as the store has it.
    kept_clock: i64,
    /// How far the stream of events has been taken.
    stream: StreamPlace,
    due: DueQueue,
    cache: Cache,
    ahead: Ahead,
    outgoing: Outgoing,
    batch: Batch,
    /// Contacts to write.
    dirty: BTreeSet<ContactId>,
    import_mark: Option<import::ImportMark>,
    /// What occurred before is history (E3).
    first_day: i64,
    recovered: bool,
    mail_trouble: Option<String>,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    /// The first event of those looked at ahead.
    Arrival,
    /// A contact's next instant.
    Due(i64, ContactId),
    /// Another attempt at an outbox row.
    Attempt(i64, u64),
}

impl<S: Store> Engine<S> {
    /// Takes up a store where its last commit left it. Without a delivery, messages stay in the outbox.
    pub fn open(
        program: Arc<Program>,
        backend: Arc<dyn Backend>,
        mut store: S,
        delivery: Option<Delivery>,
        limits: Limits,
    ) -> Result<Engine<S>, EngineError> {
        let plan = Arc::new(Plan::new(program)?);
        let clock = batch::number(&mut store, CLOCK)?.map_or(i64::MIN, |clock| clock.cast_signed());
        let stream = StreamPlace::load(&mut store)?;
        let sequences = Sequences::load(&mut store, &plan.program)?;
        let first_day = batch::number(&mut store, FIRST_DAY)?.map_or(i64::MIN, |first| first.cast_signed());
        let mut ahead = Ahead::default();
        ahead.not_before(clock);
        Ok(Engine {
            due: DueQueue::load(&mut store)?,
            plan,
            backend,
            store,
            delivery,
            limits,
            clock: VirtualClock::new(Instant(clock)),
            kept_clock: clock,
            stream,
            cache: Cache::default(),
            ahead,
            outgoing: Outgoing::default(),
            batch: Batch::new(sequences),
            dirty: BTreeSet::new(),
            import_mark: None,
            first_day,
            recovered: false,
            mail_trouble: None,
        })
    }

    /// Begins a new store at an instant: whatever occurred before is history, which fills facts and triggers nothing (E3). A store that
    /// has begun keeps its first day.
    pub fn begin(&mut self, first: Instant) -> Result<(), EngineError> {
        if self.first_day == i64::MIN && self.kept_clock == i64::MIN {
            self.first_day = first.0;
            self.advance(first.0);
            self.ahead.not_before(first.0);
            self.batch.set_meta(FIRST_DAY, first.0.cast_unsigned());
            self.commit()?;
        }
        Ok(())
    }

    /// Runs everything that is due up to and at `until`: these events, in the order of (arrival, line), and whatever falls due between
    /// them. Events that arrived later wait for the next call. Events known from an earlier run change nothing, so a stream may be
    /// given again from its start.
    pub fn run_until(
        &mut self,
        until: Instant,
        arrivals: &mut dyn Iterator<Item = Arrival>,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), EngineError> {
        self.recover()?;
        self.stream.begin_reading();
        let mut arrivals = arrivals.fuse();
        loop {
            self.ahead.refill(&mut self.store, &mut arrivals, &self.batch.changes)?;
            match self.next_item(until.0) {
                Some(item) if self.must_flush_before(item) => self.flush(progress)?,
                Some(item) => {
                    if !self.handle(item)? {
                        self.flush(progress)?;
                    }
                    self.flush_if_full(progress)?;
                }
                // What becomes of the last messages may make something due again.
                None if self.has_work_in_hand() => self.flush(progress)?,
                None => break,
            }
        }
        if !until.is_never() {
            self.advance(until.0);
            self.ahead.not_before(until.0);
        }
        self.commit()
    }

    /// The instant of the last item, or the end of the last run.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The one that every step runs by.
    pub fn program(&self) -> &Arc<Program> {
        &self.plan.program
    }

    /// When something is next due by itself: a contact, or another attempt at a message.
    pub fn next_due(&self) -> Option<Instant> {
        let contact = self.due.first().map(|(at, _)| at);
        let attempt = self.outgoing.next_attempt().map(|row| row.due_at);
        contact.into_iter().chain(attempt).min().map(Instant)
    }

    /// The store, for reports. Writing to it behind the engine's back is not foreseen.
    pub fn store(&mut self) -> &mut S {
        &mut self.store
    }

    /// Ends the engine; whatever was not committed is lost.
    pub fn into_store(self) -> S {
        self.store
    }

    /// The totals of the store, with their words.
    pub fn report(&mut self) -> Result<Report, EngineError> {
        Report::read(&mut self.store)
    }

    /// Why a message last did not leave, in the words of the other side, if that happened since the engine was opened.
    pub fn mail_trouble(&self) -> Option<&str> {
        self.mail_trouble.as_deref()
    }

    /// What a crash left, once.
    fn recover(&mut self) -> Result<(), EngineError> {
        if !std::mem::replace(&mut self.recovered, true) {
            self.recover_outbox()?;
            self.deliver()?;
        }
        Ok(())
    }

    /// The next item up to and at `until`: the earliest; at one instant events, then contacts, then attempts.
    fn next_item(&self, until: i64) -> Option<Item> {
        let arrival = self.ahead.first().map(|peeked| (peeked.at, Item::Arrival));
        let due = self.due.first().map(|(at, contact)| (at, Item::Due(at, contact)));
        let attempt = self.outgoing.next_attempt().map(|row| (row.due_at, Item::Attempt(row.due_at, row.id)));
        let (at, item) = [arrival, due, attempt].into_iter().flatten().min()?;
        (at <= until).then_some(item)
    }

    /// Whether an item's contact has a message on its way.
    fn must_flush_before(&self, item: Item) -> bool {
        match item {
            Item::Arrival => self
                .ahead
                .first()
                .is_some_and(|peeked| self.ahead.owners_of(peeked).any(|contact| self.outgoing.concerns(contact))),
            Item::Due(_, contact) => self.outgoing.concerns(contact),
            Item::Attempt(..) => false,
        }
    }

    /// Handles an item. False when it must come back after a flush.
    fn handle(&mut self, item: Item) -> Result<bool, EngineError> {
        self.batch.items += 1;
        match item {
            Item::Arrival => self.handle_arrival(),
            Item::Due(at, contact) => self.handle_due(at, contact),
            Item::Attempt(..) => {
                if let Some(row) = self.outgoing.next_attempt() {
                    self.advance(row.due_at);
                    self.outgoing.ripen(row);
                }
                Ok(true)
            }
        }
    }

    /// Commits, and lets out what the commit allows.
    fn flush(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<(), EngineError> {
        self.commit()?;
        self.batch.items = 0;
        self.deliver()?;
        let tally = self.batch.tally;
        progress(&Progress { now: self.now(), events: tally.events, steps: tally.steps, mails: tally.mails });
        Ok(())
    }

    fn flush_if_full(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<(), EngineError> {
        if self.batch.items >= self.limits.batch_items { self.flush(progress) } else { Ok(()) }
    }

    /// Commits and delivers until nothing is left in hand.
    fn finish(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<(), EngineError> {
        while self.has_work_in_hand() {
            self.flush(progress)?;
        }
        Ok(())
    }

    fn has_work_in_hand(&self) -> bool {
        !self.batch.is_empty() || !self.dirty.is_empty() || self.outgoing.has_ripe()
    }

    /// Writes the batch.
    fn commit(&mut self) -> Result<(), EngineError> {
        let now = self.now().0;
        if self.batch.is_empty() && self.dirty.is_empty() && now == self.kept_clock {
            return Ok(());
        }
        for id in std::mem::take(&mut self.dirty) {
            if let Some(contact) = self.cache.get_mut(id) {
                write_contact(contact, &mut self.batch);
            }
        }
        self.batch.close(&self.plan.program);
        self.batch.set_meta(CLOCK, now.cast_unsigned());
        self.batch.changes.meta.push(self.stream.meta());
        self.batch.changes.meta.extend(self.import_mark.take().map(|mark| mark.meta()));
        self.store.commit(&self.batch.changes)?;
        self.kept_clock = now;
        self.batch.kept();
        self.cache.trim(self.limits.cache_contacts);
        Ok(())
    }

    /// Goes on to an instant, never back.
    fn advance(&mut self, at: i64) -> i64 {
        self.clock.advance_to(Instant(at)).0
    }

    /// Does an item's work on a contact (a new one, where none is given), then brings it to rest. None when a handoff has to wait for
    /// the messages before it: then nothing of it is kept, not even the number of a new contact.
    fn touch(
        &mut self,
        owner: Option<ContactId>,
        now: i64,
        work: impl FnOnce(&mut Touch<'_>) -> Cause,
    ) -> Result<Option<ContactId>, EngineError> {
        let mark = self.savepoint();
        self.touch_from(mark, owner, now, work)
    }

    /// The same with the batch as it was before, where a handoff may have to wait.
    fn touch_from(
        &mut self,
        mark: Option<batch::Mark>,
        owner: Option<ContactId>,
        now: i64,
        work: impl FnOnce(&mut Touch<'_>) -> Cause,
    ) -> Result<Option<ContactId>, EngineError> {
        let mut contact = self.lend_or_make(owner)?;
        let unchanged = owner.filter(|_| mark.is_some()).map(|_| contact.clone());
        let (id, was_due) = (contact.id, contact.next_at);
        let (keys, joined) = (self.batch.changes.keys.len(), self.batch.changes.joined.len());
        let plan = Arc::clone(&self.plan);
        let batch = &mut self.batch;
        (batch.handoffs_wait, batch.handoff_waited) = (mark.is_some(), false);
        let mut touch = Touch {
            plan: &plan,
            backend: &*self.backend,
            batch,
            contact: &mut contact,
            now,
            next_change: FOREVER,
            crossed: Vec::new(),
            importing: false,
            address_marks: Vec::new(),
        };
        let cause = work(&mut touch);
        touch.react(&cause);
        touch.reschedule(&cause);
        self.batch.take_failure()?;
        match mark {
            Some(mark) if self.batch.handoff_waited => {
                self.batch.roll_back(mark);
                unchanged.into_iter().for_each(|contact| self.cache.put(contact));
                Ok(None)
            }
            _ => {
                self.keep(contact, was_due);
                let changes = &self.batch.changes;
                let keys = changes.keys.get(keys..).unwrap_or_default();
                self.ahead.learn(keys, changes.joined.get(joined..).unwrap_or_default());
                Ok(Some(id))
            }
        }
    }

    /// The batch as it is, where a handoff of the next item might have to wait.
    fn savepoint(&self) -> Option<batch::Mark> {
        let may_wait = self.plan.bounces_matter && self.outgoing.has_ripe_mail();
        may_wait.then(|| self.batch.mark())
    }

    /// Puts a contact back after an item.
    fn keep(&mut self, contact: Contact, was_due: Option<i64>) {
        self.due.move_to(contact.id, was_due, contact.next_at);
        if contact.needs_writing() {
            self.dirty.insert(contact.id);
        }
        self.cache.put(contact);
        let queued: Vec<Queued> = self.batch.queued.drain(..).collect();
        if self.delivery.is_some() {
            queued.into_iter().for_each(|row| self.outgoing.ripen(row));
        }
    }

    /// The contact of this number, to be put back; or a new one.
    fn lend_or_make(&mut self, id: Option<ContactId>) -> Result<Contact, EngineError> {
        match id {
            Some(id) => self.lend(id),
            None => Ok(Contact::blank(self.batch.next_contact(), &self.plan)),
        }
    }

    fn lend(&mut self, id: ContactId) -> Result<Contact, EngineError> {
        if !self.cache.contains(id) {
            let mut ids = vec![id];
            ids.extend(self.ahead.contacts().take(LOAD_CONTACTS));
            let horizon = self.now().0.saturating_add(HORIZON_MS);
            ids.extend(self.due.until(horizon).take(LOAD_CONTACTS));
            self.load(&ids)?;
        }
        let missing = || EngineError::Fault { problem: format!("contact {} was taken twice", id.0) };
        self.cache.take(id).ok_or_else(missing)
    }

    /// Reads those contacts that are not loaded.
    fn load(&mut self, ids: &[ContactId]) -> Result<(), EngineError> {
        let missing: BTreeSet<ContactId> = ids.iter().copied().filter(|id| !self.cache.contains(*id)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let missing: Vec<ContactId> = missing.into_iter().collect();
        for record in self.store.load_contacts(&missing)? {
            self.cache.put(Contact::load(record, &self.plan)?);
        }
        Ok(())
    }
}

/// How far ahead contacts that fall due are loaded together with one that is needed now.
const HORIZON_MS: i64 = DAY_MS;

fn write_contact(contact: &mut Contact, batch: &mut Batch) {
    if contact.dirty || contact.texts_dirty {
        let texts = contact.texts_dirty.then(|| contact.texts.to_vec());
        let (id, frame, next_at) = (contact.id, contact.frame.clone(), contact.next_at);
        batch.changes.contacts.push(ContactWrite { id, frame, texts, next_at });
    }
    (contact.dirty, contact.texts_dirty) = (false, false);
    for journey in contact.journeys.iter_mut().filter(|journey| journey.dirty) {
        journey.dirty = false;
        batch.keep_journey(journey.record.clone());
    }
}
