//! The project's data: contacts first, then events in the order of their arrival.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flow_ir::Program;
use flow_runtime::engine::{self, Engine, Imported};
use flow_runtime::inbound::{
    Arrival, ContactReader, ContactRow, EventReader, Finding, InboundError, Tally, WholeFile, accept,
};
use flow_runtime::open::Kind;
use flow_runtime::settings::{Settings, open_plain};
use flow_runtime::store::Store;
use flow_runtime::system;
use flow_runtime::time::{Instant, Span, civil};

use super::failure::{from_engine, from_inbound};
use super::progress::Progress;
use super::report::summary;
use super::shut_out::{Earlier, ShutOut};
use crate::output::Failure;

/// Findings go to this file beside the store, whose name stands before it: no two stores share one, and none is a store itself.
const NOTEBOOK: &str = "rejected.txt";
/// The first line says whose the file is: what does not begin with it is somebody else's, and is left alone.
const OURS: &str = "# What Flow did not take.";
/// How the first line ends, for a list that is written whole and for one that goes on.
const WRITTEN_ANEW: &str = "Each run writes this list anew.";
const GOES_ON: &str = "`flow serve` adds to this list for as long as its store lives; what a file of contacts has said already is not repeated.";

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

/// Everything that was not taken, a line each.
pub(crate) struct Notebook {
    path: PathBuf,
    file: RefCell<BufWriter<File>>,
    lines: std::cell::Cell<u64>,
    /// Whether it holds what earlier processes noted.
    goes_on: bool,
    /// What stood in it, by numbers for its lines: two lines of one number would only hide a remark.
    noted: HashSet<u64>,
}

impl Notebook {
    /// Beside the store; what an earlier run noted is written anew, since every run reads the files whole.
    pub(crate) fn new(store: &Path) -> Result<Self, Failure> {
        Self::open(store, false)
    }

    /// The same for a process that goes on where an earlier one was: what that one noted stays.
    pub(crate) fn appending(store: &Path) -> Result<Self, Failure> {
        Self::open(store, true)
    }

    fn open(store: &Path, goes_on: bool) -> Result<Self, Failure> {
        let stem = store.file_stem().unwrap_or_default().to_string_lossy();
        let path = store.with_file_name(format!("{stem}.{NOTEBOOK}"));
        if !is_free(&path).map_err(|error| unwritable(&path, &error))? {
            return Err(Failure::new(
                format!("`{}`, where what is not taken is listed, is a file that Flow has not written", path.display()),
                "move it away, or use `--store`; nothing of it was changed",
            ));
        }
        let begins = !goes_on || !path.exists();
        let noted = if begins { HashSet::new() } else { lines_of(&path).map_err(|error| unwritable(&path, &error))? };
        let header = if goes_on { GOES_ON } else { WRITTEN_ANEW };
        let file = if begins { File::create(&path) } else { File::options().append(true).open(&path) };
        let file =
            file.and_then(|mut file| if begins { writeln!(file, "{OURS} {header}").map(|()| file) } else { Ok(file) });
        let file = file.map_err(|error| unwritable(&path, &error))?;
        Ok(Self { path, file: RefCell::new(BufWriter::new(file)), lines: std::cell::Cell::new(0), goes_on, noted })
    }

    /// Writes down what was noted so far.
    pub(crate) fn flush(&self) -> Result<(), Failure> {
        self.file.borrow_mut().flush().map_err(|error| unwritable(&self.path, &error))
    }

    pub(crate) fn note(&self, finding: Finding<'_>) -> io::Result<()> {
        self.lines.set(self.lines.get() + 1);
        writeln!(self.file.borrow_mut(), "{finding}")
    }

    /// The same of a file that each process reads whole: what the list has of it is not said again, and counts.
    fn note_once(&self, finding: Finding<'_>) -> io::Result<()> {
        if self.noted.contains(&digest(&finding.to_string())) {
            self.lines.set(self.lines.get() + 1);
            return Ok(());
        }
        self.note(finding)
    }

