//! Lines that a guess made readable, and that are not right yet: shown with what they still lack, where nothing better is known.

use super::spelling;
use crate::diagnostics::{Diagnostic, Mend};

/// A line that can be read, and is not right yet.
pub(super) struct Nearly {
    pub(super) line: String,
    pub(super) left: Diagnostic,
}

impl Nearly {
    /// What to say of it: how the line goes, and what it still lacks.
    pub(super) fn told(&self, help: &str) -> String {
        let help = if help.is_empty() { spelling::HELP } else { help };
        let then = self.left.help.as_deref().filter(|then| !then.ends_with(':'));
        let then = then.map_or(String::new(), |then| format!("; {then}"));
        format!("{help}\n  {}\nbut then {}{then}", self.line, self.left.message)
    }
}

/// Whether a guess says what it does: not one that looks for words alike.
pub(super) fn is_telling(guess: &Mend) -> bool {
    guess.help != spelling::HELP && !guess.help.starts_with("leave out") && !guess.edits.is_empty()
}

/// How a help text begins that only lists what there is.
const LISTS: &[&str] = &["such a line looks so", "a line here starts with", "did you mean"];

/// Whether nothing has been said yet of how to go on.
pub(super) fn may_follow(diagnostic: &Diagnostic) -> bool {
    diagnostic.help.as_deref().is_none_or(|help| LISTS.iter().any(|list| help.starts_with(list)))
}
