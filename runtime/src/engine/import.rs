//! Contacts who were there before: the rows of a file, each an item at the instant of the import.
//!
//! A newer export updates whom it names. Exports hold the same person more than once: the first row stands, and later ones of the same file
//! fill gaps; of two consents the more restrictive holds (E11). How far an import came is kept with each commit, as the number of rows and a digest of them, so a crash in the
//! middle repeats nothing and the same file again changes nothing.

use super::ahead::{Owners, owners};
use super::error::EngineError;
use super::react::Cause;
use super::touch::Touch;
use super::{Engine, Progress, counter};
use crate::inbound::ContactRow;
use crate::store::{ContactId, Questions, Store};
use crate::time::Instant;
use flow_ir::{FieldId, FieldValue};
use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use rustc_hash::FxHashMap;

/// The name under which a store keeps how far an import came.
const IMPORT: &str = "import.";
/// How many rows are looked up at once.
pub(super) const LOOK_AHEAD_ROWS: usize = 512;

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Contacts that were made.
    pub new: u64,
    /// Rows of contacts of an earlier row of the file.
    pub aliases: u64,
    /// Rows of contacts that were known before.
    pub updated: u64,
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

    /// What the file is called.
    fn file(&self) -> &str {
        self.name.strip_prefix(IMPORT).unwrap_or_default()
    }

    fn pass(&mut self, row: &ContactRow) {
        let mut bytes = self.chain.to_vec();
        // Keys and values are plain data: writing them as JSON cannot fail.
        bytes.extend(serde_json::to_vec(&(&row.keys, &row.values)).unwrap_or_default());
        // A file in which the date alone has moved says everything anew.
        bytes.extend(row.changed_at.into_iter().flat_map(i64::to_le_bytes));
        self.chain.copy_from_slice(digest(&SHA256, &bytes).as_ref());
        self.rows += 1;
    }

    pub(super) fn read(&self) -> (String, Vec<u8>) {
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
        // A later row, another file or an event of the same instant may say that they do not want it.
        self.outbox.hold_back(at, true);
        let mut mark = ImportMark::start(name);
        let known = self.imported_before(&mut mark, rows)?;
        let mut imported = Imported { known: known as u64, ..Imported::default() };
        let (taken, rest) = rows.split_at_checked(known).unwrap_or((rows, &[]));
        let mut said = self.said_by(taken)?;
        for chunk in rest.chunks(LOOK_AHEAD_ROWS) {
            self.import_chunk(chunk, at, &mut mark, &mut said, &mut imported, progress)?;
        }
        self.finish(progress)?;
        Ok(imported)
    }

    /// How many rows an earlier import took; none where the file is another one.
    fn imported_before(&mut self, mark: &mut ImportMark, rows: &[ContactRow]) -> Result<usize, EngineError> {
        let Some(kept) = self.reads.get(&mark.name).cloned() else { return Ok(0) };
        let count = kept.first_chunk().map(|count| u64::from_le_bytes(*count));
        let count = count.and_then(|count| usize::try_from(count).ok());
        let count = count.ok_or_else(|| EngineError::Damaged { name: mark.name.clone() })?;
        let mut found = mark.clone();
        rows.iter().take(count).for_each(|row| found.pass(row));
        if found.read().1 != kept {
            return Ok(0);
        }
        *mark = found;
        Ok(count)
    }

    /// What the rows of an earlier, stopped import said.
    fn said_by(&mut self, rows: &[ContactRow]) -> Result<Said, EngineError> {
        let mut said = Said::default();
        for chunk in rows.chunks(LOOK_AHEAD_ROWS) {
            let keys: Vec<String> = chunk.iter().filter_map(|row| row.keys.first().cloned()).collect();
            let mut owners = self.store.ask(&Questions { keys, ..Questions::default() })?.owners.into_iter();
            for row in chunk.iter().filter(|row| !row.keys.is_empty()) {
                note(&mut said, owners.next().flatten(), row);
            }
        }
        Ok(said)
    }

    fn import_chunk(
        &mut self,
        rows: &[ContactRow],
        at: i64,
        mark: &mut ImportMark,
        said: &mut Said,
        imported: &mut Imported,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), EngineError> {
        self.ahead.begin(&self.batch.changes);
        let keys: Vec<&[String]> = rows.iter().map(|row| row.keys.as_slice()).collect();
        let owners = owners(&mut self.store, &keys)?;
        for (row, owners) in rows.iter().zip(&owners) {
            mark.pass(row);
            let done = self.import_row((row, mark.file()), owners, at, said, imported);
            self.whole(done)?;
            self.import_mark = Some(mark.clone());
            self.flush_if_full(progress)?;
        }
        Ok(())
    }

    fn import_row(
        &mut self,
        (row, file): (&ContactRow, &str),
        owners: &Owners,
        at: i64,
        said: &mut Said,
        imported: &mut Imported,
    ) -> Result<(), EngineError> {
        if row.keys.is_empty() {
            return Ok(());
        }
        let keys = self.ahead.found(&row.keys, owners);
        let identity = self.identify(&keys)?;
        let row_of = match identity.contact {
            None => RowOf::Somebody,
            Some(contact) if said.contains_key(&contact) => RowOf::Again,
            Some(_) => RowOf::Known,
        };
        let marks = self.ahead.marks(&row.keys, owners);
        let before = identity.contact.and_then(|contact| said.get(&contact));
        let values = gaps(row, before, self.plan.pause.map(|(field, _)| field));
        let refused_by = self.refusing_columns(file, &row.refusals);
        self.touch_as(&identity, at, |touch: &mut Touch<'_>| {
            touch.address_marks = marks;
            touch.refused_by.clone_from(&refused_by);
            touch.set_values(
                &touch.own_values(&values, &identity),
                row.changed_at.map_or(at, |changed| changed.min(at)),
            );
            // What a newer export changes has happened since; whatever else it says was so before Flow knew of it.
            if row_of == RowOf::Known { Cause::Change(Vec::new()) } else { Cause::Import }
        })?;
        let keys = self.ahead.found(&row.keys, owners);
        self.refuse_owner(&keys, &identity, &row.values, &refused_by, at)?;
        let first = row.keys.first().and_then(|key| self.ahead.owner_now(key));
        note(said, identity.contact.or(first), row);
        match row_of {
            RowOf::Somebody => imported.new += 1,
            RowOf::Known => imported.updated += 1,
            RowOf::Again => {
                imported.aliases += 1;
                self.batch.count(counter::ALIASES);
            }
        }
        Ok(())
    }
}

/// The fields of which the rows of a file have said something, by whom they are about.
type Said = FxHashMap<ContactId, Vec<FieldId>>;

fn note(said: &mut Said, contact: Option<ContactId>, row: &ContactRow) {
    let Some(contact) = contact else { return };
    let fields = said.entry(contact).or_default();
    fields
        .extend(row.values.iter().map(|(field, _)| *field).filter(|field| !fields.contains(field)).collect::<Vec<_>>());
}

/// What a row says that earlier rows about the same person have not: the first one stands, whatever the type of a field. A refusal counts in
/// any of them, and so does a pause.
fn gaps(row: &ContactRow, before: Option<&Vec<FieldId>>, pause: Option<FieldId>) -> Vec<(FieldId, FieldValue)> {
    let is_said = |field: &FieldId| pause != Some(*field) && before.is_some_and(|before| before.contains(field));
    row.values.iter().filter(|(field, _)| !is_said(field)).cloned().collect()
}

/// Whom a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowOf {
    /// Somebody new.
    Somebody,
    /// Somebody of an earlier row of the same file.
    Again,
    /// Somebody known from elsewhere.
    Known,
}
