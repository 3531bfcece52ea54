//! A project's folder to its settings and its checked program: what every subcommand starts with.

use std::io;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use flow_front::Project;
use flow_front::diagnostics::render::Sources;
use flow_front::diagnostics::{Diagnostic, Edit, Label, Mend};
use flow_front::source::{FileId, Source, Span};
use flow_ir::Program;
use flow_ir::verify::Fault;
use flow_runtime::settings::{FILE_NAME, Settings, SettingsEdit, SettingsFault, without_secrets};

use crate::output::{Failure, Findings, Outcome, Output};
use crate::project::{self, Files};

/// What a folder holds, and everything that is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) folder: PathBuf,
    pub(crate) settings: Option<Settings>,
    pub(crate) program: Option<Program>,
    /// Of the settings, then of the program.
    pub(crate) findings: Vec<Findings>,
    pub(crate) failures: Vec<Failure>,
}

impl Loaded {
    /// A folder that could not be read.
    fn failed(failure: Failure) -> Self {
        Self { failures: vec![failure], ..Self::default() }
    }
}

/// Loads the project in the given folder, or the nearest one upward.
pub(crate) fn load(given: Option<&Path>) -> Loaded {
    project::find(given).map_or_else(Loaded::failed, |folder| load_folder(&folder))
}

/// What a command works with.
pub(crate) struct Ready {
    pub(crate) settings: Settings,
    pub(crate) program: Program,
    pub(crate) folder: PathBuf,
}

/// Loads a project to work with. Its warnings are told before the work; where anything is wrong with it, that is told, and how it ended is
/// given instead.
pub(crate) fn ready(given: Option<&Path>, output: &mut Output) -> io::Result<Result<Ready, Outcome>> {
    let loaded = load(given);
    let Loaded { settings: Some(settings), program: Some(program), failures, findings, folder } = loaded else {
        return output.report(&loaded.findings, &loaded.failures, "").map(Err);
    };
    if !failures.is_empty() {
        return output.report(&findings, &failures, "").map(Err);
    }
    output.warnings(&findings)?;
    Ok(Ok(Ready { settings, program, folder }))
}

/// What a command needs that only asks about what is there.
pub(crate) struct ReadyToAsk {
    pub(crate) settings: Settings,
    /// None while the project does not check: what is there stands all the same.
    pub(crate) program: Option<Program>,
}

/// The same for a command that only asks: of a project that somebody is changing just now, too, and without its warnings, which nobody reads
/// each hour.
pub(crate) fn ready_to_ask(given: Option<&Path>, output: &mut Output) -> io::Result<Result<ReadyToAsk, Outcome>> {
    let Loaded { settings, program, findings, failures, .. } = load(given);
    let Some(settings) = settings else { return output.report(&findings, &failures, "").map(Err) };
    let program = program.filter(|_| failures.is_empty());
    Ok(Ok(ReadyToAsk { settings, program }))
}

fn load_folder(folder: &Path) -> Loaded {
    let text = match project::settings_text(folder) {
        Ok(text) => text,
        Err(failure) => return Loaded::failed(failure),
    };
    let (settings, faults) = match Settings::read(&text, folder) {
        Ok(settings) => (Some(settings), Vec::new()),
        Err(faults) => (None, faults),
    };
    let mut loaded =
        Loaded { folder: folder.to_owned(), findings: vec![settings_findings(&text, &faults)], ..Loaded::default() };
    match project::read(folder) {
        Err(failures) => loaded.failures = failures,
        Ok(files) => {
            let compilation = compile(settings.as_ref(), files);
            loaded.failures.extend(fault_of_ours(&compilation.faults));
            loaded.program = compilation.program;
            loaded.findings.push(Findings { diagnostics: compilation.diagnostics, sources: compilation.sources });
            let files = settings.as_ref().map(|settings| settings.check_files(&text, folder, loaded.program.as_ref()));
            if let Some(faults) = files.filter(|faults| !faults.is_empty()) {
                loaded.findings.insert(0, settings_findings(&text, &faults));
                // Nobody runs over files that are not what they are named as.
                loaded.program = None;
            }
        }
    }
    Loaded { settings, ..loaded }
}

/// What the verifier found: the compiler is to blame, not the project.
fn fault_of_ours(faults: &[Fault]) -> Option<Failure> {
    let first = faults.first()?;
    Some(Failure::new(
        format!("the compiler made a program that cannot be run: {first}"),
        "this is a fault in Flow itself, please report it with this message",
    ))
}

/// The program is checked even if the settings are not: whether it is right hangs on neither name nor zone.
fn compile(settings: Option<&Settings>, files: Files) -> flow_front::Compilation {
    let project = Project {
        name: settings.map(|settings| settings.name.clone()).unwrap_or_default(),
        lints: settings.map(|settings| settings.lints.clone()).unwrap_or_default(),
        sender: settings.map(|settings| settings.sender.from.address().to_string()),
        timezone: settings.map_or("UTC", |settings| settings.timezone.name()).to_owned(),
        zones: flow_runtime::time::civil::ZONES,
        sources: files.sources,
        templates: files.templates,
    };
    flow_front::compile_on(&project, available_parallelism().unwrap_or(NonZeroUsize::MIN))
}

/// Faults of settings, drawn like those of a program.
pub(crate) fn settings_findings(text: &str, faults: &[SettingsFault]) -> Findings {
    let diagnostics = faults.iter().map(settings_diagnostic).collect();
    let shown = Source { path: FILE_NAME.to_owned(), text: without_secrets(text) };
    Findings { diagnostics, sources: Sources::new(vec![shown]) }
}

fn settings_diagnostic(fault: &SettingsFault) -> Diagnostic {
    // A settings file is far shorter than 4 GiB.
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let place = |at: &Range<usize>| Span::new(offset(at.start), offset(at.end)).in_file(FileId(0));
    let edits = |edits: &[SettingsEdit]| {
        edits.iter().map(|edit| Edit { at: place(&edit.at), text: edit.text.clone() }).collect::<Vec<Edit>>()
    };
    let mut found = Diagnostic::error(fault.code, fault.message.clone(), place(&(0..0)), fault.label.clone());
    match &fault.at {
        Some(at) => found.labels.iter_mut().for_each(|label| label.at = place(at)),
        None => found.labels.clear(),
    }
    found.labels.extend(fault.others.iter().map(|(at, text)| Label { at: place(at), text: text.clone() }));
    found.why.clone_from(&fault.why);
    found.help.clone_from(&fault.help);
    found.edits = edits(&fault.edits);
    let readings =
        fault.readings.iter().map(|reading| Mend { help: reading.help.clone(), edits: edits(&reading.edits) });
    found.readings = readings.collect();
    found
}
