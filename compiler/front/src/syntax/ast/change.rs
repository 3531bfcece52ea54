//! `score += N` and `set FIELD = VALUE`.

use super::{Name, Value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreChange {
    pub target: Name,
    /// `-=` instead of `+=`.
    pub minus: bool,
    pub amount: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetField {
    pub field: Name,
    pub value: Value,
}
