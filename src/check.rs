//! `flow check`: says everything that is wrong with a project, without running it. It needs no secrets.

mod files;

use std::io;
use std::path::Path;

use flow_front::diagnostics::{Diagnostic, Severity};
use flow_ir::Program;
use flow_runtime::open::Kind;
use flow_runtime::settings::DataFile;

use crate::load::{Loaded, load, settings_findings};
use crate::output::{Findings, Outcome, Output, counted};
use crate::project;
use crate::run::contacts;

pub(crate) fn check(given: Option<&Path>, output: &mut Output) -> io::Result<Outcome> {
    let mut loaded = load(given);
    let of_data = of_data(&loaded);
    loaded.findings.extend(of_data);
    let praise = loaded.program.as_ref().map(praise).unwrap_or_default();
    output.report(&loaded.findings, &loaded.failures, &praise)
}

/// What a run would say of the project's data: what of it is not taken, and whether the contacts would shut out most of themselves, with which
/// `flow serve` does not begin.
fn of_data(loaded: &Loaded) -> Option<Findings> {
    let (settings, program) = (loaded.settings.as_ref()?, loaded.program.as_ref()?);
    let text = project::settings_text(&loaded.folder).ok()?;
    let contacts = contacts::foresee(settings, program);
    let mut told = files::told(settings, program, contacts.as_ref().map(|contacts| &contacts.tally));
    // A key that is wrong may be the one that is missing.
    let is_of_settings =
        |found: &Diagnostic| found.severity == Severity::Error && found.code.number().starts_with("F11");
    let is_told = loaded.findings.iter().flat_map(|found| &found.diagnostics).any(is_of_settings);
    let to_confirm = (program.policy.confirms && !is_told).then(|| settings.without_page_to_confirm()).flatten();
    told.extend(to_confirm.map(|fault| (fault, Severity::Error)));
    let shut_out = contacts.and_then(|contacts| contacts.shut_out.warning(Kind::Rehearsal));
    told.extend(
        shut_out
            .map(|warning| (settings.of_data(DataFile::Contacts, warning.message, warning.help), Severity::Warning)),
    );
    let (faults, severities): (Vec<_>, Vec<_>) = told.into_iter().unzip();
    let mut findings = settings_findings(&text, &faults);
    findings.diagnostics.iter_mut().zip(severities).for_each(|(found, severity)| found.severity = severity);
    Some(findings)
}

fn praise(program: &Program) -> String {
    let parts = [
        counted(program.workflows.len(), "workflow"),
        counted(program.emails.len(), "email"),
        counted(program.teams.len(), "team"),
    ];
    format!("{} is fine: {}", program.debug.name, parts.join(", "))
}
