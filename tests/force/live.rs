//! The project of every construct, served by the real command with mail to a server of its own process, and the books of both.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;

use super::every::{self, Happening};
use super::receiver::{Became, Entry, Receiver};
use crate::guide::plain;
use crate::world::{SECRET, now};

/// What becomes of a message of which nobody knows whether it left: `uncertain` in `[mail]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    GiveUp,
    Resend,
}

impl Policy {
    /// Both have their turns.
    pub(crate) fn of(seed: u64) -> Policy {
        if seed.is_multiple_of(2) { Policy::GiveUp } else { Policy::Resend }
    }

    fn word(self) -> &'static str {
        match self {
            Policy::GiveUp => "give up",
            Policy::Resend => "resend",
        }
    }
}

/// How many messages are in the hands of a mail server at once: so many a kill leaves in doubt.
pub(crate) const IN_DOUBT_MAX: usize = flow_runtime::dispatch::THREADS_MAX;

/// Nothing that is told to end takes so long, on a machine however busy.
const STUCK: Duration = Duration::from_secs(120);
/// Where the folder of its store lies: a disk of its own, for those who fill it.
pub(crate) const DISK: &str = "disk";

/// The project in a folder of its own.
pub(crate) struct Live {
    folder: TempDir,
    pub(crate) policy: Policy,
    /// How many lines the stream has.
    pub(crate) lines: usize,
    /// Besides what the command always gets.
    pub(crate) environment: Vec<(String, String)>,
    /// Largest file that the command may write, in blocks of 512 bytes: a full disk.
    pub(crate) file_blocks_max: Option<u64>,
    /// How often it was begun to serve.
    starts: Cell<u32>,
}

impl Live {
    pub(crate) fn new(seed: u64, policy: Policy, port: u16, timeout_seconds: u32) -> Live {
        let live = Live {
            folder: tempfile::tempdir().unwrap(),
            policy,
            lines: 0,
            environment: Vec::new(),
            file_blocks_max: None,
            starts: Cell::new(0),
        };
        every::lay_out(&live.path(""), seed);
        let mail = format!(
            "connector = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\ntimeout_seconds = {timeout_seconds}\n\
             uncertain = \"{}\"",
            policy.word()
        );
        live.edit("flow.toml", "connector = \"file\"\nfolder = \"out/mail\"", &mail);
        live.edit("flow.toml", "[sender]", &format!("[store]\npath = \"{DISK}/out/every_construct.db\"\n\n[sender]"));
        fs::create_dir(live.path(DISK)).unwrap();
        live
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(below)
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path(DISK).join("out/every_construct.live.db")
    }

