//! Text that cannot be read.

use super::{Code, Diagnostic, Edit, Expected, Mend, suggest};
use crate::source::{Location, Span};

/// The characters of an unreadable word that a message repeats.
const MAX_SHOWN: usize = 60;

pub(crate) fn unexpected_text(found: &str, expected: &[Expected], at: Location) -> Diagnostic {
    let shown = found.char_indices().nth(MAX_SHOWN).and_then(|(end, _)| found.get(..end));
    let message = match shown {
        _ if found.is_empty() => "this line ends too early".to_owned(),
        Some(shown) => format!("`{shown}…` cannot be read here"),
        None => format!("`{found}` cannot be read here"),
    };
    let label = match expected {
        [] if found.is_empty() => "something is missing here".to_owned(),
        [] => "this does not belong here".to_owned(),
        _ => {
            let likely: Vec<String> = Expected::likely(expected).iter().map(Expected::to_string).collect();
            format!("expected {}", suggest::either(&likely))
        }
    };
    Diagnostic::error(Code::UnexpectedText, message, at, label)
}

pub(crate) fn two_on_one_line(word: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::UnexpectedText, format!("`{word}` cannot be read here"), at, "expected the end of the line")
        .help("begin a new line, or put `;` between them:")
}

pub(crate) fn unusual_name(name: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::UnexpectedText, format!("`{name}` cannot be read here"), at, "not all of it is a name")
        .help("names are made of `a` to `z`, digits and `_`:")
}

/// `event.amount`
pub(crate) fn theirs_of_trigger(name: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::UnexpectedText,
        format!("`{name}` cannot be read here"),
        at,
        "this has another name in Flow",
    )
    .help("what the event said that let somebody in is what the `trigger` said:")
}

/// Signs of other languages: `==`, `&&`.
pub(crate) fn foreign_sign(sign: &str, at: Location) -> Diagnostic {
    let label = if sign == "=" { "no sign of a condition" } else { "no sign of Flow" };
    Diagnostic::error(Code::UnexpectedText, format!("`{sign}` cannot be read here"), at, label)
}

/// Typographic quotes and spaces, as text processors put them.
pub(crate) fn typographic(what: &str, mended: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::UnexpectedText, format!("{what} cannot be read here"), at, "from a text processor")
        .help(format!("write {mended}:"))
}

/// `if customer` without its `{`.
pub(crate) fn missing_open(at: Location) -> Diagnostic {
    Diagnostic::error(Code::UnexpectedText, "this line opens no block", at, "expected `{` at its end")
        .help("the brace stands at the end of the line that its block belongs to, and not on the next:")
}

/// `wait until 2026-12-01, if past`, and no block.
pub(crate) fn nothing_said(at: Location) -> Diagnostic {
    Diagnostic::error(Code::UnexpectedText, "what comes then is missing", at, "expected a block in braces").help(
        "say what becomes of them in braces behind it, such as `{ exit }`, or leave the word out: they go on then",
    )
}

pub(crate) fn foreign_end(word: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::UnknownStatement, format!("nothing starts with `{word}` here"), at, "not a word of Flow")
        .help("a block ends with a brace:")
        .edit(at, "}")
}

pub(crate) fn else_without_if(at: Location) -> Diagnostic {
    let mut found =
        Diagnostic::error(Code::UnknownStatement, "this `else` belongs to no `if`", at, "no `if` ends right before it")
            .help("put it behind the `}` of its `if`, with nothing between them");
    let start = Span::new(at.span.start, at.span.start).in_file(at.file);
    let edits = vec![Edit { at: start, text: "} ".to_owned() }];
    found.tries.push(Mend { help: "the `if` ends before it:".to_owned(), edits });
    found
}

/// A header clause where steps are.
pub(crate) fn belongs_in_header(clause: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownStatement,
        format!("`{clause}` cannot stand inside a block"),
        at,
        "it holds for the whole workflow",
    )
    .help("move it to the top of the workflow, before the first step")
}

/// A line of a block where declarations are. `ended` is the block before it, with its last brace.
pub(crate) fn outside(word: &str, home: &str, at: Location, ended: Option<(&str, Location)>) -> Diagnostic {
    let message = format!("`{word}` stands outside {home}");
    let diagnostic = Diagnostic::error(Code::UnknownStatement, message, at, format!("belongs inside {home}"));
    match ended {
        Some((what, brace)) => diagnostic.label(brace, format!("{what} ends here")).help("move the `}` behind it"),
        None => diagnostic.help(format!("put it between the `{{` and the `}}` of {home}")),
    }
}

