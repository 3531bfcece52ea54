//! The policy: how many marketing mails anybody gets over all workflows, when they leave, and which leaves first (E8).

use crate::support::{World, at, world};
use flow_runtime::time::Instant;
use serde_json::json;

/// A workflow that sends at each event of a name.
fn sends(name: &str, event: &str, steps: &str) -> String {
    format!("workflow {name} {{ enter when {event}; reenter after 1 minutes; {steps} }}\n")
}

/// Three workflows, each with a mail.
fn three(policy: &str) -> World {
    let workflows = [sends("a", "signed_up", "send hello"), sends("b", "downloaded", "send again")];
    let mut world =
        world(&format!("policy {{ {policy} }}\n{}{}", workflows.concat(), sends("c", "visited", "send hello")));
    world.contact("ada", &[]);
    world
}

pub(crate) fn does(world: &mut World, when: &str, name: &str) {
    let properties = match name {
        "visited" => json!({ "page": "/" }),
        "downloaded" => json!({ "asset": "guide" }),
        _ => json!({}),
    };
    world.at(when).event("ada", name, properties).run();
}

/// What became of the mails.
pub(crate) fn mails(world: &World) -> Vec<String> {
    mails_of(world, "ada")
}

pub(crate) fn mails_of(world: &World, user: &str) -> Vec<String> {
    let of_mail = |line: &String| ["Sent", "Held", "Withheld", "Undelivered"].iter().any(|what| line.contains(what));
    world.story(user).into_iter().filter(of_mail).collect()
}

#[test]
fn one_mail_more_is_held_until_exactly_so_long_after_the_first() {
    let mut world = three("cap 2 emails per 7 days then delay");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-03 10:00", "downloaded");
    does(&mut world, "2026-03-04 12:00", "visited");
    world.at("2026-03-09 09:59").run();
    assert_eq!(mails(&world), ["03-02 10:00 a Sent s0", "03-03 10:00 b Sent s0", "03-04 12:00 c Held s0.1"]);
    world.at("2026-03-20").run();
    assert_eq!(mails(&world)[3], "03-09 10:00 c Sent s0");
}

#[test]
fn what_is_dropped_is_withheld_at_once_and_takes_no_place() {
    let mut world = three("cap 1 email per 1 day then drop");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-03 09:59", "downloaded");
    does(&mut world, "2026-03-03 10:00", "visited");
    assert_eq!(mails(&world), ["03-02 10:00 a Sent s0", "03-03 09:59 b Withheld s0.13", "03-03 10:00 c Sent s0"]);
}

#[test]
fn of_several_caps_each_counts() {
    let mut world = three("cap 1 email per 1 day then delay; cap 2 emails per 7 days then drop");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-02 11:00", "downloaded");
    does(&mut world, "2026-03-04 10:00", "visited");
    world.at("2026-03-20").run();
    assert_eq!(
        mails(&world),
        ["03-02 10:00 a Sent s0", "03-02 11:00 b Held s0.1", "03-03 10:00 b Sent s0", "03-04 10:00 c Withheld s0.13"]
    );
}

#[test]
fn what_no_place_comes_free_for_is_withheld_with_a_reason_of_its_own() {
    for (hold, withheld) in
        [("", "03-10 10:00 b Withheld s0.12"), ("; hold at most 36 hours", "03-04 22:00 b Withheld s0.12")]
    {
        let mut world = three(&format!("cap 1 email per 30 days then delay{hold}"));
        does(&mut world, "2026-03-02 10:00", "signed_up");
        does(&mut world, "2026-03-03 10:00", "downloaded");
        world.at("2026-03-20").run();
        assert_eq!(mails(&world)[1..], ["03-03 10:00 b Held s0.1", withheld]);
        assert!(world.story("ada").iter().any(|line| line.contains("b Finished")), "the journey goes on");
    }
}

