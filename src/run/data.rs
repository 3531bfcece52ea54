//! The project's data: contacts first, then events in the order of their arrival.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use flow_ir::Program;
use flow_runtime::engine::{self, ContactsFile, Engine, EngineError, Imported, Unread};
use flow_runtime::inbound::{
    ContactReader, ContactRow, EventReader, Finding, Fingerprint, Fingerprinting, InboundError, Tally, WholeFile,
    accept,
};
use flow_runtime::open::Kind;
use flow_runtime::settings::{Settings, open_plain};
use flow_runtime::store::Store;
use flow_runtime::system;
use flow_runtime::time::{Instant, Span, civil};

use super::Stopped;
use super::failure::{ended_by, ended_in};
use super::notebook::Notebook;
use super::progress::Progress;
use super::shut_out::{Earlier, ShutOut};
use super::strangers::Met;
use crate::output::Failure;
use crate::signals::{Heard, Signals, is_stop};

/// The first instant of a run and the first one after it: whole days in the project's zone.
pub(crate) fn span(settings: &Settings) -> Result<(Instant, Instant), Failure> {
    let missing = || {
        let help = "add to flow.toml:\n  [run]\n  start = 2026-03-02\n  days = 90";
        Failure::new("flow.toml does not say when the virtual clock starts", help)
    };
    let run = settings.run.ok_or_else(missing)?;
    let outside = || Failure::new(format!("{} lies outside the calendar", run.start), "set another `start` in `[run]`");
    let start = civil::start_of_day(run.start, settings.timezone).ok_or_else(outside)?;
    let days = i32::try_from(run.days).unwrap_or(i32::MAX);
    Ok((start, civil::add(start, Span::days(days), settings.timezone)))
}

/// What became of the rows of `contacts.csv`.
#[derive(Debug, Default)]
pub(crate) struct ContactsTaken {
    /// What the file is called.
    file: String,
    pub(crate) tally: Tally,
    pub(crate) imported: Imported,
    pub(crate) ignored_columns: Vec<String>,
    /// Required fields of workflows that no column fills.
    pub(crate) absent_fields: Vec<String>,
    /// Whom it shuts out from mail, and by which columns.
    pub(crate) shut_out: ShutOut,
    /// Whom it does not any more, and who are shut out still.
    pub(crate) earlier: Option<Earlier>,
    /// A column that fills nothing and may hold user ids.
    possible_ids: Option<String>,
    /// A column of other ids that was taken for user ids.
    guessed_ids: Option<String>,
    /// Who the rows are about.
    people: HashSet<u64>,
}

