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

/// What people count in, and what stood before the comparison: `employees > 50 employees`.
fn is_counted(word: &str, field: Option<&str>) -> bool {
    const COUNTED: &[&str] = &[
        "points", "point", "pts", "percent", "eur", "usd", "gbp", "chf", "euro", "euros", "dollar", "dollars",
        "people", "persons", "staff", "users", "seats",
    ];
    let lower = word.to_lowercase();
    COUNTED.contains(&lower.as_str()) || field.is_some_and(|field| field.eq_ignore_ascii_case(word))
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
        let bare = word.trim_end_matches(['!', '*', '.', ';']);
        if bare != *word && bare.starts_with(char::is_alphabetic) {
            let end = place.start + bare.len();
            found.push(change(end..place.end, String::new(), "no sign stands behind it:"));
        }
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
            } else if is_counted(word, at.checked_sub(2).and_then(|at| all.get(at)).map(|(word, _)| *word)) {
                // `60 points`, `50 EUR`, `employees > 50 employees`
                let from = place.end;
                found.push(change(from..behind.end, String::new(), "the number stands alone:"));
            }
        }
    }
    found.extend(halves(&all));
    found.extend(days(&all));
    found.extend(numbers(&all, words));
    if let [date] = dates(&all).as_slice() {
        found.push(change(date.place.clone(), date.text.clone(), "year, month and day, with `-` between them:"));
    }
    found
}

pub(super) const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The day a word names, `Tuesday`, `tue` or `Tuesdays`, as Flow writes it.
pub(super) fn day(word: &str) -> Option<&'static str> {
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

/// `$100`, `10k`, `99,90`, `1,000`, `"20"`, `ten`: a number as Flow writes it.
fn numbers(all: &[(&str, Range<usize>)], words: &Words<'_>) -> Vec<Wording> {
    let mut found = Vec::new();
    let mut offer = |at: Range<usize>, text: String| {
        found.push(Wording { edits: vec![(at, text)], help: "numbers are written so:" });
    };
    for (nth, (word, place)) in all.iter().enumerate() {
        let word = word.trim_start_matches(['$', '€', '£']);
        let digits = word.trim_matches('"');
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        // `99,90` and `1,000` are three words.
        let (comma, behind) = (all.get(nth + 1), all.get(nth + 2));
        if let (Some((",", at)), Some((rest, end))) = (comma, behind)
            && at.start == place.end
            && end.start == at.end
            && is_number
            && rest.chars().all(|c| c.is_ascii_digit())
        {
            let point = if rest.len() == 3 { "" } else { "." };
            offer(place.start..end.end, format!("{digits}{point}{rest}"));
        } else if is_number && words.text(place.clone()) != Some(digits) {
            offer(place.clone(), digits.to_owned());
        } else if let Some(thousands) = word.strip_suffix(['k', 'K'])
            && let Ok(thousands) = thousands.parse::<u64>()
        {
            offer(place.clone(), thousands.saturating_mul(1_000).to_string());
        } else if let Some(number) = spelled(word) {
            offer(place.clone(), number.to_string());
        }
    }
    found
}

/// A number in letters.
fn spelled(word: &str) -> Option<usize> {
    const NUMBERS: [&str; 13] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    NUMBERS.iter().position(|number| number.eq_ignore_ascii_case(word))
}

