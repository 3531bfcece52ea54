//! What no changed line says: what to do instead, and how a line of each kind looks. See [`pattern`](super::pattern) for the signs.

const WINDOW: &str = "a time of day is kept by a send window, which holds for the whole workflow: \
    `send on every day from 09:00 to 17:00 in contact timezone`";

const NO_OPT_OUT: &str = "only people themselves stop their mail, by the link in each message. To keep all marketing from somebody until \
    they subscribe, say why: `suppress because \"asked sales for quiet\"`";

/// A whole line of each kind, shown where one breaks off.
pub(super) const EXAMPLES: &[&[&str]] = &[
    &["goal \"…\" when … within 30 days"],
    &["enter when …"],
    &["reenter never", "reenter after 90 days", "reenter per registered.webinar"],
    &["reviewed 2026-10-01"],
    &["send welcome", "send on weekdays from 09:00 to 17:00 in contact timezone"],
    &["wait 2 days", "wait until … up to 5 days"],
    &["advance stage to …"],
    &["suppress because \"…\""],
    &["handoff to … { note \"…\" }"],
    &["link \"…\" to \"https://…\""],
    &["member \"…@…\""],
    &["task \"…\" due in 24 hours"],
    &["segment … = …"],
];

const SENDER: &str = "the sender is a name with an address, in one text: `from \"$n~ <…@…>\"`, with the address that `flow.toml` has \
    below `[sender]`";

const MEMBERS: &str = "members stand in braces, each by their address: \
    `team $t { member \"ana@acme.example\"; member \"bo@acme.example\" }`";

const GOAL: &str = "who meets the goal leaves the workflow then and counts as converted, unless it says `and continue`: leave this out, \
    or ask for what the goal asks for. What is done when it is met stands at the top of the workflow: `on goal { .. }`";

const QUIET: &str = "quiet hours are a rule of the whole project: `policy { quiet from 20:00 to 08:00 in contact timezone }`, beside the \
    workflows. The hours of one workflow are `send on every day from 09:00 to 17:00 in contact timezone`";

const ALL_WORKFLOWS: &str = "how many mails somebody gets is a rule of the whole project and no workflow's: \
    `policy { cap 2 emails per 7 days then delay }`, beside the workflows";

const UNCONFIRMED: &str = "nobody comes in by what they do not do: let them in by what they signed up with, such as \
    `enter when submitted_form(form is \"newsletter\")`, and wait for it among the steps: \
    `wait until confirmed up to $n $u, otherwise { .. }`";

const NOT_EMPTY: &str =
    "a text cannot be emptied: leave it as it is, or say what it becomes, as in `set $f = \"closed\"`";

const DOUBLE: &str = "two lines of the policy say it: `consent marketing opt in`, and the mail by which people confirm, \
    `confirm by welcome` with the name of yours";

const ALL_WEEK: &str =
    "a team has hours on weekdays alone: `hours weekdays from 09:00 to 18:00`; a weekend is no business time";

/// Of a word that says who wants mail where Flow has one for who does not.
const SUBSCRIBED: &str = "`unsubscribed` says who wants no mail, and they get none whatever a workflow says: ask `unsubscribed` or `not unsubscribed`, or whether somebody may be written to at all, `allows email`";

