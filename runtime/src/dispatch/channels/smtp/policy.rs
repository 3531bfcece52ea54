//! Refusals by the other side's rules (`5.7.1`): for one recipient they are that one's; for one after the other, and nobody accepted between
//! them, they are the sender's, though no answer says so. Then nobody more is given up for what somebody has to mend.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// From so many different recipients running, none accepted between them, a refusal by rules is no recipient's any more: mail pauses.
pub(super) const REFUSED_RUNNING_MAX: usize = 3;

/// Whom such a refusal has met since a message was last accepted.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    running: Mutex<BTreeSet<String>>,
}

impl Refusals {
    /// Whether the refusal of this recipient is still theirs.
    pub(super) fn is_of_recipient(&self, recipient: &str) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.len() < REFUSED_RUNNING_MAX {
            running.insert(recipient.to_ascii_lowercase());
        }
        running.len() < REFUSED_RUNNING_MAX
    }

    /// A message was accepted.
    pub(super) fn end(&self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_different_recipients_running_are_nobodys_fault() {
        let refusals = Refusals::default();
        for _ in 0..5 {
            assert!(refusals.is_of_recipient("a@x.example") && refusals.is_of_recipient("A@x.example"), "one person");
        }
        assert!(refusals.is_of_recipient("b@x.example"));
        for recipient in ["c@x.example", "a@x.example", "d@x.example"] {
            assert!(!refusals.is_of_recipient(recipient));
        }
        refusals.end();
        assert!(refusals.is_of_recipient("d@x.example"));
    }
}
