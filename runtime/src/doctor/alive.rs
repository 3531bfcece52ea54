//! E14: every live journey has exactly one reason to be alive, and whoever is due stands in the due queue.

use super::Check;
use super::context::{Context, or_found};
use super::finding::{Findings, Kind, Mend, Subject};
use super::sweep::is_live;
use crate::engine::{self, rate};
use crate::store::{ContactId, ContactRecord, JourneyRecord, JourneyStatus, Records, StoreError};
use crate::time::Instant;
use flow_ir::limits::MAX_LIVE_JOURNEYS;
use flow_ir::{Entry, FOREVER, Layout, Program, SeveralSlots, SlotId, WorkflowId};
use std::collections::BTreeMap;

/// What actors keep that people are compared with.
#[derive(Default)]
pub(super) struct Kept {
    /// How many wait for their turn in each workflow, as its rate has counted them.
    turns: BTreeMap<WorkflowId, u64>,
    /// The last version that has looked at everybody, also at whoever it left as they were.
    seen_by: u32,
}

impl Kept {
    pub(super) fn read(records: &mut dyn Records, program: &Program, found: &mut Findings) -> Result<Kept, StoreError> {
        let Some(actors) = or_found(records.actors(), "actors", found)? else { return Ok(Kept::default()) };
        let newest = program.lineage.version;
        let seen_by = engine::seen_by(&actors).ok().filter(|seen_by| *seen_by <= newest).unwrap_or_else(|| {
            let subject = Subject::Named("the version that has looked at everybody".to_owned());
            found.add(Kind::Unreadable, subject, "is not what Flow writes, and nothing starts any more");
            0
        });
        let mut turns = BTreeMap::new();
        for (id, workflow) in program.workflows.iter().filter(|(_, workflow)| workflow.turn.is_some()) {
            match rate::waiting(&actors, &workflow.name) {
                Ok(waiting) => drop(turns.insert(id, waiting.map_or(0, |(count, _)| count))),
                Err(_) => found.add(
                    Kind::Unreadable,
                    Subject::Named(format!("the rate of {}", workflow.name)),
                    "is not what Flow writes, and nobody comes in any more",
                ),
            }
        }
        Ok(Kept { turns, seen_by })
    }
}

/// Reasons to be alive, and live journeys that exclude each other.
pub(super) struct Alive {
    /// Where frames keep when a segment may change by itself, with its name.
    segments: Vec<(SlotId, String)>,
    waiting: BTreeMap<WorkflowId, u64>,
}

impl Alive {
    pub(super) fn new(program: &Program) -> Alive {
        let followed = engine::followed_segments(program);
        let segments = program.segments.values().filter(|segment| followed.contains(&segment.next_change));
        let segments = segments.map(|segment| (segment.next_change, segment.name.clone())).collect();
        Alive { segments, waiting: BTreeMap::new() }
    }
}

impl Check for Alive {
    fn contact(&mut self, cx: &Context<'_>, id: ContactId, contact: Option<&ContactRecord>, found: &mut Findings) {
        let Some(contact) = contact else { return };
        for journey in contact.kept.iter().filter(|journey| is_live(journey)) {
            examine_journey(cx, contact, journey, found);
        }
        if cx.joined.contains_key(&id) && contact.kept.iter().any(is_live) {
            found.add(
                Kind::TwoLive,
                Subject::Contact(id),
                "was joined into somebody else and has a live journey all the same",
            );
        }
        examine_beside(cx, id, contact, found);
        for entry in &contact.held {
            let words = format!("holds an entry to `{}`", cx.workflow_name(entry.workflow));
            must_be_called(contact, entry.until, &words, found);
        }
        self.examine_turns(cx, contact, found);
        examine_handed(cx, contact, found);
        examine_segments(cx, &self.segments, contact, found);
    }

    fn over(&mut self, cx: &Context<'_>, found: &mut Findings) {
        for (id, kept) in &cx.kept.turns {
            let waiting = self.waiting.get(id).copied().unwrap_or(0);
            if waiting != *kept {
                let name = cx.workflow_name(id.0);
                let words = format!("counts {kept} who wait for their turn, and {waiting} do");
                found.add(Kind::WrongCount, Subject::Named(format!("the rate of {name}")), words);
            }
        }
    }
}

