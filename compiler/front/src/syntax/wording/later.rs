//! What people ask for that is not run yet, and what to do until it is. See [`pattern`](super::pattern) for the signs.

pub(super) const TIMES: &str = "until then, wait for a length of time, and let a send window say when mail may leave: \
    `send on every day from 09:00 to 17:00 in contact timezone`";
/// What to do instead of waiting for a day of the calendar.
pub(super) const DATES: &str = "until then, wait for a length of time, such as `wait 10 days`";

/// How a segment asks for mails.
pub(super) const MAILS_OF_SEGMENT: &str = "a segment asks for the mails of all workflows, with a time that looks back: \
    `segment engaged = $v any email in the last 30 days`";

/// What cannot be done yet, as people ask for it; what it is called, and what to do today.
pub(super) const LATER: &[(&str, &str, &str)] = &[
    ("^ wait until|till|untill|til|untli|unitl|utnil [the] [next] $p:daypart $", "wait until $p", TIMES),
    ("^ wait until|till|untill|til|untli|unitl|utnil [the] [next] $p:daypart $r.. $", "wait until $p", TIMES),
    ("^ wait $n:number $u:unit until|till|at $h:number : $m.. $", "wait until $h:$m", TIMES),
    ("^ wait $n:number $u:unit until|till|at $h:clock $", "wait until $h", TIMES),
    ("^ wait until|untill|til|untli|unitl|utnil $d:date $", "wait until $d", DATES),
    ("^ wait until [at] $h:number : $m.. $", "wait until $h:$m", TIMES),
    ("^ wait until|untill|til|untli|unitl|utnil $h:clock $", "wait until $h", TIMES),
    (
        "^ subject $n:letter [:] $t:text",
        "several subjects to try out",
        "until then, a mail has one, or one for some people: `subject when customer \"…\" otherwise \"…\"`",
    ),
    ("^ send $k:later_message $r..", "$k", "until then, an email is what can be sent"),
];
