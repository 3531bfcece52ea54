//! Whom a new version of the program leaves as they are: found for a page of contacts at a time, by asking each condition of all of them.
//!
//! Somebody is left as they are where a look ([`version`](super::version)) would change nothing of them: each segment that is watched stands as they
//! do, each entry that lets in whoever becomes something is as true as it was, no goal, exit or awaited condition of a journey holds, and what is
//! asked may change next when they are due anyway. Whoever has something else pending, an entry, a start, a turn or a mail that is held, is looked at
//! by themselves, and so is whoever is due already: here nobody is left out who is in doubt.

use super::again::waits_for_gone;
use super::contact::{Contact, Journey};
use super::error::EngineError;
use super::host::text_test;
use super::outdated::Numbers;
use super::plan::{Becoming, Plan};
use super::{Engine, version};
use crate::store::{ContactId, DueContact, JourneyStatus, Store};
use crate::time::calendar;
use flow_ir::backend::{Answers, Backend, Columns, HostQuestion, PAGE_ROWS, Verdict, View};
use flow_ir::{FOREVER, Id, PredicateId, Wait, WorkflowId};
use std::collections::BTreeMap;
use std::sync::Arc;

impl<S: Store> Engine<S> {
    /// Finds out whom a new version of the program must look at, once, before anything else. From then on all of them are in the queue.
    pub(super) fn find_moved(&mut self) -> Result<(), EngineError> {
        if !self.outdated.is_unknown() {
            return Ok(());
        }
        let waiting = self.outdated.take_waiting();
        if self.limits.look_rows == 0 {
            waiting.iter().for_each(|contact| self.is_to_be_looked_at(contact));
            return Ok(());
        }
        let (plan, backend) = (Arc::clone(&self.plan), Arc::clone(&self.backend));
        let mut asking = Asking::new(&plan, &*backend, self.now().0);
        let mut moved = Numbers::default();
        for page in waiting.chunks(self.limits.look_rows.min(PAGE_ROWS)) {
            // Whoever is to stop goes on at the next start, with all of them.
            let found = match (self.is_stop_wanted)() {
                true => Err(EngineError::Stopped),
                false => self.find_moved_of(page, &mut asking, &mut moved),
            };
            if let Err(error) = found {
                self.outdated.give_back(waiting);
                return Err(error);
            }
        }
        let mark = self.outdated.found(moved);
        self.batch.changes.actors.extend(mark);
        Ok(())
    }

    /// They are due at once.
    fn is_to_be_looked_at(&mut self, contact: &DueContact) {
        self.due.move_to(contact.id, None, Some(version::due(contact.next_at, self.opened_at)));
    }

    fn find_moved_of(
        &mut self,
        page: &[DueContact],
        asking: &mut Asking<'_>,
        moved: &mut Numbers,
    ) -> Result<(), EngineError> {
        // Whoever is in memory already was looked at, or will be before anything else is done with them.
        let may_stay = |contact: &&DueContact| {
            contact.next_at.is_none_or(|at| at > asking.now) && !self.cache.contains(contact.id)
        };
        let ids: Vec<ContactId> = page.iter().filter(may_stay).map(|contact| contact.id).collect();
        self.show(&ids, asking)?;
        let staying = asking.ask();
        for contact in page {
            let seen = self.cache.get(contact.id).filter(|known| !known.outdated);
            if let Some(next_at) = seen.map(|known| known.next_at) {
                self.due.move_to(contact.id, None, next_at);
            } else if staying.binary_search(&contact.id).is_ok() {
                self.due.move_to(contact.id, None, contact.next_at);
            } else {
                self.is_to_be_looked_at(contact);
                moved.insert(contact.id);
            }
        }
        Ok(())
    }

