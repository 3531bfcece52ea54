//! The committed files are what the generator makes, and they hold what their README says. Faults are looked for from outside, with
//! the csv and JSON readers, so that a fault which is counted but not written is found.
#![allow(clippy::unwrap_used)]
#![expect(clippy::indexing_slicing, reason = "a test that looks at a wrong place should fail")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use csv::ByteRecord;
use flow_example_data::{ENTRIES, Fault, File, Files, Plan, SEED, generate};
use serde_json::Value;

static FILES: LazyLock<Files> = LazyLock::new(|| generate(SEED, &Plan::default()));

const CONTACTS: &[u8] = include_bytes!("../../guide_nurture/data/contacts.csv");
const EVENTS: &[u8] = include_bytes!("../../guide_nurture/data/events.jsonl");
const README: &str = include_str!("../../guide_nurture/README.md");

const COLUMNS: usize = 19;
const LINE_LIMIT: usize = 32 * 1024;
const SIZE_LIMIT: usize = 12_000_000;
const INDUSTRIES: [&str; 8] =
    ["saas", "fintech", "ecommerce", "manufacturing", "healthcare", "education", "consulting", "logistics"];
const EVENT_NAMES: [&str; 11] = [
    "downloaded",
    "visited",
    "requested_demo",
    "attended_webinar",
    "submitted_form",
    "signed_up",
    "email_opened",
    "email_link_clicked",
    "email_bounced",
    "email_marked_as_spam",
    "unsubscribed",
];

fn rows() -> Vec<ByteRecord> {
    let text = CONTACTS.strip_prefix(b"\xEF\xBB\xBF").unwrap();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    assert_eq!(reader.byte_headers().unwrap().len(), COLUMNS);
    reader.byte_records().map(Result::unwrap).collect()
}

/// The rows that a reader takes in.
fn good_rows() -> Vec<Vec<String>> {
    let text = |row: &ByteRecord| {
        let cells: Result<Vec<&str>, _> = row.iter().map(std::str::from_utf8).collect();
        Some(cells.ok()?.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let named = |row: &Vec<String>| row.len() == COLUMNS && !(row[0].is_empty() && row[1].is_empty());
    rows().iter().filter_map(text).filter(named).collect()
}

fn lines() -> impl Iterator<Item = &'static [u8]> {
    EVENTS.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// The lines that are JSON of a fair length, first arrivals only.
static PARSED: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut seen = BTreeSet::new();
    lines()
        .filter(|line| line.len() <= LINE_LIMIT)
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .filter(|event| seen.insert(event["messageId"].as_str().unwrap().to_owned()))
        .collect()
});

fn name_of(event: &Value) -> String {
    event["event"].as_str().unwrap_or_default().to_lowercase().replace(' ', "_")
}

fn is_track(event: &Value, name: &str) -> bool {
    event["type"] == "track" && name_of(event) == name
}

fn count(fault: Fault) -> usize {
    FILES.counts.of(fault)
}

#[test]
fn the_committed_files_are_what_the_generator_makes() {
    let help = "run `cargo run -p flow-example-data` and commit the files";
    assert!(FILES.contacts_csv == CONTACTS, "contacts.csv differs: {help}");
    assert!(FILES.events_jsonl == EVENTS, "events.jsonl differs: {help}");
}

#[test]
fn the_readme_has_the_tables_of_the_generator() {
    for file in [File::Contacts, File::Events] {
        let table = FILES.counts.table(file);
        assert!(README.contains(&table), "put this table into README.md:\n{table}");
    }
}

#[test]
fn seeds_differ_and_other_sizes_work() {
    let small = Plan { contacts: 60, days: 7 };
    assert_eq!(generate(1, &small), generate(1, &small));
    assert_ne!(generate(1, &small).events_jsonl, generate(2, &small).events_jsonl);
    let nothing = generate(1, &Plan { contacts: 0, days: 0 });
    assert_eq!(nothing.events_jsonl, b"");
}

