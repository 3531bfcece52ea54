//! Whether a workflow's own steps made true what would let somebody into it: that is no entry (LANGUAGE.md 5).
//!
//! What the steps of a round wrote is kept for the round behind it, which looks at what they changed. There the condition is asked once more, of
//! the frame as it would be had the workflow's own steps written nothing:
//!
//! ```text
//! enter when tagged hot and score < 100      x: score += 1      y: tag hot
//!   without x: tagged hot, score 0    -> it holds all the same, so y made it true: they come into x
//! enter when score >= 20                     x: score += 20     y: score += 5
//!   without x: score 5                -> it does not hold: x made it true itself
//! ```

use super::bits::Bits;
use super::plan::Plan;
use super::touch::{Seen, Touch};
use crate::store::Texts;
use flow_ir::{Entry, Id, PatternEvent, PatternId, PredicateId, SlotId, SlotKind, TextId, WorkflowId};
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// What the steps of one round wrote into the frame and beside it, in their order. What effects write of their own there, no condition reads.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    slots: SmallVec<[Write; 4]>,
    texts: Vec<TextWrite>,
}

/// A text that one run of steps has set.
#[derive(Debug, Clone)]
struct TextWrite {
    workflow: WorkflowId,
    text: TextId,
    before: Option<String>,
    after: Option<String>,
}

/// A contact as they would be had some steps written nothing.
struct Without {
    frame: Vec<u8>,
    texts: Texts,
}

/// A slot that one run of steps has changed.
#[derive(Debug, Clone, Copy)]
struct Write {
    workflow: WorkflowId,
    slot: SlotId,
    before: Held,
    after: Held,
}

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) value: i64,
    pub(super) is_known: bool,
}

impl Held {
    /// Whether both hold the same; what is not known is, whatever lies there.
    pub(super) fn is_same(self, other: Held) -> bool {
        self.is_known == other.is_known && (!self.is_known || self.value == other.value)
    }

    pub(super) fn read(plan: &Plan, frame: &[u8], slot: SlotId) -> Held {
        let layout = &plan.program.frame;
        Held { value: layout.read(frame, slot), is_known: layout.is_known(frame, slot) }
    }
}

impl Written {
    /// Notes a slot that the steps of a workflow have changed.
    pub(super) fn note(&mut self, workflow: WorkflowId, slot: SlotId, before: Held, after: Held) {
        self.slots.push(Write { workflow, slot, before, after });
    }

    /// Notes a text that the steps of a workflow have set.
    pub(super) fn note_text(
        &mut self,
        workflow: WorkflowId,
        text: TextId,
        before: Option<String>,
        after: Option<String>,
    ) {
        self.texts.push(TextWrite { workflow, text, before, after });
    }

    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.texts.clear();
    }

    /// Whether no steps have written anything.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.texts.is_empty()
    }

    /// Whether any steps have written a slot.
    pub(super) fn has(&self, slot: SlotId) -> bool {
        self.slots.iter().any(|write| write.slot == slot)
    }

    /// Whether any steps have set a text.
    pub(super) fn has_text(&self, text: TextId) -> bool {
        self.texts.iter().any(|write| write.text == text)
    }

    /// The texts that a workflow has set, each with what it would be had it not.
    fn texts_without(&self, workflow: WorkflowId) -> Vec<(TextId, Option<&str>)> {
        let own: BTreeSet<TextId> =
            self.texts.iter().filter(|write| write.workflow == workflow).map(|write| write.text).collect();
        let without = |text: TextId| {
            let of_text = || self.texts.iter().filter(move |write| write.text == text);
            let others = of_text().rfind(|write| write.workflow != workflow).map(|write| write.after.as_deref());
            (text, others.unwrap_or_else(|| of_text().next().and_then(|write| write.before.as_deref())))
        };
        own.into_iter().map(without).collect()
    }

    /// The slots that a workflow has written.
    fn slots_of(&self, workflow: WorkflowId) -> Bits {
        let mut slots = Bits::default();
        self.slots.iter().filter(|write| write.workflow == workflow).for_each(|write| slots.insert(write.slot.index()));
        slots
    }

    /// What a slot would hold had a workflow written nothing there; none where nobody wrote.
    fn without(&self, workflow: WorkflowId, slot: SlotId, is_number: bool) -> Option<Held> {
        let of_slot = || self.slots.iter().filter(|write| write.slot == slot);
        let (first, last) = (of_slot().next()?, of_slot().next_back()?);
        let Some(others) = of_slot().rfind(|write| write.workflow != workflow) else { return Some(first.before) };
        if !is_number {
            return Some(others.after);
        }
        // Points are added: what others gave stays.
        let own = of_slot().filter(|write| write.workflow == workflow);
        let gave =
            own.fold(0_i64, |gave, write| gave.saturating_add(write.after.value.saturating_sub(write.before.value)));
        Some(Held { value: last.after.value.saturating_sub(gave), is_known: others.after.is_known })
    }
}

