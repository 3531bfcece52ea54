//! Fields to slots and text columns.

use super::Lowering;
use flow_ir::{Field, NEVER, SlotId, SlotKind, SystemSlots, TriggerKept, TriggerValue};

impl Lowering<'_> {
    /// The frame's fields, in the order of the schema, then what the engine keeps of everyone.
    pub(super) fn schema(&mut self) {
        for (id, shape) in self.typed.fields.iter() {
            let literals = self.asked.literals(id);
            let (may_lack, initial) = (shape.default.is_none(), shape.default.unwrap_or_default());
            let name = shape.trigger.as_ref().map_or_else(|| shape.name.clone(), TriggerValue::name);
            // What is kept until a journey begins is compared with nothing.
            let waits = shape.trigger.as_ref().is_some_and(|trigger| trigger.kept != TriggerKept::Journey);
            let is_beside = waits && shape.ty.is_text();
            let mut add = || self.program.frame.add(&name, shape.ty.slot_kind(), may_lack, initial);
            let slot = (!is_beside).then(&mut add);
            let text = shape.ty.is_text().then(|| self.program.texts.push(name.clone()));
            self.program.fields.push(Field {
                name,
                tag: shape.tag.clone(),
                trigger: shape.trigger.clone(),
                ty: shape.ty.clone(),
                optional: shape.optional,
                slot,
                text,
                literals,
            });
        }
        let reachable = self.flag("reachable");
        let known_since = self.program.frame.add("known_since", SlotKind::Int, false, NEVER);
        let identified = self.flag("identified");
        let refused_at = self.program.frame.add("refused_at", SlotKind::Int, false, NEVER);
        let suppressed_at = self.program.frame.add("suppressed_at", SlotKind::Int, false, NEVER);
        let slot = |name: &str| {
            let field = self.program.fields.values().find(|field| field.name == name);
            field.and_then(|field| field.slot).unwrap_or(known_since)
        };
        self.program.system = SystemSlots {
            reachable,
            known_since,
            identified,
            refused_at,
            suppressed_at,
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
