//! Shows every row to every check: the log and the ledgers in the order in which they were written, each once; then window by window the contacts,
//! with what those rows have said of them.

use super::context::{Context, or_found};
use super::finding::Findings;
use super::mark::Mark;
use super::{Check, Examination, keys};
use crate::store::sqlite::Aside;
use crate::store::{
    ContactId, ContactRecord, DecisionRecord, EventRecord, JourneyKey, JourneyRecord, JourneyStatus, Placed, Records,
    StoreError, StoreFault,
};
use std::collections::VecDeque;

/// Progress is told after so many records.
const TOLD_RECORDS: u64 = 100_000;

/// All rows.
pub(super) fn all(
    records: &mut dyn Records,
    context: &Context<'_>,
    checks: &mut [Box<dyn Check>],
    found: &mut Findings,
    how: &mut Examination<'_>,
) -> Result<(), StoreError> {
    let marks = Aside::new(context.windows());
    let mut sweep = Sweep { records, context, checks, found, marks };
    sweep.log(how.progress)?;
    sweep.ledgers()?;
    let (mut contacts, mut ended) = (Contacts::default(), Ended::default());
    for window in 0..context.windows() {
        sweep.contacts(&mut contacts, window)?;
        sweep.ended(&mut ended, window)?;
        sweep.marks(window)?;
        for check in sweep.checks.iter_mut() {
            check.window_over(context, sweep.found);
        }
    }
    Ok(())
}

/// As far as the slots know.
fn number_of_records(context: &Context<'_>) -> u64 {
    context.slots.iter().map(|slot| slot.next_record.saturating_sub(1)).sum()
}

/// What one window does not want of a page is the next one's.
#[derive(Default)]
struct Contacts {
    waiting: Vec<(ContactId, Option<ContactRecord>)>,
    after: Option<ContactId>,
    is_all: bool,
}

/// The same of ended journeys, which come by contact.
#[derive(Default)]
struct Ended {
    waiting: VecDeque<JourneyRecord>,
    after: Option<JourneyKey>,
    is_all: bool,
}

struct Sweep<'s, 'p> {
    records: &'s mut dyn Records,
    context: &'s Context<'p>,
    checks: &'s mut [Box<dyn Check>],
    found: &'s mut Findings,
    /// What rows have said of the contacts of each window.
    marks: Aside,
}

impl Sweep<'_, '_> {
    fn log(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<(), StoreError> {
        let (of, mut seen) = (number_of_records(self.context), 0);
        let mut log = Log::default();
        while let Some(record) = log.next(self.records, self.found)? {
            seen += 1;
            if seen % TOLD_RECORDS == 0 {
                progress(seen, of);
            }
            self.checks.iter_mut().for_each(|check| check.number(self.context, record.number(), self.found));
            match record {
                Logged::Event(event) => {
                    self.checks.iter_mut().for_each(|check| check.event(self.context, &event, self.found));
                    self.put_aside(event.contact, [Mark::of_event(&event)])?;
                }
                Logged::Decision(decision) => {
                    self.checks.iter_mut().for_each(|check| check.decision(self.context, &decision, self.found));
                    self.put_aside(decision.contact, Mark::of_decision(&decision))?;
                }
            }
        }
        progress(seen, of);
        Ok(())
    }

    fn ledgers(&mut self) -> Result<(), StoreError> {
        let context = self.context;
        self.each(
            "changes of stages",
            |records, after| records.stages(after),
            |sweep, row| {
                sweep.checks.iter_mut().for_each(|check| check.stage(context, row, sweep.found));
                sweep.put_aside(row.contact, [Mark::of_stage(row)])
            },
        )?;
        self.each(
            "changes of scores",
            |records, after| records.scores(after),
            |sweep, row| {
                sweep.checks.iter_mut().for_each(|check| check.score(context, row, sweep.found));
                sweep.put_aside(row.contact, [Mark::of_score(row)])
            },
        )?;
        self.each(
            "handoffs",
            |records, after| records.handoffs(after),
            |sweep, row| {
                sweep.checks.iter_mut().for_each(|check| check.handoff(context, row, sweep.found));
                sweep.put_aside(row.contact, [Mark::of_handoff(row)])
            },
        )
    }

    /// Each row of a table that is read by its places.
    fn each<T>(
        &mut self,
        what: &str,
        page: impl Fn(&mut dyn Records, u64) -> Result<Vec<Placed<T>>, StoreError>,
        mut show: impl FnMut(&mut Self, &T) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut after = 0;
        while let Some(rows) = or_found(page(self.records, after), what, self.found)? {
            let Some((last, _)) = rows.last() else { break };
            after = *last;
            rows.iter().try_for_each(|(_, row)| show(self, row))?;
        }
        Ok(())
    }

    fn put_aside(&mut self, contact: ContactId, marks: impl IntoIterator<Item = Mark>) -> Result<(), StoreError> {
        let window = self.context.window_of(contact);
        self.marks.append(window, |out| marks.into_iter().for_each(|mark| mark.write(contact, out)))
    }

    /// The contacts of a window.
    fn contacts(&mut self, contacts: &mut Contacts, window: usize) -> Result<(), StoreError> {
        let context = self.context;
        loop {
            let theirs = contacts.waiting.partition_point(|(id, _)| context.window_of(*id) <= window);
            let others = contacts.waiting.split_off(theirs);
            let taken = std::mem::replace(&mut contacts.waiting, others);
            for (id, contact) in &taken {
                self.checks.iter_mut().for_each(|check| check.contact(context, *id, contact.as_ref(), self.found));
            }
            keys::examine_addresses(self.records, context, &taken, self.found)?;
            if !contacts.waiting.is_empty() || contacts.is_all {
                return Ok(());
            }
            let page = or_found(self.records.whole_contacts(contacts.after), "contacts", self.found)?;
            contacts.waiting = page.unwrap_or_default();
            contacts.is_all = contacts.waiting.is_empty();
            contacts.after = contacts.waiting.last().map_or(contacts.after, |(last, _)| Some(*last));
        }
    }

    fn ended(&mut self, ended: &mut Ended, window: usize) -> Result<(), StoreError> {
        let context = self.context;
        loop {
            while let Some(journey) = ended.waiting.pop_front_if(|journey| context.window_of(journey.contact) <= window)
            {
                self.checks.iter_mut().for_each(|check| check.ended(context, &journey, self.found));
            }
            if !ended.waiting.is_empty() || ended.is_all {
                return Ok(());
            }
            let page = self.records.ended(ended.after).and_then(|page| in_order(ended.after, page));
            let page = or_found(page, "ended journeys", self.found)?.unwrap_or_default();
            ended.is_all = page.is_empty();
            ended.after = page.last().map(key).or(ended.after);
            ended.waiting.extend(page);
        }
    }

    /// What rows have said of the contacts of a window, in the order of those.
    fn marks(&mut self, window: usize) -> Result<(), StoreError> {
        let Sweep { context, checks, found, marks, .. } = self;
        marks.take(window, |mut bytes| {
            while let Some((contact, mark)) = Mark::take(&mut bytes) {
                checks.iter_mut().for_each(|check| check.mark(context, contact, mark, found));
            }
        })
    }
}

fn key(journey: &JourneyRecord) -> JourneyKey {
    (journey.contact, journey.workflow, journey.run)
}

/// A page of ended journeys, each behind the one before it: who is kept under another key than their own would be read again and again.
fn in_order(after: Option<JourneyKey>, page: Vec<JourneyRecord>) -> Result<Vec<JourneyRecord>, StoreError> {
    let mut before = after;
    for journey in &page {
        let own = Some(key(journey));
        if own <= before {
            let message = format!("a journey of contact {} stands under a key that is not its own", journey.contact.0);
            return Err(StoreError { fault: StoreFault::Corrupt, message, help: String::new(), path: None });
        }
        before = own;
    }
    Ok(page)
}

/// The log in the order of all its numbers: events and decisions are two tables.
#[derive(Default)]
struct Log {
    events: Pages<EventRecord>,
    decisions: Pages<DecisionRecord>,
}

struct Pages<T> {
    rows: VecDeque<T>,
    after: u64,
    is_all: bool,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Pages { rows: VecDeque::new(), after: 0, is_all: false }
    }
}

