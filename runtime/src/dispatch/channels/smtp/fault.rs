//! What broke a dialogue off, in words that follow the server's name.

use std::io;
use std::time::Duration;

use super::reply::short;
use super::wire::Fault;
use crate::system;

impl Fault {
    /// What is read cannot be what it should be: a certificate that does not hold, or no encryption where it was to be. It stays so until
    /// somebody mends it.
    pub(super) fn is_about_encryption(&self) -> bool {
        match self {
            Fault::Io(error) => error.kind() == io::ErrorKind::InvalidData,
            Fault::TooEarly => true,
            Fault::Closed | Fault::TooLong | Fault::NoReply(_) => false,
        }
    }

    pub(super) fn why(&self, timeout: Duration) -> String {
        match self {
            Fault::Io(error) => why_io(error, timeout),
            Fault::Closed => "closed the connection".to_owned(),
            Fault::TooLong => "sent an answer without an end".to_owned(),
            Fault::TooEarly => {
                "spoke on in the clear where encryption was to begin, as somebody between would do: ask its operator"
                    .to_owned()
            }
            Fault::NoReply(line) => format!("could not be understood ({})", short(line)),
        }
    }
}

fn why_io(error: &io::Error, timeout: Duration) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => format!("did not answer within {} s", timeout.as_secs_f32()),
        io::ErrorKind::ConnectionRefused => {
            "refused the connection: check that it runs, and its host and port".to_owned()
        }
        _ => {
            let said = error.to_string();
            why_certificate(&said)
                .unwrap_or_else(|| format!("could not be reached ({})", short(&system::said_with_help(error))))
        }
    }
}

/// What rustls says of a certificate that it does not take, in words. Of words that it does not use any more, the last answer is true too.
fn why_certificate(said: &str) -> Option<String> {
    let (_, fault) = said.split_once("invalid peer certificate: ")?;
    let signed = "shows a certificate that no public authority has signed (perhaps it signed it itself), so it may be anybody: \
                  write `certificate_authority` in `[mail]` if it is an authority of your own, or let it have one of a public authority";
    let words = match fault {
        _ if fault.contains("UnknownIssuer") || fault.contains("CaUsedAsEndEntity") => signed,
        _ if fault.contains("NotValidForName") || fault.contains("not valid for name") => {
            "shows a certificate for another name: set `host` to the name that its operator gives"
        }
        _ if fault.starts_with("Expired") || fault.starts_with("certificate expired") => {
            "shows a certificate whose time is over: ask its operator to renew it, and see that this machine's clock is right"
        }
        _ => return Some(format!("shows a certificate that cannot be trusted ({}): ask its operator", short(fault))),
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_told_in_words() {
        let said = |fault: &str| why_certificate(&format!("invalid peer certificate: {fault}")).unwrap_or_default();
        for own in ["Other(OtherError(CaUsedAsEndEntity))", "UnknownIssuer"] {
            assert!(said(own).starts_with("shows a certificate that no public authority has signed"), "{own}");
        }
        assert!(said("NotValidForName").contains("another name"));
        assert!(
            said("certificate not valid for name \"m.example\"; certificate is only valid for x")
                .contains("another name")
        );
        assert!(said("Expired").contains("time is over"));
        assert_eq!(said("Revoked"), "shows a certificate that cannot be trusted (Revoked): ask its operator");
        assert_eq!(why_certificate("connection reset"), None);
    }
}
