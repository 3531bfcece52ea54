//! `flow doctor`: what a store is and how large, and whether everything in it holds. It only looks, beside whoever works on the store, unless it is
//! told to mend: then it has the store's lock, and writes behind a copy.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use flow_runtime::clock::{Clock as _, SystemClock};
use flow_runtime::doctor::Kind as Rule;
use flow_runtime::open::{Diagnosis, InUse, Kind, Mended, diagnose, mend, sqlite_version};
use flow_runtime::settings::Settings;
use flow_runtime::time::{Instant, civil, tzdb_version};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::ink::{self, Ink};
use crate::load::{ReadyToAsk, ready_to_ask};
use crate::output::{Failure, Format, Outcome, Output, counted, thousands};
use crate::report::which;
use crate::run::failure::from_store;

/// Columns of the words before what they name.
const NAME_COLUMNS: usize = 18;

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// The project's folder; without it, the nearest one upward from here that has a flow.toml
    project: Option<PathBuf>,
    /// The database file; without it, the live store of `flow serve`, or that of `flow run` where nothing was served yet
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Mend what is safe, behind a copy of the store beside it; nobody may be working on it
    #[arg(long)]
    mend: bool,
}

/// Examines a store.
pub(crate) fn doctor(arguments: &DoctorArguments, output: &mut Output) -> io::Result<Outcome> {
    let store = match patient(arguments, output)? {
        Ok(patient) => patient,
        Err(told) => return Ok(told),
    };
    let looked = match arguments.mend {
        false => look(&store, output).map(|diagnosis| (diagnosis, None)),
        true => mend_and_look(&store, output).map(|(mended, diagnosis)| (diagnosis, Some(mended))),
    };
    match looked {
        Ok((diagnosis, mended)) => tell(&Told { store: &store, diagnosis, mended }, output),
        Err(failure) => output.report(&[], &[failure], ""),
    }
}

/// The store that is meant. One that is named needs no project: it keeps the one that it runs.
fn patient(arguments: &DoctorArguments, output: &mut Output) -> io::Result<Result<PathBuf, Outcome>> {
    if let (Some(store), None) = (&arguments.store, &arguments.project) {
        return Ok(Ok(store.clone()));
    }
    let settings: Settings = match ready_to_ask(arguments.project.as_deref(), output)? {
        Ok(ReadyToAsk { settings, .. }) => settings,
        Err(told) => return Ok(Err(told)),
    };
    match which(arguments.store.as_deref(), &settings) {
        Ok(store) => Ok(Ok(store)),
        Err(failure) => output.report(&[], &[failure], "").map(Err),
    }
}

fn look(store: &Path, output: &Output) -> Result<Diagnosis, Failure> {
    let bar = bar(output);
    let looked = diagnose(store, SystemClock.now(), &mut |read, of| at(&bar, read, of));
    bar.finish_and_clear();
    looked.map_err(from_store)
}

fn mend_and_look(store: &Path, output: &Output) -> Result<(Mended, Diagnosis), Failure> {
    let bar = bar(output);
    let mended = mend(store, &free_name(store), &mut |read, of| at(&bar, read, of));
    bar.finish_and_clear();
    let mended = mended.map_err(from_store)?;
    Ok((mended, look(store, output)?))
}

/// `spring.db.before-mend`, with a number where that is taken.
fn free_name(store: &Path) -> PathBuf {
    let named = |ending: String| {
        let mut name = store.as_os_str().to_owned();
        name.push(".before-mend");
        name.push(ending);
        PathBuf::from(name)
    };
    let names = std::iter::once(String::new()).chain((2..).map(|number| format!("-{number}")));
    names.map(named).find(|name| !name.exists()).unwrap_or_default()
}

/// On a terminal only: a store of years takes minutes.
fn bar(output: &Output) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let is_seen = output.format() == Format::Human && io::stderr().is_terminal();
    bar.set_draw_target(if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
    if let Ok(style) = ProgressStyle::with_template("  {bar:32} record {human_pos} of {human_len}") {
        bar.set_style(style.progress_chars("██░"));
    }
    bar
}

fn at(bar: &ProgressBar, read: u64, of: u64) {
    bar.set_length(of.max(read));
    bar.set_position(read);
}

/// What there is to tell.
struct Told<'t> {
    store: &'t Path,
    diagnosis: Diagnosis,
    mended: Option<Mended>,
}

