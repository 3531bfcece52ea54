//! What must be unique in the whole store: the keys under which messages leave (E9), and the ids of those that have arrived (E3).

use super::context::or_found;
use super::finding::{Findings, Kind, Subject};
use crate::store::{Astray, Records, StoreError};

/// Asks the store, which can sort more than fits into memory. All are counted: what is mended is all of them.
pub(super) fn examine(records: &mut dyn Records, found: &mut Findings) -> Result<(), StoreError> {
    let keys = records
        .repeated_keys(&mut |key| found.add(Kind::RepeatedKey, Subject::Named(key), "is the key of several messages"));
    or_found(keys, "keys of messages out", found)?;
    let astray = records.astray_messages(&mut |astray| add(astray, found));
    or_found(astray, "messages that have arrived", found)?;
    Ok(())
}

/// One that stands in the log several times and is not known is both: it was counted twice, and would be once more.
fn add(Astray { message, logged, known }: Astray, found: &mut Findings) {
    let id: String = message.id.0.iter().map(|byte| format!("{byte:02x}")).collect();
    let subject = || Subject::Named(format!("message {id}"));
    if logged > 0 && known == 0 {
        found.add(Kind::UnknownMessage, subject(), "stands in the log, and would count again if it came again");
    }
    match logged {
        0 => found.add(Kind::AstrayMessage, subject(), "is known to have arrived, and stands in no log"),
        1 => {}
        times => found.add(Kind::AstrayMessage, subject(), format!("stands in the log {times} times")),
    }
}
