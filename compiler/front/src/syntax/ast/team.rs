//! `team`: who can receive a handoff.

use super::{Name, Predicate, Text};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub name: Name,
    pub members: Vec<Member>,
    pub backup: Option<Text>,
    pub span: Span,
    /// A line in it could not be read, so nothing is reported as missing.
    pub broken: bool,
}

/// `member "ana@acme.example" covers region in ("EMEA")`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub address: Text,
    pub covers: Option<Predicate>,
}
