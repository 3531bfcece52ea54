//! Splits: people part by chance, and the same person always goes the same way. So do those of whom nothing is done by a holdout.
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

    /// What is drawn for the holdout of the policy: the same people everywhere.
    pub const OF_POLICY: &str = "holdout: all workflows";

    /// What is drawn for the holdout of a workflow.
    pub fn holdout_of(workflow: &str) -> String {
        format!("holdout: workflow {workflow}")
    }

    /// What is told of a step that changes a field, beside its arms, where it did not for whoever is held out.
    pub const HELD_OUT: &str = "held out";

    /// Whether whoever drew this is among so many of a hundred who are held out.
    pub fn is_held_out(drawn: i64, percent: u8) -> bool {
        (1..=i64::from(percent)).contains(&drawn)
    }
}
