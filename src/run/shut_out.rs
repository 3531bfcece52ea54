//! Whom the file of contacts shuts out from marketing mail, by column: told at every import, and loudly where it is most of them. No later
//! file lifts a refusal (E7), so a column that is read the wrong way round costs a live store its people.

use flow_front::naming::snake_case;
use flow_runtime::inbound::{ConsentColumn, ContactRow, Refusal};
use flow_runtime::settings::Settings;
use serde_json::{Value, json};

use crate::output::{Failure, thousands};

/// Fewer people than this are shut out of a live store without a question: a list of a few is soon looked through.
const ASKED_FROM: u64 = 10;

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
}

impl ShutOut {
    pub(crate) fn new(file: &str, columns: Vec<ConsentColumn>, rows: &[ContactRow], settings: &Settings) -> ShutOut {
        let told = |column: ConsentColumn| Told { is_meant: is_meant(settings, file, &column.column), column };
        let columns: Vec<Told> = columns.into_iter().map(told).collect();
        let mut shut_out = ShutOut { file: file.to_owned(), rows: rows.len() as u64, columns, unmeant: 0 };
        let is_unmeant = |row: &&ContactRow| row.refusals.iter().any(|refusal| shut_out.counts(refusal));
        shut_out.unmeant = rows.iter().filter(is_unmeant).count() as u64;
        shut_out
    }

    /// Whether nobody has said of the column that it may shut out most people.
    pub(crate) fn counts(&self, refusal: &Refusal) -> bool {
        self.columns.iter().any(|told| !told.is_meant && told.column.column == refusal.column)
    }

    /// Whether somebody has to look before this is taken into a store that lives.
    pub(crate) fn is_asked(&self) -> bool {
        self.is_most() && self.unmeant >= ASKED_FROM
    }

    fn is_most(&self) -> bool {
        is_most(self.unmeant, self.rows)
    }

    /// What keeps a live import from its work, where so many rows would shut out somebody who is not yet.
    pub(crate) fn refusal(&self, new: u64) -> Option<Failure> {
        let stops = is_most(new, self.rows) && new >= ASKED_FROM;
        stops.then(|| {
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

    /// The same, for somebody who can throw the store away.
    pub(crate) fn warning(&self) -> Option<Failure> {
        let help = || {
            format!(
                "no later file lifts a refusal: mend it before `flow serve`, and rehearse again with `--fresh`. {}",
                self.lines()
            )
        };
        self.is_most().then(|| Failure::new(self.words(), help()))
    }

    /// `` `contacts.csv` shuts out 4,812 of 5,000 people: by `Opted in` 4,812 (a no in it means no marketing mail, as in `FALSE`)``.
    fn words(&self) -> String {
        let by = |told: &Told| {
            let column = &told.column;
            format!("by `{}` {} ({})", column.column, thousands(column.refused), how(column))
        };
        let by: Vec<String> = self.unmeant_columns().map(by).collect();
        let (shut, rows) = (thousands(self.unmeant), thousands(self.rows));
        format!(
            "`{}` shuts out more than half of its people from marketing mail, {shut} of {rows} rows: {}",
            self.file,
            by.join(", ")
        )
    }

    /// The lines of `flow.toml` for one reading and the other.
    fn lines(&self) -> String {
        let mut text =
            String::from("Where a column says the opposite, or nothing of consent, write in flow.toml:\n  [columns]");
        for told in self.unmeant_columns() {
            let to = told.column.opposite.unwrap_or("ignore");
            text += &format!("\n  \"{}\" = \"{to}\"", told.column.column);
        }
        text += "\nWhere these people really are not to be written to:\n  [refusals]";
        for told in self.unmeant_columns() {
            text += &format!("\n  \"{}\" = \"{}\"", told.column.column, self.file);
        }
        text
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
    pub(crate) fn json(&self) -> Value {
        let column = |told: &Told| {
            let ConsentColumn { column, reading, refused, doubtful, example, .. } = &told.column;
            json!({
                "column": **column, "read_as": reading, "refused": refused, "doubtful": doubtful, "example": example,
                "meant": told.is_meant,
            })
        };
        let warning = self.warning().map(|warning| json!(warning));
        json!({
            "rows": self.rows, "columns": self.columns.iter().map(column).collect::<Vec<_>>(), "warning": warning,
        })
    }
}

fn is_most(of: u64, rows: u64) -> bool {
    of > rows / 2
}

/// `a yes in it means no marketing mail, as in `TRUE`; 12 could not be read`.
fn how(column: &ConsentColumn) -> String {
    let example = column.example.as_ref().map_or_else(String::new, |example| format!(", as in `{example}`"));
    let doubtful = match column.doubtful {
        0 => String::new(),
        some => format!("; {} could not be read as yes or no, which counts as a refusal", thousands(some)),
    };
    format!("{}{example}{doubtful}", column.reading)
}

/// Whether `[refusals]` has this column of this file.
fn is_meant(settings: &Settings, file: &str, column: &str) -> bool {
    let is_file = |named: &String| named.rsplit(['/', '\\']).next() == Some(file);
    settings.refusals.iter().any(|(named, of)| snake_case(named) == snake_case(column) && is_file(of))
}