#[test]
fn a_place_that_comes_free_at_the_last_instant_is_taken() {
    let mut world = three("cap 1 email per 8 days then delay");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-03 10:00", "downloaded");
    world.at("2026-03-20").run();
    assert_eq!(mails(&world)[2], "03-10 10:00 b Sent s0");
}

#[test]
fn a_transactional_mail_neither_counts_nor_is_held() {
    let text = "policy { cap 1 email per 7 days then delay; quiet from 09:00 to 11:00 in contact timezone; \
                blackout 2026-03-02 to 2026-03-02 }\n"
        .to_owned()
        + &sends("a", "signed_up", "send bill; send hello");
    let mut world = world(&text);
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-03 12:00", "signed_up");
    world.at("2026-03-04").run();
    assert_eq!(mails(&world)[..3], ["03-02 10:00 a Sent s0", "03-02 10:00 a Held s1", "03-03 00:00 a Sent s1"]);
    assert_eq!(mails(&world)[3..5], ["03-03 12:00 a Sent s0", "03-03 12:00 a Held s1.1"]);
}

/// Of two mails that one event sends, that of the first group leaves; by name it would be the other.
#[test]
fn the_group_named_first_leaves_first() {
    for (first, leaves) in
        [("", "a"), ("first webinar", "z"), ("first nurture, then webinar", "a"), ("first webinar, then nurture", "z")]
    {
        let text = format!(
            "policy {{ cap 1 email per 1 day then delay; {first} }}
workflow a {{ group nurture; enter when signed_up; reenter never; send hello }}
workflow z {{ group webinar; enter when signed_up; reenter never; send again }}"
        );
        let mut world = world(&text);
        world.contact("ada", &[]);
        does(&mut world, "2026-03-02 10:00", "signed_up");
        world.at("2026-03-20").run();
        let sent: Vec<String> = mails(&world).into_iter().filter(|line| line.contains("Sent")).collect();
        let other = if leaves == "a" { "z" } else { "a" };
        assert_eq!(sent, [format!("03-02 10:00 {leaves} Sent s0"), format!("03-03 10:00 {other} Sent s0")], "{first}");
    }
}

/// A place comes free for whoever is of the first group, then for whoever has waited longest, and not by the name.
#[test]
fn those_who_wait_leave_by_group_then_by_how_long_they_wait() {
    let of = |name: &str, group: &str, event: &str| {
        format!("workflow {name} {{ {group} enter when {event}; reenter never; send hello }}\n")
    };
    let text = "policy { cap 1 email per 2 days then delay; first webinar }\n".to_owned()
        + &of("m", "", "signed_up")
        + &of("z", "", "downloaded")
        + &of("b", "", "visited")
        + &of("y", "group webinar;", "requested_demo");
    let mut world = world(&text);
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-02 11:00", "downloaded");
    does(&mut world, "2026-03-02 12:00", "visited");
    does(&mut world, "2026-03-02 13:00", "requested_demo");
    world.at("2026-03-20").run();
    let sent: Vec<String> = mails(&world).into_iter().filter(|line| line.contains("Sent")).collect();
    let expected = ["03-02 10:00 m Sent s0", "03-04 10:00 y Sent s0", "03-06 10:00 z Sent s0", "03-08 10:00 b Sent s0"];
    assert_eq!(sent, expected);
}

