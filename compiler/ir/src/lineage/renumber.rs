//! The new program by the numbers of the kept one: which numbers, and putting them in.

use super::keys::{self, by_key, numbered};
use super::{Fill, Lineage};
use crate::limits::TRACE_BITS;
use crate::{
    Area, CountedSince, Dates, EmailContent, EmailId, Entry, FactId, Field, FieldId, FieldType, Id, IdMap, Layout, Op,
    PatternEvent, Place, Program, Reference, Slot, SlotId, StepId, StepKey, Terminator, TextId, Turn, Wait, Workflow,
    WorkflowDebug, WorkflowId, Written,
};
use std::collections::{BTreeMap, BTreeSet};

/// New numbers of slots, and the slots to add for them.
struct Slots {
    of: Vec<SlotId>,
    added: Vec<Slot>,
}

impl Slots {
    fn at(&self, slot: SlotId) -> SlotId {
        self.of.get(slot.index()).copied().unwrap_or(slot)
    }

    /// Each slot at the one that is known for it, or behind all that are there.
    fn place(kept: &Layout, new: &Layout, known: impl Fn(SlotId) -> Option<SlotId>) -> Slots {
        let mut slots = Slots { of: Vec::with_capacity(new.slots.len()), added: Vec::new() };
        let mut taken = BTreeSet::new();
        for (id, slot) in new.slots.iter() {
            let found = known(id).filter(|found| taken.insert(*found));
            slots.of.push(found.unwrap_or_else(|| {
                slots.added.push(slot.clone());
                SlotId::from_index(kept.slots.len() + slots.added.len() - 1)
            }));
        }
        slots
    }
}

/// The numbers that a store knows the parts of a new program by.
pub(super) struct Numbers {
    workflows: (Vec<WorkflowId>, usize),
    emails: (Vec<EmailId>, usize),
    fields: (Vec<FieldId>, usize),
    frame: Slots,
    fills: Vec<Fill>,
    /// By the new program's numbers.
    journeys: Vec<Slots>,
    steps: Vec<Vec<StepId>>,
    trace_from: Vec<u32>,
}

impl Numbers {
    /// `changed` are the workflows (by the store's numbers) whose steps are others now.
    pub(super) fn find(
        kept: &Program,
        new: &Program,
        keys: &IdMap<SlotId, String>,
        changed: &BTreeSet<WorkflowId>,
    ) -> Numbers {
        let name = |workflow: &Workflow| workflow.name.clone();
        let names: Vec<String> = new.workflows.values().map(name).collect();
        let workflows: (Vec<WorkflowId>, usize) =
            numbered(kept.workflows.values().map(|workflow| workflow.name.as_str()), names.iter().map(String::as_str));
        let emails = numbered(
            kept.emails.values().map(|email| email.name.as_str()),
            new.emails.values().map(|email| email.name.as_str()),
        );
        let fields = numbered(
            kept.fields.values().map(|field| field.name.as_str()),
            new.fields.values().map(|field| field.name.as_str()),
        );
        let kept_keys = keys::frame(kept);
        let (frame, fills) = frame(kept, new, keys, &kept_keys);
        let (mut journeys, mut steps, mut trace_from) = (Vec::new(), Vec::new(), Vec::new());
        for (id, workflow) in new.workflows.iter() {
            let number = workflows.0.get(id.index()).copied().unwrap_or(id);
            let before = kept.workflows.get(number);
            let from = before.map_or(0, |before| {
                let newest = kept.lineage.trace_from.get(number.index()).copied().unwrap_or_default();
                if changed.contains(&number) { before.arms.len().div_ceil(TRACE_BITS as usize) as u32 } else { newest }
            });
            let own = keys::journey(new, workflow, from);
            let known = before.map(|before| keys::journey(kept, before, 0));
            let known = known.as_ref().map(by_key).unwrap_or_default();
            let blank = Layout::default();
            let layout = before.map_or(&blank, |before| &before.journey);
            journeys.push(Slots::place(layout, &workflow.journey, |slot| known.get(own.at(slot).as_str()).copied()));
            steps.push(step_numbers(before.map(|before| &before.steps), &workflow.steps));
            trace_from.push(from);
        }
        Numbers { workflows, emails, fields, frame, fills, journeys, steps, trace_from }
    }