    /// Changes a file; fails where there is nothing to change.
    pub(crate) fn edit(&self, below: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(below)).unwrap();
        assert!(text.contains(from), "{below} has no `{from}`");
        fs::write(self.path(below), text.replace(from, to)).unwrap();
    }

    /// The hour and the day on which the test runs change nothing: every window is open, no hour is quiet anywhere, no day is blacked out,
    /// no mail waits until long after another, and nobody waits for minutes alone.
    pub(crate) fn at_any_hour(&self) {
        const HOLDING: [&str; 3] = ["quiet from ", "blackout ", "at least "];
        let always = |line: &str| match line {
            window if window.starts_with("send on ") => "send on every day in contact timezone\n".to_owned(),
            // Where every window is open there is none to wait for.
            late if late.starts_with("late ") && !late.starts_with("late by ") => "late run\n".to_owned(),
            holds if HOLDING.iter().any(|word| holds.starts_with(word)) => String::new(),
            other => format!("{other}\n"),
        };
        for file in ["ways.flow", "rounds.flow"] {
            let text = fs::read_to_string(self.path(file)).unwrap();
            fs::write(self.path(file), text.lines().map(|line| always(line.trim_start())).collect::<String>()).unwrap();
        }
        for (from, to) in
            [("wait 1 minute", "wait 1 hour"), ("after 1 minute", "after 1 hour"), ("wait 30 minutes", "wait 3 hours")]
        {
            self.edit("ways.flow", from, to);
        }
    }

    /// Writes what somebody does behind the stream, as of now.
    pub(crate) fn happen(&mut self, happenings: &[Happening]) {
        self.happen_at(happenings, &now());
    }

    /// The same, by clocks that show something else.
    pub(crate) fn happen_at(&mut self, happenings: &[Happening], at: &str) {
        let lines: String = happenings.iter().zip(self.lines..).map(|(happening, id)| happening.line(id, at)).collect();
        let mut stream = File::options().append(true).open(self.path("data/events.jsonl")).unwrap();
        stream.write_all(lines.as_bytes()).unwrap();
        self.lines += happenings.len();
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let flow = env!("CARGO_BIN_EXE_flow");
        let mut command = match self.file_blocks_max {
            None => Command::new(flow),
            Some(blocks) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\""), flow]);
                shell
            }
        };
        command.args(words).current_dir(self.path("")).env(SECRET.0, SECRET.1);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        plain(&mut command);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Begins to serve, and does not wait for it: every second time with people in the file alone.
    pub(crate) fn start(&self) -> Life {
        let starts = self.starts.replace(self.starts.get() + 1);
        let words: &[&str] =
            if starts.is_multiple_of(2) { &["serve", "--no-http"] } else { &["serve", "--no-http", "--low-memory"] };
        Life::of(self.command(words).spawn().unwrap())
    }

    /// `flow report`, as of now.
    pub(crate) fn report(&self) -> Value {
        let output = self.command(&["report", "--format", "json"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// A number of the store; none while there is none to ask.
    pub(crate) fn count(&self, query: &str) -> Option<i64> {
        let connection = Connection::open_with_flags(self.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        connection.query_row(query, [], |row| row.get(0)).ok()
    }

    /// What a query finds, a line each, for whoever reads why something failed.
    pub(crate) fn lines_of(&self, query: &str) -> String {
        let connection = Connection::open_with_flags(self.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut statement = connection.prepare(query).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut lines = String::new();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<_> = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at).unwrap()).collect();
            lines += &format!("{cells:?}\n");
        }
        lines
    }

    /// Whether everything that has been written is taken, and nothing is to leave now.
    pub(crate) fn is_settled(&self) -> bool {
        let lines = i64::try_from(self.lines).unwrap();
        self.count("SELECT count(*) FROM event") == Some(lines)
            && self.count("SELECT count(*) FROM outbox WHERE state IN (0, 1, 6)") == Some(0)
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        let connection = Connection::open(self.store()).unwrap();
        let mut statement = connection
            .prepare("SELECT key, kind, state, attempts, detail, recipient FROM outbox ORDER BY key")
            .unwrap();
        let row = |row: &rusqlite::Row<'_>| {
            let (key, kind, state) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Row { key, kind, state, attempts: row.get(3)?, detail: row.get(4)?, recipient: row.get(5)? })
        };
        statement.query_map([], row).unwrap().map(Result::unwrap).collect()
    }
}

/// A message as the store has it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) kind: i64,
    pub(crate) state: i64,
    pub(crate) attempts: i64,
    pub(crate) detail: String,
    pub(crate) recipient: String,
}

/// The states of a row (`OutboxState`).
pub(crate) const SENT: i64 = 2;
pub(crate) const WITHHELD: i64 = 3;
pub(crate) const FAILED: i64 = 4;
pub(crate) const UNKNOWN: i64 = 5;
/// What a row says whose fate a kill hid.
const STOPPED: &str = "Flow stopped while it was on its way";

/// `flow serve` from its start to its end.
pub(crate) struct Life {
    child: Child,
    said: Arc<Mutex<String>>,
    listeners: Vec<JoinHandle<()>>,
}

