//! Mail to an SMTP server, usually a provider's relay.
//!
//! The dialogue decides how sure a fate is. Before the end mark a lost connection means *not delivered*; after it, until the reply,
//! nobody knows. Libraries for mail do not tell these apart, nor do they bound what a server answers in length and in time, so the dialogue
//! is ours ([`session`]), over a line whose answers have limits ([`wire`]). Encryption is that of rustls.
//!
//! ```text
//! connect  login  MAIL  RCPT  DATA  message  .   reply
//! └────────────── certainly not sent ───────┘└─?─┘└─ certain
//! └─ about the settings ┘└ about a recipient or a message
//! ```

mod begun;
mod fault;
mod policy;
mod reply;
mod session;
mod wire;

use std::{
    mem,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;

use self::{
    begun::Begun,
    policy::{REFUSED_RUNNING_MAX, Refusals},
    reply::{Reply, Verdict},
    session::{Failure, Login, Patience, Session, Stage},
    wire::{Encryption, ahead},
};
use super::{Channel, Fate, RefusedKind, Uncertain};
use crate::dispatch::THREADS_MAX;
use crate::mail::{Mail, Secret, to_mime};
use crate::settings::SMTP_PASSWORD;

/// Connections at once, and kept open between messages: one for each thread.
const CONNECTIONS_MAX: usize = THREADS_MAX;
/// Servers commonly end a connection after 100 messages.
const MESSAGES_PER_CONNECTION_MAX: u32 = 100;
/// A message and the connection for it take at most so many timeouts, however late each answer comes: up to the end mark, and with the answer
/// to it, which gets its whole time. A server that is late everywhere must not hold a place for the ten answers of a dialogue.
const TIMEOUTS_TO_THE_END: u32 = 3;
const TIMEOUTS_MAX: u32 = TIMEOUTS_TO_THE_END + 1;
/// For what no timeout of ours bounds: the system's search for the server's address, and farewells to connections that nobody needs any more.
const SPARE: Duration = Duration::from_secs(60);
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// How the connection is kept from being read on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Everything in the clear.
    None,
    /// The connection starts in the clear and must turn to TLS before anything is said. Usual on port 587.
    StartTls,
    /// TLS from the first byte. Usual on port 465.
    Tls,
}

/// Where a mail server is and how to speak to it.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// A name or an address, without a port.
    pub host: String,
    /// 587 where programs hand mail in, 465 with TLS from the start.
    pub port: u16,
    /// [`Security::None`] goes to this machine alone, unless `insecure` allows more.
    pub security: Security,
    /// Allows `security = "none"` to another machine.
    pub insecure: bool,
    /// A certificate authority to trust beside the public ones, as PEM: for a company's own relay.
    pub authority: Option<Vec<u8>>,
    /// For a server that asks for a login; with a password or not at all.
    pub username: Option<String>,
    /// Needs a user name.
    pub password: Option<Secret>,
    /// For connecting and for each answer as a whole.
    pub timeout: Duration,
    /// How this machine introduces itself; its host name if it is not set.
    pub hello_name: Option<String>,
    /// What to do where nobody knows whether a mail left (E9).
    pub uncertain: Uncertain,
}

impl SmtpSettings {
    /// With TLS as the port suggests, no login, and sending again when uncertain: SMTP itself asks for that (RFC 5321, 4.5.4.1), and
    /// the Message-ID is the same, so most receivers drop the second copy.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        const TLS_PORT: u16 = 465;
        SmtpSettings {
            host: host.into(),
            port,
            security: if port == TLS_PORT { Security::Tls } else { Security::StartTls },
            insecure: false,
            authority: None,
            username: None,
            password: None,
            timeout: DEFAULT_TIMEOUT,
            hello_name: None,
            uncertain: Uncertain::Resend,
        }
    }
}

/// What is wrong with the settings. A server that is down is no error here: mail waits for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the variants say what is wrong, and their fields are what the message repeats")]
pub enum SettingsError {
    /// A server without a usable name.
    #[error("the mail server's host is no name of a machine: write one such as `smtp.example.com`, without a space")]
    Host,
    /// [`Security::None`] to another machine.
    #[error(
        "mail to `{host}` would travel unencrypted: set `security = \"starttls\"` or `\"tls\"`, or `insecure = true` if the network between is yours"
    )]
    Unencrypted { host: String },
    /// One of user name and password without the other.
    #[error("the mail server has a user name but no password, or a password but no user name: set both or neither")]
    HalfALogin,
    /// A timeout of zero.
    #[error("the timeout for the mail server is zero: set a few seconds")]
    NoTimeout,
    /// A greeting that is no host name.
    #[error("`{name}` cannot be this machine's name in a greeting: write a host name such as `mail.example.com`")]
    HelloName { name: String },
    /// A certificate that is no PEM.
    #[error("the certificate authority for the mail server cannot be read: it must be PEM text ({reason})")]
    Authority { reason: String },
}

