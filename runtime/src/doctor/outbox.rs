//! Of the messages out: none is claimed where nobody works on the store, and each that is still to leave is whose its key says, and can be written.
//! That their keys are unique is asked of the whole table (`messages`).

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind, Subject};
use crate::store::{OutboxKind, OutboxRecord, OutboxState};
use flow_ir::{EmailId, WorkflowId};
use serde_json::Value;

/// Claims, and what is to leave.
#[derive(Default)]
pub(super) struct Outbox;

impl Check for Outbox {
    fn message(&mut self, cx: &Context<'_>, row: &OutboxRecord, found: &mut Findings) {
        if cx.is_closed && row.state == OutboxState::Claimed {
            let words = format!("is on its way to {}, and whoever sent it has closed the store", row.recipient);
            found.add(Kind::ClaimedByNobody, Subject::Message(row.id), words);
        }
        if row.state.is_unsettled() {
            wrong(cx, row).into_iter().for_each(|words| found.add(Kind::WrongMessage, Subject::Message(row.id), words));
        }
    }
}

/// What makes a message another one than its journey wrote.
fn wrong(cx: &Context<'_>, row: &OutboxRecord) -> Option<String> {
    // The number of the visit is kept with the journey alone.
    let said = row.key.rsplit_once(".v").map_or(row.key.as_str(), |(said, _)| said);
    let OutboxRecord { contact, workflow, run, step, .. } = row;
    let own = format!("{}.{run}.s{step}", cx.workflow_name(*workflow));
    let (who, what) = said.split_once('.').unwrap_or(("", said));
    // Of two who proved to be one the message goes on as the other's.
    let is_theirs = who == format!("c{}", contact.0) || cx.is_of_a_join(*contact);
    if !is_theirs || (what != own && !cx.is_of_a_join(*contact)) {
        return Some(format!("is contact {}'s by `{own}`, and its key says `{}`", contact.0, row.key));
    }
    let is_mail = row.kind == OutboxKind::Mail;
    if is_mail && sent_by(cx, row).is_some_and(|email| email.0 != row.email) {
        return Some("is another mail than its step sends".to_owned());
    }
    let is_written = row.payload.is_empty() || serde_json::from_str::<Value>(&row.payload).is_ok();
    (!is_written).then(|| "says what nobody can read, so it would not leave".to_owned())
}

/// Which mail the step of a message sends.
fn sent_by(cx: &Context<'_>, row: &OutboxRecord) -> Option<EmailId> {
    let workflow = cx.program.workflows.get(WorkflowId(row.workflow))?;
    workflow.effects_of_steps().find(|(step, _)| step.0 == row.step)?.1.message()
}
