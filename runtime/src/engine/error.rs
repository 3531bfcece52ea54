//! What stops an engine. Nothing of the batch in hand is kept, so a later run goes on from the last commit.

use crate::store::{ContactId, StoreError};

/// Why an engine could not go on.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the variants say what is wrong, and their fields are what the message repeats")]
pub enum EngineError {
    /// The store did not do what it was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing can leave until somebody mends the machine.
    #[error("mail cannot leave: {reason}")]
    Mail { reason: String },
    /// Somebody wanted it to stop ([`Engine::stop_when`](super::Engine::stop_when)): nothing is wrong.
    #[error("stopped between two commits")]
    Stopped,
    /// A file could not be read to its end. What could be is taken in, and nothing has happened that the events behind it may have come before.
    #[error("the file could not be read to its end")]
    Unread,
    /// The program cannot be run.
    #[error("the program cannot be run: {problem}")]
    Program { problem: String },
    /// The store holds what this program never writes.
    #[error("contact {} was written by another version of the program: {problem}", contact.0)]
    OtherProgram { contact: ContactId, problem: String },
    /// A named value of the store is damaged.
    #[error("the store's `{name}` is not what Flow writes: restore the store from a copy")]
    Damaged { name: String },
    /// A step or predicate could not be run.
    #[error("contact {} in `{workflow}`, run {run}: {problem}: this is a fault in Flow itself, please report it with this message", contact.0)]
    Step { contact: ContactId, workflow: String, run: u32, problem: String },
    /// Something that cannot be, was.
    #[error("{problem}: this is a fault in Flow itself, please report it with this message")]
    Fault { problem: String },
}