fn tell(told: &Told<'_>, output: &Output) -> io::Result<Outcome> {
    match output.format() {
        Format::Human => told.write(&mut ink::stdout())?,
        Format::Json => {
            let mut out = io::stdout().lock();
            serde_json::to_writer_pretty(&mut out, &told.json())?;
            writeln!(out)?;
        }
    }
    // A damaged file is one code for every command.
    Ok(match &told.diagnosis.examined {
        healthy if healthy.is_healthy() => Outcome::Clean,
        damaged if damaged.has(Rule::DamagedPages) => Outcome::Failed,
        _ => Outcome::Findings,
    })
}

impl Told<'_> {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let (bold, dim) = (Ink::Bold, Ink::Dim);
        writeln!(out, "{bold}{}{bold:#}  {}\n", self.store.display(), self.what())?;
        for (name, words) in self.lines() {
            writeln!(out, "  {dim}{name:<NAME_COLUMNS$}{dim:#}  {words}")?;
        }
        writeln!(out)?;
        self.write_mended(out)?;
        self.write_findings(out)
    }

    /// What the store is, behind its name.
    fn what(&self) -> String {
        let Diagnosis { kind, name, in_use, .. } = &self.diagnosis;
        let kind = match kind {
            Some(Kind::Live) => "a live store",
            Some(Kind::Rehearsal) => "a rehearsal",
            None => "a store that has not been begun",
        };
        let name = name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        let in_use = match in_use {
            Some(InUse::Now) => "; somebody works on it now",
            Some(InUse::No) => "; nobody works on it",
            Some(InUse::BrokenOff) => "; nobody works on it, and whoever did was ended before they could close it",
            None => "",
        };
        format!("{kind}{name}{in_use}")
    }

    fn lines(&self) -> Vec<(&'static str, String)> {
        let Diagnosis { facts, program_version, period, examined, .. } = &self.diagnosis;
        let mut lines = vec![
            (
                "versions",
                format!(
                    "flow {}, SQLite {}, zone data {}, tables {}, project {program_version}",
                    env!("CARGO_PKG_VERSION"),
                    sqlite_version(),
                    tzdb_version(),
                    facts.schema
                ),
            ),
            ("file", self.file()),
        ];
        if let Some((first, clock)) = period {
            lines.push(("period", format!("from {} to {}", self.minute(*first), self.minute(*clock))));
        }
        let rows = facts.rows.iter().filter(|(_, count)| *count != Some(0));
        let rows: Vec<String> = rows
            .map(|(name, count)| format!("{} {name}", count.map_or_else(|| "unreadable".to_owned(), thousands)))
            .collect();
        lines.push(("rows", rows.join(", ")));
        lines.push(("live journeys", thousands(examined.rows.live)));
        lines.push(("next due", facts.oldest_due.map_or_else(|| "nobody".to_owned(), |at| self.due(Instant(at)))));
        lines.push(("mail to leave", self.mail()));
        lines
    }

    fn file(&self) -> String {
        let facts = &self.diagnosis.facts;
        let [bytes, log, pages, page, free] =
            [facts.file_bytes, facts.log_bytes, facts.pages, facts.page_bytes, facts.free_pages].map(thousands);
        format!("{bytes} bytes and a log of {log}; {pages} pages of {page}, {free} of them free")
    }

    fn mail(&self) -> String {
        let facts = &self.diagnosis.facts;
        let states: Vec<String> = (facts.messages.iter())
            .filter(|(_, count)| *count > 0)
            .map(|(state, count)| format!("{} {state}", thousands(*count)))
            .collect();
        match facts.oldest_message {
            None => "none".to_owned(),
            Some((row, since)) => {
                format!("{}; the oldest, outbox row {row}, since {}", states.join(", "), self.minute(Instant(since)))
            }
        }
    }

    /// An instant that may have passed.
    fn due(&self, at: Instant) -> String {
        let late_ms = self.now().ms_since(at);
        let late = if late_ms > 0 { format!(", overdue by {}", span(late_ms)) } else { String::new() };
        format!("{}{late}", self.minute(at))
    }

    /// What a store's instants are late by: what is live goes by the wall, a rehearsal by its own clock.
    fn now(&self) -> Instant {
        let clock = self.diagnosis.period.map(|(_, clock)| clock);
        if self.diagnosis.kind == Some(Kind::Rehearsal) { clock.unwrap_or(Instant(0)) } else { SystemClock.now() }
    }

    fn minute(&self, at: Instant) -> String {
        civil::minute(at, self.diagnosis.zone)
            .map_or_else(|| at.to_string(), |minute| format!("{minute} ({})", self.diagnosis.zone.name()))
    }

    fn write_mended(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(mended) = &self.mended else { return Ok(()) };
        let Some(copy) = &mended.copy else {
            return writeln!(out, "Nothing was changed: there is nothing that is safe to mend.\n");
        };
        writeln!(out, "{}Mended{:#}, as it was before in {}", Ink::Bold, Ink::Bold, copy.display())?;
        for (rule, count) in &mended.mended {
            writeln!(out, "  {}: {}", rule.code(), thousands(*count))?;
        }
        writeln!(out)
    }

    fn write_findings(&self, out: &mut impl Write) -> io::Result<()> {
        let examined = &self.diagnosis.examined;
        let rows = examined.rows;
        let looked = format!(
            "{}, {} of the log and {}",
            counted(rows.contacts, "contact"),
            counted(rows.records, "record"),
            counted(rows.messages, "message")
        );
        if examined.is_healthy() {
            return writeln!(out, "Nothing is wrong: {looked} were looked through");
        }
        let (red, cyan, dim) = (Ink::Red, Ink::Cyan, Ink::Dim);
        for (rule, count) in &examined.counts {
            writeln!(out, "{red}{}{red:#}: {}", rule.code(), thousands(*count))?;
            let mut shown = 0;
            for finding in examined.findings.iter().filter(|finding| finding.kind == *rule) {
                shown += 1;
                writeln!(out, "  {} {}", finding.subject, finding.words)?;
            }
            if *count > shown {
                writeln!(out, "  {dim}… and {} more{dim:#}", thousands(count - shown))?;
            }
            writeln!(out, "{cyan}help:{cyan:#} {}\n", examined.help(*rule))?;
        }
        let all = examined.counts.values().sum::<u64>();
        let rules = counted(examined.counts.len(), "rule");
        writeln!(out, "{}, of {rules}; {looked} were looked through", counted(all, "finding"))
    }

    fn json(&self) -> Value {
        let Diagnosis { facts, name, kind, program_version, period, in_use, examined, .. } = &self.diagnosis;
        let instant = |at: i64| Instant(at).to_string();
        let rules: Vec<Value> = (examined.counts.iter())
            .map(|(rule, count)| {
                let shown = examined.findings.iter().filter(|finding| finding.kind == *rule);
                let shown: Vec<Value> =
                    shown.map(|one| json!({ "subject": one.subject.to_string(), "says": one.words })).collect();
                json!({ "rule": rule.code(), "count": count, "mendable": examined.is_mendable(*rule), "help": examined.help(*rule), "shown": shown })
            })
            .collect();
        let mended = self.mended.as_ref().map(|mended| {
            let rules: Vec<Value> =
                mended.mended.iter().map(|(rule, count)| json!({ "rule": rule.code(), "count": count })).collect();
            json!({ "rules": rules, "copy": mended.copy })
        });
        json!({
            "store": self.store,
            "name": name,
            "live": kind.map(|kind| kind == Kind::Live),
            "in_use": in_use.map(|in_use| in_use == InUse::Now),
            "broken_off": in_use.map(|in_use| in_use == InUse::BrokenOff),
            "versions": {
                "flow": env!("CARGO_PKG_VERSION"),
                "sqlite": sqlite_version(),
                "zone_data": tzdb_version(),
                "tables": facts.schema,
                "project": program_version,
            },
            "first_day": period.map(|(first, _)| first.to_string()),
            "clock": period.map(|(_, clock)| clock.to_string()),
            "file": {
                "bytes": facts.file_bytes,
                "log_bytes": facts.log_bytes,
                "page_bytes": facts.page_bytes,
                "pages": facts.pages,
                "free_pages": facts.free_pages,
            },
            "rows": facts.rows.iter().map(|(name, count)| (name.clone(), json!(count))).collect::<serde_json::Map<_, _>>(),
            "live_journeys": examined.rows.live,
            "next_due_at": facts.oldest_due.map(instant),
            "overdue_ms": facts.oldest_due.map(|at| self.now().ms_since(Instant(at)).max(0)),
            "mail": {
                "to_leave": facts.messages.iter().map(|(state, count)| (state.replace(' ', "_"), json!(count))).collect::<serde_json::Map<_, _>>(),
                "oldest": facts.oldest_message.map(|(row, since)| json!({ "row": row, "since": instant(since) })),
            },
            "examined": { "contacts": examined.rows.contacts, "records": examined.rows.records, "messages": examined.rows.messages },
            "healthy": examined.is_healthy(),
            "findings": rules,
            "mended": mended,
            "failures": [],
        })
    }
}

/// In the largest unit that says something.
fn span(ms: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")];
    let unit = UNITS.iter().find(|(length, _)| ms >= *length);
    unit.map_or_else(|| "less than a second".to_owned(), |(length, noun)| counted((ms / length).unsigned_abs(), noun))
}
