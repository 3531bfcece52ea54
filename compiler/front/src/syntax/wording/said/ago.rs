//! How long ago something happened.

use super::{Row, SAY};

pub(super) const ROWS: &[Row] = &[
    (
        "[the] last|latest|most_recent $e:name [date] [is|was|happened] more|longer|older|over|> [than] $n:number $u:unit [ago]",
        "no $e in the last $n $u",
        SAY,
    ),
    (
        "[the] last|latest $e:name [on|of] $t:text [is|was] more|longer|older|over|> [than] $n:number $u:unit [ago]",
        "no $e $t in the last $n $u",
        SAY,
    ),
    (
        "[last|latest] $e:name ( $r.. ) more|longer|over|> [than] $n:number $u:unit ago",
        "no $e($r) in the last $n $u",
        SAY,
    ),
    ("$e:name [last] more|longer|over|> [than] $n:number $u:unit ago", "no $e in the last $n $u", SAY),
    ("$e:name [last] $t:text more|longer|over|> [than] $n:number $u:unit ago", "no $e $t in the last $n $u", SAY),
    ("$e:name [last] less|within|< [than] [the] $n:number $u:unit ago", "$e in the last $n $u", SAY),
    ("$e:name $t:text less|within|< [than] [the] $n:number $u:unit ago", "$e $t in the last $n $u", SAY),
];
