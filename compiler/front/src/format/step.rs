//! A step, whatever it does: each kind in the file that the list of constructs names.

use super::printer::Printer;
use crate::syntax::ast::{Step, StepKind};
use crate::syntax::constructs;

pub(super) fn format(printer: &mut Printer<'_>, step: &Step) {
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident($node:ident) $rules:tt $about:tt;)*} $later:tt) => {
            match &step.kind {
                $(StepKind::$variant(node) => super::$module::format(printer, step, node),)*
                // Reported, so its file is never laid out.
                StepKind::Unreadable => {}
            }
        };
    }
    constructs::steps!(dispatch)
}
