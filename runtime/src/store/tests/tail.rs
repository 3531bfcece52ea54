//! What somebody else has written into the tail of a store whose tables are behind: whoever examines it names it and looks at everything else, and
//! nobody goes on from it.

use super::rows::*;
use super::{in_small_rounds, options, rows_alone, sqlite};
use crate::doctor::Findings;
use crate::store::sqlite::{OpenOptions, picture};
use crate::store::*;
use rusqlite::Connection;
use std::path::PathBuf;
use tempfile::TempDir;

/// A store that was ended while its tables were behind: with records of contacts and of keys, and messages that only the log knows.
struct Behind {
    folder: TempDir,
    path: PathBuf,
}

impl Behind {
    fn new() -> Behind {
        // Where the machine is busy the tables may have followed before they are looked at.
        (0..100).find_map(|_| Behind::at_once()).unwrap()
    }

    fn at_once() -> Option<Behind> {
        let (folder, at_work) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let mut store = OpenOptions { round_changes: 1_000, ..options(&at_work) }.open().unwrap();
        let mut hand = Hand::take(&mut store);
        hand.commit(&mut store, people(3));
        for turn in 1..=3 {
            let newest = u64::from(turn);
            let changed = ContactWrite { frame: vec![turn; 4_000], newest, ..contact(newest) };
            let keys = vec![(format!("email:{turn}"), Some(ContactId(newest)))];
            let contacts = vec![changed, ContactWrite { frame: vec![turn; 9], newest, ..contact(1) }];
            hand.commit(
                &mut store,
                Changes {
                    contacts: contacts.into(),
                    keys,
                    events: vec![EventRecord { id: newest, ..event(newest, turn) }],
                    ..Changes::default()
                },
            );
        }
        let path = folder.path().join("flow.db");
        let connection = Connection::open(&options(&at_work).path).unwrap();
        connection.execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap();
        let behind = Behind { folder, path };
        let is_behind = behind.count("contact_tail") > 3 && behind.count("key_tail") > 3;
        is_behind.then_some(behind)
    }

    fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        Connection::open(&self.path).unwrap().query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    fn damage(&self, sql: &str) {
        let connection = Connection::open(&self.path).unwrap();
        connection.execute_batch(sql).unwrap();
        assert!(connection.changes() > 0 || sql.starts_with("DROP"), "{sql}");
    }

    /// What an examination finds, and how many contacts it can look at behind that.
    fn examined(&self) -> (String, usize) {
        let mut found = Findings::default();
        let seen = picture(&self.path, |records| {
            found = Findings::default();
            records.examine_file(&mut found)?;
            records.facts(&options(&self.folder).path)?;
            records.keys(None)?;
            let mut known = 0;
            records.astray_messages(&mut |_| known += 1)?;
            records.whole_contacts(None).map(|contacts| contacts.len())
        });
        (format!("{found:?}"), seen.unwrap().unwrap())
    }
}

const FIRST: &str = "place = (SELECT min(place) FROM contact_tail)";
const LAST: &str = "place = (SELECT max(place) FROM contact_tail)";
const OTHER: &str = "that is not what Flow wrote: a record of it was changed, taken out or put in by something else";

