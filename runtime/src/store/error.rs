//! What can go wrong with a store, and what to do about it.

use std::path::PathBuf;

/// A store that did not do what it was asked. Nothing of the batch was kept, unless the fault is [`Unknown`](StoreFault::Unknown).
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    /// What callers tell apart.
    pub fault: StoreFault,
    /// What happened, in words, with the file.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The store's file; none in memory.
    pub path: Option<PathBuf>,
}

/// The kinds that callers tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFault {
    /// Another process works on it.
    Locked,
    /// It is some other program's database.
    Foreign,
    /// A newer Flow wrote it.
    Newer,
    /// An older Flow wrote it, whose tables this one does not know any more.
    Older,
    /// Less is in it than was done in its place: it is a backup, or has lost its log.
    Past,
    /// No longer ours: another owns it, or has written to it. Nothing was kept, and what is known of it is to be forgotten.
    Lost,
    /// Nobody knows whether the batch was kept: what it concerns is to be opened again.
    Unknown,
    /// It cannot be reached now, and may be later. Nothing was kept.
    Unavailable,
    /// No room.
    Full,
    /// No permission, or a read-only place.
    ReadOnly,
    /// It is damaged, or holds what Flow never writes.
    Corrupt,
    /// Nothing that a caller could mend.
    Other,
}
