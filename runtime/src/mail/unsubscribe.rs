//! Tokens for one-click unsubscribe.
//!
//! ```text
//! k2.Y29udGFjdC00Mg.UHJvZHVjdCBuZXdz.hZ3…     key id . contact . list . signature
//! ```
//!
//! A token names the contact and the list, so the server needs no table of tokens, and it carries HMAC-SHA256 cut to 16 bytes, so it
//! cannot be guessed. Links in old mail must work for years: a new key is put first and the old ones stay, told apart by their ids.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;

use super::Secret;

/// Half of SHA-256, which RFC 2104 names as the shortest good cut.
const SIGNATURE_OCTETS: usize = 16;
/// The least length of a signing secret: as long as the hash, which RFC 2104 asks for.
pub const SECRET_MIN_OCTETS: usize = 32;
/// The longest id of a key, in letters and digits.
pub const KEY_ID_MAX_OCTETS: usize = 16;
/// Tokens come from the open network, so their length is bounded before any work.
pub const TOKEN_MAX_OCTETS: usize = 600;
/// Keeps a signature made here from meaning anything elsewhere under the same secret.
const PURPOSE: &str = "flow unsubscribe 1:";
/// The same of the links by which people confirm that they want mail: none of the others says that.
const CONFIRMS: &str = "flow confirm 1:";

/// The signing keys, the one in use first.
pub struct Keys {
    keys: Vec<(String, hmac::Key)>,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// As the link names them: no address.
    pub contact: String,
    /// The list to leave.
    pub list: String,
}

/// Why keys cannot sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the variants say what is wrong, and their fields are what the message repeats")]
pub enum KeysError {
    /// No key at all.
    #[error("there is no key to sign unsubscribe links with: set at least one")]
    None,
    /// An id that is empty, too long, or not of letters and digits.
    #[error("`{id}` cannot name a key for unsubscribe links: use up to {KEY_ID_MAX_OCTETS} letters and digits")]
    Id { id: String },
    /// Two keys of one id.
    #[error("two keys for unsubscribe links are named `{id}`: give the newer one another name")]
    Twice { id: String },
    /// A secret under [`SECRET_MIN_OCTETS`].
    #[error("the key `{id}` for unsubscribe links has fewer than {SECRET_MIN_OCTETS} bytes: take a longer random one")]
    Short { id: String },
}

/// One answer for every bad token: a reason would help only those who try to make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this unsubscribe link is not one of ours, or its key has been removed")]
pub struct BadToken;

/// A token over [`TOKEN_MAX_OCTETS`], which would be refused when it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the contact's id and the list's name make an unsubscribe link longer than {TOKEN_MAX_OCTETS} bytes: shorten the list's name"
)]
pub struct TokenTooLong;

impl Keys {
    /// The first key signs, all of them verify.
    pub fn new(secrets: impl IntoIterator<Item = (String, Secret)>) -> Result<Keys, KeysError> {
        let mut keys: Vec<(String, hmac::Key)> = Vec::new();
        for (id, secret) in secrets {
            if id.is_empty() || id.len() > KEY_ID_MAX_OCTETS || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(KeysError::Id { id });
            }
            if keys.iter().any(|(other, _)| *other == id) {
                return Err(KeysError::Twice { id });
            }
            if secret.expose().len() < SECRET_MIN_OCTETS {
                return Err(KeysError::Short { id });
            }
            keys.push((id, hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes())));
        }
        if keys.is_empty() { Err(KeysError::None) } else { Ok(Keys { keys }) }
    }

    /// A token for one contact and one list, signed with the first key. The same every time.
    pub fn make(&self, contact: &str, list: &str) -> Result<String, TokenTooLong> {
        self.make_for(PURPOSE, contact, list)
    }

    /// A token by which one contact confirms that they want the mail that they have asked for.
    pub fn make_to_confirm(&self, contact: &str, list: &str) -> Result<String, TokenTooLong> {
        self.make_for(CONFIRMS, contact, list)
    }

    fn make_for(&self, purpose: &str, contact: &str, list: &str) -> Result<String, TokenTooLong> {
        // `new` refuses an empty list of keys.
        let Some((id, key)) = self.keys.first() else { return Err(TokenTooLong) };
        let claim = format!("{id}.{}.{}", URL_SAFE_NO_PAD.encode(contact), URL_SAFE_NO_PAD.encode(list));
        let token = format!("{claim}.{}", URL_SAFE_NO_PAD.encode(sign(key, purpose, &claim)));
        if token.len() > TOKEN_MAX_OCTETS { Err(TokenTooLong) } else { Ok(token) }
    }

    /// What a token says, if one of the keys signed it. Takes as long for every wrong signature.
    pub fn verify(&self, token: &str) -> Result<Claim, BadToken> {
        self.verify_for(PURPOSE, token)
    }

    /// What a token says by which somebody confirms that they want mail.
    pub fn verify_to_confirm(&self, token: &str) -> Result<Claim, BadToken> {
        self.verify_for(CONFIRMS, token)
    }

    fn verify_for(&self, purpose: &str, token: &str) -> Result<Claim, BadToken> {
        if token.len() > TOKEN_MAX_OCTETS {
            return Err(BadToken);
        }
        let (claim, signature) = token.rsplit_once('.').ok_or(BadToken)?;
        let [id, contact, list]: [&str; 3] = claim.split('.').collect::<Vec<_>>().try_into().map_err(|_| BadToken)?;
        let (_, key) = self.keys.iter().find(|(known, _)| known == id).ok_or(BadToken)?;
        let given = URL_SAFE_NO_PAD.decode(signature).map_err(|_| BadToken)?;
        if !same(key, &sign(key, purpose, claim), &given) {
            return Err(BadToken);
        }
        Ok(Claim { contact: decode(contact)?, list: decode(list)? })
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}

