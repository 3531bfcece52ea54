//! What `flow.toml` names and what is found there: whatever `flow run` refuses about settings before it starts, `flow check` refuses too, in the
//! same words.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const FLOW: &str = "use std.b2b\n\nworkflow quiet \"Quiet\" {\n  goal     \"A demo\" when requested_demo within 30 days\n  enter when signed_up\n  \
                    reenter  never\n  exit when disqualified\n\n  wait 1 day\n  score += 1\n}\n";
const SETTINGS: &str = "[project]\nname = \"spring\"\ntimezone = \"Europe/Berlin\"\n[sender]\nfrom = \"Acme <hello@acme.example>\"\n\
                        address = \"Torstraße 1, Berlin\"\nunsubscribe_url = \"https://acme.example/unsubscribe\"\n";
const FILE: &str = "[mail]\nconnector = \"file\"\n";
const SMTP: &str = "[mail]\nconnector = \"smtp\"\nhost = \"smtp.acme.example\"\n";
const RUN: &str = "[run]\nstart = 2026-03-02\ndays = 3\n";
const CONTACTS: &str = "User ID,Email,First Name\nu1,ada@acme.example,Ada\n";

/// What is wrong: the settings behind `[sender]`, the files beside them, the code, words of the message, and the value of the mended line.
struct Fault {
    settings: String,
    files: &'static [(&'static str, &'static str)],
    code: &'static str,
    says: &'static str,
    mended: Option<&'static str>,
}

fn fault(
    settings: impl Into<String>,
    files: &'static [(&'static str, &'static str)],
    code: &'static str,
    says: &'static str,
    mended: Option<&'static str>,
) -> Fault {
    Fault { settings: settings.into(), files, code, says, mended }
}

fn data(line: &str) -> String {
    format!("{FILE}{RUN}[data]\n{line}\n")
}