/// What has no line that mends it, and what to say about it.
pub(super) const HINTS: &[(&str, &str)] = &[
    ("^ skip|pass|nothing|continue|ignore $", "a block may be empty: leave the line out"),
    ("^ set $f:name =|to|: none|null|nil|empty|blank|nothing|unknown|undefined $", NOT_EMPTY),
    (
        "^ segment $n:name = [is] subscribed $",
        "whether somebody may be written to is `allows email`: `segment $n = allows email`",
    ),
    ("^ double opt [-] in [required|only|yes] $", DOUBLE),
    ("^ double opt-in [required|only|yes] $", DOUBLE),
    ("^ consent [marketing|email|emails|mail|newsletter] [is|:|=] double", DOUBLE),
    (
        "^ confirm by $e:name for|of|to|in $r.. $",
        "one mail asks people to confirm all that they asked for, whatever its topic: `confirm by $e`",
    ),
    (
        "^ confirm by $e:name within|in|for|until|up|after $r.. $",
        "the link in that mail has no last day, and people get no other mail until they have used it: `confirm by $e`",
    ),
    (
        "^ late by|after|within $n:number $u:unit [,] then skip|run",
        "what becomes of a step that comes more than an hour late has a line of its own, without a time: `late skip`. `late by $n $u`, in the \
         policy, says how much earlier than the event that lets somebody in another may have occurred",
    ),
    (
        "^ late after $r.. $",
        "what becomes of a step that comes more than an hour late is said without a time: `late skip`, or `late next window`",
    ),
    (
        "wait until $p:name up to $n:number business|working|work|office $u:unit",
        "how long a wait may last at most is told by the clock: wait the business time, and ask then: `wait $n business $u`, and behind it \
         `if not $p { … }`",
    ),
    (
        "up to $n:number business|working|work|office $u:unit",
        "how long a wait may last at most is told by the clock: `up to $n $u`; business time is a wait of its own, `wait $n business $u`, \
         with what is asked behind it",
    ),
    (
        "^ wait until|till|for [the] next weekday|workday",
        "`wait 1 business day` is over on the next of them, at the same hour; for another hour name the day: `wait until next monday at 09:00`",
    ),
    (
        "^ wait until|till|for [the] next business|working|work day at|, $r..",
        "`wait 1 business day` is over on the next of them, at the same hour; for another hour name the day: `wait until next monday at 09:00`",
    ),
    (
        "$n:number business|working|work day|days before $f:name",
        "before a date, days of the calendar are counted, with weekends and holidays: `$n days before $f`. A week before it is `7 days before $f`",
    ),
    (
        "^ if not taken within $n:number minute|minutes|min|mins during|in|of|within [the] business|working|office hours $",
        "business time is counted in hours and days: `if not taken within 1 business hours`. By the clock it is `if not taken within $n minutes`",
    ),
    (
        "^ task $t:text due [in|within] $n:number business|working|work|office $u:unit",
        "a task is due by the clock: `task $t due in $n $u`. What is not taken in so much business time is said so: `if not taken within $n business $u`",
    ),
    (
        "^ exit when not taken|accepted|claimed|answered within|after|in $n:number $u:unit",
        "wait for the answer among the steps, behind the handoff: `wait until taken up to $n $u, otherwise { exit }`",
    ),
    (
        "^ [team|working|office|business] hours [on|:] $d:day [from|:] $h:number",
        "the hours of a team are those of every weekday, and no day has others: `hours weekdays from 09:00 to 15:00` would hold on all five",
    ),
    (
        "^ [team|working|office|business] hours [on|:] weekends|weekend|saturdays|sundays|daily|everyday|always|24/7",
        ALL_WEEK,
    ),
    ("^ [team|working|office|business] hours [on|:] every|all|each day|days", ALL_WEEK),
    (
        "^ hours $r.. in|timezone|zone $z:text $",
        "hours go by the clocks of each member, and who has none of their own by those of the project: leave it out here, and write \
         `member \"ana@acme.example\" in $z`",
    ),
    (
        "^ reassign [them] to $t..",
        "`reassign` alone gives them to whoever's turn it is in the team. Who gets those whom nobody takes in time is `backup \"lead@acme.example\"`",
    ),
    (
        "^ handoff to $t:address",
        "a handoff goes to a team, by its name: `handoff to sales`. Whoever is alone is a team of one, `team ana { member $t }`",
    ),
    ("^ stop all|everything|others|any $", "`stop` names the workflow, or the group, that it ends: a line for each"),
    (
        "^ enter on $d:date at $h.. $",
        "say who comes in then, by the name of a segment of yours: `enter everyone in customers on $d at $h`",
    ),
    ("^ late skip|run after|behind|beyond", "more than an hour is late, and no other time can be said: `late skip`"),
    (
        "^ late by $r.. $",
        "how much earlier than the event that lets somebody in another may have occurred is said in the policy, for every workflow: `policy { late by 1 hour }`",
    ),
    ("^ do nothing $", "a block may be empty: leave the line out"),
    (
        "^ event $r.. $p:name [:] list|array|json|object|objects|items",
        "a property holds one value, and there is no type for a list: write `$p text?` for all of them in one text, or leave it out",
    ),
    (
        "if [not] $v:verb within|after|in $n:number $u:unit",
        "wait for it first: `wait until $v any email up to $n $u`, and then `if timed out { .. } else { .. }`",
    ),
    (
        "if $e:name [was|is] [not] $v:verb within|after|in $n:number $u:unit",
        "wait for it first: `wait until $v $e up to $n $u`, and then `if timed out { .. } else { .. }`",
    ),
    (
        "^ exit when not $v:verb $e:name within|after|in $n:number $u:unit",
        "wait for it among the steps, behind its `send`: `wait until $v $e up to $n $u, otherwise { exit }`",
    ),
    ("data value changes|changed|change ( $f:name )", "say what it becomes: `enter when $f is … new only`"),
    ("data value changes|changed|change [on|of|in] $f:name", "say what it becomes: `enter when $f is … new only`"),
    ("$k:cond goal [is|was] reached|met|achieved|complete|completed $", GOAL),
    ("$k:cond goal $g:text [is|was] reached|met|achieved|complete|completed $", GOAL),
    ("$k:cond converted $", GOAL),
    (
        "^ send $e:mail to $a:dotted",
        "a mail goes to the person in the workflow, at the address they have; a team is told by a handoff: `handoff to sales { note \"..\"; keep in workflow }`",
    ),
    (
        "^ send $e:mail [with|,|and] [a|the] subject [line] [:|=] $t:text $",
        "the subject stands in the email: `email $e { subject $t .. }`, and here `send $e`",
    ),
    (
        "^ send $e:mail [with|,|and] from [:|=] $t:text $",
        "the sender stands in the email: `email $e { from $t .. }`, and here `send $e`",
    ),
    (
        "^ send $e:mail with|using template [:|=] $t:text $",
        "the template stands in the email: `email $e { template $t .. }`, and here `send $e`",
    ),
    ("^ send $e:name or $f:name $", "say who gets which: `if .. { send $e } else { send $f }`"),
    (
        "first time|order|purchase|visit",
        "the first time is the one before which there was none: count with `exactly 1 time ever`",
    ),
    (
        "^ description|name|title|label $t:text $",
        "a workflow's title stands in its first line, behind its name: `workflow nurture $t {`",
    ),
    ("^ subject when $p:name $t:text $", "everyone else needs a subject too: `subject when $p $t otherwise \"…\"`"),
    (
        "^ subject when $f:name is|in|>=|<=|>|<|contains $v $t:text $",
        "everyone else needs a subject too, behind it: `otherwise \"…\"`",
    ),
    ("^ reviewed yesterday|today|now|last $", "say the day: `reviewed 2026-10-01`"),
    (
        "^ enter when $a.. and not|no $e:name within|in $n:number $u:unit",
        "what should not happen afterwards is a wait among the steps: `wait until $e up to $n $u`, and then `if timed out { .. }`; what did not happen before is `no $e in the last $n $u`",
    ),
    ("^ enter when not|no confirmed [within|in|after] [the] [last] [for] $n:number $u:unit $", UNCONFIRMED),
    ("^ enter when not|no confirmed $t:name within|after|in [the] [last] $n:number $u:unit $", UNCONFIRMED),
    ("^ enter when unconfirmed [within|in|after] [for] $n:number $u:unit $", UNCONFIRMED),
    (
        "^ stop all workflows|journeys|campaigns|others",
        "`stop` names the workflow, or the group, that it ends: a line for each",
    ),
    ("^ unsubscribe|resubscribe|optout|opt-out [the] [them|contact|person|lead] $", NO_OPT_OUT),
    ("^ unsubscribe|optout|opt-out [the] [them|contact|person|lead] because|: $t.. $", NO_OPT_OUT),
    (
        "^ delete|remove|archive [the] [this] contact|person|lead|user $",
        "a workflow never deletes people: `exit` ends it for this person, and `untag` takes a tag away",
    ),
    ("^ wait $a:number - $b:number $u:unit", "a wait takes one time: `wait $a $u`, or `wait $b $u`"),
    ("^ task $t:text due tomorrow", "say how long they have: `task $t due in 24 hours`"),
    ("^ task $t:text due today|now|immediately|asap", "say how long they have: `task $t due in 4 hours`"),
    (
        "^ send $e:mail twice",
        "a mail goes out once in a journey, unless it says so: `send $e`, and later `send $e again`",
    ),
    ("^ send $e:mail at $h..", WINDOW),
    ("^ send [the] email|mail|message $e:name at $h..", WINDOW),
    ("^ wait $n:number $u:unit at $h..", WINDOW),
    ("$k:cond subscribed $", SUBSCRIBED),
    ("$k:cond subscribed and|or", SUBSCRIBED),
    (
        "enter when they|somebody|someone|people subscribe|subscribes|subscribed to [the] $l:name $",
        "a topic of mail is declared beside the workflows, `topics $l`, and `enter when subscribed to $l new only` lets in who subscribes to it",
    ),
    (
        "^ send $e:mail on monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekdays|weekday|weekends|weekend|working|business|every|each|mondays|tuesdays|wednesdays|thursdays|fridays $r.. $",
        "a send window holds for the whole workflow: its days and hours stand at its top, as in `send on weekdays from 09:00 to 17:00 in contact timezone`",
    ),
    (
        "^ send $e:mail on $d:name $",
        "a send window holds for the whole workflow: put `send on $d` at its top, with `in contact timezone` at its end",
    ),
    (
        "if [not] $v:verb $e:name within|in $n:number $u:unit",
        "wait for it first: `wait until $v $e up to $n $u`, and then `if timed out { .. } else { .. }`",
    ),
    (
        "^ set do_not_contact|unsubscribed|hard_bounced|complained = $v",
        "that is the person's own word, or their mail server's. To keep all marketing from somebody until they subscribe, say why: `suppress because \"asked sales for quiet\"`",
    ),
];

