//! `flow doctor`: a healthy store has no finding, each kind of damage is found, and what is mended is as it was before the damage.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "guide/mod.rs"]
mod guide;
#[path = "world/mod.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flow_runtime::clock::{Clock as _, SystemClock};
use flow_runtime::doctor::Kind;
use flow_runtime::store::digest::digest;
use guide::Guide;
use insta::assert_snapshot;
use rusqlite::Connection;
use serde_json::Value;
use world::World;

/// So many people for so long that there is something of everything; it ends on a Saturday, when mails wait for Monday.
const PEOPLE: u32 = 400;
const DAYS: [&str; 2] = ["--days", "41"];

fn doctor(store: &Path, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
    guide::plain(&mut command);
    command.arg("doctor").arg("--store").arg(store).args(options).output().unwrap()
}

/// The document for machines, and the exit code.
fn json(store: &Path, options: &[&str]) -> (Value, i32) {
    let output = doctor(store, &[&["--format", "json"], options].concat());
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code().unwrap())
}

/// How many findings there are of each rule.
fn rules(told: &Value) -> BTreeMap<String, u64> {
    let of = |one: &Value| (one["rule"].as_str().unwrap().to_owned(), one["count"].as_u64().unwrap());
    told["findings"].as_array().unwrap().iter().map(of).collect()
}

/// The store of a run, and copies of it to be damaged.
struct Ward {
    guide: Guide,
    healthy: String,
}

impl Ward {
    fn new() -> Ward {
        let guide = Guide::new(PEOPLE);
        assert!(guide.run(&DAYS).status.success());
        Ward { healthy: guide.digest(), guide }
    }

    fn copy(&self, name: &str) -> PathBuf {
        let copy = self.guide.path(&format!("ward/{}.db", name.replace(' ', "-")));
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(self.guide.store(), &copy).unwrap();
        copy
    }
}

/// Somebody who is in one journey, which waits: its status stands behind the parts in front of it, where those end (`store/kept/short.rs`).
const WAITING: &str = "(SELECT id FROM contact WHERE substr(kept, 1, 2) = x'0100' \
    AND substr(kept, 11 + instr(x'0001020304050607', substr(kept, 6, 1)), 1) = x'00' ORDER BY id LIMIT 1)";

/// Writes bytes over those at a place of what is kept, from where one of the parts of its journeys ends.
fn over(part: usize, at: usize, bytes: &str) -> String {
    let places: String = (0..64).map(|place| format!("{place:02x}")).collect();
    let begin = format!("11 + instr(x'{places}', substr(kept, {}, 1)) + {at}", part + 3);
    let after = bytes.len() / 2;
    format!(
        "UPDATE contact SET kept = CAST(substr(kept, 1, {begin} - 1) || x'{bytes}' || substr(kept, {begin} + {after}) AS BLOB) WHERE id = {WAITING}"
    )
}

