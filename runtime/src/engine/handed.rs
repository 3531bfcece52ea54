//! Whom a team has by its latest handoff, and what it says of them: which handoff an answer is about, and whether it says anything new.
//!
//! Each answer counts once of a handoff, whichever comes first, so late ones and those that come in another order lead to the same. Which one is
//! meant is asked of the frame alone.

use super::contact::Contact;
use super::counter;
use super::effects::handoff::{passed_on, today};
use super::event::is_history;
use super::host::{StepHost, key_of};
use super::plan::Plan;
use super::reason::{Answered, PassedOn};
use super::roster::print_of;
use super::touch::{Touch, later};
use crate::compose::one_line;
use crate::inbound::{Tracked, bare_address, is_alike};
use crate::store::{ContactId, DecisionCode, DecisionRecord, HandoffAnswer};
use crate::time::{Instant, Zones, civil};
use flow_ir::backend::Memory;
use flow_ir::units::HOUR_MS;
use flow_ir::{
    Answer, Area, BUSINESS_MINUTES, Effect, FOREVER, HandedSlot, HandedSlots, Handoff, LATE_BY_MS, Member, NEVER,
    Patience, StepId, TeamId, Workflow, WorkflowId,
};
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
    pub(super) fn note_handed(&mut self, memory: &mut Memory<'_>, step: StepId, handoff: &Handoff, to: &str) {
        let team = handoff.team;
        let (member, today) = (print_of(to), self.today());
        let handed = self.plan.program.teams.at(team).handed;
        self.batch.roster(team).give(member, today, handed.is_some());
        let Some(handed) = handed else { return };
        let frame = &self.plan.program.frame;
        let before = |slot| frame.read(&memory[Area::Contact], slot);
        if before(handed.at) > NEVER && is_open(before(handed.answers)) {
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
        if let Some(slot) = self.plan.program.teams.at(team).lapses {
            let lapses_at = self.lapses_at(handoff, to);
            self.plan.program.frame.write(&mut memory[Area::Contact], slot, lapses_at);
            self.written.push(slot);
        }
    }

    /// When somebody goes on to the backup who is handed to a member now; `FOREVER` where they do not, and where the backup has them already.
    fn lapses_at(&self, handoff: &Handoff, to: &str) -> i64 {
        let team = self.plan.program.teams.at(handoff.team);
        let Some(patience) = handoff.patience else { return FOREVER };
        let Some(member) = team.members.iter().find(|member| member.address == to) else { return FOREVER };
        let home = member.home.as_deref().and_then(|home| Zones::bundled().resolve(home)).unwrap_or(self.plan.zone);
        let (now, holidays) = (Instant(self.now), self.plan.holidays_of_project());
        let at = match patience {
            Patience::For(span) => return later(self.now, span, home).min(FOREVER),
            Patience::BusinessDays(days) => civil::business_days_behind(now, days.into(), holidays, home),
            Patience::BusinessHours(hours) => {
                let minutes = team.hours.unwrap_or(BUSINESS_MINUTES);
                civil::business_time_behind(now, i64::from(hours) * HOUR_MS, minutes, holidays, home)
            }
        };
        at.0.min(FOREVER)
    }
}

/// The latest handoff of somebody to a team, as their frame keeps it.
struct KeptHandoff<'p> {
    /// Under whom its step ran: they may have proved to be somebody else since.
    contact: ContactId,
    workflow: WorkflowId,
    declared: &'p Workflow,
    run: u32,
    step: StepId,
    visit: u32,
    /// Whoever has them, as a print of their address.
    member: i64,
    at: i64,
}

impl<'p> KeptHandoff<'p> {
    /// None where its workflow is known to nobody.
    fn read(plan: &'p Plan, contact: &Contact, handed: HandedSlots) -> Option<KeptHandoff<'p>> {
        let read = |slot| contact.read(plan, slot);
        let (workflow, run) = parted(read(handed.journey));
        let (step, visit) = parted(read(handed.step));
        let workflow = WorkflowId(workflow);
        Some(KeptHandoff {
            contact: ContactId(read(handed.contact).cast_unsigned()),
            workflow,
            declared: plan.program.workflows.get(workflow)?,
            run,
            step: StepId(step),
            visit,
            member: read(handed.member),
            at: read(handed.at),
        })
    }

    /// The key under which it was made.
    fn key(&self) -> String {
        key_of(self.contact, &self.declared.name, self.run, self.step.0, self.visit)
    }

    /// The run of a contact in which it was; 0 where it was another contact's, of whom the run may be another by now.
    fn own_run(&self, contact: ContactId) -> u32 {
        if self.contact == contact { self.run } else { 0 }
    }

    /// The step that made it, where it is still there.
    fn step_of(&self, team: TeamId) -> Option<&'p Handoff> {
        match self.declared.todays_effect(self.step)? {
            Effect::Handoff(handoff) if handoff.team == team => Some(handoff),
            _ => None,
        }
    }
}

