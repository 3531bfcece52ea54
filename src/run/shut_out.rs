//! Whom the file of contacts shuts out from marketing mail, by column: told at every import, and loudly where it is most of them. No later
//! file lifts a refusal (E7), so a column that is read the wrong way round costs a live store its people.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use flow_front::naming::snake_case;
use flow_runtime::engine::{Engine, NewRefusals};
use flow_runtime::inbound::{ConsentColumn, ContactRow, Refusal};
use flow_runtime::open::Kind;
use flow_runtime::settings::Settings;
use flow_runtime::store::Store;
use serde_json::{Value, json};

use crate::output::{Failure, thousands};

/// What the columns of a file say.
#[derive(Debug, Default)]
pub(crate) struct ShutOut {
    file: String,
    rows: u64,
    columns: Vec<Told>,
    /// How many rows are shut out by columns of which nobody has said that it is meant.
    unmeant: u64,
}

#[derive(Debug)]
struct Told {
    column: ConsentColumn,
    /// Whether `[refusals]` says that it may shut out most people.
    is_meant: bool,
    /// Whether it is one of those by which most of the file is shut out.
    is_to_blame: bool,
}

/// How many sets of columns by which rows are shut out are told apart: a file has a few columns of consent. A row of any further set counts by
/// one column of it, so that more columns than needed may be named.
const MAX_COLUMN_SETS: usize = 1_000;

/// Counts, row by row, by which columns the rows of a file are shut out.
pub(crate) struct Shutting<'s> {
    file: String,
    settings: &'s Settings,
    rows: u64,
    /// How many rows each set of columns shuts out.
    by: BTreeMap<BTreeSet<Arc<str>>, u64>,
}

impl<'s> Shutting<'s> {
    pub(crate) fn new(file: &str, settings: &'s Settings) -> Shutting<'s> {
        Shutting { file: file.to_owned(), settings, rows: 0, by: BTreeMap::new() }
    }

    /// Counts a row.
    pub(crate) fn pass(&mut self, row: &ContactRow) {
        self.rows += 1;
        if row.refusals.is_empty() {
            return;
        }
        let mut columns: BTreeSet<Arc<str>> = row.refusals.iter().map(|refusal| Arc::clone(&refusal.column)).collect();
        if self.by.len() >= MAX_COLUMN_SETS && !self.by.contains_key(&columns) {
            // Whether a row is shut out by a column that nobody means must come out right.
            let unmeant = columns.iter().find(|column| !self.is_meant(column));
            columns = unmeant.or(columns.first()).into_iter().cloned().collect();
        }
        *self.by.entry(columns).or_default() += 1;
    }

    fn is_meant(&self, column: &str) -> bool {
        is_meant(self.settings, &self.file, column)
    }

    /// The end of the file; `columns` are those that may say whom nobody may write to.
    pub(crate) fn finish(self, columns: Vec<ConsentColumn>) -> ShutOut {
        let told = |column: ConsentColumn| Told { is_meant: self.is_meant(&column.column), column, is_to_blame: false };
        let columns: Vec<Told> = columns.into_iter().map(told).collect();
        let unmeant = self.by.iter().filter(|(by, _)| by.iter().any(|column| !self.is_meant(column)));
        let unmeant = unmeant.map(|(_, rows)| rows).sum();
        let mut shut_out = ShutOut { file: self.file, rows: self.rows, columns, unmeant };
        let to_blame = shut_out.to_blame(&self.by);
        shut_out.columns.iter_mut().for_each(|told| told.is_to_blame = to_blame.contains(&told.column.column));
        shut_out
    }
}

impl ShutOut {
    /// The columns that each by itself shut out most rows; where there is none, as many of the greatest as do so together.
    fn to_blame(&self, by: &BTreeMap<BTreeSet<Arc<str>>, u64>) -> BTreeSet<Arc<str>> {
        let name = |told: &Told| Arc::clone(&told.column.column);
        let alone: BTreeSet<Arc<str>> =
            self.unmeant_columns().filter(|told| is_most(told.column.refused, self.rows)).map(name).collect();
        if !alone.is_empty() || !self.is_most() {
            return alone;
        }
        let mut columns: Vec<&Told> = self.unmeant_columns().collect();
        columns.sort_by_key(|told| Reverse(told.column.refused));
        let mut together = BTreeSet::new();
        for told in columns {
            together.insert(name(told));
            let by_them = by.iter().filter(|(by, _)| !by.is_disjoint(&together)).map(|(_, rows)| rows);
            if is_most(by_them.sum(), self.rows) {
                break;
            }
        }
        together
    }

