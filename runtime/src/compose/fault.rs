//! Why a mail cannot be filled in. The same inputs fail in the same way, so none of these is retried.

use flow_front::templates::RenderFault;

use crate::mail::MailError;
use crate::mail::unsubscribe::TokenTooLong;
use crate::time::Instant;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeFault {
    #[error("the program has no field `email`, so there is nobody to write to: compile it again")]
    NoAddressField,
    #[error("the program has no email number {email}: it was changed since this was sent")]
    UnknownEmail { email: usize },
    #[error("email `{email}`: the sender cannot be used: {error}")]
    BadSender { email: String, error: MailError },
    #[error("email `{email}`: {fault}")]
    Template { email: String, fault: RenderFault },
    #[error("email `{email}`: no subject holds for this contact: add one without a condition, after `otherwise`")]
    NoSubject { email: String },
    #[error("email `{email}`: `{field}` is missing for this contact though the text counts on it")]
    MissingValue { email: String, field: String },
    #[error("the contact has no email address")]
    NoAddress,
    #[error(transparent)]
    BadAddress(MailError),
    #[error(transparent)]
    Token(TokenTooLong),
    #[error("the instant {at} cannot be a message's date: check the clock of this machine")]
    NoDate { at: Instant },
}
