//! Contacts from a file.

use crate::support::{World, at, import_at, text_of, world};
use flow_runtime::engine::{Imported, counter};
use flow_runtime::inbound::{ContactRow, Refusal};
use flow_runtime::time::Instant;
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
        if import_at(broken.reopen().engine(), &text_of(&rows), &rows, now, &mut |_| {}).is_ok() {
            break;
        }
    }
    *broken.shared.crash.lock().unwrap() = crate::support::Crash::Never;
    assert_eq!(broken.reopen().import(&rows), Imported { known: 20, aliases: 5, ..Imported::default() });
    assert_eq!(broken.snapshot(), whole.snapshot());
    assert_eq!(broken.report(), whole.report());
    broken.at("2026-03-03").event("u1", "visited", json!({"page": "/"})).run();
}

const BY_INDUSTRY: &str = "workflow fresh {
 enter when industry is \"saas\" new only
 reenter never
 score += 1
}";

/// Whatever a project or a Flow makes of them: the same bytes are the same file, and were so when they were first read.
#[test]
fn a_file_that_is_read_otherwise_is_of_when_it_was_first_read_and_lets_nobody_in() {
    let mut world = world(BY_INDUSTRY);
    let email = ("email", "a@x.example");
    let narrow = [world.row(&["user:a"], &[email, ("industry", "saas")])];
    let wide = [world.row(&["user:a"], &[email, ("industry", "saas"), ("last_name", "Ada")])];
    world.import_bytes("header\na,saas,Ada\n", &narrow);
    world.at("2026-03-05").identify("a", &[("industry", "fintech")]).run();
    world.at("2026-03-09");
    assert_eq!(world.import_bytes("header\na,saas,Ada\n", &wide), Imported { updated: 1, ..Imported::default() });
    assert_eq!(world.read("a", "industry"), 2, "the newer identify call holds");
    assert_eq!((world.text("a", "last_name").as_deref(), world.score("a")), (Some("Ada"), 0));
    world.at("2026-03-10");
    assert_eq!(world.import_bytes("header\na,saas,Ada\n", &wide), Imported { known: 1, ..Imported::default() });
    // Another file is news.
    assert_eq!(world.import_bytes("header\na,saas,Ada \n", &wide), Imported { updated: 1, ..Imported::default() });
    world.run();
    assert_eq!((world.read("a", "industry"), world.score("a")), (1, 1));
}

/// A value that is only read now makes true what it was already: nobody becomes it.
#[test]
fn what_a_file_said_all_along_is_no_trigger_when_it_is_understood() {
    let mut world = world(BY_INDUSTRY);
    let unread = [world.row(&["user:a"], &[("email", "a@x.example")])];
    let read = [world.row(&["user:a"], &[("email", "a@x.example"), ("industry", "saas")])];
    world.import_bytes("header\na,SaaS\n", &unread);
    world.at("2026-03-05").import_bytes("header\na,SaaS\n", &read);
    assert_eq!((world.read("a", "industry"), world.score("a")), (1, 0));
    // Nor is a row of a person whom events have brought, nor one that was rejected before.
    world.at("2026-03-06").event("b", "visited", json!({"page": "/"})).run();
    world.at("2026-03-07").import_bytes("header\nb,SaaS\n", &[]);
    let row = [world.row(&["user:b"], &[("industry", "saas")])];
    world.at("2026-03-08").import_bytes("header\nb,SaaS\n", &row);
    assert_eq!((world.read("b", "industry"), world.score("b")), (1, 0));
}

#[test]
fn what_a_step_has_set_at_the_import_is_behind_the_file() {
    let mut world = world(
        "workflow all {\n enter when stage is mql including existing\n reenter never\n set industry = \"fintech\"\n}",
    );
    let row = |world: &World, last: &[(&str, &str)]| {
        let words = [&[("email", "a@x.example"), ("stage", "mql"), ("industry", "saas")], last].concat();
        [world.row(&["user:a"], &words)]
    };
    let (narrow, wide) = (row(&world, &[]), row(&world, &[("last_name", "Ada")]));
    world.import_bytes("header\na\n", &narrow);
    assert_eq!(world.read("a", "industry"), 2);
    world.at("2026-03-05").import_bytes("header\na\n", &wide);
    assert_eq!((world.read("a", "industry"), world.text("a", "last_name").as_deref()), (2, Some("Ada")));
}

