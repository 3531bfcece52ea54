//! A store in memory: for tests, simulations and dry runs. The contract's reference.
//!
//! It is shared: [`MemoryStore::another`] is a second process on the same store. Of two, a slot belongs to whoever took it last, and what
//! the other still writes is refused.

use super::batch::{Actor, Batch, Changes, Opened, SlotState, Total};
use super::check::{broken, check_batch, lost};
use super::digest::Snapshot;
use super::frame::Blank;
use super::record::{
    BlockCount, ContactRecord, ContactWrite, DecisionCode, DecisionCount, DecisionRecord, EventRecord, HandoffAnswer,
    HandoffCount, HandoffRecord, JourneyRecord, JourneyStatus, JourneyValue, MessageKey, OutboxRecord,
    OutboxSettlement, PositionCount, ScoreRecord, StageRecord, UnopenedCount,
};
use super::slot::{ContactId, Owner, Slot, Tended, Wish};
use super::stored::{Damaged, StoredContact, StoredTexts};
use super::written::{Packed, Written};
use super::{
    Answers, Astray, Charter, DueContact, DuePlace, JourneyKey, KeptProgram, PAGE_ROWS, Placed, Questions,
    QueuedBehind, RECENT_MESSAGES, Records, Rows, SlotSink, Store, StoreError, StoreFault, Texts, Ticket, kept,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A process on a store in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    shared: Arc<Mutex<Shared>>,
    owner: Owner,
    batches: u64,
}

/// Rows by their keys, with the few orders that reads ask for.
#[derive(Debug, Clone, Default)]
struct Shared {
    /// How many processes there have been.
    workers: u32,
    /// How often somebody took something over.
    epochs: u64,
    slots: BTreeMap<Slot, SlotState>,
    owners: BTreeMap<Slot, Owner>,
    reads: BTreeMap<(Slot, String), Vec<u8>>,
    actors: BTreeMap<(Slot, Actor), Vec<u8>>,
    charter: Charter,
    programs: BTreeMap<u32, KeptProgram>,
    contacts: BTreeMap<ContactId, Contact>,
    /// What their frames are kept as differences to.
    blank: Arc<Blank>,
    keys: BTreeMap<String, ContactId>,
    joined: BTreeMap<ContactId, ContactId>,
    ended: BTreeMap<JourneyKey, JourneyRecord>,
    /// By number, which is the order of arrival.
    events: BTreeMap<u64, EventRecord>,
    messages: BTreeSet<MessageKey>,
    /// By number, each with its receipt or reason.
    outbox: BTreeMap<u64, (OutboxRecord, String)>,
    /// The rows that wait for their instant.
    queued: BTreeSet<DuePlace>,
    /// Those that are claimed or promised.
    on_their_way: BTreeSet<u64>,
    handoffs: Vec<HandoffRecord>,
    answers: BTreeMap<(String, flow_ir::Answer), HandoffAnswer>,
    values: BTreeMap<(ContactId, u32, u32), JourneyValue>,
    decisions: BTreeMap<u64, DecisionRecord>,
    stages: Vec<StageRecord>,
    scores: Vec<ScoreRecord>,
    totals: BTreeMap<(Slot, Total), i64>,
}

/// Whoever asks for somebody has their number from the store.
fn no_contact(id: ContactId) -> StoreError {
    StoreError {
        fault: StoreFault::Corrupt,
        message: format!("the store is damaged: there is no contact {}", id.0),
        help: String::new(),
        path: None,
    }
}

#[derive(Debug, Clone)]
struct Contact {
    next_at: Option<i64>,
    layout: u32,
    newest: u64,
    /// Both packed, as a file keeps them.
    frame: Vec<u8>,
    kept: Vec<u8>,
    texts: Texts,
}

impl Contact {
    fn unpack_kept(&self, id: ContactId) -> Option<kept::Kept> {
        let packed = Packed { frame: &self.frame, kept: &self.kept, ..Packed::default() };
        let (mut journeys, mut held, mut said_at) = kept::Kept::default();
        packed.unpack_kept(id, (&mut journeys, &mut held, &mut said_at))?;
        Some((journeys, held, said_at))
    }

