//! Opens a store: takes the process lock, makes sure whose file it is, brings its tables up to date.
//!
//! Nothing is written before the file is known to be ours or empty.

use super::blank;
use super::checkpoint::Checkpointer;
use super::fault::Trouble;
use super::lock::{Lock, of_what_was_a_store};
use super::migrate::{APPLICATION_ID, NEWEST, OLDEST, migrate};
use super::picture::refuse_foreign;
use super::tail::{ROUND_CHANGES, Tail, Told, over};
use super::there::{Identity, refuse_no_store};
use super::view::{ViewColumn, Word};
use super::writer::{END_SLICE, Writer};
use super::{SqliteStore, Standing, charter, slots, transact};
use crate::store::resident::Resident;
use crate::store::{Slot, StoreError, StoreFault};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Past this many pages (64 MiB) the log written ahead is folded to its end, which makes writers wait for a moment.
pub(crate) const WAL_BOUND_PAGES: u32 = 16_000;

/// How long a batch waits for another program that holds the file.
pub(super) const BUSY_TIMEOUT_MS: u32 = 5_000;

/// To look through as much as this takes longer than somebody waits without a word.
const LONG_LOOK_BYTES: u64 = 256 * 1024 * 1024;

/// As much as is looked through before anybody notices.
const SHORT_LOOK_BYTES: u64 = 64 * 1024 * 1024;

/// SQLite's own page cache, where each row is read and written as it is asked for.
const CACHE_KIB: i64 = 256 * 1024;

/// The same where tables follow in rounds, in the order in which their rows lie: hardly a page is met again before the next round. A large one costs
/// time at the end of nearly every batch, as long as the file is smaller than 1 GB: where SQLite has put pages into order, it looks through all
/// that it has in its cache (`pcache1TruncateUnsafe`) for the one page number beyond the end of the file that it has used for a moment.
const FOLLOWING_CACHE_KIB: i64 = 32 * 1024;

/// That of the connection that only reads: SQLite empties it whenever the other one has written, so it holds what one batch asks.
const READ_CACHE_KIB: i64 = 32 * 1024;

/// More than there are different statements, so each is prepared once.
const CACHED_STATEMENTS: usize = 64;

/// How a store keeps its contacts, their keys, and which messages have arrived. It changes no result, and a file may be opened in either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keeping {
    /// In memory; the file has a journal of what changes, and its tables follow.
    #[default]
    Journal,
    /// In the tables alone: each row is written with its batch, and read when it is asked for.
    Rows,
}

/// How to open a store.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// The database file.
    pub path: PathBuf,
    /// The program's texts, in its order, as the views call them.
    pub texts: Vec<String>,
    /// What `contact_view` shows of the frame.
    pub view: Vec<ViewColumn>,
    /// A new frame of the program: what frames are kept as differences to grows to be as long.
    pub blank: Vec<u8>,
    /// Which of the texts is the address that the views show beside a contact.
    pub address: Option<String>,
    /// What the views call the program's parts and the reasons of decisions.
    pub words: Vec<Word>,
    /// How it keeps whoever is in it.
    pub keeping: Keeping,
    /// So many changes of contacts, keys or messages at least are gathered before the tables take them over, while there is more to do.
    pub round_changes: usize,
    /// Leaves the views as they are: what a program needs is told later ([`SqliteStore::describe`]).
    pub bare: bool,
    /// Refuses a file without tables, or with those of an earlier Flow, in place of bringing it up to date.
    pub of_today: bool,
    /// Refuses a file that holds less than was done in its place, as a backup does: for what has left and cannot be taken back.
    pub of_now: bool,
    /// Told of a file that is looked through for damage, and how many bytes it has, where that takes a while.
    pub looking_through: Option<fn(&Path, u64)>,
    /// How long a batch waits for another program that holds the file, in milliseconds.
    pub busy_timeout_ms: u32,
    /// Past so many pages the log written ahead is folded to its end, while writers wait.
    pub wal_bound_pages: u32,
}

