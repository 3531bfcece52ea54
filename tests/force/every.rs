//! A project in which every construct of the language stands, and people who come to all of it.
//!
//! The project is the folder `every_construct` beside this file. What people do is made here from a seed: stories that lead to the places
//! which chance would seldom reach, and chance for the rest. The same happenings are played in a rehearsal, at their times, and live, one
//! behind the other.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::chance::{Chance, chance_of};

/// The first day of the rehearsal, a Monday: as in `flow.toml`.
const FIRST_DAY: &str = "2026-03-02T00:00:00Z";
/// People who come in by the file of contacts.
pub(crate) const PEOPLE: usize = 90;
/// Days on which something happens; the rehearsal is longer, so that what was begun comes to its end.
const BUSY_DAYS: usize = 32;
/// What happens to each by chance, besides their story.
const BY_CHANCE: usize = 8;

/// Where the text of the project lies.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/force/every_construct")
}

/// The text of the project, with that of the modules that it uses.
pub(crate) fn text() -> String {
    let files = ["known.flow", "ways.flow", "rounds.flow"].map(|file| fs::read_to_string(folder().join(file)).unwrap());
    let module = flow_stdlib::module("std.b2b").unwrap().text;
    files.concat() + module
}

/// Puts the project into a folder, with its contacts and no event.
pub(crate) fn lay_out(into: &Path, seed: u64) {
    fs::create_dir_all(into.join("emails")).unwrap();
    fs::create_dir_all(into.join("data")).unwrap();
    for file in [
        "flow.toml",
        "known.flow",
        "ways.flow",
        "rounds.flow",
        "emails/hello.mjml",
        "emails/plain.html",
        "emails/receipt.html",
        "emails/confirm.html",
    ] {
        fs::copy(folder().join(file), into.join(file)).unwrap();
    }
    fs::write(into.join("data/contacts.csv"), contacts(seed)).unwrap();
    fs::write(into.join("data/events.jsonl"), "").unwrap();
}

/// What the mail servers of a rehearsal say, as its script has it: the same people are refused live ([`refusal_of`]).
pub(crate) const MAIL_SCRIPT: &str = "\
*@gone.example   *   0s  bounced  550 5.1.1 no such user
*@large.example  *   2m  blocked  552 5.2.3 too large
*@never.example  *   0s  later    451 4.7.1 not today
*@slow.example   1-2 3s  later    451 4.7.1 greylisted
*@lost.example   1   9s  unknown  the line broke
*@late.example   *   20m delivered
";

/// What a mail server says to a recipient of some domains for good.
pub(crate) fn refusal_of(recipient: &str) -> Option<(&'static str, &'static str)> {
    let is_at = |domain: &str| recipient.ends_with(domain);
    match () {
        () if is_at("@gone.example") => Some(("RCPT", "550 5.1.1 no such user")),
        () if is_at("@large.example") => Some((".", "552 5.2.3 too large")),
        () => None,
    }
}

/// Of every twenty people one each has an address of these.
const DOMAINS: [&str; 6] =
    ["gone.example", "large.example", "never.example", "slow.example", "lost.example", "late.example"];

fn address(person: usize) -> String {
    let domain = DOMAINS.get(person % 20).filter(|_| person <= PEOPLE).copied().unwrap_or("x.example");
    format!("p{person}@{domain}")
}

