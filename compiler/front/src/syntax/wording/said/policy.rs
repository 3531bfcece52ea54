//! Rules over every workflow.

use super::{Row, SAY};

const CAP: &str = "a cap says how many emails, in which time, and what becomes of one more:";
const CAP_OF_TOPIC: &str = "a cap on mail about a topic names it behind the number:";
const COMES_BACK: &str = "what lets whoever a workflow has suppressed get mail again is said so:";
const ROLLING: &str = "a cap counts elapsed days, wherever they begin:";
const QUIET: &str = "quiet hours are by each person's own clocks:";
const DAYS: &str = "days on which nothing leaves:";
const HOLD: &str = "how long a mail is held at most:";
const FIRST: &str = "groups go in this order:";

const CONFIRM: &str = "the mail by which people confirm that they want others is named so:";
const CONSENT: &str = "whether people have to say yes first is said so:";

const LATE_BY: &str = "how much earlier than the event that lets somebody in another may have occurred:";

pub(super) const ROWS: &[Row] = &[
    (
        "^ consent [marketing|email|emails|mail|newsletter] [is|:|=] optin|required|explicit $",
        "consent marketing opt in",
        CONSENT,
    ),
    (
        "^ consent [marketing|email|emails|mail|newsletter] [is|:|=] opt [-] in [required|only] $",
        "consent marketing opt in",
        CONSENT,
    ),
    (
        "^ consent [marketing|email|emails|mail|newsletter] [is|:|=] optout|implied|implicit $",
        "consent marketing opt out",
        CONSENT,
    ),
    ("^ consent [marketing|email|emails|mail|newsletter] [is|:|=] opt [-] out $", "consent marketing opt out", CONSENT),
    ("^ [marketing] opt [-] in [required|only] $", "consent marketing opt in", CONSENT),
    ("^ marketing consent [is|:|=] opt [-] in [required|only] $", "consent marketing opt in", CONSENT),
    ("^ marketing consent [is|:|=] opt [-] out $", "consent marketing opt out", CONSENT),
    ("^ require|requires [marketing] consent [is|:|=] opt [-] in $", "consent marketing opt in", CONSENT),
    ("^ [marketing] opt [-] out $", "consent marketing opt out", CONSENT),
    ("^ optin [required|only] $", "consent marketing opt in", CONSENT),
    ("^ optout $", "consent marketing opt out", CONSENT),
    ("^ require|requires [marketing] consent|permission|optin $", "consent marketing opt in", CONSENT),
    ("^ require|requires opt [-] in $", "consent marketing opt in", CONSENT),
    ("^ confirm|confirmation [by|with|via|through|:] [email|mail] [:] $e:name $", "confirm by $e", CONFIRM),
    ("^ confirm|confirmation [by|with|via|through|:] [email|mail] [:] $e:text $", "confirm by $e@", CONFIRM),
    (
        "^ doi|double_opt_in|double_optin|doubleoptin [by|with|via|through|:|=] [email|mail] $e:name $",
        "confirm by $e",
        CONFIRM,
    ),
    ("^ double opt [-] in [by|with|via|through|:|=] [email|mail] $e:name $", "confirm by $e", CONFIRM),
    ("^ double opt-in [by|with|via|through|:|=] [email|mail] $e:name $", "confirm by $e", CONFIRM),
    ("^ require|requires confirmation by|with|via|through [email|mail] $e:name $", "confirm by $e", CONFIRM),
    (
        "^ cap $n:number email|emails per $d:number $u:unit , then delay|hold $",
        "cap $n emails per $d $u then delay",
        CAP,
    ),
    ("^ cap $n:number email|emails per $d:number $u:unit , then drop|skip $", "cap $n emails per $d $u then drop", CAP),
    (
        "^ cap|limit|max|maximum [of] $n:number email|emails|mail|mails|messages per|in|within|every|each $d:number $u:unit then drop|skip|discard|withhold|cancel $",
        "cap $n emails per $d $u then drop",
        CAP,
    ),
    (
        "^ cap|limit|max|maximum [of] $n:number email|emails|mail|mails|messages per|in|within|every|each [any|the] $d:number $u:unit [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails per $d $u then delay",
        CAP,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] $n:number email|emails|mail|mails|messages per|in|within|every|each [any|the] $d:number $u:unit [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails per $d $u then delay",
        CAP,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] $n:number email|emails|mail|mails|messages per|a|each|every week [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails per 7 days then delay",
        ROLLING,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] $n:number email per|a|each|every day [then] [delay|hold|wait|defer|queue] $",
        "cap $n email per 1 day then delay",
        ROLLING,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] $n:number emails|mail|mails|messages per|a|each|every day [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails per 1 day then delay",
        ROLLING,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] $n:number email|emails|mail|mails|messages per|a|each|every month [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails per 30 days then delay",
        ROLLING,
    ),
    (
        "^ cap|limit email|emails|mail|mails at|to $n:number per|a|each|every week $",
        "cap $n emails per 7 days then delay",
        ROLLING,
    ),
    (
        "^ cap|limit email|emails|mail|mails at|to $n:number per|a|each|every day $",
        "cap $n emails per 1 day then delay",
        ROLLING,
    ),
    (
        "^ cap|limit email|emails|mail|mails at|to $n:number per|in|within $d:number $u:unit $",
        "cap $n emails per $d $u then delay",
        CAP,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|in|within|every|each [any|the] $d:number $u:unit [,] then drop|skip|discard|withhold|cancel $",
        "cap $n email about $t per $d $u then drop",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|in|within|every|each [any|the] $d:number $u:unit [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n email about $t per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:text per|in|within|every|each [any|the] $d:number $u:unit [,] then drop|skip|discard|withhold|cancel $",
        "cap $n email about $t@ per $d $u then drop",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:text per|in|within|every|each [any|the] $d:number $u:unit [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n email about $t@ per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|a|each|every week [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n email about $t per 7 days then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|a|each|every day [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n email about $t per 1 day then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|a|each|every month [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n email about $t per 30 days then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email per|in|within|every|each [any|the] $d:number $u:unit [,] [then] [delay|hold|wait] about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name [then] [delay|hold|wait] $",
        "cap $n email about $t per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [cap|limit] [at] [most|max|maximum] [of] $n:number email per|in|within|every|each [any|the] $d:number $u:unit about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name then drop|skip $",
        "cap $n email about $t per $d $u then drop",
        CAP_OF_TOPIC,
    ),
    (
        "^ [cap|limit] [at] [most|max|maximum] [of] $n:number $t:name email per|in|within|every|each $d:number $u:unit [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n email about $t per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [cap|limit] [at] [most|max|maximum] [of] $n:number $t:name email per|in|within|every|each $d:number $u:unit [,] then drop|skip|discard|withhold|cancel $",
        "cap $n email about $t per $d $u then drop",
        CAP_OF_TOPIC,
    ),
    (
        "^ [cap|limit] [at] [most|max|maximum] [of] $n:number $t:name email per|a|each|every week [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n email about $t per 7 days then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ cap|limit [topic] $t:name at|to $n:number email per|a|each|every week [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n email about $t per 7 days then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ cap|limit [topic] $t:name [at|to|:] $n:number email per|in|within|every|each $d:number $u:unit [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n email about $t per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number emails|mail|mails|messages about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|in|within|every|each [any|the] $d:number $u:unit [,] then drop|skip|discard|withhold|cancel $",
        "cap $n emails about $t per $d $u then drop",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number emails|mail|mails|messages about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|in|within|every|each [any|the] $d:number $u:unit [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails about $t per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number emails|mail|mails|messages about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:text per|in|within|every|each [any|the] $d:number $u:unit [,] then drop|skip|discard|withhold|cancel $",
        "cap $n emails about $t@ per $d $u then drop",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number emails|mail|mails|messages about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:text per|in|within|every|each [any|the] $d:number $u:unit [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails about $t@ per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number emails|mail|mails|messages about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|a|each|every week [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails about $t per 7 days then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number emails|mail|mails|messages about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|a|each|every day [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails about $t per 1 day then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number emails|mail|mails|messages about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name per|a|each|every month [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails about $t per 30 days then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [frequency] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number emails|mail|mails|messages per|in|within|every|each [any|the] $d:number $u:unit [,] [then] [delay|hold|wait] about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name [then] [delay|hold|wait] $",
        "cap $n emails about $t per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [cap|limit] [at] [most|max|maximum] [of] $n:number emails|mail|mails|messages per|in|within|every|each [any|the] $d:number $u:unit about|on|of|for|in|to|from|with [the] [topic|category|subscription|type] [:] $t:name then drop|skip $",
        "cap $n emails about $t per $d $u then drop",
        CAP_OF_TOPIC,
    ),
    (
        "^ [cap|limit] [at] [most|max|maximum] [of] $n:number $t:name emails|mail|mails|messages per|in|within|every|each $d:number $u:unit [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails about $t per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ [cap|limit] [at] [most|max|maximum] [of] $n:number $t:name emails|mail|mails|messages per|in|within|every|each $d:number $u:unit [,] then drop|skip|discard|withhold|cancel $",
        "cap $n emails about $t per $d $u then drop",
        CAP_OF_TOPIC,
    ),
    (
        "^ [cap|limit] [at] [most|max|maximum] [of] $n:number $t:name emails|mail|mails|messages per|a|each|every week [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails about $t per 7 days then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ cap|limit [topic] $t:name at|to $n:number emails|mail|mails|messages per|a|each|every week [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails about $t per 7 days then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ cap|limit [topic] $t:name [at|to|:] $n:number emails|mail|mails|messages per|in|within|every|each $d:number $u:unit [,] [then] [delay|hold|wait|defer|queue] $",
        "cap $n emails about $t per $d $u then delay",
        CAP_OF_TOPIC,
    ),
    (
        "^ comes|come|return|returns|resubscribe|resubscribes|reactivate|reactivates|unsuppress|unsuppresses [back] [again] if|when|on|at|after|once|by $p.. $",
        "comes back when $p",
        COMES_BACK,
    ),
    (
        "^ let|lets|allow|allows [suppressed] [people|contacts|everyone|them] [to] come|return [back] if|when|on|at|after|once|by $p.. $",
        "comes back when $p",
        COMES_BACK,
    ),
    (
        "^ unsuppress|reactivate|resubscribe|restore suppressed|people|contacts|everyone|them [people|contacts] if|when|on|at|after|once|by $p.. $",
        "comes back when $p",
        COMES_BACK,
    ),
    (
        "^ suppressed [people|contacts] come|return|returns [back] if|when|on|at|after|once|by $p.. $",
        "comes back when $p",
        COMES_BACK,
    ),
    (
        "^ lift|lifts|end|ends|remove|removes|clear|clears [the] suppression [if|when|on|at|after|once|by] $p.. $",
        "comes back when $p",
        COMES_BACK,
    ),
    ("^ suppression ends|lifts|expires if|when|on|at|after|once|by $p.. $", "comes back when $p", COMES_BACK),
    (
        "^ quiet [hours] [:] [from|between] $a:number : $b:number to|until|and $c:number : $d:number [in] [contact] [timezone] $",
        "quiet from $a:$b to $c:$d in contact timezone",
        QUIET,
    ),
    (
        "^ no email|emails|mail|mails from|between $a:number : $b:number to|until|and $c:number : $d:number $",
        "quiet from $a:$b to $c:$d in contact timezone",
        QUIET,
    ),
    ("^ no email|emails|mail|mails on $d $", "blackout $d", DAYS),
    ("^ blackout on $d $", "blackout $d", DAYS),
    ("^ blackout [from|between] $a until|and|through|to $b $", "blackout $a to $b", DAYS),
    ("^ no email|emails|mail|mails from|between $a to|until|and $b $", "blackout $a to $b", DAYS),
    ("^ late|tardy [event|events] [up] [to|by|at] [most] $d:number $u:unit [at] [most] $", "late by $d $u", LATE_BY),
    ("^ grace|lateness [period] [of|by|:] $d:number $u:unit $", "late by $d $u", LATE_BY),
    ("^ hold [for|up] [at] [most|to] $d:number $u:unit [at] [most] $", "hold at most $d $u", HOLD),
    ("^ first|priority $a:name [,] [then] $b:name $", "first $a, then $b", FIRST),
    ("^ first|priority $a:name [,] [then] $b:name [,] [then] $c:name $", "first $a, then $b, then $c", FIRST),
    ("^ $a:name first [,] [then] $b:name $", "first $a, then $b", FIRST),
    ("^ priority $a:name $", "first $a", SAY),
];
