//! What only a file can get wrong: other programs, other versions, full disks, and what is left after the end.

use super::rows::*;
use super::{options, sqlite};
use crate::store::digest::digest;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::{Keeping, OpenOptions, SqliteStore};
use crate::store::{kept, *};
use rusqlite::{Connection, params};
use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

fn refused(options: &OpenOptions) -> StoreError {
    let error = options.open().map(|_| ()).unwrap_err();
    let name = options.path.file_name().unwrap().to_str().unwrap();
    assert!(error.message.contains(name), "{}", error.message);
    assert!(!error.help.is_empty());
    error
}

fn snapshot(store: &SqliteStore) -> crate::store::digest::Snapshot {
    store.records().unwrap().snapshot().unwrap()
}

fn next_contact(store: &SqliteStore) -> u64 {
    store.records().unwrap().slots().unwrap().first().map_or(1, |slot| slot.next_contact)
}

fn set_pragma(path: &Path, name: &str, value: i64) {
    Connection::open(path).unwrap().pragma_update(None, name, value).unwrap();
}

/// The file of a store that was closed.
fn closed_store(folder: &TempDir) -> PathBuf {
    let mut store = sqlite(folder);
    commit(&mut store, everything());
    store.close().unwrap();
    options(folder).path
}

#[test]
fn a_closed_store_is_one_file_and_holds_everything() {
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    commit(&mut store, everything());
    let before = snapshot(&store);
    let path = options(&folder).path;
    store.close().unwrap();
    assert!(!path.with_extension("db-wal").exists());

    let mut store = sqlite(&folder);
    assert_eq!(snapshot(&store), before);
    assert_eq!(next_contact(&store), 3);
    let opened = open(&mut store).0;
    assert_eq!((opened.reads.len(), waiting(&mut store, BEFORE_ALL, 9).len()), (1, 1));
}

/// Copies the files of an open store, as they would lie there after the process was killed.
#[test]
fn what_was_committed_outlives_a_kill() {
    let (folder, after) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut store = sqlite(&folder);
    commit(&mut store, people(2));
    let reader = Connection::open(options(&folder).path).unwrap();
    // A reader keeps the log from being folded, so that there is one to take up.
    reader.execute_batch("BEGIN; SELECT * FROM contact").unwrap();
    commit(&mut store, Changes { contacts: Vec::new().into(), keys: Vec::new(), ..everything() });
    let before = snapshot(&store);
    for name in ["flow.db", "flow.db-wal"] {
        fs::copy(folder.path().join(name), after.path().join(name)).unwrap();
    }
    assert_eq!(digest(&after.path().join("flow.db")).unwrap(), before.digest());
    assert_eq!(snapshot(&sqlite(&after)), before);
}

#[test]
fn a_store_of_before_the_first_release_is_refused() {
    let folder = TempDir::new().unwrap();
    set_pragma(&closed_store(&folder), "user_version", 6);
    assert_eq!(refused(&options(&folder)).fault, StoreFault::Older);
}

/// What an earlier version of these tables knew is found by the indexes of this one.
#[test]
fn a_store_of_an_earlier_flow_is_brought_to_this_one() {
    let folder = TempDir::new().unwrap();
    let path = closed_store(&folder);
    let people = load(&mut sqlite(&folder), &[1]).unwrap();
    let connection = Connection::open(&path).unwrap();
    // It had other views, which knew nothing of what is taken away.
    let earlier = "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE type = 'view'; PRAGMA writable_schema = RESET; \
                   DROP INDEX outbox_queued; DROP INDEX outbox_on_its_way; PRAGMA user_version = 7; \
                   CREATE INDEX outbox_unsettled ON outbox (id) WHERE state IN (0, 1, 6); \
                   ALTER TABLE outbox DROP COLUMN held_since; ALTER TABLE event DROP COLUMN counts; UPDATE outbox SET queued_at = 7; \
                   DROP TABLE contact_tail; DROP TABLE key_tail; DROP TABLE blank; DROP TABLE message_tail; DROP TABLE handoff_answer; DROP TABLE journey_value; ALTER TABLE slot DROP COLUMN tail_sum; \
                   ALTER TABLE contact ADD COLUMN texts TEXT NOT NULL DEFAULT '[]'; \
                   UPDATE contact SET texts = (SELECT texts FROM contact_text WHERE contact_text.id = contact.id); \
                   DROP TABLE contact_text; CREATE VIEW contact_view AS SELECT id, texts FROM contact;";
    connection.execute_batch(earlier).unwrap();
    let rows: i64 = connection.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).unwrap();
    assert!(rows > 0);
    // Frames stood there as they are.
    for (record, kept) in
        people.iter().zip(people.iter().map(|record| kept::pack(&record.kept, &record.held, &record.said_at)))
    {
        let row = params![record.frame, kept, record.id.0.cast_signed()];
        assert_eq!(connection.execute("UPDATE contact SET frame = ?1, kept = ?2 WHERE id = ?3", row).unwrap(), 1);
    }
    drop(connection);
    let bare = OpenOptions { bare: true, ..options(&folder) };
    assert_eq!(load(&mut bare.open().unwrap(), &[1]).unwrap(), people[..1], "before the program is known");
    let blank = people[0].frame[..8].to_vec();
    let mut store = OpenOptions { blank, ..options(&folder) }.open().unwrap();
    assert_eq!(load(&mut store, &[1]).unwrap(), people[..1]);
    let bytes = "SELECT length(frame) FROM contact WHERE id = 1";
    let bytes: i64 = store.connection().query_row(bytes, [], |row| row.get(0)).unwrap();
    assert_eq!(bytes, 13, "a word of two is as in the blank");
    let indexes =
        "SELECT group_concat(name ORDER BY name) FROM sqlite_schema WHERE type = 'index' AND name LIKE 'outbox%'";
    let names: String = store.connection().query_row(indexes, [], |row| row.get(0)).unwrap();
    assert_eq!(names, "outbox_on_its_way,outbox_queued");
    // Since when a message waits was its date.
    let held = "SELECT count(*) FROM outbox WHERE held_since = 7";
    assert_eq!(store.connection().query_row(held, [], |row| row.get::<_, i64>(0)).unwrap(), rows);
    assert_eq!(whole(&store), "ok");
}

