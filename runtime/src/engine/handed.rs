//! Whom a team has by its latest handoff, and what it says of them: which handoff an answer is about, and whether it says anything new.
//!
//! Each answer counts once of a handoff, whichever comes first, so late ones and those that come in another order lead to the same. Which one is
//! meant is asked of the frame alone.

use super::contact::Contact;
use super::counter;
use super::event::is_history;
use super::host::{StepHost, key_of};
use super::reason::Answered;
use super::touch::Touch;
use crate::compose::one_line;
use crate::inbound::Tracked;
use crate::print::lasting;
use crate::store::{ContactId, DecisionCode, DecisionRecord, HandoffAnswer};
use flow_ir::backend::Memory;
use flow_ir::{Answer, Area, HandedSlot, HandedSlots, NEVER, StepId, TeamId, WorkflowId};
use std::cmp::Reverse;

/// How much is kept of why somebody was refused.
const MAX_REASON_CHARS: usize = 300;

/// Two numbers in a slot.
fn joined(upper: u32, lower: u32) -> i64 {
    (u64::from(upper) << 32 | u64::from(lower)).cast_signed()
}

/// The same again.
fn parted(both: i64) -> (u32, u32) {
    let both = both.cast_unsigned();
    ((both >> 32) as u32, both as u32)
}

/// What an address is known by in a frame, however it is written.
fn print_of(address: &str) -> i64 {
    lasting(address.trim().to_lowercase().bytes()).cast_signed()
}

impl StepHost<'_> {
    /// Keeps who has been handed to a team by this step, so that an answer finds it. What was kept of an earlier handoff to it is over.
    pub(super) fn note_handed(&mut self, memory: &mut Memory<'_>, step: StepId, team: TeamId, to: &str) {
        let Some(handed) = self.plan.program.teams.at(team).handed else { return };
        for (kept, slot) in handed.each() {
            let value = match kept {
                HandedSlot::At => self.now,
                HandedSlot::Contact => self.contact.0.cast_signed(),
                HandedSlot::Journey => joined(self.workflow.0, self.run),
                HandedSlot::Step => joined(step.0, self.visit),
                HandedSlot::Member => print_of(to),
                HandedSlot::Answers => 0,
            };
            self.plan.program.frame.write(&mut memory[Area::Contact], slot, value);
            self.written.push(slot);
        }
    }
}

impl Touch<'_> {
    /// Takes in what a team says of the contact. False where it is about no handoff, or was said of it before: nothing else may come of it then. What
    /// occurred before the store began is history, and about handoffs that nobody here knows.
    pub(super) fn track_answer(&mut self, answer: Answer, told: &Tracked, occurred_at: i64) -> bool {
        if occurred_at < self.batch.first_day() {
            return true;
        }
        let answered = self.handed_by(answer, told, occurred_at).is_some_and(|handed| {
            let reason = told.text(Answer::REASON).map(one_line).unwrap_or_default();
            self.answer(answer, handed, reason.chars().take(MAX_REASON_CHARS).collect(), occurred_at)
        });
        if !answered {
            self.batch.count(counter::ANSWERS_TO_NO_HANDOFF);
        }
        answered
    }

    /// The handoff that an answer is about: of those to the team or the member that it names the latest that nobody has answered, else the latest of
    /// which this has not been said. One that was made more than an hour after it can be none.
    fn handed_by(&self, answer: Answer, told: &Tracked, occurred_at: i64) -> Option<HandedSlots> {
        let named = |property| told.text(property).map(str::trim).filter(|name| !name.is_empty());
        let (team, member) = (named(Answer::TEAM), named(Answer::MEMBER).map(print_of));
        let read = |slot| self.contact.read(self.plan, slot);
        let teams = self.plan.program.teams.values();
        let asked = teams.filter(|known| team.is_none_or(|team| team.to_lowercase() == known.name.to_lowercase()));
        let open = asked.filter_map(|team| Some((&team.name, team.handed?))).filter(|(_, handed)| {
            let at = read(handed.at);
            at > NEVER
                && !is_history(occurred_at, at)
                && read(handed.answers) & answer.bit() == 0
                && member.is_none_or(|member| member == read(handed.member))
        });
        let latest =
            open.max_by_key(|(name, handed)| (read(handed.answers) == 0, read(handed.at), Reverse((*name).clone())));
        latest.map(|(_, handed)| handed)
    }

    fn answer(&mut self, answer: Answer, handed: HandedSlots, reason: String, occurred_at: i64) -> bool {
        let plan = self.plan;
        let read = |slot| self.contact.read(plan, slot);
        let (workflow, run) = parted(read(handed.journey));
        let (step, visit) = parted(read(handed.step));
        let contact = ContactId(read(handed.contact).cast_unsigned());
        let answers = read(handed.answers) | answer.bit();
        let Some(declared) = plan.program.workflows.get(WorkflowId(workflow)) else { return false };
        self.contact.write(plan, handed.answers, answers);
        let key = key_of(contact, &declared.name, run, step, visit);
        self.batch.changes.answers.push(HandoffAnswer { key, answer, reason, at: occurred_at });
        // Of whoever they were then the run may be another by now.
        let run = if contact == self.contact.id { run } else { 0 };
        let decision = self.about_run(WorkflowId(workflow), run, DecisionCode::Answered);
        self.batch.decide(DecisionRecord { step: Some(step), reason: Answered::of(answer).number(), ..decision });
        true
    }

    /// Of two handoffs to one team, of two who prove to be one, the later is kept.
    pub(super) fn join_handed(&mut self, other: &Contact) {
        let plan = self.plan;
        for handed in plan.program.teams.values().filter_map(|team| team.handed) {
            if other.read(plan, handed.at) > self.contact.read(plan, handed.at) {
                for (_, slot) in handed.each() {
                    self.contact.write(plan, slot, other.read(plan, slot));
                }
            }
        }
    }
}
