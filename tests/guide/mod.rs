//! The example project in a folder of its own, with generated data, run by the real command.
#![allow(clippy::unwrap_used, dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use flow_example_data::{Plan, SEED, generate};
use flow_runtime::store::digest::digest;
use tempfile::TempDir;

/// Goes away after the test.
pub(crate) struct Guide(TempDir);

impl Guide {
    pub(crate) fn new(contacts: u32) -> Self {
        let guide = Self(tempfile::tempdir().unwrap());
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide_nurture");
        for file in ["flow.toml", "guide_nurture.flow"] {
            fs::copy(example.join(file), guide.path(file)).unwrap();
        }
        fs::create_dir(guide.path("emails")).unwrap();
        for email in fs::read_dir(example.join("emails")).unwrap() {
            let email = email.unwrap();
            fs::copy(email.path(), guide.path("emails").join(email.file_name())).unwrap();
        }
        let files = generate(SEED, &Plan { contacts, ..Plan::default() });
        guide.write("data/contacts.csv", files.contacts_csv);
        guide.write("data/events.jsonl", files.events_jsonl);
        guide
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        // A temporary folder may lie behind a link, and the command sees where it really is.
        self.0.path().canonicalize().unwrap().join(below)
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("out/guide_nurture.db")
    }

    pub(crate) fn write(&self, below: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// Changes a file; fails where there is nothing to change.
    pub(crate) fn edit(&self, below: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(below)).unwrap();
        assert!(text.contains(from), "{below} has no `{from}`");
        self.write(below, text.replacen(from, to, 1));
    }

    /// `flow run` here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
        command.args(["run", "--chance", "1"]).args(arguments).current_dir(self.path(""));
        plain(&mut command);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn digest(&self) -> String {
        digest(&self.store()).unwrap()
    }

    /// The messages, by their paths.
    pub(crate) fn mails(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        mails_in(&self.path("out/mail"))
    }
}

/// The messages in a folder of mail, by their paths below it.
pub(crate) fn mails_in(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut mails = BTreeMap::new();
    for month in fs::read_dir(folder).unwrap() {
        let month = month.unwrap().path();
        for file in fs::read_dir(&month).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "eml") {
                let name = PathBuf::from(month.file_name().unwrap()).join(path.file_name().unwrap());
                mails.insert(name, fs::read(path).unwrap());
            }
        }
    }
    mails
}

/// No terminal, no colour.
pub(crate) fn plain(command: &mut Command) {
    command.stdin(Stdio::null());
    for colour in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(colour);
    }
}
