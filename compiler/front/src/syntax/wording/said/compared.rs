//! Comparisons, and what happened behind what it happened to.

use super::{FIRST, Row, SAY};

pub(super) const ROWS: &[Row] = &[
    ("$e:name clicked", "clicked $e", FIRST),
    ("$e:name opened", "opened $e", FIRST),
    ("$e:name replied", "replied $e", FIRST),
    ("$e:name bounced", "bounced $e", FIRST),
    ("$e:name sent", "sent $e", FIRST),
    ("clicked on", "clicked", SAY),
    ("replied to", "replied", SAY),
    ("is at least", ">=", SAY),
    ("is at most", "<=", SAY),
    ("is not in", "not in", SAY),
    ("[is] greater|more than", ">", SAY),
    ("[is] less|lower|fewer than", "<", SAY),
    ("[is] over|above", ">", SAY),
    ("[is] under|below", "<", SAY),
    ("at least", ">=", SAY),
    ("at most", "<=", SAY),
    ("is set", "is known", SAY),
    ("is empty|missing", "is unknown", SAY),
    ("is one of", "in", SAY),
    ("is in", "in", SAY),
    ("begins with", "starts with", SAY),
    ("is equal to", "is", SAY),
    ("equals", "is", SAY),
    ("equal to", "is", SAY),
    ("is any|one of", "in", SAY),
];
