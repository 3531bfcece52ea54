//! Events about people of whom the contacts say nothing, where that is so of all of them: most likely the ids of the two are of two kinds,
//! and the campaign writes to nobody.

use std::collections::BTreeMap;

use flow_runtime::engine::{Engine, key_print};
use flow_runtime::inbound::Arrival;
use flow_runtime::store::Store;
use serde::{Deserialize, Serialize};

use super::contacts::ContactsTaken;

/// Under this the store keeps what was met.
const MET: &str = "events and contacts";
/// So many events are about strangers before a store that is served says so, where no column looks as if it had their ids: the first ones may
/// be about people who are new.
const MANY: u64 = 10;

/// Where events and contacts have nobody in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Strangers {
    /// How many of the events have a user id.
    pub(crate) events: u64,
    /// The column that may hold the ids they mean.
    column: Option<String>,
    /// The column of a tool's own ids that was taken for theirs.
    guessed: Option<String>,
}

impl Strangers {
    /// What a store says of it that is served.
    pub(crate) fn of_store(reads: &BTreeMap<String, Vec<u8>>) -> Option<Strangers> {
        Kept::recalled(reads.get(MET).map(Vec::as_slice)).strangers()
    }

    /// What is to be done about it, in words that a report and a notice share.
    pub(crate) fn words(&self) -> String {
        let column = match (&self.column, &self.guessed) {
            (Some(column), _) => {
                format!("`{column}` may hold it: write `\"{column}\" = \"user_id\"` below `[columns]` in flow.toml")
            }
            (None, Some(guessed)) => format!(
                "`{guessed}` is taken for it: where the events have other ids, write `\"{guessed}\" = \"ignore\"` below `[columns]` in \
                 flow.toml, and people are known by their address"
            ),
            (None, None) => "the people of the file and those of the events are different people".to_owned(),
        };
        format!("not one user id of the events is in the contacts; {column}")
    }
}

/// Whether events are about anybody in the contacts.
pub(crate) struct Met<'c> {
    /// Prints of their keys, in order: two keys of one print would only hide a remark.
    people: Option<&'c [u64]>,
    kept: Kept,
    is_told: bool,
}

/// What a store keeps of it: the events are read once, by whatever process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    with_ids: u64,
    anybody: bool,
    /// As [`Strangers`] has them.
    column: Option<String>,
    guessed: Option<String>,
}

impl Kept {
    fn recalled(kept: Option<&[u8]>) -> Kept {
        kept.and_then(|kept| serde_json::from_slice(kept).ok()).unwrap_or_default()
    }

    fn strangers(&self) -> Option<Strangers> {
        let Kept { with_ids, column, guessed, .. } = self.clone();
        (with_ids > 0 && !self.anybody).then_some(Strangers { events: with_ids, column, guessed })
    }
}

impl<'c> Met<'c> {
    /// Begins anew, for a run that reads all events.
    pub(crate) fn new(contacts: &'c ContactsTaken) -> Self {
        let people = Some(contacts.people()).filter(|people| !people.is_empty());
        let (column, guessed) = contacts.id_columns();
        let [column, guessed] = [column, guessed].map(|name| name.map(str::to_owned));
        Self { people, kept: Kept { column, guessed, ..Kept::default() }, is_told: false }
    }

    /// Goes on where an earlier process was. Rows that are taken only now may be the people of the events before.
    pub(crate) fn going_on<S: Store>(contacts: &'c ContactsTaken, engine: &Engine<S>) -> Self {
        let before = Kept::recalled(engine.recall(MET));
        let mut met = Self::new(contacts);
        met.kept.anybody = before.anybody;
        met.kept.with_ids = if contacts.is_known() { before.with_ids } else { 0 };
        met
    }

    pub(crate) fn look(&mut self, arrival: &Arrival) {
        if self.kept.anybody || self.people.is_none() {
            return;
        }
        let users = || arrival.keys.iter().filter(|key| key.starts_with("user:"));
        self.kept.with_ids += u64::from(users().next().is_some());
        let is_known = |people: &[u64]| arrival.keys.iter().any(|key| people.binary_search(&key_print(key)).is_ok());
        self.kept.anybody |= self.people.is_some_and(is_known);
    }

    /// Where they never meet.
    pub(crate) fn strangers(&self) -> Option<Strangers> {
        self.people.and_then(|_| self.kept.strangers())
    }

    /// The same once, as soon as it looks like more than a beginning.
    pub(crate) fn news(&mut self) -> Option<Strangers> {
        let is_clear = |strangers: &Strangers| strangers.column.is_some() || strangers.events >= MANY;
        let news = self.strangers().filter(|strangers| !self.is_told && is_clear(strangers))?;
        self.is_told = true;
        Some(news)
    }

    /// Keeps it, with the next commit.
    pub(crate) fn keep<S: Store>(&self, engine: &mut Engine<S>) {
        // Plain values are written as JSON without fail.
        engine.remember(MET, serde_json::to_vec(&self.kept).unwrap_or_default());
    }
}
