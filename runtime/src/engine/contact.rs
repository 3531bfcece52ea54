//! A loaded contact: frame, texts, journeys, and marks of what changed.
//!
//! Two kinds of marks: what must be *written* at the next commit, and what must be *looked at* by goals, exits, waits and entries
//! before the contact is settled again.

use super::bits::Bits;
use super::effects::send::note_sent;
use super::error::EngineError;
use super::pending::{Asked, Pending};
use super::plan::Plan;
use super::rate;
use super::reason::Woken;
use super::version;
use crate::store::{
    Buffers, ContactId, Damaged, HeldEntry, JourneyRecord, JourneyStatus, Journeys, SaidAt, SendRecord, StoredContact,
    Texts,
};
use crate::time::{Zone, Zones};
use flow_ir::{CountedSince, EmailId, Field, FieldId, Id, NEVER, SlotId, TextId, WorkflowId};

/// A contact in memory.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub(super) id: ContactId,
    pub(super) frame: Vec<u8>,
    /// Bytes of it as the store had it, which an earlier version of the program may have had fewer of.
    pub(super) kept_bytes: usize,
    pub(super) texts: Texts,
    /// Live ones and, of each workflow, the latest that ended and those whose goal still counts or that sent the last of a mail; by (workflow,
    /// run).
    pub(super) journeys: Vec<Journey>,
    /// Journeys of whoever this was before: their memory is used again.
    spare: Vec<Journey>,
    pub(super) next_at: Option<i64>,
    /// Whether a new version of the program has not looked at them yet.
    pub(super) outdated: bool,
    /// The version that looked at them last, as the store is to have it.
    pub(super) layout: u32,
    pub(super) zone: Zone,
    /// What changed since everyone last looked: slots, then texts.
    pub(super) changed: Bits,
    /// The same, since the segments were last settled.
    pub(super) unsettled: Bits,
    /// What the frame has pending.
    pub(super) pending: Pending,
    /// When the entries that time can change may do so, by their place among those of the plan, once all of them have been asked.
    pub(super) entry_instants: Asked,
    /// Whether the frame or the next instant must be written.
    pub(super) dirty: bool,
    pub(super) texts_dirty: bool,
    /// Entries that wait for who they are about, by workflow.
    pub(super) held: Vec<HeldEntry>,
    /// When the values of the fields were said.
    pub(super) said_at: SaidAt,
    /// The newest of their records in the log that is chained; 0 where there is none.
    pub(super) newest: u64,
    /// The stage and the score as the ledgers have them.
    pub(super) told: Told,
}

/// What the ledgers say by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) stage: i64,
    pub(super) score: i64,
}