impl Alive {
    fn examine_turns(&mut self, cx: &Context<'_>, contact: &ContactRecord, found: &mut Findings) {
        for (id, workflow) in cx.program.workflows.iter() {
            let at = |slot| read(&cx.program.frame, &contact.frame, slot).filter(|at| *at < FOREVER);
            if workflow.turn.as_ref().and_then(|turn| at(turn.at)).is_some() {
                *self.waiting.entry(id).or_default() += 1;
                // Turns go by a clock of their own: here it is enough that somebody looks.
                must_be_called(contact, FOREVER, &format!("waits for their turn in `{}`", workflow.name), found);
            }
            let dated = if let Entry::Dated { at, .. } = workflow.entry { Some(at) } else { None };
            // Whom a new version has not looked at yet is looked at at the next start.
            if let Some(dated_at) = dated.and_then(at) {
                must_be_called(contact, dated_at, &format!("comes into `{}` by a date", workflow.name), found);
            }
            if let Some(started_at) = workflow.started.and_then(at) {
                must_be_called(contact, started_at, &format!("is to be started in `{}`", workflow.name), found);
            }
        }
    }
}

/// Nobody lives twice in one workflow, but for several values, and then not for more than there are seats, each of which is one journey's.
fn examine_beside(cx: &Context<'_>, id: ContactId, contact: &ContactRecord, found: &mut Findings) {
    let mut live: Vec<(u32, i64)> = Vec::new();
    let mut seats: BTreeMap<(u32, i64), u32> = BTreeMap::new();
    for journey in contact.kept.iter().filter(|journey| is_live(journey)) {
        let workflow = cx.program.workflows.get(WorkflowId(journey.workflow));
        let slots = workflow.and_then(|workflow| Some((&workflow.journey, workflow.slots.several?)));
        let kept = |slot: fn(SeveralSlots) -> SlotId| {
            slots.and_then(|(layout, slots)| read(layout, &journey.memory, slot(slots))).unwrap_or_default()
        };
        live.push((journey.workflow, kept(|slots| slots.value)));
        let seat = kept(|slots| slots.seat);
        if seat != 0 {
            *seats.entry((journey.workflow, seat)).or_default() += 1;
        }
    }
    live.sort_unstable();
    for (workflow, value) in live.windows(2).filter(|pair| pair.first() == pair.last()).filter_map(<[_]>::first) {
        let for_value = if *value == 0 { "" } else { " for one value" };
        let words = format!("has two journeys that live in `{}`{for_value}", cx.workflow_name(*workflow));
        found.add(Kind::TwoLive, Subject::Contact(id), words);
    }
    for ((workflow, seat), many) in seats {
        if many > 1 || !(1..=i64::from(MAX_LIVE_JOURNEYS)).contains(&seat) {
            let words = format!(
                "has journeys in `{}` that keep what let them in where no one of them alone does",
                cx.workflow_name(workflow)
            );
            found.add(Kind::TwoLive, Subject::Contact(id), words);
        }
    }
}

/// Whoever waits for the answer of a team goes to its backup in time.
fn examine_handed(cx: &Context<'_>, contact: &ContactRecord, found: &mut Findings) {
    for team in cx.program.teams.values() {
        let lapses_at = team.lapses.and_then(|slot| read(&cx.program.frame, &contact.frame, slot));
        if let Some(at) = lapses_at.filter(|at| *at < FOREVER) {
            must_be_called(contact, at, &format!("waits for the answer of team `{}`", team.name), found);
        }
    }
}

/// Whoever comes into a segment by themselves, or leaves it, is looked at then. Whom a new version has not looked at yet is looked at at the next
/// start.
fn examine_segments(cx: &Context<'_>, segments: &[(SlotId, String)], contact: &ContactRecord, found: &mut Findings) {
    if contact.layout.max(cx.kept.seen_by) < cx.program.lineage.version {
        return;
    }
    for (slot, name) in segments {
        let changes_at = read(&cx.program.frame, &contact.frame, *slot).filter(|at| *at < FOREVER);
        if let Some(at) = changes_at {
            must_be_called(contact, at, &format!("stands as they do in the segment `{name}`"), found);
        }
    }
}

/// A slot of a frame; none where the frame is of an earlier version, which had none such.
pub(super) fn read(layout: &Layout, frame: &[u8], slot: SlotId) -> Option<i64> {
    let is_there = layout.slots.get(slot).is_some_and(|slot| (slot.offset + slot.kind.width()) as usize <= frame.len());
    is_there.then(|| layout.read(frame, slot))
}

