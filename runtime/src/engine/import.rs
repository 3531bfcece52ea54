//! Contacts who were there before: the rows of a file, each an item at the instant of the import.
//!
//! A newer export updates whom it names. Which file it is, its bytes say ([`files`](super::files)): the same again changes nothing, one that is
//! read otherwise now was so when it was first read, and how far it came is kept with each commit, so a crash in the middle repeats nothing.
//! Of several rows about one person [`weigh`](super::weigh) tells which counts.

use super::ahead::{Owners, owners};
use super::error::EngineError;
use super::files;
use super::identify::ReadBefore;
use super::lend::Look;
use super::react::Cause;
use super::survey::Surveyed;
use super::touch::Touch;
use super::weigh::{FileRows, Said, SaidOf, Weighed};
use super::{Engine, Progress, Unread};
use crate::inbound::{ContactRow, Fingerprint, SetAside, is_address, is_user};
use crate::store::{ContactId, Store};
use crate::time::{Instant, Zones};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many rows are looked up at once.
pub(super) const LOOK_AHEAD_ROWS: usize = 512;

/// A file of contacts as it was read, with all of its rows at hand.
#[derive(Debug, Clone, Copy)]
pub struct ContactsFile<'f> {
    /// What it is called.
    pub name: &'f str,
    /// Its bytes, with those beginnings that [`Engine::imported_lengths`] asks about.
    pub print: &'f Fingerprint,
    /// Its rows, in their order.
    pub rows: &'f [ContactRow],
}

/// A file of contacts that is read once more, after a first look at it.
pub struct ContactsStream<'f> {
    /// What it is called.
    pub name: &'f str,
    /// Its bytes, with those beginnings that [`Engine::imported_lengths`] asks about.
    pub print: &'f Fingerprint,
    /// What the first look at the same rows has found ([`Engine::survey`]).
    pub surveyed: &'f Surveyed,
    /// Its rows, in their order, as far as they can be read.
    pub rows: &'f mut dyn Iterator<Item = Result<ContactRow, Unread>>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Contacts that were made.
    pub new: u64,
    /// Rows of the file about somebody of an earlier row of it, taken now or before.
    pub aliases: u64,
    /// Rows of contacts that were known before the file.
    pub updated: u64,
    /// Rows taken by an earlier import of the same file.
    pub known: u64,
    /// Whether an older Flow has read a file and nobody can tell whether it was this one: then it was, and overrules nothing.
    pub is_doubtful: bool,
}

/// What is in hand while a file is taken in.
struct Import<'f> {
    name: &'f str,
    file: FileRows<'f>,
    surveyed: &'f Surveyed,
    said: SaidOf,
    done: Imported,
    told: &'f mut dyn FnMut(SetAside),
}

/// Reads the next rows in the place of those that are there, so many at most. An error where no more can be read behind them.
fn read_chunk(
    rows: &mut dyn Iterator<Item = Result<ContactRow, Unread>>,
    most: usize,
    chunk: &mut Vec<ContactRow>,
) -> Result<(), Unread> {
    chunk.clear();
    for row in rows.take(most) {
        chunk.push(row?);
    }
    Ok(())
}

/// A row with its number in the file, from 0.
type Numbered<'r> = (u64, &'r ContactRow);

impl<S: Store> Engine<S> {
    /// How long the files of contacts are that were imported before, in bytes: another one may begin with one of them.
    pub fn imported_lengths(&self) -> Result<BTreeSet<u64>, EngineError> {
        files::lengths(&self.reads)
    }

    /// When a file of these bytes was first read; none where it never was.
    pub fn first_read_at(&self, print: &Fingerprint) -> Result<Option<Instant>, EngineError> {
        Ok(files::first_read_at(&self.reads, print)?.map(Instant))
    }

