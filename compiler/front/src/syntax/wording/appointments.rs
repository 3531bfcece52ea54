//! Waits for a day of the calendar and for an hour as people say them: `wait until Tuesday 9am`, `wait until noon`, `wait until 24/12/2026`.

use super::Wording;
use super::pattern::Words;
use super::values::{clock, dates, day, time_of};
use super::windows::with_halves;
use std::ops::Range;

const HELP: &str = "a wait for a day says which, and at what time:";
const HOUR: &str = "a wait for an hour says it, and is over at the next one:";

/// The word that says how long, as it is written.
const UNTIL: [&str; 8] = ["until", "till", "til", "untill", "untli", "unitl", "utnil", "for"];

/// What stands between the words that count.
const BETWEEN: [&str; 14] =
    ["next", "the", "at", "on", "coming", "following", "in", ",", "today", "now", "is", "=", "==", ">="];

/// The whole line as a wait for a day or an hour, where it says nothing else.
pub(super) fn wording(words: &Words<'_>) -> Option<Wording> {
    let all = with_halves(words);
    let [(wait, start), rest @ ..] = all.as_slice() else { return None };
    let is = |word: &str, known: &[&str]| known.contains(&word.to_lowercase().as_str());
    let has_until = rest.first().is_some_and(|(until, _)| is(until, &UNTIL));
    // `wait 2026-12-01`, `wait on monday`
    let said = rest.get(usize::from(has_until)..)?;
    if !is(wait, &["wait"]) || (!has_until && said.iter().any(|(word, _)| super::values::unit(word).is_some())) {
        return None;
    }
    let apart: Vec<(&str, Range<usize>)> = words.each().skip(1 + usize::from(has_until)).collect();
    let date = match dates(&apart).as_slice() {
        [] => None,
        [date] => Some((date.text.clone(), date.place.clone())),
        // Which is the day and which is the month is asked first.
        _ => return None,
    };
    let is_in_date = |place: &Range<usize>| date.iter().any(|(_, date)| date.contains(&place.start));
    // `weekday is monday`: alone it is any of five.
    let names_day = said.iter().any(|(word, _)| day(word.trim_matches(',')).is_some());
    let is_between = |word: &str| is(word, &BETWEEN) || (names_day && is(word, &["weekday"]));
    let (mut named, mut time) = (date.as_ref().map(|(text, _)| text.clone()), None);
    for (word, _) in said.iter().filter(|(word, place)| !is_between(word) && !is_in_date(place)) {
        let word = word.trim_matches(',');
        match (day_named(word), time_of_day(word)) {
            (Some(day), _) if named.is_none() => named = Some(day),
            (None, Some(minutes)) if time.is_none() => time = Some((minutes, word)),
            _ => return None,
        }
    }
    let (until, help) = match (named, time) {
        (Some(day), None) => (day, HELP),
        (Some(day), Some((minutes, _))) => (format!("{day} at {}", clock(minutes)), HELP),
        // A number alone may be one of days, and an hour alone a length.
        (None, Some(_)) if !has_until => return None,
        (None, Some((minutes, word))) if word.parse::<u32>().is_err() => (clock(minutes % DAY_MINUTES), HOUR),
        (None, _) => return None,
    };
    let whole: Range<usize> = start.start..all.last()?.1.end;
    Some(Wording { edits: vec![(whole, format!("wait until {until}"))], help })
}

/// A day ends where the next one begins.
const DAY_MINUTES: u32 = 24 * 60;

fn day_named(word: &str) -> Option<String> {
    if word.eq_ignore_ascii_case("tomorrow") {
        return Some("tomorrow".to_owned());
    }
    if crate::values::days_of(word).is_some() {
        return Some(word.to_owned());
    }
    day(word).map(|day| format!("next {day}"))
}

fn time_of_day(word: &str) -> Option<u32> {
    match word.to_lowercase().as_str() {
        "morning" => Some(9 * 60),
        "noon" | "midday" => Some(12 * 60),
        "afternoon" => Some(14 * 60),
        "evening" | "tonight" => Some(18 * 60),
        "midnight" => Some(0),
        _ => time_of(word),
    }
}
