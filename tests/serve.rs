//! `flow serve`: on the wall clock, against a mail server that takes, refuses, hangs and is gone. Nothing is lost, nothing is given up that
//! could still leave, and nothing of a rehearsal reaches anybody.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "guide/mod.rs"]
mod guide;
#[allow(dead_code)]
#[path = "../runtime/tests/channels/server.rs"]
mod server;
#[path = "world/mod.rs"]
mod world;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use server::{Play, Server};
use world::{SECRET, World, closed_port, smtp};

fn recipients(server: &Server) -> Vec<String> {
    let mut all: Vec<String> =
        server.arrived().into_iter().flat_map(|mail| mail.to).map(|to| to.trim_end().to_owned()).collect();
    all.sort();
    all
}

const SEND: &str = "workflow w {\n enter when downloaded\n reenter never\n send hello\n}\n";

#[test]
fn new_lines_are_taken_as_they_come_and_mail_leaves() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(2);
    {
        let serving = world.serve();
        world.event(1, "downloaded");
        world.until("the first mail has its answer", |world| {
            world.count("SELECT count(*) FROM outbox WHERE state = 2") == 1
        });
        world.event(2, "downloaded");
        world.until("the second has", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 2);
        assert_snapshot!(serving.stop(&world).replace(&server.port().to_string(), "[port]"));
    }
    assert_eq!(recipients(&server), ["RCPT TO:<p1@x.example>", "RCPT TO:<p2@x.example>"]);
    // Served again, what is known changes nothing.
    let said = world.served();
    assert!(said.contains("events") && !said.contains("repeated"), "{said}");
    assert_eq!(server.arrived().len(), 2);
}

/// By hand people come in beside it, by the file of events, and once under one name.
#[test]
fn people_are_let_in_by_hand_beside_it() {
    let server = Server::start(Vec::new());
    let world = World::by_smtp(&SEND.replace("enter when downloaded", "enter by hand"), server.port());
    world.people(3);
    let serving = world.serve();
    for people in [["u1", "p2@x.example"], ["u1", "p2@x.example"], ["u3", "p2@x.example"]] {
        let words = ["enrol", ".", "w", "--contact", people[0], people[1], "--id", "spring"];
        let output = world.command(&words).output().unwrap();
        assert!(output.status.success(), "{}", world.said(&output));
    }
    world.until("each has the mail", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 3);
    serving.stop(&world);
    assert_eq!(recipients(&server), ["RCPT TO:<p1@x.example>", "RCPT TO:<p2@x.example>", "RCPT TO:<p3@x.example>"]);
    assert_eq!(world.count("SELECT count(*) FROM event"), 3, "what is known by its message id changes nothing");
}

/// Without being asked it says nothing where nobody looks on; asked, it says how things stand, and no more often than somebody wants to know.
#[test]
fn how_things_stand_is_told_to_those_who_ask() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(&SEND.replace("send hello", "send hello\n wait 3 days"), server.port());
    world.people(2);
    for user in [1, 2] {
        let serving = world.serve_with(&["--progress"]);
        world.event(user, "downloaded");
        world.until("the mail has left", |world| {
            world.count("SELECT count(*) FROM decision_view WHERE decision = 'sent'") == i64::from(user)
        });
        let said = serving.stop(&world);
        let told: Vec<&str> = said.lines().filter(|line| line.contains(" in workflows, ")).collect();
        assert_eq!(told.len(), 1, "a mail is no news within a minute: {said}");
        assert!(told[0].starts_with("[time]  ") && told[0].ends_with(" waiting"), "{said}");
        assert!(user == 1 || told[0].contains(" in workflows, 1 mail sent, ") || told[0].contains(" 2 mails sent, "));
    }

    let said = world.serve().stop(&world);
    assert!(!said.contains(" in workflows, "), "{said}");
}

#[test]
fn what_was_there_before_is_history() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(1);
    world.event(1, "downloaded");
    thread::sleep(Duration::from_millis(5));
    let serving = world.serve();
    world.until("the line is taken", |world| world.count("SELECT count(*) FROM event") == 1);
    let said = serving.stop(&world);
    assert!(said.contains("exit 0"), "{said}");
    assert!(server.arrived().is_empty());
}

/// A port where nobody listens, a wrong password, a server without encryption, a secret that is not set: the command stops before the first
/// mail, and the same command sends everything once it is mended.
#[test]
fn wrong_mail_settings_stop_it_and_give_up_nothing() {
    let world = World::by_smtp(SEND, closed_port());
    let stops = |world: &World| {
        let output = world.command(&["serve", "--no-http"]).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", world.said(&output));
        world.said(&output)
    };
    assert!(stops(&world).contains("refused the connection"));

    let server = Server::start(Vec::new());
    let login = format!("{}\nusername = \"anna\"", smtp(server.port()));
    let world = World::new(SEND, &login);
    let mut command = world.command(&["serve", "--no-http"]);
    let output = command.env("FLOW_SMTP_PASSWORD", "wrong").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_snapshot!(world.said(&output).replace(&server.port().to_string(), "[port]"));

    let world = World::new(SEND, &smtp(server.port()).replace("\"none\"", "\"starttls\""));
    assert!(stops(&world).contains("offers no STARTTLS"));

    let world = World::by_smtp(SEND, server.port());
    let output = world.command(&["serve", "--no-http"]).env_remove(SECRET.0).output().unwrap();
    let said = world.said(&output);
    assert!(said.contains("the secret that signs unsubscribe links is not set") && said.contains("exit 3"), "{said}");
    assert!(server.arrived().is_empty());
}

