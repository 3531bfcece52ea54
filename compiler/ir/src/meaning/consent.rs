//! What people have said of marketing mail, as a field of the contact keeps it that no project declares and no text can name: a blank stands in its
//! name, as in that of a tag. A refusal is not among it: that has fields of its own, which only the person's own later act takes back (E7).

use super::choices::Choices;
use super::{Field, FieldType, Meaning};
use crate::id::{FieldId, SlotId};
use crate::units::DAY_MS;
use std::sync::LazyLock;

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

/// The workflow that asks people to confirm that they want mail. No project can give one of its own this name: a hyphen stands in it.
pub const CONFIRMATION: &str = "confirm-mail";

/// The workflow that lets whoever a step has suppressed get mail again. Nor can any project give one of its own this name.
pub const COME_BACK: &str = "come-back";

/// What an event is called by which people confirm it, for conditions. A program has it where its policy asks for that.
pub const CONFIRMED: &str = "confirmed";

/// The property of that event which says what they want mail about.
pub const CONFIRMED_TOPIC: &str = "topic";

/// How long after they were asked to confirm people are asked again at the earliest: whoever presses the button of a form ten times, or has
/// somebody else's address typed into it, writes one mail.
pub const CONFIRM_AGAIN_MS: i64 = DAY_MS;

/// The field that keeps that somebody asked for mail while nobody knew where to write to.
pub const UNREACHED_FIELD: &str = "asked without an address";

/// What the name of a topic's field begins with; a blank stands in it, so no text can name the field.
const OF_TOPIC: &str = "topic ";

/// The name of the field that keeps what people have said of a topic.
pub fn topic_field(topic: &str) -> String {
    format!("{OF_TOPIC}{topic}")
}

/// What the name of the field begins with that keeps whether somebody has still to confirm that they want mail about a topic.
const PENDING: &str = "pending ";

/// The name of that field of a topic.
pub fn pending_field(topic: &str) -> String {
    format!("{PENDING}{topic}")
}

/// What somebody has said of mail about a topic. Where the field has 0, they have said nothing of it, and what they have said of all mail holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TopicState {
    /// They want it.
    Subscribed = 1,
    /// They had refused all mail, and have asked for this topic since. Only an event of theirs brings that about.
    Again = 2,
    /// They have named others when they chose among topics. It is no refusal: a later choice counts.
    NotChosen = 3,
    /// They have refused it.
    Refused = 4,
}

impl TopicState {
    /// By number: the more restrictive come later.
    pub const ALL: [TopicState; 4] =
        [TopicState::Subscribed, TopicState::Again, TopicState::NotChosen, TopicState::Refused];

    /// What the field holds.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// What a field says that holds this; none where they have said nothing.
    pub fn of(number: i64) -> Option<TopicState> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// What the views show.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Subscribed => "subscribed",
            Self::Again => "subscribed again",
            Self::NotChosen => "not chosen",
            Self::Refused => "unsubscribed",
        }
    }

    /// The values of the field.
    pub fn choices() -> Choices {
        // It is asked of every field at every cell that names topics.
        static CHOICES: LazyLock<Choices> =
            LazyLock::new(|| TopicState::ALL.map(|state| state.word().to_owned()).to_vec().into());
        CHOICES.clone()
    }

    /// What two people have said who prove to be one: the more restrictive. That one of them has come back to a topic lifts no refusal of all mail
    /// that may be the other's.
    pub fn of_both(one: i64, other: i64) -> i64 {
        let more = one.max(other);
        if more == Self::Again.number() && one != other { Self::Subscribed.number() } else { more }
    }
}

impl Field {
    /// The topic of which it keeps what people have said.
    pub fn topic(&self) -> Option<&str> {
        let topic = self.name.strip_prefix(OF_TOPIC)?;
        (self.ty == FieldType::OneOf(TopicState::choices())).then_some(topic)
    }
}

impl Meaning {
    /// The topics that are and were, each with the field that keeps what people have said of it.
    pub fn ever_topics(&self) -> impl Iterator<Item = (FieldId, &str)> {
        self.fields.iter().filter_map(|(id, field)| Some((id, field.topic()?)))
    }

    /// Where the frame keeps of each topic that somebody has still to confirm that they want mail about it; nothing where nobody has to confirm.
    pub fn pending_topics(&self) -> impl Iterator<Item = (FieldId, (FieldId, SlotId))> {
        self.ever_topics().filter(|_| self.policy.confirms).filter_map(|(topic, name)| {
            let wanted = pending_field(name);
            let pending = self.fields.find(|field| field.name == wanted)?;
            Some((topic, (pending, self.fields.get(pending)?.slot?)))
        })
    }

    /// Where it stands that somebody asked for mail while nobody knew where to write to; none where nobody has to confirm.
    pub fn unreached(&self) -> Option<(FieldId, SlotId)> {
        let id = self.fields.find(|field| field.name == UNREACHED_FIELD).filter(|_| self.policy.confirms)?;
        Some((id, self.fields.get(id)?.slot?))
    }

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
