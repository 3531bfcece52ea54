//! What one commit will write, as it is gathered.
//!
//! Numbers that are given out (contacts, outbox rows, turns in a team) are part of it: they are handed out in the order in which
//! items are handled and kept by the same commit, so neither the border between two batches nor a crash at it changes a number.

use super::cache::Cache;
use super::contact::Told;
use super::counter;
use super::error::EngineError;
use super::rate::Places;
use super::roster::Roster;
use super::told::Happened;
use super::unheard::Unheard;
use crate::store::{
    Actor, ChangedBy, Changes, ContactId, DecisionCode, DecisionRecord, EventRecord, HandoffRecord, JourneyRecord,
    JourneyValue, OutboxSettlement, ScoreRecord, Slot, SlotBatch, SlotState, StageRecord, Total, day_of,
};
use flow_ir::{Id, Program, TeamId, WorkflowId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug)]
pub(super) struct Batch {
    pub(super) changes: Changes,
    slot: Slot,
    /// The slot as it stands with what has been given out.
    state: SlotState,
    /// What each team has given out.
    rosters: Vec<Roster>,
    /// Of a team that is none.
    no_roster: Roster,
    /// The same as the store has them.
    kept_rosters: Vec<Roster>,
    /// For each workflow that has a rate, or had one, the places of those who come in.
    places: BTreeMap<WorkflowId, Places>,
    /// The same as the store has them.
    kept_places: BTreeMap<WorkflowId, Places>,
    /// The version of the program.
    version: u32,
    counters: BTreeMap<&'static str, i64>,
    /// The names of events that sound like a refusal, and have a counter.
    pub(super) unheard: Unheard,
    /// What an operator has to know of it.
    pub(super) happened: Happened,
    /// What else is counted.
    totals: BTreeMap<Total, i64>,
    /// Records of the log that do not know the one before them yet, in order.
    unchained: Vec<Unchained>,
    /// How many items have been handled since the last flush.
    pub(super) items: usize,
    pub(super) tally: Tally,
    /// The last record that was handed over.
    pub(super) handed: u64,
    /// The first thing that went wrong in the item at hand.
    failure: Option<EngineError>,
}

/// A record of the log: where it stands in the batch, and about whom it is.
#[derive(Debug, Clone, Copy)]
enum Unchained {
    Event(usize),
    Decision(usize),
}

/// How much has been done since the engine was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) events: u64,
    pub(super) steps: u64,
    pub(super) mails: u64,
}

impl Batch {
    /// Begins where a slot stands.
    pub(super) fn new(
        slot: Slot,
        state: SlotState,
        actors: &BTreeMap<Actor, Vec<u8>>,
        program: &Program,
    ) -> Result<Batch, EngineError> {
        let roster = |team: &flow_ir::Team| {
            actors.get(&Actor::Team(team.name.clone())).map(|kept| Roster::read(kept)).unwrap_or_default()
        };
        let rosters: Vec<Roster> = program.teams.values().map(roster).collect();
        let paced = program.workflows.iter().filter(|(_, workflow)| workflow.turn.is_some());
        let places = paced.map(|(id, workflow)| Ok((id, Places::load(actors, &workflow.name)?)));
        let places = places.collect::<Result<BTreeMap<_, _>, EngineError>>()?;
        Ok(Batch {
            changes: Changes::default(),
            slot,
            handed: last_record(slot, state),
            state,
            kept_rosters: rosters.clone(),
            rosters,
            no_roster: Roster::default(),
            kept_places: places.clone(),
            places,
            version: program.lineage.version,
            counters: BTreeMap::new(),
            unheard: Unheard::default(),
            happened: Happened::default(),
            totals: BTreeMap::new(),
            unchained: Vec::new(),
            items: 0,
            tally: Tally::default(),
            failure: None,
        })
    }

    pub(super) fn count(&mut self, counter: &'static str) {
        *self.counters.entry(counter).or_default() += 1;
    }

    /// Counts an event that sounds like a refusal and is none.
    pub(super) fn count_unheard(&mut self, name: &str) {
        let counter = self.unheard.counter(name);
        self.total(counter);
    }