/// Of what nobody looked at when it was due, too: one that is held already does not overtake that which has just come to its step.
#[test]
fn what_is_overdue_leaves_in_the_order_of_groups() {
    for (first, leaves) in [("", "c"), ("first webinar", "m")] {
        let text = format!("policy {{ cap 1 email per 2 days then delay; {first} }}\n")
            + &sends("a", "signed_up", "send hello")
            + &sends("c", "visited", "send hello")
            + "workflow m { group webinar; enter when downloaded; reenter never; wait 2 days; send again }";
        let mut world = world(&text);
        world.contact("ada", &[]);
        does(&mut world, "2026-03-02 10:00", "signed_up");
        does(&mut world, "2026-03-02 11:00", "visited");
        does(&mut world, "2026-03-02 12:00", "downloaded");
        world.engine().catch_up(Instant(at("2026-03-05 10:00")), &mut std::iter::empty(), &mut |_| {}).unwrap();
        let sent: Vec<String> = mails(&world).into_iter().filter(|line| line.contains("Sent")).collect();
        let step = if leaves == "m" { "s1" } else { "s0" };
        assert_eq!(sent, ["03-02 10:00 a Sent s0".to_owned(), format!("03-05 10:00 {leaves} Sent {step}")]);
    }
}

/// A mail that was held until an instant goes behind one of a better group that is written only then: by an event, where a wait is over, or by a schedule.
#[test]
fn who_is_held_until_an_instant_goes_behind_a_better_group_that_comes_then() {
    const HELD: &str = "policy { cap 1 email per 1 day then delay; first webinar, then nurture }
workflow o { enter when requested_demo; reenter never; send bill; send extra }
workflow a { group nurture; enter when signed_up; reenter never; send hello }
";
    let better = [
        "enter when visited; reenter never; send again",
        "enter when signed_up; reenter never; wait 22 hours; send again",
        "enter everyone in all on 2026-03-03 at 10:00; send again",
    ];
    for (way, limits) in better.iter().flat_map(|way| [(way, (1_000, 100)), (way, (1, 1))]) {
        let text = format!(
            "segment all = score >= 0\nemail extra {{ subject \"Extra\"; template \"emails/plain.html\" }}\n{HELD}workflow z {{ group webinar; {way} }}"
        );
        let mut world = world(&text).limits(limits.0, limits.1);
        world.contact("ada", &[]);
        does(&mut world, "2026-03-02 10:00", "requested_demo");
        does(&mut world, "2026-03-02 12:00", "signed_up");
        does(&mut world, "2026-03-03 10:00", "visited");
        world.at("2026-03-20").run();
        let told = mails(&world);
        let of_both = told.iter().filter(|line| line.contains("Sent") && !line.contains(" o "));
        let sent: Vec<&str> = of_both.map(|line| line.split(" s").next().unwrap()).collect();
        assert_eq!(sent, ["03-03 10:00 z Sent", "03-04 10:00 a Sent"], "{way} {limits:?}");
    }
}

/// Wherever a batch ends and whoever is in memory, it is the same; so it is where they come by events of one instant.
#[test]
fn events_of_one_instant_leave_in_the_order_of_groups() {
    for limits in [(1_000, 100), (1, 1), (2, 1)] {
        let text = "policy { cap 1 email per 2 days then delay; first webinar, then nurture }
workflow a { group nurture; enter when signed_up; reenter never; send hello }
workflow b { group webinar; enter when downloaded; reenter never; send again }";
        let mut world = world(text).limits(limits.0, limits.1);
        world.contact("ada", &[]).at("2026-03-02 10:00");
        world.event("ada", "signed_up", json!({})).event("ada", "downloaded", json!({ "asset": "guide" })).run();
        world.at("2026-03-20").run();
        let sent: Vec<String> = mails(&world).into_iter().filter(|line| line.contains("Sent")).collect();
        assert_eq!(sent, ["03-02 10:00 b Sent s0", "03-04 10:00 a Sent s0"], "{limits:?}");
    }
}

#[test]
fn quiet_hours_are_the_contacts_own_and_end_exactly() {
    for (zone, event, leaves) in [
        ("Europe/Berlin", "2026-03-02 18:59", "03-02 18:59 a Sent s0"),
        // 20:00 in Berlin; there it is 08:00 at 07:00 UTC.
        ("Europe/Berlin", "2026-03-02 19:00", "03-03 07:00 a Sent s0"),
        ("America/New_York", "2026-03-02 12:59", "03-02 13:00 a Sent s0"),
        // The night in which the clocks are put forward.
        ("Europe/Berlin", "2026-03-28 20:00", "03-29 06:00 a Sent s0"),
    ] {
        let mut world = three("quiet from 20:00 to 08:00 in contact timezone");
        world.contact("ada", &[("timezone", zone)]);
        does(&mut world, event, "signed_up");
        world.at("2026-04-20").run();
        assert_eq!(mails(&world).last().unwrap(), leaves, "{event}");
    }
}

