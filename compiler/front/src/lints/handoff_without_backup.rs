//! A handoff that may find nobody.

use crate::analysis::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::typed::{Form, each_step};
use flow_ir::{Effect, Handoff, Id, TeamId};
use std::collections::BTreeSet;

/// Where every member of a team takes only some people and there is no backup, whoever none of them covers is handed to nobody. Said once
/// a team, at the first handoff to it.
pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut told: BTreeSet<TeamId> = BTreeSet::new();
    for (_, workflow) in subject.workflows() {
        each_step(&workflow.steps, &mut |step| {
            let Form::Effect { effect: Some(Effect::Handoff(Handoff { team, .. })), .. } = &step.form else { return };
            let typed = subject.typed.teams.at(*team);
            let may_miss = typed.backup.is_none() && typed.members.iter().all(|(_, covers)| covers.is_some());
            let Some(declared) = subject.env.scope.teams.get(team.index()) else { return };
            if may_miss && !declared.node.broken && told.insert(*team) {
                let name = &typed.name;
                found.push(
                    Diagnostic::warning(
                        Code::HandoffWithoutBackup,
                        format!("who takes the people that no member of `{name}` covers?"),
                        step.at,
                        "may be handed to nobody",
                    )
                    .label(declared.at(declared.node.name.span), "every member takes only some people")
                    .why("a lead that is ready for sales would be lost without a word")
                    .help(format!("add a backup to team `{name}`:\n  backup \"lead@acme.example\"")),
                );
            }
        });
    }
}
