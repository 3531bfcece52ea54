//! What every check may ask: the program, who is there, who was joined into whom, how far each message out is.

use super::finding::{Findings, Kind, Subject};
use super::rollups::Counted;
use super::{Check, Examination, alive};
use crate::store::{
    ContactId, ContactRecord, OutboxKind, OutboxState, Records, Slot, SlotState, StoreError, StoreFault, Total,
};
use flow_ir::{BlockId, IdMap, Program, SlotId, Workflow, WorkflowId};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// How many rows were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Contacts.
    pub contacts: u64,
    /// Journeys that live.
    pub live: u64,
    /// Events and decisions.
    pub records: u64,
    /// Messages out.
    pub messages: u64,
}

/// What is known before the contacts are looked at.
pub(super) struct Context<'p> {
    pub(super) program: &'p Program,
    /// The blocks of each workflow at which somebody may stand.
    places: IdMap<WorkflowId, Vec<BlockId>>,
    /// How long frames are, and the memory of each workflow's journeys, by the version of their layout.
    lengths: BTreeMap<u32, Lengths>,
    pub(super) slots: Vec<SlotState>,
    contacts: Bits,
    /// The last contact of each window but the last one, which has whoever comes behind, too.
    window_ends: Vec<ContactId>,
    pub(super) joined: BTreeMap<ContactId, ContactId>,
    heirs: BTreeSet<ContactId>,
    pub(super) messages: RefCell<Messages>,
    pub(super) totals: BTreeMap<Total, i64>,
    pub(super) is_closed: bool,
    /// What actors keep, which rates are counted against.
    pub(super) kept: alive::Kept,
    pub(super) counts: Counts,
    pub(super) counted: Counted,
}

/// How long what a version of the program lays out is.
#[derive(Debug, Clone)]
struct Lengths {
    frame: usize,
    texts: usize,
    journeys: Vec<usize>,
}

impl Lengths {
    fn of(program: &Program) -> Lengths {
        Lengths {
            frame: program.frame.size as usize,
            texts: program.texts.len(),
            journeys: program.workflows.values().map(|workflow| workflow.journey.size as usize).collect(),
        }
    }
}

impl<'p> Context<'p> {
    /// Whether a journey in a workflow may go on at a block.
    pub(super) fn resumes_at(&self, workflow: WorkflowId, block: BlockId) -> bool {
        self.places.get(workflow).is_some_and(|places| places.binary_search(&block).is_ok())
    }

