//! Mistakes in `flow.toml` as people make them, each with what is right: one message, at its place, with a mended text that means what was meant.
//!
//! `tests/settings_mistakes/<section>.txt` holds what was typed below the heading of a section, and `file.txt` whole files. What stands around it is
//! right. Blocks are parted by blank lines. The first lines of a block are what was typed; then
//!
//! - `> ` the lines as the edits of the message leave them: they read without a fault (in a whole file, `>` alone is a blank line);
//! - `? ` one of several readings, as it leaves the first typed line that it changes; it reads without a fault too;
//! - `! ` words of the message, where no line can mend it;
//! - `@ 2` the line at fault, counted from the first typed one, where it is not the first; 0 is the heading.
//!
//! `# ` begins a comment.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use flow_front::diagnostics::Code;
use flow_runtime::settings::keys::{KEYS, SECTIONS};
use flow_runtime::settings::{Settings, SettingsEdit, SettingsFault};

/// What is right of every section.
const SECTIONS_THAT_ARE_RIGHT: [(&str, &str); 5] = [
    ("project", "name = \"spring\"\ntimezone = \"Europe/Berlin\""),
    (
        "sender",
        "from = \"Acme <hello@acme.example>\"\naddress = \"Acme GmbH, Torstraße 100, 10119 Berlin\"\n\
         unsubscribe_url = \"https://acme.example/unsubscribe\"",
    ),
    ("mail", "connector = \"file\""),
    ("data", "contacts = \"data/contacts.csv\""),
    ("run", "start = 2026-03-02\ndays = 30"),
];

struct Mistake {
    place: String,
    typed: Vec<String>,
    mended: Vec<String>,
    readings: Vec<String>,
    says: Vec<String>,
    /// The typed line at fault, from 0; the heading above them is -1.
    line: isize,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/settings_mistakes")
}

fn mistakes() -> Vec<Mistake> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| of_file(file)).collect()
}

