//! What the harnesses share that end Flow at any instant and make its world hostile: a project of every construct and people in it, a mail
//! server of a process of its own, and the books of both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code)]

pub(crate) mod chance;
pub(crate) mod every;
pub(crate) mod live;
pub(crate) mod receiver;
pub(crate) mod signals;
