//! Worlds out of a seed: a program with every construct that runs, people, a file of contacts, and a month of events, of which many share
//! an instant, come late, twice, before the first day, from a device, or with an address that is somebody else's.

use crate::support::{Place, World, at, compiled_of};
use flow_front::syntax::constructs::{Class, LISTS};
use flow_ir::Program;
use flow_runtime::inbound::{ContactRow, Fingerprint};
use flow_runtime::time::Instant;
use serde_json::json;
use std::sync::Arc;

/// The first day of every generated store; what occurred before is history.
pub(crate) const START: &str = "2026-03-02";
/// Some time behind the last event, so that waits are over.
pub(crate) const END: &str = "2026-04-20";

const DAY_MS: u64 = 86_400_000;
const PEOPLE: u64 = 16;
const DEVICES: u64 = 8;
const EVENTS: usize = 400;

/// Every declaration by itself: their order and their files must not matter.
pub(crate) const DECLARATIONS: &[&str] = &[
    "use std.b2b",
    "contact {\n  seats number = 3\n  level one of \"low\", \"high\"?\n}",
    "contact {\n  budget money?\n}",
    "event ordered {\n  amount number?\n}",
    "policy {
       consent marketing opt out
       confirm by please
       cap 20 emails per 7 days then delay
       cap 12 emails per 1 hour then drop
       cap 4 emails about news per 3 days then delay
       cap 2 emails about news per 2 hours then drop
       quiet from 03:00 to 04:00 in contact timezone
       blackout 2027-01-01
       hold at most 7 days
       late by 2 hours
       first drip
       comes back when requested_demo
     }",
    "calendar rest {\n  2026-03-06\n  2026-03-10 to 2026-03-11\n}",
    "calendar germany for country is \"DE\" {\n  2026-03-05, 2026-03-06\n}",
    "tags vip, beta",
    "list partners",
    "test people email ends with \"@test.example\"",
    "topics news, product",
    "segment keen = visited(page is \"/pricing\") at least 2 times in the last 3 days and not customer",
    "segment away = inactive for 4 days",
    "derived mood =\n  when keen \"hot\"\n  when ordered in the last 5 days \"buyer\"\n  otherwise unknown",
    "segment rich = keen and ordered ever",
    r#"team sales {
  member "ana@acme.example" covers region in ("EMEA") capacity 3 open, 2 a day away 2026-03-09 to 2026-03-10
  member "bo@acme.example" covers region in ("AMER", "EMEA")
  backup "lead@acme.example"
  assign round robin
  hours weekdays from 09:00 to 18:00
}"#,
    "team far {\n  member \"cy@acme.example\" in \"Europe/Berlin\" covers region in (\"APAC\")\n  assign round robin\n}",
    r#"email hello {
  subject when industry is "saas" "Hello, {first_name or "you"}"
          otherwise "Hello"
  preview "A word from us"
  from "Acme <us@acme.example>"
  reply to "help@acme.example"
  template "emails/linked.html"
  link "more" to "https://acme.example/more"
}"#,
    "email again {\n  subject \"Again\"\n  template \"emails/plain.html\"\n  topic news\n}",
    "email bill {\n  subject \"Your bill\"\n  kind transactional\n  template \"emails/plain.html\"\n}",
    "email please {\n  subject \"Please confirm\"\n  kind transactional\n  template \"emails/confirm.html\"\n}",
    "workflow readers {\n  enter when confirmed news\n  reenter after 1 day\n  score += 2\n  send again\n}",
    r#"workflow nurture "Nurture" {
  goal "Demo" when requested_demo within 12 days
  owner "ops@acme.example"
  reviewed 2026-03-01
  group drip
  enter when downloaded(asset is "guide") and (industry is not "fintech" or industry is unknown)
  reenter after 4 days
  exit when disqualified
  exit when stage >= opportunity
  skip when has_open_deal
  send on weekdays from 09:00 to 17:00 in contact timezone
  step "first": send hello
  wait 2 days
  if clicked hello link "more" {
    score += 10
  } else if opened hello or replied hello or mood is "buyer" {
    score += 3
  } else {
    score -= 1
  }
  wait until visited(page is "/pricing") up to 3 days
  if timed out {
    set level = "low"
    exit
  }
  set level = "high"
  if not bounced hello {
    send again
  }
  handoff to sales {
    note "{first_name or "somebody"}, {score} points"
    task "Call" due in 24 hours
    if not taken within 3 business hours
    keep in workflow
  }
  wait until visited from now or left keen up to 2 days, otherwise {
    score += 1
  }
  if sent again {
    tag vip
  }
  start onboarding
}"#,
    r#"workflow onboarding {
  goal "Order" when ordered(amount > 10) within 9 days and continue
  enter by hand
  reenter after 2 days
  group drip
  wait 3 days
  send bill
  advance stage to lead
}"#,
    r#"workflow warm {
  enter when entered keen
  reenter after 1 day
  at least 30 hours between emails
  rate 1 an hour
  send again
  if tagged vip {
    untag vip
    handoff to far {
      note "warm"
      backup "far@acme.example"
      if not taken within 5 hours
      stop drip
      stop quiet
    }
  }
  set seats = 9
  move stage back to lead because "asked for time"
  set job_title = first_name or "somebody"
}"#,
    r#"workflow quiet {
  enter when away new only
  reenter after 6 days
  score -= 5
  if in list partners {
    remove from list partners
  } else {
    add to list partners
  }
  if no visited(page is "/pricing") in the last 8 days {
    tag beta
  }
  stop drip
}"#,
    r#"workflow enough {
  enter when ordered at least 3 times in the last 5 days new only
  reenter never
  suppress because "they buy anyway"
  wait 3 days
  if tagged beta and inactive for 1 day {
    exit as converted
  }
  stop warm
}"#,
    "workflow aside {\n  goal \"Demo\" when requested_demo within 12 days\n  enter when downloaded and not tagged vip\n  reenter after 1 day\n  group drip\n  exit when disqualified\n  on goal {\n    score += 3\n    start onboarding\n  }\n  on exit {\n    tag beta\n  }\n  wait 3 days\n}",
    "workflow answered {\n  enter when taken or refused\n  reenter after 1 day\n  score += 1\n  wait until done up to 2 days\n  if refused(reason is \"budget\") {\n    score -= 2\n  }\n}",
    "workflow look {\n  group looking\n  enter when visited\n  reenter after 1 day\n  pause while tagged beta and not keen\n  wait 2 days\n  score += 1\n}",
    "workflow watch {\n  enter when requested_demo\n  reenter after 2 days\n  holdout 20%\n  pauses looking\n  stops cleaning\n  late skip\n  wait 1 day\n  if allows email and not subscribed to product {\n    score += 1\n  }\n}",
    r#"workflow clean {
  group cleaning
  enter when hard_bounced new only
  reenter never
  notify sales "wrong address of {first_name or "somebody"}"
  handoff to sales {
    note "wrong address"
    reassign
  }
}"#,
    r#"workflow ways {
  enter when level changes or stage changes to mql
  reenter always
  exit when weekday is sunday
  wait until next tuesday at 09:00
  choose by level {
    "low" {
      score += 2
    }
    otherwise {
      if opened any email in the last 3 days {
        score += 1
      }
    }
  }
  split offer {
    50% long {
      wait until 08:30
      wait until 2026-03-06 at 10:00, if past {
        score += 1
      }
      wait until tomorrow at 08:30
    }
    50% short {
      score += 1
    }
  }
  repeat up to 3 times every 1 day until requested_demo {
    if hour in contact timezone >= 12 or today > 2026-03-06 {
      score += 1
    }
    wait until visited up to 2 hours
  }
}"#,
    "workflow pages {\n  goal \"Came back\" when visited(page is trigger.page) at least 3 times within 6 days and continue\n  enter when visited\n  reenter per visited.page again after 2 days\n  wait 1 day\n  if visited(page is trigger.page) {\n    score += 2\n  } else if visited(any page) at least 2 times {\n    score += 1\n  }\n  wait until visited(page is trigger.page) from now up to 1 day\n}",
    "workflow rich_ones {\n  enter when rich including existing\n  reenter after 5 days\n  rate 2 a day\n  set budget = 100\n  advance stage to mql\n}",
];

