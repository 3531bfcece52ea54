//! `split NAME { 50% a { … } 50% b { … } }`.

use super::printer::{Printer, within};
use super::step;
use crate::source::Span;
use crate::syntax::ast::{Share, Split, Step};

pub(super) fn format(printer: &mut Printer<'_>, of: &Step, split: &Split) {
    let brace = printer.brace_after(split.name.span.end);
    let head = format!("{}split {} {{", printer.label(of), printer.words(split.name.span));
    printer.line(Span::new(of.span.start, brace), head);
    let block =
        printer.gather(within(Span::new(brace, of.span.end)), split.shares.iter().map(|share| (share, share.span)));
    printer.block(&block, share);
}

fn share(printer: &mut Printer<'_>, share: &Share) {
    let name = share.name.as_ref().map(|name| format!(" {}", name.text)).unwrap_or_default();
    let brace = printer.brace_after(share.name.as_ref().unwrap_or(&share.weight).span.end);
    printer.line(Span::new(share.span.start, brace), format!("{}%{name} {{", share.weight.text));
    let block =
        printer.gather(within(Span::new(brace, share.span.end)), share.steps.iter().map(|step| (step, step.span)));
    printer.block(&block, step::format);
}
