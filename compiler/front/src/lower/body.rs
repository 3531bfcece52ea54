//! A workflow's steps to one function.
//!
//! Steps that only change values run inside the open block, under the condition of the `if`s around them. An effect (a send, a wait, a
//! handoff, an exit) ends the block; an `if` with an effect inside becomes a real branch.

use super::Lowering;
use super::branch::Ways;
use super::builder::Builder;
use super::predicate::{JourneyScope, Scope, Segments};
use super::steps;
use crate::source::Location;
use crate::typed::{Cond, Form, TypedStep};
use flow_ir::limits::TRACE_BITS;
use flow_ir::{
    BlockId, Effect, EffectId, Ending, IdMap, Op, Place, PredicateId, SlotId, SlotKind, StepId, Terminator, ValueId,
    Wait, WaitId, WorkflowId, Written,
};
use std::collections::BTreeMap;

const BITS_PER_WORD: usize = TRACE_BITS as usize;

/// A body under construction.
pub(super) struct Body<'w> {
    pub(super) workflow: WorkflowId,
    pub(super) name: &'w str,
    pub(super) code: Builder,
    pub(super) journey: JourneyScope,
    pub(super) steps: steps::Steps,
    pub(super) waits: IdMap<WaitId, Wait>,
    pub(super) effects: IdMap<EffectId, Effect>,
    pub(super) arms: Vec<StepId>,
    pub(super) arms_written: Vec<Written>,
    /// What was made of the steps of a `repeat` in its first round; those of the others are the same steps.
    pub(super) made: Made,
    /// Where a journey keeps when the mail at which it stands was asked for, in a round.
    pub(super) asked_at: Option<SlotId>,
    /// Whether a step comes behind the one that is being lowered, in its block or behind that.
    pub(super) is_followed: bool,
}

/// What has been made of each step.
#[derive(Default)]
pub(super) struct Made {
    /// By the place of the step in memory.
    steps: BTreeMap<*const TypedStep, StepId>,
    waits: BTreeMap<StepId, WaitId>,
    effects: BTreeMap<StepId, EffectId>,
    /// The bit of each arm in the trace, by where it stands.
    arms: BTreeMap<(StepId, u32, String), usize>,
}

impl Lowering<'_> {
    /// All steps, then the end.
    pub(super) fn body(&mut self, steps: &[TypedStep], body: &mut Body<'_>) {
        self.block(steps, body, None);
        if !body.code.is_closed() {
            body.code.close(Terminator::Finish { step: None, ending: Ending::Finished });
        }
    }

    /// What is done for those whose journey ends, and where it begins: behind what closed the last block.
    pub(super) fn closing(&mut self, steps: &[TypedStep], body: &mut Body<'_>) -> BlockId {
        let block = body.code.reserve();
        body.code.open(block);
        self.body(steps, body);
        block
    }

    /// Steps in order, where `path` holds. Nothing is made of steps that nobody comes to.
    pub(super) fn block(&mut self, steps: &[TypedStep], body: &mut Body<'_>, path: Option<ValueId>) {
        let is_block_followed = body.is_followed;
        for (place, step) in steps.iter().enumerate() {
            if body.code.is_closed() {
                break;
            }
            body.is_followed = is_block_followed || place + 1 < steps.len();
            self.step(step, body, path);
        }
        body.is_followed = is_block_followed;
    }

    fn step(&mut self, step: &TypedStep, body: &mut Body<'_>, path: Option<ValueId>) {
        let id = body.step_id(step);
        match &step.form {
            Form::Change { field, value, told } => {
                let path = self.unless_held_out(id, step.at, body, path);
                if *told {
                    self.tell_change((id, step), (*field, value), body, path);
                }
                self.change(*field, value, body, path);
            }
            Form::Effect { effect, then } => self.effect(id, effect.as_ref(), *then, body),
            Form::Wait(wait) => self.wait(id, wait, body),
            Form::Branch { arms, otherwise, rest, split, .. } => {
                let ways = Ways { arms, otherwise: otherwise.as_ref(), rest };
                split.iter().for_each(|split| self.draw(id, split, body));
                self.branch(id, ways, body, path);
            }
            Form::Repeat(repeat) => self.repeat(id, repeat, body),
            Form::Finish(ending) => body.finish(id, *ending),
            Form::Unknown | Form::Unreadable => {}
        }
    }

    /// A condition of a step, computed in the open block.
    pub(super) fn step_cond(&mut self, cond: &Cond, body: &mut Body<'_>) -> ValueId {
        let segments = Segments::Afresh;
        let mut scope = Scope { journey: Some(&mut body.journey), triggers: Vec::new(), segments };
        self.cond(cond, &mut scope, &mut body.code, &mut Vec::new())
    }

    /// A predicate of this workflow.
    pub(super) fn own_predicate(&mut self, what: &str, cond: &Cond, body: &mut Body<'_>) -> PredicateId {
        let name = format!("{}: {what}", body.name);
        let segments = Segments::Watched;
        let mut scope = Scope { journey: Some(&mut body.journey), triggers: Vec::new(), segments };
        self.predicate(name, Some(body.workflow), cond, &mut scope)
    }
}