/// Numbers that look drawn and are the same every time.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for nth in (1..list.len()).rev() {
            list.swap(nth, self.below(nth as u64 + 1) as usize);
        }
    }
}

/// The program of these declarations, all in one file.
pub(crate) fn program() -> Arc<Program> {
    compiled_of(&[DECLARATIONS.join("\n")]).unwrap_or_else(|complaints| panic!("{complaints:#?}"))
}

/// Mailboxes of every kind: those that bounce, take the second attempt, never answer well, answer later.
fn address(person: u64) -> String {
    let kinds = ["ada", "slow", "busy", "ben", "down", "dee", "eve", "blocked", "fay", "dead"];
    format!("{}{person}@x.example", kinds[(person % 10) as usize])
}

/// A world of this program and seed, and its file of contacts; nothing has been run.
pub(crate) fn world(place: Place, program: &Arc<Program>, seed: u64) -> (World, Vec<ContactRow>) {
    let mut world = World::on(place, Arc::clone(program));
    let mut chance = Chance(seed);
    let rows = rows(&world, &mut chance);
    stream(&mut world, &mut chance);
    (world, rows)
}

fn rows(world: &World, chance: &mut Chance) -> Vec<ContactRow> {
    let mut rows = Vec::new();
    for person in 0..PEOPLE {
        if chance.below(3) == 0 {
            continue;
        }
        let address = address(person);
        let mut words = vec![
            ("email", address.as_str()),
            ("timezone", chance.pick(&["Europe/Berlin", "America/New_York", "Asia/Kolkata"])),
            ("region", chance.pick(&["EMEA", "AMER", "LATAM"])),
            ("industry", chance.pick(&["saas", "fintech"])),
        ];
        match chance.below(12) {
            0 => words.push(("unsubscribed", "yes")),
            1 => words.push(("do_not_contact", "yes")),
            2 => words.push(("paused_until", "2026-03-15")),
            3 => words.push(("stage", "opportunity")),
            _ => {}
        }
        rows.push(world.row(&[&format!("user:u{person}"), &format!("email:{address}")], &words));
    }
    rows
}