/// The people, as a CRM would export them: whoever has no story of an address has an empty cell now and then, and everybody is somebody else.
fn contacts(seed: u64) -> String {
    let mut rows = String::from(
        "User ID,Email,First Name,Last Name,Job Title,Company,Industry,Region,Employees,Stage,Time Zone,Plan,Badge,Nickname,Seats,Budget,\
         Trial Ends,Paid At,Bills From,Homepage,Assistant,Away Zone,Created At,Unsubscribed,Do Not Contact,Paused Until,Disqualified,\
         Has Open Deal,Country,Lists\n",
    );
    for person in 1..=PEOPLE {
        let chance = &mut chance_of(seed, &format!("person {person}"));
        // The first known by their address alone: they prove to be users later.
        let user = if person % 15 == 14 { String::new() } else { format!("u{person}") };
        let email = if person % 15 == 13 { String::new() } else { address(person) };
        let mut some = |values: &[&str]| (*chance.of(values)).to_owned();
        let cells = [
            user,
            email,
            format!("P{person}"),
            some(&["", "Lee", "Kim"]),
            some(&["", "CTO", "Chief of staff", "Analyst", "CEO"]),
            some(&["", "Brightly"]),
            some(&["saas", "fintech", "ecommerce", "healthcare", ""]),
            some(&["EMEA", "AMER", "LATAM", ""]),
            some(&["", "7", "30", "49"]),
            some(&["", "", "lead", "mql", "subscriber", "customer"]),
            some(&["Europe/Berlin", "Europe/Berlin", "", "America/New_York", "Asia/Tokyo"]),
            some(&["", "free", "team"]),
            some(&["gold", "silver", ""]),
            some(&["", "Nick"]),
            some(&["", "3", "40"]),
            some(&["", "500", "5000"]),
            some(&["", "2026-05-01", "2026-07-01"]),
            some(&["", "2026-02-20T10:00:00Z"]),
            some(&["", "DE", "FR"]),
            some(&["", "https://p.example"]),
            some(&["", "desk@p.example"]),
            some(&["", "Europe/Paris"]),
            some(&["", "2025-01-01"]),
            some(&["", "", "", "", "", "", "", "", "yes"]),
            some(&["", "", "", "", "", "", "", "", "yes"]),
            some(&["", "", "", "", "", "", "", "", "2027-01-01"]),
            some(&["no", "no", "no", "no", "no", "no", "no", "yes"]),
            some(&["no", "no", "no", "no", "no", "no", "no", "yes"]),
            some(&["", "DE", "IT"]),
            some(&["", "", "Partners"]),
        ];
        writeln!(rows, "{}", cells.join(",")).unwrap();
    }
    rows
}

/// Something that somebody does, as a line of the stream without its times and its id.
#[derive(Debug, Clone)]
pub(crate) struct Happening {
    /// Minutes after the first day of the rehearsal began.
    pub(crate) minute: usize,
    /// By whom, so that those of one person can be told apart from others.
    pub(crate) person: usize,
    /// About a mail that they got: whether it counts depends on when that left.
    pub(crate) is_about_mail: bool,
    what: Value,
}

impl Happening {
    /// Its line, under an id and a time.
    pub(crate) fn line(&self, id: usize, at: &str) -> String {
        let mut line = self.what.clone();
        line["messageId"] = json!(format!("m{id}"));
        line["timestamp"] = json!(at);
        format!("{line}\n")
    }
}

/// The events of the rehearsal, each at its time.
pub(crate) fn stream(happenings: &[Happening]) -> String {
    let first: jiff::Timestamp = FIRST_DAY.parse().unwrap();
    let line = |(id, happening): (usize, &Happening)| {
        let minutes = jiff::SignedDuration::from_mins(i64::try_from(happening.minute).unwrap());
        happening.line(id, &(first + minutes).to_string())
    };
    happenings.iter().enumerate().map(line).collect()
}

/// Everything that happens, in order.
pub(crate) fn happenings(seed: u64) -> Vec<Happening> {
    let mut all = Vec::new();
    for person in 1..=PEOPLE + STRANGERS {
        let mut chance = chance_of(seed, &format!("doings {person}"));
        let story = STORIES[person % STORIES.len()];
        // Ten in the morning in Berlin, Monday to Thursday: inside the window of the guide.
        let day = 7 * chance.below(BUSY_DAYS / 7) + chance.below(4);
        let start = day * DAY + 9 * HOUR + 7 + chance.below(50);
        if person > PEOPLE {
            all.push(happening(person, start - 1, "login"));
        }
        all.extend(story.iter().map(|(minutes, what)| happening(person, start + minutes, what)));
        // Chance disturbs stories: who comes by their doings has nothing else.
        for _ in 0..if person > PEOPLE { 0 } else { BY_CHANCE } {
            let minute = chance.below(BUSY_DAYS * DAY);
            all.push(happening(person, minute, DOINGS[chance.below(DOINGS.len())]));
        }
    }
    // More than may come in within an hour, and each twice.
    for person in 1..=10 {
        all.extend(
            [(0, "set badge silver"), (1, "sign up"), (2, "sign up")]
                .map(|(minute, what)| happening(person, RUSH + minute, what)),
        );
    }
    // What happens in one minute keeps the order of its people.
    all.sort_by_key(|happening| happening.minute);
    all
}

