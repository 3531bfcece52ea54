//! `if / else if / else`.

use super::Checker;
use super::flow::Journey;
use super::predicate::{Asked, assume};
use super::typed::{TypedArm, TypedStepKind};
use crate::source::Location;
use crate::syntax::ast::Branch;

impl Checker<'_> {
    pub(super) fn branch_step(&mut self, branch: &Branch, at: Location, journey: &mut Journey) -> TypedStepKind {
        let mut arms = Vec::new();
        let mut ways = Vec::new();
        // Each `else if` is asked only where the conditions before it did not hold.
        let mut here = journey.clone();
        for (index, arm) in branch.arms.iter().enumerate() {
            let known = here.known.clone();
            let when = self.predicate(&arm.when, Asked::InJourney(&here), &known);
            let mut way = here.clone();
            way.known.extend(assume(&when, true));
            here.known.extend(assume(&when, false));
            let steps = self.steps(&arm.steps, &mut way);
            ways.push(way);
            let condition = self.text_at(arm.when.span());
            let text = if index == 0 { format!("if {condition}") } else { format!("else if {condition}") };
            arms.push(TypedArm { when, steps, text, at: self.at(arm.when.span()) });
        }
        let mut otherwise = None;
        match &branch.otherwise {
            Some((steps, span)) => {
                let steps = self.steps(steps, &mut here);
                otherwise = Some((steps, self.at(*span)));
                ways.push(here);
            }
            None => ways.push(here),
        }
        *journey = Journey::join(journey, ways, at);
        TypedStepKind::Branch { arms, otherwise }
    }
}