/// Damages by SQL, each with a name and the rule that it breaks above all.
fn damages() -> Vec<(&'static str, &'static str, String)> {
    let sql = |rule: &'static str, name: &'static str, sql: &str| (rule, name, sql.to_owned());
    vec![
        sql("wrong-index", "an index that is gone", "DROP INDEX outbox_queued"),
        sql("unreadable", "a contact of a few bytes", &format!("UPDATE contact SET kept = x'01' WHERE id = {WAITING}")),
        sql("unreadable", "a contact without their texts", &format!("DELETE FROM contact_text WHERE id = {WAITING}")),
        sql("unreadable", "a slot below nothing", "UPDATE slot SET next_record = -1"),
        sql(
            "unreadable",
            "a version that has looked at everybody, and is to come",
            "INSERT INTO actor VALUES (0, 3, '', x'63000000')",
        ),
        sql(
            "unreadable",
            "a version that has looked at everybody, and is no number",
            "INSERT INTO actor VALUES (0, 3, '', x'0102')",
        ),
        sql(
            "damaged-journal",
            "a record of the journal that breaks off",
            "INSERT INTO contact_tail VALUES (9000001, '[1,', x'00'); INSERT INTO key_tail VALUES (9000002, '[]')",
        ),
        sql("damaged-journal", "a journal that knows of no messages", "DELETE FROM message_tail"),
        sql(
            "damaged-journal",
            "a key of nobody to come",
            "INSERT INTO key_tail VALUES (9000001, '[[\"user:x\",999999]]')",
        ),
        sql("of-nobody", "texts of nobody", "INSERT INTO contact_text VALUES (999999, '[\"a\"]')"),
        sql(
            "unreadable",
            "a decision of no code",
            "UPDATE decision SET code = 99 WHERE id = (SELECT max(id) FROM decision)",
        ),
        ("waits-for-nothing", "due at no instant", over(3, 1, "00")),
        ("waits-for-two", "an answer and an instant", over(3, 0, "04")),
        sql("asleep", "nobody calls them", &format!("UPDATE contact SET next_at = NULL WHERE id = {WAITING}")),
        sql(
            "asleep",
            "called a year late",
            &format!("UPDATE contact SET next_at = next_at + 31536000000 WHERE id = {WAITING}"),
        ),
        ("no-such-place", "a block that there is not", over(8, 0, "7f")),
        sql(
            "wrong-length",
            "a frame of one word",
            &format!("UPDATE contact SET frame = x'010008' WHERE id = {WAITING}"),
        ),
        sql(
            "wrong-end",
            "an end of another run",
            "UPDATE decision SET run = run + 1 WHERE id = (SELECT max(id) FROM decision WHERE code = 13)",
        ),
        sql(
            "broken-chain",
            "an event without the one before",
            "UPDATE event SET previous = 0 WHERE id = (SELECT max(id) FROM event WHERE previous > 0)",
        ),
        sql(
            "broken-chain",
            "a contact without their newest",
            &format!("UPDATE contact SET newest = 0 WHERE id = {WAITING}"),
        ),
        sql("missing-row", "an event that is gone", "DELETE FROM event WHERE id = (SELECT max(id) FROM event)"),
        sql(
            "missing-row",
            "a message out that is gone",
            "DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox WHERE state = 2)",
        ),
        sql("number-not-given", "a slot that stands too low", "UPDATE slot SET next_record = next_record - 1"),
        sql(
            "of-nobody",
            "a key of nobody",
            "UPDATE contact_key SET contact = 999999 WHERE key = (SELECT min(key) FROM contact_key)",
        ),
        sql(
            "of-nobody",
            "an event of nobody",
            "UPDATE event SET contact = 999999 WHERE id = (SELECT max(id) FROM event)",
        ),
        sql(
            "without-key",
            "a user id that is gone",
            &format!("DELETE FROM contact_key WHERE key LIKE 'user:%' AND contact = {WAITING}"),
        ),
        sql("without-key", "nothing leads to them", &format!("DELETE FROM contact_key WHERE contact = {WAITING}")),
        sql(
            "address-astray",
            "an address that leads to nobody",
            &format!("DELETE FROM contact_key WHERE key LIKE 'email:%' AND contact = {WAITING}"),
        ),
        sql(
            "address-of-another",
            "an address that leads to somebody else",
            &format!("UPDATE contact_key SET contact = 2 WHERE key LIKE 'email:%' AND contact = {WAITING}"),
        ),
        sql(
            "lost-refusal",
            "a refusal that is not the person's any more",
            "INSERT INTO contact_key (key, contact) SELECT 'refused:' || substr(key, 7), contact FROM contact_key \
             WHERE key LIKE 'email:%' ORDER BY key LIMIT 1",
        ),
        sql(
            "joined-on",
            "joined into a joined one",
            "INSERT INTO joined VALUES (1, 2), (2, 3); UPDATE counter SET total = total + 2 WHERE name = 'joined'; INSERT OR IGNORE INTO counter VALUES (0, 'joined', 2)",
        ),
        sql("joined-in-a-circle", "joined in a circle", "INSERT INTO joined VALUES (1, 2), (2, 1)"),
        sql(
            "wrong-score",
            "a change too large",
            "UPDATE score_change SET change = change + 10000 WHERE id = (SELECT max(id) FROM score_change)",
        ),
        sql(
            "wrong-stage",
            "a stage from elsewhere",
            "UPDATE stage_change SET from_stage = from_stage + 1 WHERE id = (SELECT max(id) FROM stage_change)",
        ),
        sql(
            "repeated-key",
            "a key twice",
            "UPDATE outbox SET key = (SELECT key FROM outbox WHERE id = 1) WHERE id = 2",
        ),
        sql(
            "claimed-by-nobody",
            "claimed in a closed store",
            "UPDATE outbox SET state = 1 WHERE id = (SELECT max(id) FROM outbox WHERE state = 0)",
        ),
        sql(
            "wrong-message",
            "a mail to somebody else",
            "UPDATE outbox SET contact = 1 WHERE id = (SELECT max(id) FROM outbox WHERE state = 0)",
        ),
        sql(
            "wrong-message",
            "a mail of another run",
            "UPDATE outbox SET run = 7 WHERE id = (SELECT max(id) FROM outbox WHERE state = 0)",
        ),
        sql(
            "wrong-message",
            "another mail",
            "UPDATE outbox SET email = email + 1 WHERE id = (SELECT max(id) FROM outbox WHERE state = 0)",
        ),
        sql(
            "wrong-message",
            "a mail that says nothing",
            "UPDATE outbox SET payload = '{\"a' WHERE id = (SELECT max(id) FROM outbox WHERE state = 0)",
        ),
        sql(
            "wrong-send",
            "sent and failed",
            "UPDATE outbox SET state = 4 WHERE id = (SELECT max(id) FROM outbox WHERE state = 2 AND kind = 0)",
        ),
        sql(
            "told-twice",
            "an open told twice",
            "UPDATE decision SET send = (SELECT min(send) FROM decision WHERE code = 31) \
             WHERE id = (SELECT max(id) FROM decision WHERE code = 31)",
        ),
        sql("wrong-handoff", "a handoff that is gone", "DELETE FROM handoff WHERE id = (SELECT max(id) FROM handoff)"),
        sql(
            "unknown-message",
            "a message that is not known",
            "DELETE FROM message WHERE id = (SELECT message FROM event WHERE id = (SELECT min(id) FROM event))",
        ),
        sql("astray-message", "a message that nobody logged", "INSERT INTO message VALUES (1, zeroblob(16))"),
        sql("wrong-total", "a counter", "UPDATE counter SET total = total + 1 WHERE name = 'contacts'"),
        sql("wrong-total", "a day of decisions", "UPDATE decision_day SET total = total + 1 WHERE code = 1"),
        sql("wrong-total", "no week of goals", "DELETE FROM conversion_week"),
        sql("no-name", "a store without its name", "DELETE FROM charter"),
        sql("wrong-place", "a place of a stream", "UPDATE stream_place SET place = x'00' WHERE stream = 'events'"),
    ]
}

