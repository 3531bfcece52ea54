//! What people write for a day, a number, a yes, a time zone, a currency: each with what it may mean.

use chrono::{Datelike, NaiveDate};
use flow_front::diagnostics::suggest;
use flow_front::naming::month;

use crate::time::{Zone, Zones};

/// Before their names, zones have one of these.
const REGIONS: [&str; 9] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Pacific"];
/// More places of one name are no answer.
const MAX_PLACES: usize = 3;

/// The days that a text may mean, each with how it was read.
pub(super) fn days(text: &str) -> Vec<(String, NaiveDate)> {
    let text = text.trim();
    let date = text.split_once(['T', ' ']).filter(|(_, time)| time.contains(':')).map_or(text, |(date, _)| date);
    let parts: Vec<&str> = date.split(|sign: char| !sign.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> =
        parts.into_iter().filter(|part| !is_weekday(part) && *part != "of" && *part != "the").collect();
    let one = |date: Option<NaiveDate>| date.map(|date| (String::new(), date)).into_iter().collect::<Vec<_>>();
    match parts.as_slice() {
        [digits] if digits.len() == 8 => {
            let part = |range| digits.get(range).and_then(number);
            one(day(part(0..4), part(4..6), part(6..8)))
        }
        [first, second, third] => match (month(first), month(second)) {
            (Some(month), _) => one(day(year(third), Some(month), number(second))),
            (_, Some(month)) if number(first).is_some_and(|first| first > 31) => {
                one(day(number(first), Some(month), number(third)))
            }
            (_, Some(month)) => one(day(year(third), Some(month), number(first))),
            _ if number(first).is_some_and(|first| first > 31) => {
                one(day(number(first), number(second), number(third)))
            }
            _ => both(date, year(third), number(first), number(second)),
        },
        _ => Vec::new(),
    }
}

/// `02/03/2026`: the day first, as most write it, or the month; with dots the day is first everywhere.
fn both(text: &str, year: Option<u32>, first: Option<u32>, second: Option<u32>) -> Vec<(String, NaiveDate)> {
    let (by_day, by_month) = (day(year, second, first), day(year, first, second));
    let spoken = |date: NaiveDate| date.format("%-d %B %Y:").to_string();
    let mut found: Vec<NaiveDate> = by_day.into_iter().collect();
    found.extend(by_month.filter(|date| !(text.contains('.') && by_day.is_some()) && Some(*date) != by_day));
    let several = found.len() > 1;
    found.into_iter().map(|date| (if several { spoken(date) } else { String::new() }, date)).collect()
}

/// A day that the calendar does not have: the last one before it, and the first one behind it.
pub(super) fn near_days(text: &str) -> Vec<(String, NaiveDate)> {
    let parts: Vec<Option<u32>> = text.trim().split('-').map(number).collect();
    let [Some(year), Some(month), Some(29..=31)] = parts.as_slice() else { return Vec::new() };
    let next =
        if *month == 12 { day(Some(year + 1), Some(1), Some(1)) } else { day(Some(*year), Some(month + 1), Some(1)) };
    let last = next.and_then(|next| next.pred_opt());
    let words = |date: NaiveDate| format!("{} has {} days:", date.format("%B %Y"), date.day());
    last.map(|date| (words(date), date))
        .into_iter()
        .chain(next.map(|date| ("or the day behind them:".to_owned(), date)))
        .collect()
}

fn day(year: Option<u32>, month: Option<u32>, day: Option<u32>) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year?).ok()?, month?, day?)
}

/// `2`, `2nd`.
fn number(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(|sign: char| sign.is_alphabetic());
    let ending = text.get(digits.len()..).unwrap_or_default().to_lowercase();
    ["", "st", "nd", "rd", "th"].contains(&ending.as_str()).then(|| digits.parse().ok()).flatten()
}

/// `2026`, `26`.
fn year(text: &str) -> Option<u32> {
    let year = number(text)?;
    Some(if text.len() == 2 { 2000 + year } else { year })
}

fn is_weekday(text: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let text = text.to_lowercase();
    text.len() >= 3 && DAYS.iter().any(|day| day.starts_with(&text))
}

