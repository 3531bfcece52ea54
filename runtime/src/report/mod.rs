//! What a store tells of a program's run: the funnel of each workflow, and what became of everyone and everything.
//!
//! All of it is read from totals that were kept with each commit, so it costs the same after a thousand contacts or ten million
//! (where people stand at this moment, which mail waits, and who clicked what they are not told to have opened, is counted anew).

mod workflow;

pub use workflow::{ArmReport, NOBODY, StepReport, Waiting, WorkflowReport};

use crate::engine::reason::{Consented, Suppressed, Undelivered};
use crate::engine::{self, EngineError, counter};
use crate::store::{Actor, DecisionCode, HandoffCount, Records};
use crate::time::{Instant, Zones, civil};
use chrono::NaiveDate;
use flow_ir::{FieldId, Program, Workflow};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many of each.
pub type Totals = BTreeMap<String, u64>;

/// A program's run so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunReport {
    /// From when to when; none before a run has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Who came in, and who may not be written to.
    pub people: People,
    /// What arrived.
    pub events: Events,
    /// What was not counted as a person's.
    pub clicks: Clicks,
    /// What became of mails and notices.
    pub mail: MailReport,
    /// By name.
    pub workflows: BTreeMap<String, WorkflowReport>,
}

/// The days that a store has been run for, in the zone of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// `2026-03-02`; what occurred before is history.
    pub first_day: String,
    /// The last one that has begun.
    pub last_day: String,
    /// Both of them counted.
    pub days: u64,
    /// Whose days they are: the project's.
    pub zone: String,
}

impl Period {
    fn read(program: &Program, records: &mut dyn Records) -> Result<Option<Period>, EngineError> {
        let zone = Zones::bundled().resolve(&program.timezone).unwrap_or(Zones::utc());
        let Some((from, to)) = engine::period(records)? else { return Ok(None) };
        // The end of a run is the midnight behind its last day.
        let last = Instant(to.0.saturating_sub(1)).max(from);
        let Some((first_day, last_day)) = civil::day(from, zone).zip(civil::day(last, zone)) else { return Ok(None) };
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let between = day(&first_day).zip(day(&last_day)).map_or(0, |(first, last)| (last - first).num_days());
        let days = u64::try_from(between).unwrap_or_default() + 1;
        Ok(Some(Period { first_day, last_day, days, zone: zone.name().to_owned() }))
    }
}

/// The contacts of a store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct People {
    /// Contacts, each counted once.
    pub known: u64,
    /// How often somebody lost consent or the address, by how: at an import, by an event or by a bounce. The same again is not
    /// counted; one person may be in several, and who gives consent anew and takes it back counts twice.
    pub suppressed: Totals,
    /// Addresses that came with another person's user id and were left out.
    pub addresses_left_out: u64,
    /// Contacts that proved to be somebody known: a device or an address that a user brought along. They are not counted in `known`.
    pub same_person: u64,
    /// How often somebody gave consent again.
    pub consented: u64,
    /// How often whoever a workflow had suppressed came back, as the policy says.
    #[serde(skip_serializing_if = "workflow::is_zero")]
    pub came_back: u64,
    /// How many have said that they want marketing mail, of whom nobody knew it before; where the policy asks for that.
    #[serde(skip_serializing_if = "workflow::is_zero")]
    pub granted: u64,
    /// How often somebody asked for mail who has to confirm it, about a topic or all of it.
    #[serde(skip_serializing_if = "workflow::is_zero")]
    pub asked_to_confirm: u64,
    /// How often somebody wanted no mail about a topic any more, by its name.
    #[serde(skip_serializing_if = "Totals::is_empty")]
    pub unsubscribed_from: Totals,
    /// How often somebody wanted it who had not before.
    #[serde(skip_serializing_if = "Totals::is_empty")]
    pub subscribed_to: Totals,
    /// How often somebody wanted mail to another address than theirs, or to one that was not known to be theirs by then; it counts for nobody.
    #[serde(skip_serializing_if = "workflow::is_zero")]
    pub yes_for_another_address: u64,
    /// People whose zone is unknown; they live in the project's.
    pub unknown_zones: u64,
}

