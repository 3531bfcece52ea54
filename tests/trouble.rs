//! Stores in trouble, for every command that works with one: damaged, cut, foreign, taken away, in use, in a place that takes no writes. Each says
//! so in an operator's words with exit code 3, changes nothing, and once the cause is gone the same command ends as if nothing had been.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "guide/mod.rs"]
mod guide;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use guide::{Guide, plain};
use rusqlite::Connection;

const DAYS: [&str; 2] = ["--days", "20"];

/// A rehearsal of twenty days, closed.
fn rehearsed() -> Guide {
    let guide = Guide::new(150);
    assert!(guide.run(&DAYS).status.success());
    guide
}

fn flow(guide: &Guide, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
    command.args(words).current_dir(guide.path(""));
    plain(&mut command);
    // What signs links: nothing is served here that would get so far as to send.
    command.env("FLOW_UNSUBSCRIBE_SECRET", "00".repeat(32));
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    format!("{out}{err}exit {}", output.status.code().unwrap())
}

/// Every command that opens a store is told the same of this one, with code 3, and leaves it alone.
#[track_caller]
fn all_refuse(guide: &Guide, words: &str) {
    all_refuse_but(guide, words, &[]);
}

#[track_caller]
fn all_refuse_but(guide: &Guide, words: &str, but: &[&str]) {
    let store = guide.store();
    let store = store.to_str().unwrap();
    let before = fs::read(store).ok();
    for command in ["run", "serve", "report", "doctor"].into_iter().filter(|command| !but.contains(command)) {
        let words_of = match command {
            "run" => vec!["run"],
            "serve" => vec!["serve", "--no-http", "--store", store],
            other => vec![other, "--store", store],
        };
        let output = flow(guide, &words_of);
        let told = said(&output);
        assert!(told.ends_with("exit 3") && told.contains(words), "{command}: {told}");
        assert!(told.matches("error: ").count() <= 1, "{command}: {told}");
        assert!(!told.contains("panicked"), "{command}: {told}");
    }
    assert!(fs::read(store).ok() == before, "the store was changed");
}

/// With the store put back, the whole run comes to what it would have come to.
#[track_caller]
fn ends_as_undisturbed(guide: &Guide) {
    let output = guide.run(&[]);
    assert!(output.status.success(), "{}", said(&output));
    let undisturbed = Guide::new(150);
    assert!(undisturbed.run(&DAYS).status.success() && undisturbed.run(&[]).status.success());
    assert_eq!(guide.digest(), undisturbed.digest());
    assert_eq!(guide.mails(), undisturbed.mails());
    let told = flow(guide, &["doctor"]);
    assert!(told.status.success(), "{}", said(&told));
}

fn overwrite(store: &Path, at: u64, bytes: &[u8]) {
    fs::File::options().write(true).open(store).unwrap().write_all_at(bytes, at).unwrap();
}

#[test]
fn a_damaged_store_is_one_code_everywhere_whatever_is_damaged() {
    let guide = rehearsed();
    let store = guide.store();
    let whole = fs::read(&store).unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'contact'";
    let root: u32 = Connection::open(&store).unwrap().query_row(root, [], |row| row.get(0)).unwrap();

    for (what, at, bytes) in [
        ("the name of the format", 0, &b"SQLite formal 3"[..]),
        ("whose database it is", 68, b"SONG"),
        ("the first page", 0, &[0xA5; 4_096]),
        ("the kind of the schema's page", 100, &[0xFF]),
        ("how many pages are free", 36, &[0, 0, 0, 77]),
        ("a page in the middle", u64::from(root - 1) * 4_096, &[0xA5; 4_096]),
    ] {
        fs::write(&store, &whole).unwrap();
        overwrite(&store, at, bytes);
        eprintln!("{what}");
        // What a report never reads it does not miss.
        let but: &[&str] = match what {
            "how many pages are free" => &["run", "serve", "report"],
            "a page in the middle" => &["report"],
            _ => &[],
        };
        all_refuse_but(&guide, "damaged", but);
    }
    fs::write(&store, whole.split_at(whole.len() / 2).0).unwrap();
    all_refuse(&guide, "damaged");

    fs::write(&store, &whole).unwrap();
    ends_as_undisturbed(&guide);
}

