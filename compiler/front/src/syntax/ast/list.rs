//! `list`: people who were put on it.

use super::{Block, Name};

/// `list partners`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    pub name: Name,
}

impl Block for List {}