/// Hands mail to a server over SMTP. A few connections stay open between mails, and threads may share it.
pub struct SmtpChannel {
    server: Server,
    uncertain: Uncertain,
    idle: Mutex<Vec<Session>>,
    refusals: Refusals,
    /// Where it is kept which messages have begun.
    marks: Option<PathBuf>,
    /// None where nobody asks for them, or none can be kept.
    begun: OnceLock<Begun>,
}

/// All that is needed to open a session.
struct Server {
    host: String,
    port: u16,
    security: Security,
    /// None where everything goes in the clear.
    encryption: Option<Encryption>,
    login: Option<Login>,
    timeout: Duration,
    /// What this machine calls itself.
    hello: String,
}

impl Server {
    /// What to do where it does not let us in.
    fn how_to_log_in(&self) -> String {
        match &self.login {
            Some(_) => format!(
                "see that `username` in `[mail]` is right, and set the password anew: `export {SMTP_PASSWORD}='..'`"
            ),
            None => format!(
                "it asks for a login: write `username` in `[mail]`, and set the password: `export {SMTP_PASSWORD}='..'`"
            ),
        }
    }

    /// From now on.
    fn patience(&self) -> Patience {
        Patience { answer: self.timeout, by: ahead(self.timeout.saturating_mul(TIMEOUTS_TO_THE_END)) }
    }
}

impl SmtpChannel {
    /// Checks the settings; connects with the first message.
    pub fn open(settings: SmtpSettings) -> Result<SmtpChannel, SettingsError> {
        check(&settings)?;
        let encryption = encryption(&settings)?;
        let SmtpSettings { host, port, security, timeout, uncertain, .. } = settings;
        let login = settings.username.zip(settings.password).map(|(username, password)| Login { username, password });
        let hello = settings.hello_name.unwrap_or_else(own_name);
        let server = Server { host, port, security, encryption, login, timeout, hello };
        let (idle, refusals) = (Mutex::default(), Refusals::default());
        Ok(SmtpChannel { server, uncertain, idle, refusals, marks: None, begun: OnceLock::new() })
    }

    /// Keeps in this file, which belongs to one store, which messages have begun to go over: of those that a kill leaves in doubt only these
    /// are given up. Whoever sends again in doubt has no use for it.
    #[must_use]
    pub fn marking(self, path: PathBuf) -> SmtpChannel {
        SmtpChannel { marks: Some(path), ..self }
    }

    /// Before the wish to send a message.
    fn mark(&self, mail: &Mail, attempt: u32) -> Result<(), Failure> {
        let Some(begun) = self.begun.get() else { return Ok(()) };
        begun.begin(&mail.key, attempt).map_err(|error| Failure::NoSession {
            why: format!(
                "was not given the message, because the file beside the store that says so cannot be written: {error}"
            ),
            needs_mending: true,
        })
    }

    fn words(&self) -> String {
        format!("mail server {}:{}", self.server.host, self.server.port)
    }

    /// An idle connection first. The server may have closed it meanwhile, which only shows when it is used; then a new one is opened,
    /// as long as the message was certainly not taken.
    fn deliver(&self, mail: &Mail, message: &[u8], attempt: u32) -> Result<String, Failure> {
        let mark = || self.mark(mail, attempt);
        let patience = self.server.patience();
        // Bound first, so that the lock is not held while the message travels.
        let reused = self.idle().pop();
        if let Some(mut session) = reused {
            match session.deliver(mail, message, &mark, patience) {
                Err(failure) if failure.is_stale_connection() => self.forget_idle(),
                result => return self.keep(session, result),
            }
        }
        let mut session = Session::open(&self.server, patience)?;
        let result = session.deliver(mail, message, &mark, patience);
        self.keep(session, result)
    }

    /// Where one is stale the others are too. They part with the server after the lock is free.
    fn forget_idle(&self) {
        let stale = mem::take(&mut *self.idle());
        drop(stale);
    }

