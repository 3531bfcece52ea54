//! The lines of a workflow that hold for all of it; their nodes stand in files of their own beside this one.

use super::clause::clauses;
use super::{
    Closing, Enter, ExitWhen, Goal, Group, Holdout, Late, Owner, PauseWhile, Pauses, Rate, Reenter, Reviewed, SkipWhen,
    Spacing, Stops, Window,
};
use crate::syntax::constructs;

constructs::headers!(clauses Header HEADERS);
