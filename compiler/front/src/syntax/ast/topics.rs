//! `topics`: the subjects of mail that people may want or refuse one by one.

use super::{Block, Name};

/// `topics news, product`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topics {
    pub names: Vec<Name>,
}

impl Block for Topics {}
