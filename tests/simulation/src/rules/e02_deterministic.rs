//! E2: the same program, log and clock give the same result. Two lives are compared for it (`trial.rs`); here it is that what is numbered is
//! numbered without gaps, by the order of decisions alone.

use crate::seen::Seen;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    let mut rows: Vec<u64> = seen.snapshot().outbox.iter().map(|(row, _)| row.id).collect();
    rows.sort_unstable();
    let gap = (1..).zip(&rows).find(|(expected, row)| *expected != **row);
    if let Some((expected, row)) = gap {
        return Some(format!("outbox row {row} stands where {expected} should"));
    }
    let records =
        seen.snapshot().events.iter().map(|row| row.id).chain(seen.snapshot().decisions.iter().map(|row| row.id));
    let mut records: Vec<u64> = records.collect();
    records.sort_unstable();
    let gap = (1..).zip(&records).find(|(expected, row)| *expected != **row)?;
    Some(format!("record {} of the log stands where {} should", gap.1, gap.0))
}