/// `more than 3 times`, `fewer than 3 times`, `> 3 times`: the next number is the first that is meant. Behind the page of a visit, `times`
/// may be left out.
pub(super) fn times_compared(words: &Words<'_>) -> Option<Wording> {
    let all: Vec<(&str, Range<usize>)> = words.each().collect();
    let word = |at: usize| all.get(at).map(|(word, _)| *word);
    let is_times = |at: usize| matches!(word(at), Some("times" | "time"));
    let of_visit = |at: usize| {
        let before = |many: usize| at.checked_sub(many).and_then(word).unwrap_or_default();
        before(2) == "visited" && before(1).starts_with('"')
    };
    let (at, number) = (0..all.len()).find_map(|at| match word(at)? {
        "more" | "less" | "fewer" if word(at + 1) == Some("than") && (is_times(at + 3) || of_visit(at)) => {
            Some((at, at + 2))
        }
        ">" | "<" if is_times(at + 2) => Some((at, at + 1)),
        ">" | "<" | ">=" | "<=" if of_visit(at) => Some((at, at + 1)),
        _ => None,
    })?;
    let count: u64 = word(number)?.parse().ok()?;
    let text = match word(at)? {
        "more" | ">" => format!("at least {} times", count.saturating_add(1)),
        ">=" => format!("at least {count} times"),
        "<=" => format!("at most {count} times"),
        _ => format!("at most {} times", count.checked_sub(1)?),
    };
    let end = number + usize::from(is_times(number + 1));
    let edits = vec![(all.get(at)?.1.start..all.get(end)?.1.end, text)];
    Some(Wording { edits, help: "say `at least`, `at most` or `exactly`:" })
}

/// `1.5 hours`, `half a day`: in the smaller unit.
fn halves(all: &[(&str, Range<usize>)]) -> Option<Wording> {
    let smaller = |unit: &str| match unit {
        "hours" => Some(("minutes", 60.0)),
        "days" => Some(("hours", 24.0)),
        "weeks" => Some(("days", 7.0)),
        _ => None,
    };
    for (at, (word, place)) in all.iter().enumerate() {
        let article = usize::from(all.get(at + 1).is_some_and(|(word, _)| matches!(*word, "a" | "an")));
        let Some((unit_word, end)) = all.get(at + 1 + article) else { continue };
        let amount = if *word == "half" { 0.5 } else { word.parse::<f64>().unwrap_or(0.0) };
        let Some((small, factor)) = unit(unit_word).and_then(smaller) else { continue };
        let count = amount * factor;
        if amount.fract() != 0.0 && count.fract() == 0.0 && (1.0..1_000_000.0).contains(&count) {
            let text = spoken(count as u64, small);
            return Some(Wording { edits: vec![(place.start..end.end, text)], help: "a duration is a whole number:" });
        }
    }
    None
}

/// The number a word begins with, and the letters behind it.
fn number_and_letters(word: &str) -> Option<(u64, &str)> {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, letters) = word.split_at_checked(digits)?;
    if letters.is_empty() { None } else { Some((number.parse().ok()?, letters)) }
}

/// A time of day, in minutes: `9`, `9am`, `9:30`, `17.00`, `5 pm` as one word.
pub(super) fn time_of(word: &str) -> Option<u32> {
    let lower = word.to_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
    let (lower, later) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest.trim_end(), Some(0)),
        (_, Some(rest)) => (rest.trim_end(), Some(12)),
        _ => (lower.trim_end_matches('h'), None),
    };
    let (hour, minute) = lower.split_once([':', '.']).unwrap_or((lower, "0"));
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = later.map_or(hour, |later| hour % 12 + later);
    (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
}

pub(super) fn clock(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

pub(super) struct Dated {
    pub(super) place: Range<usize>,
    pub(super) text: String,
}

fn month(word: &str) -> Option<u32> {
    crate::naming::month(word.trim_end_matches(['.', ',']))
}

fn written(year: u32, month: u32, day: u32) -> Option<String> {
    let real = (1900..=2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let text = format!("{year:04}-{month:02}-{day:02}");
    (real && crate::values::days_of(&text).is_some()).then_some(text)
}

/// Every reading of the first date in a line that Flow does not read as it stands.
pub(super) fn dates(all: &[(&str, Range<usize>)]) -> Vec<Dated> {
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
            // With points between them, the day comes first wherever it is written so.
            Some([one, other, year]) if bare.contains('.') && written(*year, *other, *one).is_some() => {
                vec![written(*year, *other, *one)]
            }
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