#[test]
fn another_programs_database_is_refused_and_not_touched() {
    let folder = TempDir::new().unwrap();
    let path = options(&folder).path;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE invoice (id INTEGER PRIMARY KEY); INSERT INTO invoice VALUES (1)").unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    assert_eq!(refused(&options(&folder)).fault, StoreFault::Foreign);
    assert_eq!(fs::read(&path).unwrap(), before);

    // Empty, but marked by its program.
    let folder = TempDir::new().unwrap();
    set_pragma(&options(&folder).path, "application_id", 77);
    assert_eq!(refused(&options(&folder)).fault, StoreFault::Foreign);
}

#[test]
fn a_text_file_is_refused_and_not_touched() {
    let folder = TempDir::new().unwrap();
    let path = options(&folder).path;
    let text = "name,email\n".repeat(500);
    fs::write(&path, &text).unwrap();
    let error = refused(&options(&folder));
    assert_eq!(error.fault, StoreFault::Foreign);
    assert!(error.message.ends_with("it is not a database"), "{}", error.message);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_store_of_a_newer_flow_is_refused() {
    let folder = TempDir::new().unwrap();
    set_pragma(&closed_store(&folder), "user_version", 1_000);
    assert_eq!(refused(&options(&folder)).fault, StoreFault::Newer);
    set_pragma(&options(&folder).path, "user_version", -1);
    assert_eq!(refused(&options(&folder)).fault, StoreFault::Corrupt);
}

#[test]
fn a_damaged_page_is_reported_as_damage() {
    let folder = TempDir::new().unwrap();
    let path = closed_store(&folder);
    let page: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox'", [], |row| row.get(0))
        .unwrap();
    let store = sqlite(&folder);
    let mut file = fs::File::options().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start((page as u64 - 1) * 4096)).unwrap();
    file.write_all(&[0xA5; 4096]).unwrap();
    let error = store.records().unwrap().snapshot().unwrap_err();
    assert_eq!(error.fault, StoreFault::Corrupt);
    assert!(error.message.starts_with("cannot read"), "{}", error.message);
}

/// A page that no start reads.
fn damage(path: &Path) {
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'handoff'";
    let page: i64 = Connection::open(path).unwrap().query_row(root, [], |row| row.get(0)).unwrap();
    let mut file = fs::File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start((page as u64 - 1) * 4096)).unwrap();
    file.write_all(&[0xA5; 4096]).unwrap();
}

/// Whoever closes a store says so; the next start costs nothing then, or where the store is small the moment of a look. After a kill every page is
/// read once.
#[test]
fn a_store_that_was_not_closed_is_looked_through_for_damage() {
    let folder = TempDir::new().unwrap();
    let path = closed_store(&folder);
    let lock = folder.path().join("flow.db.lock");
    assert_eq!(lock_says(&folder), ("closed".to_owned(), 1));
    let mark = {
        let _store = sqlite(&folder);
        fs::read(&lock).unwrap()
    };
    assert_eq!(mark, b"in use 00000000000000000001 --------\n");
    assert_eq!(lock_says(&folder), ("closed".to_owned(), 1), "dropping it closes it as well");

    damage(&path);
    let error = refused(&options(&folder));
    assert!(error.message.contains("is damaged: not every page"), "{}", error.message);
    assert_eq!(lock_says(&folder).0, "closed", "nobody has begun to work on it");
    // A file with a hole at its end, of which SQLite knows nothing.
    let whole = fs::metadata(&path).unwrap().len();
    let set_len = |bytes| fs::File::options().write(true).open(&path).unwrap().set_len(bytes).unwrap();
    set_len(100_000_000);
    sqlite(&folder).close().unwrap();
    set_len(whole);
    fs::write(&lock, &mark).unwrap();
    let error = refused(&options(&folder));
    assert_eq!(error.fault, StoreFault::Corrupt);
    assert!(error.message.contains("is damaged: it was not closed the last time"), "{}", error.message);
    assert!(error.help.contains("restore the last good backup"), "{}", error.help);
    assert_eq!(fs::read(&lock).unwrap(), mark, "and once more the next time");
}

