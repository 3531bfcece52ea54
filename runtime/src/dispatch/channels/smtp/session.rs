//! One connection and what is said on it.

use std::{cell::Cell, error::Error as _, fmt, io, iter, time::Duration};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::SmtpConnection,
    commands::{Data, Mail as MailFrom, Rcpt, Rset},
    response::Response,
};

use super::{
    ANSWER_MAX_CHARS, Security, Server,
    reply::{self, Reply},
};
use crate::mail::{Mail, Secret};

/// A farewell is a courtesy and not worth a wait.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);
/// "The service is closing the connection", at any point.
const CLOSING: u16 = 421;
/// Small enough for a socket to take at once, so that a failed write says no more than a missing answer would.
const ONE_WRITE_MAX_OCTETS: usize = 64 * 1024;

pub(super) struct Login {
    pub(super) username: String,
    pub(super) password: Secret,
}

/// What the server was asked when it refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Sender,
    Recipient,
    /// Both the wish to send it and the message itself.
    Content,
}

impl Stage {
    pub(super) fn words(self) -> &'static str {
        match self {
            Stage::Sender => "the sender's address",
            Stage::Recipient => "the recipient's address",
            Stage::Content => "the message",
        }
    }
}

#[derive(Debug)]
pub(super) enum Failure {
    /// The server said no.
    Answer { stage: Stage, reply: Reply },
    /// There is no session: nothing was said about any message. `needs_mending` tells that it will not be otherwise until somebody mends a
    /// setting, the server or its certificate.
    NoSession { why: String, needs_mending: bool },
    /// The server was lost. `was_ended` tells that the end mark of the message was on its way.
    Lost { why: String, was_ended: bool },
}

impl Failure {
    fn at(stage: Stage, error: &Error, timeout: Duration) -> Failure {
        match error.status() {
            Some(code) => Failure::Answer { stage, reply: Reply { code: code.into(), text: answer(error) } },
            None => Failure::Lost { why: why_lost(error, timeout), was_ended: false },
        }
    }

    /// What a connection shows that the server closed while it was idle.
    pub(super) fn is_stale_connection(&self) -> bool {
        match self {
            Failure::NoSession { .. } => false,
            Failure::Lost { was_ended, .. } => !was_ended,
            Failure::Answer { stage, reply } => reply.code == CLOSING && *stage != Stage::Content,
        }
    }
}

pub(super) struct Session {
    connection: SmtpConnection,
    timeout: Duration,
    messages: u32,
    is_usable: bool,
}

impl Session {
    pub(super) fn open(server: &Server) -> Result<Session, Failure> {
        let fail = |error: Error| no_session(&error, server.timeout);
        let tls_at_once = (server.security == Security::Tls).then_some(&server.tls);
        let address = (server.host.as_str(), server.port);
        let mut connection =
            SmtpConnection::connect(address, Some(server.timeout), &server.hello, tls_at_once, None).map_err(fail)?;
        if server.security == Security::StartTls {
            if !connection.can_starttls() {
                // Never in the clear instead: whoever sits between could have taken the offer out.
                let why = "offers no STARTTLS: set `security = \"tls\"` if its port is 465, else ask its operator";
                return Err(Failure::NoSession { why: why.to_owned(), needs_mending: true });
            }
            connection.starttls(&server.tls, &server.hello).map_err(fail)?;
        }
        if let Some(Login { username, password }) = &server.login {
            let credentials = Credentials::new(username.clone(), password.expose().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &credentials).map_err(fail)?;
        }
        Ok(Session { connection, timeout: server.timeout, messages: 0, is_usable: true })
    }

    pub(super) fn messages(&self) -> u32 {
        self.messages
    }

    pub(super) fn is_usable(&self) -> bool {
        self.is_usable
    }

    /// One message; the receipt is the server's last answer.
    pub(super) fn deliver(&mut self, mail: &Mail, message: &[u8]) -> Result<String, Failure> {
        self.messages += 1;
        let result = self.announce(mail).and_then(|()| self.transmit(message));
        self.is_usable = match &result {
            Ok(_) => true,
            Err(Failure::NoSession { .. } | Failure::Lost { .. }) => false,
            Err(Failure::Answer { reply, .. }) => reply.code != CLOSING && self.connection.command(Rset).is_ok(),
        };
        result
    }