/// A server that goes away while mail leaves costs no mail: it waits, and does not count as an attempt.
#[test]
fn a_server_that_goes_away_is_waited_for() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(1);
    let serving = world.serve();
    server.always(Some(Play::HangUpOn("MAIL")));
    world.event(1, "downloaded");
    world.until("the mail waits", |world| world.count("SELECT count(*) FROM outbox WHERE state = 0") == 1);
    let said = serving.stop(&world);
    assert!(said.contains("waiting to leave") && said.contains("exit 0"), "{said}");
    assert_eq!(
        world.count("SELECT count(*) FROM journey_view WHERE status = 'sending'"),
        1,
        "the journey waits for its answer"
    );
    let report = world.said(&world.command(&["report"]).output().unwrap());
    assert!(report.contains("waiting to leave              1  the next is due 20"), "{report}");
    assert!(report.contains("The last trouble with mail: "), "{report}");
    let json = world.command(&["report", "--format", "json"]).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert!(json["mail"]["next_due_at"].is_string() && json["mail"]["last_trouble"].is_string(), "{json}");
    server.always(None);
}

/// An address that the server refuses: the mail is undelivered, the person bounced, and the journey goes on without it.
#[test]
fn a_refused_recipient_is_undelivered_and_the_journey_knows() {
    let server = Server::start(vec![Play::Answer("RCPT", "550 5.1.1 no such user")]);
    let workflow = "team sales { member \"ana@acme.example\"; assign round robin }\n\
                    workflow w {\n enter when downloaded\n reenter never\n send hello\n if not sent hello {\n handoff to sales { note \"no mail\" }\n }\n}\n";
    let mut world = World::by_smtp(workflow, server.port());
    world.people(1);
    let serving = world.serve();
    world.event(1, "downloaded");
    world.until("sales has its notice", |world| {
        world.count("SELECT count(*) FROM outbox WHERE state = 2 AND kind = 1") == 1
    });
    let said = serving.stop(&world);
    assert_snapshot!(said.replace(&server.port().to_string(), "[port]"));
    assert_eq!(recipients(&server), ["RCPT TO:<ana@acme.example>"]);
}

/// The address that mail is from is refused: it stops, names it, and gives up nobody; mended, the same command sends everything.
#[test]
fn a_sender_that_is_refused_stops_it_and_gives_up_nobody() {
    const PEOPLE: u32 = 12;
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(PEOPLE);
    let serving = world.serve();
    server.always(Some(Play::Answer("MAIL", "550 5.7.1 Sender address rejected: not owned by user")));
    (1..=PEOPLE).for_each(|user| world.event(user, "downloaded"));
    let said = serving.end(&world);
    // Whose mail is met first is chance.
    let said = (1..=PEOPLE).fold(said, |said, n| said.replace(&format!("c{n}.w.1."), "c[n].w.1."));
    assert_snapshot!(said.replace(&server.port().to_string(), "[port]"));
    let waiting = "SELECT count(*) FROM outbox WHERE state = 0 AND attempts = 0";
    assert_eq!(world.count(waiting), world.count("SELECT count(*) FROM outbox"));
    server.always(None);
    let serving = world.serve();
    world.until("everybody is mailed", |_| server.arrived().len() == PEOPLE as usize);
    drop(serving.stop(&world));
}

/// Refused by rules one after the other, people wait for whoever mends it.
#[test]
fn refusals_by_rules_of_everybody_pause_mail_and_say_why() {
    const PEOPLE: u32 = 12;
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(PEOPLE);
    server.always(Some(Play::Answer("RCPT", "550 5.7.1 relaying denied")));
    let serving = world.serve();
    (1..=PEOPLE).for_each(|user| world.event(user, "downloaded"));
    let given_up = "SELECT count(*) FROM outbox WHERE state IN (3, 4, 5)";
    world.until("mail pauses", |world| {
        world.count("SELECT count(*) FROM outbox WHERE state = 0 AND detail LIKE '%others running%'") > 0
    });
    let said = serving.stop(&world);
    assert!(said.contains(" channel.down ") && said.contains("mail pauses, and nobody more is given up"), "{said}");
    assert_eq!(world.count(given_up), 2, "{said}");
    // Nor by those who come after, where somebody starts it again while they mend it.
    let serving = world.serve();
    let downs = "SELECT count(*) FROM outbox WHERE state = 0 AND detail LIKE '%had paused before this start%'";
    world.until("it is refused once more", |world| world.count(downs) > 0);
    let said = serving.stop(&world);
    assert!(!said.contains("channel.back") && world.count(given_up) == 2, "{said}");
    server.always(None);
    let serving = world.serve();
    world.until("the others are mailed", |_| server.arrived().len() == PEOPLE as usize - 2);
    drop(serving.stop(&world));
}

/// Nor does one begin to count anew that ends before it has met a third.
#[test]
fn refusals_by_rules_are_counted_over_all_starts() {
    const PEOPLE: u32 = 4;
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(PEOPLE);
    server.always(Some(Play::Answer("RCPT", "550 5.7.1 relaying denied")));
    for user in 1..=PEOPLE {
        let serving = world.serve();
        world.event(user, "downloaded");
        let told = "SELECT count(*) FROM outbox WHERE state IN (3, 4, 5) OR detail LIKE '%mail pauses%'";
        world.until("it is refused", |world| world.count(told) >= i64::from(user.min(3)));
        serving.signal("-KILL");
        serving.end(&world);
    }
    assert_eq!(world.count("SELECT count(*) FROM outbox WHERE state IN (3, 4, 5)"), 2);
}