#[test]
fn the_files_have_the_promised_size() {
    let row_count = rows().len();
    assert!((4_950..=5_250).contains(&row_count), "{row_count} rows");
    let line_count = lines().count();
    assert!((55_000..=65_000).contains(&line_count), "{line_count} lines");
    assert!(EVENTS.len() <= SIZE_LIMIT, "{} bytes", EVENTS.len());
}

#[test]
fn every_fault_occurs_about_as_often_as_its_rate_says() {
    for entry in &ENTRIES {
        let found = count(entry.fault);
        assert!(found > 0, "{:?} does not occur", entry.fault);
        let among = if entry.file == File::Contacts { 5_000 } else { lines().count() };
        let expected = among * entry.rate as usize / 100_000;
        let is_sane = entry.rate == 0 || (expected / 2..=expected * 2 + 3).contains(&found);
        assert!(is_sane, "{:?}: {found} found, about {expected} expected", entry.fault);
    }
}

#[test]
fn rejected_rows_are_in_the_file() {
    let rows = rows();
    let is_utf8 = |row: &&ByteRecord| row.iter().all(|cell| std::str::from_utf8(cell).is_ok());
    assert_eq!(rows.iter().filter(|row| row.len() < COLUMNS).count(), count(Fault::TooFewColumns));
    assert_eq!(rows.iter().filter(|row| row.len() > COLUMNS).count(), count(Fault::TooManyColumns));
    assert_eq!(rows.iter().filter(|row| !is_utf8(row)).count(), count(Fault::InvalidUtf8));
    assert_eq!(rows.iter().filter(|row| row[0].is_empty() && row[1].is_empty()).count(), count(Fault::NoIdentity));
    let empty = CONTACTS.windows(4).filter(|window| window == b"\r\n\r\n").count();
    assert_eq!(empty, count(Fault::EmptyLine));
}

#[test]
fn bad_values_are_in_the_file() {
    let rows = good_rows();
    let holding = |test: &dyn Fn(&[String]) -> bool| rows.iter().filter(|row| test(row)).count();
    let industry = |row: &[String]| row[9].trim().to_lowercase();
    let is_known = |row: &[String]| row[9].is_empty() || INDUSTRIES.contains(&industry(row).as_str());
    assert_eq!(holding(&|row| !is_known(row)), count(Fault::UnknownIndustry));
    assert_eq!(holding(&|row| is_known(row) && industry(row) != row[9]), count(Fault::UntidyIndustry));
    assert_eq!(holding(&|row| !row[10].is_empty() && row[10].parse::<u32>().is_err()), count(Fault::BadNumber));
    let is_address = |cell: &str| cell.ends_with(".example") && cell.contains('@') && !cell.contains(' ');
    assert_eq!(holding(&|row| !row[1].is_empty() && !is_address(&row[1])), count(Fault::BadAddress));
    let zones = ["Mars/Olympus", "GMT+25", "Europe/Atlantis"];
    assert_eq!(holding(&|row| zones.contains(&row[11].as_str())), count(Fault::UnknownZone));
    let stages = ["subscriber", "lead", "mql", "sql", "opportunity", "customer"];
    assert_eq!(holding(&|row| !stages.contains(&row[12].as_str())), count(Fault::UnknownStage));
    let bad_dates = ["31/02/2026", "soon", "2026-02-30", "Q3", "0000-00-00"];
    let has_bad_date = |row: &[String]| row[17..].iter().any(|cell| bad_dates.contains(&cell.as_str()));
    assert_eq!(holding(&has_bad_date), count(Fault::BadDate));
}

