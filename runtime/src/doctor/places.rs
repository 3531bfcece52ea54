//! How far streams of input were read, each in its reader's own words.

use super::context::or_found;
use super::finding::{Findings, Kind, Subject};
use crate::engine;
use crate::store::{Records, StoreError};

/// Asks each reader.
pub(super) fn examine(records: &mut dyn Records, found: &mut Findings) -> Result<(), StoreError> {
    let Some(reads) = or_found(records.reads(), "places of streams", found)? else { return Ok(()) };
    for name in engine::unreadable_places(&reads) {
        found.add(Kind::WrongPlace, Subject::Named(name), "is not what its reader writes");
    }
    Ok(())
}
