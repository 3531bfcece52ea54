//! What the command says. Findings go to stdout, since they are what was asked for; what kept the command from its work goes to
//! stderr. What people read is written by [`ink`](crate::ink).

use std::io::{self, Write};

use clap::ValueEnum;
use console::Term;
use flow_front::diagnostics::render::json::{JsonDiagnostic, json};
use flow_front::diagnostics::render::{Human, Sources};
use flow_front::diagnostics::{Diagnostic, Severity};
use serde::Serialize;

use crate::ink::{self, Ink, Paper};
use crate::run::report::Finished;
use crate::run::show;

/// Where the width is unknown.
const DEFAULT_COLUMNS: usize = 100;
/// More diagnostics are counted and not drawn: nobody reads them, and most follow from few mistakes.
const MAX_DRAWN: usize = 200;
/// And written for machines.
const MAX_WRITTEN: usize = 2_000;
/// Narrower drawings are unreadable, wider ones too.
const COLUMNS: std::ops::RangeInclusive<usize> = 60..=120;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Human,
    Json,
}

/// How a command ended; each has its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Clean,
    /// Something is wrong with the project.
    Findings,
    /// It was asked for what there is not.
    Usage,
    /// The command could not do its work.
    Failed,
}

/// What kept the command from its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// Findings with the texts that they point into.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) sources: Sources,
}

#[derive(Debug)]
pub(crate) struct Output {
    format: Format,
    verbose: bool,
    human: Human,
}

/// What `--format json` writes: one document a run.
#[derive(Serialize)]
struct Report<'r> {
    /// What kept the command from its work, if anything did.
    failures: &'r [Failure],
    diagnostics: Vec<JsonDiagnostic<'r>>,
    /// How many more there are.
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
    errors: usize,
    warnings: usize,
}

impl Output {
    pub(crate) fn new(format: Format, verbose: bool) -> Self {
        let size = [Term::stdout(), Term::stderr()].iter().find_map(Term::size_checked);
        let columns = size.map_or(DEFAULT_COLUMNS, |(_, width)| usize::from(width));
        // Drawn in colour always: the stream takes it out where it is not wanted.
        Self { format, verbose, human: Human { colour: true, width: columns.clamp(*COLUMNS.start(), *COLUMNS.end()) } }
    }

    /// All that a command found, and how it ended. `praise` is said where nothing is wrong.
    pub(crate) fn report(&mut self, findings: &[Findings], failures: &[Failure], praise: &str) -> io::Result<Outcome> {
        let count = |severity| {
            let all = findings.iter().flat_map(|findings| &findings.diagnostics);
            all.filter(|diagnostic| diagnostic.severity == severity).count()
        };
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        match self.format {
            Format::Json => write_json(findings, failures, errors, warnings)?,
            Format::Human => self.write_human(findings, failures, &summary(errors, warnings, praise))?,
        }
        Ok(match (failures, errors) {
            ([], 0) => Outcome::Clean,
            ([], _) => Outcome::Findings,
            _ => Outcome::Failed,
        })
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether what the machine did is told too.
    pub(crate) fn verbose(&self) -> bool {
        self.verbose
    }

    /// The width to write for.
    pub(crate) fn columns(&self) -> usize {
        self.human.width
    }

    /// Warnings before the work begins: for people, on stderr, so that they never mix with a report.
    pub(crate) fn warnings(&self, findings: &[Findings]) -> io::Result<()> {
        if self.format == Format::Json {
            return Ok(());
        }
        self.draw(&mut ink::stderr(), findings)
    }

    /// The end of a run.
    pub(crate) fn finished(&self, finished: &Finished) -> io::Result<Outcome> {
        match self.format {
            Format::Human => show::finished(finished, self.verbose)?,
            Format::Json => {
                let mut out = io::stdout().lock();
                serde_json::to_writer_pretty(&mut out, &finished.json())?;
                writeln!(out)?;
            }
        }
        let unreadable = finished.unreadable();
        if unreadable.is_empty() {
            return Ok(Outcome::Clean);
        }
        if self.format == Format::Human {
            self.failures(&unreadable)?;
        }
        Ok(Outcome::Failed)
    }

    fn write_human(&self, findings: &[Findings], failures: &[Failure], summary: &str) -> io::Result<()> {
        self.findings(findings)?;
        if failures.is_empty() {
            return writeln!(ink::stdout(), "{summary}");
        }
        self.failures(failures)
    }

    /// For people: what was asked for.
    pub(crate) fn findings(&self, findings: &[Findings]) -> io::Result<()> {
        self.draw(&mut ink::stdout(), findings)
    }

    /// In their order; where there are more than anyone reads, errors before warnings, and how many are left.
    fn draw(&self, out: &mut Paper<impl Write>, findings: &[Findings]) -> io::Result<()> {
        let (first, more) = first_of(findings, MAX_DRAWN);
        for (diagnostic, sources) in first {
            out.draw(&self.human.render(diagnostic, sources))?;
            writeln!(out)?;
        }
        if more > 0 {
            let (more, most) = (thousands(more as u64), thousands(MAX_WRITTEN as u64));
            writeln!(out, "… and {more} more: mend these first (`--format json` has up to {most})\n")?;
        }
        Ok(())
    }

    /// For people: what does not keep the command from its work.
    pub(crate) fn warning(&self, Failure { message, help }: &Failure) -> io::Result<()> {
        let (bold, cyan) = (Ink::Bold, Ink::Cyan);
        writeln!(ink::stderr(), "{bold}warning:{bold:#} {message}\n{cyan}help:{cyan:#} {help}\n")
    }

    /// For people: what kept the command from its work.
    pub(crate) fn failures(&self, failures: &[Failure]) -> io::Result<()> {
        let mut err = ink::stderr();
        let (red, cyan) = (Ink::Red, Ink::Cyan);
        for Failure { message, help } in failures {
            writeln!(err, "{red}error:{red:#} {message}\n{cyan}help:{cyan:#} {help}")?;
        }
        Ok(())
    }
}

/// As many as somebody reads, in their order, and how many are left; where any are, errors come before warnings.
fn first_of(findings: &[Findings], most: usize) -> (Vec<(&Diagnostic, &Sources)>, usize) {
    let mut all: Vec<(&Diagnostic, &Sources)> = Vec::new();
    for Findings { diagnostics, sources } in findings {
        all.extend(diagnostics.iter().map(|diagnostic| (diagnostic, sources)));
    }
    if all.len() > most {
        all.sort_by_key(|(diagnostic, _)| diagnostic.severity != Severity::Error);
    }
    let more = all.len().saturating_sub(most);
    all.truncate(most);
    (all, more)
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn write_json(findings: &[Findings], failures: &[Failure], errors: usize, warnings: usize) -> io::Result<()> {
    let (first, more) = first_of(findings, MAX_WRITTEN);
    let diagnostics = first.into_iter().map(|(diagnostic, sources)| json(diagnostic, sources)).collect();
    let report = Report { failures, diagnostics, more, errors, warnings };
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &report)?;
    writeln!(out)
}

fn summary(errors: usize, warnings: usize, praise: &str) -> String {
    match (errors, warnings) {
        (0, 0) => praise.to_owned(),
        (0, _) => format!("{praise}; {}", counted(warnings, "warning")),
        (_, 0) => counted(errors, "error"),
        _ => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    }
}

/// `58,348`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 workflow`, `3,000 workflows`.
pub(crate) fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", thousands(count))
}
