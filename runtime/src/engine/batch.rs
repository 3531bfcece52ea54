//! What one commit will write, as it is gathered.
//!
//! Numbers that are given out (contacts, outbox rows, turns in a team) are part of it: they are handed out in the order in which
//! items are handled and kept by the same commit, so neither the border between two batches nor a crash at it changes a number.

use super::error::EngineError;
use crate::store::{
    Changes, ContactId, DecisionRecord, EventRecord, HandoffRecord, JourneyRecord, OutboxKind, OutboxRecord,
    OutboxSettlement, Store,
};
use flow_ir::{Id, Program, TeamId};
use std::collections::BTreeMap;

/// The names under which a store keeps what is given out.
const NEXT_OUTBOX: &str = "next_outbox";
const TURN: &str = "turn.";

/// The numbers that come next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sequences {
    next_contact: u64,
    next_outbox: u64,
    /// For each team, the member whose turn it is.
    turns: Vec<u64>,
}

impl Sequences {
    pub(super) fn load(store: &mut impl Store, program: &Program) -> Result<Sequences, EngineError> {
        let turns = program.teams.values().map(|team| number(store, &format!("{TURN}{}", team.name)));
        Ok(Sequences {
            turns: turns.map(|turn| Ok(turn?.unwrap_or(0))).collect::<Result<_, EngineError>>()?,
            next_contact: store.next_contact()?.0,
            next_outbox: number(store, NEXT_OUTBOX)?.unwrap_or(1),
        })
    }
}

/// A whole number kept under a name.
pub(super) fn number(store: &mut impl Store, name: &str) -> Result<Option<u64>, EngineError> {
    let Some(bytes) = store.meta(name)? else { return Ok(None) };
    let bytes = bytes.try_into().map_err(|_| EngineError::Damaged { name: name.to_owned() })?;
    Ok(Some(u64::from_le_bytes(bytes)))
}

/// An outbox row that was queued by this batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Queued {
    pub(super) due_at: i64,
    pub(super) id: u64,
    pub(super) contact: ContactId,
    pub(super) is_mail: bool,
}

#[derive(Debug)]
pub(super) struct Batch {
    pub(super) changes: Changes,
    pub(super) queued: Vec<Queued>,
    counters: BTreeMap<&'static str, i64>,
    sequences: Sequences,
    /// The sequences as the store has them.
    kept: Sequences,
    /// How many items have been handled since the last flush.
    pub(super) items: usize,
    pub(super) tally: Tally,
    /// The first thing that went wrong in the item at hand.
    failure: Option<EngineError>,
    /// Whether a handoff must wait until the mails before it are delivered.
    pub(super) handoffs_wait: bool,
    /// Whether one had to.
    pub(super) handoff_waited: bool,
}

/// How much has been done since the engine was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) events: u64,
    pub(super) steps: u64,
    pub(super) mails: u64,
}

/// A batch as it stood before an item.
#[derive(Debug)]
pub(super) struct Mark {
    keys: usize,
    joined: usize,
    journeys: usize,
    events: usize,
    outbox: usize,
    settled: usize,
    handoffs: usize,
    decisions: usize,
    queued: usize,
    counters: BTreeMap<&'static str, i64>,
    sequences: Sequences,
    tally: Tally,
}

impl Batch {
    pub(super) fn new(sequences: Sequences) -> Batch {
        Batch {
            changes: Changes::default(),
            queued: Vec::new(),
            counters: BTreeMap::new(),
            kept: sequences.clone(),
            sequences,
            items: 0,
            tally: Tally::default(),
            failure: None,
            handoffs_wait: false,
            handoff_waited: false,
        }
    }

    pub(super) fn count(&mut self, counter: &'static str) {
        *self.counters.entry(counter).or_default() += 1;
    }

    pub(super) fn decide(&mut self, decision: DecisionRecord) {
        self.changes.decisions.push(decision);
    }

    pub(super) fn log(&mut self, event: EventRecord) {
        self.tally.events += 1;
        self.changes.events.push(event);
    }