    fn stored<'s>(&'s self, id: ContactId, blank: &'s Blank) -> StoredContact<'s> {
        let Contact { next_at, layout, newest, frame, kept, texts } = self;
        let packed = Packed { next_at: *next_at, layout: *layout, newest: *newest, frame, kept };
        StoredContact::packed(id, packed, blank, StoredTexts::Whole(texts))
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another process on the same store.
    pub fn another(&self) -> MemoryStore {
        MemoryStore { shared: Arc::clone(&self.shared), owner: Owner::default(), batches: 0 }
    }

    /// Everything it holds.
    pub fn snapshot(&self) -> Snapshot {
        self.shared().snapshot()
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // A batch is checked before anything of it is written, so the rows are whole between any two statements.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn now(&self, id: ContactId) -> ContactId {
        self.joined.get(&id).copied().unwrap_or(id)
    }

    fn snapshot(&self) -> Snapshot {
        let whole = |(id, contact): (&ContactId, &Contact)| {
            contact.stored(*id, &self.blank).to_record().ok().map(ContactWrite::from)
        };
        let snapshot = Snapshot {
            contacts: self.contacts.iter().filter_map(whole).collect(),
            keys: self.keys.iter().map(|(key, id)| (key.clone(), *id)).collect(),
            joined: self.joined.iter().map(|(id, into)| (*id, *into)).collect(),
            ended: self.ended.values().cloned().collect(),
            events: self.events.values().cloned().collect(),
            outbox: self.outbox.values().cloned().collect(),
            handoffs: self.handoffs.clone(),
            answers: self.answers.values().cloned().collect(),
            values: self.values.values().cloned().collect(),
            decisions: self.decisions.values().cloned().collect(),
            stages: self.stages.clone(),
            scores: self.scores.clone(),
            totals: self.sums(),
        };
        snapshot.sorted()
    }

    /// The totals over all slots.
    fn sums(&self) -> BTreeMap<Total, i64> {
        let mut sums = BTreeMap::new();
        for ((_, total), value) in &self.totals {
            *sums.entry(total.clone()).or_default() += value;
        }
        sums
    }

    /// What a contact, and whoever was joined into them, did after a record of the log.
    fn events_of(&self, (id, after): (ContactId, u64)) -> Vec<EventRecord> {
        let joined = self.joined.iter().filter(|(_, into)| **into == id).map(|(id, _)| *id);
        let mut found = Vec::new();
        for of in joined.chain([id]) {
            let mut next = self.contacts.get(&of).map_or(0, |contact| contact.newest);
            while next > after {
                let event = self.events.get(&next);
                found.extend(event.cloned());
                let decision = || self.decisions.get(&next).map_or(0, |decision| decision.previous);
                next = event.map_or_else(decision, |event| event.previous);
            }
        }
        found.sort_unstable_by_key(|event| event.id);
        found
    }

    fn load(&self, id: ContactId) -> Result<ContactRecord, StoreError> {
        self.stored(id)?.to_record().map_err(|damaged| is_damaged(id, damaged))
    }

    fn stored(&self, id: ContactId) -> Result<StoredContact<'_>, StoreError> {
        Ok(self.contacts.get(&id).ok_or_else(|| no_contact(id))?.stored(id, &self.blank))
    }

    /// Looks up what a batch relies on.
    fn check(&self, slot: Slot, changes: &Changes) -> Result<(), StoreError> {
        self.check_contacts(changes)?;
        self.check_messages(changes)?;
        self.check_outbox(changes)?;
        self.check_totals(slot, changes)
    }

    fn check_contacts(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut new = BTreeSet::new();
        for contact in changes.contacts.iter() {
            if contact.texts.is_some() {
                new.insert(contact.id);
            } else if !new.contains(&contact.id) && !self.contacts.contains_key(&contact.id) {
                return Err(broken(format_args!("contact {} is new and has no texts", contact.id.0)));
            }
        }
        Ok(())
    }

