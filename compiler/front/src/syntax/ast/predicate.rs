//! Predicates: what can be asked of a contact, their events and their mails. What has words of its own has a file in `predicate/`.

use super::{Duration, Literal, Name, Sum};
use crate::source::Span;
use crate::syntax::constructs;

macro_rules! modules {
    ({$($module:ident: $variant:ident($node:ident) $rules:tt $about:tt;)*} $later:tt) => {
        $(mod $module; pub(crate) use $module::*;)*
    };
}
constructs::predicates!(modules);

macro_rules! forms {
    ({$($module:ident: $variant:ident($node:ident) $rules:tt $about:tt;)*} $later:tt) => {
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum Predicate {
            And(Vec<Predicate>, Span),
            Or(Vec<Predicate>, Span),
            /// `and` and `or` side by side without parentheses: two readings. The parts, with the words between them.
            Mixed { parts: Vec<Predicate>, ors: Vec<bool>, span: Span },
            Not(Box<Predicate>, Span),
            /// In parentheses, kept so that the tree prints as written.
            Group(Box<Predicate>, Span),
            /// `no opened in the last 90 days`, `visited(page is "/pricing") at least 2 times in the last 7 days`
            Event {
                none: bool,
                event: Name,
                properties: Vec<Property>,
                count: Option<Count>,
                period: Option<Period>,
                span: Span,
            },
            /// `score >= 60`, `industry is "saas"`, or a bare name: a yes/no field, a segment, a stage or an event.
            Compare { left: Sum, relation: Option<Relation>, span: Span },
            $($variant($node, Span),)*
        }

        impl Predicate {
            pub(crate) fn span(&self) -> Span {
                match self {
                    Self::And(_, span) | Self::Or(_, span) | Self::Not(_, span) | Self::Group(_, span) => *span,
                    Self::Mixed { span, .. } | Self::Event { span, .. } | Self::Compare { span, .. } => *span,
                    $(Self::$variant(_, span) => *span,)*
                }
            }
        }
    };
}
constructs::predicates!(forms);

impl Predicate {
    /// The predicates in it, in their order.
    pub(crate) fn children(&self) -> &[Predicate] {
        match self {
            Self::And(parts, _) | Self::Or(parts, _) | Self::Mixed { parts, .. } => parts,
            Self::Not(inner, _) | Self::Group(inner, _) => std::slice::from_ref(inner),
            _ => &[],
        }
    }

    /// Whether an event in it has a period that may look back or ahead.
    pub(crate) fn has_bare_in(&self) -> bool {
        match self {
            Self::Event { period, .. }
            | Self::Crossed(Crossed { period, .. }, _)
            | Self::Changed(Changed { period, .. }, _) => {
                matches!(period, Some(Period::In(_)))
            }
            other => other.children().iter().any(Self::has_bare_in),
        }
    }
}

/// `page is "/pricing"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    pub name: Name,
    pub relation: Relation,
    pub span: Span,
}

/// `at least 3 times`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Count {
    pub kind: CountKind,
    pub times: Literal,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CountKind {
    AtLeast,
    AtMost,
    Exactly,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Period {
    InTheLast(Duration),
    /// `in 7 days`: back or ahead, which nobody can tell. Read so that both can be shown.
    In(Duration),
    Ever,
    SinceEntry,
    /// Since this email last left in the journey.
    SinceSent(Name),
    FromNow,
    /// Since Monday at home.
    ThisWeek,
    /// Since the first of the month at home.
    ThisMonth,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Relation {
    /// `any webinar`: whichever it is, of an event alone.
    Any,
    IsKnown,
    IsUnknown,
    Is(Literal),
    IsNot(Literal),
    In(Vec<Literal>),
    NotIn(Vec<Literal>),
    /// What a text holds: one of these, where there are several.
    Text(TextRelation, Vec<Literal>),
    /// Both ends belong to it.
    Between(Sum, Sum),
    Order(Order, Sum),
}

impl Relation {
    /// The values it compares with.
    pub(crate) fn values(&self) -> Vec<&Literal> {
        match self {
            Self::Any | Self::IsKnown | Self::IsUnknown => Vec::new(),
            Self::Is(value) | Self::IsNot(value) => vec![value],
            Self::In(values) | Self::NotIn(values) | Self::Text(_, values) => values.iter().collect(),
            Self::Between(low, high) => {
                [low, high].into_iter().flat_map(|sum| sum.terms.iter().map(|(_, value)| value)).collect()
            }
            Self::Order(_, sum) => sum.terms.iter().map(|(_, value)| value).collect(),
        }
    }
}

/// Ways to look into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextRelation {
    Contains,
    ContainsWord,
    ContainsAny,
    ContainsAnyWord,
    StartsWith,
    EndsWith,
}

impl TextRelation {
    /// As it is written.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::ContainsWord => "contains word",
            Self::ContainsAny => "contains any of",
            Self::ContainsAnyWord => "contains any word of",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
        }
    }

    /// The same, of one text among several.
    pub(crate) fn of_several(self) -> Option<Self> {
        match self {
            Self::Contains | Self::ContainsAny => Some(Self::ContainsAny),
            Self::ContainsWord | Self::ContainsAnyWord => Some(Self::ContainsAnyWord),
            Self::StartsWith | Self::EndsWith => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    AtLeast,
    AtMost,
    Over,
    Under,
}
