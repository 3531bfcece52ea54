//! `test people`: those who only try things out.

use super::{Block, Predicate};
use crate::source::Span;

/// `test people email ends with "@acme.example"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TestPeople {
    /// The two words.
    pub head: Span,
    pub predicate: Predicate,
    pub span: Span,
}

impl Block for TestPeople {}
