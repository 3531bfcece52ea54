//! `pause while P`, `pauses GROUP` and `stops GROUP`.

use super::{Name, Predicate};

pub(crate) type PauseWhile = Predicate;
pub(crate) type Pauses = Name;
pub(crate) type Stops = Name;