/// The page behind a token: `https://mail.acme.example/u` and a token, joined by one slash.
pub fn url(base: &str, token: &str) -> String {
    format!("{}/{token}", base.trim_end_matches('/'))
}

fn sign(key: &hmac::Key, purpose: &str, claim: &str) -> Vec<u8> {
    let tag = hmac::sign(key, format!("{purpose}{claim}").as_bytes());
    tag.as_ref().iter().take(SIGNATURE_OCTETS).copied().collect()
}

/// Compares in constant time. ring does that only for whole tags, so both sides are signed once more and those tags are compared.
fn same(key: &hmac::Key, expected: &[u8], given: &[u8]) -> bool {
    hmac::verify(key, given, hmac::sign(key, expected).as_ref()).is_ok()
}

fn decode(part: &str) -> Result<String, BadToken> {
    URL_SAFE_NO_PAD.decode(part).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(BadToken)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const OLD: &str = "an old secret of more than 32 bytes, kept";
    const NEW: &str = "a new secret of more than 32 bytes, in use";

    fn keys(of: &[(&str, &str)]) -> Result<Keys, KeysError> {
        Keys::new(of.iter().map(|&(id, secret)| (id.to_owned(), Secret::new(secret))))
    }

    #[test]
    fn a_token_is_what_another_implementation_computes() {
        // python3: base64.urlsafe_b64encode(hmac.new(OLD, b"flow unsubscribe 1:k1.NDI.bmV3cw", "sha256").digest()[:16])
        let token = keys(&[("k1", OLD)]).unwrap().make("42", "news").unwrap();
        assert_eq!(token, "k1.NDI.bmV3cw._XYhTZNiKt-257TuaJab3w");
    }

    #[test]
    fn an_old_token_works_after_rotation_until_its_key_is_removed() {
        let token = keys(&[("k1", OLD)]).unwrap().make("42", "news").unwrap();
        let both = keys(&[("k2", NEW), ("k1", OLD)]).unwrap();
        assert_eq!(both.verify(&token), Ok(Claim { contact: "42".to_owned(), list: "news".to_owned() }));
        assert!(both.make("42", "news").unwrap().starts_with("k2."));
        assert_eq!(keys(&[("k2", NEW)]).unwrap().verify(&token), Err(BadToken));
        assert_eq!(keys(&[("k1", NEW)]).unwrap().verify(&token), Err(BadToken), "another secret under the same id");
    }

    /// Programs follow links in mails: none by which people leave may say that they want to come, nor the other way round.
    #[test]
    fn a_link_that_leads_out_confirms_nothing() {
        let keys = keys(&[("k1", OLD)]).unwrap();
        let (out, yes) = (keys.make("42", "marketing").unwrap(), keys.make_to_confirm("42", "marketing").unwrap());
        assert!(keys.verify(&out).is_ok() && keys.verify_to_confirm(&yes).is_ok());
        assert_eq!((keys.verify(&yes), keys.verify_to_confirm(&out)), (Err(BadToken), Err(BadToken)));
    }

    #[test]
    fn keys_are_checked_when_they_are_set() {
        assert_eq!(keys(&[]).unwrap_err(), KeysError::None);
        assert_eq!(keys(&[("k.1", OLD)]).unwrap_err(), KeysError::Id { id: "k.1".to_owned() });
        assert_eq!(keys(&[("k", OLD), ("k", NEW)]).unwrap_err(), KeysError::Twice { id: "k".to_owned() });
        assert_eq!(keys(&[("k", "short")]).unwrap_err(), KeysError::Short { id: "k".to_owned() });
    }

    #[test]
    fn nothing_of_a_secret_is_printed() {
        assert_eq!(format!("{:?} {:?}", keys(&[("k1", OLD)]).unwrap(), Secret::new(OLD)), "[\"k1\"] Secret");
    }

    #[test]
    fn a_token_has_a_limit() {
        let keys = keys(&[("k1", OLD)]).unwrap();
        assert_eq!(keys.make("42", &"n".repeat(TOKEN_MAX_OCTETS)), Err(TokenTooLong));
        assert_eq!(keys.verify(&"k1.".repeat(TOKEN_MAX_OCTETS)), Err(BadToken));
    }

    #[test]
    fn a_token_fits_behind_any_base() {
        assert_eq!(url("https://m.acme.example/u", "k1.a.b.c"), "https://m.acme.example/u/k1.a.b.c");
        assert_eq!(url("https://m.acme.example/u/", "k1.a.b.c"), "https://m.acme.example/u/k1.a.b.c");
    }

    proptest! {
        #[test]
        fn what_is_made_verifies_and_what_is_changed_does_not(contact in ".{0,40}", list in ".{0,40}", at in any::<prop::sample::Index>(), by in 1_u8..64) {
            let keys = keys(&[("k1", OLD)]).unwrap();
            let token = keys.make(&contact, &list).unwrap();
            prop_assert_eq!(keys.verify(&token), Ok(Claim { contact, list }));
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let mut changed = token.into_bytes();
            let at = at.index(changed.len());
            let place = alphabet.iter().position(|c| *c == changed[at]).unwrap_or(0);
            changed[at] = alphabet[(place + usize::from(by)) % alphabet.len()];
            prop_assert_eq!(keys.verify(std::str::from_utf8(&changed).unwrap()), Err(BadToken));
        }

        #[test]
        fn anything_else_is_refused(token in "(k1)?[.A-Za-z0-9_=-]{0,80}") {
            prop_assert_eq!(keys(&[("k1", OLD)]).unwrap().verify(&token), Err(BadToken));
        }
    }
}
