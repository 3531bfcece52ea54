//! What the example project must do, counted a second time and in another way.
//!
//! The compiler and the runtime reach their numbers with compiled predicates, rings of instants and a store. Here a person is a plain
//! struct with their whole history in a list, and the three workflows are written out by hand from the language's rules. The two
//! share no code, so a number on which they agree is hardly wrong on both sides.
//!
//! `cargo test --test plain_count -- --nocapture` prints the numbers.
#![allow(clippy::unwrap_used)]
#![expect(clippy::indexing_slicing, reason = "a count that looks at a wrong place should fail")]

mod against_a_run;
mod calendar;
mod campaigns;
mod count;
mod journey;
mod people;
mod queue;
mod run;
mod stories;
mod stream;
mod workflows;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use count::{Count, Events, compare};
use journey::Workflow;
use run::{END, Run, START};

/// The counts of the example project as it is committed.
static EXAMPLE: LazyLock<Count> = LazyLock::new(|| recount(&example()));

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide_nurture")
}

/// Reads the contacts and events of a project and runs the three workflows over them.
pub(crate) fn recount(project: &Path) -> Count {
    let mut count = Count::default();
    let book = people::read_contacts(&project.join("data/contacts.csv"), START, &mut count.contacts);
    let arrivals = stream::read_events(&project.join("data/events.jsonl"), &mut count.events);
    count.events.to_come = arrivals.iter().filter(|arrival| arrival.arrived >= END).count() as u64;
    count.events.kept -= count.events.to_come;
    let run = Run::of(book, arrivals);
    count.people.known = run.book.known();
    count.people.addresses_left_out = run.book.addresses_left_out;
    count.people.same_person = run.book.same_person;
    count.people.suppressed = run.suppressed;
    count.clicks = run.clicks;
    count.mails = run.mails;
    count.workflows = Workflow::ALL.iter().map(|workflow| workflow.name().to_owned()).zip(run.counts).collect();
    count
}

mod example_project {
    use super::*;

    #[test]
    fn is_counted_to_the_last_journey() {
        println!("{}", *EXAMPLE);
        for (name, workflow) in &EXAMPLE.workflows {
            assert!(workflow.entered > 300, "{name} has {} journeys", workflow.entered);
            assert_eq!(workflow.entered, workflow.ended() + workflow.live, "{name}: one end each");
            assert!(workflow.attributed <= workflow.ended() - workflow.converted, "{name}: once, and not twice");
            for (email, at) in &workflow.sends {
                assert_eq!(at.came, at.sent + at.withheld + at.here, "{name}: one outcome each of {email}");
            }
            assert!(workflow.timed_out <= workflow.exited_by_step, "{name}: whoever times out leaves");
        }
    }

    #[test]
    fn accounts_for_every_row_and_line() {
        let lines = |name: &str| {
            let text = std::fs::read(example().join("data").join(name)).unwrap();
            text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count() as u64
        };
        let rejected: u64 = EXAMPLE.contacts.rejected.values().sum();
        assert_eq!(EXAMPLE.contacts.kept + rejected + 1, lines("contacts.csv"), "with the header");
        let rejected: u64 = EXAMPLE.events.rejected.values().sum();
        let Events { kept, to_come, repeated, .. } = EXAMPLE.events;
        assert_eq!(kept + to_come + repeated + rejected, lines("events.jsonl"));
    }

    /// The README says what is wrong in the data and which rule holds; the faults found are as many.
    #[test]
    fn has_the_faults_that_its_readme_lists() {
        let readme = std::fs::read_to_string(example().join("README.md")).unwrap();
        let listed = |what: &str| -> u64 {
            let mut rows = readme.lines().filter(|line| line.starts_with('|') && line.contains(what));
            let row = rows.next().unwrap_or_else(|| panic!("no row about {what}"));
            row.split('|').nth(1).unwrap().trim().parse().unwrap()
        };
        let (contacts, events) = (&EXAMPLE.contacts, &EXAMPLE.events);
        let of = |tally: &count::Tally, keys: &[&str]| -> u64 { keys.iter().filter_map(|key| tally.get(*key)).sum() };
        let properties: u64 = events.set_aside.values().sum();
        for (what, listed, found) in [
            ("rows of people known already", listed("a user id seen before"), contacts.joined),
            ("addresses of others", listed("an address that another user id has"), EXAMPLE.people.addresses_left_out),
            ("industries", listed("industries outside"), of(&contacts.set_aside, &["industry"])),
            ("dates", listed("dates that are none"), of(&contacts.set_aside, &["renewal_date", "created_at"])),
            ("zones", listed("time zones that do not exist"), of(&contacts.set_aside, &["timezone"])),
            ("addresses", listed("e-mail addresses that are none"), of(&contacts.set_aside, &["email"])),
            ("numbers", listed("numbers such as"), of(&contacts.set_aside, &["employees", "score"])),
            ("stages", listed("stages outside"), of(&contacts.set_aside, &["stage"])),
            ("short rows", listed("rows cut short"), of(&contacts.rejected, &["too few columns"])),
            ("long rows", listed("stray comma"), of(&contacts.rejected, &["too many columns"])),
            ("nobody's rows", listed("neither user id"), of(&contacts.rejected, &["about nobody"])),
            ("not UTF-8", listed("rows that are not UTF-8"), of(&contacts.rejected, &["not UTF-8"])),
            ("repeats", listed("repeat an earlier message id"), events.repeated),
            ("future", listed("dated after their arrival"), events.dated_back),
            ("timestamps", listed("timestamps that are none"), of(&events.rejected, &["a timestamp that is none"])),
            ("not JSON", listed("lines that are not JSON"), of(&events.rejected, &["not JSON"])),
            ("too long", listed("lines above 32 KB"), of(&events.rejected, &["too long"])),
            ("nobody's lines", listed("events of nobody"), of(&events.rejected, &["about nobody"])),
            ("nameless", listed("without an event name"), of(&events.rejected, &["no event name"])),
            ("undeclared", listed("does not declare"), events.unknown.values().sum()),
            ("wrong types", listed("properties of the wrong type"), properties),
        ] {
            assert_eq!(listed, found, "{what}");
        }
    }
}

#[test]
fn comparison_finds_every_difference_that_matters() {
    let mut report = serde_json::to_value(&*EXAMPLE).unwrap();
    assert_eq!(compare(&EXAMPLE, &report), Vec::<String>::new());

    report["took_ms"] = 12.into();
    report["workflows"]["guide_nurture"]["longest_days"] = 7.into();
    assert_eq!(compare(&EXAMPLE, &report), Vec::<String>::new(), "a report may say more");

    report["clicks"]["machine"] = 1.into();
    report["workflows"]["quiet_leads"]["withheld"]["moon phase"] = 3.into();
    report["workflows"]["quiet_leads"]["sent"] = 5.into();
    report["workflows"]["pricing_interest"]["handed_off"].as_object_mut().unwrap().remove("bo@acme.example");
    let differences = compare(&EXAMPLE, &report);
    for expected in [
        "/clicks/machine: counted ".to_owned(),
        "/workflows/quiet_leads/withheld/moon phase: counted 0, reported 3".to_owned(),
        "/workflows/quiet_leads/sent: reported 5".to_owned(),
        "/workflows/pricing_interest/handed_off/bo@acme.example: counted ".to_owned(),
    ] {
        assert!(differences.iter().any(|line| line.starts_with(&expected)), "{expected} in {differences:#?}");
    }
}
