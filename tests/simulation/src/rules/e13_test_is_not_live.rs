//! E13: what leaves comes from a step of a real workflow under the store's own key; a rehearsal and a live store are never one. The second is asked
//! of stores in files (`run/store.rs` has none in common), and of the commands in `tests/command.rs`; here it is the first.

use flow_runtime::store::OutboxKind;

use crate::seen::Seen;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    for (row, _) in &seen.snapshot().outbox {
        let team = row.recipient.ends_with("@acme.example");
        let person = row.recipient.ends_with("@people.example") || row.recipient.is_empty();
        let is_right = if row.kind == OutboxKind::Notice { team } else { person };
        if !is_right {
            return Some(format!("{} went to {}", row.key, row.recipient));
        }
    }
    None
}
