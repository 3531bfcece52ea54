//! What older steps, and workflows that are gone, still need of the version they are of: conditions, facts, events, teams.
//!
//! Slots, fields, emails, workflows and steps have the same numbers in both by now. A segment is the new one of its name, since
//! segments change for everybody.

use super::Unlinked;
use super::keys::signature;
use super::renumber::without_place;
use super::steps::needed;
use crate::source::Location;
use crate::{
    Area, Block, BlockId, EmailId, Ending, Entry, EventCount, EventId, FOREVER, Fact, Function, Id, Op, Pattern,
    PatternEvent, PatternId, Predicate, PredicateId, Program, PropertyTest, Reference, Segment, SegmentId, SlotId,
    TeamId, Terminator, TextTestId, Wait, WaitId, Workflow, WorkflowId,
};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the condition that holds of nobody.
const NEVER_HOLDS: &str = "never";

pub(super) struct Importer<'p> {
    pub(super) kept: &'p Program,
    pub(super) out: &'p mut Program,
    predicates: BTreeMap<PredicateId, PredicateId>,
    of_slot: BTreeMap<SlotId, SegmentId>,
}

impl<'p> Importer<'p> {
    pub(super) fn new(kept: &'p Program, out: &'p mut Program) -> Self {
        let of_slot = kept.segments.iter().flat_map(|(id, segment)| [(segment.holds, id), (segment.next_change, id)]);
        Self { kept, of_slot: of_slot.collect(), out, predicates: BTreeMap::new() }
    }

    /// Workflows that the new version does not have: people finish what they began, and nobody comes in.
    pub(super) fn gone_workflows(&mut self, live: &BTreeSet<(u32, u32)>) -> Result<(), Unlinked> {
        for id in self.out.lineage.gone.iter().map(|id| WorkflowId(*id)).collect::<Vec<_>>() {
            let before = self.kept.workflows.at(id);
            let standing: BTreeSet<BlockId> =
                live.iter().filter(|(workflow, _)| *workflow == id.0).map(|(_, block)| BlockId(*block)).collect();
            let mut workflow = Workflow { entry: Entry::ByHand, started: None, event: None, ..before.clone() };
            workflow.event = before.event.map(|event| self.event(event)).transpose()?;
            if let Some(goal) = &mut workflow.goal {
                goal.when = self.predicate(goal.when)?;
            }
            for exit in workflow.exits.iter_mut().chain(&mut workflow.skip) {
                *exit = self.predicate(*exit)?;
            }
            for EventCount { pattern, .. } in &mut workflow.counts {
                *pattern = self.pattern(*pattern)?;
            }
            workflow.waits = Default::default();
            workflow.effects = Default::default();
            // Another workflow may name it in a step that somebody still has to go.
            workflow.started = before.started;
            self.out.meaning.workflows.at_mut(id).clone_from(&workflow);
            let needed = needed(&before.body, &standing);
            let mut body = Function::default();
            for (block_id, block) in before.body.blocks.iter() {
                let end = Terminator::Finish { step: None, ending: Ending::Finished };
                let unused = Block { ops: Default::default(), end };
                body.blocks.push(if needed.contains(&block_id) { self.block(id, before, block)? } else { unused });
            }
            let workflow = self.out.meaning.workflows.at_mut(id);
            workflow.body = body;
            workflow.start = BlockId::from_index(before.body.blocks.len());
            let end = Terminator::Finish { step: None, ending: Ending::Finished };
            workflow.body.blocks.push(Block { ops: Default::default(), end });
            if standing.is_empty() {
                workflow.body.blocks = workflow.body.blocks.values().skip(before.body.blocks.len()).cloned().collect();
                workflow.start = BlockId(0);
            }
            self.told_of_gone(id);
        }
        Ok(())
    }

    fn told_of_gone(&mut self, id: WorkflowId) {
        if self.out.debug.workflows.get(id).is_none() {
            return;
        }
        let told = self.out.debug.workflows.at_mut(id);
        (told.at, told.entry) = (Location::default(), Location::default());
        let lists = told.exits.iter_mut().chain(&mut told.arms).chain(told.steps.values_mut()).chain(&mut told.goal);
        lists.for_each(|written| *written = without_place(written));
    }

