//! `reenter per registered.webinar`: journeys of one person in one workflow beside each other, one for each value of a property of what let them in.
//!
//! Journeys are told apart by their run, as those are that follow each other, so records, keys of messages and stores know nothing new. A journey keeps
//! a print of its value, by which an event that names the same value is found to be about it, and the number of its *seat*: what its trigger said is
//! kept in fields of that seat ([`TriggerKept::Seat`](super::trigger::TriggerKept)), and stands in the fields that steps and mails read while the
//! journey does something. So the code of a workflow is the same whichever of them it runs for.

use crate::id::SlotId;
use serde::{Deserialize, Serialize};

/// Where a journey keeps by what it is told apart from others of its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeveralSlots {
    /// An Int: a print of its value; 0 where it began before its workflow had any.
    pub value: SlotId,
    /// An Int: the number of its seat, from 1; 0 where it has none.
    pub seat: SlotId,
}

impl SeveralSlots {
    /// All of them, with what they are called.
    pub fn each(&self) -> [(SlotId, &'static str); 2] {
        let Self { value, seat } = *self;
        [(value, "value"), (seat, "seat")]
    }

    /// All of them, to be numbered anew.
    pub(crate) fn each_mut(&mut self) -> [&mut SlotId; 2] {
        let Self { value, seat } = self;
        [value, seat]
    }
}