/// A member's address that the server refuses: the notice is not among the sent.
#[test]
fn a_lost_notice_is_not_called_sent() {
    let server = Server::start(vec![Play::Answer("RCPT", "550 5.1.1 no such user")]);
    let workflow = "team sales { member \"ana@acme.example\"; assign round robin }\n\
                    workflow w {\n enter when downloaded\n reenter never\n handoff to sales { note \"call\" }\n}\n";
    let mut world = World::by_smtp(workflow, server.port());
    world.people(1);
    let serving = world.serve();
    world.event(1, "downloaded");
    world.until("the notice is refused", |world| world.count("SELECT count(*) FROM outbox WHERE state = 4") == 1);
    let said = serving.stop(&world);
    let mail = said.split_once("\nMail\n").unwrap().1;
    assert!(mail.contains("sent") && !mail.contains("notices to teams"), "{said}");
}

/// The first signal lets the messages in hand finish and keeps their answers; the same command sends the rest, each once.
#[test]
fn a_signal_finishes_the_mails_in_hand() {
    const PEOPLE: u32 = 120;
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(PEOPLE);
    for signal in ["-INT", "-TERM", "-HUP"] {
        let serving = world.serve();
        if world.events == 0 {
            (1..=PEOPLE).for_each(|user| world.event(user, "downloaded"));
        }
        let sent = server.arrived().len();
        world.until("mail leaves", |_| server.arrived().len() > sent || server.arrived().len() == PEOPLE as usize);
        serving.signal(signal);
        let said = serving.end(&world);
        assert!(said.contains("exit 0"), "{said}");
        assert_eq!(world.count("SELECT count(*) FROM outbox WHERE state IN (1, 5)"), 0, "nothing is left in doubt");
        assert_eq!(world.count("SELECT count(*) FROM outbox WHERE state = 2"), server.arrived().len() as i64);
    }
    let rest = world.serve();
    world.until("everybody is mailed", |world| {
        world.count("SELECT count(*) FROM outbox WHERE state = 2") == i64::from(PEOPLE)
    });
    drop(rest.stop(&world));
    let mut people = recipients(&server);
    assert_eq!(people.len(), PEOPLE as usize);
    people.dedup();
    assert_eq!(people.len(), PEOPLE as usize, "somebody was mailed twice");
}

/// A server that never answers holds up the end until the second signal.
#[test]
fn a_second_signal_does_not_wait() {
    let server = Server::start(vec![Play::StallOn("DATA")]);
    let mut world = World::by_smtp(SEND, server.port());
    world.people(1);
    let serving = world.serve();
    world.event(1, "downloaded");
    world.until("the mail is on its way", |_| server.commands().contains(&"DATA".to_owned()));
    serving.signal("-INT");
    thread::sleep(Duration::from_millis(600));
    serving.signal("-INT");
    assert!(serving.end(&world).contains("exit 130"));
    // Nobody knows; and as the policy is to give up, it is not sent again.
    let again = world.serve();
    world.until("its fate is settled", |world| world.count("SELECT count(*) FROM outbox WHERE state = 5") == 1);
    drop(again.stop(&world));
    assert_eq!(world.text("SELECT detail FROM outbox"), "Flow stopped while it was on its way");
}

/// What was claimed and never begun did not leave: after a kill it is sent, and only what had begun is in doubt and given up.
#[test]
#[cfg(target_os = "linux")]
fn a_kill_gives_up_what_had_begun_alone() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(4);
    let of_state =
        |world: &World, state: u32| world.count(&format!("SELECT count(*) FROM outbox WHERE state = {state}"));
    let serving = world.serve();
    world.event(1, "downloaded");
    world.until("the first mail is sent", |world| of_state(world, 2) == 1);
    drop(serving.stop(&world));

    let killed_at = |world: &mut World, user: u32, command: &'static str| {
        let asked = |server: &Server| server.commands().iter().filter(|said| said.starts_with(command)).count();
        let before = asked(&server);
        let serving = world.serve();
        server.always(Some(Play::StallOn(command)));
        world.event(user, "downloaded");
        world.until("the mail is on its way", |_| asked(&server) > before);
        serving.signal("-KILL");
        drop(serving.end(world));
        server.always(None);
        assert_eq!(of_state(world, 1), 1, "claimed");
    };
    killed_at(&mut world, 2, "RCPT");
    let serving = world.serve();
    world.until("the second mail is sent", |world| of_state(world, 2) == 2);
    assert_eq!(world.count("SELECT attempts FROM outbox WHERE recipient = 'p2@x.example'"), 1, "the one that was made");
    drop(serving.stop(&world));

    killed_at(&mut world, 3, "DATA");
    let serving = world.serve();
    world.until("the third mail is given up", |world| of_state(world, 5) == 1);
    drop(serving.stop(&world));

    // An attempt that the server stopped at its `DATA` does not count: the next one, killed before that, has its number and did not leave.
    let serving = world.serve();
    server.always(Some(Play::Answer("DATA", "530 5.7.0 log in first")));
    world.event(4, "downloaded");
    assert!(serving.end(&world).contains("exit 3"));
    server.always(Some(Play::StallOn("RCPT")));
    let asked = |server: &Server| server.commands().iter().filter(|said| said.starts_with("RCPT")).count();
    let before = asked(&server);
    let serving = world.serve();
    world.until("the fourth mail is on its way", |_| asked(&server) > before);
    serving.signal("-KILL");
    drop(serving.end(&world));
    assert_eq!(of_state(&world, 1), 1, "claimed");
    server.always(None);
    let serving = world.serve();
    world.until("the fourth mail is sent", |world| of_state(world, 2) == 3);
    drop(serving.stop(&world));
    assert_eq!(of_state(&world, 5), 1, "nobody else is given up");
    let sent = [1, 2, 4].map(|user| format!("RCPT TO:<p{user}@x.example>"));
    assert_eq!(recipients(&server), sent);
}

