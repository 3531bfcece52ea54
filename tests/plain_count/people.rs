//! The people: fields that the three workflows read, whole histories, and who owns which user id and address.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::ByteRecord;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::calendar::{self, HOUR, Ms};
use crate::count::{Contacts, Tally, one_more};
use crate::journey::{Journey, Since, Workflow};

const PROJECT_ZONE: &str = "Europe/Berlin";

/// The zone of whoever has none of their own.
pub(crate) fn project_zone() -> TimeZone {
    calendar::zone(PROJECT_ZONE).unwrap()
}

const REGIONS: [&str; 4] = ["emea", "amer", "apac", "latam"];
const INDUSTRIES: [&str; 8] =
    ["saas", "fintech", "ecommerce", "manufacturing", "healthcare", "education", "consulting", "logistics"];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    #[default]
    Subscriber,
    Lead,
    Mql,
    Sql,
    Opportunity,
    Customer,
}

const STAGES: [(&str, Stage); 6] = [
    ("subscriber", Stage::Subscriber),
    ("lead", Stage::Lead),
    ("mql", Stage::Mql),
    ("sql", Stage::Sql),
    ("opportunity", Stage::Opportunity),
    ("customer", Stage::Customer),
];

/// What a row or an `identify` line says; nothing where it says nothing, or nothing that can be used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    pub(crate) email: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) industry: Option<String>,
    pub(crate) timezone: Option<TimeZone>,
    pub(crate) stage: Option<Stage>,
    pub(crate) score: Option<f64>,
    pub(crate) unsubscribed: Option<bool>,
    pub(crate) do_not_contact: Option<bool>,
    pub(crate) has_open_deal: Option<bool>,
    pub(crate) disqualified: Option<bool>,
    pub(crate) renewal_date: Option<Date>,
}

impl Fields {
    /// Takes a value under its snake case name. One that cannot be used is set aside and counted.
    pub(crate) fn read(&mut self, name: &str, value: &str, set_aside: &mut Tally) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let lower = value.to_lowercase();
        let is_usable = match name {
            "email" => keep(&mut self.email, is_address(&lower).then_some(lower)),
            "region" => keep(&mut self.region, REGIONS.contains(&lower.as_str()).then_some(lower)),
            "industry" => keep(&mut self.industry, INDUSTRIES.contains(&lower.as_str()).then_some(lower)),
            "timezone" => keep(&mut self.timezone, calendar::zone(value)),
            "stage" => keep(&mut self.stage, STAGES.iter().find(|(name, _)| *name == lower).map(|(_, stage)| *stage)),
            "score" => keep(&mut self.score, number(value)),
            "unsubscribed" => keep(&mut self.unsubscribed, yes_no(&lower)),
            "do_not_contact" => keep(&mut self.do_not_contact, yes_no(&lower)),
            "has_open_deal" => keep(&mut self.has_open_deal, yes_no(&lower)),
            "disqualified" => keep(&mut self.disqualified, yes_no(&lower)),
            "employees" => number(value).is_some(),
            "renewal_date" => keep(&mut self.renewal_date, calendar::date(value)),
            "created_at" => calendar::parse(value).is_some() || calendar::date(value).is_some(),
            _ => true,
        };
        if !is_usable {
            one_more(set_aside, name);
        }
    }

    /// A later row of the same person: gaps are filled, and of two answers about consent the stricter holds.
    fn fill_gaps(&mut self, later: Fields) {
        fill(&mut self.region, later.region);
        fill(&mut self.industry, later.industry);
        fill(&mut self.timezone, later.timezone);
        fill(&mut self.stage, later.stage);
        fill(&mut self.score, later.score);
        fill(&mut self.has_open_deal, later.has_open_deal);
        fill(&mut self.disqualified, later.disqualified);
        fill(&mut self.renewal_date, later.renewal_date);
        self.unsubscribed = self.unsubscribed.max(later.unsubscribed);
        self.do_not_contact = self.do_not_contact.max(later.do_not_contact);
    }

    /// What is said of the right to write to an address counts for whoever has it.
    pub(crate) fn refuse(&mut self, said: &Fields) {
        self.unsubscribed = self.unsubscribed.max(said.unsubscribed.filter(|no| *no));
        self.do_not_contact = self.do_not_contact.max(said.do_not_contact.filter(|no| *no));
    }

    /// An `identify` line: what it says holds from now on. It takes back no points and no refusal, and lowers no stage.
    pub(crate) fn overwrite(&mut self, newer: Fields) {
        replace(&mut self.region, newer.region);
        replace(&mut self.industry, newer.industry);
        replace(&mut self.timezone, newer.timezone);
        self.stage = self.stage.max(newer.stage);
        let least = self.score.unwrap_or(0.0);
        replace(&mut self.score, newer.score.filter(|score| *score > least));
        replace(&mut self.has_open_deal, newer.has_open_deal);
        replace(&mut self.disqualified, newer.disqualified);
        replace(&mut self.renewal_date, newer.renewal_date);
        self.unsubscribed = self.unsubscribed.max(newer.unsubscribed);
        self.do_not_contact = self.do_not_contact.max(newer.do_not_contact);
    }
}