#[test]
fn rows_that_a_file_has_gained_are_news_and_the_others_are_of_before() {
    let mut world = world(BY_INDUSTRY);
    let row = |world: &World, user: &str, last: &[(&str, &str)]| {
        world.row(&[&format!("user:{user}")], &[&[("industry", "saas")], last].concat())
    };
    world.at("2026-03-01").event("b", "visited", json!({"page": "/"})).run();
    world.at("2026-03-02");
    let short = [row(&world, "a", &[])];
    world.import_bytes("header\na,Ada\n", &short);
    world.at("2026-03-05").identify("a", &[("industry", "fintech")]).run();
    let long = [row(&world, "a", &[("last_name", "Ada")]), row(&world, "b", &[])];
    world.at("2026-03-06");
    assert_eq!(
        world.import_bytes("header\na,Ada\nb,Bo\n", &long),
        Imported { updated: 2, ..Imported::default() },
        "read otherwise and grown at once"
    );
    world.run();
    assert_eq!((world.read("a", "industry"), world.score("a")), (2, 0));
    assert_eq!((world.read("b", "industry"), world.score("b")), (1, 1));
}

#[test]
fn a_file_that_was_read_before_another_one_is_older_than_that_under_any_name() {
    let mut world = world(BY_INDUSTRY);
    let row = |world: &World, industry: &str| [world.row(&["user:a"], &[("industry", industry)])];
    let (old, new) = (row(&world, "saas"), row(&world, "fintech"));
    world.import(&old);
    world.at("2026-03-05").import(&new);
    assert_eq!(world.at("2026-03-06").import(&old), Imported { known: 1, ..Imported::default() });
    assert_eq!((world.read("a", "industry"), world.score("a")), (2, 0));
}

/// What comes behind a kill is of when the file was first read, too.
#[test]
fn a_broken_off_import_goes_on_as_of_its_beginning() {
    let mut world = world(BY_INDUSTRY).limits(1, 4);
    world.at("2026-03-01").event("u2", "visited", json!({"page": "/"})).run();
    world.at("2026-03-02");
    let rows: Vec<_> =
        (0..3).map(|n| world.row(&[&format!("user:u{n}")], &[("industry", "saas"), ("last_name", "N")])).collect();
    *world.shared.crash.lock().unwrap() = crate::support::Crash::AfterCommit(1);
    let now = flow_runtime::time::Instant(at("2026-03-02"));
    assert!(import_at(world.reopen().engine(), &text_of(&rows), &rows, now, &mut |_| {}).is_err());
    *world.shared.crash.lock().unwrap() = crate::support::Crash::Never;
    world.reopen().at("2026-03-05").identify("u2", &[("industry", "fintech")]).run();
    world.at("2026-03-06");
    let rest = world.import(&rows);
    assert!(rest.known > 0 && rest.known < 3, "{rest:?}");
    assert_eq!((world.read("u2", "industry"), world.text("u2", "last_name").as_deref()), (2, Some("N")));
}

/// Keys, when the row was changed, and fields with their words.
fn changed(world: &World, keys: &[&str], on: &str, words: &[(&str, &str)]) -> ContactRow {
    ContactRow { changed_at: (!on.is_empty()).then(|| at(on)), ..world.row(keys, words) }
}

#[test]
fn of_two_rows_about_one_person_the_first_stands_whenever_they_were_changed() {
    let row = |world: &World, on: &str, industry: &str| changed(world, &["user:a"], on, &[("industry", industry)]);
    let outcome = |rows: [(&str, &str); 2]| {
        let mut world = world(BY_INDUSTRY);
        let rows = rows.map(|(on, industry)| row(&world, on, industry));
        // They are known before the file, so it is news.
        world.at("2026-03-01").event("a", "visited", json!({"page": "/"})).run();
        world.at("2026-03-02").import(&rows);
        world.run();
        let told = std::mem::take(&mut world.left_out);
        world.at("2026-03-03").import(&rows);
        assert_eq!(world.left_out, told, "it is told in every import");
        (world.read("a", "industry"), world.score("a"), told.join("\n"))
    };
    let left_out = |value: &str| {
        format!(
            "stream.jsonl:3: industry: said otherwise by another row about the same person: `{value}` (line 2 counts, which comes first)"
        )
    };
    let (jan, feb) = ("2026-01-05", "2026-02-05");
    for [one, other] in [[jan, feb], [feb, jan], [jan, jan], ["", ""], [jan, ""], ["", feb]] {
        assert_eq!(outcome([(one, "fintech"), (other, "saas")]), (2, 0, left_out("saas")), "{one} {other}");
        assert_eq!(outcome([(one, "saas"), (other, "fintech")]), (1, 1, left_out("fintech")), "{one} {other}");
    }
    // The same value is left out by nobody.
    assert_eq!(outcome([(jan, "fintech"), (feb, "fintech")]), (2, 0, String::new()));
}

