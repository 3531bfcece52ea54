//! Steps, as they are named outside of a program.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// What names a step in every version of a program that has it: its label, or its kind and content. A step inserted above, or steps
/// put inside it, change nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepKey {
    /// As `step "..":` gives it; none where nobody labelled it.
    pub label: Option<String>,
    /// Which construct it is.
    pub kind: StepKind,
    /// As written, on one line, without the steps inside it.
    pub content: String,
    /// Which one of those that would be named alike, from 1.
    pub nth: u32,
}

/// The file of a construct: `send`, `wait`, `branch`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepKind(Cow<'static, str>);

impl StepKind {
    /// The word is the name of the construct's file, in every layer.
    pub const fn new(word: &'static str) -> Self {
        Self(Cow::Borrowed(word))
    }
    /// `send`, `wait`, `branch`.
    pub fn word(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StepKey {
    /// The label, or the content where there is none.
    pub fn base(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.content)
    }
}

/// `wait 3 days`, `wait 3 days #2`.
impl fmt::Display for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base())?;
        if self.nth > 1 { write!(f, " #{}", self.nth) } else { Ok(()) }
    }
}
