//! Waiting.

use super::{Row, SAY, UP_TO};

const LENGTHS: &str = "a wait may be as long as a condition says, and says how long it is `otherwise`:";

const HOUR: &str = "first the days, and then the next such hour behind them:";

const ANSWER: &str = "wait for the answer, and say what comes where there is none:";

const BEHIND: &str = "first the date, and then the business days behind it:";

pub(super) const ROWS: &[Row] = &[
    (
        "^ if not taken|accepted|claimed|answered within|in|after|for $n:number business|working|work|office $u:unit $",
        "wait $n business $u; if not taken",
        ANSWER,
    ),
    (
        "^ if not taken|accepted|claimed|answered|picked [up] within|in|after|for $n:number $u:unit $",
        "wait until taken up to $n $u, otherwise",
        ANSWER,
    ),
    (
        "^ if not taken|accepted|claimed|answered|picked [up] within|in|after|for $n:number $u:unit $",
        "wait until taken up to $n $u; if not taken",
        ANSWER,
    ),
    (
        "^ if taken|accepted|claimed|answered within|in|after|for $n:number $u:unit $",
        "wait until taken up to $n $u; if taken",
        ANSWER,
    ),
    ("^ wait until|till|for [the] next business|working|work day $", "wait 1 business day", SAY),
    ("^ wait until|till|for [the] next workday $", "wait 1 business day", SAY),
    (
        "^ wait until|till|for $n:number business|working|work day|days after $f:name $r.. $",
        "wait until $f $r; wait $n business days",
        BEHIND,
    ),
    (
        "^ wait until|till|for $n:number business|working|work day|days after $f:name $",
        "wait until $f; wait $n business days",
        BEHIND,
    ),
    ("^ wait [for] 1 business|busines|working|work|week day $", "wait 1 business day", SAY),
    ("^ wait [for] 1 workday|weekday|businessday $", "wait 1 business day", SAY),
    (
        "^ wait [for] $n:number business|busines|bussiness|buisness|working|work|week day|days|dys|dais $",
        "wait $n business days",
        SAY,
    ),
    (
        "^ wait [for] $n:number workdays|workday|weekdays|weekday|businessdays|businessday $",
        "wait $n business days",
        SAY,
    ),
    ("^ wait [for] $n:number business|working|work|office hour|hours|hrs $", "wait $n business hours", SAY),
    (
        "^ wait until|till|for $n:number $u:unit prior|ahead|back to|of|from $f:name $r.. $",
        "wait until $n $u before $f $r",
        SAY,
    ),
    (
        "^ wait until|till|for $n:number $u:unit prior|ahead|back to|of|from $f:name $",
        "wait until $n $u before $f",
        SAY,
    ),
    ("^ wait until|till|for $f:name -|minus|less $n:number $u:unit $", "wait until $n $u before $f", SAY),
    ("^ wait until|till|for $f:name +|plus $n:number $u:unit $", "wait until $n $u after $f", SAY),
    ("^ wait $n:number $u:unit before $f:name $", "wait until $n $u before $f", SAY),
    ("^ wait $n:number $u:unit after $f:name $", "wait until $n $u after $f", SAY),
    (
        "^ wait until|till|for [the] day $n:number of|in|after [the] [this] workflow|journey|campaign|sequence|program|flow $",
        "wait until day $n",
        SAY,
    ),
    (
        "^ wait $n:number $u:unit if|when|where $p.. [,] else|otherwise [wait] $m:number $v:unit $",
        "wait $n $u when $p, otherwise $m $v",
        LENGTHS,
    ),
    (
        "^ if $p.. [then] wait $n:number $u:unit [,] else|otherwise [wait] $m:number $v:unit $",
        "wait $n $u when $p, otherwise $m $v",
        LENGTHS,
    ),
    ("^ wait $n:number $u:unit until|till|at $h:number : $m.. $", "wait $n $u; wait until $h:$m", HOUR),
    ("^ wait $n:number $u:unit until|till|at $h:clock $", "wait $n $u; wait until $h", HOUR),
    ("^ wait $n:number $u:unit if|when|where $p.. $", "if $p { wait $n $u }", "who does not wait goes on at once:"),
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
