//! `contact`: the fields of a person.

use super::field::fields;
use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Contact;

pub(super) fn format(printer: &mut Printer<'_>, contact: &Contact, at: Span) {
    fields(printer, at, contact.head.end, &contact.fields);
}
