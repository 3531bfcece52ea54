//! `derived`: a field that follows from others. Each of its conditions is typed as a segment's.

use super::Known;
use super::change::settable_text;
use super::cx::Cx;
use super::predicate::{Asked, check_predicate};
use super::text::nothing_to_read;
use crate::diagnostics::{derived, syntax};
use crate::syntax::ast::{self, Otherwise};
use crate::typed::{Cond, Part, TypedDerived};
use flow_ir::limits::MAX_DERIVED_ARMS;

pub(super) fn check_derived(cx: &mut Cx<'_>, node: &ast::Derived) -> Option<TypedDerived> {
    let name = &node.name.text;
    if node.arms.len() > MAX_DERIVED_ARMS {
        let what = format!("field has more than {MAX_DERIVED_ARMS} `when`s");
        let help = "join those of one value with `or`, or let an import bring the value";
        cx.report(syntax::too_large(&what, cx.at(node.name.span), "nobody could tell which one is theirs", help));
    }
    let mut arms: Vec<(Part, i64)> = Vec::new();
    for arm in &node.arms {
        let cond = check_predicate(cx, &arm.when, Asked::Anywhere("a derived field"), &Known::new());
        let part = Part { cond, at: cx.at(arm.when.span()) };
        if let Some((first, _)) = arms.iter().find(|(first, _)| *first == part && part.cond != Cond::Unknown) {
            cx.report(derived::asked_twice(&cx.text_at(arm.when.span()), part.at, first.at));
        }
        check_value(cx, &arm.text);
        arms.push((part, node.code(&arm.text).unwrap_or_default()));
    }
    let otherwise = match &node.otherwise {
        Some(Otherwise::Text(text)) => {
            check_value(cx, text);
            node.code(text)
        }
        Some(Otherwise::Unknown(_)) => None,
        None => {
            cx.report(derived::no_otherwise(name, cx.at(node.name.span), cx.at(node.span)));
            None
        }
    };
    let field = cx.env.schema.field(name).filter(|field| cx.env.schema.is_derived(*field))?;
    Some(TypedDerived { name: name.clone(), field, arms, otherwise })
}

/// What it may be: a text that is the same for everyone.
fn check_value(cx: &mut Cx<'_>, text: &ast::Text) {
    if nothing_to_read(text) {
        let at = cx.at(text.span);
        cx.report(derived::empty_value(at));
    } else {
        settable_text(cx, text);
    }
}