/// Damages that no SQL makes.
fn damages_by_hand(ward: &Ward) -> Vec<(&'static str, &'static str, PathBuf)> {
    let notes = ward.copy("notes of something else");
    fs::write(notes.with_extension("db.begun"), "shopping list\n").unwrap();
    let [index, counted] = ["an index without its entries", "a count by such an index"].map(|name| ward.copy(name));
    [&index, &counted].into_iter().for_each(|store| empty_index(store));
    let twice = ward.copy("one journey twice");
    double_journey(&twice);
    let pages = ward.copy("a page of something else");
    let file = fs::File::options().write(true).open(&pages).unwrap();
    let connection = Connection::open(&pages).unwrap();
    let root: u32 = connection
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'score_change'", [], |row| row.get(0))
        .unwrap();
    drop(connection);
    file.write_all_at(&[0xA5; 4_096], u64::from(root - 1) * 4_096).unwrap();
    let backup = ward.copy("a live store of before");
    let live = "UPDATE charter SET kind = 'live'";
    assert_eq!(Connection::open(&backup).unwrap().execute(live, []).unwrap(), 1);
    let sum = "SELECT sum(number) FROM slot";
    let batches: i64 = Connection::open(&backup).unwrap().query_row(sum, [], |row| row.get(0)).unwrap();
    fs::write(backup.with_extension("db.lock"), format!("closed {:020} --------\n", batches + 7)).unwrap();
    let ahead = ward.copy("a live store of a year to come");
    let sql = format!("{live}; UPDATE slot SET clock = 4102444800000");
    Connection::open(&ahead).unwrap().execute_batch(&sql).unwrap();
    vec![
        ("clock-ahead", "a live store of a year to come", ahead),
        ("in-the-past", "a live store of before", backup),
        ("wrong-notes", "notes of something else", notes),
        ("wrong-index", "an index without its entries", index),
        ("two-live", "one journey twice", twice),
        ("wrong-count", "a count by such an index", counted),
        ("damaged-pages", "a page of something else", pages),
    ]
}

