//! Declarations.

use super::{Row, SAY};

pub(super) const ROWS: &[Row] = &[
    ("^ workflow $t:text $n:name $", "workflow $n $t", "the name comes first:"),
    ("^ $f:field [:] enum[ $r.. ] $", "$f one of $r", SAY),
    (
        "^ $f:field [:] $a:name or|, $b:name or|, [or] $c:name $",
        "$f one of \"$a\", \"$b\", \"$c\"",
        "values stand in quotes, with commas between them:",
    ),
    (
        "^ $f:field [:] $a:name or $b:name $",
        "$f one of \"$a\", \"$b\"",
        "values stand in quotes, with commas between them:",
    ),
    ("= [all] everyone|people|contacts|all|those|leads who|that|with|where|whose [have|has|are]", "=", SAY),
    ("^ field [:] $f:name [:] $t:name $", "contact { $f $t }", "fields stand in braces:"),
    ("^ $f:field choice|choices|dropdown|list|enum|options|select of|from|:|= $r.. $", "$f one of $r", SAY),
    ("^ segment $s:name = $p.. and|or $", "segment $s = $p", "nothing follows:"),
    ("^ use std/b2b|std-b2b|std_b2b|std $", "use std.b2b", SAY),
    ("^ tags $a:text , $b:text $", "tags $a@, $b@", SAY),
    ("^ use|import|include b2b $", "use std.b2b", SAY),
    ("^ flow|funnel|program|nurture $n:text $", "workflow $n@ $n", "it needs a name of its own, without quotes:"),
    ("^ flow|funnel|program|nurture $n:name $r..", "workflow $n $r", SAY),
    ("^ flow|funnel|program|nurture $n:name $", "workflow $n", SAY),
    ("^ workflow $n:name : $t:text $", "workflow $n $t", "no sign stands between them:"),
    ("^ transactional $", "kind transactional", SAY),
    ("^ $f:field dropdown|select|choice|enum|picklist $r.. $", "$f one of $r", SAY),
    ("^ $f:field $a:text or|, $b:text $", "$f one of $a, $b", SAY),
    ("^ link $l.. =|to|:|-> $u:text $", "link \"$l~\" to $u", SAY),
    ("^ event $e:name $", "event $e { }", "an event has a block, even an empty one:"),
    ("^ event $e:name ( $p.. ) $", "event $e { $p }", "properties stand in braces:"),
    ("^ $k:name $n:name : $", "$k $n", "no sign stands between them:"),
    ("^ segment $s:name is|:|when $p.. $", "segment $s = $p", SAY),
    ("^ tag $r.. $", "tags $r", SAY),
    ("^ custom|define|new|declare|create event $r..", "event $r", SAY),
    ("^ custom|define|new|declare|create segment $r..", "segment $r", SAY),
    ("^ custom|define|new|declare|create team $r..", "team $r", SAY),
    ("^ custom|new field|property|attribute $f:name $t:name $", "contact { $f $t? }", "fields stand in braces:"),
    ("^ $t:name , $", "$t", "no comma ends a line:"),
    (", $", "", "no comma ends a line:"),
];
