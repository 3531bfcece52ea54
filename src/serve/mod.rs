//! `flow serve`: a project for real. It lives on the wall clock: new lines of its file of events are taken as they come, whoever is due
//! acts, and mail leaves by the channel of `[mail]`. The store is its own, apart from that of rehearsals (E13).
//!
//! The first signal to stop lets the messages in hand finish and keeps their answers; a second one ends it at once. Whatever ends it,
//! the same command goes on from there.

mod bounds;
mod clock;
mod follow;
mod line;
mod log;
mod served;

use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use flow_ir::Program;
use flow_runtime::clock::{Clock, SystemClock};
use flow_runtime::engine::{self, Engine, EngineError, Limits};
use flow_runtime::happening::{self, Happening, Told};
use flow_runtime::open::{Kind, StoreName};
use flow_runtime::report::Pulse;
use flow_runtime::settings::Settings;
use flow_runtime::store::Store;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::time::Instant;

use crate::load::{Ready, ready};
use crate::output::{Failure, Format, Outcome, Output};
use crate::run::contacts::ContactsFound;
use crate::run::failure::{ended_by, from_engine, from_store};
use crate::run::notebook::Notebook;
use crate::run::report::{Finished, Rate, Standing};
use crate::run::strangers::Met;
use crate::run::{self, BackendChoice, Stopped, backend, contacts, data, delivery, show, store};
use crate::signals::Signals;
use clock::MachineClock;
use follow::Events;
use line::Line;
use log::{LogFormat, LogLevel};
use served::Mark;

/// How long the loop rests where nothing is due: new lines and signals wait no longer than that.
const REST: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The project's folder; without it, the nearest one upward from here that has a flow.toml
    project: Option<PathBuf>,
    /// Take events from the project's files alone, without a server for webhooks and pages
    #[arg(long)]
    no_http: bool,
    /// What runs the steps
    #[arg(long, value_enum, default_value_t, value_name = "BACKEND")]
    backend: BackendChoice,
    /// Tell now and then how things stand, on stderr, also where that is no terminal; with `--format json` as a JSON object a line
    #[arg(long)]
    progress: bool,
    /// What the log on stderr is for; without it, the same as `--format`
    #[arg(long, value_enum, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
    /// From which level on something stands in the log
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    log_level: LogLevel,
    /// The machine's clock is right, although it is far from when this project was served last: what fell due meanwhile happens now
    #[arg(long)]
    clock_is_right: bool,
    /// Keep people in the file alone: it takes longer, and as little memory for many as for few
    #[arg(long)]
    low_memory: bool,
    /// Another database file; without it, that of `[store]` with `.live` before its ending
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
}

/// Runs a project until it is told to stop.
pub(crate) fn serve(arguments: &ServeArguments, output: &mut Output) -> io::Result<Outcome> {
    if !arguments.no_http {
        let failure = Failure::new(
            "there is no server for webhooks and pages yet",
            "serve from the project's files alone: `flow serve --no-http`",
        );
        return output.report(&[], &[failure], "");
    }
    let Ready { settings, program, folder } = match ready(arguments.project.as_deref(), output)? {
        Ok(ready) => ready,
        Err(told) => return Ok(told),
    };
    let settings = with_arguments(settings, arguments);
    let mut line = line(arguments, &settings, output);
    let served = carry_out(arguments, &settings, (program, &folder), output, &mut line);
    if let Err(stopped) = &served {
        stopped.failures().iter().for_each(|failure| tell_failure(failure, &line, output));
    }
    match served {
        Ok(finished) => output.finished(&finished),
        // There is no report of people of whom only a part is in.
        Err(Stopped::Signal) => {
            output.report(&[], &[], "stopped before all contacts were in: the same command goes on from there")
        }
        Err(stopped) => stopped.report(&folder, output),
    }
}

fn line(arguments: &ServeArguments, settings: &Settings, output: &Output) -> Line {
    let like_output = match output.format() {
        Format::Human => LogFormat::Human,
        Format::Json => LogFormat::Json,
    };
    let log = (arguments.log_format.unwrap_or(like_output), arguments.log_level.level());
    Line::new(output.format(), log, arguments.progress, settings.timezone)
}

