//! `holdout 10%`, of a workflow or of a policy.

use super::Name;

/// How many of a hundred people nothing is done for, as written; its place takes in the sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holdout(pub Name);
