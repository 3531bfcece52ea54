//! Entries by a date of the contact's, by each year of it, and by a schedule.

use crate::support::{Crash, World, at, program, world};
use flow_runtime::time::Instant;
use serde_json::json;
use std::sync::Arc;

const FIELDS: &str = "contact { renewal date? ; birthday date? ; ends_at moment? }\n";

fn renewals(entry: &str) -> World {
    let mut world = world(&format!("{FIELDS}workflow w {{ enter {entry}; wait 1 hour; score += 1 }}"));
    world.contact("ada", &[("timezone", "Europe/Berlin")]);
    world
}

fn learns(world: &mut World, at: &str, words: &[(&str, &str)]) {
    world.at(at).identify("ada", words).run();
}

fn entered(world: &World, user: &str) -> Vec<String> {
    let mut story = world.story(user);
    story.retain(|line| line.contains("Entered") || line.contains("Ignored"));
    story
}

#[test]
fn somebody_comes_in_so_long_before_a_date_by_their_own_clocks() {
    for (entry, renewal, expected) in [
        ("30 days before renewal at 09:00", "2026-05-01", "04-01 07:00 w Entered"),
        ("30 days before renewal", "2026-04-05", "03-06 08:00 w Entered"),
        ("1 month before renewal at 18:30", "2026-05-31", "04-30 16:30 w Entered"),
        ("on renewal at 02:30", "2026-03-29", "03-29 01:00 w Entered"),
        ("2 weeks after renewal at 00:00", "2026-03-10", "03-23 23:00 w Entered"),
    ] {
        let mut world = renewals(entry);
        learns(&mut world, "2026-03-02 10:00", &[("renewal", renewal)]);
        world.at("2026-07-01").run();
        assert_eq!(entered(&world, "ada"), [expected], "{entry}");
    }
}

#[test]
fn each_value_lets_somebody_in_once() {
    let mut world = renewals("30 days before renewal at 09:00");
    learns(&mut world, "2026-03-02 10:00", &[("renewal", "2026-05-01")]);
    learns(&mut world, "2026-03-10 10:00", &[("renewal", "2026-06-01")]);
    learns(&mut world, "2026-03-11 10:00", &[("renewal", "2026-05-01")]);
    learns(&mut world, "2026-04-02 10:00", &[("renewal", "2026-05-01")]);
    learns(&mut world, "2026-04-03 10:00", &[("renewal", "2027-05-01")]);
    world.at("2027-07-01").run();
    assert_eq!(entered(&world, "ada"), ["04-01 07:00 w Entered", "04-01 07:00 w Entered"]);
}

/// One that is past when it is learnt lets nobody in, unless it says so; then before a date as long as it is not over.
#[test]
fn who_is_late_stays_out_or_comes_in_at_once() {
    for (entry, renewal, expected) in [
        ("30 days before renewal", "2026-03-20", None),
        ("30 days before renewal or at once", "2026-03-20", Some("03-02 10:00 w Entered")),
        ("30 days before renewal or at once", "2026-03-02", Some("03-02 10:00 w Entered")),
        ("30 days before renewal or at once", "2026-03-01", None),
        ("on renewal or at once", "2026-03-02", Some("03-02 10:00 w Entered")),
        ("on renewal", "2026-03-02", None),
        ("on renewal at 11:00", "2026-03-02", Some("03-02 10:00 w Entered")),
        ("7 days after renewal or at once", "2026-02-01", Some("03-02 10:00 w Entered")),
        ("7 days after renewal", "2026-02-01", None),
    ] {
        let mut world = renewals(entry);
        learns(&mut world, "2026-03-02 10:00", &[("renewal", renewal)]);
        world.at("2026-04-30").run();
        assert_eq!(entered(&world, "ada"), expected.into_iter().collect::<Vec<_>>(), "{entry} {renewal}");
    }
}

