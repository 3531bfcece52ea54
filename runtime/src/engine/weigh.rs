//! Several rows of one file about one person: exports hold people more than once. The first row stands, whenever the others were changed, and
//! later ones fill gaps (E11). What does not count is told.

use super::files::Reading;
use super::view;
use crate::inbound::{ContactRow, Fault, Reason, SetAside};
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
    /// The field until which mail is paused.
    pub(super) pause: Option<FieldId>,
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

impl<'r> FileRows<'r> {
    /// Weighs a row, given what earlier rows have said of the same person.
    pub(super) fn weigh(self, number: usize, before: Option<&Said>) -> Weighed {
        let mut weighed = Weighed::default();
        let Some(row) = self.rows.get(number) else { return weighed };
        for (field, value) in &row.values {
            // A refusal counts in whatever row it stands (E7), and so does a pause.
            let is_refusal = self.pause == Some(*field) || row.refusals.iter().any(|refusal| refusal.field == *field);
            match self.said_before(*field, before).filter(|_| !is_refusal) {
                None => weighed.values.push((*field, value.clone())),
                Some(other) => weighed.left_out.extend(self.left_out(row, (*field, value), other)),
            }
        }
        weighed
    }

    /// The row that has said something of a field already.
    fn said_before(self, field: FieldId, before: Option<&Said>) -> Option<&'r ContactRow> {
        let (_, number) = before?.fields.iter().find(|(known, _)| *known == field)?;
        self.rows.get(*number)
    }

    /// What is noted of a value that does not count; nothing where the other one is the same.
    fn left_out(self, row: &ContactRow, (id, value): (FieldId, &FieldValue), other: &ContactRow) -> Option<SetAside> {
        if other.values.iter().any(|(known, said)| *known == id && said == value) {
            return None;
        }
        let field = self.program.fields.get(id)?;
        let fault = Fault::new(Reason::SaidByAnotherRow, format!("line {} counts, which comes first", other.at.line));
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