    /// Takes in the rows of a file that are at hand. `at` is the instant of the import. What of a row is left out is told, in every import of
    /// the file.
    pub fn import_contacts(
        &mut self,
        file: ContactsFile<'_>,
        at: Instant,
        told: &mut dyn FnMut(SetAside),
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<Imported, EngineError> {
        let ContactsFile { name, print, rows } = file;
        let mut survey = self.survey(print, at)?;
        rows.chunks(LOOK_AHEAD_ROWS).try_for_each(|rows| self.look_at(&mut survey, rows))?;
        let surveyed = survey.finish(false);
        let mut rows = rows.iter().cloned().map(Ok);
        self.import_stream(ContactsStream { name, print, surveyed: &surveyed, rows: &mut rows }, at, told, progress)
    }

    /// The same of rows that are read while they are taken in. Where they cannot be read to their end, those before are done and kept, and
    /// nothing else ([`EngineError::Unread`]): whoever goes on from there goes on behind them.
    pub fn import_stream(
        &mut self,
        file: ContactsStream<'_>,
        at: Instant,
        told: &mut dyn FnMut(SetAside),
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<Imported, EngineError> {
        let ContactsStream { name, print, surveyed, rows } = file;
        // What a process left that was ended is known from now on, and not from when it was.
        let at = self.advance(at.0);
        // What a crash left in the outbox comes behind the file: an answer would have people looked at who are judged with their rows.
        self.find_moved()?;
        // A later row, another file or an event of the same instant may say that they do not want it.
        self.outbox.hold_back(at, true);
        let reading = &surveyed.reading;
        let plan = Arc::clone(&self.plan);
        let zone = Zones::bundled().resolve(&plan.program.timezone).unwrap_or_else(Zones::utc);
        let (pause, consent) = (plan.pause.map(|(field, _)| field), plan.consent.map(|(field, _)| field));
        let file = FileRows { reading, program: &plan.program, pause, consent, zone };
        let done = Imported { known: reading.mark.taken.rows, is_doubtful: reading.is_doubtful, ..Imported::default() };
        let mut import = Import { name, file, surveyed, said: SaidOf::default(), done, told };
        let known = done.known;
        let (mut mark, mut number) = (reading.mark.clone(), 0);
        let mut chunk = Vec::with_capacity(LOOK_AHEAD_ROWS);
        let mut broken = false;
        while !broken {
            // Where the rows that were taken before end, a chunk ends: they are kept by now, and with the first commit so is the file.
            let most = known.checked_sub(number).filter(|left| *left > 0).unwrap_or(u64::MAX);
            let most = usize::try_from(most).unwrap_or(usize::MAX).min(LOOK_AHEAD_ROWS);
            broken = read_chunk(rows, most, &mut chunk).is_err();
            if chunk.is_empty() {
                break;
            }
            if number < known {
                self.recall_chunk(number, &chunk, &mut import)?;
            } else {
                if number == known {
                    self.settle_older_marks();
                }
                self.import_chunk((number, &chunk), at, &mut import, &mut mark, progress)?;
            }
            number += chunk.len() as u64;
        }
        if broken {
            self.finish(progress)?;
            return Err(EngineError::Unread);
        }
        // They are kept with the first commit that knows the file by its bytes.
        self.settle_older_marks();
        mark.line = mark.line.max(print.whole.lines);
        self.file_mark = None;
        self.keep_read(mark.read());
        let done = import.done;
        self.finish(progress)?;
        Ok(done)
    }

    fn import_chunk(
        &mut self,
        (first, rows): (u64, &[ContactRow]),
        at: i64,
        import: &mut Import<'_>,
        mark: &mut files::FileMark,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), EngineError> {
        let owners = self.ask_of_rows(rows)?;
        for ((number, row), owners) in (first..).zip(rows).zip(owners) {
            self.batch.items += 1;
            let taken = self.import_row((number, row), &owners, at, import);
            self.whole(taken)?;
            mark.line = mark.line.max(row.at.line);
            mark.taken.pass(row, import.file.reading.changed_at(row));
            match &mut self.file_mark {
                Some(kept) => kept.clone_from(mark),
                none => *none = Some(mark.clone()),
            }
            self.flush_if_full(progress)?;
        }
        Ok(())
    }

    /// What an older Flow kept says nothing more once the file is known by its bytes.
    fn settle_older_marks(&mut self) {
        let older: Vec<String> = files::by_meaning(&self.reads).map(|(name, _)| name.clone()).collect();
        older.into_iter().for_each(|name| self.keep_read((name, Vec::new())));
    }

    /// What the store says of the keys of rows, in their order.
    fn ask_of_rows(&mut self, rows: &[ContactRow]) -> Result<Vec<Owners>, EngineError> {
        self.ahead.begin(&self.batch.changes);
        let keys: Vec<&[String]> = rows.iter().map(|row| row.keys.as_slice()).collect();
        owners(&mut self.store, &keys)
    }

    /// Takes up what rows said that an earlier import has taken.
    fn recall_chunk(&mut self, first: u64, rows: &[ContactRow], import: &mut Import<'_>) -> Result<(), EngineError> {
        let owners = self.ask_of_rows(rows)?;
        for ((number, row), owners) in (first..).zip(rows).zip(owners) {
            let keys = self.ahead.found(&row.keys, &owners);
            let owner_of = |is_it: fn(&str) -> bool| keys.iter().find(|key| is_it(key.key)).and_then(|key| key.owner);
            let (user, address) = (owner_of(is_user), owner_of(is_address));
            let Some(contact) = user.or(address).filter(|contact| import.keeps(number, *contact)) else { continue };
            let weighed = import.weigh(row, Some(contact));
            // Whoever has exchanged their address since is no other person of this file.
            let another = address.filter(|owner| *owner != contact).filter(|owner| import.said.contains_key(owner));
            import.tell(row, &weighed, another.map(Some));
            let was_known = import.was_broken_off_behind(row) && self.was_known_at(contact, import.file.reading)?;
            import.note((number, row), Some(contact), was_known, &weighed);
        }
        Ok(())
    }

    /// Whether somebody was known before a file was first read.
    fn was_known_at(&mut self, id: ContactId, reading: &files::Reading) -> Result<bool, EngineError> {
        let plan = Arc::clone(&self.plan);
        let known_since = self.peek(id)?.read(&plan, plan.program.system.known_since);
        Ok(known_since < reading.first_read_at())
    }

    fn import_row(
        &mut self,
        (number, row): Numbered<'_>,
        owners: &Owners,
        at: i64,
        import: &mut Import<'_>,
    ) -> Result<(), EngineError> {
        if row.keys.is_empty() {
            return Ok(());
        }
        let keys = self.ahead.found(&row.keys, owners);
        let identity = self.identify(&keys)?;
        let before = identity.contact.and_then(|contact| import.said.get(&contact));
        let (is_again, was_known) = (
            before.is_some(),
            before.map_or(identity.contact.is_some(), |said| said.was_known || import.is_later(row, said)),
        );
        let marks = self.ahead.marks(&row.keys, owners);
        let weighed = import.weigh(row, identity.contact);
        let another = keys.iter().find(|key| is_address(key.key)).map(|key| key.owner);
        import.tell(row, &weighed, another.filter(|_| identity.address_is_anothers));
        let refused_by = self.refusing_columns(import.name, &row.refusals);
        let reading = import.file.reading;
        // Whatever else is of the instant of the import, what a step sets among it, is behind the file.
        let occurred_at = reading.changed_at(row).unwrap_or(reading.read_at(row).saturating_sub(1));
        let is_news = was_known && !reading.was_taken(row);
        let (read_at, by_older_flow) = (reading.read_at(row), reading.is_of_older_flow);
        let before = reading.was_taken(row).then_some(ReadBefore { read_at, occurred_at, by_older_flow });
        // What was so before a new version came is judged by it with everything else that was.
        let look = if is_news { Look::Before } else { Look::Behind };
        self.touch_as(&identity, (at, look), |touch: &mut Touch<'_>| {
            touch.address_marks = marks;
            touch.refused_by.clone_from(&refused_by);
            let mut values = touch.own_values(&weighed.values, &identity).into_owned();
            if let Some(before) = before {
                values.retain(|(field, _)| !touch.has_counted(*field, before));
            }
            touch.set_values(&values, occurred_at);
            // What a newer export changes has happened since; whatever else it says was so before Flow knew of it.
            if is_news { Cause::Change(Vec::new()) } else { Cause::Import }
        })?;
        let keys = self.ahead.found(&row.keys, owners);
        self.refuse_owner(&keys, &identity, &row.values, &refused_by, (at, look))?;
        let given = identity.given.first().and_then(|key| self.ahead.owner_now(key));
        import.note((number, row), identity.contact.or(given), was_known, &weighed);
        match (is_again, was_known) {
            (true, _) => {}
            (false, true) => import.done.updated += 1,
            (false, false) => import.done.new += 1,
        }
        Ok(())
    }
}

impl Import<'_> {
    /// Whether what a row says of somebody is kept: where another row may be about them as well.
    fn keeps(&self, number: u64, contact: ContactId) -> bool {
        self.surveyed.is_linked(number) || self.said.contains_key(&contact)
    }

