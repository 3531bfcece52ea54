//! What older steps, and workflows that are gone, still need of the version they are of: conditions, facts, events, teams.
//!
//! Slots, fields, emails, workflows and steps have the same numbers in both by now. A segment is the new one of its name, since
//! segments change for everybody.

use super::keys::signature;
use super::moved::Moves;
use super::refused::{self, Live, Lost, Unlinked};
use super::renumber::without_place;
use super::steps::needed;
use crate::source::Location;
use crate::{
    Area, Block, BlockId, Closings, EmailId, Ending, Entry, EventCount, EventId, FOREVER, Fact, FieldId, Function, Id,
    Op, Pattern, PatternEvent, PatternId, Predicate, PredicateId, Program, PropertyTest, Reference, Segment, SegmentId,
    SlotId, SplitId, Team, TeamId, Terminator, TextTestId, Wait, WaitId, WatchedField, Workflow, WorkflowId,
};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the condition that holds of nobody.
const NEVER_HOLDS: &str = "never";

pub(super) struct Importer<'p> {
    pub(super) kept: &'p Program,
    pub(super) out: &'p mut Program,
    predicates: BTreeMap<PredicateId, PredicateId>,
    of_slot: BTreeMap<SlotId, SegmentId>,
    /// The fields that lie elsewhere now.
    pub(super) moves: Moves,
    live: &'p Live,
}

impl<'p> Importer<'p> {
    pub(super) fn new(kept: &'p Program, out: &'p mut Program, live: &'p Live) -> Self {
        let of_slot = kept.segments.iter().flat_map(|(id, segment)| [(segment.holds, id), (segment.next_change, id)]);
        let moves = Moves::find(kept, out);
        Self { kept, of_slot: of_slot.collect(), out, predicates: BTreeMap::new(), moves, live }
    }

    /// The blocks of a workflow at which somebody stands.
    pub(super) fn standing(&self, id: WorkflowId) -> BTreeSet<BlockId> {
        self.live.keys().filter(|(workflow, _)| *workflow == id.0).map(|(_, block)| BlockId(*block)).collect()
    }

    /// Those in a workflow (who still have to go through a block) would have to do without something.
    pub(super) fn refused(&self, id: WorkflowId, through: Option<BlockId>, lost: Lost) -> Unlinked {
        Unlinked { standing: refused::standing(self.kept, self.live, id, through), lost }
    }

    /// A condition of a whole workflow. Where nobody is in it any more, what it lost is nobody's.
    fn asked_of(&mut self, id: WorkflowId, predicate: PredicateId) -> Result<PredicateId, Unlinked> {
        match self.predicate(predicate) {
            Ok(predicate) => Ok(predicate),
            Err(_) if self.standing(id).is_empty() => Ok(self.never()),
            Err(lost) => Err(self.refused(id, None, lost)),
        }
    }

    /// Workflows that the new version does not have: people finish what they began, and nobody comes in.
    pub(super) fn gone_workflows(&mut self) -> Result<(), Unlinked> {
        for id in self.out.lineage.gone.iter().map(|id| WorkflowId(*id)).collect::<Vec<_>>() {
            let before = self.kept.workflows.at(id);
            let standing = self.standing(id);
            // Nobody comes in of whom it could be drawn for whom it does nothing.
            let mut workflow = Workflow { entry: Entry::ByHand, event: None, holdout: None, ..before.clone() };
            if let Some(goal) = &mut workflow.goal {
                goal.when = self.asked_of(id, goal.when)?;
            }
            for exit in workflow.exits.iter_mut().chain(&mut workflow.skip).chain(&mut workflow.pause) {
                *exit = self.asked_of(id, *exit)?;
            }
            let mut counts = Vec::new();
            for count in &before.counts {
                match self.pattern(count.pattern) {
                    Ok(pattern) => counts.push(EventCount { pattern, ..count.clone() }),
                    Err(_) if standing.is_empty() => {}
                    Err(lost) => return Err(self.refused(id, None, lost)),
                }
            }
            workflow.counts = counts;
            if let Some(event) = before.event {
                workflow.event = Some(self.event(event));
            }
            workflow.writes = before.writes.iter().filter_map(|slot| self.moves.written(*slot)).collect();
            workflow.waits = Default::default();
            workflow.effects = Default::default();
            // Another workflow may name it in a step that somebody still has to go.
            self.out.meaning.workflows.at_mut(id).clone_from(&workflow);
            self.gone_steps(id, &standing)?;
            self.told_of_gone(id);
        }
        Ok(())
    }

