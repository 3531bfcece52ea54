//! Splits whose shares are none.

use super::{Code, Diagnostic};
use crate::source::Location;

pub(crate) fn no_share(weight: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadSplit, format!("`{weight}%` is no share"), at, "this needs a whole number, from 1 to 99")
        .help("write whole per cents that come to 100 together, such as `50% a { .. } 50% b { .. }`")
}

/// `rest` is what the last share would have to be.
pub(crate) fn not_the_whole(sum: i64, at: Location, rest: Option<i64>) -> Diagnostic {
    let message = format!("the shares of this split come to {sum} per cent");
    let diagnostic = Diagnostic::error(Code::BadSplit, message, at, "they have to come to 100")
        .why("each person goes one of the ways, so the shares are of everybody");
    match rest {
        Some(rest) => diagnostic.help("the last one would be").edit(at, rest.to_string()),
        None => diagnostic.help("make them smaller"),
    }
}

pub(crate) fn nothing_to_part(name: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadSplit, format!("split `{name}` parts nobody from anybody"), at, "it has no two ways")
        .help("write a way for each share, such as `50% a { .. } 50% b { .. }`")
}

pub(crate) fn split_without_a_name(at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadSplit, "this split has no name", at, "nothing to read")
        .why("the same person goes the same way at every split of that name")
        .help("write a name, such as `split welcome_offer { .. }`")
}

/// `behind` its per cent sign.
pub(crate) fn share_without_a_name(weight: &str, at: Location, behind: Location, free: char) -> Diagnostic {
    let message = format!("the way of these {weight}% has no name");
    Diagnostic::error(Code::BadSplit, message, at, "reports name people's ways")
        .help("give it one:")
        .edit(behind, format!(" {free}"))
}

pub(crate) fn same_share(name: &str, at: Location, first: Location, free: char) -> Diagnostic {
    Diagnostic::error(Code::BadSplit, format!("two ways of this split are called `{name}`"), at, "the second")
        .label(first, "the first")
        .why("reports name people's ways, and could not tell these apart")
        .help("give it another name:")
        .edit(at, free.to_string())
}