#[test]
fn quiet_hours_and_a_window_both_hold() {
    let text = "policy { quiet from 20:00 to 08:00 in contact timezone; blackout 2026-03-10 }
workflow a { enter when signed_up; reenter never; send on tuesday from 06:00 to 09:00 in contact timezone; send hello }";
    let mut world = world(text);
    world.contact("ada", &[]).contact("bo", &[]);
    does(&mut world, "2026-03-03 06:30", "signed_up");
    assert_eq!(mails(&world), ["03-03 06:30 a Held s0"]);
    world.at("2026-03-03 08:00").run();
    assert_eq!(mails(&world)[1], "03-03 08:00 a Sent s0");
    // The next Tuesday is one on which nothing leaves, and that after it too late.
    world.at("2026-03-03 09:00").event("bo", "signed_up", json!({})).run().at("2026-03-20").run();
    assert_eq!(mails_of(&world, "bo"), ["03-03 09:00 a Held s0", "03-10 09:00 a Withheld s0.10"]);
}

#[test]
fn a_blackout_is_of_the_days_at_home() {
    for (zone, leaves) in [("UTC", "12-27 00:00"), ("Asia/Tokyo", "12-26 15:00"), ("America/New_York", "12-27 05:00")] {
        let mut world = three("blackout 2026-12-24 to 2026-12-26");
        world.contact("ada", &[("timezone", zone)]);
        does(&mut world, "2026-12-24 06:00", "signed_up");
        world.at("2026-12-30").run();
        assert_eq!(mails(&world), ["12-24 06:00 a Held s0".to_owned(), format!("{leaves} a Sent s0")], "{zone}");
    }
}

/// Whoever moves while they are held leaves by the clocks of the new zone, and under the cap all the same.
#[test]
fn a_move_while_held_keeps_hours_and_caps() {
    let mut world = three("cap 1 email per 2 days then delay; quiet from 20:00 to 08:00 in contact timezone");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-03 10:00", "downloaded");
    // In Tokyo it is 19:00 when the place comes free; in Auckland it is 23:00.
    world.at("2026-03-03 12:00").identify("ada", &[("timezone", "Pacific/Auckland")]).run();
    world.at("2026-03-20").run();
    assert_eq!(mails(&world)[1..], ["03-03 10:00 b Held s0.1", "03-04 19:00 b Sent s0"]);
}

/// What both have had counts of the one they are.
#[test]
fn of_two_who_are_one_the_mails_of_both_count() {
    let mut world = three("cap 2 emails per 7 days then delay");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    world.at("2026-03-03 10:00").identify("x", &[("email", "x@people.example")]).only_key("anonymous:x");
    world.event("x", "downloaded", json!({ "asset": "guide" })).only_key("anonymous:x").run();
    assert_eq!(world.sent().values().map(Vec::len).sum::<usize>(), 2, "{:?}", world.sent());
    world.at("2026-03-04 10:00").identify("ada", &[]).keys(&["user:ada", "anonymous:x"]).run();
    does(&mut world, "2026-03-04 12:00", "visited");
    world.at("2026-03-20").run();
    assert_eq!(mails(&world)[1..], ["03-04 12:00 c Held s0.1", "03-09 10:00 c Sent s0"]);
}

