//! Texts with fields in them, addresses and links.

use super::Known;
use super::cx::Cx;
use super::named;
use super::trigger::unkept;
use crate::address::{self, NAME_MAX_OCTETS};
use crate::diagnostics::{missing, names, template, types};
use crate::source::Span;
use crate::syntax::ast::{Text, TextPiece};
use crate::templates::foreign::{self, Meant};
use crate::web;
use flow_ir::{FieldType, Piece, TextTemplate};
use std::collections::BTreeSet;

/// A text that is filled in for each person.
fn template_text(cx: &mut Cx<'_>, text: &Text, known: &Known) -> TextTemplate {
    let foreign = report_foreign(cx, text);
    // `${first_name}` is one mistake, and has a field in it.
    let is_foreign = |piece: &TextPiece| match piece {
        TextPiece::Field { span, .. } => foreign.iter().any(|token| token.start <= span.start && span.end <= token.end),
        TextPiece::Plain(_) => false,
    };
    let pieces = text.pieces.iter().filter(|piece| !is_foreign(piece));
    // What is wrong with a field is said once, however often the text has it.
    let mut wrong: BTreeSet<&str> = BTreeSet::new();
    let pieces = pieces.filter_map(|piece| {
        let name = match piece {
            TextPiece::Field { field, .. } => field.text.as_str(),
            TextPiece::Plain(_) => "",
        };
        if wrong.contains(name) {
            return None;
        }
        let before = cx.found.diagnostics.len();
        let checked = check_piece(cx, piece, known);
        if cx.found.diagnostics.len() > before {
            wrong.insert(name);
        }
        checked
    });
    TextTemplate { pieces: pieces.collect() }
}

/// The same, where only so many bytes can be sent. What a field brings is cut when it is filled in; the words around it must fit.
pub(super) fn limited_text(cx: &mut Cx<'_>, text: &Text, known: &Known, what: &str, limit: usize) -> TextTemplate {
    let template = template_text(cx, text, known);
    report_placeholder(cx, text);
    let bytes = template.least_bytes();
    if bytes > limit {
        cx.report(template::text_too_long(what, bytes, limit, cx.at(text.span)));
    }
    template
}

/// Tokens of other tools, which nobody fills in. They are looked for in the text as written, around the fields that were read in it.
fn report_foreign(cx: &mut Cx<'_>, text: &Text) -> Vec<Span> {
    let mut places = Vec::new();
    let source = cx.source();
    let from = text.span.start as usize;
    let read = text.pieces.iter().filter_map(|piece| match piece {
        TextPiece::Field { span, .. } => Some(span.start as usize - from..span.end as usize - from),
        TextPiece::Plain(_) => None,
    });
    let tokens = foreign::find(text.span.text(source), &read.collect::<Vec<_>>(), &cx.env.field_names);
    places.extend(report_braces(cx, text));
    for token in tokens {
        let at = Span::new((from + token.span.start) as u32, (from + token.span.end) as u32);
        let ours = match token.meant {
            Meant::Field { name, fallback } => cx.field(&name).map(|field| {
                let optional = cx.env.schema.shape(field).optional;
                match fallback.or_else(|| optional.then(|| crate::naming::instead_of(&name))) {
                    Some(fallback) => format!("{{{name} or \"{fallback}\"}}"),
                    None => format!("{{{name}}}"),
                }
            }),
            Meant::Required(_) | Meant::Unclear => None,
        };
        cx.report(template::foreign_token(at.text(source), ours, cx.at(at)));
        places.push(at);
    }
    places
}

/// `{first_name}}`: a brace that belongs to no field, and would be mailed.
fn report_braces(cx: &mut Cx<'_>, text: &Text) -> Vec<Span> {
    let source = cx.source();
    let rest = |span: &Span| source.get(span.end as usize..).unwrap_or_default();
    let with_brace = text.pieces.iter().filter_map(|piece| match piece {
        TextPiece::Field { span, .. } if rest(span).starts_with('}') => Some(*span),
        _ => None,
    });
    let with_brace: Vec<Span> = with_brace.collect();
    for span in &with_brace {
        let at = Span::new(span.start, span.end + 1);
        cx.report(template::brace_too_many(span.text(source), cx.at(at)));
    }
    with_brace
}

