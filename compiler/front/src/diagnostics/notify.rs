//! Notices that would reach nobody of one's own.

use super::{Code, Diagnostic};
use crate::source::Location;

pub(crate) fn no_owner(at: Location) -> Diagnostic {
    Diagnostic::error(Code::MissingClause, "this workflow has no owner", at, "nobody is told")
        .help("say in its head who answers for it, `owner \"ops@acme.example\"`, or name a team: `notify sales \"…\"`")
}

pub(crate) fn nobody_of_ours(address: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadAddress, format!("\"{address}\" is nobody of your teams"), at, "no member and no backup")
        .why(
            "a notice has what is known of a person in it, and leaves without consent and at any hour: it is for your own \
             people",
        )
        .help(format!("name somebody of a team, or take them into one: `team sales {{ member \"{address}\" }}`"))
}
