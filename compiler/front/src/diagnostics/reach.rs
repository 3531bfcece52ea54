//! Steps nobody can come to.

use super::{Code, Diagnostic};
use crate::source::Location;

pub(crate) fn unreachable(at: Location, because: Location) -> Diagnostic {
    Diagnostic::error(Code::Unreachable, "nobody can come to this step", at, "never runs")
        .label(because, "everyone leaves the workflow here")
        .help("move it before, or remove it")
}

/// Two tests joined by `and` that exclude each other.
pub(crate) fn never_true(test: &str, at: Location, other: Location) -> Diagnostic {
    Diagnostic::error(Code::NeverTrue, format!("`{test}` can never be true here"), at, "this and the other test")
        .label(other, "exclude each other")
        .why("both must hold, so this is false for everyone")
        .help("join them with `or`, or leave one out")
}

/// `between 60 and 40`: the ends the wrong way round.
pub(crate) fn nothing_between(from: &str, to: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NeverTrue,
        format!("nothing lies between {from} and {to}"),
        at,
        "the larger one stands first",
    )
    .why("this would be false for everyone")
    .help("the smaller one comes first:")
    .edit(at, format!("{to} and {from}"))
}

pub(crate) fn nothing_to_do(workflow: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NothingToDo,
        format!("workflow `{workflow}` has no steps"),
        at,
        "people would enter and leave at once",
    )
    .help("add what should happen, for example `send welcome`")
}

/// A `stop` that names the workflow it stands in, and no other.
pub(crate) fn stops_itself(name: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::StopsItself,
        format!("`stop {name}` stops nothing"),
        at,
        "names no other workflow than its own",
    )
    .why("a `stop` never touches the journey that says it, so nothing would happen here")
    .help("to end this journey, say")
    .edit(at, "exit")
}
