//! The hour that clocks show at home.

use super::Order;
use crate::syntax::ast::Literal;

/// `hour in contact timezone >= 18`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AtHour {
    pub asks: HourAsks,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HourAsks {
    Order(Order, Literal),
    Is(Literal),
    IsNot(Literal),
    /// Both ends belong to it.
    Between(Literal, Literal),
}