    /// Mails that the new version does not have, which somebody may still be sent.
    pub(super) fn gone_emails(&mut self, here: &BTreeSet<EmailId>) -> Result<(), Unlinked> {
        for id in self.kept.emails.ids().filter(|id| !here.contains(id)) {
            if self.out.debug.emails.get(id).is_none() {
                continue;
            }
            let mut subjects = self.out.debug.emails.at(id).subjects.clone();
            for when in subjects.iter_mut().filter_map(|subject| subject.when.as_mut()) {
                *when = self.predicate(*when)?;
            }
            self.out.debug.emails.at_mut(id).subjects = subjects;
        }
        Ok(())
    }

    /// A block of older steps.
    pub(super) fn block(&mut self, id: WorkflowId, before: &Workflow, block: &Block) -> Result<Block, Unlinked> {
        let mut block = block.clone();
        block.ops.values_mut().try_for_each(|op| self.op(op))?;
        match &mut block.end {
            Terminator::Wait { wait, .. } => {
                let imported = self.wait(before.waits.at(*wait))?;
                let waits = &mut self.out.meaning.workflows.at_mut(id).waits;
                let known: Option<WaitId> = waits.find(|known| *known == imported);
                *wait = known.unwrap_or_else(|| waits.push(imported));
            }
            Terminator::Effect { effect, .. } => {
                let mut imported = before.effects.at(*effect).clone();
                let mut failed = Ok(());
                imported.renumber(&mut |reference| match reference {
                    Reference::Team(team) => match self.team(team) {
                        Ok(team) => Reference::Team(team),
                        Err(problem) => {
                            failed = Err(problem);
                            reference
                        }
                    },
                    other => other,
                });
                failed?;
                let effects = &mut self.out.meaning.workflows.at_mut(id).effects;
                let known = effects.find(|known| *known == imported);
                *effect = known.unwrap_or_else(|| effects.push(imported));
            }
            _ => {}
        }
        Ok(block)
    }

    fn wait(&mut self, wait: &Wait) -> Result<Wait, Unlinked> {
        Ok(match wait {
            Wait::For(span) => Wait::For(*span),
            Wait::Until { when, up_to } => Wait::Until { when: self.predicate(*when)?, up_to: *up_to },
        })
    }

    fn op(&mut self, op: &mut Op) -> Result<(), Unlinked> {
        match op {
            Op::TextTest(test) => *test = self.text_test(*test)?,
            Op::Segment(segment) => *segment = self.segment(*segment)?,
            Op::Load(place) | Op::Known(place) if place.area == Area::Contact => self.feed(place.slot)?,
            _ => {}
        }
        Ok(())
    }

    /// The condition in the new program.
    pub(super) fn predicate(&mut self, id: PredicateId) -> Result<PredicateId, Unlinked> {
        if let Some(known) = self.predicates.get(&id) {
            return Ok(*known);
        }
        let mut predicate = self.kept.predicates.at(id).clone();
        for block in predicate.function.blocks.values_mut() {
            block.ops.values_mut().try_for_each(|op| self.op(op))?;
        }
        let imported = self.out.meaning.predicates.find(|known| *known == predicate);
        let imported = imported.unwrap_or_else(|| self.out.meaning.predicates.push(predicate));
        self.predicates.insert(id, imported);
        Ok(imported)
    }

    /// A condition that holds of nobody.
    pub(super) fn never(&mut self) -> PredicateId {
        let known = self.out.meaning.predicates.find(|known| known.name == NEVER_HOLDS && known.workflow.is_none());
        known.unwrap_or_else(|| {
            let mut block =
                Block { ops: Default::default(), end: Terminator::Finish { step: None, ending: Ending::Finished } };
            let holds = block.ops.push(Op::Bool(false));
            let next_change = block.ops.push(Op::Int(FOREVER));
            block.end = Terminator::Result { holds, next_change };
            let function = Function { blocks: [block].into_iter().collect() };
            self.out.meaning.predicates.push(Predicate { name: NEVER_HOLDS.to_owned(), workflow: None, function })
        })
    }

