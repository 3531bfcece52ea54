//! `confirmed news`, `no confirmed news in the last 3 days`

use super::{Count, Period};
use crate::syntax::ast::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirmed {
    /// `no confirmed news in the last 3 days`
    pub none: bool,
    pub topic: Name,
    pub count: Option<Count>,
    pub period: Option<Period>,
}
