//! A start is noted in the contact's frame, with what it gives, and followed at the next instant like any other entry.

use super::Perform;
use crate::engine::host::StepHost;
use crate::engine::identify::fit;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, FieldId, FieldValue, Given, GivenValue, Start, StepId, TriggerKept};

/// The next instant, in milliseconds from now: behind everything that happens at this one.
const NEXT_MS: i64 = 1;

impl Perform for Start {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, _: StepId) -> Outcome {
        let program = &host.plan.program;
        if let Some(slot) = program.workflows.at(self.workflow).started {
            // One that is due earlier stays, with what it gives: it is the one that is followed.
            let next = host.now + NEXT_MS;
            if program.frame.read(&memory[Area::Contact], slot) > next {
                program.frame.write(&mut memory[Area::Contact], slot, next);
                host.written.push(slot);
                give(self, host, &mut memory);
            }
        }
        Outcome::Done
    }
}

/// Keeps what it gives. What it does not give is missing, whatever an earlier start had given.
fn give(start: &Start, host: &mut StepHost<'_>, memory: &mut Memory<'_>) {
    let plan = host.plan;
    for field in plan.kept_so(start.workflow, TriggerKept::Start) {
        let given = start.given.iter().find(|given| given.field == field);
        let value = given.map_or(FieldValue::Missing, |given| value(given, host, memory));
        write(field, value, host, memory);
    }
}

fn value(given: &Given, host: &StepHost<'_>, memory: &Memory<'_>) -> FieldValue {
    let program = &host.plan.program;
    let known = given.from.and_then(|from| program.fields.get(from)).and_then(|from| match (from.text, from.slot) {
        (Some(text), _) => host.text_at(text).map(|text| FieldValue::Text(text.to_owned())),
        (None, Some(slot)) => {
            let frame = &memory[Area::Contact];
            program.frame.is_known(frame, slot).then(|| FieldValue::Int(program.frame.read(frame, slot)))
        }
        (None, None) => None,
    });
    known.unwrap_or(match &given.otherwise {
        Some(GivenValue::Int(value)) => FieldValue::Int(*value),
        Some(GivenValue::Text(text)) => FieldValue::Text(text.clone()),
        None => FieldValue::Missing,
    })
}

fn write(id: FieldId, value: FieldValue, host: &mut StepHost<'_>, memory: &mut Memory<'_>) {
    let program = &host.plan.program;
    let field = program.fields.at(id);
    match (value, field.text, field.slot) {
        (FieldValue::Text(value), Some(text), _) => host.set_text(id, text, Some(&value)),
        (_, Some(text), _) => host.set_text(id, text, None),
        (value, None, Some(slot)) => {
            let layout = &program.frame;
            let declared = layout.slots.at(slot);
            let (known, value) = match value {
                FieldValue::Int(value) => (true, fit(declared.kind, value)),
                FieldValue::Text(_) | FieldValue::Missing => (false, declared.initial),
            };
            layout.write(&mut memory[Area::Contact], slot, value);
            layout.set_known(&mut memory[Area::Contact], slot, known);
            host.written.push(slot);
        }
        (_, None, None) => {}
    }
}
