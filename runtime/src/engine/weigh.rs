//! Several rows of one file about one person: exports hold people more than once. Of two values of a field the one of the row that was
//! changed later counts, where both rows say when they were; else the first row stands and later ones fill gaps (E11).

use super::files::Reading;
use super::view;
use crate::inbound::{ContactRow, Fault, Reason, SetAside, is_user};
use crate::store::ContactId;
use crate::time::Zone;
use flow_ir::{FieldId, FieldValue, Program};
use rustc_hash::FxHashMap;

/// The rows of a file, with what is known of when each was changed.
#[derive(Clone, Copy)]
pub(super) struct FileRows<'r> {
    pub(super) rows: &'r [ContactRow],
    pub(super) reading: &'r Reading,
    pub(super) program: &'r Program,
    pub(super) zone: Zone,
}

/// What the rows so far have said of somebody.
#[derive(Debug)]
pub(super) struct Said {
    /// Whether they were known before the file, as far as it is taken now.
    pub(super) was_known: bool,
    /// The first row about them.
    pub(super) first: usize,
    /// The rows whose values count.
    fields: Vec<(FieldId, usize)>,
}

/// The same, by whom it is of.
pub(super) type SaidOf = FxHashMap<ContactId, Said>;

impl Said {
    pub(super) fn new(first: usize, was_known: bool) -> Said {
        Said { was_known, first, fields: Vec::new() }
    }

    /// Takes in the values of a row that count.
    pub(super) fn note(&mut self, row: usize, values: &[(FieldId, FieldValue)]) {
        self.fields.retain(|(known, _)| !values.iter().any(|(field, _)| field == known));
        self.fields.extend(values.iter().map(|(field, _)| (*field, row)));
    }
}

/// What of a row counts beside the others about the same person.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    pub(super) values: Vec<(FieldId, FieldValue)>,
    pub(super) left_out: Vec<SetAside>,
}

/// Rows that bear the same user id, or the same address and no user id: they are about one person whatever a store knows.
#[derive(Debug, Default)]
pub(super) struct Again<'r>(FxHashMap<&'r str, Vec<usize>>);

impl<'r> Again<'r> {
    /// Those of a file, as far as they say when they were changed: of others the first stands, in whatever order they come.
    pub(super) fn of(file: FileRows<'r>) -> Again<'r> {
        let mut rows: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (number, row) in file.rows.iter().enumerate().filter(|(_, row)| file.reading.changed_at(row).is_some()) {
            if let Some(key) = own_key(row) {
                rows.entry(key).or_default().push(number);
            }
        }
        rows.retain(|_, rows| rows.len() > 1);
        Again(rows)
    }

    fn rows(&self, row: &ContactRow) -> &[usize] {
        own_key(row).and_then(|key| self.0.get(key)).map_or(&[], Vec::as_slice)
    }
}

/// The key by which a row is somebody's: the user id, else the address.
pub(super) fn own_key(row: &ContactRow) -> Option<&str> {
    row.keys.iter().find(|key| is_user(key)).or(row.keys.first()).map(String::as_str)
}

impl<'r> FileRows<'r> {
    /// Weighs a row, given what earlier rows have said of the same person.
    pub(super) fn weigh(self, number: usize, before: Option<&Said>, again: &Again<'r>) -> Weighed {
        let mut weighed = Weighed::default();
        let Some(row) = self.rows.get(number) else { return weighed };
        for (field, value) in &row.values {
            // A refusal counts in whatever row it stands (E7).
            let is_refusal = row.refusals.iter().any(|refusal| refusal.field == *field);
            match self.outweighed_by(row, *field, before, again).filter(|_| !is_refusal) {
                None => weighed.values.push((*field, value.clone())),
                Some(other) => weighed.left_out.extend(self.left_out(row, (*field, value), other)),
            }
        }
        weighed
    }

    /// The row whose value of a field counts in place of this one's.
    fn outweighed_by(
        self,
        row: &ContactRow,
        field: FieldId,
        before: Option<&Said>,
        again: &Again<'r>,
    ) -> Option<&'r ContactRow> {
        let own = self.reading.changed_at(row);
        let said = before.and_then(|said| said.fields.iter().find(|(known, _)| *known == field));
        let earlier = said.and_then(|(_, number)| self.rows.get(*number));
        if let Some(earlier) = earlier.filter(|earlier| own.is_none() || self.reading.changed_at(earlier) >= own) {
            return Some(earlier);
        }
        if earlier.is_some_and(|earlier| self.reading.changed_at(earlier).is_none()) {
            return earlier;
        }
        let has_it = |other: &&ContactRow| other.values.iter().any(|(known, _)| *known == field);
        let others = again.rows(row).iter().filter_map(|number| self.rows.get(*number)).filter(has_it);
        let later = others.filter(|other| own.is_some() && self.reading.changed_at(other) > own);
        later.max_by_key(|other| (self.reading.changed_at(other), std::cmp::Reverse(other.at.line)))
    }

    /// What is noted of a value that does not count; nothing where the other one is the same.
    fn left_out(self, row: &ContactRow, (id, value): (FieldId, &FieldValue), other: &ContactRow) -> Option<SetAside> {
        if other.values.iter().any(|(known, said)| *known == id && said == value) {
            return None;
        }
        let field = self.program.fields.get(id)?;
        let was_later =
            self.reading.changed_at(other) > self.reading.changed_at(row) && self.reading.changed_at(row).is_some();
        let why = if was_later { "which was changed later" } else { "which comes first" };
        let fault = Fault::new(Reason::SaidByAnotherRow, format!("line {} counts, {why}", other.at.line));
        Some(fault.set_aside(&row.at, &field.name, &view::shown(self.program, field, value, self.zone)))
    }

    /// What is noted of an address that is somebody else's, who stands in a row before or is known from elsewhere.
    pub(super) fn address_of_another(self, row: &ContactRow, owner: Option<&Said>) -> Option<SetAside> {
        let address = row.keys.iter().find_map(|key| key.strip_prefix("email:"))?;
        let whose = owner.and_then(|said| self.rows.get(said.first));
        let whose =
            whose.map_or("somebody else has it".to_owned(), |row| format!("the person of line {} has it", row.at.line));
        let fault = Fault::new(
            Reason::AddressOfAnother,
            format!("{whose}, and an address has one person; the row counts without it"),
        );
        Some(fault.set_aside(&row.at, "email", address))
    }
}