/// People whom the contacts do not have: they come by their doings.
const STRANGERS: usize = STORIES.len();
const HOUR: usize = 60;
const DAY: usize = 24 * HOUR;
/// When many come at once.
const RUSH: usize = 2 * DAY + 11 * HOUR;

type Story = &'static [(usize, &'static str)];

/// What leads to where chance seldom goes: minutes after its beginning, and a doing.
const STORIES: &[Story] = &[
    // Reads, clicks, comes to the prices, is handed to sales.
    &[
        (0, "download guide"),
        (5, "open hello"),
        (6, "click hello guide"),
        (HOUR, "visit /pricing"),
        (2 * HOUR, "visit /pricing/team"),
        (3 * HOUR, "done"),
        (4 * HOUR, "taken"),
        (4 * HOUR + 1, "taken"),
        (DAY, "refused no budget"),
    ],
    &[(0, "download guide"), (5, "open hello"), (40, "open nudge"), (4 * DAY, "download guide"), (8 * DAY, "demo")],
    &[(0, "login late"), (1, "download guide"), (10, "demo"), (20, "visit /a")],
    &[(0, "login gone"), (1, "download guide"), (2 * DAY, "demo")],
    &[(0, "download guide"), (3, "set stage opportunity"), (2 * DAY, "demo")],
    &[(0, "download guide"), (6, "click hello guide"), (7, "download guide"), (10, "set has_open_deal yes")],
    &[(0, "download guide"), (7, "order b-pro"), (9, "download guide")],
    &[
        (0, "download guide"),
        (10, "tablet mail"),
        (11, "tablet download guide"),
        (HOUR, "tablet visit /pricing"),
        (DAY + 20 * HOUR, "visit /pricing"),
        (7 * DAY + 6 * HOUR, "join"),
    ],
    // Comes to the prices, and orders.
    &[
        (0, "visit /pricing"),
        (10, "visit /pricing"),
        (5 * HOUR, "order none"),
        (6 * HOUR, "click nudge more"),
        (DAY, "visit /pricing"),
    ],
    &[(0, "visit /pricing"), (10, "visit /pricing"), (5 * HOUR, "reply nudge"), (9 * DAY, "visit /pricing")],
    &[(0, "visit /pricing"), (10, "visit /pricing"), (10 * DAY, "visit /pricing"), (10 * DAY + 10, "visit /pricing")],
    &[
        (0, "visit /pricing"),
        (10, "visit /pricing"),
        (3 * DAY, "subscribe"),
        (3 * DAY + 1, "confirm"),
        (3 * DAY + 2, "order a"),
    ],
    // Orders, fills the cart, orders again.
    &[
        (0, "set last_name Lee"),
        (1, "visit /pricing"),
        (10, "visit /pricing"),
        (9 * DAY, "order a"),
        (9 * DAY + 10, "cart"),
    ],
    &[
        (0, "visit /a"),
        (3, "order a"),
        (10, "cart"),
        (40, "order b-pro"),
        (20 * HOUR, "visit /c"),
        (3 * DAY, "upgrade"),
    ],
    &[
        (0, "set region LATAM"),
        (1, "visit /a"),
        (2, "order a"),
        (10, "cart"),
        (20, "download guide"),
        (5 * DAY, "order a"),
    ],
    // Signs up; something is known of them later.
    &[(0, "sign up"), (4, "set badge gold"), (DAY, "visit /a"), (2 * DAY, "visit /b")],
    &[(0, "set badge silver"), (1, "sign up"), (HOUR, "sign up")],
    &[(0, "set plan pro"), (2 * HOUR, "set plan free"), (DAY, "set plan pro"), (2 * DAY, "webinar")],
    &[(0, "set region LATAM"), (1, "set plan pro")],
    &[(0, "set stage customer"), (1, "set plan pro")],
    &[(0, "set plan pro"), (DAY, "set stage customer")],
    &[(0, "set do_not_contact yes"), (1, "set plan pro")],
    &[(0, "login never"), (1, "order a"), (10, "cart"), (5 * HOUR, "upgrade")],
    &[(0, "set disqualified yes"), (1, "download guide")],
    // On a device first, then by name; addresses change hands.
    &[(0, "device visit /pricing"), (1, "device download guide"), (3, "login"), (5, "visit /pricing")],
    &[
        (0, "identify"),
        (5, "download guide"),
        (10, "unsubscribe"),
        (DAY, "subscribe"),
        (DAY + 5, "confirm"),
        (2 * DAY, "spam"),
    ],
    &[(0, "download guide"), (2, "bounce"), (3 * DAY, "move"), (3 * DAY + 10, "download guide")],
    &[
        (0, "visit /a"),
        (1, "set paused_until 2027-01-01"),
        (2, "set paused_until 2027-02-01"),
        (3, "order a"),
        (4, "download guide"),
        (2 * DAY, "subscribe"),
        (2 * DAY + 3, "confirm"),
    ],
    &[
        (0, "visit /b"),
        (4, "order b-pro"),
        (12, "cart"),
        (2 * DAY, "visit /a"),
        (4 * DAY, "upgrade"),
        (6 * DAY, "upgrade"),
        (7 * DAY, "set stage customer"),
    ],
    // Takes the plan of a team away, and again on the way, and wants less mail by then; what is left of a trial is little.
    &[
        (0, "set plan team"),
        (1, "set plan pro"),
        (DAY, "unsubscribe news"),
        (DAY + 1, "set topics news"),
        (3 * DAY, "upgrade"),
        (4 * DAY, "set plan team"),
        (4 * DAY + 1, "set plan pro"),
    ],
    &[(0, "set trial_ends 2026-03-30"), (DAY, "visit /a")],
    // Falls silent, and opens what comes then.
    &[
        (0, "visit /a"),
        (11 * DAY, "open second"),
        (11 * DAY + 12 * HOUR, "open second"),
        (12 * DAY + 6 * HOUR, "open second"),
        (13 * DAY + 6 * HOUR, "open second"),
        (14 * DAY + 6 * HOUR, "open second"),
        (15 * DAY + 6 * HOUR, "open second"),
    ],
    // Orders one thing twice, then several, one of which they had before, and nothing.
    &[
        (0, "order b"),
        (2 * HOUR, "order b"),
        (4 * DAY, "order c"),
        (4 * DAY + 1, "order d"),
        (4 * DAY + 2, "order b"),
        (4 * DAY + 3, "order none"),
    ],
    // Asks for mail, and confirms it days later.
    &[(0, "subscribe"), (5, "download guide"), (2 * DAY, "confirm"), (3 * DAY, "visit /a")],
];

