//! What became of any mail, of whichever workflow.

use super::{Count, EngagementVerb, Period};

/// `no opened any email in the last 90 days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reaction {
    /// That it did not happen.
    pub none: bool,
    pub verb: EngagementVerb,
    pub count: Option<Count>,
    pub period: Option<Period>,
}