/// Without a lock beside it nothing says that it ever was one.
#[test]
fn what_never_was_a_store_is_none() {
    let guide = rehearsed();
    let store = guide.store();
    let whole = fs::read(&store).unwrap();
    let lock = store.with_extension("db.lock");
    let closed = fs::read(&lock).unwrap();
    fs::remove_file(&lock).unwrap();

    fs::remove_file(&store).unwrap();
    Connection::open(&store).unwrap().execute_batch("CREATE TABLE song (title TEXT)").unwrap();
    all_refuse(&guide, "is the database of another program");
    assert!(!lock.exists(), "nothing is put beside it");
    fs::remove_file(&store).unwrap();

    // One that is just being written to by its own program, with a log beside it.
    let other = Connection::open(&store).unwrap();
    other.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE song (title TEXT)").unwrap();
    for _ in 0..2 {
        let told = said(&flow(&guide, &["run"]));
        assert!(told.contains("is the database of another program"), "{told}");
    }
    assert!(!lock.exists(), "nothing is put beside it");
    drop(other);

    fs::remove_file(&store).unwrap();
    fs::create_dir(&store).unwrap();
    let told = said(&flow(&guide, &["doctor"]));
    assert!(told.contains("is a folder, and the store is a file") && told.ends_with("exit 3"), "{told}");
    fs::remove_dir(&store).unwrap();

    fs::write(&store, &whole).unwrap();
    fs::write(&lock, closed).unwrap();
    ends_as_undisturbed(&guide);
}

#[test]
fn a_newer_store_is_left_to_the_newer_flow() {
    let guide = rehearsed();
    let set =
        |version: i64| Connection::open(guide.store()).unwrap().pragma_update(None, "user_version", version).unwrap();
    let before: i64 =
        Connection::open(guide.store()).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    set(1_000);
    all_refuse(&guide, "was written by a newer Flow");
    set(before);
    ends_as_undisturbed(&guide);
}

/// What an earlier Flow wrote is examined once it is brought up to date.
#[test]
fn an_older_store_is_not_examined_before_it_is_of_today() {
    let guide = rehearsed();
    let connection = Connection::open(guide.store()).unwrap();
    // It had other views, which knew nothing of what is taken away.
    let earlier = "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE type = 'view'; PRAGMA writable_schema = RESET; \
                   ALTER TABLE event DROP COLUMN counts; DROP TABLE handoff_answer; DROP TABLE journey_value; DROP TABLE contact_tail; DROP TABLE key_tail; DROP TABLE message_tail; DROP TABLE blank; ALTER TABLE slot DROP COLUMN tail_sum; \
                   ALTER TABLE contact ADD COLUMN texts TEXT NOT NULL DEFAULT '[]'; \
                   UPDATE contact SET texts = (SELECT texts FROM contact_text WHERE contact_text.id = contact.id); \
                   DROP TABLE contact_text; \
                   CREATE VIEW contact_view AS SELECT id, texts FROM contact; PRAGMA user_version = 10";
    connection.execute_batch(earlier).unwrap();
    drop(connection);
    let before = fs::read(guide.store()).unwrap();
    for words in [&["doctor"][..], &["doctor", "--mend"]] {
        let told = said(&flow(&guide, words));
        assert!(told.contains("was written by an earlier Flow") && told.ends_with("exit 3"), "{told}");
        assert!(fs::read(guide.store()).unwrap() == before, "{words:?}: something was written");
    }
    assert!(guide.run(&[]).status.success());
    let told = said(&flow(&guide, &["doctor"]));
    assert!(told.ends_with("exit 0"), "{told}");
}

#[test]
fn a_store_that_is_taken_away_is_told_of_by_who_looks() {
    let guide = rehearsed();
    let moved = guide.path("elsewhere.db");
    fs::rename(guide.store(), &moved).unwrap();
    for command in ["report", "doctor"] {
        let told = said(&flow(&guide, &[command]));
        assert!(told.contains("there is no store of this project yet") && told.ends_with("exit 3"), "{told}");
        let told = said(&flow(&guide, &[command, "--store", "out/guide_nurture.db"]));
        assert!(told.contains("there is no store") && told.ends_with("exit 3"), "{told}");
    }
    assert!(!guide.store().exists());
    fs::rename(&moved, guide.store()).unwrap();
    ends_as_undisturbed(&guide);
}