/// The events of a store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Events {
    /// Taken, each once.
    pub kept: u64,
    /// Arrived before under the same message id, and changed nothing (E3).
    pub repeated: u64,
    /// Of those kept: of a name that the program does not declare.
    pub undeclared: u64,
    /// Of those, what sounds like a refusal, by name: it has no effect, and whoever meant one goes on getting mail.
    pub unknown_refusals: Totals,
    /// Of those kept: from before the store began, so that they let nobody in.
    pub history: u64,
    /// Of those kept: answers of a team that are about no handoff, or say again what was said of it.
    #[serde(skip_serializing_if = "workflow::is_zero")]
    pub answers_to_no_handoff: u64,
}

/// Clicks that count for nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Clicks {
    /// Too soon after the send to be a person's.
    pub machine: u64,
    /// Of a mail that no journey had sent by then.
    pub without_send: u64,
    /// Of a mail that no email of the project is called, or of none.
    pub unknown_email: u64,
}

/// What left the outbox, to contacts and to teams.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MailReport {
    /// The mail server, or the folder, took it.
    pub sent: u64,
    /// Of those sent, notices to teams.
    pub notices: u64,
    /// Refused, given up or never written.
    pub undelivered: u64,
    /// Of those undelivered, by reason.
    pub undelivered_because: Totals,
    /// In the outbox, for a first attempt or another one.
    pub waiting: u64,
    /// Attempts that failed and were, or will be, repeated.
    pub retries: u64,
}

/// How things stand, from a few counters: it costs the same however long a store has been run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Pulse {
    /// Journeys on their way.
    pub in_workflows: u64,
    /// Mails that have left, notices to teams not counted.
    pub sent: u64,
    /// Mails and notices that are still to leave.
    pub waiting: u64,
}

impl Pulse {
    /// As of the last commit.
    pub fn read(records: &mut dyn Records) -> Result<Pulse, EngineError> {
        let counters = records.counters()?;
        let of = |name: &str| {
            let found = counters.iter().find(|(counted, _)| counted == name);
            found.map_or(0, |(_, total)| total.unsigned_abs())
        };
        Ok(Pulse {
            in_workflows: of(counter::JOURNEYS_BEGUN).saturating_sub(of(counter::JOURNEYS_ENDED)),
            sent: of(counter::MAILS_SENT),
            waiting: records.unsettled_count()?,
        })
    }
}

impl RunReport {
    /// Reads the totals of a store.
    pub fn read(program: &Program, records: &mut dyn Records) -> Result<RunReport, EngineError> {
        let totals = engine::Report::read(records)?;
        let handoffs: Vec<HandoffCount> = records.handoff_counts()?;
        let waiting = records.unsettled_count()?;
        let unopened = records.clicked_unopened()?;
        let actors = records.actors()?;
        let counted = |name: &str| totals.counter(name).unsigned_abs();
        let mut workflows = BTreeMap::new();
        for (number, workflow) in (0u32..).zip(program.workflows.values()) {
            let mut report = WorkflowReport::of(program, number, workflow, &totals, &handoffs);
            unopened.iter().filter(|of| of.workflow == number).for_each(|of| report.add_unopened(program, of));
            let waiting = who_waits(program, workflow, &actors)?;
            workflows.insert(workflow.name.clone(), WorkflowReport { waiting, ..report });
        }
        Ok(RunReport {
            period: Period::read(program, records)?,
            people: People {
                known: counted(counter::CONTACTS).saturating_sub(counted(counter::JOINED)),
                suppressed: suppressed(&totals),
                addresses_left_out: counted(counter::ADDRESSES_LEFT_OUT),
                same_person: counted(counter::JOINED),
                consented: (totals.decided(None, DecisionCode::Consented))
                    .saturating_sub(granted(&totals) + came_back(&totals)),
                came_back: came_back(&totals),
                granted: granted(&totals),
                asked_to_confirm: totals.decided(None, DecisionCode::AskedToConfirm),
                unsubscribed_from: of_topics(program, &totals, DecisionCode::UnsubscribedFrom),
                subscribed_to: of_topics(program, &totals, DecisionCode::SubscribedTo),
                yes_for_another_address: counted(counter::YES_FOR_ANOTHER_ADDRESS),
                unknown_zones: counted(counter::UNKNOWN_ZONES),
            },
            events: Events {
                kept: counted(counter::EVENTS),
                repeated: counted(counter::REPEATS),
                undeclared: counted(counter::UNKNOWN_EVENTS),
                unknown_refusals: unknown_refusals(&totals),
                history: counted(counter::HISTORY_EVENTS),
                answers_to_no_handoff: counted(counter::ANSWERS_TO_NO_HANDOFF),
            },
            clicks: Clicks {
                machine: counted(counter::MACHINE_CLICKS),
                without_send: counted(counter::CLICKS_WITHOUT_A_SEND),
                unknown_email: counted(counter::CLICKS_OF_UNKNOWN_EMAILS),
            },
            mail: MailReport {
                sent: totals.decided(None, DecisionCode::Sent) + totals.decided(None, DecisionCode::Delivered),
                notices: totals.decided(None, DecisionCode::Delivered),
                undelivered: totals.decided(None, DecisionCode::Undelivered),
                undelivered_because: undelivered(&totals),
                waiting,
                retries: counted(counter::RETRIES),
            },
            workflows,
        })
    }
}

