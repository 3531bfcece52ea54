//! Predicates: what can be asked of a contact, their events and their mails.

use super::{Duration, Literal, Name, Sum};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    And(Vec<Predicate>, Span),
    Or(Vec<Predicate>, Span),
    /// `and` and `or` side by side without parentheses: two readings. The parts, with the words between them.
    Mixed {
        parts: Vec<Predicate>,
        ors: Vec<bool>,
        span: Span,
    },
    Not(Box<Predicate>, Span),
    /// In parentheses, kept so that the tree prints as written.
    Group(Box<Predicate>, Span),
    TimedOut(Span),
    Sent(Name, Span),
    /// `clicked guide_delivery link "case-study"`
    Engaged {
        verb: EngagementVerb,
        email: Option<Name>,
        link: Option<Literal>,
        span: Span,
    },
    /// `no opened in 90 days`, `visited(page is "/pricing") at least 2 times in 7 days`
    Event {
        none: bool,
        event: Name,
        properties: Vec<Property>,
        count: Option<Count>,
        period: Option<Period>,
        span: Span,
    },
    Inactive(Duration, Span),
    /// `score >= 60`, `industry is "saas"`, or a bare name: a yes/no field, a segment, a stage or an event.
    Compare {
        left: Sum,
        relation: Option<Relation>,
        span: Span,
    },
}

impl Predicate {
    pub fn span(&self) -> Span {
        match self {
            Self::And(_, span) | Self::Or(_, span) | Self::Not(_, span) | Self::Group(_, span) => *span,
            Self::TimedOut(span) | Self::Sent(_, span) | Self::Inactive(_, span) => *span,
            Self::Mixed { span, .. }
            | Self::Engaged { span, .. }
            | Self::Event { span, .. }
            | Self::Compare { span, .. } => *span,
        }
    }

    /// The predicates in it, in their order.
    pub fn children(&self) -> &[Predicate] {
        match self {
            Self::And(parts, _) | Self::Or(parts, _) | Self::Mixed { parts, .. } => parts,
            Self::Not(inner, _) | Self::Group(inner, _) => std::slice::from_ref(inner),
            _ => &[],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngagementVerb {
    Clicked,
    Opened,
    Replied,
    Bounced,
}

/// `page is "/pricing"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    pub name: Name,
    pub relation: Relation,
    pub span: Span,
}

/// `at least 3 times`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub kind: CountKind,
    pub times: Literal,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountKind {
    AtLeast,
    AtMost,
    Exactly,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Period {
    In(Duration),
    Ever,
    SinceEntry,
    FromNow,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    IsKnown,
    IsUnknown,
    Is(Literal),
    IsNot(Literal),
    In(Vec<Literal>),
    NotIn(Vec<Literal>),
    Contains(Literal),
    StartsWith(Literal),
    Order(Order, Sum),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    AtLeast,
    AtMost,
    Over,
    Under,
}
