//! What must be unique in the whole store: the keys under which messages leave (E9), and the ids of those that have arrived (E3).

use super::context::or_found;
use super::finding::{Findings, Kind, SHOWN_OF_A_KIND, Subject};
use crate::store::{Astray, Records, StoreError};

/// Asks the store, which can sort more than fits into memory.
pub(super) fn examine(records: &mut dyn Records, found: &mut Findings) -> Result<(), StoreError> {
    let keys = or_found(records.repeated_keys(SHOWN_OF_A_KIND), "keys of messages out", found)?;
    for key in keys.unwrap_or_default() {
        found.add(Kind::RepeatedKey, Subject::Named(key), "is the key of several messages");
    }
    let astray = or_found(records.astray_messages(SHOWN_OF_A_KIND), "messages that have arrived", found)?;
    for Astray { message, logged, known } in astray.unwrap_or_default() {
        let id: String = message.id.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let subject = Subject::Named(format!("message {id}"));
        match (logged, known) {
            (1, 0) => {
                found.add(Kind::UnknownMessage, subject, "stands in the log, and would count again if it came again")
            }
            (0, _) => found.add(Kind::AstrayMessage, subject, "is known to have arrived, and stands in no log"),
            (logged, _) => found.add(Kind::AstrayMessage, subject, format!("stands in the log {logged} times")),
        }
    }
    Ok(())
}
