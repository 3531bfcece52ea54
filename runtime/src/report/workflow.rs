//! One workflow's funnel.

use super::Totals;
use crate::engine::Report;
use crate::engine::reason::{
    Answered, Converted, FinishedBy, HandedTo, HeldOut, Ignored, Lacked, Notified, PassedOn, SentWhen, Suppressed,
    Undelivered, Withheld,
};
use crate::store::{DecisionCode, DecisionCount, HandoffCount, UnopenedCount};
use flow_ir::effect::Effect;
use flow_ir::{EmailId, Ending, FieldId, Id, Program, StepId, Terminator, Workflow, WorkflowId};
use serde::Serialize;
use std::borrow::Cow;

/// Who takes people whom nobody takes.
pub const NOBODY: &str = "nobody";

/// A workflow's funnel. Every journey is in exactly one of converted, exited, stopped, finished, handed over, gave way and live
/// ([`ends`](WorkflowReport::ends)); whether its goal was met is told beside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WorkflowReport {
    /// For people; the name where there is no other.
    pub title: String,
    /// Journeys begun; one person may have several.
    pub entered: u64,
    /// By a rate: how often somebody had to wait for their turn.
    #[serde(skip_serializing_if = "is_zero")]
    pub waited: u64,
    /// Who waits for their turn at this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Entries that were not followed, by reason.
    pub ignored: Totals,
    /// By required field: how often it was lacked where an entry was not followed. Whoever lacks two is in both.
    #[serde(skip_serializing_if = "Totals::is_empty")]
    pub lacked: Totals,
    /// By field: how often it was not known where the condition beside the event asks for it and did not hold.
    #[serde(skip_serializing_if = "Totals::is_empty")]
    pub unknown: Totals,
    /// By email.
    pub sent: Totals,
    /// By reason.
    pub withheld: Totals,
    /// Journeys in which nothing is done, to compare them with the others.
    #[serde(skip_serializing_if = "is_zero")]
    pub held_out: u64,
    /// Of those, who met the goal all the same: on the way or in time after the end.
    #[serde(skip_serializing_if = "is_zero")]
    pub held_out_met: u64,
    /// Journeys in which no mail has left so far; none where several steps send mail, since nobody counts who got any of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_mail: Option<u64>,
    /// By email: journeys in which it was opened, by people or by machines that load pictures for them. Whoever followed a link has opened it.
    #[serde(skip_serializing_if = "Totals::is_empty")]
    pub opened: Totals,
    /// By email: journeys in which a person followed a link.
    #[serde(skip_serializing_if = "Totals::is_empty")]
    pub clicked: Totals,
    /// By email: journeys in which it was answered.
    #[serde(skip_serializing_if = "Totals::is_empty")]
    pub replied: Totals,
    /// Waits that ended by their deadline.
    pub timed_out: u64,
    /// Journeys that met their goal before their end, whether it was the end or not.
    pub goal_met: u64,
    /// Journeys that ended because they met their goal, or at an `exit as converted`.
    pub converted: u64,
    /// Goals met after the end, within their time.
    pub attributed: u64,
    /// By the condition as written.
    pub exited_when: Totals,
    /// By an `exit` step.
    pub exited_by_step: u64,
    /// By the workflow that stopped them.
    #[serde(skip_serializing_if = "Totals::is_empty")]
    pub stopped: Totals,
    /// Ran out of steps.
    pub finished: u64,
    /// Ended because the person proved to be somebody who was in the workflow already.
    #[serde(skip_serializing_if = "is_zero")]
    pub gave_way: u64,
    /// Ended by a handoff; one with `keep in workflow` ends nothing.
    pub handed_over: u64,
    /// Every handoff by who took it; [`NOBODY`] where nobody did.
    pub handed_off: Totals,
    /// Of those whom nobody took, why.
    #[serde(skip_serializing_if = "Totals::is_empty")]
    pub taken_by_nobody: Totals,
    /// How often a step kept all marketing from somebody until they subscribe.
    #[serde(skip_serializing_if = "is_zero")]
    pub suppressed: u64,
    /// Still on their way.
    pub live: u64,
    /// Of those, who stand still at this moment.
    #[serde(skip_serializing_if = "is_zero")]
    pub paused: u64,
    /// In the order of the text.
    pub steps: Vec<StepReport>,
}