/// A server that answers a byte now and then holds up the end no longer than one that is silent: the time is that of a whole answer.
#[test]
fn a_server_that_drips_does_not_hold_up_the_first_signal() {
    // Longer to say than the timeout, and taken as an answer by whoever waits for all of it.
    let dripped: &'static str = format!("354 {}", "go on ".repeat(30)).leak();
    let server = Server::start(Vec::new());
    server.always(Some(Play::Drip("DATA", dripped)));
    let mail = smtp(server.port()).replace("timeout_seconds = 20", "timeout_seconds = 1");
    let mut world = World::new(SEND, &mail);
    world.people(1);
    let serving = world.serve();
    world.event(1, "downloaded");
    world.until("the mail is on its way", |_| server.commands().contains(&"DATA".to_owned()));
    let said = serving.stop(&world);
    assert!(said.contains("exit 0") && said.contains("did not answer within 1 s"), "{said}");
    assert!(server.arrived().is_empty());
}

/// Killed again and again, it loses nobody; what leaves twice is at most what was on its way, and under the same Message-ID.
#[test]
fn kills_lose_nothing_and_double_only_what_was_on_its_way() {
    const PEOPLE: u32 = 150;
    const KILLS: usize = 6;
    let server = Server::start(Vec::new());
    let mut world = World::new(SEND, &format!("{}\nuncertain = \"resend\"", smtp(server.port())));
    world.people(PEOPLE);
    for kill in 0..KILLS {
        let serving = world.serve();
        if kill == 0 {
            (1..=PEOPLE).for_each(|user| world.event(user, "downloaded"));
        }
        let sent = server.arrived().len();
        world.until("some mail leaves", |_| {
            server.arrived().len() >= sent + 7 || server.arrived().len() >= PEOPLE as usize
        });
        serving.signal("-KILL");
        drop(serving.end(&world));
    }
    let rest = world.serve();
    world.until("everybody is mailed", |_| {
        let ids: BTreeSet<String> = server.arrived().iter().map(|mail| message_id(&mail.content)).collect();
        ids.len() == PEOPLE as usize
    });
    drop(rest.stop(&world));
    let mut ids: Vec<String> = server.arrived().iter().map(|mail| message_id(&mail.content)).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), PEOPLE as usize, "everybody once, by Message-ID");
    let most = KILLS * flow_runtime::dispatch::THREADS_MAX;
    assert!(all - ids.len() <= most, "{} left twice, where at most {most} were on their way", all - ids.len());
}

/// What no start reads may have been damaged by whatever ended the process: the next start says so and works on nothing.
#[test]
fn a_store_that_was_damaged_by_a_kill_is_not_served() {
    let world = World::new(SEND, "connector = \"file\"");
    drop(world.serve().stop(&world));
    let root: i64 = world.count("SELECT rootpage FROM sqlite_schema WHERE name = 'handoff'");
    let killed = world.serve();
    killed.signal("-KILL");
    drop(killed.end(&world));
    let mut file = fs::File::options().write(true).open(world.store()).unwrap();
    file.seek(SeekFrom::Start((root as u64 - 1) * 4096)).unwrap();
    file.write_all(&[0xA5; 4096]).unwrap();
    let output = world.command(&["serve", "--no-http"]).output().unwrap();
    assert_snapshot!(
        "a_damaged_store",
        world.said(&output).replace(&format!("Tree {root} page {root}"), "Tree [n] page [n]")
    );
}

fn message_id(mail: &[u8]) -> String {
    let text = String::from_utf8_lossy(mail);
    text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned()
}

