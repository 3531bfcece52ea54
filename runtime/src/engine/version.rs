//! A new version of the program over an old store (E10): frames grow, new facts remember what was before, and everybody is looked at once.
//!
//! Nothing is rewritten at once. A frame of an earlier version is a beginning of today's, so it grows when its contact is loaded; and
//! whoever was last looked at under an earlier version is due at the instant at which the store was opened. What has become true by
//! the change alone is no entry, as at an import: nobody enters because of what was so before. A goal or an exit that now holds ends a
//! journey, as they reach everybody at once.

use super::contact::{Contact, literal};
use super::error::EngineError;
use super::index::PatternIndex;
use super::react::Cause;
use super::recount::Recount;
use super::touch::Touch;
use super::{Engine, Plan};
use crate::inbound::SegmentReader;
use crate::store::{
    Batch, Changes, ContactId, ContactRecord, ContactWrite, DueContact, MessageId, OutboxRecord, Owner, Questions,
    Slot, SlotBatch, SlotSink, SlotState, Store, StoreError, Texts, Wish,
};
use flow_ir::{Fact, FactId, Layout, NEVER, Program};
use std::collections::{BTreeMap, BTreeSet};

/// How many contacts are filled together.
pub(super) const FILLED_CONTACTS: usize = 500;

/// When a contact of an earlier version is next looked at.
pub(super) fn due(next_at: Option<i64>, opened_at: i64) -> i64 {
    next_at.map_or(opened_at, |at| at.min(opened_at))
}

impl<S: Store> Engine<S> {
    /// Looks at a contact whom this version of the program has not seen.
    pub(super) fn look_again(&mut self, contact: &mut Contact) -> Result<(), EngineError> {
        let was_due = contact.next_at;
        let now = self.now().0;
        let plan = std::sync::Arc::clone(&self.plan);
        // What the item at hand says of them comes behind this, and before anything leaves.
        let held_back = self.outbox.hold_all_back();
        let mut touch = Touch::new((&plan, &*self.backend), &mut self.batch, &mut self.outbox, contact, now);
        touch.refuse_gone();
        touch.renew_holds();
        touch.react(&Cause::Import);
        // What is due at this very instant, and when everybody is due next.
        touch.react(&Cause::Due);
        touch.let_out();
        touch.reschedule(&Cause::Due);
        self.outbox.hold_as_before(held_back);
        self.batch.take_failure()?;
        contact.layout = self.plan.program.lineage.version;
        self.due.move_to(contact.id, was_due, contact.next_at);
        self.dirty.push(contact.id);
        Ok(())
    }
}

/// Brings what an earlier version wrote to the layout of this one.
pub(super) fn grow(contact: &mut Contact, plan: &Plan) {
    grow_frame(&mut contact.frame, &mut contact.texts, &plan.program);
    let kept = contact.journeys.iter_mut().map(|journey| (journey.record.workflow, &mut journey.record.memory));
    // An entry that is held has the memory of the journey that would begin.
    let held = contact.held.iter_mut().map(|entry| (entry.workflow, &mut entry.memory));
    for (workflow, memory) in kept.chain(held) {
        let id = flow_ir::WorkflowId(workflow);
        if plan.program.workflows.get(id).is_some() {
            extend(memory, &plan.workflow(id).blank);
        }
    }
}

pub(super) fn extend(bytes: &mut Vec<u8>, blank: &[u8]) {
    bytes.extend_from_slice(blank.get(bytes.len()..).unwrap_or_default());
}

fn grow_frame(frame: &mut Vec<u8>, texts: &mut Texts, program: &Program) {
    texts.grow(program.texts.len());
    let layout = &program.frame;
    let had = frame.len();
    if had >= layout.size as usize {
        return;
    }
    extend(frame, &layout.blank());
    let is_new = |slot| layout.slots.get(slot).is_some_and(|slot: &flow_ir::Slot| slot.offset as usize >= had);
    for fill in program.lineage.fills.iter().filter(|fill| is_new(fill.slot)) {
        let held = layout.is_known(frame, fill.from).then(|| layout.read(frame, fill.from));
        let value = held.and_then(|held| match &fill.values {
            None => Some(held),
            Some(values) => values.get(usize::try_from(held).ok()?).copied().flatten(),
        });
        if let Some(value) = value {
            layout.write(frame, fill.slot, value);
            layout.set_known(frame, fill.slot, true);
        }
    }
    for field in program.fields.values() {
        let (Some(slot), Some(text)) = (field.slot.filter(|slot| is_new(*slot)), field.text) else { continue };
        if let Some(text) = texts.get(flow_ir::Id::index(text)) {
            layout.write(frame, slot, literal(field, text));
            layout.set_known(frame, slot, true);
        }
    }
}