/// What happened at one step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// As the step is written, or its label.
    pub name: String,
    /// Who came to it; none where that is not kept: a step that only changes values leaves no record, nor does an `if` around it for those
    /// who take no arm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<u64>,
    /// Of a wait: who is behind it, its deadline included.
    #[serde(skip_serializing_if = "is_zero")]
    pub went_on: u64,
    /// Who ended where they stood here: by the goal, an exit or a stop. Of a send, those alone of whose mail nothing else is counted: whose
    /// mail was kept back because their journey ended is withheld, and whose mail left all the same is sent to.
    #[serde(skip_serializing_if = "is_zero")]
    pub left: u64,
    /// Of a send: which email.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Of a send.
    pub sent: u64,
    /// Of a send: mails that did not leave.
    pub withheld: u64,
    /// How often it did nothing for somebody who is held out.
    #[serde(skip_serializing_if = "is_zero")]
    pub held_out: u64,
    /// Of those sent, after their journey had ended.
    #[serde(skip_serializing_if = "is_zero")]
    pub sent_late: u64,
    /// Of those withheld, because their journey ended first.
    #[serde(skip_serializing_if = "is_zero")]
    pub withdrawn: u64,
    /// Of a send: mails that left and were not taken. Of a handoff: notices.
    #[serde(skip_serializing_if = "is_zero")]
    pub undelivered: u64,
    /// Of a send: journeys in which its mail was opened. Whoever followed a link has opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<u64>,
    /// Of those opened, by whom no open was told: their mail program loads no pictures, and they followed a link.
    #[serde(skip_serializing_if = "is_zero")]
    pub opened_by_click: u64,
    /// Of a send: journeys in which a person followed a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicked: Option<u64>,
    /// Of a send: people who took their consent back, and its mail was the last before or the one they named.
    pub unsubscribed: u64,
    /// Of a send: people whose mail was taken and came back. Whose address was refused at once is undelivered.
    pub bounced: u64,
    /// How many of the undelivered were addresses that take no mail.
    #[serde(skip)]
    refused: u64,
    /// Of a send: people who called its mail spam.
    pub complained: u64,
    /// Of a send: how often a closed window held somebody.
    pub held: u64,
    /// Of a `wait until`.
    pub timed_out: u64,
    /// Of a handoff.
    pub handed_off: u64,
    /// Of a handoff: people whom nobody took.
    #[serde(skip_serializing_if = "is_zero")]
    pub taken_by_nobody: u64,
    /// Of a handoff: people whom nobody took in time, and who went to the backup.
    #[serde(skip_serializing_if = "is_zero")]
    pub passed_on: u64,
    /// Of a handoff: what the team said of them.
    #[serde(skip_serializing_if = "Answers::is_none")]
    pub answers: Answers,
    /// Of a `suppress`.
    #[serde(skip_serializing_if = "is_zero")]
    pub suppressed: u64,
    /// Of a `notify`: how often somebody was told.
    #[serde(skip_serializing_if = "is_zero")]
    pub notified: u64,
    /// Of a `notify`: how often there was nobody to tell.
    #[serde(skip_serializing_if = "is_zero")]
    pub notified_nobody: u64,
    /// Of an `exit`.
    pub exited: u64,
    /// Of an `if`, or of a wait with an `otherwise`: who took which arm, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arms: Vec<ArmReport>,
    /// Who stands here at this moment.
    pub here: u64,
}

/// How often a team said something of those who were handed to it, each counted once a handoff.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// That somebody works on it.
    pub taken: u64,
    /// That nobody will.
    pub refused: u64,
    /// That what was to be done has been done.
    pub done: u64,
}

impl Answers {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, reason: u32, number: u64) {
        match Answered::from_number(reason) {
            Some(Answered::Taken) => self.taken += number,
            Some(Answered::Refused) => self.refused += number,
            Some(Answered::Done) => self.done += number,
            None => {}
        }
    }
}

/// Those who wait for their turn in a workflow that takes in so many an hour or a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// How many they are.
    pub people: u64,
    /// When the last one's turn comes, in the zone of the project.
    pub last_turn: String,
}

/// One of the ways on from an `if`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArmReport {
    /// As it is written: `if clicked`, `else`. Without a name it counts those of whom nothing held, where there is no `else`.
    pub name: String,
    /// Who took it.
    pub taken: u64,
}

/// What happens at a step, as far as its numbers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Wait,
    Effect,
    End,
    Values,
}

