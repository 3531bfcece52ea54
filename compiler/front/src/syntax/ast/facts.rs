//! `owner`, `reviewed` and `group`: what people say about a workflow, and no journey asks for.

use super::{Name, Text};

/// An address.
pub(crate) type Owner = Text;

/// A day as written: `2026-10-01`.
pub(crate) type Reviewed = Name;

pub(crate) type Group = Name;
