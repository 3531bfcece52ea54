//! A project with a mail server or a folder for its mail, in a folder of its own, served by the real command.
#![allow(clippy::unwrap_used, dead_code)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::guide::plain;

pub(crate) const SECRET: (&str, &str) =
    ("FLOW_UNSUBSCRIBE_SECRET", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
pub(crate) const TEMPLATE: &str = "<html><body><p>Hello {{ first_name or \"there\" }}</p>\
                        <p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p></body></html>";
pub(crate) const HELLO: &str = "email hello { subject \"Hello\"; template \"emails/hello.html\" }\n";
/// How long a test waits for what must come, on a machine however busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A project with a mail server, in a folder of its own.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) events: u32,
}

impl World {
    pub(crate) fn new(workflow: &str, mail: &str) -> World {
        let world = World { folder: tempfile::tempdir().unwrap(), events: 0 };
        world.write("case.flow", &format!("use std.b2b\n{HELLO}{workflow}"));
        world.write("emails/hello.html", TEMPLATE);
        world.write("data/contacts.csv", "User ID,Email,First Name\n");
        world.write("data/events.jsonl", "");
        world.write(
            "flow.toml",
            &format!(
                "[project]\nname = \"case\"\ntimezone = \"UTC\"\n[sender]\nfrom = \"Acme <hello@acme.example>\"\n\
                 address = \"Acme, 1 Example Street\"\nunsubscribe_url = \"https://acme.example/unsubscribe\"\n\
                 [mail]\n{mail}\n[data]\ncontacts = \"data/contacts.csv\"\nevents = \"data/events.jsonl\"\n\
                 [run]\nstart = 2026-03-02\ndays = 5\n[lints]\nno-goal = \"off\"\n"
            ),
        );
        world
    }

    pub(crate) fn by_smtp(workflow: &str, port: u16) -> World {
        World::new(workflow, &smtp(port))
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(below)
    }

    pub(crate) fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn people(&self, count: u32) {
        let rows: String = (1..=count).map(|n| format!("u{n},p{n}@x.example,P{n}\n")).collect();
        self.write("data/contacts.csv", &format!("User ID,Email,First Name\n{rows}"));
    }

    /// Something that a person does now.
    pub(crate) fn event(&mut self, user: u32, name: &str) {
        self.events += 1;
        let now = now().replace(' ', "T");
        let message = self.events;
        let line = format!(
            "{{\"type\":\"track\",\"messageId\":\"m{message}\",\"userId\":\"u{user}\",\"event\":\"{name}\",\"timestamp\":\"{now}\"}}"
        );
        let mut file = File::options().append(true).open(self.path("data/events.jsonl")).unwrap();
        writeln!(file, "{line}").unwrap();
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
        command.args(words).current_dir(self.path("")).env(SECRET.0, SECRET.1);
        plain(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Serves, and comes back once it does.
    pub(crate) fn serve(&self) -> Serving {
        self.serve_with(&[])
    }

    /// Serves until somebody's visit is in, and so all contacts before it; what it says until its end.
    pub(crate) fn served(&mut self) -> String {
        let serving = self.serve();
        self.event(1, "visited");
        let events = i64::from(self.events);
        self.until("the line is taken", |world| world.count("SELECT count(*) FROM event") == events);
        serving.stop(self)
    }

    pub(crate) fn serve_with(&self, options: &[&str]) -> Serving {
        Self::begin(self.command(&[&["serve", "--no-http"], options].concat()))
    }

    /// The same with a password for the mail server.
    pub(crate) fn serve_logged_in(&self, options: &[&str], password: &str) -> Serving {
        let mut command = self.command(&[&["serve", "--no-http"], options].concat());
        command.env("FLOW_SMTP_PASSWORD", password);
        Self::begin(command)
    }

    fn begin(mut command: Command) -> Serving {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut before = String::new();
        let began = lines.by_ref().map_while(Result::ok).any(|line| {
            before += &format!("{line}\n");
            line.contains("serving from")
        });
        assert!(began, "it does not serve: {before}");
        let heard = Arc::new(Mutex::new(before));
        let hear = Arc::clone(&heard);
        let said = thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| *hear.lock().unwrap() += &(line + "\n"));
        });
        Serving { child: Some(child), said: Some(said), heard }
    }

    /// Serves for a machine, which is not told when it begins.
    pub(crate) fn serve_as_json(&self) -> Serving {
        let child = self.command(&["serve", "--no-http", "--format", "json"]).spawn().unwrap();
        Serving { child: Some(child), said: None, heard: Arc::default() }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("out/case.live.db")
    }

    /// A number of the store; 0 while there is none to ask.
    pub(crate) fn count(&self, query: &str) -> i64 {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let ask = |path| Connection::open_with_flags(path, flags)?.query_row(query, [], |row| row.get(0));
        ask(self.store()).unwrap_or(0)
    }

    pub(crate) fn text(&self, query: &str) -> String {
        Connection::open(self.store()).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
    }

    #[track_caller]
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&World) -> bool) {
        let step = Duration::from_millis(20);
        let mut tries = 0..PATIENCE.as_millis() / step.as_millis();
        while !holds(self) {
            assert!(tries.next().is_some(), "waited in vain until {what}");
            thread::sleep(step);
        }
    }

    pub(crate) fn said(&self, output: &Output) -> String {
        let [stdout, stderr] = [&output.stdout, &output.stderr].map(|text| String::from_utf8(text.clone()).unwrap());
        // Of today and of this machine.
        let is_period = |line: &str| line.starts_with("20") && told_at(line).is_none() && logged_at(line).is_none();
        let is_timed = |line: &str| line.starts_with("  compiled ") || line.contains("serving from");
        let is_stable = |line: &&str| !is_period(line) && !is_timed(line);
        let lines = stdout.lines().chain(stderr.lines()).filter(is_stable).map(without_times);
        let code = output.status.code().map_or("by a signal".to_owned(), |code| code.to_string());
        let shown: String = lines.map(|line| line + "\n").collect();
        format!("{shown}exit {code}").replace(self.path("").to_str().unwrap(), "[folder]/")
    }
}