/// An index that says that nothing waits.
fn empty_index(store: &Path) {
    let redefine = |from: &str, to: &str| {
        let connection = Connection::open(store).unwrap();
        let sql = format!("UPDATE sqlite_schema SET sql = replace(sql, '{from}', '{to}') WHERE name = 'outbox_queued'");
        connection.execute_batch(&format!("PRAGMA writable_schema = ON; {sql}")).unwrap();
    };
    redefine("state = 0", "state = 7");
    Connection::open(store).unwrap().execute_batch("REINDEX outbox_queued").unwrap();
    redefine("state = 7", "state = 0");
}

/// Puts the one journey that is kept of somebody twice.
fn double_journey(store: &Path) {
    let connection = Connection::open(store).unwrap();
    let sql = format!("SELECT kept FROM contact WHERE id = {WAITING}");
    let kept: Vec<u8> = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
    let (ends, rows) = kept[2..].split_at(9);
    let (row, rest) = rows.split_at(usize::from(ends[8]));
    let mut behind = rest;
    let mut number = || {
        let end = behind.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
        let number = behind[..end].iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7F));
        behind = &behind[end..];
        number
    };
    // Block, visit, the record before it, and of each send four numbers. It waits for no message.
    let _ = (number(), number(), number());
    let sends = number();
    for _ in 0..4 * sends {
        number();
    }
    let mut words = number().div_ceil(8);
    while words > 0 {
        // Which bytes of a word follow, or how many more are empty.
        let (bytes, whole) = match behind[0].count_ones() as usize {
            0 => (1, 1 + usize::from(behind[1])),
            bytes => (bytes, 1),
        };
        behind = &behind[1 + bytes..];
        words -= whole;
    }
    let own = &rest[..rest.len() - behind.len()];
    let twice = [&[2, 0], ends, row, row, own, own, behind].concat();
    connection.execute(&format!("UPDATE contact SET kept = ?1 WHERE id = {WAITING}"), [twice]).unwrap();
}

/// What a damage is told as, each finding in words.
fn told_as(told: &Value) -> String {
    let mut text = String::new();
    for rule in told["findings"].as_array().unwrap() {
        text += &format!("  {}: {}\n", rule["rule"].as_str().unwrap(), rule["count"]);
        for one in rule["shown"].as_array().unwrap().iter().take(2) {
            text += &format!("    {} {}\n", one["subject"].as_str().unwrap(), one["says"].as_str().unwrap());
        }
    }
    text
}

#[test]
fn each_kind_of_damage_is_found_and_what_is_safe_is_mended() {
    let ward = Ward::new();
    let (told, code) = json(&ward.guide.store(), &[]);
    assert_eq!((rules(&told), code), (BTreeMap::new(), 0), "{}", told_as(&told));

    let mut stores = damages_by_hand(&ward);
    for (rule, name, sql) in damages() {
        let store = ward.copy(name);
        Connection::open(&store).unwrap().execute_batch(&sql).unwrap();
        stores.push((rule, name, store));
    }
    let known: BTreeSet<&str> = stores.iter().map(|(rule, ..)| *rule).collect();
    let all: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(known, all, "each rule has a damage of its own");

    let mut text = String::new();
    for (rule, name, store) in stores {
        let (told, code) = json(&store, &[]);
        let found = rules(&told);
        assert!(found.contains_key(rule), "{name}: {}", told_as(&told));
        let is_of_pages = found.contains_key("damaged-pages");
        assert_eq!(code, if is_of_pages { 3 } else { 1 }, "{name}");
        text += &format!("{name}\n{}", told_as(&told).replace(ward.guide.path("").to_str().unwrap(), "[folder]/"));
        text += &mended(&ward, name, &store, &told);
    }
    assert_snapshot!(text);
}

