//! Teams: how many somebody may have, when they are there, and who is behind them.

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

/// A handoff waits for an answer that nobody can give.
pub(crate) fn nobody_takes(at: Location) -> Diagnostic {
    Diagnostic::error(Code::NobodyCloses, "who says that somebody is taken?", at, "waits for an answer of the team")
        .why("`taken`, `refused` and `done` are events of `std.b2b`, which this project does not use: everybody would go to the backup")
        .help("bring them in, at the top of a file:\n  use std.b2b")
}

/// A handoff that is to go on, and to nobody.
pub(crate) fn nobody_behind(team: &str, at: Location, declared: Location) -> Diagnostic {
    let message = format!("who gets the people whom nobody of `{team}` takes in time?");
    Diagnostic::error(Code::NobodyBehind, message, at, "goes on to nobody")
        .label(declared, "has no backup")
        .why("they would stay with whoever does not answer")
        .help(format!("add a backup to team `{team}`, or to this handoff:\n  backup \"lead@acme.example\""))
}

/// A backup who is a member too: whoever they have not taken goes on to them again.
pub(crate) fn backup_is_member(address: &str, team: &str, at: Location) -> Diagnostic {
    let message = format!("whom `{address}` does not take in time stays with them");
    Diagnostic::warning(Code::NobodyBehind, message, at, "goes on to the backup")
        .why("people whom nobody answers would wait for the same person again, and nobody else would hear of them")
        .help(format!("the backup is a member of `{team}`: name somebody who is none, such as their lead"))
}

/// Hours that end before they begin; `later` is the end as one of the afternoon, where that may be meant.
pub(crate) fn bad_hours(from: &str, to: &str, at: Location, later: Option<&str>) -> Diagnostic {
    let message = format!("from {from} to {to} nobody is there");
    let found = Diagnostic::error(Code::BadTeamHours, message, at, "ends before it begins")
        .why("the team would never be there, and nobody would ever go to the backup");
    match later {
        Some(later) => found
            .help("clocks go on to 24:00 behind noon:")
            .edit(at, format!("hours weekdays from {from} to {later}")),
        None => found.help(
            "the hours of a team lie within one day, and a night has none that can be said: write when they begin and end \
             on that day, as in `hours weekdays from 09:00 to 18:00`. A team that says none is there from 09:00 to 17:00",
        ),
    }
}

/// A zone that nobody knows.
pub(crate) fn unknown_home(zone: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::UnknownZone, format!("\"{zone}\" is no time zone"), at, "no zone has this name")
        .why("the hours of the team go by the clocks of its members")
        .help("zones go by continent and city, such as \"Europe/Berlin\" or \"America/New_York\"")
}