/// Who waits for their turn in a workflow.
fn who_waits(
    program: &Program,
    workflow: &Workflow,
    actors: &BTreeMap<Actor, Vec<u8>>,
) -> Result<Option<Waiting>, EngineError> {
    if workflow.turn.is_none() {
        return Ok(None);
    }
    let zone = Zones::bundled().resolve(&program.timezone).unwrap_or(Zones::utc());
    let waiting = engine::rate::waiting(actors, &workflow.name)?;
    Ok(waiting.map(|(people, last)| Waiting { people, last_turn: civil::words(last, zone).unwrap_or_default() }))
}

fn unknown_refusals(totals: &engine::Report) -> Totals {
    let found = totals.counters.iter().filter_map(|(counter, total)| Some((engine::name_in(counter)?, total)));
    found.map(|(name, total)| (name.to_owned(), total.unsigned_abs())).collect()
}

fn undelivered(totals: &engine::Report) -> Totals {
    let found = totals.decisions.iter().filter(|count| count.code == DecisionCode::Undelivered);
    let mut out = Totals::new();
    for count in found {
        let name = match Undelivered::from_number(count.reason) {
            Some(Undelivered::HardBounce) => "hard_bounced",
            Some(Undelivered::Blocked) => "blocked",
            Some(Undelivered::Invalid) => "invalid",
            Some(Undelivered::OutOfRetries) => "out_of_retries",
            Some(Undelivered::Unknown) | None => "unknown",
            Some(Undelivered::NotComposed) => "not_composed",
        };
        *out.entry(name.to_owned()).or_default() += count.count;
    }
    out
}

/// How often somebody came back whom a workflow had suppressed.
fn came_back(totals: &engine::Report) -> u64 {
    let is_it = |reason: u32| reason == Consented::CameBack.number();
    let found = totals.decisions.iter().filter(|count| count.code == DecisionCode::Consented && is_it(count.reason));
    found.map(|count| count.count).sum()
}

/// How many have said yes who had said nothing before.
fn granted(totals: &engine::Report) -> u64 {
    let is_it = |reason: u32| reason == Consented::Granted.number();
    let found = totals.decisions.iter().filter(|count| count.code == DecisionCode::Consented && is_it(count.reason));
    found.map(|count| count.count).sum()
}

/// What people have said of topics, by the names of these.
fn of_topics(program: &Program, totals: &engine::Report, code: DecisionCode) -> Totals {
    let mut out = Totals::new();
    for count in totals.decisions.iter().filter(|count| count.code == code) {
        let of = |(field, name): (FieldId, &'_ str)| (Some(field.0) == count.about).then(|| name.to_owned());
        let name = program.ever_topics().find_map(of).unwrap_or_else(|| "unknown".to_owned());
        *out.entry(name).or_default() += count.count;
    }
    out
}

fn suppressed(totals: &engine::Report) -> Totals {
    let found = totals.decisions.iter().filter(|count| count.code == DecisionCode::Suppressed);
    let mut out = Totals::new();
    for count in found {
        let name = match Suppressed::from_number(count.reason) {
            Some(Suppressed::Unsubscribed) => "unsubscribed",
            Some(Suppressed::HardBounced) => "hard_bounced",
            Some(Suppressed::Complained) => "complained",
            Some(Suppressed::DoNotContact) => "do_not_contact",
            Some(Suppressed::ByWorkflow) => "suppressed_by_a_workflow",
            Some(Suppressed::Paused) => "paused",
            // One person, counted when it began.
            Some(Suppressed::ByWorkflowAgain | Suppressed::PausedAgain) => continue,
            None => "unknown",
        };
        *out.entry(name.to_owned()).or_default() += count.count;
    }
    out
}
