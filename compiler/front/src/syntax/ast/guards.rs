//! `exit when P` and `skip when P`: who leaves, and who never comes in.

use super::Predicate;

pub type ExitWhen = Predicate;
pub type SkipWhen = Predicate;
