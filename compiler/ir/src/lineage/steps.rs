//! Steps of two versions in one workflow: the older ones for those who began with them, the newer ones for whoever begins.

use super::refused::{Live, Unlinked};
use super::renumber::without_place;
use super::take_over::Importer;
use crate::limits::TRACE_BITS;
use crate::{
    Block, BlockId, Effect, Ending, Engagement, EventCount, Function, Id, IdMap, Op, Predicate, PredicateId, Program,
    StepId, Terminator, ValueId, Wait, Workflow, WorkflowId, Written,
};
use std::collections::BTreeSet;

/// The workflows that are in both and whose steps differ, by the store's numbers.
pub(super) fn changed(kept: &Program, out: &Program) -> BTreeSet<WorkflowId> {
    let same = Same { kept, out };
    let here = kept.workflows.ids().filter(|id| !out.lineage.gone.contains(&id.0));
    here.filter(|id| !same.steps(*id)).collect()
}

/// Compares a kept program with the new one by its numbers.
struct Same<'p> {
    kept: &'p Program,
    out: &'p Program,
}

impl Same<'_> {
    fn steps(&self, id: WorkflowId) -> bool {
        let (kept, out) = (self.kept.workflows.at(id), self.out.workflows.at(id));
        let from = kept.start.index();
        let trace_from = self.kept.lineage.trace_from.get(id.index()).copied().unwrap_or_default();
        let newest_arms = kept.arms.get((trace_from * TRACE_BITS) as usize..).unwrap_or_default();
        kept.body.blocks.len() - from == out.body.blocks.len()
            && newest_arms == out.arms
            && kept.closings == out.closings.moved(|block| BlockId(block.0 + kept.start.0))
            && (kept.body.blocks.values().skip(from).zip(out.body.blocks.values()))
                .all(|(before, block)| self.block((kept, before), (out, block)))
    }

    fn block(&self, (kept, before): (&Workflow, &Block), (out, block): (&Workflow, &Block)) -> bool {
        let at = |target: BlockId| BlockId(target.0 + kept.start.0);
        let ends = match (&before.end, &block.end) {
            (Terminator::Jump(was), Terminator::Jump(is)) => *was == at(*is),
            (Terminator::Branch(value, yes, no), Terminator::Branch(is_value, is_yes, is_no)) => {
                (*value, *yes, *no) == (*is_value, at(*is_yes), at(*is_no))
            }
            (
                Terminator::Effect { step, effect, next },
                Terminator::Effect { step: is_step, effect: is_effect, next: is_next },
            ) => {
                let (was, is) = (kept.effects.at(*effect), out.effects.at(*is_effect));
                step == is_step && *next == at(*is_next) && self.effect(was, is)
            }
            (
                Terminator::Wait { step, wait, resume },
                Terminator::Wait { step: is_step, wait: is_wait, resume: is_resume },
            ) => {
                let (was, is) = (kept.waits.at(*wait), out.waits.at(*is_wait));
                step == is_step && *resume == at(*is_resume) && self.wait(was, is)
            }
            (was, is) => was == is,
        };
        ends && self.ops(&before.ops, &block.ops)
    }

    fn ops(&self, was: &IdMap<ValueId, Op>, is: &IdMap<ValueId, Op>) -> bool {
        was.len() == is.len() && was.values().zip(is.values()).all(|(was, is)| self.op(was, is))
    }

    fn op(&self, was: &Op, is: &Op) -> bool {
        match (was, is) {
            (Op::TextTest(was), Op::TextTest(is)) => self.kept.text_tests.get(*was) == self.out.text_tests.get(*is),
            (Op::Segment(was), Op::Segment(is)) => {
                let name = |program: &Program, id| program.segments.get(id).map(|segment| segment.name.clone());
                name(self.kept, *was) == name(self.out, *is)
            }
            _ => was == is,
        }
    }

    fn effect(&self, was: &Effect, is: &Effect) -> bool {
        let mut is = is.clone();
        is.renumber(&mut |reference| match reference {
            crate::Reference::Team(id) => {
                let name = self.out.teams.get(id).map(|team| team.name.as_str());
                let known = self.kept.teams.find(|team| Some(team.name.as_str()) == name);
                crate::Reference::Team(known.unwrap_or(crate::TeamId(u32::MAX)))
            }
            crate::Reference::Split(id) => {
                let name = self.out.splits.get(id).map(|split| split.name.as_str());
                let known = self.kept.splits.find(|split| Some(split.name.as_str()) == name);
                crate::Reference::Split(known.unwrap_or(crate::SplitId(u32::MAX)))
            }
            other => other,
        });
        *was == is
    }

    fn wait(&self, was: &Wait, is: &Wait) -> bool {
        match (was, is) {
            (Wait::Until { when, up_to }, Wait::Until { when: is_when, up_to: is_up_to }) => {
                up_to == is_up_to && self.predicate(*when, *is_when)
            }
            (Wait::Round { every, until: Some(until) }, Wait::Round { every: is_every, until: Some(is_until) }) => {
                every == is_every && self.predicate(*until, *is_until)
            }
            _ => was == is,
        }
    }

    fn predicate(&self, was: PredicateId, is: PredicateId) -> bool {
        let (was, is): (&Predicate, &Predicate) = (self.kept.predicates.at(was), self.out.predicates.at(is));
        let (was, is) = (&was.function.blocks, &is.function.blocks);
        was.len() == is.len()
            && was.values().zip(is.values()).all(|(was, is)| was.end == is.end && self.ops(&was.ops, &is.ops))
    }
}