    /// The emails that the new program has.
    pub(super) fn emails_here(&self) -> BTreeSet<EmailId> {
        self.emails.0.iter().copied().collect()
    }

    fn workflow(&self, id: WorkflowId) -> WorkflowId {
        self.workflows.0.get(id.index()).copied().unwrap_or(id)
    }

    fn email(&self, id: EmailId) -> EmailId {
        self.emails.0.get(id.index()).copied().unwrap_or(id)
    }

    fn field(&self, id: FieldId) -> FieldId {
        self.fields.0.get(id.index()).copied().unwrap_or(id)
    }

    fn contact(&self, slot: SlotId) -> SlotId {
        self.frame.at(slot)
    }

    fn journey(&self, workflow: WorkflowId, slot: SlotId) -> SlotId {
        self.journeys.get(workflow.index()).map_or(slot, |slots| slots.at(slot))
    }

    /// The new program by these numbers. What is gone stands where it was, with the numbers of the kept one in it.
    pub(super) fn apply(&self, kept: &Program, mut new: Program) -> Program {
        self.predicates(&mut new);
        self.shared(kept, &mut new);
        new.fields = self.all_fields(kept, &mut new);
        let here: BTreeSet<FieldId> = self.fields.0.iter().copied().collect();
        new.lineage.gone_marks = kept.marks().filter(|mark| !here.contains(mark)).collect();
        let mut content: Vec<EmailContent> = std::mem::take(&mut new.debug.emails).values().cloned().collect();
        content.iter_mut().for_each(|content| self.content(content));
        new.debug.emails =
            overlaid(kept.debug.emails.values().cloned(), content.into_iter().zip(&self.emails.0), self.emails.1);
        let mut emails = std::mem::take(&mut new.meaning.emails);
        emails.values_mut().filter_map(|email| email.topic.as_mut()).for_each(|topic| *topic = self.field(*topic));
        new.meaning.emails =
            overlaid(kept.emails.values().cloned(), emails.values().cloned().zip(&self.emails.0), self.emails.1);
        self.all_workflows(kept, &mut new);
        new.frame = grown(&kept.frame, &self.frame);
        let mut fills = kept.lineage.fills.clone();
        fills.extend(self.fills.iter().cloned());
        new.lineage = Lineage { version: kept.lineage.version, fills, ..std::mem::take(&mut new.lineage) };
        new
    }

    fn predicates(&self, new: &mut Program) {
        for predicate in new.meaning.predicates.values_mut() {
            let owner = predicate.workflow;
            for block in predicate.function.blocks.values_mut() {
                block.ops.values_mut().for_each(|op| self.op(op, owner));
            }
            predicate.workflow = owner.map(|owner| self.workflow(owner));
        }
    }

    /// `owner` is whose journey it may look at, by the new program's number.
    fn op(&self, op: &mut Op, owner: Option<WorkflowId>) {
        let (Op::Load(place) | Op::Store(place, _) | Op::Known(place) | Op::SetKnown(place, _)) = op else { return };
        let Place { area, slot } = *place;
        place.slot = match (area, owner) {
            (Area::Contact, _) => self.contact(slot),
            (Area::Journey, Some(owner)) => self.journey(owner, slot),
            (Area::Journey | Area::Company | Area::Event, _) => slot,
        };
    }