/// A rehearsal's store never becomes that of real people, nor the other way round (E13).
#[test]
fn a_store_is_either_a_rehearsals_or_a_live_one() {
    let server = Server::start(Vec::new());
    let world = World::by_smtp(SEND, server.port());
    assert!(world.command(&["run"]).status().unwrap().success());
    let output = world.command(&["serve", "--no-http", "--store", "out/case.db"]).output().unwrap();
    assert_snapshot!("a_rehearsal_is_not_served", world.said(&output));
    drop(world.serve().stop(&world));
    let output = world.command(&["run", "--store", "out/case.live.db"]).output().unwrap();
    assert_snapshot!("a_live_store_is_not_rehearsed", world.said(&output));

    // Refused, it stays as it is, whatever the project has become: neither the program in it changes nor anything else.
    let text = fs::read_to_string(world.path("case.flow")).unwrap();
    let asks =
        "workflow z { enter when visited(page is \"/x\") at least 1 times ever new only; reenter never; send hello }\n";
    world.write("case.flow", &format!("{text}{asks}"));
    for (store, words) in [
        ("out/case.live.db", &["run", "--store", "out/case.live.db"][..]),
        ("out/case.live.db", &["run", "--fresh", "--store", "out/case.live.db"]),
        ("out/case.db", &["serve", "--no-http", "--store", "out/case.db"]),
    ] {
        let before = fs::read(world.path(store)).unwrap();
        let output = world.command(words).output().unwrap();
        let said = world.said(&output);
        assert!(said.contains("exit 3") && said.contains("holds ") && !said.contains("note: "), "{said}");
        assert!(fs::read(world.path(store)).unwrap() == before, "{words:?} changed {store}");
        let version = "SELECT max(version) FROM program";
        let shell = rusqlite::Connection::open(world.path(store)).unwrap();
        assert_eq!(shell.query_row(version, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    }
    assert!(server.arrived().is_empty());
}

#[test]
fn two_of_them_never_work_on_one_store() {
    let server = Server::start(Vec::new());
    let world = World::by_smtp(SEND, server.port());
    let first = world.serve();
    let greeted = server.connections();
    let output = world.command(&["serve", "--no-http"]).output().unwrap();
    assert!(world.said(&output).contains("another Flow already works on"), "{}", world.said(&output));
    assert_eq!((output.status.code(), server.connections()), (Some(3), greeted));
    // Nor under another name of the same file.
    std::os::unix::fs::symlink(world.store(), world.path("out/symbolic.db")).unwrap();
    fs::hard_link(world.store(), world.path("out/hard.db")).unwrap();
    for name in ["out/symbolic.db", "out/hard.db"] {
        let output = world.command(&["serve", "--no-http", "--store", name]).output().unwrap();
        assert_eq!((output.status.code(), server.connections()), (Some(3), greeted), "{}", world.said(&output));
        #[cfg(target_os = "linux")]
        assert!(world.said(&output).contains("another Flow already works on"), "{}", world.said(&output));
    }
    drop(first.stop(&world));
}

/// A refusal that is taken into a live store stays, so where most people would be shut out somebody looks first.
#[test]
fn contacts_that_shut_out_most_people_wait_for_somebody_to_look() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    let rows = |refused: u32, of: u32| {
        let row = |n| format!("u{n},p{n}@x.example,{}\n", if n <= refused { "FALSE" } else { "TRUE" });
        format!("User ID,Email,Opted in\n{}", (1..=of).map(row).collect::<String>())
    };
    world.write("data/contacts.csv", &rows(12, 20));
    let stopped = world.command(&["serve", "--no-http"]).output().unwrap();
    assert_eq!((stopped.status.code(), world.count("SELECT count(*) FROM contact")), (Some(3), 0));
    assert_snapshot!(world.said(&stopped));
    // What happens until it is answered is history: the store has not begun.
    assert_eq!(world.count("SELECT count(*) FROM slot WHERE first_day > -9223372036854775807"), 0);

    // What is meant is said by one line.
    let settings = fs::read_to_string(world.path("flow.toml")).unwrap();
    world.write("flow.toml", &format!("{settings}[refusals]\n\"Opted in\" = \"contacts.csv\"\n"));
    let said = world.served();
    assert_eq!(world.count("SELECT count(*) FROM decision WHERE code = 16"), 12);
    assert!(!said.contains("mostly_shut_out"), "{said}");
    let reason = "SELECT DISTINCT reason FROM decision_view WHERE decision = 'suppressed'";
    assert_eq!(world.text(reason), "a file says that the contact unsubscribed: `Opted in` of contacts.csv");

    // Without it the same people are no news, and one more is soon looked through.
    world.write("flow.toml", &settings);
    world.write("data/contacts.csv", &rows(13, 20));
    let said = world.served();
    assert_eq!(world.count("SELECT count(*) FROM decision WHERE code = 16"), 13);
    assert!(
        said.contains("warn  contacts.mostly_shut_out  `contacts.csv` shuts out more than half of its rows"),
        "{said}"
    );
}

/// Also where they are few, since a refusal of one is as much for good; and where the store knows the others.
#[test]
fn few_contacts_that_shut_out_most_of_themselves_wait_too() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    let settings = fs::read_to_string(world.path("flow.toml")).unwrap();
    let columns = "[columns]\n\"Email marketing OK?\" = \"unsubscribed\"\n";
    world.write("flow.toml", &format!("{settings}{columns}"));
    let header = "Email,Company,Email marketing OK?\n";
    let row = |n: u32, says: &str| format!("p{n}@x.example,Acme,{says}\n");
    let answers = |yes: u32, no: u32| {
        let says = |n: u32| row(n, if n <= yes { "Yes" } else { "No" });
        (1..=yes + no).map(says).collect::<String>()
    };
    // Seven of fourteen are rejected, by commas without quotes.
    let rejected: String = (20..27).map(|n| row(n, "Yes").replace("Acme", "Acme, Inc.")).collect();
    world.write("data/contacts.csv", &format!("{header}{}{rejected}", answers(5, 2)));
    let stops = |world: &World| {
        let people = world.count("SELECT count(*) FROM contact");
        let stopped = world.command(&["serve", "--no-http"]).output().unwrap();
        let said = world.said(&stopped);
        assert_eq!((stopped.status.code(), world.count("SELECT count(*) FROM contact")), (Some(3), people), "{said}");
        assert!(!said.contains("before `flow serve`"), "{said}");
        said
    };
    let said = stops(&world);
    assert!(
        said.contains("shuts out more than half of its rows from marketing mail, 5 of 7: by `Email marketing OK?` 5"),
        "{said}"
    );
    // Those who really are not to be written to come in by one line.
    let meant = "[refusals]\n\"Email marketing OK?\" = \"contacts.csv\"\n";
    world.write("flow.toml", &format!("{settings}{columns}{meant}"));
    world.served();
    assert_eq!(world.count("SELECT count(*) FROM decision WHERE code = 16"), 5);
    // Most of those who can still be written to, however many are known to be shut out.
    world.write("flow.toml", &format!("{settings}{columns}"));
    world.write("data/contacts.csv", &format!("{header}{}", answers(7, 1)));
    stops(&world);
    // One of three is no wrong column.
    world.write("data/contacts.csv", &format!("{header}{}", answers(6, 2)));
    world.served();
    assert_eq!(world.count("SELECT count(*) FROM decision WHERE code = 16"), 6);
}