impl WorkflowReport {
    pub(super) fn of(
        program: &Program,
        number: u32,
        workflow: &Workflow,
        totals: &Report,
        handoffs: &[HandoffCount],
    ) -> Self {
        let mut report = Self {
            title: program.title(WorkflowId(number)).to_owned(),
            steps: workflow
                .steps
                .values()
                .map(|step| StepReport { name: step.to_string(), ..StepReport::default() })
                .collect(),
            ..Self::default()
        };
        report.name_arms(program, WorkflowId(number), workflow);
        let forms = forms(workflow);
        for count in totals.decisions.iter().filter(|count| count.workflow == Some(number)) {
            report.add(program, workflow, count);
            report.add_to_arm(workflow, count);
            if count.code == DecisionCode::Stepped && form_at(&forms, count.step) == Some(Form::Wait) {
                report.come(count.step, count.count);
            }
        }
        for count in totals.positions.iter().filter(|count| count.workflow == number) {
            report.live += count.count;
            report.paused += if count.status.is_paused() { count.count } else { 0 };
            if let Some(step) = report.steps.get_mut(count.step as usize) {
                step.here += count.count;
            }
        }
        report.add_up(program, workflow, &forms);
        report.without_mail = report.without_mail().filter(|_| !sends_again(workflow));
        for count in handoffs.iter().filter(|count| count.workflow == number) {
            *report.handed_off.entry(count.member.clone()).or_default() += count.count;
        }
        report
    }

    /// Takes in who followed a link and is not told to have opened the mail.
    pub(super) fn add_unopened(&mut self, program: &Program, unopened: &UnopenedCount) {
        let UnopenedCount { step, email, count, .. } = *unopened;
        add(&mut self.opened, email_name(program, Some(email)), count);
        if let Some(step) = self.steps.get_mut(step as usize) {
            *step.opened.get_or_insert(0) += count;
            step.opened_by_click += count;
        }
    }

    /// Journeys that have ended, each counted once: with those that are still in, as many as entered.
    pub fn ends(&self) -> u64 {
        let by_name = [&self.exited_when, &self.stopped].into_iter().flat_map(Totals::values);
        let by_number = [self.converted, self.exited_by_step, self.finished, self.handed_over, self.gave_way];
        by_number.iter().sum::<u64>() + by_name.sum::<u64>()
    }

    /// A step sends once in a journey, so where one step sends, as many have got mail as it has sent.
    fn without_mail(&self) -> Option<u64> {
        let mut sending = self.steps.iter().filter(|step| step.email.is_some());
        let only = sending.next().filter(|_| sending.next().is_none())?;
        (self.sent.values().sum::<u64>() == only.sent).then(|| self.entered.saturating_sub(only.sent))
    }

    fn name_arms(&mut self, program: &Program, id: WorkflowId, workflow: &Workflow) {
        let told = program.told(id);
        for (place, step) in workflow.arms.iter().enumerate() {
            let name = told.and_then(|told| told.arms.get(place)).map_or("?", |arm| &arm.text).to_owned();
            if let Some(step) = self.steps.get_mut(step.index()) {
                step.arms.push(ArmReport { name, taken: 0 });
            }
        }
    }

    fn add_to_arm(&mut self, workflow: &Workflow, count: &DecisionCount) {
        let DecisionCount { code: DecisionCode::Ran, about: Some(arm), count, .. } = *count else { return };
        let arm = arm as usize;
        let Some(step) = workflow.arms.get(arm) else { return };
        // The arms of a step are told in their order; those of other steps may lie between them.
        let nth = workflow.arms.iter().take(arm).filter(|other| *other == step).count();
        if let Some(arm) = self.steps.get_mut(step.index()).and_then(|step| step.arms.get_mut(nth)) {
            arm.taken += count;
        }
    }

    fn come(&mut self, step: Option<u32>, number: u64) {
        if let Some(step) = step.and_then(|step| self.steps.get_mut(step as usize)) {
            *step.came.get_or_insert(0) += number;
        }
    }

    fn leave(&mut self, step: Option<u32>, number: u64) {
        if let Some(step) = step.and_then(|step| self.steps.get_mut(step as usize)) {
            step.left += number;
        }
    }