#[test]
fn a_moment_is_counted_to_the_minute() {
    for (entry, expected) in [
        ("2 hours before ends_at", "03-10 08:00 w Entered"),
        ("90 minutes after ends_at", "03-10 11:30 w Entered"),
        ("on ends_at", "03-10 10:00 w Entered"),
        ("3 days before ends_at", "03-07 10:00 w Entered"),
        ("3 days before ends_at at 09:00", "03-07 08:00 w Entered"),
    ] {
        let mut world = renewals(entry);
        learns(&mut world, "2026-03-02 10:00", &[("ends_at", "2026-03-10 10:00")]);
        world.at("2026-04-01").run();
        assert_eq!(entered(&world, "ada"), [expected], "{entry}");
    }
}

#[test]
fn a_year_lets_somebody_in_once_and_the_29th_of_february_is_the_28th() {
    let mut world = renewals("on birthday every year at 09:00");
    learns(&mut world, "2026-03-02 10:00", &[("birthday", "1996-02-29")]);
    world.at("2028-12-31").run();
    assert_eq!(entered(&world, "ada"), ["02-28 08:00 w Entered", "02-29 08:00 w Entered"]);
    // Corrected after this year's: it is next year's that counts.
    let mut world = renewals("on birthday every year at 09:00");
    learns(&mut world, "2026-03-02 10:00", &[("birthday", "1996-03-03")]);
    learns(&mut world, "2026-03-05 10:00", &[("birthday", "1996-03-08")]);
    world.at("2027-12-31").run();
    assert_eq!(entered(&world, "ada"), ["03-03 08:00 w Entered", "03-08 08:00 w Entered"]);
    // The day itself is the first where it lies ahead, and else a year later.
    for (birthday, expected) in [("2026-03-02", 1), ("2026-03-03", 2)] {
        let mut world = renewals("on birthday every year at 23:00");
        learns(&mut world, "2026-03-02 10:00", &[("birthday", birthday)]);
        world.at("2027-12-31").run();
        assert_eq!(entered(&world, "ada").len(), expected, "{birthday}");
    }
}

/// The hour stays on the wall, never before now, and nobody comes in twice by it.
#[test]
fn a_new_zone_moves_the_hour() {
    for (zone, moved_at, expected) in [
        ("America/New_York", "2026-03-31 10:00", "04-01 13:00 w Entered"),
        ("Asia/Tokyo", "2026-04-01 06:00", "04-01 06:00 w Entered"),
        ("America/New_York", "2026-04-01 08:00", "04-01 07:00 w Entered"),
    ] {
        let mut world = renewals("30 days before renewal at 09:00");
        learns(&mut world, "2026-03-02 10:00", &[("renewal", "2026-05-01")]);
        learns(&mut world, moved_at, &[("timezone", zone)]);
        world.at("2026-06-01").run();
        assert_eq!(entered(&world, "ada"), [expected], "{zone}");
    }
}

/// There is no half past two in New York on 8 March; in Tokyo there is.
#[test]
fn an_hour_that_clocks_leave_out_is_there_in_another_zone() {
    let mut world = renewals("on renewal at 02:30");
    learns(&mut world, "2026-03-02 10:00", &[("timezone", "America/New_York"), ("renewal", "2026-03-08")]);
    learns(&mut world, "2026-03-07 10:00", &[("timezone", "Asia/Tokyo")]);
    world.at("2026-03-20").run();
    assert_eq!(entered(&world, "ada"), ["03-07 17:30 w Entered"]);
}

/// The instant that was worked out stays, and the next is by the new clocks: nobody gets an issue twice, or none.
#[test]
fn another_zone_of_the_project_lets_nobody_in_twice() {
    for (from, to, at_home) in [
        ("Europe/Berlin", "America/New_York", ""),
        ("Europe/Berlin", "Asia/Tokyo", ""),
        ("Asia/Tokyo", "America/Los_Angeles", " in contact timezone"),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", ""),
        ("Pacific/Pago_Pago", "Pacific/Kiritimati", ""),
    ] {
        for hour in ["00:00", "09:00", "23:59"] {
            let text = format!(
                "{FIELDS}segment all = score >= 0\nworkflow w {{ enter everyone in all every tuesday at {hour}{at_home}; score += 1 }}"
            );
            let in_zone = |zone: &str| {
                let mut program = (*program(&text)).clone();
                program.meaning.timezone = zone.to_owned();
                program
            };
            let mut world = World::of(Arc::new(in_zone(from)));
            world.contact("ada", &[]).at("2026-03-06").run();
            world.adopt(&in_zone(to)).unwrap().at("2026-03-20").run();
            // One for each tuesday, the 3rd, 10th and 17th, wherever that is.
            let entered = entered(&world, "ada");
            assert_eq!(entered.len(), 3, "{from} to {to} at {hour}: {entered:?}");
        }
    }
}

