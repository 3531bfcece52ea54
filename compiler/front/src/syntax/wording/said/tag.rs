//! Tags.

use super::{Row, SAY, STEP};

pub(super) const ROWS: &[Row] = &[
    ("^ set|add|apply|assign [the|a] tag $t:text $", "tag $t@", SAY),
    ("^ set lists|list [=|to] $t:text $", "add to list $t@", SAY),
    ("^ add to list $a:name , $b:name $", "add to list $a; add to list $b", "each list has a line of its own:"),
    (
        "^ remove from list $a:name , $b:name $",
        "remove from list $a; remove from list $b",
        "each list has a line of its own:",
    ),
    ("^ add|put [them|contact|lead|person] to|on|onto [the|a] [static] list $t $", "add to list $t@", SAY),
    (
        "^ remove|take|delete [them|contact|lead|person] from|off [the|a] [static] list $t $",
        "remove from list $t@",
        SAY,
    ),
    (
        "^ add [them|contact|lead|person] to [the|a] static|active|smart|dynamic list|segment|audience $t $",
        "tag $t@",
        "a tag is put on people:",
    ),
    (
        "^ remove [them|contact|lead|person] from [the|a] static|active|smart|dynamic list|segment|audience $t $",
        "untag $t@",
        "a tag is taken away:",
    ),
    ("^ add [them|contact|lead|person] to [the|a] list|segment|audience $t $", "tag $t@", "a tag is put on people:"),
    (
        "^ remove [them|contact|lead|person] from [the|a] list|segment|audience $t $",
        "untag $t@",
        "a tag is taken away:",
    ),
    ("^ remove|delete|drop [the|a] tag $t:text $", "untag $t@", SAY),
    ("^ tags $t:name $", "tag $t", SAY),
    ("^ label [as|with|them] $t:name $", "tag $t", SAY),
    ("^ set|add|apply [the] tag $t:name $", "tag $t", SAY),
    ("^ tag = $t:name $", "tag $t", SAY),
    ("^ tag + $t:name $", "tag $t", SAY),
    ("^ tag [as|with] $t:text $", "tag $t@", SAY),
    ("^ tag as|with|them $t:name $", "tag $t", SAY),
    ("^ remove|delete|drop [the] tag $t:name $", "untag $t", SAY),
    ("^ tag $t:name , $s:name $", "tag $t; tag $s", STEP),
    ("^ $a:name $b:name , [then|and] $r.. $", "$a $b; $r", STEP),
    ("^ $a:name $b:name exit $", "$a $b; exit", STEP),
    ("^ tag $t:name and $s:name $", "tag $t; tag $s", STEP),
];