    fn shared(&self, kept: &Program, new: &mut Program) {
        new.meaning.text_tests.values_mut().for_each(|test| test.field = self.field(test.field));
        for pattern in new.meaning.patterns.values_mut() {
            if let PatternEvent::Changed(field) | PatternEvent::MarketedAbout(field) = &mut pattern.event {
                *field = self.field(*field);
            }
        }
        for topic in new.meaning.policy.caps.iter_mut().filter_map(|cap| cap.topic.as_mut()) {
            *topic = self.field(*topic);
        }
        for watched in &mut new.meaning.watched {
            (watched.field, watched.seen) = (self.field(watched.field), self.contact(watched.seen));
        }
        new.meaning.watched.sort_by_key(|watched| watched.field);
        new.meaning.derived.iter_mut().for_each(|derived| derived.field = self.field(derived.field));
        new.meaning.derived.sort_by_key(|derived| derived.field);
        for fact in new.meaning.facts.values_mut().filter(|fact| fact.area == Area::Contact) {
            fact.first = self.contact(fact.first);
            let before = kept.facts.values().find(|before| before.area == Area::Contact && before.first == fact.first);
            // One that asks for less than before keeps as many, so that asking for more again finds them.
            fact.depth = before.map_or(fact.depth, |before| before.depth.max(fact.depth));
        }
        for segment in new.meaning.segments.values_mut() {
            segment.holds = self.contact(segment.holds);
            segment.next_change = self.contact(segment.next_change);
        }
        new.meaning.splits.values_mut().for_each(|split| split.slot = self.contact(split.slot));
        let handed = new.meaning.teams.values_mut().filter_map(|team| team.handed.as_mut());
        for (_, slot) in handed.flat_map(|handed| handed.each_mut()) {
            *slot = self.contact(*slot);
        }
        for slot in new.meaning.teams.values_mut().flat_map(|team| team.owner.iter_mut().chain(&mut team.lapses)) {
            *slot = self.contact(*slot);
        }
        // Whoever was handed to a team is with it still, and whoever waits for an answer goes on in time, also where no step of the new version hands
        // anybody over any more.
        for team in new.meaning.teams.values_mut() {
            if let Some(before) = kept.teams.values().find(|before| before.name == team.name) {
                team.lapses = team.lapses.or(before.lapses);
                team.handed = team.handed.or(before.handed);
                team.owner = team.owner.or(before.owner);
            }
        }
        for (_, slot) in new.meaning.system.each_mut() {
            *slot = self.contact(*slot);
        }
    }

    /// The new fields where they were or behind the others; those that are gone keep what they hold, with the columns of their texts.
    fn all_fields(&self, kept: &Program, new: &mut Program) -> IdMap<FieldId, Field> {
        let (columns, count) =
            numbered::<TextId>(kept.texts.values().map(String::as_str), new.meaning.texts.values().map(String::as_str));
        let names = std::mem::take(&mut new.meaning.texts);
        new.meaning.texts = overlaid(kept.texts.values().cloned(), names.values().cloned().zip(&columns), count);
        let mut fields: Vec<Field> = std::mem::take(&mut new.meaning.fields).values().cloned().collect();
        for field in &mut fields {
            field.slot = field.slot.map(|slot| self.contact(slot));
            field.text = field.text.map(|text| columns.get(text.index()).copied().unwrap_or(text));
        }
        overlaid(kept.fields.values().cloned(), fields.into_iter().zip(&self.fields.0), self.fields.1)
    }

    fn content(&self, content: &mut EmailContent) {
        let mut number = |field| self.field(field);
        content.subjects.iter_mut().for_each(|subject| subject.text.renumber(&mut number));
        content.preview.iter_mut().for_each(|preview| preview.renumber(&mut number));
        content.tokens.iter_mut().for_each(|field| *field = self.field(*field));
    }

    fn all_workflows(&self, kept: &Program, new: &mut Program) {
        let workflows: Vec<Workflow> = std::mem::take(&mut new.meaning.workflows).values().cloned().collect();
        let mut told: Vec<WorkflowDebug> = std::mem::take(&mut new.debug.workflows).values().cloned().collect();
        told.resize_with(workflows.len(), WorkflowDebug::default);
        let both = workflows.into_iter().zip(told).enumerate().map(|(place, (mut workflow, mut told))| {
            let (id, number) = (WorkflowId::from_index(place), self.workflow(WorkflowId::from_index(place)));
            self.renumber(id, &mut workflow);
            let before = kept.workflows.get(number);
            keep_turn(&mut workflow, before);
            keep_several(&mut workflow, before);
            let told_before = kept.told(number);
            self.steps(id, (&mut workflow, &mut told), before, told_before);
            let blank = Layout::default();
            let layout = before.map_or(&blank, |before| &before.journey);
            workflow.journey =
                self.journeys.get(place).map_or_else(|| workflow.journey.clone(), |slots| grown(layout, slots));
            (workflow, told)
        });
        let (workflows, told): (Vec<Workflow>, Vec<WorkflowDebug>) = both.unzip();
        let count = self.workflows.1;
        new.meaning.workflows =
            overlaid(kept.workflows.values().cloned(), workflows.into_iter().zip(&self.workflows.0), count);
        let mut told_before: Vec<WorkflowDebug> = kept.debug.workflows.values().cloned().collect();
        told_before.resize_with(kept.workflows.len(), WorkflowDebug::default);
        new.debug.workflows = overlaid(told_before.into_iter(), told.into_iter().zip(&self.workflows.0), count);
        let mut trace_from = kept.lineage.trace_from.clone();
        trace_from.resize(count, 0);
        for (number, from) in self.workflows.0.iter().zip(&self.trace_from) {
            trace_from.get_mut(number.index()).into_iter().for_each(|place| *place = *from);
        }
        let here: BTreeSet<WorkflowId> = self.workflows.0.iter().copied().collect();
        let gone = kept.workflows.ids().filter(|id| !here.contains(id)).map(|id| id.0);
        new.lineage.gone = gone.collect();
        new.lineage.trace_from = trace_from;
    }