/// What stands beside the date is asked at the instant, and a refusal is recorded and spends the value.
#[test]
fn everything_is_asked_at_the_instant() {
    let entry = "30 days before renewal at 09:00 and industry is \"saas\"";
    let mut world = renewals(entry);
    learns(&mut world, "2026-03-02 10:00", &[("renewal", "2026-05-01")]);
    learns(&mut world, "2026-04-01 07:00", &[("industry", "saas")]);
    world.at("2026-06-01").run();
    assert_eq!(entered(&world, "ada"), ["04-01 07:00 w Entered"], "an event of the same instant comes first");
    let mut world = renewals(entry);
    learns(&mut world, "2026-03-02 10:00", &[("renewal", "2026-05-01")]);
    learns(&mut world, "2026-04-01 07:01", &[("industry", "saas")]);
    learns(&mut world, "2026-05-01 10:00", &[("renewal", "2026-07-01")]);
    world.at("2026-08-01").run();
    assert_eq!(entered(&world, "ada"), ["04-01 07:00 w Ignored.9", "06-01 07:00 w Entered"]);
}

/// A file that is there at the start lets people in by what is still to come, and by nothing else.
#[test]
fn an_import_is_learnt_from() {
    let mut world = world(&format!("{FIELDS}workflow w {{ enter on renewal at 09:00; score += 1 }}"));
    let rows: Vec<_> = [("ada", "2026-03-05"), ("bo", "2026-02-05")]
        .map(|(user, day)| {
            world.row(&[&format!("user:{user}")], &[("email", &format!("{user}@x.example")), ("renewal", day)])
        })
        .into();
    world.import(&rows);
    world.at("2026-04-01").run();
    assert_eq!((entered(&world, "ada").len(), entered(&world, "bo").len()), (1, 0));
}

/// A version that brings a date in looks at everybody for what is to come; one that moves it lets nobody in twice for one value.
#[test]
fn a_new_version_learns_of_dates() {
    let of = |entry: &str| format!("{FIELDS}workflow w {{ enter {entry}; score += 1 }}");
    let quiet = format!("{FIELDS}workflow q {{ enter when signed_up; reenter never; wait 1 day }}");
    for look_rows in [0, 256] {
        let mut world = world(&quiet);
        world.limits.look_rows = look_rows;
        world.contact("ada", &[("renewal", "2026-05-01")]).contact("bo", &[("renewal", "2026-03-10")]);
        world.contact("cy", &[]);
        world.at("2026-03-03 10:00").becomes(&of("30 days before renewal at 09:00")).at("2026-04-02").run();
        assert_eq!(entered(&world, "ada"), ["04-01 09:00 w Entered"]);
        world.becomes(&of("20 days before renewal at 09:00")).at("2026-04-20").run();
        assert_eq!(entered(&world, "ada").len(), 1, "it is the same renewal");
        world.becomes(&of("20 days before renewal at 09:00").replace("+= 1", "+= 2")).at("2026-05-20").run();
        world.identify("ada", &[("renewal", "2026-07-01")]).run();
        world.at("2026-08-01").run();
        assert_eq!(entered(&world, "ada")[1..], ["06-11 09:00 w Entered"]);
        assert!(entered(&world, "bo").is_empty() && entered(&world, "cy").is_empty());
    }
}

