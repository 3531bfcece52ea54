//! `tagged vip`

use crate::syntax::ast::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    pub tag: Name,
}
