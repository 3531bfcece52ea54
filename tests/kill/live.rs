//! `flow serve`, ended again and again while mail leaves: its books and those of the mail server agree, key by key, and everybody went the way
//! that they went undisturbed.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use flow_runtime::engine::reason::HandedTo;
use rusqlite::Connection;

use crate::force::chance::Chance;
use crate::force::every::{self, Happening};
use crate::force::live::{Agreement, Life, Live, Policy, Row, UNKNOWN, compare};
use crate::force::receiver::{Manner, Receiver};
use crate::force::signals::Blow;
use crate::rounds::{Death, Series, now, play};

/// What happens to people; the deaths have seeds of their own.
const PEOPLE: u64 = 1;
/// Parts of what happens, in each of which everybody does one thing: before the next begins, all of it is settled.
const PARTS: usize = 5;
/// Every so many deaths, one falls into the time in which the command starts.
const EARLY_EVERY: usize = 4;
/// How long a test waits for what must come, on a machine however busy. A message that was in doubt three times waits for more than a minute.
const PATIENCE: Duration = Duration::from_secs(240);
/// More than an answer ever needs here.
const TIMEOUT_SECONDS: u32 = 30;

/// What was decided of whom, in which workflow and run, at which step and why; without its instant.
type Way = (i64, Option<i64>, i64, i64, Option<i64>, i64);
/// How often, so that two stores can be compared though their instants differ.
type Ways = BTreeMap<Way, usize>;

struct Undisturbed {
    ways: Ways,
    keys: BTreeSet<(i64, String)>,
    /// From the start to where it serves.
    start: Duration,
    /// What a part takes.
    work: Duration,
}

#[test]
fn killed_again_and_again_what_is_live_is_sent_once_and_to_everybody() {
    let undisturbed = undisturbed();
    let mut all = Agreement::default();
    play("what_is_live", |series, rounds| all += series_of(series, rounds, &undisturbed));
    eprintln!("{all:?}");
    assert!(all.sent > 0 && all.refused > 0, "{all:?}");
}

/// Its project, with the same people, and every window open.
fn project(policy: Policy, receiver: &Receiver) -> Live {
    let live = Live::new(PEOPLE, policy, receiver.port(), TIMEOUT_SECONDS);
    live.at_any_hour();
    live
}

/// What happens. Whether a click or an open counts depends on how quick the mail was, so there is none.
fn parts() -> Vec<Vec<Happening>> {
    let happenings = every::happenings(PEOPLE).into_iter().filter(|happening| !happening.is_about_mail).collect();
    every::in_parts(happenings).into_iter().take(PARTS).collect()
}

fn receiver() -> Receiver {
    Receiver::start("mail_server", Manner::Calm)
}

fn undisturbed() -> Undisturbed {
    let receiver = receiver();
    let mut live = project(Policy::GiveUp, &receiver);
    let began = now();
    let mut life = live.start();
    assert!(life.serves(PATIENCE), "{}", life.said());
    let (start, began) = (began.elapsed(), now());
    for part in parts() {
        live.happen(&part);
        settle(&live, &mut life).unwrap_or_else(|why| panic!("{why}\n{}", life.said()));
    }
    let work = began.elapsed() / u32::try_from(PARTS).unwrap();
    stop(&mut life).unwrap();
    compare(&live, &receiver, 0).unwrap();
    reached(&live);
    Undisturbed { ways: ways(&live), keys: keys(&live), start, work }
}

