//! `flow check`: says everything that is wrong with a project, without running it. It needs no secrets.

use std::io;
use std::path::Path;

use flow_compiler::diagnostics::render::Sources;
use flow_compiler::diagnostics::{Code, Diagnostic, Label, Severity};
use flow_compiler::ir::Program;
use flow_compiler::source::{FileId, Project, Source, Span};
use flow_runtime::settings::{FILE_NAME, Settings, SettingsFault, without_secrets};

use crate::output::{Failure, Findings, Outcome, Output, counted};
use crate::project::{self, Files};

/// What checking tells.
#[derive(Debug, Default)]
struct Checked {
    settings: Findings,
    program: Findings,
    failures: Vec<Failure>,
    praise: String,
}

pub(crate) fn check(given: Option<&Path>, output: &mut Output) -> io::Result<Outcome> {
    let checked = project::find(given).map_or_else(failed, |folder| check_folder(&folder));
    output.report(&[checked.settings, checked.program], &checked.failures, &checked.praise)
}

fn failed(failure: Failure) -> Checked {
    Checked { failures: vec![failure], ..Checked::default() }
}

fn check_folder(folder: &Path) -> Checked {
    let text = match project::settings_text(folder) {
        Ok(text) => text,
        Err(failure) => return failed(failure),
    };
    let settings = Settings::read(&text, folder);
    let files = project::read(folder);
    let (settings, faults) = match settings {
        Ok(settings) => (Some(settings), Vec::new()),
        Err(faults) => (None, faults),
    };
    let settings_findings = settings_findings(&text, &faults);
    match files {
        Err(failures) => Checked { settings: settings_findings, failures, ..Checked::default() },
        Ok(files) => {
            let (program, praise) = compile(settings.as_ref(), files);
            Checked { settings: settings_findings, program, failures: Vec::new(), praise }
        }
    }
}

/// The program is checked even if the settings are not: its meaning hangs on neither name nor zone.
fn compile(settings: Option<&Settings>, files: Files) -> (Findings, String) {
    let project = Project {
        name: settings.map(|settings| settings.name.clone()).unwrap_or_default(),
        timezone: settings.map_or("UTC", |settings| settings.timezone.name()).to_owned(),
        sources: files.sources,
        templates: files.templates,
    };
    let compilation = flow_compiler::compile(&project);
    let praise = compilation.program.as_ref().map(praise).unwrap_or_default();
    (Findings { diagnostics: compilation.diagnostics, sources: compilation.sources }, praise)
}

fn praise(program: &Program) -> String {
    let parts = [
        counted(program.workflows.len(), "workflow"),
        counted(program.emails.len(), "email"),
        counted(program.teams.len(), "team"),
    ];
    format!("{} is fine: {}", program.name, parts.join(", "))
}

/// Faults of settings, drawn like those of a program.
fn settings_findings(text: &str, faults: &[SettingsFault]) -> Findings {
    let diagnostics = faults.iter().map(settings_diagnostic).collect();
    let shown = Source { path: FILE_NAME.to_owned(), text: without_secrets(text) };
    Findings { diagnostics, sources: Sources::new(vec![shown]) }
}

fn settings_diagnostic(fault: &SettingsFault) -> Diagnostic {
    // A settings file is far shorter than 4 GiB.
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let label = fault.at.as_ref().map(|at| Label {
        at: Span::new(offset(at.start), offset(at.end)).in_file(FileId(0)),
        text: "here".to_owned(),
    });
    Diagnostic {
        code: Code::BadSettings,
        severity: Severity::Error,
        message: fault.message.clone(),
        labels: label.into_iter().collect(),
        why: None,
        help: fault.help.clone(),
        edits: Vec::new(),
    }
}