fn all_faults() -> Vec<Fault> {
    let smtp = |line: &str| format!("{SMTP}{line}\n{RUN}");
    let good: &[(&str, &str)] = &[("data/contacts.csv", CONTACTS)];
    vec![
        fault(data("contacts = \"data/contacts.csv\""), &[], "F1107", "is not there", None),
        fault(data("contacts = \"data/contact.csv\""), good, "F1107", "is not there", Some("\"data/contacts.csv\"")),
        fault(data("contacts = \"contacts.csv\""), good, "F1107", "is not there", Some("\"data/contacts.csv\"")),
        fault(data("contacts = \"dat/contacts.csv\""), good, "F1107", "is not there", Some("\"data/contacts.csv\"")),
        fault(data("contacts = \"data/people.csv\""), good, "F1107", "is not there", Some("\"data/contacts.csv\"")),
        fault(data("contacts = \"data\""), good, "F1107", "is a folder", Some("\"data/contacts.csv\"")),
        fault(data("contacts = \"data/contacts.csv/x\""), good, "F1107", "is not there", Some("\"data/contacts.csv\"")),
        fault(data("contacts = \"c.csv\""), &[("c.csv", "")], "F1107", "`c.csv` is empty", None),
        fault(
            data("contacts = \"c.csv\""),
            &[("c.csv", "Name,Phone\nAda,1\n")],
            "F1107",
            "needs a column `User ID` or `Email`",
            None,
        ),
        fault(
            data("contacts = \"c.csv\""),
            &[("c.csv", "User ID;Email\nu1;a@b.example\n")],
            "F1107",
            "parted by semicolons",
            None,
        ),
        fault(data("events = \"data/events.jsonl\""), good, "F1107", "is not there", None),
        fault(
            data("events = \"events.json\""),
            &[("events.jsonl", "")],
            "F1107",
            "is not there",
            Some("\"events.jsonl\""),
        ),
        fault(
            data("events = \"e.json\""),
            &[("e.json", "[\n  {\"type\": \"track\"}\n]\n")],
            "F1107",
            "is one list",
            None,
        ),
        fault(data("events = \"e.csv\""), &[("e.csv", "user,event\nu1,Signed Up\n")], "F1107", "is a table", None),
        fault(
            format!("{FILE}{RUN}[store]\npath = \"quiet.flow\"\n"),
            &[],
            "F1107",
            "`quiet.flow` is another file",
            None,
        ),
        fault(format!("{FILE}{RUN}[store]\npath = \"flow.toml\"\n"), &[], "F1107", "`flow.toml` is another file", None),
        fault(format!("{FILE}{RUN}[store]\npath = \"data\"\n"), good, "F1107", "`data` is a folder", None),
        fault(format!("{FILE}folder = \"flow.toml\"\n{RUN}"), &[], "F1107", "`flow.toml` is a file", None),
        fault(
            format!("{FILE}folder = \"all.db\"\n{RUN}[store]\npath = \"all.db\"\n"),
            &[],
            "F1107",
            "`all.db` is the store",
            None,
        ),
        fault(data("contacts = \".\""), good, "F1107", "`.` is a folder", Some("\"data/contacts.csv\"")),
        fault(smtp("certificate_authority = \"ca.pem\""), &[], "F1107", "is not there", None),
        fault(
            smtp("certificate_authority = \"ca.pem\""),
            &[("ca.crt", "x")],
            "F1107",
            "is not there",
            Some("\"ca.crt\""),
        ),
        fault(
            smtp("certificate_authority = \"ca.pem\""),
            &[("ca.pem", "not one")],
            "F1107",
            "holds no certificate",
            None,
        ),
        fault(
            smtp("certificate_authority = \"ca.pem\""),
            &[("ca.pem", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n")],
            "F1107",
            "cannot be read as PEM",
            None,
        ),
        fault(format!("{FILE}[run]\nstart = 9999-12-31\ndays = 3\n"), &[], "F1101", "lies outside the calendar", None),
        fault(
            format!("{FILE}[run]\nstart = 9998-12-31\ndays = 3660\n"),
            &[],
            "F1101",
            "lies outside the calendar",
            None,
        ),
        fault(format!("{FILE}[run]\nstart = 2026-03-02\ndays = 0\n"), &[], "F1101", "is no length of a run", None),
        fault(smtp("security = \"none\""), &[], "F1101", "would travel unencrypted", None),
        fault(smtp("timeout_seconds = 0"), &[], "F1101", "is no useful timeout", None),
        fault(format!("{FILE}[run]\nstart = 2026-03-02\n"), &[], "F1104", "needs `days`", None),
    ]
}

fn project(fault: &Fault) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("flow.toml", &format!("{SETTINGS}{}", fault.settings));
    write("quiet.flow", FLOW);
    fault.files.iter().for_each(|(path, text)| write(path, text));
    folder
}

fn flow(folder: &Path, arguments: &[&str]) -> Output {
    let secret = "00112233445566778899aabbccddeeff";
    let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
    command.args(arguments).current_dir(folder).env("FLOW_UNSUBSCRIBE_SECRET", secret).output().unwrap()
}

#[test]
fn what_a_run_refuses_about_settings_a_check_refuses_too() {
    let mut wrong = String::new();
    for fault in all_faults() {
        let folder = project(&fault);
        let [check, run] = ["check", "run"].map(|command| flow(folder.path(), &[command, "--format", "json"]));
        let told: Value = serde_json::from_slice(&check.stdout).unwrap();
        let found: Vec<&Value> =
            told["diagnostics"].as_array().unwrap().iter().filter(|one| one["severity"] == "error").collect();
        let is_right = found.len() == 1
            && found[0]["code"] == fault.code
            && found[0]["message"].as_str().unwrap().contains(fault.says)
            && found[0]["labels"][0]["file"] == "flow.toml"
            && found[0]["why"].is_string()
            && found[0]["edits"][0]["replacement"].as_str() == fault.mended
            && check.status.code() == Some(1);
        let said: Value = serde_json::from_slice(&run.stdout).unwrap();
        let is_same = said["diagnostics"] == told["diagnostics"] && run.status.code() == Some(1);
        if !is_right || !is_same {
            wrong += &format!("{}\n{found:#?}\nthe run says the same: {is_same}\n", fault.settings);
        }
        assert!(!folder.path().join("out").exists(), "{}: the run began", fault.settings);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// With everything in its place a check has nothing to say, and a run runs.
#[test]
fn files_that_are_right_are_fine() {
    const EVENTS: &str = "\n{\"type\": \"track\", \"event\": \"Signed Up\", \"userId\": \"u1\", \"timestamp\": \"2026-03-02T10:00:00Z\"}\n";
    const FULL: &[(&str, &str)] = &[("data/contacts.csv", CONTACTS), ("data/events.jsonl", EVENTS)];
    const NOTHING_DONE: &[(&str, &str)] = &[("data/contacts.csv", CONTACTS), ("data/events.jsonl", "")];
    let settings = data("contacts = \"data/contacts.csv\"\nevents = \"data/events.jsonl\"");
    for files in [FULL, NOTHING_DONE] {
        let folder = project(&fault(settings.clone(), files, "", "", None));
        for command in ["check", "run"] {
            let output = flow(folder.path(), &[command]);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}