impl Told {
    pub(super) fn read(plan: &Plan, frame: &[u8]) -> Told {
        let (layout, system) = (&plan.program.frame, &plan.program.system);
        Told { stage: layout.read(frame, system.stage), score: layout.read(frame, system.score) }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Journey {
    pub(super) record: JourneyRecord,
    /// Whether it must be written.
    pub(super) dirty: bool,
    /// Whether its own slots changed since its conditions were last looked at.
    pub(super) touched: bool,
    /// What has become of the message it waits for, until it goes on.
    pub(super) answer: Option<Woken>,
    /// Whether it stands at a send whose answer is to come, not at a closed window.
    pub(super) sending: bool,
}

impl Contact {
    /// Somebody nobody knows anything of.
    pub(super) fn blank(id: ContactId, plan: &Plan) -> Contact {
        Contact {
            id,
            frame: plan.blank.clone(),
            kept_bytes: plan.blank.len(),
            pending: plan.blank_pending.clone(),
            entry_instants: Asked::default(),
            texts: blank_texts(plan),
            journeys: Vec::new(),
            spare: Vec::new(),
            next_at: None,
            outdated: false,
            layout: plan.program.lineage.version,
            zone: plan.zone,
            // Whatever holds of a blank contact becomes true now.
            changed: Bits::full(),
            unsettled: Bits::full(),
            dirty: true,
            texts_dirty: true,
            held: Vec::new(),
            said_at: SaidAt::default(),
            newest: 0,
            told: Told::read(plan, &plan.blank),
        }
    }

    /// Somebody who was joined into somebody else: nothing is known of them any more.
    pub(super) fn empty(&mut self, plan: &Plan) {
        let newest = self.newest;
        let blank = Contact::blank(self.id, plan);
        *self = Contact { changed: Bits::default(), unsettled: Bits::default(), newest, ..blank };
    }

    /// Whoever is joined into them was still to be looked at by a new version of the program: so are they, with all that is known of both.
    pub(super) fn is_looked_at_for(&mut self, other: &Contact) {
        if !other.outdated {
            return;
        }
        (self.outdated, self.dirty) = (true, true);
        self.layout = self.layout.min(other.layout);
        self.next_at = self.next_at.into_iter().chain(other.next_at).min();
        self.changed.begin(true);
        self.unsettled.begin(true);
    }

    /// Becomes somebody whom the store shows, over whoever this was, so that nothing is allocated. `look_at` is when they are due to be looked at by
    /// a new version of the program; none where they need not be.
    pub(super) fn become_stored(
        &mut self,
        stored: &StoredContact<'_>,
        plan: &Plan,
        look_at: Option<i64>,
    ) -> Result<Result<(), EngineError>, Damaged> {
        let Contact { frame, texts, journeys, spare, held, said_at, .. } = self;
        stored.copy_to(Buffers { frame, texts, journeys: &mut Over { journeys, spare }, held, said_at })?;
        (self.id, self.kept_bytes) = (stored.id(), self.frame.len());
        version::grow(self, plan);
        Ok(self.check(plan).map(|()| self.settle_as_stored(stored, plan, look_at)))
    }

    /// Nothing has changed since they were stored, but for who is to be looked at.
    fn settle_as_stored(&mut self, stored: &StoredContact<'_>, plan: &Plan, look_at: Option<i64>) {
        let outdated = look_at.is_some();
        if outdated {
            rate::forget_triggers(plan, &mut self.frame);
            // Which triggers they are of, the program of then knew: any of the entry's stands for theirs.
            self.held.iter_mut().for_each(|held| held.triggers = u64::MAX);
        }
        fill_held(&mut self.held, plan);
        self.pending.read_over(plan, &self.frame);
        self.entry_instants.forget();
        self.told = Told::read(plan, &self.frame);
        self.next_at = look_at.map_or(stored.next_at(), |at| Some(version::due(stored.next_at(), at)));
        self.layout = if outdated { stored.layout() } else { plan.program.lineage.version };
        self.newest = stored.newest();
        (self.outdated, self.dirty, self.texts_dirty) = (outdated, outdated, false);
        self.changed.begin(outdated);
        self.unsettled.begin(outdated);
        self.zone = self.own_zone(plan);
    }

    /// The zone the contact names, else the project's.
    pub(super) fn own_zone(&self, plan: &Plan) -> Zone {
        let named = plan.timezone_field.and_then(|field| self.text(plan, field));
        named.and_then(|name| Zones::bundled().resolve(name)).unwrap_or(plan.zone)
    }

    pub(super) fn read(&self, plan: &Plan, slot: SlotId) -> i64 {
        plan.program.frame.read(&self.frame, slot)
    }

    /// Whether a yes/no slot says yes.
    pub(super) fn is(&self, plan: &Plan, slot: SlotId) -> bool {
        self.read(plan, slot) != 0
    }

    /// Writes a slot that is then known. False where it held that already.
    pub(super) fn write(&mut self, plan: &Plan, slot: SlotId, value: i64) -> bool {
        let layout = &plan.program.frame;
        if layout.is_known(&self.frame, slot) && layout.read(&self.frame, slot) == value {
            return false;
        }
        layout.write(&mut self.frame, slot, value);
        layout.set_known(&mut self.frame, slot, true);
        self.mark(plan, slot);
        true
    }

    /// Notes when a segment may change by itself, by its place in the plan. No condition reads the slot.
    pub(super) fn move_segment(&mut self, plan: &Plan, place: usize, slot: SlotId, at: i64) {
        if self.read(plan, slot) != at {
            plan.program.frame.write(&mut self.frame, slot, at);
            self.pending.segments.set(place, at);
            self.dirty = true;
        }
    }

    /// Notes that a slot has changed.
    pub(super) fn mark(&mut self, plan: &Plan, slot: SlotId) {
        self.changed.insert(slot.index());
        self.unsettled.insert(slot.index());
        self.dirty = true;
        if let Some(kept) = plan.kept.get(&slot) {
            let value = self.read(plan, slot);
            self.pending.keep(*kept, value);
        }
    }

    pub(super) fn text(&self, plan: &Plan, field: FieldId) -> Option<&str> {
        self.text_at(plan.program.fields.at(field).text?)
    }

    pub(super) fn text_at(&self, text: TextId) -> Option<&str> {
        self.texts.get(text.index())
    }

    /// Sets a text field, and the number that stands for it in the frame. False where it held that already.
    pub(super) fn write_text(&mut self, plan: &Plan, field: &Field, value: &str) -> bool {
        let Some(text) = field.text.filter(|text| self.text_at(*text) != Some(value)) else { return false };
        self.texts.set(text.index(), Some(value));
        self.mark_text(plan, text);
        if let Some(slot) = field.slot {
            self.write(plan, slot, literal(field, value));
        }
        true
    }

    /// A text is another one than before.
    pub(super) fn mark_text(&mut self, plan: &Plan, text: TextId) {
        self.texts_dirty = true;
        self.dirty = true;
        self.changed.insert(plan.text_change(text));
        self.unsettled.insert(plan.text_change(text));
    }

    /// Takes the value of a field away.
    pub(super) fn forget(&mut self, plan: &Plan, field: &Field) {
        if let Some(text) = field.text.filter(|text| self.text_at(*text).is_some()) {
            self.texts.set(text.index(), None);
            self.mark_text(plan, text);
        }
        let layout = &plan.program.frame;
        if let Some(slot) = field.slot.filter(|slot| layout.is_known(&self.frame, *slot)) {
            layout.write(&mut self.frame, slot, layout.slots.at(slot).initial);
            layout.set_known(&mut self.frame, slot, false);
            self.mark(plan, slot);
        }
    }

    /// Whether a field has a value; one with a default always has. Its bit in the frame says so, wherever it has a place there.
    pub(super) fn has(&self, plan: &Plan, field: &Field) -> bool {
        match (field.slot, field.text) {
            (Some(slot), _) => plan.program.frame.is_known(&self.frame, slot),
            (None, Some(text)) => self.text_at(text).is_some(),
            (None, None) => false,
        }
    }

    /// The live journey in a workflow; there is at most one (E4).
    pub(super) fn live_in(&self, workflow: WorkflowId) -> bool {
        self.journeys.iter().any(|journey| journey.workflow() == workflow && journey.is_live())
    }

    /// Puts a journey into its place; where that is.
    pub(super) fn insert_journey(&mut self, journey: Journey) -> usize {
        let key = |journey: &Journey| (journey.record.workflow, journey.record.run);
        let place = self.journeys.partition_point(|own| key(own) < key(&journey));
        self.journeys.insert(place, journey);
        place
    }

    /// The latest journey in a workflow: the one that lives, else the one that ended last.
    pub(super) fn last_in(&self, workflow: WorkflowId) -> Option<&Journey> {
        self.journeys.get(self.last_place_in(workflow)?)
    }

    /// Its place. It need not be that of the highest run: those of somebody who proved to be the same person come behind.
    pub(super) fn last_place_in(&self, workflow: WorkflowId) -> Option<usize> {
        let own = self.journeys.iter().enumerate().filter(|(_, journey)| journey.workflow() == workflow);
        own.max_by_key(|(_, journey)| journey.lateness()).map(|(place, _)| place)
    }

    /// The highest run in a workflow; 0 where there was none.
    pub(super) fn runs_in(&self, workflow: WorkflowId) -> u32 {
        let own = self.journeys.iter().filter(|journey| journey.workflow() == workflow);
        own.map(|journey| journey.record.run).max().unwrap_or(0)
    }

    /// The outbox rows that their journeys wait for.
    pub(super) fn outbox_rows(&self) -> impl Iterator<Item = u64> + '_ {
        self.journeys.iter().filter_map(|journey| journey.record.outbox)
    }

    fn check(&self, plan: &Plan) -> Result<(), EngineError> {
        let program = &plan.program;
        let other = |problem: String| Err(EngineError::OtherProgram { contact: self.id, problem });
        if self.frame.len() != program.frame.size as usize || self.texts.len() != program.texts.len() {
            return other("its fields are others than the program's".to_owned());
        }
        for journey in &self.journeys {
            let workflow = program.workflows.get(journey.workflow());
            if workflow.is_none_or(|workflow| workflow.journey.size as usize != journey.record.memory.len()) {
                return other(format!("its journey in workflow {} does not fit", journey.record.workflow));
            }
        }
        Ok(())
    }

    pub(super) fn needs_writing(&self) -> bool {
        self.dirty || self.texts_dirty || self.journeys.iter().any(|journey| journey.dirty)
    }
}

/// The number of a text among the literals it is compared with.
pub(super) fn literal(field: &Field, value: &str) -> i64 {
    let value = value.trim().to_lowercase();
    let place = field.literals.iter().position(|literal| *literal == value);
    place.and_then(|place| i64::try_from(place + 1).ok()).unwrap_or(0)
}

fn blank_texts(plan: &Plan) -> Texts {
    let mut texts = Texts::default();
    texts.grow(plan.program.texts.len());
    texts
}

/// What an earlier Flow kept of an entry had no memory.
fn fill_held(held: &mut [HeldEntry], plan: &Plan) {
    for entry in held.iter_mut().filter(|entry| entry.memory.is_empty()) {
        entry.memory.clone_from(&plan.workflow(WorkflowId(entry.workflow)).blank);
    }
}

/// So many are kept for whoever comes: who had hundreds must not leave the memory of hundreds to everybody.
const SPARE_JOURNEYS: usize = 8;

/// Journeys that are unpacked over those of somebody else.
struct Over<'c> {
    journeys: &'c mut Vec<Journey>,
    spare: &'c mut Vec<Journey>,
}

