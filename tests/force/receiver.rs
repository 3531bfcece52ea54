//! A mail server in a process of its own, with a book of what it took.
//!
//! It is the test binary, started again for one ignored test ([`serve_if_asked`]). It lives in a folder: `manner` says how it behaves and may
//! change at any time, `port` is where it listens, and `book.jsonl` has a line for each message that anybody began to hand over, written and
//! forced to the disk before the answer that it is about. It ends with the process that started it, however that ends: its standard input
//! closes then.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::chance::{Chance, chance_of};
use super::every;

/// Says to a test binary that it is a mail server now, and where.
const ASKED: &str = "FLOW_TEST_MAIL_SERVER";
/// Longer than any client of the tests waits for an answer.
const HANG: Duration = Duration::from_secs(20);

/// How the server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Takes whatever is not refused for good ([`every::refusal_of`]).
    Calm,
    /// Does by this seed whatever servers do.
    Hostile(u64),
}

/// What came of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Became {
    /// Taken, and said so. The book has it before the answer, which may still not be heard.
    Taken,
    /// Taken, and not said: the connection broke, nothing was answered, or nonsense.
    TakenUnsaid,
    /// All of it was there, it was not taken, and not said so: to its sender it looks as [`Became::TakenUnsaid`] does.
    DroppedUnsaid,
    /// Its connection was closed before its end, as far as the server knows: it may have been written to the end by then.
    BrokenOff,
    /// Refused for good.
    Refused,
    /// Put off, or the connection broke before its end.
    NotYet,
}

/// A line of the book.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) became: Became,
    pub(crate) to: String,
    /// The key of the message, as its sender has it; empty where its headers never came.
    pub(crate) key: String,
    pub(crate) said: String,
}

/// The server as its tests see it.
pub(crate) struct Receiver {
    folder: TempDir,
    child: Child,
    port: u16,
}