/// What ended it, in the log as well, where that is not read together with the words for people.
fn tell_failure(Failure { message, help }: &Failure, line: &Line, output: &Output) {
    line.log().count(true);
    if line.log().format() == LogFormat::Json || output.format() == Format::Json {
        let [says, help] = [message, help].map(|words| happening::said(words, []));
        line.log().now(Happening::Failed { says, help });
    }
}

/// The store of a rehearsal and that of real people are two files.
fn with_arguments(mut settings: Settings, arguments: &ServeArguments) -> Settings {
    settings.store = arguments.store.clone().unwrap_or_else(|| live_store(&settings.store));
    settings
}

/// `out/spring.db` becomes `out/spring.live.db`.
pub(crate) fn live_store(path: &Path) -> PathBuf {
    match path.extension() {
        Some(extension) => path.with_extension(format!("live.{}", extension.to_string_lossy())),
        None => path.with_extension("live"),
    }
}

fn carry_out(
    arguments: &ServeArguments,
    settings: &Settings,
    (program, folder): (Program, &Path),
    output: &Output,
    progress: &mut Line,
) -> Result<Finished, Stopped> {
    data::check_readable(settings)?;
    served::check(folder, &settings.store)?;
    let secrets = settings.live_secrets(&run::environment).map_err(Stopped::secrets)?;
    let channel = delivery::channel(settings, &secrets, Kind::Live)?;
    // The lock of the store first: two of them must not even greet the mail server.
    let (mut store, program, change) =
        store::open(&program, &settings.store, Kind::Live, store::keeping(arguments.low_memory))?;
    let was_closed = store.was_closed();
    change.says.into_iter().for_each(|says| progress.log().now(Happening::ProjectChanged { says }));
    let program = Arc::new(program);
    let (backend, compiled) = backend::prepare(arguments.backend, &program)?;
    let prepared = delivery::prepare(channel, settings, secrets, &program)?;
    prepared.channel.ready().map_err(|reason| from_engine(EngineError::Mail { reason }))?;
    let name = flow_runtime::open::name(&mut store, &StoreName::of(store::chance())).map_err(from_store)?;
    let mark = Mark::read(&name, &mut *store.records().map_err(from_store)?).map_err(from_store)?;
    served::check_age(folder, &settings.store, &mark)?;
    let mut clock = MachineClock::begin((mark.first_day, mark.done), settings.timezone, arguments.clock_is_right)?;
    served::keep(folder, &settings.store, &mark);
    let human = output.format() == Format::Human;
    if human {
        show::compiled(&program, &compiled, output.verbose()).map_err(run::failure::output)?;
    }
    let began = run::now();
    let delivery = prepared.of_store(name.clone());
    let mut engine =
        Engine::open(Arc::clone(&program), backend, store, delivery, Limits::default()).map_err(from_engine)?;
    engine.channel_is_there();
    let log = progress.log().clone();
    engine.watch(log.from(), move |told| log.tell(&told));
    let notebook = Notebook::appending(&settings.store);
    progress.clock_is(SystemClock.now(), engine.now());
    let start = clock.now()?;
    if engine.now() == Instant(i64::MIN) {
        // What is asked about a file must not make what happens until it is answered more than history.
        contacts::ask_first(settings, &program)?;
    } else if !was_closed {
        let store = settings.store.display().to_string();
        // What it left is told at this instant, too, and in this order.
        progress.log().tell(&Told { at: start, what: Happening::NotClosed { store } });
    }
    // Up to here a signal ends it at once: nothing has begun.
    let signals = Signals::listen()?;
    engine.stop_when(signals.asked());
    let found = contacts::find(&engine, settings, &signals)?;
    engine.begin(start, found.as_ref().map(ContactsFound::print)).map_err(from_engine)?;
    progress.serving(settings, delivery::words(settings), program.lineage.version, start);
    let told = &mut |at: &engine::Progress| progress.at(at);
    let hands = (&notebook, &signals);
    let contacts = match contacts::import(&mut engine, settings, found.as_ref(), (Kind::Live, start), hands, told) {
        Err(Stopped::Signal) => {
            progress.stopping(&signals, engine.in_flight());
            engine.settle_in_flight(start).map_err(from_engine)?;
            engine.into_store().close().map_err(from_store)?;
            progress.ended(&progress.finish());
            return Err(Stopped::Signal);
        }
        contacts => contacts?,
    };
    progress.contacts(&contacts);
    let mut events = Events::open(settings, &program, &mut engine)?;
    let mut met = Met::going_on(&contacts, &engine);
    let lived = match live(&mut engine, &mut events, &mut met, &mut clock, (&notebook, &signals), progress) {
        // That is how this work ends.
        Err(Stopped::Signal) => Ok(()),
        lived => lived,
    };
    met.keep(&mut engine);
    progress.stopping(&signals, engine.in_flight());
    progress.remarks(&notebook, true);
    // Whatever ended it, what is in hand is heard of.
    let now = clock.now().unwrap_or_else(|_| clock.believed());
    let settled = engine.settle_in_flight(now).map_err(from_engine);
    lived?;
    settled?;
    let handled = progress.finish();
    let (report, mail_trouble) = run::told(&mut engine, &program)?;
    let mark = Mark::read(&name, &mut *engine.records().map_err(from_engine)?).map_err(from_store)?;
    engine.into_store().close().map_err(from_store)?;
    served::keep(folder, &settings.store, &mark);
    progress.log().count(true);
    progress.ended(&handled);
    let rate = Rate { seconds: began.elapsed().as_secs_f64(), ..handled };
    let (mail, events) = (delivery::words(settings), events.tally());
    let notebook = notebook.finish(&data::named(settings, &contacts.tally, &events))?;
    let events_file = settings.data.events.as_deref().map(data::file_name);
    let (strangers, is_live) = (met.strangers(), true);
    let standing = Standing { program, report, mail, events_file, is_live };
    let is_of_another = false;
    Ok(Finished { standing, is_of_another, compiled, contacts, events, rate, strangers, notebook, mail_trouble })
}