    fn show(&mut self, ids: &[ContactId], asking: &mut Asking<'_>) -> Result<(), EngineError> {
        asking.begin();
        if ids.is_empty() {
            return Ok(());
        }
        let mut fits = Ok(());
        let Engine { store, plan, opened_at, outdated, .. } = self;
        store.show(ids, &mut |stored| {
            // Whoever was looked at meanwhile is none of them.
            if outdated.is_outdated(stored.id(), stored.layout()) {
                let contact = asking.room();
                match contact.become_stored(&stored, plan, Some(*opened_at))? {
                    Ok(()) => asking.take(stored.next_at()),
                    Err(error) => fits = Err(error),
                }
            }
            Ok(())
        })?;
        fits
    }
}

/// What is asked of everybody.
struct Asking<'e> {
    plan: &'e Plan,
    backend: &'e dyn Backend,
    now: i64,
    segments: Box<dyn Columns + 'e>,
    /// Of each workflow, once somebody is asked it.
    entries: BTreeMap<usize, Box<dyn Columns + 'e>>,
    journeys: BTreeMap<WorkflowId, OfJourneys<'e>>,
    answers: Answers,
    /// The page at hand: the first so many of these contacts, and how each stands.
    contacts: Vec<Contact>,
    standing: Vec<Standing>,
}

/// How somebody of the page stands, as far as they were asked.
#[derive(Debug, Clone, Copy)]
struct Standing {
    stays: bool,
    /// When they are due, as the store has it.
    due_at: Option<i64>,
    /// When they would be due behind a look.
    next_at: i64,
}

/// What is asked of the journeys in a workflow.
struct OfJourneys<'e> {
    columns: Box<dyn Columns + 'e>,
    /// The places of its goal, of its exits and of each of its waits among what is asked.
    goal: Option<usize>,
    exits: std::ops::Range<usize>,
    waits: Vec<Option<usize>>,
}

