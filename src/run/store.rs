//! The store of this run.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flow_ir::Program;
use flow_runtime::clock::{Clock, SystemClock};
use flow_runtime::open::{Change, Keeping, Kind};
use flow_runtime::settings::{MailSettings, Settings};
use flow_runtime::store::memory::MemoryStore;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::system;

use super::failure::from_store;
use super::kept::Kept;
use crate::ink;
use crate::output::Failure;

/// The files that make up a store: the database, its log and the log's index.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// In memory with a journal in the file; or in the file alone, which needs little memory and takes longer.
pub(crate) fn keeping(low_memory: bool) -> Keeping {
    if low_memory { Keeping::Rows } else { Keeping::Journal }
}

/// The store, the program by its numbers, which is what runs on it, and what people should know where it is a new version.
pub(crate) fn open(
    program: &Program,
    path: &Path,
    kind: Kind,
    keeping: Keeping,
) -> Result<(SqliteStore, Program, Change), Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let made = fs::create_dir_all(folder);
        made.map_err(|error| cannot("make the folder", folder, &error))?;
    }
    flow_runtime::open::open_telling(program, path, kind, keeping, looking_through).map_err(from_store)
}

/// Said before a wait of some seconds.
fn looking_through(path: &Path, bytes: u64) {
    let gigabytes = bytes as f64 / 1e9;
    let words = format!(
        "`{}` was not closed the last time: looking through its {gigabytes:.1} GB for damage first",
        path.display()
    );
    drop(writeln!(ink::stderr(), "note: {words}"));
}

/// The same of a rehearsal; and whether what it holds was, in part at least, rehearsed with another project.
pub(crate) fn rehearsal(
    program: &Program,
    path: &Path,
    in_memory: bool,
    keeping: Keeping,
) -> Result<(Kept, Program, bool), Failure> {
    if !in_memory {
        let (store, program, change) = open(program, path, Kind::Rehearsal, keeping)?;
        // Nothing is wrong with a run of which nobody reads that.
        change.says.iter().for_each(|note| drop(writeln!(ink::stderr(), "note: {note}")));
        let is_of_another = change.is_any || program.lineage.version > 1;
        return Ok((Kept::File(Box::new(store)), program, is_of_another));
    }
    let mut store = MemoryStore::new();
    let program = flow_runtime::open::adopt(&mut store, program).map_err(from_store)?;
    Ok((Kept::Memory(store), program, false))
}

/// What no other store's name is made of: the instant and the process.
pub(crate) fn chance() -> u64 {
    RandomState::new().hash_one((SystemClock.now().0, std::process::id()))
}

/// Renames the store and the folder of its mails, so that starting over loses nothing, overwrites nothing and finds no old file in the
/// place of a new mail. A store that another process works on is left alone.
pub(crate) fn set_aside(settings: &Settings) -> Result<(), Failure> {
    use flow_runtime::store::StoreFault;
    let path = &settings.store;
    if !path.exists() {
        return Ok(());
    }
    // Opening and closing takes the lock, folds the log into the database and lets go of it; a store of other tables, or a damaged
    // one, is what starting over is for.
    match flow_runtime::open::bare(path, Kind::Rehearsal) {
        Ok(store) => store.close().map_err(from_store)?,
        Err(error) if matches!(error.fault, StoreFault::Corrupt | StoreFault::Newer | StoreFault::Older) => {}
        Err(error) => return Err(from_store(error)),
    }
    let folder = match &settings.mail {
        MailSettings::File { folder } => Some(folder.as_path()),
        MailSettings::Smtp(_) => None,
    };
    let suffix = free_suffix(&[Some(path.as_path()), folder]);
    for part in PARTS {
        rename(&with_suffix(path, part), &with_suffix(path, &format!("{suffix}{part}")))?;
    }
    folder.map_or(Ok(()), |folder| rename(folder, &with_suffix(folder, &suffix)))
}

/// `.2026-11-27-021500`, with a number where that is taken.
fn free_suffix(paths: &[Option<&Path>]) -> String {
    let now = SystemClock.now().to_utc().map(|now| now.format("%Y-%m-%d-%H%M%S").to_string()).unwrap_or_default();
    let is_free = |suffix: &String| paths.iter().flatten().all(|path| !with_suffix(path, suffix).exists());
    let numbered = (2..).map(|number| format!(".{now}-{number}"));
    std::iter::once(format!(".{now}")).chain(numbered).find(is_free).unwrap_or_default()
}

fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed.map_err(|error| cannot("rename", from, &error)),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("cannot {what} `{}`: {}", path.display(), system::said(error)),
        system::help(error).unwrap_or("set another `path` in `[store]` of flow.toml, or use `--store`"),
    )
}
