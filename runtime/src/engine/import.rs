//! Contacts who were there before: the rows of a file, each an item at the instant of the import.
//!
//! Exports hold the same person more than once. A row whose key is known is an alias: it fills gaps, and of two consents the more
//! restrictive holds. How far an import came is kept with each commit, as the number of rows and a digest of them, so a crash in the
//! middle repeats nothing and the same file again changes nothing.

use super::ahead::Owner;
use super::error::EngineError;
use super::identify::Merge;
use super::react::Cause;
use super::touch::Touch;
use super::{Engine, Progress, counter};
use crate::intake::ContactRow;
use crate::store::{ContactId, Store};
use crate::time::Instant;
use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

/// The name under which a store keeps how far an import came.
const IMPORT: &str = "import.";
/// How many rows are looked up at once.
const LOOK_AHEAD_ROWS: usize = 512;

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Contacts that were made.
    pub new: u64,
    /// Rows of contacts that were known.
    pub aliases: u64,
    /// Rows taken by an earlier import of the same file.
    pub known: u64,
}

/// How far an import came: the number of rows, and a digest that stands for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImportMark {
    name: String,
    rows: u64,
    chain: [u8; SHA256_OUTPUT_LEN],
}

impl ImportMark {
    fn start(name: &str) -> ImportMark {
        ImportMark { name: format!("{IMPORT}{name}"), rows: 0, chain: [0; SHA256_OUTPUT_LEN] }
    }

    fn pass(&mut self, row: &ContactRow) {
        let mut bytes = self.chain.to_vec();
        // Keys and values are plain data: writing them as JSON cannot fail.
        bytes.extend(serde_json::to_vec(&(&row.keys, &row.values)).unwrap_or_default());
        self.chain.copy_from_slice(digest(&SHA256, &bytes).as_ref());
        self.rows += 1;
    }

    pub(super) fn meta(&self) -> (String, Vec<u8>) {
        let mut bytes = self.rows.to_le_bytes().to_vec();
        bytes.extend(self.chain);
        (self.name.clone(), bytes)
    }
}

impl<S: Store> Engine<S> {
    /// Takes in the rows of a file, called by its name. `at` is the instant of the import.
    pub fn import_contacts(
        &mut self,
        name: &str,
        rows: &[ContactRow],
        at: Instant,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<Imported, EngineError> {
        self.recover()?;
        let at = self.advance(at.0);
        let mut mark = ImportMark::start(name);
        let known = self.imported_before(&mut mark, rows)?;
        let mut imported = Imported { known: known as u64, ..Imported::default() };
        for chunk in rows.get(known..).unwrap_or_default().chunks(LOOK_AHEAD_ROWS) {
            self.import_chunk(chunk, at, &mut mark, &mut imported, progress)?;
        }
        self.finish(progress)?;
        Ok(imported)
    }

    /// How many rows an earlier import took; none where the file is another one.
    fn imported_before(&mut self, mark: &mut ImportMark, rows: &[ContactRow]) -> Result<usize, EngineError> {
        let Some(kept) = self.store.meta(&mark.name)? else { return Ok(0) };
        let count = kept.first_chunk().map(|count| u64::from_le_bytes(*count));
        let count = count.and_then(|count| usize::try_from(count).ok());
        let count = count.ok_or_else(|| EngineError::Damaged { name: mark.name.clone() })?;
        let mut found = mark.clone();
        rows.iter().take(count).for_each(|row| found.pass(row));
        if found.meta().1 != kept {
            return Ok(0);
        }
        *mark = found;
        Ok(count)
    }

    fn import_chunk(
        &mut self,
        rows: &[ContactRow],
        at: i64,
        mark: &mut ImportMark,
        imported: &mut Imported,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), EngineError> {
        self.ahead.begin(&self.batch.changes);
        let keys: Vec<String> = rows.iter().flat_map(|row| row.keys.iter().cloned()).collect();
        let mut owners = self.store.find_contacts(&keys)?.into_iter();
        for row in rows {
            let owners: Vec<Option<ContactId>> = owners.by_ref().take(row.keys.len()).collect();
            mark.pass(row);
            self.import_row(row, &owners, at, imported, progress)?;
            self.import_mark = Some(mark.clone());
            self.flush_if_full(progress)?;
        }
        Ok(())
    }

    fn import_row(
        &mut self,
        row: &ContactRow,
        owners: &[Option<ContactId>],
        at: i64,
        imported: &mut Imported,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), EngineError> {
        if row.keys.is_empty() {
            return Ok(());
        }
        let owner = self.ahead.owner(&row.keys, owners);
        if owner.contact.is_some_and(|contact| self.outgoing.concerns(contact)) {
            self.flush(progress)?;
        }
        // A handoff may have to wait for the mails before it; a second attempt finds none.
        while !self.try_row(row, owners, at, owner)? {
            self.flush(progress)?;
        }
        if owner.disputed {
            self.batch.count(counter::MERGE_WANTED);
        }
        match owner.contact {
            None => imported.new += 1,
            Some(_) => {
                imported.aliases += 1;
                self.batch.count(counter::ALIASES);
            }
        }
        Ok(())
    }

    fn try_row(
        &mut self,
        row: &ContactRow,
        owners: &[Option<ContactId>],
        at: i64,
        owner: Owner,
    ) -> Result<bool, EngineError> {
        let keys = self.ahead.unowned(&row.keys, owners);
        let done = self.touch(owner.contact, at, |touch: &mut Touch<'_>| {
            touch.give_keys(&keys);
            if owner.contact.is_none() {
                touch.begin_contact();
            }
            let merge = if owner.contact.is_none() { Merge::Replace } else { Merge::FillGaps };
            touch.set_values(&touch.own_values(&row.values, owner), merge);
            Cause::Import
        })?;
        if let Some(id) = done {
            self.ahead.learn_keys(keys, id);
        }
        Ok(done.is_some())
    }
}
