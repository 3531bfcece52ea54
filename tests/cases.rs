//! What must become of small projects: each folder of `tests/cases` is one, and its `right.txt` says what is right.
//!
//! Each is run as the command runs it, by either backend, in a copy of its folder; and once more over a store in memory, where one run is all there
//! is to it. Lines of `right.txt`:
//!
//! ```text
//! # why it is right, or what it is about
//! run --days 3                                   another run than the one `flow run .` that is made where no line says so
//! put data/second.csv data/contacts.csv          a file takes another's place before the next run
//! exit 3                                         the code that the last run ends with; 0 where no line says so
//! mail 2026-03-03T10:00:00Z ana@x.example Hello  a mail in the folder; all of them are named, in any order
//! report /workflows/w/entered 2                  a value of the report as JSON; `none` where there is none or it is 0
//! rows [["u1",2]] of select ..                    what a question to the store is answered by
//! says a text                                    the report for people, or what the last run complains of, has this
//! keeps silent about a text                      and not this
//! notes a text                                   the list of what was not taken has this
//! ```
//! A file `mail.script` says what becomes of the mails (`runtime/src/dispatch/channels/scripted.rs`).
//! Of every case, as many must have entered a workflow as have ended in it or are in it still.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flow_runtime::clock::{Clock as _, SystemClock};
use flow_runtime::open::diagnose;
use jiff::fmt::rfc2822::DateTimeParser;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use serde_json::Value;
use tempfile::TempDir;

/// What runs the steps of a case, and whether it is kept in memory.
const WAYS: [(&str, bool); 3] = [("native", false), ("interpreter", false), ("native", true)];

