//! `contact`, `event`, `stages` and `segment`: fields have their names and their types in columns, up to a blank line.

use super::predicate::condition;
use super::printer::Printer;
use super::value::{literal, literals};
use crate::source::Span;
use crate::syntax::ast::{Contact, Event, Field, FieldType, Segment, Stages};

pub(super) fn format(printer: &mut Printer<'_>, contact: &Contact) {
    fields(printer, contact.span, contact.head.end, &contact.fields);
}

pub(super) fn format_event(printer: &mut Printer<'_>, event: &Event) {
    fields(printer, event.span, event.name.span.end, &event.properties);
}

pub(super) fn format_stages(printer: &mut Printer<'_>, stages: &Stages) {
    let names: Vec<&str> = stages.names.iter().map(|name| name.text.as_str()).collect();
    printer.line(stages.span, format!("stages {}", names.join(" < ")));
}

pub(super) fn format_segment(printer: &mut Printer<'_>, segment: &Segment) {
    let lines = condition(printer, &format!("segment {} = ", segment.name.text), &segment.predicate, "");
    printer.lines(segment.span, lines);
}

/// A field with the width of its column.
struct InColumn<'t> {
    field: &'t Field,
    width: usize,
}

fn fields(printer: &mut Printer<'_>, at: Span, head_end: u32, fields: &[Field]) {
    let brace = printer.brace_after(head_end);
    printer.open(at.start, brace);
    let within = Span::new(brace + 1, at.end.saturating_sub(1));
    let block = printer.gather(within, fields.iter().map(|field| (field, field.span)));
    let columns: Vec<InColumn<'_>> = block
        .entries
        .chunk_by(|_, next| !next.has_blank())
        .flat_map(|run| {
            let width = run.iter().map(|entry| entry.node.name.text.len()).max().unwrap_or_default();
            run.iter().map(move |entry| InColumn { field: entry.node, width })
        })
        .collect();
    let block = block.with(&columns);
    printer.block(&block, field);
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