impl Life {
    fn of(mut child: Child) -> Life {
        let said: Arc<Mutex<String>> = Arc::default();
        let listen = |stream: Box<dyn std::io::Read + Send>| {
            let said = Arc::clone(&said);
            thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    *said.lock().unwrap_or_else(PoisonError::into_inner) += &format!("{line}\n");
                }
            })
        };
        let listeners =
            vec![listen(Box::new(child.stderr.take().unwrap())), listen(Box::new(child.stdout.take().unwrap()))];
        Life { child, said, listeners }
    }

    pub(crate) fn child(&self) -> &Child {
        &self.child
    }

    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it serves; false where it has come to an end before, or to none of both.
    pub(crate) fn serves(&mut self, patience: Duration) -> bool {
        let step = Duration::from_millis(5);
        for _ in 0..patience.as_millis() / step.as_millis() {
            if self.said().contains("serving from") {
                return true;
            }
            if self.has_ended() {
                return false;
            }
            thread::sleep(step);
        }
        false
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end, and for all that it said. One that does not end is ended, and said.
    pub(crate) fn end(&mut self) -> Result<ExitStatus, String> {
        let step = Duration::from_millis(5);
        for _ in 0..STUCK.as_millis() / step.as_millis() {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.listeners.drain(..).for_each(|listener| listener.join().unwrap());
                return Ok(status);
            }
            thread::sleep(step);
        }
        let _ = self.child.kill();
        Err(format!("it does not end: {}", self.said()))
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the comparison of the books came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Agreement {
    pub(crate) sent: usize,
    pub(crate) withheld: usize,
    pub(crate) refused: usize,
    /// Given up in doubt, of those so many taken.
    pub(crate) in_doubt: usize,
    pub(crate) in_doubt_taken: usize,
    /// Copies beside the first of a message, where the policy is to send again.
    pub(crate) copies: usize,
}

impl std::ops::AddAssign for Agreement {
    fn add_assign(&mut self, other: Agreement) {
        self.sent += other.sent;
        self.withheld += other.withheld;
        self.refused += other.refused;
        self.in_doubt += other.in_doubt;
        self.in_doubt_taken += other.in_doubt_taken;
        self.copies += other.copies;
    }
}

/// Compares what the store says of every message with what the mail server took, key by key, after so many ends that could leave something
/// in doubt. What the policy allows is counted on both sides; anything else is said.
pub(crate) fn compare(live: &Live, receiver: &Receiver, rough: usize) -> Result<Agreement, String> {
    super::whole(&live.store())?;
    let (rows, taken) = (live.rows(), receiver.taken());
    let mut book: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    receiver.book().into_iter().for_each(|entry| book.entry(entry.key.clone()).or_default().push(entry));
    let keys: BTreeSet<&str> = rows.iter().map(|row| row.key.as_str()).collect();
    if keys.len() != rows.len() {
        return Err("an outbox key stands twice".to_owned());
    }
    if let Some(key) = taken.keys().find(|key| !keys.contains(key.as_str())) {
        return Err(format!("the mail server took {key}, which the store does not know"));
    }
    let mut agreement = Agreement::default();
    let mut by_kills = 0;
    for row in &rows {
        let copies = taken.get(&row.key).copied().unwrap_or_default();
        let entries = book.get(&row.key).map(Vec::as_slice).unwrap_or_default();
        one(live.policy, row, copies, entries, &mut agreement)
            .map_err(|why| format!("{why}: {row:?}, taken {copies} times, {entries:?}"))?;
        by_kills += usize::from(row.state == UNKNOWN && row.detail == STOPPED);
    }
    if by_kills > rough * IN_DOUBT_MAX {
        return Err(format!("{by_kills} given up for {rough} kills"));
    }
    let doubts = receiver.book().iter().filter(|entry| is_doubt(entry)).count();
    if agreement.copies > doubts + rough * IN_DOUBT_MAX {
        return Err(format!("{} copies for {doubts} doubts and {rough} kills", agreement.copies));
    }
    reported(live, &rows)?;
    told_once(live)?;
    Ok(agreement)
}

/// What its sender cannot know.
fn is_doubt(entry: &Entry) -> bool {
    matches!(entry.became, Became::TakenUnsaid | Became::DroppedUnsaid | Became::BrokenOff)
}

/// One message in both books.
fn one(
    policy: Policy,
    row: &Row,
    copies: usize,
    entries: &[Entry],
    agreement: &mut Agreement,
) -> Result<(), &'static str> {
    let had_all = |entry: &Entry| is_doubt(entry) || entry.became == Became::Taken;
    match (policy, row.state) {
        (_, SENT) if copies == 0 => return Err("sent, and not taken"),
        (Policy::GiveUp, SENT) if copies > 1 => return Err("sent twice, where nothing is sent again in doubt"),
        (_, SENT) => agreement.sent += 1,
        (Policy::GiveUp, UNKNOWN) if copies > 1 => return Err("taken twice, where nothing is sent again in doubt"),
        (Policy::GiveUp, UNKNOWN) if row.detail != STOPPED && !entries.iter().any(had_all) => {
            return Err("in doubt, though the server never had all of it");
        }
        (Policy::GiveUp, UNKNOWN) => {
            agreement.in_doubt += 1;
            agreement.in_doubt_taken += copies;
        }
        (Policy::Resend, UNKNOWN) => return Err("given up in doubt, where it is to be sent again"),
        (Policy::GiveUp, WITHHELD | FAILED) if copies > 0 => {
            return Err("taken, and the store says that it did not leave");
        }
        // It was taken by an attempt of which nobody could know that.
        (Policy::Resend, WITHHELD | FAILED) if copies > 0 && row.attempts == 0 => {
            return Err("taken, and the store says that nobody tried");
        }
        (_, WITHHELD) => agreement.withheld += 1,
        (_, FAILED) => agreement.refused += 1,
        _ => return Err("still to leave"),
    }
    if policy == Policy::Resend && i64::try_from(copies).unwrap() > row.attempts.max(1) {
        return Err("taken more often than it was tried");
    }
    agreement.copies += copies.saturating_sub(1);
    Ok(())
}