fn of_file(file: &Path) -> Vec<Mistake> {
    let place = file.file_stem().unwrap().to_str().unwrap();
    let text = fs::read_to_string(file).unwrap().replace("\r\n", "\n");
    let blocks = text.split("\n\n").map(|block| block.lines().filter(|line| !line.starts_with("# ")));
    let mistakes = blocks.map(|lines| {
        let (typed, says, mended, readings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut found = Mistake { place: place.to_owned(), typed, mended, readings, says, line: 0 };
        for line in lines {
            match line.split_at_checked(1) {
                Some((">", rest)) => found.mended.push(rest.strip_prefix(' ').unwrap_or(rest).to_owned()),
                Some(("?", reading)) => found.readings.push(reading.trim().to_owned()),
                Some(("!", words)) => found.says.push(words.trim().to_owned()),
                Some(("@", number)) => found.line = number.trim().parse::<isize>().unwrap() - 1,
                _ => found.typed.push(line.to_owned()),
            }
        }
        found
    });
    mistakes.filter(|mistake| !mistake.typed.is_empty()).collect()
}

impl Mistake {
    /// What stands before and behind the lines of its place.
    fn around(&self) -> (String, String) {
        if self.place == "file" {
            return (String::new(), "\n".to_owned());
        }
        let others = SECTIONS_THAT_ARE_RIGHT.iter().filter(|(name, _)| *name != self.place);
        let others: String = others.map(|(name, body)| format!("[{name}]\n{body}\n\n")).collect();
        (format!("{others}[{}]\n", self.place), "\n".to_owned())
    }

    fn text(&self, lines: &[String]) -> String {
        let (before, after) = self.around();
        format!("{before}{}{after}", lines.join("\n"))
    }

    /// What is not as it should be.
    fn faults(&self) -> Result<(), String> {
        let text = self.text(&self.typed);
        let faults = faults(&text);
        let [fault] = faults.as_slice() else { return Err(format!("{} messages instead of one", faults.len())) };
        let line_at = |at: usize| text.get(..at).unwrap().matches('\n').count();
        let at = fault.at.as_ref().map_or(usize::MAX, |at| line_at(at.start));
        let expected = self.around().0.matches('\n').count().checked_add_signed(self.line).unwrap();
        if at != expected {
            return Err(format!("it points at line {at} of the file, not at line {expected}"));
        }
        let said = [Some(&fault.message), fault.why.as_ref(), fault.help.as_ref(), Some(&fault.label)];
        let said: Vec<&str> = said.into_iter().flatten().map(String::as_str).collect();
        if fault.why.is_none() || fault.help.is_none() && fault.readings.is_empty() {
            return Err("it does not say why, or what to do".to_owned());
        }
        if let Some(words) = self.says.iter().find(|words| !said.iter().any(|said| said.contains(words.as_str()))) {
            return Err(format!("it does not say: {words}"));
        }
        self.is_mended(&text, &fault.edits)?;
        let readings: Vec<String> = fault.readings.iter().map(|reading| self.reading(&text, &reading.edits)).collect();
        if readings != self.readings {
            return Err(format!("it has these readings: {readings:#?}"));
        }
        for reading in &fault.readings {
            let left = self::faults(&edited(&text, &reading.edits));
            if !left.is_empty() {
                return Err(format!("a reading leaves {left:?}"));
            }
        }
        Ok(())
    }

    fn is_mended(&self, text: &str, edits: &[SettingsEdit]) -> Result<(), String> {
        let mended = edited(text, edits);
        if self.mended.is_empty() {
            assert!(!self.says.is_empty() || !self.readings.is_empty(), "{:?}: what is right?", self.typed);
            return if edits.is_empty() { Ok(()) } else { Err(format!("nobody asked for:\n{}", self.within(&mended))) };
        }
        let right = self.text(&self.mended);
        let left = faults(&right);
        if !left.is_empty() {
            return Err(format!("what is right does not read: {left:?}"));
        }
        if mended == right { Ok(()) } else { Err(format!("it mends it as\n{}", self.within(&mended))) }
    }

    fn within(&self, text: &str) -> String {
        let (before, after) = self.around();
        let rest = text.strip_prefix(before.as_str()).unwrap_or(text);
        rest.strip_suffix(after.as_str()).unwrap_or(rest).to_owned()
    }

    /// The first line that a reading changes, as it leaves it; empty where it only takes lines out.
    fn reading(&self, text: &str, edits: &[SettingsEdit]) -> String {
        let mended = edited(text, edits);
        let before: BTreeSet<&str> = text.lines().collect();
        mended.lines().find(|line| !before.contains(line)).unwrap_or_default().to_owned()
    }
}

fn faults(text: &str) -> Vec<SettingsFault> {
    Settings::read(text, Path::new("/project")).err().unwrap_or_default()
}

fn edited(text: &str, edits: &[SettingsEdit]) -> String {
    let mut edits: Vec<&SettingsEdit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
    let mut text = text.to_owned();
    for edit in edits.iter().rev() {
        text.replace_range(edit.at.clone(), &edit.text);
    }
    text
}

#[test]
fn every_mistake_gets_one_message_that_mends_it() {
    let (mut all, mut wrong) = (0, Vec::new());
    for mistake in mistakes() {
        all += 1;
        if let Err(fault) = mistake.faults() {
            let told: Vec<String> = faults(&mistake.text(&mistake.typed))
                .iter()
                .map(|fault| format!("   {}: {} | {:?} | {:?}", fault.code, fault.message, fault.help, fault.edits))
                .collect();
            wrong.push(format!("== {}: {}\n   {fault}\n{}", mistake.place, mistake.typed.join("\n"), told.join("\n")));
        }
    }
    assert!(all >= 60, "only {all} mistakes were found");
    assert!(wrong.is_empty(), "{}\n{} of {all} are not told as they should be", wrong.join("\n"), wrong.len());
}

/// A new code comes with a mistake that shows it; files are looked at in tests/settings_files.rs.
#[test]
fn every_code_is_shown() {
    let shown: BTreeSet<Code> =
        mistakes().iter().flat_map(|mistake| faults(&mistake.text(&mistake.typed))).map(|fault| fault.code).collect();
    let codes = Code::ALL.iter().filter(|code| code.number().starts_with("F11") && **code != Code::DataFile);
    let missing: Vec<&Code> = codes.filter(|code| !shown.contains(code)).collect();
    assert!(missing.is_empty(), "no mistake shows {missing:?}");
}

/// Names of other tools, misspelt or written otherwise, one by one: each is one message and reads once it is mended.
#[test]
fn the_names_of_other_tools_are_mended() {
    let mut tried = 0;
    for (section, body) in SECTIONS_THAT_ARE_RIGHT {
        for key in KEYS.iter().filter(|key| key.section == section && body.contains(&format!("{} = ", key.name))) {
            for written in [
                key.name.to_uppercase(),
                key.name.replace('_', "-") + "x",
                key.name.replace('_', " ").replace(' ', "-"),
            ] {
                if written == key.name {
                    continue;
                }
                let whole: String =
                    SECTIONS_THAT_ARE_RIGHT.iter().map(|(name, body)| format!("[{name}]\n{body}\n")).collect();
                let text = whole.replace(&format!("\n{} = ", key.name), &format!("\n{written} = "));
                let found = faults(&text);
                let [fault] = found.as_slice() else { panic!("{written}: {found:?}") };
                assert_eq!(edited(&text, &fault.edits), whole, "{written}");
                tried += 1;
            }
        }
        for written in
            [section.to_uppercase(), format!("{section}s"), format!("{section}_settings").replace("_settings", "")]
        {
            if written == section {
                continue;
            }
            let whole: String =
                SECTIONS_THAT_ARE_RIGHT.iter().map(|(name, body)| format!("[{name}]\n{body}\n")).collect();
            let text = whole.replace(&format!("[{section}]"), &format!("[{written}]"));
            let found = faults(&text);
            let [fault] = found.as_slice() else { panic!("{written}: {found:?}") };
            assert_eq!(edited(&text, &fault.edits), whole, "{written}");
            tried += 1;
        }
    }
    assert!(tried > 25, "only {tried} names were tried");
}

/// One letter, sign or line too few or too many, everywhere in a file that is right: no flood, and what is offered reads.
#[test]
fn a_slip_of_the_hand_is_no_flood() {
    let whole: String = SECTIONS_THAT_ARE_RIGHT.iter().map(|(name, body)| format!("[{name}]\n{body}\n")).collect();
    let mut most = (0, String::new());
    for at in (0..whole.len()).filter(|at| whole.is_char_boundary(*at)) {
        let rest = whole.get(at..).unwrap();
        let sign = rest.chars().next().unwrap();
        let (before, after) = (whole.get(..at).unwrap(), rest.get(sign.len_utf8()..).unwrap());
        for text in [
            format!("{before}{after}"),
            format!("{before}{sign}{sign}{after}"),
            format!("{before}\"{rest}"),
            before.to_owned(),
        ] {
            let found = faults(&text);
            for fault in found.iter().filter(|fault| !fault.edits.is_empty()) {
                let left = faults(&edited(&text, &fault.edits));
                assert!(left.len() < found.len(), "{:?}\n{left:?}\n{text}", fault);
            }
            // A file cut short lacks what was cut; nothing else leads to more than what one line and its section can say.
            let is_cut = text == before;
            if !is_cut && found.len() > most.0 {
                most = (found.len(), format!("{text}\n{found:#?}"));
            }
        }
    }
    assert!(most.0 <= 3, "{}", most.1);
}

/// The keys that the reader knows are those of docs/settings.md, below the headings of their sections.
#[test]
fn every_key_is_in_the_reference() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md")).unwrap();
    let mut section = "";
    let mut found = BTreeSet::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or("");
        } else if let Some(key) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next())
            && !section.is_empty()
        {
            assert!(found.insert((section, key)), "`{key}` stands in docs/settings.md twice");
        }
    }
    let known: BTreeSet<(&str, &str)> = KEYS.iter().map(|key| (key.section, key.name)).collect();
    let lints = Code::ALL.iter().filter(|code| code.is_lint()).map(|code| ("lints", code.name()));
    assert_eq!(found, known.into_iter().chain(lints).collect(), "left: docs/settings.md, right: the reader");
    for section in SECTIONS {
        assert!(text.contains(&format!("\n## [{}]\n", section.name)), "{} has no heading", section.name);
    }
}

