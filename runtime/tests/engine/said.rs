//! Of two values of a field the one that occurred later holds, whichever came first (E11).

use crate::support::{Crash, World, at, text_of, world};
use flow_runtime::engine::EngineError;
use flow_runtime::inbound::{ContactRow, Fingerprint};
use flow_runtime::time::Instant;
use serde_json::json;

fn names(world: &World, user: &str) -> [Option<String>; 2] {
    ["first_name", "last_name"].map(|field| world.text(user, field))
}

fn text(words: &str) -> Option<String> {
    Some(words.to_owned())
}

#[test]
fn an_older_value_that_comes_late_only_fills_gaps() {
    let mut world = world("");
    world.contact("ada", &[]);
    world
        .at("2026-03-05 10:00")
        .identify("ada", &[("first_name", "Ada"), ("employees", "9"), ("has_open_deal", "no")])
        .run();
    let old =
        [("first_name", "Old"), ("last_name", "L"), ("employees", "3"), ("has_open_deal", "yes"), ("industry", "saas")];
    world.reopen().at("2026-03-06 10:00").identify("ada", &old).occurred("2026-03-04 10:00").run();
    assert_eq!(names(&world, "ada"), [text("Ada"), text("L")]);
    assert_eq!(
        (world.read("ada", "employees") / 10_000, world.read("ada", "has_open_deal"), world.read("ada", "industry")),
        (9, 0, 1)
    );
    // The gap that it filled is of its own time.
    world.at("2026-03-07 10:00").identify("ada", &[("last_name", "M")]).occurred("2026-03-04 11:00").run();
    world.at("2026-03-07 11:00").identify("ada", &[("last_name", "N")]).occurred("2026-03-03 11:00").run();
    assert_eq!(names(&world, "ada"), [text("Ada"), text("M")]);
    // Of one instant, what came last holds.
    world.at("2026-03-08").identify("ada", &[("last_name", "O")]).occurred("2026-03-04 11:00").run();
    assert_eq!(names(&world, "ada"), [text("Ada"), text("O")]);
}

#[test]
fn what_was_said_again_is_of_then() {
    let mut world = world("");
    world.contact("ada", &[]);
    for (at, occurred, name) in
        [("2026-03-02", "2026-03-02", "Ada"), ("2026-03-05", "2026-03-05", "Ada"), ("2026-03-06", "2026-03-04", "Eda")]
    {
        world.at(at).identify("ada", &[("first_name", name)]).occurred(occurred).run();
    }
    assert_eq!(world.text("ada", "first_name"), text("Ada"));
}

#[test]
fn an_address_given_up_before_stays_given_up() {
    let mut world = world("");
    world.contact("ada", &[("email", "ada@old.example")]);
    world.at("2026-03-05").identify("ada", &[("email", "ada@new.example")]).keys(&["email:ada@new.example"]).run();
    let old = [("email", "ada@old.example")];
    world.at("2026-03-06").identify("ada", &old).keys(&["email:ada@old.example"]).occurred("2026-03-04").run();
    assert_eq!(world.text("ada", "email"), text("ada@new.example"));
    // It is free for whoever comes with it.
    world.at("2026-03-07").identify("bea", &old).keys(&["email:ada@old.example"]).run();
    assert_eq!(world.text("bea", "email"), text("ada@old.example"));
    assert_ne!(world.id("ada"), world.id("bea"));
}

#[test]
fn what_a_step_changes_is_so_from_then_on() {
    let mut world = world("workflow go {\n enter when signed_up\n reenter never\n set has_open_deal = yes\n}").native();
    world.contact("ada", &[("has_open_deal", "no")]);
    world.at("2026-03-05 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-06").identify("ada", &[("has_open_deal", "no")]).occurred("2026-03-05 09:00").run();
    assert_eq!(world.read("ada", "has_open_deal"), 1);
    world.at("2026-03-07").identify("ada", &[("has_open_deal", "no")]).run();
    assert_eq!(world.read("ada", "has_open_deal"), 0);
}

