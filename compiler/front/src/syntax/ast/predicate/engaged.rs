//! What people do with a mail.

use crate::syntax::ast::{Literal, Name};

/// `clicked guide_delivery link "case-study"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Engaged {
    pub verb: EngagementVerb,
    pub with: With,
    pub link: Option<Literal>,
}

/// Which mails are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum With {
    /// The last one sent: none is named.
    Last,
    One(Name),
    /// `any of guide_delivery, case_study`
    AnyOf(Vec<Name>),
    /// `any email of this journey`
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EngagementVerb {
    Clicked,
    Opened,
    Replied,
    Bounced,
}