    pub(super) fn keep_journey(&mut self, journey: JourneyRecord) {
        self.changes.journeys.push(journey);
    }

    pub(super) fn settle(&mut self, settlement: OutboxSettlement) {
        self.changes.settled.push(settlement);
    }

    pub(super) fn hand_off(&mut self, handoff: HandoffRecord) {
        self.changes.handoffs.push(handoff);
    }

    /// Queues a row under the next number.
    pub(super) fn queue(&mut self, row: OutboxRecord) {
        let id = self.sequences.next_outbox;
        self.sequences.next_outbox += 1;
        let is_mail = row.kind == OutboxKind::Mail;
        self.queued.push(Queued { due_at: row.due_at, id, contact: row.contact, is_mail });
        self.changes.outbox.push(OutboxRecord { id, ..row });
    }

    pub(super) fn next_contact(&mut self) -> ContactId {
        let id = ContactId(self.sequences.next_contact);
        self.sequences.next_contact += 1;
        id
    }

    /// Whose turn it is in a team.
    pub(super) fn turn(&self, team: TeamId) -> u64 {
        self.sequences.turns.get(team.index()).copied().unwrap_or(0)
    }

    pub(super) fn set_turn(&mut self, team: TeamId, turn: u64) {
        if let Some(place) = self.sequences.turns.get_mut(team.index()) {
            *place = turn;
        }
    }

    /// Keeps the first failure: what follows may only be its consequence.
    pub(super) fn fail(&mut self, error: EngineError) {
        self.failure.get_or_insert(error);
    }

    pub(super) fn take_failure(&mut self) -> Result<(), EngineError> {
        self.failure.take().map_or(Ok(()), Err)
    }

    pub(super) fn mark(&self) -> Mark {
        let changes = &self.changes;
        Mark {
            keys: changes.keys.len(),
            joined: changes.joined.len(),
            journeys: changes.journeys.len(),
            events: changes.events.len(),
            outbox: changes.outbox.len(),
            settled: changes.settled.len(),
            handoffs: changes.handoffs.len(),
            decisions: changes.decisions.len(),
            queued: self.queued.len(),
            counters: self.counters.clone(),
            sequences: self.sequences.clone(),
            tally: self.tally,
        }
    }

    /// Forgets everything since the mark.
    pub(super) fn roll_back(&mut self, mark: Mark) {
        let changes = &mut self.changes;
        changes.keys.truncate(mark.keys);
        changes.joined.truncate(mark.joined);
        changes.journeys.truncate(mark.journeys);
        changes.events.truncate(mark.events);
        changes.outbox.truncate(mark.outbox);
        changes.settled.truncate(mark.settled);
        changes.handoffs.truncate(mark.handoffs);
        changes.decisions.truncate(mark.decisions);
        self.queued.truncate(mark.queued);
        (self.counters, self.sequences, self.tally) = (mark.counters, mark.sequences, mark.tally);
    }

    /// The numbers given out and the totals, as changes.
    pub(super) fn close(&mut self, program: &Program) {
        if self.sequences.next_outbox != self.kept.next_outbox {
            self.set_meta(NEXT_OUTBOX, self.sequences.next_outbox);
        }
        for (id, team) in program.teams.iter() {
            let turn = self.turn(id);
            if self.kept.turns.get(id.index()) != Some(&turn) {
                self.set_meta(&format!("{TURN}{}", team.name), turn);
            }
        }
        let counters = std::mem::take(&mut self.counters);
        self.changes.counters.extend(counters.into_iter().map(|(name, add)| (name.to_owned(), add)));
    }

    pub(super) fn set_meta(&mut self, name: &str, value: u64) {
        self.changes.meta.push((name.to_owned(), value.to_le_bytes().to_vec()));
    }

    /// Begins the next batch, after the store has taken this one.
    pub(super) fn kept(&mut self) {
        self.changes = Changes::default();
        self.kept = self.sequences.clone();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counters.is_empty() && self.changes.is_empty()
    }
}
