//! Whom a team has by its latest handoff, and what it says of them: which handoff an answer is about, and whether it says anything new.
//!
//! Each answer counts once of a handoff, whichever comes first, so late ones and those that come in another order lead to the same. Which one is
//! meant is asked of the frame alone.

use super::contact::Contact;
use super::counter;
use super::event::is_history;
use super::host::{StepHost, key_of};
use super::reason::Answered;
use super::roster::print_of;
use super::touch::Touch;
use crate::compose::one_line;
use crate::inbound::Tracked;
use crate::store::{ContactId, DecisionCode, DecisionRecord, HandoffAnswer};
use flow_ir::backend::Memory;
use flow_ir::{Answer, Area, HandedSlot, HandedSlots, Member, NEVER, StepId, TeamId, WorkflowId};
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

impl<'e> StepHost<'e> {
    /// The member of a team whose the contact is since their turn came, if they are on it still.
    pub(super) fn owner_in(&self, memory: &Memory<'_>, team: TeamId) -> Option<&'e Member> {
        let team = self.plan.program.teams.at(team);
        let owner = self.plan.program.frame.read(&memory[Area::Contact], team.owner?);
        team.members.iter().find(|member| print_of(&member.address) == owner)
    }

    /// Whose turn it was has the contact from now on.
    pub(super) fn note_owner(&mut self, memory: &mut Memory<'_>, team: TeamId, to: &str) {
        if let Some(slot) = self.plan.program.teams.at(team).owner {
            self.plan.program.frame.write(&mut memory[Area::Contact], slot, print_of(to));
            self.written.push(slot);
        }
    }

    /// Keeps who has been handed to a team by this step, so that an answer finds it. What was kept of an earlier handoff to it is over.
    pub(super) fn note_handed(&mut self, memory: &mut Memory<'_>, step: StepId, team: TeamId, to: &str) {
        let (member, today) = (print_of(to), self.today());
        let handed = self.plan.program.teams.at(team).handed;
        self.batch.roster(team).give(member, today, handed.is_some());
        let Some(handed) = handed else { return };
        let frame = &self.plan.program.frame;
        let before = |slot| frame.read(&memory[Area::Contact], slot);
        if before(handed.at) > NEVER && before(handed.answers) == 0 {
            self.batch.roster(team).close(before(handed.member));
        }
        for (kept, slot) in handed.each() {
            let value = match kept {
                HandedSlot::At => self.now,
                HandedSlot::Contact => self.contact.0.cast_signed(),
                HandedSlot::Journey => joined(self.workflow.0, self.run),
                HandedSlot::Step => joined(step.0, self.visit),
                HandedSlot::Member => member,
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
        let answered = self.handed_by(answer, told, occurred_at).is_some_and(|(team, handed)| {
            let reason = told.text(Answer::REASON).map(one_line).unwrap_or_default();
            self.answer(answer, (team, handed), reason.chars().take(MAX_REASON_CHARS).collect(), occurred_at)
        });
        if !answered {
            self.batch.count(counter::ANSWERS_TO_NO_HANDOFF);
        }
        answered
    }

    /// The handoff that an answer is about: of those to the team or the member that it names the latest that nobody has answered, else the latest of
    /// which this has not been said. One that was made more than an hour after it can be none.
    fn handed_by(&self, answer: Answer, told: &Tracked, occurred_at: i64) -> Option<(TeamId, HandedSlots)> {
        let named = |property| told.text(property).map(str::trim).filter(|name| !name.is_empty());
        let (team, member) = (named(Answer::TEAM), named(Answer::MEMBER).map(print_of));
        let read = |slot| self.contact.read(self.plan, slot);
        let teams = self.plan.program.teams.iter();
        let asked = teams.filter(|(_, known)| team.is_none_or(|team| team.to_lowercase() == known.name.to_lowercase()));
        let open = asked.filter_map(|(id, team)| Some((&team.name, id, team.handed?))).filter(|(_, _, handed)| {
            let at = read(handed.at);
            at > NEVER
                && !is_history(occurred_at, at)
                && read(handed.answers) & answer.bit() == 0
                && member.is_none_or(|member| member == read(handed.member))
        });
        let latest =
            open.max_by_key(|(name, _, handed)| (read(handed.answers) == 0, read(handed.at), Reverse((*name).clone())));
        latest.map(|(_, team, handed)| (team, handed))
    }

    fn answer(
        &mut self,
        answer: Answer,
        (team, handed): (TeamId, HandedSlots),
        reason: String,
        occurred_at: i64,
    ) -> bool {
        let plan = self.plan;
        let read = |slot| self.contact.read(plan, slot);
        let (workflow, run) = parted(read(handed.journey));
        let (step, visit) = parted(read(handed.step));
        let contact = ContactId(read(handed.contact).cast_unsigned());
        let answers = read(handed.answers) | answer.bit();
        let Some(declared) = plan.program.workflows.get(WorkflowId(workflow)) else { return false };
        if read(handed.answers) == 0 {
            self.batch.roster(team).close(read(handed.member));
        }
        self.contact.write(plan, handed.answers, answers);
        let key = key_of(contact, &declared.name, run, step, visit);
        self.batch.changes.answers.push(HandoffAnswer { key, answer, reason, at: occurred_at });
        // Of whoever they were then the run may be another by now.
        let run = if contact == self.contact.id { run } else { 0 };
        let decision = self.about_run(WorkflowId(workflow), run, DecisionCode::Answered);
        self.batch.decide(DecisionRecord { step: Some(step), reason: Answered::of(answer).number(), ..decision });
        true
    }

    /// The owners of whoever is known for longer stay, before it is forgotten who that was.
    pub(super) fn join_owners(&mut self, other: &Contact) {
        let plan = self.plan;
        let known_since = |of: &Contact| Some(of.read(plan, plan.program.system.known_since)).filter(|at| *at > NEVER);
        let is_older = match (known_since(other), known_since(self.contact)) {
            (Some(theirs), Some(own)) => theirs < own,
            _ => false,
        };
        for slot in plan.program.teams.values().filter_map(|team| team.owner) {
            let (own, theirs) = (self.contact.read(plan, slot), other.read(plan, slot));
            if theirs != 0 && (own == 0 || is_older) {
                self.contact.write(plan, slot, theirs);
            }
        }
    }

    /// Of two handoffs to one team, of two who prove to be one, the later is kept.
    pub(super) fn join_handed(&mut self, other: &Contact) {
        let plan = self.plan;
        for (team, handed) in plan.program.teams.iter().filter_map(|(id, team)| Some((id, team.handed?))) {
            let is_open = |of: &Contact| of.read(plan, handed.at) > NEVER && of.read(plan, handed.answers) == 0;
            let goes =
                if other.read(plan, handed.at) > self.contact.read(plan, handed.at) { &*self.contact } else { other };
            if is_open(goes) {
                self.batch.roster(team).close(goes.read(plan, handed.member));
            }
            if other.read(plan, handed.at) > self.contact.read(plan, handed.at) {
                for (_, slot) in handed.each() {
                    self.contact.write(plan, slot, other.read(plan, slot));
                }
            }
        }
    }
}
