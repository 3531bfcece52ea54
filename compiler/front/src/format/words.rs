//! Columns, and whether a layout kept every word.

use crate::syntax::line::tokens;

/// Where the values of one-word clauses begin, in a workflow's header and in an email: behind the longest word, `reviewed` and
/// `template`. It hangs on no neighbour, so that a clause that is added moves no other.
const COLUMN: usize = 9;

/// A clause of one word and its value.
pub(super) fn in_column(word: &str, value: &str) -> String {
    format!("{word:<COLUMN$}{value}")
}

/// Whether two texts have the same words and comments, in whatever order and with whatever between them.
pub(super) fn same(one: &str, other: &str) -> bool {
    fn sorted(text: &str) -> Vec<&str> {
        let words = tokens(text).map(str::trim_end).filter(|word| *word != ";");
        let mut words: Vec<&str> = words.flat_map(parts).filter(|word| !word.is_empty()).collect();
        words.sort_unstable();
        words
    }
    // `50 %` is laid out as `50%`.
    fn parts(word: &str) -> [&str; 2] {
        let share =
            word.strip_suffix('%').filter(|share| share.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
        share.map_or([word, ""], |share| [share, "%"])
    }
    sorted(one) == sorted(other)
}
