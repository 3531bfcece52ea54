//! Contacts from a file.

use crate::support::{World, at, world};
use flow_runtime::engine::{Imported, counter};
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
fn later_rows_of_one_person_fill_gaps_only() {
    let mut world = world("");
    let result = imported(
        &mut world,
        &[
            (&["user:a", "email:ada@x.example"], &[("email", "ada@x.example"), ("first_name", "Ada"), ("score", "30")]),
            (&["user:a"], &[("first_name", "Adah"), ("last_name", "L"), ("score", "50"), ("unsubscribed", "yes")]),
            (&["user:a"], &[("last_name", "M"), ("unsubscribed", "no"), ("industry", "saas"), ("stage", "mql")]),
            (&["email:ada@x.example"], &[("stage", "customer"), ("has_open_deal", "yes")]),
        ],
    );
    assert_eq!(result, Imported { new: 1, aliases: 3, ..Imported::default() });
    assert_eq!(world.text("a", "first_name").unwrap(), "Ada");
    assert_eq!(world.text("a", "last_name").unwrap(), "L");
    assert_eq!((world.score("a"), world.read("a", "unsubscribed"), world.read("a", "industry")), (30, 1, 1));
    assert_eq!((world.read("a", "stage"), world.read("a", "has_open_deal")), (2, 1));
}

#[test]
fn two_user_ids_are_two_people_and_one_of_them_has_the_address() {
    let mut world = world("");
    let email = ("email", "office@x.example");
    let rows: [Row<'_>; 2] = [
        (&["user:a", "email:office@x.example"], &[email, ("first_name", "Ada")]),
        (&["user:b", "email:office@x.example"], &[email, ("first_name", "Bo")]),
    ];
    let result = imported(&mut world, &rows);
    assert_eq!(result, Imported { new: 2, ..Imported::default() });
    assert_eq!((world.text("a", "email"), world.text("b", "email")), (Some("office@x.example".to_owned()), None));
    assert_eq!(world.text("b", "first_name").unwrap(), "Bo");
    assert_eq!(world.counter(counter::ADDRESSES_LEFT_OUT), 1);
}

#[test]
fn a_newer_export_updates_whom_it_names() {
    let mut world = world("");
    let old = [("email", "a@old.example"), ("first_name", "Ana"), ("stage", "mql"), ("score", "40")];
    imported(&mut world, &[(&["user:a", "email:a@old.example"], &old), (&["user:b"], &[("first_name", "Bo")])]);
    let new = [("email", "a@new.example"), ("first_name", "Anna"), ("stage", "lead"), ("score", "3")];
    let result =
        imported(&mut world, &[(&["user:a", "email:a@new.example"], &new), (&["user:c", "email:a@old.example"], &[])]);
    assert_eq!(result, Imported { new: 1, updated: 1, ..Imported::default() });
    assert_eq!(
        (world.text("a", "first_name").unwrap(), world.text("a", "email").unwrap()),
        ("Anna".to_owned(), "a@new.example".to_owned())
    );
    // A sync never lowers a stage nor takes back points, and the old address is free.
    assert_eq!((world.read("a", "stage"), world.score("a")), (2, 40));
    assert!(world.snapshot().keys.contains(&("email:a@old.example".to_owned(), world.id("c"))));
}

#[test]
fn the_same_file_again_changes_nothing() {
    let mut world = world(RULES);
    let rows =
        [world.row(&["user:a"], &[("email", "a@x.example"), ("unsubscribed", "yes")]), world.row(&["user:b"], &[])];
    world.import(&rows);
    world.at("2026-03-03").identify("a", &[("unsubscribed", "no")]).run();
    let before = world.snapshot();
    assert_eq!(world.reopen().import(&rows), Imported { known: 2, ..Imported::default() });
    assert_eq!(world.snapshot().contacts, before.contacts);
}

#[test]
fn rows_that_a_file_has_gained_are_taken() {
    let mut world = world(RULES);
    let mut rows = vec![world.row(&["user:a"], &[])];
    world.import(&rows);
    rows.push(world.row(&["user:b"], &[]));
    assert_eq!(world.import(&rows), Imported { new: 1, known: 1, ..Imported::default() });
}

#[test]
fn who_already_is_something_does_not_become_it() {
    let mut world = world(RULES);
    imported(&mut world, &[(&["user:a"], &[("stage", "mql"), ("email", "a@x.example")])]);
    assert_eq!(world.score("a"), 10);
    // A sync moves a stage up alone (E11).
    world.at("2026-03-03").identify("a", &[("stage", "lead")]).run();
    world.at("2026-03-04").identify("a", &[("stage", "mql")]).run();
    assert_eq!(world.score("a"), 10);
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
fn a_row_without_keys_is_nobodys() {
    let mut world = world("");
    assert_eq!(imported(&mut world, &[(&[], &[])]), Imported::default());
    assert!(world.snapshot().contacts.is_empty());
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
    assert_eq!(broken.reopen().import(&rows), Imported { known: 20, ..Imported::default() });
    assert_eq!(broken.snapshot(), whole.snapshot());
    assert_eq!(broken.report(), whole.report());
    broken.at("2026-03-03").event("u1", "visited", json!({"page": "/"})).run();
}
