//! One connection and what is said on it.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::reply::{self, Reply};
use super::wire::{Fault, Wire, ahead};
use super::{Security, Server};
use crate::mail::{Mail, Secret};

/// A farewell is a courtesy and not worth a wait.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);
/// "The service is closing the connection", at any point.
const CLOSING: u16 = 421;
/// Small enough for a socket to take at once, so that a failed write says no more than a missing answer would.
const ONE_WRITE_MAX_OCTETS: usize = 64 * 1024;
/// A line of one dot ends a message.
const END_MARK: &[u8] = b".\r\n";

const LOGIN: &str = "the login";
/// What to do about a server that takes nothing from this machine.
const ANOTHER_SERVER: &str = "it takes no mail from this machine: see that `host` and `port` in `[mail]` are those for handing mail in, or ask its operator";

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
    /// What a connection shows that the server closed while it was idle.
    pub(super) fn is_stale_connection(&self) -> bool {
        match self {
            Failure::NoSession { .. } => false,
            Failure::Lost { was_ended, .. } => !was_ended,
            Failure::Answer { stage, reply } => reply.code == CLOSING && *stage != Stage::Content,
        }
    }
}

/// How long a server may take: each answer from the wish for it to its last line, and all together up to an instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) answer: Duration,
    pub(super) by: Instant,
}

impl Patience {
    fn next(self) -> Instant {
        self.by.min(ahead(self.answer))
    }
}

/// What goes wrong with one command.
enum Wrong {
    /// The server said no, or something that is no answer to it.
    Reply(Reply),
    Fault(Fault),
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Wrong {
        Wrong::Fault(fault)
    }
}

pub(super) struct Session {
    wire: Wire,
    messages: u32,
    is_usable: bool,
}

impl Session {
    pub(super) fn open(server: &Server, patience: Patience) -> Result<Session, Failure> {
        let fail = |fault: Fault| no_session(&fault, server.timeout);
        let refuse = |asked: &'static str| move |wrong: Wrong| no_session_after(asked, wrong, server);
        let mut wire = Wire::connect(&server.host, server.port, patience.next()).map_err(fail)?;
        if let (Security::Tls, Some(encryption)) = (server.security, &server.encryption) {
            wire = wire.encrypt(encryption).map_err(fail)?;
        }
        wire.end_by(patience.next());
        expect(2, wire.read()).map_err(refuse("the connection"))?;
        let mut offers = say_hello(&mut wire, server, patience).map_err(refuse("the connection"))?;
        if let (Security::StartTls, Some(encryption)) = (server.security, &server.encryption) {
            if !offers.encryption {
                // Never in the clear instead: whoever sits between could have taken the offer out.
                let why = "offers no STARTTLS: set `security = \"tls\"` if its port is 465, else ask its operator";
                return Err(Failure::NoSession { why: why.to_owned(), needs_mending: true });
            }
            ask(&mut wire, patience, "STARTTLS", 2).map_err(refuse("the connection"))?;
            wire = wire.encrypt(encryption).map_err(fail)?;
            offers = say_hello(&mut wire, server, patience).map_err(refuse("the connection"))?;
        }
        if let Some(login) = &server.login {
            log_in(&mut wire, login, &offers, server, patience)?;
        }
        Ok(Session { wire, messages: 0, is_usable: true })
    }

    pub(super) fn messages(&self) -> u32 {
        self.messages
    }

    pub(super) fn is_usable(&self) -> bool {
        self.is_usable
    }

    /// One message; the receipt is the server's last answer.
    /// `mark` is called before the wish to send it.
    pub(super) fn deliver(
        &mut self,
        mail: &Mail,
        message: &[u8],
        mark: &dyn Fn() -> Result<(), Failure>,
        patience: Patience,
    ) -> Result<String, Failure> {
        self.messages += 1;
        let announced = self.announce(mail, mark, patience);
        let result = announced.and_then(|()| self.transmit(message, patience));
        self.is_usable = match &result {
            Ok(_) => true,
            Err(Failure::NoSession { .. } | Failure::Lost { .. }) => false,
            Err(Failure::Answer { reply, .. }) => {
                reply.code != CLOSING && ask(&mut self.wire, patience, "RSET", 2).is_ok()
            }
        };
        result
    }

