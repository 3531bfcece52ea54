//! `notify owner "…"`, `notify sales "…"`, `notify "ana@acme.example" "…"`: one's own people, and nobody else.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use super::text::{check_address, limited_text, nothing_to_read};
use crate::diagnostics::{names, notify as wrong};
use crate::syntax::ast::{Header, Kind, Notified, NotifyStep, TeamClause, Text};
use crate::typed::Form;
use flow_ir::limits::MAX_TEXT_BYTES;
use flow_ir::{Id, Notify, Recipient};

pub(super) fn check(cx: &mut Cx<'_>, notify: &NotifyStep, journey: &mut Journey) -> Form {
    let to = match &notify.to {
        Notified::Owner => owner(cx, journey),
        Notified::Team(team) => named::team(cx, team).map(Recipient::Team),
        Notified::Member(address) => member(cx, address).map(Recipient::Member),
    };
    if nothing_to_read(&notify.text) {
        let example = "notify owner \"{first_name or \"somebody\"} looked at pricing\"";
        cx.report(names::empty_text("notice", example, cx.at(notify.text.span)));
        return Form::Unknown;
    }
    let text = limited_text(cx, &notify.text, &journey.known, "this notice", MAX_TEXT_BYTES);
    match to {
        Some(to) => Form::effect(Notify { to, text }),
        None => Form::Unknown,
    }
}

/// Who answers for the workflow, where it says who that is.
fn owner(cx: &mut Cx<'_>, journey: &Journey) -> Option<Recipient> {
    let declared = journey.workflow.and_then(|id| cx.env.scope.workflows.get(id.index()));
    let has_owner = declared.is_none_or(|workflow| {
        workflow.node.broken || workflow.node.headers().any(|header| matches!(header.kind, Header::Owner(_)))
    });
    if !has_owner {
        cx.report(wrong::no_owner(journey.here));
        return None;
    }
    Some(Recipient::Owner)
}

/// An address of somebody whom a team names.
fn member(cx: &mut Cx<'_>, address: &Text) -> Option<String> {
    let plain = check_address(cx, address, false)?;
    let clauses = cx.env.scope.teams.iter().flat_map(|team| &team.node.clauses);
    let people = clauses.filter_map(|clause| match &clause.kind {
        TeamClause::Member(member) => member.address.plain(),
        TeamClause::Backup(backup) => backup.plain(),
        TeamClause::Assign(_) | TeamClause::Hours(_) => None,
    });
    let is_known = people.into_iter().any(|known| known.trim().eq_ignore_ascii_case(plain.trim()));
    let is_lost = cx.may_be_lost(Kind::Team) || cx.env.scope.teams.iter().any(|team| team.node.broken);
    if !is_known && !is_lost {
        cx.report(wrong::nobody_of_ours(&plain, cx.at(address.span)));
        return None;
    }
    Some(plain)
}
