//! Events that sound like a refusal and are none that Flow knows: whoever meant one goes on getting mail until somebody looks, so each name
//! is counted by itself.

use super::counter;
use super::error::EngineError;
use crate::inbound::{OTHERS, excerpt};
use crate::store::{Records, Total};
use std::collections::BTreeSet;

/// How many names a store tells apart; what comes after them is counted together.
const MAX_NAMES: usize = 100;

/// The names that have a counter.
#[derive(Debug, Default)]
pub(super) struct Unheard(BTreeSet<String>);

impl Unheard {
    pub(super) fn load(records: &mut dyn Records) -> Result<Unheard, EngineError> {
        let counters = records.counters()?.into_iter();
        Ok(Unheard(counters.filter_map(|(counter, _)| name_in(&counter).map(str::to_owned)).collect()))
    }

    /// The counter of an event's name, under which it is shown.
    pub(super) fn counter(&mut self, name: &str) -> Total {
        let shown = excerpt(name);
        let has_room = self.0.len() < MAX_NAMES || self.0.contains(&shown);
        let name = if has_room { shown } else { OTHERS.to_owned() };
        let counter = Total::Counter(format!("{}{name}", counter::UNKNOWN_REFUSALS));
        self.0.insert(name);
        counter
    }
}

/// The name that a counter of this kind counts.
pub(crate) fn name_in(counter: &str) -> Option<&str> {
    counter.strip_prefix(counter::UNKNOWN_REFUSALS)
}
