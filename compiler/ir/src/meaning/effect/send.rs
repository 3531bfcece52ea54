//! Sends an email to the contact.

use super::{Described, Reference};
use crate::{EmailId, Program};
use serde::{Deserialize, Serialize};

/// `send EMAIL`, `send EMAIL again`. The engine looks at consent, the window and the address before anything leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    /// Its number is in the outbox too, so the store knows which mail a row is.
    pub email: EmailId,
    /// Whoever has got it in this journey gets it once more.
    #[serde(default, skip_serializing_if = "is_once")]
    pub again: bool,
}

fn is_once(again: &bool) -> bool {
    !*again
}

impl Described for Send {
    fn references(&self) -> Vec<Reference> {
        vec![Reference::Email(self.email)]
    }

    fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        number(Reference::Email(self.email)).set_email(&mut self.email);
    }

    fn words(&self, program: &Program) -> String {
        let again = if self.again { " again" } else { "" };
        format!("send {}{again}", program.emails.get(self.email).map_or("?", |email| email.name.as_str()))
    }

    fn message(&self) -> Option<EmailId> {
        Some(self.email)
    }

    fn lets_out(&self) -> bool {
        true
    }

    fn random(choices: &mut crate::generate::Choices) -> Self {
        Self { email: EmailId(choices.below(2) as u32), again: choices.flag() }
    }
}
