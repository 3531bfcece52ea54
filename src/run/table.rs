//! Tables of words and numbers, as a report prints them: the numbers of all of them below one another.

use std::fmt::Write as _;

use crate::ink::Ink;
use crate::output::thousands;

const BOLD: Ink = Ink::Bold;
const DIM: Ink = Ink::Dim;
/// Columns of the words before a number: as many as the longest need, within these. Longer ones are cut.
const NAME_COLUMNS: std::ops::RangeInclusive<usize> = 28..=52;

/// A heading with lines below it.
pub(super) struct Table {
    pub(super) title: String,
    pub(super) lines: Vec<Line>,
    /// What is to be known of the tables that follow, or that came before.
    pub(super) closing: String,
}

/// Words, a number, remarks.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) number: u64,
    pub(super) remarks: String,
}

impl Line {
    pub(super) fn new(name: impl Into<String>, number: u64, remarks: impl Into<String>) -> Self {
        Self { name: name.into(), number, remarks: remarks.into() }
    }
}

impl Table {
    pub(super) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), lines: Vec::new(), closing: String::new() }
    }

    pub(super) fn line(&mut self, name: impl Into<String>, number: u64, remarks: impl Into<String>) {
        self.lines.push(Line::new(name, number, remarks));
    }

    /// A line that says nothing where its number is 0.
    pub(super) fn line_if_any(&mut self, name: impl Into<String>, number: u64, remarks: impl Into<String>) {
        if number > 0 {
            self.line(name, number, remarks);
        }
    }
}

/// All tables with their numbers below one another.
pub(super) fn print(text: &mut String, tables: &[Table]) {
    let lines = || tables.iter().flat_map(|table| &table.lines);
    let names = lines().map(|line| line.name.chars().count()).max().unwrap_or(0);
    let names = names.clamp(*NAME_COLUMNS.start(), *NAME_COLUMNS.end());
    let numbers = lines().map(|line| thousands(line.number).len()).max().unwrap_or(0);
    for Table { title, lines, closing } in tables {
        // A String takes whatever is written.
        let _ = writeln!(text, "{BOLD}{title}{BOLD:#}");
        for Line { name, number, remarks } in lines {
            let _ = write!(text, "  {:<names$}  {:>numbers$}", cut(name, names), thousands(*number));
            let _ = if remarks.is_empty() { writeln!(text) } else { writeln!(text, "  {DIM}{remarks}{DIM:#}") };
        }
        text.push('\n');
        if !closing.is_empty() {
            let _ = writeln!(text, "{closing}\n");
        }
    }
}

fn cut(name: &str, columns: usize) -> String {
    if name.chars().count() <= columns {
        return name.to_owned();
    }
    name.chars().take(columns - 1).chain(['…']).collect()
}
