//! The engine: one loop that takes what comes next, lets the rules of a program answer, and writes the result in batches.
//!
//! In: a program, a backend, a store, and events in the order of their arrival. Out: changes in the store, and messages handed to a
//! channel. It knows nothing of SQL, of `.flow` text, of how a message travels, nor what time it is: everything happens at its
//! own instant, so the same program, events and clock give the same store, bit for bit (E2).
//!
//! ```text
//! next of (events, answers, due contacts, due attempts), by instant
//!   -> load the contact -> facts and fields change -> goals, exits, waits and entries look -> steps run      one item
//! -> ... a batch of items -> commit -> messages are handed over (crate::dispatch), and their answers come back as items
//! ```
//!
//! **Batches only group work.** Where the border between two falls, or a crash, changes nothing: numbers are given out in the order of
//! items and kept by the same commit. A send suspends its journey until its answer is there, and an answer is an input like any other;
//! where the channel is certain to take the message, the journey goes on at once.
//!
//! To add a rule: what an event says goes into `event`, what follows from a change into `react`, what a step may ask for into
//! `host`, what an effect is into a file of `effects`, what becomes of a message into `deliver`, and what that means for its
//! journey into `answer`.

mod again;
mod ahead;
mod answer;
mod appointment;
mod arrive;
pub(crate) mod backfill;
mod batch;
mod bits;
mod by_time;
mod cache;
mod changes;
mod closing;
mod come_back;
mod commit;
mod confirm;
mod contact;
pub mod counter;
mod dated;
mod deliver;
mod due;
mod effects;
mod engagement;
mod enrol;
mod error;
mod event;
mod files;
mod gates;
mod goal;
mod hand;
mod handed;
mod held;
mod holdout;
mod holidays;
mod host;
mod identify;
mod identity;
mod import;
mod index;
mod join;
mod joint;
mod kept_back;
mod late;
mod lend;
mod let_out;
mod outbox;
mod outdated;
mod own;
mod pattern;
mod pause;
mod pending;
mod plan;
mod queue;
pub(crate) mod rate;
mod react;
mod readers;
pub mod reason;
pub(crate) mod recount;
mod refusals;
mod report;
mod roster;
mod segment;
mod several;
mod spacing;
mod starts;
mod step;
mod stream;
mod suppress;
mod survey;
mod taken;
mod told;
mod topics;
mod touch;
mod trigger;
mod unheard;
mod unmoved;
pub(crate) mod version;
mod view;
mod wake;
mod weigh;

pub use deliver::{Composed, Composer, Delivery};
pub use effects::handoff::Notice;
pub use error::EngineError;
pub use import::{ContactsFile, ContactsStream, Imported};
pub(crate) use outdated::seen_by;
pub use refusals::NewRefusals;
pub use report::{Report, period};
pub use survey::{Survey, Surveyed, key_print};
pub(crate) use unheard::name_in;
pub use view::ContactView;

use crate::clock::{Clock, VirtualClock};
use crate::dispatch::{Attempt, Dispatch};
use crate::inbound::{Arrival, Fingerprint};
use crate::store::{ContactId, ContactWrites, Opened, Owner, Questions, Records, Slot, Store, Wish};
use crate::time::Instant;
use ahead::Ahead;
use batch::Batch;
use cache::Cache;
use commit::Flying;
use due::DueQueue;
use flow_ir::Program;
use flow_ir::backend::{Backend, PAGE_ROWS};
use outbox::Outbox;
use outdated::Outdated;
use pause::Pause;
use plan::Plan;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use stream::StreamPlace;
use taken::Taken;
use told::Watcher;
use unheard::Unheard;

/// How many items are committed together, unless [`Limits`] say otherwise: past this, more hardly gain speed.
pub const BATCH_ITEMS: usize = 1_000;

/// How long the engine waits for an answer before it looks whether it has waited too long.
const ANSWER_WAIT: Duration = Duration::from_millis(200);
/// How often a clock that goes on by itself is kept.
const IDLE_CLOCK_MS: i64 = 60_000;