/// Points and stages only rise, a refusal stays, whenever it occurred.
#[test]
fn some_fields_have_rules_of_their_own() {
    let mut world = world("");
    world
        .contact("ada", &[])
        .at("2026-03-05")
        .identify("ada", &[("score", "5"), ("stage", "lead"), ("unsubscribed", "no")])
        .run();
    let old = [("score", "40"), ("stage", "mql"), ("unsubscribed", "yes")];
    world.at("2026-03-06").identify("ada", &old).occurred("2026-03-04").run();
    assert_eq!((world.score("ada"), world.read("ada", "stage"), world.read("ada", "unsubscribed")), (40, 2, 1));
}

#[test]
fn of_two_who_prove_to_be_one_the_later_value_holds() {
    let mut world = world("");
    world.contact("ada", &[("first_name", "Ada"), ("last_name", "L"), ("has_open_deal", "no")]);
    let device = [("first_name", "Zoe"), ("email", "zoe@x.example"), ("has_open_deal", "yes")];
    world.at("2026-03-05").identify("", &device).only_key("anonymous:d1").run();
    world.at("2026-03-06").identify("ada", &[("last_name", "M")]).keys(&["anonymous:d1"]).occurred("2026-02-01").run();
    assert_eq!(names(&world, "ada"), [text("Zoe"), text("L")]);
    // How the person is known is no field like others: mail goes on to the address of the one with the user id.
    assert_eq!(world.text("ada", "email"), text("ada@people.example"));
    assert_eq!(world.read("ada", "has_open_deal"), 1);
    // And it is known from when that is.
    world.at("2026-03-07").identify("ada", &[("first_name", "Ida")]).occurred("2026-03-04").run();
    assert_eq!(world.text("ada", "first_name"), text("Zoe"));
    world.at("2026-03-08").identify("ada", &[("first_name", "Ida")]).occurred("2026-03-05 00:01").run();
    assert_eq!(world.text("ada", "first_name"), text("Ida"));
}

#[test]
fn a_row_of_a_file_is_of_when_the_file_was_read() {
    let mut world = world("");
    world.contact("ada", &[]);
    let row = world.row(&["user:ada"], &[("first_name", "Row"), ("last_name", "Row")]);
    world.at("2026-03-05").identify("ada", &[("first_name", "Ada")]).run().at("2026-03-06").import(&[row]);
    assert_eq!(names(&world, "ada"), [text("Row"), text("Row")]);
    world.at("2026-03-07").identify("ada", &[("first_name", "Late")]).occurred("2026-03-05 12:00").run();
    assert_eq!(names(&world, "ada"), [text("Row"), text("Row")]);
}

#[test]
fn a_row_that_says_when_it_was_last_changed_is_of_then() {
    let mut world = world("");
    world.contact("ada", &[]).at("2026-03-05").identify("ada", &[("first_name", "Ada")]).run();
    let changed = |world: &World, name: &str, on: &str| {
        let row = world.row(&["user:ada"], &[("first_name", name), ("last_name", name)]);
        [ContactRow { changed_at: Some(at(on)), ..row }]
    };
    let older = changed(&world, "Old", "2026-03-04");
    world.at("2026-03-06").import(&older);
    assert_eq!(names(&world, "ada"), [text("Ada"), text("Old")]);
    let newer = changed(&world, "New", "2026-03-05 12:00");
    world.at("2026-03-07").import(&newer);
    assert_eq!(names(&world, "ada"), [text("New"), text("New")]);
    // A file of tomorrow is of when it was read.
    let tomorrow = changed(&world, "Tomorrow", "2026-04-01");
    world.at("2026-03-08").import(&tomorrow);
    world.at("2026-03-09").identify("ada", &[("first_name", "Ida")]).run();
    assert_eq!(names(&world, "ada"), [text("Ida"), text("Tomorrow")]);
}

/// What is said beside an address that they gave up is said of that, too.
#[test]
fn a_refusal_beside_an_older_address_is_of_both() {
    let mut world = world("");
    world.contact("ada", &[("email", "ada@old.example")]);
    world.at("2026-03-05").identify("ada", &[("email", "ada@new.example")]).keys(&["email:ada@new.example"]).run();
    let old = [("email", "ada@old.example"), ("unsubscribed", "yes")];
    world.at("2026-03-06").identify("ada", &old).keys(&["email:ada@old.example"]).occurred("2026-03-04").run();
    world.at("2026-03-07").identify("bea", &old[..1]).keys(&["email:ada@old.example"]).run();
    assert_eq!((world.read("ada", "unsubscribed"), world.read("bea", "unsubscribed")), (1, 1));
}

