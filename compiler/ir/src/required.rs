//! Which fields a workflow reads, and which of them nobody may lack who comes into it.
//!
//! A field without `?` and without a default is required, but only of people in workflows that read it: in what stands around the
//! steps, in the steps, in the segments and patterns that these name, in the mails they send and in whom their teams take. So a step
//! never compares, prints or adds up a value that is not there.
//!
//! The list is worked out from the program and kept nowhere, so it cannot differ from what the program reads. A wording belongs to no
//! version, and the fields in it are asked for all the same: of everybody who comes in from then on.

use crate::{
    Area, Dates, EmailId, Entry, Field, FieldId, IdMap, Meaning, Op, PatternEvent, PatternId, PredicateId, Program,
    Reference, SegmentId, SlotId, TextTemplate, Wait, Workflow, WorkflowId,
};
use std::collections::{BTreeMap, BTreeSet};

impl Meaning {
    /// Whether a field that a workflow reads must be known of everybody in it: one that the text does not mark with `?`, and that has no
    /// value before somebody says one. What the event says that lets them in is not known of them before it does.
    pub fn is_required(&self, field: &Field) -> bool {
        let may_lack = match field.slot {
            Some(slot) => self.frame.slots.get(slot).is_some_and(|slot| slot.presence.is_some()),
            None => field.text.is_some(),
        };
        may_lack && !field.optional && field.trigger.is_none()
    }
}

/// What nobody may lack who comes into a workflow, each in the order of the schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Required {
    /// The fields that the workflow reads.
    pub fields: Vec<FieldId>,
    /// Those of them without which its entry cannot be judged.
    pub by_entry: Vec<FieldId>,
}

impl Program {
    /// What each workflow requires.
    pub fn required(&self) -> IdMap<WorkflowId, Required> {
        let slots = Slots {
            fields: self.fields.iter().filter_map(|(id, field)| Some((field.slot?, id))).collect(),
            segments: self.segments_by_slot(),
        };
        let required_of = |workflow: &Workflow| {
            let mut reads = Reads { program: self, slots: &slots, fields: BTreeSet::new(), seen: BTreeSet::new() };
            reads.entry(&workflow.entry);
            let by_entry = reads.required();
            reads.around_and_within(workflow);
            Required { fields: reads.required(), by_entry }
        };
        self.workflows.values().map(required_of).collect()
    }
}

/// What lies in the slots of the contact's frame.
struct Slots {
    fields: BTreeMap<SlotId, FieldId>,
    segments: BTreeMap<SlotId, SegmentId>,
}

/// What was found to be read so far.
struct Reads<'p> {
    program: &'p Program,
    slots: &'p Slots,
    fields: BTreeSet<FieldId>,
    /// The predicates that were looked into: segments are named again and again.
    seen: BTreeSet<PredicateId>,
}

impl Reads<'_> {
    fn required(&self) -> Vec<FieldId> {
        let is_required =
            |id: &FieldId| self.program.fields.get(*id).is_some_and(|field| self.program.is_required(field));
        self.fields.iter().copied().filter(is_required).collect()
    }

    /// All but the entry.
    fn around_and_within(&mut self, workflow: &Workflow) {
        let awaited = workflow.waits.values().filter_map(Wait::when);
        let goal = workflow.goal.iter().map(|goal| goal.when);
        let around =
            goal.chain(workflow.exits.iter().copied()).chain(workflow.skip).chain(workflow.pause).chain(awaited);
        around.for_each(|when| self.predicate(when));
        let dates = workflow.waits.values().filter_map(|wait| wait.appointment()?.slot());
        dates.for_each(|slot| self.slot(slot));
        workflow.counts.iter().for_each(|count| self.pattern(count.pattern));
        let body = workflow.body.blocks.values().flat_map(|block| block.ops.values());
        body.for_each(|op| self.op(op));
        let named = workflow.effects.values().flat_map(|effect| effect.references());
        named.for_each(|reference| self.reference(reference));
    }

    fn entry(&mut self, entry: &Entry) {
        match entry {
            Entry::Event { patterns, when } => {
                patterns.iter().for_each(|pattern| self.pattern(*pattern));
                self.predicate(*when);
            }
            Entry::Becomes { when, .. } => self.predicate(*when),
            Entry::Dated { dates, when, .. } => {
                match dates {
                    Dates::Field(date) => self.field(date.field),
                    Dates::Schedule(schedule) => self.segment(schedule.among),
                }
                when.iter().for_each(|when| self.predicate(*when));
            }
            Entry::ByHand => {}
        }
    }

    fn pattern(&mut self, id: PatternId) {
        match self.program.patterns.get(id).map(|pattern| pattern.event) {
            Some(PatternEvent::Entered(segment) | PatternEvent::Left(segment)) => self.segment(segment),
            Some(PatternEvent::Changed(field)) => self.field(field),
            Some(
                PatternEvent::Declared(_)
                | PatternEvent::AnyActivity
                | PatternEvent::Engaged(_)
                | PatternEvent::Mailed
                | PatternEvent::Marketed
                | PatternEvent::MarketedAbout(_),
            )
            | None => {}
        }
    }

    /// A field, and what it follows from.
    fn field(&mut self, id: FieldId) {
        self.fields.insert(id);
        let values = self.program.derived_of(id).into_iter().flat_map(|derived| &derived.values);
        values.for_each(|value| self.segment(*value));
    }

    fn segment(&mut self, id: SegmentId) {
        if let Some(segment) = self.program.segments.get(id) {
            self.predicate(segment.watched);
        }
    }

    fn predicate(&mut self, id: PredicateId) {
        let program = self.program;
        if self.seen.insert(id)
            && let Some(predicate) = program.predicates.get(id)
        {
            predicate.ops().for_each(|op| self.op(op));
        }
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Load(place) if place.area == Area::Contact => self.slot(place.slot),
            Op::TextTest(test) => self.fields.extend(self.program.text_tests.get(*test).map(|test| test.field)),
            Op::Segment(segment) => self.segment(*segment),
            _ => {}
        }
    }

    fn slot(&mut self, slot: SlotId) {
        self.fields.extend(self.slots.fields.get(&slot));
        if let Some(segment) = self.slots.segments.get(&slot).copied() {
            self.segment(segment);
        }
    }

    fn reference(&mut self, reference: Reference) {
        let program = self.program;
        match reference {
            Reference::Email(email) => self.email(email),
            Reference::Team(team) => {
                let members = program.teams.get(team).into_iter().flat_map(|team| &team.members);
                members.filter_map(|member| member.covers).for_each(|covers| self.predicate(covers));
            }
            Reference::Field(field) => self.field(field),
            // It has a door of its own, or is not read.
            Reference::Workflow(_) | Reference::Split(_) | Reference::Written(_) | Reference::Kept(_) => {}
        }
    }

    fn email(&mut self, id: EmailId) {
        let Some(content) = self.program.content(id) else { return };
        let lines = content.subjects.iter().map(|subject| &subject.text).chain(&content.preview);
        lines.flat_map(TextTemplate::fields).chain(content.tokens.iter().copied()).for_each(|field| self.field(field));
        content.subjects.iter().filter_map(|subject| subject.when).for_each(|when| self.predicate(when));
    }
}
