//! `flow run`, ended again and again: the store, the mails and the report are those of a run that nobody disturbed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use flow_runtime::store::digest::digest;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;

use crate::constructs::unreached;
use crate::force::chance::Chance;
use crate::force::every;
use crate::force::signals::Blow;
use crate::force::whole;
use crate::guide::{mails_in, plain};
use crate::rounds::{A_SERIES, Death, Series, now, play};

/// What happens to people; the deaths have seeds of their own.
const PEOPLE: u64 = 1;
/// How many items a commit holds: small numbers make many commits, larger ones lose more when they are hit.
const BATCHES: [&str; 4] = ["1", "5", "20", "100"];
/// Every so many deaths, one falls into the time in which the command starts, compiles and opens the store.
const EARLY_EVERY: usize = 5;
/// The exit code of a rehearsal that a signal has stopped: there is no report of half of one.
const NO_REPORT: i32 = 3;

/// How long things take here and now, so that deaths spread over the whole life on any machine.
struct Pace {
    /// Up to the first line of output.
    start: Duration,
    /// From there to the end.
    work: Duration,
    /// The same for a run that finds everything done.
    nothing_new: Duration,
}

#[test]
fn killed_again_and_again_a_rehearsal_ends_as_if_undisturbed() {
    let (undisturbed, pace) = undisturbed();
    let deaths = play("a_rehearsal", |series, rounds| {
        let rehearsal = series_of(series, rounds, &undisturbed, &pace);
        let end = rehearsal.run(&[]);
        assert!(end.status.success(), "{}{}", String::from_utf8_lossy(&end.stderr), series.told());
        compare(&rehearsal, &undisturbed, series);
    });
    let all = count(&undisturbed.store(), "SELECT count(*) FROM event");
    let on_the_way: BTreeSet<i64> =
        deaths.iter().map(|death| death.events).filter(|at| (1..all).contains(at)).collect();
    assert!(
        on_the_way.len() >= deaths.len().min(A_SERIES) / 4,
        "the deaths did not spread over the run: {on_the_way:?}"
    );
}