fn examine_journey(cx: &Context<'_>, contact: &ContactRecord, journey: &JourneyRecord, found: &mut Findings) {
    let subject = || cx.journey(contact.id, journey.workflow, journey.run);
    let waits_for_message = || {
        let message = journey.outbox.and_then(|row| cx.messages.borrow().get(row));
        message.is_some_and(|message| message.is_unsettled() && !message.is_notice())
    };
    let message = || {
        journey
            .outbox
            .map_or_else(|| "no message".to_owned(), |row| format!("outbox row {row}, which is settled or not there"))
    };
    match (journey.status, journey.due_at) {
        (JourneyStatus::Ended, _) => {}
        (JourneyStatus::Sending, Some(due_at)) => {
            let words = format!("waits for the answer to a message, and is due at {} as well", Instant(due_at));
            found.add(Kind::WaitsForTwo, subject(), words);
        }
        (JourneyStatus::Sending, None) => {
            if !waits_for_message() {
                found.add(Kind::WaitsForNothing, subject(), format!("waits for the answer to {}", message()));
            }
        }
        (status, None) if status.is_paused() => {
            let says = paused_by_nothing(cx, contact, journey);
            says.into_iter().for_each(|words| found.add(Kind::WaitsForNothing, subject(), words));
        }
        (status, Some(due_at)) if status.is_paused() => {
            let words = format!("stands still, and is due at {} as well", Instant(due_at));
            found.add(Kind::WaitsForTwo, subject(), words);
        }
        (_, None) => {
            let words = format!("{} and is due at no instant", status_words(journey.status));
            found.add(Kind::WaitsForNothing, subject(), words);
        }
        (status, Some(due_at)) => {
            if status == JourneyStatus::Held && !waits_for_message() {
                found.add(Kind::WaitsForNothing, subject(), format!("holds back {}", message()));
            }
            let words =
                format!("{} in `{}` (run {})", status_words(status), cx.workflow_name(journey.workflow), journey.run);
            must_be_called(contact, due_at, &words, found);
        }
    }
    if journey.ended_at.is_some() {
        found.add(Kind::WrongEnd, subject(), "lives, and has an instant at which it ended");
    }
}

fn status_words(status: JourneyStatus) -> &'static str {
    match status {
        JourneyStatus::Waiting => "waits",
        JourneyStatus::Awaiting => "waits for a condition",
        JourneyStatus::Held => "waits until its mail may leave",
        JourneyStatus::Sending => "waits for an answer",
        JourneyStatus::Ended => "has ended",
        JourneyStatus::Paused | JourneyStatus::PausedByOther => "stands still",
    }
}

/// What is wrong with the cause by which a journey stands still, if anything is.
fn paused_by_nothing(cx: &Context<'_>, contact: &ContactRecord, journey: &JourneyRecord) -> Option<String> {
    let workflow = cx.program.workflows.get(WorkflowId(journey.workflow))?;
    let by = workflow.slots.paused.and_then(|slots| read(&workflow.journey, &journey.memory, slots.by))?;
    let lives_in = |by: u32| contact.kept.iter().any(|other| is_live(other) && other.workflow == by);
    match (journey.status, u32::try_from(by).ok().and_then(|by| by.checked_sub(1))) {
        (JourneyStatus::PausedByOther, Some(by)) if lives_in(by) => None,
        (JourneyStatus::PausedByOther, Some(by)) => {
            Some(format!("stands still by `{}`, in which the contact is not", cx.workflow_name(by)))
        }
        (JourneyStatus::Paused, None) => None,
        _ => Some("stands still, and does not say by what".to_owned()),
    }
}

/// When somebody who is due at `due_at` is called at the latest.
fn must_be_called(contact: &ContactRecord, due_at: i64, doing: &str, found: &mut Findings) {
    if contact.next_at.is_some_and(|next_at| next_at <= due_at) {
        return;
    }
    let called = contact.next_at.map_or("never".to_owned(), |at| format!("at {} only", Instant(at)));
    let due = if due_at == FOREVER { String::new() } else { format!(" until {}", Instant(due_at)) };
    found.add(Kind::Asleep, Subject::Contact(contact.id), format!("{doing}{due}, and is called {called}"));
    // To be called too early costs a look.
    found.mend(Mend::CallAt(contact.id, if due_at == FOREVER { 0 } else { due_at }));
}
