//! `send EMAIL`.

use super::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendStep {
    pub email: Name,
}
