//! A contact as mails and notices see it: values as people write them.

use super::contact::Contact;
use super::host::Looking;
use super::plan::Plan;
use crate::compose::render_text;
use crate::store::{ContactId, Texts};
use crate::time::{Instant, Zone, civil};
use chrono::{Days, NaiveDate};
use flow_front::country;
use flow_ir::backend::{Backend, Moment, View};
use flow_ir::{Field, FieldId, FieldType, FieldValue, Id, NUMBER_SCALE, PredicateId, Program, SegmentId, TextTemplate};

/// What may be read of a contact while a message to or about them is written.
#[derive(Clone, Copy)]
pub struct ContactView<'c> {
    plan: &'c Plan,
    backend: &'c dyn Backend,
    id: ContactId,
    frame: &'c [u8],
    texts: &'c Texts,
    zone: Zone,
    /// The instant of a step that runs, whose frame is still to be settled.
    running: Option<i64>,
}

impl std::fmt::Debug for ContactView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactView").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<'c> ContactView<'c> {
    pub(super) fn new(plan: &'c Plan, backend: &'c dyn Backend, contact: &'c Contact) -> Self {
        let (id, zone) = (contact.id, contact.zone);
        Self { plan, backend, id, frame: &contact.frame, texts: &contact.texts, zone, running: None }
    }

    /// The same while a step runs, whose frame is not yet the contact's.
    pub(super) fn of_parts(
        (plan, backend): (&'c Plan, &'c dyn Backend),
        id: ContactId,
        (frame, texts): (&'c [u8], &'c Texts),
        zone: Zone,
        now: i64,
    ) -> Self {
        Self { plan, backend, id, frame, texts, zone, running: Some(now) }
    }

    /// The number that names them in keys and in unsubscribe links.
    pub fn id(&self) -> ContactId {
        self.id
    }

    /// Whose fields they have.
    pub fn program(&self) -> &'c Program {
        &self.plan.program
    }

    /// The contact's own, or the project's.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Where mail to them goes.
    pub fn address(&self) -> Option<&'c str> {
        self.text(self.plan.email_field?)
    }

    /// Whether a predicate that belongs to no workflow holds of them, such as a subject's.
    pub fn holds(&self, predicate: PredicateId, now: i64) -> bool {
        let mut host = Looking { plan: self.plan, texts: self.texts, zone: self.zone };
        self.backend.holds(predicate, View::of(self.frame, &[]), Moment { now, triggers: 0 }, &mut host).holds
    }

    /// A field's value as people write it; none where it is missing.
    pub fn value(&self, field: FieldId) -> Option<String> {
        let found = self.program().fields.get(field)?;
        if found.ty.is_text() {
            let text = self.text(field)?;
            let shown = if found.ty == FieldType::Country { country::name_of(text) } else { None };
            return Some(shown.unwrap_or(text).to_owned());
        }
        if let (Some(now), Some(derived)) = (self.running, self.program().derived_of(field)) {
            return self.follows(derived, now);
        }
        let slot = found.slot.filter(|slot| self.program().frame.is_known(self.frame, *slot))?;
        print(self.program(), &found.ty, self.program().frame.read(self.frame, slot), self.zone)
    }

    /// The value of a field that follows from others while a step runs: one before it may have changed what it follows from.
    fn follows(&self, derived: &flow_ir::Derived, now: i64) -> Option<String> {
        let program = self.program();
        let holds = |value: &SegmentId| self.holds(program.segments.at(*value).afresh, now);
        let place = derived.values.iter().position(holds)?;
        print(program, &program.fields.get(derived.field)?.ty, place as i64 + 1, self.zone)
    }

    /// A field as a condition: a yes or no itself, and of any other whether it is there.
    pub fn truth(&self, field: FieldId) -> bool {
        let slot = self.program().fields.get(field).and_then(|found| Some((found, found.slot?)));
        match slot {
            Some((found, slot)) if found.ty == FieldType::YesNo => {
                self.program().frame.is_known(self.frame, slot) && self.program().frame.read(self.frame, slot) != 0
            }
            _ => self.value(field).is_some(),
        }
    }

    /// The value of the field of this name.
    pub fn named(&self, name: &str) -> Option<String> {
        self.value(self.program().fields.find(|field| field.name == name)?)
    }

    /// A template with this contact's values in it.
    pub fn fill(&self, template: &TextTemplate) -> String {
        render_text(template, self)
    }

    fn text(&self, field: FieldId) -> Option<&'c str> {
        let text = self.plan.program.fields.get(field)?.text?;
        self.texts.get(text.index())
    }
}

/// A value that a row or an event has, as people write it.
pub(super) fn shown(program: &Program, field: &Field, value: &FieldValue, zone: Zone) -> String {
    match value {
        FieldValue::Text(text) => text.clone(),
        FieldValue::Int(value) => print(program, &field.ty, *value, zone).unwrap_or_default(),
        FieldValue::Missing => String::new(),
    }
}

pub(super) fn print(program: &Program, ty: &FieldType, value: i64, zone: Zone) -> Option<String> {
    match ty {
        FieldType::Number | FieldType::Money => Some(decimal(value)),
        FieldType::YesNo => Some(if value == 0 { "no" } else { "yes" }.to_owned()),
        FieldType::Date => day(value).map(|date| date.to_string()),
        FieldType::Moment => civil::words(Instant(value), zone),
        FieldType::OneOf(choices) => usize::try_from(value - 1).ok().and_then(|place| choices.get(place)).cloned(),
        FieldType::Stage => usize::try_from(value).ok().and_then(|place| program.stages.get(place)).cloned(),
        FieldType::Text | FieldType::Email | FieldType::Url | FieldType::Timezone | FieldType::Country => None,
    }
}

/// A number without zeros that say nothing: `12.5`, `60`.
pub(super) fn decimal(value: i64) -> String {
    let (scale, magnitude) = (NUMBER_SCALE.unsigned_abs(), value.unsigned_abs());
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (magnitude / scale, magnitude % scale);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let part = format!("{part:04}");
    format!("{sign}{whole}.{}", part.trim_end_matches('0'))
}

fn day(days: i64) -> Option<NaiveDate> {
    let epoch = NaiveDate::default();
    let count = Days::new(days.unsigned_abs());
    if days < 0 { epoch.checked_sub_days(count) } else { epoch.checked_add_days(count) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn numbers_lose_the_zeros_that_say_nothing() {
        for (value, expected) in
            [(0, "0"), (600_000, "60"), (125_000, "12.5"), (-1, "-0.0001"), (-20_500, "-2.05"), (10, "0.001")]
        {
            assert_eq!(decimal(value), expected);
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(day(20_514).unwrap().to_string(), "2026-03-02");
        assert_eq!(day(-1).unwrap().to_string(), "1969-12-31");
        assert_eq!(day(i64::MAX), None);
    }
}
