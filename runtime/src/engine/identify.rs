//! What is said of a contact: values of fields, and what follows from them.

use super::ahead::Owner;
use super::counter;
use super::suppress::suppression_of;
use super::touch::{Touch, later};
use crate::store::JourneyStatus;
use crate::time::{Instant, Zones};
use flow_ir::{CivilSpan, FieldId, FieldValue, SlotId, SlotKind, VALUE_LIMIT, Wait};
use std::borrow::Cow;

/// How a value meets one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merge {
    /// The newer one holds.
    Replace,
    /// Only gaps are filled, and of two consents the more restrictive holds: the rows of one person in one file.
    FillGaps,
}

impl Touch<'_> {
    /// Takes in values. A missing one says nothing, and the same value again changes nothing.
    pub(super) fn set_values(&mut self, values: &[(FieldId, FieldValue)], merge: Merge) {
        for (field, value) in values {
            self.set_value(*field, value, merge);
        }
        self.refresh();
    }

    /// The values without an address that is another contact's. Mail to it would pass by that contact's consent (E7); it is for a
    /// merge to give (E11).
    pub(super) fn own_values<'v>(
        &self,
        values: &'v [(FieldId, FieldValue)],
        owner: Owner,
    ) -> Cow<'v, [(FieldId, FieldValue)]> {
        if !owner.address_is_anothers {
            return Cow::Borrowed(values);
        }
        values.iter().filter(|(field, _)| Some(*field) != self.plan.email_field).cloned().collect()
    }

    fn set_value(&mut self, id: FieldId, value: &FieldValue, merge: Merge) {
        let plan = self.plan;
        let Some(field) = plan.program.fields.get(id) else { return };
        let gap = merge == Merge::Replace || !self.contact.has(plan, field);
        match (value, field.slot) {
            (FieldValue::Text(text), _) if gap && field.ty.is_text() => {
                let changed = self.contact.write_text(plan, field, text);
                if changed && plan.timezone_field == Some(id) && Zones::bundled().resolve(text).is_none() {
                    self.batch.count(counter::UNKNOWN_ZONES);
                }
            }
            (FieldValue::Int(value), Some(slot)) if !field.ty.is_text() => self.set_slot(slot, *value, gap),
            _ => {}
        }
    }

    fn set_slot(&mut self, slot: SlotId, value: i64, gap: bool) {
        let plan = self.plan;
        match suppression_of(&plan.program.system, slot) {
            Some(reason) if value != 0 => {
                self.suppress(reason);
            }
            _ if gap => {
                self.contact.write(plan, slot, fit(plan.program.frame.slots.at(slot).kind, value));
            }
            _ => {}
        }
    }

    /// What follows from the values: whether there is an address, and which zone they live in.
    fn refresh(&mut self) {
        let plan = self.plan;
        let system = &plan.program.system;
        let reachable = plan.email_field.is_some_and(|field| self.contact.text(plan, field).is_some());
        self.contact.write(plan, system.reachable, i64::from(reachable));
        self.refresh_zone();
    }

    fn refresh_zone(&mut self) {
        let plan = self.plan;
        let (old, new) = (self.contact.zone, self.contact.own_zone(plan));
        if old != new {
            self.contact.zone = new;
            for index in 0..self.contact.journeys.len() {
                self.rezone(index);
            }
        }
    }

    /// A wait is computed anew when the zone it was computed in changes.
    fn rezone(&mut self, index: usize) {
        let plan = self.plan;
        let zone = self.contact.zone;
        let record = &self.journey(index).record;
        let (Some(due_at), workflow) = (record.due_at, plan.workflow(self.journey(index).workflow())) else { return };
        let anew = match record.status {
            JourneyStatus::Held => workflow.window.map(|window| window.opens_at(Instant(self.now), zone).0),
            JourneyStatus::Waiting | JourneyStatus::Awaiting => {
                self.begun_at(index).map(|(at, span)| later(at, span, zone))
            }
            JourneyStatus::Ended => None,
        };
        if let Some(anew) = anew.filter(|anew| *anew != due_at) {
            let journey = self.journey_mut(index);
            journey.record.due_at = Some(anew);
            journey.dirty = true;
        }
    }

    /// When the wait a journey stands at began, and its length.
    fn begun_at(&self, index: usize) -> Option<(i64, CivilSpan)> {
        let plan = self.plan;
        let journey = self.journey(index);
        let span = match self.wait_of(index)? {
            Wait::For(span) | Wait::Until { up_to: span, .. } => *span,
        };
        let slots = &self.workflow(journey.workflow()).slots;
        Some((journey.read(plan, slots.waiting_since), span))
    }
}

/// The nearest value that the slot can hold.
fn fit(kind: SlotKind, value: i64) -> i64 {
    match kind {
        SlotKind::Bool => i64::from(value != 0),
        SlotKind::Code => value.clamp(0, i64::from(u16::MAX)),
        SlotKind::Symbol => value.clamp(0, i64::from(u32::MAX)),
        SlotKind::Days => value.clamp(i64::from(i32::MIN), i64::from(i32::MAX)),
        SlotKind::Int => value.clamp(-VALUE_LIMIT, VALUE_LIMIT),
    }
}
