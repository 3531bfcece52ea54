//! What people do with a mail.

use crate::syntax::ast::{Literal, Name};

/// `clicked guide_delivery link "case-study"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Engaged {
    pub verb: EngagementVerb,
    /// The last one sent where none is named.
    pub email: Option<Name>,
    pub link: Option<Literal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EngagementVerb {
    Clicked,
    Opened,
    Replied,
    Bounced,
}