#[test]
fn small_projects_come_to_what_is_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    assert!(!cases.is_empty());
    let mut wrong = String::new();
    for case in &cases {
        for (backend, in_memory) in WAYS {
            for difference in Case::play(case, backend, in_memory).differences() {
                let name = case.file_name().unwrap().to_string_lossy();
                let store = if in_memory { "memory" } else { "file" };
                writeln!(wrong, "{name} ({backend}, {store}): {difference}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A case that has been played.
struct Case {
    right: String,
    folder: TempDir,
    exit: i32,
    /// What the last run said to people.
    said: String,
    report: Value,
    /// Nothing is left of the run but its mails and what it said to machines.
    in_memory: bool,
}

impl Case {
    fn play(case: &Path, backend: &'static str, in_memory: bool) -> Case {
        let folder = tempfile::tempdir().unwrap();
        copy(case, folder.path());
        let right = fs::read_to_string(case.join("right.txt")).unwrap();
        let mut played = Case { right, folder, exit: 0, said: String::new(), report: Value::Null, in_memory };
        let acts: Vec<String> = played.acts().map(str::to_owned).collect();
        if in_memory && acts.len() > 1 {
            // What is gone after a run has no second one.
            played.right.clear();
            return played;
        }
        acts.iter().for_each(|act| played.act(act, backend));
        if !acts.iter().any(|act| act.starts_with("run")) {
            played.act("run", backend);
        }
        played
    }

    /// The lines that begin with a word, whole.
    fn lines<'c>(&'c self, word: &'c str) -> impl Iterator<Item = &'c str> {
        self.right.lines().filter(move |line| line.split(' ').next() == Some(word))
    }

    fn acts(&self) -> impl Iterator<Item = &str> {
        self.right.lines().filter(|line| ["run", "put"].contains(&line.split(' ').next().unwrap_or_default()))
    }

    fn act(&mut self, act: &str, backend: &str) {
        let words: Vec<&str> = act.split_whitespace().collect();
        match words.as_slice() {
            ["run", options @ ..] => self.run(options, backend),
            ["put", from, to] => drop(fs::copy(self.folder.path().join(from), self.folder.path().join(to)).unwrap()),
            _ => assert_eq!(act, "run, or put one file in the place of another"),
        }
    }

    /// Runs the project, then reads the report of what it has come to: a second run of the same adds nothing.
    fn run(&mut self, options: &[&str], backend: &str) {
        if self.in_memory {
            let options: Vec<&str> = options.iter().copied().filter(|option| *option != "--fresh").collect();
            let (exit, [json, _]) = self.flow(&[&options[..], &["--in-memory"]].concat(), backend, "json");
            self.exit = exit;
            self.report = serde_json::from_str(&json).unwrap_or_default();
            return;
        }
        let (exit, said) = self.flow(options, backend, "human");
        (self.exit, self.said) = (exit, said.concat());
        let again: Vec<&str> = options.iter().copied().filter(|option| *option != "--fresh").collect();
        let (_, [json, _]) = self.flow(&again, backend, "json");
        self.report = serde_json::from_str(&json).unwrap_or_default();
    }

    fn flow(&self, options: &[&str], backend: &str, format: &str) -> (i32, [String; 2]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
        command.args(["run", ".", "--backend", backend, "--format", format]).args(options);
        if self.folder.path().join("mail.script").exists() {
            command.args(["--mail-script", "mail.script"]);
        }
        let output = command.current_dir(self.folder.path()).output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code().unwrap_or(-1), said)
    }

    /// What is other than `right.txt` says, a line each.
    fn differences(&self) -> Vec<String> {
        let mut found = Vec::new();
        let exit = self.lines("exit").next().map_or(0, |line| line.trim_start_matches("exit ").parse().unwrap());
        if self.exit != exit {
            found.push(format!("ended with {} instead of {exit}: {}", self.exit, self.said));
        }
        self.compare_mails(&mut found);
        self.compare_ends(&mut found);
        self.examine(&mut found);
        for line in self.right.lines() {
            found.extend(self.difference(line));
        }
        found
    }

    fn compare_mails(&self, found: &mut Vec<String>) {
        let mut right: Vec<&str> = self.lines("mail").collect();
        right.sort_unstable();
        let mails = mails(&self.folder.path().join("out/mail"));
        if right != mails {
            found.push(format!("mails are\n    {}\n  instead of\n    {}", mails.join("\n    "), right.join("\n    ")));
        }
    }

    /// Whoever entered a workflow is still in it or under exactly one of its ends, whatever the case is about.
    fn compare_ends(&self, found: &mut Vec<String>) {
        let Some(workflows) = self.report.get("workflows").and_then(Value::as_object) else { return };
        for (name, report) in workflows {
            let one = |key: &str| report.get(key).and_then(Value::as_u64).unwrap_or_default();
            let several = |key: &str| -> u64 {
                let named = report.get(key).and_then(Value::as_object).into_iter().flat_map(|named| named.values());
                named.filter_map(Value::as_u64).sum()
            };
            let ends: u64 =
                ["converted", "exited_by_step", "finished", "handed_over", "gave_way"].map(one).iter().sum();
            let named: u64 = ["exited_when", "stopped"].map(several).iter().sum();
            if one("entered") != ends + named + one("live") {
                let ended = ends + named;
                found.push(format!("{name}: {} entered, {ended} ended and {} are in", one("entered"), one("live")));
            }
        }
    }

    /// Of every case, all rules of a whole store hold.
    fn examine(&self, found: &mut Vec<String>) {
        let store = self.folder.path().join("out/case.db");
        // Some cases are of runs that never come to a store.
        if let Some(diagnosis) =
            (!self.in_memory).then(|| diagnose(&store, SystemClock.now(), &mut |_, _| ()).ok()).flatten()
        {
            let findings = diagnosis.examined.findings.iter();
            found.extend(
                findings.map(|finding| format!("{}: {} {}", finding.kind.code(), finding.subject, finding.words)),
            );
        }
    }

    fn difference(&self, line: &str) -> Option<String> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "report" => {
                let (pointer, right) = rest.split_once(' ').unwrap();
                let value = self.report.pointer(pointer).map_or_else(|| "none".to_owned(), Value::to_string);
                let value = if value == "0" { "none".to_owned() } else { value };
                (value != right).then(|| format!("{pointer} is {value} instead of {right}"))
            }
            "says" | "keeps" | "rows" if self.in_memory => None,
            "rows" => {
                let (right, question) = rest.split_once(" of ").unwrap();
                let rows = self.rows(question);
                (rows != serde_json::from_str::<Value>(right).unwrap())
                    .then(|| format!("{question}\n    {rows}\n  instead of\n    {right}"))
            }
            "says" => (!self.said.contains(rest)).then(|| format!("does not say `{rest}`:\n{}", self.said)),
            "keeps" => {
                let text = rest.strip_prefix("silent about ").unwrap();
                self.said.contains(text).then(|| format!("says `{text}`:\n{}", self.said))
            }
            "notes" => {
                let notes = fs::read_to_string(self.folder.path().join("out/case.rejected.txt")).unwrap_or_default();
                (!notes.contains(rest)).then(|| format!("does not note `{rest}`:\n{notes}"))
            }
            "" | "#" | "run" | "put" | "exit" | "mail" => None,
            _ => Some(format!("cannot be read: {line}")),
        }
    }
}

impl Case {
    /// The answer to a question to the store.
    fn rows(&self, question: &str) -> Value {
        let Ok(store) = Connection::open(self.folder.path().join("out/case.db")) else { return Value::Null };
        let mut asked = store.prepare(question).unwrap();
        let columns = asked.column_count();
        let value = |row: &Row<'_>, column: usize| match row.get_ref(column).unwrap() {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap().into(),
            ValueRef::Blob(bytes) => bytes.to_vec().into(),
        };
        let rows = asked.query_map([], |row| Ok((0..columns).map(|column| value(row, column)).collect::<Value>()));
        rows.unwrap().map(Result::unwrap).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

/// The mails of a folder, as `right.txt` names them.
fn mails(folder: &Path) -> Vec<String> {
    let Ok(months) = fs::read_dir(folder) else { return Vec::new() };
    let files = months.flat_map(|month| fs::read_dir(month.unwrap().path()).unwrap());
    let mut mails: Vec<String> = files.map(|file| mail(&fs::read_to_string(file.unwrap().path()).unwrap())).collect();
    mails.sort();
    mails
}

fn mail(text: &str) -> String {
    let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
    let sent_at = DateTimeParser::new().parse_timestamp(header("Date:")).unwrap();
    format!("mail {sent_at} {} {}", header("To:"), header("Subject:"))
}
