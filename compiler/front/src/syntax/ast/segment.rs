//! `segment`: a condition with a name.

use super::{Block, Name, Predicate};
use crate::source::Span;

/// `segment high_intent = visited(page is "/pricing") at least 3 times in the last 7 days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub name: Name,
    pub predicate: Predicate,
    pub span: Span,
}

impl Block for Segment {}