fn damages() -> Vec<(String, &'static str)> {
    let nobody = "is about contact 77, who is not there";
    let cut = "was cut off, or its bytes are others";
    let no_such = "says that messages are known up to record -1, and there is none such";
    vec![
        (format!("UPDATE contact_tail SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE {FIRST}"), cut),
        (format!("UPDATE contact_tail SET bytes = x'' WHERE {LAST}"), cut),
        (format!("UPDATE contact_tail SET bytes = CAST(bytes || x'00' AS BLOB) WHERE {FIRST}"), cut),
        (format!("UPDATE contact_tail SET people = '[1,' WHERE {FIRST}"), "does not say whom it is about"),
        (
            format!("UPDATE contact_tail SET people = CAST(x'ff' AS TEXT) WHERE {FIRST}"),
            "does not say whom it is about",
        ),
        (format!("UPDATE contact_tail SET people = '[-1]' WHERE {FIRST}"), "does not say whom it is about"),
        (format!("UPDATE contact_tail SET people = '[]' WHERE {FIRST}"), cut),
        (format!("UPDATE contact_tail SET people = replace(people, '1', '77') WHERE {FIRST}"), nobody),
        (format!("UPDATE contact_tail SET people = replace(people, '1', '2') WHERE {FIRST}"), OTHER),
        // Up to where the first one of it stands in the log.
        (
            format!(
                "UPDATE contact_tail SET bytes = CAST(substr(bytes, 1, 8) || x'63' || substr(bytes, 10) AS BLOB) WHERE {LAST}"
            ),
            OTHER,
        ),
        (
            format!(
                "UPDATE contact_tail SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'aa' AS BLOB) WHERE {LAST}"
            ),
            OTHER,
        ),
        (format!("DELETE FROM contact_tail WHERE {FIRST}"), OTHER),
        (format!("DELETE FROM contact_tail WHERE {LAST}"), OTHER),
        (format!("UPDATE contact_tail SET place = place + 500 WHERE {FIRST}"), OTHER),
        (format!("UPDATE contact_tail SET place = -place WHERE {LAST}"), OTHER),
        (format!("INSERT INTO contact_tail SELECT place + 500, people, bytes FROM contact_tail WHERE {FIRST}"), OTHER),
        ("DELETE FROM contact_tail".to_owned(), OTHER),
        ("UPDATE key_tail SET keys = '[[\"user:9\"'".to_owned(), "does not say which keys it is about"),
        ("UPDATE key_tail SET keys = '[[\"user:9\",\"1\"]]'".to_owned(), "does not say which keys it is about"),
        ("UPDATE key_tail SET keys = '[[\"user:9\",77]]'".to_owned(), nobody),
        ("UPDATE key_tail SET keys = '[[\"user:9\",2]]'".to_owned(), OTHER),
        ("DELETE FROM key_tail WHERE place = (SELECT max(place) FROM key_tail)".to_owned(), OTHER),
        ("DELETE FROM message_tail".to_owned(), OTHER),
        ("UPDATE message_tail SET up_to = 2".to_owned(), OTHER),
        ("UPDATE message_tail SET up_to = 2000".to_owned(), OTHER),
        ("UPDATE message_tail SET up_to = -1".to_owned(), no_such),
        ("UPDATE message_tail SET slot = 1".to_owned(), OTHER),
        ("UPDATE slot SET tail_sum = 7".to_owned(), OTHER),
        ("DELETE FROM slot".to_owned(), "has a journal, and has lost what it is of (`slot`)"),
    ]
}

#[test]
fn whatever_is_done_to_the_tail_is_found_and_nobody_goes_on_from_it() {
    let mut behind = Behind::new();
    let whole = behind.examined();
    assert_eq!(whole, (format!("{:?}", Findings::default()), 3));
    for (sql, words) in damages() {
        behind.damage(&sql);
        let (found, contacts) = behind.examined();
        assert!(found.contains("DamagedJournal") && found.contains(words), "{sql}: {found}");
        assert_eq!(contacts, 3, "{sql}: the rest is looked at");
        for options in [options(&behind.folder), rows_alone(&behind.folder), in_small_rounds(&behind.folder)] {
            let error = options.open().map(drop).unwrap_err();
            assert_eq!(error.fault, StoreFault::Corrupt, "{sql}: {}", error.message);
            assert!(
                error.message.contains("is damaged: ") && error.message.contains(words),
                "{sql}: {}",
                error.message
            );
            assert!(error.help.contains("restore the last good backup"), "{sql}: {}", error.help);
        }
        behind = Behind::new();
    }
    // Untouched it goes on, and the next one sees it whole again.
    let mut store = sqlite(&behind.folder);
    assert_eq!(load(&mut store, &[1]).unwrap()[0].frame, [3; 9]);
    commit(
        &mut store,
        Changes { contacts: vec![ContactWrite { newest: 2, ..contact(2) }].into(), ..Changes::default() },
    );
    store.close().unwrap();
    assert_eq!(behind.count("contact_tail") + behind.count("key_tail"), 0);
    assert_eq!(behind.examined(), whole);
    rows_alone(&behind.folder).open().unwrap().close().unwrap();
    assert_eq!(behind.examined(), whole);
    sqlite(&behind.folder).close().unwrap();
    behind.damage("DELETE FROM message_tail");
    assert!(sqlite_refused(&behind).contains(OTHER));
}

