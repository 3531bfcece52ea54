//! What one row says of its contact, as far as it is held beside other rows of theirs: a few bytes, put aside until the window of the contact
//! comes.

use super::{handoffs, rollups};
use crate::store::packed::{number, signed, take_number, take_signed};
use crate::store::{ContactId, DecisionRecord, EventRecord, HandoffRecord, ScoreRecord, StageRecord};

/// A journey of a contact: the number of its workflow, its run.
pub(super) type Run = (u32, u32);

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A record of the log.
    Record {
        /// Its number.
        number: u64,
        /// That of the one before it of the same contact, as it says.
        previous: u64,
    },
    /// A decision: a journey has ended.
    Ended(Run),
    /// A decision: somebody of a team has taken the contact.
    HandedOff(Run),
    /// A decision: a goal was met, at an instant.
    GoalMet(Run, i64),
    /// A handoff.
    Handoff(Run),
    /// A change of a stage.
    Stage {
        /// The number of the one before.
        from: i64,
        /// Of the one since.
        to: i64,
    },
    /// A change of a score, in ten-thousandths.
    Score {
        /// By how much.
        change: i64,
        /// What it came to.
        score: i64,
    },
}

impl Mark {
    pub(super) fn of_event(event: &EventRecord) -> Mark {
        Mark::Record { number: event.id, previous: event.previous }
    }

    pub(super) fn of_decision(decision: &DecisionRecord) -> impl Iterator<Item = Mark> {
        let record = Mark::Record { number: decision.id, previous: decision.previous };
        let run = decision.workflow.map(|workflow| (workflow, decision.run));
        let of_journey = move |is_one: bool, mark: fn(Run) -> Mark| run.filter(|_| is_one).map(mark);
        let at = decision.at;
        let goal_met = run.filter(|_| rollups::is_goal_met(decision)).map(|run| Mark::GoalMet(run, at));
        let others = [
            of_journey(decision.code.is_end(), Mark::Ended),
            of_journey(handoffs::is_taken(decision), Mark::HandedOff),
            goal_met,
        ];
        std::iter::once(record).chain(others.into_iter().flatten())
    }

    pub(super) fn of_handoff(handoff: &HandoffRecord) -> Mark {
        Mark::Handoff((handoff.workflow, handoff.run))
    }

    pub(super) fn of_stage(stage: &StageRecord) -> Mark {
        Mark::Stage { from: stage.from, to: stage.to }
    }

    pub(super) fn of_score(score: &ScoreRecord) -> Mark {
        Mark::Score { change: score.change, score: score.score }
    }

    /// Appends it, with whose it is.
    pub(super) fn write(self, contact: ContactId, out: &mut Vec<u8>) {
        let (tag, run) = match self {
            Mark::Record { .. } => (0, None),
            Mark::Ended(run) => (1, Some(run)),
            Mark::HandedOff(run) => (2, Some(run)),
            Mark::GoalMet(run, _) => (3, Some(run)),
            Mark::Handoff(run) => (4, Some(run)),
            Mark::Stage { .. } => (5, None),
            Mark::Score { .. } => (6, None),
        };
        out.push(tag);
        number(contact.0, out);
        if let Some((workflow, run)) = run {
            number(workflow.into(), out);
            number(run.into(), out);
        }
        match self {
            // Records of one contact are mostly close together.
            Mark::Record { number: own, previous } => {
                number(own, out);
                signed(own.cast_signed().wrapping_sub(previous.cast_signed()), out);
            }
            Mark::GoalMet(_, at) => signed(at, out),
            Mark::Stage { from: first, to: second } | Mark::Score { change: first, score: second } => {
                signed(first, out);
                signed(second, out);
            }
            Mark::Ended(_) | Mark::HandedOff(_) | Mark::Handoff(_) => {}
        }
    }

    /// The next one, which is taken from there; none at the end.
    pub(super) fn take(bytes: &mut &[u8]) -> Option<(ContactId, Mark)> {
        let (tag, rest) = bytes.split_first()?;
        *bytes = rest;
        let contact = ContactId(take_number(bytes)?);
        let run = |bytes: &mut &[u8]| Some((small(bytes)?, small(bytes)?));
        let mark = match tag {
            0 => {
                let number = take_number(bytes)?;
                let previous = number.cast_signed().wrapping_sub(take_signed(bytes)?).cast_unsigned();
                Mark::Record { number, previous }
            }
            1 => Mark::Ended(run(bytes)?),
            2 => Mark::HandedOff(run(bytes)?),
            3 => Mark::GoalMet(run(bytes)?, take_signed(bytes)?),
            4 => Mark::Handoff(run(bytes)?),
            5 => Mark::Stage { from: take_signed(bytes)?, to: take_signed(bytes)? },
            6 => Mark::Score { change: take_signed(bytes)?, score: take_signed(bytes)? },
            _ => return None,
        };
        Some((contact, mark))
    }
}

fn small(bytes: &mut &[u8]) -> Option<u32> {
    u32::try_from(take_number(bytes)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_aside_comes_back() {
        let runs = [(0, 1), (u32::MAX, u32::MAX)];
        let numbers = [0, 1, i64::MAX, i64::MIN];
        let mut marks = Vec::new();
        marks.extend(runs.into_iter().flat_map(|run| [Mark::Ended(run), Mark::HandedOff(run), Mark::Handoff(run)]));
        for at in numbers {
            marks.push(Mark::GoalMet((7, 2), at));
            marks.extend(numbers.map(|to| Mark::Stage { from: at, to }));
            marks.extend(numbers.map(|score| Mark::Score { change: at, score }));
        }
        for (number, previous) in [(1, 0), (9, 8), (9, 9), (8, u64::MAX), (u64::MAX, 0)] {
            marks.push(Mark::Record { number, previous });
        }
        let mut bytes = Vec::new();
        for (contact, mark) in (1..).zip(&marks) {
            mark.write(ContactId(contact << 40), &mut bytes);
        }
        let mut rest = bytes.as_slice();
        let back: Vec<(ContactId, Mark)> = std::iter::from_fn(|| Mark::take(&mut rest)).collect();
        let all: Vec<(ContactId, Mark)> = (1..).map(|contact| ContactId(contact << 40)).zip(marks).collect();
        assert_eq!(back, all);
        assert!(rest.is_empty());
    }
}
