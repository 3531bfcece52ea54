//! `inactive for 30 days`

use crate::syntax::ast::Duration;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inactive {
    pub time: Duration,
}
