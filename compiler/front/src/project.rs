//! What comes into the compiler.

use crate::lints::Levels;
use crate::source::Source;
use crate::values::DAY_MS;

/// When days begin: the instant, in milliseconds, of a zone and a number of days since 1970-01-01; none outside the calendar. By itself
/// it knows UTC alone, and no instant of another zone, so that a zone is never left out in silence.
#[derive(Debug, Clone, Copy)]
pub struct Midnight(pub fn(&str, i64) -> Option<i64>);

impl Default for Midnight {
    fn default() -> Self {
        Self(|zone, day| if zone == "UTC" { day.checked_mul(DAY_MS) } else { None })
    }
}

/// All that the compiler may know of a project.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// As `flow.toml` has it; it goes into the program's debug part.
    pub name: String,
    /// The IANA zone of contacts that have none of their own.
    pub timezone: String,
    /// When days begin in a zone: zones are not the compiler's to compute.
    pub midnight: Midnight,
    /// How much each lint weighs.
    pub lints: Levels,
    /// The `.flow` files, in a stable order (by path).
    pub sources: Vec<Source>,
    /// The template files, by path.
    pub templates: Vec<Source>,
}
