//! `flow check`: says everything that is wrong with a project, without running it. It needs no secrets.

use std::io;
use std::path::Path;

use flow_front::diagnostics::Severity;
use flow_ir::Program;

use crate::load::{Loaded, load, settings_findings};
use crate::output::{Findings, Outcome, Output, counted};
use crate::project;
use crate::run::data;

pub(crate) fn check(given: Option<&Path>, output: &mut Output) -> io::Result<Outcome> {
    let mut loaded = load(given);
    let shut_out = shut_out(&loaded);
    loaded.findings.extend(shut_out);
    let praise = loaded.program.as_ref().map(praise).unwrap_or_default();
    output.report(&loaded.findings, &loaded.failures, &praise)
}

/// Whether the contacts would shut out most of themselves: `flow run` says so, and `flow serve` does not begin.
fn shut_out(loaded: &Loaded) -> Option<Findings> {
    let (settings, program) = (loaded.settings.as_ref()?, loaded.program.as_ref()?);
    let warning = data::shut_out(settings, program)?.warning()?;
    let text = project::settings_text(&loaded.folder).ok()?;
    let mut findings = settings_findings(&text, &[settings.of_contacts(warning.message, warning.help)]);
    findings.diagnostics.iter_mut().for_each(|found| found.severity = Severity::Warning);
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
