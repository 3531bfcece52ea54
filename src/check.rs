//! `flow check`: says everything that is wrong with a project, without running it. It needs no secrets.

use std::io;
use std::path::Path;

use flow_ir::Program;

use crate::load::load;
use crate::output::{Outcome, Output, counted};

pub(crate) fn check(given: Option<&Path>, output: &mut Output) -> io::Result<Outcome> {
    let loaded = load(given);
    let praise = loaded.program.as_ref().map(praise).unwrap_or_default();
    output.report(&loaded.findings, &loaded.failures, &praise)
}

fn praise(program: &Program) -> String {
    let parts = [
        counted(program.workflows.len(), "workflow"),
        counted(program.emails.len(), "email"),
        counted(program.teams.len(), "team"),
    ];
    format!("{} is fine: {}", program.debug.name, parts.join(", "))
}