/// Begins the store with a file of contacts beside it that is not imported yet, and is killed.
fn begin(world: &mut World, text: &str, bytes: &str) -> Result<(), EngineError> {
    let engine = world.reopen().at(text).engine();
    let print = Fingerprint::read(bytes.as_bytes(), engine.imported_lengths()?).unwrap();
    engine.begin(Instant(at(text)), Some(&print))
}

/// The rows of a file about these people, with its bytes.
fn file_of(world: &World, users: &[&str]) -> (Vec<ContactRow>, String) {
    let row = |user: &&str| world.row(&[&format!("user:{user}")], &[("first_name", "Old"), ("last_name", "L")]);
    let rows: Vec<ContactRow> = users.iter().map(row).collect();
    let bytes = text_of(&rows);
    (rows, bytes)
}

/// They have said at 10:01 what they are called, and it comes at 10:03.
fn said_between(world: &mut World, users: &[&str]) {
    world.at("2026-03-03 10:03");
    for user in users {
        world.identify(user, &[("first_name", "Ada")]).occurred("2026-03-03 10:01");
    }
    world.run();
}

/// Killed behind its beginning, before anything was taken, a store reads its file later than it would have: what people said meanwhile is newer
/// all the same.
#[test]
fn a_file_counts_as_read_at_the_beginning_where_a_kill_hid_that() {
    let said_meanwhile = |is_killed: bool| {
        let mut world = world("");
        let (rows, bytes) = file_of(&world, &["ada"]);
        begin(&mut world, "2026-03-03 10:00", &bytes).unwrap();
        if is_killed {
            begin(&mut world, "2026-03-03 10:02", &bytes).unwrap();
            // Whatever else is kept before the import takes nothing away from that.
            world.engine().remember("read as `Unsubscribed` of contacts.csv", b"yes".to_vec());
        }
        world.import(&rows);
        said_between(&mut world, &["ada"]);
        names(&world, "ada")
    };
    assert_eq!(said_meanwhile(false), [text("Ada"), text("L")]);
    assert_eq!(said_meanwhile(true), said_meanwhile(false));
}

/// What the store began beside is known by its bytes: any other file is of when it is read, be it the first.
#[test]
fn a_file_that_was_not_there_at_the_beginning_is_of_when_it_is_read() {
    for beside in [None, Some("header\nanother\n")] {
        let mut world = world("");
        let (rows, _) = file_of(&world, &["ada"]);
        match beside {
            Some(bytes) => begin(&mut world, "2026-03-03 10:00", bytes).unwrap(),
            None => world.engine().begin(Instant(at("2026-03-03 10:00")), None).unwrap(),
        }
        world.reopen().at("2026-03-03 10:02").import(&rows);
        said_between(&mut world, &["ada"]);
        assert_eq!(names(&world, "ada"), [text("Old"), text("L")], "{beside:?}");
    }
}

#[test]
fn what_a_file_gained_between_the_beginning_and_the_import_is_of_the_import() {
    let mut world = world("");
    let (_, bytes) = file_of(&world, &["ada"]);
    begin(&mut world, "2026-03-03 10:00", &bytes).unwrap();
    let (grown, _) = file_of(&world, &["ada", "bea"]);
    let imported = world.reopen().at("2026-03-03 10:02").import(&grown);
    assert_eq!((imported.new, imported.known), (2, 0));
    said_between(&mut world, &["ada", "bea"]);
    assert_eq!((names(&world, "ada"), names(&world, "bea")), ([text("Ada"), text("L")], [text("Old"), text("L")]));
}

/// Nothing was told of a beginning that is lost.
#[test]
fn a_beginning_that_was_not_kept_is_none() {
    let mut world = world("");
    let (rows, bytes) = file_of(&world, &["ada"]);
    *world.shared.crash.lock().unwrap() = Crash::InCommit(0);
    assert!(begin(&mut world, "2026-03-03 10:00", &bytes).is_err());
    *world.shared.crash.lock().unwrap() = Crash::Never;
    begin(&mut world, "2026-03-03 10:02", &bytes).unwrap();
    world.import(&rows);
    said_between(&mut world, &["ada"]);
    assert_eq!(names(&world, "ada"), [text("Old"), text("L")]);
}
