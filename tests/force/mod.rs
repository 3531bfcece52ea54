//! What the harnesses share that end Flow at any instant and make its world hostile: a project of every construct and people in it, a mail
//! server of a process of its own, and the books of both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code)]

pub(crate) mod chance;
pub(crate) mod every;
pub(crate) mod live;
pub(crate) mod receiver;
pub(crate) mod signals;

use std::path::Path;

use flow_runtime::open::diagnose;
use flow_runtime::time::Instant;

/// Nothing in a store at rest is without its reason, its counterpart or its sum (`flow doctor`); else what is.
pub(crate) fn whole(store: &Path) -> Result<(), String> {
    // By the clocks of those who worked on it, which may have been any.
    let examined = diagnose(store, Instant::NEVER, &mut |_, _| ()).map_err(|error| error.message)?.examined;
    if examined.is_healthy() { Ok(()) } else { Err(format!("{:#?}", examined.findings)) }
}
