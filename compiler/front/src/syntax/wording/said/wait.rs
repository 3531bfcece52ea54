//! Waiting.

use super::{Row, UP_TO};

pub(super) const ROWS: &[Row] = &[
    (
        "^ wait until|for $p.. or [after|for] $n:number $u:unit [have|has] [passed|elapsed|gone|later] [by] $",
        "wait until $p up to $n $u",
        UP_TO,
    ),
    ("[,] or up to $n:number $u:unit $", "up to $n $u", UP_TO),
    ("^ wait $n:number $u:unit for $p.. $", "wait until $p up to $n $u", UP_TO),
    ("^ wait for $p.. up to $n:number $u:unit $", "wait until $p up to $n $u", UP_TO),
    ("^ wait until|for $p.. or|within|in|for $n:number $u:unit $", "wait until $p up to $n $u", UP_TO),
    ("^ wait [for] $n:number $u:unit or until|till [they] $p.. $", "wait until $p up to $n $u", UP_TO),
    ("^ wait until|for $p.. or after $n:number $u:unit $", "wait until $p up to $n $u", UP_TO),
    ("^ wait until|for $p.. [,] max|maximum $n:number $u:unit $", "wait until $p up to $n $u", UP_TO),
    ("^ wait until|for $p.. [,] at most $n:number $u:unit $", "wait until $p up to $n $u", UP_TO),
    ("^ wait until|for $p.. , $n:number $u:unit $", "wait until $p up to $n $u", UP_TO),
];
