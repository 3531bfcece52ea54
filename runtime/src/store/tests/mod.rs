//! The contract of a store, run on every store, and what only a file can get wrong.
#![allow(clippy::unwrap_used)]

mod contract;
mod random;
mod rows;
mod sqlite;
mod view;

use super::memory::MemoryStore;
use super::sqlite::{OpenOptions, SqliteStore};
use tempfile::TempDir;

/// The text columns of the tests' program.
const TEXTS: usize = 2;

fn options(folder: &TempDir) -> OpenOptions {
    OpenOptions {
        texts: vec!["email".to_owned(), "first \"name\"".to_owned()],
        ..OpenOptions::new(folder.path().join("flow.db"))
    }
}

fn sqlite(folder: &TempDir) -> SqliteStore {
    options(folder).open().unwrap()
}

macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        mod on_memory {
            use super::*;
            $(#[test] fn $name() { contract::$name(&mut MemoryStore::new(TEXTS)); })+
        }
        mod on_sqlite {
            use super::*;
            $(#[test] fn $name() {
                let folder = TempDir::new().unwrap();
                contract::$name(&mut sqlite(&folder));
            })+
        }
    };
}

on_every_store!(
    contacts_come_back_as_written,
    contacts_come_back_in_the_order_asked,
    a_contact_without_texts_keeps_its_texts,
    what_is_held_stays_until_it_is_replaced,
    the_last_write_of_a_contact_holds,
    an_unknown_contact_is_an_error,
    the_last_change_of_a_key_holds,
    keys_of_a_joined_contact_find_the_other,
    contacts_are_numbered_after_the_highest,
    journeys_come_back_as_written_in_order,
    journeys_that_do_not_matter_are_not_loaded,
    a_journey_is_replaced_under_its_key,
    due_contacts_come_in_pages,
    a_message_is_known_once_its_event_is_kept,
    a_second_event_of_a_message_is_refused,
    outbox_rows_come_back_as_written,
    unsettled_rows_come_by_id_and_in_pages,
    what_is_still_to_leave_goes_with_a_joined_contact,
    a_second_row_under_an_outbox_key_changes_nothing,
    an_outbox_id_under_two_keys_is_refused,
    settling_moves_rows_on,
    a_row_can_be_queued_and_settled_in_one_batch,
    claimed_and_promised_rows_wait_for_their_fate,
    decisions_are_counted_by_kind,
    arms_are_counted_as_traces_have_them,
    what_is_recorded_once_is_counted_once,
    live_journeys_are_counted_by_step,
    counters_add_up,
    meta_is_replaced,
    a_broken_row_leaves_nothing_behind,
);
