//! Splits: people part by chance, and the same person always goes the same way.
//!
//! What is drawn is kept with the person, once for each name, so that it stays where their address changes, where two contacts prove to be
//! one and where the shares of a later version are others: then it says only on which side of the new ones they are.

use crate::id::SlotId;
use serde::{Deserialize, Serialize};

/// The name of a split, wherever in the program it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// As written.
    pub name: String,
    /// Where the contact's frame keeps what was drawn, from 1 to [`WHOLE`](Self::WHOLE); 0 where nothing was.
    pub slot: SlotId,
}

impl Split {
    /// What the shares of a split come to.
    pub const WHOLE: i64 = 100;
}
