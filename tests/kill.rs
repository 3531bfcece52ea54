//! Killed at any instant and started again, a run ends as if nothing had happened.
//!
//! The process gets SIGKILL, so nothing of it can clean up. What a power failure does to the disk is SQLite's part; what is shown
//! here is that no order of commits, sends and deaths loses or doubles anything.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]
#![expect(clippy::indexing_slicing, reason = "a test that looks at a wrong place should fail")]

mod guide;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use flow_runtime::open::diagnose;
use guide::Guide;
use rusqlite::Connection;

const SEED: u64 = 20_260_302;
const KILLS: u32 = 20;
const CONTACTS: u32 = 300;
/// How many items a commit holds: small numbers make many commits, larger ones lose more when they are hit.
const BATCHES: [&str; 3] = ["5", "20", "100"];
/// Every so many kills, one lands while the command starts, compiles and opens the store.
const EARLY_EVERY: u32 = 5;

/// How long things take here and now, so that kills spread over the whole run on any machine.
struct Pace {
    /// Up to the first line of output: the store is open.
    start: Duration,
    /// From there to the end.
    work: Duration,
    /// The same for a run that finds everything done.
    nothing_new: Duration,
}

/// A life that was ended, for the message of a failure.
struct Death {
    batch: &'static str,
    early: bool,
    after: Duration,
    /// How many events the store held then.
    events: i64,
}

#[test]
fn killed_twenty_times_a_run_ends_as_if_undisturbed() {
    let (undisturbed, pace) = undisturbed();
    let mut chance = Chance(SEED);
    let mut deaths: Vec<Death> = Vec::new();
    let mut guide = paced();
    while deaths.len() < KILLS as usize {
        let plan = plan(&mut chance, deaths.len(), &pace);
        match live(&guide, plan) {
            Some(death) => deaths.push(death),
            None => {
                // The run was faster than its killer. That is an end to look at, and a new run to kill.
                compare(&guide, &undisturbed, &deaths);
                guide = paced();
            }
        }
    }
    let end = guide.run(&[]);
    assert!(end.status.success(), "{}{}", String::from_utf8_lossy(&end.stderr), told(&deaths));
    compare(&guide, &undisturbed, &deaths);
    let all = count(&undisturbed.store(), "SELECT count(*) FROM event");
    let on_the_way: BTreeSet<i64> =
        deaths.iter().map(|death| death.events).filter(|at| (1..all).contains(at)).collect();
    assert!(on_the_way.len() >= KILLS as usize / 4, "the kills did not spread over the run{}", told(&deaths));
}

/// The example, whose workflows people enter by a rate: who waits, and whose place it is, must survive too.
fn paced() -> Guide {
    let guide = Guide::new(CONTACTS);
    guide.edit("guide_nurture.flow", "reenter  after 90 days", "reenter  after 90 days\n  rate     2 a day");
    guide.edit("guide_nurture.flow", "reenter  after 30 days", "reenter  after 30 days\n  rate     1 an hour");
    guide
}

/// A whole run, and how long it took.
fn undisturbed() -> (Guide, Pace) {
    let guide = paced();
    let (start, work) = timed(&guide);
    let before = guide.digest();
    let (_, nothing_new) = timed(&guide);
    assert_eq!(guide.digest(), before, "a second run changes nothing");
    (guide, Pace { start, work, nothing_new })
}

fn timed(guide: &Guide) -> (Duration, Duration) {
    let began = now();
    let mut child = guide.command(&["--batch-items", BATCHES[1]]).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    let started = began.elapsed();
    std::io::copy(&mut output, &mut std::io::sink()).unwrap();
    assert!(child.wait().unwrap().success());
    (started, began.elapsed() - started)
}

/// When the next life ends: lives share the work between them, and each first reads again what earlier ones did (all contacts, and
/// the events so far).
fn plan(chance: &mut Chance, deaths: usize, pace: &Pace) -> Death {
    let number = u32::try_from(deaths).unwrap();
    let batch = BATCHES[chance.below(BATCHES.len() as u64)];
    let share = chance.share();
    let early = number % EARLY_EVERY == EARLY_EVERY - 1;
    let after = if early {
        pace.start.mul_f64(share)
    } else {
        pace.nothing_new * (KILLS + number) / (2 * KILLS) + (pace.work * 3 / (2 * KILLS)).mul_f64(share)
    };
    Death { batch, early, after, events: 0 }
}

