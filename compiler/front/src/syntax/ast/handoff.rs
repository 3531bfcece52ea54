//! `handoff to TEAM { note, task, keep in workflow }`.

use super::{Duration, Name, Text};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoffStep {
    pub team: Name,
    pub note: Option<Text>,
    pub task: Option<Task>,
    pub keep: bool,
}

/// `task "Call {first_name or "the contact"}" due in 24 hours`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub title: Text,
    pub due_in: Option<Duration>,
    pub span: Span,
}
