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
    match &*value::seen(text) {
        "" => Ok(None),
        text => Ok(Some(email_key(&value::address(text)?))),
    }
}

/// What is kept of an address whoever has it: a bounce and a refusal belong to the address that they name (E7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It has refused mail for good.
    Bounced,
    /// Whoever had it did not want to be written to there.
    Refused,
}

impl Mark {
    pub(crate) const ALL: [Mark; 2] = [Mark::Bounced, Mark::Refused];

    /// Under this it is kept; none of a key that is no address.
    pub(crate) fn key(self, key: &str) -> Option<String> {
        let word = match self {
            Mark::Bounced => "bounced",
            Mark::Refused => "refused",
        };
        key.strip_prefix("email:").map(|address| format!("{word}:{address}"))
    }
}

/// The key of an address as an event names it; none where no mail can go there.
pub(crate) fn address_key(text: &str) -> Option<String> {
    email(text).ok().flatten()
}

/// The key of an address in a refusal, however it is written: `Ana <ana@x.example>`, `mailto:ana@x.example`, with a full stop behind.
pub(super) fn any_address(text: &str) -> Option<String> {
    let is_part = |part: &&str| part.contains('@');
    let part = text.split(|sign: char| sign.is_whitespace() || "<>\"',;()".contains(sign)).find(is_part)?;
    address_key(part.trim_start_matches("mailto:").trim_end_matches('.'))
}

/// The address in a text, in small letters and without what stands around it: `Ana <ana@x.example>`.
pub(crate) fn bare_address(text: &str) -> Option<String> {
    any_address(text)?.strip_prefix("email:").map(str::to_owned)
}

/// The key of an address that was read before.
pub(crate) fn email_key(address: &str) -> String {
    format!("email:{}", address.to_lowercase())
}

/// Whether a key is a user id.
pub(crate) fn is_user(key: &str) -> bool {
    key.starts_with("user:")
}

/// Whether a key is a device or browser.
pub(crate) fn is_device(key: &str) -> bool {
    key.starts_with("anonymous:")
}

/// Whether a key is an address.
pub(crate) fn is_address(key: &str) -> bool {
    key.starts_with("email:")
}

/// What programs and spreadsheets write where there is no id, or where they have lost it (`1.2E+14`): whoever has it would be one person
/// (E11).
fn is_no_id(id: &str) -> bool {
    const NONE: [&str; 14] = [
        "undefined",
        "null",
        "nil",
        "none",
        "nan",
        "n/a",
        "na",
        "0",
        "-1",
        "-",
        "unknown",
        "anonymous",
        "[object object]",
        "true",
    ];
    let small = id.to_ascii_lowercase();
    NONE.contains(&small.as_str()) || is_in_powers_of_ten(&small)
}

/// `1.2e+14`: what a spreadsheet makes of a long number.
fn is_in_powers_of_ten(id: &str) -> bool {
    let Some((digits, power)) = id.split_once("e+") else { return false };
    let plain =
        |text: &str, extra: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || extra.contains(c));
    plain(digits, ".,") && plain(power, "")
}

fn key(kind: &str, id: &str) -> Result<Option<String>, Fault> {
    match &*value::seen(id) {
        "" => Ok(None),
        id if is_no_id(id) => Err(Fault::new(Reason::NoId, "it is what a program writes where there is no id")),
        id if value::exceeds(id, MAX_ID_CHARS) => {
            Err(Fault::new(Reason::TextTooLong, format!("shorten it to {MAX_ID_CHARS} characters")))
        }
        id => Ok(Some(format!("{kind}:{id}"))),
    }
}
