//! A small SMTP server that does what a test tells it to.
//!
//! Each message that a client begins takes the next [`Play`]; when they are used up every message is accepted.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

#[derive(Debug, Clone)]
pub(crate) enum Play {
    Accept,
    /// Answers this command so; `.` is the end of the message, `HELLO` the greeting.
    Answer(&'static str, &'static str),
    /// Closes the connection instead of answering this command.
    HangUpOn(&'static str),
    /// Takes the message, closes the connection instead of saying so.
    HangUpAfterTaking,
    /// Never answers this command.
    StallOn(&'static str),
    /// Closes the connection in the middle of the message.
    HangUpDuring,
    /// Answers this command with these bytes as they are.
    Bytes(&'static str, &'static [u8]),
    /// Answers this command so, a byte now and then.
    Drip(&'static str, &'static str),
    /// Answers this command with the same words again and again, without an end but for [`ENDLESS_BYTES`].
    Endless(&'static str, &'static str),
}

/// Far more than sockets hold by themselves, and little enough for a test that fails.
pub(crate) const ENDLESS_BYTES: usize = 48 << 20;
/// Between two bytes of an answer that drips.
const DRIP: Duration = Duration::from_millis(40);

impl Play {
    /// The command that it is about.
    fn at(&self) -> &'static str {
        match self {
            Play::Accept => "",
            Play::HangUpAfterTaking | Play::HangUpDuring => ".",
            Play::HangUpOn(at) | Play::StallOn(at) => at,
            Play::Answer(at, _) | Play::Bytes(at, _) | Play::Drip(at, _) | Play::Endless(at, _) => at,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) content: Vec<u8>,
}

#[derive(Debug, Default)]
struct State {
    plays: VecDeque<Play>,
    always: Option<Play>,
    arrived: Vec<Arrived>,
    connections: usize,
    commands: Vec<String>,
    endless_bytes: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn start(plays: Vec<Play>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = State { plays: plays.into(), ..State::default() };
        let server = Server { port: listener.local_addr().unwrap().port(), state: Arc::new(Mutex::new(state)) };
        let accepting = server.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let serving = accepting.clone();
                thread::spawn(move || serving.serve(client));
            }
        });
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.state.lock().unwrap().arrived.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.state.lock().unwrap().commands.clone()
    }

    pub(crate) fn always(&self, play: Option<Play>) {
        self.state.lock().unwrap().always = play;
    }

    fn next_play(&self) -> Play {
        let mut state = self.state.lock().unwrap();
        let next = state.always.clone().or_else(|| state.plays.pop_front());
        next.unwrap_or(Play::Accept)
    }

    /// What is about the opening of a connection is a play of its own, if it is the next one.
    fn opening(&self) -> Play {
        let mut state = self.state.lock().unwrap();
        state.connections += 1;
        let is_opening = |play: &Play| matches!(play.at(), "HELLO" | "EHLO" | "AUTH");
        if state.always.as_ref().is_some_and(is_opening) {
            return state.always.clone().unwrap();
        }
        let next = state.plays.front().is_some_and(is_opening);
        if next { state.plays.pop_front().unwrap() } else { Play::Accept }
    }

    /// How much of an answer without an end was taken.
    pub(crate) fn endless_bytes(&self) -> usize {
        self.state.lock().unwrap().endless_bytes
    }

    /// What a play has to say in its own way; false where nobody listens any more.
    fn perform(&self, play: &Play, answers: &mut TcpStream) -> bool {
        let is_said = |bytes: &[u8], answers: &mut TcpStream| answers.write_all(bytes).is_ok();
        match play {
            Play::Answer(_, line) => is_said(format!("{line}\r\n").as_bytes(), answers),
            Play::Bytes(_, bytes) => is_said(bytes, answers),
            Play::Drip(_, line) => format!("{line}\r\n").bytes().all(|byte| {
                thread::sleep(DRIP);
                is_said(&[byte], answers)
            }),
            Play::Endless(_, words) => {
                let block = words.repeat((64 << 10) / words.len());
                let blocks = 0..ENDLESS_BYTES / block.len();
                let is_taken = |said: bool| {
                    self.state.lock().unwrap().endless_bytes += if said { block.len() } else { 0 };
                    said
                };
                blocks.into_iter().all(|_| is_taken(is_said(block.as_bytes(), answers)))
            }
            _ => true,
        }
    }

    fn serve(&self, client: TcpStream) {
        let mut answers = client.try_clone().unwrap();
        let mut commands = BufReader::new(client);
        let mut play = self.opening();
        if play.at() == "HELLO" {
            // Whoever is refused is not spoken to any more.
            if !self.perform(&play, &mut answers) || matches!(play, Play::Answer(..)) {
                return;
            }
        } else if answers.write_all(b"220 test server\r\n").is_err() {
            return;
        }
        let mut said = answers.try_clone().unwrap();
        let mut say = move |line: &str| said.write_all(format!("{line}\r\n").as_bytes()).is_ok();
        let mut message = empty();
        while let Some(line) = read_line(&mut commands) {
            let line = String::from_utf8(line).unwrap();
            let verb = line.split_whitespace().next().unwrap_or_default().to_uppercase();
            self.state.lock().unwrap().commands.push(verb.clone());
            if verb == "MAIL" {
                play = self.next_play();
                message = Arrived { from: line.clone(), ..empty() };
            }
            let answer = match (&play, verb.as_str()) {
                (Play::HangUpOn(at), verb) if *at == verb => return,
                (Play::StallOn(at), verb) if *at == verb => continue,
                (play, verb) if play.at() == verb => {
                    if !self.perform(play, &mut answers) {
                        return;
                    }
                    continue;
                }
                (_, "EHLO") => "250-test server\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES",
                // By two questions, whose answers are the name and the password.
                (_, "AUTH") if line.contains("LOGIN") => {
                    let mut hear = |question: &str| say(question).then(|| read_line(&mut commands)).flatten();
                    match (hear("334 VXNlcm5hbWU6"), hear("334 UGFzc3dvcmQ6")) {
                        (Some(name), Some(word)) if name == b"YW5uYQ==\r\n" && word == b"cmlnaHQ=\r\n" => {
                            "235 2.7.0 welcome"
                        }
                        _ => "535 5.7.8 bad user name or password",
                    }
                }
                (_, "AUTH") if line.contains("AGFubmEAcmlnaHQ=") => "235 2.7.0 welcome",
                (_, "AUTH") => "535 5.7.8 bad user name or password",
                (_, "RCPT") => {
                    message.to.push(line.clone());
                    "250 2.1.5 ok"
                }
                (_, "QUIT") => {
                    say("221 2.0.0 bye");
                    return;
                }
                (_, "DATA") => {
                    say("354 go on");
                    if matches!(play, Play::HangUpDuring) {
                        return;
                    }
                    let Some(content) = read_content(&mut commands) else { return };
                    match &play {
                        Play::HangUpOn(".") => return,
                        Play::StallOn(".") => continue,
                        Play::Answer(".", answer) => answer,
                        play @ (Play::Bytes(".", _) | Play::Drip(".", _) | Play::Endless(".", _)) => {
                            self.state.lock().unwrap().arrived.push(Arrived { content, ..message.clone() });
                            if !self.perform(play, &mut answers) {
                                return;
                            }
                            continue;
                        }
                        play => {
                            self.state.lock().unwrap().arrived.push(Arrived { content, ..message.clone() });
                            if matches!(play, Play::HangUpAfterTaking) {
                                return;
                            }
                            "250 2.0.0 queued as 4711"
                        }
                    }
                }
                _ => "250 2.0.0 ok",
            };
            if !say(answer) {
                return;
            }
        }
    }
}

fn empty() -> Arrived {
    Arrived { from: String::new(), to: Vec::new(), content: Vec::new() }
}

/// With its line end; nothing at the end of the stream.
fn read_line(stream: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).ok().filter(|&octets| octets > 0).map(|_| line)
}

/// RFC 5321, 4.5.2: a line of one dot ends the message, another dot at the start of a line is taken away.
fn read_content(stream: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line == b".\r\n" {
            return Some(content);
        }
        content.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