/// The whole number that a text means, in days, seconds or whatever one of `units` is worth: `30`, `"30 days"`, `6 weeks`, `1,000`.
pub(super) fn whole(text: &str, units: &[(&str, i64)]) -> Option<i64> {
    let text = text.trim().to_lowercase();
    let digits: String =
        text.chars().take_while(|sign| sign.is_ascii_digit() || matches!(sign, ',' | '_' | '\'' | '.')).collect();
    let unit = text.get(digits.len()..)?.trim().trim_end_matches('.').to_owned();
    let digits = digits.strip_suffix(".0").unwrap_or(&digits);
    let plain: String = digits.chars().filter(char::is_ascii_digit).collect();
    let grouped = digits.split([',', '.', '_', '\'']).skip(1).all(|group| group.len() == 3);
    if !grouped {
        return None;
    }
    let number: i64 = if plain.is_empty() { spelled(unit.split_whitespace().next()?)? } else { plain.parse().ok()? };
    let unit = if plain.is_empty() { unit.split_once(' ').map_or("", |(_, unit)| unit).to_owned() } else { unit };
    if unit.is_empty() {
        return Some(number);
    }
    let one = |name: &str| name.trim_end_matches('s') == unit.trim_end_matches('s');
    let (_, worth) = units.iter().find(|(name, _)| one(name))?;
    number.checked_mul(*worth)
}

