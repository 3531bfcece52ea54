//! Writes on a thread of its own, so that the engine goes on while a batch becomes durable.
//!
//! Jobs are done one after another, each one transaction. Once a batch has failed, so do all batches that follow, until they are allowed again:
//! what comes later was built on what was not kept.

use super::checkpoint::{self, Checkpointer};
use super::fault::Trouble;
use super::lock::Mark;
use super::open::how_far;
use super::there::Identity;
use super::transact;
use crate::store::Ticket;
use rusqlite::{Connection, TransactionBehavior};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

type Work = Box<dyn FnOnce(&Connection) -> Result<(), Trouble> + Send>;

/// What is done in one transaction.
struct Job {
    work: Work,
    /// Whether what follows is built on it.
    is_batch: bool,
}

#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    done: Receiver<Result<(), Trouble>>,
    thread: Option<JoinHandle<(Connection, Checkpointer)>>,
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
struct Hands {
    connection: Connection,
    checkpointer: Checkpointer,
    path: PathBuf,
    identity: Identity,
    mark: Mark,
    failed: Arc<AtomicBool>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        checkpointer: Checkpointer,
        (path, identity): (PathBuf, Identity),
        mark: Mark,
    ) -> Result<Writer, Trouble> {
        let failed = Arc::new(AtomicBool::new(false));
        #[cfg(test)]
        let fail_fold = FailFold(Box::new(checkpointer.failing()));
        let hands = Hands { connection, checkpointer, path, identity, mark, failed: Arc::clone(&failed) };
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

    /// Hands a batch over.
    pub(super) fn begin(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<Ticket, Trouble> {
        self.send(Job { work: Box::new(work), is_batch: true })
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
        work: impl FnOnce(&Connection) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<(), Trouble> {
        if self.begun > 0 {
            self.finish(Ticket(self.begun))?;
        }
        self.send(Job { work: Box::new(work), is_batch: false })?;
        self.next_done()?
    }

    /// Batches are done again, after a failure.
    pub(super) fn allow(&mut self) {
        // What is still on its way was refused or is done: nobody asks. Without an answer the thread is gone.
        while self.finished < self.begun && self.next_done().is_ok() {}
        self.failed_from = None;
        self.failed.store(false, Ordering::Release);
    }

    /// Ends the thread after what is on its way. None where that was done before.
    pub(super) fn stop(&mut self) -> Option<(Connection, Checkpointer)> {
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
    fn work(mut self, jobs: &Receiver<Job>, tell: &Sender<Result<(), Trouble>>) -> (Connection, Checkpointer) {
        while let Ok(job) = jobs.recv() {
            let Job { work, is_batch } = job;
            let done =
                if is_batch && self.failed.load(Ordering::Acquire) { Err(Trouble::After) } else { self.write(work) };
            if is_batch && done.is_err() {
                self.failed.store(true, Ordering::Release);
            }
            if tell.send(done).is_err() {
                break;
            }
        }
        (self.connection, self.checkpointer)
    }

    fn write(&mut self, job: impl FnOnce(&Connection) -> Result<(), Trouble>) -> Result<(), Trouble> {
        let Hands { connection, checkpointer, path, identity, mark, .. } = self;
        identity.check(path)?;
        let _turn = checkpointer.begin_batch()?;
        let (name, batches) = transact(connection, TransactionBehavior::Immediate, |connection| {
            job(connection)?;
            how_far(connection)
        })?;
        // Behind the commit: the lock never knows of what the store does not hold.
        mark.count(name.as_deref(), batches);
        Ok(())
    }
}

/// Folds the log into the file, at the end.
pub(super) fn fold((connection, mut checkpointer): (Connection, Checkpointer)) -> Result<(), Trouble> {
    checkpointer.stop();
    Ok(checkpoint::fold_all(&connection)?)
}
