//! Ways of an `if` that everyone takes, or nobody.
//!
//! All conditions of an `if` are asked at one instant, and so is an `if` that begins another's block: what the ones before it said is
//! still so. What a field is later, nobody knows, so nothing is carried over a step that may take time or change something.

use super::Subject;
use super::together::{Said, Together, When};
use crate::diagnostics::{Diagnostic, reach};
use crate::env::Env;
use crate::source::Location;
use crate::typed::{Form, TypedArm, TypedStep, TypedWait};

/// How many conditions around and before one are thought of: more make no difference to people, and take time in the square.
const MAX_BEFORE: usize = 48;

pub(super) fn prove(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let looking = Looking { env: subject.env, together: &Together::new(subject.env) };
    for (declared, workflow) in subject.workflows() {
        // Where a brace is lost, steps stand where nobody meant them to.
        if !(declared.node.broken && declared.node.blind) {
            looking.steps(&workflow.steps, &[], found);
        }
    }
}

/// A condition that was asked before at the same instant, how it came out, and where it stands.
type Before<'c> = (Said<'c>, Location);

struct Looking<'l, 'e> {
    env: &'l Env<'e>,
    together: &'l Together<'e>,
}

impl<'l> Looking<'l, '_> {
    fn steps(&self, steps: &'l [TypedStep], around: &[Before<'l>], found: &mut Vec<Diagnostic>) {
        let mut around = around;
        for step in steps {
            match &step.form {
                Form::Branch { arms, otherwise } => {
                    let otherwise = otherwise.as_ref().map(|(steps, at)| (steps.as_slice(), *at));
                    self.branch(arms, otherwise, around, found);
                }
                Form::Wait(TypedWait::Until { when, otherwise, .. }) => {
                    if !self.can_hold(&[], (when, false)) {
                        found.push(reach::never_waits(step.at));
                    }
                    let late = otherwise.as_ref().map(|(steps, _)| steps.as_slice());
                    self.steps(late.unwrap_or_default(), &[], found);
                }
                _ => {}
            }
            around = &[];
        }
    }

    fn branch(
        &self,
        arms: &'l [TypedArm],
        otherwise: Option<(&'l [TypedStep], Location)>,
        around: &[Before<'l>],
        found: &mut Vec<Diagnostic>,
    ) {
        let mut before = around.to_vec();
        let mut told = false;
        for (number, arm) in arms.iter().enumerate() {
            let (takes, passes) = ((&arm.when, true), (&arm.when, false));
            // That it never holds by itself was reported.
            if !told && self.can_hold(&[], takes) {
                let nobody = !self.can_hold(&before, takes);
                let everybody = number == 0 && !self.can_hold(&before, passes);
                if nobody || everybody {
                    let test = self.env.text_at(arm.at.file, arm.at.span);
                    let because = self.because(&before, if nobody { takes } else { passes });
                    found.push(if nobody {
                        reach::taken_before(&test, arm.at, because)
                    } else {
                        reach::always_true(&test, arm.at, because)
                    });
                    told = true;
                }
            }
            let mut inside = before.clone();
            note(&mut inside, (takes, arm.at));
            // Inside a way that nobody takes everything would be wrong.
            self.steps(&arm.steps, if told { &[] } else { &inside }, found);
            note(&mut before, (passes, arm.at));
        }
        let Some((steps, at)) = otherwise else { return };
        let said: Vec<Said<'_>> = before.iter().map(|(said, _)| *said).collect();
        let nobody = !told && !steps.is_empty() && !self.together.can_hold(&said, When::Anytime);
        if nobody {
            found.push(reach::nobody_is_left(at, before.iter().map(|(_, at)| *at).collect()));
        }
        self.steps(steps, if told || nobody { &[] } else { &before }, found);
    }

    fn can_hold(&self, before: &[Before<'l>], test: Said<'l>) -> bool {
        let said: Vec<Said<'_>> = before.iter().map(|(said, _)| *said).chain([test]).collect();
        self.together.can_hold(&said, When::Anytime)
    }

    /// The conditions because of which it cannot be so: one where one is enough, else all.
    fn because(&self, before: &[Before<'l>], test: Said<'l>) -> Vec<Location> {
        match before.iter().find(|before| !self.can_hold(std::slice::from_ref(before), test)) {
            Some((_, at)) => vec![*at],
            None => before.iter().map(|(_, at)| *at).collect(),
        }
    }
}

fn note<'c>(before: &mut Vec<Before<'c>>, said: Before<'c>) {
    if before.len() < MAX_BEFORE {
        before.push(said);
    }
}
