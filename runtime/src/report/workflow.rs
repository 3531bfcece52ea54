//! One workflow's funnel.

use super::Totals;
use crate::engine::Report;
use crate::engine::reason::{FinishedBy, HandedTo, Ignored, Lacked, Withheld};
use crate::store::{DecisionCode, DecisionCount, HandoffCount};
use flow_ir::{FieldId, Program, StepId, Terminator, Workflow, WorkflowId};
use serde::Serialize;

/// Who takes people whom no member covers where there is no backup.
pub const NOBODY: &str = "nobody";

/// A workflow's funnel. Whoever entered is in exactly one of converted, exited, stopped, finished, handed off and live.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WorkflowReport {
    /// For people; the name where there is no other.
    pub title: String,
    /// Journeys begun; one person may have several.
    pub entered: u64,
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
    /// Waits that ended by their deadline.
    pub timed_out: u64,
    /// Journeys that met their goal.
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
    /// By who took them; [`NOBODY`] where no member covers somebody and there is no backup.
    pub handed_off: Totals,
    /// Still on their way.
    pub live: u64,
    /// In the order of the text.
    pub steps: Vec<StepReport>,
}

/// What happened at one step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// As the step is written, or its label.
    pub name: String,
    /// Of a send.
    pub sent: u64,
    /// Of a send: mails that did not leave.
    pub withheld: u64,
    /// Of a send: how often a closed window held somebody.
    pub held: u64,
    /// Of a `wait until`.
    pub timed_out: u64,
    /// Of a handoff.
    pub handed_off: u64,
    /// Of a handoff: people whom nobody took.
    #[serde(skip_serializing_if = "is_zero")]
    pub taken_by_nobody: u64,
    /// Of an `exit`.
    pub exited: u64,
    /// Who stands here at this moment.
    pub here: u64,
}

impl StepReport {
    /// Whether anything can be told of it: a step that only changes values leaves its mark in the trace of its wake.
    pub fn says_something(&self) -> bool {
        self.sent
            + self.withheld
            + self.held
            + self.timed_out
            + self.handed_off
            + self.taken_by_nobody
            + self.exited
            + self.here
            > 0
    }
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
        for count in totals.decisions.iter().filter(|count| count.workflow == Some(number)) {
            report.add(program, workflow, count);
        }
        for count in totals.positions.iter().filter(|count| count.workflow == number) {
            report.live += count.count;
            if let Some(step) = report.steps.get_mut(count.step as usize) {
                step.here += count.count;
            }
        }
        for count in handoffs.iter().filter(|count| count.workflow == number) {
            *report.handed_off.entry(count.member.clone()).or_default() += count.count;
        }
        report
    }

    fn add(&mut self, program: &Program, workflow: &Workflow, count: &DecisionCount) {
        let DecisionCount { code, step, reason, count: number, .. } = *count;
        let at = step.map_or(StepId(u32::MAX), StepId);
        let mut none = StepReport::default();
        let here = self.steps.get_mut(at.0 as usize).unwrap_or(&mut none);
        match code {
            DecisionCode::Entered => self.entered += number,
            DecisionCode::Ignored => add(&mut self.ignored, ignored_name(reason), number),
            DecisionCode::Lacked => {
                let field = step.and_then(|field| program.fields.get(FieldId(field)));
                let by_condition = Lacked::from_number(reason) == Some(Lacked::ByCondition);
                let totals = if by_condition { &mut self.unknown } else { &mut self.lacked };
                add(totals, field.map_or("unknown", |field| &field.name), number);
            }
            DecisionCode::Sent => {
                here.sent += number;
                add(&mut self.sent, email_at(program, workflow, at), number);
            }
            DecisionCode::Withheld => {
                here.withheld += number;
                add(&mut self.withheld, withheld_name(reason), number);
            }
            DecisionCode::Held => here.held += number,
            DecisionCode::TimedOut => {
                here.timed_out += number;
                self.timed_out += number;
            }
            DecisionCode::HandedOff if HandedTo::from_number(reason) == Some(HandedTo::Nobody) => {
                here.taken_by_nobody += number;
                add(&mut self.handed_off, NOBODY, number);
            }
            DecisionCode::HandedOff => here.handed_off += number,
            DecisionCode::Converted => self.converted += number,
            DecisionCode::Attributed => self.attributed += number,
            DecisionCode::ExitedWhen => {
                let told = count.workflow.and_then(|workflow| program.told(WorkflowId(workflow)));
                let exit = step.and_then(|exit| told?.exits.get(exit as usize));
                add(&mut self.exited_when, exit.map_or("unknown", |exit| &exit.text), number);
            }
            DecisionCode::Exited => {
                here.exited += number;
                self.exited_by_step += number;
            }
            DecisionCode::Stopped => {
                let by = program.workflows.get(WorkflowId(reason)).map_or("unknown", |by| &by.name);
                add(&mut self.stopped, by, number);
            }
            DecisionCode::Finished if reason == FinishedBy::Steps.number() => self.finished += number,
            // A handoff's end is counted by who took them; the rest is about mail and people, not about the funnel.
            DecisionCode::Finished
            | DecisionCode::Stepped
            | DecisionCode::Delivered
            | DecisionCode::Undelivered
            | DecisionCode::Suppressed
            | DecisionCode::Consented => {}
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn add(totals: &mut Totals, name: &str, number: u64) {
    *totals.entry(name.to_owned()).or_default() += number;
}

/// The email that a step sends.
fn email_at<'p>(program: &'p Program, workflow: &Workflow, at: StepId) -> &'p str {
    let sent = workflow.body.blocks.values().find_map(|block| match block.end {
        Terminator::Effect { step, effect, .. } if step == at => {
            program.emails.get(workflow.effects.get(effect)?.message()?)
        }
        _ => None,
    });
    sent.map_or("unknown", |email| &email.name)
}

fn ignored_name(reason: u32) -> &'static str {
    match Ignored::from_number(reason) {
        Some(Ignored::NotIdentified) => "not_identified",
        Some(Ignored::AlreadyIn) => "live",
        Some(Ignored::OnlyOnce | Ignored::TooSoon) => "reenter",
        Some(Ignored::Skipped) => "skip",
        Some(Ignored::GoalHolds) => "goal",
        Some(Ignored::ExitHolds) => "exit",
        Some(Ignored::TakenBack) => "taken_back",
        Some(Ignored::ConditionFails) => "condition",
        None => "unknown",
    }
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
        None => "unknown",
    }
}
