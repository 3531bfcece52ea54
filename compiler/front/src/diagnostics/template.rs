//! Faults in template files, at their place in the template.

use super::suggest::Names;
use super::{Code, Diagnostic, Edit, Severity};
use crate::source::{Location, Source, Span};
use crate::templates::{
    Construct, FaultKind, RequiredToken, Seen, Severity as FaultSeverity, Slip, Syntax, TemplateFault,
};

pub(crate) fn not_found(path: &str, at: Location, known: &Names<'_>) -> Diagnostic {
    let has_same_name = |known: &str| known.rsplit('/').next() == path.rsplit('/').next();
    let nearest = known.nearest(path).or_else(|| known.find(has_same_name));
    let diagnostic = Diagnostic::error(
        Code::TemplateNotFound,
        format!("there is no template \"{path}\""),
        at,
        "no such file in the project",
    );
    match nearest {
        Some(nearest) => diagnostic.help(format!("did you mean \"{nearest}\"?")).edit(at, format!("\"{nearest}\"")),
        None => diagnostic.help("paths start at the folder of flow.toml: `template \"emails/welcome.mjml\"`"),
    }
}

pub(crate) fn not_a_template(path: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::TemplateNotFound, format!("\"{path}\" is neither MJML nor HTML"), at, "by its ending")
        .help("templates end in `.mjml` or `.html`")
}

/// A subject, preview, note or task that is too long before any field is filled in.
pub(crate) fn text_too_long(what: &str, bytes: usize, limit: usize, at: Location) -> Diagnostic {
    let message = format!("{what} takes {bytes} bytes, and at most {limit} are sent");
    Diagnostic::error(Code::MailTooLong, message, at, "without what the fields bring")
        .help("shorten it: say the rest in the mail itself, or on a page it leads to")
}

/// The same in a text of a `.flow` file. `ours` is what Flow writes for it.
pub(crate) fn foreign_token(token: &str, ours: Option<String>, at: Location) -> Diagnostic {
    let message = format!("`{token}` is no token of Flow, and would be mailed as it stands");
    let diagnostic = Diagnostic::error(Code::TemplateSyntax, message, at, "of another tool");
    match ours {
        Some(ours) => diagnostic.help("nothing fills it in; Flow writes").edit(at, ours),
        None => diagnostic.help("nothing fills it in; Flow writes {first_name or \"there\"}"),
    }
}

/// A field in a text of a `.flow` file with one brace more behind it.
pub(crate) fn brace_too_many(field: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::TemplateSyntax, "there is a brace too many behind this field", at, "it would be mailed")
        .help("one pair is enough:")
        .edit(at, field)
}

/// A fault of the checker, in the template and with the email that uses it.
pub(crate) fn fault(
    fault: &TemplateFault,
    template: Location,
    text: &Source,
    email: &str,
    used: Location,
) -> Diagnostic {
    let span = Span::new(fault.span.start as u32, fault.span.end as u32);
    let at = widened(span, &text.text).in_file(template.file);
    let (code, label) = code_and_label(&fault.kind);
    let mut diagnostic =
        Diagnostic::error(code, fault.kind.to_string(), at, label).label(used, format!("the template of `{email}`"));
    diagnostic.help = Some(fault.kind.help());
    if fault.kind.severity() == FaultSeverity::Warning {
        diagnostic.severity = Severity::Warning;
    }
    let place = |place: &std::ops::Range<usize>| Span::new(place.start as u32, place.end as u32).in_file(template.file);
    if fault.edits.is_empty() {
        // No line stands behind it.
        diagnostic.help = diagnostic.help.map(|help| help.trim_end_matches(':').to_owned());
    }
    diagnostic.edits = fault.edits.iter().map(|(at, text)| Edit { at: place(at), text: text.clone() }).collect();
    diagnostic
}

/// A link that nothing leads to, at its line in the email.
pub(crate) fn link_never_used(fault: &TemplateFault, declared: Location, used: Location) -> Diagnostic {
    let (code, label) = code_and_label(&fault.kind);
    Diagnostic::error(code, fault.kind.to_string(), declared, label)
        .label(used, "the template without it")
        .help(fault.kind.help())
}

/// A place with at least one character, so that there is something to underline.
fn widened(span: Span, text: &str) -> Span {
    if span.start < span.end {
        return span;
    }
    let start = span.start.min(text.len() as u32);
    let next = text.get(start as usize..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(start, start + next as u32)
}

fn code_and_label(kind: &FaultKind) -> (Code, &'static str) {
    match kind {
        FaultKind::Syntax(Syntax::Slip(slip)) => (
            Code::TemplateSyntax,
            match slip {
                Slip::Typographic => "from a text processor",
                Slip::Fallback | Slip::ForeignIf | Slip::Word => "of another tool",
                Slip::Editor => "not as it was typed",
                Slip::Empty => "never so",
                Slip::Link | Slip::Unquoted | Slip::Braces => "here",
            },
        ),
        FaultKind::NotAllowed(Construct::AsAddress { .. }) => (Code::TemplateNotAllowed, "a value as an address"),
        FaultKind::NotAllowed(Construct::Script { .. }) => (Code::TemplateNotAllowed, "leads nowhere"),
        FaultKind::NotAllowed(Construct::InCode { .. }) => (Code::TemplateNotAllowed, "a value where machines read"),
        FaultKind::NotAllowed(Construct::BehindText { .. }) => (Code::TemplateNotAllowed, "not at the beginning"),
        FaultKind::Syntax(_) | FaultKind::Markup(_) => (Code::TemplateSyntax, "here"),
        FaultKind::Foreign { .. } => (Code::TemplateSyntax, "of another tool"),
        FaultKind::NotAllowed(_) => (Code::TemplateNotAllowed, "not part of Flow's templates"),
        FaultKind::UnknownToken { .. } => (Code::TemplateUnknownField, "no such field"),
        FaultKind::NeverHeld { .. } => (Code::UnknownChoice, "not one of its values"),
        FaultKind::MaybeMissing { .. } => (Code::TemplatePossiblyMissing, "may be missing"),
        FaultKind::NotPrintable { .. } => (Code::TemplateUnknownField, "cannot be printed"),
        FaultKind::UnknownLink { .. } => (Code::TemplateUnknownLink, "no such link"),
        FaultKind::UnusedLink { unseen: None, .. } => (Code::LinkNeverUsed, "not in the template"),
        FaultKind::UnusedLink { .. } => (Code::LinkNeverUsed, "out of reach"),
        FaultKind::WrittenOut { .. } => (Code::LinkNeverUsed, "the address itself"),
        FaultKind::Required { token, seen } => {
            let label = match seen {
                Seen::Nowhere => "put it before this",
                Seen::Unseen(_) => "out of sight",
                Seen::OnSomePaths => "not for everybody",
            };
            match token {
                RequiredToken::UnsubscribeUrl => (Code::NoUnsubscribe, label),
                RequiredToken::SenderAddress => (Code::NoSenderAddress, label),
                RequiredToken::ConfirmUrl => (Code::NoConfirmLink, label),
            }
        }
        FaultKind::ConfirmsElsewhere => (Code::ConfirmLinkNotHere, "asks nobody to confirm"),
        FaultKind::Clipped { .. } | FaultKind::MailTooLarge { .. } | FaultKind::TemplateTooLong { .. } => {
            (Code::MailTooLong, "here")
        }
    }
}