/// Whoever is told of a finding finds it in the docs, with what to do.
/// Rows are missing, and what is left says less than was counted: nobody is sent to a command that does nothing.
#[test]
fn what_is_not_mended_in_this_store_is_not_told_to_be() {
    let ward = Ward::new();
    let store = ward.copy("rows missing and a total wrong");
    let damage = "DELETE FROM event WHERE id = (SELECT max(id) FROM event); \
                  UPDATE counter SET total = total + 1 WHERE name = 'contacts';";
    Connection::open(&store).unwrap().execute_batch(damage).unwrap();
    let (told, code) = json(&store, &["--mend"]);
    let findings = told["findings"].as_array().unwrap();
    let total = findings.iter().find(|one| one["rule"] == "wrong-total").unwrap();
    assert_eq!((code, &told["mended"]["copy"], &total["mendable"]), (1, &Value::Null, &Value::Bool(false)), "{told}");
    let said = String::from_utf8(doctor(&store, &["--mend"]).stdout).unwrap();
    assert!(said.contains("Nothing was changed"), "{said}");
    assert!(said.contains("rows are missing, so `flow doctor --mend` leaves this as it is"), "{said}");
    assert!(!said.contains("counts it again"), "{said}");
}

#[test]
fn each_rule_has_its_line_in_the_docs() {
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md")).unwrap();
    let rows: Vec<&str> = docs.lines().filter(|line| line.starts_with("| `")).collect();
    for kind in Kind::ALL {
        let row = rows.iter().find(|row| row.contains(&format!("`{}`", kind.code())));
        let row = row.unwrap_or_else(|| panic!("{} is not there", kind.code()));
        assert_eq!(row.contains("`--mend`"), kind.is_mendable(), "{row}");
    }
}

/// Whoever was asleep goes on as if they had never been.
#[test]
fn a_store_that_was_mended_ends_as_undisturbed() {
    let [guide, undisturbed] = [Guide::new(PEOPLE), Guide::new(PEOPLE)];
    for guide in [&guide, &undisturbed] {
        assert!(guide.run(&DAYS).status.success());
    }
    let damage = format!("UPDATE contact SET next_at = NULL WHERE id = {WAITING}; DELETE FROM decision_day");
    Connection::open(guide.store()).unwrap().execute_batch(&damage).unwrap();
    let asleep = rules(&json(&guide.store(), &[]).0);
    assert!(asleep["asleep"] > 0 && asleep["wrong-total"] > 1, "{asleep:?}");
    let (told, code) = json(&guide.store(), &["--mend"]);
    assert_eq!((rules(&told), code), (BTreeMap::new(), 0));
    for guide in [&guide, &undisturbed] {
        assert!(guide.run(&[]).status.success());
    }
    assert_eq!(guide.digest(), undisturbed.digest());
    assert_eq!(guide.mails(), undisturbed.mails());
}

/// It takes no lock and writes nothing: what serves goes on, and a store at rest or after a kill stays as it is, byte by byte.
#[test]
fn looking_disturbs_nobody() {
    let workflow = "workflow w \"Welcome\" {\n enter when downloaded\n reenter never\n send hello\n wait 3 days\n}\n";
    let mut world = World::new(workflow, "connector = \"file\"");
    world.people(2);
    let serving = world.serve();
    world.event(1, "downloaded");
    world.until("the mail has left", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 1);
    // Somebody is changing the project meanwhile.
    world.write("broken.flow", "workflow {");
    let told = |world: &World, healthy: &str| {
        let said = world.said(&world.command(&["doctor"]).output().unwrap());
        assert!(
            said.contains(healthy) && said.contains("Nothing is wrong: 2 contacts") && said.ends_with("exit 0"),
            "{said}"
        );
    };
    told(&world, "a live store");
    told(&world, "somebody works on it now");
    let refused = world.said(&world.command(&["doctor", "--mend"]).output().unwrap());
    assert!(refused.contains("another Flow already works on") && refused.ends_with("exit 3"), "{refused}");
    world.event(2, "downloaded");
    world.until("the mail has left", |world| world.count("SELECT count(*) FROM outbox WHERE state = 2") == 2);
    serving.signal("-KILL");
    drop(serving.end(&world));

    let files = |world: &World| -> BTreeMap<PathBuf, Vec<u8>> {
        let all = fs::read_dir(world.path("out")).unwrap().map(|entry| entry.unwrap().path());
        // The index of the log is made anew by whoever reads it.
        let all = all.filter(|path| path.is_file() && !path.to_str().unwrap().ends_with("-shm"));
        all.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    };
    let killed = files(&world);
    told(&world, "was ended before they could close it");
    assert!(files(&world) == killed, "something was written");
    fs::remove_file(world.path("broken.flow")).unwrap();
    drop(world.serve().stop(&world));
    let closed = files(&world);
    told(&world, "nobody works on it");
    assert!(files(&world) == closed, "something was written");
}

