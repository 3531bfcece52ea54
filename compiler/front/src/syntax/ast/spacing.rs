//! `at least 2 days between emails`.

use super::Duration;

/// How long after a mail of the workflow the next one leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spacing(pub Duration);
