//! What is counted, its table for people, and its comparison with a report of the runtime.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// How many of each: reasons, names, members.
pub(crate) type Tally = BTreeMap<String, u64>;

/// How often which mail went to which address.
pub(crate) type Mails = BTreeMap<(String, String), u64>;

/// Each that did not leave as often as it was counted.
pub(crate) fn mails_that_differ(counted: &Mails, written: &Mails) -> Vec<String> {
    let both: BTreeSet<_> = counted.keys().chain(written.keys()).collect();
    let differs = both.into_iter().filter(|key| counted.get(*key) != written.get(*key));
    differs.map(|key| format!("{key:?}: counted {:?}, written {:?}", counted.get(key), written.get(key))).collect()
}

pub(crate) fn one_more(tally: &mut Tally, of: impl Into<String>) {
    *tally.entry(of.into()).or_default() += 1;
}

/// The whole run. As JSON it has the shape of a run's report, so the two are compared leaf by leaf.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Count {
    pub(crate) people: People,
    pub(crate) contacts: Contacts,
    pub(crate) events: Events,
    pub(crate) clicks: Clicks,
    pub(crate) workflows: BTreeMap<String, Workflow>,
    /// A report has no such list, but the folder of mail has.
    #[serde(skip)]
    pub(crate) mails: Mails,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct People {
    pub(crate) known: u64,
    /// How often somebody lost consent or the address, by kind; saying so again is nothing new.
    pub(crate) suppressed: Tally,
    /// Addresses that came with another person's user id.
    pub(crate) addresses_left_out: u64,
    /// Who proved to be somebody else.
    pub(crate) same_person: u64,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Contacts {
    /// Rows that were not rejected.
    pub(crate) kept: u64,
    /// Those of the kept that belong to somebody of an earlier row.
    pub(crate) joined: u64,
    /// By reason.
    pub(crate) rejected: Tally,
    /// By field.
    pub(crate) set_aside: Tally,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Events {
    pub(crate) kept: u64,
    /// Arrive after the run: a longer one would keep them.
    #[serde(skip)]
    pub(crate) to_come: u64,
    pub(crate) repeated: u64,
    /// By reason.
    pub(crate) rejected: Tally,
    /// Of those kept: events that the program does not declare, by the name in the stream.
    pub(crate) unknown: Tally,
    /// By property or field.
    pub(crate) set_aside: Tally,
    /// Dated after their arrival.
    pub(crate) dated_back: u64,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Clicks {
    pub(crate) machine: u64,
    pub(crate) without_send: u64,
    /// They name no mail.
    pub(crate) unknown_email: u64,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Workflow {
    pub(crate) entered: u64,
    /// Entries that were none, by reason.
    pub(crate) ignored: Tally,
    /// By e-mail.
    pub(crate) sent: Tally,
    /// By reason.
    pub(crate) withheld: Tally,
    /// Journeys in which it was opened, or a link in it followed, by e-mail.
    pub(crate) opened: Tally,
    /// Journeys in which a person clicked, by e-mail.
    pub(crate) clicked: Tally,
    pub(crate) timed_out: u64,
    pub(crate) converted: u64,
    /// Goals met after the end.
    pub(crate) attributed: u64,
    /// By clause.
    pub(crate) exited_when: Tally,
    pub(crate) exited_by_step: u64,
    pub(crate) finished: u64,
    /// By who took it.
    pub(crate) handed_off: Tally,
    /// At the end of the run.
    pub(crate) live: u64,
    /// Journeys in which nothing was sent; a report tells it where one step sends.
    #[serde(skip)]
    pub(crate) without_mail: u64,
    /// What became of those who came to the sends of each e-mail; a report tells it of each step.
    #[serde(skip)]
    pub(crate) sends: BTreeMap<String, AtSend>,
}

/// Whoever came to a send is in exactly one of the rest.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AtSend {
    pub(crate) came: u64,
    pub(crate) sent: u64,
    pub(crate) withheld: u64,
    pub(crate) here: u64,
}

impl Workflow {
    pub(crate) fn at_send(&mut self, email: &str) -> &mut AtSend {
        self.sends.entry(email.to_owned()).or_default()
    }

    pub(crate) fn ended(&self) -> u64 {
        let tallied: u64 = self.exited_when.values().chain(self.handed_off.values()).sum();
        self.converted + self.exited_by_step + self.finished + tallied
    }
}

/// Objects whose keys are data: one that only the report has is a difference too. Elsewhere a report may say more than is counted.
const TALLIES: [&str; 11] = [
    "suppressed",
    "rejected",
    "set_aside",
    "unknown",
    "ignored",
    "sent",
    "withheld",
    "opened",
    "clicked",
    "exited_when",
    "handed_off",
];

/// Every number in which a run's report differs, as `path: counted N, reported M`. What is not there is 0.
pub(crate) fn compare(count: &Count, report: &Value) -> Vec<String> {
    differences(&serde_json::to_value(count).unwrap(), report)
}

/// The same of any numbers that a report tells.
pub(crate) fn differences(counted: &Value, report: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare_at("", counted, report, &mut differences);
    differences
}

fn compare_at(path: &str, counted: &Value, reported: &Value, differences: &mut Vec<String>) {
    if let Some(object) = counted.as_object() {
        if !reported.is_object() && !reported.is_null() {
            differences.push(format!("{path}: reported {reported}, not one number for each"));
        }
        let mut keys: BTreeSet<&String> = object.keys().collect();
        if TALLIES.iter().any(|tally| path.ends_with(&format!("/{tally}"))) {
            keys.extend(reported.as_object().into_iter().flat_map(|object| object.keys()));
        }
        for key in keys {
            compare_at(&format!("{path}/{key}"), &counted[key], &reported[key], differences);
        }
        return;
    }
    let counted = counted.as_u64().unwrap_or_default();
    let is_number = reported.is_null() || reported.is_u64();
    if !is_number || counted != reported.as_u64().unwrap_or_default() {
        differences.push(format!("{path}: counted {counted}, reported {reported}"));
    }
}

/// One line a number; the workflows side by side.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (part, numbers) in [
            ("people", serde_json::to_value(&self.people)),
            ("contacts", serde_json::to_value(&self.contacts)),
            ("events", serde_json::to_value(&self.events)),
            ("clicks", serde_json::to_value(&self.clicks)),
        ] {
            writeln!(f, "{part}")?;
            for (name, number) in flat(&numbers.unwrap()) {
                writeln!(f, "  {name:<50} {number:>8}")?;
            }
        }
        let columns: Vec<Tally> =
            self.workflows.values().map(|workflow| flat(&serde_json::to_value(workflow).unwrap())).collect();
        write!(f, "{:<52}", "workflows")?;
        self.workflows.keys().try_for_each(|name| write!(f, " {name:>16}"))?;
        writeln!(f)?;
        let rows: BTreeSet<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
        for row in rows {
            write!(f, "  {row:<50}")?;
            for column in &columns {
                match column.get(row) {
                    Some(number) => write!(f, " {number:>16}")?,
                    None => write!(f, " {:>16}", "")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// `{"a": {"b": 1}}` as `a: b -> 1`.
fn flat(value: &Value) -> Tally {
    let mut numbers = Tally::new();
    for (name, value) in value.as_object().unwrap() {
        match value.as_object() {
            Some(tally) => {
                for (key, number) in tally {
                    numbers.insert(format!("{name}: {key}"), number.as_u64().unwrap());
                }
            }
            None => {
                numbers.insert(name.clone(), value.as_u64().unwrap());
            }
        }
    }
    numbers
}
