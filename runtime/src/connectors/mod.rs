//! Delivering a message.
//!
//! In comes a [`Mail`] that may be sent: consent, caps and windows were checked before. Out comes an [`Outcome`], which says all that
//! the outbox must know to record it. A connector knows nothing of journeys, stores and clocks, waits for no second attempt of its
//! own, and never panics.
//!
//! | to deliver | write |
//! | --- | --- |
//! | into a folder | [`file`] |
//! | to a mail server | [`smtp`] |
//!
//! A new connector is one file here and one line in the shared tests (`tests/connectors/contract.rs`).

pub mod backoff;
pub mod file;
pub mod smtp;

use std::time::Duration;

use crate::mail::Mail;

/// Something that delivers mail; called from a few threads at once.
pub trait Connector: Send + Sync {
    /// As in `flow.toml` and in reports.
    fn name(&self) -> &str;

    /// What to do when nobody knows whether a message left: after [`Outcome::Unknown`], and after a crash between sending and
    /// recording.
    fn uncertain(&self) -> Uncertain;

    /// How many messages it is worth sending at once. More than one pays where an attempt waits for another machine; the engine has
    /// a limit of its own.
    fn at_once(&self) -> usize {
        usize::MAX
    }

    /// One attempt under the mail's key.
    fn send(&self, mail: &Mail) -> Outcome;
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
pub enum Outcome {
    /// The other side has taken responsibility. The receipt is its own word for it, to search its logs with.
    Delivered {
        /// For people; nothing is decided by it.
        receipt: String,
    },
    /// Certainly not delivered; a later attempt may succeed. `after` is the other side's wish, else the schedule of [`backoff`] holds.
    RetryLater {
        /// In the other side's words where it had some.
        reason: String,
        /// How long to wait at least.
        after: Option<Duration>,
    },
    /// Certainly not delivered, and the same attempt would fail again.
    Refused {
        /// In the other side's words where it had some.
        reason: String,
        /// What follows from it.
        kind: RefusedKind,
    },
    /// Certainly not delivered, and no other message would fare better until somebody mends what is wrong on this machine. The run
    /// stops and the message stays where it is: a virtual clock would use up all retries before anybody could look. For connectors
    /// that send again after a doubt, since other answers of the same moment are lost with the batch.
    Stop {
        /// What to mend.
        reason: String,
    },
    /// It may have been delivered: [`Connector::uncertain`] decides.
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
}

impl Outcome {
    fn retry_later(reason: impl Into<String>) -> Outcome {
        Outcome::RetryLater { reason: reason.into(), after: None }
    }
}
