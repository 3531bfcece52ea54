//! For machines: one object per diagnostic, lines and columns from one.

use super::Sources;
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{Location, Source};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct JsonDiagnostic<'a> {
    pub code: &'static str,
    pub name: &'static str,
    pub severity: Severity,
    pub message: &'a str,
    pub labels: Vec<JsonLabel<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'a str>,
    pub edits: Vec<JsonEdit<'a>>,
}

#[derive(Debug, Serialize)]
pub struct JsonLabel<'a> {
    #[serde(flatten)]
    pub place: JsonPlace,
    pub text: &'a str,
}

#[derive(Debug, Serialize)]
pub struct JsonEdit<'a> {
    #[serde(flatten)]
    pub place: JsonPlace,
    pub replacement: &'a str,
}

/// A place; the end column is the one after the last character.
#[derive(Debug, Serialize)]
pub struct JsonPlace {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// A diagnostic as JSON data.
pub fn json<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> JsonDiagnostic<'a> {
    let labels = diagnostic.labels.iter().map(|label| JsonLabel { place: place(label.at, sources), text: &label.text });
    let edits =
        diagnostic.edits.iter().map(|edit| JsonEdit { place: place(edit.at, sources), replacement: &edit.text });
    JsonDiagnostic {
        code: diagnostic.code.number(),
        name: diagnostic.code.name(),
        severity: diagnostic.severity,
        message: &diagnostic.message,
        labels: labels.collect(),
        why: diagnostic.why.as_deref(),
        help: diagnostic.help.as_deref(),
        edits: edits.collect(),
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
