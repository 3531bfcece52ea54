//! What `flow run` tells the people who run it: a small audience through the workflows of the example, and the same data once more.
#![allow(clippy::unwrap_used)]
#![expect(clippy::string_slice, reason = "a test that cuts a text wrongly should fail")]

use std::fs;
use std::path::Path;
use std::process::Command;

use flow_example_data::{Plan, SEED, generate};
use insta::assert_snapshot;
use tempfile::TempDir;

/// Enough that every line of the report has something to tell.
const AUDIENCE: Plan = Plan { contacts: 200, days: 90 };

/// The example's workflows and emails, with data of its own.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide_nurture");
    for file in ["flow.toml", "guide_nurture.flow"] {
        fs::copy(example.join(file), folder.path().join(file)).unwrap();
    }
    let emails = folder.path().join("emails");
    fs::create_dir(&emails).unwrap();
    for template in fs::read_dir(example.join("emails")).unwrap() {
        let template = template.unwrap();
        fs::copy(template.path(), emails.join(template.file_name())).unwrap();
    }
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let files = generate(SEED, &AUDIENCE);
    fs::write(data.join("contacts.csv"), files.contacts_csv).unwrap();
    fs::write(data.join("events.jsonl"), files.events_jsonl).unwrap();
    folder
}

/// What a run says, without what differs from machine to machine.
fn run(project: &TempDir) -> String {
    let folder = project.path().canonicalize().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_flow")).arg("run").current_dir(&folder).output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr, "");
    let stdout = stdout.replace(folder.to_str().unwrap(), "PROJECT");
    stdout.lines().map(|line| without_measures(line) + "\n").collect()
}

/// Times, sizes of machine code and rates are the machine's.
fn without_measures(line: &str) -> String {
    match (line.strip_prefix("  compiled "), line.rsplit_once(" in ")) {
        (Some(compiled), _) => format!("  compiled {} [time and size]", compiled.split(' ').next().unwrap()),
        (None, Some((did, time))) if time.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("{did} in [time and rates]")
        }
        _ => line.to_owned(),
    }
}

#[test]
fn tells_the_funnel_and_that_nothing_is_new_the_second_time() {
    let project = project();
    let first = run(&project);
    assert_snapshot!("first", first);

    let second = run(&project);
    assert!(second.contains("Nothing new came in"), "{second}");
    assert!(!first.contains("Nothing new came in"), "{first}");
    let funnel = |said: &str| {
        let from = said.find("Data\n").unwrap();
        let to = said.trim_end().rfind('\n').unwrap();
        said[from..to].to_owned()
    };
    assert_eq!(funnel(&first), funnel(&second), "the same numbers");
    assert_snapshot!("second_ending", second.lines().last().unwrap());
}