/// What was on its way at a kill is taken up by whoever opens a slot: until then the store is no closed one, whoever closes it.
#[test]
fn a_store_that_was_not_closed_stays_so_until_it_is_taken_up() {
    let folder = TempDir::new().unwrap();
    closed_store(&folder);
    let lock = folder.path().join("flow.db.lock");
    fs::write(&lock, "in use\n").unwrap();
    sqlite(&folder).close().unwrap();
    drop(sqlite(&folder));
    assert_eq!(lock_says(&folder).0, "in use");
    let mut store = sqlite(&folder);
    open(&mut store);
    store.close().unwrap();
    assert_eq!(lock_says(&folder).0, "closed");
}

/// The word of the lock beside a store, and how many batches it tells of.
fn lock_says(folder: &TempDir) -> (String, u64) {
    let said = fs::read_to_string(folder.path().join("flow.db.lock")).unwrap();
    let (word, rest) = said.split_at(6);
    (word.to_owned(), rest.split_ascii_whitespace().next().unwrap().parse().unwrap())
}

/// What left by the batches that are not in it would leave again. Whoever lets nothing out that could not be taken back goes on all the same.
#[test]
fn a_store_that_lacks_what_was_done_in_its_place_is_refused_to_who_asks() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("flow.db");
    let more = |options: &OpenOptions| {
        let mut store = options.open().unwrap();
        commit(&mut store, Changes::default());
        commit(&mut store, Changes::default());
        assert_eq!(lock_says(&folder).0, "in use");
        store.close().unwrap();
    };
    let of_now = OpenOptions { of_now: true, ..options(&folder) };
    more(&of_now);
    let backup = fs::read(&path).unwrap();
    more(&of_now);
    assert_eq!(lock_says(&folder), ("closed".to_owned(), 4));
    fs::write(&path, &backup).unwrap();
    let error = refused(&of_now);
    assert_eq!(error.fault, StoreFault::Past);
    assert!(error.message.contains("lacks 2 batches of work that were done in it"), "{}", error.message);
    assert!(error.help.contains("flow.db.lock"), "{}", error.help);
    assert_eq!(lock_says(&folder), ("closed".to_owned(), 4), "and is refused again");
    // What somebody else does with it makes it no newer.
    sqlite(&folder).close().unwrap();
    assert_eq!(refused(&of_now).fault, StoreFault::Past);

    // As the message says.
    fs::remove_file(folder.path().join("flow.db.lock")).unwrap();
    more(&of_now);
    assert_eq!(lock_says(&folder), ("closed".to_owned(), 4));
    // It may go on where what is done again is done as before, and is as good as new then.
    fs::write(&path, &backup).unwrap();
    more(&options(&folder));
    of_now.open().unwrap().close().unwrap();

    // Another store in its place is none of before; of two without a name nobody knows.
    let named = |name: &str| {
        let mut store = of_now.open()?;
        store.settle(&Charter { name: Some(name.to_owned()), ..Charter::default() })?;
        store.close()
    };
    named("9f3c2a1b").unwrap();
    let other = TempDir::new().unwrap();
    let mut store = sqlite(&other);
    store.settle(&Charter { name: Some("00000000".to_owned()), ..Charter::default() }).unwrap();
    store.close().unwrap();
    fs::copy(other.path().join("flow.db"), &path).unwrap();
    named("00000000").unwrap();
    assert_eq!(lock_says(&folder), ("closed".to_owned(), 0));

    // Where the file was taken away, somebody begins anew.
    fs::remove_file(&path).unwrap();
    of_now.open().unwrap().close().unwrap();
    assert_eq!(lock_says(&folder).1, 0);
}

/// What its own file has become is not known to whoever was cut off from it, and what another one's lock says is not theirs to change.
#[test]
fn a_store_that_was_moved_away_is_not_closed_by_another_lock() {
    let folder = TempDir::new().unwrap();
    let (here, away) = (folder.path().join("here"), folder.path().join("away"));
    fs::create_dir(&here).unwrap();
    let mut store = OpenOptions::new(here.join("flow.db")).open().unwrap();
    commit(&mut store, Changes::default());
    fs::rename(&here, &away).unwrap();
    fs::create_dir(&here).unwrap();
    let others = "closed 00000000000000005000 00000000\n";
    fs::write(here.join("flow.db.lock"), others).unwrap();
    fs::write(here.join("flow.db"), "another one").unwrap();
    assert_eq!(store.close().unwrap_err().fault, StoreFault::Lost);
    assert_eq!(fs::read_to_string(here.join("flow.db.lock")).unwrap(), others);
    assert!(fs::read_to_string(away.join("flow.db.lock")).unwrap().starts_with("in use 00000000000000000001"));
}

