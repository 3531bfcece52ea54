//! The operator's minute: something goes wrong, and one line of the log explains it, with the journey's id, in both forms. And what must never stand
//! in it: nobody's name, address or secret.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]
#![expect(clippy::indexing_slicing, reason = "a test that looks at a wrong place should fail")]

#[path = "guide/mod.rs"]
mod guide;
#[allow(dead_code)]
#[path = "../runtime/tests/channels/server.rs"]
mod server;
#[path = "world/mod.rs"]
mod world;

use std::fs::{self, File};
use std::io::Write as _;

use flow_runtime::happening::{KINDS, Kind};
use rusqlite::Connection;
use serde_json::Value;
use server::{Play, Server};
use world::{SECRET, Serving, World, logged_at, smtp};

const SEND: &str = "workflow guide_nurture {\n enter when downloaded\n reenter never\n send hello\n}\n";
const MESSAGE: &str = "c1.guide_nurture.1.s0.v0";
const FORMS: [&str; 2] = ["human", "json"];

/// The log of one process.
struct Log {
    form: &'static str,
    text: String,
}

impl Log {
    /// What it has written by its end, which is of this code. Nobody and no secret stands in it.
    fn of(serving: Serving, form: &'static str, code: i32) -> Log {
        let (text, ended) = serving.log();
        assert_eq!(ended, Some(code), "{text}");
        // A failure is said in words for people too.
        let is_log = |line: &&str| if form == "json" { line.starts_with('{') } else { logged_at(line).is_some() };
        let text: String = text.lines().filter(is_log).map(|line| format!("{line}\n")).collect();
        for secret in
            [SECRET.1, "@x.example", "@acme.example", "p1@", "AGFubmEAcmlnaHQ=", "unsubscribe/", "Hello Zacharias"]
        {
            assert!(!text.contains(secret), "`{secret}` in {text}");
        }
        Log { form, text }
    }

    fn stopped(serving: Serving, form: &'static str) -> Log {
        serving.signal("-TERM");
        Log::of(serving, form, 0)
    }

    /// When a line says that it was, in a form that sorts.
    fn time<'l>(&self, line: &'l str) -> &'l str {
        match self.form {
            "json" => line.split('"').nth(3).unwrap(),
            _ => line.get(..19).unwrap(),
        }
    }

    /// The lines of one code.
    fn all(&self, code: &str) -> Vec<&str> {
        let is_of = |line: &&str| match self.form {
            "json" => serde_json::from_str::<Value>(line).unwrap()["code"] == code,
            _ => line.split_whitespace().nth(3) == Some(code),
        };
        self.text.lines().filter(is_of).collect()
    }

    /// The one line of a code, which has these words; in the form for machines, as `key:value`, whatever is not a text as it stands there.
    #[track_caller]
    fn explains(&self, code: &str, level: &str, words: &[&str]) -> &str {
        let lines = self.all(code);
        assert_eq!(lines.len(), 1, "{code} in\n{}", self.text);
        let line = lines[0];
        match self.form {
            "json" => assert_eq!(serde_json::from_str::<Value>(line).unwrap()["level"], level),
            _ => assert_eq!(line.split_whitespace().nth(2), Some(level)),
        }
        words.iter().for_each(|word| assert!(line.contains(word), "`{word}` in {line}"));
        line
    }

    /// The same of a message of the one person of a test.
    #[track_caller]
    fn explains_message(&self, code: &str, level: &str, words: &[&str]) {
        let line = self.explains(code, level, words);
        assert!(line.contains(MESSAGE) && line.contains("`send hello`") | line.contains("channel."), "{line}");
        if self.form == "json" {
            let json: Value = serde_json::from_str(line).unwrap();
            let told = [&json["journey"], &json["message"], &json["workflow"], &json["step"], &json["email"]];
            assert_eq!(told, ["c1.guide_nurture.1", MESSAGE, "guide_nurture", "send hello", "hello"], "{line}");
            assert_eq!(json["contact"], 1);
        }
    }
}

/// A person who is to be written to, and a server that does so many plays first; its log until `holds`.
fn served(form: &'static str, plays: Vec<Play>, holds: &str) -> (Log, World) {
    let server = Server::start(plays);
    let mut world = World::by_smtp(SEND, server.port());
    world.write("data/contacts.csv", "User ID,Email,First Name\nu1,p1@x.example,Zacharias\n");
    let serving = world.serve_with(&["--log-format", form]);
    world.event(1, "downloaded");
    world.until(holds, |world| world.count(&format!("SELECT count(*) FROM outbox WHERE {holds}")) == 1);
    (Log::stopped(serving, form), world)
}

