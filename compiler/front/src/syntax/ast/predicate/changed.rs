//! `stage changes to customer`, `plan changes from "trial" to "paid"`

use super::{Count, Period};
use crate::syntax::ast::{Literal, Name};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    pub field: Name,
    /// What it was; anything where none is given.
    pub from: Option<Box<Literal>>,
    /// What it is from then on; anything where none is given.
    pub to: Option<Box<Literal>>,
    pub count: Option<Count>,
    pub period: Option<Period>,
}
