//! Teams: how many somebody may have.

use super::{Code, Diagnostic};
use crate::source::Location;
use flow_ir::limits::MAX_CAPACITY;

const _: () = assert!(MAX_CAPACITY == 100_000, "`bad_capacity` says so");

/// `instead`: a number that would do.
pub(crate) fn bad_capacity(text: &str, why: &str, at: Location, instead: u32) -> Diagnostic {
    Diagnostic::error(Code::BadCapacity, format!("`{text}` is no capacity"), at, why.to_owned())
        .why("whoever shall get nobody is away, or is no member")
        .help("a capacity is a whole number of people from 1 to 100,000:")
        .edit(at, instead.to_string())
}

/// What somebody may have would be counted for each of their lines, and a day away would be of one of them.
pub(crate) fn member_twice(address: &str, at: Location, first: Location) -> Diagnostic {
    let message = format!("`{address}` is a member of this team twice");
    Diagnostic::error(Code::DuplicateName, message, at, "here again")
        .label(first, "a member here")
        .why("each line would have its own turn, capacity and days away, so they would get twice as many")
        .help("one line says all of a member: `member \"ana@acme.example\" covers region in (\"EMEA\") or employees >= 500`")
}

/// People are open until somebody answers, and nobody can.
pub(crate) fn nobody_closes(text: &str, at: Location) -> Diagnostic {
    let message = format!("who says that one of the {text} is taken?");
    Diagnostic::error(Code::NobodyCloses, message, at, "open until the team answers")
        .why("`taken`, `refused` and `done` are events of `std.b2b`, which this project does not use: nobody would ever be free again")
        .help("bring them in, at the top of a file:\n  use std.b2b")
}
