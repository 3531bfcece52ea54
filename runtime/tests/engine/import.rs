//! Contacts from a file.

use crate::support::{World, at, world};
use flow_runtime::engine::Imported;
use serde_json::json;

const RULES: &str = "workflow fresh {\n enter when stage is mql new only\n reenter never\n score += 1\n}
workflow all {\n enter when stage is mql including existing\n reenter never\n score += 10\n}
workflow quiet {\n enter when inactive for 10 days\n reenter never\n score += 100\n}";

/// Keys, and fields with their words.
type Row<'r> = (&'r [&'r str], &'r [(&'r str, &'r str)]);

fn imported(world: &mut World, rows: &[Row<'_>]) -> Imported {
    let rows: Vec<_> = rows.iter().map(|(keys, words)| world.row(keys, words)).collect();
    let imported = world.import(&rows);
    world.check_invariants();
    imported
}

#[test]
fn one_address_is_one_person_and_later_rows_fill_gaps_only() {
    let mut world = world("");
    let result = imported(
        &mut world,
        &[
            (&["user:a", "email:ada@x.example"], &[("email", "ada@x.example"), ("first_name", "Ada"), ("score", "30")]),
            (
                &["user:b", "email:ada@x.example"],
                &[("first_name", "Adah"), ("last_name", "L"), ("score", "5"), ("unsubscribed", "yes")],
            ),
            (&["user:a"], &[("last_name", "M"), ("unsubscribed", "no"), ("industry", "saas")]),
        ],
    );
    assert_eq!(result, Imported { new: 1, aliases: 2, known: 0 });
    assert_eq!(world.id("a"), world.id("b"));
    assert_eq!(world.text("a", "first_name").unwrap(), "Ada");
    assert_eq!(world.text("a", "last_name").unwrap(), "L");
    assert_eq!((world.score("a"), world.read("a", "unsubscribed"), world.read("a", "industry")), (30, 1, 1));
}

#[test]
fn the_same_file_again_changes_nothing() {
    let mut world = world(RULES);
    let rows =
        [world.row(&["user:a"], &[("email", "a@x.example"), ("unsubscribed", "yes")]), world.row(&["user:b"], &[])];
    world.import(&rows);
    world.at("2026-03-03").identify("a", &[("unsubscribed", "no")]).run();
    let before = world.snapshot();
    assert_eq!(world.reopen().import(&rows), Imported { new: 0, aliases: 0, known: 2 });
    assert_eq!(world.snapshot().contacts, before.contacts);
}

#[test]
fn rows_that_a_file_has_gained_are_taken() {
    let mut world = world(RULES);
    let mut rows = vec![world.row(&["user:a"], &[])];
    world.import(&rows);
    rows.push(world.row(&["user:b"], &[]));
    assert_eq!(world.import(&rows), Imported { new: 1, aliases: 0, known: 1 });
}

#[test]
fn who_already_is_something_does_not_become_it() {
    let mut world = world(RULES);
    imported(&mut world, &[(&["user:a"], &[("stage", "mql"), ("email", "a@x.example")])]);
    assert_eq!(world.score("a"), 10);
    world.at("2026-03-03").identify("a", &[("stage", "lead")]).run();
    world.at("2026-03-04").identify("a", &[("stage", "mql")]).run();
    assert_eq!(world.score("a"), 11);
}

#[test]
fn silence_counts_from_the_import() {
    let mut world = world(RULES);
    imported(&mut world, &[(&["user:a"], &[("email", "a@x.example"), ("created_at", "0")])]);
    world.at("2026-03-11").run();
    assert_eq!(world.score("a"), 0);
    world.at("2026-03-13").run();
    assert_eq!(world.story("a")[0], "03-12 00:00 quiet Entered");
}

#[test]
fn a_row_without_keys_is_nobodys_and_rows_of_two_people_follow_the_first() {
    let mut world = world("");
    imported(
        &mut world,
        &[(&[], &[]), (&["user:a"], &[]), (&["user:b"], &[]), (&["user:b", "user:a"], &[("first_name", "Bo")])],
    );
    assert_eq!(world.counter(flow_runtime::engine::counter::MERGE_WANTED), 1);
    assert_eq!((world.text("a", "first_name"), world.text("b", "first_name")), (None, Some("Bo".to_owned())));
}

#[test]
fn a_row_takes_no_address_that_is_somebody_elses() {
    let mut world = world("");
    let email = ("email", "a@x.example");
    imported(
        &mut world,
        &[
            (&["user:a", "email:a@x.example"], &[email]),
            (&["user:b"], &[]),
            (&["user:b", "email:a@x.example"], &[email, ("last_name", "B")]),
        ],
    );
    assert_eq!((world.text("b", "email"), world.text("b", "last_name")), (None, Some("B".to_owned())));
}

#[test]
fn an_import_goes_on_where_a_crash_stopped_it() {
    let rows = |world: &World| -> Vec<_> {
        (0..20)
            .map(|n| world.row(&[&format!("user:u{}", n % 15)], &[("stage", "mql"), ("first_name", &format!("n{n}"))]))
            .collect()
    };
    let mut whole = world(RULES);
    whole.import(&rows(&whole));
    let mut broken = world(RULES).limits(3, 4);
    let rows = rows(&broken);
    let now = flow_runtime::time::Instant(at("2026-03-02"));
    for _ in 0..50 {
        *broken.shared.crash.lock().unwrap() = crate::support::Crash::AfterCommit(1);
        if broken.reopen().engine().import_contacts("contacts.csv", &rows, now, &mut |_| {}).is_ok() {
            break;
        }
    }
    *broken.shared.crash.lock().unwrap() = crate::support::Crash::Never;
    assert_eq!(broken.reopen().import(&rows), Imported { new: 0, aliases: 0, known: 20 });
    assert_eq!(broken.snapshot(), whole.snapshot());
    assert_eq!(broken.report(), whole.report());
    broken.at("2026-03-03").event("u1", "visited", json!({"page": "/"})).run();
}