/// What bounds the engine's work. None of it changes a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many items are committed together, at least one.
    pub batch_items: usize,
    /// How many contacts are kept in memory between batches.
    pub cache_contacts: usize,
    /// How many outbox rows that wait for their instant are kept in memory between batches, at least one.
    pub outbox_rows: usize,
    /// How many contacts a new version of the program is asked about together, at most [`PAGE_ROWS`]; 0 has it look at each by itself.
    pub look_rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch_items: BATCH_ITEMS,
            cache_contacts: cache::CACHE_CONTACTS,
            outbox_rows: queue::OUTBOX_WINDOW_ROWS,
            look_rows: PAGE_ROWS,
        }
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
    owner: Owner,
    /// The batches that were handed over last, until they are known to be durable.
    flying: VecDeque<Flying>,
    dispatch: Dispatch,
    limits: Limits,
    clock: VirtualClock,
    /// The clock as the store has it.
    kept_clock: i64,
    /// When contacts whom this version of the program has not seen are looked at.
    opened_at: i64,
    /// How far the stream of events has been taken.
    stream: StreamPlace,
    due: DueQueue,
    outdated: Outdated,
    cache: Cache,
    ahead: Ahead,
    outbox: Outbox,
    batch: Batch,
    /// Contacts to write, some of them more than once.
    dirty: Vec<ContactId>,
    /// How far the file in hand has been taken, until that is kept.
    file_mark: Option<files::FileMark>,
    /// How far each stream of input was read, as the store has it.
    reads: BTreeMap<String, Vec<u8>>,
    /// The rows that a crash left in the outbox, until somebody finds out what became of them.
    recovering: Vec<u64>,
    mail_trouble: Option<String>,
    /// Why nothing can leave until somebody mends it.
    stopped_for: Option<String>,
    /// An error broke an item off in its middle: nothing is written any more.
    broken_off: bool,
    /// Whether somebody wants it to stop between two batches.
    is_stop_wanted: Box<dyn Fn() -> bool + Send>,
    /// Who is told what happens.
    watcher: Watcher,
}

/// Events in the order of their arrival, as far as they can be read.
pub type Arrivals<'a> = &'a mut dyn Iterator<Item = Result<Arrival, Unread>>;

/// The next events or rows cannot be read; whoever reads them knows why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    /// The first event of those looked at ahead.
    Arrival,
    /// What has become of an outbox row.
    Answer(i64, Attempt),
    /// A contact's next instant.
    Due(i64, ContactId),
    /// Another attempt at an outbox row.
    Attempt(i64, u64),
}

/// Where frames keep when each segment that this program follows may change by itself. One that nothing asks for any more keeps what it had.
pub(crate) fn followed_segments(program: &Program) -> Vec<flow_ir::SlotId> {
    let plan = Plan::new(Arc::new(program.clone()));
    plan.map_or_else(|_| Vec::new(), |plan| plan.segments.iter().map(|segment| segment.next_change).collect())
}

/// The places of streams of input that their readers here cannot read.
pub(crate) fn unreadable_places(reads: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    stream::StreamPlace::unreadable(reads).into_iter().chain(files::unreadable(reads)).collect()
}

impl<S: Store> Engine<S> {
    /// Takes up a store where its last commit left it.
    pub fn open(
        program: Arc<Program>,
        backend: Arc<dyn Backend>,
        mut store: S,
        delivery: Delivery,
        limits: Limits,
    ) -> Result<Engine<S>, EngineError> {
        let plan = Plan::new(program)?;
        let plan = Arc::new(if store.charter()?.is_live() { plan.live() } else { plan });
        let owner = store.tend(Wish { slots: 1 })?.owner;
        let (slot, version) = (Slot::FIRST, plan.program.lineage.version);
        let mut taken = Taken::default();
        let Opened { state, reads, actors } = store.open(slot, version, &mut taken)?;
        let clock = state.clock;
        let mut batch = Batch::new(slot, state, &actors, &plan.program)?;
        batch.changes.contacts = ContactWrites::beside(store.blank(&plan.blank));
        batch.unheard = Unheard::load(&mut *store.records()?)?;
        let stream = StreamPlace::load(&reads)?;
        let pause = Pause::load(&actors, delivery.channel.name())?;
        delivery.channel.goes_on(pause.times() > 0, pause.refused());
        let mut ahead = Ahead::after(std::mem::take(&mut taken.messages));
        let opened_at = clock;
        let outdated = Outdated::of(version, &actors, &taken.contacts)?;
        ahead.not_before(clock);
        let mut outbox = Outbox::new(delivery, limits.outbox_rows, pause);
        let recovering = taken.outbox.iter().map(|row| row.id).collect();
        std::mem::take(&mut taken.outbox).into_iter().for_each(|row| outbox.load(row));
        Ok(Engine {
            due: taken.due_queue(&outdated),
            outdated,
            batch,
            plan,
            backend,
            store,
            owner,
            flying: VecDeque::new(),
            dispatch: Dispatch::new(Arc::clone(&outbox.delivery.channel)),
            outbox,
            limits,
            clock: VirtualClock::new(Instant(clock)),
            kept_clock: clock,
            opened_at,
            stream,
            cache: Cache::default(),
            ahead,
            dirty: Vec::new(),
            file_mark: None,
            reads,
            recovering,
            mail_trouble: None,
            stopped_for: None,
            broken_off: false,
            is_stop_wanted: Box::new(|| false),
            watcher: Box::new(|_| ()),
        })
    }

