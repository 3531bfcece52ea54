//! The files to lay out: finding, reading and replacing them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flow_runtime::system;

use crate::output::Failure;
use crate::project;

#[derive(Debug)]
pub(super) struct Found {
    path: PathBuf,
    /// For people.
    pub(super) shown: String,
}

/// The `.flow` files that paths stand for, each once; of folders, those that `flow check` would read. Without paths, the project's.
pub(super) fn find(paths: &[PathBuf]) -> (Vec<Found>, Vec<Failure>) {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    if paths.is_empty() {
        match project::find(None).and_then(|folder| below(&folder, "")) {
            Ok(files) => found = files,
            Err(failure) => failures.push(failure),
        }
    }
    for path in paths {
        match at(path) {
            Ok(files) => found.extend(files),
            Err(failure) => failures.push(failure),
        }
    }
    let mut seen = BTreeSet::new();
    // Where a path leads cannot be told of one that reading will refuse.
    found.retain(|file| seen.insert(fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone())));
    (found, failures)
}

fn at(path: &Path) -> Result<Vec<Found>, Failure> {
    let shown = path.display().to_string();
    let metadata = fs::metadata(path).map_err(|error| {
        let message = format!("`{shown}` cannot be opened: {}", project::reason(&error));
        Failure::new(message, "give a `.flow` file, or a folder that holds some")
    })?;
    if !metadata.is_dir() {
        return Ok(vec![Found { path: path.to_owned(), shown }]);
    }
    let prefix = if shown == "." { String::new() } else { format!("{}/", shown.trim_end_matches('/')) };
    below(path, &prefix)
}

fn below(folder: &Path, prefix: &str) -> Result<Vec<Found>, Failure> {
    let files = project::flow_files(folder)?;
    Ok(files.iter().map(|file| Found { path: folder.join(file), shown: format!("{prefix}{file}") }).collect())
}

/// The text of a file, with whatever an editor put before it.
pub(super) fn read(file: &Found) -> Result<String, Failure> {
    // A pipe or a device would be read for ever, or emptied.
    if fs::metadata(&file.path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(Failure::new(format!("`{}` is no plain file", file.shown), "move it out of the folder"));
    }
    project::flow_text(&file.path, &file.shown)
}

/// Puts a text in the place of a file, whole or not at all, under the same permissions.
pub(super) fn replace(file: &Found, text: &str) -> Result<(), Failure> {
    replace_at(&file.path, text).map_err(|error| {
        let message = format!("`{}` cannot be written: {}", file.shown, project::reason(&error));
        let help = "check who may write it and its folder, and that the disk has room; it is as it was";
        Failure::new(message, system::help(&error).unwrap_or(help))
    })
}

fn replace_at(path: &Path, text: &str) -> io::Result<()> {
    // Behind a link, the file itself is replaced and the link stays.
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        // Another file could be put in its place, but whoever protected it did not mean that.
        return Err(io::Error::other("it is read-only"));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // With a point before it, it belongs to no project.
    let beside = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let replaced = write_new(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, permissions))
        .and_then(|()| fs::rename(&beside, &path));
    if replaced.is_err() {
        // What kept it from being written is said; that it cannot be removed either adds nothing.
        let _ = fs::remove_file(&beside);
    }
    replaced
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
