//! What every store asks of a batch before it writes: the mistakes that can be seen without looking anything up.
//!
//! A row that fails here was made by a fault in Flow, never by an operator, so all of them say the same thing to do.

use super::{Changes, ContactId, StoreError, StoreFault};

/// The highest number a row may have: stores keep numbers as signed 64-bit integers.
pub(super) const MAX_ID: u64 = i64::MAX as u64;

/// An error of ours: a row that the engine must never make.
pub(super) fn broken(what: impl std::fmt::Display) -> StoreError {
    StoreError {
        fault: StoreFault::Other,
        message: format!("a batch was refused and nothing of it was kept: {what}"),
        help: "this is a fault in Flow itself, please report it with this message".to_owned(),
        path: None,
    }
}

/// Checks each row by itself. Returns the next free contact id after the batch.
pub(super) fn check_rows(changes: &Changes, texts: usize, next_contact: u64) -> Result<u64, StoreError> {
    let next = next_after(changes, next_contact)?;
    check_texts(changes, texts)?;
    check_owners(changes, next)?;
    match changes
        .outbox
        .iter()
        .map(|row| row.id)
        .chain(changes.settled.iter().map(|row| row.id))
        .find(|id| *id > MAX_ID)
    {
        Some(id) => Err(broken(format_args!("outbox row {id} has a number out of range"))),
        None => Ok(next),
    }
}

fn next_after(changes: &Changes, next_contact: u64) -> Result<u64, StoreError> {
    let mut next = next_contact;
    for ContactId(id) in changes.contacts.iter().map(|contact| contact.id) {
        if id == 0 || id >= MAX_ID {
            return Err(broken(format_args!("contact {id} has a number out of range")));
        }
        next = next.max(id + 1);
    }
    Ok(next)
}

fn check_texts(changes: &Changes, expected: usize) -> Result<(), StoreError> {
    for contact in &changes.contacts {
        if let Some(texts) = &contact.texts
            && texts.len() != expected
        {
            let (id, found) = (contact.id.0, texts.len());
            return Err(broken(format_args!("contact {id} has {found} texts where the program has {expected}")));
        }
    }
    Ok(())
}

/// Contacts are numbered upwards, so one comparison finds a row of someone who was never numbered.
fn check_owners(changes: &Changes, next: u64) -> Result<(), StoreError> {
    let owners = (changes.keys.iter().filter_map(|(_, id)| *id))
        .chain(changes.joined.iter().flat_map(|(id, into)| [*id, *into]))
        .chain(changes.journeys.iter().map(|row| row.contact))
        .chain(changes.events.iter().map(|row| row.contact))
        .chain(changes.outbox.iter().map(|row| row.contact))
        .chain(changes.handoffs.iter().map(|row| row.contact))
        .chain(changes.decisions.iter().map(|row| row.contact));
    for ContactId(id) in owners {
        if id == 0 || id >= next {
            return Err(broken(format_args!("a row belongs to contact {id}, who was never numbered")));
        }
    }
    Ok(())
}