    /// From now on whatever may take long ends with [`EngineError::Stopped`] behind the first batch after which this is so. What is committed
    /// is whole then, and a border between batches changes nothing, so whoever goes on from there comes to the same.
    pub fn stop_when(&mut self, is_wanted: impl Fn() -> bool + Send + 'static) {
        self.is_stop_wanted = Box::new(is_wanted);
    }

    /// Begins a new store at an instant: whatever occurred before is history, which fills facts and triggers nothing (E3). A store that
    /// has begun keeps its first day. `contacts` is the file that is about to be imported: its first reading is kept with the first day, so
    /// that whatever keeps the import from its end makes the file no newer than what people say meanwhile.
    pub fn begin(&mut self, first: Instant, contacts: Option<&Fingerprint>) -> Result<(), EngineError> {
        if self.batch.first_day() == i64::MIN && self.kept_clock == i64::MIN {
            self.batch.set_first_day(first.0);
            if let Some(print) = contacts {
                self.keep_read(files::first_reading(print, first.0));
            }
            self.advance(first.0);
            self.ahead.not_before(first.0);
            self.settle()?;
        }
        Ok(())
    }

    /// Runs everything that is due up to and at `until`: these events, in the order of (arrival, line), and whatever falls due between
    /// them, until every message that may leave by then has its answer. Events that arrived later wait for the next call. Events known
    /// from an earlier run change nothing, so a stream may be given again from its start. Where it cannot be read to its end, all that came before
    /// is done and kept, and nothing else ([`EngineError::Unread`]).
    pub fn run_until(
        &mut self,
        until: Instant,
        arrivals: Arrivals<'_>,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), EngineError> {
        self.take_up(until, arrivals, true, progress)
    }

    /// Takes in events that have arrived by `now`, in this order, and does nothing else: what they let out waits for [`Engine::catch_up`],
    /// since what has arrived behind them may take it back (E1). So a long file comes in by pieces, and how far it was read can be kept
    /// behind each ([`Engine::remember`]).
    pub fn hear(
        &mut self,
        now: Instant,
        arrivals: Vec<Arrival>,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), EngineError> {
        self.advance(now.0);
        self.ahead.not_before(self.now().0);
        self.begin_work()?;
        let mut arrivals = arrivals.into_iter().map(Ok);
        loop {
            self.look_ahead(&mut arrivals)?;
            if self.ahead.first().is_none() {
                return Ok(());
            }
            self.handle(Item::Arrival)?;
            // Whoever gave the events asks between two calls whether to stop: each of them has been taken then.
            if self.is_full() {
                self.flush_on(progress)?;
            }
        }
    }

    /// The same for the wall clock: whatever fell due while nobody looked happens now, by what is so now (a window that is closed by now
    /// holds), and what is on its way is not waited for, since its answer is an input of a later call.
    pub fn catch_up(
        &mut self,
        now: Instant,
        arrivals: Arrivals<'_>,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), EngineError> {
        self.advance(now.0);
        self.ahead.not_before(self.now().0);
        self.lose_patience();
        self.take_up(now, arrivals, false, progress)
    }

    /// Waits until every message on its way has its answer, and keeps the answers; nothing new leaves. For a clean end: after an error that
    /// broke an item off, the answers cannot be kept, and what was about to leave stays for the next start.
    pub fn settle_in_flight(&mut self, now: Instant) -> Result<(), EngineError> {
        if self.broken_off {
            while self.dispatch.count() > 0 {
                self.await_answer(ANSWER_WAIT);
            }
            return self.take_back(now.0);
        }
        self.advance(now.0);
        self.land()?;
        self.outbox.close(&mut self.batch, now.0);
        while self.dispatch.count() > 0 {
            self.await_answer(ANSWER_WAIT);
        }
        self.take_answers()?;
        self.settle()
    }

    /// Keeps what is in hand, and waits for what is on its way without hearing what it comes to: a later start learns that as after a
    /// kill. For the end of a rehearsal before its time, whose answers all have their instants.
    pub fn break_off(&mut self) -> Result<(), EngineError> {
        self.settle()?;
        while self.dispatch.count() > 0 {
            self.await_answer(ANSWER_WAIT);
        }
        Ok(())
    }

