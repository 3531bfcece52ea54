//! A text that must not reach a log, a report or an error.

use std::fmt;

/// A password or a signing key. It has no `Display`, its `Debug` prints nothing of it, and whoever reads it says so with
/// [`Secret::expose`], which is easy to search for.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes the text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The secret itself: for the one place that uses it, never for words to people.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
