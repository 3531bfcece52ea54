//! The project's data: contacts first ([`contacts`](super::contacts)), then events in the order of their arrival.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::thread::Scope;

use flow_ir::Program;
use flow_runtime::engine::{Engine, EngineError, Unread};
use flow_runtime::inbound::{
    EventReader, Finding, InboundError, Intake, ReadAhead, Tally, Wanted, WantedFile, WholeFile, accept,
};
use flow_runtime::settings::{Settings, open_plain};
use flow_runtime::store::Store;
use flow_runtime::system;
use flow_runtime::time::{Instant, Span, civil};

use super::Stopped;
use super::failure::{ended_by, ended_in};
use super::notebook::Notebook;
use super::progress::Progress;
use super::strangers::Met;
use crate::output::Failure;
use crate::signals::{Heard, Signals};

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

/// A number for a line: two lines of one number would only hide a remark.
pub(crate) fn digest(line: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}

/// Reads the file of events as a run does, before any work; none where there is none or it cannot be read. Nothing but what is not taken shows
/// beforehand.
pub(crate) fn foresee_events(settings: &Settings, program: &Program) -> Option<Tally> {
    let path = settings.data.events.as_ref()?;
    let events = EventReader::open(BufReader::new(open(path).ok()?), file_name(path), program).ok()?;
    let (mut tally, mut unheard) = (Tally::default(), |_: Finding<'_>| Ok(()));
    accept(events, &mut tally, &mut unheard).try_for_each(|event| event.map(drop)).ok()?;
    Some(tally)
}

/// The events of a run, read on a thread of their own.
pub(crate) type EventsIntake<'s> = Intake<'s, EventReader<'s, BufReader<WantedFile<Heard<'s, WholeFile>>>>>;

/// Begins to read the events; none where there is no file of them. Its thread learns their order while the contacts are taken in.
pub(crate) fn begin_events<'s>(
    scope: &'s Scope<'s, '_>,
    settings: &Settings,
    program: &'s Program,
    signals: &'s Signals,
) -> Result<Option<EventsIntake<'s>>, Failure> {
    let Some(path) = &settings.data.events else { return Ok(None) };
    let (file, name) = (open(path)?, file_name(path));
    let read =
        move |wanted: &Wanted| EventReader::open(BufReader::new(wanted.file(Heard::new(file, signals))), name, program);
    Ok(Some(Intake::begin(scope, ReadAhead::default(), read)))
}

/// Runs the events up to the end of the run, and whatever falls due between and after them.
pub(crate) fn run_events<S: Store>(
    engine: &mut Engine<S>,
    events: Option<EventsIntake<'_>>,
    end: Instant,
    notebook: &Notebook,
    met: &mut Met<'_>,
    progress: &mut Progress,
) -> Result<Tally, Stopped> {
    let last = end.sub_ms(1);
    let mut tally = Tally::default();
    let Some(events) = events else {
        engine.run_until(last, &mut std::iter::empty(), &mut |at| progress.at(at)).map_err(ended_by)?;
        return Ok(tally);
    };
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

/// Keeps why a file could not be read further: the first reason, of which the others follow.
pub(super) fn note_broken(broken: &mut Option<InboundError>, error: InboundError) -> Unread {
    broken.get_or_insert(error);
    Unread
}

/// Before any work: a run that brings in its contacts and then misses its events helps nobody.
pub(crate) fn check_readable(settings: &Settings) -> Result<(), Failure> {
    [&settings.data.contacts, &settings.data.events].into_iter().flatten().try_for_each(|path| open(path).map(drop))
}

pub(super) fn open(path: &Path) -> Result<WholeFile, Failure> {
    open_plain(path).and_then(WholeFile::new).map_err(|error| unreadable(path, &error))
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Failure {
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
