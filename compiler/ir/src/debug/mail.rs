//! What a send puts into a mail: checked texts and templates, ready to be filled in for one contact. A wording may change under
//! journeys on their way: whoever is sent the mail later gets the new one.

use crate::{FieldId, PredicateId, TextTemplate};
use serde::{Deserialize, Serialize};

/// What an email says, its template already compiled to HTML, tokens still in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailContent {
    /// `Name <address>`; the project's sender where none is given.
    pub from: Option<String>,
    /// `Name <address>`, where answers go; to the sender where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The first whose condition holds; the last has none.
    pub subjects: Vec<Subject>,
    /// The line that inboxes show beside the subject; none where the email has no `preview`.
    pub preview: Option<TextTemplate>,
    /// HTML with the tokens of `compiler/front/src/templates`.
    pub html: String,
    /// The fields that the template reads, in the order of the schema.
    pub tokens: Vec<FieldId>,
    /// Every link that the email declares, in the order of the text.
    pub links: Vec<Link>,
}

/// One of an email's subject lines, with when it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What must hold of the contact; none holds of everybody (`otherwise`).
    pub when: Option<PredicateId>,
    /// The line itself.
    pub text: TextTemplate,
}

/// A link by the name that `clicked .. link` uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// As the template's `link("..")` names it; once in an email.
    pub alias: String,
    /// Where it leads.
    pub url: String,
}
