//! A journey: what is still to be done, and what it has done.

use jiff::civil::DateTime;

use crate::world::program::{Cond, Did, Step};

/// A mail that has left.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// The place of the mail.
    pub(super) mail: usize,
    /// When the other side took it.
    pub(super) at: i64,
    /// When its step ran.
    pub(super) step_at: i64,
}

/// What a journey is at.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// In the middle of an instant.
    Running,
    /// A pause, and what the wall says at its end.
    Waiting {
        /// When it is over.
        until: i64,
        /// Where days are counted.
        wall: Option<DateTime>,
    },
    /// `wait until`.
    Awaiting {
        /// What for.
        condition: Cond,
        /// The end.
        until: i64,
        /// Where days are counted.
        wall: Option<DateTime>,
        /// The log at its beginning.
        from: u64,
        /// The block for those for whom it passed.
        otherwise: Vec<Step>,
    },
    /// At a step that lets something out.
    Out {
        /// Not before.
        due: i64,
        /// When the step was reached.
        step_at: i64,
        /// Attempts that have failed.
        attempts: u32,
        /// Whether it was said that it is held.
        is_held: bool,
        /// Whether its message is written and waits to leave.
        is_written: bool,
        /// The number of its message, once it was held or handed over.
        message: Option<u64>,
    },
    /// With the other side.
    Sending {
        /// When it answers.
        answer_at: i64,
        /// When the step was reached.
        step_at: i64,
        /// This one included.
        attempts: u32,
        /// The number of its message.
        message: Option<u64>,
    },
    /// Over.
    Ended,
}

/// A journey.
#[derive(Debug, Clone)]
pub(super) struct Journey {
    /// The place of its workflow.
    pub(super) workflow: usize,
    /// From 1.
    pub(super) run: u32,
    /// The log at its entry, and the instant whose hour before still counts.
    pub(super) since: (u64, i64),
    /// When it began.
    pub(super) entered_at: i64,
    /// What is to be done, the next one last.
    pub(super) todo: Vec<Step>,
    /// What it is at.
    pub(super) state: State,
    /// What has left.
    pub(super) sent: Vec<Sent>,
    /// What readers did with it.
    pub(super) told: Vec<(Did, usize)>,
    /// Whether the last `wait until` ended by its end.
    pub(super) timed_out: bool,
    /// Whether nobody took them over at the last step.
    pub(super) nobody_took: bool,
    /// The goal was met.
    pub(super) goal_met: bool,
    /// Until when the goal counts.
    pub(super) goal_until: Option<i64>,
    /// When it ended.
    pub(super) ended_at: Option<i64>,
}

impl Journey {
    /// Whether it lives.
    pub(super) fn is_live(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether it has just come to let something out.
    pub(super) fn stands_back(&self) -> bool {
        matches!(self.state, State::Out { is_written: false, is_held: false, attempts: 0, .. })
    }

    /// Puts a block before what is to be done.
    pub(super) fn first(&mut self, block: &[Step]) {
        self.todo.extend(block.iter().rev().cloned());
    }
}
