//! Steps nobody can come to.

use super::{Code, Diagnostic};
use crate::source::Location;

pub fn unreachable(at: Location, because: Location) -> Diagnostic {
    Diagnostic::error(Code::Unreachable, "nobody can come to this step", at, "never runs")
        .label(because, "everyone leaves the workflow here")
        .help("move it before, or remove it")
}

pub fn never_true(text: &str, at: Location, why: &str) -> Diagnostic {
    Diagnostic::error(Code::NeverTrue, format!("`{text}` can never be true"), at, why.to_owned())
}

pub fn nothing_to_do(workflow: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NothingToDo,
        format!("workflow `{workflow}` has no steps"),
        at,
        "people would enter and leave at once",
    )
    .help("add what should happen, for example `send welcome`")
}
