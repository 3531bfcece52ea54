//! `entered hot_leads`, `left hot_leads in the last 30 days`

use super::{Count, Period};
use crate::syntax::ast::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crossed {
    /// `no entered hot_leads in the last 30 days`
    pub none: bool,
    /// `left`, not `entered`.
    pub left: bool,
    pub segment: Name,
    pub count: Option<Count>,
    pub period: Option<Period>,
}
