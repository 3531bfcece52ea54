//! A new version of the program over an old store (E10): frames grow, new facts remember what was before, and everybody is looked at once.
//!
//! Nothing is rewritten at once. A frame of an earlier version is a beginning of today's, so it grows when its contact is loaded; and
//! whoever was last looked at under an earlier version is due at the instant at which the store was opened. What has become true by
//! the change alone is no entry, as at an import: nobody enters because of what was so before. A goal or an exit that now holds ends a
//! journey, as they reach everybody at once.

use super::contact::{Contact, literal};
use super::error::EngineError;
use super::react::Cause;
use super::touch::Touch;
use super::{Engine, Plan};
use crate::store::{Store, Texts};
use flow_ir::Program;

/// When a contact of an earlier version is next looked at.
pub(super) fn due(next_at: Option<i64>, opened_at: i64) -> i64 {
    next_at.map_or(opened_at, |at| at.min(opened_at))
}

impl<S: Store> Engine<S> {
    /// Looks at a contact whom this version of the program has not seen.
    pub(super) fn look_again(&mut self, contact: &mut Contact) -> Result<(), EngineError> {
        let was_due = contact.next_at;
        let now = self.now().0;
        let plan = std::sync::Arc::clone(&self.plan);
        // What the item at hand says of them comes behind this, and before anything leaves.
        let held_back = self.outbox.hold_all_back();
        let mut touch = Touch::new((&plan, &*self.backend), &mut self.batch, &mut self.outbox, contact, now);
        touch.refuse_gone();
        touch.renew_holds();
        touch.renew_goals();
        touch.react(&Cause::Import);
        // What is due at this very instant, and when everybody is due next.
        touch.react(&Cause::Due);
        touch.let_out();
        touch.reschedule(&Cause::Due);
        self.outbox.hold_as_before(held_back);
        self.batch.take_failure()?;
        contact.layout = self.plan.program.lineage.version;
        self.due.move_to(contact.id, was_due, contact.next_at);
        self.dirty.push(contact.id);
        let mark = self.outdated.looked_at(contact.id);
        self.batch.changes.actors.extend(mark);
        Ok(())
    }
}

/// Brings what an earlier version wrote to the layout of this one.
pub(super) fn grow(contact: &mut Contact, plan: &Plan) {
    grow_frame(&mut contact.frame, &mut contact.texts, &plan.program);
    let kept = contact.journeys.iter_mut().map(|journey| (journey.record.workflow, &mut journey.record.memory));
    // An entry that is held has the memory of the journey that would begin.
    let held = contact.held.iter_mut().map(|entry| (entry.workflow, &mut entry.memory));
    for (workflow, memory) in kept.chain(held) {
        let id = flow_ir::WorkflowId(workflow);
        if plan.program.workflows.get(id).is_some() {
            extend(memory, &plan.workflow(id).blank);
        }
    }
}

/// Whether a frame that had so many bytes says of a field by now what a new frame does not: of what lies behind its end a view shows what is in a new
/// one.
pub(super) fn shows_more(plan: &Plan, frame: &[u8], had: usize) -> bool {
    let slots = &plan.program.frame.slots;
    let is_other = |slot: &flow_ir::Slot| {
        let says = |frame: &[u8]| (slot.is_known(frame), slot.read(frame));
        slot.offset as usize >= had && says(frame) != says(&plan.blank)
    };
    // Of a text the number of the literal that it equals is kept, and itself shown.
    let is_shown = |field: &flow_ir::FieldId| plan.program.fields.at(*field).text.is_none();
    let mut shown = plan.field_of.iter().filter(|(_, field)| is_shown(field)).map(|(slot, _)| slot);
    had < frame.len() && shown.any(|slot| slots.get(*slot).is_some_and(is_other))
}

pub(super) fn extend(bytes: &mut Vec<u8>, blank: &[u8]) {
    bytes.extend_from_slice(blank.get(bytes.len()..).unwrap_or_default());
}

pub(super) fn grow_frame(frame: &mut Vec<u8>, texts: &mut Texts, program: &Program) {
    texts.grow(program.texts.len());
    let layout = &program.frame;
    let had = frame.len();
    if had >= layout.size as usize {
        return;
    }
    extend(frame, &layout.blank());
    let is_new = |slot| layout.slots.get(slot).is_some_and(|slot: &flow_ir::Slot| slot.offset as usize >= had);
    for fill in program.lineage.fills.iter().filter(|fill| is_new(fill.slot)) {
        let held = layout.is_known(frame, fill.from).then(|| layout.read(frame, fill.from));
        let value = held.and_then(|held| match &fill.values {
            None => Some(held),
            Some(values) => values.get(usize::try_from(held).ok()?).copied().flatten(),
        });
        if let Some(value) = value {
            layout.write(frame, fill.slot, value);
            layout.set_known(frame, fill.slot, true);
        }
    }
    for field in program.fields.values() {
        let (Some(slot), Some(text)) = (field.slot.filter(|slot| is_new(*slot)), field.text) else { continue };
        if let Some(text) = texts.get(flow_ir::Id::index(text)) {
            layout.write(frame, slot, literal(field, text));
            layout.set_known(frame, slot, true);
        }
    }
}
