//! Very many findings of one kind in one declaration or template, as where a list of 100,000 names lacks their quotes. The first ones are
//! told, with how many more there are: nobody reads the rest, and each takes time to be tried out and drawn.

use super::{Code, Diagnostic};
use crate::source::FileId;
use std::collections::BTreeMap;

/// How many findings of one kind in one place are told.
const MAX_OF_A_KIND: usize = 200;

/// Where a declaration begins.
pub(crate) type Place = Option<(FileId, u32)>;

/// How many were left out, by their kind and place.
#[derive(Debug, Default)]
pub(crate) struct More(BTreeMap<(Code, Place), usize>);

/// The first findings of each kind in each place.
pub(crate) fn bounded(found: Vec<Diagnostic>, place: impl Fn(&Diagnostic) -> Place) -> (Vec<Diagnostic>, More) {
    let mut seen: BTreeMap<(Code, Place), usize> = BTreeMap::new();
    let mut found = found;
    found.retain(|found| {
        let seen = seen.entry((found.code, place(found))).or_default();
        *seen += 1;
        *seen <= MAX_OF_A_KIND
    });
    seen.retain(|_, seen| *seen > MAX_OF_A_KIND);
    seen.values_mut().for_each(|seen| *seen -= MAX_OF_A_KIND);
    (found, More(seen))
}

impl More {
    /// Says at the last finding of each kind how many more there are.
    pub(crate) fn tell(mut self, found: &mut [Diagnostic], place: impl Fn(&Diagnostic) -> Place) {
        for found in found.iter_mut().rev() {
            let Some(more) = self.0.remove(&(found.code, place(found))) else { continue };
            let more = format!("{more} more of this kind behind it are told once these are mended");
            found.why = Some(found.why.take().map_or(more.clone(), |why| format!("{why}; {more}")));
        }
    }
}
