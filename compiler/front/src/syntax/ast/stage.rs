//! `advance stage to S`.

use super::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvanceStep {
    pub stage: Name,
}
