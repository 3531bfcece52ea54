//! What the event said that let somebody in, where nothing says it.

use super::suggest::Names;
use super::{Code, Diagnostic};
use crate::env::schema::words;
use crate::source::{Location, Span};
use crate::syntax::wording::type_for;
use flow_ir::FieldType;

/// In a segment, a policy, a team or the condition of a subject.
pub(crate) fn of_no_workflow(property: &str, at: Location) -> Diagnostic {
    only_in_steps(property, at, "what stands here is asked of everybody, whatever let them in")
        .help(format!("ask it in a step of the workflow: `if trigger.{property} …`"))
}

/// In a line around the steps. `event` is what says it there.
pub(crate) fn not_around_steps(property: &str, event: Option<&str>, at: Location) -> Diagnostic {
    let later = format!("ask in a step: `if trigger.{property} …`");
    only_in_steps(property, at, "this line is also asked of people who are not in the workflow").help(match event {
        Some(event) => format!(
            "at the entry, ask the event itself, which has its properties in parentheses behind it: \
             `enter when {event}({property} …)`; later, {later}"
        ),
        None => later,
    })
}

fn only_in_steps(property: &str, at: Location, label: &str) -> Diagnostic {
    let message = format!("`trigger.{property}` is known only in steps and in the texts of mails");
    Diagnostic::error(Code::JourneyOnly, message, at, label)
        .why("it is what the event said that let somebody in, and only their own journey goes by it")
}

/// Nobody comes in by an event. `event` is one that has the property.
pub(crate) fn no_event(property: &str, workflow: Option<&str>, event: Option<&str>, at: Location) -> Diagnostic {
    let message = match workflow {
        Some(workflow) => format!("no event lets people into `{workflow}`, so none says `{property}`"),
        None => format!("no event lets people into the workflows that send this mail, so none says `{property}`"),
    };
    let field = format!("`contact {{ {property} {}? }}`, and read it as `{property}`", type_for(property));
    Diagnostic::error(Code::NoTrigger, message, at, "nobody would ever have a value here").help(match event {
        Some(event) => {
            format!("let an event in that has it, `enter when {event}`, or keep it with the contact: {field}")
        }
        None => format!("no event of this project has it: keep it with the contact, {field}"),
    })
}

/// A mail that nobody gets.
pub(crate) fn not_sent(property: &str, at: Location) -> Diagnostic {
    let message = format!("no workflow sends this mail, so no event says `{property}`");
    Diagnostic::error(Code::NoTrigger, message, at, "what it says depends on what lets its reader in")
        .help("send it from a workflow that people enter by an event")
}

/// The events have it, each in another way.
pub(crate) fn two_types(property: &str, [one, other]: &[(String, FieldType); 2], at: Location) -> Diagnostic {
    let message = format!(
        "`trigger.{property}` is {} where `{}` lets people in, and {} where `{}` does",
        words(&one.1),
        one.0,
        words(&other.1),
        other.0,
    );
    Diagnostic::error(Code::TypeMismatch, message, at, "which of the two is meant?").help(format!(
        "declare `{property}` alike in both events, or part those who come in by one of them into a workflow of their own"
    ))
}

/// `set plan = trigger.amount`
pub(crate) fn set_to_another_kind([field, said]: [&str; 2], [is, other]: [&FieldType; 2], at: Location) -> Diagnostic {
    let message = match (is, other) {
        (FieldType::OneOf(_), FieldType::OneOf(_)) => format!("`{field}` and `{said}` list other values"),
        _ => format!("`{field}` is {}, and `{said}` is {}", words(is), words(other)),
    };
    let label = format!("`{field}` does not take this");
    Diagnostic::error(Code::TypeMismatch, message, at, label)
        .help("declare the field and the property of the event alike, or say by `choose by` what each value becomes")
}

