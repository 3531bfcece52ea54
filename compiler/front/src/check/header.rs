//! The lines that hold for all of a workflow: each kind in the file that the list of constructs names.

use super::cx::Cx;
use super::flow::Journey;
use super::text::report_repeated;
use crate::diagnostics::contract;
use crate::source::Span;
use crate::syntax::ast::{self, Clause, DatesOf, Header};
use crate::syntax::constructs;
use crate::typed::{TypedEntry, TypedWorkflow};
use flow_ir::Reenter;

/// What a line of the head may look at beside itself.
pub(super) struct Around<'w> {
    /// All of the line.
    pub(super) span: Span,
    /// A journey at any step: what a goal or an exit can ask about.
    pub(super) anywhere: &'w Journey,
}

pub(super) fn check_headers(cx: &mut Cx<'_>, node: &ast::Workflow, anywhere: &Journey, typed: &mut TypedWorkflow) {
    let what = format!("workflow `{}`", node.name.text);
    let mut repeated = ast::repeated(node.headers()).into_iter().peekable();
    for header in node.headers() {
        match repeated.next_if(|repeated| std::ptr::eq(repeated.again, header)) {
            Some(found) => report_repeated(cx, &what, found.word, label_of(found.again), Some(label_of(found.first))),
            None => check_header(cx, header, anywhere, typed),
        }
    }
    if node.broken {
        return;
    }
    if let Some(per) = node.per_value() {
        super::reenter::per_value(cx, node, per);
    }
    let (name, at) = (&node.name.text, cx.at(node.name.span));
    if !node.headers().any(|header| matches!(header.kind, Header::Enter(_))) {
        cx.report(contract::no_entry(name, at));
    }
    let dates = node.headers().find_map(|header| header.kind.enter()?.dates.as_ref());
    let again = node.headers().find(|header| matches!(header.kind, Header::Reenter(_)));
    match (dates, again) {
        (None, None) => cx.report(contract::no_reenter(name, at)),
        // A date says itself how often.
        (Some(_), None) => typed.reenter = Reenter::Always,
        // Where it is wrong, that was reported, and something else may be meant.
        (Some(dates), Some(again)) if matches!(typed.entry, TypedEntry::Dated { .. }) => {
            let is_yearly = !matches!(dates.of, DatesOf::Field { yearly: false, .. });
            cx.report(contract::reenter_at_dates(is_yearly, cx.at(again.span), cx.at(dates.span)));
        }
        (_, Some(_)) => {}
    }
}

fn check_header(cx: &mut Cx<'_>, header: &Clause<Header>, anywhere: &Journey, typed: &mut TypedWorkflow) {
    let around = Around { span: header.span, anywhere };
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident($node:ident) [$rule:ident $($more:tt)*] $about:tt;)*} $later:tt) => {
            match &header.kind { $(Header::$variant(node) => super::$module::$rule(cx, node, &around, typed),)* }
        };
    }
    constructs::headers!(dispatch);
}

/// What of a clause that stands twice differs: of one with nothing but a value, the value.
fn label_of(header: &Clause<Header>) -> Span {
    match &header.kind {
        Header::Owner(owner) => owner.span,
        Header::Reviewed(date) => date.span,
        Header::Group(group) => group.span,
        Header::OnGoal(closing) | Header::OnExit(closing) => closing.head,
        _ => header.span,
    }
}