/// `flow serve` at work; ended when the test is over.
pub(crate) struct Serving {
    child: Option<Child>,
    said: Option<JoinHandle<()>>,
    /// What it has said so far.
    heard: Arc<Mutex<String>>,
}

impl Serving {
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    pub(crate) fn has_said(&self, words: &str) -> bool {
        self.heard.lock().unwrap().contains(words)
    }

    fn all_said(&mut self) -> String {
        self.said.take().unwrap().join().unwrap();
        self.heard.lock().unwrap().clone()
    }

    /// Asks it to stop, and hears what it says.
    pub(crate) fn stop(self, world: &World) -> String {
        self.signal("-TERM");
        self.end(world)
    }

    /// What it wrote until it ended, of one for a machine.
    pub(crate) fn output(mut self) -> Output {
        self.child.take().unwrap().wait_with_output().unwrap()
    }

    /// Its log as it was written, once it has ended, and its exit code.
    pub(crate) fn log(mut self) -> (String, Option<i32>) {
        let status = self.child.take().unwrap().wait().unwrap();
        (self.all_said(), status.code())
    }

    pub(crate) fn end(mut self, world: &World) -> String {
        let mut output = self.child.take().unwrap().wait_with_output().unwrap();
        output.stderr = self.all_said().into_bytes();
        world.said(&output)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(crate) fn smtp(port: u16) -> String {
    format!("connector = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\ntimeout_seconds = 20")
}

/// Nobody listens there.
pub(crate) fn closed_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What is served lives on the wall clock.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// What stands behind a time by the project's clocks, `2026-03-03 10:00  `.
pub(crate) fn told_at(line: &str) -> Option<&str> {
    let (time, rest) = line.split_once("  ")?;
    (time.len() == 16 && time.get(13..14) == Some(":")).then_some(rest)
}

/// What stands behind a time in the log, `2026-03-03 10:00:05 `.
pub(crate) fn logged_at(line: &str) -> Option<&str> {
    let (time, rest) = line.split_at_checked(19)?;
    let is_day = time.get(..10).is_some_and(|day| day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'));
    let is_time = is_day && time.get(10..11) == Some(" ") && time.get(16..17) == Some(":");
    rest.strip_prefix(' ').filter(|_| is_time)
}

pub(crate) fn without_times(line: &str) -> String {
    let line = line.trim_end();
    let told = told_at(line).map(|rest| format!("[time]  {rest}"));
    let logged = || logged_at(line).map(|rest| format!("[time] {rest}"));
    let line = told.or_else(logged).unwrap_or_else(|| line.to_owned());
    match line.rsplit_once(" in ") {
        Some((did, time)) if time.starts_with(|first: char| first.is_ascii_digit()) => format!("{did} in [time]"),
        _ => line,
    }
}
