//! Numbers, durations, times of day and dates as people write them.

use super::Wording;
use super::pattern::Words;
use std::ops::Range;

/// A unit of time as people write it, in Flow's word for many.
pub(super) fn unit(word: &str) -> Option<&'static str> {
    Some(match word.to_lowercase().trim_end_matches('.') {
        "m" | "min" | "mins" | "minute" | "minutes" => "minutes",
        "h" | "hr" | "hrs" | "hour" | "hours" => "hours",
        "d" | "day" | "days" => "days",
        "w" | "wk" | "wks" | "week" | "weeks" => "weeks",
        "mo" | "month" | "months" => "months",
        _ => return None,
    })
}

/// The minutes of units that always take as long.
fn minutes(unit: &str) -> Option<u64> {
    Some(match unit {
        "minutes" => 1,
        "hours" => 60,
        "days" => 24 * 60,
        "weeks" => 7 * 24 * 60,
        _ => return None,
    })
}

/// A word of time that is no unit of Flow: it may not fall away.
fn is_of_time(word: &str) -> bool {
    let words =
        ["second", "sec", "business", "working", "work", "quarter", "night", "evening", "morning", "times", "time"];
    let word = word.to_lowercase();
    let units = ["minutes", "hours", "days", "weeks", "months"];
    crate::diagnostics::suggest::nearest(&word, units).is_some()
        || words.iter().any(|known| word.strip_suffix('s').unwrap_or(&word) == known.trim_end_matches('s'))
}

fn spoken(count: u64, unit: &str) -> String {
    if count == 1 { format!("1 {}", unit.trim_end_matches('s')) } else { format!("{count} {unit}") }
}

pub(super) fn wordings(words: &Words<'_>) -> Vec<Wording> {
    let mut found = Vec::new();
    let all: Vec<(&str, Range<usize>)> = words.each().collect();
    let change = |at: Range<usize>, text: String, help: &'static str| Wording { edits: vec![(at, text)], help };
    for (at, (word, place)) in all.iter().enumerate() {
        let next = all.get(at + 1);
        if let Some((count, letters)) = number_and_letters(word) {
            // `2d`, `2days`
            if let Some(unit) = unit(letters) {
                found.push(change(place.clone(), spoken(count, unit), "the number and the unit stand apart:"));
            }
            // `60%`
            if letters == "%" {
                found.push(change(place.clone(), count.to_string(), "the number stands alone:"));
            }
            // `1. send x`
            if at == 0 && matches!(letters, "." | ")") && next.is_some() {
                let to = next.map_or(place.end, |(_, next)| next.start);
                found.push(change(place.start..to, String::new(), "steps need no number:"));
            }
        }
        if let (Ok(count), Some((word, behind))) = (word.parse::<u64>(), next) {
            if matches!(word.to_lowercase().as_str(), "second" | "seconds" | "sec" | "secs" | "s") {
                let minutes = count.div_ceil(60).max(1);
                let help = "`wait 1 minute` is the shortest:";
                found.push(change(place.start..behind.end, spoken(minutes, "minutes"), help));
            }
            found.extend(summed(&all, at, count, place));
            if matches!(word.to_lowercase().as_str(), "year" | "years") {
                let text = spoken(count.saturating_mul(12), "months");
                found.push(change(place.start..behind.end, text, "a year is 12 months:"));
            } else if unit(word).is_none() && word.starts_with(char::is_alphabetic) && !is_of_time(word) {
                // `60 points`, `50 EUR`
                let from = place.end;
                found.push(change(from..behind.end, String::new(), "the number stands alone:"));
            }
        }
    }
    found.extend(days(&all));
    found.extend(times(&clumps(words)));
    if let [date] = dates(&all).as_slice() {
        found.push(change(date.place.clone(), date.text.clone(), "year, month and day, with `-` between them:"));
    }
    found
}

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The day a word names, `Tuesday`, `tue` or `Tuesdays`, as Flow writes it.
fn day(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let word = word.trim_end_matches(['.', ',']);
    let one = word.strip_suffix('s').filter(|one| one.len() > 4).unwrap_or(word);
    DAYS.into_iter().find(|day| one == *day || (one.len() == 3 && day.starts_with(one)))
}