#[test]
fn a_refusal_counts_in_the_older_of_two_rows_too() {
    let mut world = world("");
    let unsubscribed = world.values(&[("unsubscribed", "yes")])[0].0;
    let refusal = Refusal { field: unsubscribed, column: "Opt-out".into(), is_doubtful: false };
    let old = changed(&world, &["user:a"], "2026-01-05", &[("unsubscribed", "yes")]);
    let new = changed(&world, &["user:a"], "2026-02-05", &[("unsubscribed", "no")]);
    world.import(&[ContactRow { refusals: vec![refusal], ..old }, new]);
    assert_eq!(world.read("a", "unsubscribed"), 1);
}

/// Whose address it is, the list says; the number is that of the file, however often it is read.
#[test]
fn an_address_that_is_left_out_is_told_with_its_line() {
    let mut world = world("");
    let email = ("email", "dup@x.example");
    let rows = |world: &World, name: &str| {
        [
            world.row(&["user:a", "email:dup@x.example"], &[email]),
            world.row(&["user:b", "email:dup@x.example"], &[email, ("first_name", name)]),
            world.row(&["user:a"], &[("first_name", "Ada")]),
        ]
    };
    let told = "stream.jsonl:3: email: the address of somebody else: `dup@x.example` (the person of line 2 has it, and an address has one \
                person; the row counts without it)";
    for (day, name) in ["2026-03-02", "2026-03-03", "2026-03-04"].into_iter().zip(["Bo", "Bob", "Bob"]) {
        let rows = rows(&world, name);
        let imported = world.at(day).import(&rows);
        assert_eq!((imported.aliases, world.left_out.join("\n").as_str()), (1, told), "{day}");
    }
}

/// What a step took and the person has lifted stays so when the file is read otherwise; what is said now for the first time counts.
#[test]
fn what_a_file_said_and_has_counted_is_not_said_once_more() {
    let mut world = world("workflow fewer {\n enter when visited\n reenter never\n score -= 30\n}");
    let unsubscribed = world.values(&[("unsubscribed", "yes")])[0].0;
    let refusal = || Refusal { field: unsubscribed, column: "Opt-out".into(), is_doubtful: false };
    let row = |world: &World, refuses: bool, more: &[(&str, &str)]| {
        let refused: &[(&str, &str)] = if refuses { &[("unsubscribed", "yes")] } else { &[] };
        let words = [&[("email", "a@x.example"), ("score", "40")], refused, more].concat();
        let refusals = if refuses { vec![refusal()] } else { Vec::new() };
        [ContactRow { refusals, ..world.row(&["user:a"], &words) }]
    };
    let rows = row(&world, true, &[]);
    world.at("2026-03-02").import_bytes("header\na,40,yes\n", &rows);
    world.at("2026-03-03").event("a", "visited", json!({"page": "/"})).event("a", "subscribed", json!({})).run();
    assert_eq!((world.score("a"), world.read("a", "unsubscribed")), (10, 0));
    let again = row(&world, true, &[("last_name", "Ada")]);
    world.at("2026-03-04").import_bytes("header\na,40,yes\n", &again);
    world.run();
    assert_eq!((world.score("a"), world.read("a", "unsubscribed")), (10, 0));
    assert_eq!(world.text("a", "last_name").as_deref(), Some("Ada"));
    // A newer file says it anew.
    world.at("2026-03-05").import_bytes("header\na,40,yes \n", &again);
    assert_eq!((world.score("a"), world.read("a", "unsubscribed")), (40, 1));
}

