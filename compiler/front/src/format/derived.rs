//! `derived NAME =`: a line an arm, the values in a column.
//!
//! ```text
//! derived persona =
//!   when job_title contains word "CMO" "marketing"
//!   when job_title contains "sales"    "sales"
//!   otherwise                          unknown
//! ```

use super::predicate::flat;
use super::printer::Printer;
use super::value::text;
use crate::source::Span;
use crate::syntax::ast::{Derived, Otherwise};

/// Each line keeps its own comments, as if it were a block.
pub(super) fn format(printer: &mut Printer<'_>, derived: &Derived, at: Span) {
    let mut lines: Vec<(String, String, Span)> = Vec::new();
    for arm in &derived.arms {
        let when = format!("when {}", flat(printer, &arm.when));
        lines.push((when, text(printer, &arm.text).into_owned(), arm.when.span().to(arm.text.span)));
    }
    match &derived.otherwise {
        Some(Otherwise::Text(value)) => {
            lines.push(("otherwise".to_owned(), text(printer, value).into_owned(), value.span))
        }
        Some(Otherwise::Unknown(span)) => lines.push(("otherwise".to_owned(), "unknown".to_owned(), *span)),
        None => {}
    }
    let width = lines.iter().map(|(when, ..)| when.chars().count()).max().unwrap_or_default();
    let behind_name = Span::new(derived.name.span.end, at.end);
    let block = printer.gather(behind_name, lines.iter().map(|line| (line, line.2)));
    printer.line(Span::new(at.start, behind_name.start), format!("derived {} =", derived.name.text));
    for entry in &block.entries {
        let (when, value, span) = entry.node;
        for comment in entry.before.iter().map(|own| own.comment).chain(printer.comments_in(*span)) {
            printer.push(&format!("  {}", printer.cut(comment).trim_end()));
        }
        printer.push(&format!("  {when:<width$} {value}"));
        printer.trail(entry.after);
    }
}
