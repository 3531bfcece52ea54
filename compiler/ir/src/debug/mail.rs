//! What a send puts into a mail: checked texts and templates, ready to be filled in for one contact. A wording may change under
//! journeys on their way: whoever is sent the mail later gets the new one.

use crate::{PredicateId, TextTemplate};
use serde::{Deserialize, Serialize};

/// What an email says, its template already compiled to HTML, tokens still in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailContent {
    /// `Name <address>`; the project's sender where none is given.
    pub from: Option<String>,
    /// The first whose condition holds; the last has none.
    pub subjects: Vec<Subject>,
    pub preview: Option<TextTemplate>,
    /// HTML with the tokens of `compiler/front/src/templates`.
    pub html: String,
    pub links: Vec<Link>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub when: Option<PredicateId>,
    pub text: TextTemplate,
}

/// A link by the name that `clicked .. link` uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub alias: String,
    pub url: String,
}
