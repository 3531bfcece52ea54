//! Mail into a folder, one `.eml` a message, which any mail client opens. For trying a project out, for tests, and for those who
//! deliver by their own means.
//!
//! ```text
//! outbox/2026-03/c42.spring.1.s3.v0.1a2b3c4d.eml
//! ```
//!
//! The key is the name, so a second attempt finds the first one's file and changes nothing. The file appears whole or not at all:
//! it is written under a temporary name, brought to the disk, then renamed. What a process that was killed left under such a name is
//! removed at the next start with its store: the key ends in the name of that, so nothing of another store in the same folder is touched.
//!
//! A rehearsal does not wait for the disk: its files outlive a kill of the process, and a power failure is a reason to rehearse again.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::{Channel, Fate, Foreseen, Uncertain};
use crate::mail::{self, Mail, to_mime};
use crate::system;

/// Writes each mail as one `.eml` file, in a folder for the month of its send. A file under the same key is the same mail.
#[derive(Debug)]
pub struct FileChannel {
    folder: PathBuf,
    /// Whether a mail that is delivered is on the disk.
    is_durable: bool,
    /// Tells temporary files of threads apart. It starts anew with the process.
    next_temporary: AtomicU64,
}

/// Why a folder cannot take mail.
#[derive(Debug, thiserror::Error)]
#[error("mail cannot be written to the folder `{}`: {}", folder.display(), advice(source))]
pub struct OpenError {
    folder: PathBuf,
    source: io::Error,
}

impl FileChannel {
    /// Creates the folder if its parent exists, and tries to write in it.
    pub fn open(folder: impl Into<PathBuf>) -> Result<FileChannel, OpenError> {
        let connector = FileChannel { folder: folder.into(), is_durable: true, next_temporary: AtomicU64::new(0) };
        match create_folder(&connector.folder).and_then(|_| connector.try_writing()) {
            Ok(()) => {
                remove(files_in(&connector.folder).filter(|path| is_old_probe(path)));
                Ok(connector)
            }
            Err(source) => Err(OpenError { folder: connector.folder, source }),
        }
    }

    /// For mails that nobody will be sent.
    pub fn for_rehearsal(self) -> FileChannel {
        FileChannel { is_durable: false, ..self }
    }