    fn keep(&self, session: Session, result: Result<String, Failure>) -> Result<String, Failure> {
        let mut idle = self.idle();
        if session.is_usable() && session.messages() < MESSAGES_PER_CONNECTION_MAX && idle.len() < CONNECTIONS_MAX {
            idle.push(session);
        }
        result
    }

    /// A thread that panicked elsewhere cannot have left the list half-changed.
    fn idle(&self) -> MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Channel for SmtpChannel {
    fn name(&self) -> &str {
        "smtp"
    }

    fn uncertain(&self) -> Uncertain {
        self.uncertain
    }

    fn at_once(&self) -> usize {
        CONNECTIONS_MAX
    }

    /// Above what the latest dialogue takes.
    fn patience(&self) -> Duration {
        self.server.timeout.saturating_mul(TIMEOUTS_MAX).saturating_add(SPARE)
    }

    /// A file of marks that nobody keeps up is taken away: it would be believed later.
    fn clear_up(&self, _: &str) {
        let Some(path) = &self.marks else { return };
        let opened = match self.uncertain {
            Uncertain::GiveUp => Begun::open(path).ok().flatten(),
            Uncertain::Resend => None,
        };
        match opened {
            Some(begun) => drop(self.begun.set(begun)),
            // Where it stays, it names this boot and is not kept up: a place where nothing can be deleted is one where no store is.
            None => drop(begun::forget(path)),
        }
    }

    fn goes_on(&self, is_paused: bool, refused: u8) {
        self.refusals.go_on(is_paused, refused);
    }

    fn may_have_left(&self, key: &str, attempt: u32) -> bool {
        self.begun.get().is_none_or(|begun| begun.had_begun(key, attempt))
    }

    /// Connects and logs in. The connection is kept for the first message.
    fn ready(&self) -> Result<(), String> {
        match Session::open(&self.server, self.server.patience()) {
            Ok(session) => {
                self.idle().push(session);
                Ok(())
            }
            Err(Failure::NoSession { why, .. } | Failure::Lost { why, .. }) => Err(format!("{} {why}", self.words())),
            Err(Failure::Answer { reply, .. }) => Err(format!("{} answered {reply}", self.words())),
        }
    }

    fn send(&self, mail: &Mail, attempt: u32) -> Fate {
        let message = match to_mime(mail) {
            Ok(message) => message,
            Err(error) => return Fate::unbuilt(&error),
        };
        match self.deliver(mail, &message, attempt) {
            Ok(receipt) => {
                self.refusals.end();
                Fate::Delivered { receipt }
            }
            Err(failure) => {
                if !matches!(failure, Failure::Lost { was_ended: true, .. }) {
                    self.begun.get().into_iter().for_each(|begun| begun.take_back(&mail.key, attempt));
                }
                self.fate(mail, failure)
            }
        }
    }
}

impl SmtpChannel {
    fn fate(&self, mail: &Mail, failure: Failure) -> Fate {
        let server = self.words();
        match failure {
            Failure::NoSession { why, needs_mending: true } => Fate::Stop { reason: format!("{server} {why}") },
            Failure::NoSession { why, needs_mending: false } => Fate::Down { reason: format!("{server} {why}") },
            Failure::Lost { why, was_ended: false } => Fate::retry_later(format!("{server} {why}")),
            Failure::Lost { why, was_ended: true } => Fate::Unknown {
                reason: format!("{server} {why} after the whole message was sent, so it may have taken it"),
            },
            Failure::Answer { stage, reply } => self.fate_of(mail, stage, &reply),
        }
    }