impl Receiver {
    /// `test`: the ignored test of this binary that calls [`serve_if_asked`].
    pub(crate) fn start(test: &str, manner: Manner) -> Receiver {
        let folder = tempfile::tempdir().unwrap();
        write_manner(folder.path(), manner);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", test, "--nocapture"]).env(ASKED, folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let child = command.spawn().unwrap();
        let mut tries = 0..3_000;
        let port = loop {
            if let Some(port) = fs::read_to_string(folder.path().join("port")).ok().and_then(|text| text.parse().ok()) {
                break port;
            }
            assert!(tries.next().is_some(), "the mail server does not listen");
            thread::sleep(Duration::from_millis(20));
        };
        Receiver { folder, child, port }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn behave(&self, manner: Manner) {
        write_manner(self.folder.path(), manner);
    }

    /// All that the book has by now. A line that is still being written is not there yet.
    pub(crate) fn book(&self) -> Vec<Entry> {
        read_book(&self.folder.path().join("book.jsonl"))
    }

    /// How often each message was taken, by key.
    pub(crate) fn taken(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for entry in self.book() {
            if matches!(entry.became, Became::Taken | Became::TakenUnsaid) {
                *taken.entry(entry.key).or_default() += 1;
            }
        }
        taken
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write_manner(folder: &Path, manner: Manner) {
    let text = match manner {
        Manner::Calm => "calm".to_owned(),
        Manner::Hostile(seed) => seed.to_string(),
    };
    // Whole at once: it is read at any time.
    fs::write(folder.join("manner.new"), text).unwrap();
    fs::rename(folder.join("manner.new"), folder.join("manner")).unwrap();
}

fn read_book(path: &Path) -> Vec<Entry> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Of the ignored test that is the server: nothing, unless a [`Receiver`] has started it.
#[expect(clippy::disallowed_methods, reason = "how one process of a test tells another what it is for")]
pub(crate) fn serve_if_asked() {
    let Ok(folder) = std::env::var(ASKED) else { return };
    let folder = PathBuf::from(folder);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let book = File::options().create(true).append(true).open(folder.join("book.jsonl")).unwrap();
    let server = Server { folder: folder.clone(), book: Arc::new(Mutex::new(book)), begun: Arc::default() };
    fs::write(folder.join("port.new"), listener.local_addr().unwrap().port().to_string()).unwrap();
    fs::rename(folder.join("port.new"), folder.join("port")).unwrap();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = server.clone();
            thread::spawn(move || server.serve(client));
        }
    });
    // Whoever started it holds the other end.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

#[derive(Clone)]
struct Server {
    folder: PathBuf,
    book: Arc<Mutex<File>>,
    /// How many messages anybody has begun to each recipient, so that each attempt meets something else; connections under the empty name.
    begun: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// What happens at a place of the dialogue instead of what should.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    Say(&'static str),
    HangUp,
    Hang,
    /// An answer byte by byte.
    Slowly,
}

/// A place of the dialogue and what happens there: `HELLO` is the greeting, `.` the end of a message, `+` behind it where it has been taken.
type Play = Option<(&'static str, Trouble)>;

/// What a hostile server does with a message. Twice as likely is what stands there twice.
const PLAYS: &[Play] = &[
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    Some((".", Trouble::Slowly)),
    Some(("RCPT", Trouble::Slowly)),
    Some(("MAIL", Trouble::Say("451 4.3.0 try again later"))),
    Some(("MAIL", Trouble::HangUp)),
    Some(("MAIL", Trouble::Say("421 4.3.2 closing"))),
    Some(("RCPT", Trouble::Say("450 4.2.1 mailbox busy"))),
    Some(("RCPT", Trouble::Say("451 4.7.1 greylisted"))),
    Some(("RCPT", Trouble::Say("550 5.1.1 no such user"))),
    Some(("RCPT", Trouble::Say("550 5.7.1 not by our rules"))),
    Some(("RCPT", Trouble::Say("no answer at all"))),
    Some(("RCPT", Trouble::HangUp)),
    Some(("RCPT", Trouble::Hang)),
    Some(("DATA", Trouble::Say("452 4.3.1 no room"))),
    Some(("DATA", Trouble::Say("250 2.0.0 thank you"))),
    Some(("DATA", Trouble::HangUp)),
    Some(("DATA", Trouble::Hang)),
    Some(("during", Trouble::HangUp)),
    Some((".", Trouble::Say("451 4.3.0 not now"))),
    Some((".", Trouble::Say("552 5.2.3 too large"))),
    Some((".", Trouble::Say("554 5.6.0 what is this"))),
    Some((".", Trouble::Say("550 5.7.1 looks like spam"))),
    Some((".", Trouble::HangUp)),
    Some((".", Trouble::Hang)),
    Some(("+", Trouble::HangUp)),
    Some(("+", Trouble::HangUp)),
    Some(("+", Trouble::Hang)),
    Some(("+", Trouble::Say("\u{fffd}\u{fffd} 2"))),
    Some(("+", Trouble::Say("354 go on"))),
    // The settings are wrong: Flow stops, and goes on when it is started again.
    Some(("MAIL", Trouble::Say("550 5.7.1 sender address rejected"))),
];

/// What it does when somebody connects.
const OPENINGS: &[Play] = &[
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    Some(("HELLO", Trouble::Slowly)),
    Some(("HELLO", Trouble::HangUp)),
    Some(("HELLO", Trouble::Say("421 4.3.2 too busy"))),
    Some(("HELLO", Trouble::Hang)),
    Some(("EHLO", Trouble::Say("what do you want"))),
    Some(("EHLO", Trouble::HangUp)),
    Some(("EHLO", Trouble::Hang)),
];

impl Server {
    fn manner(&self) -> Manner {
        let text = fs::read_to_string(self.folder.join("manner")).unwrap_or_default();
        text.parse().map_or(Manner::Calm, Manner::Hostile)
    }

    /// The chance of the next message to somebody.
    fn chance(&self, seed: u64, to: &str) -> Chance {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let count = begun.entry(to.to_owned()).or_default();
        *count += 1;
        chance_of(seed, &format!("{to} {count}"))
    }

    fn play(&self, plays: &[Play], to: &str) -> Play {
        match self.manner() {
            Manner::Calm => every::refusal_of(to).map(|(at, words)| (at, Trouble::Say(words))),
            Manner::Hostile(seed) => *self.chance(seed, to).of(plays),
        }
    }

    /// On the disk before anybody is answered.
    fn note(&self, became: Became, message: &Message, said: &str) {
        let key = message.key().unwrap_or_default();
        let line =
            serde_json::to_string(&Entry { became, to: message.to.clone(), key, said: said.to_owned() }).unwrap();
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.write_all(format!("{line}\n").as_bytes()).unwrap();
        book.sync_data().unwrap();
    }

    fn serve(&self, client: TcpStream) {
        let mut answers = client.try_clone().unwrap();
        let mut commands = BufReader::new(client);
        let opening = self.play(OPENINGS, "");
        if !self.say(&mut answers, opening, "HELLO", "220 test server") {
            return;
        }
        let mut message = Message::default();
        while let Some(line) = read_line(&mut commands) {
            let line = String::from_utf8_lossy(&line).into_owned();
            let verb = line.split_whitespace().next().unwrap_or_default().to_uppercase();
            let goes_on = match verb.as_str() {
                "EHLO" => self.say(&mut answers, opening, "EHLO", "250-test server\r\n250 ENHANCEDSTATUSCODES"),
                "MAIL" => {
                    message = Message::default();
                    // Whom it is to is known with the next command; until then it goes by the connection.
                    let first = self.play(PLAYS, "sender").filter(|(at, _)| *at == "MAIL");
                    self.say(&mut answers, first, "MAIL", "250 2.1.0 ok")
                }
                "RCPT" => {
                    message.to = line.trim().trim_start_matches("RCPT TO:<").trim_end_matches('>').to_owned();
                    message.play = self.play(PLAYS, &message.to);
                    self.refusing(&mut answers, &message, "RCPT", "250 2.1.5 ok")
                }
                "DATA" => {
                    self.refusing(&mut answers, &message, "DATA", "354 go on")
                        && (message.is_at("DATA") || self.take(&mut commands, &mut answers, &mut message))
                }
                "QUIT" => {
                    let _ = answers.write_all(b"221 2.0.0 bye\r\n");
                    return;
                }
                _ => answers.write_all(b"250 2.0.0 ok\r\n").is_ok(),
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Answers a command before the message itself, and keeps what that means for it. False where the connection is over.
    fn refusing(&self, answers: &mut TcpStream, message: &Message, at: &str, usual: &str) -> bool {
        if let Some((_, trouble)) = message.play.filter(|(there, _)| *there == at) {
            match trouble {
                Trouble::Say(words) if words.starts_with('5') => self.note(Became::Refused, message, words),
                Trouble::Slowly => {}
                trouble => self.note(Became::NotYet, message, &format!("{trouble:?}")),
            }
        }
        self.say(answers, message.play, at, usual)
    }

    /// The message itself.
    fn take(&self, commands: &mut BufReader<TcpStream>, answers: &mut TcpStream, message: &mut Message) -> bool {
        let (content, is_whole) = read_content(commands, message.is_at("during"));
        message.content = content;
        if !is_whole {
            self.note(Became::BrokenOff, message, "");
            return false;
        }
        let usual = "250 2.0.0 queued";
        match message.play {
            Some((".", Trouble::Say(words))) => {
                let became = if words.starts_with('5') { Became::Refused } else { Became::NotYet };
                self.note(became, message, words);
                self.say(answers, message.play, ".", usual)
            }
            Some((".", Trouble::Hang | Trouble::HangUp)) => {
                self.note(Became::DroppedUnsaid, message, "");
                self.say(answers, message.play, ".", usual)
            }
            Some(("+", _)) => {
                self.note(Became::TakenUnsaid, message, "");
                self.say(answers, message.play, "+", usual)
            }
            play => {
                self.note(Became::Taken, message, usual);
                self.say(answers, play, ".", usual)
            }
        }
    }

    /// Answers, or does what the play has for this place. False where the connection is over.
    fn say(&self, answers: &mut TcpStream, play: Play, at: &str, usual: &str) -> bool {
        let mut say = |words: &str| answers.write_all(format!("{words}\r\n").as_bytes()).is_ok();
        match play.filter(|(there, _)| *there == at).map(|(_, trouble)| trouble) {
            None => say(usual),
            Some(Trouble::Say(words)) => say(words) && !words.starts_with("421"),
            Some(Trouble::HangUp) => false,
            Some(Trouble::Hang) => {
                thread::sleep(HANG);
                false
            }
            Some(Trouble::Slowly) => format!("{usual}\r\n").bytes().all(|byte| {
                thread::sleep(Duration::from_millis(5));
                answers.write_all(&[byte]).is_ok()
            }),
        }
    }
}

#[derive(Debug, Default)]
struct Message {
    to: String,
    play: Play,
    content: Vec<u8>,
}

impl Message {
    fn is_at(&self, at: &str) -> bool {
        self.play.is_some_and(|(there, _)| there == at)
    }

    /// The left side of its Message-ID without the name of its store: the key of its row.
    fn key(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.content);
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: <"))?;
        let key = id.split('@').next()?;
        Some(key.rsplit_once('.')?.0.to_owned())
    }
}

/// With its line end; nothing at the end of the stream.
fn read_line(stream: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).ok().filter(|&octets| octets > 0).map(|_| line)
}

/// RFC 5321, 4.5.2: a line of one dot ends the message. False where it has no end, or nobody waits for that: the first lines have its name.
fn read_content(stream: &mut impl BufRead, breaks_off: bool) -> (Vec<u8>, bool) {
    let mut content = Vec::new();
    while let Some(line) = read_line(stream) {
        if line == b".\r\n" {
            return (content, true);
        }
        content.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        if breaks_off && line == b"\r\n" {
            break;
        }
    }
    (content, false)
}
