//! What a run tells at its end, as data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use flow_ir::Program;
use flow_runtime::inbound::{Reason, Tally};
use flow_runtime::open::Kind;
use flow_runtime::report::{RunReport, Totals};
use flow_runtime::settings::DataFile;
use serde::Serialize;
use serde_json::{Value, json};

use super::backend::Compiled;
use super::contacts::ContactsTaken;
use super::shut_out::Earlier;
use super::strangers::Strangers;
use super::words::{as_named, many, words};
use crate::output::{Failure, thousands};

/// How much was done in this run, and how fast.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Rate {
    pub(crate) seconds: f64,
    pub(crate) events: u64,
    /// Journeys woken.
    pub(crate) steps: u64,
    pub(crate) mails: u64,
}

/// What a store has come to, whoever asks: a run at its end, or `flow report`.
pub(crate) struct Standing {
    /// By the numbers of the store.
    pub(crate) program: Arc<Program>,
    pub(crate) report: RunReport,
    /// Where its mail goes, in words.
    pub(crate) mail: String,
    /// What the file of events is called; none where the project has none.
    pub(crate) events_file: Option<String>,
    /// Whether it lives on the wall clock.
    pub(crate) is_live: bool,
}

impl Standing {
    fn kind(&self) -> Kind {
        if self.is_live { Kind::Live } else { Kind::Rehearsal }
    }

    /// For machines.
    #[expect(
        clippy::indexing_slicing,
        reason = "the report is a struct and so becomes an object, to which an assignment adds a key"
    )]
    pub(crate) fn json(&self) -> Value {
        let mut json = serde_json::to_value(&self.report).unwrap_or_default();
        json["live"] = json!(self.is_live);
        json["project"] = json!(self.program.debug.name);
        json
    }
}

/// A run that came to its end.
pub(crate) struct Finished {
    pub(crate) standing: Standing,
    /// Whether the store of a rehearsal holds what another project has made of the data.
    pub(crate) is_of_another: bool,
    pub(crate) compiled: Compiled,
    pub(crate) contacts: ContactsTaken,
    pub(crate) events: Tally,
    pub(crate) rate: Rate,
    /// Where rows and events have nobody in common.
    pub(crate) strangers: Option<Strangers>,
    /// Where everything that was not taken is written, and how many lines.
    pub(crate) notebook: Option<(PathBuf, u64)>,
    /// Why a message last did not leave, in this run.
    pub(crate) mail_trouble: Option<String>,
}

impl Finished {
    /// The files of which not one line could be taken: a run over them says nothing of anybody.
    pub(crate) fn unreadable(&self) -> Vec<Failure> {
        let files = [(DataFile::Contacts, &self.contacts.tally), (DataFile::Events, &self.events)];
        let files = files.into_iter().filter(|_| !self.standing.is_live);
        files.filter_map(|(file, tally)| not_one(file, tally)).collect()
    }

    /// For machines. What a file holds is under `contacts` and `events`; what the store has come to is beside it.
    #[expect(
        clippy::indexing_slicing,
        reason = "the report and its `mail` and `events` are structs and so become objects, to which an assignment adds a key"
    )]
    pub(crate) fn json(&self) -> Value {
        let mut json = self.standing.json();
        json["mail"]["last_trouble"] = json!(self.mail_trouble);
        json["compiled"] = json!(self.compiled);
        json["rate"] = json!(self.rate);
        json["failures"] = json!(self.unreadable());
        json["contacts"] = json!({
            "kept": self.contacts.tally.taken(),
            "joined": self.contacts.imported.aliases,
            "new": self.contacts.imported.new,
            "known": self.contacts.imported.known,
            "updated": self.contacts.imported.updated,
            "rejected": rejected(&self.contacts.tally),
            "set_aside": set_aside(&self.contacts.tally),
            "left_out": left_out(&self.contacts.tally),
            "ignored_columns": self.contacts.ignored_columns,
            "absent_fields": self.contacts.absent_fields,
            "shut_out": self.contacts.shut_out.json(self.standing.kind()),
            "shut_out_still": self.contacts.earlier.as_ref().map_or(0, Earlier::people),
        });
        json["events"]["rejected"] = json!(rejected(&self.events));
        json["events"]["set_aside"] = json!(set_aside(&self.events));
        json["events"]["unknown_refusals"] = json!(subjects(&self.events, Reason::UnknownConsent));
        json["events"]["of_unknown_people"] = json!(self.strangers.as_ref().map_or(0, |strangers| strangers.events));
        json["events"]["unknown"] = json!(subjects(&self.events, Reason::UnknownEvent));
        json["events"]["dated_back"] = json!(self.events.of(Reason::DatedAhead));
        json["notes"] = json!(self.notebook.as_ref().map(|(path, lines)| json!({ "file": path, "lines": lines })));
        json
    }
}