    pub(super) fn read(
        records: &mut dyn Records,
        program: &'p Program,
        how: &Examination<'_>,
        checks: &mut [Box<dyn Check>],
        found: &mut Findings,
    ) -> Result<Context<'p>, StoreError> {
        let mut context = Context {
            program,
            places: program.workflows.values().map(Workflow::resume_points).collect(),
            lengths: lengths(records, program, found)?,
            slots: or_found(records.slots(), "slots", found)?.unwrap_or_default(),
            contacts: Bits::default(),
            window_ends: Vec::new(),
            joined: BTreeMap::new(),
            heirs: BTreeSet::new(),
            messages: RefCell::default(),
            totals: or_found(records.totals(), "totals", found)?.unwrap_or_default(),
            is_closed: how.is_closed,
            kept: alive::Kept::read(records, program, found)?,
            counts: Counts::default(),
            counted: Counted::read(records)?,
        };
        context.counts.live = context.counted.live();
        context.counts.records = context.slots.iter().map(|slot| slot.next_record.saturating_sub(1)).sum();
        context.learn_contacts(records, how.window.max(1) as u64, found)?;
        context.learn_joined(records, found)?;
        context.learn_messages(records, checks, found)?;
        context.show_keys(records, checks, found)?;
        Ok(context)
    }

    fn learn_contacts(
        &mut self,
        records: &mut dyn Records,
        window: u64,
        found: &mut Findings,
    ) -> Result<(), StoreError> {
        let mut after = None;
        while let Some(page) = or_found(records.contacts_after(after), "contacts", found)? {
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for contact in &page {
                self.contacts.insert(contact.0);
                self.counts.contacts += 1;
                if self.counts.contacts.is_multiple_of(window) {
                    self.window_ends.push(*contact);
                }
            }
        }
        // Whoever ends the last one is not the last who may be named.
        self.window_ends.pop_if(|last| Some(*last) == after);
        Ok(())
    }

    /// How many windows there are.
    pub(super) fn windows(&self) -> usize {
        self.window_ends.len() + 1
    }

    /// Of which window a contact is, also one who is not there.
    pub(super) fn window_of(&self, contact: ContactId) -> usize {
        self.window_ends.partition_point(|last| *last < contact)
    }

    fn learn_joined(&mut self, records: &mut dyn Records, found: &mut Findings) -> Result<(), StoreError> {
        let mut after = None;
        while let Some(page) = or_found(records.joined(after), "joined contacts", found)? {
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            self.heirs.extend(page.iter().map(|(_, into)| *into));
            self.joined.extend(page);
        }
        Ok(())
    }

    fn learn_messages(
        &mut self,
        records: &mut dyn Records,
        checks: &mut [Box<dyn Check>],
        found: &mut Findings,
    ) -> Result<(), StoreError> {
        let mut after = 0;
        while let Some(page) = or_found(records.outbox(after), "outbox rows", found)? {
            let Some(last) = page.last() else { break };
            after = last.id;
            self.counts.messages += page.len() as u64;
            for row in &page {
                let is_of_a_join = self.is_of_a_join(row.contact);
                self.messages.borrow_mut().insert(row.id, Message::new(row.state, row.kind, is_of_a_join));
                checks.iter_mut().for_each(|check| check.message(self, row, found));
            }
        }
        Ok(())
    }

    fn show_keys(
        &self,
        records: &mut dyn Records,
        checks: &mut [Box<dyn Check>],
        found: &mut Findings,
    ) -> Result<(), StoreError> {
        let mut after: Option<String> = None;
        while let Some(page) = or_found(records.keys(after.as_deref()), "keys", found)? {
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            for (key, contact) in &page {
                checks.iter_mut().for_each(|check| check.key(self, key, *contact, found));
            }
        }
        Ok(())
    }

    pub(super) fn is_there(&self, contact: ContactId) -> bool {
        self.contacts.contains(contact.0)
    }

    /// Who somebody is by now. A whole store leads there at once; along a chain, which is a finding of its own, it is gone for a while.
    pub(super) fn stayed(&self, contact: ContactId) -> ContactId {
        const HOPS: usize = 16;
        let into = |contact: &ContactId| self.joined.get(contact).copied();
        std::iter::successors(Some(contact), into).take(HOPS).last().unwrap_or(contact)
    }

    /// Whether a slot of the frame holds something else than nothing; not where the frame is of a version that had no such slot.
    pub(super) fn is_set(&self, contact: &ContactRecord, slot: SlotId) -> bool {
        alive::read(&self.program.frame, &contact.frame, slot).is_some_and(|value| value != 0)
    }

    /// Whether two became one here: their journeys go on under other runs, and what one sent the other has sent, too (E11).
    pub(super) fn is_of_a_join(&self, contact: ContactId) -> bool {
        self.joined.contains_key(&contact) || self.heirs.contains(&contact)
    }

    /// Whether a frame of a layout may be so long: as its version has it or, where facts were filled from the log, a later one.
    pub(super) fn may_be_a_frame(&self, layout: u32, bytes: usize) -> bool {
        self.lengths.range(layout..).any(|(_, lengths)| lengths.frame == bytes)
    }

    /// The same of the memory of a journey.
    pub(super) fn may_be_a_memory(&self, layout: u32, workflow: u32, bytes: usize) -> bool {
        let place = usize::try_from(workflow).unwrap_or(usize::MAX);
        self.lengths.range(layout..).any(|(_, lengths)| lengths.journeys.get(place) == Some(&bytes))
    }

    /// Whether any version had so many texts: they are written when one of them changes, and a step changes none.
    pub(super) fn may_be_texts(&self, texts: usize) -> bool {
        self.lengths.values().any(|lengths| lengths.texts == texts)
    }

    /// The name of a workflow, its number where the program has none of that.
    pub(super) fn workflow_name(&self, workflow: u32) -> String {
        let known = self.program.workflows.get(WorkflowId(workflow));
        known.map_or_else(|| format!("workflow {workflow}"), |workflow| workflow.name.clone())
    }

    pub(super) fn journey(&self, contact: ContactId, workflow: u32, run: u32) -> Subject {
        Subject::Journey { contact, workflow: self.workflow_name(workflow), run }
    }

    /// Where the slot of a number stands; none where no slot gives such numbers.
    pub(super) fn slot_of(&self, global: u64) -> Option<&SlotState> {
        // Slots that have begun, in the order of their numbers.
        let slot = Slot::of(global)?;
        if self.slots.len() == 1 {
            self.slots.first().filter(|_| slot == Slot::FIRST)
        } else {
            self.slots.get(usize::from(slot.index()))
        }
    }
}

/// The lengths of every version that the store keeps, and those of the program.
fn lengths(
    records: &mut dyn Records,
    program: &Program,
    found: &mut Findings,
) -> Result<BTreeMap<u32, Lengths>, StoreError> {
    let mut lengths = BTreeMap::new();
    for version in records.versions()? {
        let Some(kept) = or_found(records.program(version), "programs", found)?.flatten() else { continue };
        match serde_json::from_slice::<Program>(&kept.text) {
            Ok(program) => drop(lengths.insert(version, Lengths::of(&program))),
            Err(_) => found.add(
                Kind::Unreadable,
                Subject::Named(format!("version {version} of the program")),
                "cannot be read, and frames of its layout cannot be either",
            ),
        }
    }
    lengths.insert(program.lineage.version, Lengths::of(program));
    Ok(lengths)
}

