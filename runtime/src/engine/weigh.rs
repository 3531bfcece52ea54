//! Several rows of one file about one person: exports hold people more than once. The first row stands, whenever the others were changed, and
//! later ones fill gaps (E11). What does not count is told.

use super::files::Reading;
use super::view;
use crate::inbound::{ContactRow, Fault, Reason, SetAside};
use crate::store::ContactId;
use crate::time::Zone;
use flow_ir::{ConsentState, FieldId, FieldValue, Program};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// What the rows of a file are read by.
#[derive(Clone, Copy)]
pub(super) struct FileRows<'r> {
    pub(super) reading: &'r Reading,
    pub(super) program: &'r Program,
    /// The field until which mail is paused.
    pub(super) pause: Option<FieldId>,
    /// The field of what they have said of it.
    pub(super) consent: Option<FieldId>,
    pub(super) zone: Zone,
}

/// What the rows so far have said of somebody. Kept of those alone of whom several rows may speak ([`survey`](super::survey)), and without
/// the rows: which line has said something of a field, and a print of what.
#[derive(Debug)]
pub(super) struct Said {
    /// Whether they were known before the file, as far as it is taken now.
    pub(super) was_known: bool,
    /// The line of the first row about them.
    pub(super) first: u64,
    /// What counts of the rows.
    fields: Vec<SaidOfField>,
}

#[derive(Debug, Clone, Copy)]
struct SaidOfField {
    field: FieldId,
    line: u64,
    value: u64,
}

/// The same, by whom it is of.
pub(super) type SaidOf = FxHashMap<ContactId, Said>;

impl Said {
    pub(super) fn new(first: u64, was_known: bool) -> Said {
        Said { was_known, first, fields: Vec::new() }
    }

    /// Takes in the values of a row that count.
    pub(super) fn note(&mut self, line: u64, values: &[(FieldId, FieldValue)]) {
        self.fields.retain(|known| !values.iter().any(|(field, _)| *field == known.field));
        self.fields.reserve_exact(values.len());
        self.fields.extend(values.iter().map(|(field, value)| SaidOfField {
            field: *field,
            line,
            value: print(value),
        }));
    }
}

/// Two values of one print would only hide a remark.
fn print(value: &FieldValue) -> u64 {
    let mut hasher = FxHasher::default();
    match value {
        FieldValue::Missing => hasher.write_u8(0),
        FieldValue::Int(value) => hasher.write_i64(*value),
        FieldValue::Text(text) => hasher.write(text.as_bytes()),
    }
    hasher.finish()
}

/// What of a row counts beside the others about the same person.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    pub(super) values: Vec<(FieldId, FieldValue)>,
    pub(super) left_out: Vec<SetAside>,
}

impl FileRows<'_> {
    /// Weighs a row, given what earlier rows have said of the same person.
    pub(super) fn weigh(self, row: &ContactRow, before: Option<&Said>) -> Weighed {
        let mut weighed = Weighed::default();
        for (field, value) in &row.values {
            // A refusal counts in whatever row it stands (E7), and so do a pause and that they have still to confirm.
            let is_pending = self.consent == Some(*field) && *value == FieldValue::Int(ConsentState::Pending.number());
            let is_refusal =
                is_pending || self.pause == Some(*field) || row.refusals.iter().any(|refusal| refusal.field == *field);
            match said_before(*field, before).filter(|_| !is_refusal) {
                None => weighed.values.push((*field, value.clone())),
                Some(said) => weighed.left_out.extend(self.left_out(row, (*field, value), said)),
            }
        }
        weighed
    }

    /// What is noted of a value that does not count; nothing where the other one is the same.
    fn left_out(self, row: &ContactRow, (id, value): (FieldId, &FieldValue), said: SaidOfField) -> Option<SetAside> {
        if said.value == print(value) {
            return None;
        }
        let field = self.program.fields.get(id)?;
        let fault = Fault::new(Reason::SaidByAnotherRow, format!("line {} counts, which comes first", said.line));
        Some(fault.set_aside(&row.at, &field.name, &view::shown(self.program, field, value, self.zone)))
    }

    /// What is noted of an address that is somebody else's, who stands in a row before or is known from elsewhere.
    pub(super) fn address_of_another(self, row: &ContactRow, owner: Option<&Said>) -> Option<SetAside> {
        let address = row.keys.iter().find_map(|key| key.strip_prefix("email:"))?;
        let whose =
            owner.map_or("somebody else has it".to_owned(), |said| format!("the person of line {} has it", said.first));
        let fault = Fault::new(
            Reason::AddressOfAnother,
            format!("{whose}, and an address has one person; the row counts without it"),
        );
        Some(fault.set_aside(&row.at, "email", address))
    }
}

/// What a row before has said of a field.
fn said_before(field: FieldId, before: Option<&Said>) -> Option<SaidOfField> {
    before?.fields.iter().find(|said| said.field == field).copied()
}