fn keep<T>(field: &mut Option<T>, value: Option<T>) -> bool {
    let is_usable = value.is_some();
    replace(field, value);
    is_usable
}

fn replace<T>(field: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *field = value;
    }
}

fn fill<T>(field: &mut Option<T>, value: Option<T>) {
    if field.is_none() {
        *field = value;
    }
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let labels: Vec<&str> = domain.split('.').collect();
    !local.is_empty()
        && labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty())
        && !text.contains(char::is_whitespace)
        && !domain.contains('@')
}

fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if is_plain { text.parse().ok() } else { None }
}

fn yes_no(lower: &str) -> Option<bool> {
    match lower {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

/// Something that somebody did, or that happened to their mail.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    Downloaded {
        asset: Option<String>,
    },
    Visited {
        page: Option<String>,
    },
    RequestedDemo,
    Attended,
    SignedUp,
    /// Forms, and what the program does not declare: nothing here asks about them, but they are activity.
    Other,
    Clicked {
        email: Option<String>,
        link: Option<String>,
    },
    Opened {
        email: Option<String>,
    },
    Bounced {
        is_hard: bool,
    },
    Complained,
    Unsubscribed,
}

impl What {
    pub(crate) fn is_pricing_visit(&self) -> bool {
        matches!(self, What::Visited { page: Some(page) } if page == "/pricing")
    }

    /// Whether the person did something. Of what happens to a mail only a click is: a mail program fetches pictures and a server
    /// bounces without them, and who says goodbye is not back.
    fn is_activity(&self) -> bool {
        !matches!(self, What::Opened { .. } | What::Bounced { .. } | What::Complained | What::Unsubscribed)
    }
}

#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) what: What,
    pub(crate) occurred: Ms,
    pub(crate) is_machine: bool,
    /// The line that says so.
    pub(crate) line: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) since: Since,
    /// The last instant at which what it waits for completes it.
    pub(crate) until: Ms,
}

impl Held {
    /// One is held for each person: a later one joins the first, and its time begins anew.
    pub(crate) fn join(self, other: Option<Held>) -> Held {
        let Some(other) = other else { return self };
        let triggered = self.since.triggered.min(other.since.triggered);
        let since = Since { triggered, line: self.since.line.min(other.since.line) };
        Held { since, until: self.until.max(other.until) }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Person {
    /// The start of the run for the contacts, the first line for others.
    pub(crate) seen_since: Ms,
    pub(crate) fields: Fields,
    has_user_id: bool,
    /// Proved to be somebody else.
    pub(crate) is_gone: bool,
    pub(crate) hard_bounced: bool,
    pub(crate) complained: bool,
    /// Everything known by now.
    pub(crate) past: Vec<Past>,
    pub(crate) journeys: Vec<Journey>,
    /// As last looked at; entries happen where they become true.
    pub(crate) was_high_intent: bool,
    pub(crate) was_inactive: bool,
    /// A download of the guide that waits for who they are, or for their address.
    pub(crate) held: Option<Held>,
    /// What they became when something stood in the way that may end.
    pub(crate) owed: Vec<Workflow>,
    /// The place of the member who got them by turn, and keeps them.
    pub(crate) owner: Option<usize>,
}

impl Person {
    /// Whether neither a user id nor an address is known of them.
    pub(crate) fn is_nobody(&self) -> bool {
        !self.has_user_id && self.fields.email.is_none()
    }

    pub(crate) fn zone(&self) -> TimeZone {
        self.fields.timezone.clone().unwrap_or_else(project_zone)
    }

    pub(crate) fn score(&self) -> f64 {
        self.fields.score.unwrap_or(0.0)
    }

    pub(crate) fn add_score(&mut self, more: f64) {
        self.fields.score = Some(self.score() + more);
    }

    /// Whoever has none named is at the lowest.
    pub(crate) fn stage(&self) -> Stage {
        self.fields.stage.unwrap_or(Stage::Subscriber)
    }

    /// Never moves back.
    pub(crate) fn advance_to(&mut self, stage: Stage) {
        self.fields.stage = Some(self.stage().max(stage));
    }

    pub(crate) fn is_customer(&self) -> bool {
        self.stage() == Stage::Customer
    }

    pub(crate) fn is_opportunity_or_later(&self) -> bool {
        self.stage() >= Stage::Opportunity
    }

    pub(crate) fn has_open_deal(&self) -> bool {
        self.fields.has_open_deal == Some(true)
    }

    pub(crate) fn is_disqualified(&self) -> bool {
        self.fields.disqualified == Some(true)
    }

    pub(crate) fn is_unsubscribed(&self) -> bool {
        self.fields.unsubscribed == Some(true)
    }

    pub(crate) fn is_do_not_contact(&self) -> bool {
        self.fields.do_not_contact == Some(true)
    }

    /// Everything that forbids mail to them.
    pub(crate) fn suppressed_by(&self) -> Vec<&'static str> {
        let kinds = [
            ("unsubscribed", self.is_unsubscribed()),
            ("hard_bounced", self.hard_bounced),
            ("complained", self.complained),
            ("do_not_contact", self.is_do_not_contact()),
        ];
        kinds.into_iter().filter(|(_, holds)| *holds).map(|(kind, _)| kind).collect()
    }

    /// Whether they did this since then, as whoever they were: what arrived behind it and had not occurred more than an hour before.
    pub(crate) fn did_since(&self, since: Since, is_it: impl Fn(&What) -> bool) -> bool {
        let mut arrived = self.past.iter().filter(|past| past.line > since.line);
        arrived.any(|past| past.occurred >= since.triggered - HOUR && is_it(&past.what))
    }

    /// Silence begins with the last thing they did, else when they were first known: by the earliest that is told of them.
    pub(crate) fn last_active(&self) -> Ms {
        let known_since = self.past.iter().map(|past| past.occurred).fold(self.seen_since, Ms::min);
        let active = self.past.iter().filter(|past| past.what.is_activity() && !past.is_machine);
        active.map(|past| past.occurred).fold(known_since, Ms::max)
    }

    /// When the last visit but two to the pricing page occurred.
    pub(crate) fn third_last_pricing_visit(&self) -> Option<Ms> {
        self.pricing_visits().iter().rev().nth(2).copied()
    }

    /// When they looked at the pricing page, the first visit first.
    pub(crate) fn pricing_visits(&self) -> Vec<Ms> {
        let pricing = self.past.iter().filter(|past| past.what.is_pricing_visit());
        let mut visits: Vec<Ms> = pricing.map(|past| past.occurred).collect();
        visits.sort_unstable();
        visits
    }
}

/// Everybody, in the order in which they became known, and the keys they are known by.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) people: Vec<Person>,
    users: BTreeMap<String, usize>,
    addresses: BTreeMap<String, usize>,
    /// Addresses that refused mail for good.
    bounced: BTreeSet<String>,
    pub(crate) addresses_left_out: u64,
    pub(crate) same_person: u64,
}

