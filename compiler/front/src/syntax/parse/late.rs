//! `late run`, `late skip`, `late next window`.

use super::{Pair, Reader, Rule, child};
use crate::syntax::ast::Late;
use flow_ir::Late as How;

pub(super) fn late(_: &mut Reader<'_>, pair: &Pair<'_>) -> Late {
    let how = child(pair, Rule::late_how).and_then(|how| how.into_inner().next());
    Late(match how.map(|how| how.as_rule()) {
        Some(Rule::skip_late) => How::Skip,
        Some(Rule::next_window) => How::NextWindow,
        _ => How::Run,
    })
}