    fn announce(
        &mut self,
        mail: &Mail,
        mark: &dyn Fn() -> Result<(), Failure>,
        patience: Patience,
    ) -> Result<(), Failure> {
        let (from, to) = (mail.from.address(), mail.to.address());
        for (stage, command, wanted) in [
            (Stage::Sender, format!("MAIL FROM:<{from}>"), 2),
            (Stage::Recipient, format!("RCPT TO:<{to}>"), 2),
            (Stage::Content, "DATA".to_owned(), 3),
        ] {
            if stage == Stage::Content {
                mark()?;
            }
            ask(&mut self.wire, patience, &command, wanted).map_err(|wrong| failure(stage, wrong, patience, false))?;
        }
        Ok(())
    }

    /// The one place where a fate can stay unknown.
    fn transmit(&mut self, message: &[u8], patience: Patience) -> Result<String, Failure> {
        let (content, end) = as_sent(message);
        let fail = |was_ended| move |wrong: Wrong| failure(Stage::Content, wrong, patience, was_ended);
        self.wire.end_by(patience.next());
        self.wire.write(&content).map_err(Wrong::Fault).map_err(fail(false))?;
        // From here on only the answer tells what became of it, so it gets its whole time.
        self.wire.end_by(ahead(patience.answer));
        let answered = self.wire.write(&end).map_err(Wrong::Fault).and_then(|()| expect(2, self.wire.read()));
        answered.map(|reply| reply.to_string()).map_err(fail(true))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.is_usable {
            let patience = Patience { answer: QUIT_TIMEOUT, by: ahead(QUIT_TIMEOUT) };
            let _ = ask(&mut self.wire, patience, "QUIT", 2);
        }
    }
}

/// What a server says that it can do.
#[derive(Default)]
struct Offers {
    encryption: bool,
    /// The ways to log in, in capitals.
    logins: Vec<String>,
}

impl Offers {
    /// RFC 5321, 4.1.1.1: a line each behind the first, its word and what belongs to it.
    fn read(reply: &Reply) -> Offers {
        let mut offers = Offers::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split_whitespace();
            match words.next() {
                Some("STARTTLS") => offers.encryption = true,
                Some("AUTH") => offers.logins.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        offers
    }

    fn login(&self, name: &str) -> bool {
        self.logins.iter().any(|login| login == name)
    }
}

fn say_hello(wire: &mut Wire, server: &Server, patience: Patience) -> Result<Offers, Wrong> {
    let reply = ask(wire, patience, &format!("EHLO {}", server.hello), 2)?;
    Ok(Offers::read(&reply))
}

/// By RFC 4616 in one step, else by the older way of two questions, which some providers have alone.
fn log_in(
    wire: &mut Wire,
    Login { username, password }: &Login,
    offers: &Offers,
    server: &Server,
    patience: Patience,
) -> Result<(), Failure> {
    let refuse = |wrong: Wrong| no_session_after(LOGIN, wrong, server);
    let password = password.expose();
    if offers.login("PLAIN") {
        let word = BASE64.encode(format!("\0{username}\0{password}"));
        return ask(wire, patience, &format!("AUTH PLAIN {word}"), 2).map(drop).map_err(refuse);
    }
    if !offers.login("LOGIN") {
        let why = "offers no login that Flow knows (PLAIN or LOGIN): check host and port, or take `username` out of `[mail]` \
                   if it asks for none";
        return Err(Failure::NoSession { why: why.to_owned(), needs_mending: true });
    }
    for (command, wanted) in [("AUTH LOGIN".to_owned(), 3), (BASE64.encode(username), 3), (BASE64.encode(password), 2)]
    {
        ask(wire, patience, &command, wanted).map_err(refuse)?;
    }
    Ok(())
}

/// Says a command and hears the answer, whose first digit has to be the wanted one.
fn ask(wire: &mut Wire, patience: Patience, command: &str, wanted: u16) -> Result<Reply, Wrong> {
    wire.end_by(patience.next());
    wire.write(format!("{command}\r\n").as_bytes())?;
    expect(wanted, wire.read())
}

fn expect(wanted: u16, reply: Result<Reply, Fault>) -> Result<Reply, Wrong> {
    let reply = reply?;
    if reply.code / 100 == wanted { Ok(reply) } else { Err(Wrong::Reply(reply)) }
}

/// What is written before the moment from which on nobody knows, and from there on. A message with its end mark is one write where a
/// socket takes it at once: it saves each message a packet.
fn as_sent(message: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut sent = Vec::with_capacity(message.len() + message.len() / 64 + 16);
    // The end mark brings its own line break.
    let message = message.strip_suffix(b"\r\n").unwrap_or(message);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        // RFC 5321, 4.5.2: a dot at the start of a line is doubled.
        sent.extend_from_slice(if line.starts_with(b".") { b"." } else { b"" });
        sent.extend_from_slice(line);
    }
    sent.extend_from_slice(b"\r\n");
    if sent.len() > ONE_WRITE_MAX_OCTETS {
        return (sent, END_MARK.to_owned());
    }
    sent.extend_from_slice(END_MARK);
    (Vec::new(), sent)
}

