//! A file of contacts that a changed project understands otherwise: what its rows say was so already, so the new version judges nobody without
//! them (E10).

use crate::support::{Crash, World, at, import_at, world};
use flow_runtime::dispatch::channels::Uncertain;
use flow_runtime::inbound::{ContactRow, Refusal};
use flow_runtime::time::Instant;
use serde_json::json;

const STEPS: &str = "enter when signed_up\n reenter never\n wait 30 days";
const SEATS: &str = "contact { seats number = 2.5 }";
/// Its rows stand one in each line, as often as a test has rows.
const FILE: &str = "header\n1\n2\n3\n4\n";

fn of(header: &str) -> String {
    format!("workflow w {{\n {header}\n {STEPS}\n}}")
}

/// A world of this project in which Ada has come with the file and is on her way.
fn on_her_way(text: &str) -> World {
    let mut world = world(text);
    let row = world.row(&["user:ada"], &[("email", "ada@x.example")]);
    world.at("2026-03-02 09:00").import_bytes(FILE, &[row]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
}

/// The same file under another project, and what was decided of Ada then.
fn understood(world: &mut World, text: &str, rows: &[&[(&str, &str)]]) -> Vec<String> {
    let so_far = world.story("ada").len();
    world.becomes(text).at("2026-03-03 10:00");
    let rows: Vec<ContactRow> = rows.iter().map(|words| world.row(&["user:ada"], words)).collect();
    world.import_bytes(FILE, &rows);
    world.run();
    world.story("ada").split_off(so_far)
}

#[test]
fn exits_goals_and_entries_judge_what_a_row_says_and_not_what_a_field_begins_with() {
    let existing = format!(
        "{}\nworkflow small {{ enter when seats < 3 including existing; reenter never; wait 60 days }}",
        of("")
    );
    let email = ("email", "ada@x.example");
    for (text, of_two) in [
        (of("exit when seats < 3"), "w ExitedWhen s0"),
        (of("goal \"g\" when seats < 3 within 90 days"), "w Converted"),
        (existing, "small Entered"),
        (of("skip when seats < 3\n exit when customer"), ""),
    ] {
        for (before, text) in [(String::new(), &text), (SEATS.to_owned(), &text)] {
            // The field is new, or the column by which it is told.
            let (before, text) = (format!("{before}\n{}", of("")), format!("{SEATS}\n{text}"));
            for (seats, expected) in [("6", ""), ("2", of_two)] {
                let mut world = on_her_way(&before);
                let told = understood(&mut world, &text, &[&[email, ("seats", seats)]]);
                let expected = if expected.is_empty() { Vec::new() } else { vec![format!("03-03 10:00 {expected}")] };
                assert_eq!(told, expected, "{text}: {seats}");
            }
        }
    }
    let unknown = format!("contact {{ seats number? }}\n{}", of("exit when seats is unknown"));
    let told = understood(&mut on_her_way(&of("")), &unknown, &[&[email, ("seats", "6")]]);
    assert_eq!(told, [""; 0]);
    assert_eq!(understood(&mut on_her_way(&of("")), &unknown, &[&[email]]), ["03-03 10:00 w ExitedWhen s0"]);
}

/// The first row about her says nothing of it, the second one does; she is judged with both.
#[test]
fn of_several_rows_about_one_person_none_is_judged_without_the_others() {
    let text = format!("{SEATS}\n{}", of("exit when seats < 3"));
    let mut world = world(&of(""));
    let rows = [world.row(&["user:ada"], &[("email", "ada@x.example")]), world.row(&["user:ada"], &[])];
    world.at("2026-03-02 09:00").import_bytes(FILE, &rows);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    let told = understood(&mut world, &text, &[&[("email", "ada@x.example")], &[("seats", "6")]]);
    assert_eq!(told, [""; 0]);
}

/// Whose row is news is judged by what was known of them before it: they may leave by that.
#[test]
fn a_row_that_is_news_comes_behind_the_look() {
    let mut world = on_her_way(&of(""));
    world.event("bo", "signed_up", json!({})).run();
    world.becomes(&format!("{SEATS}\n{}", of("exit when seats < 3"))).at("2026-03-03 10:00");
    let six = [("seats", "6")];
    let rows = [world.row(&["user:ada"], &six), world.row(&["user:bo"], &six)];
    world.import_bytes(
        &format!("{FILE}5\n"),
        &[rows[0].clone(), rows[0].clone(), rows[0].clone(), rows[0].clone(), rows[1].clone()],
    );
    world.run();
    assert_eq!(world.story("ada").last().unwrap(), "03-02 10:00 w Entered");
    assert_eq!(world.story("bo").last().unwrap(), "03-03 10:00 w ExitedWhen s0");
}

/// Two who prove to be one by a key that is understood only now: the journey of the one is judged with what the row says of both.
#[test]
fn who_proves_to_be_somebody_else_is_judged_with_the_row() {
    let text = format!("{SEATS}\n{}", of("exit when seats < 3"));
    for ada_moves in [false, true] {
        let mut world =
            world(&format!("{}\nworkflow v {{ enter when requested_demo; reenter never; wait 60 days }}", of("")));
        let unread = world.row(&["email:ada@x.example"], &[("email", "ada@x.example")]);
        world.at("2026-03-02 09:00").import_bytes(FILE, &[unread]);
        world.at("2026-03-02 10:00").event("", "signed_up", json!({})).only_key("email:ada@x.example").run();
        world.event("ada", "requested_demo", json!({})).run();
        let exit = if ada_moves { "exit when seats < 3;" } else { "" };
        let text = format!("{text}\nworkflow v {{ {exit} enter when requested_demo; reenter never; wait 60 days }}");
        for seats in ["6", "2"] {
            if seats == "2" {
                // Another file says it later, as news.
                let row = world.row(&["user:ada"], &[("seats", seats)]);
                world.at("2026-03-04 10:00").import_bytes("news\n2\n", &[row]);
                world.run();
                let left = world.story("ada").iter().filter(|line| line.contains("ExitedWhen")).count();
                assert_eq!(left, if ada_moves { 2 } else { 1 }, "{:?}", world.story("ada"));
                continue;
            }
            world.becomes(&text).at("2026-03-03 10:00");
            let row = world.row(&["user:ada"], &[("email", "ada@x.example"), ("seats", seats)]);
            world.import_bytes(FILE, &[row]);
            world.run();
            assert_eq!(world.counter("joined"), 1);
            let left = world.story("ada").iter().filter(|line| line.contains("ExitedWhen")).count();
            assert_eq!(left, 0, "{:?}", world.story("ada"));
            assert_eq!(world.journeys("ada").iter().filter(|journey| journey.ended_at.is_none()).count(), 2);
        }
    }
}

/// A refusal beside somebody's address, in the row of another, judges them no sooner.
#[test]
fn who_is_named_in_another_row_is_judged_with_their_own() {
    let mut world = world(&of(""));
    let email = ("email", "ada@x.example");
    let unread = [world.row(&["user:ada"], &[email]), world.row(&["user:bo"], &[email])];
    world.at("2026-03-02 09:00").import_bytes(FILE, &[unread[1].clone(), unread[0].clone()]);
    // The address is Bo's, whose row comes first.
    world.at("2026-03-02 10:00").event("bo", "signed_up", json!({})).run();
    world.becomes(&format!("{SEATS}\n{}", of("exit when seats < 3"))).at("2026-03-03 10:00");
    let unsubscribed = world.values(&[("unsubscribed", "yes")])[0].0;
    let refusal = Refusal { field: unsubscribed, column: "Opt-out".into(), is_doubtful: false };
    let ada = world.row(&["user:ada"], &[email, ("unsubscribed", "yes")]);
    let bo = [world.row(&["user:bo"], &[email]), world.row(&["user:bo"], &[("seats", "6")])];
    let [first, last] = bo;
    world.import_bytes(FILE, &[first, ContactRow { refusals: vec![refusal], ..ada }, last]);
    world.run();
    assert_eq!(
        (world.read("bo", "unsubscribed"), world.story("bo").iter().any(|line| line.contains("ExitedWhen"))),
        (1, false)
    );
}

/// What a crash has left in the outbox is found out behind the file: nobody is judged without their row because a mail of theirs was on its way.
#[test]
fn a_mail_that_was_on_its_way_makes_nobody_be_judged_before_the_file() {
    const MAIL: &str = "enter when signed_up\n reenter never\n send hello\n wait 30 days";
    for policy in [Uncertain::GiveUp, Uncertain::Resend] {
        let mut world = world(&format!("workflow w {{\n {MAIL}\n}}")).policy(policy);
        let email = ("email", "slow1@x.example");
        let row = world.row(&["user:ada"], &[email]);
        world.at("2026-03-02 09:00").import_bytes(FILE, &[row]);
        let arrivals = world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).take_new();
        let now = Instant(at("2026-03-02 10:00"));
        world.engine().catch_up(now, &mut arrivals.into_iter().map(Ok), &mut |_| {}).unwrap();
        world.becomes(&format!("{SEATS}\nworkflow w {{\n exit when seats < 3\n {MAIL}\n}}")).at("2026-03-02 10:30");
        let row = world.row(&["user:ada"], &[email, ("seats", "6")]);
        world.import_bytes(FILE, &[row]);
        world.at("2026-03-03 10:00").run();
        let story = world.story("ada");
        assert!(!story.iter().any(|line| line.contains("ExitedWhen")), "{policy:?}: {story:?}");
        assert_eq!(world.journeys("ada")[0].outbox, None, "it has its answer");
    }
}