fn check_piece(cx: &mut Cx<'_>, piece: &TextPiece, known: &Known) -> Option<Piece> {
    match piece {
        TextPiece::Plain(text) => Some(Piece::Text(text.clone())),
        TextPiece::Field { field: name, fallback, span } => {
            if let Some(said) = unkept(cx, name)
                && said.lacking.is_some()
                && fallback.is_none()
            {
                cx.report(missing::possibly_missing_in_text(&name.text, cx.at(*span), said.lacking));
                return None;
            }
            let field = named::field(cx, name)?;
            let shape = cx.env.schema.shape(field);
            if shape.ty == FieldType::YesNo {
                let diagnostic =
                    types::type_mismatch(&name.text, "a yes or no", "something to print", cx.at(*span), "");
                cx.report(diagnostic);
                return None;
            }
            let (may_lack, declared) = cx.may_lack(field);
            if may_lack && fallback.is_none() && !known.contains(&field) {
                cx.report(missing::possibly_missing_in_text(&name.text, cx.at(*span), declared));
            }
            Some(Piece::Field { field, fallback: fallback.clone() })
        }
    }
}

/// Whether nobody would read anything in it. Signs that nobody sees are nothing to read either.
pub(super) fn nothing_to_read(text: &Text) -> bool {
    let is_unseen = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
    };
    text.plain().is_some_and(|text| text.chars().all(is_unseen))
}

/// Whether points alone stand where words belong, as messages write it for what they do not know.
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    (text.len() > 1) && text.chars().all(|sign| matches!(sign, '.' | '…'))
}

/// A text, or what it has for a missing value, that was to be filled in. What is only tried out may show one.
fn report_placeholder(cx: &mut Cx<'_>, text: &Text) {
    let in_field = |piece: &TextPiece| match piece {
        TextPiece::Field { fallback: Some(fallback), span, .. } if is_placeholder(fallback) => Some(*span),
        TextPiece::Field { .. } | TextPiece::Plain(_) => None,
    };
    let whole = text.plain().filter(|plain| is_placeholder(plain)).map(|_| text.span);
    let found = whole.or_else(|| text.pieces.iter().find_map(in_field)).filter(|_| !cx.is_trial());
    if let Some(at) = found {
        cx.report(names::placeholder(cx.at(at)));
    }
}

/// The same of a text by which something is known: its goal, its title, its label.
pub(super) fn name_text(cx: &mut Cx<'_>, text: &Text, what: &str, example: &str) -> Option<String> {
    if nothing_to_read(text) {
        cx.report(names::empty_text(what, example, cx.at(text.span)));
        return None;
    }
    report_placeholder(cx, text);
    fixed_text(cx, text)
}

/// A text that is the same for everyone.
pub(super) fn fixed_text(cx: &mut Cx<'_>, text: &Text) -> Option<String> {
    let plain = text.plain();
    if plain.is_none() {
        let diagnostic = types::no_fields_here(cx.at(text.span), text.field_alone());
        cx.report(diagnostic);
    }
    plain
}

/// `ana@acme.example`, or `Ana <ana@acme.example>` where a name may stand before it.
pub(super) fn check_address(cx: &mut Cx<'_>, text: &Text, named: bool) -> Option<String> {
    let plain = fixed_text(cx, text)?;
    let Some(why) = wrong_address(&plain, named) else { return Some(plain) };
    let diagnostic = types::bad_address(&plain, &why, cx.at(text.span), named);
    cx.report(diagnostic);
    None
}

pub(super) fn check_web_address(cx: &mut Cx<'_>, text: &Text) -> Option<String> {
    let plain = fixed_text(cx, text)?;
    if web::is_address(&plain) {
        return Some(plain);
    }
    let diagnostic = types::bad_link(&plain, cx.at(text.span));
    cx.report(diagnostic);
    None
}

pub(super) fn report_repeated(cx: &mut Cx<'_>, what: &str, clause: &str, second: Span, first: Option<Span>) {
    let diagnostic = names::repeated_clause(what, clause, cx.at(second), first.map(|span| cx.at(span)));
    cx.report(diagnostic);
}

/// What is wrong with an address, with the name before it where one may stand there.
fn wrong_address(plain: &str, named: bool) -> Option<String> {
    let (name, bare) = match plain.trim().strip_suffix('>').and_then(|before| before.rsplit_once('<')) {
        Some((name, inside)) if named => (name.trim(), inside),
        _ => ("", plain),
    };
    if name.len() > NAME_MAX_OCTETS {
        return Some(format!("the name before it is longer than {NAME_MAX_OCTETS} bytes"));
    }
    address::kept(bare.trim()).err().map(str::to_owned)
}
