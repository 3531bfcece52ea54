//! What is said of a contact: values of fields, and what follows from them.

use super::counter;
use super::identity::Identity;
use super::reason::Suppressed;
use super::suppress::suppression_of;
use super::touch::Touch;
use crate::inbound::{Mark, email_key};
use crate::store::JourneyStatus;
use crate::time::{Instant, Zone, Zones, civil};
use flow_ir::{CivilSpan, FOREVER, Field, FieldId, FieldValue, SlotId, SlotKind, VALUE_LIMIT, Wait};
use std::borrow::Cow;

/// When a row of a file was read before.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadBefore {
    /// The first time.
    pub(super) read_at: i64,
    /// Of when it is (E11).
    pub(super) occurred_at: i64,
    /// By a Flow that did not keep of when points and stages are.
    pub(super) by_older_flow: bool,
}

impl Touch<'_> {
    /// Takes in values that were so at an instant. A missing one says nothing, and the same value again changes nothing; one that occurred
    /// before what is known only fills gaps (E11).
    pub(super) fn set_values(&mut self, values: &[(FieldId, FieldValue)], occurred_at: i64) {
        // What is said of the right to write to somebody is said of the address beside it.
        let is_address = |(field, _): &&(FieldId, FieldValue)| Some(*field) == self.plan.email_field;
        let (address, others): (Vec<_>, Vec<_>) = values.iter().partition(is_address);
        for (field, value) in address.into_iter().chain(others) {
            self.set_value(*field, value, occurred_at);
        }
        self.refresh();
    }

    /// Those of the values that hold: the others were so before what is known of the same fields.
    pub(super) fn newest_values<'v>(
        &'v self,
        values: &'v [(FieldId, FieldValue)],
        occurred_at: i64,
    ) -> impl Iterator<Item = &'v (FieldId, FieldValue)> {
        values.iter().filter(move |(field, _)| !self.is_older(*field, occurred_at))
    }

    /// The values without an address that is another contact's: mail to it would pass by that contact's consent (E7, E11).
    pub(super) fn own_values<'v>(
        &self,
        values: &'v [(FieldId, FieldValue)],
        identity: &Identity,
    ) -> Cow<'v, [(FieldId, FieldValue)]> {
        if !identity.address_is_anothers {
            return Cow::Borrowed(values);
        }
        values.iter().filter(|(field, _)| Some(*field) != self.plan.email_field).cloned().collect()
    }

    fn set_value(&mut self, id: FieldId, value: &FieldValue, occurred_at: i64) {
        let plan = self.plan;
        let Some(field) = plan.program.fields.get(id).filter(|_| *value != FieldValue::Missing) else { return };
        // What changes nothing of a refusal makes no later word of theirs an older one.
        if let (FieldValue::Int(value), Some(slot)) = (value, field.slot)
            && plan.is_topic(slot)
            && !self.moves_topic(slot, *value)
        {
            return;
        }
        if !self.is_timeless(field) {
            if self.is_older(id, occurred_at) {
                return self.leave_address(id, value);
            }
            self.contact.dirty |= self.contact.said_at.note(id.0, occurred_at);
        } else if field.slot.is_some_and(|slot| self.only_rises(slot)) {
            // So that the same row says it once ([`Touch::has_counted`]).
            self.contact.dirty |= self.contact.said_at.note(id.0, occurred_at);
        }
        match (value, field.slot) {
            (FieldValue::Text(text), _) if plan.email_field == Some(id) => self.set_address(field, text),
            (FieldValue::Text(text), _) if field.ty.is_text() => {
                let changed = self.contact.write_text(plan, field, text);
                if changed && plan.timezone_field == Some(id) && Zones::bundled().resolve(text).is_none() {
                    self.batch.count(counter::UNKNOWN_ZONES);
                }
            }
            (FieldValue::Int(value), Some(slot)) if !field.ty.is_text() => self.set_slot(slot, *value),
            _ => {}
        }
    }

    /// Whether what holds of a field is told by another rule than by which value occurred last: a refusal stays, a pause grows, points and stage
    /// only rise.
    fn is_timeless(&self, field: &Field) -> bool {
        let system = &self.plan.program.system;
        let is_own =
            |slot: SlotId| self.only_rises(slot) || suppression_of(system, slot).is_some() || self.plan.is_pause(slot);
        field.slot.is_some_and(is_own)
    }

    /// Whether what a row says of a field has counted by now, of those whose last value does not simply hold. Said once more when the file is read
    /// again, it must not undo what has happened since: a refusal that the person has lifted (E7), points that steps took.
    pub(super) fn has_counted(&self, id: FieldId, row: ReadBefore) -> bool {
        let plan = self.plan;
        let system = &plan.program.system;
        let Some(slot) = plan.program.fields.get(id).and_then(|field| field.slot) else { return false };
        let said_at = self.contact.said_at.of(id.0);
        match suppression_of(system, slot) {
            // Whatever else they have refused by then: what lifts it lifts this. When an older Flow has read the row nobody knows, and in doubt nobody
            // gets mail.
            Some(Suppressed::Unsubscribed | Suppressed::Complained) => {
                !row.by_older_flow && self.contact.read(plan, system.refused_at) >= row.read_at
            }
            Some(_) => false,
            // A pause may be longer than what has counted by then.
            None => self.only_rises(slot) && said_at.map_or(row.by_older_flow, |said_at| said_at >= row.occurred_at),
        }
    }

    /// Of points and stage what a sync says only counts where it is more (E11).
    fn only_rises(&self, slot: SlotId) -> bool {
        let system = &self.plan.program.system;
        [system.score, system.stage].contains(&slot)
    }

    /// Whether what is known of a field was said of a later instant. A value that is not there any more is a gap, whenever it was said.
    fn is_older(&self, id: FieldId, occurred_at: i64) -> bool {
        let is_known = |field: &Field| !self.is_timeless(field) && self.contact.has(self.plan, field);
        let is_known = self.plan.program.fields.get(id).is_some_and(is_known);
        is_known && self.contact.said_at.of(id.0).is_some_and(|at| at > occurred_at)
    }

    /// An address that they gave up before is not theirs because somebody tells of it now; what is said beside it is said of it, too.
    fn leave_address(&mut self, id: FieldId, value: &FieldValue) {
        let (FieldValue::Text(address), true) = (value, self.plan.email_field == Some(id)) else { return };
        let key = email_key(address);
        if self.contact.text(self.plan, id).map(email_key).as_ref() == Some(&key) {
            return;
        }
        if self.given.contains(&key) {
            self.batch.changes.keys.push((key.clone(), None));
        }
        self.left_address = Some(key);
    }

    /// A step has set a field: that is so from now on.
    pub(super) fn note_set(&mut self, slot: SlotId) {
        let plan = self.plan;
        let Some(id) = plan.field_of.get(&slot) else { return };
        if plan.program.fields.get(*id).is_some_and(|field| !self.is_timeless(field)) {
            self.contact.said_at.note(id.0, self.now);
        }
    }

    /// Sets the address. The one before is free for somebody else (E11), and what it refused says nothing of the new one (E7).
    fn set_address(&mut self, field: &Field, address: &str) {
        let plan = self.plan;
        let before = field.text.and_then(|text| self.contact.text_at(text)).map(email_key);
        if !self.contact.write_text(plan, field, address) || before.as_deref() == Some(&email_key(address)) {
            return;
        }
        self.batch.changes.keys.extend(before.map(|key| (key, None)));
        let [bounced, refused] = [Mark::Bounced, Mark::Refused].map(|mark| self.address_marks.contains(&mark));
        match self.contact.is(plan, plan.program.system.hard_bounced) {
            false if bounced => drop(self.suppress(Suppressed::HardBounced, self.now, None)),
            true if !bounced => drop(self.contact.write(plan, plan.program.system.hard_bounced, 0)),
            _ => {}
        }
        if refused {
            self.suppress(Suppressed::Unsubscribed, self.now, None);
        }
    }

    fn set_slot(&mut self, slot: SlotId, value: i64) {
        let plan = self.plan;
        match suppression_of(&plan.program.system, slot) {
            // A bounce is of the address that stands beside it, which may be theirs no more (E7).
            Some(Suppressed::HardBounced) if value != 0 && self.left_address.is_some() => {
                self.mark_address(Mark::Bounced, self.left_address.clone());
            }
            Some(reason) if value != 0 => {
                self.suppress(reason, self.now, None);
                let mark = if reason == Suppressed::HardBounced { Mark::Bounced } else { Mark::Refused };
                self.mark_address(mark, self.left_address.clone());
            }
            // Nothing that a sync brings lifts a refusal (E7).
            Some(_) => {}
            None if plan.is_pause(slot) => self.pause(value),
            None if plan.is_topic(slot) => drop(self.contact.write(plan, slot, value)),
            None => {
                let value = fit(plan.program.frame.slots.at(slot).kind, value);
                // Nor does it take back points or lower the stage (E11).
                let least = if self.only_rises(slot) { self.contact.read(plan, slot) } else { value };
                self.contact.write(plan, slot, value.max(least));
            }
        }
    }

    /// What follows from the values: whether there is an address, and which zone they live in.
    pub(super) fn refresh(&mut self) {
        let plan = self.plan;
        let system = &plan.program.system;
        let reachable = plan.email_field.is_some_and(|field| self.contact.text(plan, field).is_some());
        self.contact.write(plan, system.reachable, i64::from(reachable));
        self.reach_to_confirm();
        self.refresh_zone();
    }

    fn refresh_zone(&mut self) {
        let plan = self.plan;
        let (old, new) = (self.contact.zone, self.contact.own_zone(plan));
        if old != new {
            self.contact.zone = new;
            self.rezone_dates(old);
            for index in 0..self.contact.journeys.len() {
                self.rezone(index, old);
            }
        }
    }

    /// Hours and caps that the project has changed or taken away count for what they hold already (E10): it is asked again when its hours come.
    pub(super) fn renew_holds(&mut self) {
        for index in 0..self.contact.journeys.len() {
            let record = &self.journey(index).record;
            // What is overdue goes on now, and how late it comes decides what becomes of it.
            if record.status != JourneyStatus::Held || record.due_at.is_some_and(|due_at| due_at < self.now) {
                continue;
            }
            let due_at = self.hours_of_held(index);
            let journey = self.journey_mut(index);
            journey.dirty |= journey.record.due_at != Some(due_at);
            journey.record.due_at = Some(due_at);
        }
    }

    /// When the hours come of a mail that is held.
    pub(super) fn hours_of_held(&self, index: usize) -> i64 {
        let at_most = self.plan.held_at_most(self.row_of(index).map_or(self.now, |row| row.held_since));
        self.plan.gates(self.journey(index).workflow(), &self.contact.texts).held_until(
            self.now,
            self.contact.zone,
            at_most,
        )
    }

    /// What a journey waits for moves with the zone: the hour at which a wait by the calendar is over stays what clocks on the wall show, and a
    /// held mail waits for the window there. A wait of hours is as long as it was.
    pub(super) fn rezone(&mut self, index: usize, from: Zone) {
        let plan = self.plan;
        let to = self.contact.zone;
        let record = &self.journey(index).record;
        if record.status.is_paused() {
            return self.rezone_paused(index, from);
        }
        // What is overdue goes on now, wherever they are by then.
        let Some(due_at) = record.due_at.filter(|due_at| *due_at >= self.now) else { return };
        let anew = match record.status {
            // One that a cap holds is asked too early at most, and held again.
            JourneyStatus::Held => {
                let gates = plan.gates(self.journey(index).workflow(), &self.contact.texts);
                gates.are_any().then(|| self.hours_of_held(index))
            }
            JourneyStatus::Waiting | JourneyStatus::Awaiting => {
                let wait = self.wait_of(index);
                let span = wait.and_then(Wait::span);
                let keeps_its_hour =
                    span.filter(|_| due_at < FOREVER).and_then(|span| on_the_wall(span, due_at, from, to));
                let appointment = wait.and_then(Wait::appointment);
                keeps_its_hour.or_else(|| self.due_in_zone(index, appointment?, from))
            }
            JourneyStatus::Ended | JourneyStatus::Sending | JourneyStatus::Paused | JourneyStatus::PausedByOther => {
                None
            }
        };
        // Nothing is done before the change that brings it about (E1).
        if let Some(anew) = anew.map(|anew| anew.max(self.now)).filter(|anew| *anew != due_at) {
            let journey = self.journey_mut(index);
            journey.record.due_at = Some(anew);
            journey.dirty = true;
        }
    }
}

/// When a wait of days or months is over in a new zone: when clocks on the wall show there what they were to show. None for one of hours, which is as
/// long as it was.
pub(super) fn on_the_wall(span: CivilSpan, due_at: i64, from: Zone, to: Zone) -> Option<i64> {
    let day = Instant(due_at.saturating_sub(span.ms));
    let is_of_days = (span.months, span.days) != (0, 0);
    is_of_days.then(|| civil::same_on_the_wall(day, from, to).0.saturating_add(span.ms))
}

/// The nearest value that the slot can hold.
pub(super) fn fit(kind: SlotKind, value: i64) -> i64 {
    match kind {
        SlotKind::Bool => i64::from(value != 0),
        SlotKind::Code => value.clamp(0, i64::from(u16::MAX)),
        SlotKind::Symbol => value.clamp(0, i64::from(u32::MAX)),
        SlotKind::Days => value.clamp(i64::from(i32::MIN), i64::from(i32::MAX)),
        SlotKind::Int => value.clamp(-VALUE_LIMIT, VALUE_LIMIT),
    }
}
