//! The data of one diagnostic.

use super::codes::Code;
use crate::source::Location;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The program is refused.
    Error,
    /// Worth a look; the program runs.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, the writer's words in backticks.
    pub message: String,
    /// The first is where it is; the others show what it has to do with.
    pub labels: Vec<Label>,
    /// Why it matters to the campaign.
    pub why: Option<String>,
    /// What to do; the mended line is drawn after it where `edits` has one.
    pub help: Option<String>,
    /// Changes that mend it, all in one file.
    pub edits: Vec<Edit>,
}

/// A place with a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub at: Location,
    pub text: String,
}

/// Replace the text at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub at: Location,
    pub text: String,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, message: impl Into<String>, at: Location, label: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: vec![Label { at, text: label.into() }],
            why: None,
            help: None,
            edits: Vec::new(),
        }
    }

    pub fn warning(code: Code, message: impl Into<String>, at: Location, label: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, at, label) }
    }

    #[must_use]
    pub fn label(mut self, at: Location, text: impl Into<String>) -> Self {
        self.labels.push(Label { at, text: text.into() });
        self
    }

    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds an edit; the renderer shows the line as it reads after it.
    #[must_use]
    pub fn edit(mut self, at: Location, text: impl Into<String>) -> Self {
        self.edits.push(Edit { at, text: text.into() });
        self
    }

    /// Where it is.
    pub fn at(&self) -> Option<Location> {
        self.labels.first().map(|label| label.at)
    }
}
