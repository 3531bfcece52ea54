//! A workflow of which nobody can say whether it worked.

use crate::analysis::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::typed::Cond;
use crate::typed::each_step;
use flow_ir::EmailKind;

/// Marketing is sent for a reason; without a `goal` no report can say whether it came true, and without a time it counts for ever. What
/// sends no marketing needs none.
pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (declared, workflow) in subject.workflows() {
        let mut markets = false;
        each_step(&workflow.steps, &mut |step| {
            if let Some(email) = step.message() {
                markets |= subject.typed.emails.at(email).email.kind == EmailKind::Marketing;
            }
        });
        if !markets || declared.node.broken {
            continue;
        }
        match &workflow.goal {
            None => found.push(
                Diagnostic::warning(
                    Code::NoGoal,
                    format!("workflow `{}` has no goal", workflow.name),
                    declared.at(declared.node.name.span),
                    "no `goal` line",
                )
                .why("no report could say whether its mails were worth sending, and who got there would be mailed on")
                .help("say what it is for, for example\n  goal \"Book a demo\" when requested_demo within 30 days"),
            ),
            // What is wrong with it was told, and may be its time: `when requested_demo in 30 days`.
            Some(goal) if goal.within.is_none() && !has_unknown(&goal.when.cond) => {
                let end = crate::source::Span::new(goal.when.at.span.end, goal.when.at.span.end).in_file(goal.at.file);
                found.push(
                    Diagnostic::warning(
                        Code::NoGoal,
                        format!("the goal of workflow `{}` has no time", workflow.name),
                        goal.at,
                        "how long does it count?",
                    )
                    .why("it counts only while somebody is in the workflow, so late successes look like failures")
                    .help("say how long it counts:")
                    .edit(end, " within 30 days"),
                );
            }
            Some(_) => {}
        }
    }
}

fn has_unknown(when: &Cond) -> bool {
    let mut unknown = false;
    when.each(&mut |cond| unknown |= *cond == Cond::Unknown);
    unknown
}