impl Journeys for Over<'_> {
    fn clear(&mut self) {
        self.spare.append(self.journeys);
        self.spare.truncate(SPARE_JOURNEYS);
    }

    fn add(&mut self) -> &mut JourneyRecord {
        let mut journey = self.spare.pop().unwrap_or_else(|| Journey::begun(JourneyRecord::blank()));
        (journey.dirty, journey.touched, journey.answer, journey.sending) = (false, false, None, false);
        &mut self.journeys.push_mut(journey).record
    }

    fn at(&mut self, place: usize) -> Option<&mut JourneyRecord> {
        self.journeys.get_mut(place).map(|journey| &mut journey.record)
    }
}

impl Journey {
    /// One that must be written.
    pub(super) fn begun(record: JourneyRecord) -> Journey {
        Journey { record, dirty: true, touched: false, answer: None, sending: false }
    }

    /// The message it waits for has its answer, or its next attempt.
    pub(super) fn answer(&mut self, woken: Woken) {
        if woken != Woken::Retried && !self.is_live() {
            // It went on without it.
            self.record.outbox = None;
        }
        (self.answer, self.dirty, self.touched) = (Some(woken), true, true);
    }

    /// From now on, answers to this mail count.
    pub(super) fn note_sent(&mut self, plan: &Plan, send: SendRecord, now: i64) {
        let workflow = plan.program.workflows.at(self.workflow());
        note_sent(workflow, &mut self.record.memory, EmailId(send.email), now);
        self.record.sends.push(send);
    }

