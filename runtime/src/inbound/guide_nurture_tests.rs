//! The data of `examples/guide_nurture`, read whole. Its README says what is wrong in it; the numbers there are the generator's own and
//! are found again by other means in its tests, so agreement here is no echo.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Cursor};

use serde_json::Value;

use super::testing::guide_nurture;
use super::*;

const CONTACTS: &[u8] = include_bytes!("../../../examples/guide_nurture/data/contacts.csv");
const EVENTS: &[u8] = include_bytes!("../../../examples/guide_nurture/data/events.jsonl");
const README: &str = include_str!("../../../examples/guide_nurture/README.md");

/// The number that the README gives to what this text describes.
fn promised(what: &str) -> u64 {
    let mut rows = README.lines().filter(|line| line.starts_with('|') && line.contains(what));
    let row = rows.next().unwrap();
    assert_eq!(rows.next(), None, "{what}");
    row.split('|').nth(1).unwrap().trim().parse().unwrap()
}

fn take_all<T>(items: impl Iterator<Item = Result<Item<T>, InboundError>>) -> (Vec<T>, Tally, Vec<String>) {
    let (mut tally, mut report) = (Tally::default(), Vec::new());
    let mut write_down = |finding: Finding<'_>| {
        report.push(finding.to_string());
        Ok(())
    };
    let rows = accept(items, &mut tally, &mut write_down).map(Result::unwrap).collect();
    (rows, tally, report)
}

fn counts(tally: &Tally) -> BTreeMap<(String, String), u64> {
    tally.counts().map(|(reason, subject, count)| ((reason.to_string(), subject.to_owned()), count)).collect()
}

fn sum(tally: &Tally, reason: Reason, subjects: &[&str]) -> u64 {
    let of = tally.counts().filter(|(of, subject, _)| *of == reason && subjects.contains(subject));
    of.map(|(.., count)| count).sum()
}

#[test]
fn every_contact_is_taken_or_listed() {
    let program = guide_nurture();
    let reader = ContactReader::open(CONTACTS, "contacts.csv", &program, &crate::inbound::Columns::new()).unwrap();
    assert_eq!(reader.ignored_columns(), [""; 0]);
    let (rows, tally, report) = take_all(reader);

    assert_eq!(tally.of(Reason::TooFewColumns), promised("rows cut short"));
    assert_eq!(tally.of(Reason::TooManyColumns), promised("rows with a stray comma"));
    assert_eq!(tally.of(Reason::Nobody), promised("rows with neither user id nor address"));
    assert_eq!(tally.of(Reason::NotUtf8), promised("rows that are not UTF-8"));
    assert_eq!(tally.of(Reason::UnknownChoice), promised("industries outside the list"));
    assert_eq!(tally.of(Reason::UnknownStage), promised("stages outside the list"));
    assert_eq!(tally.of(Reason::UnknownZone), promised("time zones that do not exist"));
    assert_eq!(tally.of(Reason::NotAnAddress), promised("e-mail addresses that are none"));
    assert_eq!(tally.of(Reason::NotANumber), promised("numbers such as"));
    assert_eq!(tally.of(Reason::NotADate) + tally.of(Reason::NotAMoment), promised("dates that are none"));

    // Nothing else is wrong, and every filled line but the first, none of which holds a line end in quotes, is accounted for.
    let listed: u64 = tally.counts().map(|(.., count)| count).sum();
    assert_eq!((listed, report.len() as u64), (279 + tally.rejected(), 279 + tally.rejected()), "{:?}", counts(&tally));
    let filled = CONTACTS.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count() as u64;
    assert_eq!(tally.taken() + tally.rejected() + 1, filled);
    assert_eq!(rows.len() as u64, tally.taken());

    let people_again = |prefix: &str| {
        let mut seen = BTreeSet::new();
        let keys = rows.iter().flat_map(|row| &row.keys).filter(|key| key.starts_with(prefix));
        keys.filter(|key| !seen.insert((*key).clone())).count() as u64
    };
    assert_eq!(people_again("user:"), promised("rows with a user id seen before"));
    assert_eq!(people_again("email:"), promised("rows with an address that another user id has"));
}

#[test]
fn every_event_is_taken_or_listed_in_the_order_of_arrival() {
    let program = guide_nurture();
    // As a file is read: in buffers smaller than it is.
    let events = EventReader::open(BufReader::new(Cursor::new(EVENTS)), "events.jsonl", &program).unwrap();
    let stragglers = events.straggler_count();
    let (arrivals, tally, _) = take_all(events);

    assert_eq!(tally.of(Reason::NotJson), promised("lines that are not JSON"));
    assert_eq!(tally.of(Reason::TooLong), promised("lines above 32 KB"));
    assert_eq!(tally.of(Reason::Nobody), promised("events of nobody"));
    assert_eq!(tally.of(Reason::NoEventName), promised("track lines without an event name"));
    assert_eq!(tally.of(Reason::BadTimestamp), promised("timestamps that are none"));
    assert_eq!(tally.of(Reason::DatedAhead), promised("events dated after their arrival"));
    assert_eq!(tally.of(Reason::UnknownEvent), promised("events the program does not declare"));
    assert_eq!(tally.of(Reason::WrongType), promised("properties of the wrong type"));
    assert_eq!(sum(&tally, Reason::WrongType, &["visited.page"]), 51);
    assert_eq!(sum(&tally, Reason::UnknownEvent, &["Page Vistied"]), 91);
    let promised_in_all = 64 + 4 + 50 + 29 + 50 + 94 + 473 + 63;
    assert_eq!(tally.counts().map(|(.., count)| count).sum::<u64>(), promised_in_all, "{:?}", counts(&tally));

    let lines: Vec<&[u8]> = EVENTS.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    assert_eq!(tally.taken() + tally.rejected(), lines.len() as u64);
    assert!(arrivals.is_sorted_by_key(|arrival| (arrival.arrived_at, arrival.at.line)));
    let messages: BTreeSet<MessageId> = arrivals.iter().map(|arrival| arrival.message).collect();
    assert_eq!((arrivals.len() - messages.len()) as u64, promised("lines that repeat an earlier message id"));
    assert!(stragglers < 600, "{stragglers} of {} lines are kept in memory", lines.len());

    let lines_of = |kind: &str| {
        let is_kind = |line: &&&[u8]| serde_json::from_slice::<Value>(line).is_ok_and(|event| event["type"] == kind);
        lines.iter().filter(is_kind).count()
    };
    let identified = arrivals.iter().filter(|arrival| matches!(arrival.what, What::Identify { .. })).count();
    assert_eq!(identified, lines_of("identify"));
}
