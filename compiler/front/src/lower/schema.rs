//! Fields to slots and text columns.

use super::Lowering;
use flow_ir::{Field, FieldType, NEVER, SlotId, SlotKind, SystemSlots};

impl Lowering<'_> {
    /// The frame's fields, in the order of the schema, then what the engine keeps of everyone.
    pub(super) fn schema(&mut self) {
        for (id, shape) in self.typed.fields.iter() {
            let literals = self.asked.literals(id);
            let (may_lack, initial) = (shape.default.is_none(), shape.default.unwrap_or_default());
            let slot = self.program.frame.add(&shape.name, slot_kind(&shape.ty), may_lack, initial);
            let text = shape.ty.is_text().then(|| self.program.texts.push(shape.name.clone()));
            self.program.fields.push(Field {
                name: shape.name.clone(),
                tag: shape.tag.clone(),
                ty: shape.ty.clone(),
                optional: shape.optional,
                slot: Some(slot),
                text,
                literals,
            });
        }
        let reachable = self.flag("reachable");
        let known_since = self.program.frame.add("known_since", SlotKind::Int, false, NEVER);
        let slot = |name: &str| {
            let field = self.program.fields.values().find(|field| field.name == name);
            field.and_then(|field| field.slot).unwrap_or(known_since)
        };
        self.program.system = SystemSlots {
            reachable,
            known_since,
            score: slot("score"),
            stage: slot("stage"),
            unsubscribed: slot("unsubscribed"),
            hard_bounced: slot("hard_bounced"),
            complained: slot("complained"),
            do_not_contact: slot("do_not_contact"),
        };
    }

    pub(super) fn flag(&mut self, name: &str) -> SlotId {
        self.program.frame.add(name, SlotKind::Bool, false, 0)
    }
}

/// How a field lies in the frame. A text's slot holds the number of a literal; that it is known is its presence bit.
fn slot_kind(ty: &FieldType) -> SlotKind {
    match ty {
        FieldType::YesNo => SlotKind::Bool,
        FieldType::OneOf(_) | FieldType::Stage => SlotKind::Code,
        FieldType::Number | FieldType::Money | FieldType::Moment => SlotKind::Int,
        FieldType::Date => SlotKind::Days,
        FieldType::Text | FieldType::Email | FieldType::Url | FieldType::Timezone | FieldType::Country => {
            SlotKind::Symbol
        }
    }
}