fn stream(world: &mut World, chance: &mut Chance) {
    let start = at(START);
    let mut now = start;
    for _ in 0..EVENTS {
        // Every third event shares the instant of the one before it.
        now += i64::try_from(chance.below(3).min(1) * chance.below(5 * 3_600_000)).unwrap();
        world.set_now(now);
        let user = format!("u{}", chance.below(PEOPLE));
        let occurred_at = occurred(chance, now);
        happens(world, chance, &user, occurred_at);
        if chance.below(5) == 0 {
            let device = format!("anonymous:d{}", chance.below(DEVICES));
            if chance.below(2) == 0 {
                world.only_key(&device)
            } else {
                world.keys(&[&device])
            };
        }
        if chance.below(15) == 0 {
            let claimed_at = world.stream.last().unwrap().claimed_at;
            now += 60_000 * i64::try_from(chance.below(3)).unwrap();
            world.set_now(now);
            world.again(claimed_at);
        }
    }
}

/// When something occurred that arrives now: mostly just then, else hours or days before, before the first day, or ahead.
fn occurred(chance: &mut Chance, now: i64) -> i64 {
    match chance.below(12) {
        0..2 => now - i64::try_from(chance.below(3 * 3_600_000)).unwrap(),
        2 => now - i64::try_from(chance.below(6 * DAY_MS)).unwrap(),
        3 if chance.below(3) == 0 => at(START) - i64::try_from(1 + chance.below(20 * DAY_MS)).unwrap(),
        4 if chance.below(3) == 0 => now + i64::try_from(chance.below(DAY_MS)).unwrap(),
        _ => now,
    }
}

fn happens(world: &mut World, chance: &mut Chance, user: &str, occurred_at: i64) {
    let mail =
        json!({"email_id": chance.pick(&["hello", "again", "bill"]), "link_id": chance.pick(&["more", "other"])});
    match chance.below(20) {
        0..4 => learns(world, chance, user, occurred_at),
        4..7 => {
            _ = world.event_of(user, "downloaded", json!({"asset": chance.pick(&["guide", "report"])}), occurred_at)
        }
        7..12 => {
            _ = world.event_of(
                user,
                "visited",
                json!({"page": chance.pick(&["/pricing", "/pricing", "/docs"])}),
                occurred_at,
            )
        }
        12..14 => _ = world.event_of(user, "ordered", json!({"amount": 5 + chance.below(20)}), occurred_at),
        14..17 => {
            let name = chance.pick(&["Email Link Clicked", "Email Link Clicked", "Email Opened", "Email Replied"]);
            _ = world.event_of(user, name, mail, occurred_at);
        }
        17 => {
            let names = [
                "Email Bounced",
                "Unsubscribed",
                "Subscribed",
                "Subscribed",
                "Confirmed",
                "Confirmed",
                "Email Marked as Spam",
            ];
            let kind = chance.pick(&["hard", "soft", "soft"]);
            let topic = chance.pick(&["", "", "news", "news", "product"]);
            let said = match topic {
                "" => json!({"bounce_type": kind}),
                _ => json!({"bounce_type": kind, "topic": topic}),
            };
            _ = world.event_of(user, chance.pick(&names), said, occurred_at);
        }
        18 => {
            let said = json!({"team": chance.pick(&["", "sales", "far"]), "reason": chance.pick(&["budget", "time"])});
            let name = chance.pick(&["taken", "refused", "done", "requested_demo", "signed_up", "Other"]);
            _ = world.event_of(user, name, said, occurred_at);
        }
        _ => _ = world.event_of(user, chance.pick(&["requested_demo", "signed_up", "Other"]), json!({}), occurred_at),
    }
}