/// A mail that a channel has in its hands has taken its place; what comes of it decides when the next may leave.
#[test]
fn a_mail_on_its_way_takes_a_place() {
    let text = "policy { cap 1 email per 1 day then delay }\n".to_owned()
        + &sends("a", "signed_up", "send hello")
        + &sends("b", "downloaded", "send again");
    let mut world = world(&text);
    world.contact("slow", &[]).at("2026-03-02 10:00").event("slow", "signed_up", json!({})).run();
    world.at("2026-03-02 10:30").event("slow", "downloaded", json!({ "asset": "guide" })).run();
    world.at("2026-03-20").run();
    // It was delivered at 11:00; the next leaves a day later, and is delivered an hour after that.
    assert_eq!(mails_of(&world, "slow"), ["03-02 10:30 b Held s0.1", "03-02 11:00 a Sent s0", "03-03 12:00 b Sent s0"]);
}

/// What is refused has taken no place: whoever waited for it goes at once.
#[test]
fn a_mail_that_was_refused_gives_its_place_back() {
    let text = "policy { cap 1 email per 5 days then delay }\n".to_owned()
        + &sends("a", "signed_up", "send hello")
        + &sends("b", "signed_up", "send again");
    let mut world = world(&text);
    world.contact("blocked", &[]).at("2026-03-02 10:00").event("blocked", "signed_up", json!({})).run();
    let mails = mails_of(&world, "blocked");
    let expected = ["03-02 10:00 a Undelivered s0.2", "03-02 10:00 b Held s0.1", "03-02 10:00 b Undelivered s0.2"];
    assert_eq!(mails, expected);
}

#[test]
fn one_that_is_tried_again_is_counted_once() {
    let text = "policy { cap 1 email per 1 day then delay }\n".to_owned()
        + &sends("a", "signed_up", "send hello")
        + &sends("b", "signed_up", "send again");
    let mut world = world(&text);
    world.contact("busy", &[]).at("2026-03-02 10:00").event("busy", "signed_up", json!({})).run();
    world.at("2026-03-20").run();
    let sent: Vec<String> = mails_of(&world, "busy").into_iter().filter(|line| line.contains("Sent")).collect();
    let [first, second] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!((first.get(..6), second.get(..6)), (Some("03-02 "), Some("03-03 ")));
    assert_eq!(first.get(6..11), second.get(6..11), "exactly a day later");
}

/// A cap that is new counts what had left before; one that is taken away holds nothing any more.
#[test]
fn a_policy_that_changes_counts_for_everybody_at_once() {
    let workflows = sends("a", "signed_up", "send hello") + &sends("b", "downloaded", "send again");
    let mut world = world(&workflows);
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 10:00", "signed_up");
    world.becomes(&format!("policy {{ cap 1 email per 7 days then delay }}\n{workflows}"));
    does(&mut world, "2026-03-04 10:00", "downloaded");
    assert_eq!(mails(&world)[1], "03-04 10:00 b Held s0.1");
    world.at("2026-03-05 10:00").run();
    world.becomes(&format!("policy {{ cap 2 emails per 7 days then delay }}\n{workflows}")).run();
    assert_eq!(mails(&world)[2], "03-05 10:00 b Sent s0");
    // The deeper ring remembers both.
    does(&mut world, "2026-03-06 10:00", "signed_up");
    assert_eq!(mails(&world)[3], "03-06 10:00 a Held s0.1");
    world.at("2026-03-07 10:00").run().becomes(&workflows).run();
    assert_eq!(mails(&world).len(), 5, "{:?}", mails(&world));
    assert!(mails(&world)[4].ends_with("a Sent s0"));
}

