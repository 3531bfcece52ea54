//! Why a mail cannot be filled in. The same inputs fail in the same way, so none of these is retried.

use flow_front::templates::RenderFault;

use crate::mail::MailError;
use crate::mail::unsubscribe::TokenTooLong;
use crate::time::Instant;

/// What kept a mail from being filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the variants say what is wrong, and their fields are what the message repeats")]
pub enum ComposeFault {
    /// The program lacks the built-in field that mail is addressed to.
    #[error("the program has no field `email`, so there is nobody to write to: compile it again")]
    NoAddressField,
    /// An outbox row names an email that the program does not have.
    #[error("the program has no email number {email}: it was changed since this was sent")]
    UnknownEmail { email: usize },
    /// The email's `from`, as written, is no mailbox.
    #[error("email `{email}`: the sender cannot be used: {error}")]
    BadSender { email: String, error: MailError },
    /// The email asks people to confirm, and nothing says on which page they do.
    #[error(
        "email `{email}` asks people to confirm that they want mail, and nothing says on which page: add `confirm_url = \"https://acme.example/confirm\"` to `[sender]` in flow.toml"
    )]
    NoConfirmUrl { email: String },
    /// The template cannot be filled in for this contact.
    #[error("email `{email}`: {fault}")]
    Template { email: String, fault: RenderFault },
    /// Every subject has a condition, and none holds.
    #[error("email `{email}`: no subject holds for this contact: add one without a condition, after `otherwise`")]
    NoSubject { email: String },
    /// A field without a fallback is missing, which the checker lets no program do.
    #[error("email `{email}`: `{field}` is missing for this contact though the text counts on it")]
    MissingValue { email: String, field: String },
    /// Nothing to write to; the engine withholds such mail before it comes here.
    #[error("the contact has no email address")]
    NoAddress,
    /// The contact's address cannot be written to.
    #[error(transparent)]
    BadAddress(MailError),
    /// The contact and the list make too long an unsubscribe link.
    #[error(transparent)]
    Token(TokenTooLong),
    /// The send's instant lies outside the calendar.
    #[error("the instant {at} cannot be a message's date: check the clock of this machine")]
    NoDate { at: Instant },
}