impl Touch<'_> {
    /// Whether a condition that has come true would not hold had the workflow's own steps written nothing. In the first look at an item none have.
    pub(super) fn is_own_doing(&self, workflow: WorkflowId, when: PredicateId) -> bool {
        let Some(without) = self.without(workflow) else { return false };
        !self.ask_of((&without.frame, &without.texts), when, Seen::Blank(&self.plan.workflow(workflow).blank), 0).holds
    }

    /// The triggers that came about without the workflow's own steps: these may have made somebody enter or leave a segment.
    pub(super) fn triggers_of_others(&self, workflow: WorkflowId, triggers: u64) -> u64 {
        let Some(Without { frame, texts }) = self.without(workflow) else { return triggers };
        let Entry::Event { patterns, .. } = &self.workflow(workflow).entry else { return triggers };
        let program = &self.plan.program;
        let holds = |segment| program.frame.read(&frame, program.segments.at(segment).holds) != 0;
        let is_others = |pattern: PatternId| match program.patterns.at(pattern).event {
            PatternEvent::Entered(segment) => holds(segment),
            PatternEvent::Left(segment) => !holds(segment),
            PatternEvent::Changed(_) => self.is_changed_in((&frame, &texts), pattern),
            PatternEvent::Declared(_)
            | PatternEvent::AnyActivity
            | PatternEvent::Engaged(_)
            | PatternEvent::Mailed
            | PatternEvent::Marketed
            | PatternEvent::MarketedAbout(_) => true,
        };
        let own = patterns.iter().enumerate().filter(|(_, pattern)| !is_others(**pattern));
        own.fold(triggers, |triggers, (bit, _)| triggers & !(1 << bit))
    }

    /// The contact as they would be had a workflow's steps written nothing in the round before; none where they have written nothing.
    fn without(&self, workflow: WorkflowId) -> Option<Without> {
        let slots = self.written_before.slots_of(workflow);
        let set = self.written_before.texts_without(workflow);
        if slots.is_empty() && set.is_empty() {
            return None;
        }
        let mut texts = self.contact.texts.clone();
        let mut put_back = slots.clone();
        for (text, before) in set {
            texts.set(text.index(), before);
            put_back.insert(self.plan.text_change(text));
        }
        let layout = &self.plan.program.frame;
        let mut frame = self.contact.frame.clone();
        for slot in slots.numbers().map(SlotId::from_index) {
            let is_number = layout.slots.at(slot).kind == SlotKind::Int;
            if let Some(held) = self.written_before.without(workflow, slot, is_number) {
                layout.write(&mut frame, slot, held.value);
                layout.set_known(&mut frame, slot, held.is_known);
            }
        }
        self.resettle(&mut frame, &texts, &put_back);
        Some(Without { frame, texts })
    }
}
