//! E13: what leaves goes to people of this world and to its teams, and to nobody else. That a rehearsal and a live store are never one is no
//! matter of worlds: the rule's own tests and those of the commands have it.

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