    /// Whether nobody has said of the column that it may shut out most people.
    pub(crate) fn counts(&self, refusal: &Refusal) -> bool {
        self.columns.iter().any(|told| !told.is_meant && told.column.column == refusal.column)
    }

    /// Whether it is most of the file: then somebody has to look before it is taken into a store that lives, however few they are.
    pub(crate) fn is_most(&self) -> bool {
        is_most(self.unmeant, self.rows)
    }

    /// What keeps a live import from its work, where most of those who can still be written to would be shut out.
    pub(crate) fn refusal(&self, news: NewRefusals) -> Option<Failure> {
        (self.is_most() && is_most(news.refused, news.open)).then(|| {
            Failure::new(
                format!("{}; nothing of it was taken in", self.words()),
                format!(
                    "look at the columns before it is for good, since no later file lifts a refusal. {}\n\
                     The same command goes on then",
                    self.lines()
                ),
            )
        })
    }

    /// The same of a store that knows nobody yet.
    pub(crate) fn refusal_of_all(&self) -> Option<Failure> {
        self.refusal(NewRefusals { refused: self.unmeant, open: self.rows })
    }

    /// The same where it is taken in all the same: by a rehearsal, whose store can be thrown away, and by a live store that knows most of
    /// it already.
    pub(crate) fn warning(&self, kind: Kind) -> Option<Failure> {
        let what_now = match kind {
            Kind::Rehearsal => {
                "no later file lifts a refusal, so `flow serve` stops where this is new to it: mend it, and rehearse again with `--fresh`"
            }
            Kind::Live => {
                "most of these people were shut out before, and no later file lifts a refusal: look at the columns before more come"
            }
        };
        self.is_most().then(|| Failure::new(self.words(), format!("{what_now}. {}", self.lines())))
    }

    /// `` `contacts.csv` shuts out 4,812 of 5,000 people: by `Opted in` 4,812 (a no in it means no marketing mail, as in `FALSE`)``.
    fn words(&self) -> String {
        let by = |told: &Told| {
            let column = &told.column;
            format!("by `{}` {} ({})", column.column, thousands(column.refused), how(column))
        };
        let by: Vec<String> = self.columns_to_blame().map(by).collect();
        let (shut, rows) = (thousands(self.unmeant), thousands(self.rows));
        format!(
            "`{}` shuts out more than half of its rows from marketing mail, {shut} of {rows}: {}",
            self.file,
            by.join(", ")
        )
    }

    /// The lines of `flow.toml` for one reading and the other. A column whose own name says how it is meant is never turned round: whoever
    /// does that writes to those who have said no.
    fn lines(&self) -> String {
        let (mut turned, mut known, mut meant) = (String::new(), Vec::new(), String::new());
        for ConsentColumn { column, opposite, .. } in self.columns_to_blame().map(|told| &told.column) {
            match opposite {
                Some(to) => turned += &format!("\n  \"{column}\" = \"{to}\""),
                None => known.push(format!("`{column}`")),
            }
            meant += &format!("\n  \"{column}\" = \"{}\"", self.file);
        }
        let mut parts = Vec::new();
        if !turned.is_empty() {
            parts.push(format!("Where that is the wrong way round, write in flow.toml:\n  [columns]{turned}"));
        }
        if !known.is_empty() {
            parts.push(format!(
                "What {} says is known by its name and not read the other way round: see whether this is the right file",
                known.join(", ")
            ));
        }
        if self.columns_to_blame().any(|told| is_of_bills(&told.column)) {
            parts.push("A `Non-marketing contact` is one whom HubSpot does not bill: docs/data.md says when that is nothing of consent".to_owned());
        }
        parts.push(format!("Where these people really are not to be written to:\n  [refusals]{meant}"));
        parts.join("\n")
    }

    fn columns_to_blame(&self) -> impl Iterator<Item = &Told> {
        self.columns.iter().filter(|told| told.is_to_blame)
    }

    fn unmeant_columns(&self) -> impl Iterator<Item = &Told> {
        self.columns.iter().filter(|told| !told.is_meant && told.column.refused > 0)
    }

    /// A line for each column: how many rows it shuts out, and of how many, by which column and why.
    pub(crate) fn told(&self) -> impl Iterator<Item = (u64, String)> + '_ {
        self.columns.iter().map(|Told { column, .. }| {
            let of = format!("of {} rows, by `{}`: {}", thousands(self.rows), column.column, how(column));
            (column.refused, of)
        })
    }

