//! What a team says of somebody who was handed to it, and where the frame keeps to whom that was.
//!
//! An answer is an event of the standard module, under a name of its own. Each is taken once of a handoff, whichever comes first, so the order in
//! which they arrive changes nothing.

use crate::id::SlotId;
use serde::{Deserialize, Serialize};

/// What is said of a handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Answer {
    /// Somebody works on it.
    Taken,
    /// Nobody will.
    Refused,
    /// What was to be done has been done.
    Done,
}

impl Answer {
    /// All of them.
    pub const ALL: [Answer; 3] = [Answer::Taken, Answer::Refused, Answer::Done];

    /// The property of an answer that says which team it is of.
    pub const TEAM: &str = "team";
    /// That which says which member, by their address.
    pub const MEMBER: &str = "member";
    /// That of a refusal which says why.
    pub const REASON: &str = "reason";

    /// The event's name.
    pub fn name(self) -> &'static str {
        match self {
            Answer::Taken => "taken",
            Answer::Refused => "refused",
            Answer::Done => "done",
        }
    }

    /// The one of that name.
    pub fn of_name(name: &str) -> Option<Answer> {
        Self::ALL.into_iter().find(|answer| answer.name() == name)
    }

    /// The bits of all of them: without one of these nobody has answered.
    pub const BITS: i64 = 7;

    /// Its bit in [`HandedSlots::answers`].
    pub fn bit(self) -> i64 {
        match self {
            Answer::Taken => 1,
            Answer::Refused => 2,
            Answer::Done => 4,
        }
    }
}

/// What is kept of the latest handoff of somebody to a team, so that an answer finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedSlots {
    /// When it was; [`NEVER`](crate::NEVER) where there was none.
    pub at: SlotId,
    /// The number of the contact under whom its step ran: they may prove to be somebody else later.
    pub contact: SlotId,
    /// The number of its workflow, and behind it in the lower half that of the run.
    pub journey: SlotId,
    /// The number of its step, and behind it in the lower half that of the visit.
    pub step: SlotId,
    /// A print of the address of whoever has them.
    pub member: SlotId,
    /// What has been answered, a bit each ([`Answer::bit`]), and whether it went on to the backup ([`HandedSlots::PASSED_ON`]).
    pub answers: SlotId,
}

/// One of [`HandedSlots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "`HandedSlots` says it of each")]
pub enum HandedSlot {
    At,
    Contact,
    Journey,
    Step,
    Member,
    Answers,
}

impl HandedSlots {
    /// The bit in [`HandedSlots::answers`] of a handoff that nobody answered in time: it is the backup's now.
    pub const PASSED_ON: i64 = 8;

    /// Each of them.
    pub fn each(mut self) -> [(HandedSlot, SlotId); 6] {
        self.each_mut().map(|(kept, slot)| (kept, *slot))
    }

    /// The same, to give them other numbers.
    pub fn each_mut(&mut self) -> [(HandedSlot, &mut SlotId); 6] {
        let HandedSlots { at, contact, journey, step, member, answers } = self;
        [
            (HandedSlot::At, at),
            (HandedSlot::Contact, contact),
            (HandedSlot::Journey, journey),
            (HandedSlot::Step, step),
            (HandedSlot::Member, member),
            (HandedSlot::Answers, answers),
        ]
    }
}
