//! Texts with fields in them: subjects, previews, and what a team is told.

use flow_ir::{FieldId, Piece, TextTemplate};

use super::{ContactValues, present};

/// A note or task for a colleague. Where the checker was wrong about a value, a note with a gap still helps more than none.
pub(crate) fn render_text(text: &TextTemplate, values: &dyn ContactValues) -> String {
    text.pieces.iter().map(|piece| filled(piece, values).unwrap_or_default()).collect()
}

/// The text, or the field that is missing and has no fallback.
pub(super) fn fill(text: &TextTemplate, values: &dyn ContactValues) -> Result<String, FieldId> {
    text.pieces.iter().map(|piece| filled(piece, values)).collect()
}

fn filled(piece: &Piece, values: &dyn ContactValues) -> Result<String, FieldId> {
    match piece {
        Piece::Text(text) => Ok(text.clone()),
        Piece::Field { field, fallback } => present(values.value(*field)).or_else(|| fallback.clone()).ok_or(*field),
    }
}