    fn check_messages(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut new = BTreeSet::new();
        for event in &changes.events {
            if self.messages.contains(&event.message) || !new.insert(event.message) {
                return Err(broken(format_args!("an event `{}` arrived twice", event.name)));
            }
        }
        Ok(())
    }

    fn check_outbox(&self, changes: &Changes) -> Result<(), StoreError> {
        let ids: BTreeSet<u64> = changes.outbox.iter().map(|row| row.id).collect();
        match changes.settled.iter().find(|row| !self.outbox.contains_key(&row.id) && !ids.contains(&row.id)) {
            Some(row) => Err(broken(format_args!("there is no outbox row {} to settle", row.id))),
            None => Ok(()),
        }
    }

    fn check_totals(&self, slot: Slot, changes: &Changes) -> Result<(), StoreError> {
        let mut sums: BTreeMap<&Total, i64> = BTreeMap::new();
        for (total, add) in &changes.totals {
            let known = || self.totals.get(&(slot, total.clone())).copied().unwrap_or_default();
            let sum = sums.entry(total).or_insert_with(known);
            *sum = sum.checked_add(*add).ok_or_else(|| broken(format_args!("the total {total:?} is out of range")))?;
        }
        Ok(())
    }

    fn write(&mut self, slot: Slot, changes: Changes) {
        changes.contacts.iter().for_each(|contact| self.write_contact(contact));
        for (key, id) in changes.keys {
            match id {
                Some(id) => drop(self.keys.insert(key, id)),
                None => drop(self.keys.remove(&key)),
            }
        }
        changes.joined.into_iter().for_each(|(id, into)| self.join(id, into));
        let ended = changes.ended.into_iter();
        self.ended.extend(ended.map(|journey| ((journey.contact, journey.workflow, journey.run), journey)));
        self.messages.extend(changes.events.iter().map(|event| event.message));
        self.events.extend(changes.events.into_iter().map(|event| (event.id, event)));
        changes.outbox.into_iter().for_each(|row| self.write_outbox(row));
        changes.settled.into_iter().for_each(|row| self.settle(row));
        self.handoffs.extend(changes.handoffs);
        self.answers.extend(changes.answers.into_iter().map(|row| ((row.key.clone(), row.answer), row)));
        self.values.extend(changes.values.into_iter().map(|row| ((row.contact, row.workflow, row.run), row)));
        self.decisions.extend(changes.decisions.into_iter().map(|row| (row.id, row)));
        self.stages.extend(changes.stages);
        self.scores.extend(changes.scores);
        self.reads.extend(changes.reads.into_iter().map(|(name, place)| ((slot, name), place)));
        self.actors.extend(changes.actors.into_iter().map(|(actor, state)| ((slot, actor), state)));
        for (total, add) in changes.totals {
            *self.totals.entry((slot, total)).or_default() += add;
        }
    }

    fn write_contact(&mut self, Written { id, packed, texts, .. }: Written<'_>) {
        let known = self.contacts.remove(&id).map(|contact| contact.texts);
        let texts = texts.cloned().or(known).unwrap_or_default();
        let Packed { next_at, layout, newest, frame, kept } = packed;
        let (frame, kept) = (frame.to_vec(), kept.to_vec());
        self.contacts.insert(id, Contact { next_at, layout, newest, frame, kept, texts });
    }

    fn write_outbox(&mut self, row: OutboxRecord) {
        self.list(&row);
        self.outbox.insert(row.id, (row, String::new()));
    }

    fn settle(&mut self, settlement: OutboxSettlement) {
        let Some((mut row, _)) = self.outbox.remove(&settlement.id) else { return };
        self.queued.remove(&(row.due_at, row.id));
        self.on_their_way.remove(&row.id);
        row.settle(&settlement);
        self.list(&row);
        self.outbox.insert(row.id, (row, settlement.detail));
    }

    /// A row that is still to leave is found by what it waits for.
    fn list(&mut self, row: &OutboxRecord) {
        match row.place() {
            Some(place) => drop(self.queued.insert(place)),
            None if row.state.is_unsettled() => drop(self.on_their_way.insert(row.id)),
            None => {}
        }
    }