fn spelled(word: &str) -> Option<i64> {
    const NUMBERS: [&str; 13] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    const TENS: [&str; 9] = ["ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let tens = TENS.iter().position(|number| *number == word).map(|at| (at + 1) * 10);
    NUMBERS.iter().position(|number| *number == word).or(tens).and_then(|number| i64::try_from(number).ok())
}

/// `yes`, `True`, `1`.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Zones that people mean by a city, a country or an abbreviation, each with the words that tell them apart.
pub(super) fn zones(text: &str) -> Vec<(String, String)> {
    let wanted = text.trim().to_lowercase();
    let place = wanted.rsplit(['/', ',']).next().unwrap_or_default().trim().replace([' ', '-'], "_");
    let first = wanted.split([',', '(']).next().unwrap_or_default().trim().replace([' ', '-'], "_");
    let places = || Zones::bundled().iter().map(Zone::name).filter(|name| is_place(name));
    let of = |wanted: &str| -> Vec<String> {
        let is_named = |name: &&str| city(name).to_lowercase().replace('-', "_") == wanted;
        places().filter(is_named).map(str::to_owned).collect()
    };
    let mut found = of(&place);
    if found.is_empty() {
        found = of(&first);
    }
    if found.is_empty() {
        let usual =
            [wanted.as_str(), place.as_str(), first.as_str()].into_iter().find(|said| !abbreviated(said).is_empty());
        found = usual.map_or(&[][..], abbreviated).iter().map(|name| (*name).to_owned()).collect();
    }
    if found.is_empty() {
        // `UTC+1` is one letter away from another hour.
        let is_name = !text.contains(|sign: char| sign.is_ascii_digit() || sign == '+');
        // Of a region and a city, the city says where: `Europe/Glasgow` is near to no other one.
        let is_word = is_name && !text.contains('/');
        let near = suggest::nearest(text, Zones::bundled().iter().map(Zone::name).filter(|_| is_word));
        let city = || {
            let cities: Vec<String> = places().map(|name| city(name).to_lowercase()).collect();
            let near = suggest::nearest(&place, cities.iter().map(String::as_str)).map(str::to_owned);
            near.filter(|_| is_name && place.chars().count() > 3).map(|near| of(&near)).unwrap_or_default()
        };
        found = near.map_or_else(city, |near| vec![near.to_owned()]);
    }
    found.truncate(MAX_PLACES);
    let several = found.len() > 1;
    found
        .into_iter()
        .map(|name| (if several { format!("as in {}:", city(&name).replace('_', " ")) } else { String::new() }, name))
        .collect()
}

fn is_place(zone: &str) -> bool {
    zone.split_once('/').is_some_and(|(region, _)| REGIONS.contains(&region))
}

fn city(zone: &str) -> &str {
    zone.rsplit('/').next().unwrap_or_default()
}

/// What is no name of a zone, and usual; the larger place first.
fn abbreviated(text: &str) -> &'static [&'static str] {
    match text {
        "cet" | "met" | "mez" | "mesz" | "cest" | "central european time" | "central europe" => {
            &["Europe/Berlin", "Europe/Paris"]
        }
        "germany" | "deutschland" | "de" => &["Europe/Berlin"],
        "austria" | "at" => &["Europe/Vienna"],
        "switzerland" | "ch" => &["Europe/Zurich"],
        "france" | "fr" => &["Europe/Paris"],
        "spain" | "es" => &["Europe/Madrid"],
        "italy" | "it" => &["Europe/Rome"],
        "netherlands" | "the netherlands" | "holland" | "nl" => &["Europe/Amsterdam"],
        "poland" | "pl" => &["Europe/Warsaw"],
        "sweden" | "se" => &["Europe/Stockholm"],
        "uk" | "gb" | "england" | "bst" | "great britain" | "united kingdom" | "scotland" | "wales" => {
            &["Europe/London"]
        }
        "edinburgh" | "glasgow" | "manchester" | "birmingham" | "cardiff" | "belfast" | "leeds" | "bristol" => {
            &["Europe/London"]
        }
        "munich" | "münchen" | "hamburg" | "frankfurt" | "cologne" | "köln" | "stuttgart" => &["Europe/Berlin"],
        "barcelona" | "valencia" => &["Europe/Madrid"],
        "milan" => &["Europe/Rome"],
        "lyon" | "marseille" => &["Europe/Paris"],
        "rotterdam" | "the_hague" => &["Europe/Amsterdam"],
        "geneva" | "basel" | "bern" => &["Europe/Zurich"],
        "gothenburg" => &["Europe/Stockholm"],
        "cork" | "galway" => &["Europe/Dublin"],
        "krakow" | "gdansk" => &["Europe/Warsaw"],
        "minneapolis" => &["America/Chicago"],
        "san_diego" => &["America/Los_Angeles"],
        "ottawa" | "montreal" => &["America/Toronto"],
        "atlanta" | "philadelphia" => &["America/New_York"],
        "ireland" | "ie" => &["Europe/Dublin"],
        "eet" | "eest" => &["Europe/Athens", "Europe/Helsinki"],
        "et" | "est" | "edt" | "est5" | "eastern" | "eastern time" | "us eastern" | "boston" | "washington"
        | "miami" => &["America/New_York"],
        "ct" | "cdt" | "central" | "central time" | "us central" | "dallas" | "houston" | "austin" => {
            &["America/Chicago"]
        }
        "mt" | "mdt" | "mountain" | "mountain time" => &["America/Denver"],
        "mst" => &["America/Denver", "America/Phoenix"],
        "hst" | "hawaii" => &["Pacific/Honolulu"],
        "wet" | "portugal" | "pt_pt" => &["Europe/Lisbon"],
        "pt" | "pst" | "pdt" | "pacific" | "pacific time" | "us pacific" | "san francisco" | "seattle"
        | "california" | "san_francisco" => &["America/Los_Angeles"],
        "usa" | "us" | "united states" | "america" => &["America/New_York", "America/Chicago", "America/Los_Angeles"],
        "canada" | "ca" => &["America/Toronto", "America/Vancouver"],
        "brazil" | "br" => &["America/Sao_Paulo"],
        "india" | "ist" | "in" | "mumbai" | "delhi" | "bangalore" => &["Asia/Kolkata"],
        "japan" | "jst" | "jp" => &["Asia/Tokyo"],
        "china" | "cn" | "beijing" => &["Asia/Shanghai"],
        "singapore" | "sg" => &["Asia/Singapore"],
        "australia" | "au" => &["Australia/Sydney", "Australia/Perth"],
        "aest" => &["Australia/Sydney", "Australia/Brisbane"],
        "aedt" => &["Australia/Sydney"],
        "acst" => &["Australia/Adelaide", "Australia/Darwin"],
        "acdt" => &["Australia/Adelaide"],
        "nzst" | "nzdt" | "nzt" | "nz" | "new zealand" => &["Pacific/Auckland"],
        "awst" => &["Australia/Perth"],
        _ => &[],
    }
}

