//! Fields that follow from others: each has a choice a value, and a segment for each.

use super::super::{FieldType, SlotKind};
use super::Checker;
use crate::limits::MAX_DERIVED_ARMS;

impl Checker<'_> {
    pub(super) fn derived(&mut self) {
        let program = self.program;
        for derived in &program.derived {
            let place = format!("derived {}", derived.field);
            let Some(field) = program.fields.get(derived.field) else {
                self.fault(&place, format!("there is no {}", derived.field));
                continue;
            };
            match (&field.ty, field.slot) {
                (FieldType::OneOf(choices), Some(slot)) if choices.len() == derived.values.len() => {
                    self.slot_of(&place, &program.frame, slot, SlotKind::Code);
                }
                _ => self.fault(&place, format!("`{}` has other values", field.name)),
            }
            // One value is that of everybody else.
            if derived.values.len() > MAX_DERIVED_ARMS + 1 {
                let many = derived.values.len();
                self.fault(&place, format!("{many} values, not up to {}", MAX_DERIVED_ARMS + 1));
            }
            derived.values.iter().for_each(|value| self.exists(&place, &program.segments, *value));
        }
    }
}