/// What is wrong with a file of which not one line could be taken.
pub(crate) fn not_one(file: DataFile, tally: &Tally) -> Option<Failure> {
    if tally.taken() > 0 || tally.rejected() == 0 {
        return None;
    }
    let (key, line) = (file.key(), row_of(file));
    let were = if tally.rejected() == 1 { "was" } else { "were" };
    let (count, reasons) = (many(tally.rejected(), line), words(&rejected(tally), as_named));
    let cures: BTreeSet<&str> = tally.counts().filter_map(|(reason, ..)| cure(file, reason)).collect();
    let cures: String = cures.iter().map(|cure| format!("\n{cure}")).collect();
    Some(Failure::new(
        format!("not one {line} of the file of {key} could be taken: {count} {were} rejected ({reasons})"),
        format!(
            "see what `{key}` in `[data]` of flow.toml names, and how it was exported: docs/data.md says what is read{cures}"
        ),
    ))
}

/// What a file has one of for each person or event.
pub(crate) fn row_of(file: DataFile) -> &'static str {
    match file {
        DataFile::Contacts => "row",
        DataFile::Events => "line",
    }
}

/// What to do about rows of one kind, where their finding alone does not say it.
pub(crate) fn cure(file: DataFile, reason: Reason) -> Option<&'static str> {
    Some(match (file, reason) {
        (DataFile::Contacts, Reason::NotUtf8) => {
            "save the file as UTF-8 (in Excel: Save As, `CSV UTF-8 (Comma delimited)`): as it is, nobody knows which letters are meant"
        }
        (DataFile::Contacts, Reason::TooManyColumns) => "put a text with a comma in it into quotes: `\"Acme, Inc.\"`",
        (DataFile::Contacts, Reason::TooFewColumns) => {
            "give each row as many cells as the first line has, empty ones too"
        }
        (DataFile::Contacts, Reason::Nobody) => "give each row a user id, or an address that mail servers take",
        (DataFile::Events, Reason::NotJson | Reason::NotAnObject) => {
            "write each event as one JSON object in a line of its own"
        }
        _ => return None,
    })
}

/// Rows that were not taken, by reason.
pub(crate) fn rejected(tally: &Tally) -> Totals {
    let whole = tally.counts().filter(|(_, subject, _)| subject.is_empty());
    whole.map(|(reason, _, count)| (reason.to_string(), count)).collect()
}

/// Values that could not be read, by field.
pub(crate) fn set_aside(tally: &Tally) -> Totals {
    by_subject(tally, |reason, subject| Sort::of_finding(reason, subject) == Sort::SetAside)
}

/// Values that do not count beside those of other rows, by field.
pub(crate) fn left_out(tally: &Tally) -> Totals {
    by_subject(tally, |reason, _| is_left_out(reason))
}

fn by_subject(tally: &Tally, counts: impl Fn(Reason, &str) -> bool) -> Totals {
    let mut out = BTreeMap::new();
    for (_, subject, count) in tally.counts().filter(|(reason, subject, _)| counts(*reason, subject)) {
        *out.entry(subject.to_owned()).or_default() += count;
    }
    out
}

/// What a finding costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Rejected,
    SetAside,
    LeftOut,
    Unheard,
    Undeclared,
    Remark,
}

impl Sort {
    pub(crate) const ALL: [Sort; 6] =
        [Sort::Rejected, Sort::SetAside, Sort::LeftOut, Sort::Unheard, Sort::Undeclared, Sort::Remark];

    pub(crate) fn of_finding(reason: Reason, subject: &str) -> Sort {
        match reason {
            _ if subject.is_empty() => Sort::Rejected,
            Reason::UnknownConsent => Sort::Unheard,
            Reason::UnknownEvent => Sort::Undeclared,
            reason if is_left_out(reason) => Sort::LeftOut,
            reason if is_remark(reason) => Sort::Remark,
            _ => Sort::SetAside,
        }
    }