/// Somebody becomes known, perhaps by an address that is another's.
fn learns(world: &mut World, chance: &mut Chance, user: &str, occurred_at: i64) {
    let own: u64 = user.strip_prefix('u').unwrap().parse().unwrap();
    let address = address(if chance.below(5) == 0 { chance.below(PEOPLE) } else { own });
    let zone = chance.pick(&["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Mars/Olympus"]);
    let mut words = vec![("email", address.as_str()), ("timezone", zone), ("first_name", chance.pick(&["Ada", "Bo"]))];
    match chance.below(16) {
        0..2 => words.push(("has_open_deal", chance.pick(&["yes", "no"]))),
        2 => words.push(("disqualified", "yes")),
        3 => words.push(("stage", chance.pick(&["mql", "opportunity", "customer"]))),
        6 => words.push(("paused_until", "2026-03-20")),
        4 => words.push(("region", chance.pick(&["EMEA", "APAC"]))),
        5 => words.push(("industry", chance.pick(&["saas", "fintech"]))),
        7 => words.push(("topic news", chance.pick(&["subscribed", "not chosen"]))),
        _ => {}
    }
    world.identify(user, &words).keys(&[&format!("email:{address}")]);
    let last = world.stream.last_mut().unwrap();
    (last.occurred_at, last.claimed_at) = (occurred_at.min(last.arrived_at), Some(occurred_at));
}

/// Begins its store, takes the file and the stream from its start, and goes on to an instant.
pub(crate) fn live(
    world: &mut World,
    rows: &[ContactRow],
    until: i64,
) -> Result<(), flow_runtime::engine::EngineError> {
    begin(world, rows)?;
    let all = world.stream.clone();
    world.run_until(until, all)
}

/// Begins its store and takes the file; once it has been, neither changes anything.
pub(crate) fn begin(world: &mut World, rows: &[ContactRow]) -> Result<(), flow_runtime::engine::EngineError> {
    let first = Instant(at(START));
    let bytes = crate::support::text_of(rows);
    let print = Fingerprint::read(bytes.as_bytes(), world.engine().imported_lengths()?).unwrap();
    world.engine().begin(first, Some(&print))?;
    crate::support::import_at(world.engine(), &bytes, rows, first, &mut |_| {}).map(drop)
}

/// Whoever adds a construct adds it here, or it is in no generated world.
#[test]
fn the_program_of_the_generated_worlds_has_every_construct_that_runs() {
    let module = flow_stdlib::module("std.b2b").unwrap().text;
    let text = format!("{}\n{module}", DECLARATIONS.join("\n"));
    // A declaration, a line or a step begins a statement; a label may stand before it.
    let statements: Vec<&str> = text
        .split(['\n', ';', '{'])
        .map(str::trim_start)
        .map(|line| line.split_once("\": ").filter(|_| line.starts_with("step ")).map_or(line, |(_, step)| step))
        .collect();
    let is_word = |text: &str| !text.starts_with(|sign: char| sign.is_alphanumeric() || sign == '_');
    for list in LISTS {
        for construct in list.constructs {
            for word in construct.words {
                let is_there = match list.class {
                    Class::Predicate => text.split(word).skip(1).any(is_word),
                    _ => statements.iter().any(|line| line.strip_prefix(word).is_some_and(is_word)),
                };
                assert!(is_there, "`{word}` of {:?} is in no generated world", list.class);
            }
        }
    }
}