/// Where nobody was there at the instant, they come in when somebody is; also by a version that is taken up then.
#[test]
fn an_instant_that_was_missed_is_not_lost() {
    let of = |more: &str| format!("{FIELDS}workflow w {{ enter on renewal at 09:00; score += 1 }}{more}");
    for more in ["", "workflow q { enter when signed_up; reenter never; wait 1 day }"] {
        let mut world = world(&of(""));
        world.contact("ada", &[("renewal", "2026-03-05")]);
        world.set_now(at("2026-03-05 12:00"));
        if !more.is_empty() {
            world.becomes(&of(more));
        }
        let now = Instant(at("2026-03-05 12:00"));
        world.engine().catch_up(now, &mut std::iter::empty(), &mut |_| {}).unwrap();
        assert_eq!(entered(&world, "ada"), ["03-05 12:00 w Entered"], "{more}");
    }
}

#[test]
fn of_two_contacts_that_prove_to_be_one_each_value_counts_once() {
    let mut world = renewals("30 days before renewal at 09:00");
    world.at("2026-03-02 10:00").identify("", &[("renewal", "2026-05-01")]).only_key("anonymous:d1").run();
    world.at("2026-03-03 10:00").identify("ada", &[]).keys(&["anonymous:d1"]).run();
    world.at("2026-06-01").run();
    assert_eq!(entered(&world, "ada"), ["04-01 07:00 w Entered"]);
    let mut world = renewals("30 days before renewal at 09:00");
    world
        .at("2026-03-02 10:00")
        .identify("", &[("renewal", "2026-05-01"), ("timezone", "Asia/Tokyo")])
        .only_key("anonymous:d1")
        .run();
    world.at("2026-04-01 03:00").identify("ada", &[]).keys(&["anonymous:d1"]).run();
    world.at("2026-06-01").run();
    assert_eq!(entered(&world, "ada"), Vec::<String>::new(), "it has let the one in, so it lets nobody in");
}

const SCHEDULE: &str = "segment keen = industry is \"saas\"\n";

fn scheduled(entry: &str) -> World {
    let mut world =
        world(&format!("{SCHEDULE}workflow w {{ enter everyone in keen {entry}; wait 1 hour; score += 1 }}"));
    world.contact("ada", &[("timezone", "America/New_York"), ("industry", "saas")]);
    world.contact("bo", &[("industry", "fintech")]);
    world
}

#[test]
fn a_schedule_lets_in_who_is_in_its_segment_at_the_instant() {
    for (entry, expected) in [
        ("on 2026-03-10 at 09:00", &["03-10 09:00 w Entered"][..]),
        ("on 2026-03-10 at 09:00 in contact timezone", &["03-10 13:00 w Entered"]),
        ("on 2026-03-01 at 09:00", &[]),
        ("every monday at 09:00", &["03-02 09:00 w Entered", "03-09 09:00 w Entered", "03-16 09:00 w Entered"]),
        ("every 2nd tuesday", &["03-10 09:00 w Entered"]),
        ("every 3rd wednesday at 18:00 in contact timezone", &["03-18 22:00 w Entered"]),
        ("every last thursday at 09:00", &[]),
    ] {
        let mut world = scheduled(entry);
        world.at("2026-03-20").run();
        assert_eq!(entered(&world, "ada"), expected, "{entry}");
        assert!(entered(&world, "bo").is_empty(), "{entry}");
    }
}

#[test]
fn who_comes_into_the_segment_and_leaves_it_is_asked_at_each_instant() {
    let mut world = scheduled("every monday at 09:00");
    world
        .at("2026-03-09 09:00")
        .identify("ada", &[("industry", "fintech")])
        .identify("bo", &[("industry", "saas")])
        .run();
    world.at("2026-03-16 09:01").identify("bo", &[("industry", "fintech")]).run();
    world.at("2026-03-23 08:59").identify("ada", &[("industry", "saas")]).run();
    world.at("2026-03-29").run();
    assert_eq!(entered(&world, "ada"), ["03-02 09:00 w Entered", "03-23 09:00 w Entered"]);
    assert_eq!(entered(&world, "bo"), ["03-09 09:00 w Entered", "03-16 09:00 w Entered"]);
}

