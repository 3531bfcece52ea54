//! The files that settings name: whether they are there and can be what they are named as, told at the place of their name. Only what is
//! cheap is looked at: that a file opens, and its first lines.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flow_front::diagnostics::{Code, suggest};
use flow_ir::Program;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::slips::quoted;
use super::{MailSettings, Settings, SettingsEdit, SettingsFault};
use crate::inbound::{ContactReader, InboundError};
use crate::store::sqlite::{is_named_as_store, was_a_store};
use crate::system;

/// Files of a folder that are looked through for a near name.
const MAX_LOOKED_THROUGH: usize = 2_000;
/// Far above any list of authorities of one's own; a longer file is a mistaken one.
pub const MAX_AUTHORITY_BYTES: usize = 1 << 20;
/// How much of a file of events is looked at.
const MAX_FIRST_BYTES: u64 = 4096;

/// Opens a plain file, or a link to one. Opening a pipe waits for somebody who writes into it, and a device may never end: what else
/// bears the name is refused before it is opened.
pub fn open_plain(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, what_it_is(found.file_type())));
    }
    File::open(path)
}

/// Of something that is neither file nor folder.
#[cfg(unix)]
fn what_it_is(found: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if found.is_fifo() {
        "it is a pipe, not a file"
    } else if found.is_socket() {
        "it is a socket, not a file"
    } else {
        "it is a device, not a file"
    }
}

#[cfg(not(unix))]
fn what_it_is(_: fs::FileType) -> &'static str {
    "it is no plain file"
}

/// What kind of file a key names.
#[derive(Debug, Clone, Copy)]
struct Named {
    key: &'static str,
    endings: &'static [&'static str],
    why: &'static str,
}

const CONTACTS: Named = Named {
    key: "contacts",
    endings: &["csv"],
    why: "the people of the campaign come from this file: without it nobody is in it",
};
const EVENTS: Named = Named {
    key: "events",
    endings: &["jsonl", "ndjson", "json"],
    why: "what people did comes from this file: without it nothing happens",
};
const AUTHORITY: Named = Named {
    key: "certificate_authority",
    endings: &["pem", "crt", "cer"],
    why: "without it no mail leaves, for nobody vouches for the server",
};

/// A file of data that settings name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFile {
    /// The people.
    Contacts,
    /// What they did.
    Events,
}

impl DataFile {
    /// The key of `[data]` that names it.
    pub fn key(self) -> &'static str {
        match self {
            DataFile::Contacts => CONTACTS.key,
            DataFile::Events => EVENTS.key,
        }
    }

    /// Where it is; none where the settings name none.
    pub fn path(self, settings: &Settings) -> Option<&Path> {
        match self {
            DataFile::Contacts => settings.data.contacts.as_deref(),
            DataFile::Events => settings.data.events.as_deref(),
        }
    }
}

impl Settings {
    /// What is wrong with the files that the settings name, as places in `text`, which they were read from. Columns are told against
    /// the program, where there is one.
    pub fn check_files(&self, text: &str, folder: &Path, program: Option<&Program>) -> Vec<SettingsFault> {
        let contacts = self.data.contacts.as_deref().and_then(|path| {
            let file = self.open(path, CONTACTS, text, folder);
            file.and_then(|file| program.map_or(Ok(()), |program| self.check_header(file, path, program))).err()
        });
        let events = self.data.events.as_deref().and_then(|path| {
            self.open(path, EVENTS, text, folder).and_then(|file| self.check_events(file, path)).err()
        });
        let authority = match &self.mail {
            MailSettings::Smtp(smtp) => smtp.certificate_authority.as_deref().and_then(|path| {
                self.open(path, AUTHORITY, text, folder).and_then(|file| self.read_authority(file, path)).err()
            }),
            MailSettings::File { .. } => None,
        };
        let mut faults: Vec<SettingsFault> = [contacts, events, authority, self.store(folder), self.outbox(folder)]
            .into_iter()
            .flatten()
            .map(|fault| *fault)
            .collect();
        faults.sort_by_key(|fault| fault.at.as_ref().map(|at| at.start));
        faults
    }

    /// The authorities of one's own that `[mail]` names, as PEM; none where it names none.
    pub fn authority(&self) -> Result<Option<Vec<u8>>, Box<SettingsFault>> {
        let MailSettings::Smtp(smtp) = &self.mail else { return Ok(None) };
        let Some(path) = &smtp.certificate_authority else { return Ok(None) };
        let file = self.open(path, AUTHORITY, "", Path::new(""))?;
        self.read_authority(file, path).map(Some)
    }

    /// The store is a database, or not there yet: what else bears its name would be lost.
    fn store(&self, folder: &Path) -> Option<Box<SettingsFault>> {
        let path = shown(&self.store, folder);
        let found = fs::metadata(&self.store).ok()?;
        let what = if found.is_dir() {
            "is a folder, and the store is a file"
        } else if found.is_file() && !is_database(&self.store) {
            "is another file, and no store"
        } else {
            return None;
        };
        let fault = self.fault("path", format!("path: `{path}` {what}"));
        let why = "what happens to everyone is kept in the store, and nothing else";
        Some(Box::new(
            fault
                .why(why)
                .help("name a file of its own for the store, such as `out/flow.db`; it is made when it is needed"),
        ))
    }