    /// The steps that somebody still has to go, and an end for whoever would begin.
    fn gone_steps(&mut self, id: WorkflowId, standing: &BTreeSet<BlockId>) -> Result<(), Unlinked> {
        let before = self.kept.workflows.at(id);
        // What was gone before has an end of its own, where it would begin.
        let was_gone = self.kept.lineage.gone.contains(&id.0);
        let older = if was_gone { before.start.index() } else { before.body.blocks.len() };
        // Who stands in it still ends as it says.
        let closings = if standing.is_empty() { Closings::default() } else { before.closings };
        let needed = needed(&before.body, &standing.iter().copied().chain(closings.blocks()).collect());
        let end =
            || Block { ops: Default::default(), end: Terminator::Finish { step: None, ending: Ending::Finished } };
        let mut body = Function::default();
        for (block_id, block) in before.body.blocks.iter().take(if standing.is_empty() { 0 } else { older }) {
            let block = needed.contains(&block_id).then(|| self.block(id, before, block));
            let block = block.transpose().map_err(|lost| self.refused(id, Some(block_id), lost))?;
            body.blocks.push(block.unwrap_or_else(end));
        }
        let workflow = self.out.meaning.workflows.at_mut(id);
        workflow.start = body.blocks.push(end());
        workflow.body = body;
        workflow.older_starts = before.starts_in_use(standing, workflow.start);
        workflow.closings = closings;
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
                *when = match self.predicate(*when) {
                    Ok(when) => when,
                    Err(lost) => match self.still_sent(id) {
                        standing if standing.is_empty() => self.never(),
                        standing => return Err(Unlinked { standing, lost }),
                    },
                };
            }
            self.out.debug.emails.at_mut(id).subjects = subjects;
        }
        Ok(())
    }

    /// Those who still have to go through a step that sends a mail.
    fn still_sent(&self, email: EmailId) -> Vec<refused::Standing> {
        let workflows = self.kept.workflows.iter();
        let sends = workflows.flat_map(|(id, workflow)| {
            let is_it = |block: &Block| match block.end {
                Terminator::Effect { effect, .. } => workflow.effects.at(effect).message() == Some(email),
                _ => false,
            };
            workflow.body.blocks.iter().filter(move |(_, block)| is_it(block)).map(move |(block, _)| (id, block))
        });
        let mut standing: Vec<refused::Standing> = Vec::new();
        for at in sends.flat_map(|(id, block)| refused::standing(self.kept, self.live, id, Some(block))) {
            if !standing.iter().any(|known| (&known.workflow, &known.step) == (&at.workflow, &at.step)) {
                standing.push(at);
            }
        }
        standing
    }

    /// A block of older steps.
    pub(super) fn block(&mut self, id: WorkflowId, before: &Workflow, block: &Block) -> Result<Block, Lost> {
        let mut block = self.moves.block(block)?;
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
                    Reference::Split(split) => Reference::Split(self.split(split)),
                    other => other,
                });
                failed?;
                let written = imported.writes().into_iter().chain(imported.carries());
                written.into_iter().try_for_each(|field| self.still_takes_its_values(field))?;
                imported.starts().into_iter().for_each(|started| self.keep_started(started));
                let effects = &mut self.out.meaning.workflows.at_mut(id).effects;
                let known = effects.find(|known| *known == imported);
                *effect = known.unwrap_or_else(|| effects.push(imported));
            }
            _ => {}
        }
        Ok(block)
    }

    /// A field that an older step gives a text, or the value of another, must still be of its kind.
    fn still_takes_its_values(&self, field: FieldId) -> Result<(), Lost> {
        match (self.kept.fields.get(field), self.out.fields.get(field)) {
            (Some(before), Some(now)) if now.ty != before.ty => Err(Lost::field(before, now)),
            _ => Ok(()),
        }
    }

    /// Sees to it that a workflow remembers that it was started, though no step of the new version starts it.
    fn keep_started(&mut self, id: WorkflowId) {
        let before = self.kept.workflows.get(id).and_then(|workflow| workflow.started);
        let slot = before.and_then(|slot| self.moves.written(slot));
        let workflow = self.out.meaning.workflows.at_mut(id);
        workflow.started = workflow.started.or(slot);
    }

    fn wait(&mut self, wait: &Wait) -> Result<Wait, Lost> {
        let mut wait = wait.clone();
        if let Some(when) = wait.when_mut() {
            *when = self.predicate(*when)?;
        }
        if let Wait::On(appointment) = &mut wait {
            let slot = appointment.slot().map(|slot| self.moves.read(slot)).transpose()?;
            *appointment = appointment.with_slot(|before| slot.unwrap_or(before));
        }
        Ok(wait)
    }

    fn op(&mut self, op: &mut Op) -> Result<(), Lost> {
        match op {
            Op::TextTest(test) => *test = self.text_test(*test)?,
            Op::Segment(segment) => *segment = self.segment(*segment)?,
            Op::Load(place) | Op::Known(place) if place.area == Area::Contact => self.feed(place.slot)?,
            _ => {}
        }
        Ok(())
    }

    /// The condition in the new program.
    pub(super) fn predicate(&mut self, id: PredicateId) -> Result<PredicateId, Lost> {
        if let Some(known) = self.predicates.get(&id) {
            return Ok(*known);
        }
        let mut predicate = self.kept.predicates.at(id).clone();
        for block in predicate.function.blocks.values_mut() {
            *block = self.moves.block(block)?;
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

    fn text_test(&mut self, id: TextTestId) -> Result<TextTestId, Lost> {
        let test = self.kept.text_tests.at(id);
        if let (Some(before), Some(field)) = (self.kept.fields.get(test.field), self.out.fields.get(test.field))
            && !field.ty.is_text()
        {
            return Err(Lost::field(before, field));
        }
        let known = self.out.meaning.text_tests.find(|known| known == test);
        Ok(known.unwrap_or_else(|| self.out.meaning.text_tests.push(test.clone())))
    }

    pub(super) fn segment(&mut self, id: SegmentId) -> Result<SegmentId, Lost> {
        let segment = self.kept.segments.at(id);
        if let Some(known) = self.out.meaning.segments.find(|known| known.name == segment.name) {
            return Ok(known);
        }
        let (watched, afresh) = (self.predicate(segment.watched)?, self.predicate(segment.afresh)?);
        Ok(self.out.meaning.segments.push(Segment { watched, afresh, ..segment.clone() }))
    }

    /// Sees to it that a slot that older conditions read is written on.
    fn feed(&mut self, slot: SlotId) -> Result<(), Lost> {
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

    pub(super) fn pattern(&mut self, id: PatternId) -> Result<PatternId, Lost> {
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
                *declared = self.event(of);
                tests.iter_mut().try_for_each(|test| self.property(of, *declared, test))?;
            }
            PatternEvent::Changed(field) => self.watch(*field)?,
            PatternEvent::AnyActivity
            | PatternEvent::Engaged(_)
            | PatternEvent::Mailed
            | PatternEvent::Marketed
            | PatternEvent::MarketedAbout(_) => {}
        }
        Ok(self.out.meaning.patterns.push(Pattern { text: pattern.text.clone(), event, tests }))
    }

    /// Sees to it that the changes of a field that older conditions count are noticed.
    fn watch(&mut self, field: FieldId) -> Result<(), Lost> {
        let is_it = |watched: &&WatchedField| watched.field == field;
        if self.out.watched.iter().any(|watched| is_it(&watched)) {
            return Ok(());
        }
        let (before, now) = (self.kept.fields.at(field), self.out.fields.at(field));
        if before.ty.slot_kind() != now.ty.slot_kind() {
            return Err(Lost::field(before, now));
        }
        self.out.meaning.watched.extend(self.kept.watched.iter().find(is_it).cloned());
        self.out.meaning.watched.sort_by_key(|watched| watched.field);
        Ok(())
    }

    fn event(&mut self, id: EventId) -> EventId {
        let event = self.kept.events.at(id);
        let known = self.out.meaning.events.find(|known| known.name == event.name);
        known.unwrap_or_else(|| self.out.meaning.events.push(event.clone()))
    }

    fn property(&mut self, was: EventId, is: EventId, test: &mut PropertyTest) -> Result<(), Lost> {
        let Some(property) = self.kept.events.at(was).properties.get(test.property as usize) else { return Ok(()) };
        let event = self.out.meaning.events.at_mut(is);
        let place = event.properties.iter().position(|known| known.name == property.name);
        match place.and_then(|place| event.properties.get(place)) {
            Some(known) if test.test.fits(&known.ty) => test.property = place.unwrap_or_default() as u32,
            Some(known) => {
                return Err(Lost::Property {
                    name: property.name.clone(),
                    event: event.name.clone(),
                    was: refused::words(&property.ty),
                    is: refused::words(&known.ty),
                });
            }
            None => {
                test.property = event.properties.len() as u32;
                event.properties.push(property.clone());
            }
        }
        Ok(())
    }

    /// What was drawn stays where it was, also where no step of the new version asks for it.
    fn split(&mut self, id: SplitId) -> SplitId {
        let split = self.kept.splits.at(id);
        let known = self.out.meaning.splits.find(|known| known.name == split.name);
        known.unwrap_or_else(|| self.out.meaning.splits.push(split.clone()))
    }

    /// How many mails about a topic somebody has had stays known where no cap of the new version names it: what it is called now may be another's, and
    /// a cap that comes back counts what left meanwhile.
    pub(super) fn mails_about_topics(&mut self) -> Result<(), Unlinked> {
        for (topic, id) in self.kept.mailed_about() {
            if self.out.mailed_about().any(|(known, _)| known == topic) {
                continue;
            }
            let fact = self.kept.facts.at(id).clone();
            let pattern = self.pattern(fact.pattern).map_err(|lost| Unlinked { standing: Vec::new(), lost })?;
            self.out.meaning.facts.push(Fact { pattern, ..fact });
        }
        Ok(())
    }

    /// Whoever was handed to a team that is gone is with it still, and may hear from it: it takes nobody any more.
    pub(super) fn gone_teams(&mut self) {
        for team in self.kept.teams.values().filter(|team| team.handed.is_some()) {
            if self.out.meaning.teams.find(|known| known.name == team.name).is_none() {
                let empty = Team { members: Vec::new(), ..team.clone() };
                self.out.meaning.teams.push(empty);
            }
        }
    }

    fn team(&mut self, id: TeamId) -> Result<TeamId, Lost> {
        let mut team = self.kept.teams.at(id).clone();
        if let Some(known) = self.out.meaning.teams.find(|known| known.name == team.name) {
            // Older steps alone may hand somebody to it.
            let known_team = self.out.meaning.teams.at_mut(known);
            known_team.handed = known_team.handed.or(team.handed);
            known_team.owner = known_team.owner.or(team.owner);
            known_team.lapses = known_team.lapses.or(team.lapses);
            return Ok(known);
        }
        for covers in team.members.iter_mut().filter_map(|member| member.covers.as_mut()) {
            *covers = self.predicate(*covers)?;
        }
        Ok(self.out.meaning.teams.push(team))
    }
}
