//! What is kept of a contact fits its version of the program: lengths, and the places where journeys stand.

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind, Subject};
use super::sweep::is_live;
use crate::store::{ContactId, ContactRecord, JourneyRecord};
use flow_ir::{BlockId, StepId, WorkflowId};

/// Bytes against layouts.
#[derive(Default)]
pub(super) struct Frames;

impl Check for Frames {
    fn contact(&mut self, cx: &Context<'_>, id: ContactId, contact: Option<&ContactRecord>, found: &mut Findings) {
        let Some(contact) = contact else {
            found.is_partial();
            found.add(Kind::Unreadable, Subject::Contact(id), "holds what Flow never writes");
            return;
        };
        if !cx.may_be_a_frame(contact.layout, contact.frame.len()) {
            let words = format!(
                "has a frame of {} bytes, which version {} of the program never had",
                contact.frame.len(),
                contact.layout
            );
            found.add(Kind::WrongLength, Subject::Contact(id), words);
        }
        if !cx.may_be_texts(contact.texts.len()) {
            let words = format!("has {} texts, which no version of the program had", contact.texts.len());
            found.add(Kind::WrongLength, Subject::Contact(id), words);
        }
        for journey in &contact.kept {
            let is_so_long = cx.may_be_a_memory(contact.layout, journey.workflow, journey.memory.len());
            if !is_so_long {
                let words = format!(
                    "keeps {} bytes, which version {} of the program never had",
                    journey.memory.len(),
                    contact.layout
                );
                found.add(Kind::WrongLength, cx.journey(id, journey.workflow, journey.run), words);
            }
            if is_live(journey) {
                examine_place(cx, journey, found);
            }
        }
        for entry in &contact.held {
            // What an earlier Flow kept of one had no memory.
            if !entry.memory.is_empty() && !cx.may_be_a_memory(contact.layout, entry.workflow, entry.memory.len()) {
                let words =
                    format!("holds an entry to `{}` of a length that it never had", cx.workflow_name(entry.workflow));
                found.add(Kind::WrongLength, Subject::Contact(id), words);
            }
        }
    }
}

fn examine_place(cx: &Context<'_>, journey: &JourneyRecord, found: &mut Findings) {
    let Some(workflow) = cx.program.workflows.get(WorkflowId(journey.workflow)) else {
        found.add(
            Kind::NoSuchPlace,
            cx.journey(journey.contact, journey.workflow, journey.run),
            "is in a workflow that the program has not",
        );
        return;
    };
    let is_there = cx.resumes_at(WorkflowId(journey.workflow), BlockId(journey.block))
        && workflow.steps.get(StepId(journey.step)).is_some();
    if !is_there {
        let words = format!(
            "stands at step {} and resumes at block {}, and the workflow has no such place",
            journey.step, journey.block
        );
        found.add(Kind::NoSuchPlace, cx.journey(journey.contact, journey.workflow, journey.run), words);
    }
}