/// Whose a line or row is.
pub(crate) struct Whose {
    pub(crate) index: usize,
    /// Who proved to be the same person, and is gone.
    pub(crate) joined: Option<usize>,
    /// Whose the address is, where that is another user.
    pub(crate) another: Option<usize>,
}

impl Book {
    /// The person of a line: by the user id, else by the address of whoever has no user id, else somebody new.
    pub(crate) fn of_line(&mut self, user: &str, address: Option<&str>, now: Ms) -> Whose {
        let whose = self.whose(user, address, now);
        if let Some(address) = address.filter(|_| whose.another.is_none()) {
            self.move_to(whose.index, address);
        }
        whose
    }

    pub(crate) fn known(&self) -> u64 {
        self.people.iter().filter(|person| !person.is_gone).count() as u64
    }

    pub(crate) fn bounce(&mut self, index: usize) {
        self.people[index].hard_bounced = true;
        self.bounced.extend(self.people[index].fields.email.clone());
    }

    fn whose(&mut self, user: &str, address: Option<&str>, now: Ms) -> Whose {
        let known = self.users.get(user).copied();
        let owner = address.and_then(|address| self.addresses.get(address)).copied();
        let is_free = owner.is_some_and(|owner| !self.people[owner].has_user_id);
        let mut whose = Whose { index: 0, joined: None, another: None };
        whose.index = match (known, owner) {
            (Some(known), Some(owner)) if known != owner && is_free => {
                self.join(owner, known);
                whose.joined = Some(owner);
                known
            }
            (Some(known), owner) => {
                whose.another = owner.filter(|owner| *owner != known);
                known
            }
            (None, Some(owner)) if is_free || user.is_empty() => owner,
            (None, owner) => {
                whose.another = owner;
                self.people.push(Person { seen_since: now, ..Person::default() });
                self.people.len() - 1
            }
        };
        self.addresses_left_out += u64::from(whose.another.is_some());
        if !user.is_empty() {
            self.users.insert(user.to_owned(), whose.index);
            self.people[whose.index].has_user_id = true;
        }
        whose
    }

