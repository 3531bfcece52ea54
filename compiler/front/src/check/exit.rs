//! `exit`, `exit as converted`.

use super::cx::Cx;
use super::flow::Journey;
use crate::syntax::ast::ExitStep;
use crate::typed::Form;
use flow_ir::Ending;

pub(super) fn check(_: &mut Cx<'_>, exit: &ExitStep, _: &mut Journey) -> Form {
    Form::Finish(if exit.converted { Ending::Converted } else { Ending::Exited })
}