/// The lock comes first, whatever else is wrong: one process works, the others look.
#[test]
fn two_at_once() {
    let guide = rehearsed();
    let lock = fs::File::options().write(true).open(guide.store().with_extension("db.lock")).unwrap();
    lock.lock().unwrap();
    (&lock).write_all(b"in use\n").unwrap();
    for words in [&["run"][..], &["serve", "--no-http", "--store", "out/guide_nurture.db"], &["doctor", "--mend"]] {
        let told = said(&flow(&guide, words));
        assert!(told.contains("another Flow already works on") && told.ends_with("exit 3"), "{words:?}: {told}");
    }
    let told = said(&flow(&guide, &["doctor"]));
    assert!(told.contains("somebody works on it now") && told.ends_with("exit 0"), "{told}");
    // Somebody who works on it may have messages on their way.
    let claim = "UPDATE outbox SET state = 1 WHERE id = (SELECT max(id) FROM outbox)";
    let whole = fs::read(guide.store()).unwrap();
    Connection::open(guide.store()).unwrap().execute_batch(claim).unwrap();
    let told = said(&flow(&guide, &["doctor"]));
    assert!(!told.contains("claimed-by-nobody"), "{told}");
    fs::write(guide.store(), whole).unwrap();
    drop(lock);
    ends_as_undisturbed(&guide);
}

/// Nothing is written where nothing may be: whoever only looks does so all the same.
#[test]
fn a_place_that_takes_no_writes() {
    let guide = rehearsed();
    let set = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let (file, folder) = (guide.store(), guide.path("out"));
    set(&file, 0o444);
    set(&folder, 0o555);
    // Whoever may do everything is kept out by no permission.
    let is_root = fs::File::options().append(true).open(&file).is_ok();
    if !is_root {
        for words in [&["run"][..], &["doctor", "--mend"]] {
            let told = said(&flow(&guide, words));
            assert!(told.contains("may not be written to") || told.contains("ermission denied"), "{words:?}: {told}");
            assert!(told.ends_with("exit 3"), "{words:?}: {told}");
        }
    }
    for command in ["report", "doctor"] {
        let told = said(&flow(&guide, &[command]));
        assert!(told.ends_with("exit 0"), "{command}: {told}");
    }
    set(&folder, 0o755);
    set(&file, 0o644);
    ends_as_undisturbed(&guide);
}

/// What was killed has a log that has to be read with an index, which may be there or not. What stands in the log alone is seen as well.
#[test]
fn a_killed_store_in_a_place_that_takes_no_writes() {
    let guide = rehearsed();
    let killed = guide.path("killed");
    fs::create_dir(&killed).unwrap();
    let store = killed.join("guide_nurture.db");
    let connection = Connection::open(guide.store()).unwrap();
    connection.execute_batch("UPDATE counter SET total = total + 1 WHERE name = 'contacts'").unwrap();
    for ending in ["", "-wal", "-shm"] {
        fs::copy(format!("{}{ending}", guide.store().display()), format!("{}{ending}", store.display())).unwrap();
    }
    drop(connection);
    let set = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let files = || -> BTreeMap<PathBuf, Vec<u8>> {
        let all = fs::read_dir(&killed).unwrap().map(|file| file.unwrap().path());
        all.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    };
    for has_index in [true, false] {
        if !has_index {
            fs::remove_file(format!("{}-shm", store.display())).unwrap();
        }
        let before = files();
        before.keys().for_each(|path| set(path, 0o444));
        [(guide.path("").as_path(), 0o755), (&killed, 0o555)].into_iter().for_each(|(path, mode)| set(path, mode));
        let look = |command: &str| said(&as_somebody(&guide, &[command, "--store", store.to_str().unwrap()]));
        let told = look("doctor");
        assert!(told.contains("wrong-total: 1") && told.ends_with("exit 1"), "{has_index}: {told}");
        let told = look("report");
        assert!(told.ends_with("exit 0"), "{has_index}: {told}");
        set(&killed, 0o755);
        assert!(files() == before, "{has_index}: something was written");
    }
}

