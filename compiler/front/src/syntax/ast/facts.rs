//! `owner`, `reviewed` and `group`: what people say about a workflow, and no journey asks for.

use super::{Name, Text};

/// An address.
pub type Owner = Text;

/// A day as written: `2026-10-01`.
pub type Reviewed = Name;

pub type Group = Name;