/// Takes what comes and does what is due, until a signal comes.
fn live(
    engine: &mut Engine<SqliteStore>,
    events: &mut Events<'_>,
    met: &mut Met<'_>,
    clock: &mut MachineClock,
    (notebook, signals): (&Notebook, &Signals),
    progress: &mut Line,
) -> Result<(), Stopped> {
    let mut records = engine.records().map_err(from_engine)?;
    while !signals.stop() {
        progress.clock_is(SystemClock.now(), engine.now());
        let now = clock.now()?;
        // All that has arrived by now comes before whatever fell due by now.
        let had_some = events.hand_over(engine, now, met, (notebook, signals), &mut |at| progress.at(at))?;
        events.news().into_iter().for_each(|news| progress.log().now(news));
        progress.strangers(met.news().as_ref());
        progress.not_understood(&events.unheard());
        if signals.stop() {
            // What has arrived and was not read yet comes before it as well.
            break;
        }
        engine.catch_up(now, &mut iter::empty(), &mut |at| progress.at(at)).map_err(ended_by)?;
        progress.without_list(notebook.trouble());
        progress.remarks(notebook, false);
        progress.log().count(false);
        progress.pulse(|| Pulse::read(&mut *records)).map_err(from_engine)?;
        if !had_some {
            engine.await_answer(rest(engine, now));
        }
    }
    Ok(())
}

/// Until something is due, and never long.
fn rest<S: Store>(engine: &Engine<S>, now: Instant) -> Duration {
    let due = engine.next_due().map_or(i64::MAX, |due| due.ms_since(now));
    // At least a millisecond: what is due and may not happen yet must not keep a processor busy.
    REST.min(Duration::from_millis(u64::try_from(due.max(1)).unwrap_or(1)))
}