pub(super) fn is_day(word: &str) -> bool {
    day(word).is_some()
}

/// Every day of a line in Flow's words.
fn days(all: &[(&str, Range<usize>)]) -> Option<Wording> {
    let change = |(word, place): &(&str, Range<usize>)| {
        let ours = day(word).filter(|ours| ours != word)?;
        Some((place.clone(), ours.to_owned()))
    };
    let edits: Vec<(Range<usize>, String)> = all.iter().filter_map(change).collect();
    (!edits.is_empty()).then_some(Wording { edits, help: "days are written small:" })
}

/// The words of a line as spaces part them: `09:00-17:00` is one.
fn clumps<'l>(words: &Words<'l>) -> Vec<(&'l str, Range<usize>)> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (_, place) in words.each() {
        match found.last_mut() {
            Some(last) if last.end == place.start => last.end = place.end,
            _ => found.push(place),
        }
    }
    found.into_iter().filter_map(|place| Some((words.text(place.clone())?, place))).collect()
}

/// `1 day 3 hours`, `1 day and 3 hours`: in the smaller unit.
fn summed(all: &[(&str, Range<usize>)], at: usize, count: u64, place: &Range<usize>) -> Option<Wording> {
    let word = |index: usize| all.get(index).map(|(word, _)| *word);
    let and = usize::from(word(at + 2).is_some_and(|word| matches!(word, "and" | ",")));
    let (first, second) = (unit(word(at + 1)?)?, unit(word(at + and + 3)?)?);
    let more: u64 = word(at + and + 2)?.parse().ok()?;
    let (long, short) = (minutes(first)?, minutes(second)?);
    let whole = (count.checked_mul(long)? / short).checked_add(more)?;
    let end = all.get(at + and + 3)?.1.end;
    let edits = vec![(place.start..end, spoken(whole, second))];
    (long > short).then_some(Wording { edits, help: "a duration has one number and one unit:" })
}

/// The number a word begins with, and the letters behind it.
fn number_and_letters(word: &str) -> Option<(u64, &str)> {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, letters) = word.split_at_checked(digits)?;
    if letters.is_empty() { None } else { Some((number.parse().ok()?, letters)) }
}

/// A time of day, in minutes: `9`, `9am`, `9:30`, `17.00`, `5 pm` as one word.
fn time_of(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    let (lower, later) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest, Some(0)),
        (_, Some(rest)) => (rest, Some(12)),
        _ => (lower.trim_end_matches('h'), None),
    };
    let (hour, minute) = lower.split_once([':', '.']).unwrap_or((lower, "0"));
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = later.map_or(hour, |later| hour % 12 + later);
    (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
}