    /// What follows from the numbers of each step.
    fn add_up(&mut self, program: &Program, workflow: &Workflow, forms: &[Form]) {
        for (place, (step, form)) in self.steps.iter_mut().zip(forms).enumerate() {
            match form {
                Form::Wait => {
                    let came = *step.came.get_or_insert(0);
                    step.went_on = came.saturating_sub(step.here + step.left);
                }
                Form::Effect => {
                    if let Some(email) = sent_at(program, workflow, StepId(place as u32)) {
                        step.email = Some(email.to_owned());
                        // Whose journey ended here before their mail had an outcome is counted by that.
                        step.left = step.left.saturating_sub(step.withdrawn + step.sent_late);
                        let outcomes = step.sent + step.withheld + step.held_out + step.undelivered;
                        step.came = Some(outcomes + step.left + step.here);
                        step.bounced = step.bounced.saturating_sub(step.refused);
                        step.opened.get_or_insert(0);
                        step.clicked.get_or_insert(0);
                    } else if hands_off(workflow, StepId(place as u32)) {
                        step.came = Some(step.handed_off + step.taken_by_nobody + step.held_out + step.left);
                    } else if notifies(workflow, StepId(place as u32)) {
                        step.came = Some(step.notified + step.notified_nobody + step.held_out + step.left);
                    } else if suppresses(workflow, StepId(place as u32)) {
                        step.came = Some(step.suppressed + step.held_out);
                    }
                }
                Form::End => {
                    // Whoever left at an exit that converts did so by it.
                    step.exited += std::mem::take(&mut step.left);
                    step.came = Some(step.exited);
                }
                Form::Values => {}
            }
        }
    }

    fn add(&mut self, program: &Program, workflow: &Workflow, count: &DecisionCount) {
        let DecisionCount { code, step, about, reason, count: number, .. } = *count;
        let at = step.map_or(StepId(u32::MAX), StepId);
        let mut none = StepReport::default();
        let here = self.steps.get_mut(at.0 as usize).unwrap_or(&mut none);
        match code {
            DecisionCode::Entered => self.entered += number,
            DecisionCode::Ignored => add(&mut self.ignored, ignored_name(reason), number),
            DecisionCode::Lacked => {
                let field = about.and_then(|field| program.fields.get(FieldId(field)));
                let by_condition = Lacked::from_number(reason) == Some(Lacked::ByCondition);
                let totals = if by_condition { &mut self.unknown } else { &mut self.lacked };
                let name = field.map_or("unknown".into(), flow_ir::Field::written);
                add(totals, &name, number);
            }
            DecisionCode::Sent => {
                here.sent += number;
                here.sent_late += if SentWhen::from_number(reason).is_some() { number } else { 0 };
                add(&mut self.sent, email_at(program, workflow, at), number);
            }
            DecisionCode::Withheld => {
                here.withheld += number;
                if Withheld::from_number(reason) == Some(Withheld::JourneyEnded) {
                    here.withdrawn += number;
                }
                add(&mut self.withheld, &withheld_as(program, reason, about), number);
            }
            DecisionCode::HeldOut if step.is_some() => here.held_out += number,
            DecisionCode::HeldOut if HeldOut::from_number(reason) == Some(HeldOut::GoalMet) => {
                self.held_out_met += number
            }
            DecisionCode::HeldOut => self.held_out += number,
            // Who waits for their turn stands at no step yet.
            DecisionCode::Held if step.is_none() => self.waited += number,
            DecisionCode::Held => here.held += number,
            DecisionCode::TimedOut => {
                here.timed_out += number;
                self.timed_out += number;
            }
            DecisionCode::HandedOff if is_nobody(reason) => {
                here.taken_by_nobody += number;
                add(&mut self.handed_off, NOBODY, number);
                add(&mut self.taken_by_nobody, nobody_name(reason), number);
            }
            DecisionCode::HandedOff => here.handed_off += number,
            DecisionCode::PassedOn if reason == PassedOn::Backup.number() => here.passed_on += number,
            DecisionCode::Answered => here.answers.add(reason, number),
            DecisionCode::Notified if told_nobody(reason) => here.notified_nobody += number,
            DecisionCode::Notified => here.notified += number,
            DecisionCode::GoalMet => self.goal_met += number,
            DecisionCode::Converted => {
                self.converted += number;
                if Converted::from_number(reason) != Some(Converted::GoalMetBefore) {
                    self.goal_met += number;
                }
                self.leave(step, number);
            }
            DecisionCode::Attributed => self.attributed += number,
            DecisionCode::ExitedWhen => {
                let told = count.workflow.and_then(|workflow| program.told(WorkflowId(workflow)));
                let exit = about.and_then(|exit| told?.exits.get(exit as usize));
                add(&mut self.exited_when, exit.map_or("unknown", |exit| &exit.text), number);
                self.leave(step, number);
            }
            DecisionCode::Exited => {
                here.exited += number;
                self.exited_by_step += number;
            }
            DecisionCode::Stopped => {
                let by = about.and_then(|by| program.workflows.get(WorkflowId(by)));
                let by = by.map_or("unknown", |by| &by.name);
                add(&mut self.stopped, by, number);
                self.leave(step, number);
            }
            DecisionCode::GaveWay => {
                self.gave_way += number;
                self.leave(step, number);
            }
            DecisionCode::Undelivered => {
                here.undelivered += number;
                if Undelivered::from_number(reason) == Some(Undelivered::HardBounce) {
                    here.refused += number;
                }
            }
            // What became of the message in the end is counted.
            // Who stays with whoever does not answer is in `decision_view`.
            DecisionCode::InDoubt | DecisionCode::PassedOn => {}
            DecisionCode::Suppressed if is_by_workflow(reason) => {
                here.suppressed += number;
                self.suppressed += number;
            }
            DecisionCode::Suppressed => match Suppressed::from_number(reason) {
                Some(Suppressed::Unsubscribed) => here.unsubscribed += number,
                Some(Suppressed::HardBounced) => here.bounced += number,
                Some(Suppressed::Complained) => here.complained += number,
                _ => {}
            },
            DecisionCode::UnsubscribedFrom => here.unsubscribed += number,
            DecisionCode::Opened => {
                *here.opened.get_or_insert(0) += number;
                add(&mut self.opened, email_name(program, about), number);
            }
            DecisionCode::Clicked => {
                *here.clicked.get_or_insert(0) += number;
                add(&mut self.clicked, email_name(program, about), number);
            }
            DecisionCode::Replied => add(&mut self.replied, email_name(program, about), number),
            DecisionCode::Finished if reason != FinishedBy::Handoff.number() => self.finished += number,
            DecisionCode::Finished => self.handed_over += number,
            // About mail and people, not about the funnel.
            DecisionCode::Stepped | DecisionCode::Ran | DecisionCode::Delivered => {}
            DecisionCode::Consented | DecisionCode::SubscribedTo | DecisionCode::AskedToConfirm => {}
            // How many stand still is told of this moment.
            DecisionCode::Paused | DecisionCode::Resumed => {}
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Whether a notice went to nobody.
fn told_nobody(reason: u32) -> bool {
    Notified::from_number(reason).is_some_and(|told| !told.is_somebody())
}

fn add(totals: &mut Totals, name: &str, number: u64) {
    *totals.entry(name.to_owned()).or_default() += number;
}

/// The email that a step sends.
fn email_at<'p>(program: &'p Program, workflow: &Workflow, at: StepId) -> &'p str {
    sent_at(program, workflow, at).unwrap_or("unknown")
}

fn sent_at<'p>(program: &'p Program, workflow: &Workflow, at: StepId) -> Option<&'p str> {
    let email = workflow.effects_of_steps().find(|(step, _)| *step == at)?.1.message()?;
    Some(&program.emails.get(email)?.name)
}

