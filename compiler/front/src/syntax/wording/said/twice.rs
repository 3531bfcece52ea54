//! Words that stand twice.

use super::Row;

pub(super) const ROWS: &[Row] = &[
    ("and and", "and", "one is enough:"),
    ("or or", "or", "one is enough:"),
    ("is is", "is", "one is enough:"),
    ("when when", "when", "one is enough:"),
    (">= >=", ">=", "one is enough:"),
    ("<= <=", "<=", "one is enough:"),
];