/// A log that is lost takes the batches with it that were not folded in yet.
#[test]
fn a_killed_store_whose_log_is_lost_lacks_what_it_held() {
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    commit(&mut store, Changes::default());
    let killed = TempDir::new().unwrap();
    for ending in ["", "-wal", ".lock"] {
        let name = format!("flow.db{ending}");
        fs::copy(folder.path().join(&name), killed.path().join(&name)).unwrap();
    }
    drop(store);
    assert_eq!(lock_says(&killed), ("in use".to_owned(), 1));
    let of_now = OpenOptions { of_now: true, ..options(&killed) };
    let log = killed.path().join("flow.db-wal");
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, vec![0; bytes.len()]).unwrap();
    let error = refused(&of_now);
    assert_eq!(error.fault, StoreFault::Past);
    assert!(error.message.contains("lacks 1 batch of work that was done in it"), "{}", error.message);
    // With the log put back it is whole: nothing was folded or marked meanwhile.
    fs::write(&log, bytes).unwrap();
    of_now.open().unwrap().close().unwrap();
}

/// A wait of seconds is told before it begins, one of moments is not.
#[test]
fn a_long_look_is_told_before_it_begins() {
    static TOLD: AtomicU64 = AtomicU64::new(0);
    const LONG: u64 = 300_000_000;
    let folder = TempDir::new().unwrap();
    let path = closed_store(&folder);
    let looking_through: Option<fn(&Path, u64)> = Some(|_, bytes| TOLD.store(bytes, Ordering::Relaxed));
    let unclosed = OpenOptions { looking_through, ..options(&folder) };
    for (bytes, told) in [(None, 0), (Some(LONG), LONG)] {
        fs::write(folder.path().join("flow.db.lock"), "in use").unwrap();
        if let Some(bytes) = bytes {
            // A file with a hole at its end, of which SQLite knows nothing.
            fs::File::options().write(true).open(&path).unwrap().set_len(bytes).unwrap();
        }
        drop(unclosed.open().unwrap());
        assert_eq!(TOLD.load(Ordering::Relaxed), told);
    }
}

/// Somebody may have put the files elsewhere, without the lock: the log says as much.
#[test]
fn a_log_says_that_a_store_was_not_closed() {
    let (folder, after) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    drop(closed_store(&folder));
    let mut store = sqlite(&folder);
    let mut hand = Hand::take(&mut store);
    hand.commit(&mut store, people(5));
    for name in ["flow.db", "flow.db-wal"] {
        fs::copy(folder.path().join(name), after.path().join(name)).unwrap();
    }
    // Its log has none of that page.
    let mut file = fs::File::options().write(true).open(after.path().join("flow.db")).unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'handoff'";
    let page: i64 = store.connection().query_row(root, [], |row| row.get(0)).unwrap();
    file.seek(SeekFrom::Start((page as u64 - 1) * 4096)).unwrap();
    file.write_all(&[0xA5; 4096]).unwrap();
    let log = fs::read(after.path().join("flow.db-wal")).unwrap();
    assert_eq!(refused(&options(&after)).fault, StoreFault::Corrupt);
    // What was found stays as it is, and is found again.
    assert_eq!(fs::read(after.path().join("flow.db-wal")).unwrap(), log);
    assert_eq!(refused(&options(&after)).fault, StoreFault::Corrupt);
}

/// A store that lost all its bytes is none that begins; one that was taken away is.
#[test]
fn an_emptied_store_is_damage() {
    let folder = TempDir::new().unwrap();
    let path = closed_store(&folder);
    fs::write(&path, []).unwrap();
    assert_eq!(refused(&options(&folder)).fault, StoreFault::Corrupt);
    assert_eq!(refused(&options(&folder)).fault, StoreFault::Corrupt, "and still is");
    fs::remove_file(&path).unwrap();
    drop(sqlite(&folder));
}

/// Whoever met damage does not say that the store was closed, whatever they did at their end.
#[test]
fn damage_that_was_met_is_looked_for_at_the_next_start() {
    let folder = TempDir::new().unwrap();
    let path = closed_store(&folder);
    let file = Connection::open(&path).unwrap();
    file.execute("UPDATE contact SET kept = x'00' WHERE id = 1", []).unwrap();
    drop(file);
    let mut store = sqlite(&folder);
    load(&mut store, &[1]).unwrap_err();
    store.close().unwrap();
    assert_eq!(lock_says(&folder).0, "in use");
}

/// Who would read somebody by another one would read anybody wrongly.
#[test]
fn a_blank_that_is_not_what_was_written_is_damage() {
    let folder = TempDir::new().unwrap();
    let with_blank = OpenOptions { blank: vec![3; 80], ..options(&folder) };
    with_blank.open().unwrap().close().unwrap();
    let path = &with_blank.path;
    Connection::open(path).unwrap().execute("UPDATE blank SET bytes = zeroblob(80)", []).unwrap();
    assert_eq!(refused(&with_blank).fault, StoreFault::Corrupt);
}