/// Brings the steps of both versions together, in every workflow that both have.
pub(super) fn unite(importer: &mut Importer<'_>, changed: &BTreeSet<WorkflowId>) -> Result<(), Unlinked> {
    let kept = importer.kept;
    for id in kept.workflows.ids().filter(|id| !importer.out.lineage.gone.contains(&id.0)).collect::<Vec<_>>() {
        let before = kept.workflows.at(id);
        let standing = importer.standing(id);
        let older = if changed.contains(&id) { before.body.blocks.len() } else { before.start.index() };
        exits(importer, id);
        // Who goes the steps of now is asked what those ask.
        answers(importer, id, standing.iter().any(|block| block.index() < older))?;
        arms(importer, id, before);
        if !standing.is_empty() {
            older_blocks(importer, id, older, &standing)?;
        }
    }
    Ok(())
}

/// Those before `older` of which somebody still needs one, with the newer ones behind them.
fn older_blocks(
    importer: &mut Importer<'_>,
    id: WorkflowId,
    older: usize,
    standing: &BTreeSet<BlockId>,
) -> Result<(), Unlinked> {
    let before = importer.kept.workflows.at(id);
    let needed = needed(&before.body, standing);
    let mut blocks: IdMap<BlockId, Block> = IdMap::default();
    for (block_id, block) in before.body.blocks.iter().take(older) {
        // Nobody comes to it any more.
        let end = Terminator::Finish { step: None, ending: Ending::Finished };
        let unused = Block { ops: IdMap::default(), end };
        let block = needed.contains(&block_id).then(|| importer.block(id, before, block));
        blocks.push(block.transpose().map_err(|lost| importer.refused(id, Some(block_id), lost))?.unwrap_or(unused));
    }
    let written: Vec<_> = before.writes.iter().filter_map(|slot| importer.moves.written(*slot)).collect();
    let workflow = importer.out.meaning.workflows.at_mut(id);
    for block in workflow.body.blocks.values() {
        blocks.push(Block { ops: block.ops.clone(), end: moved(&block.end, older as u32) });
    }
    workflow.body = Function { blocks };
    workflow.start = BlockId::from_index(older);
    workflow.older_starts = before.starts_in_use(standing, workflow.start);
    workflow.closings = workflow.closings.moved(|block| BlockId(block.0 + older as u32));
    let mut writes: BTreeSet<_> = workflow.writes.iter().copied().collect();
    writes.extend(written);
    workflow.writes = writes.into_iter().collect();
    Ok(())
}

fn moved(end: &Terminator, by: u32) -> Terminator {
    let at = |block: BlockId| BlockId(block.0 + by);
    match *end {
        Terminator::Jump(next) => Terminator::Jump(at(next)),
        Terminator::Branch(value, yes, no) => Terminator::Branch(value, at(yes), at(no)),
        Terminator::Effect { step, effect, next } => Terminator::Effect { step, effect, next: at(next) },
        Terminator::Wait { step, wait, resume } => Terminator::Wait { step, wait, resume: at(resume) },
        Terminator::Finish { .. } | Terminator::Result { .. } => end.clone(),
    }
}

/// Wherever somebody may stand in what a program still has of the versions before it, and where the steps behind that begin.
pub(super) fn all(kept: &Program) -> Live {
    let older = |(id, workflow): (WorkflowId, &Workflow)| {
        let points = workflow.resume_points();
        let older = points.into_iter().filter(|point| workflow.start.0 > 0 && *point <= workflow.start);
        older.map(|point| ((id.0, point.0), 1)).collect::<Vec<_>>()
    };
    kept.workflows.iter().flat_map(older).collect()
}

/// The blocks that a path from one of these leads to, and the waits that end there: what is waited for stands in them.
pub(super) fn needed(body: &Function, standing: &BTreeSet<BlockId>) -> BTreeSet<BlockId> {
    let mut needed = BTreeSet::new();
    let ends_there = |block: &Block| matches!(block.end, Terminator::Wait { resume, .. } if standing.contains(&resume));
    let waits = body.blocks.iter().filter(|(_, block)| ends_there(block)).map(|(id, _)| id);
    let mut todo: Vec<BlockId> = waits.chain(standing.iter().copied()).collect();
    while let Some(id) = todo.pop() {
        if let Some(block) = body.blocks.get(id)
            && needed.insert(id)
        {
            todo.extend(block.end.targets());
        }
    }
    needed
}

