//! Building a message.
//!
//! In comes a [`Mail`]: rendered texts and the facts of one send. Out come the bytes that go on the wire. This layer knows nothing of
//! how a message travels, nor of journeys, stores and clocks.
//!
//! The bytes depend on the `Mail` alone (rule E2): the date is a field, the Message-ID and the MIME boundary come from the key. So an
//! attempt that is repeated after a crash sends the very same message, and a receiver that has it already can see that it is the same.

mod address;
mod body;
mod header;
mod html;
mod mime;
mod preheader;
mod secret;
pub(crate) mod text;
pub mod unsubscribe;

use chrono::{DateTime, Utc};
use std::borrow::Cow;

pub use address::{Address, Mailbox};
pub use body::Html;
pub(crate) use header::clean as one_line;
pub use mime::to_mime;
pub(crate) use mime::{check, cut, cut_subject, is_subject_short};
pub(crate) use preheader::with_preheader;
pub use secret::Secret;

/// A key is also a file name and the left side of a Message-ID.
pub const KEY_MAX_OCTETS: usize = 120;
/// RFC 5322, 2.1.1, read strictly: the whole line before folding, with its name and encoding, as some servers unfold before they count.
pub const SUBJECT_LINE_MAX_OCTETS: usize = 998;
/// Of a sender, a recipient or a list.
pub use flow_front::address::NAME_MAX_OCTETS;
/// Far above the 102 KB where Gmail clips a message; this one guards memory and servers.
pub use flow_ir::limits::MAX_MAIL_BYTES as HTML_MAX_OCTETS;
/// The same for the plain text.
pub const TEXT_MAX_OCTETS: usize = 512 * 1024;
/// Leaves room for the header's name on a line of 998 octets.
pub use flow_ir::limits::MAX_WAY_OUT_BYTES as UNSUBSCRIBE_URL_MAX_OCTETS;

/// One message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The key under which this effect leaves once (rule E9), such as `j42.s3.v0`. It must be unique for the sender's domain for ever,
    /// because receivers drop a second message with a Message-ID that they have seen.
    pub key: String,
    /// The email's own sender, or the project's.
    pub from: Mailbox,
    /// One person; nobody else sees them.
    pub to: Mailbox,
    /// Where answers go; to the sender where none is given.
    pub reply_to: Option<Mailbox>,
    /// One line, filled in; never empty.
    pub subject: String,
    /// Whole and filled in, at most [`HTML_MAX_OCTETS`]; put together by whoever needs it first.
    pub html: Html,
    /// The same in plain words, at most [`TEXT_MAX_OCTETS`], where it is not what [`Mail::text`] makes of the HTML.
    pub plain: Option<String>,
    /// The line that inboxes show beside the subject.
    pub preview: Option<String>,
    /// The name of the list or topic, as a reader would say it: `Product news`.
    pub list: Option<String>,
    /// Marketing mail has one; without it a mail of that kind is not built.
    pub unsubscribe: Option<Unsubscribe>,
    /// When the step wrote the send, not when an attempt was made: a repeated attempt must not change it.
    pub sent_at: DateTime<Utc>,
    /// What rules it falls under.
    pub purpose: Purpose,
}

impl Mail {
    /// The HTML, put together where nobody has done that yet.
    pub(crate) fn written(&self) -> Result<&str, MailError> {
        self.html.text().map_err(|problem| MailError::NotWritten { problem: problem.to_owned() })
    }

    /// What a reader without HTML sees. Made by whoever writes the message, on a thread that sends: a mail that is only fixed at its step
    /// needs none.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.plain {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(cut(text::from_html(self.html.text().unwrap_or_default()), TEXT_MAX_OCTETS)),
        }
    }
}

/// Where one click ends the subscription (RFC 8058).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    /// `https://`, at most [`UNSUBSCRIBE_URL_MAX_OCTETS`], for this person alone.
    pub url: String,
}

/// What a mail is to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Needs consent and a way to take it back (E7).
    Marketing,
    /// Asked for by what the person did; needs no consent.
    Transactional,
    /// To people of the company itself.
    Notice,
}

impl Purpose {
    /// As a header of the message says it.
    pub fn word(self) -> &'static str {
        match self {
            Purpose::Marketing => "marketing",
            Purpose::Transactional => "transactional",
            Purpose::Notice => "notice",
        }
    }
}

/// Why a message cannot be built. It would fail in the same way every time, so it is never retried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the variants say what is wrong, and their fields are what the message repeats")]
pub enum MailError {
    /// The key is no name for a file and a Message-ID.
    #[error(
        "the key `{key}` cannot name a message: use up to {KEY_MAX_OCTETS} letters, digits, `-` and `_`, in parts joined by single dots"
    )]
    Key { key: String },
    /// Nothing can be written to this address.
    #[error("`{address}` is no email address that can be written to: {reason}")]
    Address { address: String, reason: &'static str },
    /// The name before an address is over [`NAME_MAX_OCTETS`].
    #[error("the name `{name}` is longer than {NAME_MAX_OCTETS} bytes: shorten it")]
    NameTooLong { name: String },
    /// The subject is empty.
    #[error("the subject is empty: give the email a subject")]
    NoSubject,
    /// The subject, encoded, is over [`SUBJECT_LINE_MAX_OCTETS`].
    #[error("the subject takes {octets} bytes on the wire and mail allows {SUBJECT_LINE_MAX_OCTETS}: shorten it")]
    SubjectTooLong { octets: usize },
    /// Its template could not be filled in.
    #[error("the HTML could not be written: {problem}")]
    NotWritten { problem: String },
    /// The HTML is over [`HTML_MAX_OCTETS`].
    #[error(
        "the HTML has {octets} bytes and the limit is {HTML_MAX_OCTETS}: shorten it (Gmail cuts a message off at 102 KB)"
    )]
    HtmlTooLong { octets: usize },
    /// The plain text is over [`TEXT_MAX_OCTETS`].
    #[error("the plain text has {octets} bytes and the limit is {TEXT_MAX_OCTETS}: shorten it")]
    TextTooLong { octets: usize },
    /// Marketing without a way out.
    #[error("a marketing email needs a way to unsubscribe: give it a topic, or make it `kind transactional` if it is")]
    NoUnsubscribe,
    /// A way out that mailboxes will not show.
    #[error(
        "mailboxes will not offer the unsubscribe address `{url}`: it must start with `https://`, contain no spaces and have at most {UNSUBSCRIBE_URL_MAX_OCTETS} bytes"
    )]
    UnsubscribeUrl { url: String },
    /// The year does not fit the date of a message.
    #[error("the year {year} cannot be written in a message's date: check the clock of this machine")]
    Date { year: i32 },
}
