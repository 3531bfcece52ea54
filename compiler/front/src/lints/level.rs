//! How much a lint weighs, as `[lints]` in `flow.toml` says.

use crate::diagnostics::{Code, Diagnostic, Severity};
use std::collections::BTreeMap;

/// What becomes of what a lint finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing is said.
    Off,
    /// It is said, and the program runs.
    Warn,
    /// It is said, and the program is refused.
    Error,
}

impl Level {
    /// As written in `flow.toml`.
    pub const WORDS: [(&'static str, Level); 3] = [("off", Level::Off), ("warn", Level::Warn), ("error", Level::Error)];
}

/// The levels of a project; a code that has none is a warning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    set: BTreeMap<Code, Level>,
}

impl Levels {
    /// Every lint at one level.
    pub fn all(level: Level) -> Self {
        Self { set: Code::ALL.iter().filter(|code| code.is_lint()).map(|code| (*code, level)).collect() }
    }

    /// Gives a lint a level, in place of the one it had. Codes that are no lints keep their weight whatever is set.
    pub fn set(&mut self, code: Code, level: Level) {
        self.set.insert(code, level);
    }

    /// The level of a lint; [`Level::Warn`] where none was set.
    pub fn of(&self, code: Code) -> Level {
        self.set.get(&code).copied().unwrap_or(Level::Warn)
    }

    /// A diagnostic at its level; none where nothing is to be said. Errors that are no lints stay what they are.
    pub(crate) fn apply(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        if !diagnostic.code.is_lint() {
            return Some(diagnostic);
        }
        diagnostic.severity = match self.of(diagnostic.code) {
            Level::Off => return None,
            Level::Warn => Severity::Warning,
            Level::Error => Severity::Error,
        };
        Some(diagnostic)
    }
}