    /// The file and how many findings it has; none where nothing was noted. The list of a whole run begins with how much there is of what.
    pub(crate) fn finish(self, tallies: &[(String, &Tally)]) -> Result<Option<(PathBuf, u64)>, Failure> {
        if self.lines.get() == 0 {
            if !self.goes_on {
                // An empty file that stays does no harm.
                let _ = fs::remove_file(&self.path);
            }
            return Ok(None);
        }
        let flushed = self.file.borrow_mut().flush();
        let summed = flushed.and_then(|()| if self.goes_on { Ok(()) } else { self.sum_up(&summary(tallies)) });
        summed.map_err(|error| unwritable(&self.path, &error))?;
        Ok(Some((self.path, self.lines.get())))
    }

    /// Puts the summary behind the first line. A list is there at every instant, with it or without.
    fn sum_up(&self, summary: &str) -> io::Result<()> {
        let mut name = self.path.clone().into_os_string();
        name.push(".new");
        let whole = PathBuf::from(name);
        let mut list = BufReader::new(File::open(&self.path)?);
        let mut out = BufWriter::new(File::create(&whole)?);
        let mut first = String::new();
        list.read_line(&mut first)?;
        write!(out, "{first}{summary}")?;
        io::copy(&mut list, &mut out)?;
        out.flush()?;
        fs::rename(&whole, &self.path)
    }
}

fn lines_of(path: &Path) -> io::Result<HashSet<u64>> {
    BufReader::new(File::open(path)?).lines().map(|line| line.map(|line| digest(&line))).collect()
}

