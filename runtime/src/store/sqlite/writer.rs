//! Writes on a thread of its own, so that the engine goes on while a batch becomes durable.
//!
//! Jobs are done one after another, each one transaction. Once a batch has failed, so do all batches that follow, until they are allowed again:
//! what comes later was built on what was not kept.

use super::checkpoint::{self, BatchTurn, Checkpointer};
use super::fault::Trouble;
use super::lock::Mark;
use super::open::how_far;
use super::tail::Tail;
use super::there::Identity;
use super::transact;
use crate::store::Ticket;
use rusqlite::{Connection, TransactionBehavior};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// So long after the last batch the tables are brought up to it.
const IDLE: Duration = Duration::from_millis(250);
/// As long as another thread puts them into order.
const SORTING: Duration = Duration::from_millis(5);
/// By so many changes at once, so that a batch that comes meanwhile hardly waits.
const IDLE_SLICE: usize = 1_000;
/// The same where nobody waits for a batch.
pub(super) const END_SLICE: usize = 20_000;

type Work = Box<dyn FnOnce(&Connection, &mut Tail) -> Result<(), Trouble> + Send>;

/// What is done in one transaction.
struct Job {
    work: Work,
    /// How many batches of slots it holds: what follows is built on it, where it holds any.
    batches: u64,
}

#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    done: Receiver<Result<(), Trouble>>,
    thread: Option<JoinHandle<Hands>>,
    /// A job has failed, and later ones must not be done.
    failed: Arc<AtomicBool>,
    begun: u64,
    finished: u64,
    /// The first batch that failed, from which on none is kept.
    failed_from: Option<u64>,
    #[cfg(test)]
    fail_fold: FailFold,
}

/// Fails the next fold.
#[cfg(test)]
struct FailFold(Box<dyn Fn(std::ffi::c_int) + Send + Sync>);

#[cfg(test)]
impl std::fmt::Debug for FailFold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FailFold")
    }
}

/// What the thread works with.
#[derive(Debug)]
pub(super) struct Hands {
    connection: Connection,
    tail: Tail,
    checkpointer: Checkpointer,
    path: PathBuf,
    identity: Identity,
    mark: Mark,
    failed: Arc<AtomicBool>,
    /// The store's own name and how many batches it holds, as long as nothing but batches was written since they were read.
    how_far: Option<(Option<String>, u64)>,
}

impl Writer {
    pub(super) fn start(
        (connection, tail): (Connection, Tail),
        checkpointer: Checkpointer,
        (path, identity): (PathBuf, Identity),
        mark: Mark,
    ) -> Result<Writer, Trouble> {
        let failed = Arc::new(AtomicBool::new(false));
        #[cfg(test)]
        let fail_fold = FailFold(Box::new(checkpointer.failing()));
        let hands =
            Hands { connection, tail, checkpointer, path, identity, mark, failed: Arc::clone(&failed), how_far: None };
        let (jobs, todo) = channel();
        let (tell, done) = channel();
        let thread = thread::Builder::new().name("flow-store".to_owned()).spawn(move || hands.work(&todo, &tell));
        let thread = thread.map_err(|error| Trouble::no_thread(&error))?;
        Ok(Writer {
            jobs: Some(jobs),
            done,
            thread: Some(thread),
            failed,
            begun: 0,
            finished: 0,
            failed_from: None,
            #[cfg(test)]
            fail_fold,
        })
    }

    /// Hands a batch of so many slots over.
    pub(super) fn begin(
        &mut self,
        slots: usize,
        work: impl FnOnce(&Connection, &mut Tail) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<Ticket, Trouble> {
        self.send(Job { work: Box::new(work), batches: slots.max(1) as u64 })
    }

    fn send(&mut self, job: Job) -> Result<Ticket, Trouble> {
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job).map_err(|_| stopped())?;
        self.begun += 1;
        Ok(Ticket(self.begun))
    }

    /// Waits until a batch and all before it are done. A failure among those is told with its cause once, and stays one.
    pub(super) fn finish(&mut self, ticket: Ticket) -> Result<(), Trouble> {
        while self.finished < ticket.0 {
            let done = self.next_done()?;
            if done.is_err() {
                self.failed_from.get_or_insert(self.finished);
                return done;
            }
        }
        match self.failed_from {
            Some(failed) if failed <= ticket.0 => Err(Trouble::After),
            _ => Ok(()),
        }
    }

    fn next_done(&mut self) -> Result<Result<(), Trouble>, Trouble> {
        let done = self.done.recv().map_err(|_| stopped())?;
        self.finished += 1;
        Ok(done)
    }