impl OpenOptions {
    /// No text columns, no view of the frame, no words for anything; the usual bounds.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            texts: Vec::new(),
            view: Vec::new(),
            blank: Vec::new(),
            address: None,
            words: Vec::new(),
            keeping: Keeping::default(),
            round_changes: ROUND_CHANGES,
            bare: false,
            of_today: false,
            of_now: false,
            looking_through: None,
            busy_timeout_ms: BUSY_TIMEOUT_MS,
            wal_bound_pages: WAL_BOUND_PAGES,
        }
    }

    /// Opens the store, or makes it where there is none.
    pub fn open(&self) -> Result<SqliteStore, StoreError> {
        refuse_folder(&self.path)?;
        refuse_no_store(&self.path)?;
        refuse_foreign(&self.path)?;
        let lock = Lock::take(&self.path)?;
        let opened = self.open_locked(lock).map_err(|trouble| trouble.at(&self.path, "open"));
        opened.map_err(|error| of_what_was_a_store(error, &self.path))
    }

    fn open_locked(&self, lock: Lock) -> Result<SqliteStore, Trouble> {
        let (was_closed, text) = (lock.was_closed(&self.path), lock.text());
        if !was_closed {
            // Where damage is found now, the next start must look again: whoever closes a connection takes away the log that told of it.
            lock.mark_in_use();
        }
        let mut connection = self.connect()?;
        // Nor is the log folded into a store that is damaged: what was told to be copied stays as it was found.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !was_closed)?;
        let version = examine(&connection, &self.path).inspect_err(|trouble| {
            if trouble.is_of_somebody_else() {
                lock.put_back(&text);
            }
        })?;
        refuse_read_only(&connection, &self.path)?;
        if self.of_today {
            refuse_other_tables(begun_version(&connection, version)?, &self.path)?;
        }
        if self.of_now {
            // Before a large file is looked through.
            let (name, batches) = if version == 0 { (None, 0) } else { how_far(&connection)? };
            lock.refuse_older(name.as_deref(), batches, &self.path)?;
        }
        self.look_through(&connection, was_closed)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        self.set_pragmas(&connection)?;
        migrate(&mut connection, version)?;
        let folding = self.connect()?;
        self.set_pragmas(&folding)?;
        let checkpointer = Checkpointer::start(folding, self.wal_bound_pages)?;
        // A batch of nothing, for what a crash left in the log.
        drop(checkpointer.begin_batch()?);
        let told = Arc::default();
        let tail = self.catch_up(&mut connection, &checkpointer, &told)?;
        if !self.bare {
            // What an earlier Flow left in the tail stands in the tables by now.
            let _turn = checkpointer.begin_batch()?;
            self.describe(&mut connection)?;
        }
        let blank = blank::read(&connection)?;
        let path = self.path.clone();
        let gone = || Trouble::Broken("its file is not there".to_owned());
        let identity = Identity::of(&path).ok_or_else(gone)?;
        let reading = self.connect()?;
        self.set_pragmas(&reading)?;
        reading.pragma_update(None, "cache_size", -READ_CACHE_KIB)?;
        let writer = Writer::start((connection, tail), checkpointer, (path.clone(), identity), lock.mark())?;
        // Without the mark the next start would look at the log alone. What the lock does not know, or not any more, it learns.
        lock.mark_in_use();
        let (name, batches) = how_far(&reading)?;
        lock.mark().count(name.as_deref(), batches);
        Ok(SqliteStore {
            writer,
            connection: reading,
            path,
            identity,
            resident: (self.keeping == Keeping::Journal).then(|| Resident::new(Slot::FIRST, Arc::clone(&blank))),
            standing: Standing::Unread,
            blank,
            told,
            states: BTreeMap::new(),
            was_closed,
            begun: Vec::new(),
            is_damaged: false,
            is_broken_off: !was_closed,
            lock,
        })
    }

    /// Brings the tables up to the last batch, of whoever had the store before.
    fn catch_up(
        &self,
        connection: &mut Connection,
        checkpointer: &Checkpointer,
        told: &Arc<Told>,
    ) -> Result<Tail, Trouble> {
        let mut tail = Tail::load(connection, Slot::FIRST, Arc::clone(told))?;
        tail.begin_rounds_at(self.round_changes);
        while tail.is_behind() {
            let _turn = checkpointer.begin_batch()?;
            transact(connection, TransactionBehavior::Immediate, |connection| tail.catch_up(connection, END_SLICE))?;
            tail.kept();
        }
        let apart = self.keeping == Keeping::Journal;
        if apart != tail.is_apart() {
            transact(connection, TransactionBehavior::Immediate, |connection| match apart {
                true => tail.know_apart(connection),
                false => tail.know_all(connection),
            })?;
            tail.kept();
        }
        if !tail.is_summed_up() {
            transact(connection, TransactionBehavior::Immediate, |connection| tail.keep_sum(connection))?;
        }
        Ok(tail)
    }

    /// Every page once, after a process that did not close the store: whatever ended it may have damaged what nobody reads for years. The
    /// first thing found is enough. It costs what reading the file costs, so a store that was closed is looked through while that is little.
    fn look_through(&self, connection: &Connection, was_closed: bool) -> Result<(), Trouble> {
        let bytes = fs::metadata(&self.path).map_or(0, |found| found.len());
        if was_closed && bytes > SHORT_LOOK_BYTES {
            return Ok(());
        }
        if let Some(tell) = self.looking_through.filter(|_| bytes >= LONG_LOOK_BYTES) {
            tell(&self.path, bytes);
        }
        let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if found == "ok" {
            return Ok(());
        }
        Err(Trouble::damaged(&self.path, was_closed, found.lines().last().unwrap_or_default()))
    }

    /// The views, for this program.
    fn describe(&self, connection: &mut Connection) -> Result<(), Trouble> {
        transact(connection, TransactionBehavior::Immediate, |connection| super::describe(connection, self))
    }

    fn connect(&self) -> Result<Connection, Trouble> {
        // One thread uses a connection at a time; Rust sees to that.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_millis(u64::from(self.busy_timeout_ms)))?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        over::prepare(&connection)?;
        Ok(connection)
    }

    fn set_pragmas(&self, connection: &Connection) -> Result<(), Trouble> {
        let page_bytes: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let cache_kib = match self.keeping {
            Keeping::Journal => FOLLOWING_CACHE_KIB,
            Keeping::Rows => CACHE_KIB,
        };
        let pragmas = [
            // Readers (a shell, a report) never stop the writer, nor it them; a commit is one append.
            ("journal_mode", "WAL".to_owned()),
            // A commit is on the disk when it returns, even if the power fails.
            ("synchronous", "FULL".to_owned()),
            // Folding the log is the checkpoint thread's work; a batch never does it.
            ("wal_autocheckpoint", "0".to_owned()),
            // One huge batch may stretch the log; its file shrinks back when it is begun anew.
            ("journal_size_limit", (i64::from(self.wal_bound_pages) * page_bytes).to_string()),
            // Negative means KiB.
            ("cache_size", (-cache_kib).to_string()),
            // A damaged page is reported when it is read, not misread.
            ("cell_size_check", "ON".to_owned()),
            // Views and triggers that someone put into the file call no functions with side effects.
            ("trusted_schema", "OFF".to_owned()),
        ];
        for (name, value) in pragmas {
            connection.pragma_update(None, name, value)?;
        }
        require_wal(connection, &self.path)
    }
}

