//! The one place where zones and calendars are computed.
//!
//! In: instants, IANA zone names, spans such as `2 months`, send windows. Out: instants. This layer knows nothing of clocks,
//! stores or programs, and nothing outside it may do calendar arithmetic or name the library beneath, jiff.
//!
//! jiff runs on the zone data built into it, not on the system's: many systems carry rules that are wrong by now, and a program
//! that is replayed on another machine must meet the same rules (rule E2). [`tzdb_version`] says which.

pub(crate) mod calendar;
pub mod civil;
pub mod dates;
mod holidays;
mod instant;
#[cfg(test)]
mod testing;
mod window;
mod zone;

pub use civil::Span;
pub use holidays::Holidays;
pub use instant::{Instant, InstantError};
pub use window::{SendWindow, WindowError};
pub use zone::{Zone, Zones, tzdb_version};