#[test]
fn a_code_that_flow_never_writes_is_damage() {
    let folder = TempDir::new().unwrap();
    let path = closed_store(&folder);
    let file = Connection::open(&path).unwrap();
    let mut kept: Vec<u8> = file.query_row("SELECT kept FROM contact WHERE id = 1", [], |row| row.get(0)).unwrap();
    // Where the status of the first journey stands, behind where its parts end and four of one byte.
    kept[15] = 200;
    file.execute("UPDATE contact SET kept = ?1 WHERE id = 1", [kept]).unwrap();
    let error = load(&mut sqlite(&folder), &[1]).unwrap_err();
    assert_eq!(error.fault, StoreFault::Corrupt);
}

#[test]
fn a_second_flow_is_kept_out_until_the_first_ends() {
    let folder = TempDir::new().unwrap();
    let first = sqlite(&folder);
    let error = refused(&options(&folder));
    assert_eq!(error.fault, StoreFault::Locked);
    assert!(error.message.starts_with("another Flow"), "{}", error.message);
    drop(first);
    sqlite(&folder);
}

/// A link is another name of the same store: what is under the one is in use under the other.
#[test]
#[cfg(unix)]
fn a_store_is_in_use_under_each_of_its_names() {
    let folder = TempDir::new().unwrap();
    let path = options(&folder).path;
    let first = sqlite(&folder);
    let (symbolic, hard) = (folder.path().join("symbolic.db"), folder.path().join("hard.db"));
    std::os::unix::fs::symlink(&path, &symbolic).unwrap();
    fs::hard_link(&path, &hard).unwrap();
    assert_eq!(refused(&OpenOptions::new(&symbolic)).fault, StoreFault::Locked);
    assert!(!folder.path().join("symbolic.db.lock").exists());
    if cfg!(target_os = "linux") {
        assert_eq!(refused(&OpenOptions::new(&hard)).fault, StoreFault::Locked);
        // As where each container has the file under a name of its own, with a lock of its own beside it.
        fs::write(folder.path().join("hard.db.lock"), "").unwrap();
        assert_eq!(refused(&OpenOptions::new(&hard)).fault, StoreFault::Locked);
        fs::remove_file(folder.path().join("hard.db.lock")).unwrap();
    }
    drop(first);
    assert!(refused(&OpenOptions::new(&hard)).message.contains("a second name"));
    drop(OpenOptions::new(&symbolic).open().unwrap());
    drop(sqlite(&folder));
    fs::remove_file(&path).unwrap();
    drop(OpenOptions::new(&hard).open().unwrap());
}

/// A list that has no lines yet is nobody's database.
#[test]
fn an_empty_file_becomes_a_store_by_its_name_alone() {
    let folder = TempDir::new().unwrap();
    for name in ["events.jsonl", "contacts.csv", "flow.toml", "store"] {
        let path = folder.path().join(name);
        fs::write(&path, "").unwrap();
        let error = refused(&OpenOptions::new(&path));
        assert_eq!(error.fault, StoreFault::Foreign);
        assert!(error.message.ends_with("is an empty file, and its name is none of a store"), "{}", error.message);
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "and nothing is put beside it");
    // As a kill leaves it at the very first start.
    fs::write(folder.path().join("flow.sqlite3"), "").unwrap();
    drop(OpenOptions::new(folder.path().join("flow.sqlite3")).open().unwrap());
    drop(OpenOptions::new(folder.path().join("new")).open().unwrap());
}

/// It would be waited for without an end.
#[cfg(unix)]
#[test]
fn a_pipe_is_no_store() {
    let folder = TempDir::new().unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("flow.db")).status().unwrap();
    assert!(made.success());
    let error = refused(&options(&folder));
    assert!(error.message.contains("is a pipe or a device"), "{}", error.message);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = TempDir::new().unwrap();
    let missing = OpenOptions::new(folder.path().join("missing").join("flow.db"));
    assert!(refused(&missing).help.contains("create its folder"));
    let a_folder = options(&folder).path;
    fs::create_dir(&a_folder).unwrap();
    assert!(refused(&OpenOptions::new(a_folder)).message.contains("is a folder"));
}

