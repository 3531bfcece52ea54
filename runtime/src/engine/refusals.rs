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
use std::ops::AddAssign;

/// How many columns of refusals a store tells apart: more than the files of a campaign have. What comes after them is kept without its column.
const MAX_COLUMNS: usize = 1_000;

/// What the refusals of a file would change in a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NewRefusals {
    /// How many rows refuse mail and are about people who have not done so before, or whom nobody knows.
    pub refused: u64,
    /// How many rows are about people who are not shut out yet, and these.
    pub open: u64,
}

impl AddAssign for NewRefusals {
    fn add_assign(&mut self, of_more_rows: NewRefusals) {
        self.refused += of_more_rows.refused;
        self.open += of_more_rows.open;
    }
}

impl<S: Store> Engine<S> {
    /// What the refusals of these rows by a cell that counts would change.
    pub fn new_refusals(
        &mut self,
        rows: &[ContactRow],
        counts: &dyn Fn(&Refusal) -> bool,
    ) -> Result<NewRefusals, EngineError> {
        let mut news = NewRefusals::default();
        for rows in rows.chunks(LOOK_AHEAD_ROWS) {
            let keys: Vec<String> = rows.iter().flat_map(|row| row.keys.iter().cloned()).collect();
            let owners = self.store.ask(&Questions { keys, ..Questions::default() })?.owners;
            let known = self.people(owners.iter().flatten().copied().collect())?;
            let mut owners = owners.into_iter();
            for row in rows {
                let people = owners.by_ref().take(row.keys.len()).flatten();
                let people: Vec<&Contact> = people.filter_map(|id| known.get(&id)).collect();
                let is_new = row.refusals.iter().any(|refusal| counts(refusal) && self.is_new(refusal, &people));
                news.refused += u64::from(is_new);
                news.open += u64::from(is_new || !people.iter().any(|person| self.is_shut_out(person)));
            }
        }
        Ok(news)
    }

    /// Whether none of the people of a row has refused in this way before.
    fn is_new(&self, refusal: &Refusal, people: &[&Contact]) -> bool {
        let slot = self.plan.program.fields.get(refusal.field).and_then(|field| field.slot);
        slot.is_some_and(|slot| !people.iter().any(|person| self.is_refused(person, slot)))
    }

    fn is_shut_out(&self, person: &Contact) -> bool {
        let slots = &self.plan.program.system;
        let slots = [slots.unsubscribed, slots.hard_bounced, slots.complained, slots.do_not_contact];
        slots.into_iter().chain(self.plan.pause.map(|(_, slot)| slot)).any(|slot| self.is_refused(person, slot))
    }

    /// The people whom these rows are about and refuse nothing of, and who are shut out by what came before.
    pub fn still_refused(&mut self, rows: &[ContactRow]) -> Result<BTreeSet<ContactId>, EngineError> {
        let refusing = rows.iter().filter(|row| row.refusals.is_empty());
        let keys: Vec<String> = refusing.flat_map(|row| row.keys.iter().cloned()).collect();
        let mut refused = BTreeSet::new();
        for keys in keys.chunks(LOOK_AHEAD_ROWS) {
            let owners = self.store.ask(&Questions { keys: keys.to_vec(), ..Questions::default() })?.owners;
            let known = self.people(owners.into_iter().flatten().collect())?;
            refused.extend(known.iter().filter(|(_, person)| self.is_shut_out(person)).map(|(id, _)| *id));
        }
        Ok(refused)
    }

    /// Whether the slot of a refusal keeps mail from them now.
    fn is_refused(&self, person: &Contact, slot: SlotId) -> bool {
        match self.plan.is_pause(slot) {
            true => is_paused(&self.plan, &person.frame, self.now().0),
            false => person.is(&self.plan, slot),
        }
    }

    fn people(&mut self, ids: BTreeSet<ContactId>) -> Result<BTreeMap<ContactId, Contact>, EngineError> {
        let ids: Vec<ContactId> = ids.into_iter().collect();
        let (mut people, mut fits) = (BTreeMap::new(), Ok(()));
        self.store.show(&ids, &mut |stored| {
            let mut person = Contact::blank(stored.id(), &self.plan);
            match person.become_stored(&stored, &self.plan, None)? {
                Ok(()) => drop(people.insert(stored.id(), person)),
                Err(error) => fits = Err(error),
            }
            Ok(())
        })?;
        fits.map(|()| people)
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