fn clock(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `from 9am to 5pm`, `09:00-17:00`, `between 9 and 17`.
fn times(all: &[(&str, Range<usize>)]) -> Option<Wording> {
    // Behind the days of a send window alone: other numbers are no times.
    let begins = |at: usize, words: &str| all.get(at).is_some_and(|(word, _)| words.split('|').any(|one| one == *word));
    if !(begins(0, "send") && begins(1, "on")) {
        return None;
    }
    let joined =
        |word: &str| word.split_once(['-', '–', '—']).and_then(|(from, to)| Some((time_of(from)?, time_of(to)?)));
    let at = (2..all.len())
        .find(|at| all.get(*at).is_some_and(|(word, _)| time_of(word).is_some() || joined(word).is_some()))?;
    let (first, place) = all.get(at)?;
    let (from, to, last) = if let Some((from, to)) = joined(first) {
        (from, to, at)
    } else if all.get(at + 1).is_some_and(|(word, _)| matches!(*word, "to" | "and" | "-" | "until" | "till" | "–")) {
        let (from, to) = (time_of(first)?, time_of(all.get(at + 2)?.0)?);
        // `9 to 5`
        let is_spoken = first.len() < 3 && all.get(at + 2)?.0.len() < 3 && to < from;
        (from, if is_spoken { to + 12 * 60 } else { to }, at + 2)
    } else {
        return None;
    };
    let begins_with = begins(at - 1, "from|between|at");
    let start = if begins_with { all.get(at - 1)?.1.start } else { place.start };
    let end = all.get(last)?.1.end;
    let text = format!("from {} to {}", clock(from), clock(to));
    let mut edits = vec![(start..end, text)];
    if last + 1 == all.len() {
        edits = vec![(start..end, format!("from {} to {} in contact timezone", clock(from), clock(to)))];
    }
    Some(Wording { edits, help: "hours and minutes, as on a 24-hour clock:" })
}

struct Dated {
    place: Range<usize>,
    text: String,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let word = word.trim_end_matches(['.', ',']);
    let found = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(word))?;
    u32::try_from(found + 1).ok()
}

fn written(year: u32, month: u32, day: u32) -> Option<String> {
    let real = (1900..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let text = format!("{year:04}-{month:02}-{day:02}");
    (real && crate::values::days_of(&text).is_some()).then_some(text)
}

/// Every reading of the first date in a line that Flow does not read as it stands.
fn dates(all: &[(&str, Range<usize>)]) -> Vec<Dated> {
    let numbers = |text: &str| -> Option<Vec<u32>> {
        text.split(['/', '.', '-']).map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>()
    };
    // `2026-1-10` falls into numbers and signs.
    for first in 0..all.len() {
        let mut last = first;
        while let (Some((_, one)), Some((_, next))) = (all.get(last), all.get(last + 1))
            && one.end == next.start
        {
            last += 1;
        }
        let (Some((_, start)), Some((_, end))) = (all.get(first), all.get(last)) else { continue };
        let place = start.start..end.end;
        let text: String = all.get(first..=last).unwrap_or_default().iter().map(|(word, _)| *word).collect();
        let bare = text.trim_matches('"');
        let readings: Vec<Option<String>> = match numbers(bare).as_deref() {
            Some([year, month, day]) if *year > 31 => vec![written(*year, *month, *day)],
            Some([one, other, year]) if one == other => vec![written(*year, *one, *other)],
            Some([one, other, year]) => vec![written(*year, *other, *one), written(*year, *one, *other)],
            _ => vec![in_words(all, first).map(|(text, _)| text)],
        };
        let place = in_words(all, first).map_or(place, |(_, end)| start.start..end);
        let found: Vec<Dated> =
            readings.into_iter().flatten().map(|text| Dated { place: place.clone(), text }).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// `October 1, 2026` and `1 October 2026`, and where it ends.
fn in_words(all: &[(&str, Range<usize>)], first: usize) -> Option<(String, usize)> {
    let words: Vec<&(&str, Range<usize>)> = all.iter().skip(first).filter(|(word, _)| *word != ",").take(3).collect();
    let [(one, _), (two, _), (three, end)] = words.as_slice() else { return None };
    let number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_alphabetic() || c == '.');
        digits.parse::<u32>().ok()
    };
    let year = number(three)?;
    let text = match (month(one), month(two)) {
        (Some(month), _) => written(year, month, number(two)?),
        (_, Some(month)) => written(year, month, number(one)?),
        _ => None,
    };
    Some((text?, end.end))
}

/// Both readings of a date that has two.
pub(super) fn readings(words: &Words<'_>) -> Vec<Wording> {
    let all: Vec<(&str, Range<usize>)> = words.each().collect();
    let found = dates(&all);
    let two = found.len() > 1;
    let said = found.into_iter().filter(|_| two).zip(["the day first:", "the month first:"]);
    said.map(|(date, help)| Wording { edits: vec![(date.place, date.text)], help }).collect()
}