    /// For machines.
    pub(crate) fn json(&self, kind: Kind) -> Value {
        let column = |told: &Told| {
            let ConsentColumn { column, reading, refused, doubtful, example, .. } = &told.column;
            json!({
                "column": **column, "read_as": reading, "refused": refused, "doubtful": doubtful, "example": example,
                "meant": told.is_meant,
            })
        };
        let warning = self.warning(kind).map(|warning| json!(warning));
        json!({
            "rows": self.rows, "columns": self.columns.iter().map(column).collect::<Vec<_>>(), "warning": warning,
        })
    }
}

/// People whom the file does not shut out as it is read now, and whom it did as a column was read before: what was taken in stays (E7).
#[derive(Debug)]
pub(crate) struct Earlier {
    file: String,
    people: u64,
    /// Each column, and how it was read.
    columns: Vec<(String, String)>,
}

/// Under this, with a column and its file, the store keeps the ways it was read when it shut somebody out.
const READ_AS: &str = "read as ";

impl Earlier {
    /// What earlier imports say of the columns, of which `ignored` say nothing now. How they are read now is kept for later ones. `still` counts
    /// the people of the file whom it refuses nothing and who are shut out.
    pub(crate) fn find<S: Store, E>(
        engine: &mut Engine<S>,
        shut_out: &ShutOut,
        ignored: &[String],
        still: impl FnOnce(&mut Engine<S>) -> Result<u64, E>,
    ) -> Result<Option<Earlier>, E> {
        let file = &shut_out.file;
        let mut columns = Vec::new();
        let now = shut_out.columns.iter().map(|told| (&*told.column.column, told.column.reading, told.column.refused));
        for (column, reading, refused) in now.chain(ignored.iter().map(|column| (column.as_str(), "", 0))) {
            let stream = format!("{READ_AS}`{column}` of {file}");
            let kept = engine.recall(&stream).map(String::from_utf8_lossy).unwrap_or_default().into_owned();
            let mut readings: Vec<&str> = kept.lines().collect();
            let others = readings.iter().filter(|kept| **kept != reading);
            columns.extend(others.map(|kept| (column.to_owned(), (*kept).to_owned())));
            if refused > 0 && !readings.contains(&reading) {
                readings.push(reading);
                engine.remember(&stream, readings.join("\n").into_bytes());
            }
        }
        let people = if columns.is_empty() { 0 } else { still(engine)? };
        Ok((people > 0).then(|| Earlier { file: file.clone(), people, columns }))
    }

    pub(crate) fn people(&self) -> u64 {
        self.people
    }

    /// How many people it keeps out, and why that stays so.
    pub(crate) fn warning(&self, kind: Kind) -> Failure {
        let are = if self.people == 1 { "person is" } else { "people are" };
        let column = |(column, reading): &(String, String)| format!("`{column}` ({reading})");
        let columns: Vec<String> = self.columns.iter().map(column).collect();
        let help = match kind {
            Kind::Rehearsal => "`flow run --fresh` begins anew",
            Kind::Live => "no command lifts refusals: docs/data.md says what can be done, under Consent",
        };
        let people = thousands(self.people);
        Failure::new(
            format!(
                "{people} {are} shut out still whom `{}` does not shut out any more: an earlier import read {} so, and what was taken in stays",
                self.file,
                columns.join(", ")
            ),
            help,
        )
    }
}

fn is_most(of: u64, rows: u64) -> bool {
    of > rows / 2
}

/// Whether it is HubSpot's word for whom it bills.
fn is_of_bills(column: &ConsentColumn) -> bool {
    column.example.as_ref().is_some_and(|example| snake_case(example) == "non_marketing_contact")
}

/// `a yes in it means no marketing mail, as in `TRUE`; 12 could not be read`.
fn how(column: &ConsentColumn) -> String {
    let example = column.example.as_ref().map_or_else(String::new, |example| format!(", as in `{example}`"));
    let doubtful = match column.doubtful {
        0 => String::new(),
        some => format!("; {} could not be read, which counts as a refusal", thousands(some)),
    };
    format!("{}{example}{doubtful}", column.reading)
}

/// Whether `[refusals]` has this column of this file.
fn is_meant(settings: &Settings, file: &str, column: &str) -> bool {
    let is_file = |named: &String| named.rsplit(['/', '\\']).next() == Some(file);
    settings.refusals.iter().any(|(named, of)| snake_case(named) == snake_case(column) && is_file(of))
}
