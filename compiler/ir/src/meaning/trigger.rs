//! What the event said that let somebody in: `trigger.amount`.
//!
//! A value of it is a field of the contact that no project declares and no import fills: one for each workflow and property that its steps or mails
//! read. So conditions, mails and stores treat it as they treat fields. It is written when the journey begins, and stays until the next one does. A
//! trigger that has to wait keeps what it said in fields of its own, so that nothing of it mixes with what the journey at hand goes by.

use super::Field;
use crate::limits::MAX_LIVE_JOURNEYS;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Of which workflow's trigger a field keeps a value, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriggerValue {
    /// The name of the workflow.
    pub workflow: String,
    /// The property of the event.
    pub property: String,
    /// For whom it is kept.
    pub kept: TriggerKept,
}

/// Who goes by what a trigger said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TriggerKept {
    /// The journey that it began.
    Journey,
    /// An entry that is held for what is not known of its person yet.
    Held,
    /// Somebody who waits for their turn.
    Turn,
    /// The next journey, where it came during one.
    Again,
    /// A journey that another workflow has started, and that is to begin.
    Start,
    /// One of several journeys, by the number of its seat, from 1.
    Seat(u8),
    /// A text: with which values somebody has been in the workflow, and until when.
    Had,
}

impl TriggerKept {
    /// What is kept once of each workflow.
    pub const ONCE: [TriggerKept; 5] = [Self::Journey, Self::Held, Self::Turn, Self::Again, Self::Start];

    /// The seats of those who may be in a workflow several times.
    pub fn seats() -> impl Iterator<Item = TriggerKept> {
        (1..=MAX_LIVE_JOURNEYS).map(Self::Seat)
    }
}

impl Field {
    /// As texts and templates name it: of what a trigger said `trigger.amount`, of everything else its name.
    pub fn written(&self) -> Cow<'_, str> {
        match &self.trigger {
            Some(trigger) => Cow::Owned(trigger.written()),
            None => Cow::Borrowed(&self.name),
        }
    }
}

impl TriggerValue {
    /// As steps and texts name it: `trigger.amount`.
    pub fn written(&self) -> String {
        format!("trigger.{}", self.property)
    }

    /// What it is called among the fields of a program, where each has a name of its own.
    pub fn name(&self) -> String {
        let kept = match self.kept {
            TriggerKept::Journey => String::new(),
            TriggerKept::Held => ", held".to_owned(),
            TriggerKept::Turn => ", until the turn comes".to_owned(),
            TriggerKept::Again => ", for the next journey".to_owned(),
            TriggerKept::Start => ", as it was started".to_owned(),
            TriggerKept::Seat(seat) => format!(", in seat {seat}"),
            TriggerKept::Had => ", in journeys that have ended".to_owned(),
        };
        format!("{} of {}{kept}", self.written(), self.workflow)
    }
}