/// The report says the same as the rows.
fn reported(live: &Live, rows: &[Row]) -> Result<(), String> {
    let mail = &live.report()["mail"];
    let of = |states: &[i64]| u64::try_from(rows.iter().filter(|row| states.contains(&row.state)).count()).unwrap();
    for (name, count) in [("sent", of(&[SENT])), ("undelivered", of(&[FAILED, UNKNOWN])), ("waiting", 0)] {
        if mail[name].as_u64() != Some(count) {
            return Err(format!("the report says {} of `{name}`, the rows {count}: {mail}", mail[name]));
        }
    }
    Ok(())
}

/// What no store has at rest, and what is recorded once of each message.
fn told_once(live: &Live) -> Result<(), String> {
    for (what, query) in [
        (
            "a mail told as sent more or less than once",
            "SELECT count(*) FROM outbox WHERE kind = 0 AND state = 2 AND (SELECT count(*) FROM decision WHERE send = outbox.id AND code = 4) <> 1",
        ),
        (
            "a mail that was not sent told as sent",
            "SELECT count(*) FROM outbox WHERE state <> 2 AND EXISTS (SELECT 1 FROM decision WHERE send = outbox.id AND code = 4)",
        ),
        ("an event twice", "SELECT count(*) - count(DISTINCT message) FROM event"),
        // E14: nobody stands where nothing will ever call them.
        (
            "a journey stuck",
            "SELECT count(*) FROM journey_view WHERE status <> 'ended' AND status NOT LIKE 'paused%' AND due_at IS NULL",
        ),
        (
            "a contact asleep",
            "SELECT count(*) FROM journey_view JOIN contact_view ON contact_view.contact = journey_view.contact
             WHERE status <> 'ended' AND (next_at IS NULL OR next_at > due_at)",
        ),
    ] {
        match live.count(query) {
            Some(0) => {}
            found => return Err(format!("{what}: {found:?}")),
        }
    }
    Ok(())
}
