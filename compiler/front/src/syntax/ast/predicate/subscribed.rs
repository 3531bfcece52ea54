//! `subscribed to news`

use crate::syntax::ast::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscribed {
    pub topic: Name,
}
