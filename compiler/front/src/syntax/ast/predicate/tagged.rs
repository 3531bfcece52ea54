//! `tagged vip`

use crate::syntax::ast::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub tag: Name,
}
