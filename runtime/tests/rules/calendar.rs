//! What becomes true by the calendar and the clocks of a person's zone does so at its own instant, and nothing asks before.

use crate::everywhere;
use crate::support::{HEAD, World, at, compiled_of};

const PEOPLE: [(&str, &str); 3] = [("ada", "Europe/Berlin"), ("bob", "America/New_York"), ("cy", "Pacific/Auckland")];

/// A workflow that people enter when a condition becomes true, for whoever lives in these zones; and when they did, in UTC.
fn entered(condition: &str, fields: &[(&str, &str)], from: &str, until: &str) -> Vec<Vec<String>> {
    let text = format!(
        "{HEAD}
contact {{ trial_ends_at moment? }}
workflow becoming {{ enter when {condition} new only; reenter after 1 minute; score += 1 }}"
    );
    let program = compiled_of(&[text]).unwrap_or_else(|complaints| panic!("{complaints:#?}"));
    let found = std::cell::RefCell::new(None);
    everywhere(|place| {
        let mut world = World::on(place, program.clone());
        world.at(from);
        for (user, zone) in PEOPLE {
            let mut words = vec![("timezone", zone)];
            words.extend(fields);
            world.contact(user, &words);
        }
        world.at(until).run();
        world.check_invariants();
        let seen: Vec<Vec<String>> = PEOPLE.iter().map(|(user, _)| entries(&world, user)).collect();
        let mut found = found.borrow_mut();
        let known = found.get_or_insert_with(|| seen.clone());
        assert_eq!(*known, seen, "{condition}");
    });
    found.into_inner().unwrap_or_default()
}

fn entries(world: &World, user: &str) -> Vec<String> {
    let told = world.story(user).into_iter().filter(|line| line.ends_with("becoming Entered"));
    told.map(|line| line.trim_end_matches(" becoming Entered").to_owned()).collect()
}

/// 30 days before 30 April is 31 March, and `<` holds from 1 April on.
#[test]
fn a_date_comes_near_at_midnight_at_home() {
    let found = entered(
        "renewal_date is known and renewal_date < today + 30 days",
        &[("renewal_date", "2026-04-30")],
        "2026-03-02",
        "2026-05-30",
    );
    assert_eq!(found, [["03-31 22:00"], ["04-01 04:00"], ["03-31 11:00"]]);
}

/// The clocks of Berlin change on 29 March, those of New York on 8 March, those of Auckland on 5 April.
#[test]
fn a_day_has_as_many_hours_as_it_has() {
    let found = entered("renewal_date is today", &[("renewal_date", "2026-03-29")], "2026-03-02", "2026-04-30");
    assert_eq!(found, [["03-28 23:00"], ["03-29 04:00"], ["03-28 11:00"]]);
    let over = entered(
        "renewal_date is known and renewal_date < today",
        &[("renewal_date", "2026-03-29")],
        "2026-03-02",
        "2026-04-30",
    );
    assert_eq!(over, [["03-29 22:00"], ["03-30 04:00"], ["03-29 11:00"]]);
}

#[test]
fn a_leap_day_is_a_day() {
    let found = entered("renewal_date is today", &[("renewal_date", "2028-02-29")], "2028-02-01", "2028-03-05");
    assert_eq!(found, [["02-28 23:00"], ["02-29 05:00"], ["02-28 11:00"]]);
}

/// Elapsed time is as long for everyone, and the instant itself is no longer ahead.
#[test]
fn a_moment_is_compared_with_the_instant() {
    let moment = [("trial_ends_at", "2026-03-10 12:00")];
    let found =
        entered("trial_ends_at is known and trial_ends_at < now + 48 hours", &moment, "2026-03-02", "2026-03-20");
    // The first millisecond at which it is less.
    assert_eq!(found, [["03-08 12:00"], ["03-08 12:00"], ["03-08 12:00"]]);
    let ago = entered("trial_ends_at more than 3 days ago", &moment, "2026-03-02", "2026-03-20");
    assert_eq!(ago, [["03-13 12:00"], ["03-13 12:00"], ["03-13 12:00"]]);
    // A date by days at home: more than three days ago on the fourth.
    let dated =
        entered("renewal_date more than 3 days ago", &[("renewal_date", "2026-03-10")], "2026-03-02", "2026-03-20");
    assert_eq!(dated, [["03-13 23:00"], ["03-14 04:00"], ["03-13 11:00"]]);
}