/// So many deaths, spread over the parts; the comparison of the books at the end.
fn series_of(series: &mut Series, rounds: usize, undisturbed: &Undisturbed) -> Agreement {
    let mut chance = Chance(series.seed);
    let receiver = receiver();
    let mut live = project(Policy::of(series.seed), &receiver);
    let parts = parts();
    for (number, part) in (1..).zip(&parts) {
        let mut left = part.as_slice();
        while series.deaths.len() < rounds * number / parts.len() {
            let now = left.split_off(..left.len().min(1 + chance.below(part.len() / 2))).unwrap();
            let plan = plan(&mut chance, series.deaths.len(), undisturbed);
            let death =
                die(&mut live, plan, now, chance.one_in(2)).unwrap_or_else(|why| panic!("{why}{}", series.told()));
            series.deaths.push(death);
        }
        calm(&mut live, left).unwrap_or_else(|why| panic!("{why}{}", series.told()));
    }
    let rough = series.deaths.iter().filter(|death| death.blow.is_rough()).count();
    let agreement = compare(&live, &receiver, rough).unwrap_or_else(|why| panic!("{why}{}", series.told()));
    let doubtful = doubtful(&live);
    let of_others = |keys: &BTreeSet<(i64, String)>| -> BTreeSet<(i64, String)> {
        keys.iter().filter(|(contact, _)| !doubtful.contains(contact)).cloned().collect()
    };
    let (found, expected) = (of_others(&keys(&live)), of_others(&undisturbed.keys));
    assert_eq!(found, expected, "other messages than undisturbed{}", series.told());
    let (found, expected) = (ways(&live), &undisturbed.ways);
    let is_other =
        |(way, count): &(&Way, &usize), than: &Ways| !doubtful.contains(&way.0) && than.get(way) != Some(count);
    let other: Vec<_> = found.iter().filter(|way| is_other(way, expected)).collect();
    let missing: Vec<_> = expected.iter().filter(|way| is_other(way, &found)).collect();
    let told = series.told();
    assert!(other.is_empty() && missing.is_empty(), "somebody went another way: {other:?} and not {missing:?}{told}");
    agreement
}

fn plan(chance: &mut Chance, deaths: usize, undisturbed: &Undisturbed) -> Death {
    let (blow, share) = (Blow::draw(chance), chance.share());
    let early = deaths % EARLY_EVERY == EARLY_EVERY - 1;
    let after = if early { undisturbed.start } else { undisturbed.work }.mul_f64(share);
    Death { blow, early, after, batch: "what has come", events: 0 }
}

/// A life to that end. `happenings` come before it or, where they are `late`, while it works.
fn die(live: &mut Live, plan: Death, happenings: &[Happening], late: bool) -> Result<Death, String> {
    // Nothing happens before it has served once: that would be history.
    let late = late || live.lines == 0;
    if !late {
        live.happen(happenings);
    }
    let mut life = live.start();
    if !plan.early {
        if !life.serves(PATIENCE) {
            return Err(format!("{plan:?}: it does not serve: {}", life.said()));
        }
        if late {
            live.happen(happenings);
        }
    }
    thread::sleep(plan.after);
    let listened = plan.blow.deal(life.child());
    let status = life.end().map_err(|why| format!("{plan:?}: {why}"))?;
    if !plan.blow.allows(status, listened, 0, None) {
        return Err(format!("{plan:?} ended as {status}: {}", life.said()));
    }
    if !plan.blow.is_rough() && live.count("SELECT count(*) FROM outbox WHERE state = 1").unwrap_or(0) > 0 && listened {
        return Err(format!("{plan:?} left something in doubt: {}", life.said()));
    }
    if plan.early && late && live.lines > 0 {
        live.happen(happenings);
    }
    Ok(Death { events: live.count("SELECT count(*) FROM event").unwrap_or(0), ..plan })
}

/// Nobody disturbs it until all that happened is settled.
fn calm(live: &mut Live, happenings: &[Happening]) -> Result<(), String> {
    let mut life = live.start();
    if !life.serves(PATIENCE) {
        return Err(format!("it does not serve: {}", life.said()));
    }
    live.happen(happenings);
    settle(live, &mut life)?;
    stop(&mut life)
}