#[test]
fn a_refusal_that_is_understood_only_now_counts_though_the_row_was_taken() {
    let mut world = world("");
    let email = ("email", "a@x.example");
    let unread = [world.row(&["user:a"], &[email])];
    let unsubscribed = world.values(&[("unsubscribed", "yes")])[0].0;
    let refusal = Refusal { field: unsubscribed, column: "Opt-out".into(), is_doubtful: false };
    let read = world.row(&["user:a"], &[email, ("unsubscribed", "yes"), ("score", "40")]);
    world.at("2026-03-02").import_bytes("header\na,yes\n", &unread);
    world.at("2026-03-04").import_bytes("header\na,yes\n", &[ContactRow { refusals: vec![refusal], ..read }]);
    assert_eq!((world.score("a"), world.read("a", "unsubscribed")), (40, 1));
}

/// The bounce of an address that they have given up says nothing of the one they have.
#[test]
fn a_bounce_in_a_row_is_of_the_address_beside_it() {
    let mut world = world("");
    let old = [world.row(&["user:a", "email:old@x.example"], &[("email", "old@x.example")])];
    world.at("2026-03-02").import(&old);
    world.at("2026-03-04").identify("a", &[("email", "new@x.example")]).run();
    let words = [("email", "old@x.example"), ("hard_bounced", "yes")];
    let row = changed(&world, &["user:a", "email:old@x.example"], "2026-03-03", &words);
    world.at("2026-03-05").import(&[row]);
    assert_eq!(world.read("a", "hard_bounced"), 0);
    // Whoever has the old one by now cannot be reached there.
    world.at("2026-03-06").identify("b", &[("email", "old@x.example")]).keys(&["email:old@x.example"]).run();
    assert_eq!(world.read("b", "hard_bounced"), 1);
}

#[test]
fn a_gap_that_a_grown_file_fills_is_news() {
    let mut world = world(BY_INDUSTRY);
    let narrow = [world.row(&["user:a"], &[("email", "a@x.example")])];
    let more = world.row(&["user:a"], &[("industry", "saas")]);
    world.at("2026-03-02").import_bytes("header\na,\n", &narrow);
    let grown = [narrow[0].clone(), more];
    world.at("2026-03-04").import_bytes("header\na,\na,saas\n", &grown);
    world.run();
    assert_eq!((world.read("a", "industry"), world.score("a")), (1, 1));
}

/// Wherever a reading is broken off, a later row about somebody who was known before the file is as much news as in one reading.
#[test]
fn a_kill_between_two_rows_about_one_person_loses_no_entry() {
    let entered = |dies: bool| {
        let mut world = world(BY_INDUSTRY).limits(1, 1_000);
        world.at("2026-03-01").event("a", "visited", json!({"page": "/"})).run();
        let rows = [
            world.row(&["user:a"], &[("last_name", "Ada")]),
            world.row(&["user:b"], &[]),
            world.row(&["user:a"], &[("industry", "saas")]),
        ];
        world.at("2026-03-02");
        if dies {
            let now = Instant(at("2026-03-02"));
            *world.shared.crash.lock().unwrap() = crate::support::Crash::AfterCommit(2);
            assert!(import_at(world.engine(), "header\na\nb\na\n", &rows, now, &mut |_| {}).is_err());
            *world.shared.crash.lock().unwrap() = crate::support::Crash::Never;
            world.reopen();
        }
        let done = world.import_bytes("header\na\nb\na\n", &rows);
        world.run();
        (world.score("a"), done.known)
    };
    assert_eq!(entered(false), (1, 0));
    let (score, known) = entered(true);
    assert!(score == 1 && known > 0, "{score} {known}");
}

/// A pause that grows with a row that is read only now counts, whatever has counted before.
#[test]
fn a_longer_pause_of_a_file_that_is_read_again_counts() {
    let mut world = world("");
    let day = |text: &str| at(text).to_string();
    let (short, long) = (day("2026-03-10"), day("2026-12-31"));
    let row = |world: &World, until: &str| world.row(&["user:a"], &[("paused_until", until)]);
    let first = [row(&world, &short), world.row(&["user:a"], &[])];
    let again = [row(&world, &short), row(&world, &long)];
    world.at("2026-03-02").import_bytes("header\na\na\n", &first);
    world.at("2026-03-03").import_bytes("header\na\na\n", &again);
    assert_eq!(world.read("a", "paused_until"), at("2026-12-31"));
}
