//! What is wrong with the tail of a store that is looked through.

use super::lying::{self, Bounds, Damage, KeptSum};
use super::sum;
use crate::doctor::{Findings, Kind, Subject};
use crate::store::Slot;
use crate::store::sqlite::fault::Trouble;
use rusqlite::Connection;

/// Adds what Flow never writes there. True where all of it holds.
pub(in super::super) fn examine(connection: &Connection, found: &mut Findings) -> Result<bool, Trouble> {
    match records(connection, found) {
        Ok(true) => return Ok(true),
        // A table that is not there, a page that cannot be read, a slot that says nothing: that is told by whoever looks for it.
        Err(trouble) if !trouble.is_damage() => return Err(trouble),
        Ok(false) | Err(_) => {}
    }
    // Whoever stands in it is older in the tables.
    found.is_partial();
    Ok(false)
}

/// True where each record holds, and all together.
fn records(connection: &Connection, found: &mut Findings) -> Result<bool, Trouble> {
    let slot = Slot::FIRST;
    let bounds = Bounds::of(connection, slot)?;
    let (mut all, mut count, mut is_whole) = (0_u64, 0, true);
    let mut tell = |damage: Option<Damage>| {
        if let Some(Damage { table, place, words }) = damage {
            is_whole = false;
            found.add(Kind::DamagedJournal, Subject::Named(format!("{table} {place}")), words);
        }
    };
    lying::each_of_contacts(connection, bounds, lying::BEGINNING, |record, _| {
        (all, count) = (all.wrapping_add(record.digest), count + 1);
        tell(record.read.err());
        Ok(())
    })?;
    lying::each_of_keys(connection, bounds, lying::BEGINNING, |record| {
        (all, count) = (all.wrapping_add(record.digest), count + 1);
        tell(record.read.err());
        Ok(())
    })?;
    match lying::known_to(connection, slot)? {
        Ok(known_to) => all = all.wrapping_add(sum::of_known(known_to)),
        Err(damage) => tell(Some(damage)),
    }
    // What is told by itself explains it.
    if let Some(words) = KeptSum::of(connection, slot)?.disagrees(all, count).filter(|_| is_whole) {
        is_whole = false;
        found.add(Kind::DamagedJournal, Subject::Store, words);
    }
    Ok(is_whole)
}
