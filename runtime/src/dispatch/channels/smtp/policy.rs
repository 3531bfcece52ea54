//! Refusals by the other side's rules (`5.7.1`): for one recipient they are that one's; for one after the other, and nobody accepted between
//! them, they are the sender's, though no answer says so. Then nobody more is given up for what somebody has to mend, by the next process either.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// From so many different recipients running, none accepted between them, a refusal by rules is no recipient's any more: mail pauses.
pub(super) const REFUSED_RUNNING_MAX: usize = 3;

/// Whom such a refusal has met since a message was last accepted.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    running: Mutex<Running>,
}

#[derive(Debug, Default)]
struct Running {
    refused: BTreeSet<String>,
    /// How many the process before has left, whoever they were.
    before: usize,
}

impl Running {
    fn is_of_recipient(&self) -> bool {
        self.before + self.refused.len() < REFUSED_RUNNING_MAX
    }
}

impl Refusals {
    /// Whether the refusal of this recipient is still theirs.
    pub(super) fn is_of_recipient(&self, recipient: &str) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_of_recipient() {
            running.refused.insert(recipient.to_ascii_lowercase());
        }
        running.is_of_recipient()
    }

    /// What the process before has left: mail had paused, and nobody knows for what; or so many were refused, of which the next one is none.
    pub(super) fn go_on(&self, is_paused: bool, refused: u8) {
        let known = usize::from(refused).min(REFUSED_RUNNING_MAX - 1);
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.before = if is_paused { REFUSED_RUNNING_MAX } else { known };
    }

    /// Whether mail had paused before this process began, and nobody was accepted since.
    pub(super) fn were_before(&self) -> bool {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).before >= REFUSED_RUNNING_MAX
    }

    /// A message was accepted.
    pub(super) fn end(&self) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Running::default();
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
        // After a start behind a pause nobody is given up until somebody is accepted.
        let refusals = Refusals::default();
        refusals.go_on(true, 0);
        assert!(!refusals.is_of_recipient("a@x.example"));
        refusals.end();
        assert!(refusals.is_of_recipient("a@x.example"));
        // What was refused before is counted on, whoever that was.
        for (refused, is_of_recipient) in [(0, true), (1, true), (2, false), (8, false)] {
            let refusals = Refusals::default();
            refusals.go_on(false, refused);
            assert_eq!(refusals.is_of_recipient("a@x.example"), is_of_recipient, "{refused}");
        }
    }
}