#[test]
fn a_greylisting_is_explained_by_one_line() {
    for form in FORMS {
        let plays = vec![Play::Answer("RCPT", "451 4.7.1 <p1@x.example>: greylisted, come back")];
        let (log, _world) = served(form, plays, "state = 0 AND attempts = 1");
        let words = ["attempt 1, next ", "with 451 4.7.1 <[address]>: greylisted, come back"];
        log.explains_message("message.put_off", "warn", &words);
        log.explains("contacts.taken", "info", &["1 new, 0 updated, 0 known already"]);
        log.explains("serve.started", "info", &["serving from ", "out/case.live.db", "version 1 of the project"]);
        log.explains("signal.received", "info", &["SIGTERM: stopping"]);
        log.explains("serve.ended", "info", &["1 event taken, 0 mails sent"]);
        // Nothing else, and of nothing twice.
        assert_eq!(log.text.lines().count(), 5, "{}", log.text);
    }
}

#[test]
fn a_refusal_is_explained_by_one_line() {
    for form in FORMS {
        let plays = vec![Play::Answer("RCPT", "550 5.1.1 p1: no such user")];
        let (log, world) = served(form, plays, "state = 4");
        let words = ["given up after 1 attempt: the address takes no mail", "550 5.1.1 [address]: no such user"];
        log.explains_message("message.undelivered", "warn", &words);
        // From the line to the person's story, as the docs have it.
        let detail = world.text(&format!("SELECT detail FROM mail_view WHERE key = '{MESSAGE}'"));
        assert!(detail.contains("550 5.1.1 p1: no such user"), "{detail}");
        assert_eq!(
            world.text("SELECT decision FROM decision_view WHERE contact = 1 AND decision = 'undelivered'"),
            "undelivered"
        );
    }
}

