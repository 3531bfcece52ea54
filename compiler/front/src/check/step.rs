//! The steps of a workflow in their order: each kind in the file that the list of constructs names.

use super::closing;
use super::cx::Cx;
use super::flow::Journey;
use super::text::{name_text, nothing_to_read};
use crate::diagnostics::names;
use crate::source::Span;
use crate::syntax::ast::{Step, StepKind};
use crate::syntax::constructs;
use crate::typed::{Form, TypedStep};
use std::collections::BTreeMap;

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
    let (kind, form) =
        if closing::refuses(cx, step, journey) { ("", Form::Unknown) } else { constructs::steps!(dispatch) };
    if form.ends() {
        journey.left = journey.left.or(Some(at));
    }
    let label =
        step.label.as_ref().and_then(|label| name_text(cx, label, "label", "step \"pricing nudge\": send nudge"));
    // What could not be read has no name that anything goes by.
    let text = if matches!(form, Form::Unreadable) { String::new() } else { cx.text_at(step.head) };
    TypedStep { label, kind, form, text, at, left_before }
}

/// Reports each label that an earlier step of the workflow has, however deep they stand. Case and outer blanks make no difference to people.
pub(super) fn report_same_labels<'t>(cx: &mut Cx<'_>, steps: impl IntoIterator<Item = &'t Step>) {
    let mut labels = Vec::new();
    labels_of(steps, &mut labels);
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for (label, span) in labels {
        let known = label.trim().to_lowercase();
        match seen.get(&known).copied() {
            Some(first) => cx.report(names::same_label(&label, cx.at(span), cx.at(first))),
            None => {
                seen.insert(known, span);
            }
        }
    }
}

fn labels_of<'t>(steps: impl IntoIterator<Item = &'t Step>, labels: &mut Vec<(String, Span)>) {
    for step in steps {
        let label = step.label.as_ref().filter(|label| !nothing_to_read(label));
        labels.extend(label.and_then(|label| Some((label.plain()?, label.span))));
        step.children().into_iter().for_each(|block| labels_of(block, labels));
    }
}

/// How many steps there are; one with blocks counts as many as it has, beside what stands in them, and each round of a `repeat` anew.
pub(super) fn count_steps<'t>(steps: impl IntoIterator<Item = &'t Step>) -> usize {
    let of_blocks = |blocks: Vec<&[Step]>| blocks.into_iter().map(|block| 1 + count_steps(block)).sum::<usize>();
    let of_step = |step: &Step| of_blocks(step.children()).max(step.stands_for()).saturating_mul(step.rounds());
    steps.into_iter().fold(0, |count, step| of_step(step).saturating_add(count))
}
