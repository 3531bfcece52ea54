//! Handoffs and the teams that are told.

use super::{ANSWERS, OF_A_TOPIC, PARTS, Row, SAY};

const OWNER: &str = "whoever the workflow has as its owner is told so:";
const TOLD: &str = "your own people are told so, by mail:";

pub(super) const ROWS: &[Row] = &[
    (
        "^ notify|alert|inform|tell|slack|ping|email|mail [the] owner [with|that|:|about] $n:text $",
        "notify owner $n",
        OWNER,
    ),
    (
        "^ send [the|an|a] [internal|slack] alert|notification|email|mail|message|note to [the] owner [with|that|:|about] $n:text $",
        "notify owner $n",
        OWNER,
    ),
    (
        "^ notify|alert|inform|tell|slack|ping|email|mail [the] owner $",
        "notify owner \"Somebody is ready for you\"",
        OWNER,
    ),
    (
        "^ send [the|an|a] [internal|slack] alert|notification|email|mail|message|note to [the] owner $",
        "notify owner \"Somebody is ready for you\"",
        OWNER,
    ),
    ("^ notify $t:name { [note|text|message|subject] [:] $n:text } $", "notify $t $n", TOLD),
    (
        "^ assign|rotate|set|change|route [the] [contact|lead|record|deal] owner to [the] $t:name [team|queue] $",
        "handoff to $t",
        "a team is told by a handoff, and says whose turn it is:",
    ),
    (
        "^ create|add|make [a] task for [the] $t:name [team] [:] $n:text $",
        "handoff to $t { task $n due in 24 hours; keep in workflow }",
        "a team is told by a handoff:",
    ),
    (
        "^ handoff [to] $t:name [with] [note|:] $n:text [,|and|with] [a] task [:] $k:text [,] due [in] [:] $d:number $u:unit $",
        "handoff to $t { note $n; task $k due in $d $u }",
        "what goes with a handoff stands in its block:",
    ),
    ("^ handoff [to] $t:name ( $r.. ) $", "handoff to $t { $r }", "a block stands in braces:"),
    ("^ send to [the] $t:name [team] $", "handoff to $t", SAY),
    (
        "^ send [an|a] internal email|mail|message|alert|notification to [the] $t:name [team] $",
        "handoff to $t { keep in workflow }",
        "a team is told by a handoff:",
    ),
    ("^ send [the] lead|contact|person|them to [the] $t:name [team] $", "handoff to $t", SAY),
    ("^ task [:] $k:text [,] due : [in] $d:number $u:unit $", "task $k due in $d $u", SAY),
    ("^ text|body|content [:] $n:text $", "note $n", SAY),
    ("^ keep in flow|journey|campaign|sequence|automation $", "keep in workflow", SAY),
    (
        "^ handoff to $t:name , note $n:text $",
        "handoff to $t { note $n }",
        "what goes with a handoff stands in its block:",
    ),
    (
        "^ if not taken|accepted|claimed|answered|picked [up] in|after|within|for $n:number business|working|work|office $u:unit $",
        "if not taken within $n business $u",
        SAY,
    ),
    (
        "^ if not taken|accepted|claimed|answered within|in|after|for $n:number hour|hours during|in|of|within [the] business|working|office hours $",
        "if not taken within $n business hours",
        SAY,
    ),
    (
        "^ unless taken|accepted|claimed|answered within|in|after|for $n:number business|working|work|office $u:unit $",
        "if not taken within $n business $u",
        SAY,
    ),
    (
        "^ if untaken|unanswered|unclaimed within|in|after|for $n:number business|working|work|office $u:unit $",
        "if not taken within $n business $u",
        SAY,
    ),
    (
        "^ if nobody|noone|no-one takes|answers|accepts|claims|responds [it|them] within|in|after|for $n:number business|working|work|office $u:unit $",
        "if not taken within $n business $u",
        SAY,
    ),
    (
        "^ if no answer|reply|response|reaction within|in|after|for $n:number business|working|work|office $u:unit $",
        "if not taken within $n business $u",
        SAY,
    ),
    (
        "^ unless taken|accepted|claimed|answered within|in|after|for $n:number $u:unit $",
        "if not taken within $n $u",
        SAY,
    ),
    ("^ if untaken|unanswered|unclaimed within|in|after|for $n:number $u:unit $", "if not taken within $n $u", SAY),
    (
        "^ if nobody|noone|no-one takes|answers|accepts|claims|responds [it|them] within|in|after|for $n:number $u:unit $",
        "if not taken within $n $u",
        SAY,
    ),
    (
        "^ if no answer|reply|response|reaction within|in|after|for $n:number $u:unit $",
        "if not taken within $n $u",
        SAY,
    ),
    (
        "^ [team|working|office|business] hours [weekdays|weekday|mon|monday] [to|-] [fri|friday] [,] [from] $a:number to|until|till|- $c:number $",
        "hours weekdays from $a:00 to $c:00",
        SAY,
    ),
    ("^ stop $a:name ,|and $b:name $", "stop $a; stop $b", "each has a line of its own:"),
    ("^ stop $a:name , $b:name ,|and $c:name $", "stop $a; stop $b; stop $c", "each has a line of its own:"),
    ("^ member $a:text $r.. in $z:text $", "member $a in $z $r", "where a member's clocks are comes first:"),
    ("^ member $a:text $r.. in $z:text $s.. $", "member $a in $z $r $s", "where a member's clocks are comes first:"),
    (
        "^ if not taken|accepted|claimed|answered|picked [up] in|after|within|for $n:number $u:unit $",
        "if not taken within $n $u",
        SAY,
    ),
    (
        "^ escalate|sla|timeout|reassign [if] [not] [taken] [:] [after|within|in|of] $n:number business|working|work|office $u:unit $",
        "if not taken within $n business $u",
        "whoever is not taken in time goes to the backup:",
    ),
    (
        "^ escalate|sla|timeout|reassign [if] [not] [taken] [:] [after|within|in|of] $n:number $u:unit $",
        "if not taken within $n $u",
        "whoever is not taken in time goes to the backup:",
    ),
    (
        "^ [working|office|business] hours [:] [weekdays|monday] [to|-] [friday] [,] [from] $a:number : $b:number to|until|- $c:number : $d:number $",
        "hours weekdays from $a:$b to $c:$d",
        SAY,
    ),
    ("^ member $a:text [,] timezone|zone|tz [:|is] $z:text $", "member $a in $z", SAY),
    ("^ reassign|rotate|reroute [the] [owner|contact|lead|record|person] $", "reassign", SAY),
    (
        "^ handoff to $t:name and|, stop $g:name $",
        "handoff to $t { stop $g }",
        "what goes with a handoff stands in its block:",
    ),
    (
        "^ notify|alert|inform|tell|slack|ping [the] $t:name [team] [with|that|:|about] $n:text $",
        "notify $t $n",
        "your own people are told so, by mail:",
    ),
    (
        "^ notify|alert|inform|tell|ping [the] $t:name [team] $",
        "handoff to $t { keep in workflow }",
        "a team is told by a handoff, and the person goes on:",
    ),
    ("^ email|mail $t:name $n:text $", "handoff to $t { note $n; keep in workflow }", "a team is told by a handoff:"),
    (
        "^ send [the|an] alert|notification|email|mail|message|note to [the] $t:name [team] [:] $n:text $",
        "handoff to $t { note $n; keep in workflow }",
        "a team is told by a handoff:",
    ),
    (
        "^ send [the|an] alert|notification|email|mail|message|note $n:text to [the] $t:name [team] $",
        "handoff to $t { note $n; keep in workflow }",
        "a team is told by a handoff:",
    ),
    (
        "^ send [the|an|a] [slack|teams|internal] alert|notification|message to [the] $t:name [team] $",
        "handoff to $t { keep in workflow }",
        "a team is told by a handoff:",
    ),
    (
        "^ handoff [to] $t:name [with] [note|:] $n:text $",
        "handoff to $t { note $n }",
        "what goes with a handoff stands in its block:",
    ),
    (
        "^ handoff to $t:name and keep in workflow $",
        "handoff to $t { keep in workflow }",
        "what goes with a handoff stands in its block:",
    ),
    (
        "^ assign|route|pass|transfer|hand [off|over] [them|lead|contact|it] to [the] $t:name [team|queue] [with|and|,|:] [a] [note|message] [:] $n:text $",
        "handoff to $t { note $n }",
        "what goes with a handoff stands in its block:",
    ),
    ("^ assign $t:name [:] $n:text $", "handoff to $t { note $n }", "what goes with a handoff stands in its block:"),
    ("^ handoff to [the] $t:name team $", "handoff to $t", SAY),
    (
        "^ create|add|make [a] task $n:text for [the] $t:name [team] $",
        "handoff to $t { task $n due in 24 hours; keep in workflow }",
        "a team is told by a handoff:",
    ),
    ("^ create|add task $r.. $", "task $r", SAY),
    ("^ todo|to-do $r.. $", "task $r", SAY),
    ("^ message|comment|memo $r.. $", "note $r", SAY),
    ("^ hand off|over [them] to $t:name $", "handoff to $t", SAY),
    (
        "^ hand_off|handover|hand-off|assign|route|pass|rotate|transfer [them|lead|contact|record|prospect] to [the] $t:name [team|queue|group] $",
        "handoff to $t",
        SAY,
    ),
    ("^ hand|pass|give|turn off|over|on [them|lead|contact|it] to [the] $t:name [team] $", "handoff to $t", SAY),
    ("^ handoff $t:name $", "handoff to $t", SAY),
    ("^ member $a:text capacity : $r.. $", "member $a capacity $r", SAY),
    (
        "^ member $a:text capacity|max|limit|quota [of] $n:number a|per|each|every|/ day $",
        "member $a capacity $n a day",
        SAY,
    ),
    (
        "^ member $a:text capacity|max|limit|quota [of|:] $n:number [leads|people|contacts|open] $",
        "member $a capacity $n open",
        SAY,
    ),
    (
        "^ member $a:text $r.. away $x.. capacity $y.. $",
        "member $a $r capacity $y away $x",
        "what a member can take comes before the days away:",
    ),
    (
        "^ member $a:text $r.. away $x.. covers $y.. $",
        "member $a $r covers $y away $x",
        "whom a member covers comes first:",
    ),
    (
        "^ member $a:text away $x.. capacity $y.. $",
        "member $a capacity $y away $x",
        "what a member can take comes before the days away:",
    ),
    (
        "^ member $a:text capacity $x.. covers $y.. $",
        "member $a covers $y capacity $x",
        "whom a member covers comes first:",
    ),
    ("^ member $a:text away $x.. covers $y.. $", "member $a covers $y away $x", "whom a member covers comes first:"),
    ("^ member $a:text capacity|max|limit|quota [of|:] $n:number/day $", "member $a capacity $n a day", SAY),
    ("^ member $a:text capacity $n:number a day , $m:number open $", "member $a capacity $m open, $n a day", SAY),
    (
        "^ member $a:text [is] away|absent|out|off|ooo|holiday|vacation [from|:] $b - $e $",
        "member $a away $b to $e",
        SAY,
    ),
    (
        "^ member $a:text [is] away|absent|out|off|ooo|holiday|vacation [from|:] $b until|till|through $e $",
        "member $a away $b to $e",
        SAY,
    ),
    ("^ member $a:text [is] out of office [from|:] $r.. $", "member $a away $r", SAY),
    (
        "^ member $a:text [is] away|absent|out|off|ooo|holiday|vacation|on from|on|vacation|holiday|leave [from] $r.. $",
        "member $a away $r",
        SAY,
    ),
    ("^ member $a:text [is] absent|out|off|ooo|holiday|vacation [:] $r.. $", "member $a away $r", SAY),
    ("^ member $a:text away from $r.. $", "member $a away $r", SAY),
    // What a team says need not name it: of the latest handoff it is.
    ("refused|rejected|declined by [the] $t:name [team]", "refused", ANSWERS),
    ("taken|accepted|claimed by [the] $t:name [team]", "taken", ANSWERS),
    ("unsubscribed from [the] [topic] $t:name", "not subscribed to $t", OF_A_TOPIC),
    ("unsubscribed from [the] [topic] $t:text", "not subscribed to $t@", OF_A_TOPIC),
    ("removed|taken|gone from|off [the] [static] list $t:name", "not in list $t", SAY),
    ("rejected|declined", "refused", SAY),
    ("accepted|claimed", "taken", SAY),
    ("refused [with] [reason|because] [:] $n:text", "refused(reason is $n)", PARTS),
    ("handoff|lead|task [is|was|has] [been] taken|accepted|claimed", "taken", SAY),
    ("handoff|lead|task [is|was|has] [been] refused|rejected|declined", "refused", SAY),
    ("handoff|task [is|was|has] [been] done|completed|finished|closed", "done", SAY),
];