fn failure(stage: Stage, wrong: Wrong, patience: Patience, was_ended: bool) -> Failure {
    match wrong {
        Wrong::Reply(reply) if !reply.is_positive() => Failure::Answer { stage, reply },
        Wrong::Reply(reply) => Failure::Lost { why: out_of_place(stage.words(), &reply), was_ended },
        Wrong::Fault(fault) => Failure::Lost { why: fault.why(patience.answer), was_ended },
    }
}

/// Such as a word of thanks where it was to say who may go on.
fn out_of_place(asked: &str, reply: &Reply) -> String {
    format!("answered {asked} with {reply}, which is no answer to that")
}

/// Why there is no session. A refused login, a server that takes nothing from us and a bad certificate stay as they are until somebody mends
/// them; a server that is busy or cannot be reached may answer by and by.
fn no_session_after(asked: &str, wrong: Wrong, server: &Server) -> Failure {
    match wrong {
        Wrong::Fault(fault) => no_session(&fault, server.timeout),
        Wrong::Reply(reply) if reply.is_positive() => {
            Failure::NoSession { why: out_of_place(asked, &reply), needs_mending: false }
        }
        Wrong::Reply(reply) => {
            let is_login = reply::asks_for_login(reply.code) || asked == LOGIN;
            let needs_mending = reply::is_of_settings(&reply);
            let (asked, how) =
                if is_login { (LOGIN, server.how_to_log_in()) } else { (asked, ANOTHER_SERVER.to_owned()) };
            let how = if needs_mending { format!(": {how}") } else { String::new() };
            Failure::NoSession { why: format!("answered {asked} with {reply}{how}"), needs_mending }
        }
    }
}

fn no_session(fault: &Fault, timeout: Duration) -> Failure {
    Failure::NoSession { why: fault.why(timeout), needs_mending: fault.is_about_encryption() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_and_the_end_mark_stands_alone() {
        let sent = |message: &str| {
            let (content, end) = as_sent(message.as_bytes());
            assert!(content.is_empty());
            String::from_utf8(end).unwrap()
        };
        assert_eq!(sent("a\r\n"), "a\r\n.\r\n");
        assert_eq!(sent(".\r\n..\r\nb.\r\n"), "..\r\n...\r\nb.\r\n.\r\n");
        let (content, end) = as_sent(&b"large\r\n".repeat(ONE_WRITE_MAX_OCTETS));
        assert!(content.ends_with(b"large\r\n") && end == END_MARK);
    }
}
