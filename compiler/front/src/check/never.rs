//! Texts that nobody's value ever is: a test for one is a slip, and would be false for everyone.
//!
//! Values come in without the blanks around them, an empty one is none at all, and a zone, an address or a link that is none is set aside at
//! the import. So what a program asks for is held to the same.

use super::cx::Cx;
use crate::address;
use crate::diagnostics::types;
use crate::source::Location;
use crate::syntax::ast::{Literal, TextRelation};
use crate::web;
use flow_ir::FieldType;

/// Reports a text that a value of this type never is.
pub(super) fn report_never(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literal: &Literal, text: &str) -> bool {
    let at = cx.at(literal.span());
    if report_blanks(cx, field, text, at, [true, true]) {
        return true;
    }
    let diagnostic = match ty {
        FieldType::Timezone if cx.env.project.zones.knows.is_some_and(|knows| !knows(text)) => {
            types::unknown_zone(text, at)
        }
        FieldType::Email => match address::kept(text) {
            Err(why) => types::never_that_address(field, text, why, at),
            Ok(_) => return false,
        },
        FieldType::Url if !web::is_address(text) => types::never_that_link(field, text, at),
        _ => return false,
    };
    cx.report(diagnostic);
    true
}

/// Reports a text that begins or ends as no value does.
pub(super) fn report_never_found(
    cx: &mut Cx<'_>,
    field: &str,
    relation: TextRelation,
    literal: &Literal,
    text: &str,
) -> bool {
    let at = cx.at(literal.span());
    let ends = match relation {
        TextRelation::StartsWith => [true, false],
        TextRelation::EndsWith => [false, true],
        _ => return false,
    };
    report_blanks(cx, field, text, at, ends)
}

/// Blanks at the beginning or the end, as far as these are looked at.
fn report_blanks(cx: &mut Cx<'_>, field: &str, text: &str, at: Location, [begin, end]: [bool; 2]) -> bool {
    if text.trim().is_empty() {
        let mut diagnostic = types::never_empty(field, at);
        // In a list, and behind a `not`, other words would have to change.
        if !cx.text_before(at.span.start).trim_end().ends_with(" is") {
            diagnostic.edits.clear();
        }
        cx.report(diagnostic);
        return true;
    }
    let mut mended = text;
    if begin {
        mended = mended.trim_start();
    }
    if end {
        mended = mended.trim_end();
    }
    let slip = mended != text;
    if slip {
        cx.report(types::outer_blanks(field, text, mended, at));
    }
    slip
}
