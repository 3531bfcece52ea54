//! Sentences as people say them, in Flow's words. See [`pattern`](super::pattern) for the signs.

mod ago;
mod blocks;
mod calendar;
mod change;
mod compared;
mod declared;
mod derived;
mod events;
mod fields;
mod handoff;
mod header;
mod mails;
mod own;
mod pages;
mod people;
mod policy;
mod send;
mod start;
mod tag;
mod twice;
mod wait;
mod ways;

use super::windows::LEAVES_HOLIDAYS;

/// What is said, how Flow says it, and what to say before the mended line.
pub(super) type Row = (&'static str, &'static str, &'static str);

pub(super) const SAY: &str = "Flow says it so:";
const STEP: &str = "each line stands for itself:";
const UP_TO: &str = "a wait says how long it may take with `up to`:";
const FIRST: &str = "what happened comes first:";
const ONCE: &str = "a mail is asked of once, whether and not how often:";
const OWN_TIME: &str = "it counts from the moment that this journey sent it, and needs no period:";
/// What is said of lines in which a number says nothing.
pub(crate) const COUNTS_NOTHING: &[&str] = &[ONCE, OWN_TIME, NO_LENGTH];
pub(super) const NO_LENGTH: &str = "texts and numbers have no length here:";
/// What is said where a line says to whom a mail goes.
pub(crate) const EVERYONE: &str = "everyone in the workflow gets it:";
/// What is said where a line names the team whose answer it asks for.
pub(crate) const ANSWERS: &str = "an answer of a team is about the latest handoff, and need not name the team:";
/// What is said of lines that name what need not be named.
pub(crate) const NEEDS_NO_NAME: &[&str] = &[EVERYONE, ANSWERS, OF_A_TOPIC];
/// `unsubscribed` is of all mail.
const OF_A_TOPIC: &str = "whether somebody wants mail about a topic is asked so:";
const PARTS: &str = "what is asked of an event stands in parentheses:";

/// The first that fits and works is offered: a file before the next one, and a line before those below it.
pub(super) const SAID: &[&[Row]] = &[
    twice::ROWS,
    derived::ROWS,
    wait::ROWS,
    ways::ROWS,
    send::ROWS,
    mails::ROWS,
    pages::ROWS,
    people::ROWS,
    ago::ROWS,
    own::ROWS,
    fields::ROWS,
    change::ROWS,
    tag::ROWS,
    start::ROWS,
    handoff::ROWS,
    header::ROWS,
    policy::ROWS,
    calendar::ROWS,
    blocks::ROWS,
    declared::ROWS,
    events::ROWS,
    compared::ROWS,
];

/// What can be meant in two ways: each of them, and what it means.
pub(super) const READINGS: &[(&str, &[(&str, &str)])] = &[
    (
        "if not taken|accepted|claimed|answered within|after $n:number $u:unit",
        &[("wait until taken up to $n $u, otherwise", "wait for the answer, and say what comes where there is none:")],
    ),
    (
        "if not $e:happening within $n:number $u:unit",
        &[
            ("if no $e in the last $n $u", "it has not happened before now:"),
            ("wait until $e up to $n $u; if not $e", "wait for it first:"),
        ],
    ),
    (
        "not tagged [with|as] $a:name or|, $b:name",
        &[
            ("not tagged $a and not tagged $b", "neither of them:"),
            ("not tagged $a or not tagged $b", "not both of them:"),
        ],
    ),
    (
        "if not $v:verb $e:name within $n:number $u:unit",
        &[
            ("if not $v $e", "not so by now, however long ago it was sent:"),
            ("wait until $v $e up to $n $u; if not $v $e", "wait for it first:"),
        ],
    ),
    (
        "if not $v:verb $e:name link $l:text within $n:number $u:unit",
        &[
            ("if not $v $e link $l", "not so by now, however long ago it was sent:"),
            ("wait until $v $e link $l up to $n $u; if not $v $e link $l", "wait for it first:"),
        ],
    ),
    (
        "if $v:verb $e:name link $l:text within $n:number $u:unit",
        &[
            ("if $v $e link $l", "so by now, however long ago it was sent:"),
            ("wait until $v $e link $l up to $n $u; if $v $e link $l", "wait for it first:"),
        ],
    ),
    (
        "if $v:verb $e:name within $n:number $u:unit",
        &[
            ("if $v $e", "so by now, however long ago it was sent:"),
            ("wait until $v $e up to $n $u; if $v $e", "wait for it first:"),
        ],
    ),
];

/// What comes later, in words that do it today.
pub(super) const INSTEAD: &[(&str, &str, &str)] = &[
    ("[is|are] [a] member of [the] list|audience $s:name", "$s", "a segment is named alone:"),
    ("[is|are] [a] member of [the] list|audience $s:text", "$s@", "a segment is named alone:"),
    ("in|on [the] list|audience $s:name", "$s", "a segment is named alone:"),
    ("in|on [the] list|audience $s:text", "$s@", "a segment is named alone:"),
    ("^ call|request|run [the] [campaign|workflow|journey|flow|program] $w:name $", "start $w", SAY),
];

/// The same, for wordings that are so general that all others come first.
pub(super) const LOOSE: &[(&str, &str, &str)] = &[
    ("$k:cond $f:name $v:text $", "$k $f is $v", SAY),
    ("$k:cond $f:name $n:number $", "$k $f >= $n", "a number is compared:"),
    ("$v:verb $e:name in|within [the] [last|past] $n:number $u:unit", "$v $e", OWN_TIME),
    ("$v:verb $e:name link $l:text in|within [the] [last|past] $n:number $u:unit", "$v $e link $l", OWN_TIME),
    ("$k:cond $f:name $v:value $", "$k $f is \"$v\"", "texts stand in quotes:"),
    ("and not $e:name $", "and no $e ever", SAY),
    ("$k:cond $a:part $b:part > $r..", "$k $a@_$b@ > $r", "a name is one word:"),
    ("$k:cond $a:part $b:part < $r..", "$k $a@_$b@ < $r", "a name is one word:"),
    ("$k:cond $a:part $b:part >= $r..", "$k $a@_$b@ >= $r", "a name is one word:"),
    ("$k:cond $a:part $b:part <= $r..", "$k $a@_$b@ <= $r", "a name is one word:"),
    ("$k:cond $a:part $b:part is|= $r..", "$k $a@_$b@ is $r", "a name is one word:"),
    ("^ goal [:] $n.. when|if $p.. $", "goal \"$n\" when $p", "the goal's name stands in quotes:"),
    ("covers $v:name $", "covers region is \"$v\"", "say of which field:"),
    ("covers $v:text $", "covers region is $v", "say of which field:"),
    (
        "^ send [only] on business|working|work days $",
        "send on weekdays from 00:00 to 24:00 in contact timezone",
        LEAVES_HOLIDAYS,
    ),
    (
        "^ send [only] on weekdays except|excluding|without|but [not] [on|public|bank] holidays $",
        "send on weekdays from 00:00 to 24:00 in contact timezone",
        LEAVES_HOLIDAYS,
    ),
    (
        "^ send only on|at $d:days $",
        "send on $d from 00:00 to 24:00 in contact timezone",
        "a window says from when to when:",
    ),
    ("^ send on $d:days $", "send on $d from 00:00 to 24:00 in contact timezone", "a window says from when to when:"),
    ("enter when $a:part $b:part $", "enter when $a@_$b@", "a name is one word:"),
    ("exit when $a:part $b:part $", "exit when $a@_$b@", "a name is one word:"),
    ("if $a:part $b:part $", "if $a@_$b@", "a name is one word:"),
];