    /// Mails are written into a folder.
    fn outbox(&self, folder: &Path) -> Option<Box<SettingsFault>> {
        let MailSettings::File { folder: outbox } = &self.mail else { return None };
        let what = if *outbox == self.store {
            "is the store, and mails need a folder"
        } else if fs::metadata(outbox).is_ok_and(|found| !found.is_dir()) {
            "is a file, and mails need a folder"
        } else {
            return None;
        };
        let fault = self.fault("folder", format!("folder: `{}` {what}", shown(outbox, folder)));
        let why = "each mail is written into it as a file of its own";
        Some(Box::new(fault.why(why).help("name a folder, such as `out/mail`; it is made when it is needed")))
    }

    fn open(&self, path: &Path, named: Named, text: &str, folder: &Path) -> Result<File, Box<SettingsFault>> {
        open_plain(path).map_err(|error| Box::new(self.not_there(&error, path, named, text, folder)))
    }

    /// Something to say of a file of data, at the place where it is named.
    pub fn of_data(&self, file: DataFile, message: String, help: String) -> SettingsFault {
        self.fault(file.key(), message).help(help)
    }

    fn fault(&self, key: &str, message: String) -> SettingsFault {
        SettingsFault::new(Code::DataFile, message, self.places.of(key))
    }

    fn not_there(&self, error: &io::Error, path: &Path, named: Named, text: &str, folder: &Path) -> SettingsFault {
        let shown = shown(path, folder);
        let mut fault = self.fault(named.key, format!("{}: `{shown}` {}", named.key, reason(error))).why(named.why);
        let near = near(path, named, folder);
        fault.help = Some(match (&near, error.kind()) {
            _ if system::help(error).is_some() => system::help(error).unwrap_or_default().to_owned(),
            (Some(_), _) => "did you mean this file?".to_owned(),
            (None, io::ErrorKind::PermissionDenied) => "let this user read it".to_owned(),
            _ => "put the file there, or write where it is, seen from the folder of flow.toml".to_owned(),
        });
        // Only a plain text can be replaced.
        let place = self.places.of(named.key).filter(|at| is_plain(text.get(at.clone()).unwrap_or_default()));
        if let (Some(near), Some(at)) = (near, place) {
            fault.edits.push(SettingsEdit { at, text: quoted(&near) });
        }
        fault
    }

    fn check_header(&self, file: File, path: &Path, program: &Program) -> Result<(), Box<SettingsFault>> {
        let opened = ContactReader::open(BufReader::new(file), file_name(path), program, &self.columns);
        // A word of refusal may stand anywhere in a column that nobody knows.
        let error = match opened {
            Ok(mut rows) => {
                rows.find_map(Result::err).filter(|error| matches!(error, InboundError::ConsentColumns { .. }))
            }
            Err(error) => Some(error),
        };
        let Some(error) = error else { return Ok(()) };
        let why = match &error {
            InboundError::ConsentColumns { .. } => "whoever has said no must get no mail",
            _ => CONTACTS.why,
        };
        Err(Box::new(self.fault("contacts", error.to_string()).why(why).help(error.help())))
    }

    /// One object a line; a table or a list of objects is another kind of file. What a single line lacks is told by the run.
    fn check_events(&self, file: File, path: &Path) -> Result<(), Box<SettingsFault>> {
        let mut first = Vec::new();
        let mut lines = BufReader::new(file.take(MAX_FIRST_BYTES));
        let read = loop {
            first.clear();
            match lines.read_until(b'\n', &mut first) {
                Ok(0) => break Ok(()),
                Ok(_) if first.iter().all(u8::is_ascii_whitespace) => {}
                other => break other.map(drop),
            }
        };
        let name = file_name(path);
        let fault =
            |message: String, help: &str| Err(Box::new(self.fault("events", message).why(EVENTS.why).help(help)));
        if let Err(error) = read {
            return fault(format!("events: `{name}` {}", reason(&error)), "check that the file can be read");
        }
        let line = String::from_utf8_lossy(&first);
        let line = line.trim_start_matches('\u{feff}').trim();
        let help = "export events with one JSON object a line (JSON lines, often `.jsonl`): {\"type\": \"track\", \"event\": \"Signed Up\", …}";
        if line.starts_with('[') {
            return fault(format!("events: `{name}` is one list, and each event needs a line of its own"), help);
        }
        if !line.is_empty() && !line.contains('{') && line.contains([',', ';', '\t']) {
            return fault(format!("events: `{name}` is a table, and each event is a JSON object"), help);
        }
        Ok(())
    }

