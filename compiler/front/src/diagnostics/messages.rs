//! Questions about messages that cannot be answered.

use super::{Code, Diagnostic};
use crate::source::Location;

pub(crate) fn not_sent_before(verb: &str, email: &str, at: Location, sent: Option<Location>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::NotSentBefore,
        format!("`{email}` cannot have been sent here"),
        at,
        match verb {
            "bounced" => "it cannot have bounced yet".to_owned(),
            "since" => "there is nothing to count from yet".to_owned(),
            "replied" => "nobody can have replied to it yet".to_owned(),
            verb => format!("nobody can have {verb} it yet"),
        },
    )
    .why("this would be false for everyone, so the other branch would take them all");
    match sent {
        Some(sent) => diagnostic.label(sent, "it is sent only here").help("ask after it was sent"),
        None => diagnostic.help(format!("send it before this: `send {email}`")),
    }
}

pub(crate) fn nothing_sent_before(verb: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NotSentBefore,
        "no email has been sent before this",
        at,
        if verb == "bounced" {
            "nothing can have bounced".to_owned()
        } else {
            let to = if verb == "replied" { " to" } else { "" };
            format!("nothing can have been {verb}{to}")
        },
    )
    .help("send one first")
}

/// Of so many emails the one that may be meant is shown.
const MAX_READINGS: usize = 3;

/// `beside` are the emails that the same condition names.
pub(crate) fn unclear_engagement(
    verb: &str,
    beside: &[String],
    candidates: &[(String, Location)],
    at: Location,
) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(
        Code::UnclearEngagement,
        format!("which email is `{verb}` about?"),
        at,
        "the last email differs by the way people came here",
    );
    for (email, sent) in candidates {
        diagnostic = diagnostic.label(*sent, format!("`{email}` on this way"));
    }
    let others = candidates.iter().map(|(email, _)| email).filter(|email| !beside.contains(email));
    for email in beside.iter().chain(others).take(MAX_READINGS) {
        diagnostic = diagnostic.reading(format!("`{email}`:"), at, format!("{verb} {email}"));
    }
    let diagnostic = diagnostic.reading("any of those sent so far:", at, format!("{verb} any email of this journey"));
    match verb {
        "bounced" => {
            diagnostic.reading("any mail to them, of whichever workflow, that came back for good:", at, "hard_bounced")
        }
        _ => diagnostic,
    }
}

/// Where it can be asked whether a wait was in vain.
const BEHIND_A_WAIT: &str = "ask it in a step right after a `wait until … up to …`";

pub(crate) fn timed_out_without_wait(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::TimedOutWithoutWait,
        "nothing was waited for here",
        at,
        "`timed out` asks about a `wait until`",
    )
    .help(BEHIND_A_WAIT)
}

/// `behind` is where an `again` would stand.
pub(crate) fn sent_again(email: &str, at: Location, first: Location, behind: Location) -> Diagnostic {
    Diagnostic::error(
        Code::SentAgain,
        format!("`{email}` was already sent on this way"),
        at,
        "nobody would get it twice",
    )
    .label(first, "sent here before")
    .why("the same email goes to the same person once per journey, unless the step says `again`")
    .help("send another email, or say that the same one is meant:")
    .edit(behind, " again")
}

/// A send in a `repeat` that does not say `again`.
pub(crate) fn sent_in_each_round(email: &str, at: Location, around: Location, behind: Location) -> Diagnostic {
    Diagnostic::error(Code::SentAgain, format!("`{email}` goes out in each round"), at, "nobody would get it twice")
        .label(around, "repeated here")
        .why("the same email goes to the same person once per journey, unless the step says `again`")
        .help("say that the same one is meant:")
        .edit(behind, " again")
}

/// `send guide again` where nobody can have got it. `surplus` is the `again` with the space before it.
pub(crate) fn nothing_to_repeat(email: &str, at: Location, surplus: Location) -> Diagnostic {
    let message = format!("`{email}` cannot have been sent before this");
    Diagnostic::error(Code::NotSentBefore, message, at, "this would be the first time")
        .why("whoever reads `again` looks for the step that sent it before, and there is none on this way")
        .help("leave it out:")
        .edit(surplus, "")
}

/// What a journey alone can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JourneyOnly<'v> {
    /// What became of a mail, in the word for it: anywhere in a workflow.
    Mail(&'v str),
    /// The same of any mail, which can be asked with a period, of all workflows.
    AnyMail(&'v str),
    /// Of the wait right before.
    TimedOut,
}

pub(crate) fn journey_only(what: JourneyOnly<'_>, at: Location, place: &str) -> Diagnostic {
    if let JourneyOnly::AnyMail(verb) = what {
        let diagnostic = journey_only(JourneyOnly::Mail(verb), at, place);
        let help = "of the mails of all workflows it is asked with a period:";
        return diagnostic.help(help).edit(at, format!("{verb} any email in the last 30 days"));
    }
    let (what, help) = match what {
        JourneyOnly::AnyMail(verb) => (verb, String::new()),
        JourneyOnly::Mail(verb) => (
            verb,
            format!(
                "ask it in a step, an `exit when` or a `goal`. What is asked of any time is an event that your mail tool reports, declared as \
                 `event email_{verb} {{ }}`: `email_{verb} in the last 30 days`"
            ),
        ),
        JourneyOnly::TimedOut => ("timed out", BEHIND_A_WAIT.to_owned()),
    };
    Diagnostic::error(
        Code::JourneyOnly,
        format!("`{what}` can only be asked inside a workflow"),
        at,
        format!("{place} belongs to no journey"),
    )
    .help(help)
}
