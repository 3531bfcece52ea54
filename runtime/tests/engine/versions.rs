//! A new version of a program over an old store (E10).

use crate::support::{at, world};
use flow_runtime::dispatch::channels::Uncertain;
use flow_runtime::open::AtOnce;
use flow_runtime::time::Instant;
use serde_json::json;

const WAITS: &str = "workflow w { enter when signed_up; reenter never; wait 5 days; set industry = \"saas\" }";

/// The older steps start what no step of the new version starts any more, whether its workflow is there or gone.
#[test]
fn older_steps_start_what_only_they_start() {
    let two = "workflow two { enter when requested_demo; reenter never; score += 10 }";
    let one = |steps: &str| format!("workflow one {{ enter when signed_up; reenter never; wait 2 days; {steps} }}");
    for next in [one("score += 1"), "workflow three { enter when visited; reenter never; score += 1 }".to_owned()] {
        let mut world = world(&format!("{} {two}", one("start two")));
        world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        world.becomes(&format!("{next} {two}")).contact("bo", &[]);
        world.event("bo", "signed_up", json!({})).at("2026-03-06").run();
        assert!(world.story("ada").iter().any(|line| line.starts_with("03-04 10:00 two Entered")), "{next}");
        assert!(!world.story("bo").iter().any(|line| line.contains("two Entered")), "{next}");
        // What was kept for them is kept on.
        world.becomes(&format!("{next} {two} workflow four {{ enter when visited; reenter never; wait 1 day }}"));
        world.at("2026-03-07").run();
    }
}

/// A count that is new sees what was before; that it holds by that is no entry, and the next event is none of its own.
#[test]
fn new_facts_see_the_past_and_trigger_nothing_by_it() {
    let mut world = world(WAITS);
    world.contact("ada", &[]).at("2026-03-02 10:00");
    for _ in 0..2 {
        world.event("ada", "visited", json!({ "page": "/docs" }));
    }
    world.run();
    let keen = "segment keen = visited(page is \"/docs\") at least 2 times in the last 30 days\n\
                segment keener = visited(page is \"/docs\") at least 3 times in the last 30 days\n\
                workflow k { enter when entered keen; reenter never; wait 1 day }\n\
                workflow l { enter when entered keener; reenter never; wait 1 day }\n";
    world.becomes(&format!("{keen}{WAITS}")).at("2026-03-03").run();
    assert!(!world.story("ada").iter().any(|line| line.contains("Entered")));
    world.event("ada", "visited", json!({ "page": "/docs" })).run();
    let story = world.story("ada");
    assert!(story.iter().any(|line| line.contains("l Entered")), "{story:?}");
    assert!(!story.iter().any(|line| line.contains("k Entered")), "{story:?}");
}

fn visits(world: &mut crate::support::World, days: &[&str]) {
    for day in days {
        world.at(day).event("ada", "visited", json!({ "page": "/docs" })).run();
    }
}

