//! What must be unique in the whole store: the keys under which messages leave (E9), and the ids of those that have arrived (E3).

use super::context::or_found;
use super::finding::{Findings, Kind, SHOWN_OF_A_KIND, Subject};
use crate::store::{Records, StoreError};

/// Asks the store, which can sort more than fits into memory.
pub(super) fn examine(records: &mut dyn Records, found: &mut Findings) -> Result<(), StoreError> {
    let keys = or_found(records.repeated_keys(SHOWN_OF_A_KIND), "keys of messages out", found)?;
    for key in keys.unwrap_or_default() {
        found.add(Kind::RepeatedKey, Subject::Named(key), "is the key of several messages");
    }
    let astray = or_found(records.astray_messages(SHOWN_OF_A_KIND), "messages that have arrived", found)?;
    for message in astray.unwrap_or_default() {
        let id: String = message.id.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let words = "does not stand exactly once both in the log and among the messages that are known";
        found.add(Kind::AstrayMessage, Subject::Named(format!("message {id}")), words);
    }
    Ok(())
}
