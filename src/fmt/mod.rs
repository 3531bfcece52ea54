//! `flow fmt`: lays `.flow` files out in the one way that there is. It needs no settings and no secrets.
//!
//! A file that cannot be read stays as it is; its mistakes are said, and the others are laid out all the same.

mod diff;
mod files;

use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use flow_front::diagnostics::Diagnostic;
use flow_front::diagnostics::render::Sources;
use flow_front::diagnostics::render::json::{JsonDiagnostic, json};
use flow_front::format::format;
use flow_front::source::Source;
use flow_front::syntax::MAX_SOURCE_BYTES;
use serde::Serialize;

use crate::ink;
use crate::output::{Failure, Findings, Format, Outcome, Output, counted};
use files::Found;

const STANDARD_INPUT: &str = "-";

#[derive(Debug, Args)]
pub(crate) struct FmtArguments {
    /// Folders and files; `-` reads stdin and writes stdout. Without any, the nearest project upward from here
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing and show what would change; exit code 1 if anything would
    #[arg(long)]
    check: bool,
}

/// What became of the files.
#[derive(Debug, Default)]
struct Report {
    changed: Vec<Changed>,
    unchanged: usize,
    unreadable: Vec<Findings>,
    failures: Vec<Failure>,
}

#[derive(Debug)]
struct Changed {
    path: String,
    before: String,
    after: String,
}

#[derive(Serialize)]
struct JsonReport<'r> {
    changed: Vec<&'r str>,
    unchanged: usize,
    failed: Vec<JsonFailed<'r>>,
}

/// A file that cannot be read as Flow, or not at all.
#[derive(Serialize)]
#[serde(untagged)]
enum JsonFailed<'r> {
    Unreadable { path: &'r str, diagnostics: Vec<JsonDiagnostic<'r>> },
    Failed(&'r Failure),
}

pub(crate) fn fmt(arguments: &FmtArguments, output: &Output) -> io::Result<Outcome> {
    let is_input = |path: &PathBuf| path.as_os_str() == STANDARD_INPUT;
    match arguments.paths.as_slice() {
        [path] if is_input(path) => standard_input(arguments.check, output),
        paths if paths.iter().any(is_input) => {
            let message = "`-` stands for the standard input and goes with no other path";
            crate::Arguments::command().error(clap::error::ErrorKind::ArgumentConflict, message).exit()
        }
        paths => {
            let (found, failures) = files::find(paths);
            let mut report = Report { failures, ..Report::default() };
            for file in found {
                one(&file, arguments.check, &mut report);
            }
            report.say(arguments.check, output)
        }
    }
}

fn one(file: &Found, check: bool, report: &mut Report) {
    let text = match files::read(file) {
        Ok(text) => text,
        Err(failure) => return report.failures.push(failure),
    };
    let Some(after) = report.formatted(&file.shown, &text) else { return };
    if after == text {
        report.unchanged += 1;
        return;
    }
    if !check && let Err(failure) = files::replace(file, &after) {
        return report.failures.push(failure);
    }
    report.changed.push(Changed { path: file.shown.clone(), before: text, after });
}

/// Text in, the same text laid out: for editors.
fn standard_input(check: bool, output: &Output) -> io::Result<Outcome> {
    let mut report = Report::default();
    match read_input() {
        Err(failure) => report.failures.push(failure),
        Ok(text) => match report.formatted(STANDARD_INPUT, &text) {
            Some(after) if check && after != text => {
                report.changed.push(Changed { path: STANDARD_INPUT.to_owned(), before: text, after });
            }
            Some(_) if check => report.unchanged += 1,
            Some(after) => {
                io::stdout().lock().write_all(after.as_bytes())?;
                return Ok(Outcome::Clean);
            }
            // Whoever takes the output for the text must not take an error for it.
            None if output.format() == Format::Human => {
                output.warnings(&report.unreadable)?;
                return Ok(Outcome::Findings);
            }
            None => {}
        },
    }
    report.say(check, output)
}

fn read_input() -> Result<String, Failure> {
    let mut text = String::new();
    let most = u64::try_from(MAX_SOURCE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    io::stdin().lock().take(most).read_to_string(&mut text).map_err(|error| {
        Failure::new(format!("the standard input cannot be read: {error}"), "give it the text of a `.flow` file")
    })?;
    Ok(text)
}

impl Report {
    /// A file as it should be; none if it cannot be read.
    fn formatted(&mut self, path: &str, text: &str) -> Option<String> {
        match format(text) {
            Ok(after) => Some(after),
            Err(diagnostics) => {
                let sources = Sources::new(vec![Source { path: path.to_owned(), text: text.to_owned() }]);
                self.unreadable.push(Findings { diagnostics, sources });
                None
            }
        }
    }

    fn say(&self, check: bool, output: &Output) -> io::Result<Outcome> {
        match output.format() {
            Format::Json => self.say_json()?,
            Format::Human => self.say_human(check, output)?,
        }
        Ok(if !self.failures.is_empty() {
            Outcome::Failed
        } else if !self.unreadable.is_empty() || (check && !self.changed.is_empty()) {
            Outcome::Findings
        } else {
            Outcome::Clean
        })
    }

    fn say_json(&self) -> io::Result<()> {
        let unreadable = self.unreadable.iter().map(|Findings { diagnostics, sources }| JsonFailed::Unreadable {
            path: path_of(diagnostics, sources),
            diagnostics: diagnostics.iter().map(|diagnostic| json(diagnostic, sources)).collect(),
        });
        let report = JsonReport {
            changed: self.changed.iter().map(|changed| changed.path.as_str()).collect(),
            unchanged: self.unchanged,
            failed: unreadable.chain(self.failures.iter().map(JsonFailed::Failed)).collect(),
        };
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)
    }

    fn say_human(&self, check: bool, output: &Output) -> io::Result<()> {
        output.findings(&self.unreadable)?;
        let mut out = ink::stdout();
        for Changed { path, before, after } in &self.changed {
            if check {
                diff::write(&mut out, path, before, after)?;
            } else {
                writeln!(out, "laid out {path}")?;
            }
        }
        let summary = self.summary(check);
        if !summary.is_empty() {
            writeln!(out, "{summary}")?;
        }
        output.failures(&self.failures)
    }

    fn summary(&self, check: bool) -> String {
        let parts = [
            (self.changed.len(), if check { "would change" } else { "laid out" }),
            (self.unchanged, "fine already"),
            (self.unreadable.len(), "left alone: not readable"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, words)| format!("{} {words}", counted(*count, "file"))).collect();
        parts.join(", ")
    }
}

fn path_of<'s>(diagnostics: &[Diagnostic], sources: &'s Sources) -> &'s str {
    let source = diagnostics.first().and_then(Diagnostic::at).and_then(|at| sources.get(at));
    source.map_or(STANDARD_INPUT, |source| source.path.as_str())
}