    fn fate_of(&self, mail: &Mail, stage: Stage, reply: &Reply) -> Fate {
        let recipient = mail.to.address().as_str();
        let reason = format!("{} answered {} with {reply}", self.words(), stage.words());
        match reply::judge(stage, reply) {
            Verdict::Later => Fate::retry_later(reason),
            Verdict::OfSettings if reply::asks_for_login(reply.code) => {
                Fate::Stop { reason: format!("{reason}: {}", self.server.how_to_log_in()) }
            }
            Verdict::OfSettings => Fate::Stop { reason: format!("{reason}: {}", other_sender(mail)) },
            Verdict::OfPolicy if self.refusals.is_of_recipient(recipient) => {
                Fate::Refused { reason, kind: RefusedKind::Blocked }
            }
            Verdict::OfPolicy => {
                Fate::Down { reason: format!("{reason}, {}", refused_running(mail, self.refusals.were_before())) }
            }
            Verdict::OfRecipient(kind) | Verdict::OfMessage(kind) => Fate::Refused { reason, kind },
        }
    }
}

fn other_sender(mail: &Mail) -> String {
    format!(
        "set `from` in `[sender]`, which is `{}`, to an address from which the account in `[mail]` may send, or let its operator allow this one",
        mail.from.address()
    )
}

/// Nobody is given up for what is not theirs.
fn refused_running(mail: &Mail, were_before: bool) -> String {
    let after = match were_before {
        true => "after mail had paused before this start, and nobody was accepted since".to_owned(),
        false => format!("after {} others running that it refused by its rules as well", REFUSED_RUNNING_MAX - 1),
    };
    format!(
        "{after}: mail pauses, and nobody more is given up for it; ask its operator whether `[mail]` may send from `{}`",
        mail.from.address()
    )
}

fn check(settings: &SmtpSettings) -> Result<(), SettingsError> {
    if !is_word(&settings.host) {
        return Err(SettingsError::Host);
    }
    if settings.security == Security::None && !settings.insecure && !is_loopback(&settings.host) {
        return Err(SettingsError::Unencrypted { host: settings.host.clone() });
    }
    if settings.username.is_some() != settings.password.is_some() {
        return Err(SettingsError::HalfALogin);
    }
    if settings.timeout.is_zero() {
        return Err(SettingsError::NoTimeout);
    }
    match &settings.hello_name {
        Some(name) if !is_word(name) => Err(SettingsError::HelloName { name: name.clone() }),
        _ => Ok(()),
    }
}

/// One word of visible ASCII: nothing that could end a line of the dialogue.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What this machine is called on its network, and if it has no such name, what stands for it (RFC 5321, 4.1.3).
fn own_name() -> String {
    let name = hostname::get().ok().and_then(|name| name.into_string().ok());
    name.filter(|name| is_word(name)).unwrap_or_else(|| "[127.0.0.1]".to_owned())
}

/// Trusts the authorities that browsers trust, and that of the settings.
fn encryption(settings: &SmtpSettings) -> Result<Option<Encryption>, SettingsError> {
    if settings.security == Security::None {
        return Ok(None);
    }
    let refuse = |reason: String| SettingsError::Authority { reason };
    let name = ServerName::try_from(settings.host.clone()).map_err(|_| SettingsError::Host)?;
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in CertificateDer::pem_slice_iter(settings.authority.as_deref().unwrap_or_default()) {
        let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
        roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Some(Encryption { config: Arc::new(config), name }))
}

/// What is wrong with the file in which a store's process keeps which messages have begun, in words that follow its name.
pub(crate) fn examine_marks(path: &Path) -> Option<String> {
    begun::examine(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> SmtpSettings {
        SmtpSettings::new("smtp.example.com", 587)
    }

    fn refusal(settings: SmtpSettings) -> Option<SettingsError> {
        SmtpChannel::open(settings).err()
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        let plain = |host: &str| SmtpSettings { host: host.to_owned(), security: Security::None, ..settings() };
        for near in ["localhost", "127.0.0.1", "127.8.0.1", "::1"] {
            assert_eq!(refusal(plain(near)), None, "{near}");
        }
        for far in ["smtp.example.com", "10.0.0.1", "0.0.0.0", "localhost.example.com", "127.0.0.1.example.com"] {
            assert_eq!(refusal(plain(far)), Some(SettingsError::Unencrypted { host: far.to_owned() }));
            assert_eq!(refusal(SmtpSettings { insecure: true, ..plain(far) }), None);
        }
    }

    #[test]
    fn settings_are_checked_when_they_are_set() {
        let password = Some(Secret::new("p"));
        assert_eq!(refusal(SmtpSettings { host: String::new(), ..settings() }), Some(SettingsError::Host));
        assert_eq!(refusal(SmtpSettings { password, ..settings() }), Some(SettingsError::HalfALogin));
        assert_eq!(refusal(SmtpSettings { timeout: Duration::ZERO, ..settings() }), Some(SettingsError::NoTimeout));
        let name = "me\r\nMAIL FROM:<x>".to_owned();
        let bad_hello = SmtpSettings { hello_name: Some(name.clone()), ..settings() };
        assert_eq!(refusal(bad_hello), Some(SettingsError::HelloName { name }));
        let pem = b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec();
        assert!(matches!(
            refusal(SmtpSettings { authority: Some(pem), ..settings() }),
            Some(SettingsError::Authority { .. })
        ));
    }

    #[test]
    fn a_password_is_not_printed() {
        let settings = SmtpSettings { password: Some(Secret::new("hunter2")), ..settings() };
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
