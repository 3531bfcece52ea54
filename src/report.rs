//! `flow report`: what a store has come to, as a run tells it at its end. It only looks: the store may be in use, and stays as it is; neither
//! a mail server nor a secret is needed.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use flow_runtime::open::{InUse, Kind, Seen, see};
use flow_runtime::settings::{MailSettings, Settings};
use flow_runtime::time::{Instant, civil};
use serde_json::json;

use crate::ink;
use crate::load::{ReadyToAsk, ready_to_ask};
use crate::output::{Failure, Format, Outcome, Output};
use crate::run::failure::from_engine;
use crate::run::report::Standing;
use crate::run::strangers::Strangers;
use crate::run::{data, delivery, show};
use crate::serve::live_store;

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// The project's folder; without it, the nearest one upward from here that has a flow.toml
    project: Option<PathBuf>,
    /// The database file; without it, the live store of `flow serve`, or that of `flow run` where nothing was served yet
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
}

/// Tells how a store stands.
pub(crate) fn report(arguments: &ReportArguments, output: &mut Output) -> io::Result<Outcome> {
    let ReadyToAsk { settings, program } = match ready_to_ask(arguments.project.as_deref(), output)? {
        Ok(ready) => ready,
        Err(told) => return Ok(told),
    };
    let looked = which(arguments.store.as_deref(), &settings)
        .and_then(|store| Ok((see(program.as_ref(), &store).map_err(from_engine)?, store)));
    match looked {
        Ok((seen, store)) => tell(seen, &store, &settings, output),
        Err(failure) => output.report(&[], &[failure], ""),
    }
}

/// The store that is asked about: the one that is named, else the live one, else that of the rehearsals.
pub(crate) fn which(named: Option<&Path>, settings: &Settings) -> Result<PathBuf, Failure> {
    let rehearsed = &settings.store;
    let live = live_store(rehearsed);
    let found =
        named.map(Path::to_owned).or_else(|| [&live, rehearsed].into_iter().find(|path| path.exists()).cloned());
    found.ok_or_else(|| {
        Failure::new(
            format!(
                "there is no store of this project yet: neither `{}` nor `{}`",
                live.display(),
                rehearsed.display()
            ),
            "`flow serve` makes the first when it begins, and `flow run` the second; `--store` names another file",
        )
    })
}

fn tell(seen: Seen, store: &Path, settings: &Settings, output: &Output) -> io::Result<Outcome> {
    let mut words = as_of(&seen, store, settings);
    words.extend(worked_on(&seen).map(|said| format!("; {said}")));
    let next_mail = seen.mail.next_due.map(Instant);
    let asked = show::Asked {
        as_of: words,
        next_mail: next_mail.and_then(|at| civil::minute(at, settings.timezone)),
        trouble: seen.mail.trouble.clone(),
        strangers: Strangers::of_store(&seen.reads),
    };
    let is_live = seen.kind == Some(Kind::Live);
    if let Some(note) = note(seen.has_changed).filter(|_| output.format() == Format::Human) {
        writeln!(ink::stderr(), "note: {note}: this is of the version that the store runs")?;
    }
    let standing = Standing {
        program: Arc::new(seen.program),
        report: seen.report,
        mail: if is_live { delivery::words(settings) } else { rehearsed_to(settings) },
        events_file: settings.data.events.as_deref().map(data::file_name),
        is_live,
    };
    if output.format() == Format::Human {
        show::standing(&standing, &asked)?;
        return Ok(Outcome::Clean);
    }
    let mut json = standing.json();
    if let Some(json) = json.as_object_mut() {
        json.insert("store".to_owned(), json!(store));
        json.insert("as_of".to_owned(), json!(seen.as_of.map(|at| at.to_string())));
        json.insert("in_use".to_owned(), json!(seen.in_use.map(|in_use| in_use == InUse::Now)));
        json.insert("broken_off".to_owned(), json!(seen.in_use.map(|in_use| in_use == InUse::BrokenOff)));
        json.insert("project_has_changed".to_owned(), json!(seen.has_changed));
        json.insert("project_checks".to_owned(), json!(seen.has_changed.is_some()));
        json.insert("failures".to_owned(), json!([]));
    }
    if let Some(events) = json.get_mut("events").and_then(|events| events.as_object_mut()) {
        let strangers = asked.strangers.as_ref().map_or(0, |strangers| strangers.events);
        events.insert("of_unknown_people".to_owned(), json!(strangers));
    }
    if let Some(mail) = json.get_mut("mail").and_then(|mail| mail.as_object_mut()) {
        mail.insert("last_trouble".to_owned(), json!(asked.trouble));
        mail.insert("next_due_at".to_owned(), json!(next_mail.map(|at| at.to_string())));
    }
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &json)?;
    writeln!(out)?;
    Ok(Outcome::Clean)
}

/// How the project stands to the version that is told of, where it is another one.
fn note(has_changed: Option<bool>) -> Option<&'static str> {
    match has_changed {
        Some(false) => None,
        Some(true) => Some("the project has changed since"),
        None => Some("the project does not check as it is now (`flow check` says why)"),
    }
}

/// As of when it is, by the project's clocks, and of which store.
fn as_of(seen: &Seen, store: &Path, settings: &Settings) -> String {
    let store = store.display();
    let zone = settings.timezone;
    let Some(at) = seen.as_of else { return format!("Nothing has happened yet in {store}") };
    let at = format!("{} ({})", civil::minute(at, zone).unwrap_or_else(|| at.to_string()), zone.name());
    match seen.kind {
        Some(Kind::Rehearsal) => format!("As of {at}, until when {store} has been rehearsed"),
        Some(Kind::Live) | None => format!("As of {at}, when something last happened in the live store {store}"),
    }
}

/// Whether anything works on it at this moment. Of a rehearsal, which has an end, that is told only where something does.
fn worked_on(seen: &Seen) -> Option<&'static str> {
    match (seen.in_use?, seen.kind) {
        (InUse::Now, Some(Kind::Rehearsal)) => Some("`flow run` works on it now"),
        (InUse::Now, _) => Some("it is being served now"),
        (InUse::No, Some(Kind::Live)) => Some("nobody serves it now"),
        (InUse::BrokenOff, Some(Kind::Live)) => {
            Some("nobody serves it now, and the process that did was ended before it could close it")
        }
        (InUse::No | InUse::BrokenOff, _) => None,
    }
}

/// Where `flow run` has written its mails, unless it was told another folder.
fn rehearsed_to(settings: &Settings) -> String {
    let mut rehearsed = settings.clone();
    if let Some(folder) = delivery::rehearsal_folder(settings, None) {
        rehearsed.mail = MailSettings::File { folder };
    }
    delivery::rehearsal_words(settings, &rehearsed)
}
