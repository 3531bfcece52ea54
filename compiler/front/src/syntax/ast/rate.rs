//! `rate 200 an hour`: how many people come in, and in which time.

use super::Duration;

/// So many people, `amount`, in one of its `unit`; its place begins at the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rate(pub Duration);
