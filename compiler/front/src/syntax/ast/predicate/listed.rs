//! `in list partners`

use crate::syntax::ast::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub list: Name,
}