/// Whoever is in a workflow did what a new goal, exit or count asks for before somebody thought of asking: it counts from their entry.
#[test]
fn what_a_new_goal_or_exit_counts_is_counted_from_the_entry() {
    const STAYS: &str = "wait 20 days }";
    for (header, ends) in [
        ("exit when visited at least 2 times", "ExitedWhen"),
        ("goal \"g\" when visited at least 2 times within 30 days", "Converted"),
        ("exit when visited at least 3 times", "nobody"),
    ] {
        let mut world = world(&format!("workflow w {{ enter when signed_up; reenter never; {STAYS}"));
        world.contact("ada", &[]);
        visits(&mut world, &["2026-03-02 08:00", "2026-03-02 09:00"]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        visits(&mut world, &["2026-03-03", "2026-03-04"]);
        world.becomes(&format!("workflow w {{ {header}; enter when signed_up; reenter never; {STAYS}"));
        world.at("2026-03-05").run();
        let story = world.story("ada");
        let ended = |world: &crate::support::World| {
            world.story("ada").iter().any(|line| line.contains("ExitedWhen") || line.contains("Converted"))
        };
        assert_eq!(story.iter().any(|line| line.contains(ends)), ends != "nobody", "{header}: {story:?}");
        if ends == "nobody" {
            assert!(!ended(&world));
            visits(&mut world, &["2026-03-06"]);
            assert!(ended(&world), "two before the change and one behind it");
        }
    }
}

#[test]
fn a_click_before_the_change_is_one() {
    const STEPS: &str = "enter when signed_up; reenter never; send hello; wait 20 days }";
    for (at, exits) in [("2026-03-02 10:00:05", false), ("2026-03-02 11:00", true)] {
        let mut world = world(&format!("workflow w {{ {STEPS}"));
        world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        match at.len() {
            16 => drop(world.at(at)),
            _ => world.set_now(crate::support::at("2026-03-02 10:00") + 5_000),
        }
        world.event("ada", "Email Link Clicked", json!({ "email_id": "hello", "link_id": "more" })).run();
        world.becomes(&format!("workflow w {{ exit when clicked hello link \"more\"; {STEPS}")).at("2026-03-03").run();
        assert_eq!(world.story("ada").iter().any(|line| line.contains("ExitedWhen")), exits, "{at}");
    }
}

/// Of facts and of journeys: so many are filled by one reading of the log as are in memory at once, and each as if all were.
#[test]
fn everybody_is_filled_alike_however_few_are_at_once() {
    const STEPS: &str = "enter when signed_up; reenter never; send hello; wait 20 days }";
    const ASKS: &str = "segment keen = visited(page is \"/docs\") at least 2 times in the last 30 days\n\
                        workflow w { exit when clicked hello link \"more\"; goal \"g\" when visited at least 3 times within 30 days; ";
    let filled = |recalled_at_once: AtOnce| {
        let mut world = world(&format!("workflow w {{ {STEPS}"));
        world.recalled_at_once = recalled_at_once;
        let people = ["ada", "bo", "cy", "di", "ed", "flo", "gus"];
        for user in people {
            world.contact(user, &[]);
        }
        world.at("2026-03-02 10:00");
        for user in people.iter().take(6) {
            world.event(user, "signed_up", json!({}));
        }
        for hour in 11..16 {
            world.at(&format!("2026-03-02 {hour}:00"));
            for (nth, user) in people.iter().enumerate().filter(|(nth, _)| nth % 4 + 11 >= hour) {
                world.event(user, "visited", json!({ "page": if nth == 2 { "/else" } else { "/docs" } }));
            }
        }
        for user in ["bo", "ed", "gus"] {
            world.event(user, "Email Link Clicked", json!({ "email_id": "hello", "link_id": "more" }));
        }
        let asked = |world: &crate::support::World| world.shared.questions.load(std::sync::atomic::Ordering::Relaxed);
        world.run();
        let before = asked(&world);
        world.becomes(&format!("{ASKS}{STEPS}"));
        let (asked, contacts) = (asked(&world) - before, world.snapshot().contacts);
        world.at("2026-03-05").run();
        (asked, contacts, people.map(|user| world.story(user)))
    };
    let (least, contacts, stories) = filled(AtOnce::default());
    let ended = |words: &str| stories.iter().filter(|story| story.iter().any(|line| line.contains(words))).count();
    assert_eq!((ended("ExitedWhen"), ended("Converted")), (2, 2), "{stories:?}");
    for (instants, asked, readings) in [(1, 1, 7), (1, 1 << 20, 6), (1 << 20, 1, 6), (3, 7, 3), (100, 9, 2)] {
        let (questions, others, told) = filled(AtOnce { instants, asked });
        assert_eq!((&others, &told), (&contacts, &stories), "{instants} {asked}");
        assert!(questions >= least + 2 * (readings - 1), "{instants} {asked}: {questions}, {least} at once");
    }
}

/// A project that is refused: what is said of the change.
fn refused(before: &str, after: &str, people: &[(&str, &str)]) -> String {
    let mut world = world(before);
    for (user, value) in people {
        world.contact(user, &[]).at("2026-03-02 10:00").event(user, "signed_up", json!({ "plan": value })).run();
    }
    let kept = std::sync::Arc::clone(&world.program);
    let other = crate::support::program(after);
    let Err(error) = world.adopt(&other) else { panic!("it was taken") };
    // What was before goes on, and the people with it.
    world.adopt(&kept).unwrap().at("2026-04-30").run();
    format!("{}\nhelp: {}\n", error.message, error.help)
}

#[test]
fn who_stands_in_the_way_is_named() {
    let people = &[("ada", "x"), ("bo", "x"), ("cy", "y")];
    let waits = |fields: &str, step: &str| {
        format!(
            "contact {{ {fields} }}\nworkflow nurture {{ enter when signed_up; reenter never; wait 2 days; {step}; wait 1 day }}"
        )
    };
    let other = |fields: &str| {
        format!("contact {{ {fields} }}\nworkflow other {{ enter when requested_demo; reenter never; wait 1 day }}")
    };
    let mut said = String::new();
    for (before, after) in [
        (waits("budget number?", "if budget > 5 { score += 1 }"), other("budget date?")),
        (waits("budget number?", "if budget > 5 { score += 1 }"), waits("budget date?", "score += 1")),
        (waits("level text?", "if level contains \"a\" { score += 1 }"), other("level number?")),
        (waits("level text?", "if level is \"a\" { score += 1 }"), other("level yes/no = no")),
        (waits("level one of \"a\", \"b\"?", "set level = \"a\""), other("level one of \"b\", \"c\"?")),
        (
            waits("x text?", "wait until bought(amount > 5) up to 3 days") + "\nevent bought { amount number? }",
            other("x text?") + "\nevent bought { amount text? }",
        ),
        (waits("due date?", "wait until 3 days before due, if past { exit }"), other("due number?")),
    ] {
        said += &refused(&before, &after, people);
    }
    insta::assert_snapshot!(said);
}

/// Choices, stages and texts are numbers in the store, and other numbers in another version: older steps ask for what was meant.
#[test]
fn older_steps_ask_for_what_they_meant() {
    let steps = |fields: &str, condition: &str| {
        format!(
            "contact {{ {fields} }}\nworkflow w {{ enter when signed_up; reenter never; wait 5 days; if {condition} {{ score += 10 }} }}"
        )
    };
    let new = |fields: &str, condition: &str| {
        format!(
            "contact {{ {fields} }}\nworkflow w {{ enter when signed_up; reenter never; wait 1 day; if {condition} {{ score += 1 }} }}"
        )
    };
    const CHOICE: &str = "level one of \"a\", \"b\", \"c\"?";
    for (before, asks, after, now_asks, value, points) in [
        (CHOICE, "level is \"b\"", "level one of \"c\", \"b\", \"a\"?", "level is \"a\"", "b", 10),
        (CHOICE, "level is \"b\"", "level one of \"c\", \"b\", \"a\"?", "level is \"a\"", "a", 0),
        (CHOICE, "level in (\"a\", \"c\")", "level one of \"b\", \"c\", \"a\"?", "level is \"a\"", "c", 10),
        (
            CHOICE,
            "level is known and level is not \"b\"",
            "level one of \"c\", \"b\", \"a\"?",
            "level is \"a\"",
            "b",
            0,
        ),
        ("level text?", "level is \"m\"", "level text?", "level in (\"a\", \"z\")", "m", 10),
        ("level text?", "level is \"m\"", "level text?", "level is \"m\" or level is \"a\"", "m", 10),
        ("level text?", "level is \"m\"", "level text?", "level is \"a\"", "a", 0),
        ("level text?", "level in (\"m\", \"o\")", "level text?", "level is known", "o", 10),
        ("level number?", "level > 5", "level number = 0", "level > 1", "7", 10),
        ("level number = 0", "level > 5", "level number?", "level > 1", "7", 10),
    ] {
        let mut world = world(&steps(before, asks));
        world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        world.becomes(&new(after, now_asks)).at("2026-03-03").identify("ada", &[("level", value)]).run();
        world.becomes(&new(after, "score > 1000")).at("2026-03-20").run();
        assert_eq!(world.score("ada"), points, "{before}, {asks} -> {after}, {now_asks}: {value}");
    }
}

#[test]
fn the_same_project_is_the_same_version_whoever_has_gone_meanwhile() {
    let mut world = world(WAITS);
    world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    let other = "workflow w { enter when signed_up; reenter never; wait 1 day; set industry = \"fintech\" }
workflow v { exit when visited; enter when requested_demo; reenter never; wait 1 day }";
    world.becomes(other);
    let version = world.program.lineage.version;
    for day in ["2026-03-03", "2026-03-09", "2026-03-20"] {
        world.at(day).run().becomes(other);
        assert_eq!(world.program.lineage.version, version, "{day}");
    }
}

/// What is recorded of somebody whom the new version has not looked at yet is no look at them.
#[test]
fn nobody_enters_by_a_new_version_alone() {
    const TEAM: &str = "team slows { member \"slow@acme.example\"; backup \"slow@acme.example\"; assign round robin }
        workflow h { enter when signed_up; reenter never; handoff to slows { note \"x\" } }\n";
    for on_its_way in [false, true] {
        let mut world = world(TEAM).limits(1, 1).policy(Uncertain::GiveUp);
        world.contact("bo", &[]).contact("ada", &[("score", "60")]).at("2026-03-02 10:00");
        if on_its_way {
            // The notice about her is in the hands of the channel when the process dies, and is given up at the next start.
            let arrivals = world.event("ada", "signed_up", json!({})).take_new();
            let now = Instant(at("2026-03-02 10:00"));
            world.engine().catch_up(now, &mut arrivals.into_iter().map(Ok), &mut |_| {}).unwrap();
        } else {
            world.run();
        }
        world.becomes(&format!("{TEAM}workflow rich {{ enter when score >= 50 new only; reenter never; send hello }}"));
        world.at("2026-03-02 10:30").run();
        world.reopen().at("2026-03-03 10:00").identify("ada", &[("score", "61")]).run();
        let story = world.decisions("ada");
        assert!(!story.iter().any(|line| line.contains("rich Entered")), "{story:?}");
    }
}

/// Who waits for what completes their entry goes on waiting when the steps change (E4, E10).
#[test]
fn a_held_entry_outlives_a_change_of_the_steps() {
    let text = |days: u32| {
        format!("workflow w {{ enter when signed_up; reenter never; send hello; wait {days} days; send again }}")
    };
    for (changes, reopens) in [(false, false), (true, false), (true, true)] {
        let mut world = world(&text(21));
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        if changes {
            world.becomes(&text(22));
        }
        world.at("2026-03-02 10:02").run();
        if reopens {
            world.reopen();
        }
        world.at("2026-03-02 10:05").contact("ada", &[]);
        assert!(world.story("ada").contains(&"03-02 10:05 w Entered".to_owned()), "{:?}", world.story("ada"));
    }
}

/// Where people are is asked only where it makes a difference: one contact that cannot be read shows whether each is looked into.
#[test]
fn a_start_with_the_same_project_looks_into_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.db");
    let open = |text: &str| {
        use flow_runtime::open::{self, Kind, StoreName};
        let (mut store, program, _) = open::open(&crate::support::program(text), &path, Kind::Live)?;
        open::name(&mut store, &StoreName::of(1)).map(|_| program)
    };
    let other = WAITS.replace("5 days", "4 days");
    let contact = "INSERT INTO contact (id, layout, newest, frame, kept) VALUES (1, 0, 0, x'', x'010000000000000001')";
    let shell = || rusqlite::Connection::open(&path).unwrap();
    open(WAITS).unwrap();
    open(WAITS).unwrap();
    shell().execute(contact, []).unwrap();
    // Their number has been given.
    let given = "INSERT INTO slot (slot, number, clock, first_day, next_contact, next_outbox, next_record) VALUES (0, 1, 0, 0, 2, 1, 1)";
    shell().execute(given, []).unwrap();
    let same = open(WAITS).unwrap();
    assert_eq!(same, open(WAITS).unwrap());
    assert_eq!(open(&other).unwrap_err().fault, flow_runtime::store::StoreFault::Corrupt);
    // Whoever began with the steps of before may be anywhere, until they are gone from the project too.
    shell().execute("DELETE FROM contact", []).unwrap();
    open(&other).unwrap();
    open(&other).unwrap();
    shell().execute(contact, []).unwrap();
    open(&other).unwrap();
}

/// What nothing came of when it arrived is nothing where a later version reads it from the log.
#[test]
fn a_silence_that_is_read_from_the_log_is_that_of_then() {
    const MAILS: &str = "workflow w { enter when signed_up; reenter never; wait 3 days; send hello; wait 20 days }";
    const QUIET: &str = "workflow i { enter when inactive for 8 days; reenter never; score += 1 }";
    let both = format!("{MAILS}\n{QUIET}");
    for (name, after_ms, quiet_at) in [
        // A machine's.
        ("Email Link Clicked", 3_000, "03-10 10:00"),
        ("Email Link Clicked", 3_600_000, "03-13 11:00"),
        ("Email Replied", 3_000, "03-13 10:00"),
        ("Email Opened", 3_600_000, "03-10 10:00"),
        ("Unsubscribed", 3_600_000, "03-10 10:00"),
        ("Subscribed", 3_600_000, "03-13 11:00"),
        ("Something Else", 3_600_000, "03-13 11:00"),
    ] {
        let quiet = |begins_with: &str| {
            let mut world = world(begins_with);
            world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
            world.set_now(at("2026-03-05 10:00") + after_ms);
            world.event("ada", name, json!({"email_id": "hello", "link_id": "more"})).run().at("2026-03-08").run();
            world.becomes(&both).at("2026-03-20").run();
            let story = world.story("ada");
            let entered = story.iter().find(|line| line.ends_with(" i Entered")).cloned().unwrap_or_default();
            (entered.replace(" i Entered", ""), world)
        };
        let (from_the_start, began) = quiet(&both);
        assert_eq!(from_the_start, quiet_at, "{name} after {after_ms} ms");
        assert_eq!(quiet(MAILS).0, from_the_start, "{name} after {after_ms} ms");
        let counts = began.snapshot().events.last().unwrap().counts;
        assert_eq!(counts, (name, after_ms) != ("Email Link Clicked", 3_000), "{name}");
    }
}

/// Of two contacts who proved to be one, the other is nobody any more: a new version, which looks at everybody once, lets in the one alone.
#[test]
fn who_was_joined_into_another_is_not_looked_at_by_a_new_version() {
    let quiet = |steps: &str| {
        format!("workflow w {{ enter when inactive for 2 days including existing; reenter never; {steps} }}")
    };
    let mut world = world(&quiet("wait 1 day"));
    world.at("2026-03-02 10:00").event("ada", "visited", json!({ "page": "/docs" })).only_key("anonymous:d1").run();
    world.contact("ada", &[]).at("2026-03-02 11:00").event("ada", "signed_up", json!({})).keys(&["anonymous:d1"]).run();
    assert_eq!(world.counter("joined"), 1, "the device is ada's");
    world.becomes(&quiet("wait 1 day; score += 10")).at("2026-03-10").run();
    let entered =
        |decision: &flow_runtime::store::DecisionRecord| decision.code == flow_runtime::store::DecisionCode::Entered;
    assert_eq!(world.snapshot().decisions.iter().filter(|decision| entered(decision)).count(), 1);
}

/// Of many people a new version writes those alone whom it moves; the others are as much of it: what they do next counts, at once and after another
/// start, and what is new of a field is shown of everybody.
#[test]
fn a_new_version_writes_those_alone_whom_it_moves() {
    const MANY: usize = 600;
    let of = |more: &str| format!("{more}\nworkflow w {{ enter when signed_up; reenter never; wait 30 days }}");
    for reopens in [false, true] {
        let mut world = world(&of(""));
        let rows: Vec<_> = (0..MANY)
            .map(|nth| {
                let (user, address) = (format!("user:p{nth}"), format!("p{nth}@people.example"));
                let employees = if nth % 100 == 7 { "900" } else { "5" };
                world.row(&[&user], &[("email", &address), ("employees", employees), ("country", "DE")])
            })
            .collect();
        world.at("2026-03-02 10:00").import(&rows);
        // Some are in a journey when the version changes.
        for nth in 0..50 {
            world.event(&format!("p{nth}"), "signed_up", json!({}));
        }
        world.run();
        let before = world.snapshot().contacts[0].layout;
        world.becomes(&of("segment large = employees >= 500 and country is \"DE\"\n\
             workflow l { enter when large new only; reenter never; wait 1 day }\n\
             workflow v { enter when visited at least 2 times in the last 3 days new only; reenter never; wait 1 day }"));
        world.at("2026-03-03 10:00").run();
        let layouts: Vec<u32> = world.snapshot().contacts.iter().map(|contact| contact.layout).collect();
        assert_eq!(layouts.iter().filter(|layout| **layout != before).count(), 6, "six are large: {layouts:?}");
        if reopens {
            world.reopen();
        }
        world.identify("p1", &[("employees", "700")]).event("p2", "visited", json!({"page": "/docs"}));
        world.event("p2", "visited", json!({"page": "/docs"})).event("p60", "signed_up", json!({})).run();
        world.at("2026-03-05 10:00").run();
        for (user, line) in
            [("p1", "03-03 10:00 l Entered"), ("p2", "03-03 10:00 v Entered"), ("p60", "03-03 10:00 w Entered")]
        {
            assert!(world.story(user).contains(&line.to_owned()), "{user}: {:?}", world.story(user));
        }
        assert!(!world.story("p7").iter().any(|line| line.contains("l Entered")), "who was large before is no news");
        world.at("2026-04-10 10:00").run();
        let ended = world.snapshot().journeys().iter().filter(|journey| journey.ended_at.is_some()).count();
        assert_eq!(ended, 53, "every wait was over in its time");
        world.check_invariants();
    }
}

/// Who is in the steps of before is asked what those ask, whatever the steps of now ask of the same events (E10).
#[test]
fn a_count_that_is_asked_less_of_is_counted_on_for_the_older_steps() {
    let wait = |least: u32| {
        format!(
            "workflow w {{ enter when signed_up; reenter never; wait until visited at least {least} times up to 8 days; send hello }}"
        )
    };
    let branch = |least: u32| {
        format!(
            "workflow w {{ enter when signed_up; reenter never; wait 6 days; if visited at least {least} times {{ send hello }} else {{ send again }} }}"
        )
    };
    for (before, after, mail_at) in
        [(wait(3), wait(2), "03-05 10:00"), (wait(4), wait(1), "03-06 10:00"), (branch(3), branch(2), "03-08 10:00")]
    {
        let mut world = world(&before);
        world
            .contact("ada", &[("email", "ada@x.example")])
            .at("2026-03-02 10:00")
            .event("ada", "signed_up", json!({}))
            .run();
        visits(&mut world, &["2026-03-03 10:00", "2026-03-04 09:00"]);
        world.becomes(&after).at("2026-03-04 10:00").run();
        visits(&mut world, &["2026-03-05 10:00", "2026-03-06 10:00"]);
        world.at("2026-03-20").run();
        let story = world.story("ada");
        assert!(
            story.iter().any(|line| line.starts_with(&format!("{mail_at} w Sent"))),
            "{before} then {after}: {story:?}"
        );
        assert!(
            !world.sent().values().flatten().any(|mail| mail.contains("Again")),
            "{before} then {after}: {:?}",
            world.sent()
        );
    }
}

/// A step with a label may say something else: whoever stands at it goes on as it was, and whoever comes takes it as it is.
#[test]
fn a_step_with_a_label_says_something_else() {
    let of =
        |step: &str| format!("workflow w {{ enter when signed_up; reenter never; step \"n\": {step}; send hello }}");
    let mut world = world(&of("wait 5 days"));
    world.contact("ada", &[("email", "ada@x.example")]).contact("bo", &[("email", "bo@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    for (nth, step) in ["wait 2 days", "score += 1", "wait 5 days", "wait 3 days"].into_iter().enumerate() {
        world.becomes(&of(step)).at(&format!("2026-03-03 1{nth}:00")).run();
    }
    world.event("bo", "signed_up", json!({})).run();
    world.at("2026-03-20").run();
    let sent = |user: &str| world.story(user).into_iter().find(|line| line.contains("w Sent")).unwrap_or_default();
    assert!(
        sent("ada").starts_with("03-07 10:00") && sent("bo").starts_with("03-06 13:00"),
        "{} {}",
        sent("ada"),
        sent("bo")
    );
    world.check_invariants();
}

/// Whoever stands still before the first step goes the steps with which they came in, however many versions come meanwhile.
#[test]
fn who_stands_still_before_the_first_step_goes_on_from_there() {
    let busy = |last: &str| {
        format!(
            "workflow w {{ enter when signed_up; reenter never; pause while employees > 5; score += 1; wait 1 day; score += {last} }}"
        )
    };
    let other = "workflow other { enter when visited; reenter never; wait 1 day }";
    for then in [busy("7"), format!("{other}{}", busy("7")), other.to_owned()] {
        let mut world = world(&busy("3"));
        world.contact("ada", &[("employees", "9")]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        world.becomes(&busy("5"));
        world.at("2026-03-03 10:00").run();
        world.becomes(&then);
        let version = world.engine().program().lineage.version;
        world.becomes(&then);
        assert_eq!(world.engine().program().lineage.version, version, "the same project is no new version");
        world.at("2026-03-04 10:00").identify("ada", &[("employees", "2")]).run();
        world.reopen().at("2026-03-06").run();
        assert_eq!(world.score("ada"), 4, "{then}: {:?}", world.story("ada"));
        world.check_invariants();
    }
}
