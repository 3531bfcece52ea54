//! Seven campaigns that want the same people, over the people and events of the example: caps, quiet hours, a blackout, groups, and entries by
//! dates, schedules, changes and habits, counted a second time and in another way.
//!
//! A campaign is a list of steps here, a person a list of journeys and of instants at which mail left; what is due is looked at instant by instant.
//! Nothing of the compiler or the runtime is used.

mod policy;
mod rules;
mod run;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::count::{Mails, Tally, differences, mails_that_differ, one_more};
use crate::stream;
use crate::{example, people};
use run::Campaigns;

/// What the two files of the example say when these seven campaigns run over them.
fn recount() -> Campaigns {
    let (mut contacts, mut events) = Default::default();
    let book = people::read_contacts(&example().join("data/contacts.csv"), crate::run::START, &mut contacts);
    let arrivals = stream::read_events(&example().join("data/events.jsonl"), &mut events);
    Campaigns::over(book, arrivals)
}

/// A project of its own with the data of the example.
fn project(folder: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plain_count/campaigns/project");
    for (name, from) in [
        ("campaigns.flow", from.join("campaigns.flow")),
        ("flow.toml", from.join("flow.toml")),
        ("emails/mail.html", from.join("emails/mail.html")),
        ("data/contacts.csv", example().join("data/contacts.csv")),
        ("data/events.jsonl", example().join("data/events.jsonl")),
    ] {
        let to = folder.join(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
    folder.to_owned()
}

fn run(project: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_flow")).args(["--format", "json", "run"]).arg(project).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How often which subject went to which address.
fn read_mails(folder: &Path, into: &mut Mails) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_mails(&path, into);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let of = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        *into.entry((of("Subject: "), of("To: ").to_lowercase())).or_default() += 1;
    }
}

#[test]
fn entries_caps_and_consent_are_what_a_plain_count_says() {
    let counted = recount();
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let report = run(&project);
    let said = json!({ "people": { "suppressed": counted.suppressed }, "workflows": counted.workflows() });
    let mut mails = Mails::new();
    read_mails(&project.join("out/mail"), &mut mails);
    let mut found = differences(&said, &report);
    found.extend(mails_that_differ(&counted.mails, &mails));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A count in which hardly anybody is held or refused would agree with anything.
#[test]
fn each_rule_decides_something() {
    let counted = recount();
    let mut withheld = Tally::new();
    let mut ignored = Tally::new();
    for workflow in counted.workflows().values() {
        assert!(workflow.entered > 100, "{workflow:?}");
        workflow.withheld.keys().for_each(|reason| one_more(&mut withheld, reason));
        workflow.ignored.keys().for_each(|reason| one_more(&mut ignored, reason));
    }
    let by_topic = ["capped_about_letters", "dropped_by_cap_about_offers"];
    let others = ["capped", "dropped_by_cap", "held_too_long", "unsubscribed", "hard_bounced", "skip", "no_address"];
    for reason in by_topic.into_iter().chain(others) {
        assert!(withheld.contains_key(reason), "{reason}: {withheld:?}");
    }
    for reason in ["reenter", "skip", "exit", "condition", "not_identified"] {
        assert!(ignored.contains_key(reason), "{reason}: {ignored:?}");
    }
}
