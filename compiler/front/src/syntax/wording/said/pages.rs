//! Pages that were visited.

use super::{Row, SAY};

pub(super) const ROWS: &[Row] = &[(
    "visited|visits|visit|viewed|views|view|opened [the|our|a] [web|landing|site] page|url $t:text",
    "visited $t",
    SAY,
)];