    /// A row that is still to leave, about whom it is now.
    fn unsettled(&self, id: u64) -> Option<OutboxRecord> {
        let (row, _) = self.outbox.get(&id).filter(|(row, _)| row.state.is_unsettled())?;
        Some(OutboxRecord { contact: self.now(row.contact), ..row.clone() })
    }

    fn queued(&self, QueuedBehind { slot, behind, at_most }: QueuedBehind) -> Vec<OutboxRecord> {
        let places = self.queued.range((Bound::Excluded(behind), Bound::Unbounded));
        let here = places.filter(|(_, id)| Slot::of(*id) == Some(slot)).take(at_most.min(PAGE_ROWS));
        here.filter_map(|(_, id)| self.unsettled(*id)).collect()
    }

    /// Whoever was joined into the first is the second too.
    fn join(&mut self, id: ContactId, into: ContactId) {
        self.joined.values_mut().filter(|was| **was == id).for_each(|was| *was = into);
        self.joined.insert(id, into);
    }

    fn live(&self) -> impl Iterator<Item = JourneyRecord> {
        let kept = self.contacts.iter().filter_map(|(id, contact)| contact.unpack_kept(*id));
        kept.flat_map(|(journeys, ..)| journeys).filter(|journey| journey.status != JourneyStatus::Ended)
    }
}

impl Store for MemoryStore {
    fn blank(&mut self, blank: &[u8]) -> Arc<Blank> {
        let mut shared = self.shared();
        shared.blank = shared.blank.grown(blank);
        Arc::clone(&shared.blank)
    }

    fn tend(&mut self, wish: Wish) -> Result<Tended, StoreError> {
        let mut guard = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = &mut *guard;
        if self.owner == Owner::default() {
            shared.workers += 1;
            shared.epochs += 1;
            self.owner = Owner { worker: shared.workers, epoch: shared.epochs };
        }
        let wished = (0..wish.slots).filter_map(Slot::new);
        let gained: Vec<Slot> = wished.filter(|slot| shared.owners.get(slot) != Some(&self.owner)).collect();
        shared.owners.extend(gained.iter().map(|slot| (*slot, self.owner)));
        Ok(Tended { owner: self.owner, gained, lost: Vec::new() })
    }

    fn open(&mut self, slot: Slot, layout: u32, sink: &mut dyn SlotSink) -> Result<Opened, StoreError> {
        let shared = self.shared();
        if shared.owners.get(&slot) != Some(&self.owner) {
            return Err(lost());
        }
        let is_here = |id: u64| Slot::of(id) == Some(slot);
        let newest = shared.events.values().rev().filter(|event| is_here(event.id)).take(RECENT_MESSAGES);
        sink.messages(newest.map(|event| event.message.id).collect());
        let due = shared.contacts.iter().filter_map(|(id, Contact { next_at, layout: own, .. })| {
            let due = DueContact { id: *id, next_at: *next_at, layout: *own };
            let is_somebody = is_here(id.0) && !shared.joined.contains_key(id);
            (is_somebody && (due.next_at.is_some() || due.layout < layout)).then_some(due)
        });
        due.collect::<Vec<_>>().chunks(PAGE_ROWS).for_each(|page| sink.contacts(page));
        let rows = shared.on_their_way.iter().filter(|id| is_here(**id)).filter_map(|id| shared.unsettled(*id));
        rows.collect::<Vec<_>>().chunks(PAGE_ROWS).for_each(|page| sink.outbox(page.to_vec()));
        let reads = shared.reads.iter().filter(|((of, _), _)| *of == slot);
        let actors = shared.actors.iter().filter(|((of, _), _)| *of == slot);
        Ok(Opened {
            state: shared.slots.get(&slot).copied().unwrap_or_default(),
            reads: reads.map(|((_, name), place)| (name.clone(), place.clone())).collect(),
            actors: actors.map(|((_, actor), state)| (actor.clone(), state.clone())).collect(),
        })
    }

