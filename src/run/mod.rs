//! `flow run`: compiles a project, brings in its data, and rehearses on a virtual clock: everyone goes through it, and every mail is
//! written into a folder, whatever `[mail]` says (E13).
//!
//! Every run goes on from what the store holds: contacts and events that are known change nothing, so a run that was stopped, by
//! whatever, is taken up by the same command.

pub(crate) mod backend;
pub(crate) mod contacts;
pub(crate) mod data;
pub(crate) mod delivery;
pub(crate) mod failure;
mod kept;
pub(crate) mod notebook;
mod progress;
pub(crate) mod report;
pub(crate) mod show;
pub(crate) mod shut_out;
pub(crate) mod store;
pub(crate) mod strangers;
mod table;
pub(crate) mod words;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Instant as WallClock;

use clap::{Args, ValueEnum};
use flow_ir::Program;
use flow_ir::units::DAY_MS;
use flow_runtime::engine::{self, BATCH_ITEMS, Engine, Limits};
use flow_runtime::inbound::Tally;
use flow_runtime::open::{Kind, StoreName};
use flow_runtime::report::RunReport;
use flow_runtime::settings::{MailSettings, Settings};
use flow_runtime::store::Store;
use flow_runtime::time::Instant;

use crate::load::{Ready, ready, settings_findings};
use crate::output::{Failure, Format, Outcome, Output};
use crate::project;
use crate::signals::Signals;
use contacts::ContactsFound;
use failure::from_engine;
use notebook::Notebook;
use report::{Finished, Rate, Standing};

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The project's folder; without it, the nearest one upward from here that has a flow.toml
    project: Option<PathBuf>,
    /// What runs the steps
    #[arg(long, value_enum, default_value_t, value_name = "BACKEND")]
    backend: BackendChoice,
    /// Start over: the store and the folder of its mails are set aside, with the time behind their names
    #[arg(long)]
    fresh: bool,
    /// Keep people in the file alone: it takes longer, and as little memory for many as for few
    #[arg(long)]
    low_memory: bool,
    /// Another database file than the one in flow.toml
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Write mail to this folder, whatever flow.toml says
    #[arg(long, value_name = "FOLDER")]
    mail_dir: Option<PathBuf>,
    /// How many days to run, instead of the number in flow.toml
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: Option<u32>,
    /// What the store's own name is made of, so that tests can compare the messages of two of them
    #[arg(long, value_name = "N", hide = true)]
    chance: Option<u64>,
    /// What becomes of each mail, by rules in a file, so that tests can have late and wrong answers
    #[arg(long, value_name = "FILE", hide = true)]
    mail_script: Option<PathBuf>,
    /// Keeps nothing: the store is in memory, so that tests can compare the two kinds of stores
    #[arg(long, hide = true, conflicts_with_all = ["fresh", "store"])]
    in_memory: bool,
    /// How many items a commit holds: it changes no result, so only tests that stop a run between and inside commits want another number
    #[arg(long, value_name = "N", hide = true, default_value_t = BATCH_ITEMS, value_parser = batch_items)]
    batch_items: usize,
}

fn batch_items(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|items| *items > 0).ok_or_else(|| "give a whole number above 0".to_owned())
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendChoice {
    /// Machine code
    #[default]
    Native,
    /// The reference interpreter of the same program
    Interpreter,
}

/// Runs a project and tells what happened.
pub(crate) fn run(arguments: &RunArguments, output: &mut Output) -> io::Result<Outcome> {
    let Ready { settings, program, folder } = match ready(arguments.project.as_deref(), output)? {
        Ok(ready) => ready,
        Err(told) => return Ok(told),
    };
    let rehearsed = with_arguments(settings.clone(), arguments);
    let mail = delivery::rehearsal_words(&settings, &rehearsed);
    match carry_out(arguments, &rehearsed, program, mail, output) {
        Ok(finished) => output.finished(&finished),
        Err(stopped) => stopped.report(&folder, output),
    }
}

