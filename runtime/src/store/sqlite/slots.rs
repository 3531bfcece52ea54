//! Where slots stand, and what belongs to a slot and to no contact.

use super::codes::{damaged, id, sql_id};
use super::fault::Trouble;
use crate::store::{Actor, MAX_NUMBER, Opened, Slot, SlotState};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeMap;

const SELECT: &str = "SELECT number, clock, first_day, next_contact, next_outbox, next_record FROM slot";

fn read(row: &Row<'_>) -> rusqlite::Result<SlotState> {
    Ok(SlotState {
        number: id(row, 0)?,
        clock: row.get(1)?,
        first_day: row.get(2)?,
        next_contact: id(row, 3)?,
        next_outbox: id(row, 4)?,
        next_record: id(row, 5)?,
    })
}

/// Goes on to the next number, if the slot stands at the one before. Otherwise somebody else has written to it.
pub(super) fn advance(connection: &Connection, slot: Slot, state: &SlotState) -> Result<(), Trouble> {
    let sql = if state.number == 1 {
        "INSERT INTO slot (slot, number, clock, first_day, next_contact, next_outbox, next_record) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (slot) DO NOTHING"
    } else {
        "UPDATE slot SET number = ?2, clock = ?3, first_day = ?4, next_contact = ?5, next_outbox = ?6, next_record = ?7 \
         WHERE slot = ?1 AND number = ?2 - 1"
    };
    let changed = connection.prepare_cached(sql)?.execute(params![
        slot.index(),
        sql_id(state.number),
        state.clock,
        state.first_day,
        sql_id(state.next_contact),
        sql_id(state.next_outbox),
        sql_id(state.next_record),
    ])?;
    if changed == 1 { Ok(()) } else { Err(Trouble::Lost) }
}

/// How many batches were written, over all slots.
pub(super) fn batches(connection: &Connection) -> Result<u64, Trouble> {
    let mut statement = connection.prepare_cached("SELECT coalesce(sum(number), 0) FROM slot")?;
    Ok(statement.query_row([], |row| id(row, 0))?)
}

pub(super) fn write_reads(connection: &Connection, slot: Slot, reads: &[(String, Vec<u8>)]) -> Result<(), Trouble> {
    let sql = "INSERT INTO stream_place (slot, stream, place) VALUES (?1, ?2, ?3) \
               ON CONFLICT (slot, stream) DO UPDATE SET place = excluded.place";
    let mut statement = connection.prepare_cached(sql)?;
    for (stream, place) in reads {
        statement.execute(params![slot.index(), stream, place])?;
    }
    Ok(())
}

pub(super) fn write_actors(connection: &Connection, slot: Slot, actors: &[(Actor, Vec<u8>)]) -> Result<(), Trouble> {
    let sql = "INSERT INTO actor (slot, kind, name, state) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT (slot, kind, name) DO UPDATE SET state = excluded.state";
    let mut statement = connection.prepare_cached(sql)?;
    for (actor, state) in actors {
        statement.execute(params![slot.index(), actor.kind(), actor.name(), state])?;
    }
    Ok(())
}

/// What has a number that is still to be given: a row that would be overwritten, or refused, once it is.
pub(super) fn ahead(connection: &Connection, slot: Slot) -> Result<Option<String>, Trouble> {
    let sql = format!("{SELECT} WHERE slot = ?1");
    let state = connection.prepare_cached(&sql)?.query_row(params![slot.index()], read).optional()?.unwrap_or_default();
    let SlotState { next_contact, next_outbox, next_record, .. } = state;
    let tables =
        [("contact", next_contact), ("outbox", next_outbox), ("event", next_record), ("decision", next_record)];
    for (table, next) in tables {
        let sql = format!("SELECT max(id) FROM {table} WHERE id BETWEEN ?1 AND ?2");
        let (next, last) = (sql_id(slot.global(next)), sql_id(slot.global(MAX_NUMBER)));
        let ahead: Option<i64> = connection.query_row(&sql, params![next, last], |row| row.get(0))?;
        if let Some(ahead) = ahead {
            return Ok(Some(format!("{table} {ahead} has a number that is still to be given: the next is {next}")));
        }
    }
    Ok(None)
}

/// A slot, without what is handed over in pages.
pub(super) fn open(connection: &Connection, slot: Slot) -> Result<Opened, Trouble> {
    let mut state = connection.prepare_cached(&format!("{SELECT} WHERE slot = ?1"))?;
    let mut reads = connection.prepare_cached("SELECT stream, place FROM stream_place WHERE slot = ?1")?;
    let mut actors = connection.prepare_cached("SELECT kind, name, state FROM actor WHERE slot = ?1")?;
    let slot = slot.index();
    Ok(Opened {
        state: state.query_row([slot], read).optional()?.unwrap_or_default(),
        reads: reads
            .query_map([slot], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<BTreeMap<_, _>>>()?,
        actors: actors.query_map([slot], actor)?.collect::<rusqlite::Result<BTreeMap<_, _>>>()?,
    })
}

fn actor(row: &Row<'_>) -> rusqlite::Result<(Actor, Vec<u8>)> {
    let actor = Actor::of(row.get(0)?, row.get(1)?).ok_or_else(|| damaged(0, Type::Integer))?;
    Ok((actor, row.get(2)?))
}

/// What actors keep, in whichever slot.
pub(super) fn actors(connection: &Connection) -> Result<BTreeMap<Actor, Vec<u8>>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT kind, name, state FROM actor")?;
    Ok(statement.query_map([], actor)?.collect::<rusqlite::Result<_>>()?)
}

/// How far each stream of input was read, in its reader's own words.
pub(super) fn reads(connection: &Connection) -> Result<BTreeMap<String, Vec<u8>>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT stream, place FROM stream_place ORDER BY slot")?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn all(connection: &Connection) -> Result<Vec<SlotState>, Trouble> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} ORDER BY slot"))?;
    Ok(statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
}