/// A folder is certain to take what it is given, so its journeys go on before it has it. Whatever a kill kept from getting there is written by
/// the next start, and says what it would have said: also to people who have proved to be somebody else, or have become something else, by then.
#[test]
fn what_a_folder_was_promised_is_written_as_it_was_promised() {
    let rehearsal = Rehearsal::new(PEOPLE);
    fs::write(rehearsal.path("mail.script"), "").unwrap();
    assert!(rehearsal.run(&[]).status.success());
    let (mails, digest) = (rehearsal.mails(), rehearsal.digest());
    fs::remove_dir_all(rehearsal.path("out/mail")).unwrap();
    let store = Connection::open(rehearsal.store()).unwrap();
    let joined =
        "SELECT count(*) FROM outbox JOIN joined ON joined.contact = outbox.contact WHERE kind = 0 AND state = 2";
    assert!(count(&rehearsal.store(), joined) > 0, "nobody of them has become somebody else");
    let promised = store.execute("UPDATE outbox SET state = 6, attempts = attempts - 1 WHERE state = 2", []).unwrap();
    drop(store);
    assert_eq!(promised, mails.len());
    let again = rehearsal.run(&[]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    for (path, mail) in rehearsal.mails() {
        let (found, expected) =
            (String::from_utf8_lossy(&mail), mails.get(&path).map(|mail| String::from_utf8_lossy(mail)));
        assert_eq!(Some(found), expected, "{path:?}");
    }
    assert_eq!((rehearsal.mails().len(), rehearsal.digest()), (mails.len(), digest));
}

/// So many deaths of one rehearsal. One that is faster than its killer is an end to look at, and another one is begun.
fn series_of(series: &mut Series, rounds: usize, undisturbed: &Rehearsal, pace: &Pace) -> Rehearsal {
    let mut chance = Chance(series.seed);
    let mut rehearsal = Rehearsal::new(PEOPLE);
    let all = count(&undisturbed.store(), "SELECT count(*) FROM event");
    while series.deaths.len() < rounds {
        let plan = plan(&mut chance, series.deaths.len(), pace);
        match live(&rehearsal, plan, series, all) {
            Some(death) => series.deaths.push(death),
            None => {
                compare(&rehearsal, undisturbed, series);
                rehearsal = Rehearsal::new(PEOPLE);
            }
        }
    }
    rehearsal
}

/// A whole run to which everything happens, and how long it took.
fn undisturbed() -> (Rehearsal, Pace) {
    let rehearsal = Rehearsal::new(PEOPLE);
    let (start, work) = timed(&rehearsal);
    let before = rehearsal.digest();
    let (_, nothing_new) = timed(&rehearsal);
    assert_eq!(rehearsal.digest(), before, "a second run changes nothing");
    let report: Value = serde_json::from_slice(&rehearsal.run(&["--format", "json"]).stdout).unwrap();
    let unreached = unreached(&report, &rehearsal.store());
    assert!(unreached.is_empty(), "tests/force/every.rs brings nobody there: {unreached:#?}");
    (rehearsal, Pace { start, work, nothing_new })
}

fn timed(rehearsal: &Rehearsal) -> (Duration, Duration) {
    let began = now();
    let mut child = rehearsal.command(&["--batch-items", "20"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    let started = began.elapsed();
    std::io::copy(&mut output, &mut std::io::sink()).unwrap();
    assert!(child.wait().unwrap().success());
    (started, began.elapsed() - started)
}

/// When the next life ends: while the command starts, while it reads again what earlier lives did, or behind the next share of what is new.
fn plan(chance: &mut Chance, deaths: usize, pace: &Pace) -> Death {
    let (blow, batch) = (Blow::draw(chance), *chance.of(&BATCHES));
    let share = chance.share();
    let early = deaths % EARLY_EVERY == EARLY_EVERY - 1;
    let after = match deaths % EARLY_EVERY {
        _ if early => pace.start.mul_f64(share),
        0 => (pace.nothing_new + pace.work / 4).mul_f64(share),
        _ => (pace.work / 8).mul_f64(share * share),
    };
    Death { blow, early, after, batch, events: 0 }
}

/// Waits until the store has so many events, however quick that is here; true unless the command has ended before.
fn has_come_to(rehearsal: &Rehearsal, child: &mut Child, events: i64) -> bool {
    let store = rehearsal.store();
    loop {
        let connection = Connection::open_with_flags(&store, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let kept = connection.and_then(|store| store.query_row("SELECT count(*) FROM event", [], |row| row.get(0)));
        if kept.is_ok_and(|kept: i64| kept >= events) {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Runs until then; none where it came to its end first.
fn live(rehearsal: &Rehearsal, plan: Death, series: &Series, all: i64) -> Option<Death> {
    let mut command = rehearsal.command(&["--batch-items", plan.batch]);
    // Every second life has people in the file alone, so each takes up what one of the other kind left.
    if !series.deaths.len().is_multiple_of(2) {
        command.arg("--low-memory");
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let round = series.deaths.len();
    if !plan.early {
        output.read_line(&mut String::new()).unwrap();
        if !round.is_multiple_of(EARLY_EVERY) {
            // Lives share what is new between them.
            has_come_to(rehearsal, &mut child, all * i64::try_from(round).unwrap() / i64::try_from(A_SERIES).unwrap());
        }
    }
    thread::sleep(plan.after);
    let listened = plan.blow.deal(&child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let _ = output.read_to_string(&mut said);
    let status = child.wait().unwrap();
    let is_allowed = plan.blow.allows(status, listened, NO_REPORT, Some(0));
    assert!(is_allowed, "{plan:?} ended as {status}: {said}{}", series.told());
    if status.code() == Some(NO_REPORT) {
        let words = "a signal stopped the run before its end";
        assert!(said.contains(words), "{plan:?}: {said}{}", series.told());
    }
    (!status.success()).then(|| Death { events: events_at_death(&rehearsal.store()), ..plan })
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
    connection.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap_or(0)
}

fn compare(rehearsal: &Rehearsal, undisturbed: &Rehearsal, series: &Series) {
    let told = series.told();
    let (store, expected) = (rehearsal.store(), undisturbed.store());
    for (what, query) in [
        ("events lost", "SELECT count(*) FROM event"),
        ("contacts lost", "SELECT count(*) FROM contact"),
        ("outbox rows lost", "SELECT count(*) FROM outbox"),
        ("mails that wait for their window lost", "SELECT count(*) FROM outbox WHERE state = 0"),
        ("counters wrong", "SELECT sum(total) FROM counter"),
    ] {
        assert_eq!(count(&store, query), count(&expected, query), "{what}{told}");
    }
    assert_eq!(whole(&store), Ok(()), "{told}");
    let mails = rehearsal.mails();
    let mut names: Vec<String> = mails.keys().map(|path| key_of(path)).collect();
    names.sort();
    assert_eq!(names, delivered(&store), "a key without its message, or a message twice{told}");
    assert_eq!(rehearsal.digest(), undisturbed.digest(), "another store{told}");
    for (path, expected) in undisturbed.mails() {
        let found = mails.get(&path).map(|mail| String::from_utf8_lossy(mail));
        let expected = String::from_utf8_lossy(&expected);
        assert!(found.as_deref() == Some(&expected), "{path:?} is {found:?}\nand not {expected:?}{told}");
    }
    assert_eq!(mails.len(), undisturbed.mails().len(), "more messages than undisturbed{told}");
    let months = fs::read_dir(rehearsal.path("out/mail")).unwrap().map(|month| month.unwrap().path());
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

/// The key of a message: its file is called so, with the name of the store behind it.
fn key_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap().to_str().unwrap();
    stem.rsplit_once('.').unwrap().0.to_owned()
}

/// The project of every construct in a folder of its own, rehearsed by the real command.
struct Rehearsal(TempDir);

impl Rehearsal {
    fn new(seed: u64) -> Rehearsal {
        let rehearsal = Rehearsal(tempfile::tempdir().unwrap());
        every::lay_out(&rehearsal.path(""), seed);
        fs::write(rehearsal.path("data/events.jsonl"), every::stream(&every::happenings(seed))).unwrap();
        fs::write(rehearsal.path("mail.script"), every::MAIL_SCRIPT).unwrap();
        rehearsal
    }

    fn path(&self, below: &str) -> PathBuf {
        // A temporary folder may lie behind a link, and the command sees where it really is.
        self.0.path().canonicalize().unwrap().join(below)
    }

    fn store(&self) -> PathBuf {
        self.path("out/every_construct.db")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
        command
            .args(["run", "--chance", "1", "--mail-script", "mail.script"])
            .args(arguments)
            .current_dir(self.path(""));
        plain(&mut command);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn digest(&self) -> String {
        digest(&self.store()).unwrap()
    }

    fn mails(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        mails_in(&self.path("out/mail"))
    }
}
