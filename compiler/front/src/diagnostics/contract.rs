//! What a workflow must state before anyone may enter it.

use super::{Code, Diagnostic};
use crate::source::{Location, Span};
use flow_ir::limits::MAX_HOLD_DAYS;
use flow_ir::units::{DAY_MS, HOUR_MS, MINUTE_MS};

pub(crate) fn no_entry(workflow: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::NoEntry, format!("workflow `{workflow}` does not say who enters"), at, "no `enter` line")
        .help("add one, for example\n  enter when downloaded(asset is \"guide\")\nor, where you let people in with `flow enrol`, or another workflow with `start`,\n  enter by hand")
}

pub(crate) fn no_reenter(workflow: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::NoReenter, format!("may people enter `{workflow}` again?"), at, "no `reenter` line")
        .why("every product chose another default, and people got the same mails a thousand times; so there is none")
        .help("say it:\n  reenter never\nor\n  reenter after 90 days")
}

/// `reenter` beside an entry at a date; `dates` says which.
pub(crate) fn reenter_at_dates(is_many: bool, at: Location, dates: Location) -> Diagnostic {
    let once =
        if is_many { "each of its days lets everybody in once" } else { "each value of it lets somebody in once" };
    Diagnostic::error(Code::ReenterAtDates, "a date says itself how often people come in", at, "says it once more")
        .label(dates, once)
        .why("beside it, nobody could tell which of the two holds: a renewal that is a year later lets people in again, and the same date never does")
        .help("leave it out")
        .edit(at, "")
}

/// `enter on signed_up`: an event has no date.
pub(crate) fn on_an_event(event: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::EntryUnclear, format!("`{event}` is an event, and no date of the contact"), at, "no date")
        .why("a date is known before it comes; an event is known when it has happened")
        .help("people come in when it happens:")
        .edit(at, format!("when {event}"))
}

/// `every year` of what comes once.
pub(crate) fn not_every_year(field: &str, why: &str, at: Location, instead: String) -> Diagnostic {
    Diagnostic::error(
        Code::EntryUnclear,
        format!("nobody comes in by `{field}` every year in this way"),
        at,
        why.to_owned(),
    )
    .why("what is counted by years is a day of the calendar, such as a birthday")
    .help("without it, that is")
    .edit(at, instead)
}

/// A mail that follows another one so soon that it is withheld before `at least … between emails` would let it leave.
pub(crate) fn never_leaves(
    email: &str,
    sent: Location,
    before: Location,
    spacing: Location,
    times: NeverLeaves,
) -> Diagnostic {
    let message = format!("`{email}` can never leave behind the mail before it");
    let NeverLeaves { hold_ms, needed_ms, possible_ms } = times;
    let hold_longer = match needed_ms <= i64::from(MAX_HOLD_DAYS) * DAY_MS {
        true => {
            format!("let the policy hold mails so long, `policy {{ hold at most {} }}`, ", in_units(needed_ms, true))
        }
        false => String::new(),
    };
    let diagnostic = Diagnostic::error(Code::NeverLeaves, message, sent, "comes too soon")
        .label(spacing, "so long it would have to wait")
        .why(format!(
            "a mail is held {} at most, and withheld then: nobody who got the other one would get it",
            in_units(hold_ms, false)
        ));
    let diagnostic = if before == sent { diagnostic } else { diagnostic.label(before, "behind this one") };
    diagnostic
        .help(format!("wait longer among the steps, {hold_longer}or keep the mails no further apart than can be:"))
        .edit(spacing, format!("at least {} between emails", in_units(possible_ms, false)))
}

/// A time as programs write it, in whole days where it has some, else in hours or minutes; up to the next one, or down.
fn in_units(ms: i64, up: bool) -> String {
    let units = [(DAY_MS, "day"), (HOUR_MS, "hour"), (MINUTE_MS, "minute")];
    let fits = |unit: i64| ms >= unit && (ms % unit == 0 || ms >= 2 * unit);
    let (unit, word) = units.into_iter().find(|(unit, _)| fits(*unit)).unwrap_or((MINUTE_MS, "minute"));
    let count = if up { ms.saturating_add(unit - 1) / unit } else { ms / unit };
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// `reenter always` where nothing bounds how much mail anybody gets.
pub(crate) fn always_without_cap(at: Location, email: &str, sent: Location) -> Diagnostic {
    Diagnostic::error(Code::AlwaysWithoutCap, "nothing bounds how many mails people get here", at, "as often as they trigger it")
        .label(sent, format!("sends `{email}` each time"))
        .why("people who do something a thousand times would get it a thousand times")
        .help(
            "say how long it takes until they may come in again, or how many mails anybody gets at most: `policy { cap 2 emails per 7 days then delay }`; \
             only what is transactional may go out as often as it is triggered:",
        )
        .edit(at, "reenter after 1 day")
}

pub(crate) fn new_or_existing(at: Location) -> Diagnostic {
    let end = Span::new(at.span.end, at.span.end).in_file(at.file);
    Diagnostic::error(
        Code::NewOrExisting,
        "and the people for whom this is true already?",
        at,
        "enters when this becomes true",
    )
    .why("on the first day it may be true of thousands at once")
    .reading("only people of whom it becomes true from now on:", end, " new only")
    .reading("those too of whom it is true already:", end, " including existing")
}

pub(crate) fn existing_not_here(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NewOrExisting,
        "an event happens or does not",
        at,
        "this entry waits for an event, so nobody is in it already",
    )
    .help("leave out `new only` or `including existing`")
}