impl Body<'_> {
    /// The number of a step: the same in each round.
    fn step_id(&mut self, step: &TypedStep) -> StepId {
        let made = self.made.steps.entry(std::ptr::from_ref(step));
        *made.or_insert_with(|| steps::add(&mut self.steps, step))
    }

    /// The wait of a step, made where it has none.
    pub(super) fn wait_of(&mut self, step: StepId, wait: Wait) -> WaitId {
        *self.made.waits.entry(step).or_insert_with(|| self.waits.push(wait))
    }

    /// Whether a step's wait was made in an earlier round.
    pub(super) fn made_wait(&self, step: StepId) -> Option<WaitId> {
        self.made.waits.get(&step).copied()
    }

    /// The effect of a step, made where it has none.
    pub(super) fn effect_of(&mut self, step: StepId, effect: &Effect) -> EffectId {
        *self.made.effects.entry(step).or_insert_with(|| self.effects.push(effect.clone()))
    }

    /// Ends the journey at a step.
    pub(super) fn finish(&mut self, step: StepId, ending: Ending) {
        self.code.close(Terminator::Finish { step: Some(step), ending });
    }

    /// Ends the open block if it has done anything, so that the next one can end in an effect and run again without a trace.
    pub(super) fn fresh_block(&mut self) {
        if !self.code.is_fresh() {
            let next = self.code.reserve();
            self.code.close(Terminator::Jump(next));
            self.code.open(next);
        }
    }

    /// Where no arm of an `if` without `else` ran: that it was asked, and that nothing held. An arm without a name and a place.
    pub(super) fn trace_none(&mut self, step: StepId, ran: Option<ValueId>) {
        self.trace(step, "", Location::default(), ran);
    }

    /// Leaves the bit of an arm in the trace, where it ran.
    pub(super) fn trace(&mut self, step: StepId, text: &str, at: Location, ran: Option<ValueId>) {
        let arm = (step, at.span.start, text.to_owned());
        let index = *self.made.arms.entry(arm).or_insert(self.arms.len());
        if index == self.arms.len() {
            self.arms.push(step);
            self.arms_written.push(Written { text: text.to_owned(), at });
        }
        let place = Place::journey(self.trace_word(index / BITS_PER_WORD));
        let bit = (index % BITS_PER_WORD) as u32;
        let word = self.code.load(place);
        let bit = match ran {
            Some(ran) => self.code.op(Op::Bit(ran, bit)),
            None => self.code.int(1 << bit),
        };
        let word = self.code.op(Op::BitOr(word, bit));
        self.code.store(place, word, None);
    }

    /// Whether somebody took the last handoff.
    pub(super) fn taken_slot(&mut self) -> SlotId {
        let layout = &mut self.journey.layout;
        *self.journey.slots.taken.get_or_insert_with(|| layout.add("taken", SlotKind::Bool, false, 0))
    }

    fn trace_word(&mut self, index: usize) -> SlotId {
        loop {
            if let Some(slot) = self.journey.slots.trace.get(index) {
                return *slot;
            }
            let name = format!("trace {}", self.journey.slots.trace.len() + 1);
            let slot = self.journey.layout.add(name, SlotKind::Int, false, 0);
            self.journey.slots.trace.push(slot);
        }
    }
}
