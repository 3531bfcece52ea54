//! `at least 2 days between emails`: how long after a mail of the workflow the next one leaves.

use super::cx::Cx;
use super::duration::look_back_ms;
use super::header::Around;
use crate::syntax::ast;
use crate::typed::TypedWorkflow;

pub(super) fn spacing(cx: &mut Cx<'_>, spacing: &ast::Spacing, _: &Around<'_>, typed: &mut TypedWorkflow) {
    let ast::Spacing(written) = spacing;
    // Elapsed, as what a cap counts is.
    typed.spacing_ms = look_back_ms(cx, written);
}