    /// The last send of an email.
    pub(super) fn send_of(&mut self, email: EmailId) -> Option<&mut SendRecord> {
        self.record.sends.iter_mut().rev().find(|send| send.email == email.0)
    }

    pub(super) fn workflow(&self) -> WorkflowId {
        WorkflowId(self.record.workflow)
    }

    pub(super) fn is_live(&self) -> bool {
        self.record.status != JourneyStatus::Ended
    }

    pub(super) fn read(&self, plan: &Plan, slot: SlotId) -> i64 {
        plan.program.workflows.at(self.workflow()).journey.read(&self.record.memory, slot)
    }

    /// Writes one of its own slots; its conditions are looked at again if that changed it.
    pub(super) fn write(&mut self, plan: &Plan, slot: SlotId, value: i64) {
        if self.read(plan, slot) != value {
            plan.program.workflows.at(self.workflow()).journey.write(&mut self.record.memory, slot, value);
            self.dirty = true;
            self.touched = true;
        }
    }

    /// Zeroes its counts from a moment that has come.
    pub(super) fn count_anew(&mut self, plan: &Plan, from: CountedSince) {
        for count in plan.program.workflows.at(self.workflow()).counts.iter().filter(|count| count.since == from) {
            self.write(plan, count.slot, 0);
        }
    }

    /// When it last sent an email, or never.
    pub(super) fn sent_at(&self, plan: &Plan, email: EmailId) -> i64 {
        let sent = &plan.program.workflows.at(self.workflow()).slots.sent_at;
        sent.iter().find(|(known, _)| *known == email).map_or(NEVER, |(_, slot)| self.read(plan, *slot))
    }

    /// Of two in one workflow the greater is the later one.
    pub(super) fn lateness(&self) -> (i64, u32) {
        (self.record.ended_at.unwrap_or(i64::MAX), self.record.run)
    }

    /// Whether what happens now can still matter to it: it lives, or its goal counts on.
    pub(super) fn still_counts(&self, now: i64) -> bool {
        self.is_live() || self.record.goal_until.is_some_and(|until| until >= now)
    }

    pub(super) fn set_goal_met(&mut self) {
        self.record.goal_met = true;
        self.dirty = true;
    }
}
