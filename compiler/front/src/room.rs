//! Whether what a program keeps about each person has room: known only once everything has its place.

use crate::diagnostics::{Diagnostic, syntax};
use flow_ir::limits::{MAX_FIELDS, MAX_LAYOUT_BYTES};
use flow_ir::{Id, Program};

/// What is too large to be kept. Of the contact it is said where the first workflow stands: no one line is to blame.
pub(crate) fn room(program: &Program) -> Vec<Diagnostic> {
    let most = MAX_LAYOUT_BYTES / 1024;
    let mut found = Vec::new();
    for (id, told) in program.debug.workflows.iter() {
        if program.frame.size > MAX_LAYOUT_BYTES && id.index() == 0 {
            let what = format!("project asks for more than {most} KiB to be kept about each person");
            found.push(syntax::too_large(&what, told.at));
        }
        if program.fields.len() > MAX_FIELDS && id.index() == 0 {
            let what = format!("project has more than {MAX_FIELDS} fields and tags");
            found.push(syntax::too_large(&what, told.at));
        }
        if program.workflows.at(id).journey.size > MAX_LAYOUT_BYTES {
            let what = format!("workflow asks for more than {most} KiB to be kept about each journey");
            found.push(syntax::too_large(&what, told.at));
        }
    }
    found
}