    /// Whether a reading of this very file ended between a row and the end: then later rows about the same person are judged as in one reading.
    /// Of a file that is known whole nobody is looked at.
    fn was_broken_off_behind(&self, row: &ContactRow) -> bool {
        let reading = self.file.reading;
        reading.mark.taken.rows < self.surveyed.rows && reading.read_at(row) == reading.first_read_at()
    }

    /// Whether a row stands in what the file has gained since the first row about the same person was read.
    fn is_later(&self, row: &ContactRow, said: &Said) -> bool {
        let reading = self.file.reading;
        reading.read_at_line(said.first) < reading.read_at(row)
    }

    fn weigh(&self, row: &ContactRow, contact: Option<ContactId>) -> Weighed {
        self.file.weigh(row, contact.and_then(|contact| self.said.get(&contact)))
    }

    /// Tells what of a row is left out. `another` is whose its address is, where that is not theirs.
    fn tell(&mut self, row: &ContactRow, weighed: &Weighed, another: Option<Option<ContactId>>) {
        let owner = another.map(|owner| owner.and_then(|owner| self.said.get(&owner)));
        let address = owner.and_then(|owner| self.file.address_of_another(row, owner));
        address.into_iter().chain(weighed.left_out.iter().cloned()).for_each(&mut *self.told);
    }

    /// Takes in what a row has said of somebody.
    fn note(&mut self, (number, row): Numbered<'_>, contact: Option<ContactId>, was_known: bool, weighed: &Weighed) {
        let Some(contact) = contact.filter(|contact| self.keeps(number, *contact)) else { return };
        self.done.aliases += u64::from(self.said.contains_key(&contact));
        let said = self.said.entry(contact).or_insert_with(|| Said::new(row.at.line, was_known));
        said.note(row.at.line, &weighed.values);
    }
}
