//! Text that cannot be read.

use super::{Code, Diagnostic, suggest};
use crate::source::Location;

pub fn unexpected_text(found: &str, expected: &[&str], at: Location) -> Diagnostic {
    let message =
        if found.is_empty() { "this line ends too early".to_owned() } else { format!("`{found}` cannot be read here") };
    let label = if expected.is_empty() {
        "this does not belong here".to_owned()
    } else {
        format!("expected {}", either(expected))
    };
    let diagnostic = Diagnostic::error(Code::UnexpectedText, message, at, label);
    // The words in backticks, one or several in each description.
    let keywords: Vec<&str> = expected.iter().flat_map(|words| words.split('`').skip(1).step_by(2)).collect();
    match suggest::nearest(found, keywords) {
        Some(keyword) => diagnostic.help(format!("did you mean `{keyword}`?")).edit(at, keyword),
        None => diagnostic,
    }
}

pub fn unknown_statement(word: &str, nearest: Option<&str>, possible: &[&str], at: Location) -> Diagnostic {
    let message = format!("nothing starts with `{word}` here");
    let diagnostic = Diagnostic::error(Code::UnknownStatement, message, at, "not a word of Flow in this place");
    match nearest {
        Some(keyword) => diagnostic.help(format!("did you mean `{keyword}`?")).edit(at, keyword),
        None => diagnostic.help(format!("a line here starts with {}", suggest::list(possible, possible.len()))),
    }
}

pub fn comment_sign(at: Location) -> Diagnostic {
    Diagnostic::error(Code::UnknownStatement, "a comment starts with `//`", at, "`#` is no sign of Flow")
        .help("write the comment with two slashes")
        .edit(at, "//")
}

pub fn unclosed_text(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::UnclosedText,
        "this text has no closing quote",
        at,
        "opened here, and the line ends before it closes",
    )
    .help("close the text with `\"` on the same line")
}

pub fn unclosed_block(what: &str, opened: Location, ends: Location) -> Diagnostic {
    Diagnostic::error(Code::UnclosedBlock, format!("{what} is never closed"), opened, "its block opens here")
        .label(ends, "and should have ended before this")
        .help("add the missing `}`")
}

pub fn stray_brace(at: Location) -> Diagnostic {
    Diagnostic::error(Code::StrayBrace, "this `}` closes nothing", at, "no block is open here")
        .help("remove it, or look above for a block that was closed too early")
        .edit(at, "")
}

pub fn not_supported_yet(what: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NotSupportedYet,
        format!("`{what}` is not supported yet"),
        at,
        "this version of Flow cannot run it",
    )
    .why("it is part of the language, and refusing it is better than leaving it out of a journey in silence")
    .help("leave it out for now; the changelog says when it comes")
}

pub fn unreadable_field(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::UnreadableField,
        "this field in a text cannot be read",
        at,
        "expected a field, and perhaps a fallback",
    )
    .help("write `{first_name}`, or `{first_name or \"there\"}` where it may be missing; a brace itself is `\\{`")
}

pub fn and_or_mixed(at: Location, first: String, second: String) -> Diagnostic {
    Diagnostic::error(
        Code::AndOrMixed,
        "`and` and `or` side by side can be read in two ways",
        at,
        "which belongs together?",
    )
    .why("one reading may mail people whom the other leaves alone")
    .help(format!("say which is meant:\n{first}\nor\n{second}"))
}

pub fn too_large(what: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::TooLarge, format!("this {what}"), at, "reading stopped here").help("split it up")
}

fn either(words: &[&str]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}
