//! Waits for a day of the calendar as people say them: `wait until Tuesday 9am`, `wait for tomorrow morning`.

use super::Wording;
use super::pattern::Words;
use super::values::{clock, day, time_of};
use super::windows::with_halves;
use std::ops::Range;

const HELP: &str = "a wait for a day says which, and at what time:";

/// What stands between the words that count.
const BETWEEN: [&str; 6] = ["next", "the", "at", "on", "coming", "following"];

/// The whole line as a wait for a day, where it says nothing else.
pub(super) fn wording(words: &Words<'_>) -> Option<Wording> {
    let all = with_halves(words);
    let [(wait, start), (until, _), said @ ..] = all.as_slice() else { return None };
    let is = |word: &str, known: &[&str]| known.contains(&word.to_lowercase().as_str());
    if !is(wait, &["wait"]) || !is(until, &["until", "till", "til", "untill", "untli", "unitl", "utnil", "for"]) {
        return None;
    }
    let (mut named, mut time) = (None, None);
    for (word, _) in said.iter().filter(|(word, _)| !is(word, &BETWEEN)) {
        let word = word.trim_matches(',');
        match (day_named(word), time_of_day(word)) {
            (Some(day), _) if named.is_none() => named = Some(day),
            (None, Some(minutes)) if time.is_none() => time = Some(minutes),
            _ => return None,
        }
    }
    let at = time.map(|minutes| format!(" at {}", clock(minutes))).unwrap_or_default();
    let whole: Range<usize> = start.start..all.last()?.1.end;
    Some(Wording { edits: vec![(whole, format!("wait until {}{at}", named?))], help: HELP })
}

fn day_named(word: &str) -> Option<String> {
    if word.eq_ignore_ascii_case("tomorrow") {
        return Some("tomorrow".to_owned());
    }
    day(word).map(|day| format!("next {day}"))
}

fn time_of_day(word: &str) -> Option<u32> {
    match word.to_lowercase().as_str() {
        "morning" => Some(9 * 60),
        "noon" | "midday" => Some(12 * 60),
        _ => time_of(word),
    }
}
