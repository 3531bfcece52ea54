//! `tags`: the words a contact may carry.

use super::{Block, Name};

/// `tags vip, beta`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tags {
    pub names: Vec<Name>,
}

impl Block for Tags {}
