//! A handoff that may find nobody.

use crate::analysis::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::typed::{Form, TypedTeam, each_step};
use flow_ir::{Effect, Handoff, Id, TeamId};
use std::collections::BTreeSet;

/// Where every member of a team takes only some people and there is no backup, whoever none of them covers is handed to nobody. Said once
/// a team, at the first handoff to it.
pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut told: BTreeSet<TeamId> = BTreeSet::new();
    for (_, workflow) in subject.workflows() {
        each_step(&workflow.steps, &mut |step| {
            let Form::Effect { effect: Some(Effect::Handoff(Handoff { team, backup, .. })), .. } = &step.form else {
                return;
            };
            let typed = subject.typed.teams.at(*team);
            let may_miss = typed.backup.is_none() && backup.is_none() && may_all_pass(typed);
            let Some(declared) = subject.env.scope.teams.get(team.index()) else { return };
            let takes_some = typed.members.iter().all(|member| member.covers.is_some());
            let (takes, why) = if takes_some {
                ("covers", "every member takes only some people")
            } else {
                ("has room for", "every member takes only some people, or only so many, or is away")
            };
            if may_miss && !declared.node.broken && told.insert(*team) {
                let name = &typed.name;
                found.push(
                    Diagnostic::warning(
                        Code::HandoffWithoutBackup,
                        format!("who takes the people that no member of `{name}` {takes}?"),
                        step.at,
                        "may be handed to nobody",
                    )
                    .label(declared.at(declared.node.name.span), why)
                    .why("a lead that is ready for sales would be lost without a word")
                    .help(format!("add a backup to team `{name}`:\n  backup \"lead@acme.example\"")),
                );
            }
        });
    }
}

/// Whether there may be a day on which each of them passes somebody on.
fn may_all_pass(team: &TypedTeam) -> bool {
    let days = team.members.iter().flat_map(|member| &member.away).map(|days| days.first_day);
    let mut days = days.chain([i32::MIN]);
    days.any(|day| {
        team.members.iter().all(|member| {
            let is_limited = member.covers.is_some() || !member.capacity.is_endless();
            is_limited || member.away.iter().any(|days| days.contains(day))
        })
    })
}
