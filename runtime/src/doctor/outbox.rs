//! Of the messages out: none is claimed where nobody works on the store. That their keys are unique is asked of the whole table (`messages`).

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind, Subject};
use crate::store::{OutboxRecord, OutboxState};

/// Claims.
#[derive(Default)]
pub(super) struct Outbox;

impl Check for Outbox {
    fn message(&mut self, cx: &Context<'_>, row: &OutboxRecord, found: &mut Findings) {
        if cx.is_closed && row.state == OutboxState::Claimed {
            let words = format!("is on its way to {}, and whoever sent it has closed the store", row.recipient);
            found.add(Kind::ClaimedByNobody, Subject::Message(row.id), words);
        }
    }
}