    fn renumber(&self, id: WorkflowId, workflow: &mut Workflow) {
        let slot = |slot: &mut SlotId| *slot = self.journey(id, *slot);
        match &mut workflow.entry {
            Entry::Becomes { was, owed, unjudged, .. } => {
                (*was, *owed) = (self.contact(*was), self.contact(*owed));
                unjudged.iter_mut().for_each(|slot| *slot = self.contact(*slot));
            }
            Entry::Dated { dates, at, decided, .. } => {
                (*at, *decided) = (self.contact(*at), self.contact(*decided));
                if let Dates::Field(date) = dates {
                    date.field = self.field(date.field);
                }
            }
            Entry::Event { .. } | Entry::ByHand => {}
        }
        for block in workflow.body.blocks.values_mut() {
            block.ops.values_mut().for_each(|op| self.op(op, Some(id)));
        }
        for effect in workflow.effects.values_mut() {
            effect.renumber(&mut |reference| match reference {
                Reference::Email(id) => Reference::Email(self.email(id)),
                Reference::Field(id) => Reference::Field(self.field(id)),
                Reference::Written(id) => Reference::Written(self.field(id)),
                Reference::Kept(id) => Reference::Kept(self.field(id)),
                Reference::Workflow(id) => Reference::Workflow(self.workflow(id)),
                Reference::Team(_) | Reference::Split(_) => reference,
            });
        }
        for wait in workflow.waits.values_mut() {
            if let Wait::On(appointment) = wait {
                *appointment = appointment.with_slot(|slot| self.contact(slot));
            }
        }
        let slots = &mut workflow.slots;
        [&mut slots.triggered_at, &mut slots.waiting_since, &mut slots.timed_out].into_iter().for_each(slot);
        let heads = slots.round_began.iter_mut().chain(&mut slots.held_out).chain(&mut slots.late);
        slots.trace.iter_mut().chain(&mut slots.taken).chain(heads).for_each(slot);
        slots.paused.iter_mut().flat_map(|paused| paused.each_mut()).for_each(slot);
        slots.several.iter_mut().flat_map(|several| several.each_mut()).for_each(slot);
        for (email, kept) in &mut slots.sent_at {
            *email = self.email(*email);
            slot(kept);
        }
        for asked in &mut workflow.engagements {
            asked.email = self.email(asked.email);
            slot(&mut asked.slot);
        }
        for count in &mut workflow.counts {
            if let CountedSince::Sent(email) = &mut count.since {
                *email = self.email(*email);
            }
            slot(&mut count.slot);
        }
        workflow.writes.iter_mut().for_each(|slot| *slot = self.contact(*slot));
        workflow.started.iter_mut().for_each(|slot| *slot = self.contact(*slot));
        for turn in workflow.turn.iter_mut().chain(&mut workflow.again) {
            for (count, kept) in &mut turn.counts {
                (*count, *kept) = (self.journey(id, *count), self.contact(*kept));
            }
            let Turn { at, triggers, triggered_at, .. } = turn;
            [at, triggers, triggered_at].into_iter().for_each(|slot| *slot = self.contact(*slot));
        }
    }

