//! Other workflows, and the way out of this one.

use super::{Row, SAY};

const WITH: &str = "what the other workflow is given stands behind `with`, each value with its name:";

const EACH: &str = "each step stands for itself:";

pub(super) const ROWS: &[Row] = &[
    ("^ add|move|enroll|enrol|put [them|contact|lead|person] to|into|in [workflow] $w:name $", "start $w", SAY),
    ("^ start|enrol|enroll|enter|begin [them] [in|into] [workflow] $w:name $", "start $w", SAY),
    ("^ add to workflow $w:name $", "start $w", SAY),
    ("^ start [the] workflow|journey|campaign|sequence $w:name with $r.. $", "start $w with $r", SAY),
    ("^ start|enrol|enroll $w:name workflow|journey|campaign|flow|sequence $", "start $w", SAY),
    ("^ exit|leave|end [the] [workflow] $w:name $", "stop $w", "`exit` leaves this workflow, `stop` another one:"),
    ("^ goto|go [to] end|exit $", "exit", SAY),
    ("^ end|stop|quit|finish|done|leave|levae|laeve $", "exit", SAY),
    (
        "^ end|stop|quit|finish|leave|exit [the] [this] automation|sequence|series|flow|program|nurture|here [for] [the] \
         [contact|lead|person|them] $",
        "exit",
        "`exit` leaves this workflow, `stop` another one:",
    ),
    (
        "^ remove|drop|take|kick|unenroll|unenrol [them|contact|lead|person] [out] [of|from] [the] [this] \
         workflow|flow|journey|campaign|program|sequence|nurture|automation $",
        "exit",
        "`exit` leaves this workflow, `stop` another one:",
    ),
    (
        "^ go|goto|jump|move|continue [to] $e:name after|in $n:number $u:unit $",
        "wait $n $u; send $e",
        "waiting is a step of its own:",
    ),
    (
        "^ go|goto|jump|move|continue|proceed|switch [to|with|in|into] [workflow|flow|journey] $w:name $",
        "start $w",
        SAY,
    ),
    (
        "^ start|enrol|enroll $w:name with|after|in $n:number $u:unit [delay] $",
        "wait $n $u; start $w",
        "waiting is a step of its own:",
    ),
    ("^ exit|end|stop|leave [the] [this] workflow|journey|campaign $", "exit", SAY),
    ("^ start $w:name ( $r.. ) $", "start $w with $r", WITH),
    ("^ start $w:name with ( $r.. ) $", "start $w with $r", WITH),
    ("^ start $w:name using|passing|where|given $r.. $", "start $w with $r", WITH),
    ("^ start $w:name and|, $p:name = $r.. $", "start $w with $p = $r", WITH),
    ("^ start $w:name and|, stop|exit|end|leave $", "start $w; exit", EACH),
    ("^ start $w:name and|, [start] $v:name $", "start $w; start $v", EACH),
    ("^ start $w:name with $p:name :|is|as|to|== $v $", "start $w with $p = $v", WITH),
    ("^ start $w:name with $p:name $v:text $", "start $w with $p = $v", WITH),
    ("^ start $w:name with $p:name $", "start $w with $p = $p", WITH),
    ("^ start $w:name with $a.. and $p:name = $v.. $", "start $w with $a, $p = $v", WITH),
];