/// Whether nobody has answered yet.
fn is_open(answers: i64) -> bool {
    answers & Answer::BITS == 0
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
        // Data writes names in any style, and addresses with a name beside them.
        let member = named(Answer::MEMBER).map(|member| print_of(bare_address(member).as_deref().unwrap_or(member)));
        let team = named(Answer::TEAM);
        let read = |slot| self.contact.read(self.plan, slot);
        let teams = self.plan.program.teams.iter();
        let asked = teams.filter(|(_, known)| team.is_none_or(|team| is_alike(team, &known.name)));
        let open = asked.filter_map(|(id, team)| Some((&team.name, id, team.handed?))).filter(|(_, _, handed)| {
            let at = read(handed.at);
            at > NEVER
                && !is_history(occurred_at, at, LATE_BY_MS)
                && read(handed.answers) & answer.bit() == 0
                && member.is_none_or(|member| member == read(handed.member))
        });
        let latest = open
            .max_by_key(|(name, _, handed)| (is_open(read(handed.answers)), read(handed.at), Reverse((*name).clone())));
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
        let Some(kept) = KeptHandoff::read(plan, self.contact, handed) else { return false };
        let before = self.contact.read(plan, handed.answers);
        if is_open(before) {
            self.batch.roster(team).close(kept.member);
        }
        self.contact.write(plan, handed.answers, before | answer.bit());
        if let Some(slot) = plan.program.teams.at(team).lapses {
            self.contact.write(plan, slot, FOREVER);
        }
        let key = if before & HandedSlots::PASSED_ON == 0 { kept.key() } else { passed_on(&kept.key()) };
        self.batch.changes.answers.push(HandoffAnswer { key, answer, reason, at: occurred_at });
        let decision = self.about_run(kept.workflow, kept.own_run(self.contact.id), DecisionCode::Answered);
        self.batch.decide(DecisionRecord {
            step: Some(kept.step.0),
            reason: Answered::of(answer).number(),
            ..decision
        });
        true
    }

    /// Whoever is not answered in time goes on to the backup.
    pub(super) fn judge_lapses(&mut self, due: bool) {
        let plan: &Plan = self.plan;
        if !due {
            return;
        }
        let places: Vec<usize> = self.contact.pending.lapses().collect();
        for (team, slot) in places.into_iter().filter_map(|place| plan.lapsing.get(place).copied()) {
            if self.contact.read(plan, slot) <= self.now {
                self.contact.write(plan, slot, FOREVER);
                self.lapse(team);
            }
        }
    }

    /// The first instant at which somebody goes on to the backup. It may be now: then it is their own, behind whatever arrives.
    pub(super) fn next_lapse(&self) -> i64 {
        let slots = self.contact.pending.lapses().filter_map(|place| self.plan.lapsing.get(place));
        slots.map(|(_, slot)| self.contact.read(self.plan, *slot)).min().unwrap_or(FOREVER)
    }

    fn lapse(&mut self, team: TeamId) {
        let plan = self.plan;
        let Some(handed) = plan.program.teams.at(team).handed else { return };
        let Some(kept) = KeptHandoff::read(plan, self.contact, handed) else { return };
        let handoff = kept.step_of(team);
        let backup = handoff.and_then(|handoff| handoff.backup.as_ref());
        let backup = backup.or(plan.program.teams.at(team).backup.as_ref());
        let backup = backup.filter(|backup| print_of(backup) != kept.member);
        let reason = match backup {
            _ if plan.is_test_person(&self.contact.frame) => PassedOn::TestPerson,
            _ if self.contact.is(plan, plan.program.system.do_not_contact) => PassedOn::DoNotContact,
            Some(_) => PassedOn::Backup,
            None => PassedOn::Nobody,
        };
        if let (Some(backup), PassedOn::Backup) = (backup, reason) {
            self.give_to_backup(team, &kept, handoff, backup);
            let today = self.today();
            let roster = self.batch.roster(team);
            roster.close(kept.member);
            roster.give(print_of(backup), today, true);
            self.contact.write(plan, handed.member, print_of(backup));
            let answers = self.contact.read(plan, handed.answers) | HandedSlots::PASSED_ON;
            self.contact.write(plan, handed.answers, answers);
        }
        let decision = self.about_run(kept.workflow, kept.own_run(self.contact.id), DecisionCode::PassedOn);
        self.batch.decide(DecisionRecord { step: Some(kept.step.0), reason: reason.number(), ..decision });
    }

    /// Tells the backup what the handoff asks for.
    fn give_to_backup(&mut self, team: TeamId, kept: &KeptHandoff<'_>, handoff: Option<&Handoff>, backup: &str) {
        let plan = self.plan;
        let run = kept.own_run(self.contact.id);
        // What let them in is told as long as nothing else has let them in since.
        let handoff = handoff.filter(|_| run != 0 && self.contact.runs_in(kept.workflow) == run);
        let mut members = plan.program.teams.at(team).members.iter();
        let before = members.find(|known| print_of(&known.address) == kept.member);
        let before = before.map_or("somebody who is not on the team any more", |known| known.address.as_str());
        let mut blank = plan.workflow(kept.workflow).blank.clone();
        let mut host = StepHost::new(
            (plan, self.backend),
            (&mut *self.batch, &mut *self.outbox),
            (self.contact.id, &mut self.contact.texts, self.contact.zone),
            (kept.workflow, run, kept.visit),
            self.now,
        );
        let memory = Memory::of(&mut self.contact.frame, &mut blank);
        host.pass_on(&memory, kept.step, (team, backup), (handoff, &kept.key()), (before, kept.at));
    }

    /// The day by the clocks of the project.
    fn today(&self) -> i32 {
        today(self.now, self.plan.zone)
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
            let is_open = |of: &Contact| of.read(plan, handed.at) > NEVER && is_open(of.read(plan, handed.answers));
            let goes =
                if other.read(plan, handed.at) > self.contact.read(plan, handed.at) { &*self.contact } else { other };
            if is_open(goes) {
                self.batch.roster(team).close(goes.read(plan, handed.member));
            }
            if other.read(plan, handed.at) > self.contact.read(plan, handed.at) {
                let lapses = plan.program.teams.at(team).lapses;
                for slot in handed.each().map(|(_, slot)| slot).into_iter().chain(lapses) {
                    self.contact.write(plan, slot, other.read(plan, slot));
                }
            }
        }
    }
}