    fn steps(
        &self,
        id: WorkflowId,
        (workflow, told): (&mut Workflow, &mut WorkflowDebug),
        before: Option<&Workflow>,
        told_before: Option<&WorkflowDebug>,
    ) {
        let Some(numbers) = self.steps.get(id.index()) else { return };
        let number = |step: &mut StepId| *step = numbers.get(step.index()).copied().unwrap_or(*step);
        for block in workflow.body.blocks.values_mut() {
            match &mut block.end {
                Terminator::Effect { step, .. }
                | Terminator::Wait { step, .. }
                | Terminator::Finish { step: Some(step), .. } => number(step),
                _ => {}
            }
        }
        workflow.arms.iter_mut().for_each(number);
        let mut kept: Vec<StepKey> = before.into_iter().flat_map(|before| before.steps.values().cloned()).collect();
        set_apart(&mut kept, &workflow.steps, numbers);
        let count = numbers.iter().map(|id| id.index() + 1).max().unwrap_or_default().max(kept.len());
        let mut written: Vec<Written> =
            told_before.into_iter().flat_map(|told| told.steps.values()).map(without_place).collect();
        written.truncate(kept.len());
        for step in kept.iter().skip(written.len()) {
            written.push(Written { text: step.to_string(), ..Written::default() });
        }
        let steps = std::mem::take(&mut workflow.steps);
        if told.steps.len() == steps.len() {
            told.steps = overlaid(written.into_iter(), told.steps.values().cloned().zip(numbers), count);
        }
        workflow.steps = overlaid(kept.into_iter(), steps.values().cloned().zip(numbers), count);
    }
}

/// Those who wait keep their turn where the rate is another one, or none.
fn keep_turn(workflow: &mut Workflow, before: Option<&Workflow>) {
    let Some(before) = before.and_then(|before| before.turn.as_ref()) else { return };
    match &mut workflow.turn {
        None => workflow.turn = Some(before.clone()),
        Some(turn) => {
            let known = before.rates.iter().copied();
            let new = turn.rates.iter().filter(|rate| !before.rates.contains(rate)).copied();
            turn.rates = known.chain(new).collect();
        }
    }
}

/// Whoever is in it with several values stays so, however people come in again by now.
fn keep_several(workflow: &mut Workflow, before: Option<&Workflow>) {
    let Some(before) = before.filter(|_| workflow.several.is_none()) else { return };
    workflow.several.clone_from(&before.several);
    workflow.slots.several = workflow.slots.several.or(before.slots.several);
}

/// What was written in a version whose files are no longer at hand.
pub(super) fn without_place(written: &Written) -> Written {
    Written { text: written.text.clone(), ..Written::default() }
}

fn grown(kept: &Layout, slots: &Slots) -> Layout {
    let mut layout = kept.clone();
    if !slots.added.is_empty() {
        layout.grow(slots.added.clone());
    }
    layout
}

