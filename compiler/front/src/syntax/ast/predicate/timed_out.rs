//! `timed out`: the `wait until` before it met nothing.

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimedOut;
