//! The steps of a workflow in their order: each kind in the file that the list of constructs names.

use super::cx::Cx;
use super::flow::Journey;
use super::text::fixed_text;
use crate::syntax::ast::{Step, StepKind};
use crate::syntax::constructs;
use crate::typed::{Form, TypedStep};

pub(super) fn check_steps<'t>(
    cx: &mut Cx<'_>,
    steps: impl IntoIterator<Item = &'t Step>,
    journey: &mut Journey,
) -> Vec<TypedStep> {
    steps.into_iter().map(|step| check_step(cx, step, journey)).collect()
}

fn check_step(cx: &mut Cx<'_>, step: &Step, journey: &mut Journey) -> TypedStep {
    let at = cx.at(step.head);
    journey.here = at;
    let left_before = journey.left.filter(|_| !journey.blind);
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident($node:ident) $rules:tt $about:tt;)*} $later:tt) => {
            match &step.kind {
                $(StepKind::$variant(node) => (stringify!($module), super::$module::check(cx, node, journey)),)*
                StepKind::Unreadable => {
                    journey.blind = true;
                    ("", Form::Unreadable)
                }
            }
        };
    }
    let (kind, form) = constructs::steps!(dispatch);
    if form.ends() {
        journey.left = journey.left.or(Some(at));
    }
    let label = step.label.as_ref().and_then(|label| fixed_text(cx, label));
    TypedStep { label, kind, form, text: cx.text_at(step.head), at, left_before }
}

/// How many steps there are; one with blocks counts as many as it has, beside what stands in them.
pub(super) fn count_steps<'t>(steps: impl IntoIterator<Item = &'t Step>) -> usize {
    let of_blocks = |blocks: Vec<&[Step]>| blocks.into_iter().map(|block| 1 + count_steps(block)).sum::<usize>();
    steps.into_iter().map(|step| of_blocks(step.children()).max(1)).sum()
}