/// The examples of the reference are settings.
#[test]
fn the_examples_of_the_reference_read() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md")).unwrap();
    let examples: Vec<&str> = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        let mut text = example.to_owned();
        for (name, body) in SECTIONS_THAT_ARE_RIGHT.iter().take(3) {
            if !example.contains(&format!("[{name}]")) {
                text += &format!("\n[{name}]\n{body}\n");
            }
        }
        assert_eq!(faults(&text), [], "{example}");
    }
    // Each example line of the table of keys is right where it stands.
    for key in KEYS {
        let mut right = vec![format!("[{}]", key.section)];
        let body = SECTIONS_THAT_ARE_RIGHT.iter().find(|(name, _)| *name == key.section).map_or("", |(_, body)| *body);
        let smtp = [
            "host",
            "port",
            "security",
            "username",
            "timeout_seconds",
            "uncertain",
            "insecure",
            "certificate_authority",
        ];
        let body = if smtp.contains(&key.name) { "connector = \"smtp\"\nhost = \"smtp.acme.example\"" } else { body };
        right.extend(body.lines().filter(|line| !line.starts_with(&format!("{} = ", key.name))).map(str::to_owned));
        right.push(key.line.to_owned());
        let others = SECTIONS_THAT_ARE_RIGHT.iter().filter(|(name, _)| *name != key.section);
        let others: String = others.map(|(name, body)| format!("[{name}]\n{body}\n")).collect();
        assert_eq!(faults(&format!("{others}{}\n", right.join("\n"))), [], "{}", key.line);
    }
}