/// Whether there is no such file, an empty one, or a list of an earlier run.
fn is_free(path: &Path) -> io::Result<bool> {
    let mut first = String::new();
    match open_plain(path) {
        Ok(file) => {
            file.take(OURS.len() as u64).read_to_string(&mut first)?;
            Ok(first.is_empty() || first == OURS)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("`{}`, which lists what was not taken, cannot be written: {}", path.display(), cause(error)),
        system::help(error).unwrap_or(
            "make room on the disk, or use `--store`; everything else is kept, and the same command goes on from there",
        ),
    )
}

/// What became of the rows of `contacts.csv`.
#[derive(Debug, Default)]
pub(crate) struct ContactsTaken {
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

/// Events about people of whom the contacts say nothing, where that is so of all of them.
pub(crate) struct Strangers {
    /// How many of the events have a user id.
    pub(crate) events: u64,
    /// The column that may hold the ids they mean.
    pub(crate) column: Option<String>,
    /// The column of a tool's own ids that was taken for theirs.
    pub(crate) guessed: Option<String>,
}

/// Whether events are about anybody in the contacts.
#[derive(Default)]
pub(crate) struct Met<'c> {
    people: Option<&'c HashSet<u64>>,
    with_ids: u64,
    anybody: bool,
}

impl<'c> Met<'c> {
    pub(crate) fn new(contacts: &'c ContactsTaken) -> Self {
        Self { people: Some(&contacts.people).filter(|people| !people.is_empty()), ..Self::default() }
    }

    fn look(&mut self, arrival: &Arrival) {
        let users = || arrival.keys.iter().filter(|key| key.starts_with("user:"));
        self.with_ids += u64::from(users().next().is_some());
        self.anybody |= self.people.is_some_and(|people| arrival.keys.iter().any(|key| people.contains(&digest(key))));
    }

    /// Where they never meet.
    pub(crate) fn strangers(&self, contacts: &ContactsTaken) -> Option<Strangers> {
        let strangers = self.people.is_some() && self.with_ids > 0 && !self.anybody;
        let (column, guessed) = (&contacts.possible_ids, &contacts.guessed_ids);
        strangers.then(|| Strangers { events: self.with_ids, column: column.clone(), guessed: guessed.clone() })
    }
}

/// A number for a key: two keys of one number would only hide a remark.
fn digest(key: &str) -> u64 {
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

/// Takes the contacts in. A live store stays as it is where they would shut out most of themselves and nobody has said that this is meant.
pub(crate) fn import<S: Store>(
    engine: &mut Engine<S>,
    settings: &Settings,
    (kind, start): (Kind, Instant),
    notebook: &mut Notebook,
    progress: &mut dyn FnMut(&engine::Progress),
) -> Result<ContactsTaken, Failure> {
    let Some(path) = &settings.data.contacts else { return Ok(ContactsTaken::default()) };
    let program = std::sync::Arc::clone(engine.program());
    let name = file_name(path);
    let mut reader = ContactReader::open(BufReader::new(open(path)?), name.as_str(), &program, &settings.columns)
        .map_err(|error| from_inbound(&error))?
        .as_of(start.max(engine.now()));
    let ignored_columns = reader.ignored_columns().to_vec();
    let possible_ids = reader.possible_id_column().map(str::to_owned);
    let guessed_ids = reader.guessed_id_column().map(str::to_owned);
    let absent_fields = reader.absent_fields().into_iter().map(str::to_owned).collect();
    let mut tally = Tally::default();
    let mut note = |finding: Finding<'_>| notebook.note_once(finding);
    let rows: Result<Vec<_>, InboundError> = accept(reader.by_ref(), &mut tally, &mut note).collect();
    let rows = rows.map_err(|error| from_inbound(&error))?;
    let shut_out = ShutOut::new(&name, reader.consent_columns(), &rows, settings);
    if kind == Kind::Live && shut_out.is_most() {
        let news = engine.new_refusals(&rows, &|refusal| shut_out.counts(refusal)).map_err(from_engine)?;
        shut_out.refusal(news).map_or(Ok(()), Err)?;
    }
    let earlier = Earlier::find(engine, &shut_out, &ignored_columns, &rows).map_err(from_engine)?;
    let imported = engine.import_contacts(&name, &rows, start, progress).map_err(from_engine)?;
    let people = rows.iter().flat_map(|row| &row.keys).map(|key| digest(key)).collect();
    Ok(ContactsTaken {
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

/// Runs the events up to the end of the run, and whatever falls due between and after them.
pub(crate) fn run_events<S: Store>(
    engine: &mut Engine<S>,
    settings: &Settings,
    end: Instant,
    notebook: &mut Notebook,
    met: &mut Met<'_>,
    progress: &mut Progress,
) -> Result<Tally, Failure> {
    let last = end.sub_ms(1);
    let mut tally = Tally::default();
    let Some(path) = &settings.data.events else {
        engine.run_until(last, &mut std::iter::empty(), &mut |at| progress.at(at)).map_err(from_engine)?;
        return Ok(tally);
    };
    let program = std::sync::Arc::clone(engine.program());
    let events = EventReader::open(BufReader::new(open(path)?), file_name(path), &program)
        .map_err(|error| from_inbound(&error))?;
    let mut note = |finding: Finding<'_>| notebook.note(finding);
    let mut broken = None;
    {
        let taken = accept(events, &mut tally, &mut note);
        // A file that cannot be read further ends the stream; the run stops after what it took.
        let readable = taken.map_while(|event| event.map_err(|error| broken = Some(error)).ok());
        let mut arrivals = readable.inspect(|arrival| met.look(arrival));
        engine.run_until(last, &mut arrivals, &mut |at| progress.at(at)).map_err(from_engine)?;
        // Events that arrive after the run still have to be read, so that every line has its count.
        arrivals.for_each(drop);
    }
    match broken {
        Some(error) => Err(from_inbound(&error)),
        None => Ok(tally),
    }
}

/// Before any work: a run that brings in its contacts and then misses its events helps nobody.
pub(crate) fn check_readable(settings: &Settings) -> Result<(), Failure> {
    [&settings.data.contacts, &settings.data.events].into_iter().flatten().try_for_each(|path| open(path).map(drop))
}

fn open(path: &Path) -> Result<WholeFile, Failure> {
    open_plain(path).and_then(WholeFile::new).map_err(|error| {
        Failure::new(
            format!("`{}` cannot be read: {}", path.display(), cause(&error)),
            system::help(&error).unwrap_or("mend `[data]` in flow.toml, or put the file there"),
        )
    })
}

/// What the system said, in words.
fn cause(error: &io::Error) -> String {
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
