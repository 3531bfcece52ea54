//! Into which stores a project was served, kept beside its flow.toml: where the disk of a store is not there, a new one must not be begun in its
//! place, which would know nobody and write to everybody again; nor may one go on that is in the past.
//!
//! ```text
//! # comment
//! 5f0c2a9b 1284 out/spring.live.db     its name, its batches, its place
//! ```

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flow_runtime::open::StoreName;
use flow_runtime::store::sqlite::past_help;
use flow_runtime::store::{Records, StoreError, batches};
use flow_runtime::time::Instant;

use crate::ink;
use crate::output::Failure;

/// The file, in the project's folder.
const FILE: &str = ".flow-served";
/// The same while it is written.
const PART: &str = ".flow-served.part";
const HEAD: &str = "# Into which stores `flow serve` has served this project, a line each: none of them is begun anew where it is not there.\n\
                    # Take its line away to begin one anew, which knows nobody. Not for version control: it is of this machine.\n";

/// What is shorter holds no store: a database begins with so many bytes of its own.
const HEADER_BYTES: u64 = 100;

/// Refuses to begin a store anew that was there before.
pub(super) fn check(folder: &Path, store: &Path) -> Result<(), Failure> {
    let is_there = fs::metadata(store).is_ok_and(|found| found.len() >= HEADER_BYTES);
    if is_there || !listed(folder).any(|known| known.path == within(folder, store)) {
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

/// Refuses to go on from a store that is older than the one that was served last: what has left since would leave again.
pub(super) fn check_age(folder: &Path, store: &Path, at: &Mark) -> Result<(), Failure> {
    let later = listed(folder).find(|known| known.name == at.name && known.path == within(folder, store));
    let Some(later) = later.filter(|later| later.batches > at.batches) else { return Ok(()) };
    let lacks = later.batches - at.batches;
    Err(Failure::new(
        format!(
            "`{}` is older than when this project was served last ({lacks} batches of work are not in it): a backup, it seems",
            store.display()
        ),
        past_help(store),
    ))
}

/// Where a store stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    name: String,
    batches: u64,
    /// The instant to which everything in it has happened; the earliest of all before it has begun.
    pub(super) done: Instant,
    /// When it began: what occurred before is history in it. The earliest of all before it has begun.
    pub(super) first_day: Instant,
}

impl Mark {
    pub(super) fn read(name: &StoreName, records: &mut dyn Records) -> Result<Mark, StoreError> {
        let slots = records.slots()?;
        let done = Instant(slots.iter().map(|slot| slot.clock).max().unwrap_or(i64::MIN));
        let first_day = Instant(slots.iter().map(|slot| slot.first_day).max().unwrap_or(i64::MIN));
        let batches = batches(&slots);
        Ok(Mark { name: name.ending().trim_start_matches('.').to_owned(), batches, done, first_day })
    }
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Served {
    name: String,
    batches: u64,
    path: PathBuf,
}

/// Notes that a project is served into a store, and how far that is. Where it cannot be written, it is said and the work goes on.
pub(super) fn keep(folder: &Path, store: &Path, at: &Mark) {
    let Mark { name, batches, .. } = at.clone();
    let served = Served { name, batches, path: within(folder, store) };
    let others = listed(folder).filter(|other| other.path != served.path);
    let line = |Served { name, batches, path }: Served| format!("{name} {batches} {}\n", path.display());
    let text: String = std::iter::once(HEAD.to_owned()).chain(others.chain([served.clone()]).map(line)).collect();
    // What is half written would say nothing: it is put in its place whole.
    let written = fs::write(folder.join(PART), text).and_then(|()| fs::rename(folder.join(PART), folder.join(FILE)));
    if let Err(error) = written {
        let words = format!(
            "note: `{FILE}` cannot be written beside flow.toml ({error}): nobody sees to it that the store is the one of before"
        );
        drop(writeln!(ink::stderr(), "{words}"));
    }
}

/// What is listed; a line that cannot be read is none.
fn listed(folder: &Path) -> impl Iterator<Item = Served> {
    let text = fs::read_to_string(folder.join(FILE)).unwrap_or_default();
    let read = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let (name, batches, path) = (words.next()?, words.next()?, words.next()?);
        Some(Served { name: name.to_owned(), batches: batches.parse().ok()?, path: PathBuf::from(path) })
    };
    let lines: Vec<Served> = text.lines().filter(|line| !line.starts_with('#')).filter_map(read).collect();
    lines.into_iter()
}

/// As it is listed: by the way from the project, so that both may move together.
fn within(folder: &Path, store: &Path) -> PathBuf {
    store.strip_prefix(folder).unwrap_or(store).to_owned()
}
