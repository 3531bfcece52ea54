//! Small projects whose counts are plain to see, so that the recount itself can be trusted.

use std::fmt::Write;

use crate::count::{Count, Tally};
use crate::recount;

const HEADER: &str = "User ID,Email,Region,Industry,Timezone,Stage,Score,Unsubscribed,Has Open Deal,Disqualified";

/// In Berlin, EMEA, with an address.
const ADA: &str = "ada,ada@x.example,EMEA,saas,Europe/Berlin,lead,40,no,no,no";
/// As Ada, but with a score that no reading of the guide brings to sales.
const EVA: &str = "eva,eva@x.example,EMEA,Fintech ,Europe/Berlin,lead,0,no,no,no";
const ROY: &str = "roy,roy@x.example,AMER,saas,America/New_York,lead,60,no,no,no";

const GUIDE: &str = r#""downloaded","properties":{"asset":"b2b-guide"}"#;
const PRICING: &str = r#""Visited","properties":{"page":"/pricing"}"#;
const DEMO: &str = r#""Requested Demo","properties":{}"#;
const CASE_STUDY: &str = r#""Email Link Clicked","properties":{"email_id":"guide_delivery","link_id":"case-study"}"#;
const BOOK: &str = r#""Email Link Clicked","properties":{"email_id":"pricing_help","link_id":"book"}"#;

/// Rows; and events as who, when, what.
fn count(rows: &[&str], events: &[(&str, &str, &str)]) -> Count {
    let lines: Vec<(&str, &str, &str, &str)> = events.iter().map(|(who, at, what)| (*who, *at, *at, *what)).collect();
    count_late(rows, &lines)
}

/// The same, with an arrival behind each instant.
fn count_late(rows: &[&str], events: &[(&str, &str, &str, &str)]) -> Count {
    let project = tempfile::tempdir().unwrap();
    std::fs::create_dir(project.path().join("data")).unwrap();
    let contacts = format!("\u{feff}{HEADER}\r\n{}\r\n", rows.join("\r\n"));
    let mut lines = String::new();
    for (number, (who, occurred, arrived, what)) in events.iter().enumerate() {
        writeln!(
            lines,
            r#"{{"type":"track","messageId":"{number}","userId":"{who}","event":{what},"timestamp":"{occurred}","receivedAt":"{arrived}"}}"#
        )
        .unwrap();
    }
    std::fs::write(project.path().join("data/contacts.csv"), contacts).unwrap();
    std::fs::write(project.path().join("data/events.jsonl"), lines).unwrap();
    recount(project.path())
}

fn tally<const N: usize>(of: [(&str, u64); N]) -> Tally {
    of.into_iter().map(|(name, number)| (name.to_owned(), number)).collect()
}

#[test]
fn a_reader_who_looks_at_pricing_reaches_sales() {
    let count = count(
        &[ADA],
        &[
            ("ada", "2026-03-02T10:00:00Z", GUIDE),
            ("ada", "2026-03-03T10:00:00Z", CASE_STUDY),
            ("ada", "2026-03-05T20:00:00Z", PRICING),
            ("ada", "2026-03-12T10:00:00Z", DEMO),
            ("ada", "2026-03-13T10:00:00Z", DEMO),
        ],
    );
    let guide = &count.workflows["guide_nurture"];
    assert_eq!(guide.sent, tally([("guide_delivery", 1), ("case_study", 1)]));
    assert_eq!(guide.handed_off, tally([("ana@acme.example", 1)]));
    assert_eq!((guide.converted, guide.attributed), (0, 1), "after the end, once");
}

#[test]
fn a_machine_s_click_is_nobody_s() {
    let count = count(
        &[ADA],
        &[
            ("ada", "2026-03-02T10:00:00Z", GUIDE),
            ("ada", "2026-03-02T10:00:10Z", CASE_STUDY),
            ("ada", "2026-03-02T10:00:00Z", BOOK),
        ],
    );
    assert_eq!((count.clicks.machine, count.clicks.without_send), (1, 1));
    let guide = &count.workflows["guide_nurture"];
    assert_eq!(guide.sent, tally([("guide_delivery", 1), ("guide_reminder", 1)]));
    assert_eq!((guide.timed_out, guide.exited_by_step), (1, 1));
}

#[test]
fn mail_of_friday_evening_waits_and_asks_again() {
    let unsubscribed = r#""Unsubscribed","properties":{}"#;
    let (friday, sunday) = ("2026-03-27T16:00:00Z", "2026-03-29T12:00:00Z");
    let held = count(&[EVA], &[("eva", friday, GUIDE), ("eva", "2026-03-30T06:59:59Z", CASE_STUDY)]);
    assert_eq!(held.clicks.without_send, 1, "not before Monday 09:00 in summer time");
    assert_eq!(held.workflows["guide_nurture"].sent, tally([("guide_delivery", 1), ("guide_reminder", 1)]));
    let gone = count(&[EVA], &[("eva", friday, GUIDE), ("eva", sunday, unsubscribed)]);
    assert_eq!(gone.workflows["guide_nurture"].withheld, tally([("unsubscribed", 2)]));
    let sold = count(&[EVA], &[("eva", friday, GUIDE), ("eva", sunday, DEMO)]);
    assert_eq!((sold.workflows["guide_nurture"].converted, sold.workflows["guide_nurture"].sent.len()), (1, 0));
}