#[test]
fn people_appear_twice_in_the_file() {
    let (mut ids, mut addresses) = (BTreeSet::new(), BTreeSet::new());
    let (mut repeated_ids, mut repeated_addresses) = (0, 0);
    for row in good_rows() {
        repeated_ids += usize::from(!row[0].is_empty() && !ids.insert(row[0].clone()));
        let address = row[1].to_lowercase();
        repeated_addresses += usize::from(address.ends_with(".example") && !addresses.insert(address));
    }
    assert_eq!(repeated_ids, count(Fault::RepeatedUserId));
    assert_eq!(repeated_addresses, count(Fault::DuplicateAddress));
}

#[test]
fn bad_lines_are_in_the_file() {
    assert_eq!(lines().filter(|line| line.len() > LINE_LIMIT).count(), count(Fault::OverlongLine));
    let is_broken = |line: &&[u8]| serde_json::from_slice::<Value>(line).is_err();
    assert_eq!(lines().filter(is_broken).count(), count(Fault::BrokenJson));

    let distinct: BTreeSet<&[u8]> = lines().collect();
    assert_eq!(lines().count() - distinct.len(), count(Fault::RepeatedMessage));

    let events = &*PARSED;
    let holding = |test: &dyn Fn(&Value) -> bool| events.iter().filter(|event| test(event)).count();
    assert_eq!(holding(&|event| event["userId"].as_str().unwrap_or_default().is_empty()), count(Fault::MissingUserId));
    assert_eq!(holding(&|event| event["receivedAt"].is_null()), count(Fault::MissingReceivedAt));
    assert_eq!(holding(&|event| is_track(event, "")), count(Fault::MissingEventName));
    let is_unknown = |event: &Value| {
        let name = name_of(event);
        event["type"] == "track" && !name.is_empty() && !EVENT_NAMES.contains(&name.as_str())
    };
    assert_eq!(holding(&is_unknown), count(Fault::UnknownEvent));
    let has_wrong_type = |event: &Value| {
        event["type"] == "track" && event["properties"].as_object().unwrap().values().any(|value| !value.is_string())
    };
    assert_eq!(holding(&has_wrong_type), count(Fault::WrongPropertyType));
}

#[test]
fn lines_stand_in_the_order_of_their_arrival() {
    let arrivals: Vec<String> =
        PARSED.iter().filter_map(|event| event["receivedAt"].as_str().map(str::to_owned)).collect();
    assert!(arrivals.is_sorted());
}

/// An example through which nobody passes shows nothing.
#[test]
fn every_branch_of_the_funnel_has_people() {
    let events = &*PARSED;
    let people_who = |test: &dyn Fn(&Value) -> bool| {
        let ids: BTreeSet<&str> =
            events.iter().filter(|event| test(event)).filter_map(|event| event["userId"].as_str()).collect();
        ids.len()
    };
    let clicked = |mail: &str, link: &str| {
        people_who(&|event| {
            let properties = &event["properties"];
            name_of(event) == "email_link_clicked" && properties["email_id"] == mail && properties["link_id"] == link
        })
    };
    let guide = people_who(&|event| is_track(event, "downloaded") && event["properties"]["asset"] == "b2b-guide");
    assert!((1_500..=2_000).contains(&guide), "{guide} people download the guide");
    assert!(clicked("guide_delivery", "case-study") > 150);
    assert!(clicked("guide_reminder", "case-study") > 50);
    assert!(clicked("case_study", "pricing") > 30);
    assert!(clicked("pricing_help", "book") > 50);
    assert!(clicked("still_there", "stay") > 50);
    assert!(people_who(&|event| is_track(event, "requested_demo")) > 150);
    for stage in ["opportunity", "customer"] {
        assert!(people_who(&|event| event["traits"]["stage"] == stage) > 30, "{stage}");
    }
    assert!(people_who(&|event| event["traits"]["disqualified"] == true) > 30);
    assert!(people_who(&|event| is_track(event, "unsubscribed")) > 30);
    for kind in ["hard", "soft"] {
        assert!(people_who(&|event| event["properties"]["bounce_type"] == kind) > 10, "{kind}");
    }
}
