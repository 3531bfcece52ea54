//! Calendars of holidays.

use super::Row;

const OF: &str = "whose holidays they are is told by the contact's country:";
const NAME: &str = "a calendar has a name of one word, without quotes:";
const FROM_TO: &str = "days that follow each other stand so:";
const PLAIN: &str = "a calendar lists days:";

pub(super) const ROWS: &[Row] = &[
    ("^ calendar $n:text $", "calendar $n@", NAME),
    ("^ calendar $n:text for|of|in|where|when|if $r.. $", "calendar $n@ for $r", NAME),
    ("^ calendar $n:name for country = $c:text $", "calendar $n for country is $c", OF),
    ("^ calendar $n:name for|of|in [the] [country] [:|=] $c:text $", "calendar $n for country is $c", OF),
    ("^ calendar $n:name for|of|in [the] [country] [:|=] $c:place $", "calendar $n for country is \"$c\"", OF),
    ("^ calendar $n:name where|when|if country is $c:text $", "calendar $n for country is $c", OF),
    ("^ calendar $n:name for country $c:text , $d:text $", "calendar $n for country in ($c, $d)", OF),
    ("^ from|between $a:date until|till|through|and|to $b:date $", "$a to $b", FROM_TO),
    ("^ $a:date until|till|through $b:date $", "$a to $b", FROM_TO),
    ("^ [from|between] $a:date - $b:date $", "$a to $b", FROM_TO),
    ("^ day|days|date|dates|holiday|closed|on [:|=] $a:date $", "$a", PLAIN),
    (
        "^ $a:date $t:text $",
        "$a",
        "a comment says which day it is, `2026-12-25  // Christmas Day`; the line itself is:",
    ),
    ("^ $a:date and $b:date $", "$a, $b", PLAIN),
];
