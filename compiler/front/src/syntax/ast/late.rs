//! `late skip`, of a workflow or of a policy.

use flow_ir::Late as How;

/// What becomes of a mail that comes late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Late(pub How);
