//! `if / else if / else`: no branch where only values change, a real one around effects.

use super::Lowering;
use super::body::Body;
use crate::source::Location;
use crate::typed::{Form, TypedArm, TypedStep};
use flow_ir::{StepId, Terminator, ValueId};

/// The ways on which people part.
#[derive(Clone, Copy)]
pub(super) struct Ways<'t> {
    pub(super) arms: &'t [TypedArm],
    pub(super) otherwise: Option<&'t (Vec<TypedStep>, Location)>,
    /// What the last one is called.
    pub(super) rest: &'t str,
}

impl Lowering<'_> {
    pub(super) fn branch(&mut self, step: StepId, ways: Ways<'_>, body: &mut Body<'_>, path: Option<ValueId>) {
        let Ways { arms, otherwise, .. } = ways;
        let pure = arms.iter().all(|arm| is_pure(&arm.steps)) && otherwise.is_none_or(|(steps, _)| is_pure(steps));
        if pure {
            self.merged(step, ways, body, path);
        } else {
            debug_assert!(path.is_none(), "an effect is never inside a merged branch");
            self.branched(step, ways, body);
        }
    }

    /// Every arm is computed; each keeps its changes only where its condition held and none before it.
    fn merged(&mut self, step: StepId, ways: Ways<'_>, body: &mut Body<'_>, path: Option<ValueId>) {
        let Ways { arms, otherwise, rest } = ways;
        // Conditions are asked before any arm changes what they read.
        let mut open = path;
        let mut ran = Vec::new();
        for arm in arms {
            let cond = self.step_cond(&arm.when, body);
            ran.push(body.code.within(open, cond));
            let not = body.code.not(cond);
            open = Some(body.code.within(open, not));
        }
        for (arm, ran) in arms.iter().zip(ran) {
            body.trace(step, &arm.text, arm.at, Some(ran));
            self.block(&arm.steps, body, Some(ran));
        }
        match otherwise {
            Some((steps, at)) => {
                body.trace(step, rest, *at, open);
                self.block(steps, body, open);
            }
            None => body.trace_none(step, open),
        }
    }

    fn branched(&mut self, step: StepId, ways: Ways<'_>, body: &mut Body<'_>) {
        let Ways { arms, otherwise, rest } = ways;
        let after = body.code.reserve();
        for arm in arms {
            let cond = self.step_cond(&arm.when, body);
            let (yes, no) = (body.code.reserve(), body.code.reserve());
            body.code.close(Terminator::Branch(cond, yes, no));
            body.code.open(yes);
            body.trace(step, &arm.text, arm.at, None);
            self.block(&arm.steps, body, None);
            leave(body, after);
            body.code.open(no);
        }
        match otherwise {
            Some((steps, at)) => {
                body.trace(step, rest, *at, None);
                self.block(steps, body, None);
            }
            None => body.trace_none(step, None),
        }
        leave(body, after);
        body.code.open(after);
    }
}

/// Goes on behind the branch, unless everyone has left.
pub(super) fn leave(body: &mut Body<'_>, after: flow_ir::BlockId) {
    if !body.code.is_closed() {
        body.code.close(Terminator::Jump(after));
    }
}

/// Whether steps only change values.
fn is_pure(steps: &[TypedStep]) -> bool {
    steps.iter().all(|step| match &step.form {
        Form::Change { .. } | Form::Unknown | Form::Unreadable => true,
        // What is drawn is an effect.
        Form::Branch { split: Some(_), .. } => false,
        Form::Branch { .. } => step.children().into_iter().all(is_pure),
        Form::Effect { .. } | Form::Wait(_) | Form::Repeat(_) | Form::Finish(_) => false,
    })
}