    pub(super) fn total(&mut self, total: Total) {
        *self.totals.entry(total).or_default() += 1;
    }

    /// Records a decision; its numbers and the version are filled in here.
    pub(super) fn decide(&mut self, decision: DecisionRecord) {
        self.count_for_pulse(decision.code);
        let id = self.next_record();
        self.unchained.push(Unchained::Decision(self.changes.decisions.len()));
        self.changes.decisions.push(DecisionRecord { id, version: self.version, ..decision });
    }

    /// What tells how things stand without looking at a store's whole past.
    fn count_for_pulse(&mut self, code: DecisionCode) {
        match code {
            DecisionCode::Entered => self.count(counter::JOURNEYS_BEGUN),
            DecisionCode::Sent => self.count(counter::MAILS_SENT),
            code if code.is_end() => self.count(counter::JOURNEYS_ENDED),
            _ => {}
        }
    }

    /// Records an event; its number is filled in here.
    pub(super) fn log(&mut self, event: EventRecord) {
        self.tally.events += 1;
        let id = self.next_record();
        self.unchained.push(Unchained::Event(self.changes.events.len()));
        self.changes.events.push(EventRecord { id, ..event });
    }

    /// Writes into the ledgers what has changed of stage and score.
    pub(super) fn change(&mut self, contact: ContactId, at: i64, (before, now): (Told, Told), by: ChangedBy) {
        if before.stage != now.stage {
            let (from, to) = (before.stage, now.stage);
            self.changes.stages.push(StageRecord { contact, at, from, to, by });
        }
        if before.score != now.score {
            let change = now.score.saturating_sub(before.score);
            self.changes.scores.push(ScoreRecord { contact, at, change, score: now.score, by });
        }
    }

    /// A journey's goal was met, so long after the entry.
    pub(super) fn convert(&mut self, journey: &JourneyRecord, now: i64) {
        self.total(Total::conversion(journey.workflow, journey.version, journey.entered_at, now));
    }

    /// Something was done with a mail.
    pub(super) fn engage(&mut self, at: i64, email: u32, code: DecisionCode, link: String, by_machine: bool) {
        self.total(Total::Engagements { day: day_of(at), email, code, link, by_machine });
    }

    /// A journey that nobody asks for any more.
    pub(super) fn end_journey(&mut self, journey: JourneyRecord) {
        self.changes.ended.push(journey);
    }

    pub(super) fn settle(&mut self, settlement: OutboxSettlement) {
        self.changes.settled.push(settlement);
    }

    /// A journey has begun that is for a value.
    pub(super) fn tell_value(&mut self, value: JourneyValue) {
        self.changes.values.push(value);
    }

    pub(super) fn hand_off(&mut self, handoff: HandoffRecord) {
        self.changes.handoffs.push(handoff);
    }

    pub(super) fn slot(&self) -> Slot {
        self.slot
    }

    pub(super) fn next_outbox(&mut self) -> u64 {
        self.state.next_outbox += 1;
        self.slot.global(self.state.next_outbox - 1)
    }

    /// Whether nobody was ever in the store.
    pub(super) fn knows_nobody(&self) -> bool {
        self.state.next_contact <= 1
    }

    pub(super) fn next_contact(&mut self) -> ContactId {
        self.state.next_contact += 1;
        ContactId::new(self.slot, self.state.next_contact - 1)
    }

    fn next_record(&mut self) -> u64 {
        self.state.next_record += 1;
        self.slot.global(self.state.next_record - 1)
    }

    /// The number of the newest record of the log.
    pub(super) fn last_record(&self) -> u64 {
        last_record(self.slot, self.state)
    }

    /// What somebody did after a record, as far as it is in hand.
    pub(super) fn events_of(&self, people: &BTreeSet<ContactId>, after: u64) -> impl Iterator<Item = &EventRecord> {
        let events = &self.changes.events;
        let later = events.get(events.partition_point(|event| event.id <= after)..).unwrap_or_default();
        later.iter().filter(|event| people.contains(&event.contact))
    }