/// What a table gives; where it holds what Flow never writes, that is a finding, and what comes after it cannot be looked at.
pub(super) fn or_found<T>(
    read: Result<T, StoreError>,
    what: &str,
    found: &mut Findings,
) -> Result<Option<T>, StoreError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.fault == StoreFault::Corrupt => {
            found.is_partial();
            found.add(
                Kind::Unreadable,
                Subject::Named(what.to_owned()),
                format!("cannot all be read: {}", error.message),
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Bits in a chunk of a sparse table.
const CHUNK: u64 = 1 << 12;

/// A set of numbers that are mostly close together.
#[derive(Debug, Default)]
pub(super) struct Bits(BTreeMap<u64, Box<[u64; CHUNK as usize / 64]>>);

impl Bits {
    pub(super) fn insert(&mut self, number: u64) {
        let chunk = self.0.entry(number / CHUNK).or_insert_with(|| Box::new([0; CHUNK as usize / 64]));
        if let Some(word) = chunk.get_mut((number % CHUNK / 64) as usize) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn contains(&self, number: u64) -> bool {
        let word = self.0.get(&(number / CHUNK)).and_then(|chunk| chunk.get((number % CHUNK / 64) as usize));
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// What is known of a message out, in sixteen bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Message(u16);

impl Message {
    const IS_THERE: u16 = 1 << 15;
    const IS_NOTICE: u16 = 1 << 3;
    const IS_OF_A_JOIN: u16 = 1 << 4;
    const IS_LATE: u16 = 1 << 5;
    /// Two bits: how many decisions say that it left; and how many journeys have it among what they sent.
    const LEFT: u32 = 6;
    const SENDS: u32 = 8;
    /// A bit for each of [`SendRecord::TOLD`](crate::store::SendRecord::TOLD).
    const TOLD: u32 = 10;

    fn new(state: OutboxState, kind: OutboxKind, is_of_a_join: bool) -> Message {
        let mut bits = Self::IS_THERE | state as u16;
        if kind == OutboxKind::Notice {
            bits |= Self::IS_NOTICE;
        }
        if is_of_a_join {
            bits |= Self::IS_OF_A_JOIN;
        }
        Message(bits)
    }

    /// Whether it is still to leave.
    pub(super) fn is_unsettled(self) -> bool {
        [OutboxState::Queued, OutboxState::Claimed, OutboxState::Promised].iter().any(|state| self.is_in(*state))
    }

    /// Whether it left, or is certain to.
    pub(super) fn has_left(self) -> bool {
        [OutboxState::Delivered, OutboxState::Promised].iter().any(|state| self.is_in(*state))
    }

    pub(super) fn is_in(self, state: OutboxState) -> bool {
        self.0 & 0b111 == state as u16
    }

    pub(super) fn is_notice(self) -> bool {
        self.0 & Self::IS_NOTICE != 0
    }

    pub(super) fn is_of_a_join(self) -> bool {
        self.0 & Self::IS_OF_A_JOIN != 0
    }

    /// Whether its journey had ended by the time it left.
    pub(super) fn is_late(self) -> bool {
        self.0 & Self::IS_LATE != 0
    }

    pub(super) fn left(self) -> u16 {
        self.0 >> Self::LEFT & 0b11
    }

    pub(super) fn sends(self) -> u16 {
        self.0 >> Self::SENDS & 0b11
    }

    pub(super) fn note_left(&mut self, is_late: bool) {
        self.0 |= if is_late { Self::IS_LATE } else { 0 };
        self.0 += u16::from(self.left() < 0b11) << Self::LEFT;
    }

    pub(super) fn note_send(&mut self) {
        self.0 += u16::from(self.sends() < 0b11) << Self::SENDS;
    }

    /// False where that was told before.
    pub(super) fn tell(&mut self, place: usize) -> bool {
        let bit = 1 << (Self::TOLD + u32::try_from(place).unwrap_or(0));
        let is_new = self.0 & bit == 0;
        self.0 |= bit;
        is_new
    }
}

/// All messages out, by number.
#[derive(Debug, Default)]
pub(super) struct Messages(BTreeMap<u64, Box<[Message; CHUNK as usize]>>);

impl Messages {
    fn insert(&mut self, row: u64, message: Message) {
        let chunk = self.0.entry(row / CHUNK).or_insert_with(|| Box::new([Message::default(); CHUNK as usize]));
        if let Some(place) = chunk.get_mut((row % CHUNK) as usize) {
            *place = message;
        }
    }

    pub(super) fn get(&self, row: u64) -> Option<Message> {
        let message = *self.0.get(&(row / CHUNK))?.get((row % CHUNK) as usize)?;
        (message.0 != 0).then_some(message)
    }

    pub(super) fn get_mut(&mut self, row: u64) -> Option<&mut Message> {
        let message = self.0.get_mut(&(row / CHUNK))?.get_mut((row % CHUNK) as usize)?;
        (message.0 != 0).then_some(message)
    }

    pub(super) fn each(&self) -> impl Iterator<Item = (u64, Message)> + '_ {
        let each = self.0.iter().flat_map(|(chunk, messages)| (chunk * CHUNK..).zip(messages.iter().copied()));
        each.filter(|(_, message)| message.0 != 0)
    }
}
