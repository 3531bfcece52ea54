//! What people ask for that is not run yet, and what to do until it is. See [`pattern`](super::pattern) for the signs.

pub(super) const TIMES: &str = "until then, wait for a length of time, and let a send window say when mail may leave: \
    `send on every day from 09:00 to 17:00 in contact timezone`";
/// What to do instead of waiting for a day of the calendar.
pub(super) const DATES: &str = "until then, wait for a length of time, such as `wait 10 days`";
const NOTIFY: &str = "until then, a handoff tells a team and lets the person go on: `handoff to sales { note \"..\"; keep in workflow }`";

/// What a segment can ask for instead of a mail, with the segment's name and the period.
macro_rules! mails_of_segment {
    ($segment:literal, $period:literal) => {
        concat!(
            "a segment belongs to no workflow, and knows no mails. Ask for an event that your mail tool reports, declared as \
             `event email_$v { }`: `segment ",
            $segment,
            " email_$v in the last ",
            $period,
            "`"
        )
    };
}
/// The same, where neither is known.
pub(super) const MAILS_OF_SEGMENT: &str = mails_of_segment!("engaged =", "30 days");

/// What cannot be done yet, as people ask for it; what it is called, and what to do today.
pub(super) const LATER: &[(&str, &str, &str)] = &[
    // Whatever else the segment asks for stays in the line.
    (
        "^ segment $s:name $r.. $v:verb any|an|a|the email|mail in|within|during [the] [last|past] $n:number $u:unit $",
        "$v any email",
        mails_of_segment!("$s $r", "$n $u"),
    ),
    (
        "^ segment $s:name $r.. $v:verb any|an|a|the email|mail in|within|during [the] [last|past] $n:number $u:unit $q.. $",
        "$v any email",
        mails_of_segment!("$s $r", "$n $u $q"),
    ),
    (
        "^ segment $r.. $v:verb any|an|a|the email|mail in|within|since|during|for $p..",
        "$v any email",
        MAILS_OF_SEGMENT,
    ),
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
    (
        "member of list",
        "member of list",
        "until then, a yes/no field of your own says who is on it: `if newsletter { .. }`",
    ),
    (
        "enter when [joined|joins|added|subscribed|subscribes] [to] [the] [static|smart] list|audience $l:text",
        "list $l",
        "until then, a yes/no field of your own says who is on it: `contact { $l@ yes/no? }`, and `enter when $l@ new only`",
    ),
    (
        "subscribe|subscribes|subscribed|subscribing to [the] $l",
        "subscribed to $l",
        "until then, a yes/no field of your own says who is on it: `contact { $l@ yes/no? }`, and `enter when $l@ new only`",
    ),
    ("in|on list $l", "in list", "until then, a yes/no field of your own says who is on it: `if newsletter { .. }`"),
    (
        "$f:name is in $n:number $u:unit",
        "$f is in $n $u",
        "until then, nobody can be asked by a date to come; people are let in by one: `enter $n $u before $f at 09:00`",
    ),
    (
        "$f:name is in the next $n:number $u:unit",
        "$f is in the next $n $u",
        "until then, nobody can be asked by a date to come; people are let in by one: `enter $n $u before $f at 09:00`",
    ),
    ("^ set $f:name = $e:dotted $", "set .. = $e", "properties of the trigger cannot be set or written in a text yet"),
    ("^ alert|inform|tell|log|slack $r.. $", "notify", NOTIFY),
    ("^ notify $r.. $", "notify", NOTIFY),
    (
        "^ limit|cap $r.. $",
        "policy",
        "until then, nothing limits how many mails a person gets over all workflows: keep to few, and let `skip when` keep people out of two at once",
    ),
];