pub(crate) fn closed_too_early(what: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::StrayBrace, format!("this `}}` ends {what} too early"), at, "one too many")
        .help("remove it, or look above for a block that was closed too early")
        .edit(at, "")
}

pub(crate) fn nested_declaration(what: &str, inside: &str, at: Location, opened: Location) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownStatement,
        format!("{what} cannot stand inside {inside}"),
        at,
        "declarations stand side by side",
    )
    .label(opened, format!("{inside} is still open"))
    .help(format!("move it behind the `}}` of {inside}, or close {inside} before it"))
}

pub(crate) fn unknown_statement(word: &str, nearest: Option<&str>, possible: &[&str], at: Location) -> Diagnostic {
    let message = format!("nothing starts with `{word}` here");
    let diagnostic = Diagnostic::error(Code::UnknownStatement, message, at, "not a word of Flow in this place");
    match nearest {
        Some(keyword) => diagnostic.help(format!("did you mean `{keyword}`?")).edit(at, keyword).guessed(),
        None => diagnostic.help(format!("a line here starts with {}", suggest::list(possible, possible.len()))),
    }
}

pub(crate) fn comment_sign(sign: &str, at: Location) -> Diagnostic {
    let label = format!("`{sign}` starts no comment");
    Diagnostic::error(Code::UnknownStatement, "a comment starts with `//`", at, label)
        .help("write the comment with two slashes")
        .edit(at, "//")
}

pub(crate) fn unclosed_text(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::UnclosedText,
        "this text has no closing quote",
        at,
        "opened here, and the line ends before it closes",
    )
    .help("close the text with `\"` on the same line")
}

/// `before`: the place comes too late; otherwise it is the last one of the block.
pub(crate) fn unclosed_block(what: &str, opened: Location, ends: Location, before: bool) -> Diagnostic {
    let label = if before { "and should have ended before this" } else { "and is still open here" };
    Diagnostic::error(Code::UnclosedBlock, format!("{what} is never closed"), opened, "its block opens here")
        .label(ends, label)
        .help("add the missing `}`")
}

pub(crate) fn stray_brace(at: Location) -> Diagnostic {
    Diagnostic::error(Code::StrayBrace, "this `}` closes nothing", at, "no block is open here")
        .help("remove it, or look above for a block that was closed too early")
        .edit(at, "")
}

/// Of what comes later.
pub(crate) fn later_message(what: &str) -> String {
    format!("`{what}` is not supported yet")
}

pub(crate) fn not_supported_yet(what: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::NotSupportedYet, later_message(what), at, "this version of Flow cannot run it")
        .why("it is part of the language, and refusing it is better than leaving it out of a journey in silence")
        .help("leave it out for now; the changelog says when it comes")
}

/// `mended` is the field as it was meant, where that is clear.
pub(crate) fn unreadable_field(at: Location, mended: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnreadableField,
        "this field in a text cannot be read",
        at,
        "expected a field, and perhaps a fallback",
    );
    match mended {
        Some(mended) => {
            diagnostic.help("a field stands in braces, what to write where it is missing in quotes:").edit(at, mended)
        }
        None => diagnostic.help(
            "write `{first_name}`, or `{first_name or \"there\"}` where it may be missing; a brace itself is `\\{`",
        ),
    }
}

pub(crate) fn and_or_mixed(at: Location, first: String, second: String) -> Diagnostic {
    Diagnostic::error(
        Code::AndOrMixed,
        "`and` and `or` side by side can be read in two ways",
        at,
        "which belongs together?",
    )
    .why("one reading may mail people whom the other leaves alone")
    .help("say which is meant:")
    .reading("", at, first)
    .reading("or", at, second)
}

/// More than there is room for. Who finds it knows what is seen at the place, and what can be done.
pub(crate) fn too_large(what: &str, at: Location, label: &str, help: &str) -> Diagnostic {
    Diagnostic::error(Code::TooLarge, format!("this {what}"), at, label.to_owned()).help(help.to_owned())
}
