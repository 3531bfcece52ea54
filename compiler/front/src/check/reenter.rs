//! `reenter never`, `reenter after D`, `reenter always`: whether people come in again.

use super::cx::Cx;
use super::duration::check_duration;
use super::header::Around;
use crate::syntax::ast;
use crate::typed::TypedWorkflow;
use flow_ir::Reenter;

pub(super) fn reenter(cx: &mut Cx<'_>, reenter: &ast::Reenter, _: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.reenter = match reenter {
        ast::Reenter::Never => Reenter::Never,
        ast::Reenter::Always => Reenter::Always,
        ast::Reenter::After(after) => check_duration(cx, after).map_or(Reenter::Never, Reenter::After),
    };
}
