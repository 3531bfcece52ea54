//! `allows email`

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allows;