#[test]
fn a_busy_file_is_an_error_and_the_next_batch_works() {
    let folder = TempDir::new().unwrap();
    let mut store = OpenOptions { busy_timeout_ms: 1, ..options(&folder) }.open().unwrap();
    let mut hand = Hand::take(&mut store);
    hand.commit(&mut store, people(2));
    let other = Connection::open(options(&folder).path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let changes = Changes { contacts: vec![on(1, vec![journey(1, 4, 1)])].into(), ..Changes::default() };
    let error = hand.try_commit(&mut store, changes.clone()).unwrap_err();
    assert_eq!(error.fault, StoreFault::Unavailable);
    assert!(error.message.ends_with("another program is writing to it"), "{}", error.message);
    // Reading goes on meanwhile.
    assert_eq!(load(&mut store, &[1]).unwrap()[0].kept, []);
    other.execute_batch("ROLLBACK").unwrap();
    hand.commit(&mut store, changes);
    assert_eq!(load(&mut store, &[1]).unwrap()[0].kept.len(), 1);
}

#[test]
fn a_full_disk_keeps_nothing_of_the_batch_and_work_goes_on_when_there_is_room() {
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    let mut hand = Hand::take(&mut store);
    hand.commit(&mut store, everything());
    let (before, counts) = (snapshot(&store), store.records().unwrap().decision_counts().unwrap());
    // The next batch grows the file past this.
    store.limit_pages(90);
    let large = Changes {
        contacts: (1..=2_000).map(|id| ContactWrite { frame: vec![1; 400], ..contact(id) }).collect(),
        decisions: vec![decision(9, 1, DecisionCode::Finished)],
        totals: vec![counter("events", 9)],
        reads: vec![("events".to_owned(), vec![9])],
        ..Changes::default()
    };
    for _ in 0..2 {
        let error = hand.try_commit(&mut store, large.clone()).unwrap_err();
        assert_eq!(error.fault, StoreFault::Full);
        assert!(error.message.ends_with("the disk is full"), "{}", error.message);
        assert_eq!(snapshot(&store), before);
        assert_eq!(store.records().unwrap().decision_counts().unwrap(), counts);
        assert_eq!(open(&mut store).0.reads["events"], [1, 2, 3]);
        assert_eq!(next_contact(&store), 3);
    }
    // A small batch still fits.
    hand.commit(&mut store, Changes { totals: vec![counter("events", 1)], ..Changes::default() });
    store.limit_pages(u32::MAX - 1);
    hand.commit(&mut store, large);
    assert_eq!(next_contact(&store), 2_001);
    assert_eq!(store.records().unwrap().counters().unwrap(), [("events".to_owned(), 12)]);
    assert_eq!(whole(&store), "ok");
}

#[test]
fn a_read_only_store_says_so_and_can_be_read() {
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    let mut hand = Hand::take(&mut store);
    hand.commit(&mut store, people(1));
    store.refuse_writes();
    let error = hand.try_commit(&mut store, people(2)).unwrap_err();
    assert_eq!(error.fault, StoreFault::ReadOnly);
    assert_eq!(load(&mut store, &[1]).unwrap().len(), 1);
}

/// Permissions do not bind the superuser, so there this shows only that such a file opens.
#[cfg(unix)]
#[test]
fn a_file_without_permission_is_refused_at_open() {
    let folder = TempDir::new().unwrap();
    let path = closed_store(&folder);
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let bound = fs::File::options().write(true).open(&path).is_err();
    let opened = options(&folder).open().map(drop);
    assert_eq!(opened.err().map(|error| error.fault), bound.then_some(StoreFault::ReadOnly));
}

/// Counts how often the log began anew by the number in its header.
fn log_number(path: &Path) -> u32 {
    let mut header = [0; 16];
    fs::File::open(path).unwrap().read_exact(&mut header).unwrap();
    u32::from_be_bytes([header[12], header[13], header[14], header[15]])
}

#[test]
fn the_log_begins_anew_under_load() {
    const BOUND_PAGES: u32 = 50;
    /// Far more than the thread needs; without it the log would grow past this.
    const MOST_BYTES: u64 = 256 << 20;
    let folder = TempDir::new().unwrap();
    let mut store = OpenOptions { wal_bound_pages: BOUND_PAGES, ..options(&folder) }.open().unwrap();
    let log = folder.path().join("flow.db-wal");
    commit(&mut store, people(1));
    let first = log_number(&log);
    // A frame of its own each turn: SQLite writes no page for a row that stays the same.
    for turn in 0u64.. {
        let frame = |id: u64| turn.wrapping_add(id).to_le_bytes().repeat(50);
        let contacts = (1..=2_000).map(|id| ContactWrite { frame: frame(id), ..contact(id) }).collect();
        commit(&mut store, Changes { contacts, ..Changes::default() });
        assert!(fs::metadata(&log).unwrap().len() < MOST_BYTES, "the log only grows");
        if log_number(&log) >= first + 3 {
            break;
        }
    }
    assert_eq!(whole(&store), "ok");
}

#[test]
fn a_reader_holds_the_log_back_and_the_close_folds_the_rest() {
    let folder = TempDir::new().unwrap();
    let mut store = OpenOptions { wal_bound_pages: 10, ..options(&folder) }.open().unwrap();
    commit(&mut store, people(1));
    let reader = Connection::open(options(&folder).path).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM contact").unwrap();
    for last in 2..200 {
        commit(&mut store, people(last));
    }
    let seen: i64 = reader.query_row("SELECT count(*) FROM contact", [], |row| row.get(0)).unwrap();
    assert_eq!(seen, 1);
    reader.execute_batch("COMMIT").unwrap();
    drop(reader);
    store.close().unwrap();
    assert!(!folder.path().join("flow.db-wal").exists());
    assert_eq!(next_contact(&sqlite(&folder)), 200);
}

#[test]
fn a_log_that_cannot_be_folded_is_reported_by_the_next_batch_once() {
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    let mut hand = Hand::take(&mut store);
    store.fail_fold();
    assert_eq!(hand.try_commit(&mut store, people(1)).unwrap_err().fault, StoreFault::Full);
    assert_eq!(next_contact(&store), 1);
    hand.commit(&mut store, people(1));
    assert_eq!(next_contact(&store), 2);
}

/// What SQLite finds when it checks the whole file.
fn whole(store: &SqliteStore) -> String {
    store.connection().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}

#[test]
fn every_read_of_the_loop_uses_an_index() {
    let folder = TempDir::new().unwrap();
    let store = sqlite(&folder);
    let expected = [
        "SEARCH contact_key USING PRIMARY KEY (key=?)",
        "SEARCH contact USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH contact USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        "SEARCH message USING PRIMARY KEY (day=? AND id=?)",
        "SEARCH message USING PRIMARY KEY (day=? AND id>? AND id<?)",
        "SEARCH event USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH decision USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH contact USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH joined USING COVERING INDEX joined_into (into=?)",
        "SEARCH outbox USING INDEX outbox_on_its_way (id>? AND id<?)",
        "SEARCH outbox USING INDEX outbox_queued (due_at>?)",
        "SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)",
        "SCAN outbox USING COVERING INDEX outbox_queued",
        "SEARCH contact USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH journey_ended USING PRIMARY KEY (contact=?)",
        "SEARCH place USING INTEGER PRIMARY KEY (rowid<?)",
        "SEARCH done USING INDEX decision_of_send (send=? AND code=?)",
    ];
    let plans = store.plans();
    assert_eq!(plans.len(), expected.len());
    for ((query, steps), expected) in plans.iter().zip(expected) {
        assert!(steps.iter().any(|step| step == expected), "{query}: {steps:?}");
        // What stands behind the tables is put into order, as little as it is.
        let is_of_tail = |place: usize| steps[..place].last().is_some_and(|before| before.starts_with("SCAN entry "));
        let sorts = (0..steps.len()).filter(|place| steps[*place].contains("TEMP B-TREE") && !is_of_tail(*place));
        assert_eq!(sorts.count(), 0, "{query}: {steps:?}");
    }
}

#[test]
fn digests_tell_what_differs_and_not_how_it_was_cut_into_batches() {
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    let mut hand = Hand::take(&mut store);
    hand.commit(&mut store, everything());
    let path = options(&folder).path;
    let whole = digest(&path).unwrap();

    // The same in other batches, in another order, with other numbers and tries.
    let mut other = MemoryStore::new();
    let mut pen = Hand::take(&mut other);
    let rows = everything();
    pen.commit(&mut other, people(2));
    let outbox = rows.outbox.iter().rev().map(|row| OutboxRecord { id: row.id + 40, ..row.clone() }).collect();
    let decisions = rows.decisions.iter().rev().map(|row| DecisionRecord { id: 50 - row.id, ..row.clone() }).collect();
    let events = rows.events.iter().rev().map(|row| EventRecord { id: 90 - row.id, ..row.clone() }).collect();
    pen.commit(&mut other, Changes { outbox, decisions, events, ..Changes::default() });
    let settled = vec![OutboxSettlement { attempts: 9, ..settlement(41, OutboxState::Delivered, 77) }];
    let (stages, scores) = (rows.stages, rows.scores);
    let contacts = rows.contacts;
    let (answers, values) = (rows.answers, rows.values);
    let rest = Changes {
        settled,
        contacts,
        ended: rows.ended,
        handoffs: rows.handoffs,
        answers,
        values,
        ..Changes::default()
    };
    pen.commit(&mut other, Changes { stages, scores, ..rest });
    assert_eq!(other.snapshot().digest(), whole);

    // One change in one table shows in its line alone.
    let changed = JourneyRecord { visit: 2, ..journey(1, 4, 1) };
    hand.commit(&mut store, Changes { contacts: vec![on(1, vec![changed])].into(), ..Changes::default() });
    let now = digest(&path).unwrap();
    let differing: Vec<&str> =
        now.lines().zip(whole.lines()).filter(|(a, b)| a != b).map(|(a, _)| a.split(' ').next().unwrap()).collect();
    assert_eq!(differing, ["journey"]);
}

/// What lay over the tables for a reader is looked at anew after a failure, and where a tail is another than the one that was read.
#[test]
fn a_reader_sees_what_is_there_now_whatever_it_saw_before() {
    let folder = TempDir::new().unwrap();
    let frame_of = |records: &mut dyn Records| records.whole_contacts(None).unwrap().remove(0).1.unwrap().frame[0];
    let changed = |frame| Changes {
        contacts: vec![ContactWrite { frame: vec![frame], ..contact(1) }].into(),
        ..Changes::default()
    };
    let mut store = sqlite(&folder);
    let mut hand = Hand::take(&mut store);
    hand.commit(&mut store, people(1));
    let mut reader = store.records().unwrap();
    store.catch_up().unwrap();
    let first = contact(1).frame[0];
    assert_eq!(frame_of(&mut *reader), first, "nothing is behind");
    hand.commit(&mut store, changed(9));
    assert_eq!(frame_of(&mut *reader), 9);
    // A reader of what is damaged for a moment.
    let shell = Connection::open(options(&folder).path).unwrap();
    shell.execute_batch("ALTER TABLE joined RENAME TO lost").unwrap();
    assert!(reader.snapshot().is_err());
    shell.execute_batch("ALTER TABLE lost RENAME TO joined").unwrap();
    hand.commit(&mut store, changed(77));
    store.catch_up().unwrap();
    assert_eq!(frame_of(&mut *reader), 77);
    store.close().unwrap();
    for frame in [5, 6] {
        let mut store = sqlite(&folder);
        Hand::take(&mut store).commit(&mut store, changed(frame));
        assert_eq!(frame_of(&mut *reader), frame);
        store.close().unwrap();
    }
}

/// Nobody has waited for the batch that failed.
#[test]
fn memory_forgets_a_batch_that_was_not_kept() {
    for keeping in [Keeping::Journal, Keeping::Rows] {
        let folder = TempDir::new().unwrap();
        let mut store = OpenOptions { keeping, ..options(&folder) }.open().unwrap();
        let mut hand = Hand::take(&mut store);
        hand.commit(&mut store, people(1));
        store.limit_pages(1);
        let large = ContactWrite { frame: vec![7; 2_000_000], ..contact(2) };
        let lost = Changes { contacts: vec![large].into(), events: vec![event(1, 5)], ..people(2) };
        store.begin(hand.batch(lost)).unwrap();
        assert_eq!(open(&mut store).0.state.number, 1);
        assert_eq!((known(&mut store, &[5]), find(&mut store, &["user:2"])), (vec![false], vec![None]));
        load(&mut store, &[2]).unwrap_err();
    }
}

/// Also by a process that never asked whether it had.
#[test]
fn a_message_that_arrived_before_is_refused_by_who_has_not_asked() {
    for keeping in [Keeping::Journal, Keeping::Rows] {
        let folder = TempDir::new().unwrap();
        let open = || OpenOptions { keeping, ..options(&folder) }.open().unwrap();
        let mut store = open();
        commit(&mut store, Changes { events: vec![event(1, 5)], ..people(1) });
        store.close().unwrap();
        let mut store = open();
        let again = Changes { events: vec![EventRecord { id: 40, ..event(1, 5) }], ..Changes::default() };
        let error = Hand::take(&mut store).try_commit(&mut store, again).unwrap_err();
        assert!(error.message.contains("arrived twice"), "{keeping:?}: {}", error.message);
    }
}

/// Behind a start, by parts that are read once they were asked about often enough: those of the first and the last byte, too.
#[test]
fn messages_of_a_large_day_are_known_exactly() {
    const COUNT: u64 = 15_000;
    let of = |number: u64| {
        let mut id = [7; 16];
        id.iter_mut().skip(1).zip(number.to_be_bytes()).for_each(|(place, byte)| *place = byte);
        id[0] = [0, 200, u8::MAX][(number % 3) as usize];
        MessageKey { day: 20_000, id: MessageId(id) }
    };
    let arrives = |number: u64| EventRecord { id: number + 1, message: of(number), ..event(1, 1) };
    let known = |store: &mut SqliteStore, numbers: std::ops::Range<u64>| {
        let messages = numbers.map(of).collect();
        store.ask(&Questions { messages, ..Questions::default() }).unwrap().known
    };
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    commit(&mut store, Changes { events: (0..COUNT).map(arrives).collect(), ..people(1) });
    store.close().unwrap();
    let mut store = sqlite(&folder);
    let mut hand = Hand::take(&mut store);
    for turn in 0..3 {
        assert_eq!(known(&mut store, COUNT..2 * COUNT), vec![false; COUNT as usize], "{turn}");
        assert_eq!(known(&mut store, 0..COUNT), vec![true; COUNT as usize], "{turn}");
    }
    hand.commit(&mut store, Changes { events: vec![arrives(COUNT + 1)], ..Changes::default() });
    assert_eq!(known(&mut store, COUNT..COUNT + 3), [false, true, false]);
    let again = EventRecord { id: 9 * COUNT, ..arrives(5) };
    let error = hand.try_commit(&mut store, Changes { events: vec![again], ..Changes::default() }).unwrap_err();
    assert!(error.message.contains("arrived twice"), "{}", error.message);
}

/// What waits for its table is memory, too, and is none once the table has it.
#[test]
fn a_store_says_what_the_tail_takes_of_memory() {
    let folder = TempDir::new().unwrap();
    let mut store = OpenOptions { round_changes: 1_000_000, ..options(&folder) }.open().unwrap();
    let mut hand = Hand::take(&mut store);
    hand.commit(&mut store, people(50));
    store.catch_up().unwrap();
    let before = store.memory().unwrap();
    assert_eq!(before.tail, 0);
    let changed = |id: u64| ContactWrite { frame: vec![7; 2_000], ..contact(id) };
    let frames = (0..100).find_map(|_| {
        hand.commit(&mut store, Changes { contacts: (1..=50).map(changed).collect(), ..Changes::default() });
        // Where the machine is busy the tables may have followed before they are looked at.
        Some(store.memory().unwrap().tail).filter(|bytes| *bytes > 0)
    });
    assert!(frames.unwrap() > 50 * 2_000);
    store.catch_up().unwrap();
    assert_eq!(store.memory().unwrap().tail, 0);
}