/// Puts an instant into a fact's ring, newest first; one that is in it is not put in again.
fn remember(layout: &Layout, frame: &mut [u8], fact: &Fact, occurred_at: i64) {
    let mut carried = occurred_at;
    for nth in 0..fact.depth {
        let kept = layout.read(frame, fact.slot(nth));
        if carried > kept {
            layout.write(frame, fact.slot(nth), carried);
            carried = kept;
        }
    }
}

/// Fills facts that no version before this one kept from the log, and what `journeys` ask that is new to them. It may be done again: the
/// same events are read, those facts begin anew, and a journey that has been filled is as long as those of today.
pub(crate) fn recall(
    store: &mut impl Store,
    program: &Program,
    facts: &BTreeSet<FactId>,
    journeys: bool,
) -> Result<(), StoreError> {
    let mut recount = if journeys { Recount::find(store, program)? } else { Recount::default() };
    let mut found: BTreeMap<ContactId, BTreeMap<FactId, Vec<i64>>> = BTreeMap::new();
    let (index, reader) = (PatternIndex::new(program), SegmentReader::new(program));
    let mut of_pattern: BTreeMap<_, Vec<FactId>> = BTreeMap::new();
    for id in facts {
        let Some(fact) = program.facts.get(*id) else { continue };
        of_pattern.entry(fact.pattern).or_default().push(*id);
    }
    let mut number = 0;
    let mut records = store.records()?;
    loop {
        let page = records.events_after(number)?;
        let Some(last) = page.last() else { break };
        number = last.id;
        for event in page {
            let properties: serde_json::Map<_, _> = serde_json::from_str(&event.properties).unwrap_or_default();
            let matched = index.said_in_log(&reader, &event, properties.clone());
            recount.take(&event, &matched, reader.meaning(&event.name).mail, &properties);
            for fact in matched.iter().filter_map(|pattern| of_pattern.get(pattern)).flatten() {
                let depth = program.facts.get(*fact).map_or(0, |fact| fact.depth as usize);
                let instants = found.entry(event.contact).or_default().entry(*fact).or_default();
                instants.push(event.occurred_at);
                instants.sort_unstable_by(|one, next| next.cmp(one));
                instants.truncate(depth);
            }
        }
    }
    let mut slots = SlotWriter::take(store)?;
    let contacts: BTreeSet<ContactId> = found.keys().copied().chain(recount.contacts()).collect();
    let contacts: Vec<ContactId> = contacts.into_iter().collect();
    for contacts in contacts.chunks(FILLED_CONTACTS) {
        let mut changes = Changes::default();
        let questions = Questions { contacts: contacts.to_vec(), ..Questions::default() };
        for mut record in store.ask(&questions)?.contacts {
            grow_frame(&mut record.frame, &mut record.texts, program);
            for (fact, instants) in found.get(&record.id).into_iter().flatten() {
                let Some(fact) = program.facts.get(*fact) else { continue };
                forget(program, &mut record.frame, fact);
                instants.iter().for_each(|at| remember(&program.frame, &mut record.frame, fact, *at));
            }
            recount.fill(&mut record, program);
            let ContactRecord { id, frame, texts, next_at, layout, newest, kept, held, said_at } = record;
            let texts = Some(texts);
            let write = ContactWrite { id, layout, frame, texts, next_at, newest, kept, held, said_at };
            changes.contacts.push(&write);
        }
        slots.write(store, changes)?;
    }
    slots.give_up(store)
}

/// The slot of a store, in the hands of somebody who only brings it up to date.
struct SlotWriter {
    owner: Owner,
    slot: Slot,
    state: SlotState,
}

impl SlotWriter {
    fn take(store: &mut impl Store) -> Result<SlotWriter, StoreError> {
        let owner = store.tend(Wish { slots: 1 })?.owner;
        let slot = Slot::FIRST;
        Ok(SlotWriter { owner, slot, state: store.open(slot, 0, &mut Nobody)?.state })
    }

    fn write(&mut self, store: &mut impl Store, changes: Changes) -> Result<(), StoreError> {
        self.state.number += 1;
        let slot = SlotBatch { slot: self.slot, state: self.state, changes };
        store.commit(Batch { owner: self.owner, slots: vec![slot] })
    }

    fn give_up(self, store: &mut impl Store) -> Result<(), StoreError> {
        store.release(self.slot)
    }
}

/// Who wants nothing of what is in a slot.
struct Nobody;

impl SlotSink for Nobody {
    fn messages(&mut self, _: Vec<MessageId>) {}
    fn contacts(&mut self, _: &[DueContact]) {}
    fn outbox(&mut self, _: Vec<OutboxRecord>) {}
}

/// A ring begins anew, with nothing.
fn forget(program: &Program, frame: &mut [u8], fact: &Fact) {
    (0..fact.depth).for_each(|nth| program.frame.write(frame, fact.slot(nth), NEVER));
}