    fn ask(&mut self, questions: &Questions) -> Result<Answers, StoreError> {
        let shared = self.shared();
        let owners = questions.keys.iter().map(|key| shared.keys.get(key).map(|id| shared.now(*id)));
        Ok(Answers {
            owners: owners.collect(),
            known: questions.messages.iter().map(|message| shared.messages.contains(message)).collect(),
            contacts: questions.contacts.iter().map(|id| shared.load(*id)).collect::<Result<_, _>>()?,
            rows: questions.rows.iter().map(|id| shared.unsettled(*id)).collect(),
            recipients: questions
                .recipients
                .iter()
                .map(|id| shared.outbox.get(id).map(|(row, _)| row.recipient.clone()))
                .collect(),
            queued: questions.queued.map_or_else(Vec::new, |asked| shared.queued(asked)),
            events: questions.events.iter().map(|asked| shared.events_of(*asked)).collect(),
        })
    }

    fn show(
        &mut self,
        ids: &[ContactId],
        to: &mut dyn FnMut(StoredContact<'_>) -> Result<(), Damaged>,
    ) -> Result<(), StoreError> {
        let shared = self.shared();
        ids.iter().try_for_each(|id| to(shared.stored(*id)?).map_err(|damaged| is_damaged(*id, damaged)))
    }

    fn begin(&mut self, batch: Batch) -> Result<Ticket, StoreError> {
        let mut shared = self.shared();
        let owned = |slot| shared.owners.get(&slot) == Some(&self.owner);
        let state_of = |slot| owned(slot).then(|| shared.slots.get(&slot).copied().unwrap_or_default());
        check_batch(&batch, self.owner, state_of)?;
        for slot in &batch.slots {
            shared.check(slot.slot, &slot.changes)?;
        }
        for slot in batch.slots {
            shared.write(slot.slot, slot.changes);
            shared.slots.insert(slot.slot, slot.state);
        }
        drop(shared);
        self.batches += 1;
        Ok(Ticket(self.batches))
    }

    fn finish(&mut self, _: Ticket) -> Result<(), StoreError> {
        Ok(())
    }

    fn release(&mut self, slot: Slot) -> Result<(), StoreError> {
        let owner = self.owner;
        let mut shared = self.shared();
        if shared.owners.get(&slot) == Some(&owner) {
            shared.owners.remove(&slot);
        }
        Ok(())
    }

    fn charter(&mut self) -> Result<Charter, StoreError> {
        let shared = self.shared();
        let program = shared.programs.last_key_value().map(|(_, program)| program.clone());
        Ok(Charter { program, ..shared.charter.clone() })
    }

    fn settle(&mut self, charter: &Charter) -> Result<(), StoreError> {
        let mut shared = self.shared();
        let Charter { name, kind, program } = charter.clone();
        shared.charter.name = name.or(shared.charter.name.take());
        shared.charter.kind = kind.or(shared.charter.kind.take());
        shared.programs.extend(program.map(|program| (program.version, program)));
        Ok(())
    }

    fn records(&self) -> Result<Box<dyn Records>, StoreError> {
        Ok(Box::new(self.another()))
    }
}

impl Records for MemoryStore {
    fn slots(&mut self) -> Result<Vec<SlotState>, StoreError> {
        Ok(self.shared().slots.values().copied().collect())
    }

    fn actors(&mut self) -> Result<BTreeMap<Actor, Vec<u8>>, StoreError> {
        Ok(self.shared().actors.iter().map(|((_, actor), state)| (actor.clone(), state.clone())).collect())
    }

    fn counters(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        let sums = self.shared().sums().into_iter();
        Ok(sums
            .filter_map(|(total, value)| if let Total::Counter(name) = total { Some((name, value)) } else { None })
            .collect())
    }

    fn decision_counts(&mut self) -> Result<Vec<DecisionCount>, StoreError> {
        let mut counts = BTreeMap::new();
        for (total, value) in self.shared().sums() {
            if let Total::Decisions { workflow, code, step, about, reason, .. } = total {
                *counts.entry((workflow, code, step, about, reason)).or_default() += value.unsigned_abs();
            }
        }
        let count = |((workflow, code, step, about, reason), count)| DecisionCount {
            workflow,
            code,
            step,
            about,
            reason,
            count,
        };
        Ok(counts.into_iter().map(count).collect())
    }