/// Whether a step may send more than once in a journey.
fn sends_again(workflow: &Workflow) -> bool {
    workflow.effects.values().any(|effect| matches!(effect, Effect::Send(send) if send.again))
}

/// Whether nobody took a handoff, for whichever reason.
fn is_nobody(reason: u32) -> bool {
    HandedTo::from_number(reason).is_some_and(|to| !to.is_somebody())
}

/// Whether a step of the workflow suppressed somebody, not the person by their own act.
fn is_by_workflow(reason: u32) -> bool {
    matches!(Suppressed::from_number(reason), Some(Suppressed::ByWorkflow | Suppressed::ByWorkflowAgain))
}

fn hands_off(workflow: &Workflow, at: StepId) -> bool {
    workflow.effects_of_steps().any(|(step, effect)| step == at && matches!(effect, Effect::Handoff(_)))
}

fn notifies(workflow: &Workflow, at: StepId) -> bool {
    workflow.effects_of_steps().any(|(step, effect)| step == at && matches!(effect, Effect::Notify(_)))
}

fn suppresses(workflow: &Workflow, at: StepId) -> bool {
    workflow.effects_of_steps().any(|(step, effect)| step == at && matches!(effect, Effect::Suppress(_)))
}

fn email_name(program: &Program, number: Option<u32>) -> &str {
    number.and_then(|number| program.emails.get(EmailId(number))).map_or("unknown", |email| &email.name)
}

