//! For machines: one object per diagnostic, lines and columns from one.

use super::Sources;
use crate::diagnostics::{Diagnostic, Edit, Severity};
use crate::source::{Location, Source};
use serde::Serialize;

/// A [`Diagnostic`] as an object; `why` and `help` are left out where there are none.
#[derive(Debug, Serialize)]
pub struct JsonDiagnostic<'a> {
    /// `F0401`
    pub code: &'static str,
    /// `possibly-missing`
    pub name: &'static str,
    /// `error` or `warning`.
    pub severity: Severity,
    /// What is wrong, without its place.
    pub message: &'a str,
    /// The first is where it is.
    pub labels: Vec<JsonLabel<'a>>,
    /// Why it matters to the campaign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'a str>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'a str>,
    /// Changes that mend it; none where only the writer can know.
    pub edits: Vec<JsonEdit<'a>>,
    /// Where the words can be read in several ways: each, for the writer to choose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<JsonReading<'a>>,
}

/// One way to read what was written.
#[derive(Debug, Serialize)]
pub struct JsonReading<'a> {
    /// What it takes the words to mean.
    pub help: &'a str,
    /// Changes that say so.
    pub edits: Vec<JsonEdit<'a>>,
}

/// A place with a few words.
#[derive(Debug, Serialize)]
pub struct JsonLabel<'a> {
    /// Its fields stand beside `text`.
    #[serde(flatten)]
    pub place: JsonPlace,
    /// What that place has to do with it.
    pub text: &'a str,
}

/// A change that helps to mend it.
#[derive(Debug, Serialize)]
pub struct JsonEdit<'a> {
    /// What to take out; its fields stand beside `replacement`.
    #[serde(flatten)]
    pub place: JsonPlace,
    /// What to put there.
    pub replacement: &'a str,
}

/// A place; the end column is the one after the last character.
#[derive(Debug, Serialize)]
pub struct JsonPlace {
    /// Relative to the project, with `/`; empty where the place is in no text.
    pub file: String,
    /// From one.
    pub line: u32,
    /// In characters, from one.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// In characters, from one.
    pub end_column: u32,
}

/// A diagnostic as JSON data.
pub fn json<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> JsonDiagnostic<'a> {
    let labels = diagnostic.labels.iter().map(|label| JsonLabel { place: place(label.at, sources), text: &label.text });
    let edits = |edits: &'a [Edit]| -> Vec<JsonEdit<'a>> {
        edits.iter().map(|edit| JsonEdit { place: place(edit.at, sources), replacement: &edit.text }).collect()
    };
    let readings = diagnostic.readings.iter();
    JsonDiagnostic {
        code: diagnostic.code.number(),
        name: diagnostic.code.name(),
        severity: diagnostic.severity,
        message: &diagnostic.message,
        labels: labels.collect(),
        why: diagnostic.why.as_deref(),
        help: diagnostic.help.as_deref(),
        edits: edits(&diagnostic.edits),
        readings: readings.map(|reading| JsonReading { help: &reading.help, edits: edits(&reading.edits) }).collect(),
    }
}

fn place(at: Location, sources: &Sources) -> JsonPlace {
    // A place without a text is the beginning of nothing.
    let Some((Source { path, text }, lines)) = sources.with_lines(at) else {
        return JsonPlace { file: String::new(), line: 1, column: 1, end_line: 1, end_column: 1 };
    };
    let (start, end) = (lines.line_column(text, at.span.start), lines.line_column(text, at.span.end));
    JsonPlace { file: path.clone(), line: start.line, column: start.column, end_line: end.line, end_column: end.column }
}
