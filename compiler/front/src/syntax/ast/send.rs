//! `send EMAIL`.

use super::{Blocks, Name};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendStep {
    pub email: Name,
}

impl Blocks for SendStep {}
