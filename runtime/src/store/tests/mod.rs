//! The contract of a store, run on every store, and what only a file can get wrong.
#![allow(clippy::unwrap_used)]

mod contract;
mod owners;
mod picture;
mod random;
pub(super) mod rows;
mod sqlite;
mod tail;
mod view;

use super::memory::MemoryStore;
use super::sqlite::{Keeping, OpenOptions, SqliteStore};
use tempfile::TempDir;

fn options(folder: &TempDir) -> OpenOptions {
    OpenOptions {
        texts: vec!["email".to_owned(), "first \"name\"".to_owned()],
        ..OpenOptions::new(folder.path().join("flow.db"))
    }
}

fn sqlite(folder: &TempDir) -> SqliteStore {
    options(folder).open().unwrap()
}

/// With every row written at once.
fn rows_alone(folder: &TempDir) -> OpenOptions {
    OpenOptions { keeping: Keeping::Rows, ..options(folder) }
}

/// With tables that are behind, and follow all the time.
fn in_small_rounds(folder: &TempDir) -> OpenOptions {
    OpenOptions { round_changes: 3, ..options(folder) }
}

macro_rules! on_every_store {
    ($($name:ident),+ $(,)?) => {
        mod on_memory {
            use super::*;
            $(#[test] fn $name() { contract::$name(&mut MemoryStore::new()); })+
        }
        mod on_sqlite {
            use super::*;
            $(#[test] fn $name() {
                let folder = TempDir::new().unwrap();
                contract::$name(&mut sqlite(&folder));
            })+
        }
        mod on_rows {
            use super::*;
            $(#[test] fn $name() {
                let folder = TempDir::new().unwrap();
                contract::$name(&mut rows_alone(&folder).open().unwrap());
            })+
        }
        mod in_rounds {
            use super::*;
            $(#[test] fn $name() {
                let folder = TempDir::new().unwrap();
                contract::$name(&mut in_small_rounds(&folder).open().unwrap());
            })+
        }
    };
}

on_every_store!(
    contacts_come_back_as_written,
    several_kinds_of_questions_are_answered_at_once,
    what_somebody_did_after_a_record_is_found,
    a_contact_without_texts_keeps_its_texts,
    a_contact_is_replaced_whole,
    the_last_write_of_a_contact_holds,
    an_unknown_contact_is_damage,
    the_last_change_of_a_key_holds,
    keys_of_a_joined_contact_find_the_other,
    what_was_handed_over_is_answered_by,
    after_a_failure_nothing_is_kept_until_the_slot_is_opened,
    a_batch_that_failed_stays_failed,
    a_batch_out_of_turn_is_lost,
    a_slot_stands_where_its_last_batch_left_it,
    what_a_store_is_stays,
    journeys_come_back_as_written,
    journeys_that_nobody_asks_for_are_kept_apart,
    whoever_is_due_or_of_an_earlier_layout_comes_in_pages,
    a_message_is_known_once_its_event_is_kept,
    a_second_event_of_a_message_is_refused,
    outbox_rows_come_back_as_written,
    what_is_on_its_way_comes_by_number_and_in_pages,
    what_waits_comes_by_its_instant_from_a_place_on,
    outbox_rows_are_answered_as_they_were_handed_over,
    what_is_still_to_leave_goes_with_a_joined_contact,
    settling_moves_rows_on,
    recipients_are_told_of_rows_that_have_left_too,
    a_row_can_be_queued_and_settled_in_one_batch,
    decisions_are_counted_by_day_and_kind,
    arms_are_counted_as_traces_have_them,
    live_journeys_are_counted_by_step_and_block,
    who_clicked_what_nobody_is_told_to_have_opened_is_counted,
    totals_add_up,
    a_broken_row_leaves_nothing_behind,
);