impl<'e> Asking<'e> {
    fn new(plan: &'e Plan, backend: &'e dyn Backend, now: i64) -> Asking<'e> {
        let segments: Vec<PredicateId> = plan.segments.iter().map(|segment| segment.when).collect();
        Asking {
            plan,
            backend,
            now,
            segments: backend.columns(&plan.program, &segments),
            entries: BTreeMap::new(),
            journeys: BTreeMap::new(),
            answers: Answers::default(),
            contacts: Vec::new(),
            standing: Vec::new(),
        }
    }

    fn begin(&mut self) {
        self.standing.clear();
    }

    /// Where the next of the page is read to.
    fn room(&mut self) -> &mut Contact {
        let place = self.standing.len();
        if self.contacts.len() <= place {
            self.contacts.push(Contact::blank(ContactId(0), self.plan));
        }
        #[expect(clippy::indexing_slicing, reason = "it was put there if it was not")]
        &mut self.contacts[place]
    }

    /// Whoever was read there is one of the page.
    fn take(&mut self, due_at: Option<i64>) {
        let stays = self.contacts.get(self.standing.len()).filter(|contact| self.may_stay(contact));
        let next_at = stays.and_then(|contact| contact.next_date_as_kept(self.plan, self.now));
        self.standing.push(Standing { stays: next_at.is_some(), due_at, next_at: next_at.unwrap_or(FOREVER) });
    }

    /// Whether nothing is pending of somebody but what conditions say, and the views show of them what they would behind a look.
    fn may_stay(&self, contact: &Contact) -> bool {
        let pending = &contact.pending;
        let is_held = |journey: &Journey| {
            journey.record.status == JourneyStatus::Held || journey.record.due_at.is_some_and(|at| at <= self.now)
        };
        let is_renewed = |journey: &Journey| contact.renewed_goal(self.plan, journey, self.now).is_some();
        contact.held.is_empty()
            && pending.entries().next().is_none()
            && pending.starts().next().is_none()
            && pending.turns().next().is_none()
            && pending.agains().next().is_none()
            && !waits_for_gone(self.plan, contact)
            // What the conditions of their steps read is laid out for one journey at a time.
            && !contact.journeys.iter().any(|journey| journey.is_live() && self.plan.several(journey.workflow()).is_some())
            && !contact.journeys.iter().any(is_held)
            && !contact.journeys.iter().any(is_renewed)
            && !contact.journeys.iter().any(|journey| journey.is_live() && self.is_or_may_be_kept_back(journey))
            && contact.has_seen_all(self.plan)
            && !version::shows_more(self.plan, &contact.frame, contact.kept_bytes)
    }

    /// Whether other journeys of the contact may keep one from its steps, or have done so.
    fn is_or_may_be_kept_back(&self, journey: &Journey) -> bool {
        journey.record.status.is_paused() || self.plan.may_be_kept_back(journey.workflow())
    }

    /// Asks everything of the page. Who is left as they are, ascending.
    fn ask(&mut self) -> Vec<ContactId> {
        // What is asked of nobody need not be made ready either.
        if self.standing.is_empty() {
            return Vec::new();
        }
        self.ask_segments();
        self.ask_entries();
        self.ask_journeys();
        let all = self.contacts.iter().zip(&self.standing);
        let stay = all.filter(|(_, standing)| {
            standing.stays && standing.due_at == Some(standing.next_at).filter(|at| *at < FOREVER)
        });
        let mut staying: Vec<ContactId> = stay.map(|(contact, _)| contact.id).collect();
        staying.sort_unstable();
        staying
    }

    fn ask_segments(&mut self) {
        let Asking { plan, contacts, standing, segments, answers, now, .. } = self;
        let contacts = contacts.get(..standing.len()).unwrap_or_default();
        let rows: Vec<View<'_>> = contacts.iter().map(|contact| View::of(&contact.frame, &[])).collect();
        segments.ask(&rows, *now, &mut |row, asked| answer_of(plan, contacts.get(row), asked), answers);
        for (nth, segment) in plan.segments.iter().enumerate() {
            for (row, (contact, standing)) in contacts.iter().zip(&mut *standing).enumerate() {
                let kept = Verdict {
                    holds: contact.is(plan, segment.holds),
                    next_change: contact.read(plan, segment.next_change),
                };
                standing.stays &= answers.verdict(nth, row) == Some(kept);
                standing.is_asked_again(kept.next_change, *now);
            }
        }
    }

    fn ask_entries(&mut self) {
        let Asking { plan, backend, contacts, standing, entries, answers, now, .. } = self;
        let contacts = contacts.get(..standing.len()).unwrap_or_default();
        for (place, Becoming { workflow, when, was, .. }) in plan.becoming.iter().enumerate() {
            let columns = entries.entry(place).or_insert_with(|| backend.columns(&plan.program, &[*when]));
            let blank = &plan.workflow(*workflow).blank;
            let rows: Vec<View<'_>> = contacts.iter().map(|contact| View::of(&contact.frame, blank)).collect();
            columns.ask(&rows, *now, &mut |row, asked| answer_of(plan, contacts.get(row), asked), answers);
            for (row, (contact, standing)) in contacts.iter().zip(&mut *standing).enumerate() {
                let verdict = answers.verdict(0, row);
                standing.stays &= verdict.is_some_and(|verdict| verdict.holds == contact.is(plan, *was));
                verdict.into_iter().for_each(|verdict| standing.is_asked_again(verdict.next_change, *now));
            }
        }
    }

    fn ask_journeys(&mut self) {
        let mut of: BTreeMap<WorkflowId, Vec<(usize, usize)>> = BTreeMap::new();
        for (row, contact) in self.contacts.iter().take(self.standing.len()).enumerate() {
            for (nth, journey) in contact.journeys.iter().enumerate() {
                if journey.is_live() || self.still_counts(journey).is_some() {
                    of.entry(journey.workflow()).or_default().push((row, nth));
                }
            }
        }
        for (workflow, journeys) in of {
            journeys.chunks(PAGE_ROWS).for_each(|journeys| self.ask_journeys_in(workflow, journeys));
        }
    }

    /// Until when the goal of a journey that has ended counts, while it does.
    fn still_counts(&self, journey: &Journey) -> Option<i64> {
        journey.record.goal_until.filter(|until| *until >= self.now)
    }

    fn ask_journeys_in(&mut self, workflow: WorkflowId, journeys: &[(usize, usize)]) {
        let Asking { plan, backend, contacts, journeys: asked, answers, now, .. } = self;
        let asked = asked.entry(workflow).or_insert_with(|| OfJourneys::new(plan, *backend, workflow));
        let of = |(row, nth): (usize, usize)| {
            let contact = contacts.get(row)?;
            Some((contact, contact.journeys.get(nth)?))
        };
        let found = journeys.iter().filter_map(|place| of(*place));
        let rows: Vec<View<'_>> = found.map(|(contact, own)| View::of(&contact.frame, &own.record.memory)).collect();
        let contact_of = |row: usize| journeys.get(row).and_then(|(row, _)| contacts.get(*row));
        asked.columns.ask(&rows, *now, &mut |row, asked| answer_of(plan, contact_of(row), asked), answers);
        for (nth, place) in journeys.iter().enumerate() {
            let Some(journey) = self.contacts.get(place.0).and_then(|contact| contact.journeys.get(place.1)) else {
                continue;
            };
            let said = self.said_of(workflow, journey, nth);
            if let Some(standing) = self.standing.get_mut(place.0) {
                standing.stays &= said.is_some();
                said.into_iter().for_each(|at| standing.next_at = standing.next_at.min(at));
            }
        }
    }

    /// When somebody is due by a journey that is left as it is, by what was answered of this row; none where it is not.
    fn said_of(&self, workflow: WorkflowId, journey: &Journey, row: usize) -> Option<i64> {
        let asked = self.journeys.get(&workflow)?;
        let mut next = FOREVER;
        let mut holds_not = |place: usize, until: i64| {
            let Some(Verdict { holds: false, next_change }) = self.answers.verdict(place, row) else { return false };
            if next_change > self.now && next_change <= until {
                next = next.min(next_change);
            }
            true
        };
        if !journey.is_live() {
            let until = self.still_counts(journey)?;
            let goal = asked.goal.is_none_or(|goal| holds_not(goal, until));
            return goal.then_some(next);
        }
        let goal = asked.goal.filter(|_| !journey.record.goal_met);
        let wait =
            (journey.record.status == JourneyStatus::Awaiting).then(|| self.wait_of(workflow, journey)).flatten();
        let wait = wait.and_then(|wait| *asked.waits.get(wait)?);
        let stays = goal.into_iter().chain(asked.exits.clone()).chain(wait).all(|place| holds_not(place, FOREVER));
        stays.then(|| next.min(journey.record.due_at.unwrap_or(FOREVER)))
    }

    /// The number of the wait a journey stands at.
    fn wait_of(&self, workflow: WorkflowId, journey: &Journey) -> Option<usize> {
        let step = usize::try_from(journey.record.step).ok()?;
        self.plan.workflow(workflow).waits.get(step)?.map(|wait| wait.index())
    }
}