    /// Does something that is no batch, once what was handed over is done, and waits for it.
    pub(super) fn run(
        &mut self,
        work: impl FnOnce(&Connection, &mut Tail) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<(), Trouble> {
        if self.begun > 0 {
            self.finish(Ticket(self.begun))?;
        }
        self.send(Job { work: Box::new(work), batches: 0 })?;
        self.next_done()?
    }

    /// Whether a batch has failed since they were allowed last.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// Batches are done again, after a failure.
    pub(super) fn allow(&mut self) {
        // What is still on its way was refused or is done: nobody asks. Without an answer the thread is gone.
        while self.finished < self.begun && self.next_done().is_ok() {}
        self.failed_from = None;
        self.failed.store(false, Ordering::Release);
    }

    /// Ends the thread after what is on its way. None where that was done before.
    pub(super) fn stop(&mut self) -> Option<Hands> {
        self.jobs = None;
        // Had it panicked, the file is whole all the same: what was not committed is not there.
        self.thread.take()?.join().ok()
    }
}

#[cfg(test)]
impl Writer {
    pub(super) fn fail_fold(&self, code: std::ffi::c_int) {
        (self.fail_fold.0)(code);
    }
}

fn stopped() -> Trouble {
    Trouble::Broken("the thread that writes to the store has ended".to_owned())
}

impl Hands {
    fn work(mut self, jobs: &Receiver<Job>, tell: &Sender<Result<(), Trouble>>) -> Hands {
        // Hardly anything is waited for where the tables are behind and nobody has anything to write; where they cannot follow, somebody is.
        let (mut wait, mut may_follow) = (IDLE, true);
        loop {
            let job = match may_follow && self.tail.is_behind() && !self.failed.load(Ordering::Acquire) {
                true => jobs.recv_timeout(wait),
                false => jobs.recv().map_err(RecvTimeoutError::from),
            };
            let Job { work, batches } = match job {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => {
                    may_follow = self.follow_idle();
                    wait = if self.tail.is_sorting() { SORTING } else { Duration::ZERO };
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return self,
            };
            (wait, may_follow) = (IDLE, true);
            let is_batch = batches > 0;
            let done = match is_batch && self.failed.load(Ordering::Acquire) {
                true => Err(Trouble::After),
                false => self.write(work, batches, Checkpointer::begin_batch),
            };
            if is_batch && done.is_err() {
                self.failed.store(true, Ordering::Release);
            }
            if tell.send(done).is_err() {
                return self;
            }
        }
    }

    fn write(
        &mut self,
        job: impl FnOnce(&Connection, &mut Tail) -> Result<(), Trouble>,
        batches: u64,
        begin: impl for<'c> Fn(&'c Checkpointer) -> Result<BatchTurn<'c>, Trouble>,
    ) -> Result<(), Trouble> {
        let Hands { connection, tail, checkpointer, path, identity, mark, how_far: known, .. } = self;
        identity.check(path)?;
        let _turn = begin(checkpointer)?;
        let written = transact(connection, TransactionBehavior::Immediate, |connection| {
            tail.found_again(connection)?;
            job(connection, tail)?;
            match known.take().filter(|_| batches > 0) {
                Some((name, before)) => Ok((name, before + batches)),
                None => how_far(connection),
            }
        });
        match &written {
            Ok(_) => tail.kept(),
            Err(_) => tail.lose(),
        }
        let (name, batches) = written?;
        // Behind the commit: the lock never knows of what the store does not hold.
        mark.count(name.as_deref(), batches);
        *known = Some((name, batches));
        Ok(())
    }

    /// Brings the tables a little nearer to the last batch. False where that fails, as then the next batch will, which tells why.
    fn follow_idle(&mut self) -> bool {
        self.write(|connection, tail| tail.follow_idle(connection, IDLE_SLICE), 0, Checkpointer::begin_idle).is_ok()
    }
}

/// Brings the tables up to the last batch and folds the log into the file, at the end. Tables that cannot follow, because the disk is full, are
/// no harm: whoever opens the store next brings them up first.
pub(super) fn fold(mut hands: Hands) -> Result<(), Trouble> {
    hands.identity.check(&hands.path)?;
    let catch_up = |connection: &Connection, tail: &mut Tail| tail.catch_up(connection, END_SLICE);
    while hands.tail.is_behind() && hands.write(catch_up, 0, Checkpointer::begin_batch).is_ok() {}
    hands.checkpointer.stop();
    Ok(checkpoint::fold_all(&hands.connection)?)
}