/// Each start reads the contacts whole, and the list says once what is wrong with them.
#[test]
fn a_start_over_the_same_contacts_repeats_nothing() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.write("data/contacts.csv", "User ID,Email\nu1,no-address\nu2,p2@x.example\n");
    world.served();
    let path = world.path("out/case.live.rejected.txt");
    let list = || fs::read_to_string(&path).unwrap();
    let first = list();
    assert!(first.contains("contacts.csv:2: email: not an e-mail address") && !first.contains("anew"), "{first}");
    let said = world.served();
    assert_eq!(list(), first, "{said}");
    world.write("data/contacts.csv", "User ID,Email\nu1,no-address\nu2,p2@x.example\nu3,none\n");
    world.served();
    assert_eq!(list().lines().count(), first.lines().count() + 1, "{}", list());
}

/// A list that is cut within a character, or is somebody else's, keeps nobody from serving; what a file that is read again says is not said
/// again.
#[test]
fn the_list_of_what_was_not_taken_keeps_nobody_from_serving() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(1);
    let list = world.path("out/case.live.rejected.txt");
    let wrong = "{\"type\":\"track\",\"userId\":\"u1\",\"event\":\"x\",\"timestamp\":\"n\u{f6}\"}\n";
    world.write("data/events.jsonl", wrong);
    let said = world.served();
    assert!(said.contains("exit 0") && fs::read(&list).unwrap().ends_with(b"\n"), "{said}");

    let whole = fs::read(&list).unwrap();
    let within = whole.windows(2).rposition(|pair| pair == "\u{f6}".as_bytes()).unwrap() + 1;
    fs::write(&list, &whole[..within]).unwrap();
    let said = world.served();
    assert!(said.contains("exit 0") && !said.contains("list.unwritable"), "{said}");

    // The file is begun anew, and its lines are read again.
    fs::write(&list, &whole).unwrap();
    let events = fs::read_to_string(world.path("data/events.jsonl")).unwrap();
    world.write("data/events.jsonl", &format!("{wrong}{events}"));
    let said = world.served();
    let lines = |number: usize| format!("events.jsonl:{number}: ");
    let list_now = fs::read_to_string(&list).unwrap();
    assert_eq!([1, 2].map(|number| list_now.matches(&lines(number)).count()), [1, 1], "{said}\n{list_now}");

    fs::write(&list, "mine").unwrap();
    let said = world.served();
    assert!(said.contains(" warn  list.unwritable ") && said.contains("is a file that Flow has not written"), "{said}");
    assert!(said.contains("exit 0") && fs::read(&list).unwrap() == b"mine", "{said}");
}

/// Lines of visits, each with its own id, behind those that a test writes.
fn visits(numbers: std::ops::Range<usize>) -> String {
    let now = world::now().replace(' ', "T");
    let line = |n: usize| {
        format!(
            "{{\"type\":\"track\",\"messageId\":\"v{n}\",\"userId\":\"u1\",\"event\":\"visited\",\"timestamp\":\"{now}\"}}\n"
        )
    };
    numbers.map(line).collect()
}

/// A file of many lines does not keep the first signal waiting, and what was read of it is not read again.
#[test]
fn a_signal_is_heard_in_the_middle_of_a_long_file() {
    const LINES: usize = 40_000;
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(1);
    world.write("data/events.jsonl", &visits(0..LINES));
    let of_events = |world: &World| world.count("SELECT count(*) FROM event");
    let serving = world.serve();
    world.until("the first lines are taken", |world| of_events(world) > 0);
    let said = serving.stop(&world);
    let taken = of_events(&world);
    assert!(said.contains("exit 0") && taken < LINES as i64, "{taken} taken: {said}");
    let serving = world.serve();
    world.event(1, "downloaded");
    world.until("all lines are taken", |world| of_events(world) == LINES as i64 + 1);
    world.until("the mail is sent", |_| server.arrived().len() == 1);
    let said = serving.stop(&world);
    assert!(said.contains("exit 0") && !said.contains("repeated"), "{said}");
}

/// Whoever writes faster than Flow reads holds up no mail: each look goes to where the file ended when it began.
#[test]
fn a_file_that_never_ends_holds_up_no_mail() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(1);
    let serving = world.serve();
    world.event(1, "downloaded");
    let is_over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let path = world.path("data/events.jsonl");
    let writer = thread::spawn({
        let is_over = is_over.clone();
        move || {
            let mut file = fs::File::options().append(true).open(path).unwrap();
            for piece in 0.. {
                file.write_all(visits(piece * 1_000..(piece + 1) * 1_000).as_bytes()).unwrap();
                if is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    return piece;
                }
                thread::sleep(Duration::from_millis(10));
            }
            0
        }
    });
    world.until("the mail is sent", |_| server.arrived().len() == 1);
    serving.signal("-TERM");
    let said = serving.end(&world);
    is_over.store(true, std::sync::atomic::Ordering::Relaxed);
    let written = (writer.join().unwrap() + 1) * 1_000 + 1;
    assert!(said.contains("exit 0") && world.count("SELECT count(*) FROM event") < written as i64, "{said}");
}