    /// Handles the answers that are here, at an end: what they let out waits for whoever goes on from there.
    fn take_answers(&mut self) -> Result<(), EngineError> {
        let now = self.now().0;
        let before = self.outbox.hold_all_back();
        while let Some((at, attempt)) = self.outbox.next_answer(now).filter(|(at, _)| *at <= now) {
            let done = self.handle_answer(at, attempt);
            self.whole(done)?;
        }
        self.outbox.hold_as_before(before);
        Ok(())
    }

    fn take_up(
        &mut self,
        until: Instant,
        arrivals: Arrivals<'_>,
        waits: bool,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), EngineError> {
        self.begin_work()?;
        if waits {
            self.stream.begin_reading();
        }
        let mut arrivals = arrivals.fuse();
        loop {
            self.collect_answers();
            self.look_ahead(&mut arrivals)?;
            if self.ahead.is_broken_off() {
                self.settle_all(progress)?;
                return Err(EngineError::Unread);
            }
            if self.stopped_for.is_some() {
                return self.stop(progress);
            }
            match self.next_item(until.0) {
                // What is answered has left, and what leaves is committed.
                Some(Item::Answer(_, attempt)) if self.is_leaving(attempt) => self.settle_all(progress)?,
                Some(item) => {
                    self.handle(item)?;
                    self.flush_if_full(progress)?;
                }
                None if self.has_work_in_hand() => self.settle_all(progress)?,
                None if waits && self.dispatch.count() > 0 => {
                    self.await_answer(ANSWER_WAIT);
                    self.go_on()?;
                }
                None => break,
            }
        }
        if !until.is_never() {
            self.advance(until.0);
            self.ahead.not_before(until.0);
        }
        // A clock that goes on and nothing else is worth no commit each time somebody looks.
        let is_idle = !waits && self.batch.is_empty() && self.dirty.is_empty();
        if is_idle && self.now().0.saturating_sub(self.kept_clock) < IDLE_CLOCK_MS { Ok(()) } else { self.settle() }
    }

    /// Asks the store, all at once, about the next events and for the outbox rows that are due next, where too few are known.
    fn look_ahead(&mut self, arrivals: Arrivals<'_>) -> Result<(), EngineError> {
        loop {
            let (next, queued) = (self.ahead.asks(arrivals), self.outbox.asks(self.batch.slot()));
            if next.is_none() && queued.is_none() {
                return Ok(());
            }
            let (next, questions) = next.unwrap_or_default();
            let mut answers = self.store.ask(&Questions { queued, ..questions })?;
            let changes = &self.batch.changes;
            if let Some(asked) = queued {
                self.outbox.learn_queued(asked, std::mem::take(&mut answers.queued), &changes.joined);
            }
            if !next.is_empty() {
                self.ahead.take_in(next, answers, changes);
            }
        }
    }

