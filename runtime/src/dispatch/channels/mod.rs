//! What takes a message away.
//!
//! In comes a [`Mail`] that may be sent: consent, goal, exit and window were asked before. Out comes a [`Fate`], which says all that
//! the outbox must know to record it. A channel knows nothing of journeys, stores and clocks, waits for no second attempt of its
//! own, and never panics.
//!
//! | to deliver | write |
//! | --- | --- |
//! | into a folder | [`file`] |
//! | to a mail server | [`smtp`] |
//! | as a test says | [`scripted`] |
//!
//! A new channel is one file here and one line in the shared tests (`tests/channels/contract.rs`).

pub mod file;
pub mod scripted;
pub mod smtp;

use std::time::Duration;

use crate::mail::{Mail, MailError};

/// Something that takes mail away; called from a few threads at once.
pub trait Channel: Send + Sync {
    /// As in `flow.toml` and in reports.
    fn name(&self) -> &str;

    /// What to do when nobody knows whether a message left: after [`Fate::Unknown`], and after a crash between sending and
    /// recording.
    fn uncertain(&self) -> Uncertain;

    /// How many messages may be on their way at once. More than one pays where an attempt waits for another machine.
    fn at_once(&self) -> usize;

    /// Whether each message is sent by the thread that hands it over, so that no thread decides what comes first: for simulations.
    fn is_in_step(&self) -> bool {
        false
    }

    /// How long one attempt may take at most; after that nobody waits for it any more, and its fate is unknown.
    fn patience(&self) -> Duration {
        Duration::from_secs(10 * 60)
    }

    /// Asked before the first message: whether mail can leave at all. A channel that finds its settings wrong says what to mend.
    fn ready(&self) -> Result<(), String>;

    /// Removes, or takes up, what a process that was killed left behind of messages whose keys end so. Asked at the start of a store that
    /// nobody else works on, so nobody is writing any of them.
    fn clear_up(&self, ending: &str) {
        let _ = ending;
    }

    /// What the store's last process left: whether nothing left by this channel, and nobody was accepted since; and how many messages running the other side had
    /// refused by its rules. What is meant for a rule against one recipient may be one against the sender still.
    fn goes_on(&self, is_paused: bool, refused: u8) {
        let _ = (is_paused, refused);
    }

    /// Of an attempt that was claimed when its process was ended: whether it may have left. Asked at the start, before this process sends
    /// anything; a channel that does not know says yes.
    fn may_have_left(&self, key: &str, attempt: u32) -> bool {
        let _ = (key, attempt);
        true
    }

    /// What will become of this attempt, where that is certain before it is made. What is foreseen to be delivered at once lets its
    /// journey go on in the same instant, so nobody waits for it; the attempt itself is made after the commit all the same.
    fn foresee(&self, mail: &Mail, attempt: u32) -> Option<Foreseen> {
        let _ = (mail, attempt);
        None
    }

    /// One attempt under the mail's key; attempts count from 1.
    fn send(&self, mail: &Mail, attempt: u32) -> Fate;
}

/// An answer that is known before it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// How long after the attempt it comes.
    pub after: Duration,
    /// What it says.
    pub fate: Fate,
}

/// The declared policy for the uncertain case (rule E9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncertain {
    /// Send again: rather twice than never.
    Resend,
    /// Record it and leave it: rather never than twice.
    GiveUp,
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The other side has taken responsibility. The receipt is its own word for it, to search its logs with.
    Delivered {
        /// For people; nothing is decided by it.
        receipt: String,
    },
    /// Certainly not delivered; a later attempt may succeed, by the schedule of [`backoff`](super::backoff): no mail server has a word
    /// for when to come back.
    RetryLater {
        /// In the other side's words where it had some.
        reason: String,
    },
    /// Certainly not delivered, and the same attempt would fail again.
    Refused {
        /// In the other side's words where it had some.
        reason: String,
        /// What follows from it.
        kind: RefusedKind,
    },
    /// Certainly not delivered, because nobody answers, or nobody is accepted: no other message would fare better now. It does not count
    /// as an attempt, and nothing leaves for a while, then one message alone until somebody answers again.
    Down {
        /// What was seen.
        reason: String,
    },
    /// Certainly not delivered, and no message will be until somebody mends what is wrong: a password, the sender's address, a certificate, a
    /// disk. Flow stops;
    /// it does not count as an attempt, and nothing is given up.
    Stop {
        /// What to mend.
        reason: String,
    },
    /// It may have been delivered: [`Channel::uncertain`] decides.
    Unknown {
        /// What broke off.
        reason: String,
    },
}

/// Whose fault a refusal is, and so what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedKind {
    /// The address takes no mail: suppress it.
    HardBounce,
    /// The sender or the content is not accepted: the contact stays as it is, the sender has something to mend.
    Blocked,
    /// The message cannot be sent as it is.
    Invalid,
    /// Its template could not be filled in.
    NotWritten,
}

impl Fate {
    /// A message that could not be built, which would be the same the next time.
    pub(crate) fn unbuilt(error: &MailError) -> Fate {
        let kind = match error {
            MailError::NotWritten { .. } => RefusedKind::NotWritten,
            _ => RefusedKind::Invalid,
        };
        Fate::Refused { reason: error.to_string(), kind }
    }

    /// What was said with it.
    pub fn reason(&self) -> &str {
        match self {
            Fate::Delivered { receipt: reason }
            | Fate::RetryLater { reason }
            | Fate::Refused { reason, .. }
            | Fate::Down { reason }
            | Fate::Stop { reason }
            | Fate::Unknown { reason } => reason,
        }
    }

    fn retry_later(reason: impl Into<String>) -> Fate {
        Fate::RetryLater { reason: reason.into() }
    }
}