    fn position_counts(&mut self) -> Result<Vec<PositionCount>, StoreError> {
        let mut counts: BTreeMap<(u32, u32, JourneyStatus), u64> = BTreeMap::new();
        for journey in self.shared().live() {
            *counts.entry((journey.workflow, journey.step, journey.status)).or_default() += 1;
        }
        let counts = counts.into_iter();
        Ok(counts.map(|((workflow, step, status), count)| PositionCount { workflow, step, status, count }).collect())
    }

    fn live_blocks(&mut self) -> Result<Vec<BlockCount>, StoreError> {
        let mut blocks: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for journey in self.shared().live() {
            *blocks.entry((journey.workflow, journey.block)).or_default() += 1;
        }
        Ok(blocks.into_iter().map(|((workflow, block), count)| BlockCount { workflow, block, count }).collect())
    }

    fn handoff_counts(&mut self) -> Result<Vec<HandoffCount>, StoreError> {
        let mut counts: BTreeMap<(u32, String, String), u64> = BTreeMap::new();
        for HandoffRecord { workflow, team, member, .. } in &self.shared().handoffs {
            *counts.entry((*workflow, team.clone(), member.clone())).or_default() += 1;
        }
        let counts = counts.into_iter();
        Ok(counts.map(|((workflow, team, member), count)| HandoffCount { workflow, team, member, count }).collect())
    }

    fn clicked_unopened(&mut self) -> Result<Vec<UnopenedCount>, StoreError> {
        let shared = self.shared();
        let of = |code| shared.decisions.values().filter(move |decision| decision.code == code);
        let opened: BTreeSet<u64> = of(DecisionCode::Opened).filter_map(|decision| decision.send).collect();
        let mut counts: BTreeMap<(u32, u32, u32), u64> = BTreeMap::new();
        for DecisionRecord { workflow, step, about, send, .. } in of(DecisionCode::Clicked) {
            if let (Some(workflow), Some(step), Some(email), Some(send)) = (workflow, step, about, send)
                && !opened.contains(send)
            {
                *counts.entry((*workflow, *step, *email)).or_default() += 1;
            }
        }
        let counts = counts.into_iter();
        Ok(counts.map(|((workflow, step, email), count)| UnopenedCount { workflow, step, email, count }).collect())
    }

    fn unsettled_count(&mut self) -> Result<u64, StoreError> {
        let shared = self.shared();
        Ok((shared.queued.len() + shared.on_their_way.len()) as u64)
    }

    fn events_after(&mut self, number: u64) -> Result<Vec<EventRecord>, StoreError> {
        let shared = self.shared();
        let events = shared.events.range((Bound::Excluded(number), Bound::Unbounded)).take(PAGE_ROWS);
        Ok(events.map(|(_, event)| EventRecord { contact: shared.now(event.contact), ..event.clone() }).collect())
    }

    fn contacts_after(&mut self, after: Option<ContactId>) -> Result<Vec<ContactId>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(self.shared().contacts.range((from, Bound::Unbounded)).map(|(id, _)| *id).take(PAGE_ROWS).collect())
    }

    fn snapshot(&mut self) -> Result<Snapshot, StoreError> {
        Ok(MemoryStore::snapshot(self))
    }
}

fn is_damaged(id: ContactId, _: Damaged) -> StoreError {
    broken(format_args!("contact {} holds what was never written", id.0))
}

/// A page of what stands behind a key.
fn page<K: Ord + Clone, V, T>(rows: &BTreeMap<K, V>, after: Option<K>, of: impl Fn(&K, &V) -> T) -> Vec<T> {
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    rows.range((from, Bound::Unbounded)).take(PAGE_ROWS).map(|(key, row)| of(key, row)).collect()
}

/// A page of a list, in which places count from 1.
fn placed<T: Clone>(rows: &[T], after: u64) -> Vec<Placed<T>> {
    let behind = usize::try_from(after).unwrap_or(usize::MAX);
    (after + 1..).zip(rows.iter().skip(behind).take(PAGE_ROWS).cloned()).collect()
}

