//! Connectors as the outbox sees them, against folders and servers that accept, refuse, stall and vanish.
#![allow(clippy::unwrap_used, clippy::panic)]

mod contract;
mod file;
mod hanging;
mod server;
mod sink;
mod smtp;
mod support;