/// The same, said only where no line mends it.
pub(super) const LAST_HINTS: &[(&str, &str)] = &[
    (
        "^ handoff to $t:name ,|and|or $s:name $",
        "a handoff goes to one team: `handoff to $t { keep in workflow }` and, behind it, `handoff to $s`; or to one that has the members of both",
    ),
    (
        "^ handoff to $t:name during|in|within|outside|only [the] business|working|office hours",
        "when a team is there is said in the team, `hours weekdays from 09:00 to 18:00`, and its handoffs count that time with \
         `if not taken within 4 business hours`; a handoff itself is made at once: `handoff to $t`",
    ),
    (
        "$k:cond no $e:name ( $r.. ) $",
        "say since when: `no $e($r) in the last 30 days`, or `no $e($r) ever`. What has not happened since they came in is `not $e($r)`",
    ),
    (
        "^ handoff to $t:name if|when $p.. $",
        "the condition comes first, around the handoff: `if $p { handoff to $t { … } }`",
    ),
    (
        "^ handoff to $t:name unless $p.. $",
        "the condition comes first, around the handoff: `if not ($p) { handoff to $t { … } }`",
    ),
    (
        "^ if not taken within $r..",
        "whoever is not taken in time goes to the backup, which has a line of its own, `backup \"lead@acme.example\"`. What else is done then stands behind \
         a handoff with `keep in workflow`: `wait until taken up to 2 days, otherwise { … }`",
    ),
    (
        "^ at|max|maximum [most] 1 email|mail|message per|in|within|every|each [the|any] $d:number $u:unit $",
        "how many mails somebody gets over all workflows is a rule of the project, beside the workflows: \
         `policy { cap 1 emails per $d $u then delay }`; how far apart those of this one workflow are: \
         `at least $d $u between emails`",
    ),
    (
        "^ [frequency|send] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email|emails|mail|mails|message|messages per|in|within|every|each [the|any] $d:number $u:unit $",
        "how many mails somebody gets is a rule of the whole project and no workflow's: \
         `policy { cap $n emails per $d $u then delay }`, beside the workflows",
    ),
    (
        "^ [frequency|send] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email|emails|mail|mails|message|messages per|a|each|every week $",
        "how many mails somebody gets is a rule of the whole project and no workflow's: \
         `policy { cap $n emails per 7 days then delay }`, beside the workflows",
    ),
    (
        "^ [frequency|send] [cap|limit] [:] [at] [most|max|maximum] [of] $n:number email|emails|mail|mails|message|messages per|a|each|every day $",
        "how many mails somebody gets is a rule of the whole project and no workflow's: \
         `policy { cap $n emails per 1 day then delay }`, beside the workflows",
    ),
    (
        "^ at least $n:number $u:unit between $r.. $",
        "`at least $n $u between emails` is a line of a workflow, at its top, and keeps the mails of that one apart; over all workflows \
         a policy says it by a cap: `policy { cap 1 emails per $n $u then delay }`",
    ),
    (
        "^ calendar $n:name for|where|when|if|of $r..",
        "whose holidays they are is told by the contact's country, and by nothing else: `calendar $n for country is \"DE\" { … }`, or \
         `calendar $n for country in (\"DE\", \"AT\") { … }` for several; a calendar without `for` is that of everybody else",
    ),
    (
        "^ $m:number - $d:number [every|each|per|a] [year|yearly|annually]",
        "a calendar says each day with its year, for many a holiday moves: `2026-$m-$d, 2027-$m-$d`",
    ),
    (
        "^ every|each year|yearly [on] [:] $m:number - $d:number",
        "a calendar says each day with its year, for many a holiday moves: `2026-$m-$d, 2027-$m-$d`",
    ),
    ("^ limit|cap|frequency $r.. $", ALL_WORKFLOWS),
    ("^ quiet hours $r..", QUIET),
    ("^ segment $r.. $v:verb", super::later::MAILS_OF_SEGMENT),
    ("^ segment $r.. email|mail [was] $v:verb", super::later::MAILS_OF_SEGMENT),
    (
        "^ slack|teams|channel [:|=] $r..",
        "a team is told by mail: a channel's own mail address may be a member, `member \"sales-channel@acme.example\"`",
    ),
    ("^ team $t:name $r..", MEMBERS),
    (
        "^ $f:field [:] list|array|multiselect|multi-select|multi|set|checkboxes",
        "a field holds one value; what people may have several of are tags: `tags a, b` beside the contact, and `if tagged a { .. }`",
    ),
    ("^ body|content|message $t:text $", "what a mail says stands in its template: `template \"emails/….html\"`"),
    (
        "^ goal : $n:name $r.. within $d..",
        "a goal has a name, what meets it, and a time: `goal \"Book a demo\" when requested_demo within 30 days`",
    ),
    (
        "visited|visits|visit|views|viewed|view [the|our|a] $p:name page",
        "say which page it is, as its address has it: `visited(page is \"/$p\")`",
    ),
    (
        "^ assign|route|give [them] to $t:text",
        "a lead goes to a team, which says whose turn it is: `handoff to sales`, and `team sales { member $t }`",
    ),
    (
        "$v:verb any email|mail since|for|in|within",
        "of the mails of this journey ask `$v any email of this journey`, and of those of all workflows with a time that looks back: `$v any email in the last 30 days`",
    ),
    (
        "$v:verb $e:name in|within [the] [last|past] $n:number $u:unit",
        "a mail needs no period: `$v $e` counts from the moment that this journey sent it",
    ),
    (
        "$v:verb $e:name link $l:text in|within [the] [last|past] $n:number $u:unit",
        "a mail needs no period: `$v $e link $l` counts from the moment that this journey sent it",
    ),
    (
        "^ enter [when] every|each|daily|weekly|monthly $d.. $",
        "say who comes in then, by the name of a segment of yours: `enter everyone in customers every monday at 09:00`; and what only happens to some of them, \
         by a date of theirs: `enter 30 days before renewal_date at 09:00`",
    ),
    (
        "^ enter on $d:date $",
        "say who comes in then, by the name of a segment of yours: `enter everyone in customers on $d at 09:00`",
    ),
    (
        "^ reenter as often $r.. $",
        "say how long it takes until somebody may come in again, `reenter after 1 day`; a workflow that sends no marketing mail may say `reenter always`",
    ),
    (
        "^ go to|back $r.. $",
        "steps run from top to bottom: what comes again stands in `repeat up to 3 times every 2 days { .. }`",
    ),
    (
        "^ ab|a/b|random|randomly|experiment|abtest $r.. $",
        "ways by chance are a split, in which the same person always goes the same one: `split welcome_offer { 50% a { .. } 50% b { .. } }`",
    ),
    (
        "^ split $r..",
        "ways by chance are a split with a name and shares, in which the same person always goes the same one: `split welcome_offer { 50% a { .. } 50% b { .. } }`",
    ),
    (
        "^ repeat|loop $r.. $",
        "say how often at most, and how far apart: `repeat up to 3 times every 2 days { .. }`, or `.. every 2 days until clicked guide { .. }`",
    ),
    (
        "^ goto|jump $r.. $",
        "steps run from top to bottom: what comes again stands in `repeat up to 3 times every 2 days { .. }`",
    ),
    (
        "^ send $e:name to $t:name $",
        "a mail goes to the person in the workflow, whoever that is; a team is told by a handoff: `handoff to $t { note \"…\"; keep in workflow }`",
    ),
    ("^ from|sender [name] [:|=] $n:text $", SENDER),
    ("^ from_name|sender_name [:|=] $n:text $", SENDER),
    (
        "^ from_name|sender_name|from $r..",
        "the sender is a name with an address, in one text: `from \"Ana <ana@acme.example>\"`",
    ),
    (
        "^ sync|export|push to $r.. $",
        "what a team or a CRM needs to know goes there by a handoff: `handoff to sales { note \"..\"; keep in workflow }`",
    ),
    (
        "^ create|add|make [a] task [:] $n:text $",
        "a task stands in a handoff: `handoff to sales { task $n due in 24 hours; keep in workflow }`",
    ),
    (
        "^ create [a] deal|opportunity|lead|ticket|record $",
        "a deal is the team's to make: `handoff to sales { note \"..\"; keep in workflow }` tells them",
    ),
    (
        "^ suppress|blacklist|block|mute|silence [the] [them|contact|person|lead|everyone] [because] $",
        "say why, for whoever asks later: `suppress because \"asked sales for quiet\"`. It keeps all marketing from the person until they subscribe",
    ),
    (
        "^ log $r.. $",
        "what happens is kept by itself, and `decision_view` shows it; to tell your own people, write `notify sales \"…\"`",
    ),
    (
        "^ move [the] stage back to $s:name $",
        "say why, for whoever asks later: `move stage back to lead because \"lost the budget\"`",
    ),
    (
        "^ suppress|mute|silence|block [the] [them|contact|person|lead] for|until $d.. $",
        "it holds until the person subscribes, and no shorter: `suppress because \"asked sales for quiet\"`. To be quiet for a while, `wait`; to keep this workflow away from somebody, `skip when` a condition holds",
    ),
    (
        "^ for each|every|all $r..",
        "each person goes through the workflow by themselves: the steps say what happens to one",
    ),
    ("^ task $t:text by|until|before $d.. $", "say how long they have: `task $t due in 24 hours`"),
    ("^ due [in] $n:number $u:unit $", "it belongs to its task: `task \"…\" due in $n $u`"),
    ("$k:cond no $e:name $", "say since when: `no $e in the last 30 days`, or `no $e ever`"),
    ("$k:cond no $e:name and|or", "say since when: `no $e in the last 30 days`, or `no $e ever`"),
    (
        "$n:number $u:unit ago",
        "of a date or a moment it is `created_at more than $n $u ago` or `created_at less than $n $u ago`, and of what people did `visited in the last $n $u`",
    ),
    (
        "today|now|yesterday|tomorrow",
        "a date is compared with `today`, and a moment with `now`: `renewal_date < today + 30 days`, `renewal_date is today`",
    ),
    (
        "stage changes|changed|moves|moved|goes|went from $a:name to $b:name",
        "what it was before cannot be asked: `stage is $b … new only` holds from the moment that it is so",
    ),
    (
        "created_at|created|signed_up|joined in|within [the] [last|past] $n:number $u:unit",
        "how long ago a date or a moment lies is asked so: `created_at less than $n $u ago`",
    ),
    (
        "this week|month|quarter|year",
        "`this week` and `this month` stand behind what people did: `visited at least 2 times this week`; of other lengths say `in the last 90 days`",
    ),
    ("$f:name changes|changed $", "say what it becomes: `$f is … new only` holds from the moment that it is so"),
    (
        "$f:name increased|increases|decreases|rises $",
        "say how far: `$f >= … new only` holds from the moment that it is so",
    ),
    (
        "^ enter when entered|finished|left|exits|exited|completed|started [by] $w:name [workflow] $",
        "only a segment is entered and left: to bring people from another workflow, put `start` and this one's name among its steps, or `tag` them there and `enter when tagged … new only`",
    ),
    (
        "$s:name since|for $n:number $u:unit",
        "how long something has been so cannot be asked yet; let them enter when it becomes so, and `wait $n $u`",
    ),
    (
        "$n:number business|working|work|office $u:unit",
        "business time is known to a wait, `wait $n business $u`, and to a handoff, `if not taken within $n business $u`; elsewhere say days and \
         hours by the clock",
    ),
];
