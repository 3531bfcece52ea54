//! Lengths of time in the unit that programs, stores and clocks count in.

/// The milliseconds of a minute.
pub const MINUTE_MS: i64 = 60 * 1000;

/// The milliseconds of an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;

/// The milliseconds of a day as a length of time, whatever the clocks do on it.
pub const DAY_MS: i64 = 24 * HOUR_MS;
