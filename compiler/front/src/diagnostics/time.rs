//! Waits, periods and windows.

use super::{Code, Diagnostic};
use crate::source::{Location, Span};
use flow_ir::limits::{MAX_FACT_DEPTH, MAX_RATE};

pub(crate) fn wait_without_deadline(at: Location) -> Diagnostic {
    let end = Span::new(at.span.end, at.span.end).in_file(at.file);
    Diagnostic::error(Code::WaitWithoutDeadline, "this wait may never end", at, "until when at the latest?")
        .why("people for whom it never happens would stay in the workflow for ever")
        .help("say how long, and what then with `if timed out`:")
        .edit(end, " up to 5 days")
}

/// A wait for a day or an hour that asks for it as a condition; `instead` is what says it behind `until`, where one wait does.
pub(crate) fn waits_by_condition(at: Location, instead: Option<String>) -> Diagnostic {
    let message = "a wait for a day or an hour names it, and asks nothing";
    let found = Diagnostic::error(Code::WaitWithoutDeadline, message, at, "asked as a condition");
    match instead {
        Some(instead) => found.help("say when it is over:").edit(at, instead),
        None => found.help(
            "say when it is over, such as `wait until 2026-12-01`, `wait until next monday at 09:00` or `wait until 3 days before \
             renewal_date, if past { exit }`, and ask all else behind it: `if … { … }`",
        ),
    }
}

/// `wait until 9`
pub(crate) fn hour_alone(text: &str, at: Location, clock: String) -> Diagnostic {
    Diagnostic::error(Code::WaitWithoutDeadline, format!("`{text}` of what?"), at, "neither an hour nor a length")
        .help("an hour is written with its minutes:")
        .edit(at, clock)
}

/// `wait until not taken`: true as long as it has not happened.
pub(crate) fn so_at_once(at: Location, awaited: &str) -> Diagnostic {
    let message = "this is so at once, and nobody would wait";
    Diagnostic::error(Code::WaitWithoutDeadline, message, at, "true as long as it has not happened").help(format!(
        "wait for it, and say what comes where it does not happen: `wait until {awaited} up to 5 days, otherwise {{ … }}`"
    ))
}

pub(crate) fn bad_duration(text: &str, why: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadDuration, format!("`{text}` is no length of time for this"), at, why.to_owned())
        .help("write a whole number and a unit, such as `90 minutes`, `2 days` or `6 weeks`")
}

pub(crate) fn bad_day(text: &str, why: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadDuration, format!("`{text}` is no day of a journey"), at, why.to_owned())
        .help("days are whole numbers from 1, the day on which people come in:")
        .edit(at, "day 2")
}

/// `2 business weeks`
pub(crate) fn no_business_unit(text: &str, at: Location, instead: String) -> Diagnostic {
    Diagnostic::error(
        Code::BadDuration,
        format!("`{text}` is no length of time"),
        at,
        "of business, days and hours count",
    )
    .help("count business days or business hours:")
    .edit(at, instead)
}

/// `2 hours after renewal_date`; `whole` is the distance with its date, and `instead` what stands for both.
pub(crate) fn no_hour_to_count_from(field: &str, at: Location, whole: Location, instead: String) -> Diagnostic {
    let message = format!("`{field}` is a day, and a day has no hour to count from");
    Diagnostic::error(Code::BadDuration, message, at, "from which hour of that day?")
        .help("say the hour itself, or count days:")
        .edit(whole, instead)
}

/// `2 hours after demo_at at 09:00`; `behind` is all that says the second.
pub(crate) fn hour_said_twice(clock: &str, at: Location, distance: Location, behind: Location) -> Diagnostic {
    Diagnostic::error(Code::BadDuration, "the hour is said twice", at, format!("`{clock}` is one"))
        .label(distance, "counted in hours, this is another")
        .help("say one of them; for another hour of that day, count days:")
        .edit(behind, "")
}

/// `at` is the length, `from` where its `in` begins; `ahead` the word with which it looks ahead where it stands.
pub(crate) fn bare_in(length: &str, from: u32, at: Location, ahead: Option<&str>) -> Diagnostic {
    let found = |message: String| Diagnostic::error(Code::BareIn, message, at, "from when on?");
    let Some(ahead) = ahead else {
        let start = Span::new(at.span.start, at.span.start).in_file(at.file);
        return found(format!("`in {length}` does not say that it looks back"))
            .why("to most readers it is the time to come")
            .help("what people did before is asked so:")
            .edit(start, "the last ");
    };
    let whole = Span::new(from, at.span.end).in_file(at.file);
    found(format!("does `in {length}` look back or ahead?"))
        .why("back, it asks what people did before; ahead, what they have yet to do")
        .reading("looking back:", whole, format!("in the last {length}"))
        .reading("looking ahead:", whole, format!("{ahead} {length}"))
}

