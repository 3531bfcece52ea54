//! Shows every row to every check: window by window of contacts, and in each the tables in their own order.

use super::context::{Context, or_found};
use super::finding::Findings;
use super::{Check, Examination, keys};
use crate::store::StoreFault;
use crate::store::{
    ContactId, DecisionRecord, EventRecord, JourneyKey, JourneyRecord, JourneyStatus, Placed, Records, StoreError,
};
use std::collections::VecDeque;
use std::ops::RangeInclusive;

/// Progress is told after so many records.
const TOLD_RECORDS: u64 = 100_000;

/// All windows.
pub(super) fn all(
    records: &mut dyn Records,
    context: &Context<'_>,
    checks: &mut [Box<dyn Check>],
    found: &mut Findings,
    how: &mut Examination<'_>,
) -> Result<(), StoreError> {
    let mut ended = Ended::default();
    let mut begins_at = 0;
    let mut after = None;
    let (records_in_all, mut seen) = (number_of_records(context), 0);
    let windows = context.counts.contacts.div_ceil(how.window.max(1) as u64).max(1);
    for window in 1..=windows {
        let is_last = window == windows;
        after = show_contacts(records, context, checks, found, after, how.window)?;
        let ends_at = after.filter(|_| !is_last).map_or(u64::MAX, |last: ContactId| last.0);
        let mut sweep = Sweep {
            records: &mut *records,
            context,
            checks: &mut *checks,
            found: &mut *found,
            window: begins_at..=ends_at,
        };
        sweep.ended(&mut ended)?;
        let mut told = |more: u64| {
            seen += more;
            (how.progress)(seen, records_in_all * windows);
        };
        sweep.log(window == 1, &mut told)?;
        sweep.ledgers()?;
        for check in checks.iter_mut() {
            check.window_over(context, found);
        }
        begins_at = ends_at.saturating_add(1);
    }
    Ok(())
}

/// As far as the slots know.
fn number_of_records(context: &Context<'_>) -> u64 {
    context.slots.iter().map(|slot| slot.next_record.saturating_sub(1)).sum()
}

/// The contacts of a window; the last one of them.
fn show_contacts(
    records: &mut dyn Records,
    context: &Context<'_>,
    checks: &mut [Box<dyn Check>],
    found: &mut Findings,
    mut after: Option<ContactId>,
    window: usize,
) -> Result<Option<ContactId>, StoreError> {
    let mut left = window.max(1);
    while left > 0 {
        let Some(page) = or_found(records.whole_contacts(after), "contacts", found)? else { break };
        if page.is_empty() {
            break;
        }
        let taken = page.get(..left).unwrap_or(&page);
        for (id, contact) in taken {
            checks.iter_mut().for_each(|check| check.contact(context, *id, contact.as_ref(), found));
        }
        keys::examine_addresses(records, context, taken, found)?;
        after = taken.last().map(|(last, _)| *last);
        left -= taken.len();
    }
    Ok(after)
}

/// Ended journeys come by contact, so what one window does not want is the next one's.
#[derive(Default)]
struct Ended {
    waiting: VecDeque<JourneyRecord>,
    after: Option<JourneyKey>,
    is_all: bool,
}

/// One window.
struct Sweep<'s, 'p> {
    records: &'s mut dyn Records,
    context: &'s Context<'p>,
    checks: &'s mut [Box<dyn Check>],
    found: &'s mut Findings,
    window: RangeInclusive<u64>,
}

impl Sweep<'_, '_> {
    fn is_here(&self, contact: ContactId) -> bool {
        self.window.contains(&contact.0)
    }

    fn ended(&mut self, ended: &mut Ended) -> Result<(), StoreError> {
        loop {
            while let Some(journey) = ended.waiting.pop_front_if(|journey| self.window.contains(&journey.contact.0)) {
                self.checks.iter_mut().for_each(|check| check.ended(self.context, &journey, self.found));
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

    fn log(&mut self, is_first: bool, told: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        let mut log = Log::default();
        let mut untold = 0;
        while let Some(record) = log.next(self.records, self.found)? {
            untold += 1;
            if untold == TOLD_RECORDS {
                told(std::mem::take(&mut untold));
            }
            if is_first {
                self.checks.iter_mut().for_each(|check| check.number(self.context, record.number(), self.found));
            }
            match record {
                Logged::Event(event) if self.is_here(event.contact) => {
                    self.checks.iter_mut().for_each(|check| check.event(self.context, &event, self.found));
                }
                Logged::Decision(decision) if self.is_here(decision.contact) => {
                    self.checks.iter_mut().for_each(|check| check.decision(self.context, &decision, self.found));
                }
                Logged::Event(_) | Logged::Decision(_) => {}
            }
        }
        told(untold);
        Ok(())
    }

    fn ledgers(&mut self) -> Result<(), StoreError> {
        let (context, window) = (self.context, self.window.clone());
        each(
            self.records,
            self.found,
            "changes of stages",
            |records, after| records.stages(after),
            |row, found| {
                if window.contains(&row.contact.0) {
                    self.checks.iter_mut().for_each(|check| check.stage(context, row, found));
                }
            },
        )?;
        each(
            self.records,
            self.found,
            "changes of scores",
            |records, after| records.scores(after),
            |row, found| {
                if window.contains(&row.contact.0) {
                    self.checks.iter_mut().for_each(|check| check.score(context, row, found));
                }
            },
        )?;
        each(
            self.records,
            self.found,
            "handoffs",
            |records, after| records.handoffs(after),
            |row, found| {
                if window.contains(&row.contact.0) {
                    self.checks.iter_mut().for_each(|check| check.handoff(context, row, found));
                }
            },
        )
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

/// Each row of a table that is read by its places.
fn each<T>(
    records: &mut dyn Records,
    found: &mut Findings,
    what: &str,
    page: impl Fn(&mut dyn Records, u64) -> Result<Vec<Placed<T>>, StoreError>,
    mut show: impl FnMut(&T, &mut Findings),
) -> Result<(), StoreError> {
    let mut after = 0;
    while let Some(rows) = or_found(page(records, after), what, found)? {
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        rows.iter().for_each(|(_, row)| show(row, found));
    }
    Ok(())
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
