//! What one commit will write, as it is gathered.
//!
//! Numbers that are given out (contacts, outbox rows, turns in a team) are part of it: they are handed out in the order in which
//! items are handled and kept by the same commit, so neither the border between two batches nor a crash at it changes a number.

use super::error::EngineError;
use super::rate::Places;
use crate::store::{
    Changes, ContactId, DecisionRecord, EventRecord, HandoffRecord, JourneyRecord, OutboxSettlement, Store,
};
use flow_ir::{Id, Program, TeamId, WorkflowId};
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
    /// For each workflow that has a rate, or had one, the places of those who come in.
    places: BTreeMap<WorkflowId, Places>,
}

impl Sequences {
    pub(super) fn load(store: &mut impl Store, program: &Program) -> Result<Sequences, EngineError> {
        let paced = program.workflows.iter().filter(|(_, workflow)| workflow.turn.is_some());
        let places = paced.map(|(id, workflow)| Ok((id, Places::load(store, &workflow.name)?)));
        let places = places.collect::<Result<_, EngineError>>()?;
        let turns = program.teams.values().map(|team| number(store, &format!("{TURN}{}", team.name)));
        Ok(Sequences {
            places,
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

#[derive(Debug)]
pub(super) struct Batch {
    pub(super) changes: Changes,
    counters: BTreeMap<&'static str, i64>,
    sequences: Sequences,
    /// The sequences as the store has them.
    kept: Sequences,
    /// How many items have been handled since the last flush.
    pub(super) items: usize,
    pub(super) tally: Tally,
    /// The first thing that went wrong in the item at hand.
    failure: Option<EngineError>,
}

/// How much has been done since the engine was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) events: u64,
    pub(super) steps: u64,
    pub(super) mails: u64,
}

impl Batch {
    pub(super) fn new(sequences: Sequences) -> Batch {
        Batch {
            changes: Changes::default(),
            counters: BTreeMap::new(),
            kept: sequences.clone(),
            sequences,
            items: 0,
            tally: Tally::default(),
            failure: None,
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

    pub(super) fn next_outbox(&mut self) -> u64 {
        let id = self.sequences.next_outbox;
        self.sequences.next_outbox += 1;
        id
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

    /// The places of a workflow that has a rate.
    pub(super) fn places(&mut self, workflow: WorkflowId) -> &mut Places {
        self.sequences.places.entry(workflow).or_default()
    }

    /// Keeps the first failure: what follows may only be its consequence.
    pub(super) fn fail(&mut self, error: EngineError) {
        self.failure.get_or_insert(error);
    }

    pub(super) fn take_failure(&mut self) -> Result<(), EngineError> {
        self.failure.take().map_or(Ok(()), Err)
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
        for (id, places) in &self.sequences.places {
            if self.kept.places.get(id) != Some(places)
                && let Some(workflow) = program.workflows.get(*id)
            {
                self.changes.meta.push((Places::name(&workflow.name), places.bytes()));
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
