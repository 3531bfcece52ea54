//! E-mail addresses: one rule for those of a program and those of data, so that whatever `flow check` takes can be written to.

/// The longest name before an address, in bytes.
pub const NAME_MAX_OCTETS: usize = 256;

/// RFC 5321, 4.5.3.1.
const LOCAL_MAX_OCTETS: usize = 64;
const ADDRESS_MAX_OCTETS: usize = 254;

/// The two sides of an address in the form that every mail server takes: an ASCII name before the `@`, an ASCII domain after it
/// (`bücher.example` in its `xn--` form). Else what is wrong with it, as the end of a sentence.
pub fn parts(text: &str) -> Result<(&str, String), &'static str> {
    let (local, domain) = text.rsplit_once('@').ok_or("it has no `@`")?;
    check_local(local)?;
    let domain = ascii_domain(domain)?;
    if local.len() + 1 + domain.len() > ADDRESS_MAX_OCTETS {
        return Err("it is longer than 254 characters");
    }
    Ok((local, domain))
}

/// The one form in which an address of a person is kept and asked for: the part before the `@` as it is written, since its server alone
/// knows whether case matters there, and the domain in small letters (`Bücher.example` and its `xn--` form are one). Else what is wrong
/// with it, as the end of a sentence. Unlike [`parts`] it takes only what people can have: a domain with an ending, no number.
pub fn kept(text: &str) -> Result<String, &'static str> {
    let (local, domain) = parts(text)?;
    match domain.rsplit_once('.') {
        None => Err("the part after the `@` has no ending such as `.com`"),
        Some((_, ending)) if ending.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err("the part after the `@` is a number and no domain")
        }
        Some(_) if is_plain_domain(&domain) => Ok(format!("{local}@{domain}")),
        Some(_) => Ok(format!("{local}@{}", idna::domain_to_unicode(&domain).0)),
    }
}

/// A domain that is its own ASCII and Unicode form, as most are: letters that are small, digits, and hyphens where they may stand. Whoever
/// reads a million addresses does not ask the tables of Unicode about them.
fn is_plain_domain(domain: &str) -> bool {
    const DOMAIN_MAX_OCTETS: usize = 253;
    const LABEL_MAX_OCTETS: usize = 63;
    let is_plain = |label: &[u8]| {
        let is_sign = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        (1..=LABEL_MAX_OCTETS).contains(&label.len())
            && label.iter().all(is_sign)
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
            // `xn--`, and what may once mean something of that kind.
            && label.get(2..4) != Some(b"--")
    };
    domain.len() <= DOMAIN_MAX_OCTETS && domain.as_bytes().split(|byte| *byte == b'.').all(is_plain)
}

/// Quoted names (`"a b"@example.com`) are legal, unknown in practice and a classic way to smuggle, so they are refused.
fn check_local(local: &str) -> Result<(), &'static str> {
    if local.is_empty() {
        return Err("there is nothing before the `@`");
    }
    if local.len() > LOCAL_MAX_OCTETS {
        return Err("the part before the `@` is longer than 64 characters");
    }
    if !local.is_ascii() {
        return Err("the part before the `@` has letters that most mail servers refuse");
    }
    if !is_dot_atom(local) {
        return Err("the part before the `@` has a character or a dot in a place that mail does not allow");
    }
    Ok(())
}

fn ascii_domain(domain: &str) -> Result<String, &'static str> {
    if domain.is_empty() {
        return Err("there is nothing after the `@`");
    }
    if is_plain_domain(domain) {
        return Ok(domain.to_owned());
    }
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| "the part after the `@` is no domain")?;
    let labels_are_fine = ascii.split('.').all(|label| !label.is_empty());
    labels_are_fine.then_some(ascii).ok_or("the part after the `@` has a dot too many")
}

/// Letters, digits and the marks that RFC 5322 calls atext, in parts joined by single dots.
fn is_dot_atom(text: &str) -> bool {
    text.split('.').all(|part| !part.is_empty() && part.bytes().all(is_atext))
}

/// A sign that needs no quotes (RFC 5322, 3.2.3).
pub fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_plain_domain, kept};

    proptest! {
        /// What is not asked of the tables of Unicode is what they would have said.
        #[test]
        fn a_plain_domain_is_its_own_two_forms(domain in "[a-z0-9.-]{1,20}|[a-zA-Z0-9.xn-]{1,12}\\.[a-z]{2}|([a-z0-9]{60,64}\\.){1,5}com") {
            if is_plain_domain(&domain) {
                let ascii = idna::domain_to_ascii_strict(&domain).ok();
                prop_assert_eq!(ascii.as_ref(), Some(&domain));
                prop_assert_eq!(idna::domain_to_unicode(&domain).0, domain);
            } else {
                let is_own = idna::domain_to_ascii_strict(&domain).is_ok_and(|ascii| ascii == domain);
                prop_assert!(!is_own || domain.contains("--"), "{}", domain);
            }
        }
    }

    #[test]
    fn one_address_has_one_form() {
        let one = Ok("Ana.Maria+x@bücher.example".to_owned());
        for text in ["Ana.Maria+x@BÜCHER.Example", "Ana.Maria+x@xn--bcher-kva.example", "Ana.Maria+x@bücher.example"]
        {
            assert_eq!(kept(text), one, "{text}");
        }
        for text in ["ana@localhost", "ana@1.2.3.4", "jürgen@acme.example", "ana@acme", "ana@acme.example."] {
            assert!(kept(text).is_err(), "{text}");
        }
    }
}