pub(crate) fn month_in_period(at: Location, days: i64) -> Diagnostic {
    Diagnostic::error(Code::BadDuration, "months differ in length", at, "how many days are meant?")
        .help("a period that looks back counts days:")
        .edit(at, format!("{days} days"))
}

/// `today + 2 months`
pub(crate) fn month_from_a_day(at: Location, days: i64) -> Diagnostic {
    Diagnostic::error(Code::BadDuration, "months differ in length", at, "how many days are meant?")
        .help("before and after a day, days are counted:")
        .edit(at, format!("{days} days"))
}

pub(crate) fn no_period(what: &str, at: Location, place: &str) -> Diagnostic {
    let end = Span::new(at.span.end, at.span.end).in_file(at.file);
    Diagnostic::error(Code::NoPeriod, format!("since when does `{what}` count?"), at, "no period given")
        .why(format!("{place} has no beginning of its own to count from"))
        .help("say how far to look back (or `ever`):")
        .edit(end, " in the last 30 days")
}

/// Of what somebody has not done.
pub(crate) fn no_period_of_none(what: &str, at: Location, place: &str) -> Diagnostic {
    let end = Span::new(at.span.end, at.span.end).in_file(at.file);
    Diagnostic::error(Code::NoPeriod, format!("since when does `{what}` count?"), at, "no period given")
        .why(format!("{place} has no beginning of its own to count from"))
        .help(
            "whoever has never done it; with a time that looks back, it holds again for those who did it before that:",
        )
        .edit(end, " ever")
}

/// Of `confirmed`; `wanted` asks whether that mail is wanted.
pub(crate) fn no_period_of_confirmed(what: &str, at: Location, wanted: &str) -> Diagnostic {
    let end = Span::new(at.span.end, at.span.end).in_file(at.file);
    Diagnostic::error(Code::NoPeriod, format!("since when does `{what}` count?"), at, "no period given")
        .why("who has confirmed some time may have taken it back since")
        .reading("whether they may be written to:", at, wanted)
        .reading("whether they have confirmed at any time, whatever they have said since:", end, " ever")
}

pub(crate) fn period_not_here(period: &str, at: Location, why: &str) -> Diagnostic {
    Diagnostic::error(Code::PeriodNotHere, format!("`{period}` means nothing here"), at, why.to_owned())
        .help("say how far to look back, such as `in the last 30 days`")
}

pub(crate) fn bad_clock(text: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadClock, format!("`{text}` is no time of day"), at, "hours go to 24:00, minutes to 59")
        .help("write it as `09:00` or `17:30`")
}

/// `from 09:00 to 09:00`; `whole` is all that says so.
pub(crate) fn opens_and_closes(text: &str, at: Location, whole: Location) -> Diagnostic {
    let message = format!("this window closes when it opens, at `{text}`");
    Diagnostic::error(Code::BadClock, message, at, "no time at all, or all day?")
        .why("one reads it as never, another as all day long")
        .help("for all day, leave the times out; else say when it closes:")
        .edit(whole, "")
}

pub(crate) fn opens_at_the_end(text: &str, at: Location) -> Diagnostic {
    no_beginning(text, at).help("midnight, as the beginning of a day, is").edit(at, "00:00")
}

/// `2026-12-24 at 24:00`: where that day ends, the next one begins; `whole` is the day with its hour, and `instead` the next one with its own.
pub(crate) fn ends_a_day(text: &str, at: Location, instead: Option<(Location, String)>) -> Diagnostic {
    let help = "where a day ends, the next one begins, at 00:00:";
    match instead {
        Some((whole, instead)) => no_beginning(text, at).help(help).edit(whole, instead),
        None => {
            no_beginning(text, at).help("say the day behind it, with `at 00:00`: where a day ends, the next one begins")
        }
    }
}

fn no_beginning(text: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadClock, format!("no day begins at `{text}`"), at, "the end of a day")
}

pub(crate) fn bad_hour(text: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadClock, format!("`{text}` is no hour of the day"), at, "hours go from 0 to 23")
        .help("write a whole hour, as clocks show it: `hour in contact timezone >= 18` is from 18:00 on")
}

/// Hours that no clock shows, or that are all of them.
pub(crate) fn no_hours(text: &str, never: bool, at: Location) -> Diagnostic {
    let is = if never { "no clock ever shows that" } else { "that is every hour of the day" };
    Diagnostic::error(Code::BadClock, format!("`{text}` decides nothing"), at, is).help(
        "hours go from 0 to 23, and both ends of `between` belong to it: `hour in contact timezone between 9 and 17`",
    )
}