/// What a log for machines says of one kind.
fn noted(log: &[u8], code: &str) -> Vec<serde_json::Value> {
    let lines = std::str::from_utf8(log).unwrap().lines().map(|line| serde_json::from_str(line).unwrap());
    lines.filter(|line: &serde_json::Value| line.get("code").is_some_and(|found| found == code)).collect()
}

/// For more than a minute nobody gets mail whose refusal may wait in it, whatever keeps the file from being read.
#[test]
fn a_file_of_events_that_cannot_be_read_for_a_minute_ends_it_and_the_same_command_goes_on() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(1);
    let serving = world.serve();
    let (file, away) = (world.path("data/events.jsonl"), world.path("data/away.jsonl"));
    std::fs::rename(&file, &away).unwrap();
    std::fs::create_dir(&file).unwrap();
    let (said, code) = serving.log();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("events.unreadable"), "{said}");
    assert!(said.contains("error: cannot read `events.jsonl:1`: is a directory; it was so for 60 seconds"), "{said}");
    std::fs::remove_dir(&file).unwrap();
    std::fs::rename(&away, &file).unwrap();
    let serving = world.serve();
    world.event(1, "downloaded");
    world.until("it has left", |_| recipients(&server).len() == 1);
    serving.stop(&world);
}

/// Whoever unsubscribed by an event that nobody understands gets mail until somebody looks: it is told at once, by its name, and counted at
/// the end.
#[test]
fn an_opt_out_that_is_not_understood_is_told_at_once() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.people(2);
    let come = |world: &mut World, already: i64| {
        world.event(1, "Newsletter Opt-Out Pressed");
        world.event(2, "Newsletter Opt-Out Pressed");
        world.until("they have come", |world| world.count("SELECT count(*) FROM event") == already + 2);
    };
    let serving = world.serve();
    come(&mut world, 0);
    let said = serving.stop(&world);
    let told = "[time] warn  events.not_understood  `Newsletter Opt-Out Pressed` sounds like a refusal and is none that Flow knows";
    let (at, stopping) = (said.find(told).unwrap(), said.find("stopping").unwrap());
    assert!(at < stopping && said.matches(told).count() == 1, "at once, and once a name: {said}");
    assert!(said.contains("2 Newsletter Opt-Out Pressed"), "{said}");
    assert!(said.contains("2 events and traits that sound like a refusal and have no effect"), "{said}");

    let serving = world.serve_as_json();
    come(&mut world, 2);
    serving.signal("-TERM");
    let notes = noted(&serving.output().stderr, "events.not_understood");
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!((&notes[0]["level"], &notes[0]["name"]), (&"warn".into(), &"Newsletter Opt-Out Pressed".into()));
    // The store keeps it: whoever asks later is told of both days.
    let report = world.said(&world.command(&["report"]).output().unwrap());
    let warned = "warning: 4 events sound like a refusal and shut nobody out: 4 Newsletter Opt-Out Pressed\n";
    assert!(report.contains(warned), "{report}");
    let data =
        "  not understood              4  no effect, though it sounds like a refusal: 4 Newsletter Opt-Out Pressed\n";
    assert!(report.contains(data), "{report}");
}

/// Ids of two kinds: nobody of the events is in the contacts, and the campaign writes to nobody. It is told at once and at the end, and whoever asks
/// later is told as well.
#[test]
fn events_of_people_whom_the_contacts_do_not_have_are_told_at_once() {
    let server = Server::start(Vec::new());
    let mut world = World::by_smtp(SEND, server.port());
    world.write("data/contacts.csv", "Contact ID,Email\nu1,p1@x.example\nu2,p2@x.example\n");
    let serving = world.serve();
    world.event(1, "Downloaded");
    world.until("it has come", |world| world.count("SELECT count(*) FROM event") == 1);
    // What is known of it is kept with the place in the file.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let said = serving.stop(&world);
    let cure = "not one user id of the events is in the contacts; `Contact ID` may hold it: write `\"Contact ID\" = \"user_id\"` below \
                `[columns]` in flow.toml";
    let told =
        format!("[time] warn  events.unknown_people  1 of 1 events with a user id are about unknown people: {cure}");
    let (at, stopping) = (said.find(&told), said.find("stopping").unwrap());
    assert!(at.is_some_and(|at| at < stopping) && said.matches(cure).count() == 2, "at once, and at the end: {said}");
    let report = world.said(&world.command(&["report"]).output().unwrap());
    assert!(report.contains(cure), "{report}");

    // Another process does not read them again, and goes on from there.
    let serving = world.serve_as_json();
    world.event(2, "Downloaded");
    world.until("it has come", |world| world.count("SELECT count(*) FROM event") == 2);
    std::thread::sleep(std::time::Duration::from_millis(500));
    serving.signal("-TERM");
    let output = serving.output();
    let notes = noted(&output.stderr, "events.unknown_people");
    assert_eq!((notes.len(), &notes[0]["events"]), (1, &2.into()));

    // Once the contacts have one of them, nobody says so any more.
    let settings = std::fs::read_to_string(world.path("flow.toml")).unwrap();
    world.write("flow.toml", &format!("{settings}\n[columns]\n\"Contact ID\" = \"user_id\"\n"));
    let serving = world.serve();
    world.event(2, "Downloaded");
    world.until("it has come", |world| world.count("SELECT count(*) FROM event") == 3);
    std::thread::sleep(std::time::Duration::from_millis(500));
    let said = serving.stop(&world);
    let report = world.said(&world.command(&["report"]).output().unwrap());
    assert!(!said.contains("unknown people") && !report.contains("unknown people"), "{said}\n{report}");
}