#[test]
fn a_dead_server_is_explained_when_it_goes_and_when_it_is_back() {
    for form in FORMS {
        // The connection of the start is closed, and whoever calls anew is sent away, once.
        let gone = [Play::HangUpOn("MAIL"), Play::Answer("HELLO", "421 4.3.2 shutting down")];
        let server = Server::start(gone.to_vec());
        let mut world = World::by_smtp(SEND, server.port());
        world.people(1);
        let serving = world.serve_with(&["--log-format", form]);
        world.event(1, "downloaded");
        world.until("it has left", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 1);
        let log = Log::stopped(serving, form);
        log.explains_message(
            "channel.down",
            "warn",
            &["smtp takes no mail since ", ", nothing leaves before ", "421 4.3.2 shutting down"],
        );
        log.explains_message("channel.back", "info", &["smtp answers again, after "]);
        if form == "json" {
            let back: Value = serde_json::from_str(log.all("channel.back")[0]).unwrap();
            assert!(back["down_ms"].as_u64().unwrap() >= 4_000, "{back}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_kill_is_explained_at_the_next_start() {
    for form in FORMS {
        let server = Server::start(Vec::new());
        let mut world = World::by_smtp(SEND, server.port());
        world.people(1);
        let serving = world.serve_with(&["--log-format", form]);
        server.always(Some(Play::StallOn(".")));
        world.event(1, "downloaded");
        world.until("the mail is on its way", |_| server.commands().contains(&"DATA".to_owned()));
        serving.signal("-KILL");
        drop(serving.log());
        server.always(None);
        let serving = world.serve_with(&["--log-format", form]);
        world.until("it is settled", |world| world.count("SELECT count(*) FROM outbox WHERE state = 5") == 1);
        let log = Log::stopped(serving, form);
        log.explains("store.not_closed", "warn", &["out/case.live.db", "was not closed"]);
        log.explains_message("message.in_doubt", "warn", &["may have left: given up"]);
        log.explains(
            "messages.recovered",
            "warn",
            &["1 message in the hands", "1 in doubt (0 sent again, 1 given up)"],
        );
        assert_eq!(log.all("message.undelivered").len(), 0, "not twice: {}", log.text);
        // What was left is known from the start on: no line is older than the one above it.
        let of_start = ["store.not_closed", "serve.started", "message.in_doubt", "messages.recovered"];
        let times: Vec<&str> = of_start.iter().map(|code| log.time(log.all(code)[0])).collect();
        assert!(times.is_sorted(), "{times:?}");
        // A clean end is no news.
        let log = Log::stopped(world.serve_with(&["--log-format", form]), form);
        assert!(log.all("store.not_closed").is_empty() && log.all("messages.recovered").is_empty(), "{}", log.text);
    }
}

#[test]
fn what_stops_all_mail_is_explained_by_one_line() {
    for form in FORMS {
        let server = Server::start(Vec::new());
        let mut world = World::by_smtp(SEND, server.port());
        world.people(1);
        let serving = world.serve_with(&["--log-format", form]);
        server.always(Some(Play::Answer("MAIL", "550 5.7.1 hello@acme.example may not send")));
        world.event(1, "downloaded");
        let log = Log::of(serving, form, 3);
        log.explains_message(
            "channel.stopped",
            "error",
            &["no mail leaves by smtp until this is mended", "550 5.7.1 [address] may not send"],
        );
        assert_eq!(log.all("serve.failed").len(), usize::from(form == "json"), "people read it below: {}", log.text);
    }
}

/// Somebody moves the file away and brings it back: what was written meanwhile arrives.
#[test]
fn a_file_of_events_that_is_away_is_told_and_so_is_its_return() {
    for form in FORMS {
        let server = Server::start(Vec::new());
        let mut world = World::by_smtp(SEND, server.port());
        world.people(1);
        let serving = world.serve_with(&["--log-format", form]);
        let (file, away) = (world.path("data/events.jsonl"), world.path("data/away.jsonl"));
        fs::rename(&file, &away).unwrap();
        world.until("it is told", |_| serving.has_said("events.unreadable"));
        fs::rename(&away, &file).unwrap();
        world.until("that is told too", |_| serving.has_said("events.readable"));
        world.event(1, "downloaded");
        world.until("it has left", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 1);
        let log = Log::stopped(serving, form);
        let words = ["events.jsonl cannot be read: there is no such file; nothing arrives, no refusal either"];
        log.explains("events.unreadable", "warn", &words);
        log.explains("events.readable", "info", &["events.jsonl can be read again, after "]);
    }
}

/// A machine whose clock was set back by an hour.
#[test]
fn a_clock_that_was_set_back_is_told_once() {
    for form in FORMS {
        let server = Server::start(Vec::new());
        let mut world = World::by_smtp(SEND, server.port());
        world.people(1);
        world.served();
        Connection::open(world.store()).unwrap().execute("UPDATE slot SET clock = clock + 3600000", []).unwrap();
        let serving = world.serve_with(&["--log-format", form]);
        world.event(1, "visited");
        world.until("the line is taken", |world| world.count("SELECT count(*) FROM event") == 2);
        Log::stopped(serving, form).explains("clock.set_back", "warn", &["the clock is 59 min "]);
    }
}

#[test]
fn what_was_not_taken_is_told_with_its_list_and_a_change_of_the_project_too() {
    for form in FORMS {
        let server = Server::start(Vec::new());
        let mut world = World::by_smtp(SEND, server.port());
        world.write(
            "data/contacts.csv",
            "User ID,Email,Opted in\nu1,none,TRUE\nu2,p2@x.example,FALSE\nu3,p3@x.example,TRUE\nu4,p4@x.example,TRUE\n",
        );
        let serving = world.serve_with(&["--log-format", form]);
        world.event(1, "Newsletter Opt-Out Pressed");
        world.until("the line is taken", |world| world.count("SELECT count(*) FROM event") == 1);
        let log = Log::stopped(serving, form);
        // At once, and at the end where there were more.
        let remarks = log.all("lines.not_taken");
        assert!(matches!(remarks.len(), 1 | 2), "{}", log.text);
        assert!(remarks.last().unwrap().contains("2 remarks so far, listed in "), "{remarks:?}");
        log.explains("contacts.shut_out", "info", &["shut out of marketing: 1 of 4 rows, by `Opted in`"]);
        log.explains("events.not_understood", "warn", &["`Newsletter Opt-Out Pressed` sounds like a refusal"]);

        let settings = fs::read_to_string(world.path("flow.toml")).unwrap();
        world.write("flow.toml", &format!("{settings}[columns]\n\"Opted in\" = \"ignore\"\n"));
        world.write("case.flow", &format!("use std.b2b\n{}{}", world::HELLO, SEND.replace("guide_nurture", "nurture")));
        let serving = world.serve_with(&["--log-format", form]);
        world.event(3, "visited");
        world.until("the contacts are in, and the line", |world| world.count("SELECT count(*) FROM event") == 2);
        let log = Log::stopped(serving, form);
        log.explains("contacts.shut_out_still", "warn", &["`Opted in`"]);
        assert!(!log.all("project.changed").is_empty(), "{}", log.text);
    }
}

/// Whoever reads that something is listed finds it there at once.
#[test]
fn what_is_told_to_be_listed_is_listed_by_then() {
    let server = Server::start(Vec::new());
    let world = World::by_smtp(SEND, server.port());
    world.write("data/contacts.csv", "User ID,Email,First Name\nu1,nobody,Zacharias\n");
    let serving = world.serve();
    world.until("it is told", |_| serving.has_said("lines.not_taken"));
    let listed = fs::read_to_string(world.path("out/case.live.rejected.txt")).unwrap();
    assert!(listed.contains("contacts.csv:2: email: not an e-mail address"), "{listed}");
    serving.stop(&world);
}

/// Five, ten or five thousand of one kind are twenty lines and a number; another answer of the server is another kind.
#[test]
fn many_of_one_kind_are_twenty_lines_and_a_number() {
    const PEOPLE: u32 = 30;
    for form in FORMS {
        let server = Server::start(vec![Play::Answer("RCPT", "552 5.2.2 mailbox full")]);
        let mut world = World::by_smtp(SEND, server.port());
        world.people(PEOPLE);
        let serving = world.serve_with(&["--log-format", form]);
        world.event(1, "downloaded");
        world.until("the first is answered", |world| {
            world.count("SELECT count(*) FROM outbox WHERE state = 4 OR attempts = 1") == 1
        });
        server.always(Some(Play::Answer("RCPT", "451 4.7.1 greylisted")));
        (2..=PEOPLE).for_each(|user| world.event(user, "downloaded"));
        world.until("all are put off", |world| {
            world.count("SELECT count(*) FROM outbox WHERE attempts = 1") == i64::from(PEOPLE)
        });
        let log = Log::stopped(serving, form);
        let told = log.text.lines().filter(|line| line.contains("451 4.7.1 greylisted")).count();
        assert_eq!((told, log.text.matches("552 5.2.2 mailbox full").count() > 0), (20, true), "{}", log.text);
        log.explains("log.repeated", "warn", &["9 more `message.put_off` since "]);
    }
}

/// Whoever follows one message is told all of it, and no more of anybody.
#[test]
fn at_the_level_of_debug_each_mail_is_told_and_no_secret() {
    for form in FORMS {
        let server = Server::start(Vec::new());
        let mut world = World::new(SEND, &format!("{}\nusername = \"anna\"", smtp(server.port())));
        world.write("data/contacts.csv", "User ID,Email,First Name\nu1,p1@x.example,Zacharias\n");
        let mut file = File::options().append(true).open(world.path("data/events.jsonl")).unwrap();
        writeln!(file, "no line of events").unwrap();
        let options = ["--log-format", form, "--log-level", "debug"];
        let serving = world.serve_logged_in(&options, "right");
        world.event(1, "downloaded");
        world.until("it has left", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 1);
        let log = Log::stopped(serving, form);
        log.explains_message("message.sent", "debug", &["attempt 1", "queued as 4711"]);
        log.explains("events.taken", "debug", &["1 so far"]);
        assert!(!log.text.contains("right") && !log.text.contains("Zacharias"), "{}", log.text);
        // The key is in the mail as well: the mail server's own log has it.
        let mail = String::from_utf8(server.arrived()[0].content.clone()).unwrap();
        assert!(mail.contains(&format!("<{MESSAGE}.")), "{mail}");
    }
    let quiet = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, quiet.port());
    world.people(1);
    let serving = world.serve_with(&["--log-format", "json"]);
    world.event(1, "downloaded");
    world.until("it has left", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 1);
    let log = Log::stopped(serving, "json");
    assert!(log.all("message.sent").is_empty() && log.all("events.taken").is_empty(), "{}", log.text);
}

#[test]
fn the_docs_have_every_code_as_it_is() {
    let docs = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/logs.md")).unwrap();
    let listed: Vec<&str> =
        docs.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 3).collect();
    let row =
        |Kind { word, level, means, to_do }: &Kind| format!("| `{word}` | {} | {means} | {to_do} |", level.word());
    assert_eq!(listed, KINDS.iter().map(row).collect::<Vec<_>>());
}

/// Each code is asked for by a test that makes it happen: here, in the engine's own, or in those of what is served.
#[test]
fn every_code_is_made_to_happen_by_a_test() {
    let read = |path: &str| fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let tests = ["tests/log.rs", "tests/serve.rs", "runtime/tests/engine/told.rs"].map(read).concat();
    // Of stores that an older Flow has written.
    let excused = ["contacts.in_doubt"];
    let missing = KINDS.iter().map(|kind| kind.word).filter(|word| !tests.contains(word) && !excused.contains(word));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}