impl Rows for MemoryStore {
    fn charter(&mut self) -> Result<Charter, StoreError> {
        Store::charter(self)
    }

    fn program(&mut self, version: u32) -> Result<Option<KeptProgram>, StoreError> {
        Ok(self.shared().programs.get(&version).cloned())
    }

    fn versions(&mut self) -> Result<Vec<u32>, StoreError> {
        Ok(self.shared().programs.keys().copied().collect())
    }

    fn whole_contacts(
        &mut self,
        after: Option<ContactId>,
    ) -> Result<Vec<(ContactId, Option<ContactRecord>)>, StoreError> {
        let shared = self.shared();
        Ok(page(&shared.contacts, after, |id, _| (*id, shared.load(*id).ok())))
    }

    fn keys(&mut self, after: Option<&str>) -> Result<Vec<(String, ContactId)>, StoreError> {
        Ok(page(&self.shared().keys, after.map(str::to_owned), |key, id| (key.clone(), *id)))
    }

    fn owners(&mut self, keys: &[String]) -> Result<Vec<Option<ContactId>>, StoreError> {
        let shared = self.shared();
        Ok(keys.iter().map(|key| shared.keys.get(key).map(|id| shared.now(*id))).collect())
    }

    fn joined(&mut self, after: Option<ContactId>) -> Result<Vec<(ContactId, ContactId)>, StoreError> {
        Ok(page(&self.shared().joined, after, |id, into| (*id, *into)))
    }

    fn ended(&mut self, after: Option<JourneyKey>) -> Result<Vec<JourneyRecord>, StoreError> {
        Ok(page(&self.shared().ended, after, |_, journey| journey.clone()))
    }

    fn events(&mut self, after: u64) -> Result<Vec<EventRecord>, StoreError> {
        Ok(page(&self.shared().events, Some(after), |_, event| event.clone()))
    }

    fn decisions(&mut self, after: u64) -> Result<Vec<DecisionRecord>, StoreError> {
        Ok(page(&self.shared().decisions, Some(after), |_, decision| decision.clone()))
    }

    fn outbox(&mut self, after: u64) -> Result<Vec<OutboxRecord>, StoreError> {
        Ok(page(&self.shared().outbox, Some(after), |_, (row, _)| row.clone()))
    }

    fn handoffs(&mut self, after: u64) -> Result<Vec<Placed<HandoffRecord>>, StoreError> {
        Ok(placed(&self.shared().handoffs, after))
    }

    fn stages(&mut self, after: u64) -> Result<Vec<Placed<StageRecord>>, StoreError> {
        Ok(placed(&self.shared().stages, after))
    }

    fn scores(&mut self, after: u64) -> Result<Vec<Placed<ScoreRecord>>, StoreError> {
        Ok(placed(&self.shared().scores, after))
    }

    fn totals(&mut self) -> Result<BTreeMap<Total, i64>, StoreError> {
        Ok(self.shared().sums())
    }

    fn reads(&mut self) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        Ok(self.shared().reads.iter().map(|((_, name), place)| (name.clone(), place.clone())).collect())
    }

    fn repeated_keys(&mut self, show: &mut dyn FnMut(String)) -> Result<(), StoreError> {
        let mut known = BTreeSet::new();
        let shared = self.shared();
        let repeated = shared.outbox.values().filter(|(row, _)| !known.insert(row.key.as_str()));
        let repeated: BTreeSet<String> = repeated.map(|(row, _)| row.key.clone()).collect();
        repeated.into_iter().for_each(show);
        Ok(())
    }

    fn astray_messages(&mut self, show: &mut dyn FnMut(Astray)) -> Result<(), StoreError> {
        let shared = self.shared();
        let mut counts: BTreeMap<MessageKey, (u64, u64)> = BTreeMap::new();
        shared.events.values().for_each(|event| counts.entry(event.message).or_default().0 += 1);
        shared.messages.iter().for_each(|message| counts.entry(*message).or_default().1 += 1);
        let astray = counts.into_iter().filter(|(_, counts)| *counts != (1, 1));
        astray.map(|(message, (logged, known))| Astray { message, logged, known }).for_each(show);
        Ok(())
    }
}