/// What anybody may do at any time.
const DOINGS: &[&str] = &[
    "download guide",
    "download checklist",
    "visit /a",
    "visit /pricing",
    "visit /b",
    "order a",
    "order none",
    "cart",
    "demo",
    "upgrade",
    "sign up",
    "webinar",
    "open hello",
    "open second",
    "click second more",
    "click welcome more",
    "click nudge more",
    "reply nudge",
    "set stage mql",
    "set plan pro",
    "set region EMEA",
    "set badge gold",
    "soft bounce",
    "set zone",
    "identify",
];

fn happening(person: usize, minute: usize, doing: &str) -> Happening {
    let (verb, rest) = doing.split_once(' ').unwrap_or((doing, ""));
    let is_about_mail = matches!(verb, "open" | "click" | "reply" | "bounce" | "spam" | "soft");
    Happening { minute, person, is_about_mail, what: what(person, verb, rest) }
}

fn what(person: usize, verb: &str, rest: &str) -> Value {
    let user = format!("u{person}");
    let track = |event: &str, properties: Value| json!({ "type": "track", "userId": user, "event": event, "properties": properties });
    let traits = |traits: Value| json!({ "type": "identify", "userId": user, "traits": traits });
    let (email, link) = rest.split_once(' ').unwrap_or((rest, ""));
    match verb {
        "download" if rest == "guide" => track("Downloaded", json!({ "asset": "b2b-guide" })),
        "download" => track("Downloaded", json!({ "asset": rest })),
        "visit" => json!({ "type": "page", "userId": user, "properties": { "path": rest } }),
        "order" if rest == "none" => track("Ordered", json!({ "amount": 0 })),
        "order" => track("Ordered", json!({ "amount": 129.5, "item": rest })),
        "cart" => track("Added to Cart", json!({ "item": "a" })),
        "demo" => track("Requested Demo", json!({})),
        "upgrade" => track("Upgraded", json!({ "plan": "pro" })),
        "sign" => track("Signed Up", json!({})),
        "webinar" => track("Attended Webinar", json!({ "webinar": "w" })),
        "open" => track("Email Opened", json!({ "email_id": email })),
        "click" => track("Email Link Clicked", json!({ "email_id": email, "link_id": link })),
        "reply" => track("Email Replied", json!({ "email_id": email })),
        "bounce" => track("Email Bounced", json!({ "email_id": "hello" })),
        "soft" => track("Email Bounced", json!({ "email_id": "hello", "bounce_type": "soft" })),
        "spam" => track("Email Marked as Spam", json!({})),
        "unsubscribe" | "subscribe" => {
            let event = if verb == "subscribe" { "Subscribed" } else { "Unsubscribed" };
            track(event, if rest.is_empty() { json!({}) } else { json!({ "topic": rest }) })
        }
        "confirm" => track("Confirmed", json!({})),
        "taken" => track("Taken", json!({})),
        "refused" => track("Refused", json!({ "team": "sales", "reason": rest })),
        "done" => track("Done", json!({})),
        "device" | "tablet" => {
            let device = format!("{verb}{person}");
            let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let mut what = what(person, verb, rest);
            what.as_object_mut().unwrap().remove("userId");
            what["anonymousId"] = json!(device);
            what
        }
        "mail" => traits(json!({ "email": format!("tablet{person}@x.example"), "industry": "saas" })),
        "login" => {
            let email = if rest.is_empty() { address(person) } else { format!("p{person}@{rest}.example") };
            let mut login = traits(json!({ "email": email, "industry": "saas" }));
            login["anonymousId"] = json!(format!("device{person}"));
            login
        }
        "join" => json!({ "type": "identify", "userId": user, "anonymousId": format!("tablet{person}"), "traits": {} }),
        "identify" => traits(json!({ "email": address(person), "industry": "saas", "badge": "gold" })),
        "move" => traits(json!({ "email": format!("new{person}@x.example") })),
        "set" => match rest.split_once(' ') {
            Some((field, value)) => traits(json!({ field: value })),
            None => traits(json!({ "timezone": "America/New_York" })),
        },
        other => unreachable!("nobody knows how to {other}"),
    }
}

/// The happenings in parts, in none of which anybody does more than one thing: live, what somebody does next must not overtake what became of
/// what they did before.
pub(crate) fn in_parts(happenings: Vec<Happening>) -> Vec<Vec<Happening>> {
    let mut parts: Vec<Vec<Happening>> = Vec::new();
    let mut counts = std::collections::BTreeMap::new();
    for happening in happenings {
        let count = counts.entry(happening.person).or_insert(0_usize);
        if parts.len() <= *count {
            parts.resize_with(*count + 1, Vec::new);
        }
        parts[*count].push(happening);
        *count += 1;
    }
    parts
}

/// One that chance makes, for those who want as many as they can get.
pub(crate) fn any_happening(chance: &mut Chance) -> Happening {
    let person = 1 + chance.below(PEOPLE + STRANGERS);
    happening(person, 0, DOINGS[chance.below(DOINGS.len())])
}