/// A number for a key: two keys of one number would only hide a remark.
pub(crate) fn digest(key: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// What the file of contacts would come to.
pub(crate) struct Foreseen {
    pub(crate) tally: Tally,
    pub(crate) shut_out: ShutOut,
}

/// Reads the file of contacts as an import does, before any work; none where there is none or it cannot be read, which is told elsewhere.
pub(crate) fn foresee(settings: &Settings, program: &Program) -> Option<Foreseen> {
    let path = settings.data.contacts.as_ref()?;
    let name = file_name(path);
    let file = BufReader::new(open(path).ok()?);
    let mut reader = ContactReader::open(file, name.as_str(), program, &settings.columns).ok()?;
    // Only whom they shut out is asked.
    let bare = |row: ContactRow| ContactRow { keys: Vec::new(), values: Vec::new(), ..row };
    let (mut tally, mut unheard) = (Tally::default(), |_: Finding<'_>| Ok(()));
    let rows = accept(reader.by_ref(), &mut tally, &mut unheard).map(|row| row.map(bare));
    let rows: Vec<ContactRow> = rows.collect::<Result<_, InboundError>>().ok()?;
    let shut_out = ShutOut::new(&name, reader.consent_columns(), &rows, settings);
    Some(Foreseen { tally, shut_out })
}

/// The same of the file of events, of which nothing but what is not taken shows beforehand.
pub(crate) fn foresee_events(settings: &Settings, program: &Program) -> Option<Tally> {
    let path = settings.data.events.as_ref()?;
    let events = EventReader::open(BufReader::new(open(path).ok()?), file_name(path), program).ok()?;
    let (mut tally, mut unheard) = (Tally::default(), |_: Finding<'_>| Ok(()));
    accept(events, &mut tally, &mut unheard).try_for_each(|event| event.map(drop)).ok()?;
    Some(tally)
}

/// Stops before a store begins whose contacts would shut out most of themselves: all of them are new to it.
pub(crate) fn ask_first(settings: &Settings, program: &Program) -> Result<(), Failure> {
    foresee(settings, program).and_then(|foreseen| foreseen.shut_out.refusal_of_all()).map_or(Ok(()), Err)
}

/// What the file of contacts is known by; none where there is none.
pub(crate) fn fingerprint<S: Store>(
    engine: &Engine<S>,
    settings: &Settings,
    signals: &Signals,
) -> Result<Option<Fingerprint>, Stopped> {
    let Some(path) = &settings.data.contacts else { return Ok(None) };
    let lengths = engine.imported_lengths().map_err(ended_by)?;
    let ended = |error: io::Error| if is_stop(&error) { Stopped::Signal } else { unreadable(path, &error).into() };
    Fingerprint::read(Heard::new(open(path)?, signals), lengths).map(Some).map_err(ended)
}

/// Takes the contacts in, from the file of this fingerprint. A live store stays as it is where they would shut out most of themselves and nobody has said that this is meant.
pub(crate) fn import<S: Store>(
    engine: &mut Engine<S>,
    settings: &Settings,
    print: Option<&Fingerprint>,
    (kind, start): (Kind, Instant),
    (notebook, signals): (&Notebook, &Signals),
    progress: &mut dyn FnMut(&engine::Progress),
) -> Result<ContactsTaken, Stopped> {
    let (Some(path), Some(print)) = (&settings.data.contacts, print) else { return Ok(ContactsTaken::default()) };
    let program = std::sync::Arc::clone(engine.program());
    let name = file_name(path);
    let first_read = engine.first_read_at(print).map_err(ended_by)?;
    let mut bytes = Fingerprinting::new(Heard::new(open(path)?, signals), BTreeSet::new());
    let mut reader = ContactReader::open(BufReader::new(&mut bytes), name.as_str(), &program, &settings.columns)
        .map_err(ended_in)?
        .as_of(first_read.unwrap_or(start.max(engine.now())));
    let ignored_columns = reader.ignored_columns().to_vec();
    let possible_ids = reader.possible_id_column().map(str::to_owned);
    let guessed_ids = reader.guessed_id_column().map(str::to_owned);
    let absent_fields = reader.absent_fields().into_iter().map(str::to_owned).collect();
    let mut tally = Tally::default();
    let mut note = |finding: Finding<'_>| notebook.note(finding);
    let rows: Result<Vec<_>, InboundError> = accept(reader.by_ref(), &mut tally, &mut note).collect();
    let rows = rows.map_err(ended_in)?;
    let shut_out = ShutOut::new(&name, reader.consent_columns(), &rows, settings);
    drop(reader);
    if bytes.finish().whole != print.whole {
        return Err(changed_meanwhile(path).into());
    }
    if kind == Kind::Live && shut_out.is_most() {
        let news = engine.new_refusals(&rows, &|refusal| shut_out.counts(refusal)).map_err(ended_by)?;
        shut_out.refusal(news).map_or(Ok(()), Err)?;
    }
    let earlier = Earlier::find(engine, &shut_out, &ignored_columns, &rows).map_err(ended_by)?;
    let file = ContactsFile { name: &name, print, rows: &rows };
    let mut left_out = Vec::new();
    let imported = engine.import_contacts(file, start, &mut |of_a_row| left_out.push(of_a_row), progress);
    let imported = imported.map_err(ended_by)?;
    for of_a_row in left_out {
        tally.add_note(&of_a_row);
        notebook.tell(Finding::SetAside(&of_a_row))?;
    }
    let people = rows.iter().flat_map(|row| &row.keys).map(|key| digest(key.as_bytes())).collect();
    Ok(ContactsTaken {
        file: name,
        tally,
        imported,
        ignored_columns,
        absent_fields,
        shut_out,
        earlier,
        possible_ids,
        guessed_ids,
        people,
    })
}

impl ContactsTaken {
    /// What the file is called, where there is one.
    pub(crate) fn file(&self) -> Option<&str> {
        Some(self.file.as_str()).filter(|file| !file.is_empty())
    }

    /// Who the rows are about, by numbers for their keys.
    pub(crate) fn people(&self) -> &HashSet<u64> {
        &self.people
    }

    /// The column that fills nothing and may hold user ids, and the one of other ids that was taken for them.
    pub(crate) fn id_columns(&self) -> (Option<&str>, Option<&str>) {
        (self.possible_ids.as_deref(), self.guessed_ids.as_deref())
    }

    /// Whether every row was taken before.
    pub(crate) fn is_known(&self) -> bool {
        self.imported.known == self.tally.taken()
    }

    /// Said where an older Flow has taken contacts, and nobody can tell whether they were these.
    pub(crate) fn doubt(&self) -> Option<Failure> {
        let file = &self.file;
        self.imported.is_doubtful.then(|| {
            Failure::new(
                format!(
                    "an older Flow has taken contacts into this store, and it cannot be told whether `{file}` is a newer file or is only \
                     read otherwise now: in doubt nobody gets mail, so what it says fills gaps, overrules nothing and lets nobody in"
                ),
                "where it is a newer export, export it once more when something has changed: from now on Flow knows a file by its bytes",
            )
        })
    }
}

/// Nobody knows which of the two files was read.
fn changed_meanwhile(path: &Path) -> Failure {
    Failure::new(
        format!("`{}` was changed while it was read, and nothing of it was taken", path.display()),
        "let whatever writes the file come to its end, best under another name that is then changed to this one, and give the same command",
    )
}

/// Runs the events up to the end of the run, and whatever falls due between and after them.
pub(crate) fn run_events<S: Store>(
    engine: &mut Engine<S>,
    settings: &Settings,
    end: Instant,
    notebook: &Notebook,
    signals: &Signals,
    met: &mut Met<'_>,
    progress: &mut Progress,
) -> Result<Tally, Stopped> {
    let last = end.sub_ms(1);
    let mut tally = Tally::default();
    let Some(path) = &settings.data.events else {
        engine.run_until(last, &mut std::iter::empty(), &mut |at| progress.at(at)).map_err(ended_by)?;
        return Ok(tally);
    };
    let program = std::sync::Arc::clone(engine.program());
    let file = BufReader::new(Heard::new(open(path)?, signals));
    let events = EventReader::open(file, file_name(path), &program).map_err(ended_in)?;
    let mut note = |finding: Finding<'_>| notebook.note(finding);
    let mut broken = None;
    {
        let taken = accept(events, &mut tally, &mut note);
        let readable = taken.map(|event| event.map_err(|error| note_broken(&mut broken, error)));
        let mut arrivals = readable.inspect(|arrival| arrival.iter().for_each(|arrival| met.look(arrival)));
        match engine.run_until(last, &mut arrivals, &mut |at| progress.at(at)) {
            // Why is told below.
            Err(EngineError::Unread) => {}
            ran => ran.map_err(ended_by)?,
        }
        // Events that arrive after the run still have to be read, so that every line has its count.
        arrivals.take_while(Result::is_ok).for_each(drop);
    }
    match broken {
        Some(error) => Err(ended_in(error)),
        None => Ok(tally),
    }
}

/// Keeps why the events could not be read further: the first reason, of which the others follow.
fn note_broken(broken: &mut Option<InboundError>, error: InboundError) -> Unread {
    broken.get_or_insert(error);
    Unread
}

/// Before any work: a run that brings in its contacts and then misses its events helps nobody.
pub(crate) fn check_readable(settings: &Settings) -> Result<(), Failure> {
    [&settings.data.contacts, &settings.data.events].into_iter().flatten().try_for_each(|path| open(path).map(drop))
}

fn open(path: &Path) -> Result<WholeFile, Failure> {
    open_plain(path).and_then(WholeFile::new).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("`{}` cannot be read: {}", path.display(), cause(error)),
        system::help(error).unwrap_or("mend `[data]` in flow.toml, or put the file there"),
    )
}

/// What the system said, in words.
pub(crate) fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not do that".to_owned(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::InvalidData => "it is not text".to_owned(),
        _ => system::said(error),
    }
}

/// What the files of a project are called where something of them was not taken.
pub(crate) fn named<'t>(settings: &Settings, contacts: &'t Tally, events: &'t Tally) -> [(String, &'t Tally); 2] {
    let name = |path: &Option<PathBuf>| path.as_deref().map(file_name).unwrap_or_default();
    [(name(&settings.data.contacts), contacts), (name(&settings.data.events), events)]
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
