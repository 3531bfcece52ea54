//! What every store asks of a batch before it writes: the mistakes that can be seen without looking anything up.
//!
//! A row that fails here was made by a fault in Flow, never by an operator, so all of them say the same thing to do.

use super::{Batch, Changes, ContactId, Owner, Slot, SlotBatch, SlotState, StoreError, StoreFault, number_in_slot};
use std::collections::BTreeSet;

/// An error of ours: a row that the engine must never make.
pub(super) fn broken(what: impl std::fmt::Display) -> StoreError {
    StoreError {
        fault: StoreFault::Other,
        message: format!("a batch was refused and nothing of it was kept: {what}"),
        help: "this is a fault in Flow itself, please report it with this message".to_owned(),
        path: None,
    }
}

/// Somebody else owns what was to be written.
pub(super) fn lost() -> StoreError {
    StoreError {
        fault: StoreFault::Lost,
        message: "another Flow has taken over: nothing of this batch was kept".to_owned(),
        help: "leave it to the other one, or stop that and begin this one again; nothing is lost".to_owned(),
        path: None,
    }
}

/// Checks who writes, the numbers of the batch against those of the slots (`state_of`), and each row by itself.
pub(super) fn check_batch(
    batch: &Batch,
    owner: Owner,
    state_of: impl Fn(Slot) -> Option<SlotState>,
) -> Result<(), StoreError> {
    if batch.owner != owner {
        return Err(lost());
    }
    let mut slots = BTreeSet::new();
    for slot in &batch.slots {
        if !slots.insert(slot.slot) {
            return Err(broken(format_args!("slot {} is written twice", slot.slot.index())));
        }
        let before = state_of(slot.slot).ok_or_else(lost)?;
        if slot.state.number != before.number + 1 {
            return Err(lost());
        }
        check_slot(slot, &before)?;
    }
    Ok(())
}

fn check_slot(batch: &SlotBatch, before: &SlotState) -> Result<(), StoreError> {
    let SlotBatch { slot, state, changes } = batch;
    let counts = [
        (before.next_contact, state.next_contact),
        (before.next_outbox, state.next_outbox),
        (before.next_record, state.next_record),
    ];
    if counts.iter().any(|(before, now)| now < before) {
        return Err(broken("a number would be given twice"));
    }
    check_new(changes, before)?;
    check_rows(*slot, changes, |rows| match rows {
        Numbered::Contacts => state.next_contact,
        Numbered::Outbox => state.next_outbox,
        Numbered::Records => state.next_record,
    })
}

/// What is new has a number that nothing had before, and no two have one.
fn check_new(changes: &Changes, before: &SlotState) -> Result<(), StoreError> {
    let outbox: Vec<u64> = changes.outbox.iter().map(|row| row.id).collect();
    let records: Vec<u64> =
        changes.events.iter().map(|row| row.id).chain(changes.decisions.iter().map(|row| row.id)).collect();
    for (mut ids, next, what) in [(outbox, before.next_outbox, "outbox row"), (records, before.next_record, "record")] {
        ids.sort_unstable();
        let twice = ids.windows(2).find(|pair| pair.first() == pair.last()).and_then(|pair| pair.first());
        let known = ids.first().filter(|id| number_in_slot(**id) < next);
        if let Some(id) = twice.or(known) {
            return Err(broken(format_args!("{what} {id} is given twice")));
        }
    }
    Ok(())
}

/// What is numbered within a slot.
#[derive(Clone, Copy)]
enum Numbered {
    Contacts,
    Outbox,
    Records,
}

fn check_rows(slot: Slot, changes: &Changes, next: impl Fn(Numbered) -> u64) -> Result<(), StoreError> {
    let is_given =
        |id: u64, rows: Numbered| Slot::of(id) == Some(slot) && (1..next(rows)).contains(&number_in_slot(id));
    if let Some(ContactId(id)) = contacts_of(changes).find(|id| !is_given(id.0, Numbered::Contacts)) {
        return Err(broken(format_args!("a row belongs to contact {id}, who was never numbered")));
    }
    let outbox = changes.outbox.iter().map(|row| row.id).chain(changes.settled.iter().map(|row| row.id));
    if let Some(id) = outbox.into_iter().find(|id| !is_given(*id, Numbered::Outbox)) {
        return Err(broken(format_args!("outbox row {id} was never numbered")));
    }
    let records = changes.events.iter().map(|row| row.id).chain(changes.decisions.iter().map(|row| row.id));
    match records.into_iter().find(|id| !is_given(*id, Numbered::Records)) {
        Some(id) => Err(broken(format_args!("record {id} was never numbered"))),
        None => Ok(()),
    }
}

/// Everybody whom a row is about.
fn contacts_of(changes: &Changes) -> impl Iterator<Item = ContactId> + '_ {
    (changes.contacts.iter().map(|row| row.id))
        .chain(changes.keys.iter().filter_map(|(_, id)| *id))
        .chain(changes.joined.iter().flat_map(|(id, into)| [*id, *into]))
        .chain(changes.ended.iter().map(|row| row.contact))
        .chain(changes.events.iter().map(|row| row.contact))
        .chain(changes.outbox.iter().map(|row| row.contact))
        .chain(changes.handoffs.iter().map(|row| row.contact))
        .chain(changes.decisions.iter().map(|row| row.contact))
        .chain(changes.stages.iter().map(|row| row.contact))
        .chain(changes.scores.iter().map(|row| row.contact))
}