/// What was missed is one occurrence, whatever their number.
#[test]
fn missed_occurrences_are_one() {
    let mut world = scheduled("every monday at 09:00");
    world.at("2026-03-03").run();
    let now = Instant(at("2026-03-25 12:00"));
    world.engine().catch_up(now, &mut std::iter::empty(), &mut |_| {}).unwrap();
    world.set_now(at("2026-03-31"));
    world.run();
    assert_eq!(entered(&world, "ada"), ["03-02 09:00 w Entered", "03-25 12:00 w Entered", "03-30 09:00 w Entered"]);
}

/// An occurrence that lies before the workflow was there lets nobody in; and who still is in it is refused, recorded.
#[test]
fn a_schedule_begins_with_its_workflow_and_takes_nobody_twice() {
    let of = |steps: &str| format!("{SCHEDULE}workflow w {{ enter everyone in keen every monday at 09:00; {steps} }}");
    for look_rows in [0, 256] {
        let mut world =
            world(&format!("{SCHEDULE}workflow q {{ enter when entered keen; reenter never; wait 1 day }}"));
        world.limits.look_rows = look_rows;
        world.contact("ada", &[("industry", "saas")]).contact("bo", &[]);
        world.at("2026-03-09 10:00").run().becomes(&of("wait 8 days")).at("2026-03-24").run();
        let story: Vec<_> = entered(&world, "ada").into_iter().filter(|line| line.contains(" w ")).collect();
        assert_eq!(story, ["03-16 09:00 w Entered", "03-23 09:00 w Ignored.2"]);
    }
}

/// Many people at one instant are as many items as one by one, whatever the size of a batch and wherever somebody dies.
#[test]
fn a_schedule_of_many_is_no_one_batch() {
    let text =
        format!("{SCHEDULE}workflow w {{ enter everyone in keen on 2026-03-10 at 09:00; send hello; score += 1 }}");
    let told = |batch: usize, crash: Crash| {
        let mut world = world(&text).limits(batch, 2);
        for nth in 0..9 {
            world.contact(&format!("u{nth}"), &[("industry", "saas")]);
        }
        world.at("2026-03-11");
        *world.shared.crash.lock().unwrap() = crash;
        while world.run_all("2026-03-11").is_err() {
            *world.shared.crash.lock().unwrap() = Crash::Never;
            world.reopen();
        }
        if crash == Crash::Never {
            assert_eq!(world.sent().into_values().flatten().count(), 9);
        }
        (0..9).map(|nth| entered(&world, &format!("u{nth}"))).collect::<Vec<_>>()
    };
    let one = told(1_000, Crash::Never);
    assert!(one.iter().all(|story| *story == ["03-10 09:00 w Entered"]));
    for commits in 1..8 {
        assert_eq!(told(2, Crash::AfterCommit(commits)), one, "{commits}");
    }
}

/// A rate paces them, and a segment that time alone changes is asked as of the instant.
#[test]
fn a_rate_paces_a_schedule() {
    let mut world = world(&format!(
        "{SCHEDULE}workflow w {{ enter everyone in keen on 2026-03-10 at 09:00; rate 1 an hour; score += 1 }}"
    ));
    for user in ["ada", "bo", "cy"] {
        world.contact(user, &[("industry", "saas")]);
    }
    world.at("2026-03-11").run();
    let all: Vec<String> = ["ada", "bo", "cy"].iter().flat_map(|user| entered(&world, user)).collect();
    assert_eq!(all, ["03-10 09:00 w Entered", "03-10 10:00 w Entered", "03-10 11:00 w Entered"]);
}

/// By another workflow's start they come in besides, and again by the next date.
#[test]
fn a_start_lets_people_in_beside_a_date() {
    let mut world = world(&format!(
        "{FIELDS}workflow w {{ enter on renewal at 09:00; score += 1 }}
         workflow s {{ enter when signed_up; reenter after 1 minute; start w }}"
    ));
    world.contact("ada", &[("renewal", "2026-03-05")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-04-01").run();
    let story: Vec<_> = entered(&world, "ada").into_iter().filter(|line| line.contains(" w ")).collect();
    assert_eq!(story, ["03-02 10:00 w Entered.1", "03-05 09:00 w Entered"]);
}