/// The store's own name, and how many batches are in it.
pub(super) fn how_far(connection: &Connection) -> Result<(Option<String>, u64), Trouble> {
    Ok((charter::name(connection)?, slots::batches(connection)?))
}

/// SQLite would only say that it cannot open it.
pub(super) fn refuse_folder(path: &Path) -> Result<(), StoreError> {
    // Whoever opens a pipe waits for somebody to write into it.
    let (what, help) = match fs::metadata(path) {
        Ok(found) if found.is_dir() => ("a folder", "name a file for the store, such as one in that folder"),
        Ok(found) if !found.is_file() => ("a pipe or a device", "name a file for the store"),
        _ => return Ok(()),
    };
    Err(StoreError {
        fault: StoreFault::Foreign,
        message: format!("`{}` is {what}, and the store is a file", path.display()),
        help: help.to_owned(),
        path: Some(path.to_owned()),
    })
}

fn refuse_read_only(connection: &Connection, path: &Path) -> Result<(), Trouble> {
    if !connection.is_readonly("main")? {
        return Ok(());
    }
    Err(Trouble::Said(
        StoreFault::ReadOnly,
        format!("cannot open `{}`: it may not be written to", path.display()),
        "let the user that runs Flow write to the file, or name another place for the store".to_owned(),
    ))
}

