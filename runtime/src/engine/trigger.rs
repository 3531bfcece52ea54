//! What the event said that let somebody in ([`TriggerValue`](flow_ir::TriggerValue)): read when it arrives, fixed when the journey begins.
//!
//! Between the two it is kept where the trigger is kept: with an entry that is held, with a turn, or for the journey after the one at hand. Each has
//! fields of its own, so what waits changes nothing for those who are in the workflow.

use super::contact::Contact;
use super::enrol::Refusal;
use super::identify::fit;
use super::plan::Plan;
use super::touch::Touch;
use crate::inbound::Tracked;
use flow_ir::{Entry, Field, FieldId, FieldType, FieldValue, IdMap, Program, TriggerKept, WorkflowId};
use std::collections::BTreeMap;

/// What steps and mails of a workflow read of its triggers.
pub(super) type Asked = Vec<AskedOf>;

/// A property that is read.
#[derive(Debug)]
pub(super) struct AskedOf {
    property: String,
    ty: FieldType,
    /// Whether nobody comes in without it.
    is_required: bool,
    fields: BTreeMap<TriggerKept, FieldId>,
}

impl AskedOf {
    pub(super) fn property(&self) -> &str {
        &self.property
    }

    pub(super) fn ty(&self) -> &FieldType {
        &self.ty
    }

    /// The field that keeps it so.
    pub(super) fn field(&self, kept: TriggerKept) -> Option<FieldId> {
        self.fields.get(&kept).copied()
    }
}

/// What a trigger said, in the order in which its workflow asks for it; nothing of one that is no event.
pub(super) type Said = Vec<FieldValue>;

/// Of each workflow what it asks for.
pub(super) fn asked(program: &Program) -> IdMap<WorkflowId, Asked> {
    program.workflows.values().map(|workflow| asked_by(program, &workflow.name)).collect()
}

fn asked_by(program: &Program, workflow: &str) -> Asked {
    let mut asked: Asked = Vec::new();
    for (id, field) in program.fields.iter() {
        let Some(trigger) = field.trigger.as_ref().filter(|trigger| trigger.workflow == workflow) else { continue };
        match asked.iter_mut().find(|known| known.property == trigger.property) {
            Some(known) => drop(known.fields.insert(trigger.kept, id)),
            None => asked.push(AskedOf {
                property: trigger.property.clone(),
                ty: field.ty.clone(),
                is_required: !field.optional,
                fields: BTreeMap::from([(trigger.kept, id)]),
            }),
        }
    }
    asked
}

impl Plan {
    /// What an event says that a workflow asks of its triggers.
    pub(super) fn said_to(&self, workflow: WorkflowId, event: &Tracked) -> Said {
        let declared = event.meaning.declared.and_then(|id| self.program.events.get(id));
        let said = |asked: &AskedOf| {
            let property = declared?.properties.iter().find(|property| property.name == asked.property);
            let ty = property.map(|property| &property.ty).filter(|ty| **ty == asked.ty)?;
            Some(event.said(&self.program, &asked.property, ty, self.zone))
        };
        self.triggers.at(workflow).iter().map(|asked| said(asked).unwrap_or(FieldValue::Missing)).collect()
    }

    /// The fields that keep what a workflow asks of its triggers so.
    pub(super) fn kept_so(&self, workflow: WorkflowId, kept: TriggerKept) -> impl Iterator<Item = FieldId> + '_ {
        self.triggers.at(workflow).iter().filter_map(move |asked| asked.fields.get(&kept).copied())
    }
}

impl Contact {
    /// What a trigger said that is kept so.
    pub(super) fn said(&self, plan: &Plan, workflow: WorkflowId, kept: TriggerKept) -> Said {
        let field = |asked: &AskedOf| plan.program.fields.get(*asked.fields.get(&kept)?);
        let value = |asked: &AskedOf| field(asked).map_or(FieldValue::Missing, |field| self.value(plan, field));
        plan.triggers.at(workflow).iter().map(value).collect()
    }

    /// Keeps what a trigger said so; what it does not say is missing from then on.
    pub(super) fn keep_said(&mut self, plan: &Plan, workflow: WorkflowId, kept: TriggerKept, said: &[FieldValue]) {
        for (place, asked) in plan.triggers.at(workflow).iter().enumerate() {
            let Some(field) = asked.fields.get(&kept).and_then(|field| plan.program.fields.get(*field)) else {
                continue;
            };
            match said.get(place) {
                Some(FieldValue::Text(text)) => drop(self.write_text(plan, field, text)),
                Some(FieldValue::Int(value)) if !field.ty.is_text() => {
                    if let Some(slot) = field.slot {
                        self.write(plan, slot, fit(plan.program.frame.slots.at(slot).kind, *value));
                    }
                }
                Some(FieldValue::Int(_) | FieldValue::Missing) | None => self.forget(plan, field),
            }
        }
    }

    /// Takes over what another contact's trigger said.
    pub(super) fn take_said(&mut self, plan: &Plan, workflow: WorkflowId, kept: TriggerKept, other: &Contact) {
        let said = other.said(plan, workflow, kept);
        self.keep_said(plan, workflow, kept, &said);
    }

    fn value(&self, plan: &Plan, field: &Field) -> FieldValue {
        if let Some(text) = field.text {
            return self.text_at(text).map_or(FieldValue::Missing, |text| FieldValue::Text(text.to_owned()));
        }
        let slot = field.slot.filter(|_| self.has(plan, field));
        slot.map_or(FieldValue::Missing, |slot| FieldValue::Int(self.read(plan, slot)))
    }
}

impl Touch<'_> {
    /// The refusal of an entry by an event that does not say what the workflow needs of everybody.
    pub(super) fn unsaid(&self, workflow: WorkflowId, said: &[FieldValue]) -> Option<Refusal> {
        if !matches!(self.workflow(workflow).entry, Entry::Event { .. }) {
            return None;
        }
        let asked = self.plan.triggers.at(workflow).iter().enumerate();
        let is_missing = |place: usize| said.get(place).is_none_or(|value| *value == FieldValue::Missing);
        let missing = asked.filter(|(place, asked)| asked.is_required && is_missing(*place));
        let missing: Vec<FieldId> =
            missing.filter_map(|(_, asked)| asked.fields.get(&TriggerKept::Journey).copied()).collect();
        (!missing.is_empty()).then_some(Refusal::Lacking(missing))
    }
}
