//! No snapshot holds a measured time: it would fail on the next faster, slower or busier machine.
#![allow(clippy::unwrap_used)]
#![expect(clippy::string_slice, reason = "a test that cuts a text wrongly should fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Words that make a number a time, a rate or a size of machine code. Minutes and longer are the language's own: nothing is measured
/// in them.
const UNITS: [&str; 14] = [
    "ns",
    "us",
    "µs",
    "μs",
    "ms",
    "s",
    "sec",
    "secs",
    "second",
    "seconds",
    "/s",
    "a second",
    "per second",
    "KiB of machine code",
];

/// Numbers with such a unit that are no measurement: (snapshot, words around the number, why they may stand).
const ALLOWED: [(&str, &str, &str); 1] = [(
    "flow_runtime__settings__tests__values_out_of_range.snap",
    "between 1 and 600 seconds",
    "the limits of a setting, the same everywhere",
)];

/// Folders of tools, and what builds leave.
const SKIPPED: [&str; 4] = ["target", "node_modules", "out", ".git"];

#[test]
fn no_snapshot_holds_a_measured_time() {
    let mut snapshots = Vec::new();
    gather(Path::new(env!("CARGO_MANIFEST_DIR")), &mut snapshots);
    assert!(snapshots.len() > 100, "only {} snapshots were found", snapshots.len());
    let (mut found, mut excused) = (Vec::new(), BTreeSet::new());
    for path in snapshots {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        // The head says where the snapshot comes from.
        let body = text.splitn(3, "---\n").nth(2).unwrap_or(&text);
        for line in body.lines() {
            let excuse = ALLOWED.iter().position(|(of, words, _)| name == *of && line.contains(words));
            excused.extend(excuse);
            let unexcused = times(line).filter(|_| excuse.is_none());
            found.extend(unexcused.map(|time| format!("{name}: `{time}` in: {line}")));
        }
    }
    assert!(
        found.is_empty(),
        "put a placeholder such as `[time]` in its place in the test, or say in ALLOWED why it is none:\n{}",
        found.join("\n")
    );
    assert_eq!(excused.len(), ALLOWED.len(), "take out of ALLOWED what no snapshot says any more");
}

#[test]
fn times_are_seen_and_the_words_of_the_language_are_not() {
    fn seen(line: &str) -> Vec<&str> {
        times(line).collect()
    }
    assert_eq!(
        seen("  compiled quiet_leads   0.53 ms    0.4 KiB of machine code"),
        ["0.53 ms", "0.4 KiB of machine code"]
    );
    assert_eq!(seen("read and compared in 0.1 s"), ["0.1 s"]);
    assert_eq!(seen("in 10.7 s: 5,462 events and 879 wakes a second"), ["10.7 s", "879 wakes a second"]);
    assert_eq!(seen("1.2µs, 3us, 12 seconds, 900/s"), ["1.2µs", "3us", "12 seconds", "900/s"]);
    assert!(seen("wait 90 minutes, 24:00, minutes to 59, 2 days, at least 3 times in 7 days, due in 24 hours, up to 64 letters").is_empty());
    assert!(seen("`long.flow` has more than 1024 KiB, f0401s, u-000055 sent, v3_ms, 0x5s").is_empty());
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let is_folder = entry.file_type().unwrap().is_dir();
        if is_folder && !SKIPPED.iter().any(|skipped| name == *skipped) {
            gather(&entry.path(), found);
        } else if !is_folder && Path::new(&name).extension().is_some_and(|ending| ending == "snap") {
            found.push(entry.path());
        }
    }
}

/// The numbers of a line that have a unit of time, or a word between and then `a second`.
fn times(line: &str) -> impl Iterator<Item = &str> {
    let starts = line.char_indices().filter(move |(at, sign)| {
        sign.is_ascii_digit() && !line[..*at].ends_with(|before: char| is_word(before) || ".,-".contains(before))
    });
    starts.filter_map(move |(start, _)| {
        let rest = &line[start..];
        let number = rest.find(|sign: char| !sign.is_ascii_digit() && !".,".contains(sign)).unwrap_or(rest.len());
        let number = rest[..number].trim_end_matches(['.', ',']).len();
        let space = usize::from(rest[number..].starts_with(' '));
        let unit = &rest[number + space..];
        let end = number + space + unit_length(unit).or_else(|| rate_length(unit).filter(|_| space == 1))?;
        Some(&rest[..end])
    })
}

/// How long the unit is that a text starts with.
fn unit_length(text: &str) -> Option<usize> {
    let units = UNITS.iter().filter(|unit| text.strip_prefix(**unit).is_some_and(|rest| !rest.starts_with(is_word)));
    units.map(|unit| unit.len()).max()
}

/// `wakes a second`.
fn rate_length(text: &str) -> Option<usize> {
    let word = text.find(|sign: char| !sign.is_alphabetic()).filter(|length| *length > 0)?;
    let unit = ["/s", " a second", " per second"].into_iter().find(|unit| text[word..].starts_with(unit))?;
    Some(word + unit.len())
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}
