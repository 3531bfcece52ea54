//! Into which stores a project was served, kept beside its flow.toml: where the disk of a store is not there, a new one must not be begun in its
//! place, which would know nobody and write to everybody again.
//!
//! ```text
//! # comment
//! 5f0c2a9b out/spring.live.db
//! ```

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flow_runtime::open::StoreName;

use crate::ink;
use crate::output::Failure;

/// The file, in the project's folder.
const FILE: &str = ".flow-served";
const HEAD: &str = "# Into which stores `flow serve` has served this project, a line each: none of them is begun anew where it is not there.\n\
                    # Take its line away to begin one anew, which knows nobody. Not for version control: it is of this machine.\n";

/// What is shorter holds no store: a database begins with so many bytes of its own.
const HEADER_BYTES: u64 = 100;

/// Refuses to begin a store anew that was there before.
pub(super) fn check(folder: &Path, store: &Path) -> Result<(), Failure> {
    let is_there = fs::metadata(store).is_ok_and(|found| found.len() >= HEADER_BYTES);
    if is_there || !listed(folder).any(|(_, known)| known == within(folder, store)) {
        return Ok(());
    }
    let (file, store) = (folder.join(FILE), store.display());
    Err(Failure::new(
        format!(
            "`{store}` is not there, or empty, and this project was served into it before: a new store would know nobody, and people would get again what \
             they have got"
        ),
        format!(
            "put it back: is its disk mounted, was it moved, does a backup have it? To begin anew on purpose, take its line out of `{}`",
            file.display()
        ),
    ))
}

/// Notes that a project is served into a store. Where that cannot be written, it is said and the work goes on.
pub(super) fn keep(folder: &Path, store: &Path, name: &StoreName) {
    let path = within(folder, store);
    let name = name.ending().trim_start_matches('.').to_owned();
    if listed(folder).any(|(known, at)| (known, &at) == (name.clone(), &path)) {
        return;
    }
    let others = listed(folder).filter(|(_, at)| *at != path);
    let lines = others.chain([(name, path.clone())]).map(|(name, at)| format!("{name} {}\n", at.display()));
    let text: String = std::iter::once(HEAD.to_owned()).chain(lines).collect();
    if let Err(error) = fs::write(folder.join(FILE), text) {
        let words = format!(
            "note: `{FILE}` cannot be written beside flow.toml ({error}): that the store is there is not watched over"
        );
        drop(writeln!(ink::stderr(), "{words}"));
    }
}

/// The names and places that are listed.
fn listed(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let text = fs::read_to_string(folder.join(FILE)).unwrap_or_default();
    let lines: Vec<(String, PathBuf)> = (text.lines())
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(name, path)| (name.to_owned(), PathBuf::from(path)))
        .collect();
    lines.into_iter()
}

/// As it is listed: by the way from the project, so that both may move together.
fn within(folder: &Path, store: &Path) -> PathBuf {
    store.strip_prefix(folder).unwrap_or(store).to_owned()
}