pub(crate) fn entry_unclear(at: Location, event: Location) -> Diagnostic {
    Diagnostic::error(Code::EntryUnclear, "does this enter at an event, or when something becomes true?", at, "two kinds of entry in one condition")
        .label(event, "an event that triggers")
        .why("without the event, nobody could say at which moment people enter")
        .help("join them with `and`, so that the event triggers and the rest must hold; or give the event a period: `in the last 30 days`, or `ever`")
}

pub(crate) fn two_triggers(one: &str, other: &str, at: Location) -> Diagnostic {
    // A group of conditions takes no period as a whole.
    let reading = |trigger: &str, before: &str| {
        (!before.starts_with('(')).then(|| format!("  {trigger} and {before} in the last 30 days"))
    };
    let readings: Vec<String> = [reading(one, other), reading(other, one)].into_iter().flatten().collect();
    Diagnostic::error(Code::TwoTriggers, format!("no event is both `{one}` and `{other}`"), at, "another event")
        .why("people enter at one event, so nobody would ever enter here")
        .help(format!(
            "say which of them triggers, and how long before it the other may have been:\n{}\n\
             if either is enough, join them with `or`",
            readings.join("\nor\n")
        ))
}

/// `comes back when P`, where nobody could say at which moment.
pub(crate) fn comes_back_unclear(at: Location) -> Diagnostic {
    Diagnostic::error(Code::ComesBackUnclear, "people come back by what they do", at, "this names no event of theirs, or not it alone")
        .why("in doubt nobody gets mail: what an import, a sync or time makes true is nothing that they did after they were suppressed")
        .help("name an event, such as `comes back when requested_demo`, or several joined by `or`; what must hold beside it stands behind `and`: `comes back when requested_demo and stage >= lead`")
}

pub(crate) fn trigger_negated(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::EntryUnclear,
        "nobody enters at the moment when something does not happen",
        at,
        "under a `not`",
    )
    .help("give it a period, such as `no visited in the last 30 days`, or use `inactive for 30 days`")
}

/// An entry after which the workflow's own goal, exit or skip holds already. `instead`: a test that does not.
pub(crate) fn entry_refused(
    clause: &str,
    test: &str,
    at: Location,
    entry: Location,
    instead: Option<String>,
) -> Diagnostic {
    let diagnostic = kept_out(clause, test, at).label(entry, "lets in nobody else");
    match instead {
        Some(instead) => diagnostic.help("for those who come further, say").edit(at, instead),
        None => diagnostic.help(match clause {
            "goal" => "name a goal that they have still to reach",
            _ => "leave one of the two out, or let one of them ask for something else",
        }),
    }
}

/// `skip when visited ever` beside `enter when visited`: what lets somebody in has happened by then.
pub(crate) fn entry_counts_itself(
    clause: &str,
    test: &str,
    at: Location,
    entry: Location,
    again: String,
) -> Diagnostic {
    kept_out(clause, test, at)
        .label(entry, "what lets them in counts as well")
        .help("for those who did it before, say")
        .edit(at, again)
}

/// `exit when not clicked hello`: it holds of everyone who has only just come.
pub(crate) fn refused_at_the_start(clause: &str, test: &str, at: Location) -> Diagnostic {
    kept_out(clause, test, at).help(match clause {
        "goal" => "name a goal that they have still to reach",
        "skip when" => "ask for something that is so of some people only, or leave it out",
        _ => "ask for what has still to happen, or ask about this with an `if` behind a wait",
    })
}

/// Whom a goal, an exit or a skip turns away.
fn kept_out(clause: &str, test: &str, at: Location) -> Diagnostic {
    let holds = match clause {
        "goal" => "everyone who would enter has met this already",
        "skip when" => "everyone who would enter is skipped",
        _ => "everyone who would enter had to leave at once",
    };
    let message = format!("nobody can enter while `{test}` keeps them out");
    Diagnostic::error(Code::EntryRefused, message, at, holds)
        .why("whoever meets a goal, an exit or a skip at the start is not taken in, so this workflow would do nothing")
}

/// `word` is `pauses` or `stops`.
pub(crate) fn keeps_nobody_back(word: &str, group: &str, at: Location) -> Diagnostic {
    let message = format!("this workflow is the only one of the group `{group}`");
    Diagnostic::error(Code::KeepsNobodyBack, message, at, format!("{word} nobody"))
        .why(format!("`{word}` is about the other workflows of a group, never about the one that says it"))
        .help("name another group, or take the line out")
}

/// How long a mail is held, how long it would have to be, and how far apart mails may be as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NeverLeaves {
    pub(crate) hold_ms: i64,
    pub(crate) needed_ms: i64,
    pub(crate) possible_ms: i64,
}
