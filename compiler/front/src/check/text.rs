//! Texts with fields in them, addresses and links.

use super::{Checker, Known};
use crate::diagnostics::{missing, names, types};
use crate::source::Span;
use crate::syntax::ast::{Kind, Text, TextPiece};
use flow_ir::{FieldType, Piece, TextTemplate};

impl Checker<'_> {
    /// A text that is filled in for each person.
    pub(super) fn template_text(&mut self, text: &Text, known: &Known) -> TextTemplate {
        let pieces = text.pieces.iter().filter_map(|piece| self.piece(piece, known)).collect();
        TextTemplate { pieces }
    }

    fn piece(&mut self, piece: &TextPiece, known: &Known) -> Option<Piece> {
        match piece {
            TextPiece::Plain(text) => Some(Piece::Text(text.clone())),
            TextPiece::Field { field: name, fallback, span } => {
                let Some(field) = self.schema.field(&name.text) else {
                    let diagnostic = names::unknown_field(
                        &name.text,
                        &self.names(super::schema::Schema::field_names),
                        self.at(name.span),
                    );
                    self.report_unknown(&[Kind::Contact], diagnostic);
                    return None;
                };
                let shape = self.schema.shape(field);
                if shape.ty == FieldType::YesNo {
                    let diagnostic =
                        types::type_mismatch(&name.text, "a yes or no", "something to print", self.at(*span), "");
                    self.report(diagnostic);
                    return None;
                }
                if shape.optional && fallback.is_none() && !known.contains(&field) {
                    let diagnostic =
                        missing::possibly_missing_in_text(&name.text, self.at(*span), self.schema.declared(field));
                    self.report(diagnostic);
                }
                Some(Piece::Field { field, fallback: fallback.clone() })
            }
        }
    }

    /// A text that is the same for everyone.
    pub(super) fn fixed_text(&mut self, text: &Text) -> Option<String> {
        let plain = text.plain();
        if plain.is_none() {
            let diagnostic = types::no_fields_here(self.at(text.span));
            self.report(diagnostic);
        }
        plain
    }

    /// `ana@acme.example`, or `Ana <ana@acme.example>` where a name may stand before it.
    pub(super) fn address(&mut self, text: &Text, named: bool) -> Option<String> {
        let plain = self.fixed_text(text)?;
        let bare = match (plain.strip_suffix('>'), plain.rfind('<')) {
            (Some(before), Some(open)) if named => &before[open + 1..],
            _ => plain.as_str(),
        };
        if is_address(bare) {
            return Some(plain);
        }
        let diagnostic = types::bad_address(&plain, self.at(text.span));
        self.report(diagnostic);
        None
    }

    pub(super) fn web_address(&mut self, text: &Text) -> Option<String> {
        let plain = self.fixed_text(text)?;
        let rest = plain.strip_prefix("https://").or_else(|| plain.strip_prefix("http://"));
        if rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace)) {
            return Some(plain);
        }
        let diagnostic = types::bad_link(&plain, self.at(text.span));
        self.report(diagnostic);
        None
    }

    pub(super) fn repeated(&mut self, what: &str, clause: &str, second: Span, first: Option<Span>) {
        let diagnostic = names::repeated_clause(what, clause, self.at(second), first.map(|span| self.at(span)));
        self.report(diagnostic);
    }
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(char::is_whitespace)
}