/// However often the process dies over the file, the rest are judged with their rows, and all as in one reading.
#[test]
fn a_file_that_is_read_again_goes_on_behind_a_kill() {
    const PEOPLE: usize = 14;
    let rows = |world: &World, is_understood: bool| -> Vec<ContactRow> {
        let row = |nth: usize| {
            let (user, seats) = (format!("user:u{}", nth % PEOPLE), if nth.is_multiple_of(5) { "1" } else { "6" });
            // Of some the second row says it.
            let says = is_understood && (nth >= PEOPLE || !nth.is_multiple_of(3));
            let words: &[(&str, &str)] = if says { &[("seats", seats)] } else { &[] };
            world.row(&[&user], words)
        };
        (0..PEOPLE + 6).map(row).collect()
    };
    let file: String =
        std::iter::once("header\n".to_owned()).chain((0..PEOPLE + 6).map(|nth| format!("{nth}\n"))).collect();
    let lived = |dies: usize| {
        let mut world = world(&of("")).limits(3, 4);
        let unread = rows(&world, false);
        world.at("2026-03-02 09:00").import_bytes(&file, &unread);
        world.at("2026-03-02 10:00");
        for nth in 0..PEOPLE {
            world.event(&format!("u{nth}"), "signed_up", json!({}));
        }
        world.run();
        let existing = "workflow small { enter when seats < 3 including existing; reenter never; wait 60 days }";
        world.becomes(&format!("{SEATS}\n{existing}\n{}", of("exit when seats < 3"))).at("2026-03-03 10:00");
        let (rows, now) = (rows(&world, true), Instant(at("2026-03-03 10:00")));
        for _ in 0..if dies > 0 { 60 } else { 0 } {
            *world.shared.crash.lock().unwrap() = Crash::AfterCommit(dies);
            if import_at(world.reopen().engine(), &file, &rows, now, &mut |_| {}).is_ok() {
                break;
            }
        }
        *world.shared.crash.lock().unwrap() = Crash::Never;
        world.import_bytes(&file, &rows);
        world.run().at("2026-03-10 10:00").run();
        (0..PEOPLE).map(|nth| world.story(&format!("u{nth}"))).collect::<Vec<_>>()
    };
    let whole = lived(0);
    let left = whole.iter().filter(|story| story.iter().any(|line| line.contains("ExitedWhen"))).count();
    assert!(left > 0 && left < PEOPLE, "{whole:?}");
    for dies in [1, 2, 3] {
        assert_eq!(lived(dies), whole, "{dies}");
    }
}
