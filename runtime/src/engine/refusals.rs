//! Refusals that a file brings: how many of them are news, asked before anything of it is taken in, and by which column each came, so that
//! whoever reads the store can tell a wrong column from what people wanted (E7, E12).

use super::Engine;
use super::contact::Contact;
use super::error::EngineError;
use super::import::LOOK_AHEAD_ROWS;
use super::suppress::is_paused;
use crate::inbound::{ContactRow, Refusal};
use crate::store::{ContactId, Questions, REFUSED_BY, Store};
use flow_ir::SlotId;
use std::collections::{BTreeMap, BTreeSet};

/// How many columns of refusals a store tells apart: more than the files of a campaign have. What comes after them is kept without its column.
const MAX_COLUMNS: usize = 1_000;

impl<S: Store> Engine<S> {
    /// How many rows refuse mail by a cell that counts and are about people who have not done so before, or whom nobody knows.
    pub fn new_refusals(&mut self, rows: &[ContactRow], counts: &dyn Fn(&Refusal) -> bool) -> Result<u64, EngineError> {
        let refusing: Vec<&ContactRow> = rows.iter().filter(|row| row.refusals.iter().any(counts)).collect();
        let mut new = 0;
        for rows in refusing.chunks(LOOK_AHEAD_ROWS) {
            let keys: Vec<String> = rows.iter().flat_map(|row| row.keys.iter().cloned()).collect();
            let owners = self.store.ask(&Questions { keys, ..Questions::default() })?.owners;
            let known = self.people(owners.iter().flatten().copied().collect())?;
            let mut owners = owners.into_iter();
            for row in rows {
                let people: Vec<Option<ContactId>> = owners.by_ref().take(row.keys.len()).collect();
                let people: Vec<&Contact> = people.into_iter().flatten().filter_map(|id| known.get(&id)).collect();
                let mut of_it = row.refusals.iter().filter(|refusal| counts(refusal));
                let is_new = |refusal: &Refusal| {
                    let slot = self.plan.program.fields.get(refusal.field).and_then(|field| field.slot);
                    slot.is_some_and(|slot| !people.iter().any(|person| self.is_refused(person, slot)))
                };
                new += u64::from(of_it.any(is_new));
            }
        }
        Ok(new)
    }

    /// How many people the rows are about of whom they refuse nothing, and who are shut out by what came before.
    pub fn still_refused(&mut self, rows: &[ContactRow]) -> Result<u64, EngineError> {
        let refusing = rows.iter().filter(|row| row.refusals.is_empty());
        let keys: Vec<String> = refusing.flat_map(|row| row.keys.iter().cloned()).collect();
        let slots = &self.plan.program.system;
        let slots = [slots.unsubscribed, slots.hard_bounced, slots.complained, slots.do_not_contact];
        let slots: Vec<SlotId> = slots.into_iter().chain(self.plan.pause.map(|(_, slot)| slot)).collect();
        let mut refused = BTreeSet::new();
        for keys in keys.chunks(LOOK_AHEAD_ROWS) {
            let owners = self.store.ask(&Questions { keys: keys.to_vec(), ..Questions::default() })?.owners;
            let known = self.people(owners.into_iter().flatten().collect())?;
            let is_refused =
                |(_, person): &(&ContactId, &Contact)| slots.iter().any(|slot| self.is_refused(person, *slot));
            refused.extend(known.iter().filter(is_refused).map(|(id, _)| *id));
        }
        Ok(refused.len() as u64)
    }

    /// Whether the slot of a refusal keeps mail from them now.
    fn is_refused(&self, person: &Contact, slot: SlotId) -> bool {
        match self.plan.is_pause(slot) {
            true => is_paused(&self.plan, &person.frame, self.now().0),
            false => person.is(&self.plan, slot),
        }
    }

    fn people(&mut self, ids: BTreeSet<ContactId>) -> Result<BTreeMap<ContactId, Contact>, EngineError> {
        let questions = Questions { contacts: ids.into_iter().collect(), ..Questions::default() };
        let (records, now) = (self.store.ask(&questions)?.contacts, self.now().0);
        records.into_iter().map(|record| Ok((record.id, Contact::load(record, &self.plan, now)?))).collect()
    }

    /// The columns by which a row refuses, by the slot that keeps it; of several for one the first. The store knows each by a number, which it
    /// keeps with the next commit.
    pub(super) fn refusing_columns(&mut self, file: &str, refusals: &[Refusal]) -> Vec<(SlotId, u32)> {
        let mut columns: Vec<(SlotId, u32)> = Vec::new();
        for refusal in refusals {
            let slot = self.plan.program.fields.get(refusal.field).and_then(|field| field.slot);
            if let Some(slot) = slot.filter(|slot| !columns.iter().any(|(of, _)| of == slot)) {
                columns.extend(self.number_of(&refusal.words(file)).map(|number| (slot, number)));
            }
        }
        columns
    }

    fn number_of(&mut self, words: &str) -> Option<u32> {
        let stream = format!("{REFUSED_BY}{words}");
        if let Some(kept) = self.recall(&stream) {
            return std::str::from_utf8(kept).ok()?.parse().ok();
        }
        let count = self.reads.keys().filter(|stream| stream.starts_with(REFUSED_BY)).count();
        let number = u32::try_from(count).ok().filter(|_| count < MAX_COLUMNS)?;
        self.remember(&stream, number.to_string().into_bytes());
        Some(number)
    }
}