/// What kept a run from its end. What was committed by then is kept.
pub(crate) enum Stopped {
    Failure(Failure),
    /// Somebody wanted it to stop, and everything is whole.
    Signal,
    Settings(Vec<flow_runtime::settings::SettingsFault>),
    /// What is wrong with them is in the environment, not in the project.
    Secrets(Vec<Failure>),
}

impl Stopped {
    /// The secrets that are missing, or none.
    pub(crate) fn secrets(faults: Vec<flow_runtime::settings::SettingsFault>) -> Stopped {
        Stopped::Secrets(faults.into_iter().map(failure::from_secret).collect())
    }

    /// What failed, where something did.
    pub(crate) fn failures(&self) -> &[Failure] {
        match self {
            Stopped::Failure(failure) => std::slice::from_ref(failure),
            Stopped::Secrets(failures) => failures,
            Stopped::Signal | Stopped::Settings(_) => &[],
        }
    }

    /// Says so.
    pub(crate) fn report(self, folder: &Path, output: &mut Output) -> io::Result<Outcome> {
        match self {
            Stopped::Failure(failure) => output.report(&[], &[failure], ""),
            Stopped::Signal => output.report(&[], &[before_the_end()], ""),
            Stopped::Secrets(failures) => output.report(&[], &failures, ""),
            Stopped::Settings(faults) => {
                let text = project::settings_text(folder).unwrap_or_default();
                output.report(&[settings_findings(&text, &faults)], &[], "")
            }
        }
    }
}

/// A rehearsal that has no report: who asks for one is told why.
fn before_the_end() -> Failure {
    Failure::new(
        "a signal stopped the run before its end",
        "everything up to the last commit is kept: the same command goes on from there",
    )
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Stopped::Failure(failure)
    }
}

fn with_arguments(mut settings: Settings, arguments: &RunArguments) -> Settings {
    if let Some(store) = &arguments.store {
        settings.store.clone_from(store);
    }
    if let Some(folder) = delivery::rehearsal_folder(&settings, arguments.mail_dir.as_deref()) {
        settings.mail = MailSettings::File { folder };
    }
    if let (Some(days), Some(run)) = (arguments.days, &mut settings.run) {
        run.days = days;
    }
    settings
}

fn carry_out(
    arguments: &RunArguments,
    settings: &Settings,
    program: Program,
    mail: String,
    output: &mut Output,
) -> Result<Finished, Stopped> {
    let (start, end) = data::span(settings)?;
    data::check_readable(settings)?;
    let secrets = settings.secrets(&environment).map_err(Stopped::secrets)?;
    if arguments.fresh {
        store::set_aside(settings)?;
    }
    let channel = delivery::channel(settings, &secrets, Kind::Rehearsal)?;
    let keeping = store::keeping(arguments.low_memory);
    let (mut store, program, is_of_another) =
        store::rehearsal(&program, &settings.store, arguments.in_memory, keeping)?;
    let program = Arc::new(program);
    let (backend, compiled) = backend::prepare(arguments.backend, &program)?;
    let mut prepared = delivery::prepare(channel, settings, secrets, &program)?;
    if let Some(script) = &arguments.mail_script {
        prepared = prepared.scripted(script)?;
    }
    let chance = arguments.chance.unwrap_or_else(store::chance);
    let name = flow_runtime::open::name(&mut store, &StoreName::of(chance)).map_err(failure::from_store)?;
    let delivery = prepared.of_store(name);
    let human = output.format() == Format::Human;
    if human {
        show::compiled(&program, &compiled, output.verbose()).map_err(failure::output)?;
    }
    let began = now();
    let limits = Limits { batch_items: arguments.batch_items, ..Limits::default() };
    // Up to here a signal ends it at once: nothing has begun.
    let signals = Signals::listen()?;
    let mut engine = Engine::open(Arc::clone(&program), backend, store, delivery, limits).map_err(from_engine)?;
    engine.stop_when(signals.asked());
    let found = contacts::find(&engine, settings, &signals)?;
    engine.begin(start, found.as_ref().map(ContactsFound::print)).map_err(from_engine)?;
    let mut progress = progress::Progress::new(start, end, settings.timezone, human);
    let notebook = Notebook::new(&settings.store)?;
    let (files, hands) = ((settings, found.as_ref()), (&notebook, &signals));
    let rehearsed = rehearse(&mut engine, files, (start, end), hands, &mut progress, output);
    let handled = progress.finish();
    let Rehearsed { contacts, events, strangers } = match rehearsed {
        Err(Stopped::Signal) => {
            engine.break_off().map_err(from_engine)?;
            engine.into_store().close().map_err(failure::from_store)?;
            return Err(Stopped::Signal);
        }
        rehearsed => rehearsed?,
    };
    let (report, mail_trouble) = told(&mut engine, &program)?;
    engine.into_store().close().map_err(failure::from_store)?;
    let rate = Rate { seconds: began.elapsed().as_secs_f64(), ..handled };
    let notebook = notebook.finish(&data::named(settings, &contacts.tally, &events))?;
    let events_file = settings.data.events.as_deref().map(data::file_name);
    let is_live = false;
    let standing = Standing { program, report, mail, events_file, is_live };
    Ok(Finished { standing, is_of_another, compiled, contacts, events, rate, strangers, notebook, mail_trouble })
}

