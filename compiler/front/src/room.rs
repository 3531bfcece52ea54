//! Whether what a program keeps about each person has room: known only once everything has its place.

use crate::diagnostics::{Diagnostic, syntax};
use crate::source::{FileId, Span};
use flow_ir::Program;
use flow_ir::limits::{MAX_FIELDS, MAX_LAYOUT_BYTES};

/// What is too large to be kept. Of the contact it is said where the first workflow stands, or the project's text begins: no one line is
/// to blame.
pub(crate) fn room(program: &Program) -> Vec<Diagnostic> {
    let most = MAX_LAYOUT_BYTES / 1024;
    let mut found = Vec::new();
    let whole = program.debug.workflows.values().next().map(|told| told.at);
    let whole = whole.unwrap_or_else(|| Span::new(0, 0).in_file(FileId(0)));
    if program.frame.size > MAX_LAYOUT_BYTES {
        let what = format!("project asks for more than {most} KiB to be kept about each person");
        let label = "everything that conditions ask about events takes room";
        let help = "ask for less: fewer fields, fewer different events in conditions, smaller numbers of times";
        found.push(syntax::too_large(&what, whole, label, help));
    }
    if program.fields.len() > MAX_FIELDS {
        let what = format!("project has more than {MAX_FIELDS} fields, tags and lists");
        let label = "those of the modules in use count too";
        let help = "leave out fields, tags and lists that nothing asks and no mail prints";
        found.push(syntax::too_large(&what, whole, label, help));
    }
    for (id, told) in program.debug.workflows.iter() {
        if program.workflows.at(id).journey.size > MAX_LAYOUT_BYTES {
            let what = format!("workflow asks for more than {most} KiB to be kept about each journey");
            let label = "each email it sends and each click it asks about takes room";
            let help = "part it into two workflows, and let the first `start` the second";
            found.push(syntax::too_large(&what, told.at, label, help));
        }
    }
    found
}