/// Each time anew, in the week in which Berlin's clocks change.
#[test]
fn hours_and_weekdays_come_again_and_again() {
    let found = entered("weekday in (saturday, sunday)", &[], "2026-03-23 06:00", "2026-04-06");
    let each =
        [vec!["03-27 23:00", "04-03 22:00"], vec!["03-28 04:00", "04-04 04:00"], vec!["03-27 11:00", "04-03 11:00"]];
    assert_eq!(found, each);
    let found = entered("weekday is sunday and hour in contact timezone >= 18", &[], "2026-03-27", "2026-04-06");
    let each =
        [vec!["03-29 16:00", "04-05 16:00"], vec!["03-29 22:00", "04-05 22:00"], vec!["03-29 05:00", "04-05 06:00"]];
    assert_eq!(found, each);
}

/// A person who moves is asked by the new zone, at once and from then on.
#[test]
fn a_new_zone_is_another_day() {
    let text = "segment due = renewal_date is today
workflow in_it { enter when entered due; reenter after 1 minute; set region = \"EMEA\" }
workflow out { enter when left due; reenter after 1 minute; set region = \"APAC\" }";
    let mut world = crate::support::world(text);
    world.contact("ada", &[("timezone", "Europe/Berlin"), ("renewal_date", "2026-03-10")]);
    world.at("2026-03-09 12:00").run();
    assert_eq!(world.read("ada", "region"), 0);
    // It is 01:00 on the tenth in Auckland, where she has moved.
    world.identify("ada", &[("timezone", "Pacific/Auckland")]).run();
    assert_eq!(world.read("ada", "region"), 1);
    world.at("2026-03-09 13:00").identify("ada", &[("timezone", "America/New_York")]).run();
    assert_eq!(world.read("ada", "region"), 3);
    world.at("2026-03-10 04:00").run();
    assert_eq!(world.read("ada", "region"), 1);
    world.at("2026-03-11 03:59").run();
    assert_eq!(world.read("ada", "region"), 1);
    world.at("2026-03-11 04:00").run().reopen();
    assert_eq!(world.read("ada", "region"), 3);
    world.check_invariants();
}

/// A week begins on Monday at home and is over with its Sunday, and a month with its last day.
#[test]
fn a_week_and_a_month_are_those_of_the_calendar() {
    let text = "segment twice = visited at least 2 times this week
segment monthly = visited this month
segment quiet = no visited this week
workflow a { enter when entered twice; reenter after 1 minute; set industry = \"saas\" }
workflow b { enter when left twice; reenter after 1 minute; set industry = \"fintech\" }
workflow c { enter when left monthly; reenter after 1 minute; set region = \"EMEA\" }
workflow d { enter when entered quiet; reenter after 1 minute; score += 1 }";
    let mut world = crate::support::world(text);
    world.contact("ada", &[("timezone", "Europe/Berlin")]);
    let visit = |world: &mut World, time: &str| {
        world.at(time).event("ada", "visited", serde_json::json!({})).run();
    };
    // Sunday evening and Monday morning are two weeks.
    visit(&mut world, "2026-03-29 21:00");
    visit(&mut world, "2026-03-29 22:30");
    assert_eq!(world.read("ada", "industry"), 0);
    visit(&mut world, "2026-03-31 10:00");
    assert_eq!(world.read("ada", "industry"), 1);
    world.at("2026-03-31 21:59").run();
    world.at("2026-03-31 21:59").run();
    assert_eq!(world.read("ada", "region"), 0);
    world.at("2026-03-31 22:00").run();
    assert_eq!(world.read("ada", "region"), 1);
    world.at("2026-04-05 21:59").run();
    assert_eq!((world.read("ada", "industry"), world.score("ada")), (1, 2));
    world.at("2026-04-05 22:00").run();
    // As of the second week in which she is known, and of the one whose Monday had just begun.
    assert_eq!((world.read("ada", "industry"), world.score("ada")), (2, 3));
    world.check_invariants();
}

/// Nobody is looked at before anything changes: a date that is far away costs no day.
#[test]
fn nothing_is_polled() {
    let text = "workflow becoming { enter when renewal_date is known and renewal_date < today + 30 days new only; reenter never; score += 1 }";
    let mut world = crate::support::world(text);
    world.contact("ada", &[("timezone", "Europe/Berlin"), ("renewal_date", "2027-01-31")]);
    world.at("2026-03-02").run();
    let contact = world.snapshot().contacts.into_iter().next().and_then(|contact| contact.next_at);
    assert_eq!(contact, Some(at("2027-01-01 23:00")));
}
