//! Send windows as people say them: `send daily between 8 am and 8 pm`, `send only on Mon-Fri 9-17`.

use super::Wording;
use super::pattern::Words;
use super::values::{DAYS, clock, day, time_of};
use std::ops::Range;

const HELP: &str = "a send window has days, hours and the zone of the person:";
/// What is said of a window that is asked to leave out holidays.
pub(crate) const LEAVES_HOLIDAYS: &str =
    "`weekdays` are business days: the holidays of the person's calendar are none of them:";
const OWN_ZONE: &str =
    "everyone gets it at these hours of their own; a window in a zone that is named cannot be had yet:";

/// The whole line as a send window, where it has days and hours.
pub(super) fn wording(words: &Words<'_>) -> Option<Wording> {
    let all: Vec<(&str, Range<usize>)> = with_halves(words);
    let (first, start) = all.first().cloned()?;
    if !first.eq_ignore_ascii_case("send") {
        return None;
    }
    let end = all.last()?.1.end;
    let (all, is_business) = business_days(all);
    // `outside 9 to 17`, `except on Mondays`
    let turns = |word: &str| matches!(word.to_lowercase().as_str(), "outside" | "except" | "not" | "excluding" | "but");
    if all.iter().any(|(word, _)| turns(word)) {
        return None;
    }
    let days = days(&all)?;
    if is_business && days != "weekdays" {
        return None;
    }
    let (from, to) = hours(&all)?;
    let text = format!("send on {days} from {} to {} in contact timezone", clock(from), clock(to));
    // `in Europe/Rome`
    let has_zone = all.iter().any(|(word, _)| {
        word.split_once('/').is_some_and(|(area, _)| area.len() > 2 && area.starts_with(char::is_uppercase))
            || matches!(word.trim_matches(','), "CET" | "CEST" | "EST" | "EDT" | "PST" | "PDT" | "GMT" | "UTC" | "BST")
            || (word.len() > 2 && word.chars().all(char::is_uppercase))
    });
    // `in Sydney time`
    let is_place = |word: &str| word.starts_with(char::is_uppercase) && day(word).is_none() && time_of(word).is_none();
    let has_zone = has_zone
        || all.windows(2).any(|pair| {
            matches!(pair, [(place, _), (zone, _)] if is_place(place) && matches!(zone.to_lowercase().as_str(), "time" | "timezone" | "zone"))
        })
        || all.windows(2).any(|pair| matches!(pair, [("in", _), (place, _)] if is_place(place)));
    let help = match (has_zone, is_business) {
        (true, _) => OWN_ZONE,
        (false, true) => LEAVES_HOLIDAYS,
        (false, false) => HELP,
    };
    Some(Wording { edits: vec![(start.start..end, text)], help })
}

/// The whole line as the hours of a team: `hours weekdays from 9am to 6pm`.
pub(super) fn of_team(words: &Words<'_>) -> Option<Wording> {
    let all = with_halves(words);
    let has = |known: &[&str]| all.iter().any(|(word, _)| known.contains(&word.to_lowercase().as_str()));
    let is_first = all.first().is_some_and(|(first, _)| {
        matches!(first.to_lowercase().as_str(), "hours" | "working" | "office" | "business" | "team")
    });
    let is_left_out = has(&["except", "outside", "not", "excluding", "but", "in", "and", "also"]);
    if !is_first || !has(&["hours"]) || is_left_out || days(&all).is_some_and(|days| days != "weekdays") {
        return None;
    }
    let (from, to) = hours(&all)?;
    let text = format!("hours weekdays from {} to {}", clock(from), clock(to));
    Some(Wording {
        edits: vec![(all.first()?.1.start..all.last()?.1.end, text)],
        help: "the hours of a team are those of its weekdays:",
    })
}

/// `on business days`, `on weekdays except holidays`: as `on weekdays`, and whether it was so.
fn business_days(all: Vec<(&str, Range<usize>)>) -> (Vec<(&str, Range<usize>)>, bool) {
    const OFF: &[&str] = &["except", "excluding", "without", "but", "not", "no", "on", "public", "bank", "for", "and"];
    let lower: Vec<String> = all.iter().map(|(word, _)| word.to_lowercase().trim_matches(',').to_owned()).collect();
    let is_of = |at: usize, words: &[&str]| lower.get(at).is_some_and(|word| words.contains(&word.as_str()));
    let mut left = vec![true; all.len()];
    let (mut words, mut is_business) = (all, false);
    for at in 0..lower.len() {
        if is_of(at, &["business", "working", "work"]) && is_of(at + 1, &["days", "day"]) {
            if let Some((word, _)) = words.get_mut(at) {
                *word = "weekdays";
            }
            is_business = true;
        }
        if is_of(at, &["holidays", "holiday"]) {
            let from = (0..at).rev().take_while(|before| is_of(*before, OFF)).last();
            let is_off = from.is_some_and(|from| (from..at).any(|word| is_of(word, OFF.get(..6).unwrap_or_default())));
            let from = from.filter(|_| is_off).unwrap_or(at + 1);
            left.iter_mut().take(at + 1).skip(from).for_each(|left| *left = false);
            is_business |= is_off;
        }
    }
    let mut left = left.into_iter();
    words.retain(|_| left.next().unwrap_or(true));
    (words, is_business)
}

