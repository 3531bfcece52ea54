//! A day or an instant beside the one at hand.

use super::Order;
use crate::source::Span;
use crate::syntax::ast::{Duration, Literal, Name};

/// `renewal_date < today + 30 days`, `created_at more than 30 days ago`. Boxed, since it is much larger than other conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dated {
    pub left: Box<Time>,
    pub asks: Box<DatedAsks>,
}

/// How it is compared. Of both sides, one begins with `today` or `now`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DatedAsks {
    Order(Order, Time),
    Is(Time),
    IsNot(Time),
    /// Both ends belong to it.
    Between(Time, Time),
    /// `more than 30 days ago`
    MoreThanAgo(Duration),
    LessThanAgo(Duration),
}

/// `today + 30 days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Time {
    pub base: TimeBase,
    /// Each length, with whether it is subtracted.
    pub shifts: Vec<(bool, Duration)>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimeBase {
    Today(Span),
    Now(Span),
    Field(Name),
    Date(Literal),
}