/// What became of the data of a rehearsal.
struct Rehearsed {
    contacts: contacts::ContactsTaken,
    events: Tally,
    strangers: Option<strangers::Strangers>,
}

/// Everybody and everything of the days from `start` to before `end`.
fn rehearse<S: Store>(
    engine: &mut Engine<S>,
    (settings, found): (&Settings, Option<&ContactsFound>),
    (start, end): (Instant, Instant),
    (notebook, signals): (&Notebook, &Signals),
    progress: &mut progress::Progress,
    output: &mut Output,
) -> Result<Rehearsed, Stopped> {
    let program = Arc::clone(engine.program());
    thread::scope(|scope| {
        // Its order is learnt while the contacts come in.
        let events = data::begin_events(scope, settings, &program, signals)?;
        let told = &mut |at: &engine::Progress| progress.at(at);
        let contacts = contacts::import(engine, settings, found, (Kind::Rehearsal, start), (notebook, signals), told)?;
        let earlier = contacts.earlier.as_ref().map(|earlier| earlier.warning(Kind::Rehearsal));
        let human = output.format() == Format::Human;
        let warnings = contacts.shut_out.warning(Kind::Rehearsal).into_iter().chain(earlier).chain(contacts.doubt());
        for warning in warnings.filter(|_| human) {
            output.warning(&warning).map_err(failure::output)?;
        }
        let mut met = strangers::Met::new(&contacts);
        let events = data::run_events(engine, events, end, notebook, &mut met, progress)?;
        let strangers = met.strangers();
        Ok(Rehearsed { contacts, events, strangers })
    })
}

/// What an engine has to tell at its end: the report, and why a message last did not leave.
pub(crate) fn told<S: Store>(
    engine: &mut Engine<S>,
    program: &Program,
) -> Result<(RunReport, Option<String>), Failure> {
    let mut records = engine.records().map_err(from_engine)?;
    let report = RunReport::read(program, &mut *records).map_err(from_engine)?;
    Ok((report, engine.mail_trouble().map(str::to_owned)))
}

/// Where the settings may look for secrets.
#[expect(clippy::disallowed_methods, reason = "the command's own place for reading the environment")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The wall clock, for rates and compile times alone.
#[expect(clippy::disallowed_methods, reason = "how long the work took is told to people; no result depends on it")]
pub(crate) fn now() -> WallClock {
    WallClock::now()
}

/// How many days lie between two instants, to the nearest one: a change of clocks makes a day an hour shorter.
fn days_between(start: Instant, at: Instant) -> u64 {
    u64::try_from((at.ms_since(start) + DAY_MS / 2) / DAY_MS).unwrap_or_default()
}