    fn try_writing(&self) -> io::Result<()> {
        // Its own for each process, so that nobody else's file is written over.
        let probe = self.folder.join(format!("{PROBE}-{}", process::id()));
        write_file(&probe, PROBE_TEXT, true)?;
        match fs::remove_file(&probe) {
            // Another process took it for one that was left behind.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// The month is the send's own, so an attempt after midnight looks in the same place.
    fn path(&self, mail: &Mail) -> PathBuf {
        self.folder.join(mail.sent_at.format("%Y-%m").to_string()).join(format!("{}.eml", mail.key))
    }

    fn write(&self, path: &Path, key: &str, message: &[u8]) -> io::Result<()> {
        let month = path.parent().unwrap_or(&self.folder);
        if create_folder(month)? && self.is_durable {
            sync_folder(&self.folder)?;
        }
        let temporary = month.join(temporary_name(key, self.next_temporary.fetch_add(1, Ordering::Relaxed)));
        let written = write_file(&temporary, message, self.is_durable).and_then(|()| fs::rename(&temporary, path));
        if written.is_err() {
            // Best effort: the error to report is the one above, and a leftover is overwritten later.
            let _ = fs::remove_file(&temporary);
        }
        written?;
        if self.is_durable { sync_folder(month) } else { Ok(()) }
    }

    /// A file that is there, on the disk.
    fn keep(&self, path: &Path) -> io::Result<()> {
        if !self.is_durable {
            return Ok(());
        }
        File::open(path)?.sync_all()?;
        sync_folder(path.parent().unwrap_or(&self.folder))
    }
}

impl Channel for FileChannel {
    fn name(&self) -> &str {
        "file"
    }

    /// The key makes a repeated attempt harmless.
    fn uncertain(&self) -> Uncertain {
        Uncertain::Resend
    }

    fn clear_up(&self, ending: &str) {
        let months = fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let is_left = |path: &PathBuf| name_of(path).and_then(key_in).is_some_and(|key| key.ends_with(ending));
        remove(months.flat_map(|month| files_in(&month.path())).filter(is_left));
    }

    /// A disk answers; threads help it to write beside what the engine does.
    fn at_once(&self) -> usize {
        usize::MAX
    }

    fn ready(&self) -> Result<(), String> {
        self.try_writing()
            .map_err(|error| format!("`{}` cannot be written to: {}", self.folder.display(), advice(&error)))
    }

    /// A folder takes every message that can be built, or nothing at all.
    fn foresee(&self, mail: &Mail, _: u32) -> Option<Foreseen> {
        let fate = match mail::check(mail) {
            Ok(()) => delivered(&self.path(mail)),
            Err(error) => Fate::unbuilt(&error),
        };
        Some(Foreseen { after: Duration::ZERO, fate })
    }

    fn send(&self, mail: &Mail, _: u32) -> Fate {
        let message = match to_mime(mail) {
            Ok(message) => message,
            Err(error) => return Fate::unbuilt(&error),
        };
        let path = self.path(mail);
        // One that is there was written by an attempt whose end nobody heard: it may not be on the disk yet.
        let done = if path.is_file() { self.keep(&path) } else { self.write(&path, &mail.key, &message) };
        match done {
            Ok(()) => delivered(&path),
            Err(error) => Fate::Stop { reason: format!("`{}` cannot be written: {}", path.display(), advice(&error)) },
        }
    }
}

fn delivered(path: &Path) -> Fate {
    Fate::Delivered { receipt: path.display().to_string() }
}

const TEMPORARY_ENDING: &str = ".tmp";

fn temporary_name(key: &str, number: u64) -> String {
    format!(".{key}.{number}{TEMPORARY_ENDING}")
}

/// The key in a temporary name.
fn key_in(name: &str) -> Option<&str> {
    let (key, number) = name.strip_prefix('.')?.strip_suffix(TEMPORARY_ENDING)?.rsplit_once('.')?;
    number.parse::<u64>().is_ok().then_some(key)
}

/// With this a name begins that shows whether a folder can be written to.
const PROBE: &str = ".flow-probe";
const PROBE_TEXT: &[u8] = b"flow";

/// Whether a process that was killed left it there: by its name, and by what stands in it as far as it came.
fn is_old_probe(path: &Path) -> bool {
    let is_named = name_of(path).is_some_and(|name| name.starts_with(PROBE));
    let is_short = || fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() <= PROBE_TEXT.len() as u64);
    is_named && is_short() && fs::read(path).is_ok_and(|text| PROBE_TEXT.starts_with(&text))
}

fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// Nothing of what cannot be looked at.
fn files_in(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|file| file.path())
}

/// A file that stays does no harm.
fn remove(paths: impl Iterator<Item = PathBuf>) {
    paths.for_each(|path| drop(fs::remove_file(path)));
}

/// Not with its parents: a folder that is gone (an unmounted disk) must not come back empty on another disk.
/// Whether it was not there before.
fn create_folder(folder: &Path) -> io::Result<bool> {
    match fs::create_dir(folder) {
        Err(_) if folder.is_dir() => Ok(false),
        created => created.map(|()| true),
    }
}

fn write_file(path: &Path, bytes: &[u8], is_durable: bool) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    if is_durable { file.sync_all() } else { Ok(()) }
}

/// A rename survives a power failure only once the folder is on the disk. Other systems than Unix cannot open folders and do not
/// need it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn advice(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full, make room on it".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "this user may not write there, change its owner or its permissions".to_owned()
        }
        io::ErrorKind::ReadOnlyFilesystem => "the disk is mounted read-only".to_owned(),
        io::ErrorKind::NotFound => "the folder around it does not exist, create it".to_owned(),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file stands where a folder is needed, move it away".to_owned()
        }
        _ => system::said_with_help(error),
    }
}
