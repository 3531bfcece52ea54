//! Rounds that cannot be gone.

use super::{Code, Diagnostic};
use crate::source::Location;
use flow_ir::limits::MAX_ROUNDS;

pub(crate) fn bad_times(times: &str, at: Location) -> Diagnostic {
    let label = format!("this needs a whole number, from 2 to {MAX_ROUNDS}");
    let diagnostic = Diagnostic::error(Code::BadRepeat, format!("`{times}` is no number of rounds"), at, label)
        .why("every workflow ends, and how many mails anybody gets is known before it begins");
    match times {
        "1" => diagnostic.help("leave the `repeat` out, and keep its steps"),
        _ => diagnostic.help("say how often at most:").edit(at, "3"),
    }
}

pub(crate) fn nothing_to_repeat(at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadRepeat, "this repeats nothing", at, "it has no steps")
        .help("put steps in its braces, such as `send reminder again`")
}

/// A `repeat` inside of another one.
pub(crate) fn inside_another(at: Location, around: Location) -> Diagnostic {
    Diagnostic::error(Code::BadRepeat, "a `repeat` stands in another one", at, "each round would have rounds")
        .label(around, "inside of this")
        .why("people lose count of what comes how often, and so do those who get it")
        .help("put one behind the other, or let the inner one be steps with waits")
}
