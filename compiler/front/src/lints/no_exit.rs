//! A workflow that nobody leaves early.

use crate::analysis::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::typed::{Form, each_step};

/// Whoever waits can change meanwhile: buy, say no, become a customer. Without an `exit when` they get the rest all the same. A workflow
/// that does everything at once has nothing to leave.
pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (declared, workflow) in subject.workflows() {
        let mut waits = false;
        each_step(&workflow.steps, &mut |step| {
            waits |= matches!(step.form, Form::Wait(_) | Form::Repeat(_));
        });
        if !waits || !workflow.exits.is_empty() || declared.node.broken {
            continue;
        }
        let name = &workflow.name;
        let exit = match subject.typed.stages.last() {
            Some(last) => format!("exit when stage is {last}"),
            None => "exit when do_not_contact".to_owned(),
        };
        found.push(
            Diagnostic::warning(
                Code::NoExit,
                format!("nobody leaves workflow `{name}` early"),
                declared.at(declared.node.name.span),
                "no `exit when` line",
            )
            .why("who buys or declines while they wait would get the rest of the mails all the same")
            .help(format!("say when it no longer fits, for example\n  {exit}")),
        );
    }
}
