//! What comes into the compiler.

use crate::lints::Levels;
use crate::source::Source;
use flow_ir::units::DAY_MS;

/// What the project gives of zones, which are not the compiler's to compute. By itself it says of no name that it is none, and knows
/// the days of UTC alone and no instant of another zone, so that a zone is never left out in silence.
#[derive(Debug, Clone, Copy)]
pub struct Zones {
    /// Whether a name is a zone's; none where that is not known of any.
    pub knows: Option<fn(&str) -> bool>,
    /// When days begin: the instant, in milliseconds, of a zone and a number of days since 1970-01-01; none outside the calendar.
    pub midnight: fn(&str, i64) -> Option<i64>,
}

impl Default for Zones {
    fn default() -> Self {
        Self { knows: None, midnight: |zone, day| if zone == "UTC" { day.checked_mul(DAY_MS) } else { None } }
    }
}

/// All that the compiler may know of a project.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// As `flow.toml` has it; it goes into the program's debug part.
    pub name: String,
    /// The IANA zone of contacts that have none of their own.
    pub timezone: String,
    /// The zones there are, and when days begin in them.
    pub zones: Zones,
    /// The address that mails come from, as `flow.toml` has it: what a sender's name alone is completed with.
    pub sender: Option<String>,
    /// How much each lint weighs.
    pub lints: Levels,
    /// The `.flow` files, in a stable order (by path).
    pub sources: Vec<Source>,
    /// The template files, by path.
    pub templates: Vec<Source>,
}