impl Standing {
    /// What is asked may change at an instant: at a later one they are due.
    fn is_asked_again(&mut self, at: i64, now: i64) {
        if at > now {
            self.next_at = self.next_at.min(at);
        }
    }
}

impl<'e> OfJourneys<'e> {
    fn new(plan: &'e Plan, backend: &'e dyn Backend, id: WorkflowId) -> OfJourneys<'e> {
        let workflow = plan.program.workflows.at(id);
        let mut asked: Vec<PredicateId> = workflow.goal.iter().map(|goal| goal.when).collect();
        let goal = (!asked.is_empty()).then_some(0);
        let exits = asked.len()..asked.len() + workflow.exits.len();
        asked.extend(&workflow.exits);
        let mut wait = |wait: &Wait| {
            asked.push(wait.when()?);
            Some(asked.len() - 1)
        };
        let waits = workflow.waits.values().map(&mut wait).collect();
        OfJourneys { columns: backend.columns(&plan.program, &asked), goal, exits, waits }
    }
}

fn answer_of(plan: &Plan, contact: Option<&Contact>, asked: HostQuestion) -> i64 {
    let Some(contact) = contact else { return 0 };
    match asked {
        HostQuestion::Text(test) => i64::from(text_test(plan, &contact.texts, test)),
        HostQuestion::Calendar(calendar, value) => calendar::answer(calendar, value, contact.zone),
    }
}
