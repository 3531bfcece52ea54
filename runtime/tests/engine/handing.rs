//! Handing people over, as the tests of teams do it.

use crate::support::{Place, World, program};
use serde_json::json;

/// Everywhere, and with a batch for each item.
pub(crate) fn everywhere(text: &str, see: impl Fn(&mut World)) {
    for place in Place::ALL {
        for items in [1, 1_000] {
            see(&mut World::on(place, program(text)).limits(items, 2));
        }
    }
}

/// Somebody signs up, by the clocks of the project.
pub(crate) fn comes(world: &mut World, who: &str, at: &str) {
    world.at(at).event(who, "signed_up", json!({})).run();
}

/// Who has been handed to whom, in the order of the log.
pub(crate) fn handed(world: &World) -> Vec<String> {
    let mut rows = world.snapshot().handoffs;
    rows.sort_by_key(|row| (row.at, row.contact));
    rows.into_iter().map(|row| row.member.split('@').next().unwrap_or_default().to_owned()).collect()
}