/// As a user whom permissions keep out.
fn as_somebody(guide: &Guide, words: &[&str]) -> Output {
    use std::os::unix::process::CommandExt as _;
    /// `nobody`, on most systems.
    const NOBODY: u32 = 65_534;
    let probe = guide.path("probe");
    fs::write(&probe, "").unwrap();
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o444)).unwrap();
    let is_kept_out = fs::File::options().append(true).open(&probe).is_err();
    fs::remove_file(&probe).unwrap();
    if is_kept_out {
        return flow(guide, words);
    }
    // The program may lie where nobody else may enter, as in the folder of a fresh clone.
    let program = guide.path("flow");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_flow"), &program).unwrap();
    }
    let mut command = Command::new(program);
    command.args(words).current_dir(guide.path(""));
    plain(&mut command);
    command.uid(NOBODY).gid(NOBODY);
    command.output().unwrap()
}

/// A report asks by an index, and where that is gone it says who makes it anew.
#[test]
fn a_report_without_an_index_says_who_makes_it_anew() {
    let guide = rehearsed();
    let drop_index = |name: &str| {
        Connection::open(guide.store()).unwrap().execute_batch(&format!("DROP INDEX {name}")).unwrap();
    };
    for index in ["outbox_queued", "decision_of_send"] {
        drop_index(index);
        let told = said(&flow(&guide, &["report"]));
        assert!(told.contains(&format!("its index `{index}` is not there")), "{told}");
        assert!(told.contains("`flow doctor --mend` makes it anew") && told.ends_with("exit 3"), "{told}");
        let told = said(&flow(&guide, &["doctor", "--mend"]));
        assert!(told.contains("wrong-index: 1") && told.ends_with("exit 0"), "{told}");
        let told = said(&flow(&guide, &["report"]));
        assert!(told.ends_with("exit 0"), "{told}");
    }
    ends_as_undisturbed(&guide);
}

/// Of a log that was cut off, or has another byte, what is whole counts: batches are whole or nothing, and the same command does the rest.
#[test]
fn a_damaged_tail_is_done_again() {
    for damage in ["cut", "flipped"] {
        let guide = Guide::new(150);
        let mut run = guide.command(&["--batch-items", "5"]).spawn().unwrap();
        let log = guide.store().with_extension("db-wal");
        let bytes = || fs::metadata(&log).map_or(0, |log| log.len());
        while bytes() < 400_000 && run.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        run.kill().unwrap();
        run.wait().unwrap();
        let before = bytes();
        assert!(before > 0, "the run was over before it was killed");
        match damage {
            "cut" => fs::File::options().write(true).open(&log).unwrap().set_len(before - 5_000).unwrap(),
            _ => overwrite(&log, before - 3_000, &[0x5A; 64]),
        }
        let output = guide.run(&[]);
        assert!(output.status.success(), "{damage}: {}", said(&output));
        let undisturbed = Guide::new(150);
        assert!(undisturbed.run(&[]).status.success());
        assert_eq!(guide.digest(), undisturbed.digest(), "{damage}");
        assert_eq!(guide.mails(), undisturbed.mails(), "{damage}");
        assert!(flow(&guide, &["doctor"]).status.success(), "{damage}");
    }
}

/// A copy needs room: where there is none, nothing is mended and nothing changed.
#[test]
fn mending_without_room_changes_nothing() {
    let guide = rehearsed();
    let whole = fs::read(guide.store()).unwrap();
    Connection::open(guide.store()).unwrap().execute_batch("UPDATE counter SET total = total + 1").unwrap();
    let damaged = fs::read(guide.store()).unwrap();
    let mut shell = Command::new("sh");
    // In blocks of 512 or 1,024 bytes; without the trap the system kills whoever meets the limit.
    let script = format!("trap '' XFSZ; ulimit -f 100; exec {} doctor --mend", env!("CARGO_BIN_EXE_flow"));
    shell.args(["-c", &script]).current_dir(guide.path(""));
    plain(&mut shell);
    let told = said(&shell.output().unwrap());
    assert!(told.contains("copy") && told.ends_with("exit 3"), "{told}");
    assert!(fs::read(guide.store()).unwrap() == damaged, "something was written");
    let names = fs::read_dir(guide.path("out")).unwrap().map(|file| file.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().contains("before-mend")).collect();
    assert!(left.is_empty(), "half a copy is no backup: {left:?}");
    fs::write(guide.store(), whole).unwrap();
    ends_as_undisturbed(&guide);
}