/// What a field is set to, where the event may not have said it. `whole` is the line that sets it: what else it could be set to, nobody knows.
pub(crate) fn possibly_unsaid(said: &str, at: Location, declared: Option<Location>, whole: Location) -> Diagnostic {
    let message = format!("`{said}` may be missing here");
    let diagnostic = Diagnostic::error(Code::PossiblyMissing, message, at, "what is it set to then?");
    let diagnostic = match declared {
        Some(declared) => diagnostic.label(declared, "because of this, not everybody who comes in has it"),
        None => diagnostic,
    };
    let (start, end) = (Span { end: whole.span.start, ..whole.span }, Span { start: whole.span.end, ..whole.span });
    diagnostic
        .help("set it where there is something to set it to:")
        .edit(start.in_file(whole.file), format!("if {said} is known {{ "))
        .edit(end.in_file(whole.file), " }")
}

/// `start later with colour = "red"`, where nothing there asks for a colour.
pub(crate) fn given_and_not_read(
    property: &str,
    workflow: &str,
    (read, known): (&[&str], &Names<'_>),
    at: Location,
) -> Diagnostic {
    let message = format!("nothing in `{workflow}` reads `trigger.{property}`");
    let diagnostic = Diagnostic::error(Code::GivenUnread, message, at, "this would be lost")
        .why("what a workflow is started with is for its steps and mails, and none of them asks for this");
    match known.nearest(property) {
        Some(nearest) => diagnostic.help(format!("did you mean `{nearest}`?")).edit(at, nearest),
        None if !read.is_empty() => {
            let read = read.iter().map(|name| format!("`trigger.{name}`")).collect::<Vec<_>>().join(", ");
            diagnostic.help(format!("it reads {read}: give it one of these, or leave this out"))
        }
        None => diagnostic.help(format!(
            "read it there, as in `if trigger.{property} is known {{ .. }}` or `{{trigger.{property} or \"…\"}}` in a mail, or leave it out here"
        )),
    }
}

/// `goal "…" when ordered(amount > trigger.amount)`
pub(crate) fn not_in_an_event(said: &str, [event, property]: [&str; 2], ty: &FieldType, at: Location) -> Diagnostic {
    let example = match ty {
        FieldType::Number | FieldType::Money => "> 100",
        FieldType::Date | FieldType::Moment => ">= 2026-10-01",
        _ => "is \"…\"",
    };
    let message = format!("what is asked of `{event}` is the same for everybody, and `{said}` is not");
    Diagnostic::error(Code::TypeMismatch, message, at, "another value for each person")
        .why("an event is compared with what stands in the line, and not with what an earlier one said")
        .help(format!(
            "write the value itself, as in `{event}({property} {example})`, or leave it out: any `{event}` counts then"
        ))
}

/// `attended(webinar is "trigger.webinar")`
pub(crate) fn read_as_text(said: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::TypeMismatch, format!("\"{said}\" is a text here"), at, "no event ever says these words")
        .why("between quotes it is compared as it stands, and this would be false for everyone")
        .help("what the `trigger` said stands without quotes:")
        .edit(at, said)
}

/// None of the events that let people in has it.
pub(crate) fn not_of(property: &str, events: &[String], known: &Names<'_>, at: Location) -> Diagnostic {
    let all = events.iter().map(|event| format!("`{event}`")).collect::<Vec<_>>().join(" and ");
    let message = match events {
        [_] => format!("{all} lets people in, and has no property called `{property}`"),
        _ => format!("{all} let people in, and none has a property called `{property}`"),
    };
    let diagnostic = Diagnostic::error(Code::UnknownProperty, message, at, "not declared");
    match (known.nearest(property), events.first()) {
        (Some(nearest), _) => {
            diagnostic.help(format!("did you mean `trigger.{nearest}`?")).edit(at, format!("trigger.{nearest}"))
        }
        (None, Some(event)) if known.is_empty() => {
            diagnostic.help(format!("declare it: `event {event} {{ {property} text }}`"))
        }
        (None, _) => diagnostic.help(format!("there is {}", known.list(8))),
    }
}
