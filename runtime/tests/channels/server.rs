//! A small SMTP server that does what a test tells it to.
//!
//! Each message that a client begins takes the next [`Play`]; when they are used up every message is accepted.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
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

    /// The greeting is a play of its own only if the next one is about it.
    fn greeting(&self) -> Option<&'static str> {
        let mut state = self.state.lock().unwrap();
        state.connections += 1;
        match state.plays.front() {
            Some(Play::Answer("HELLO", answer)) => {
                let answer = *answer;
                state.plays.pop_front();
                Some(answer)
            }
            _ => None,
        }
    }

    fn serve(&self, client: TcpStream) {
        let mut answers = client.try_clone().unwrap();
        let mut commands = BufReader::new(client);
        let mut say = move |line: &str| answers.write_all(format!("{line}\r\n").as_bytes()).is_ok();
        let greeting = self.greeting();
        if !say(greeting.unwrap_or("220 test server")) || greeting.is_some() {
            return;
        }
        let (mut play, mut message) = (Play::Accept, empty());
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
                (Play::Answer(at, answer), verb) if *at == verb => answer,
                (_, "EHLO") => "250-test server\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES",
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
                        Play::Answer(".", answer) => answer,
                        Play::HangUpOn(".") => return,
                        Play::StallOn(".") => continue,
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