/// A list by the store's numbers: what was there, the new ones in their places, and those that come behind.
fn overlaid<'n, I: Id + 'n, T: Clone>(
    kept: impl Iterator<Item = T>,
    new: impl Iterator<Item = (T, &'n I)>,
    count: usize,
) -> IdMap<I, T> {
    let mut places: BTreeMap<usize, T> = kept.enumerate().collect();
    places.extend(new.map(|(item, id)| (id.index(), item)));
    debug_assert_eq!(places.len(), count, "a number was given to nothing");
    places.into_values().collect()
}

/// A step that says something else under its label has a number of its own. The label is that of now, and who stands at the step of before stands at
/// another of that name.
fn set_apart(kept: &mut [StepKey], new: &IdMap<StepId, StepKey>, numbers: &[StepId]) {
    let taken: BTreeSet<usize> = numbers.iter().map(|id| id.index()).collect();
    let now: BTreeSet<String> = new.values().map(StepKey::to_string).collect();
    let mut known: BTreeSet<String> = kept.iter().map(StepKey::to_string).collect();
    for (_, key) in kept.iter_mut().enumerate().filter(|(place, _)| !taken.contains(place)) {
        while now.contains(&key.to_string()) {
            key.nth += 1;
            while known.contains(&key.to_string()) {
                key.nth += 1;
            }
        }
        known.insert(key.to_string());
    }
}

fn step_numbers(kept: Option<&IdMap<StepId, StepKey>>, new: &IdMap<StepId, StepKey>) -> Vec<StepId> {
    let known: BTreeMap<&StepKey, StepId> =
        kept.into_iter().flat_map(|kept| kept.iter()).map(|(id, key)| (key, id)).collect();
    let mut next = kept.map_or(0, IdMap::len);
    let number = |key: &StepKey| {
        known.get(key).copied().unwrap_or_else(|| {
            next += 1;
            StepId::from_index(next - 1)
        })
    };
    new.values().map(number).collect()
}

/// The slots of the frame, and what those begin with that are not where they were.
fn frame(
    kept: &Program,
    new: &Program,
    keys: &IdMap<SlotId, String>,
    kept_keys: &IdMap<SlotId, String>,
) -> (Slots, Vec<Fill>) {
    let known = by_key(kept_keys);
    let mut found: IdMap<SlotId, Option<SlotId>> = keys.values().map(|key| known.get(key.as_str()).copied()).collect();
    let mut moved: Vec<Fill> = Vec::new();
    for (id, field) in new.fields.iter() {
        let Some(slot) = field.slot else { continue };
        let Some((old, before)) = kept.fields.iter().find(|(_, before)| before.name == field.name) else { continue };
        let Some(from) = before.slot.filter(|_| before.tag == field.tag) else { continue };
        // What was seen of it, as it: a field that was not watched before was seen as it stands.
        let seen_before = seen(kept, old).unwrap_or(from);
        let both = [(slot, from)].into_iter().chain(seen(new, id).map(|seen| (seen, seen_before)));
        let carried = carried(kept, before, new, field);
        for (slot, from) in both {
            match &carried {
                Carried::AsItIs => {
                    if found.at(slot).is_none() {
                        moved.push(Fill { slot, from, values: None });
                    }
                }
                Carried::Translated(values) => {
                    *found.at_mut(slot) = None;
                    moved.push(Fill { slot, from, values: Some(values.clone()) });
                }
                Carried::No => *found.at_mut(slot) = None,
                Carried::ByText => {}
            }
        }
    }
    for fact in new.facts.ids() {
        together(new, fact, &mut found);
    }
    let slots = Slots::place(&kept.frame, &new.frame, |slot| *found.at(slot));
    let fills = moved.into_iter().map(|fill| Fill { slot: slots.at(fill.slot), ..fill });
    let fills = fills.collect();
    (slots, fills)
}

/// Where a program keeps what was seen of a field.
fn seen(program: &Program, field: FieldId) -> Option<SlotId> {
    program.watched.iter().find(|watched| watched.field == field).map(|watched| watched.seen)
}

/// The slots of a fact lie side by side, or they are all new.
fn together(new: &Program, fact: FactId, found: &mut IdMap<SlotId, Option<SlotId>>) {
    let fact = new.facts.at(fact);
    if fact.area != Area::Contact {
        return;
    }
    let first = found.get(fact.first).copied().flatten();
    let is_there = |nth: u32| first.is_some_and(|first| *found.at(fact.slot(nth)) == Some(SlotId(first.0 + nth)));
    if !(0..fact.depth).all(is_there) {
        (0..fact.depth).for_each(|nth| *found.at_mut(fact.slot(nth)) = None);
    }
}

/// What a field's slot holds in a new version.
enum Carried {
    /// What it held.
    AsItIs,
    /// Other numbers for the same choices.
    Translated(Vec<Option<i64>>),
    /// The number of the text that is kept beside the frame.
    ByText,
    /// Nothing: it is another kind of value.
    No,
}

fn carried(kept: &Program, before: &Field, new: &Program, field: &Field) -> Carried {
    match (&before.ty, &field.ty) {
        (FieldType::OneOf(was), FieldType::OneOf(is)) => {
            let (was, is) = (was.to_vec(), is.to_vec());
            if is.starts_with(&was) {
                return Carried::AsItIs;
            }
            let place = |choice: &String| Some(is.iter().position(|known| known == choice)? as i64 + 1);
            Carried::Translated([Some(0)].into_iter().chain(was.iter().map(place)).collect())
        }
        (FieldType::Stage, FieldType::Stage) if new.stages.starts_with(&kept.stages) => Carried::AsItIs,
        (FieldType::Stage, FieldType::Stage) => {
            // A stage that is gone is the highest before it that is not.
            let mut last = 0;
            let place = |stage: &String| {
                last = new.stages.iter().position(|known| known == stage).map_or(last, |place| place as i64);
                Some(last)
            };
            Carried::Translated(kept.stages.iter().map(place).collect())
        }
        (was, is) if was.is_text() && is.is_text() => Carried::ByText,
        (FieldType::Number | FieldType::Money, FieldType::Number | FieldType::Money) => Carried::AsItIs,
        (was, is) if was == is => Carried::AsItIs,
        _ => Carried::No,
    }
}