enum Logged {
    Event(EventRecord),
    Decision(DecisionRecord),
}

impl Logged {
    fn number(&self) -> u64 {
        match self {
            Logged::Event(event) => event.id,
            Logged::Decision(decision) => decision.id,
        }
    }
}

impl Log {
    fn next(&mut self, records: &mut dyn Records, found: &mut Findings) -> Result<Option<Logged>, StoreError> {
        self.events.fill(|after| or_found(records.events(after), "events", found), |event| event.id)?;
        self.decisions.fill(|after| or_found(records.decisions(after), "decisions", found), |row| row.id)?;
        let event = self.events.rows.front().map_or(u64::MAX, |event| event.id);
        let decision = self.decisions.rows.front().map_or(u64::MAX, |decision| decision.id);
        Ok(match event <= decision {
            true => self.events.rows.pop_front().map(Logged::Event),
            false => self.decisions.rows.pop_front().map(Logged::Decision),
        })
    }
}

impl<T> Pages<T> {
    fn fill(
        &mut self,
        page: impl FnOnce(u64) -> Result<Option<Vec<T>>, StoreError>,
        number: impl Fn(&T) -> u64,
    ) -> Result<(), StoreError> {
        if self.is_all || !self.rows.is_empty() {
            return Ok(());
        }
        let rows = page(self.after)?.unwrap_or_default();
        self.is_all = rows.is_empty();
        self.after = rows.last().map_or(self.after, number);
        self.rows = rows.into();
        Ok(())
    }
}

/// Whether a journey lives.
pub(super) fn is_live(journey: &JourneyRecord) -> bool {
    journey.status != JourneyStatus::Ended
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::store::JourneyStatus;

    fn ended(contact: u64, run: u32) -> JourneyRecord {
        JourneyRecord {
            contact: ContactId(contact),
            workflow: 0,
            run,
            version: 1,
            status: JourneyStatus::Ended,
            block: 0,
            step: 0,
            visit: 0,
            memory: Vec::new(),
            due_at: None,
            outbox: None,
            entered_at: 0,
            ended_at: Some(0),
            goal_met: false,
            goal_open: false,
            goal_until: None,
            sends: Vec::new(),
            since: 0,
        }
    }

    /// The store gives what stands behind a key: one that calls itself by an earlier one would come again for ever.
    #[test]
    fn a_journey_under_a_key_that_is_not_its_own_is_read_once() {
        let page = vec![ended(1, 1), ended(1, 2), ended(2, 1)];
        let last = page.last().map(key);
        assert_eq!(in_order(None, page.clone()).unwrap(), page);
        for page in [vec![ended(2, 1)], vec![ended(3, 2), ended(3, 1)], vec![ended(1, 9)]] {
            assert_eq!(in_order(last, page).unwrap_err().fault, StoreFault::Corrupt);
        }
    }
}