/// The words as spaces part them, `8 am` as one.
pub(super) fn with_halves<'l>(words: &Words<'l>) -> Vec<(&'l str, Range<usize>)> {
    let mut found: Vec<(&'l str, Range<usize>)> = Vec::new();
    for (word, place) in words.clumps() {
        let half = matches!(word.to_lowercase().as_str(), "am" | "pm" | "a.m." | "p.m." | "am," | "pm,");
        match found.last_mut() {
            Some((last, at)) if half && last.ends_with(|c: char| c.is_ascii_digit()) => {
                at.end = place.end;
                *last = words.text(at.clone()).unwrap_or(last);
            }
            _ => found.push((word, place)),
        }
    }
    found
}

/// The days of a line, as a send window names them.
fn days(all: &[(&str, Range<usize>)]) -> Option<String> {
    let mut named = [false; 7];
    let index = |word: &str| day(word).and_then(|day| DAYS.iter().position(|known| *known == day));
    let words: Vec<String> = all.iter().map(|(word, _)| word.to_lowercase().trim_matches(',').to_owned()).collect();
    for (at, word) in words.iter().enumerate() {
        match word.as_str() {
            "daily" | "always" | "anytime" => return Some("every day".to_owned()),
            "every" | "each" | "all"
                if words.get(at + 1).is_some_and(|next| matches!(next.as_str(), "day" | "days")) =>
            {
                return Some("every day".to_owned());
            }
            "weekdays" | "weekday" | "workdays" => return Some("weekdays".to_owned()),
            "weekends" | "weekend" => return Some("weekends".to_owned()),
            _ => {}
        }
        let ends = word.split_once(['-', '–']).and_then(|(from, to)| Some((index(from)?, index(to)?)));
        let spoken = || {
            let joins = words
                .get(at + 1)
                .is_some_and(|next| matches!(next.as_str(), "to" | "-" | "–" | "through" | "till" | "until"));
            joins.then(|| Some((index(word)?, index(words.get(at + 2)?)?))).flatten()
        };
        if let Some((from, to)) = ends.or_else(spoken) {
            let mut day = from;
            loop {
                *named.get_mut(day)? = true;
                if day == to {
                    break;
                }
                day = (day + 1) % DAYS.len();
            }
        } else if let Some(day) = index(word) {
            *named.get_mut(day)? = true;
        }
    }
    let listed: Vec<&str> = DAYS.into_iter().zip(named).filter(|(_, named)| *named).map(|(day, _)| day).collect();
    match listed.as_slice() {
        [] => None,
        ["monday", "tuesday", "wednesday", "thursday", "friday"] => Some("weekdays".to_owned()),
        ["saturday", "sunday"] => Some("weekends".to_owned()),
        all if all.len() == DAYS.len() => Some("every day".to_owned()),
        some => Some(some.join(", ")),
    }
}

/// From when to when, in minutes of the day.
fn hours(all: &[(&str, Range<usize>)]) -> Option<(u32, u32)> {
    let bare = |word: &str| word.trim_matches(',').len() < 3;
    let later = |from: (&str, u32), to: (&str, u32)| {
        // `9 to 5`
        let is_spoken = bare(from.0) && bare(to.0) && to.1 < from.1;
        (from.1, if is_spoken { to.1 + 12 * 60 } else { to.1 })
    };
    for (at, (word, _)) in all.iter().enumerate() {
        let word = word.trim_matches(',');
        if let Some((from, to)) = word.split_once(['-', '–'])
            && let (Some(begins), Some(ends)) = (time_of(from), time_of(to))
        {
            return Some(later((from, begins), (to, ends)));
        }
        let joins =
            all.get(at + 1).is_some_and(|(next, _)| matches!(*next, "to" | "and" | "-" | "–" | "until" | "till"));
        if let (true, Some(from), Some((other, _))) = (joins, time_of(word), all.get(at + 2))
            && let Some(to) = time_of(other.trim_matches(','))
        {
            return Some(later((word, from), (other, to)));
        }
    }
    None
}