    /// A contact, and whoever was joined into them since the last batch was handed over.
    pub(super) fn with_joined(&self, contact: ContactId) -> BTreeSet<ContactId> {
        let mut all = BTreeSet::from([contact]);
        for (id, into) in self.changes.joined.iter().rev() {
            if all.contains(into) {
                all.insert(*id);
            }
        }
        all
    }

    /// What occurred before is history (E3).
    pub(super) fn first_day(&self) -> i64 {
        self.state.first_day
    }

    pub(super) fn set_first_day(&mut self, first: i64) {
        self.state.first_day = first;
    }

    /// What a team has given out.
    pub(super) fn roster(&mut self, team: TeamId) -> &mut Roster {
        self.rosters.get_mut(team.index()).unwrap_or(&mut self.no_roster)
    }

    /// The places of a workflow that has a rate.
    pub(super) fn places(&mut self, workflow: WorkflowId) -> &mut Places {
        self.places.entry(workflow).or_default()
    }

    /// Keeps the first failure: what follows may only be its consequence.
    pub(super) fn fail(&mut self, error: EngineError) {
        self.failure.get_or_insert(error);
    }

    pub(super) fn take_failure(&mut self) -> Result<(), EngineError> {
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Everybody about whom something is recorded in this batch.
    pub(super) fn recorded(&self) -> impl Iterator<Item = ContactId> + '_ {
        self.unchained.iter().filter_map(|record| match record {
            Unchained::Event(place) => self.changes.events.get(*place).map(|event| event.contact),
            Unchained::Decision(place) => self.changes.decisions.get(*place).map(|decision| decision.contact),
        })
    }

    /// Tells each record of this batch the one before it of the same contact, who must be loaded.
    pub(super) fn chain(&mut self, cache: &mut Cache) -> Result<(), EngineError> {
        let Changes { events, decisions, .. } = &mut self.changes;
        for record in self.unchained.drain(..) {
            let found = match record {
                Unchained::Event(place) => {
                    events.get_mut(place).map(|event| (event.contact, event.id, &mut event.previous))
                }
                Unchained::Decision(place) => {
                    decisions.get_mut(place).map(|row| (row.contact, row.id, &mut row.previous))
                }
            };
            let Some((contact, id, previous)) = found else { continue };
            let missing =
                || EngineError::Fault { problem: format!("contact {} of record {id} is not there", contact.0) };
            let contact = cache.get_mut(contact).ok_or_else(missing)?;
            *previous = std::mem::replace(&mut contact.newest, id);
            contact.dirty = true;
        }
        Ok(())
    }

    /// Everything as the store takes it, at an instant of the clock. The next batch begins.
    pub(super) fn close(&mut self, program: &Program, clock: i64) -> SlotBatch {
        let next = Changes::after(&self.changes);
        let mut changes = std::mem::replace(&mut self.changes, next);
        for (id, team) in program.teams.iter() {
            let (kept, roster) = (self.kept_rosters.get_mut(id.index()), self.rosters.get(id.index()));
            if let (Some(kept), Some(roster)) = (kept, roster)
                && kept != roster
            {
                changes.actors.push((Actor::Team(team.name.clone()), roster.bytes()));
                kept.clone_from(roster);
            }
        }
        for (id, places) in &self.places {
            if self.kept_places.get(id) != Some(places)
                && let Some(workflow) = program.workflows.get(*id)
            {
                changes.actors.push((Places::actor(&workflow.name), places.bytes()));
                self.kept_places.insert(*id, places.clone());
            }
        }
        let counters = std::mem::take(&mut self.counters).into_iter();
        let counters = counters.map(|(name, add)| (Total::Counter(name.to_owned()), add));
        changes.totals = counters.chain(changes.rolled_up()).chain(std::mem::take(&mut self.totals)).collect();
        self.state.number += 1;
        self.state.clock = clock;
        self.handed = self.last_record();
        SlotBatch { slot: self.slot, state: self.state, changes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counters.is_empty() && self.totals.is_empty() && self.changes.is_empty()
    }
}

fn last_record(slot: Slot, state: SlotState) -> u64 {
    slot.global(state.next_record.saturating_sub(1))
}