fn settle(live: &Live, life: &mut Life) -> Result<(), String> {
    let step = Duration::from_millis(20);
    for _ in 0..PATIENCE.as_millis() / step.as_millis() {
        if life.has_ended() {
            return Err(format!("it ended by itself: {}", life.said()));
        }
        if live.is_settled() {
            return Ok(());
        }
        thread::sleep(step);
    }
    let left = "SELECT group_concat(key || ' ' || state || ' ' || detail) FROM outbox WHERE state IN (0, 1, 6)";
    let connection = Connection::open(live.store()).unwrap();
    let left: Option<String> = connection.query_row(left, [], |row| row.get(0)).unwrap();
    Err(format!(
        "not settled: {:?} of {} lines, {left:?}: {}",
        live.count("SELECT count(*) FROM event"),
        live.lines,
        life.said()
    ))
}

fn stop(life: &mut Life) -> Result<(), String> {
    Blow::Wish("-TERM").deal(life.child());
    let status = life.end()?;
    if status.success() { Ok(()) } else { Err(format!("{status}: {}", life.said())) }
}

/// Whose they are, and the keys of the messages without how often their journeys had woken by then, which a start adds to.
fn keys(live: &Live) -> BTreeSet<(i64, String)> {
    let key = |row: &Row| (contact_of(row), row.key.rsplit_once(".v").unwrap().0.to_owned());
    live.rows().iter().map(key).collect()
}

fn contact_of(row: &Row) -> i64 {
    row.key.split('.').next().unwrap().trim_start_matches('c').parse().unwrap()
}

/// Of whom a message was given up in doubt: what the server would have said to it nobody knows, and so they may go another way.
fn doubtful(live: &Live) -> BTreeSet<i64> {
    live.rows().iter().filter(|row| row.state == UNKNOWN).map(contact_of).collect()
}

fn ways(live: &Live) -> Ways {
    /// Entered, not taken in, sent, withheld, handed over, converted, exited, stopped, suppressed, consented, lacked, goal met.
    const CODES: &str = "1, 2, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 34, 36";
    let connection = Connection::open(live.store()).unwrap();
    // Whether a member still had room goes by who came before, and which of two people that is nobody says of the wall clock: somebody took them.
    let taken = [HandedTo::Member, HandedTo::Backup, HandedTo::BackupOfBusy, HandedTo::Owner, HandedTo::StandIn];
    let taken = taken.map(|to| to.number().to_string()).join(", ");
    let reason = format!("CASE WHEN code = 8 AND reason IN ({taken}) THEN 1 ELSE reason END");
    let sql = format!("SELECT contact, workflow, run, code, step, {reason} FROM decision WHERE code IN ({CODES})");
    let mut statement = connection.prepare(&sql).unwrap();
    let way =
        |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?));
    let mut ways = Ways::new();
    statement.query_map([], way).unwrap().for_each(|way| *ways.entry(way.unwrap()).or_default() += 1);
    ways
}

/// That what lets something out, and what changes what somebody is, happened at all.
fn reached(live: &Live) {
    for (what, query) in [
        ("a mail sent", "SELECT count(*) FROM decision WHERE code = 4"),
        ("a mail withheld", "SELECT count(*) FROM decision WHERE code = 5"),
        ("a mail refused", "SELECT count(*) FROM decision WHERE code = 15"),
        ("a handoff", "SELECT count(*) FROM handoff"),
        ("a notice", "SELECT count(*) FROM outbox WHERE kind = 1 AND state = 2"),
        ("a start", "SELECT count(*) FROM decision WHERE code = 1 AND reason = 1"),
        ("a stop", "SELECT count(*) FROM decision WHERE code = 17"),
        ("an exit", "SELECT count(*) FROM decision WHERE code = 11"),
        ("a goal", "SELECT count(*) FROM decision WHERE code IN (9, 10, 34)"),
        ("an entry refused", "SELECT count(*) FROM decision WHERE code = 2"),
        ("somebody waits for their turn", "SELECT count(*) FROM decision WHERE code = 6 AND step IS NULL"),
        ("two who are one", "SELECT count(*) FROM joined"),
    ] {
        assert!(live.count(query) > Some(0), "nobody came to {what}");
    }
}