/// Of each rule all are counted and some are shown, however many there are of another; and all are mended.
#[test]
fn what_is_not_shown_is_counted_and_mended() {
    let ward = Ward::new();
    let store = ward.copy("many messages");
    let connection = Connection::open(&store).unwrap();
    let forget = "DELETE FROM message WHERE id IN (SELECT message FROM event ORDER BY id LIMIT 1000)";
    assert_eq!(connection.execute(forget, []).unwrap(), 1_000);
    // Of a day before all the others.
    let add = "WITH RECURSIVE number(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < 25) \
               INSERT INTO message SELECT 1, CAST(printf('%016d', n) AS BLOB) FROM number";
    assert_eq!(connection.execute(add, []).unwrap(), 25);
    let twice = "UPDATE outbox SET key = (SELECT key FROM outbox AS other WHERE other.id = outbox.id - 1) \
                 WHERE id % 2 = 0 AND id <= 60";
    assert_eq!(connection.execute(twice, []).unwrap(), 30);
    drop(connection);
    let (told, _) = json(&store, &[]);
    let found = rules(&told);
    assert_eq!([found["unknown-message"], found["astray-message"], found["repeated-key"]], [1_000, 25, 30]);
    assert!(told["findings"].as_array().unwrap().iter().all(|rule| rule["shown"].as_array().unwrap().len() <= 20));
    let said = String::from_utf8(doctor(&store, &[]).stdout).unwrap();
    assert!(
        said.contains("… and 980 more") && said.contains("… and 5 more") && said.contains("… and 10 more"),
        "{said}"
    );
    let (told, _) = json(&store, &["--mend"]);
    let found = rules(&told);
    assert_eq!((found.get("unknown-message"), found["astray-message"], found["repeated-key"]), (None, 25, 30));
}

