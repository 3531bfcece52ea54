//! `sent guide_delivery`

use crate::syntax::ast::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub email: Name,
}
