//! The command itself, run over the example: its report and its folder of mail must say what the recount says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use crate::count::{AtSend, Mails, compare, mails_that_differ};
use crate::workflows::NOTICE;
use crate::{EXAMPLE, example};

/// What the body of each mail says and no other does.
const MARKS: [(&str, &str); 6] = [
    ("guide_delivery", "The 12-page guide you asked for"),
    ("case_study", "A four-minute read"),
    ("guide_reminder", "If you have five minutes, start with page 4"),
    ("pricing_help", "Twenty minutes, your numbers, a straight answer"),
    ("still_there", "One click and we know"),
    (NOTICE, " comes to you from "),
];

/// One run of the command, for all tests.
struct TheRun {
    report: Value,
    mail: PathBuf,
    _folder: tempfile::TempDir,
}

static RUN: LazyLock<TheRun> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail");
    let output = Command::new(env!("CARGO_BIN_EXE_flow"))
        .args(["--format", "json", "run"])
        .arg(example())
        .arg("--store")
        .arg(folder.path().join("store.db"))
        .arg("--mail-dir")
        .arg(&mail)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    TheRun { report: serde_json::from_slice(&output.stdout).unwrap(), mail, _folder: folder }
});

#[test]
fn reports_what_is_counted() {
    let differences = compare(&EXAMPLE, &RUN.report);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// The parts at a send sum to those who came, and each is as many as counted; in the totals, too.
#[test]
fn tells_one_outcome_of_each_who_came_to_a_send() {
    for (name, workflow) in &EXAMPLE.workflows {
        let reported = &RUN.report["workflows"][name];
        let mut sends: BTreeMap<String, AtSend> = BTreeMap::new();
        for step in reported["steps"].as_array().unwrap() {
            let Some(email) = step["email"].as_str() else { continue };
            let of = |part: &str| step[part].as_u64().unwrap_or_default();
            let parts = ["sent", "withheld", "undelivered", "left", "here"].map(of);
            assert_eq!(of("came"), parts.iter().sum::<u64>(), "{name}: {step}");
            let at = sends.entry(email.to_owned()).or_default();
            at.came += of("came");
            at.sent += of("sent");
            at.withheld += of("withheld");
            at.here += of("here");
        }
        assert_eq!(sends, workflow.sends, "{name}");
        let withheld: u64 = reported["withheld"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(withheld, sends.values().map(|at| at.withheld).sum::<u64>(), "{name}");
    }
}

#[test]
fn tells_how_many_got_no_mail_where_one_step_sends() {
    let told = EXAMPLE.workflows.iter().filter_map(|(name, workflow)| {
        let reported = RUN.report["workflows"][name]["without_mail"].as_u64()?;
        assert_eq!(reported, workflow.without_mail, "{name}");
        Some(name.as_str())
    });
    assert_eq!(told.collect::<Vec<_>>(), ["pricing_interest", "quiet_leads"]);
}

#[test]
fn writes_each_mail_to_whom_it_is_for() {
    let mut written = Mails::new();
    for file in messages(&RUN.mail) {
        *written.entry(read_message(&file)).or_default() += 1;
    }
    let differences = mails_that_differ(&EXAMPLE.mails, &written);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(RUN.report["mail"]["sent"].as_u64(), Some(written.values().sum()));
}

fn messages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(messages(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Which mail it is, and to whom it goes.
fn read_message(file: &Path) -> (String, String) {
    let text = std::fs::read_to_string(file).unwrap().replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap();
    let to = head.lines().find_map(|line| line.strip_prefix("To: ")).unwrap();
    // Quoted-printable breaks a long line behind a `=`.
    let body = body.replace("=\n", "");
    let mails: Vec<&str> = MARKS.iter().filter(|(_, mark)| body.contains(mark)).map(|(mail, _)| *mail).collect();
    assert_eq!(mails.len(), 1, "{} is {mails:?}", file.display());
    (mails[0].to_owned(), to.to_lowercase())
}