/// Goal, exit, consent and skip are asked of what a cap holds, as of everything.
#[test]
fn what_a_cap_holds_is_taken_back_with_its_journey() {
    let text = "policy { cap 1 email per 2 days then delay }\n".to_owned()
        + &sends("a", "signed_up", "send hello")
        + "workflow b { enter when downloaded; reenter never; exit when requested_demo; send again }\n"
        + &sends("c", "visited", "send hello");
    let mut world = world(&text);
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 10:00", "signed_up");
    does(&mut world, "2026-03-02 11:00", "downloaded");
    does(&mut world, "2026-03-02 12:00", "visited");
    does(&mut world, "2026-03-03 10:00", "requested_demo");
    does(&mut world, "2026-03-03 11:00", "Unsubscribed");
    world.at("2026-03-20").run();
    assert_eq!(
        mails(&world)[1..],
        [
            "03-02 11:00 b Held s0.1",
            "03-02 12:00 c Held s0.1",
            "03-03 10:00 b Withheld s0.8",
            "03-04 10:00 c Withheld s0.3"
        ]
    );
}

#[test]
fn a_restart_forgets_nothing() {
    let mut world = three("cap 2 emails per 7 days then delay; hold at most 10 days");
    does(&mut world, "2026-03-02 10:00", "signed_up");
    world.reopen();
    does(&mut world, "2026-03-02 10:00", "downloaded");
    world.reopen();
    does(&mut world, "2026-03-02 12:00", "visited");
    world.reopen().at("2026-03-20").run();
    assert_eq!(mails(&world).last().unwrap(), "03-09 10:00 c Sent s0");
}

/// Numbers that look like chance, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Mails by their hours.
type Mails = Vec<(u64, usize)>;

/// When each mail leaves, counted a second time and in another way: the hours at which somebody asks for one of three mails, a list of those that
/// have left, and a queue in which nobody overtakes.
fn left_by_hand(asked: &[(u64, usize)], most: usize, hours: u64) -> Mails {
    let (mut left, mut waiting) = (Mails::new(), Mails::new());
    let go = |left: &mut Mails, waiting: &mut Mails, before: u64| {
        while let Some((since, mail)) = waiting.first().copied() {
            let full = left.len().checked_sub(most).map_or(0, |nth| left[nth].0 + hours);
            let leaves = since.max(full);
            if leaves >= before {
                return;
            }
            left.push((leaves, mail));
            waiting.remove(0);
        }
    };
    for (hour, mail) in asked {
        go(&mut left, &mut waiting, *hour);
        // Whoever is in a workflow does not come in again.
        if !waiting.iter().any(|(_, other)| other == mail) {
            waiting.push((*hour, *mail));
        }
    }
    go(&mut left, &mut waiting, u64::MAX);
    left
}

#[test]
fn a_plain_count_agrees_on_when_mails_leave() {
    const EVENTS: [&str; 3] = ["signed_up", "downloaded", "visited"];
    for seed in 0..12 {
        let mut dice = Dice(seed);
        let (most, hours) = (1 + dice.below(3), 20 + dice.below(60));
        let policy = format!("cap {most} emails per {hours} hours then delay; hold at most 90 days");
        let mut world = three(&policy).limits(1 + dice.below(4) as usize, 1 + dice.below(3) as usize);
        let (mut hour, mut asked) = (10, Vec::new());
        for _ in 0..25 {
            hour += 1 + dice.below(18);
            let mail = dice.below(3) as usize;
            asked.push((hour, mail));
            does(&mut world, &format!("2026-03-{:02} {:02}:00", 2 + hour / 24, hour % 24), EVENTS[mail]);
        }
        world.at("2026-04-30").run();
        let line = |(hour, mail): &(u64, usize)| {
            let day = 2 + hour / 24;
            let (month, day) = if day > 31 { (4, day - 31) } else { (3, day) };
            format!("{month:02}-{day:02} {:02}:00 {} Sent s0", hour % 24, ["a", "b", "c"][*mail])
        };
        let by_hand: Vec<String> = left_by_hand(&asked, most as usize, hours).iter().map(line).collect();
        let sent: Vec<String> = mails(&world).into_iter().filter(|line| line.contains("Sent")).collect();
        assert_eq!(sent, by_hand, "{seed}: {policy}");
    }
}
