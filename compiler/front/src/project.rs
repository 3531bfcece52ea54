//! What comes into the compiler.

use crate::lints::Levels;
use crate::source::Source;

/// All that the compiler may know of a project.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// As `flow.toml` has it; it goes into the program's debug part.
    pub name: String,
    /// The IANA zone of contacts that have none of their own.
    pub timezone: String,
    /// How much each lint weighs.
    pub lints: Levels,
    /// The `.flow` files, in a stable order (by path).
    pub sources: Vec<Source>,
    /// The template files, by path.
    pub templates: Vec<Source>,
}
