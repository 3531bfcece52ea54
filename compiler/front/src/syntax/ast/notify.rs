//! `notify owner "…"`, `notify sales "…"`, `notify "ana@acme.example" "…"`.

use super::{Name, StepNode, Text};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotifyStep {
    pub to: Notified,
    pub text: Text,
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notified {
    /// Who answers for the workflow.
    Owner,
    Team(Name),
    /// A member of a team, by their address.
    Member(Text),
}

impl StepNode for NotifyStep {}
