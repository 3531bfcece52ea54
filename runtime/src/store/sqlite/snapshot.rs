//! Reads everything, for comparing stores.

use super::fault::Trouble;
use super::{contacts, decisions, events, handoffs, ledgers, outbox, totals};
use crate::store::digest::Snapshot;
use rusqlite::Connection;

pub(super) fn read(connection: &Connection) -> Result<Snapshot, Trouble> {
    let snapshot = Snapshot {
        contacts: contacts::all(connection)?,
        keys: contacts::all_keys(connection)?,
        joined: contacts::all_joined(connection)?,
        ended: contacts::all_ended(connection)?,
        events: events::all(connection)?,
        outbox: outbox::all(connection)?,
        handoffs: handoffs::all(connection)?,
        answers: handoffs::answers(connection)?,
        values: ledgers::values(connection)?,
        decisions: decisions::all(connection)?,
        stages: ledgers::all_stages(connection)?,
        scores: ledgers::all_scores(connection)?,
        totals: totals::all(connection)?,
    };
    Ok(snapshot.sorted())
}
