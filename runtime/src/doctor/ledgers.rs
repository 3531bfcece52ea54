//! The ledgers lead from the first value of everybody to the one in their frame.

use super::alive::read;
use super::context::Context;
use super::finding::{Findings, Kind, Subject};
use super::mark::Mark;
use super::{Check, People};
use crate::store::{ContactId, ContactRecord};
use flow_ir::{NUMBER_SCALE, Program};

/// How far the ledgers of each contact of the window have been followed.
pub(super) struct Ledgers {
    first: Values,
    of: People<Ledger>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Values {
    score: i64,
    stage: i64,
}

#[derive(Debug)]
struct Ledger {
    /// None where the frame is of a version that had none.
    kept: (Option<i64>, Option<i64>),
    told: Values,
    is_broken: bool,
}

impl Ledgers {
    pub(super) fn new(program: &Program) -> Ledgers {
        let first = |slot| program.frame.slots.get(slot).map_or(0, |slot| slot.initial);
        let first = Values { score: first(program.system.score), stage: first(program.system.stage) };
        Ledgers { first, of: People::default() }
    }
}

impl Ledgers {
    fn take_score(&mut self, contact: ContactId, change: i64, score: i64, found: &mut Findings) {
        let Some(ledger) = self.of.get_mut(contact) else { return };
        let sum = ledger.told.score.saturating_add(change);
        ledger.told.score = score;
        if sum != score && !std::mem::replace(&mut ledger.is_broken, true) {
            let words = format!("had a score that changed to {} and does not come to {}", points(sum), points(score));
            found.add(Kind::WrongScore, Subject::Contact(contact), words);
        }
    }

    fn take_stage(&mut self, cx: &Context<'_>, contact: ContactId, (from, to): (i64, i64), found: &mut Findings) {
        let Some(ledger) = self.of.get_mut(contact) else { return };
        let before = std::mem::replace(&mut ledger.told.stage, to);
        if before != from && !std::mem::replace(&mut ledger.is_broken, true) {
            let words = format!("came from the stage {}, and was at {} by then", stage(cx, from), stage(cx, before));
            found.add(Kind::WrongStage, Subject::Contact(contact), words);
        }
    }
}

impl Check for Ledgers {
    fn contact(&mut self, cx: &Context<'_>, id: ContactId, contact: Option<&ContactRecord>, _: &mut Findings) {
        if let Some(contact) = contact {
            let kept = |slot| read(&cx.program.frame, &contact.frame, slot);
            let kept = (kept(cx.program.system.score), kept(cx.program.system.stage));
            self.of.push(id, Ledger { kept, told: self.first, is_broken: false });
        }
    }

    fn mark(&mut self, cx: &Context<'_>, contact: ContactId, mark: Mark, found: &mut Findings) {
        match mark {
            Mark::Score { change, score } => self.take_score(contact, change, score, found),
            Mark::Stage { from, to } => self.take_stage(cx, contact, (from, to), found),
            _ => {}
        }
    }

    fn window_over(&mut self, cx: &Context<'_>, found: &mut Findings) {
        for (contact, Ledger { kept: (score, at), told, is_broken }) in self.of.take() {
            if let Some(score) = score.filter(|score| *score != told.score && !is_broken) {
                let words = format!("has a score of {}, and the ledger comes to {}", points(score), points(told.score));
                found.add(Kind::WrongScore, Subject::Contact(contact), words);
            }
            if let Some(at) = at.filter(|at| *at != told.stage && !is_broken) {
                let words =
                    format!("is at the stage {}, and the ledger leads to {}", stage(cx, at), stage(cx, told.stage));
                found.add(Kind::WrongStage, Subject::Contact(contact), words);
            }
        }
    }
}

fn points(score: i64) -> String {
    (score as f64 / NUMBER_SCALE as f64).to_string()
}

fn stage(cx: &Context<'_>, number: i64) -> String {
    let name = usize::try_from(number).ok().and_then(|place| cx.program.stages.get(place).cloned());
    name.unwrap_or_else(|| number.to_string())
}
