//! What people do with a mail.

use crate::syntax::ast::{Literal, Name};
use flow_ir::EngagementKind;

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

impl EngagementVerb {
    /// As it is written.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Clicked => "clicked",
            Self::Opened => "opened",
            Self::Replied => "replied",
            Self::Bounced => "bounced",
        }
    }

    pub(crate) fn kind(self) -> EngagementKind {
        match self {
            Self::Clicked => EngagementKind::Clicked,
            Self::Opened => EngagementKind::Opened,
            Self::Replied => EngagementKind::Replied,
            Self::Bounced => EngagementKind::Bounced,
        }
    }
}
