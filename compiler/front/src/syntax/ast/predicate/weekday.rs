//! The day of the week at home.

use crate::syntax::ast::Days;

/// `weekday in (saturday, sunday)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OnWeekday {
    pub negated: bool,
    /// In parentheses, behind `in`.
    pub listed: bool,
    pub days: Vec<Days>,
}
