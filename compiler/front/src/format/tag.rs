//! `tag vip`, `untag vip`

use super::printer::Printer;
use crate::syntax::ast::{Step, TagStep};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, tag: &TagStep) {
    let word = if tag.given { "tag" } else { "untag" };
    printer.step(step, &format!("{word} {}", tag.tag.text));
}