pub(crate) fn every_day(text: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadClock, format!("`{text}` decides nothing"), at, "that is every day of the week")
        .help("leave it out, or name the days that are meant: `weekday in (monday, tuesday)`")
}

pub(crate) fn bad_count(text: &str, why: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadCount, format!("`{text}` times cannot be counted"), at, why.to_owned())
}

const _: () = assert!(MAX_RATE == 1_000_000, "`bad_rate` says so");

/// `instead`: the rate that comes nearest.
pub(crate) fn bad_rate(text: &str, why: &str, at: Location, instead: &str) -> Diagnostic {
    Diagnostic::error(Code::BadRate, format!("`{text}` is no rate at which people come in"), at, why.to_owned())
        .help("a rate is a whole number of people up to a million, an hour or a day:")
        .edit(at, instead)
}

const _: () = assert!(MAX_FACT_DEPTH == 64, "`bad_cap` says so");

/// `text` is the number with its word, `instead` the number that comes nearest.
pub(crate) fn bad_cap(text: &str, why: &str, at: Location, instead: u32) -> Diagnostic {
    let emails = if instead == 1 { "email" } else { "emails" };
    Diagnostic::error(Code::BadCount, format!("`{text}` is no cap"), at, why.to_owned())
        .help("a cap is a whole number of emails from 1 to 64:")
        .edit(at, format!("{instead} {emails}"))
}

/// `text` is the number with its sign, `instead` a number that would do.
pub(crate) fn bad_holdout(text: &str, why: &str, at: Location, instead: i64) -> Diagnostic {
    Diagnostic::error(Code::BadHoldout, format!("`{text}` is no holdout"), at, why.to_owned())
        .why("whoever is held out is compared with the others, so there have to be some of both")
        .help("write a whole number from 1 to 99, such as:")
        .edit(at, format!("{instead}%"))
}

/// `at` is the whole clause; `mended`: where hours may be said, and how.
pub(crate) fn no_next_window(at: Location, mended: (Location, String)) -> Diagnostic {
    let message = "there is no next window for a late mail to wait for".to_owned();
    Diagnostic::error(Code::NoNextWindow, message, at, "mail leaves at any hour here")
        .why("when mail does not leave is said by the days and hours of `send on`, or by the policy's quiet hours, and there are none")
        .help("`late run` lets them leave at once, `late skip` withholds them; or say when mail may leave:")
        .edit(mended.0, mended.1)
}

/// `at` is the whole clause.
pub(crate) fn quiet_all_day(at: Location) -> Diagnostic {
    let message = "these quiet hours end when they begin".to_owned();
    Diagnostic::error(Code::BadClock, message, at, "no time at all, or all day?")
        .why("one reads it as never, another as all day long, when no mail could leave any more")
        .help("say from when to when nothing may leave:")
        .edit(at, "quiet from 20:00 to 08:00 in contact timezone")
}

/// `at` is both days.
pub(crate) fn backwards(first: &str, last: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadDate, format!("`{last}` is before `{first}`"), at, "ends before it begins")
        .help("the first day comes first:")
        .edit(at, format!("{last} to {first}"))
}

pub(crate) fn held_too_long(text: &str, at: Location, most: u32) -> Diagnostic {
    Diagnostic::error(Code::BadDuration, format!("no mail is held for {text}"), at, format!("{most} days at most"))
        .why("what a mail says is of the day of its step, and is wrong long before")
        .help("a week is usual:")
        .edit(at, "7 days")
}

/// `late by 90 days`
pub(crate) fn counts_too_early(text: &str, at: Location, most: u32) -> Diagnostic {
    let message = format!("what somebody did {text} before they came in is no part of their journey");
    Diagnostic::error(Code::BadDuration, message, at, format!("{most} days at most"))
        .why("a workflow would take visits and requests of long ago for answers to its mails, and let people go on or out by them")
        .help("an hour is usual:")
        .edit(at, "1 hour")
}

/// A window of a workflow lies within the quiet hours of the policy. `meeting` is one that does not.
pub(crate) fn never_open(workflow_window: Location, quiet: Option<Location>, meeting: &str) -> Diagnostic {
    let message = "no mail could ever leave in these hours".to_owned();
    let diagnostic = Diagnostic::error(Code::NeverOpen, message, workflow_window, "all of them are quiet hours")
        .why("whoever comes to a `send` here would be held until it is too late, and get nothing")
        .help("let the window and the quiet hours of the policy leave some time between them:")
        .edit(workflow_window, meeting);
    match quiet {
        Some(quiet) => diagnostic.label(quiet, "nothing leaves in these"),
        None => diagnostic,
    }
}