    /// Nothing can leave: what is on its way is still heard, and everything is kept.
    fn stop(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<(), EngineError> {
        let now = self.now().0;
        self.land()?;
        self.outbox.close(&mut self.batch, now);
        while self.dispatch.count() > 0 {
            self.await_answer(ANSWER_WAIT);
        }
        self.take_answers()?;
        self.settle()?;
        self.tell(progress);
        let reason = self.stopped_for.take().unwrap_or_default();
        Err(EngineError::Mail { reason })
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
        let attempt = self.outbox.next_attempt().map(|(at, _)| at);
        // Whom a new version must look at is due when it was opened.
        let outdated = self.outdated.is_unknown().then_some(self.opened_at);
        contact.into_iter().chain(attempt).chain(outdated).min().map(Instant)
    }

    /// The channel was asked and is there. What nobody had answered to may leave at once, one message alone until it has its answer.
    pub fn channel_is_there(&mut self) {
        self.outbox.lift_pause();
    }

    /// The store, for reports. Writing to it behind the engine's back is not foreseen.
    pub fn store(&mut self) -> &mut S {
        &mut self.store
    }

    /// Keeps how far a stream of input was read, in its reader's own words, with the next commit.
    pub fn remember(&mut self, stream: &str, place: Vec<u8>) {
        self.keep_read((stream.to_owned(), place));
    }

    /// How far a stream of input was read.
    pub fn recall(&self, stream: &str) -> Option<&[u8]> {
        self.reads.get(stream).map(Vec::as_slice)
    }

    fn keep_read(&mut self, read: (String, Vec<u8>)) {
        if self.reads.get(&read.0) != Some(&read.1) {
            self.reads.extend([read.clone()]);
            self.batch.changes.reads.push(read);
        }
    }

    /// Waits until an answer comes, for so long at most.
    pub fn await_answer(&mut self, at_most: Duration) {
        let answer = self.dispatch.wait(at_most);
        answer.into_iter().for_each(|answer| self.outbox.arrive(answer));
        self.lose_patience();
    }

    /// How many outbox rows are in memory: those on their way and the next that wait, between batches.
    pub fn outbox_rows(&self) -> usize {
        self.outbox.held()
    }

    /// How many messages are in the hands of the channel.
    pub fn in_flight(&self) -> usize {
        self.dispatch.count()
    }

    /// Ends the engine; whatever was not committed is lost.
    pub fn into_store(self) -> S {
        self.store
    }

    /// What people ask of the store, with all that has been handed over.
    pub fn records(&mut self) -> Result<Box<dyn Records>, EngineError> {
        self.land()?;
        Ok(self.store.records()?)
    }

    /// The totals of the store, with their words.
    pub fn report(&mut self) -> Result<Report, EngineError> {
        Report::read(&mut *self.records()?)
    }

    /// Why a message last did not leave, in the words of the other side, if that happened since the engine was opened.
    pub fn mail_trouble(&self) -> Option<&str> {
        self.mail_trouble.as_deref()
    }

    /// What comes before anything else, once: whom a new version must look at, and what a crash left.
    fn begin_work(&mut self) -> Result<(), EngineError> {
        self.find_moved()?;
        self.recover()
    }

    /// What a crash left, once.
    fn recover(&mut self) -> Result<(), EngineError> {
        if self.recovering.is_empty() {
            return Ok(());
        }
        // What follows from it waits behind whatever is in the store.
        let before = self.outbox.hold_all_back();
        let recovered = self.recover_outbox();
        self.outbox.hold_as_before(before);
        self.whole(recovered)
    }

    /// Notes whether the work on an item came to its end: what is half done must never be committed.
    fn whole<T>(&mut self, done: Result<T, EngineError>) -> Result<T, EngineError> {
        if let Err(error) = &done {
            self.tell_broken_off(error);
            self.broken_off = true;
        }
        done
    }

    /// The next item up to and at `until`: the earliest; at one instant events, then answers, then contacts, then attempts.
    fn next_item(&self, until: i64) -> Option<Item> {
        // What was missed is done now, behind whatever has arrived by now (E1).
        let now = self.now().0;
        let arrival = self.ahead.first().map(|peeked| (peeked.at, Item::Arrival));
        let due = self.due.first().map(|(at, contact)| (at.max(now), Item::Due(at, contact)));
        let answer = self.outbox.next_answer(now).map(|(at, attempt)| (at, Item::Answer(at, attempt)));
        let attempt = self.outbox.next_attempt().map(|(at, row)| (at.max(now), Item::Attempt(at, row)));
        let (at, item) = [arrival, answer, due, attempt].into_iter().flatten().min()?;
        (at <= until).then_some(item)
    }

    fn handle(&mut self, item: Item) -> Result<(), EngineError> {
        self.batch.items += 1;
        match item {
            Item::Answer(at, _) => {
                let at = at.max(self.now().0);
                let is_to_come = self.is_more_to_come(at);
                self.outbox.hold_back(at, is_to_come);
            }
            // Behind it only other contacts are due.
            Item::Due(at, _) | Item::Attempt(at, _) => self.outbox.hold_back(at.max(self.now().0), false),
            Item::Arrival => {}
        }
        let done = match item {
            Item::Arrival => self.handle_arrival(),
            Item::Answer(at, attempt) => self.handle_answer(at, attempt),
            Item::Due(at, contact) => self.handle_due(at, contact),
            Item::Attempt(at, row) => self.handle_attempt(at, row),
        };
        self.whole(done)
    }

    /// Whether an event, an answer or a contact's own instant is still to come at this instant: any of them may take back what is sent now.
    fn is_more_to_come(&self, at: i64) -> bool {
        let due = self.due.first().map(|(due, _)| due);
        let answer = self.outbox.next_answer(at).map(|(answer, _)| answer);
        [self.ahead.next_at(), due, answer].into_iter().flatten().any(|next| next <= at)
    }

    /// Goes on to an instant, never back.
    fn advance(&mut self, at: i64) -> i64 {
        self.clock.advance_to(Instant(at)).0
    }
}