    /// A new address: the old one is free, and what refused mail there says nothing of this one.
    fn move_to(&mut self, index: usize, address: &str) {
        self.addresses.insert(address.to_owned(), index);
        let person = &mut self.people[index];
        let before = person.fields.email.replace(address.to_owned()).filter(|before| before != address);
        if let Some(before) = before {
            self.addresses.remove(&before);
            person.hard_bounced = self.bounced.contains(address);
        }
    }

    /// What one had is the other's.
    fn join(&mut self, from: usize, to: usize) {
        self.same_person += 1;
        let gone = Person { is_gone: true, ..Person::default() };
        let from = std::mem::replace(&mut self.people[from], gone);
        self.addresses.extend(from.fields.email.clone().map(|address| (address, to)));
        let person = &mut self.people[to];
        let score = person.score() + from.score();
        person.fields.stage = person.fields.stage.max(from.fields.stage);
        person.fields.has_open_deal = person.fields.has_open_deal.max(from.fields.has_open_deal);
        person.fields.disqualified = person.fields.disqualified.max(from.fields.disqualified);
        person.fields.fill_gaps(from.fields);
        person.fields.score = Some(score);
        person.seen_since = person.seen_since.min(from.seen_since);
        person.hard_bounced |= from.hard_bounced;
        person.complained |= from.complained;
        person.held = from.held.map(|held| held.join(person.held)).or(person.held);
        person.owner = person.owner.or(from.owner);
        person.past.extend(from.past);
        for journey in from.journeys {
            let own = person.journeys.iter().any(|own| own.workflow == journey.workflow);
            assert!(!own || !journey.is_live(), "which of two goes on is not counted here");
            if !own {
                person.journeys.push(journey);
            }
        }
    }

    /// One row: somebody new, or more about somebody of an earlier row.
    fn add_row(&mut self, user: &str, row: Fields, start: Ms, count: &mut Contacts) {
        let address = row.email.clone();
        let before = self.people.len();
        count.kept += 1;
        let whose = self.whose(user, address.as_deref(), start);
        let is_new = self.people.len() > before;
        count.joined += u64::from(!is_new);
        if let Some(owner) = whose.another {
            self.people[owner].fields.refuse(&row);
        }
        let person = &mut self.people[whose.index];
        let is_gap = person.fields.email.is_none();
        person.fields.fill_gaps(row);
        if let Some(address) = address.filter(|_| whose.another.is_none()) {
            self.addresses.insert(address.clone(), whose.index);
            if is_gap {
                self.people[whose.index].fields.email = Some(address);
            }
        }
    }
}

/// Reads the export. A bad value leaves its field missing, a bad row is rejected.
pub(crate) fn read_contacts(file: &Path, start: Ms, count: &mut Contacts) -> Book {
    let text = std::fs::read(file).unwrap();
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text);
    let mut rows = reader.byte_records().map(Result::unwrap);
    let header: Vec<String> = utf8(&rows.next().unwrap()).unwrap().iter().map(|name| snake(name)).collect();
    let is_needed = |name: &String| ["user_id", "email", "unsubscribed", "do_not_contact"].contains(&name.as_str());
    let least = header.iter().rposition(is_needed).unwrap() + 1;
    let mut book = Book::default();
    for row in rows {
        let Some(cells) = utf8(&row) else {
            one_more(&mut count.rejected, "not UTF-8");
            continue;
        };
        // Whatever is empty at the end may be missing, but not whether somebody may be written to.
        let (needed, surplus) =
            (cells.len() >= least, cells.iter().skip(header.len()).any(|cell| !cell.trim().is_empty()));
        if !needed || surplus {
            let reason = if cells.len() < header.len() { "too few columns" } else { "too many columns" };
            one_more(&mut count.rejected, reason);
            continue;
        }
        let (mut user, mut fields, mut set_aside) = (String::new(), Fields::default(), Tally::new());
        for (name, cell) in header.iter().zip(&cells) {
            if name == "user_id" {
                cell.trim().clone_into(&mut user);
            } else {
                fields.read(name, cell, &mut set_aside);
            }
        }
        if user.is_empty() && fields.email.is_none() {
            one_more(&mut count.rejected, "about nobody");
            continue;
        }
        for (field, values) in set_aside {
            *count.set_aside.entry(field).or_default() += values;
        }
        book.add_row(&user, fields, start, count);
    }
    book
}

fn utf8(row: &ByteRecord) -> Option<Vec<String>> {
    row.iter().map(|cell| String::from_utf8(cell.to_vec()).ok()).collect()
}

/// `User ID`, `userId` and `user_id` are one name.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut after_lower = false;
    for letter in name.trim().chars() {
        if letter == ' ' {
            out.push('_');
        } else {
            if letter.is_uppercase() && after_lower {
                out.push('_');
            }
            out.extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase();
    }
    out
}

#[test]
fn names_of_all_styles_are_one() {
    for name in ["User ID", "userId", "user_id", "User Id"] {
        assert_eq!(snake(name), "user_id");
    }
}
