//! `goal "Book a demo" when requested_demo within 30 days`.

use super::{Duration, Predicate, Text};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Goal {
    pub text: Text,
    pub when: Predicate,
    pub within: Option<Duration>,
    /// `and continue`: meeting it does not end the journey.
    pub continues: bool,
}
