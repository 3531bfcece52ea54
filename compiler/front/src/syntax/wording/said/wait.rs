//! Waiting.

use super::{Row, SAY, UP_TO};

pub(super) const ROWS: &[Row] = &[
    ("^ wait $n:number $u:unit after [the] send|sending|sent|that|this|entry|entering|it $", "wait $n $u", SAY),
    ("^ wait $n:number $u:unit after [the] [email|mail] $e:name [was|is] [sent] $", "wait $n $u", SAY),
    (
        "^ wait $n:number $u:unit after $e:name [was|is|gets] $v:verb $",
        "wait until $v $e up to 14 days; wait $n $u",
        "what happens comes first, and then the wait:",
    ),
    (
        "^ wait $n:number $u:unit after $p.. $",
        "wait until $p up to 14 days; wait $n $u",
        "what happens comes first, and then the wait:",
    ),
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
    ("^ wait until|for $p.. ( max|maximum|up [to] $n:number $u:unit ) $", "wait until $p up to $n $u", UP_TO),
    ("^ wait until|for $p.. [,] max|maximum $n:number $u:unit $", "wait until $p up to $n $u", UP_TO),
    ("^ wait until|for $p.. [,] at most $n:number $u:unit $", "wait until $p up to $n $u", UP_TO),
    ("^ wait until|for $p.. , $n:number $u:unit $", "wait until $p up to $n $u", UP_TO),
];