    fn text_test(&mut self, id: TextTestId) -> Result<TextTestId, Unlinked> {
        let test = self.kept.text_tests.at(id);
        let field = self.out.fields.get(test.field).filter(|field| field.ty.is_text());
        let name = self.kept.fields.get(test.field).map_or("?", |field| field.name.as_str());
        if field.is_none() {
            return Err(Unlinked {
                problem: format!("`{name}` was a text, and steps that people still have to go read its letters"),
            });
        }
        let known = self.out.meaning.text_tests.find(|known| known == test);
        Ok(known.unwrap_or_else(|| self.out.meaning.text_tests.push(test.clone())))
    }

    pub(super) fn segment(&mut self, id: SegmentId) -> Result<SegmentId, Unlinked> {
        let segment = self.kept.segments.at(id);
        if let Some(known) = self.out.meaning.segments.find(|known| known.name == segment.name) {
            return Ok(known);
        }
        let (watched, afresh) = (self.predicate(segment.watched)?, self.predicate(segment.afresh)?);
        Ok(self.out.meaning.segments.push(Segment { watched, afresh, ..segment.clone() }))
    }

    /// Sees to it that a slot that older conditions read is written on.
    fn feed(&mut self, slot: SlotId) -> Result<(), Unlinked> {
        if let Some(segment) = self.of_slot.get(&slot).copied() {
            return self.segment(segment).map(drop);
        }
        let has = |fact: &Fact| fact.area == Area::Contact && (0..fact.depth).any(|nth| fact.slot(nth) == slot);
        let Some(fact) = self.kept.facts.values().find(|fact| has(fact)) else { return Ok(()) };
        if self.out.meaning.facts.find(has).is_none() {
            let pattern = self.pattern(fact.pattern)?;
            self.out.meaning.facts.push(Fact { pattern, ..fact.clone() });
        }
        Ok(())
    }

    pub(super) fn pattern(&mut self, id: PatternId) -> Result<PatternId, Unlinked> {
        let pattern = self.kept.patterns.at(id);
        let asked = signature(self.kept, pattern);
        if let Some(known) = self.out.patterns.find(|known| signature(self.out, known) == asked) {
            return Ok(known);
        }
        let (mut event, mut tests) = (pattern.event, pattern.tests.clone());
        match &mut event {
            PatternEvent::Entered(segment) | PatternEvent::Left(segment) => *segment = self.segment(*segment)?,
            PatternEvent::Declared(declared) => {
                let of = *declared;
                *declared = self.event(of)?;
                tests.iter_mut().try_for_each(|test| self.property(of, *declared, test))?;
            }
            PatternEvent::AnyActivity => {}
        }
        Ok(self.out.meaning.patterns.push(Pattern { text: pattern.text.clone(), event, tests }))
    }

    fn event(&mut self, id: EventId) -> Result<EventId, Unlinked> {
        let event = self.kept.events.at(id);
        let known = self.out.meaning.events.find(|known| known.name == event.name);
        Ok(known.unwrap_or_else(|| self.out.meaning.events.push(event.clone())))
    }

    fn property(&mut self, was: EventId, is: EventId, test: &mut PropertyTest) -> Result<(), Unlinked> {
        let Some(property) = self.kept.events.at(was).properties.get(test.property as usize) else { return Ok(()) };
        let event = self.out.meaning.events.at_mut(is);
        let place = event.properties.iter().position(|known| known.name == property.name);
        match place.and_then(|place| event.properties.get(place)).map(|known| test.test.fits(&known.ty)) {
            Some(true) => test.property = place.unwrap_or_default() as u32,
            Some(false) => {
                let (event, name) = (&event.name, &property.name);
                let problem = format!(
                    "`{name}` of the event `{event}` is of another type now, and steps that people still have to go ask for it"
                );
                return Err(Unlinked { problem });
            }
            None => {
                test.property = event.properties.len() as u32;
                event.properties.push(property.clone());
            }
        }
        Ok(())
    }

    fn team(&mut self, id: TeamId) -> Result<TeamId, Unlinked> {
        let mut team = self.kept.teams.at(id).clone();
        if let Some(known) = self.out.meaning.teams.find(|known| known.name == team.name) {
            return Ok(known);
        }
        for covers in team.members.iter_mut().filter_map(|member| member.covers.as_mut()) {
            *covers = self.predicate(*covers)?;
        }
        Ok(self.out.meaning.teams.push(team))
    }
}
