//! Addresses, parsed at the border so that nothing behind it has to check them again.

use std::fmt;

use super::{MailError, NAME_MAX_OCTETS, header};
use flow_front::address;

/// An email address in the form that every mail server takes: an ASCII name before the `@`, an ASCII domain after it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address(lettre::Address);

impl Address {
    /// Reads `anna@example.com`. A domain such as `bücher.example` is turned into its `xn--` form.
    pub fn parse(text: &str) -> Result<Address, MailError> {
        let refuse = |reason| MailError::Address { address: header::clean(text), reason };
        let text = text.trim();
        let (local, domain) = address::parts(text).map_err(refuse)?;
        lettre::Address::new(local, domain).map(Address).map_err(|_| refuse("look for a typing error"))
    }

    /// `anna@example.com`, its domain in `xn--` form where it has other letters.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An address with the name that a reader sees: `Anna from Acme <anna@acme.example>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    name: Option<String>,
    address: Address,
}

impl Mailbox {
    /// Line breaks and other control characters in the name become spaces; an empty name is no name.
    pub fn new(name: Option<&str>, address: Address) -> Result<Mailbox, MailError> {
        let name = name.map(header::clean).filter(|name| !name.is_empty());
        match name {
            Some(name) if name.len() > NAME_MAX_OCTETS => Err(MailError::NameTooLong { name }),
            name => Ok(Mailbox { name, address }),
        }
    }

    /// Reads `anna@acme.example` or `Anna from Acme <anna@acme.example>`, as `from` is written in a program.
    pub fn parse(text: &str) -> Result<Mailbox, MailError> {
        match text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            None => Mailbox::new(None, Address::parse(text)?),
            Some((name, address)) => Mailbox::new(Some(unquote(name.trim())), Address::parse(address)?),
        }
    }

    /// The name before the address; none where the address stands alone.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address without a name.
    pub fn address(&self) -> &Address {
        &self.address
    }
}

impl From<Address> for Mailbox {
    fn from(address: Address) -> Self {
        Mailbox { name: None, address }
    }
}

fn unquote(name: &str) -> &str {
    name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_put_into_the_form_that_servers_take() {
        for (written, sent) in [
            ("anna@example.com", "anna@example.com"),
            ("  anna.b+tag@example.com ", "anna.b+tag@example.com"),
            ("o'brien@example.com", "o'brien@example.com"),
            ("info@Bücher.example", "info@xn--bcher-kva.example"),
            ("root@localhost", "root@localhost"),
        ] {
            assert_eq!(Address::parse(written).unwrap().as_str(), sent);
        }
    }

    #[test]
    fn what_cannot_be_written_to_is_refused() {
        let too_long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "anna",
            "@example.com",
            "anna@",
            "anna@example..com",
            ".anna@example.com",
            "an na@example.com",
            "änna@example.com",
            "\"an na\"@example.com",
            "anna@exa mple.com",
            "anna@example.com\r\nBcc: x@example.com",
            "anna\r\n@example.com",
            "anna@example.com>",
            "<anna@example.com",
            "anna@[127.0.0.1]",
            "a@b@example.com",
            &too_long,
        ] {
            assert!(Address::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_refusal_names_the_address_and_the_reason() {
        let error = Address::parse("anna.example.com").unwrap_err();
        assert_eq!(error.to_string(), "`anna.example.com` is no email address that can be written to: it has no `@`");
    }

    #[test]
    fn a_mailbox_is_read_as_people_write_it() {
        for (text, name) in [
            ("anna@acme.example", None),
            ("<anna@acme.example>", None),
            ("Anna from Acme <anna@acme.example>", Some("Anna from Acme")),
            ("\"Acme, Inc.\" <anna@acme.example>", Some("Acme, Inc.")),
            ("Anna\r\nBcc: x <anna@acme.example>", Some("Anna Bcc: x")),
        ] {
            let mailbox = Mailbox::parse(text).unwrap();
            assert_eq!((mailbox.name(), mailbox.address().as_str()), (name, "anna@acme.example"));
        }
    }

    #[test]
    fn a_name_has_a_limit() {
        let address = Address::parse("anna@acme.example").unwrap();
        assert!(Mailbox::new(Some(&"n".repeat(NAME_MAX_OCTETS)), address.clone()).is_ok());
        assert!(Mailbox::new(Some(&"n".repeat(NAME_MAX_OCTETS + 1)), address).is_err());
    }

    proptest::proptest! {
        /// What a check takes, a run takes.
        #[test]
        fn whatever_the_compiler_takes_can_be_written_to(text in "[a-zA-Zäß0-9._%+'-]{1,12}@[a-zü0-9._-]{1,14}(\\.[a-z]{1,5})?") {
            proptest::prop_assert_eq!(address::parts(&text).is_ok(), Address::parse(&text).is_ok());
        }
    }
}
