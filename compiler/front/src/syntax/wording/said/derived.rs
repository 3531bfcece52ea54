//! Fields that follow from others, as other tools say it: calculated properties, `if … then … else`, `case when`.

use super::{Row, SAY};

const VALUE: &str = "its values stand behind their conditions, in quotes:";
const NO_SIGN: &str = "no sign stands between a condition and its value:";

pub(super) const ROWS: &[Row] = &[
    (
        "^ derived $n:name = [case] if|when $p.. then $a:text else|otherwise $b:text [end] $",
        "derived $n = when $p $a otherwise $b",
        SAY,
    ),
    ("^ derived $n:name = [case] if|when $p.. then $a:text [end] $", "derived $n = when $p $a otherwise unknown", SAY),
    ("^ derived $n:name = if $p.. $a:text else|otherwise $b:text $", "derived $n = when $p $a otherwise $b", SAY),
    (
        "^ derived $n:name text|string [:] = when $r.. $",
        "derived $n = when $r",
        "what it may be follows from its values:",
    ),
    ("^ derived $n:name : when $r.. $", "derived $n = when $r", SAY),
    (
        "^ derived $n:name = when $p.. :|=>|-> $a:text [,] otherwise|else|default [:|=>|->] $b:text $",
        "derived $n = when $p $a otherwise $b",
        NO_SIGN,
    ),
    (
        "^ derived $n:name = $a:text when|if $p.. otherwise|else $b:text $",
        "derived $n = when $p $a otherwise $b",
        VALUE,
    ),
    ("^ derived $n:name = $a:text when|if $p.. [,] $b:text otherwise $", "derived $n = when $p $a otherwise $b", VALUE),
    (
        "^ derived $n:name = when $p.. $a:text otherwise|else none|null|nothing|empty|blank|missing $",
        "derived $n = when $p $a otherwise unknown",
        "nothing at all is `unknown`:",
    ),
    (
        "^ derived $n:name = when $p.. $a:number otherwise|else $b:number $",
        "derived $n = when $p \"$a\" otherwise \"$b\"",
        "its values are texts:",
    ),
    (
        "^ derived $n:name = when $p.. $a:name otherwise|else unknown $",
        "derived $n = when $p \"$a\" otherwise unknown",
        VALUE,
    ),
    (
        "^ derived $n:name = when $p.. $a:name otherwise|else $b:name $",
        "derived $n = when $p \"$a\" otherwise \"$b\"",
        VALUE,
    ),
    ("^ field|property|attribute $n:name = when $r.. $", "derived $n = when $r", SAY),
    ("^ derived|computed|calculated|formula field|property|attribute|column $n:name = $r.. $", "derived $n = $r", SAY),
    (
        "^ derived $n:name = $p.. $a:text otherwise|else $b:text $",
        "derived $n = when $p $a otherwise $b",
        "each condition begins with `when`:",
    ),
    ("^ derived $n:name = $f:field $p.. $", "segment $n = $f $p", "what holds or does not is a segment:"),
];
