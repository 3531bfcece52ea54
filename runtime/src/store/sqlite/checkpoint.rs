//! Folds the log written ahead (WAL) into the file, on a thread and a connection of its own.
//!
//! Done by the writer, this makes single commits wait for tens to hundreds of milliseconds. Here the thread sleeps until a batch was
//! written, lets a pause gather more, and folds what no reader needs (`PASSIVE`, which stops nobody). Under load that never reaches
//! the end of a log that keeps growing, so past a bound the next batch waits while the rest is folded (`RESTART`), and the log begins
//! anew. The two agree on whose turn it is here, not by SQLite's lock: that one is tried now and then, and a busy writer holds it most of
//! the time.
//!
//! A failure is kept for the next batch, which reports it instead of writing: a log that cannot be folded would grow for ever.

use super::fault::Trouble;
use rusqlite::Connection;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Between two passes.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a fold waits for readers and other programs. The next batch waits with it, so not long.
const READER_WAIT: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Checkpointer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Something was written since the last pass.
    grown: bool,
    /// A batch is being written.
    writing: bool,
    /// The thread is about to let the log begin anew, or at it.
    restarting: bool,
    stop: bool,
    failure: Option<rusqlite::Error>,
}

impl Checkpointer {
    pub(super) fn start(connection: Connection, bound_pages: u32) -> Result<Self, Trouble> {
        connection.busy_timeout(READER_WAIT)?;
        let shared = Arc::new(Shared::default());
        let mut folder = Folder { connection, bound: i64::from(bound_pages), restart_at: i64::from(bound_pages) };
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new().name("flow-checkpoint".to_owned()).spawn(move || folder.run(&theirs));
        let thread = thread.map_err(|error| Trouble::no_thread(&error))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Begins a batch: waits while the log begins anew. Reports what went wrong since the last batch; the thread goes on trying.
    pub(super) fn begin_batch(&self) -> Result<BatchTurn<'_>, Trouble> {
        let restarting = |state: &mut State| state.restarting;
        let mut state =
            self.shared.changed.wait_while(self.shared.lock(), restarting).unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = state.failure.take() {
            return Err(Trouble::Sql(error));
        }
        state.writing = true;
        Ok(BatchTurn { shared: &self.shared })
    }

    /// The same for what nobody is told of: a failure stays for the next batch.
    pub(super) fn begin_idle(&self) -> Result<BatchTurn<'_>, Trouble> {
        if self.shared.lock().failure.is_some() { Err(Trouble::After) } else { self.begin_batch() }
    }

    /// What fails a fold from elsewhere.
    #[cfg(test)]
    pub(super) fn failing(&self) -> impl Fn(std::ffi::c_int) + Send + Sync + use<> {
        let shared = Arc::clone(&self.shared);
        move |code| {
            let failure = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            shared.lock().failure = Some(failure);
        }
    }

    /// Ends the thread and waits for it. A second call does nothing.
    pub(super) fn stop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It returns nothing; had it panicked, the log is whole all the same.
            let _ = thread.join();
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A batch is being written for as long as this lives.
pub(super) struct BatchTurn<'s> {
    shared: &'s Shared,
}

impl Drop for BatchTurn<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.writing = false;
        state.grown = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until something was written, then for the pause. False when it is time to stop.
    fn wait(&self) -> bool {
        let idle = |state: &mut State| !state.grown && !state.stop;
        drop(self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner));
        let pausing = self.changed.wait_timeout_while(self.lock(), PAUSE, |state| !state.stop);
        let (mut state, _) = pausing.unwrap_or_else(PoisonError::into_inner);
        state.grown = false;
        !state.stop
    }

    /// Does the work between two batches.
    fn between_batches<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut state = self.lock();
        state.restarting = true;
        drop(self.changed.wait_while(state, |state| state.writing).unwrap_or_else(PoisonError::into_inner));
        let result = work();
        self.lock().restarting = false;
        self.changed.notify_all();
        result
    }
}

struct Folder {
    connection: Connection,
    bound: i64,
    /// The pages in the log at which the next `RESTART` is tried.
    restart_at: i64,
}

impl Folder {
    fn run(&mut self, shared: &Shared) {
        while shared.wait() {
            if let Err(error) = self.pass(shared) {
                shared.lock().failure = Some(error);
            }
        }
    }

    fn pass(&mut self, shared: &Shared) -> rusqlite::Result<()> {
        let pages = fold(&self.connection, "PASSIVE")?.pages;
        if pages < self.bound {
            self.restart_at = self.bound;
        }
        if pages >= self.restart_at {
            let restarted = shared.between_batches(|| fold(&self.connection, "RESTART"))?;
            // A long reader stands in the way: no batch is made to wait for it again before the log has grown as much again.
            self.restart_at = if restarted.busy { pages + self.bound } else { self.bound };
        }
        Ok(())
    }
}

/// Folds everything and empties the log, at the end. With a reader in the way, the rest stays for the next start.
pub(super) fn fold_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(READER_WAIT)?;
    fold(connection, "TRUNCATE").map(drop)
}

struct Folded {
    /// Somebody was in the way.
    busy: bool,
    /// What the log held.
    pages: i64,
}

fn fold(connection: &Connection, how: &str) -> rusqlite::Result<Folded> {
    let sql = format!("PRAGMA wal_checkpoint({how})");
    connection.query_row(&sql, [], |row| Ok(Folded { busy: row.get(0)?, pages: row.get(1)? }))
}
