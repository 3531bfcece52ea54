//! `calendar`: holidays.

use super::{Block, Literal, Name};
use crate::source::Span;

/// `calendar germany for country is "DE" { 2026-12-25, 2026-12-26 }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub name: Name,
    /// Whose it is; everybody's who has no other where it says nothing.
    pub of: Option<OfCountry>,
    pub lines: Vec<Holidays>,
    /// A line in it could not be read.
    pub broken: bool,
}

/// `for country is "DE" or country in ("AT", "CH")`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfCountry {
    pub countries: Vec<Literal>,
    pub span: Span,
}

/// A line of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holidays {
    pub days: Vec<DaySpan>,
    pub span: Span,
}

/// `2026-12-24 to 2026-12-26`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DaySpan {
    /// As written: `2026-12-24`.
    pub first: Name,
    pub last: Option<Name>,
    pub span: Span,
}

impl Calendar {
    pub(crate) fn days(&self) -> impl Iterator<Item = &DaySpan> {
        self.lines.iter().flat_map(|line| &line.days)
    }
}

impl Block for Calendar {
    fn lose_a_line(&mut self) {
        self.broken = true;
    }
}
