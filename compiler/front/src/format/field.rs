//! The fields of a contact and the properties of an event: names and types in columns, up to a blank line.

use super::printer::Printer;
use super::value::{literal, literals};
use crate::source::Span;
use crate::syntax::ast::{Field, FieldType};

/// A field with the width of its column.
struct InColumn<'t> {
    field: &'t Field,
    width: usize,
}

/// A declaration that is a block of fields; its first line goes up to `head_end`.
pub(super) fn fields(printer: &mut Printer<'_>, at: Span, head_end: u32, fields: &[Field]) {
    let within = printer.open(at, head_end);
    let block = printer.gather(within, fields.iter().map(|field| (field, field.span)));
    let columns: Vec<InColumn<'_>> = block
        .entries
        .chunk_by(|_, next| !next.has_blank())
        .flat_map(|run| {
            let width = run.iter().map(|entry| entry.node.name.text.len()).max().unwrap_or_default();
            run.iter().map(move |entry| InColumn { field: entry.node, width })
        })
        .collect();
    printer.block(&block.with(&columns), field);
}

fn field(printer: &mut Printer<'_>, InColumn { field, width }: &InColumn<'_>) {
    let ty = match &field.ty {
        FieldType::Named(name) => name.text.clone(),
        FieldType::OneOf(choices, _) => format!("one of {}", literals(printer, choices)),
    };
    let optional = if field.optional { "?" } else { "" };
    let default = field.default.as_ref().map(|value| format!(" = {}", literal(printer, value))).unwrap_or_default();
    printer.line(field.span, format!("{:<width$} {ty}{optional}{default}", field.name.text));
}