/// What is mended in a live store that lost its log could not be put together with that any more.
#[test]
fn a_live_store_in_the_past_is_not_mended() {
    let ward = Ward::new();
    let store = ward.copy("a live one of before");
    let sql = "UPDATE charter SET kind = 'live'; UPDATE counter SET total = total + 1 WHERE name = 'contacts'";
    Connection::open(&store).unwrap().execute_batch(sql).unwrap();
    fs::write(store.with_extension("db.lock"), format!("closed {:020} --------\n", 1_000_000)).unwrap();
    let before = fs::read(&store).unwrap();
    let output = doctor(&store, &["--mend"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(3) && said.contains("of work that were done in it"), "{said}");
    assert!(fs::read(&store).unwrap() == before && !store.with_extension("db.before-mend").exists());
}

/// Who loses what a store is may not go on as another one, with people in it.
#[test]
fn a_store_without_its_project_or_its_name_is_damaged() {
    let ward = Ward::new();
    for (table, words) in [("program", "it has lost the project that it runs"), ("charter", "its own name")] {
        let store = ward.copy(table);
        Connection::open(&store).unwrap().execute(&format!("DELETE FROM {table}"), []).unwrap();
        let output = ward.guide.run(&["--store", store.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(3) && said.contains(words), "{table}: {said}");
        let output = doctor(&store, &[]);
        let said = [output.stdout, output.stderr].concat();
        assert!(!output.status.success() && String::from_utf8_lossy(&said).contains(words), "{table}");
    }
}

/// What people did last stands in the journal alone: nobody goes on without it.
#[test]
fn a_store_with_a_damaged_journal_is_not_gone_on_from() {
    let ward = Ward::new();
    let damages = [
        ("INSERT INTO contact_tail VALUES (9000001, '[1,', x'00')", "record 9000001 of its journal (`contact_tail`)"),
        ("DELETE FROM message_tail", "it has a journal that is not what Flow wrote"),
    ];
    for (sql, words) in damages {
        let store = ward.copy("damaged journal");
        Connection::open(&store).unwrap().execute_batch(sql).unwrap();
        let before = digest(&store);
        let output = ward.guide.run(&["--store", store.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
        assert!(output.status.code() == Some(3) && said.contains("is damaged: ") && said.contains(words), "{said}");
        let mended = doctor(&store, &["--mend"]);
        assert!(String::from_utf8_lossy(&mended.stderr).contains("is damaged: "));
        assert!(digest(&store).ok() == before.ok() && !store.with_extension("db.before-mend").exists());
        let (told, code) = json(&store, &[]);
        assert_eq!(
            (rules(&told), code),
            (BTreeMap::from([("damaged-journal".to_owned(), 1)]), 1),
            "{}",
            told_as(&told)
        );
    }
}

/// One that is told of twice and not known at all would count a third time.
#[test]
fn a_message_that_was_logged_twice_and_forgotten_is_noted() {
    let ward = Ward::new();
    let store = ward.copy("logged twice");
    let sql = "UPDATE event SET (day, message) = (SELECT day, message FROM event ORDER BY id LIMIT 1) \
               WHERE id = (SELECT id FROM event ORDER BY id LIMIT 1 OFFSET 1); \
               DELETE FROM message WHERE (day, id) = (SELECT day, message FROM event ORDER BY id LIMIT 1)";
    Connection::open(&store).unwrap().execute_batch(sql).unwrap();
    let found = rules(&json(&store, &[]).0);
    // That of the second event is known and stands in no log now.
    assert_eq!((found["unknown-message"], found["astray-message"]), (1, 2));
    let found = rules(&json(&store, &["--mend"]).0);
    assert_eq!((found.get("unknown-message"), found["astray-message"]), (None, 2));
}

/// The header that SQLite's own checks pass over; with something beside it that could be mended.
#[test]
fn a_store_with_free_pages_from_nowhere_is_not_written_to() {
    let ward = Ward::new();
    let store = ward.copy("free pages");
    Connection::open(&store).unwrap().execute_batch("UPDATE counter SET total = total + 1").unwrap();
    let file = fs::File::options().write(true).open(&store).unwrap();
    file.write_all_at(&[0, 0, 0, 0, 0, 0, 0, 7], 32).unwrap();
    let before = fs::read(&store).unwrap();
    let said = String::from_utf8(doctor(&store, &["--mend"]).stdout).unwrap();
    assert!(said.contains("Nothing was changed") && said.contains("says that 7 of its pages are free, and names none"));
    assert!(fs::read(&store).unwrap() == before, "something was written");
    assert!(!store.with_extension("db.before-mend").exists());

    // With a log only a copy tells: its header is the newer one.
    let connection = Connection::open(&store).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; UPDATE counter SET total = total + 1").unwrap();
    let killed = ward.guide.path("ward/killed.db");
    for ending in ["", "-wal"] {
        fs::copy(format!("{}{ending}", store.display()), format!("{}{ending}", killed.display())).unwrap();
    }
    drop(connection);
    let rows = digest(&killed).unwrap();
    let output = doctor(&killed, &["--mend"]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(digest(&killed).unwrap(), rows);
    assert!(
        !killed.with_extension("db.before-mend").exists() && !killed.with_extension("db.before-mend.part").exists()
    );
}

/// A file that holds nothing is none to be mended: its tables are made by whoever begins it.
#[test]
fn an_empty_file_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("new.db");
    fs::write(&store, "").unwrap();
    let output = doctor(&store, &["--mend"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is a store that holds nothing yet"));
    assert_eq!((output.status.code(), fs::read(&store).unwrap().len()), (Some(3), 0));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is put beside it");
}

/// Of what was ended before it was closed messages may be on their way: mending does not close it.
#[test]
fn a_store_that_was_killed_is_mended_and_stays_broken_off() {
    let ward = Ward::new();
    let store = ward.copy("killed and wrong");
    let sql = "UPDATE outbox SET state = 1 WHERE id = (SELECT max(id) FROM outbox WHERE state = 0); \
               UPDATE counter SET total = total + 1 WHERE name = 'contacts'";
    Connection::open(&store).unwrap().execute_batch(sql).unwrap();
    let lock = store.with_extension("db.lock");
    fs::write(&lock, "in use\n").unwrap();
    assert_eq!(rules(&json(&store, &[]).0), BTreeMap::from([("wrong-total".to_owned(), 1)]));
    let (told, code) = json(&store, &["--mend"]);
    assert_eq!((rules(&told), code), (BTreeMap::new(), 0), "{}", told_as(&told));
    assert_eq!(&told["broken_off"], &Value::Bool(true));
    assert!(fs::read(&lock).unwrap().starts_with(b"in use "));
    // Nor where there is nothing to mend.
    assert_eq!(json(&store, &["--mend"]).1, 0);
    assert!(fs::read(&lock).unwrap().starts_with(b"in use "));
}

/// A store has everybody's address, and so has its copy.
#[test]
fn a_copy_is_for_those_who_may_read_the_store() {
    let ward = Ward::new();
    for mode in [0o600, 0o640] {
        let store = ward.copy(&format!("{mode:o}"));
        Connection::open(&store).unwrap().execute_batch("UPDATE counter SET total = total + 1").unwrap();
        fs::set_permissions(&store, fs::Permissions::from_mode(mode)).unwrap();
        // Of one that was ended while it copied.
        fs::write(store.with_extension("db.before-mend.part"), "half").unwrap();
        assert_eq!(json(&store, &["--mend"]).1, 0);
        let copy = store.with_extension("db.before-mend");
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, mode);
        assert!(rules(&json(&copy, &[]).0).contains_key("wrong-total"));
        assert!(!store.with_extension("db.before-mend.part").exists());
    }
}

/// SQLite's lock tells whoever closes the store that somebody still reads through its log. It is lost as soon as this process closes the file
/// that it has opened in any other way.
#[cfg(target_os = "linux")]
#[test]
fn looking_keeps_the_lock_to_its_end() {
    use std::os::unix::fs::MetadataExt as _;
    let ward = Ward::new();
    let killed = ward.guide.path("killed.db");
    let connection = Connection::open(ward.guide.store()).unwrap();
    connection.execute_batch("UPDATE counter SET total = total + 1; UPDATE counter SET total = total - 1").unwrap();
    for ending in ["", "-wal"] {
        fs::copy(format!("{}{ending}", ward.guide.store().display()), format!("{}{ending}", killed.display())).unwrap();
    }
    drop(connection);
    let file = fs::metadata(&killed).unwrap().ino();
    let is_locked = || {
        let locks = fs::read_to_string("/proc/locks").unwrap();
        let of =
            |line: &str| line.contains(&format!(" {} ", std::process::id())) && line.contains(&format!(":{file} "));
        locks.lines().any(|line| line.contains("POSIX") && line.contains("READ") && of(line))
    };
    let mut looks = Vec::new();
    let seen = flow_runtime::open::diagnose(&killed, SystemClock.now(), &mut |_, _| looks.push(is_locked())).unwrap();
    assert!(seen.examined.is_healthy() && seen.facts.log_bytes > 0);
    assert!(!looks.is_empty() && looks.iter().all(|is_locked| *is_locked), "{looks:?}");
}

/// Mends a store, and says what has become of it.
fn mended(ward: &Ward, name: &str, store: &Path, told: &Value) -> String {
    let before = fs::read(store).unwrap();
    let is_mendable = |one: &&Value| one["mendable"].as_bool().unwrap();
    let mendable: Vec<Value> = told["findings"].as_array().unwrap().iter().filter(is_mendable).cloned().collect();
    let (after, code) = json(store, &["--mend"]);
    let copy = store.with_extension("db.before-mend");
    if after["mended"]["copy"].is_null() {
        assert!(!copy.exists() && fs::read(store).unwrap() == before, "{name}: something was written");
        return "  not mended\n".to_owned();
    }
    assert!(!mendable.is_empty(), "{name}");
    let left = rules(&after);
    let others = mendable.len() - after["mended"]["rules"].as_array().unwrap().len();
    assert!(others == 0 || left.contains_key("missing-row") || left.contains_key("of-nobody"), "{name}");
    // The copy is the store as it was.
    let rows = |path: &Path| json(path, &[]).0["findings"].clone();
    assert_eq!(rows(&copy), told["findings"], "{name}: the copy is another store");
    for rule in after["mended"]["rules"].as_array().unwrap() {
        let rule = rule["rule"].as_str().unwrap();
        assert!(!left.contains_key(rule), "{name}: {rule} is left");
    }
    assert_eq!(code, i32::from(!left.is_empty()), "{name}");
    if left.is_empty() {
        let is_as_before = digest(store).unwrap() == ward.healthy;
        return format!("  mended{}\n", if is_as_before { ": as before the damage" } else { "" });
    }
    format!("  mended in part: {} stay\n", left.keys().cloned().collect::<Vec<_>>().join(", "))
}