fn sqlite_refused(behind: &Behind) -> String {
    options(&behind.folder).open().map(drop).unwrap_err().message
}

/// A table that is not there is told once, and what is left is looked at.
#[test]
fn a_tail_that_is_not_there_is_a_table_that_is_not_there() {
    let behind = Behind::new();
    behind.damage("DROP TABLE contact_tail");
    let (found, contacts) = behind.examined();
    assert!(found.contains("is a table that is not there") && !found.contains("DamagedJournal"), "{found}");
    assert_eq!(contacts, 3);
    assert!(sqlite_refused(&behind).contains("its table `contact_tail` is not there"));
}

/// Of what an earlier Flow wrote nobody knows the sum: it is taken up as it is, and summed up from then on.
/// The sum stands in the row of the slot, which a batch writes anyway.
#[test]
fn a_tail_without_a_sum_is_summed_up_once_it_is_opened() {
    let behind = Behind::new();
    behind.damage("UPDATE slot SET tail_sum = NULL");
    sqlite(&behind.folder).close().unwrap();
    let sum = "SELECT tail_sum IS NOT NULL FROM slot";
    assert!(Connection::open(&behind.path).unwrap().query_row(sum, [], |row| row.get::<_, bool>(0)).unwrap());
}

#[test]
fn texts_of_nobody_are_found() {
    let behind = Behind::new();
    behind.damage("INSERT INTO contact_text VALUES (88, '[]')");
    assert!(behind.examined().0.contains("are about contact 88, who is not there"));
}

/// Nobody sleeps because nothing of them can be read.
#[test]
fn whoever_cannot_be_read_is_looked_at_and_told_of() {
    for sql in ["DELETE FROM contact_text WHERE id = 2", "UPDATE contact_text SET texts = '[\"a' WHERE id = 2"] {
        let behind = Behind::new();
        behind.damage(sql);
        let mut store = sqlite(&behind.folder);
        let due = open(&mut store).1.contacts;
        assert_eq!(due.iter().map(|contact| contact.id).collect::<Vec<_>>(), [ContactId(2)], "{sql}");
        let error = load(&mut store, &[2]).unwrap_err();
        assert!(error.message.contains("contact 2 holds what Flow never writes"), "{}", error.message);
        assert_eq!((error.fault, load(&mut store, &[1]).unwrap().len()), (StoreFault::Corrupt, 1));
    }
}

/// A key that leads to nobody, or a record that was taken out of the log, is damage and no fault of Flow's.
#[test]
fn what_leads_nowhere_is_damage() {
    for keep in [options, rows_alone] {
        let behind = Behind::new();
        behind.damage("INSERT INTO contact_key (key, contact) VALUES ('user:8', 77)");
        behind.damage("DELETE FROM event WHERE id = 3");
        let mut store = keep(&behind.folder).open().unwrap();
        open(&mut store);
        assert_eq!(find(&mut store, &["user:8"]), [Some(77)]);
        let asked = Questions { events: vec![(ContactId(3), 0)], ..Questions::default() };
        for error in [load(&mut store, &[77]).unwrap_err(), store.ask(&asked).unwrap_err()] {
            assert_eq!(error.fault, StoreFault::Corrupt);
            assert!(
                error.message.contains("is damaged: ")
                    && error.message.contains("is not there") | error.message.contains("there is no contact 77"),
                "{}",
                error.message
            );
            assert!(!error.help.contains("fault in Flow"), "{}", error.help);
        }
    }
}
