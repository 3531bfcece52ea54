//! `team`: who can receive a handoff.

use super::{Name, Predicate, Text};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub name: Name,
    pub members: Vec<Member>,
    pub backup: Option<Text>,
    pub span: Span,
}

/// `member "ana@acme.example" covers region in ("EMEA")`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub address: Text,
    pub covers: Option<Predicate>,
}
