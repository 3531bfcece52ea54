//! Texts cut at a place. Where the text has no such place, it is not cut: a diagnostic that is a little off is better than none.

/// What stands before a place.
pub(super) fn before(text: &str, at: usize) -> &str {
    text.get(..at).unwrap_or(text)
}

/// What stands from a place on.
pub(super) fn after(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}