/// The three letters of a currency.
pub(super) fn currency(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let known = match text.trim_end_matches('s') {
        "€" | "euro" => "EUR",
        "$" | "dollar" | "us dollar" | "us$" | "us-dollar" => "USD",
        "£" | "pound" | "pound sterling" | "british pound" => "GBP",
        "swiss franc" | "franc" | "sfr" | "franken" => "CHF",
        "¥" | "yen" => "JPY",
        "rupee" | "₹" => "INR",
        _ if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            return Some(text.to_uppercase());
        }
        _ => return None,
    };
    Some(known.to_owned())
}

/// A name that files can carry.
pub(super) fn slug(text: &str) -> String {
    let mut name = String::new();
    for sign in text.trim().chars() {
        match sign {
            'ä' | 'Ä' => name.push_str("ae"),
            'ö' | 'Ö' => name.push_str("oe"),
            'ü' | 'Ü' => name.push_str("ue"),
            'ß' => name.push_str("ss"),
            sign if sign.is_ascii_alphanumeric() || sign == '-' => name.push(sign.to_ascii_lowercase()),
            _ if name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    name.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{currency, days, near_days, slug, truth, whole, zones};

    fn dates(text: &str) -> Vec<String> {
        days(text).into_iter().map(|(_, date)| date.to_string()).collect()
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for text in [
            "2 March 2026",
            "March 2, 2026",
            "Monday, 2nd of March 2026",
            "2.3.2026",
            "2026/03/02",
            "2026-3-2",
            "20260302",
            "2026-03-02T09:00",
            "2 Mar 26",
        ] {
            assert_eq!(dates(text), ["2026-03-02"], "{text}");
        }
        assert_eq!(dates("02/03/2026"), ["2026-03-02", "2026-02-03"]);
        assert_eq!(dates("2/3/26"), ["2026-03-02", "2026-02-03"]);
        assert_eq!(dates("03/03/2026"), ["2026-03-03"]);
        assert_eq!(dates("3/25/2026"), ["2026-03-25"]);
        assert!(dates("2 March").is_empty() && dates("soon").is_empty() && dates("2026-02-30").is_empty());
        let near: Vec<String> = near_days("2026-02-30").into_iter().map(|(_, date)| date.to_string()).collect();
        assert_eq!(near, ["2026-02-28", "2026-03-01"]);
    }

    #[test]
    fn numbers_have_units_or_not() {
        let days = [("day", 1), ("week", 7)];
        for (text, number) in
            [("30", 30), ("30 days", 30), ("6 weeks", 42), ("1,000", 1000), ("90.0", 90), ("thirty days", 30)]
        {
            assert_eq!(whole(text, &days), Some(number), "{text}");
        }
        assert!(
            whole("1.5", &days).is_none() && whole("2 fortnights", &days).is_none() && whole("soon", &days).is_none()
        );
        assert_eq!((truth("Yes"), truth("off"), truth("maybe")), (Some(true), Some(false), None));
    }

    #[test]
    fn a_zone_goes_by_its_city_or_its_country() {
        let names = |text: &str| zones(text).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        for (text, zone) in [
            ("Berlin", "Europe/Berlin"),
            ("new york", "America/New_York"),
            ("Berlin, Germany", "Europe/Berlin"),
            ("Europe / Berlin", "Europe/Berlin"),
            ("Europe/Berlim", "Europe/Berlin"),
            ("Germany", "Europe/Berlin"),
            ("PST", "America/Los_Angeles"),
            ("Berln", "Europe/Berlin"),
        ] {
            assert_eq!(names(text), [zone], "{text}");
        }
        assert_eq!(names("MEZ"), ["Europe/Berlin", "Europe/Paris"]);
        assert!(names("Mars/Olympus").is_empty(), "{:?}", names("Mars/Olympus"));
    }

    #[test]
    fn names_and_currencies() {
        assert_eq!(
            (slug("Spring Campaign 2026!"), slug("Frühling & Co")),
            ("spring_campaign_2026".into(), "fruehling_co".into())
        );
        assert_eq!(
            (currency("euro"), currency("$"), currency("usd")),
            (Some("EUR".into()), Some("USD".into()), Some("USD".into()))
        );
        assert_eq!(currency("coins"), None);
    }
}
