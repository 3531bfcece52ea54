//! The data of one diagnostic.

use super::codes::Code;
use crate::source::Location;
use crate::syntax::ast::Kind;
use serde::Serialize;

/// How much a finding weighs. Errors come first where they are sorted.
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
    /// What kind of finding it is, for people who search and for settings.
    pub code: Code,
    /// As `[lints]` has it where the code is a lint's.
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
    /// Where the words can be read in several ways: each of them as a mended line, for the writer to choose.
    pub readings: Vec<Mend>,
    /// Further guesses, likeliest first; [`mend`](crate::mend) tries them out, and none is left behind it.
    pub(crate) tries: Vec<Mend>,
    /// `edits` are such a guess too, made from a word or two.
    pub(crate) guessed: bool,
    /// It may follow from another error, and is told only where there is none.
    pub(crate) may_follow: bool,
    /// The name that nothing declares, and what it could be.
    pub(crate) missing: Option<Missing>,
}

/// A name that was looked for in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) name: String,
    /// Each kind of declaration that would have done.
    pub(crate) kinds: &'static [Kind],
}

/// Changes that would mend something, and what to say before the mended line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// What they do, ending in `:`.
    pub help: String,
    /// All in one file.
    pub edits: Vec<Edit>,
}

/// A place with a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// A place in a `.flow` file, a standard module or a template.
    pub at: Location,
    /// What stands below the place in the drawing, in the style of [`Diagnostic::message`].
    pub text: String,
}

/// Replace the text at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The text to take out; an empty span puts something in between.
    pub at: Location,
    /// What stands there instead.
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
            readings: Vec::new(),
            tries: Vec::new(),
            guessed: false,
            may_follow: false,
            missing: None,
        }
    }

    /// Something to look at, which refuses no program.
    pub fn warning(code: Code, message: impl Into<String>, at: Location, label: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, at, label) }
    }

    /// Adds a place that it has to do with; the first label is where it is.
    #[must_use]
    pub fn label(mut self, at: Location, text: impl Into<String>) -> Self {
        self.labels.push(Label { at, text: text.into() });
        self
    }

    /// Says why it matters to the campaign; a second call takes the place of the first.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Says what to do; a second call takes the place of the first.
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

    /// Says that the edits are only a guess.
    #[must_use]
    pub(crate) fn guessed(mut self) -> Self {
        self.guessed = true;
        self
    }

    /// Adds a reading: what it takes the words to mean, and the text that says so.
    #[must_use]
    pub fn reading(mut self, help: impl Into<String>, at: Location, text: impl Into<String>) -> Self {
        self.readings.push(Mend { help: help.into(), edits: vec![Edit { at, text: text.into() }] });
        self
    }

    /// Whether it refuses the program.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Where it is.
    pub fn at(&self) -> Option<Location> {
        self.labels.first().map(|label| label.at)
    }
}