    fn announce(&mut self, mail: &Mail) -> Result<(), Failure> {
        let (from, to) = (mail.from.address().for_envelope(), mail.to.address().for_envelope());
        let timeout = self.timeout;
        let fail = |stage| move |error: Error| Failure::at(stage, &error, timeout);
        self.connection.command(MailFrom::new(Some(from), Vec::new())).map_err(fail(Stage::Sender))?;
        self.connection.command(Rcpt::new(to, Vec::new())).map_err(fail(Stage::Recipient))?;
        self.connection.command(Data).map_err(fail(Stage::Content))?;
        Ok(())
    }

    /// The one place where an outcome can stay unknown.
    fn transmit(&mut self, message: &[u8]) -> Result<String, Failure> {
        // The end mark brings its own line break.
        let message = message.strip_suffix(b"\r\n").unwrap_or(message);
        let (response, was_ended) = match std::str::from_utf8(message) {
            Ok(text) if text.len() <= ONE_WRITE_MAX_OCTETS => (self.connection.command(Content(text)), true),
            _ => self.transmit_in_parts(message),
        };
        match response {
            Ok(response) => Ok(receipt(u16::from(response.code()), response.message())),
            Err(error) => Err(match Failure::at(Stage::Content, &error, self.timeout) {
                Failure::Lost { why, .. } => Failure::Lost { why, was_ended },
                answer => answer,
            }),
        }
    }

    /// Also tells whether the end mark was reached: lettre writes it when the iterator is exhausted.
    fn transmit_in_parts(&mut self, message: &[u8]) -> (Result<Response, Error>, bool) {
        let was_ended = Cell::new(false);
        let mut next = Some(message);
        let parts = iter::from_fn(|| {
            let part = next.take();
            was_ended.set(part.is_none());
            part
        });
        let response = self.connection.message_iter(parts);
        (response, was_ended.get())
    }
}

/// A message with its end mark as one write. lettre writes the mark on its own, where it waits for the server to acknowledge what came
/// before, some 40 ms for each message (Nagle's algorithm against delayed acknowledgement).
struct Content<'a>(&'a str);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.split("\r\n") {
            // RFC 5321, 4.5.2: a dot at the start of a line is doubled.
            f.write_str(if line.starts_with('.') { "." } else { "" })?;
            f.write_str(line)?;
            f.write_str("\r\n")?;
        }
        f.write_str(".\r\n")
    }
}

/// Why there is no session. A refused login and a bad certificate stay as they are until somebody mends them; a server that is busy or
/// cannot be reached may answer by and by.
fn no_session(error: &Error, timeout: Duration) -> Failure {
    match error.status() {
        Some(code) => {
            let code = u16::from(code);
            let is_login = reply::asks_for_login(code);
            let asked = if is_login { "the login" } else { "the connection" };
            let why = format!("answered {asked} with {code} {}", answer(error));
            Failure::NoSession { why, needs_mending: is_login }
        }
        None => Failure::NoSession { why: why_lost(error, timeout), needs_mending: is_about_encryption(error) },
    }
}

/// What is read cannot be what it should be: a certificate that does not hold, or no encryption where it was to be.
fn is_about_encryption(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData) {
            return true;
        }
        source = error.source();
    }
    false
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.is_usable && self.connection.set_timeout(Some(QUIT_TIMEOUT)).is_ok() {
            let _ = self.connection.quit();
        }
    }
}

fn receipt<'a>(code: u16, lines: impl Iterator<Item = &'a str>) -> String {
    short(&format!("{code} {}", lines.collect::<Vec<_>>().join(" ")))
}

fn answer(error: &Error) -> String {
    short(&error.source().map(ToString::to_string).unwrap_or_default())
}

/// The other side wrote it: one line, of bounded length.
fn short(text: &str) -> String {
    crate::mail::one_line(text).chars().take(ANSWER_MAX_CHARS).collect()
}

fn why_lost(error: &Error, timeout: Duration) -> String {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return why_io(error, timeout);
        }
        source = error.source();
    }
    match answer(error) {
        answer if answer == "incomplete response" => "closed the connection".to_owned(),
        answer => format!("could not be understood ({answer})"),
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

fn why_io(error: &io::Error, timeout: Duration) -> String {
    match error.kind() {
        // Which one a read timeout gives depends on the system.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            format!("did not answer within {} s", timeout.as_secs_f32())
        }
        io::ErrorKind::ConnectionRefused => {
            "refused the connection: check that it runs, and its host and port".to_owned()
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            "closed the connection".to_owned()
        }
        _ => {
            let said = error.to_string();
            why_certificate(&said).unwrap_or_else(|| format!("could not be reached ({})", short(&said)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::why_certificate;

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
