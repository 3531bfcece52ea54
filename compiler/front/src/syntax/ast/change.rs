//! `score += N` and `set FIELD = VALUE`.

use super::{Name, StepNode, Value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Count {
        field: Name,
        /// `-=` instead of `+=`.
        minus: bool,
        amount: Value,
    },
    Set {
        field: Name,
        value: Value,
    },
}

impl StepNode for Change {}