/// What an older journey remembers of its mails, of the answers to them, of events, and of who took a handoff.
fn answers(importer: &mut Importer<'_>, id: WorkflowId, is_live: bool) -> Result<(), Unlinked> {
    let before = importer.kept.workflows.at(id);
    for (email, slot) in &before.slots.sent_at {
        let sent_at = &mut importer.out.meaning.workflows.at_mut(id).slots.sent_at;
        if !sent_at.iter().any(|(known, _)| known == email) {
            sent_at.push((*email, *slot));
        }
    }
    let taken = &mut importer.out.meaning.workflows.at_mut(id).slots.taken;
    *taken = taken.or(before.slots.taken);
    let round_began = &mut importer.out.meaning.workflows.at_mut(id).slots.round_began;
    *round_began = round_began.or(before.slots.round_began);
    // Of whom nothing was done nothing is done to the end of their journey, whatever the new version holds out.
    let held_out = &mut importer.out.meaning.workflows.at_mut(id).slots.held_out;
    *held_out = held_out.or(before.slots.held_out);
    let paused = &mut importer.out.meaning.workflows.at_mut(id).slots.paused;
    *paused = paused.or(before.slots.paused);
    let late = &mut importer.out.meaning.workflows.at_mut(id).slots.late;
    *late = late.or(before.slots.late);
    if !is_live {
        return Ok(());
    }
    for asked in &before.engagements {
        let engagements: &mut Vec<Engagement> = &mut importer.out.meaning.workflows.at_mut(id).engagements;
        if !engagements.iter().any(|known| known.slot == asked.slot) {
            engagements.push(asked.clone());
        }
    }
    for count in &before.counts {
        let counts = &mut importer.out.meaning.workflows.at_mut(id).counts;
        if let Some(known) = counts.iter_mut().find(|known| known.slot == count.slot) {
            // It is counted as far as any of the steps asks.
            known.enough = known.enough.max(count.enough);
            continue;
        }
        let pattern = importer.pattern(count.pattern).map_err(|lost| importer.refused(id, None, lost))?;
        importer.out.meaning.workflows.at_mut(id).counts.push(EventCount { pattern, ..count.clone() });
    }
    Ok(())
}

/// Arms keep their numbers; those of changed steps begin at a trace word of their own.
fn arms(importer: &mut Importer<'_>, id: WorkflowId, before: &Workflow) {
    let from = importer.out.lineage.trace_from.get(id.index()).copied().unwrap_or_default();
    let told_before = importer.kept.told(id).map(|told| told.arms.as_slice()).unwrap_or_default();
    let workflow = importer.out.meaning.workflows.at_mut(id);
    let mut trace = before.slots.trace.clone();
    trace.truncate(from as usize);
    trace.append(&mut workflow.slots.trace);
    workflow.slots.trace = trace;
    let count = (from * TRACE_BITS) as usize;
    let mut arms: Vec<StepId> = before.arms.iter().copied().take(count).collect();
    let last = arms.last().copied().unwrap_or(StepId(0));
    arms.resize(count, last);
    arms.append(&mut workflow.arms);
    workflow.arms = arms;
    if let Some(told) = importer.out.debug.workflows.get(id).is_some().then(|| importer.out.debug.workflows.at_mut(id))
    {
        let mut arms: Vec<Written> = told_before.iter().take(count).map(without_place).collect();
        arms.resize_with(count, Written::default);
        arms.append(&mut told.arms);
        told.arms = arms;
    }
}

/// Exits keep their numbers, by what they say; one that is gone lets nobody out.
fn exits(importer: &mut Importer<'_>, id: WorkflowId) {
    let told_before: Vec<Written> = importer.kept.told(id).map(|told| told.exits.clone()).unwrap_or_default();
    let told: Vec<Written> = importer.out.told(id).map(|told| told.exits.clone()).unwrap_or_default();
    let new = importer.out.workflows.at(id).exits.clone();
    if told.len() != new.len() || told_before.len() != importer.kept.workflows.at(id).exits.len() {
        return;
    }
    let mut left: Vec<Option<(PredicateId, Written)>> = new.into_iter().zip(told).map(Some).collect();
    let mut exits = Vec::new();
    for before in told_before {
        let found = left.iter_mut().find(|exit| exit.as_ref().is_some_and(|(_, told)| told.text == before.text));
        exits.push(match found.and_then(Option::take) {
            Some(exit) => exit,
            None => (importer.never(), without_place(&before)),
        });
    }
    exits.extend(left.into_iter().flatten());
    let (predicates, written) = exits.into_iter().unzip();
    importer.out.meaning.workflows.at_mut(id).exits = predicates;
    importer.out.debug.workflows.at_mut(id).exits = written;
}