    fn read_authority(&self, file: File, path: &Path) -> Result<Vec<u8>, Box<SettingsFault>> {
        let key = AUTHORITY.key;
        let fault = |what: String| {
            let help =
                "ask for the certificate of the authority as PEM: a text with `-----BEGIN CERTIFICATE-----` in it";
            Box::new(self.fault(key, format!("{key}: `{}` {what}", file_name(path))).why(AUTHORITY.why).help(help))
        };
        let most = u64::try_from(MAX_AUTHORITY_BYTES).unwrap_or(u64::MAX);
        let mut pem = Vec::new();
        file.take(most.saturating_add(1)).read_to_end(&mut pem).map_err(|error| fault(reason(&error)))?;
        if pem.len() > MAX_AUTHORITY_BYTES {
            return Err(fault(format!("has more than {} KiB", MAX_AUTHORITY_BYTES >> 10)));
        }
        let found: Result<Vec<CertificateDer<'_>>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        match found {
            Err(error) => Err(fault(format!("cannot be read as PEM: {error}"))),
            Ok(found) if found.is_empty() => Err(fault("holds no certificate".to_owned())),
            Ok(_) => Ok(pem),
        }
    }
}

/// Whether a file is empty under a name of a store, or begins as every database of SQLite does (its file format, "Magic Header String"). One that cannot be read is told
/// of by who needs it, and so is one that was a store and is damaged.
fn is_database(path: &Path) -> bool {
    const BEGINS: &[u8] = b"SQLite format 3\0";
    let mut first = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGINS.len() as u64).read_to_end(&mut first));
    read.is_err() || (first.is_empty() && is_named_as_store(path)) || first == BEGINS || was_a_store(path)
}

/// Whether a value is one text in one pair of quotes.
fn is_plain(value: &str) -> bool {
    value.len() >= 2 && value.starts_with(['"', '\'']) && !value.starts_with("\"\"\"") && !value.contains('\n')
}

/// What the system said, in words that follow the name.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "is not there".to_owned(),
        io::ErrorKind::PermissionDenied => "may not be read by this user".to_owned(),
        io::ErrorKind::IsADirectory => "is a folder, and a file is needed".to_owned(),
        _ => format!("cannot be read: {}", system::said(error)),
    }
}

/// A path as settings name it; the project's own folder is `.`.
fn shown(path: &Path, folder: &Path) -> String {
    let within = path.strip_prefix(folder).unwrap_or(path).display().to_string();
    if within.is_empty() { ".".to_owned() } else { within }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The file that may be meant, as settings name it: of a near name in the same folder, or of the same or a near name in the project's folder and
/// those in it, or the only one of its kind there.
fn near(path: &Path, named: Named, folder: &Path) -> Option<String> {
    if folder.as_os_str().is_empty() {
        return None;
    }
    let wanted = file_name(path);
    let mut places: Vec<PathBuf> = Vec::new();
    // Of a folder, what is in it: what is around it may be anybody's.
    places.extend(if path.is_dir() { Some(path.to_owned()) } else { path.parent().map(Path::to_owned) });
    places.push(folder.to_owned());
    places.extend(
        inside(folder)
            .filter(|(path, _)| path.is_dir())
            .filter(|(_, name)| !name.starts_with('.') && name != "out")
            .map(|(path, _)| path),
    );
    places.dedup();
    let written = |place: &Path, name: &str| {
        let path = place.join(name);
        let path = path.strip_prefix(folder).unwrap_or(&path);
        path.to_str().map(|path| path.replace('\\', "/"))
    };
    let is_kind = |name: &str| {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        ending.is_some_and(|ending| named.endings.contains(&ending.as_str()))
    };
    let files: Vec<(PathBuf, Vec<String>)> = places
        .into_iter()
        .map(|place| {
            let names = inside(&place).filter(|(path, name)| is_kind(name) && path.is_file()).map(|(_, name)| name);
            let names: Vec<String> = names.collect();
            (place, names)
        })
        .collect();
    let same = files.iter().find_map(|(place, names)| {
        let name = names.iter().find(|name| name.eq_ignore_ascii_case(&wanted))?;
        written(place, name)
    });
    let near = || {
        files.iter().find_map(|(place, names)| {
            let name = suggest::nearest(&wanted, names.iter().map(String::as_str))?;
            written(place, name)
        })
    };
    let only = || {
        let mut all = files
            .iter()
            .flat_map(|(place, names)| names.iter().filter_map(|name| written(place, name)))
            .collect::<Vec<_>>();
        all.sort();
        all.dedup();
        if all.len() == 1 { all.pop() } else { None }
    };
    same.or_else(near).or_else(only).filter(|found| folder.join(found) != *path)
}

/// What a folder holds, by name; nothing of one that cannot be read.
fn inside(folder: &Path) -> impl Iterator<Item = (PathBuf, String)> {
    let mut found: Vec<(PathBuf, String)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .take(MAX_LOOKED_THROUGH)
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.path(), entry.file_name().to_str()?.to_owned()))
        })
        .collect();
    found.sort();
    found.into_iter()
}
