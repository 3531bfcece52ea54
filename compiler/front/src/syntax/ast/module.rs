//! `use std.b2b`: a module of the standard library.

use super::{Block, Name};

/// The module's name.
pub(crate) type Use = Name;

impl Block for Use {}
