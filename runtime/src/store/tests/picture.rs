//! A picture of a store that somebody works on, rests, or begins to be worked on meanwhile.

use super::rows::*;
use super::{options, sqlite};
use crate::doctor::Findings;
use crate::store::sqlite::{OpenOptions, SqliteRecords, picture, refuse_not_of_today};
use crate::store::*;
use std::collections::BTreeSet;
use std::fs;
use tempfile::TempDir;

fn people_in(records: &mut SqliteRecords) -> Result<usize, StoreError> {
    Ok(records.contacts_after(None)?.len())
}

#[test]
fn a_picture_is_of_one_moment_and_holds_nobody_up() {
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    let mut hand = Hand::take(&mut store);
    hand.commit(&mut store, people(2));
    let seen = picture(&options(&folder).path, |records| {
        let before = people_in(records)?;
        hand.commit(&mut store, people(5));
        Ok::<_, StoreError>((before, people_in(records)?))
    });
    assert_eq!(seen.unwrap(), Some((2, 2)));
    assert_eq!(picture(&options(&folder).path, people_in).unwrap(), Some(5));
}

/// The log of a process that begins then is not seen by whoever reads the file alone.
#[test]
fn another_picture_is_taken_where_somebody_began_to_work_on_a_store_at_rest() {
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    commit(&mut store, people(2));
    store.close().unwrap();
    let (mut taken, mut later) = (0, None);
    let seen = picture(&options(&folder).path, |records| {
        taken += 1;
        let store = later.get_or_insert_with(|| sqlite(&folder));
        if taken == 1 {
            commit(store, people(5));
        }
        people_in(records)
    });
    assert_eq!((seen.unwrap(), taken), (Some(5), 2));
}

#[test]
fn a_store_at_rest_stays_one_file_whatever_it_is_called() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("Frühling 100% #1?immutable=0.db");
    let mut store = OpenOptions { path: path.clone(), ..options(&folder) }.open().unwrap();
    commit(&mut store, people(3));
    store.close().unwrap();
    let files = || fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect::<BTreeSet<_>>();
    let before = (files(), fs::read(&path).unwrap());
    assert_eq!(picture(&path, people_in).unwrap(), Some(3));
    assert_eq!(before, (files(), fs::read(&path).unwrap()));
}

/// Of the tables of an earlier version nothing is made anew.
#[test]
fn a_store_of_an_earlier_flow_stays_one() {
    let folder = TempDir::new().unwrap();
    let path = options(&folder).path;
    sqlite(&folder).close().unwrap();
    let earlier = "DROP INDEX outbox_queued; DROP INDEX outbox_on_its_way; PRAGMA user_version = 7; \
                   ALTER TABLE outbox DROP COLUMN held_since; ALTER TABLE event DROP COLUMN counts; \
                   CREATE INDEX outbox_unsettled ON outbox (id) WHERE state IN (0, 1, 6);";
    rusqlite::Connection::open(&path).unwrap().execute_batch(earlier).unwrap();
    let before = fs::read(&path).unwrap();
    assert_eq!(picture(&path, |records| records.unsettled_count()).unwrap(), Some(0));
    // One that was ended while it was made.
    let said = |path| refuse_not_of_today(path).unwrap_err().message;
    assert!(said(&path).ends_with("is a store that holds nothing yet"), "{}", said(&path));
    assert_eq!(before, fs::read(&path).unwrap());
    let begun = "INSERT INTO charter (one, kind) VALUES (1, 'live')";
    rusqlite::Connection::open(&path).unwrap().execute_batch(begun).unwrap();
    assert!(said(&path).contains("was written by an earlier Flow"), "{}", said(&path));
}

/// The examination of the file comes first, and SQLite makes room for temporary tables for it.
#[test]
fn a_picture_of_tables_that_are_behind_is_examined_and_read() {
    let folder = TempDir::new().unwrap();
    let mut store = sqlite(&folder);
    let mut hand = Hand::take(&mut store);
    hand.commit(&mut store, people(1));
    hand.commit(
        &mut store,
        Changes { contacts: vec![ContactWrite { frame: vec![9], ..contact(1) }].into(), ..Changes::default() },
    );
    let seen = picture(&options(&folder).path, |records| {
        records.examine_file(&mut Findings::default())?;
        Ok::<_, StoreError>(records.whole_contacts(None)?.remove(0).1.map(|contact| contact.frame))
    });
    assert_eq!(seen.unwrap(), Some(Some(vec![9])));
}
