//! Whom a file shuts out from mail, and by which of its columns. A refusal that is taken in stays, since no later file lifts it (E7): so a
//! column that is read the wrong way round has to show before it counts.

use std::sync::Arc;

use flow_ir::FieldId;

use super::ContactRow;
use super::columns::Column;
use super::consent::Reading;
use super::finding::excerpt;
use super::rows::CellTexts;

/// A cell by which a row says that its person must not be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The field that says so from then on.
    pub field: FieldId,
    /// The column, as the file calls it, shortened.
    pub column: Arc<str>,
    /// Whether the cell is neither a yes nor a no: in doubt nobody is written to (E7).
    pub is_doubtful: bool,
}

impl Refusal {
    /// By what it came: `` `Opted in` of contacts.csv``.
    pub(crate) fn words(&self, file: &str) -> String {
        let doubt = if self.is_doubtful { ", which cannot be read" } else { "" };
        format!("`{}` of {}{doubt}", self.column, excerpt(file))
    }
}

/// What a column that may say who must not be written to came to in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentColumn {
    /// As the file calls it, shortened.
    pub column: Arc<str>,
    /// How it is read: `a yes in it means no marketing mail`.
    pub reading: &'static str,
    /// What `[columns]` says of it where it is meant the other way round; none where there is no such way, and where its own name says how
    /// it is meant: whoever reads `Unsubscribed` the other way round writes to those who have said no.
    pub opposite: Option<&'static str>,
    /// How many rows it shuts out.
    pub refused: u64,
    /// How many of them by a cell that cannot be read.
    pub doubtful: u64,
    /// The first cell that did, shortened.
    pub example: Option<String>,
}

/// Counts, for a file, whom its columns shut out.
#[derive(Debug, Clone)]
pub(super) struct ShutOut {
    /// By the place of the column.
    columns: Vec<ConsentColumn>,
    /// Whether the column at a place is told of though it has shut nobody out.
    of_consent: Vec<bool>,
}

impl ShutOut {
    pub(super) fn new(columns: &[Column]) -> ShutOut {
        let of = |column: &Column| {
            let (words, opposite) = column.reading().map_or((OF_A_WORD, None), words);
            let opposite = opposite.filter(|_| !column.is_by_name);
            let column = column.shown.clone();
            ConsentColumn { column, reading: words, opposite, refused: 0, doubtful: 0, example: None }
        };
        ShutOut {
            columns: columns.iter().map(of).collect(),
            of_consent: columns.iter().map(|column| column.reading().is_some()).collect(),
        }
    }

    pub(super) fn count(&mut self, row: &ContactRow, columns: &[Column], cells: CellTexts<'_>) {
        if row.refusals.is_empty() {
            return;
        }
        for ((column, cell), counted) in columns.iter().zip(cells.iter()).zip(&mut self.columns) {
            // A cell may refuse twice: by the field of its name and by what other tools mean with it.
            let mut of_it =
                row.refusals.iter().filter(|refusal| Arc::ptr_eq(&refusal.column, &column.shown)).peekable();
            if of_it.peek().is_some() {
                counted.refused += 1;
                counted.doubtful += u64::from(of_it.any(|refusal| refusal.is_doubtful));
                counted.example.get_or_insert_with(|| excerpt(cell));
            }
        }
    }

    pub(super) fn columns(&self) -> Vec<ConsentColumn> {
        let told = self.columns.iter().zip(&self.of_consent);
        told.filter(|(column, of_consent)| **of_consent || column.refused > 0)
            .map(|(column, _)| column.clone())
            .collect()
    }
}

/// Of a column of another kind that says `unsubscribed` of somebody.
const OF_A_WORD: &str = "a word such as `unsubscribed` in it means no marketing mail";

/// How a column is read, and what it fills where it is meant the other way round.
fn words(reading: Reading) -> (&'static str, Option<&'static str>) {
    match reading {
        Reading::Refusal(_) => ("a yes in it means no marketing mail", Some("accepts_marketing")),
        Reading::UnlessYes(_) => ("a no in it means no marketing mail", Some("unsubscribed")),
        Reading::Filled(_) => ("whatever stands in it means no marketing mail", None),
        Reading::Until(_) => ("the day in it is the first of marketing mail again", None),
        Reading::Status => (OF_A_WORD, None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::guide_nurture;
    use super::super::{Columns, ContactReader};
    use super::*;

    fn read(text: &str) -> Vec<ConsentColumn> {
        read_as(text, &[])
    }

    fn read_as(text: &str, mapped: &[(&str, &str)]) -> Vec<ConsentColumn> {
        let program = guide_nurture();
        let mapped: Columns = mapped.iter().map(|(column, to)| ((*column).to_owned(), (*to).to_owned())).collect();
        let mut reader = ContactReader::open(text.as_bytes(), "c.csv", &program, &mapped).unwrap();
        assert!(reader.by_ref().all(|row| row.is_ok()));
        reader.consent_columns()
    }

    #[test]
    fn every_column_of_consent_says_how_many_it_shuts_out() {
        let text =
            "Id,Opted In,Unsubscribed,Phone,Marketing status\n1,FALSE,no,,subscribed\n2,FALSE,?,opted out,\n3,,yes,,\n";
        let told: Vec<String> = read(text)
            .iter()
            .map(|column| {
                let ConsentColumn { column, reading, opposite, refused, doubtful, example } = column;
                format!("{column}: {reading}; {opposite:?}, {refused} ({doubtful}), {example:?}")
            })
            .collect();
        assert_eq!(
            told,
            [
                "Opted In: a no in it means no marketing mail; None, 2 (0), Some(\"FALSE\")",
                "Unsubscribed: a yes in it means no marketing mail; None, 2 (1), Some(\"?\")",
                "Phone: a word such as `unsubscribed` in it means no marketing mail; None, 1 (1), Some(\"opted out\")",
                "Marketing status: a word such as `unsubscribed` in it means no marketing mail; None, 0 (0), None",
            ]
        );
    }

    /// Whoever reads a column the other way round that Flow knows by its name writes to those who have said no.
    #[test]
    fn only_what_its_name_leaves_open_may_be_meant_the_other_way_round() {
        let text = "Id,Newsletter OK,Opted in,Unsubscribed,Accepts marketing\n1,yes,yes,yes,no\n";
        let mapped = [
            ("Newsletter OK", "unsubscribed"),
            ("Opted in", "unsubscribed"),
            ("Unsubscribed", "unsubscribed"),
            ("Accepts marketing", "accepts_marketing"),
        ];
        let told = read_as(text, &mapped);
        let opposites: Vec<Option<&str>> = told.iter().map(|column| column.opposite).collect();
        assert_eq!(opposites, [Some("accepts_marketing"), Some("accepts_marketing"), None, None]);
        assert_eq!(read_as(text, &[("Newsletter OK", "accepts_marketing")])[0].opposite, Some("unsubscribed"));
    }

    #[test]
    fn two_columns_of_one_name_are_two() {
        let told = read("Id,Unsubscribed,Unsubscribed\n1,yes,no\n2,no,yes\n3,yes,yes\n");
        assert_eq!(told.iter().map(|column| column.refused).collect::<Vec<_>>(), [2, 2]);
    }
}
