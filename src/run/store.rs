//! The store of this run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use flow_ir::Program;
use flow_runtime::store::sqlite::SqliteStore;

use super::failure::from_store;
use crate::output::Failure;

/// The files that make up a store: the database, its log and the log's index.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

pub(crate) fn open(program: &Program, path: &Path, fresh: bool) -> Result<SqliteStore, Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let made = fs::create_dir_all(folder);
        made.map_err(|error| cannot("make the folder", folder, &error))?;
    }
    if fresh && path.exists() {
        set_aside(program, path)?;
    }
    flow_runtime::open::open(program, path).map_err(from_store)
}

/// Renames the store, so that starting over loses nothing. One that another process works on is left alone.
fn set_aside(program: &Program, path: &Path) -> Result<(), Failure> {
    use flow_runtime::store::StoreFault;
    // Opening and closing takes the lock, folds the log into the database and lets go of it; a store of another version, or a damaged
    // one, is what starting over is for.
    match flow_runtime::open::open(program, path) {
        Ok(store) => store.close().map_err(from_store)?,
        Err(error) if matches!(error.fault, StoreFault::Locked | StoreFault::Foreign) => return Err(from_store(error)),
        Err(_) => {}
    }
    for part in PARTS {
        let (from, to) = (with_suffix(path, part), with_suffix(path, &format!(".old{part}")));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // The log of an older set-aside store would not fit this one.
                let _ = fs::remove_file(&to);
            }
            renamed => renamed.map_err(|error| cannot("rename", &from, &error))?,
        }
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("cannot {what} `{}`: {error}", path.display()),
        "set another `path` in `[store]` of flow.toml, or use `--store`",
    )
}