/// Runs until then; none where it came to its end first.
fn live(guide: &Guide, plan: Death) -> Option<Death> {
    let mut command = guide.command(&["--batch-items", plan.batch]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    if !plan.early {
        output.read_line(&mut String::new()).unwrap();
    }
    thread::sleep(plan.after);
    child.kill().unwrap();
    let status = child.wait().unwrap();
    if status.signal().is_none() {
        assert!(status.success(), "{status}");
        return None;
    }
    Some(Death { events: events_at_death(&guide.store()), ..plan })
}

/// Counted in a copy: looking at the store itself would mend what the next life has to mend.
fn events_at_death(store: &Path) -> i64 {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let with = |path: &Path, suffix: &str| format!("{}{suffix}", path.display());
    for part in ["", "-wal"] {
        if Path::new(&with(store, part)).exists() {
            fs::copy(with(store, part), with(&copy, part)).unwrap();
        }
    }
    let connection = Connection::open(&copy).unwrap();
    let made = connection.prepare("SELECT 1 FROM event");
    if made.is_err() {
        return 0;
    }
    drop(made);
    drop(connection);
    count(&copy, "SELECT count(*) FROM event")
}

fn compare(guide: &Guide, undisturbed: &Guide, deaths: &[Death]) {
    let told = told(deaths);
    let (store, expected) = (guide.store(), undisturbed.store());
    for (what, query) in [
        ("events lost", "SELECT count(*) FROM event"),
        ("contacts lost", "SELECT count(*) FROM contact"),
        ("outbox rows lost", "SELECT count(*) FROM outbox"),
        ("mails that wait for their window lost", "SELECT count(*) FROM outbox WHERE state = 0"),
        ("counters wrong", "SELECT sum(total) FROM counter"),
    ] {
        assert_eq!(count(&store, query), count(&expected, query), "{what}{told}");
    }
    // E14, keys that are doubled, messages that are left over, and whatever else a whole store keeps.
    let examined = diagnose(&store, &mut |_, _| ()).unwrap().examined;
    assert!(examined.is_healthy(), "{:#?}{told}", examined.findings);
    let mails = guide.mails();
    let names: Vec<String> = mails.keys().map(|path| key_of(path)).collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(sorted, delivered(&store), "a key without its message, or a message twice{told}");
    let (found, expected) = (guide.digest(), undisturbed.digest());
    assert_eq!(found, expected, "another store{told}");
    let other: Vec<_> = undisturbed.mails().into_iter().filter(|(path, mail)| mails.get(path) != Some(mail)).collect();
    assert!(other.is_empty(), "{} messages differ, first {:?}{told}", other.len(), other.first().map(|(path, _)| path));
    assert_eq!(mails.len(), undisturbed.mails().len(), "more messages than undisturbed{told}");
    let months = fs::read_dir(guide.path("out/mail")).unwrap().map(|month| month.unwrap().path());
    let all = months.flat_map(|month| fs::read_dir(month).unwrap()).count();
    assert_eq!(all, mails.len(), "something else than messages was left behind{told}");
}

/// The keys of what was delivered, sorted.
fn delivered(store: &Path) -> Vec<String> {
    let connection = Connection::open(store).unwrap();
    let mut statement = connection.prepare("SELECT key FROM outbox WHERE state = 2 ORDER BY key").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn count(store: &Path, query: &str) -> i64 {
    Connection::open(store).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
}

fn told(deaths: &[Death]) -> String {
    let mut text = format!("\nseed {SEED}, killed:");
    for Death { batch, early, after, events } in deaths {
        let from = if *early { "its start" } else { "opening the store" };
        let _ = write!(text, "\n  {after:?} after {from}, batches of {batch}, {events} events kept by then");
    }
    text
}

/// Splitmix64: the same instants for the same seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> usize {
        usize::try_from(self.next() % bound).unwrap()
    }

    /// From 0 up to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "kills happen in real time; what they must not change is compared without it"
)]
fn now() -> Instant {
    Instant::now()
}

/// The key of a message: its file is called so, with the name of the store behind it.
fn key_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap().to_str().unwrap();
    stem.rsplit_once('.').unwrap().0.to_owned()
}
