//! The lines of a workflow that hold for all of it; their nodes stand in files of their own beside this one.

use super::clause::clauses;
use super::{Closing, Enter, ExitWhen, Goal, Group, Owner, Rate, Reenter, Reviewed, SkipWhen, Spacing, Window};
use crate::syntax::constructs;

constructs::headers!(clauses Header HEADERS);
