//! `flow report`: beside a process that serves, of a store at rest and of one whose process was killed. It only looks: not a byte of the
//! folder is another one afterwards.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "guide/mod.rs"]
mod guide;
#[path = "world/mod.rs"]
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use guide::Guide;
use insta::assert_snapshot;
use rusqlite::Connection;
use serde_json::Value;
use world::World;

const WORKFLOW: &str =
    "workflow w \"Welcome\" {\n enter when downloaded\n reenter never\n send hello\n wait 3 days\n}\n";

/// Mail into a folder, so that no server is needed.
fn world() -> World {
    World::new(WORKFLOW, "connector = \"file\"")
}

/// What `flow report` says, without secrets, and its exit code.
fn report(world: &World, options: &[&str]) -> String {
    let mut command = world.command(&[&["report"], options].concat());
    let output = command.env_remove(world::SECRET.0).output().unwrap();
    let said = world.said(&output);
    said.lines().map(|line| without_instant(line) + "\n").collect()
}

/// A live store's instants are those of the wall clock.
fn without_instant(line: &str) -> String {
    match line.strip_prefix("As of ").and_then(|rest| rest.split_once(" (")) {
        Some((_, rest)) => format!("As of [instant] ({rest}"),
        None => line.to_owned(),
    }
}

fn json(world: &World, options: &[&str]) -> Value {
    let output = world.command(&[&["report", "--format", "json"], options].concat()).output().unwrap();
    assert!(output.status.success(), "{}", world.said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Every file beside the store, with what it holds.
fn files(world: &World) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = fs::read_dir(world.path("out")).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn downloads(world: &mut World, people: std::ops::RangeInclusive<u32>) {
    let last = i64::from(*people.end());
    people.for_each(|user| world.event(user, "downloaded"));
    world.until("the mails have left", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == last);
}

/// It takes no lock, so what serves goes on, and the next report tells of it.
#[test]
fn a_store_is_reported_while_it_is_served() {
    let mut world = world();
    world.people(3);
    let serving = world.serve();
    downloads(&mut world, 1..=2);
    assert_snapshot!(report(&world, &[]));
    downloads(&mut world, 3..=3);
    let told = json(&world, &[]);
    assert_eq!((&told["live"], &told["workflows"]["w"]["entered"]), (&true.into(), &3.into()));
    assert_eq!((&told["in_use"], &told["broken_off"]), (&true.into(), &false.into()));
    let said = serving.stop(&world);
    assert!(said.contains("exit 0"), "{said}");
    // What serving says at its end is the same report.
    let tables = |text: &str| {
        let text = text.split_once("\nWelcome\n").unwrap().1;
        text.split_once("\n\nMail\n").unwrap().0.to_owned()
    };
    assert_eq!(tables(&report(&world, &[])), tables(&said));
}

#[test]
fn a_store_at_rest_is_left_as_it_is() {
    let mut world = world();
    world.people(1);
    let serving = world.serve();
    downloads(&mut world, 1..=1);
    drop(serving.stop(&world));
    let before = files(&world);
    assert_eq!(json(&world, &[])["workflows"]["w"]["live"], 1);
    let said = report(&world, &[]);
    assert!(said.contains("case.live.db; nobody serves it now\n") && said.ends_with("exit 0\n"), "{said}");
    assert!(before == files(&world), "something was written");
}

/// What was not folded in yet counts, and stays where it is: the next start takes it up.
#[test]
fn a_store_whose_process_was_killed_is_read_with_its_log() {
    let mut world = world();
    world.people(2);
    let serving = world.serve();
    downloads(&mut world, 1..=2);
    serving.signal("-KILL");
    drop(serving.end(&world));
    let parts = |world: &World| {
        let mut files = files(world);
        // The index of the log is made anew by whoever reads it.
        files.retain(|path, _| !path.to_str().unwrap().ends_with("-shm"));
        files
    };
    let before = parts(&world);
    let told = json(&world, &[]);
    assert_eq!((&told["in_use"], &told["broken_off"]), (&false.into(), &true.into()));
    assert_eq!(told["workflows"]["w"]["entered"], 2);
    assert!(before == parts(&world), "something was written");
}

/// The rehearsal's where nothing was served, the live one from then on, and any that is named.
#[test]
fn which_store_is_reported() {
    let mut world = world();
    assert_snapshot!("no_store", report(&world, &[]));
    assert_snapshot!("no_such_store", report(&world, &["--store", "out/other.db"]));
    assert!(!world.path("out").exists(), "asking makes nothing");

    world.people(1);
    assert!(world.command(&["run"]).status().unwrap().success());
    let rehearsed = report(&world, &[]);
    assert!(rehearsed.contains("until when [folder]/out/case.db has been rehearsed"), "{rehearsed}");
    assert_eq!(json(&world, &[])["as_of"], "2026-03-06T23:59:59.999Z");

    let serving = world.serve();
    downloads(&mut world, 1..=1);
    assert_eq!(json(&world, &[])["live"], true);
    assert_eq!(json(&world, &["--store", "out/case.db"])["live"], false);
    drop(serving.stop(&world));
}

/// A rehearsal's report is the one that it ended with, but for what is told of the files.
#[test]
fn the_report_is_that_of_the_end_of_a_run() {
    let guide = Guide::new(150);
    let run = guide.run(&["--days", "20", "--format", "json"]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_flow"));
    let told = command.args(["report", "--format", "json"]).current_dir(guide.path("")).output().unwrap();
    let [run, told]: [Value; 2] = [run, told].map(|output| serde_json::from_slice(&output.stdout).unwrap());
    for part in ["workflows", "people", "clicks", "period", "project", "live"] {
        assert_eq!(run[part], told[part], "{part}");
    }
    for (of, part) in [("events", "kept"), ("events", "history"), ("mail", "sent"), ("mail", "notices")] {
        assert_eq!(run[of][part], told[of][part], "{of} {part}");
        assert!(told[of][part].is_number(), "{of} {part}");
    }
}

#[test]
fn what_cannot_be_reported_is_said() {
    let mut world = world();
    world.people(1);
    let serving = world.serve();
    downloads(&mut world, 1..=1);
    drop(serving.stop(&world));
    let store = world.store();
    let whole = fs::read(&store).unwrap();
    let set = |name: &str, value: i64| Connection::open(&store).unwrap().pragma_update(None, name, value).unwrap();
    let refused = |world: &World| {
        let said = report(world, &[]);
        assert!(said.ends_with("exit 3\n"), "{said}");
        said
    };

    set("user_version", 1_000);
    assert_snapshot!("of_a_newer_flow", refused(&world));
    set("application_id", 77);
    assert!(refused(&world).contains("is damaged: it was a store, and cannot be read as one any more"));
    let lock = fs::read(world.path("out/case.live.db.lock")).unwrap();
    fs::remove_file(world.path("out/case.live.db.lock")).unwrap();
    assert!(refused(&world).contains("is the database of another program"));
    fs::write(world.path("out/case.live.db.lock"), lock).unwrap();

    fs::write(&store, &whole).unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'decision_day'";
    let root: i64 = Connection::open(&store).unwrap().query_row(root, [], |row| row.get(0)).unwrap();
    let mut damaged = whole.clone();
    damaged[(root as usize - 1) * 4096..root as usize * 4096].fill(0xA5);
    fs::write(&store, &damaged).unwrap();
    assert_snapshot!("of_a_damaged_store", refused(&world));

    fs::write(&store, "").unwrap();
    assert!(refused(&world).contains("holds nothing yet"));
    fs::write(&store, "name,email\n".repeat(500)).unwrap();
    assert!(refused(&world).contains("is damaged: it was a store"));
    fs::remove_file(world.path("out/case.live.db.lock")).unwrap();
    assert!(refused(&world).contains("is not a database"));
}

/// The numbers are those of what the store runs; a project with which it could not go on is not that one.
#[test]
fn a_project_that_has_changed_is_pointed_out() {
    let asks = "workflow w \"Welcome\" {\n enter when downloaded\n reenter never\n wait 3 days\n if budget > 5 { send hello }\n}\n";
    let mut world = World::new(&format!("contact {{ budget number? }}\n{asks}"), "connector = \"file\"");
    world.people(1);
    let serving = world.serve();
    world.event(1, "downloaded");
    world.until("somebody waits", |world| world.count("SELECT count(*) FROM journey_view") == 1);
    drop(serving.stop(&world));
    let text = fs::read_to_string(world.path("case.flow")).unwrap();

    world.write("case.flow", &text.replace("wait 3 days", "wait 4 days"));
    let said = report(&world, &[]);
    assert!(said.contains("wait 3 days") && said.contains("note: the project has changed since"), "{said}");
    assert_eq!(json(&world, &[])["project_has_changed"], true);

    // Half-edited, it says nothing against what is there.
    for broken in [text.replace("wait 3 days", "wait 3 dayz"), format!("{text}workflow ")] {
        world.write("case.flow", &broken);
        let said = report(&world, &[]);
        assert!(said.contains("wait 3 days") && said.ends_with("exit 0\n"), "{said}");
        assert_eq!(said.matches("note: the project does not check as it is now").count(), 1, "{said}");
        let told = json(&world, &[]);
        assert!(told["project_has_changed"].is_null() && told["project_checks"] == false, "{told}");
    }
    world.write("case.flow", &text);
    assert_eq!(json(&world, &[])["project_checks"], true);

    world.write("case.flow", &text.replace("budget number?", "budget date?").replace("budget > 5", "budget is known"));
    assert_snapshot!("of_another_project", report(&world, &[]));
}

/// Why Ada did not get the second mail is in the store: what was asked on her way, and that it did not hold, also where there is no `else`.
#[test]
fn why_a_condition_did_not_hold_is_in_the_store() {
    let second = "email second { subject \"Second\"; template \"emails/hello.html\" }\n\
                  workflow w \"Welcome\" {\n enter when downloaded\n reenter never\n send hello\n wait 1 day\n\
                  if clicked hello {\n send second\n }\n\
                  if score >= 20 {\n score += 1\n } else if score >= 10 {\n score += 2\n } else {\n score += 3\n }\n\
                  wait until visited up to 1 day, otherwise {\n score += 4\n }\n}\n";
    let world = World::new(second, "connector = \"file\"");
    world.write("data/contacts.csv", "User ID,Email,Score\nada,ada@x.example,12\nbo,bo@x.example,30\n");
    let line = |id: u32, user: &str, event: &str, at: &str| {
        format!(
            "{{\"type\":\"track\",\"messageId\":\"m{id}\",\"userId\":\"{user}\",\"event\":\"{event}\",\
             \"properties\":{{\"email_id\":\"hello\"}},\"timestamp\":\"2026-03-02T{at}Z\"}}\n"
        )
    };
    let events = [
        line(1, "ada", "downloaded", "10:00:00"),
        line(2, "bo", "downloaded", "10:00:01"),
        line(3, "bo", "Email Link Clicked", "11:00:00"),
    ];
    world.write("data/events.jsonl", &events.concat());
    let output = world.command(&["run"]).output().unwrap();
    assert!(output.status.success(), "{}", world.said(&output));
    let store = Connection::open(world.path("out/case.db")).unwrap();
    let columns = "SELECT user_id, decision, step, coalesce(took, '-'), coalesce(asked, '-') FROM decision_view WHERE decision = 'stepped'";
    let mut statement = store.prepare(&format!("{columns} AND user_id IS NOT NULL ORDER BY user_id, id")).unwrap();
    let rows = statement.query_map([], |row| {
        let words: Vec<Option<String>> = (0..5).map(|column| row.get(column)).collect::<Result<_, _>>()?;
        Ok(words.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join(" | ") + "\n")
    });
    assert_snapshot!("what_was_asked", rows.unwrap().collect::<Result<String, _>>().unwrap());
}
