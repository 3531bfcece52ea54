//! An answer of a team that is asked for where nobody is handed over.

use crate::analysis::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Location;
use crate::typed::{Cond, Form};
use flow_ir::{Answer, Effect, PatternEvent};

/// A team answers what it was asked: where no step hands anybody over, `taken`, `refused` and `done` are never heard. Said at the first condition.
pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut hands_over = false;
    for (declared, workflow) in subject.workflows() {
        hands_over |= declared.node.broken;
        workflow.each_step(&mut |step| {
            // A step that could not be read may be one.
            let is_it = match &step.form {
                Form::Effect { effect, .. } => effect.as_ref().is_none_or(|of| matches!(of, Effect::Handoff(_))),
                Form::Unknown | Form::Unreadable => true,
                _ => false,
            };
            hands_over |= is_it;
        });
    }
    if hands_over {
        return;
    }
    let mut asked: Option<(Answer, Location)> = None;
    subject.typed.each_root(&mut |root| {
        root.cond.each(&mut |cond| {
            let Cond::Events(test) = cond else { return };
            let PatternEvent::Declared(event) = test.pattern.event else { return };
            let answer = subject.env.schema.events.at(event).shape.answer;
            asked = asked.or(answer.map(|answer| (answer, root.at)));
        });
    });
    if let Some((answer, at)) = asked {
        let name = answer.name();
        found.push(
            Diagnostic::warning(
                Code::NobodyAnswers,
                format!("who says `{name}`, where nobody is handed over?"),
                at,
                "never heard",
            )
            .why("`taken`, `refused` and `done` are what a team says of people whom a workflow has handed to it")
            .help("hand them over first, to a team of the project:\n  handoff to sales { keep in workflow }"),
        );
    }
}