/// What each step is.
fn forms(workflow: &Workflow) -> Vec<Form> {
    let mut forms = vec![Form::Values; workflow.steps.len()];
    for block in workflow.body.blocks.values() {
        let (step, form) = match block.end {
            Terminator::Wait { step, .. } => (step, Form::Wait),
            Terminator::Effect { step, .. } => (step, Form::Effect),
            Terminator::Finish { step: Some(step), ending: Ending::Exited | Ending::Converted } => (step, Form::End),
            _ => continue,
        };
        if let Some(place) = forms.get_mut(step.index()) {
            *place = form;
        }
    }
    forms
}

fn form_at(forms: &[Form], step: Option<u32>) -> Option<Form> {
    forms.get(step? as usize).copied()
}

fn ignored_name(reason: u32) -> &'static str {
    match Ignored::from_number(reason) {
        Some(Ignored::NotIdentified) => "not_identified",
        Some(Ignored::AlreadyIn | Ignored::AlreadyInFor) => "live",
        Some(Ignored::OnlyOnce | Ignored::TooSoon | Ignored::OnlyOnceFor | Ignored::TooSoonFor) => "reenter",
        Some(Ignored::WithoutValue) => "no_value",
        Some(Ignored::TooManyAtOnce | Ignored::TooManyValues) => "too_many",
        Some(Ignored::AddressTooLate) => "no_address_in_time",
        Some(Ignored::Skipped) => "skip",
        Some(Ignored::GoalHolds) => "goal",
        Some(Ignored::ExitHolds) => "exit",
        Some(Ignored::TakenBack) => "taken_back",
        Some(Ignored::ConditionFails) => "condition",
        Some(Ignored::Waiting) => "waiting",
        Some(Ignored::OwnSteps) => "own_steps",
        Some(Ignored::Gone) => "gone",
        Some(Ignored::Remembered) => "comes_again",
        Some(Ignored::KeptOut) => "kept_out",
        Some(Ignored::TestPerson) => "test_person",
        None => "unknown",
    }
}

fn nobody_name(reason: u32) -> &'static str {
    match HandedTo::from_number(reason) {
        Some(HandedTo::Nobody) => "no_member",
        Some(HandedTo::DoNotContact) => "do_not_contact",
        Some(HandedTo::NobodyFree) => "no_member_free",
        Some(HandedTo::TestPerson) => "test_person",
        Some(HandedTo::Member | HandedTo::Owner | HandedTo::StandIn | HandedTo::Backup | HandedTo::BackupOfBusy)
        | None => "unknown",
    }
}

/// Why a mail was withheld; where a cap on what is about a topic says so, with the topic.
fn withheld_as(program: &Program, reason: u32, about: Option<u32>) -> Cow<'static, str> {
    let name = withheld_name(reason);
    let topic = about.and_then(|about| program.fields.get(FieldId(about))).and_then(flow_ir::Field::topic);
    topic.map_or(Cow::Borrowed(name), |topic| Cow::Owned(format!("{name}_{topic}")))
}

fn withheld_name(reason: u32) -> &'static str {
    match Withheld::from_number(reason) {
        Some(Withheld::AlreadyReceived) => "already_sent",
        Some(Withheld::NoAddress) => "no_address",
        Some(Withheld::Unsubscribed) => "unsubscribed",
        Some(Withheld::HardBounced) => "hard_bounced",
        Some(Withheld::Complained) => "complained",
        Some(Withheld::DoNotContact) => "do_not_contact",
        Some(Withheld::Skipped) => "skip",
        Some(Withheld::JourneyEnded) => "journey_ended",
        Some(Withheld::Suppressed) => "suppressed",
        Some(Withheld::HeldTooLong) => "held_too_long",
        Some(Withheld::Paused) => "paused",
        Some(Withheld::Capped) => "capped",
        Some(Withheld::Dropped) => "dropped_by_cap",
        Some(Withheld::TooClose) => "too_close",
        Some(Withheld::NotAsked) => "not_asked",
        Some(Withheld::Pending) => "not_confirmed",
        Some(Withheld::TopicRefused) => "topic_refused",
        Some(Withheld::NotChosen) => "topic_not_chosen",
        Some(Withheld::Late) => "late",
        Some(Withheld::TestPerson) => "test_person",
        Some(Withheld::NothingToConfirm) => "nothing_to_confirm",
        Some(Withheld::CappedOfTopic) => "capped_about",
        Some(Withheld::DroppedOfTopic) => "dropped_by_cap_about",
        None => "unknown",
    }
}