#[test]
fn three_visits_in_seven_days_enter_and_seven_days_end_before_the_seventh() {
    let entered = |third_occurred: &str, third_arrived: &str| {
        let (first, second) = ("2026-03-02T10:00:00.000Z", "2026-03-03T10:00:00Z");
        let visits = [
            ("eva", first, first, PRICING),
            ("eva", second, second, PRICING),
            ("eva", third_occurred, third_arrived, PRICING),
        ];
        count_late(&[EVA], &visits).workflows["pricing_interest"].entered
    };
    assert_eq!(entered("2026-03-09T09:59:59.999Z", "2026-03-09T09:59:59.999Z"), 1);
    assert_eq!(entered("2026-03-09T10:00:00.000Z", "2026-03-09T10:00:00.000Z"), 0);
    assert_eq!(entered("2026-03-04T10:00:00.000Z", "2026-03-09T10:00:00.000Z"), 0, "known too late");
}

#[test]
fn who_stays_in_the_segment_does_not_enter_again() {
    let days = ["02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14"];
    let instants: Vec<String> = days.iter().map(|day| format!("2026-03-{day}T10:00:00Z")).collect();
    let mut events: Vec<_> = instants.iter().map(|at| ("eva", at.as_str(), PRICING)).collect();
    let once = count(&[EVA], &events);
    let pricing = &once.workflows["pricing_interest"];
    assert_eq!((pricing.entered, pricing.ignored.len(), pricing.exited_by_step), (1, 0, 1));

    for again in ["2026-03-22T10:00:00Z", "2026-03-22T11:00:00Z", "2026-03-22T12:00:00Z"] {
        events.push(("eva", again, PRICING));
    }
    let twice = count(&[EVA], &events);
    assert_eq!(twice.workflows["pricing_interest"].ignored, tally([("reenter", 1)]), "left, and back too soon");
}

#[test]
fn silence_is_counted_from_the_last_sign_of_life() {
    let visit = r#""visited","properties":{"page":42}"#;
    let opened = r#""Email Opened","properties":{"email_id":"still_there"}"#;
    // Silent from the start: 16 April. From the evening of 15 April: Saturday, 30 May, so the mail is held when the run ends.
    let silent = |events: &[(&str, &str, &str)]| {
        let quiet = count(&[EVA], events).workflows.remove("quiet_leads").unwrap();
        (quiet.entered, quiet.sent.len())
    };
    assert_eq!(silent(&[]), (1, 1));
    assert_eq!(silent(&[("eva", "2026-04-15T20:00:00Z", visit)]), (1, 0));
    assert_eq!(silent(&[("eva", "2026-04-15T20:00:00Z", opened)]), (1, 1), "opening is not acting");
    assert_eq!(silent(&[("eva", "2026-04-10T10:00:00Z", visit), ("eva", "2026-04-16T10:00:00Z", visit)]), (0, 0));
    let back = count(&[EVA], &[("eva", "2026-04-20T10:00:00Z", visit)]);
    assert_eq!(back.workflows["quiet_leads"].converted, 1);
}

#[test]
fn handoffs_go_round_those_who_cover_the_region() {
    let (mut events, rows) = (Vec::new(), [ADA, ROY, EVA]);
    for (who, day) in [("ada", "02"), ("roy", "03"), ("eva", "04")] {
        for hour in ["15", "16", "17"] {
            events.push((who, format!("2026-03-{day}T{hour}:00:00Z"), PRICING));
        }
    }
    // Roy answers first and second of all; Bo takes him, Ana the next.
    events.push(("roy", "2026-03-05T15:00:00Z".to_owned(), BOOK));
    events.push(("ada", "2026-03-05T15:30:00Z".to_owned(), BOOK));
    events.push(("eva", "2026-03-05T16:00:00Z".to_owned(), BOOK));
    let events: Vec<_> = events.iter().map(|(who, at, what)| (*who, at.as_str(), *what)).collect();
    let count = count(&rows, &events);
    let taken = tally([("ana@acme.example", 1), ("bo@acme.example", 2)]);
    assert_eq!(count.workflows["pricing_interest"].handed_off, taken);
}

#[test]
fn a_second_row_of_a_person_fills_gaps_and_keeps_the_stricter_consent() {
    let first = "eva,eva@x.example,,,,lead,0,no,no,no";
    let second = "eva,EVA@x.example,EMEA,saas,,customer,,yes,no,no";
    let count = count(&[first, second], &[("eva", "2026-03-02T10:00:00Z", GUIDE)]);
    assert_eq!((count.people.known, count.contacts.joined), (1, 1));
    assert_eq!(count.people.suppressed, tally([("unsubscribed", 1)]));
    let guide = &count.workflows["guide_nurture"];
    assert_eq!((guide.entered, guide.ignored.len()), (1, 0), "of the second's industry, of the first's stage");
    assert_eq!(guide.withheld, tally([("unsubscribed", 2)]));
}
