//! What people have said of marketing mail, as a field of the contact keeps it that no project declares and no text can name: a blank stands in its
//! name, as in that of a tag. A refusal is not among it: that has fields of its own, which only the person's own later act takes back (E7).

use super::choices::Choices;
use super::{FieldType, Meaning};
use crate::id::{FieldId, SlotId};

/// The name of the field; a program has it where its policy says who may be written to.
pub const CONSENT_FIELD: &str = "marketing consent";

/// What somebody has said of it. Where the field has 0, nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsentState {
    /// They want it.
    Granted = 1,
    /// They have asked for it, and have still to confirm that.
    Pending = 2,
}

impl ConsentState {
    /// By number: the more restrictive come later.
    pub const ALL: [ConsentState; 2] = [ConsentState::Granted, ConsentState::Pending];

    /// What the field holds.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// What a field says that holds this; none where nobody knows.
    pub fn of(number: i64) -> Option<ConsentState> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// What the views show.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Pending => "pending",
        }
    }

    /// The values of the field.
    pub fn choices() -> Choices {
        Self::ALL.map(|state| state.word().to_owned()).to_vec().into()
    }
}

impl Meaning {
    /// Where it stands what somebody has said of marketing mail; none where no policy asks for it.
    pub fn consent_field(&self) -> Option<FieldId> {
        self.policy.consent?;
        self.fields.find(|field| field.name == CONSENT_FIELD)
    }

    /// The same field with its place in the frame, where it is one that keeps it.
    pub fn consent_slot(&self) -> Option<(FieldId, SlotId)> {
        let id = self.consent_field()?;
        let field = self.fields.get(id).filter(|field| field.ty == FieldType::OneOf(ConsentState::choices()))?;
        Some((id, field.slot?))
    }
}
