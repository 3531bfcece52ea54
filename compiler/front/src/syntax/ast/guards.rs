//! `exit when P` and `skip when P`: who leaves, and who never comes in.

use super::Predicate;

pub(crate) type ExitWhen = Predicate;
pub(crate) type SkipWhen = Predicate;
