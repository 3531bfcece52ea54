//! What a contact is found by: one text for each way to name a person.

use super::MAX_ID_CHARS;
use super::finding::{Fault, Reason};
use super::value;

/// `user:ID`; none of an empty text. Ids are compared as they are.
pub(super) fn user(id: &str) -> Result<Option<String>, Fault> {
    key("user", id)
}

/// `anonymous:ID`: somebody who has not said who they are.
pub(super) fn anonymous(id: &str) -> Result<Option<String>, Fault> {
    key("anonymous", id)
}

/// `email:ADDRESS` in lower case: no two people share an address but for its case.
pub(super) fn email(text: &str) -> Result<Option<String>, Fault> {
    match text.trim() {
        "" => Ok(None),
        text => Ok(Some(format!("email:{}", value::address(text)?.to_lowercase()))),
    }
}

/// Whether a key is an address.
pub(crate) fn is_email(key: &str) -> bool {
    key.starts_with("email:")
}

fn key(kind: &str, id: &str) -> Result<Option<String>, Fault> {
    match id.trim() {
        "" => Ok(None),
        id if value::exceeds(id, MAX_ID_CHARS) => {
            Err(Fault::new(Reason::TextTooLong, format!("shorten it to {MAX_ID_CHARS} characters")))
        }
        id => Ok(Some(format!("{kind}:{id}"))),
    }
}