/// A new store in the place of one whose disk is not there would know nobody, and write to everybody again.
#[test]
fn a_store_that_is_not_there_any_more_is_not_begun_anew() {
    let mut world = World::new("workflow w { enter when visited; reenter never; send hello }", "connector = \"file\"");
    world.people(1);
    world.served();
    let (store, away) = (world.store(), world.path("away.db"));
    std::fs::rename(&store, &away).unwrap();
    let refused = world.command(&["serve", "--no-http"]).output().unwrap();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(3), "{told}");
    assert!(told.contains("is not there, or empty, and this project was served into it before"), "{told}");
    assert!(told.contains(".flow-served") && !store.exists(), "{told}");

    std::fs::write(&store, "x").unwrap();
    let refused = world.command(&["serve", "--no-http"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(3), "cut to nothing");

    std::fs::rename(&away, &store).unwrap();
    world.served();
    assert_eq!(world.count("SELECT count(*) FROM outbox"), 1, "the one of before");

    // On purpose it is begun anew.
    std::fs::remove_file(&store).unwrap();
    std::fs::remove_file(world.path(".flow-served")).unwrap();
    world.served();
    assert_eq!(world.count("SELECT count(*) FROM contact"), 1);
}

/// What left since a backup was made would leave again: also since one that was made while it was served, and where the lock is of then, too.
#[test]
fn a_store_that_is_in_the_past_does_not_go_on() {
    let mut world = World::new("workflow w { enter when visited; reenter never; send hello }", "connector = \"file\"");
    world.people(2);
    world.served();
    let (store, backup) = (world.store(), world.path("backup.db"));
    let lock = store.with_extension("db.lock");
    let refused = |world: &World, words: &str| {
        let refused = world.command(&["serve", "--no-http"]).output().unwrap();
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(3), "{told}");
        assert!(told.contains(words) && told.contains("Message-ID") && told.contains(".flow-served"), "{told}");
    };
    let serving = world.serve();
    rusqlite::Connection::open(&store).unwrap().execute("VACUUM INTO ?1", [backup.to_str().unwrap()]).unwrap();
    let lock_of_then = std::fs::read(&lock).unwrap();
    world.event(2, "visited");
    world.until("the second mail has left", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 2);
    serving.signal("-KILL");
    serving.end(&world);
    let log = store.with_extension("db-wal");
    let newer = [&store, &log, &lock].map(|path| (path.clone(), std::fs::read(path).unwrap()));
    // One that was made since the last start, and since a stop.
    std::fs::remove_file(&log).unwrap();
    std::fs::copy(&backup, &store).unwrap();
    refused(&world, "of work that were done in it");
    newer.iter().for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
    world.served();
    assert_eq!(world.count("SELECT count(*) FROM outbox"), 2, "nothing left twice");
    let newer = std::fs::read(&store).unwrap();
    std::fs::copy(&backup, &store).unwrap();
    refused(&world, "of work that were done in it");
    // The lock of then knows of nothing more, and the project does.
    std::fs::write(&lock, lock_of_then).unwrap();
    refused(&world, "is older than when this project was served last");
    std::fs::write(&store, newer).unwrap();
    world.served();

    // On purpose, as it says.
    std::fs::copy(&backup, &store).unwrap();
    std::fs::remove_file(&lock).unwrap();
    std::fs::remove_file(world.path(".flow-served")).unwrap();
    world.served();
    assert_eq!(world.count("SELECT count(*) FROM outbox"), 2, "what had left leaves again");
}

/// What fell due while Flow was away for long, or by a clock that is wrong, leaves only where somebody says that the clock is right.
#[test]
fn a_clock_that_is_far_from_the_store_is_asked_about() {
    const DAY_MS: i64 = 86_400_000;
    for (days, words) in [
        (-8, "8 days later: whatever fell due meanwhile would happen now"),
        (400, "days earlier: whatever waits would wait until then"),
    ] {
        let mut world =
            World::new("workflow w { enter when visited; reenter never; send hello }", "connector = \"file\"");
        world.people(2);
        world.served();
        let sql = format!("UPDATE slot SET clock = clock + {}", days * DAY_MS);
        assert_eq!(rusqlite::Connection::open(world.store()).unwrap().execute(&sql, []).unwrap(), 1);
        let refused = world.command(&["serve", "--no-http"]).output().unwrap();
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(3), "{told}");
        assert!(told.contains(words) && told.contains("--clock-is-right"), "{told}");
        assert!(told.matches("error: ").count() == 1, "{told}");
        let serving = world.serve_with(&["--clock-is-right"]);
        world.event(2, "visited");
        world.until("the mail has left", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 2);
        serving.stop(&world);
        // Of a clock that is right once is enough.
        if days < 0 {
            world.served();
        }
    }
}