/// The error of a store that nobody has begun.
pub(crate) fn empty(path: &Path) -> StoreError {
    StoreError {
        fault: StoreFault::Other,
        message: format!("`{}` is a store that holds nothing yet", path.display()),
        help: "ask again when `flow serve` or `flow run` works on it".to_owned(),
        path: Some(path.to_owned()),
    }
}

/// The version of a store's tables; 0 where an earlier Flow was ended while it made them, and nothing is in them.
pub(super) fn begun_version(connection: &Connection, version: usize) -> Result<usize, Trouble> {
    if !(OLDEST..NEWEST).contains(&version) {
        return Ok(version);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM slot) OR EXISTS (SELECT 1 FROM charter) OR EXISTS (SELECT 1 FROM program)";
    let has_begun: bool = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(if has_begun { version } else { 0 })
}

/// What an earlier Flow wrote cannot be looked through before it is brought up to date.
pub(super) fn refuse_other_tables(version: usize, path: &Path) -> Result<(), Trouble> {
    let shown = path.display();
    match version {
        NEWEST => Ok(()),
        0 => {
            let StoreError { fault, message, help, .. } = empty(path);
            Err(Trouble::Said(fault, message, help))
        }
        _ => Err(Trouble::Said(
            StoreFault::Older,
            format!(
                "`{shown}` was written by an earlier Flow, whose tables this one brings up to date when it works on them"
            ),
            "start `flow run` or `flow serve` on it once with this Flow, and examine it then".to_owned(),
        )),
    }
}

/// Whose file is it? Returns how many migrations it has taken.
pub(super) fn examine(connection: &Connection, path: &Path) -> Result<usize, Trouble> {
    let application_id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let empty: bool = connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
    let shown = path.display();
    match (application_id, usize::try_from(version)) {
        (0, Ok(0)) if empty => Ok(0),
        (APPLICATION_ID, Ok(version @ OLDEST..=NEWEST)) => Ok(version),
        (APPLICATION_ID, Ok(1..OLDEST)) => Err(Trouble::Said(
            StoreFault::Older,
            format!("`{shown}` was written by a Flow of before its first release, whose tables this one does not know"),
            "go on with that Flow until those people are through, or name another file for the store; in a rehearsal, start over with `--fresh` (the old \
             store and its mails are set aside)"
                .to_owned(),
        )),
        (APPLICATION_ID, Ok(version)) if version > NEWEST => Err(Trouble::Said(
            StoreFault::Newer,
            format!("`{shown}` was written by a newer Flow (version {version} of its tables; this one knows {NEWEST})"),
            "install the newer Flow again, or restore the backup from before it".to_owned(),
        )),
        (APPLICATION_ID, _) => Err(Trouble::Said(
            StoreFault::Corrupt,
            format!("`{shown}` says that it is Flow's and gives no version that Flow ever wrote ({version})"),
            "restore the last good backup".to_owned(),
        )),
        _ => Err(Trouble::Said(
            StoreFault::Foreign,
            format!("`{shown}` is the database of another program"),
            "name another file for the store, or move this one away; it was not changed".to_owned(),
        )),
    }
}

/// SQLite stays in another mode, silently, where a file system cannot share memory.
fn require_wal(connection: &Connection, path: &Path) -> Result<(), Trouble> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    Err(Trouble::Said(
        StoreFault::Other,
        format!("`{}` lies on a file system that cannot hold a store", path.display()),
        "name a place on a local disk: network folders do not lock files well enough".to_owned(),
    ))
}