    /// How many findings of this sort there are.
    pub(crate) fn of(self, tally: &Tally) -> u64 {
        let of_it = tally.counts().filter(|(reason, subject, _)| Sort::of_finding(*reason, subject) == self);
        of_it.map(|(.., count)| count).sum()
    }

    /// To follow their number.
    pub(crate) fn words(self, number: u64) -> &'static str {
        match (self, number) {
            (Sort::Rejected, 1) => "row or line rejected: nothing of it counts",
            (Sort::Rejected, _) => "rows and lines rejected: nothing of them counts",
            (Sort::SetAside, 1) => "value set aside: the rest of its row or event counts",
            (Sort::SetAside, _) => "values set aside: the rest of their rows and events counts",
            (Sort::LeftOut, 1) => "value left out: another row, or somebody else, has it",
            (Sort::LeftOut, _) => "values left out: another row, or somebody else, has them",
            (Sort::Unheard, 1) => "event or trait that sounds like a refusal and has no effect: it shuts nobody out",
            (Sort::Unheard, _) => {
                "events and traits that sound like a refusal and have no effect: they shut nobody out"
            }
            (Sort::Undeclared, 1) => {
                "event of a name that the project does not declare: kept, and no condition asks for it"
            }
            (Sort::Undeclared, _) => {
                "events of a name that the project does not declare: kept, and no condition asks for them"
            }
            (Sort::Remark, 1) => "remark: what it is about counts",
            (Sort::Remark, _) => "remarks: what they are about counts",
        }
    }
}

/// How many kinds of one sort stand on top of the list.
const SUMMED_KINDS: usize = 20;

/// What stands on top of the list of what was not taken: how much of each sort, by reason. The same numbers as in the report.
pub(crate) fn summary(tallies: &[(String, &Tally)]) -> String {
    let mut text = String::new();
    for sort in Sort::ALL {
        let number: u64 = tallies.iter().map(|(_, tally)| sort.of(tally)).sum();
        if number == 0 {
            continue;
        }
        let mut kinds: Vec<(u64, String)> = tallies.iter().flat_map(|(file, tally)| kinds(sort, file, tally)).collect();
        kinds.sort_by(|one, other| (other.0, &one.1).cmp(&(one.0, &other.1)));
        let others: u64 = kinds.iter().skip(SUMMED_KINDS).map(|(count, _)| count).sum();
        kinds.truncate(SUMMED_KINDS);
        kinds.extend((others > 0).then(|| (others, "others".to_owned())));
        // A String takes whatever is written.
        let _ = writeln!(text, "#\n# {} {}", thousands(number), sort.words(number));
        for (count, kind) in kinds {
            let _ = writeln!(text, "# {:>9}  {kind}", thousands(count));
        }
    }
    text + "#\n# One by one, in the order of the files:\n"
}

fn kinds(sort: Sort, file: &str, tally: &Tally) -> Vec<(u64, String)> {
    let of_it = tally.counts().filter(|(reason, subject, _)| Sort::of_finding(*reason, subject) == sort);
    let worded = of_it.map(|(reason, subject, count)| {
        let what = match sort {
            Sort::Rejected => reason.to_string(),
            Sort::Unheard | Sort::Undeclared => subject.to_owned(),
            Sort::SetAside | Sort::LeftOut | Sort::Remark => format!("{subject}: {reason}"),
        };
        (count, format!("{file}: {what}"))
    });
    worded.collect()
}

/// Reasons for which a value that can be read does not count.
fn is_left_out(reason: Reason) -> bool {
    matches!(reason, Reason::SaidByAnotherRow | Reason::AddressOfAnother)
}

/// Reasons that cost nothing: the row counts as it is.
fn is_remark(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::UnknownEvent
            | Reason::UnknownConsent
            | Reason::DatedAhead
            | Reason::UnseenCharacters
            | Reason::UndatedRefusal
    )
}

/// What a reason was given of, and how often.
pub(crate) fn subjects(tally: &Tally, of: Reason) -> Totals {
    let found = tally.counts().filter(|(reason, ..)| *reason == of);
    found.map(|(_, subject, count)| (subject.to_owned(), count)).collect()
}
